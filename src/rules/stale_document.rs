//! Documents that give a service another port than the table does.

use std::collections::BTreeSet;

use super::{Check, Evidence, about};
use crate::diagnostic::{Confidence, Edit, Finding, Fix};
use crate::model::{Endpoint, Port, Project};
use crate::readers::{Context, FileKind, Role, Side, words};
use crate::repository::Seen;

declare_rule! {
    /// Finds documents that give a service another port than the table.
    ///
    /// ## What it does
    /// Reads tables of ports in documents, and sentences that name a service and
    /// its port. Where a row names a service of `ports.toml`, by its name, its
    /// title or its variable, and gives a number that is none of its ports, it
    /// is out of date. `--fix` writes the number of the table.
    ///
    /// ## Why is this bad?
    /// Somebody follows the document and reaches nothing, or something else.
    ///
    /// ## Example
    /// ```toml
    /// [project]
    /// name = "shop"
    ///
    /// [services.api]
    /// title = "Public API"
    /// port = 4801
    ///
    /// [services.worker]
    /// port = 4802
    /// ```
    /// ```text README.md
    /// | Service    | Port |
    /// |------------|------|
    /// | Public API | 4800 | <!-- warning -->
    /// | worker     | 4802 |
    /// ```
    ///
    /// ## Known limitations
    /// A service is known by its own names alone: `Backend` is not `api`.
    "stale-document", Warn, Check::Repository(check)
}

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    if evidence.projects.is_empty() {
        return;
    }
    let mut known: Vec<Known<'_>> = evidence.projects.iter().flat_map(Known::of_project).collect();
    known.sort_by_key(|known| std::cmp::Reverse(known.project.folder.len()));
    for seen in evidence.repository.sightings() {
        let sighting = seen.sighting;
        let is_said = sighting.context == Context::Prose && sighting.role == Role::State;
        if is_said && sighting.confidence > Confidence::Low && seen.file.path().kind() != FileKind::History {
            findings.extend(judge(seen, &known));
        }
    }
}

/// A service of a table, by all its names and all its numbers.
struct Known<'a> {
    project: &'a Project,
    endpoint: &'a Endpoint,
    names: BTreeSet<String>,
    variables: BTreeSet<&'a str>,
    ports: BTreeSet<Port>,
    /// Those of the machine alone.
    outside: BTreeSet<Port>,
    is_single: bool,
}

impl<'a> Known<'a> {
    fn of_project(project: &'a Project) -> Vec<Self> {
        let known = |service: &'a crate::model::Service| {
            let endpoint = service.main_endpoint()?;
            let everywhere = project.views().into_iter().flat_map(|view| view.endpoints());
            let own: Vec<&Endpoint> = everywhere.filter(|other| other.service == endpoint.service).collect();
            let names = own.iter().flat_map(|own| [plain(own.service.as_str()), plain(&own.title), plain(&own.id())]);
            Some(Self {
                project,
                endpoint,
                names: names.chain([plain(&service.title)]).collect(),
                variables: own.iter().filter_map(|own| Some(own.variable.as_ref()?.value.as_str())).collect(),
                ports: own.iter().flat_map(|own| own.number.fixed().into_iter().chain(own.container_port)).collect(),
                outside: own.iter().filter_map(|own| own.number.fixed()).collect(),
                is_single: service.endpoints.len() == 1,
            })
        };
        project.services.iter().filter_map(known).collect()
    }
}

/// A name without what spelling adds: `Public API` and `public-api` are one.
fn plain(name: &str) -> String {
    words::words_of(name).concat()
}

fn judge(seen: Seen<'_>, known: &[Known<'_>]) -> Option<Finding> {
    let sighting = seen.sighting;
    let port = seen.port()?;
    let here = |known: &&Known<'_>| {
        let folder = &known.project.folder;
        folder.is_empty() || seen.file.path.starts_with(&format!("{folder}/"))
    };
    let by_variable = |known: &&Known<'_>| sighting.variable.as_deref().is_some_and(|name| known.variables.contains(name));
    let name = sighting.service.as_deref().map(plain);
    let by_name = |known: &&Known<'_>| name.as_ref().is_some_and(|name| known.names.contains(name));
    let found = known.iter().filter(here).find(by_variable).or_else(|| known.iter().filter(here).find(by_name))?;
    let number = found.endpoint.number.fixed()?;
    // An address of this machine has no port of a container.
    let is_address = sighting.host.as_deref().is_some_and(words::is_loopback);
    let is_only_inside = is_address && found.outside.iter().all(|outside| *outside != port);
    if (found.ports.contains(&port) && !is_only_inside) || found.ports.is_empty() {
        return None;
    }
    let is_inside = sighting.side == Side::Container;
    if is_inside && found.endpoint.container_port.is_none() {
        return None;
    }
    let expected = if is_inside { found.endpoint.container_port? } else { number };
    let id = found.endpoint.id();
    let finding = Finding::new(RULE.name, seen.place(), format!("`{id}` has port {expected}, not {port}"))
        .label(format!("the table says {expected}"))
        .related(found.endpoint.number.place, "the table's number")
        .confidence(sighting.confidence)
        .help("write the number of the table, or let portgen render this with an `[[output]]`");
    let fix = Fix {
        title: format!("write {expected}"),
        safe: sighting.confidence == Confidence::High && found.is_single,
        edits: vec![Edit { place: seen.place(), text: expected.to_string() }],
    };
    Some(about(finding.fix(fix), found.endpoint))
}
