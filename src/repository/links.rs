//! What belongs together in a repository, worked out once.

use std::collections::BTreeSet;

use super::disagreement::{Disagreement, merge};
use super::entities::{Entity, entities};
use super::layout::Layout;
use super::units::{Unit, units};
use super::{File, Repository, addresses, documented, listening, references, variables};
use crate::model::Port;
use crate::readers::{Context, FileKind, Role, Sighting};
use crate::source::Sources;

/// What belongs together.
#[derive(Clone, Debug, Default)]
pub(super) struct Links {
    /// The folders.
    pub(super) layout: Layout,
    /// The services of compose files.
    pub(super) units: Vec<Unit>,
    /// Whatever has a name and ports.
    pub(super) entities: Vec<Entity>,
    /// Every number that stands somewhere else than in a document.
    pub(super) numbers: BTreeSet<u16>,
    /// Every number that something publishes, exposes or listens on.
    pub(super) open: BTreeSet<u16>,
}

impl Links {
    /// Works it out.
    pub(super) fn new(repository: &Repository) -> Self {
        let layout = layout(repository);
        let units = units(repository, &layout);
        let entities = entities(repository, &layout, &units);
        let (mut numbers, mut open) = (BTreeSet::new(), BTreeSet::new());
        for seen in repository.sightings().filter(|seen| seen.sighting.context != Context::Prose) {
            let ports: Vec<u16> = seen.sighting.ports.ports().take(64).map(Port::get).collect();
            if matches!(seen.sighting.role, Role::Publish | Role::Listen | Role::Expose) {
                open.extend(&ports);
            }
            numbers.extend(ports);
        }
        for statement in units.iter().flat_map(|unit| unit.host.iter().chain(&unit.targets)) {
            let ports: Vec<u16> = statement.ports.ports().take(64).map(Port::get).collect();
            open.extend(&ports);
            numbers.extend(ports);
        }
        Self { layout, units, entities, numbers, open }
    }
}

fn layout(repository: &Repository) -> Layout {
    let mut layout = Layout::default();
    repository.sets.iter().for_each(|set| layout.add_scope(&set.folder));
    for set in &repository.sets {
        for build in set.services.iter().filter_map(|service| service.build.as_deref()) {
            layout.add_build(&set.folder, build);
        }
    }
    let is_program =
        |reader: &str| matches!(reader, "dockerfile" | "package-json" | "package_json" | "procfile");
    for file in repository.files.iter().filter(|file| is_program(file.reader)) {
        layout.add_component(file.path().folder());
    }
    layout
}

/// Everything that contradicts itself, in the order of what it is about.
pub(super) fn disagreements(repository: &Repository, links: &Links, sources: &Sources) -> Vec<Disagreement> {
    let mut found = references::references(repository, links);
    found.extend(references::health_checks(links));
    found.extend(variables::variables(repository, links));
    found.extend(documented::documented(repository, links));
    found.extend(addresses::addresses(repository, links));
    found.extend(listening::listening(repository, links, sources));
    merge(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_file_belongs_to_a_folder_that_holds_a_program() {
        for (path, expected) in [
            ("server.js", ""),
            ("src/server.js", ""),
            ("backend/src/server.js", "backend"),
            ("apps/web/src/main.ts", "apps/web"),
            ("services/api.py", "services"),
            ("orders/src/main/resources/application.yml", "orders"),
        ] {
            assert_eq!(program_folder(path), expected, "{path}");
        }
    }
}
