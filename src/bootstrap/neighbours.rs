//! What an inventory leaves out: places that contradict a service's number,
//! and programs on this machine that only an env file speaks of.

use std::collections::BTreeSet;

use super::names::name_of;
use super::owners::{self, Owners};
use super::services::name_ports;
use super::{DraftPort, DraftService, seen};
use crate::diagnostic::Confidence;
use crate::model::{Port, Protocol, ServiceName};
use crate::readers::words::{is_loopback, words_of};
use crate::readers::{Context, FileKind, Role};
use crate::repository::{Disagreement, Repository, Seen};
use crate::source::Sources;

/// Writes down beside a number what contradicts it.
pub(super) fn add_contradictions(services: &mut [DraftService], repository: &Repository, sources: &Sources) {
    let owners = Owners::new(services);
    let sure = repository.disagreements.iter().filter(|one| one.confidence == Confidence::High);
    for disagreement in sure {
        let Some(port) = spoken_of(services, &owners, disagreement) else { continue };
        for wrong in &disagreement.wrong {
            let text = format!("{} says {}", seen(wrong.place, sources), wrong.ports);
            if !port.undecided.contains(&text) {
                port.undecided.push(text);
            }
        }
    }
    // A place that contradicts several ports of a service is decided once.
    for service in services {
        let mut said = BTreeSet::new();
        for port in &mut service.ports {
            port.undecided.retain(|text| said.insert(text.clone()));
        }
    }
}

/// The port that a disagreement speaks of: one that the right places state,
/// or the one of that variable or service and number.
fn spoken_of<'s>(
    services: &'s mut [DraftService],
    owners: &Owners,
    disagreement: &Disagreement,
) -> Option<&'s mut DraftPort> {
    let says = |port: Port| disagreement.right.iter().any(|right| right.ports.contains(port));
    let places = disagreement.right.iter().map(|right| right.place);
    let candidates = owners.spoken_of(places, &disagreement.subject);
    let is_said = |id: &(usize, usize)| owners::at(services, *id).is_some_and(|(_, port)| says(port.port));
    let (service, port) = candidates.into_iter().find(is_said)?;
    services.get_mut(service)?.ports.get_mut(port)
}

/// Services for the programs of this machine that env files connect to, named
/// by their variables: `REDIS_URL=redis://localhost:6379` is `redis`.
pub(super) fn add_local_programs(
    services: &mut Vec<DraftService>,
    repository: &Repository,
    sources: &Sources,
) {
    let mut names: BTreeSet<String> = services.iter().map(|service| service.name.to_string()).collect();
    let mut numbers: BTreeSet<Port> =
        services.iter().flat_map(|service| service.ports.iter().map(|port| port.port)).collect();
    for found in repository.sightings().filter(is_local_program) {
        let port = found.sighting.ports.first();
        let Some(name) = found.sighting.variable.as_deref().and_then(program_name) else { continue };
        // One that has the name already is contradicted, which is said elsewhere.
        if numbers.contains(&port) || !names.insert(name.clone()) {
            continue;
        }
        let Ok(name) = ServiceName::parse(&name) else { continue };
        numbers.insert(port);
        let mut ports = vec![draft_port(port, found, sources)];
        name_ports(&name, &mut ports);
        services.push(DraftService { name, title: None, range: None, ports, allow: Vec::new() });
    }
}

fn is_local_program(seen: &Seen<'_>) -> bool {
    let sighting = seen.sighting;
    seen.file.is_env_file()
        && seen.file.path().kind() == FileKind::Plain
        && sighting.role == Role::Connect
        && sighting.context == Context::Code
        && sighting.confidence == Confidence::High
        && sighting.ports.len() == 1
        && sighting.host.as_deref().is_some_and(is_loopback)
}

/// What is left of a variable's words without those that every address has.
fn program_name(variable: &str) -> Option<String> {
    let common = [
        "url",
        "uri",
        "host",
        "port",
        "address",
        "addr",
        "endpoint",
        "server",
        "base",
        "dsn",
        "broker",
        "connection",
        "string",
    ];
    let words = words_of(variable);
    let rest: Vec<&str> = words.iter().map(String::as_str).filter(|word| !common.contains(word)).collect();
    name_of(&rest.join("-"))
}

fn draft_port(port: Port, found: Seen<'_>, sources: &Sources) -> DraftPort {
    DraftPort {
        name: "default".to_owned(),
        port,
        variable: None,
        container: None,
        bind: None,
        protocol: Protocol::Tcp,
        health: None,
        seen: vec![seen(found.place(), sources)],
        undecided: Vec::new(),
        places: vec![found.place()],
    }
}
