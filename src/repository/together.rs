//! What runs together on one machine: the services of a compose set, the
//! processes of a Procfile, the services of a workflow's job.

use std::collections::BTreeMap;

use super::links::Links;
use super::{File, Repository};
use crate::diagnostic::Confidence;
use crate::model::{Address, PortRange, Protocol};
use crate::readers::compose::{ComposeService, ComposeSet, Published};
use crate::readers::words::is_wildcard;
use crate::readers::{Context, FileKind, Role, Sighting};
use crate::source::Place;

/// Something that takes a port of the machine while others of its group run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occupant {
    /// The service or process.
    pub name: String,
    /// Where its name stands, where that is not beside the port.
    pub named: Option<Place>,
    /// Where the port stands.
    pub place: Place,
    /// Where the number really stands, if a variable brings it.
    pub origin: Option<Place>,
    /// The ports of the machine.
    pub ports: PortRange,
    /// The container's ports, where it has some.
    pub container: Option<PortRange>,
    /// The address; `None` for every interface.
    pub address: Option<Address>,
    /// TCP or UDP.
    pub protocol: Protocol,
    /// The profiles it runs under; none means always.
    pub profiles: Vec<String>,
    /// Whether it publishes a container's port, or listens itself.
    pub publishes: bool,
    /// How sure it is.
    pub confidence: Confidence,
}

impl Occupant {
    /// The ports that both take when they run together, if they do.
    pub fn meets(&self, other: &Self) -> Option<PortRange> {
        let together = self.profiles.is_empty()
            || other.profiles.is_empty()
            || self.profiles.iter().any(|profile| other.profiles.contains(profile));
        let addresses = match (&self.address, &other.address) {
            (Some(one), Some(two)) => one.overlaps(two),
            _ => true,
        };
        // One service that says the same twice says it once.
        let are_two =
            self.name != other.name || (self.container != other.container && self.place != other.place);
        if !(together && addresses && are_two && self.protocol.overlaps(other.protocol)) {
            return None;
        }
        self.ports.intersection(other.ports)
    }

    /// Whether the number is chosen out of a range when it starts.
    pub fn is_chosen(&self) -> bool {
        self.container.is_some_and(|container| container.len() < self.ports.len())
    }
}

/// Every group of what runs together, each in the order of its places.
pub(super) fn together(repository: &Repository, links: &Links) -> Vec<Vec<Occupant>> {
    let mut groups: Vec<Vec<Occupant>> = repository.sets.iter().map(|set| of_set(set, links)).collect();
    for file in repository.files.iter().filter(|file| file.path().kind() == FileKind::Plain) {
        groups.extend(of_processes(file));
    }
    groups.retain(|group| group.len() > 1);
    groups
}

fn of_set(set: &ComposeSet, links: &Links) -> Vec<Occupant> {
    let mut occupants: Vec<Occupant> = Vec::new();
    for service in &set.services {
        occupants.extend(service.published.iter().map(|published| of_published(service, published)));
        if service.is_on_host_network {
            occupants.extend(on_host_network(set, service, links));
        }
    }
    let order = |place: Place| (set.files.iter().position(|file| *file == place.source), place.span.start);
    // What several services share is told apart by their names.
    occupants.sort_by_key(|one| (order(one.place), one.named.map(order)));
    occupants
}

fn of_published(service: &ComposeService, published: &Published) -> Occupant {
    Occupant {
        name: service.name.value.clone(),
        named: Some(service.name.place),
        place: published.place,
        origin: published.origin.as_ref().map(|origin| origin.place),
        ports: published.host,
        container: Some(published.container),
        address: published.address.clone(),
        protocol: published.protocol,
        profiles: service.profiles.clone(),
        publishes: true,
        confidence: published.confidence,
    }
}

fn on_host_network(set: &ComposeSet, service: &ComposeService, links: &Links) -> Vec<Occupant> {
    let name = service.name.value.as_str();
    let unit = links.units.iter().find(|unit| unit.scope == set.folder && unit.name == name);
    let said = unit.into_iter().flat_map(|unit| unit.commanded.iter().chain(&unit.told));
    said.filter(|statement| set.files.contains(&statement.place.source))
        .map(|statement| Occupant {
            name: name.to_owned(),
            named: Some(service.name.place),
            place: statement.place,
            origin: None,
            ports: statement.ports,
            container: None,
            address: None,
            protocol: Protocol::Tcp,
            profiles: service.profiles.clone(),
            publishes: false,
            confidence: Confidence::High,
        })
        .collect()
}

/// The processes of a Procfile, the services of each job of a workflow.
fn of_processes(file: &File) -> Vec<Vec<Occupant>> {
    let role = match file.reader {
        "procfile" => Role::Listen,
        "workflow" => Role::Publish,
        _ => return Vec::new(),
    };
    let mut groups: BTreeMap<&str, Vec<Occupant>> = BTreeMap::new();
    for sighting in file
        .reading
        .sightings
        .iter()
        .filter(|sighting| sighting.role == role && sighting.context == Context::Code)
    {
        let Some(service) = sighting.service.as_deref() else { continue };
        // A job's services are named `job/service`.
        let (group, name) = service.split_once('/').unwrap_or(("", service));
        groups.entry(group).or_default().push(of_sighting(file, sighting, name));
    }
    groups.into_values().collect()
}

fn of_sighting(file: &File, sighting: &Sighting, name: &str) -> Occupant {
    let host = sighting.host.as_deref().filter(|host| !is_wildcard(host));
    Occupant {
        name: name.to_owned(),
        named: None,
        place: Place { source: file.source, span: sighting.span },
        origin: None,
        ports: sighting.ports,
        container: sighting.container,
        address: host.and_then(Address::parse),
        protocol: sighting.protocol,
        profiles: Vec::new(),
        publishes: sighting.role == Role::Publish,
        confidence: sighting.confidence,
    }
}
