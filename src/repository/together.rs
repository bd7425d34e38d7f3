//! What runs together on one machine: the services of a compose set, the
//! processes of a Procfile, the services of a workflow's job, what scripts leave running.

use std::collections::{BTreeMap, BTreeSet};

use super::contradictions::inside::certain_image;
use super::links::Links;
use super::units::Unit;
use super::{File, Repository};
use crate::diagnostic::Confidence;
use crate::model::{Address, Port, PortRange, Protocol};
use crate::readers::compose::{ComposeService, ComposeSet, Published, SetKind};
use crate::readers::words::{is_wildcard, names_a_port};
use crate::readers::{Context, FileKind, Role, Sighting};
use crate::source::{Place, SourceId};

/// What runs at one time on one machine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Together {
    /// The files that say so, the later on top of the earlier.
    pub files: Vec<SourceId>,
    /// Whether somebody has to load the files together, for no program does by itself.
    pub is_combined: bool,
    /// What takes ports, in the order of the places.
    pub occupants: Vec<Occupant>,
}

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
    /// What has ended before it starts.
    pub ended_before: BTreeSet<String>,
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
        let has_ended = self.ended_before.contains(&other.name) || other.ended_before.contains(&self.name);
        // One service that says the same twice says it once.
        let is_more = self.container != other.container || self.address != other.address;
        let are_two = self.name != other.name || (is_more && self.place != other.place);
        let addresses = addresses_overlap(self.address.as_ref(), other.address.as_ref());
        if has_ended || !(together && addresses && are_two && self.protocol.overlaps(other.protocol)) {
            return None;
        }
        self.ports.intersection(other.ports)
    }

    /// Whether it takes one of some of its ports for certain, should nobody else
    /// have it: of a range that stands for one port, the engine tries the first one first.
    pub fn takes(&self, ports: PortRange) -> bool {
        let is_chosen = self.container.is_some_and(|container| container.len() < self.ports.len());
        !is_chosen || ports.contains(self.ports.first())
    }
}

/// The engine listens on each address that is said and on no other: `::` is
/// every IPv6 address, and no IPv4 one.
fn addresses_overlap(one: Option<&Address>, two: Option<&Address>) -> bool {
    match (one, two) {
        (Some(Address::Ip(one)), Some(Address::Ip(two))) if one.is_ipv4() != two.is_ipv4() => false,
        (Some(one), Some(two)) => one.overlaps(two),
        _ => true,
    }
}

/// Every group of what runs together, each in the order of its places.
pub(super) fn together(repository: &Repository, links: &Links) -> Vec<Together> {
    let mut groups: Vec<Together> = repository.sets.iter().map(|set| of_set(set, links)).collect();
    for file in repository.files.iter().filter(|file| file.path().kind() == FileKind::Plain) {
        groups.extend(of_processes(file));
    }
    groups.retain(|group| group.occupants.len() > 1);
    groups.extend(links.beside.iter().cloned());
    groups
}

fn of_set(set: &ComposeSet, links: &Links) -> Together {
    let mut occupants: Vec<Occupant> = Vec::new();
    for service in &set.services {
        occupants.extend(service.published.iter().map(|published| of_published(service, published)));
        if service.is_on_host_network {
            occupants.extend(on_host_network(set, service, links));
        }
    }
    let ended = ended_before(set);
    for occupant in &mut occupants {
        occupant.ended_before = ended.get(occupant.name.as_str()).cloned().unwrap_or_default();
    }
    let order = |place: Place| (set.files.iter().position(|file| *file == place.source), place.span.start);
    // What several services share is told apart by their names.
    occupants.sort_by_key(|one| (order(one.place), one.named.map(order)));
    let is_combined = set.files.len() > 1 && matches!(set.kind, SetKind::Overlaid | SetKind::Named);
    Together { files: set.files.clone(), is_combined, occupants }
}

/// What has ended before each service of a set starts: what it waits for, and
/// what those that it is started after have waited for.
fn ended_before(set: &ComposeSet) -> BTreeMap<&str, BTreeSet<String>> {
    let after: BTreeMap<&str, &[(String, bool)]> =
        set.services.iter().map(|one| (one.name.value.as_str(), one.started_after.as_slice())).collect();
    let mut ended = BTreeMap::new();
    // Hardly any file says so.
    if !after.values().any(|after| after.iter().any(|(_, has_ended)| *has_ended)) {
        return ended;
    }
    for name in after.keys() {
        let (mut known, mut open, mut seen) = (BTreeSet::new(), vec![*name], BTreeSet::from([*name]));
        while let Some(service) = open.pop() {
            for (other, has_ended) in after.get(service).copied().unwrap_or_default() {
                if *has_ended {
                    known.insert(other.clone());
                }
                if seen.insert(other) {
                    open.push(other);
                }
            }
        }
        ended.insert(*name, known);
    }
    ended
}

fn of_published(service: &ComposeService, published: &Published) -> Occupant {
    let origin = published.origin.as_ref().map(|origin| origin.place);
    // The digits of a fallback stand in the entry itself.
    let inside = origin.filter(|place| {
        let (own, entry) = (place.span, published.place.span);
        place.source == published.place.source && entry.start <= own.start && own.end <= entry.end
    });
    Occupant {
        name: service.name.value.clone(),
        named: Some(service.name.place),
        place: inside.unwrap_or(published.place),
        origin: origin.filter(|_| inside.is_none()),
        ports: published.host,
        container: Some(published.container),
        address: published.address.clone(),
        protocol: published.protocol,
        profiles: service.profiles.clone(),
        ended_before: BTreeSet::new(),
        publishes: true,
        confidence: published.confidence,
    }
}

fn on_host_network(set: &ComposeSet, service: &ComposeService, links: &Links) -> Vec<Occupant> {
    let name = service.name.value.as_str();
    let Some(unit) = links.units.named(&set.folder, name) else { return Vec::new() };
    let said = unit.commanded.iter().chain(&unit.told);
    let said = said.filter(|statement| {
        // What an env file says to several services is no word to this one.
        set.files.contains(&statement.place.source) || !unit.dockerfiles.is_empty() && !unit.has_command
    });
    let mut taken: Vec<(Place, PortRange)> =
        said.map(|statement| (statement.place, statement.ports)).collect();
    if taken.is_empty() {
        taken.extend(own_port_of_image(unit).map(|ports| (service.name.place, ports)));
    }
    let occupant = |(place, ports)| Occupant {
        name: name.to_owned(),
        named: Some(service.name.place),
        place,
        origin: None,
        ports,
        container: None,
        address: None,
        protocol: Protocol::Tcp,
        profiles: service.profiles.clone(),
        ended_before: BTreeSet::new(),
        publishes: false,
        confidence: Confidence::High,
    };
    taken.into_iter().map(occupant).collect()
}

/// The port of an image that nothing moves elsewhere.
fn own_port_of_image(unit: &Unit) -> Option<PortRange> {
    let [image] = &unit.images[..] else { return None };
    let known = certain_image(image).filter(|known| known.is_complete)?;
    let is_moved = unit.has_command
        || !unit.dockerfiles.is_empty()
        || !unit.mentioned.is_empty()
        || unit.mounts.iter().any(|mount| mount.target.contains("conf") || mount.target.starts_with("/etc"))
        || unit.variables.iter().any(|name| names_a_port(name) || name.contains("LISTEN"));
    known.ports.first().filter(|_| !is_moved).and_then(|port| Port::new(*port)).map(PortRange::single)
}

/// The processes of a Procfile, the services of each job of a workflow.
fn of_processes(file: &File) -> Vec<Together> {
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
        // A job's services are named `job.service`.
        let (group, name) = service.split_once('.').unwrap_or(("", service));
        groups.entry(group).or_default().push(of_sighting(file, sighting, name));
    }
    let together = |occupants| Together { files: vec![file.source], is_combined: false, occupants };
    groups.into_values().map(together).collect()
}

/// What a sighting says that a program takes on the machine.
pub(super) fn of_sighting(file: &File, sighting: &Sighting, name: &str) -> Occupant {
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
        ended_before: BTreeSet::new(),
        publishes: sighting.role == Role::Publish,
        confidence: sighting.confidence,
    }
}
