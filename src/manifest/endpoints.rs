//! From the keys of a service to its ports, with everything inherited.

use super::document::{PortKeys, ServiceTable};
use super::resolver::Resolver;
use crate::diagnostic::Finding;
use crate::model::{Address, Allocation, Endpoint, Health, NamedRange, PortName, Scheme, Service, Variable};
use crate::source::{Place, Spanned};

/// The keys that speak of one of a service's ports, nearest first: a profile's
/// port, a profile's service, the port, the service.
struct Layers<'a> {
    profile_port: Option<&'a PortKeys>,
    profile_service: Option<&'a PortKeys>,
    port: Option<&'a PortKeys>,
    service: &'a PortKeys,
    /// Whether this is the port that the service's own keys speak of.
    is_main: bool,
}

impl<'a> Layers<'a> {
    /// A key that every port of a service inherits.
    fn inherited<T>(&self, key: impl Fn(&'a PortKeys) -> Option<&'a T>) -> Option<&'a T> {
        let profile = self.profile_port.and_then(&key).or_else(|| self.profile_service.and_then(&key));
        profile.or_else(|| self.port.and_then(&key)).or_else(|| key(self.service))
    }

    /// A key that speaks of one port: on the service, of its main one.
    fn own<T>(&self, key: impl Fn(&'a PortKeys) -> Option<&'a T>) -> Option<&'a T> {
        let main = |keys: Option<&'a PortKeys>| keys.filter(|_| self.is_main).and_then(&key);
        let profile = self.profile_port.and_then(&key).or_else(|| main(self.profile_service));
        profile.or_else(|| self.port.and_then(&key)).or_else(|| main(Some(self.service)))
    }
}

/// Makes a service of what was written, and of what a profile writes over it.
pub(super) fn service(
    resolver: &Resolver<'_>,
    table: &ServiceTable,
    profile: Option<&ServiceTable>,
) -> Service {
    let keys = &table.keys;
    let range = keys.range.clone().filter(|name| resolver.range(name).is_some());
    let allocation =
        allocation(keys.allocation.as_ref(), range.as_ref().and_then(|name| resolver.range(name)));
    Service {
        name: table.name.clone(),
        title: title(table),
        description: text(keys.description.as_ref()),
        notes: text(keys.notes.as_ref()),
        status: keys.status.as_ref().map(|status| status.value).unwrap_or_default(),
        range,
        allocation,
        command: table.command.clone(),
        tags: tags(keys.tags.as_ref()),
        compose: table.compose.clone(),
        allow: keys.allow.clone(),
        endpoints: endpoints(resolver, table, profile),
        extent: table.extent,
    }
}

fn endpoints(resolver: &Resolver<'_>, table: &ServiceTable, profile: Option<&ServiceTable>) -> Vec<Endpoint> {
    let default_name = PortName::default_name();
    let named = table.ports.iter().map(|(name, keys)| (&name.value, name.place, Some(keys)));
    let main = (&default_name, table.name.place, None);
    let listed: Vec<_> = table.keys.port.iter().map(|_| main).chain(named).collect();
    let make = |&(name, place, port): &(&PortName, Place, Option<&PortKeys>)| {
        let mut in_profile = profile.into_iter().flat_map(|profile| &profile.ports);
        let layers = Layers {
            profile_port: in_profile.find(|(candidate, _)| candidate.value == *name).map(|(_, keys)| keys),
            profile_service: profile.map(|profile| &profile.keys),
            port,
            service: &table.keys,
            is_main: name.is_default() || listed.len() == 1,
        };
        endpoint(resolver, table, name, place, &layers)
    };
    // A service has mostly one port, and `collect` would make room for four.
    let mut endpoints = Vec::with_capacity(listed.len());
    endpoints.extend(listed.iter().filter_map(make));
    endpoints
}

fn endpoint(
    resolver: &Resolver<'_>,
    table: &ServiceTable,
    name: &PortName,
    name_place: Place,
    layers: &Layers<'_>,
) -> Option<Endpoint> {
    let number = layers.own(|keys| keys.port.as_ref())?.clone();
    let health = layers.own(|keys| keys.health.as_ref());
    let scheme = scheme(layers, health, number.place);
    // An unknown name stays: it is a finding, and no rule takes the port for one without a range.
    let range = layers.inherited(|keys| keys.range.as_ref()).cloned();
    let named_range = range.as_ref().and_then(|name| resolver.range(name));
    let protocol = layers.inherited(|keys| keys.protocol.as_ref()).map(|protocol| protocol.value);
    let bind = layers.inherited(|keys| keys.bind.as_ref()).cloned();
    Some(Endpoint {
        service: table.name.value.clone(),
        variable: variable(resolver, table, name, name_place, layers),
        title: endpoint_title(table, name, layers),
        description: text(layers.inherited(|keys| keys.description.as_ref())),
        notes: text(layers.own(|keys| keys.notes.as_ref())),
        status: layers.inherited(|keys| keys.status.as_ref()).map(|status| status.value).unwrap_or_default(),
        allocation: allocation(layers.inherited(|keys| keys.allocation.as_ref()), named_range),
        protocol: protocol.unwrap_or_else(|| scheme.protocol()),
        host: layers
            .inherited(|keys| keys.host.as_ref())
            .cloned()
            .unwrap_or_else(|| Spanned::new(resolver.host.value.clone(), resolver.host_place(number.place))),
        elsewhere: is_elsewhere(layers),
        bind: bind.unwrap_or(Spanned::new(Address::Localhost, number.place)),
        container_port: layers.own(|keys| keys.container_port.as_ref()).map(|port| port.value),
        path: text(layers.own(|keys| keys.path.as_ref())),
        health: health.map(|health| health.value.clone()),
        subdomain: layers.own(|keys| keys.subdomain.as_ref()).cloned(),
        tags: tags(layers.inherited(|keys| keys.tags.as_ref())),
        allow: layers.port.map(|keys| keys.allow.as_slice()).unwrap_or_default().to_vec(),
        name: name.clone(),
        scheme,
        range,
        number,
    })
}

fn scheme(layers: &Layers<'_>, health: Option<&Spanned<Health>>, place: Place) -> Spanned<Scheme> {
    let written = layers.inherited(|keys| keys.scheme.as_ref()).cloned();
    let by_health = || match health.map(|health| &health.value) {
        Some(Health::Path(_)) => Scheme::Http,
        _ => Scheme::Tcp,
    };
    written.unwrap_or_else(|| Spanned::new(by_health(), place))
}

/// Elsewhere is what says `remote = true`, or what a profile gives a host that
/// is not loopback; an explicit `bind` keeps it here.
fn is_elsewhere(layers: &Layers<'_>) -> bool {
    if let Some(remote) = layers.inherited(|keys| keys.remote.as_ref()) {
        return remote.value;
    }
    if layers.inherited(|keys| keys.bind.as_ref()).is_some() {
        return false;
    }
    let of =
        |keys: Option<&PortKeys>| keys.and_then(|keys| keys.host.as_ref()).map(|host| host.value.clone());
    let host = of(layers.profile_port).or_else(|| of(layers.profile_service));
    host.and_then(|host| Address::parse(&host))
        .is_some_and(|address| !address.is_loopback() && !address.is_wildcard())
}

fn variable(
    resolver: &Resolver<'_>,
    table: &ServiceTable,
    name: &PortName,
    name_place: Place,
    layers: &Layers<'_>,
) -> Option<Spanned<Variable>> {
    if let Some(written) = layers.own(|keys| keys.env.as_ref()) {
        return Some(written.clone());
    }
    match Variable::derive(resolver.env_prefix, &table.name, name) {
        Ok(variable) => Some(Spanned::new(variable, name_place)),
        Err(error) => {
            resolver.push_once(
                Finding::new(
                    "invalid-value",
                    name_place,
                    format!("no variable can be derived from `{}`: {error}", table.name),
                )
                .help("write `env = \"…\"` on the service"),
            );
            None
        }
    }
}

fn title(table: &ServiceTable) -> String {
    table.keys.title.as_ref().map_or_else(|| table.name.to_string(), |title| title.value.clone())
}

fn endpoint_title(table: &ServiceTable, name: &PortName, layers: &Layers<'_>) -> String {
    if let Some(own) = layers.port.and_then(|keys| keys.title.as_ref()) {
        return own.value.clone();
    }
    let title = title(table);
    if layers.is_main { title } else { format!("{title} {name}") }
}

fn allocation(written: Option<&Spanned<Allocation>>, range: Option<&NamedRange>) -> Allocation {
    written.map(|word| word.value).or(range.map(|range| range.allocation)).unwrap_or_default()
}

fn text(written: Option<&Spanned<String>>) -> Option<String> {
    written.map(|text| text.value.clone())
}

fn tags(written: Option<&Vec<Spanned<String>>>) -> Vec<String> {
    written.into_iter().flatten().map(|tag| tag.value.clone()).collect()
}

/// Finds keys of a service with named ports that speak of one port, where none
/// of its ports is the one that is meant.
pub(super) fn check_keys(resolver: &Resolver<'_>, table: &ServiceTable) {
    let keys = &table.keys;
    if let (Some(port), Some((name, _))) =
        (&keys.port, table.ports.iter().find(|(name, _)| name.is_default()))
    {
        let finding = Finding::new("invalid-value", name.place, "the port `default` has two numbers");
        resolver.push_once(finding.related(port.place, "`port` names it too"));
    }
    let has_main =
        keys.port.is_some() || table.ports.len() < 2 || table.ports.iter().any(|(name, _)| name.is_default());
    if has_main {
        return;
    }
    let one_port = [
        ("env", keys.env.as_ref().map(|key| key.place)),
        ("container-port", keys.container_port.as_ref().map(|key| key.place)),
        ("path", keys.path.as_ref().map(|key| key.place)),
        ("health", keys.health.as_ref().map(|key| key.place)),
        ("subdomain", keys.subdomain.as_ref().map(|key| key.place)),
        ("notes", keys.notes.as_ref().map(|key| key.place)),
    ];
    for (key, place) in one_port {
        let Some(place) = place else { continue };
        let message = format!("`{key}` speaks of one port, and `{}` has {}", table.name, table.ports.len());
        let help = format!("write it on the port: `name = {{ port = N, {key} = … }}`");
        resolver.push_once(Finding::new("invalid-value", place, message).help(help));
    }
}

/// Whether a service says nothing that could be rendered: no port, no command, no container.
pub(super) fn lacks_everything(table: &ServiceTable) -> bool {
    let has_port = table.keys.port.is_some() || !table.ports.is_empty();
    !(has_port || table.is_partial || table.command.is_some() || table.compose.is_some())
}
