//! The port space of the tables, or of a repository without one.

use std::collections::{BTreeMap, BTreeSet};

use super::load::{Location, Workspace, load};
use crate::diagnostic::Failure;
use crate::model::{Claim, Endpoint, Port, PortRange, Project};
use crate::report::{Band, BandKind, Entry, PortMap};
use crate::world;

/// The map of the table, its workspace and what they reserve.
///
/// # Errors
/// A [`Failure`] where there is no table, or where it cannot be read.
pub fn map(location: &Location, _survey: bool) -> Result<PortMap, Failure> {
    let workspace = load(location)?;
    let selected: Vec<&Project> =
        workspace.selected.iter().filter_map(|&index| workspace.projects.get(index)).collect();
    let bands = bands(&selected);
    let title = title(&workspace, &selected);
    Ok(PortMap::arrange(title, bands, entries(&selected)))
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
