//! Makes the inventory of a repository out of what its files say.

use std::collections::HashMap;

use super::disagreement::Statement;
use super::entities::{Entity, meant};
use super::inventory::{Inventory, InventoryPlace, InventoryPort, InventoryRange, InventoryService};
use super::units::Unit;
use super::{File, Repository, Seen};
use crate::diagnostic::Confidence;
use crate::model::{PortRange, Protocol};
use crate::readers::compose::{ComposeService, Published};
use crate::readers::words::{is_loopback, is_wildcard};
use crate::readers::{Context, FileKind, Role, Side, StatedKind};
use crate::source::{Place, Sources, Span};

/// The inventory of a repository.
pub(super) fn inventory(repository: &Repository, sources: &Sources) -> Inventory {
    let mut gathered = Gathered::default();
    let composed = composed(repository);
    for entity in &repository.links.entities {
        let unit = repository.links.units.named(&entity.folder, entity.name());
        let service = match unit.filter(|_| entity.is_composed) {
            Some(unit) => of_unit(&composed, unit, entity, sources),
            None => of_entity(entity),
        };
        if !service.ports.is_empty() {
            gathered.owners.insert(entity, gathered.inventory.services.len());
            gathered.push(service);
        }
    }
    for file in repository.files.iter().filter(|file| file.path().kind() == FileKind::Plain) {
        add_document(repository, file, &mut gathered);
        add_stated(file, &mut gathered.inventory);
    }
    gathered.inventory
}

/// An inventory that is being made.
#[derive(Default)]
struct Gathered {
    inventory: Inventory,
    /// The services of entities.
    owners: HashMap<*const Entity, usize>,
    /// The first service of a name and a folder.
    by_name: HashMap<(String, String), usize>,
}

impl Gathered {
    fn push(&mut self, service: InventoryService) {
        let index = self.inventory.services.len();
        self.by_name.entry((service.name.clone(), service.folder.clone())).or_insert(index);
        self.inventory.services.push(service);
    }
}

/// The services of all sets by folder and name, in the order of the sets.
type Composed<'a> = HashMap<(&'a str, &'a str), Vec<&'a ComposeService>>;

fn composed(repository: &Repository) -> Composed<'_> {
    let mut composed = Composed::new();
    for set in &repository.sets {
        for service in &set.services {
            composed.entry((set.folder.as_str(), service.name.value.as_str())).or_default().push(service);
        }
    }
    composed
}

fn of_entity(entity: &Entity) -> InventoryService {
    let mut service = InventoryService {
        name: entity.name().to_owned(),
        title: None,
        group: None,
        folder: entity.folder.clone(),
        component: entity.component.clone(),
        image: entity.images.first().cloned(),
        command: None,
        ports: Vec::new(),
    };
    for statement in entity.host.iter().chain(&entity.listening) {
        add_listening(&mut service, statement);
    }
    service
}

fn add_listening(service: &mut InventoryService, statement: &Statement) {
    let place = place_of(statement);
    match service.ports.iter_mut().find(|port| port.host == Some(statement.ports)) {
        Some(known) => known.places.push(place),
        None => {
            service.ports.push(InventoryPort { host: Some(statement.ports), places: vec![place], ..empty() })
        }
    }
}

fn of_unit(composed: &Composed<'_>, unit: &Unit, entity: &Entity, sources: &Sources) -> InventoryService {
    let mut service = InventoryService {
        ports: Vec::new(),
        ..of_entity(&Entity { host: Vec::new(), listening: Vec::new(), ..entity.clone() })
    };
    for composed in composed.get(&(unit.scope.as_str(), unit.name.as_str())).into_iter().flatten() {
        service.command =
            service.command.take().or_else(|| composed.command.as_ref().map(|command| command.value.clone()));
        composed.published.iter().for_each(|published| add_published(&mut service, published));
    }
    let inside = unit.targets.iter().chain(&unit.exposed).chain(&unit.told).chain(&unit.commanded);
    for statement in inside {
        add_inside(&mut service, statement);
    }
    let path = unit.checked.iter().find_map(|checked| path_behind(sources, checked.place));
    for port in &mut service.ports {
        let is_checked = unit.checked.iter().any(|checked| Some(checked.ports) == port.container);
        port.health = path.clone().filter(|_| is_checked);
    }
    service
}

fn add_published(service: &mut InventoryService, published: &Published) {
    let place = InventoryPlace { place: published.place, ports: published.host, role: "published" };
    let origin = published.origin.as_ref();
    let mut places = vec![place];
    places.extend(origin.filter(|origin| origin.place != published.place).map(|origin| InventoryPlace {
        place: origin.place,
        ports: published.host,
        role: "set",
    }));
    let known = service
        .ports
        .iter_mut()
        .find(|port| port.host == Some(published.host) && port.protocol == published.protocol);
    match known {
        Some(known) => add_places(known, places),
        None => service.ports.push(InventoryPort {
            host: Some(published.host),
            container: Some(published.container),
            address: published.address.clone(),
            protocol: published.protocol,
            variable: origin.map(|origin| origin.variable.clone()),
            places,
            confidence: published.confidence,
            ..empty()
        }),
    }
}

fn add_inside(service: &mut InventoryService, statement: &Statement) {
    let place = place_of(statement);
    let known = service
        .ports
        .iter_mut()
        .find(|port| port.container.is_some_and(|container| container.overlaps(statement.ports)));
    match known {
        Some(known) => add_places(known, vec![place]),
        None => service.ports.push(InventoryPort {
            container: Some(statement.ports),
            places: vec![place],
            ..empty()
        }),
    }
}

fn add_places(port: &mut InventoryPort, places: Vec<InventoryPlace>) {
    for place in places {
        if !port.places.contains(&place) {
            port.places.push(place);
        }
    }
}

fn place_of(statement: &Statement) -> InventoryPlace {
    InventoryPlace { place: statement.place, ports: statement.ports, role: statement.role }
}

fn empty() -> InventoryPort {
    InventoryPort {
        host: None,
        container: None,
        address: None,
        protocol: Protocol::Tcp,
        variable: None,
        health: None,
        places: Vec::new(),
        disagreeing: Vec::new(),
        confidence: Confidence::High,
    }
}

/// The path that follows a URL's port: `/health`.
fn path_behind(sources: &Sources, place: Place) -> Option<String> {
    let text = sources.get(place.source).text().get(place.span.range().end..)?;
    let is_path = |character: char| character.is_ascii_alphanumeric() || "/._-~".contains(character);
    let path = &text[..text.find(|character| !is_path(character)).unwrap_or(text.len())];
    (path.len() > 1 && path.starts_with('/')).then(|| path.to_owned())
}

/// Adds the rows of a document: to the service that they mean, or as one of their own.
fn add_document(repository: &Repository, file: &File, gathered: &mut Gathered) {
    if !file.is_document() {
        return;
    }
    let links = &repository.links;
    let scopes = links.layout.scopes_or_all(&file.path);
    let health = health_of_rows(file);
    for seen in file.reading.sightings.iter().map(|sighting| Seen { file, sighting }) {
        let sighting = seen.sighting;
        let host = sighting.host.as_deref();
        let is_here = host.is_none_or(|host| is_loopback(host) || is_wildcard(host));
        let is_row = sighting.role == Role::State && sighting.context == Context::Prose && is_here;
        let Some(written) = sighting.service.as_deref().filter(|name| is_row && !name.is_empty()) else {
            continue;
        };
        let place = InventoryPlace { place: seen.place(), ports: sighting.ports, role: "documented" };
        let meant = meant(&links.entities, &scopes, &file.path, written).map(|(_, entities)| entities);
        let first = meant.as_deref().and_then(|entities| entities.first().copied());
        let owner = first.and_then(|first| gathered.owners.get(&std::ptr::from_ref(first)).copied());
        let group = group_of(file, seen);
        let index = match owner {
            Some(index) => {
                add_row(&mut gathered.inventory.services[index], written, group, place, sighting.side);
                index
            }
            None => add_own_row(gathered, file, seen, group, place),
        };
        let path = health.get(&sighting.span).copied().flatten();
        add_health(&mut gathered.inventory.services[index], seen.place(), path);
    }
}

/// The paths that rows ask to see whether something is well, by where their numbers stand.
fn health_of_rows(file: &File) -> HashMap<Span, Option<&str>> {
    let mut health = HashMap::new();
    for row in file.reading.tables.iter().flat_map(|table| &table.rows) {
        for (span, _) in &row.ports {
            health.entry(*span).or_insert(row.health.as_deref());
        }
    }
    health
}

/// Gives the ports that a row speaks of its path.
fn add_health(service: &mut InventoryService, row: Place, path: Option<&str>) {
    let Some(path) = path else { return };
    let is_here = |port: &&mut InventoryPort| port.places.iter().any(|place| place.place == row);
    for port in service.ports.iter_mut().filter(is_here).filter(|port| port.health.is_none()) {
        port.health = Some(path.to_owned());
    }
}

fn add_row(
    service: &mut InventoryService,
    written: &str,
    group: Option<String>,
    place: InventoryPlace,
    side: Side,
) {
    if service.title.is_none() && written != service.name {
        service.title = Some(written.to_owned());
    }
    service.group = service.group.take().or(group);
    let says = |port: &InventoryPort| if side == Side::Container { port.container } else { port.host };
    let either = |port: &InventoryPort| port.host == Some(place.ports) || port.container == Some(place.ports);
    let index = service
        .ports
        .iter()
        .position(|port| says(port) == Some(place.ports))
        .or_else(|| service.ports.iter().position(either));
    let is_known = index.is_some();
    if let Some(port) = service.ports.get_mut(index.unwrap_or(0)) {
        if is_known { port.places.push(place) } else { port.disagreeing.push(place) }
    }
}

/// Adds a row to the service of its name, or as a new one; where that is.
fn add_own_row(
    gathered: &mut Gathered,
    file: &File,
    seen: Seen<'_>,
    group: Option<String>,
    place: InventoryPlace,
) -> usize {
    let sighting = seen.sighting;
    let written = sighting.service.as_deref().unwrap_or("");
    let folder = file.path().folder();
    let (host, container) = match sighting.side {
        Side::Container => (None, Some(sighting.ports)),
        _ => (Some(sighting.ports), sighting.container),
    };
    let port = InventoryPort {
        host,
        container,
        protocol: sighting.protocol,
        variable: sighting.variable.clone(),
        places: vec![place.clone()],
        confidence: sighting.confidence,
        ..empty()
    };
    let known = gathered.by_name.get(&(written.to_owned(), folder.to_owned())).copied();
    let Some(index) = known else {
        gathered.push(InventoryService {
            name: written.to_owned(),
            title: None,
            group,
            folder: folder.to_owned(),
            component: None,
            image: None,
            command: None,
            ports: vec![port],
        });
        return gathered.inventory.services.len() - 1;
    };
    let service = &mut gathered.inventory.services[index];
    let same = |known: &&mut InventoryPort| {
        let numbers = |one: Option<PortRange>, two: Option<PortRange>| one == two;
        numbers(known.host, host)
            && (known.container == container || known.container.is_none() || container.is_none())
    };
    match service.ports.iter_mut().find(same) {
        Some(known) => {
            known.variable = known.variable.take().or(port.variable);
            known.container = known.container.or(container);
            known.places.push(place);
        }
        None => service.ports.push(port),
    }
    index
}

/// The heading whose range a row stands under.
fn group_of(file: &File, seen: Seen<'_>) -> Option<String> {
    let at = seen.sighting.span.start;
    let sections = file.reading.stated.iter().filter(|stated| stated.kind == StatedKind::Range);
    let around = sections
        .filter(|stated| stated.section.is_some_and(|section| section.start <= at && at < section.end));
    around
        .min_by_key(|stated| stated.section.map(|section| section.end - section.start))
        .map(|stated| stated.title.clone())
}

fn add_stated(file: &File, inventory: &mut Inventory) {
    inventory.stated.extend(file.reading.stated.iter().map(|stated| InventoryRange {
        title: stated.title.clone(),
        ports: stated.ports.clone(),
        kind: stated.kind,
        place: Place { source: file.source, span: stated.place },
    }));
}
