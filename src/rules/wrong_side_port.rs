//! A port of the machine where one of a container belongs, or the reverse.

use std::collections::BTreeSet;

use super::{Check, Evidence, about};
use crate::diagnostic::{Confidence, Edit, Finding, Fix};
use crate::model::Port;
use crate::readers::words::{is_loopback, is_wildcard};
use crate::readers::{Context, FileKind, FilePath, Role, Side};
use crate::repository::{Disagreement, Entry, Seen, Tables, Topic};
use crate::source::Place;

declare_rule! {
    /// Finds ports of the machine where a container's belong, and the reverse.
    ///
    /// ## What it does
    /// A service that is published under another number than it has inside its
    /// container is reached by the one from the machine, and by the other from
    /// containers: in a health check, in the URL of a service by its name.
    ///
    /// ## Why is this bad?
    /// Nothing listens there: the connection is refused.
    ///
    /// ## Example
    /// ```toml
    /// [project]
    /// name = "shop"
    ///
    /// [services.api]
    /// port = 23456
    /// container-port = 8000
    /// ```
    /// ```text compose.yaml
    /// services:
    ///   api:
    ///     image: api
    ///     ports: ["${API_PORT}:8000"]
    ///   web:
    ///     image: web
    ///     environment:
    ///       API_URL: http://api:23456  # warning
    /// ```
    ///
    /// ## Known limitations
    /// Where the text does not tell on which side of a container it is used, and
    /// in tests and examples, it is reported under `--pedantic`.
    "wrong-side-port", Warn, Check::Repository(check)
}

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    if evidence.projects.is_empty() {
        return;
    }
    let tables = Tables::new(evidence.projects);
    let taken = taken(evidence);
    let maybe: BTreeSet<Port> = listened(evidence, Side::Unknown).collect();
    let mut known: BTreeSet<Place> = BTreeSet::new();
    for seen in evidence.repository.sightings().filter(|seen| is_read(*seen)) {
        let found = if seen.sighting.side == Side::Container {
            on_host_instead(seen, &tables, evidence)
        } else {
            inside_instead(seen, &tables, &taken, &maybe)
        };
        if let Some(finding) = found {
            known.insert(finding.primary.place);
            findings.push(finding);
        }
    }
    let between_files =
        evidence.repository.disagreements.iter().filter(|found| found.topic == Topic::WrongSide);
    findings.extend(between_files.filter_map(|found| of_disagreement(found, &known, evidence)));
}

fn is_read(seen: Seen<'_>) -> bool {
    let is_role = matches!(seen.sighting.role, Role::Connect | Role::Expose);
    is_role
        && seen.sighting.context == Context::Code
        && !seen.file.is_document()
        && seen.file.path().kind() != FileKind::History
}

/// The numbers that something of the repository takes on the machine.
fn taken(evidence: &Evidence<'_>) -> BTreeSet<Port> {
    let services = evidence.repository.sets.iter().flat_map(|set| &set.services);
    let published = services.flat_map(|service| &service.published).flat_map(|port| port.host.ports());
    published.chain(listened(evidence, Side::Host)).collect()
}

/// The numbers that something takes on a side.
fn listened<'a>(evidence: &Evidence<'a>, side: Side) -> impl Iterator<Item = Port> + use<'a> {
    let takes = move |seen: &Seen<'_>| {
        seen.sighting.side == side && matches!(seen.sighting.role, Role::Publish | Role::Listen)
    };
    evidence.repository.sightings().filter(takes).map(|seen| seen.sighting.ports.first())
}

/// A container's place that has the number of the machine.
fn on_host_instead(seen: Seen<'_>, tables: &Tables<'_>, evidence: &Evidence<'_>) -> Option<Finding> {
    let port = seen.port()?;
    let name = match seen.sighting.host.as_deref() {
        Some(host) if is_loopback(host) || is_wildcard(host) => seen.sighting.service.as_deref()?,
        Some(host) => host,
        None => seen.sighting.service.as_deref()?,
    };
    let entries = tables.on_host(port, &seen.file.path);
    let entry = entries.iter().find(|entry| entry.endpoint.service.as_str() == name && entry.is_mapped())?;
    // It may have both numbers inside.
    let services = evidence.repository.sets.iter().flat_map(|set| &set.services);
    let mut own =
        services.filter(|service| service.name.value == name).flat_map(|service| &service.container_ports);
    if own.any(|inside| inside.ports.contains(port)) {
        return None;
    }
    let expected = entry.endpoint.container_port?;
    let message = format!("`{name}` has port {port} on the machine, not in its container");
    Some(finding(seen, *entry, expected, message, "the port inside its container", seen.sighting.confidence))
}

/// A place of the machine that has the number of a container.
fn inside_instead(
    seen: Seen<'_>,
    tables: &Tables<'_>,
    taken: &BTreeSet<Port>,
    maybe: &BTreeSet<Port>,
) -> Option<Finding> {
    let port = seen.port()?;
    if seen.sighting.role != Role::Connect || !seen.is_local() || tables.has(port) || taken.contains(&port) {
        return None;
    }
    let entries = tables.inside(port, &seen.file.path);
    let entry = entries.iter().find(|entry| entry.is_mapped() && !entry.endpoint.elsewhere)?;
    let expected = entry.endpoint.number.fixed()?;
    // A program that may run on the machine itself may have the number there.
    let is_sure = seen.sighting.side == Side::Host && entries.len() == 1 && !maybe.contains(&port);
    let confidence = if is_sure { seen.sighting.confidence } else { Confidence::Medium };
    let message = format!("`{}` has port {port} in its container, not on the machine", entry.endpoint.id());
    Some(finding(seen, *entry, expected, message, "the port on the machine", confidence))
}

fn finding(
    seen: Seen<'_>,
    entry: Entry<'_>,
    expected: Port,
    message: String,
    what: &str,
    confidence: Confidence,
) -> Finding {
    let kind = if seen.file.path().kind() == FileKind::Plain { Confidence::High } else { Confidence::Medium };
    let edits = vec![Edit { place: seen.place(), text: expected.to_string() }];
    let finding = Finding::new(RULE.name, seen.place(), message)
        .label("the port of the other side")
        .related(entry.endpoint.number.place, "the table has both")
        .help(format!("write {expected}, {what}"))
        .fix(Fix { title: format!("write {expected}"), safe: false, edits })
        .confidence(confidence.min(kind));
    about(finding, entry.endpoint)
}

/// What compose files alone tell.
fn of_disagreement(
    found: &Disagreement,
    known: &BTreeSet<Place>,
    evidence: &Evidence<'_>,
) -> Option<Finding> {
    let wrong: Vec<_> = found.wrong.iter().filter(|wrong| !known.contains(&wrong.place)).collect();
    let (first, more) = wrong.split_first()?;
    let message =
        format!("`{}` has port {} on the machine, not in its container", found.subject, first.ports);
    let mut finding = Finding::new(RULE.name, first.place, message)
        .label("the port of the other side")
        .help("write the port inside its container");
    for statement in more.iter().copied().chain(&found.right).take(12) {
        finding = finding.related(statement.place, format!("{}: {}", statement.role, statement.ports));
    }
    let kind = FilePath::new(evidence.sources.get(first.place.source).name()).kind();
    let by_kind = if kind == FileKind::Plain { Confidence::High } else { Confidence::Medium };
    Some(finding.confidence(found.confidence.min(by_kind)).about_service(found.subject.as_str()))
}
