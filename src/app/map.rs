//! The port space of the tables, or of a repository without one.

use std::collections::{BTreeMap, BTreeSet};

use super::load::{Location, Workspace, load};
use super::ownership::Ownership;
use super::scan::{Extent, scan};
use crate::check::check_repository;
use crate::diagnostic::Failure;
use crate::model::{Claim, Endpoint, Port, PortRange, Project};
use crate::readers::StatedKind;
use crate::report::{Band, BandKind, Entry, PortMap};
use crate::repository::InventoryPort;
use crate::rules::Evidence;
use crate::source::{Place, Sources};
use crate::world;

/// The map of the table, its workspace and what they reserve; of what the
/// files of the folder say, where that is asked for or there is no table.
///
/// # Errors
/// A [`Failure`] where the table cannot be read.
pub fn map(location: &Location, of_survey: bool) -> Result<PortMap, Failure> {
    if of_survey {
        return Ok(survey_map(location));
    }
    match load(location) {
        Ok(workspace) => Ok(table_map(&workspace)),
        Err(failure) if failure.code == "no-table" => Ok(survey_map(location)),
        Err(failure) => Err(failure),
    }
}

fn table_map(workspace: &Workspace) -> PortMap {
    let selected: Vec<&Project> =
        workspace.selected.iter().filter_map(|&index| workspace.projects.get(index)).collect();
    PortMap::arrange(title(workspace, &selected), bands(&selected), entries(&selected))
}

/// What the files of a folder say; what they collide in is what `survey` finds.
fn survey_map(location: &Location) -> PortMap {
    let mut sources = Sources::new();
    let scan = scan(&location.directory, &mut sources, &Ownership::nothing(), &Extent::default());
    let inventory = scan.repository.inventory(&sources);
    let bands = inventory.stated.iter().map(|stated| Band {
        title: stated.title.clone(),
        kind: match stated.kind {
            StatedKind::Range => BandKind::Range,
            StatedKind::Reserved => BandKind::Reserved,
        },
        ports: stated.ports.clone(),
        note: Some(format!("stated in {}", sources.get(stated.place.source).name())),
        entries: Vec::new(),
    });
    let evidence = Evidence { repository: &scan.repository, projects: &[], sources: &sources };
    let findings = check_repository(&evidence);
    let collided: BTreeSet<Place> = findings
        .iter()
        .filter(|finding| finding.rule == "published-port-collision")
        .flat_map(|finding| {
            std::iter::once(&finding.primary).chain(&finding.related).map(|label| label.place)
        })
        .collect();
    let ports =
        inventory.services.iter().flat_map(|service| service.ports.iter().map(move |port| (service, port)));
    let found: Vec<_> = ports.filter_map(|(service, port)| Some((service, port, port.host?))).collect();
    let is_in_collision =
        |port: &InventoryPort| port.places.iter().any(|place| collided.contains(&place.place));
    let entries = found.iter().map(|&(service, port, host)| {
        let others = found.iter().filter(|(other, port, ports)| {
            other.name != service.name && ports.overlaps(host) && is_in_collision(port)
        });
        let mut collides: Vec<String> = if is_in_collision(port) {
            others.map(|(other, ..)| other.name.clone()).collect()
        } else {
            Vec::new()
        };
        collides.dedup();
        Entry {
            ports: host,
            service: service.name.clone(),
            note: port.variable.clone().unwrap_or_default(),
            collides,
        }
    });
    let folder = world::normalise(&location.directory);
    let title =
        folder.file_name().map_or_else(|| "ports".to_owned(), |name| name.to_string_lossy().into_owned());
    PortMap::arrange(title, bands.collect(), entries.collect())
}

fn title(workspace: &Workspace, selected: &[&Project]) -> String {
    let named = selected.iter().find_map(|project| project.name.as_ref()).map(ToString::to_string);
    let folder = || {
        let folder = world::normalise(&workspace.folder);
        folder.file_name().map_or_else(|| "ports".to_owned(), |name| name.to_string_lossy().into_owned())
    };
    if selected.len() == 1 { named.unwrap_or_else(folder) } else { folder() }
}

/// The named ranges, the projects' own where they have none, and what is
/// reserved; what several projects inherit stands once.
fn bands(projects: &[&Project]) -> Vec<Band> {
    let mut seen = BTreeSet::new();
    let mut bands = Vec::new();
    let mut add = |band: Band| {
        let ports: Vec<PortRange> = band.ports.ranges().to_vec();
        if seen.insert((band.title.clone(), ports)) {
            bands.push(band);
        }
    };
    for project in projects {
        for range in &project.ranges {
            let (title, ports) = (range.title.clone(), range.ports.value.clone());
            add(Band {
                title,
                kind: BandKind::Range,
                ports,
                note: range.description.clone(),
                entries: Vec::new(),
            });
        }
        for reserved in &project.reserved {
            let title = reserved.owner.clone().unwrap_or_else(|| "reserved".to_owned());
            let (ports, note) = (reserved.ports.value.clone(), reserved.reason.clone());
            add(Band { title, kind: BandKind::Reserved, ports, note, entries: Vec::new() });
        }
        // A project's own range says nothing that its named ranges do not.
        if let (Some(range), Some(name), true) = (&project.range, &project.name, project.ranges.is_empty()) {
            let title = format!("project {name}");
            add(Band {
                title,
                kind: BandKind::Range,
                ports: range.value.clone(),
                note: None,
                entries: Vec::new(),
            });
        }
    }
    bands
}

fn entries(projects: &[&Project]) -> Vec<Entry> {
    let several = projects.len() > 1;
    let named = projects.iter().flat_map(|project| {
        let prefix = project.name.as_ref().filter(|_| several).map(|name| format!("{name}/"));
        let endpoints = project.services.iter().flat_map(|service| &service.endpoints);
        endpoints
            .map(move |endpoint| (format!("{}{}", prefix.as_deref().unwrap_or(""), endpoint.id()), endpoint))
    });
    let claimed: Vec<(String, &Endpoint, Claim)> =
        named.filter_map(|(name, endpoint)| Some((name, endpoint, endpoint.claim()?))).collect();
    let mut by_port: BTreeMap<Port, Vec<usize>> = BTreeMap::new();
    for (index, (_, _, claim)) in claimed.iter().enumerate() {
        by_port.entry(claim.port).or_default().push(index);
    }
    let collides = |index: usize| {
        let claim = &claimed[index].2;
        let others = by_port.get(&claim.port).into_iter().flatten().filter(|&&other| other != index);
        others
            .filter(|&&other| claim.collides(&claimed[other].2))
            .map(|&other| claimed[other].0.clone())
            .collect()
    };
    let entry = |(index, (name, endpoint, claim)): (usize, &(String, &Endpoint, Claim))| Entry {
        ports: PortRange::single(claim.port),
        service: name.clone(),
        note: endpoint.variable.as_ref().map(ToString::to_string).unwrap_or_default(),
        collides: collides(index),
    };
    claimed.iter().enumerate().map(entry).collect()
}
