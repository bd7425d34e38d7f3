//! `[services]` and `[profiles]`.

use toml::de::DeValue;

use super::document::{PortKeys, ProfileTable, ServiceTable};
use super::fields::{allocation_word, allow, host};
use super::keys;
use super::reader::{Reader, Value};
use super::section::Section;
use crate::diagnostic::Finding;
use crate::model::{
    Address, Health, PortName, ProfileKind, ProfileName, Protocol, RangeName, Scheme, ServiceName, Status,
    Variable, is_host_name,
};
use crate::source::{Place, Spanned};

/// Where a service stands: which keys it and its named ports may have.
#[derive(Clone, Copy)]
struct Scope {
    service: &'static Section,
    port: &'static Section,
}

const SERVICE_SCOPE: Scope = Scope { service: &keys::SERVICE, port: &keys::PORT };
const PROFILE_SCOPE: Scope = Scope { service: &keys::PROFILE_SERVICE, port: &keys::PROFILE_PORT };

/// Reads `[services]`, in the order they were written.
pub(super) fn services<'t>(reader: &Reader<'t>, value: Value<'_, 't>) -> Vec<ServiceTable> {
    let Some(table) = reader.table(value) else { return Vec::new() };
    reader.entries(table).filter_map(|(key, value)| service(reader, key, value, SERVICE_SCOPE)).collect()
}

/// Reads `[profiles]`, in the order they were written.
pub(super) fn profiles<'t>(reader: &Reader<'t>, value: Value<'_, 't>) -> Vec<ProfileTable> {
    let Some(table) = reader.table(value) else { return Vec::new() };
    reader.entries(table).filter_map(|(key, value)| profile(reader, key, value)).collect()
}

fn profile<'t>(reader: &Reader<'t>, key: Spanned<&str>, value: Value<'_, 't>) -> Option<ProfileTable> {
    let name = reader.name(key, ProfileName::parse);
    let table = reader.table(value)?;
    let (mut kind, mut services) = (ProfileKind::default(), Vec::new());
    for (key, value) in reader.known(table, &keys::PROFILE) {
        match key.value {
            "kind" => {
                let word = reader.choice(value, keys::KINDS, ProfileKind::parse);
                kind = word.map_or(kind, |word| word.value);
            }
            "services" => {
                let Some(table) = reader.table(value) else { continue };
                let read = reader
                    .entries(table)
                    .filter_map(|(key, value)| service(reader, key, value, PROFILE_SCOPE));
                services = read.collect();
            }
            _ => {}
        }
    }
    Some(ProfileTable { name: name?, kind, services })
}

fn service<'t>(
    reader: &Reader<'t>,
    key: Spanned<&str>,
    value: Value<'_, 't>,
    scope: Scope,
) -> Option<ServiceTable> {
    let start = key.place.span.start as usize;
    let name = reader.name(key, ServiceName::parse);
    let table = reader.table(value)?;
    let (mut keys, mut command, mut compose, mut ports) = (PortKeys::default(), None, None, Vec::new());
    let mut is_partial = !reader.trust.believes_section(start);
    for (key, value) in reader.known(table, scope.service) {
        match key.value {
            "command" => command = reader.line(value),
            "compose" => compose = compose_table(reader, value),
            "ports" => {
                ports = named_ports(reader, value, scope);
                is_partial |= ports.is_empty();
            }
            _ => is_partial |= !port_key(reader, &key, value, &mut keys),
        }
    }
    // A service with a bad name was read all the same, for the mistakes in it.
    Some(ServiceTable {
        name: name?,
        extent: extent(reader, start, value),
        keys,
        command,
        compose,
        ports,
        is_partial,
    })
}

fn named_ports<'t>(
    reader: &Reader<'t>,
    value: Value<'_, 't>,
    scope: Scope,
) -> Vec<(Spanned<PortName>, PortKeys)> {
    let Some(table) = reader.table(value) else { return Vec::new() };
    reader.entries(table).filter_map(|(key, value)| named_port(reader, key, value, scope)).collect()
}

fn named_port<'t>(
    reader: &Reader<'t>,
    key: Spanned<&str>,
    value: Value<'_, 't>,
    scope: Scope,
) -> Option<(Spanned<PortName>, PortKeys)> {
    let name = reader.name(key, PortName::parse);
    let mut keys = PortKeys::default();
    let DeValue::Table(table) = value.get_ref() else {
        keys.port = Some(reader.number(value)?);
        return Some((name?, keys));
    };
    let mut complete = true;
    for (key, value) in reader.known(table, scope.port) {
        complete &= port_key(reader, &key, value, &mut keys);
    }
    let name = name?;
    if keys.port.is_none() && complete && scope.port.is_plain() {
        reader.invalid(name.place, format!("the port `{name}` has no number"));
        return None;
    }
    (keys.port.is_some() || !scope.port.is_plain()).then_some((name, keys))
}

/// Reads one key; `false` where `port` stood there and was no port.
fn port_key<'t>(reader: &Reader<'t>, key: &Spanned<&str>, value: Value<'_, 't>, keys: &mut PortKeys) -> bool {
    match key.value {
        "port" => {
            keys.port = reader.number(value);
            return keys.port.is_some();
        }
        "title" => keys.title = reader.line(value),
        "range" => keys.range = reader.name_value(value, RangeName::parse),
        "allocation" => keys.allocation = allocation_word(reader, value),
        "description" => keys.description = reader.line(value),
        "status" => keys.status = reader.choice(value, keys::STATUSES, Status::parse),
        "env" => keys.env = reader.name_value(value, Variable::parse),
        "scheme" => {
            keys.scheme =
                reader.parsed(value, "a scheme: a lower-case word such as http or tcp", Scheme::parse)
        }
        "protocol" => keys.protocol = reader.choice(value, keys::PROTOCOLS, Protocol::parse),
        "host" => keys.host = host(reader, value),
        "bind" => keys.bind = reader.parsed(value, "an address to listen on", Address::parse),
        "remote" => keys.remote = reader.boolean(value),
        "container-port" => keys.container_port = reader.port(value),
        "path" => keys.path = url_path(reader, value),
        "health" => keys.health = health(reader, value),
        "subdomain" => {
            let label = |text: &str| is_host_name(text).then(|| text.to_owned());
            keys.subdomain = reader.parsed(value, "a subdomain", label);
        }
        "tags" => keys.tags = Some(reader.strings(value)),
        "notes" => keys.notes = reader.string(value),
        "allow" => keys.allow = allow(reader, value),
        _ => {}
    }
    true
}

/// A path of a URL: starts with `/`, printable ASCII without spaces and quotes.
fn url_path<'t>(reader: &Reader<'t>, value: Value<'_, 't>) -> Option<Spanned<String>> {
    reader.parsed(value, "a path: it starts with `/` and has no spaces or quotes", |text| {
        let allowed =
            |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\'' | b'`' | b'<' | b'>' | b'\\');
        (text.starts_with('/') && text.bytes().all(allowed)).then(|| text.to_owned())
    })
}

fn health<'t>(reader: &Reader<'t>, value: Value<'_, 't>) -> Option<Spanned<Health>> {
    if let DeValue::String(text) = value.get_ref()
        && text == "tcp"
    {
        return Some(Spanned::new(Health::Tcp, reader.place_of(value)));
    }
    url_path(reader, value).map(|path| path.map(Health::Path))
}

fn compose_table<'t>(reader: &Reader<'t>, value: Value<'_, 't>) -> Option<Spanned<crate::model::Data>> {
    let data = reader.data_table(value)?;
    if let Some((key, _)) = data.entries().iter().find(|(key, _)| key.value == "ports") {
        let finding =
            Finding::new("invalid-value", key.place, "`ports` of a Compose service come from the table");
        reader.push(
            finding.label("remove it").help("write `port`, `container-port` and `bind` on the service"),
        );
    }
    Some(data)
}

/// From the header, or the key, to the end of the last value under it.
fn extent(reader: &Reader<'_>, start: usize, value: Value<'_, '_>) -> Place {
    let header = value.span().start;
    let start = if reader.text.as_bytes().get(header) == Some(&b'[') { header.min(start) } else { start };
    reader.place(start..end_of(value).max(start))
}

fn end_of(value: Value<'_, '_>) -> usize {
    let own = value.span().end;
    match value.get_ref() {
        DeValue::Table(table) => table.iter().map(|(_, value)| end_of(value)).fold(own, usize::max),
        DeValue::Array(items) => items.iter().map(end_of).fold(own, usize::max),
        _ => own,
    }
}
