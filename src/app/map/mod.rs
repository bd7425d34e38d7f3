//! The port space of the tables, or of a repository without one; with what
//! this machine holds, where that is asked for.

mod machine;
mod survey;

use std::collections::{BTreeMap, BTreeSet};

use super::load::{Location, Workspace, load};
use crate::check::{Strictness, judge};
use crate::diagnostic::Failure;
use crate::facts::default_pool;
use crate::model::{Claim, Endpoint, Number, Port, PortRange, Project, Protocol, Status};
use crate::report::{Band, BandKind, Entry, Holder, PortMap};
use crate::world;

/// What is drawn.
#[derive(Clone, Copy, Debug, Default)]
pub struct MapOptions {
    /// What the files of the folder say, even where there is a table.
    pub survey: bool,
    /// What this machine holds, too. Without it, the same files are the same
    /// picture everywhere.
    pub machine: bool,
}

/// The map of the table, its workspace and what they reserve; of what the
/// files of the folder say, where that is asked for or there is no table.
///
/// # Errors
/// A [`Failure`] where the table cannot be read, and of the ledger.
pub fn map(location: &Location, options: MapOptions) -> Result<PortMap, Failure> {
    let workspace = match load(location) {
        _ if options.survey => None,
        Ok(workspace) => Some(workspace),
        Err(failure) if failure.code == "no-table" => None,
        Err(failure) => return Err(failure),
    };
    let (title, (mut bands, mut entries)) = match &workspace {
        Some(workspace) => {
            let selected = selected(workspace);
            (title(workspace, &selected), (bands(&selected), entries(&selected)))
        }
        None => (folder_name(&location.directory), survey::drawn(location)),
    };
    if options.machine {
        machine::add(workspace.as_ref(), &mut bands, &mut entries)?;
    }
    let has_gaps = workspace.as_ref().is_some_and(has_gaps);
    Ok(PortMap { has_machine: options.machine, has_gaps, ..PortMap::arrange(title, bands, entries) })
}

/// Whether what was written could not all be read; a collision can, and is drawn.
fn has_gaps(workspace: &Workspace) -> bool {
    judge(&[], &workspace.sources, workspace.findings.clone(), Strictness::default()).has_errors()
}

fn selected(workspace: &Workspace) -> Vec<&Project> {
    workspace.selected.iter().filter_map(|&index| workspace.projects.get(index)).collect()
}

fn title(workspace: &Workspace, selected: &[&Project]) -> String {
    let named = selected.iter().find_map(|project| project.name.as_ref()).map(ToString::to_string);
    let folder = || folder_name(&workspace.folder);
    if selected.len() == 1 { named.unwrap_or_else(folder) } else { folder() }
}

fn folder_name(folder: &std::path::Path) -> String {
    let folder = world::normalise(folder);
    folder.file_name().map_or_else(|| "ports".to_owned(), |name| name.to_string_lossy().into_owned())
}

/// The projects' own ranges, the named ones, the pool of those that have
/// neither, and what is reserved; what several projects inherit stands once.
fn bands(projects: &[&Project]) -> Vec<Band> {
    let mut seen = BTreeSet::new();
    let mut bands: Vec<Band> = Vec::new();
    for band in projects.iter().flat_map(|project| bands_of(project)) {
        let ports: Vec<PortRange> = band.ports.ranges().to_vec();
        if seen.insert((band.title.clone(), ports)) {
            bands.push(band);
        } else if let Some(known) = bands.iter_mut().find(|known| known.title == band.title) {
            known.waiting.extend(band.waiting);
        }
    }
    bands
}

fn bands_of(project: &Project) -> Vec<Band> {
    let mut bands = Vec::new();
    for range in &project.ranges {
        let waiting = waiting(project, |endpoint| {
            endpoint.range.as_ref().is_some_and(|name| name.value == range.name.value)
        });
        let band = Band::new(range.title.clone(), BandKind::Range, range.ports.value.clone());
        bands.push(Band { note: range.description.clone(), waiting, ..band });
    }
    let waiting = waiting(project, |endpoint| endpoint.range.is_none());
    match &project.range {
        Some(range) => {
            let name = project.name.as_ref().map_or_else(|| "?".to_owned(), ToString::to_string);
            let band = Band::new(format!("project {name}"), BandKind::Project, range.value.clone());
            bands.push(Band { waiting, ..band });
        }
        None if !waiting.is_empty() => {
            bands.push(Band { waiting, ..Band::new("default pool", BandKind::Pool, default_pool()) });
        }
        None => {}
    }
    bands.extend(project.reserved.iter().map(|reserved| {
        let title = reserved.owner.clone().unwrap_or_else(|| "reserved".to_owned());
        let band = Band::new(title, BandKind::Reserved, reserved.ports.value.clone());
        Band { note: reserved.reason.clone(), ..band }
    }));
    bands
}

/// The ports without a number that are like this.
fn waiting(project: &Project, is_meant: impl Fn(&Endpoint) -> bool) -> Vec<String> {
    let endpoints = project.plain().endpoints().filter(|endpoint| !endpoint.elsewhere);
    let auto = endpoints.filter(|endpoint| endpoint.number.value == Number::Auto && is_meant(endpoint));
    auto.map(Endpoint::id).collect()
}

/// What a port of a service is called, of how many projects there are.
fn entry_name(project: &Project, endpoint: &Endpoint, has_several: bool) -> String {
    match project.name.as_ref().filter(|_| has_several) {
        Some(name) => format!("{name}/{}", endpoint.id()),
        None => endpoint.id(),
    }
}

fn entries(projects: &[&Project]) -> Vec<Entry> {
    let several = projects.len() > 1;
    let named = projects.iter().flat_map(|project| {
        let endpoints = project.services.iter().flat_map(|service| &service.endpoints);
        endpoints.map(move |endpoint| (entry_name(project, endpoint, several), endpoint))
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
    let entry = |(index, (name, endpoint, _)): (usize, &(String, &Endpoint, Claim))| {
        let ports = claimed[index].2.port;
        Entry { collides: collides(index), ..described(name.clone(), endpoint, ports) }
    };
    claimed.iter().enumerate().map(entry).collect()
}

/// A port of a service with what the table says of it.
fn described(name: String, endpoint: &Endpoint, port: Port) -> Entry {
    let is_titled = endpoint.title != endpoint.service.as_str() && endpoint.title != endpoint.name.as_str();
    let title = Some(endpoint.title.clone()).filter(|_| is_titled);
    let protocol = match endpoint.protocol {
        Protocol::Tcp => None,
        Protocol::Udp => Some("udp".to_owned()),
        Protocol::Both => Some("tcp and udp".to_owned()),
    };
    let status = Some(endpoint.status.as_str().to_owned()).filter(|_| endpoint.status != Status::Active);
    let about: Vec<String> = [title, protocol, status].into_iter().flatten().collect();
    Entry {
        note: endpoint.variable.as_ref().map(ToString::to_string).unwrap_or_default(),
        about: (!about.is_empty()).then(|| about.join(", ")),
        ..Entry::new(PortRange::single(port), name, Holder::Service)
    }
}
