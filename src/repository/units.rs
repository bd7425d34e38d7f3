//! The services of compose files, with everything that says which ports they have.

use std::collections::{BTreeMap, BTreeSet};

use super::disagreement::Statement;
use super::known::{OfServices, sightings_of_services};
use super::layout::{Layout, domain, is_below};
use super::shared_image::{adopt_images, is_unset_check, settle_exposed};
use super::{File, Repository};
use crate::diagnostic::Confidence;
use crate::facts::{KnownImage, known_image};
use crate::model::{Port, PortRange};
use crate::readers::compose::{ComposeService, ComposeSet, Mount};
use crate::readers::words::{self, is_loopback, is_wildcard};
use crate::readers::{Context, FileKind, FilePath, Role, Side, Sighting};
use crate::source::{Place, SourceId, Spanned};

/// A service of the compose files of one folder, all sets that it is in taken together.
#[derive(Clone, Debug, Default)]
pub(super) struct Unit {
    /// The folder of the compose files.
    pub(super) scope: String,
    /// Its name.
    pub(super) name: String,
    /// Where its name stands.
    pub(super) place: Place,
    /// The compose files that it is in.
    pub(super) files: Vec<SourceId>,
    /// Other names that reach it.
    pub(super) aliases: Vec<String>,
    /// Its images, over all sets.
    pub(super) images: Vec<String>,
    /// The folder it is built from.
    pub(super) component: Option<String>,
    /// Its Dockerfiles, over all sets.
    pub(super) dockerfiles: Vec<String>,
    /// Whether a compose file says what it is started with.
    pub(super) has_command: bool,
    /// What that is, in the first set that says it.
    pub(super) command: Option<Spanned<String>>,
    /// Whether it shares the host's network in a set.
    pub(super) is_on_host_network: bool,
    /// What it publishes.
    pub(super) host: Vec<Statement>,
    /// What `ports` and `expose` say it has inside.
    pub(super) targets: Vec<Statement>,
    /// What its Dockerfile exposes.
    pub(super) exposed: Vec<Statement>,
    /// What its command says it listens on; the compose file's before the Dockerfile's.
    pub(super) commanded: Vec<Statement>,
    /// What its environment says it listens on.
    pub(super) told: Vec<Statement>,
    /// What its health check asks.
    pub(super) checked: Vec<Statement>,
    /// Where proxies are told to find it.
    pub(super) proxied: Vec<Statement>,
    /// What is mounted into it.
    pub(super) mounts: Vec<Mount>,
    /// The service whose network it shares in a set.
    pub(super) network_of: Option<String>,
    /// What its environment sets, as far as the compose files say it.
    pub(super) environment: Vec<(String, String)>,
    /// Any other number that its own files or its environment mention.
    pub(super) mentioned: BTreeSet<u16>,
    /// What it is published under where nothing else is set.
    pub(super) defaults: BTreeSet<u16>,
    /// Whether its environment lists all addresses that it listens on.
    pub(super) is_told_all: bool,
    /// The variables that its environment sets.
    pub(super) variables: BTreeSet<String>,
}

/// What a label or a variable for proxies is, in a finding.
const PROXIED: &str = "where the proxy asks";

/// Names of variables that tell a program its own port.
pub(super) fn is_own_port_variable(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let name = name.trim_start_matches("SPRING_APPLICATION_");
    matches!(
        name,
        "PORT"
            | "SERVER_PORT"
            | "APP_PORT"
            | "HTTP_PORT"
            | "LISTEN_PORT"
            | "NODE_PORT"
            | "UVICORN_PORT"
            | "WEB_PORT"
            | "SERVICE_PORT"
            | "ASPNETCORE_HTTP_PORTS"
            | "FLASK_RUN_PORT"
            | "NITRO_PORT"
            | "NUXT_PORT"
            | "GUNICORN_PORT"
            | "OPENSHIFT_NODEJS_PORT"
            | "VCAP_APP_PORT"
            | "WEBSITES_PORT"
            | "NPM_CONFIG_PORT"
    )
}

impl Unit {
    /// What a compose file starts it with.
    pub(super) fn command(&self) -> Option<&str> {
        self.command.as_ref().map(|command| command.value.as_str())
    }

    /// Whether a name is one that reaches it.
    pub(super) fn is_named(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
            || self.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(name))
    }

    /// What is known of its images.
    pub(super) fn known_images(&self) -> impl Iterator<Item = &'static KnownImage> {
        self.images.iter().filter(|_| self.dockerfiles.is_empty()).filter_map(|image| known_image(image))
    }

    /// What states for certain which ports it has inside.
    pub(super) fn stated(&self) -> impl Iterator<Item = &Statement> {
        self.targets.iter().chain(&self.commanded).chain(&self.told).chain(&self.exposed)
    }

    /// Whether a port may be one that it has inside.
    pub(super) fn may_have(&self, port: Port) -> bool {
        self.stated().any(|statement| statement.ports.contains(port))
            || self.mentioned.contains(&port.get())
            || !self.is_told_all && self.known_images().any(|image| self.keeps(image, port))
    }

    /// Whether an image still has a port of its own: the first is the one that
    /// its command moves elsewhere.
    fn keeps(&self, image: &KnownImage, port: Port) -> bool {
        let is_own = |statement: &Statement| image.ports.contains(&statement.ports.first().get());
        let is_moved = !self.commanded.is_empty() && !self.commanded.iter().any(is_own);
        image.ports.iter().skip(usize::from(is_moved)).any(|own| *own == port.get())
    }

    /// Whether something inside it may answer on a port: what its Dockerfile
    /// exposes opens nothing where it is said otherwise what listens.
    pub(super) fn may_answer_on(&self, port: Port) -> bool {
        let has = |statements: &[Statement]| statements.iter().any(|one| one.ports.contains(port));
        let decided = || self.commanded.iter().chain(&self.told);
        let is_decided =
            self.targets.iter().any(|target| decided().any(|one| one.ports.overlaps(target.ports)));
        if !is_decided {
            return self.may_have(port);
        }
        has(&self.targets) || has(&self.commanded) || has(&self.told) || self.mentioned.contains(&port.get())
    }

    /// Whether it publishes a port.
    pub(super) fn publishes(&self, port: Port) -> bool {
        self.host.iter().any(|statement| statement.ports.contains(port))
    }

    /// Whether all ports that it has inside must be known: it is built here, or
    /// from an image that has no others.
    pub(super) fn is_closed(&self) -> bool {
        if !self.dockerfiles.is_empty() || self.is_told_all {
            return true;
        }
        !self.images.is_empty()
            && self.images.iter().all(|image| known_image(image).is_some_and(|known| known.is_complete))
    }
}

/// The units of a repository, in the order of their places.
pub(super) fn units(repository: &Repository, layout: &Layout) -> Vec<Unit> {
    let mut units: Vec<Unit> = Vec::new();
    let mut index: BTreeMap<(String, String), usize> = BTreeMap::new();
    for set in &repository.sets {
        for service in &set.services {
            let key = (set.folder.clone(), service.name.value.clone());
            let at = *index.entry(key).or_insert_with(|| {
                units.push(Unit {
                    scope: set.folder.clone(),
                    name: service.name.value.clone(),
                    place: service.name.place,
                    ..Unit::default()
                });
                units.len() - 1
            });
            if let Some(unit) = units.get_mut(at) {
                add_service(unit, set, service);
            }
        }
    }
    let by_service = sightings_of_services(repository, &units);
    for unit in &mut units {
        add_compose_sightings(unit, &by_service);
        add_component_sightings(unit, repository, layout);
        settle_proxied(unit);
    }
    settle_exposed(&mut units);
    adopt_images(&mut units);
    units
}

fn add_service(unit: &mut Unit, set: &ComposeSet, service: &ComposeService) {
    add_all(&mut unit.files, set.files.iter().copied());
    add_all(&mut unit.aliases, service.aliases.iter().cloned());
    add_all(&mut unit.images, service.image.iter().cloned());
    add_all(&mut unit.dockerfiles, service.dockerfile.iter().cloned());
    unit.component = unit.component.take().or_else(|| component_of_build(service));
    unit.has_command |= service.command.is_some();
    unit.command = unit.command.take().or_else(|| service.command.clone());
    unit.is_on_host_network |= service.is_on_host_network;
    for published in &service.published {
        add(&mut unit.host, published.host, published.place, "published");
        unit.mentioned.extend(published.container.ports().take(64).map(Port::get));
    }
    for port in &service.container_ports {
        add(&mut unit.targets, port.ports, port.place, "the container's port");
    }
    add_all(&mut unit.mounts, service.mounts.iter().cloned());
    unit.network_of = unit.network_of.take().or_else(|| service.network_of.clone());
    for (name, value) in &service.environment {
        unit.variables.insert(name.clone());
        unit.environment.push((name.clone(), value.value.clone()));
        add_environment(unit, name, value);
    }
}

fn add_environment(unit: &mut Unit, name: &str, value: &Spanned<String>) {
    let text = value.value.trim();
    if let Some(port) = words::port(text) {
        // What an env file says to several services is no word to this one.
        let is_told = unit.files.contains(&value.place.source);
        if name == "VIRTUAL_PORT" {
            add(&mut unit.proxied, PortRange::single(port), value.place, PROXIED);
        } else if is_own_port_variable(name) && is_told {
            add(&mut unit.told, PortRange::single(port), value.place, "told to listen on");
        } else if words::names_a_port(name) {
            unit.mentioned.insert(port.get());
        }
        return;
    }
    // `ASPNETCORE_URLS=http://+:8080`, `KAFKA_LISTENERS=PLAINTEXT://:9092`: all its own.
    let is_own = |host: &str| {
        host.is_empty() || is_wildcard(host) || is_loopback(host) || host == "+" || unit.is_named(host)
    };
    let own: Vec<Port> = text
        .split([',', ';', ' '])
        .filter_map(|part| part.rsplit_once("://").map_or(Some(part), |(_, rest)| Some(rest)))
        .filter_map(|authority| authority.trim_end_matches('/').rsplit_once(':'))
        .filter(|(host, _)| is_own(host))
        .filter_map(|(_, port)| words::port(port))
        .collect();
    // A broker says every address that it takes, and which of them others use.
    if words::words_of(name).last().is_some_and(|last| last == "listeners") && !own.is_empty() {
        unit.is_told_all = true;
        for port in &own {
            let is_new = unit.told.iter().all(|told| !told.ports.contains(*port));
            if is_new {
                add(&mut unit.told, PortRange::single(*port), value.place, "told to listen on");
            }
        }
    }
    unit.mentioned.extend(own.into_iter().map(Port::get));
}

fn add_compose_sightings(unit: &mut Unit, by_service: &OfServices<'_>) {
    let own = unit.files.iter().filter_map(|source| by_service.get(&(*source, unit.name.as_str()))).flatten();
    for seen in own.copied().collect::<Vec<_>>() {
        add_compose_sighting(unit, seen.file, seen.sighting);
    }
}

fn add_compose_sighting(unit: &mut Unit, file: &File, sighting: &Sighting) {
    let place = Place { source: file.source, span: sighting.span };
    let host = sighting.host.as_deref().unwrap_or("");
    match sighting.role {
        Role::Listen if sighting.confidence == Confidence::High => {
            add(&mut unit.commanded, sighting.ports, place, "listened on");
        }
        Role::Expose if sighting.variable.is_some() => add(&mut unit.proxied, sighting.ports, place, PROXIED),
        Role::Expose if sighting.confidence == Confidence::High => {
            add(&mut unit.targets, sighting.ports, place, "exposed");
        }
        Role::Connect
            if sighting.variable.is_none() && sighting.side == Side::Container && is_loopback(host) =>
        {
            add(&mut unit.checked, sighting.ports, place, "asked by the health check");
        }
        Role::Connect if unit.is_named(host) || is_wildcard(host) => mention(unit, sighting.ports),
        // `${WEB_PORT:-8080}:80`: the port of the machine.
        Role::Fallback if sighting.side == Side::Host && sighting.container.is_some() => {
            unit.defaults.extend(sighting.ports.ports().take(64).map(Port::get));
        }
        Role::Listen | Role::Expose | Role::Fallback => mention(unit, sighting.ports),
        _ => {}
    }
}

/// What a proxy is told to ask is a port that the service has, unless others
/// say what it has and know nothing of it.
fn settle_proxied(unit: &mut Unit) {
    for proxied in std::mem::take(&mut unit.proxied) {
        if unit.stated().next().is_none() || unit.may_have(proxied.ports.first()) {
            add(&mut unit.targets, proxied.ports, proxied.place, "exposed");
        } else {
            unit.proxied.push(proxied);
        }
    }
}

fn add_component_sightings(unit: &mut Unit, repository: &Repository, layout: &Layout) {
    let Some(component) = unit.component.as_deref() else { return };
    let dockerfiles = unit.dockerfiles.iter().filter_map(|path| repository.place_of(path));
    let files: BTreeSet<usize> = layout.files_of(component).iter().copied().chain(dockerfiles).collect();
    for file in files.into_iter().filter_map(|index| repository.files.get(index)) {
        let is_dockerfile = unit.dockerfiles.contains(&file.path);
        let is_other_dockerfile = file.reader == "dockerfile" && !is_dockerfile;
        if is_other_dockerfile || file.reader == "compose" || file.is_document() {
            continue;
        }
        if is_dockerfile {
            add_dockerfile(unit, file);
        } else if file.path().kind() == FileKind::Plain {
            let code = file.reading.sightings.iter().filter(|sighting| sighting.context == Context::Code);
            code.filter(|sighting| is_own_number(sighting) && !is_overridden(unit, sighting))
                .map(|sighting| sighting.ports)
                .collect::<Vec<_>>()
                .into_iter()
                .for_each(|ports| mention(unit, ports));
        }
    }
}

/// Whether a number in a program's own file may be a port that it listens on:
/// not one of something else that it connects to.
pub(super) fn is_own_number(sighting: &Sighting) -> bool {
    match sighting.host.as_deref() {
        Some(host) => sighting.role == Role::Listen || is_loopback(host) || is_wildcard(host),
        None => sighting.role != Role::Connect,
    }
}

fn add_dockerfile(unit: &mut Unit, file: &File) {
    for sighting in file.reading.sightings.iter().filter(|sighting| sighting.context == Context::Code) {
        let place = Place { source: file.source, span: sighting.span };
        let host = sighting.host.as_deref().unwrap_or("");
        match sighting.role {
            Role::Expose => add(&mut unit.exposed, sighting.ports, place, "exposed"),
            // What the compose file starts is started instead.
            Role::Listen if !unit.has_command => {
                add(&mut unit.commanded, sighting.ports, place, "listened on");
            }
            Role::Assign if sighting.variable.as_deref().is_some_and(is_own_port_variable) => {
                add(&mut unit.told, sighting.ports, place, "told to listen on");
            }
            Role::Connect if is_loopback(host) => {
                add(&mut unit.checked, sighting.ports, place, "asked by the health check")
            }
            // A health check asks what stands in for a variable that nobody sets.
            Role::Fallback if is_unset_check(unit, file, sighting) => {
                add(&mut unit.checked, sighting.ports, place, "asked by the health check");
            }
            Role::Connect => {}
            _ => mention(unit, sighting.ports),
        }
    }
}

/// Whether source code says what stands in for a variable that the compose
/// file sets: then it stands in for nothing.
fn is_overridden(unit: &Unit, sighting: &Sighting) -> bool {
    sighting.role == Role::Fallback
        && sighting.variable.as_deref().is_some_and(|name| unit.variables.contains(name))
}

/// The folder that a service's program lies in: that of its Dockerfile, where
/// the whole repository is the build context; the context otherwise.
pub(super) fn component_of_build(service: &ComposeService) -> Option<String> {
    let context = service.build.as_deref()?;
    let own = service.dockerfile.as_deref().map(|path| domain(FilePath::new(path).folder()));
    let is_inside = |folder: &&str| !folder.is_empty() && *folder != context && is_below(folder, context);
    Some(own.filter(is_inside).unwrap_or(context).to_owned())
}

fn mention(unit: &mut Unit, ports: PortRange) {
    unit.mentioned.extend(ports.ports().take(64).map(Port::get));
}

fn add(statements: &mut Vec<Statement>, ports: PortRange, place: Place, role: &'static str) {
    if statements.iter().all(|known| known.place != place || known.ports != ports) {
        statements.push(Statement { ports, place, role });
    }
}

fn add_all<T: PartialEq>(known: &mut Vec<T>, more: impl Iterator<Item = T>) {
    for one in more {
        if !known.contains(&one) {
            known.push(one);
        }
    }
}
