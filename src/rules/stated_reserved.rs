//! Ports that the repository's own documents keep people off.

use super::{Check, Evidence};
use crate::diagnostic::{Confidence, Finding};
use crate::readers::{Context, FileKind, Role, Side, StatedKind, StatedRange};
use crate::repository::{File, Seen};
use crate::source::Place;

declare_rule! {
    /// Finds ports inside a range that the repository's own documents forbid.
    ///
    /// ## What it does
    /// A document that says of a range of ports that nobody is to use it
    /// (`do not use`, `never use`, `off limits`) is held against what the files
    /// beside and below it publish and set. It looks where there is no table of
    /// portgen's: in `ports.toml` that is what `[[reserved]]` is for.
    ///
    /// ## Why is this bad?
    /// Somebody else has these ports, or had: that is why the document says so.
    ///
    /// ## Example
    /// ```text PORTS.md
    /// Ports of others:
    ///
    /// - **3000-3099**: legacy services (DO NOT USE)
    /// ```
    /// ```text compose.yaml
    /// services:
    ///   web:
    ///     image: web
    ///     ports: ["8080:80"]
    ///   api:
    ///     image: api
    ///     ports: ["3001:80"]  # warning
    /// ```
    ///
    /// ## Known limitations
    /// A list that is only called reserved, without a word that forbids, may be
    /// one of the project's own ports: what it says is not sure.
    "stated-reserved", Warn, Check::Repository(check)
}

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let repository = evidence.repository;
    let is_reserved = |stated: &&StatedRange| stated.kind == StatedKind::Reserved;
    let stated: Vec<(&File, &StatedRange)> = repository
        .files
        .iter()
        .flat_map(|file| file.reading.stated.iter().filter(is_reserved).map(move |stated| (file, stated)))
        .collect();
    if !evidence.projects.is_empty() || stated.is_empty() {
        return;
    }
    let published = repository.sets.iter().flat_map(|set| &set.services).flat_map(|service| {
        service.published.iter().map(move |port| (port.place, port.host.first(), Some(service.name.value.as_str()), port.confidence))
    });
    let seen = repository.sightings().filter(|seen| is_taken(*seen)).map(|seen| {
        (seen.place(), seen.sighting.ports.first(), seen.sighting.service.as_deref(), seen.sighting.confidence)
    });
    for (place, port, name, confidence) in published.chain(seen) {
        let Some(file) = repository.file_of(place.source) else { continue };
        let forbids = |(document, stated): &&(&File, &StatedRange)| {
            stated.ports.contains(port) && document.source != file.source && is_below(file, document)
        };
        let Some((document, stated)) = stated.iter().find(forbids) else { continue };
        let whose = name.map_or_else(String::new, |name| format!(" of `{name}`"));
        findings.push(
            Finding::new(RULE.name, place, format!("port {port}{whose} is in {}, which is not to be used", stated.ports))
                .related(Place { source: document.source, span: stated.place }, "the document says so here")
                .confidence(confidence.min(stated.confidence))
                .help("take a port outside of it"),
        );
    }
}

/// Whether a port is one that the project takes for itself.
fn is_taken(seen: Seen<'_>) -> bool {
    let sighting = seen.sighting;
    let is_role = match sighting.context {
        Context::Code => matches!(sighting.role, Role::Publish | Role::Assign | Role::Listen),
        Context::Prose => sighting.role == Role::State,
        Context::Comment => false,
    };
    is_role
        && sighting.side == Side::Host
        && sighting.confidence == Confidence::High
        && seen.file.path().kind() == FileKind::Plain
}

/// Whether a file lies in the folder that a document speaks of, or below it.
fn is_below(file: &File, document: &File) -> bool {
    let folder = document.path().folder();
    let mut parts: Vec<&str> = folder.split('/').collect();
    while parts.last().is_some_and(|part| ["docs", "doc", "documentation", ".github"].contains(part)) {
        parts.pop();
    }
    let folder = parts.join("/");
    folder.is_empty() || file.path.strip_prefix(&folder).is_some_and(|rest| rest.starts_with('/'))
}
