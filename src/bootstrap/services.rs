//! Services, their ports and their ranges, out of an inventory.

use std::collections::{BTreeSet, HashMap};

use super::names::{Taken, name_of, port_name, unique};
use super::{DraftPort, DraftRange, DraftService, seen};
use crate::diagnostic::Confidence;
use crate::model::{Address, Port, PortName, Protocol, RangeName, ServiceName, Variable};
use crate::readers::StatedKind;
use crate::repository::{Inventory, InventoryPort, InventoryService};
use crate::source::Sources;

/// Of a range of published ports, as many as are written one by one.
const MOST_OF_A_RANGE: usize = 16;

/// The ranges that documents state: each name and each set of ports once.
pub(super) fn ranges(inventory: &Inventory, sources: &Sources) -> Vec<DraftRange> {
    let mut taken = Taken::default();
    let mut found: Vec<DraftRange> = Vec::new();
    for stated in &inventory.stated {
        let overlaps = |range: &DraftRange| range.ports.overlap(&stated.ports).is_some();
        // What is stated twice is one; what overlaps cannot both be a range.
        if found.iter().any(overlaps) {
            continue;
        }
        let name = (stated.kind == StatedKind::Range)
            .then(|| name_of(&stated.title).unwrap_or_else(|| "range".to_owned()))
            .map(|name| unique(&name, &mut taken));
        let name = name.and_then(|name| RangeName::parse(&name).ok());
        found.push(DraftRange {
            name,
            title: stated.title.clone(),
            ports: stated.ports.clone(),
            seen: seen(stated.place, sources),
        });
    }
    found
}

/// The services that have a port on the machine.
pub(super) fn services(inventory: &Inventory, ranges: &[DraftRange], sources: &Sources) -> Vec<DraftService> {
    let mut names = Taken::default();
    let mut variables = BTreeSet::new();
    let mut found: Vec<DraftService> = Vec::new();
    let mut by_number = HashMap::new();
    // What runs is named before what documents only speak of.
    let (documented, firm): (Vec<_>, Vec<_>) =
        inventory.services.iter().partition(|one| is_only_documented(one));
    for service in firm.into_iter().chain(documented) {
        let Some(plain) = name_of(&service.name) else { continue };
        let mut ports = ports(service, sources);
        if is_only_documented(service) {
            ports = join_known(&mut found, &by_number, ports);
        }
        ports = join_namesake(&mut found, &plain, ports);
        if ports.is_empty() {
            continue;
        }
        let name = unique(&plain, &mut names);
        let Ok(name) = ServiceName::parse(&name) else { continue };
        name_ports(&name, &mut ports);
        choose_variables(&name, &mut ports, &mut variables);
        let range = range_of(&ports, ranges);
        let title =
            service.title.clone().or_else(|| (service.name != name.as_str()).then(|| service.name.clone()));
        for (index, port) in ports.iter().enumerate() {
            by_number.entry(port.port).or_insert((found.len(), index));
        }
        found.push(DraftService { name, title, range, ports, allow: Vec::new() });
    }
    found
}

/// Whether nothing but documents speak of a service.
fn is_only_documented(service: &InventoryService) -> bool {
    let mut places = service.ports.iter().flat_map(|port| &port.places);
    service.image.is_none() && service.component.is_none() && places.all(|place| place.role == "documented")
}

/// A document has many names for a service: a port that one of the services
/// has already is that one's. Gives the ports that nobody has.
fn join_known(
    found: &mut [DraftService],
    by_number: &HashMap<Port, (usize, usize)>,
    ports: Vec<DraftPort>,
) -> Vec<DraftPort> {
    let mut rest = Vec::new();
    for port in ports {
        let known = by_number.get(&port.port);
        match known.and_then(|(service, index)| found.get_mut(*service)?.ports.get_mut(*index)) {
            Some(known) => join(known, port),
            None => rest.push(port),
        }
    }
    rest
}

/// One service is started in several ways: by Compose, by a Procfile. What has
/// its name and its number is the same. Gives the ports that it does not have.
fn join_namesake(found: &mut [DraftService], name: &str, ports: Vec<DraftPort>) -> Vec<DraftPort> {
    let Some(namesake) = found.iter_mut().find(|draft| draft.name.as_str() == name) else { return ports };
    let mut rest = Vec::new();
    for port in ports {
        match namesake.ports.iter_mut().find(|known| known.port == port.port) {
            Some(known) => join(known, port),
            None => rest.push(port),
        }
    }
    rest
}

/// A service's ports on the machine, each number once.
fn ports(service: &InventoryService, sources: &Sources) -> Vec<DraftPort> {
    let mut found: Vec<DraftPort> = Vec::new();
    let sure = service.ports.iter().filter(|port| port.confidence > Confidence::Low);
    for port in sure {
        let Some(host) = port.host.filter(|host| host.len() <= MOST_OF_A_RANGE) else { continue };
        for (index, number) in host.ports().enumerate() {
            let container = port
                .container
                .and_then(|container| container.ports().nth(index).or(container.ports().next()));
            let draft = one_port(number, container, port, sources);
            match found.iter_mut().find(|known| known.port == number) {
                Some(known) => join(known, draft),
                None => found.push(draft),
            }
        }
    }
    found
}

fn one_port(number: Port, container: Option<Port>, port: &InventoryPort, sources: &Sources) -> DraftPort {
    let mut places: Vec<String> = Vec::new();
    for text in port.places.iter().map(|place| seen(place.place, sources)) {
        if !places.contains(&text) {
            places.push(text);
        }
    }
    let undecided = port.disagreeing.iter();
    let undecided = undecided.map(|other| format!("{} says {}", seen(other.place, sources), other.ports));
    DraftPort {
        name: "default".to_owned(),
        port: number,
        variable: port.variable.clone(),
        container,
        bind: bind(port),
        protocol: port.protocol,
        health: port.health.clone(),
        seen: places,
        undecided: undecided.collect(),
        places: port.places.iter().map(|place| place.place).collect(),
    }
}

/// What to write as `bind`: published ports without an address are on every
/// interface, others are taken for `localhost`, which is the default.
fn bind(port: &InventoryPort) -> Option<String> {
    match &port.address {
        Some(address)
            if address.is_loopback()
                && !matches!(address, Address::Ip(ip) if ip.to_string() != "127.0.0.1" && ip.to_string() != "::1") =>
        {
            None
        }
        Some(address) => Some(address.to_string()),
        None => port.container.is_some().then(|| "0.0.0.0".to_owned()),
    }
}

/// TCP and UDP of one number are one port of both.
fn join(known: &mut DraftPort, other: DraftPort) {
    if known.protocol != other.protocol {
        known.protocol = Protocol::Both;
    }
    for (list, more) in [(&mut known.seen, other.seen), (&mut known.undecided, other.undecided)] {
        more.into_iter().for_each(|text| {
            if !list.contains(&text) {
                list.push(text);
            }
        });
    }
    known.places.extend(other.places);
    known.variable = known.variable.take().or(other.variable);
    known.health = known.health.take().or(other.health);
}

/// The only port is `default`; several have names.
pub(super) fn name_ports(service: &ServiceName, ports: &mut [DraftPort]) {
    if ports.len() < 2 {
        return;
    }
    let mut taken = Taken::default();
    for port in ports {
        let inside = port.container.unwrap_or(port.port).get();
        let name = port_name(service.as_str(), port.variable.as_deref(), inside);
        port.name = unique(&name, &mut taken);
    }
}

/// Keeps a variable that a table takes and that no other port has; drops one
/// that would be derived anyway.
fn choose_variables(service: &ServiceName, ports: &mut [DraftPort], taken: &mut BTreeSet<String>) {
    for port in ports {
        let derived =
            PortName::parse(&port.name).ok().and_then(|name| Variable::derive("", service, &name).ok());
        let own = port.variable.take().filter(|name| Variable::parse(name).is_ok() && !taken.contains(name));
        let name = own.clone().or_else(|| derived.as_ref().map(ToString::to_string));
        // `a-b` and `a_b` would have one variable.
        let is_free = name.is_none_or(|name| taken.insert(name));
        port.variable = match (own, derived) {
            (None, Some(derived)) if !is_free => Some(format!("{}_{}", derived.as_str(), port.port)),
            (Some(own), Some(derived)) if own == derived.as_str() => None,
            (own, Some(_)) => own,
            // A name that starts with a digit has no variable of its own.
            (own, None) => own.or_else(|| Some(format!("SERVICE_{}_PORT", port.port))),
        };
    }
}

/// The range that has all ports of the service.
fn range_of(ports: &[DraftPort], ranges: &[DraftRange]) -> Option<RangeName> {
    let holds = |range: &&DraftRange| ports.iter().all(|port| range.ports.contains(port.port));
    ranges.iter().filter(|range| range.name.is_some()).find(holds).and_then(|range| range.name.clone())
}
