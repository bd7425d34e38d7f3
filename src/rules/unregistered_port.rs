//! A port of this machine that no table has.

use std::collections::{BTreeMap, BTreeSet};

use super::{Check, Evidence};
use crate::diagnostic::{Confidence, Finding};
use crate::model::{Port, PortRange, ServiceName};
use crate::readers::{Context, FileKind, Role, Side};
use crate::repository::{Seen, Tables};

/// So many further places of a number in one file are named.
const MOST_RELATED: usize = 5;

/// What is connected to under its own number everywhere: mail, the web, names, shells.
const COMMON: [u16; 11] = [22, 25, 53, 80, 110, 143, 443, 465, 587, 993, 995];

declare_rule! {
    /// Finds ports of this machine that are in no table.
    ///
    /// ## What it does
    /// Looks at what is published, listened on and connected to on this machine,
    /// and reports a number that no service of any table of the workspace has,
    /// once a file.
    ///
    /// ## Why is this bad?
    /// The table is to be the one place that says which ports are taken. A port
    /// that is missing in it is handed out again.
    ///
    /// ## Example
    /// ```toml
    /// [project]
    /// name = "shop"
    ///
    /// [services.api]
    /// port = 23456
    /// container-port = 80
    /// ```
    /// ```text compose.yaml
    /// services:
    ///   api:
    ///     image: api
    ///     ports: ["${API_PORT}:80"]
    ///   search:
    ///     image: search
    ///     ports: ["127.0.0.1:23457:80"]  # warning
    /// ```
    ///
    /// ## Known limitations
    /// What a program listens on in a container is the image's own. Where the
    /// text does not tell on which side of a container a URL is used, and in
    /// tests and examples, it is reported under `--pedantic`.
    "unregistered-port", Warn, Check::Repository(check)
}

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    if evidence.projects.iter().all(|project| project.services.is_empty()) {
        return;
    }
    let tables = Tables::new(evidence.projects);
    let inside = inside(evidence);
    let mut unknown: BTreeMap<(&str, PortRange), Vec<(Seen<'_>, Confidence)>> = BTreeMap::new();
    for seen in evidence.repository.sightings() {
        if let Some(confidence) = judge(seen, &tables, &inside) {
            let key = (seen.file.path.as_str(), seen.sighting.ports);
            unknown.entry(key).or_default().push((seen, confidence));
        }
    }
    findings.extend(unknown.into_values().filter_map(|places| finding(&places, &tables)));
}

/// The numbers that containers of the repository have inside.
fn inside(evidence: &Evidence<'_>) -> BTreeSet<Port> {
    let services = evidence.repository.sets.iter().flat_map(|set| &set.services);
    let stated = services.flat_map(|service| &service.container_ports).map(|port| port.ports.first());
    let seen = evidence.repository.sightings().filter(|seen| {
        seen.sighting.side == Side::Container && matches!(seen.sighting.role, Role::Expose | Role::Listen)
    });
    stated.chain(seen.map(|seen| seen.sighting.ports.first())).collect()
}

/// How sure it is that a place takes or uses a port that no table has.
fn judge(seen: Seen<'_>, tables: &Tables<'_>, inside: &BTreeSet<Port>) -> Option<Confidence> {
    let sighting = seen.sighting;
    let is_role =
        matches!(sighting.role, Role::Publish | Role::Listen | Role::Connect | Role::Define | Role::Fallback);
    let is_read = is_role && sighting.context == Context::Code && !seen.file.is_document();
    if !is_read || !seen.is_local() || sighting.ports.ports().any(|port| tables.has(port)) {
        return None;
    }
    let port = sighting.ports.first();
    // A connection to what somebody else has, or the wrong number of a service:
    // other rules' matter.
    let is_foreign = COMMON.contains(&port.get()) || tables.is_reserved(port);
    let path = seen.file.path.as_str();
    if sighting.role == Role::Connect && (is_foreign || !tables.inside(port, path).is_empty()) {
        return None;
    }
    // The default of one of its variables is `stale-default`'s.
    if sighting.variable.as_deref().is_some_and(|name| tables.has_variable(name)) {
        return None;
    }
    let is_inside = inside.contains(&port) || !tables.inside(port, path).is_empty();
    let by_side = match (sighting.side, sighting.role) {
        (Side::Host, _) => Confidence::High,
        (_, _) if is_inside => return None,
        (_, Role::Listen) => Confidence::High,
        _ => Confidence::Medium,
    };
    let by_kind = match seen.file.path().kind() {
        FileKind::Plain => Confidence::High,
        FileKind::Test | FileKind::Example => Confidence::Medium,
        FileKind::History => return None,
    };
    Some(by_side.min(by_kind).min(sighting.confidence))
}

/// What to do about it: a command only where it would be obeyed.
fn help(seen: &Seen<'_>, tables: &Tables<'_>) -> String {
    let ports = seen.sighting.ports;
    let name = seen.sighting.service.as_deref().filter(|name| ServiceName::parse(name).is_ok());
    match name {
        Some(name) if tables.has_service(name) => {
            format!("give `{name}` this number in ports.toml, or use the one that it has there")
        }
        Some(name) if ports.first() == ports.last() && !tables.is_reserved(ports.first()) && tables.is_free_to_all() => {
            format!("`portgen add {name} --port {ports}` puts it into ports.toml")
        }
        _ => "give it a service in ports.toml, or use the number of one that is there".to_owned(),
    }
}

fn finding(places: &[(Seen<'_>, Confidence)], tables: &Tables<'_>) -> Option<Finding> {
    // What takes the port before what uses it.
    let rank = |seen: &Seen<'_>| match seen.sighting.role {
        Role::Publish => 0,
        Role::Listen => 1,
        Role::Connect => 3,
        _ => 2,
    };
    let surest = places.iter().map(|(_, confidence)| *confidence).max()?;
    let sure = || places.iter().filter(|(_, confidence)| *confidence == surest).map(|(seen, _)| seen);
    let first = sure().min_by_key(|seen| (rank(seen), seen.sighting.span))?;
    let ports = first.sighting.ports;
    let is_one = ports.first() == ports.last();
    let what = if is_one { format!("port {ports} is") } else { format!("ports {ports} are") };
    let label = match first.sighting.role {
        Role::Publish => "published here",
        Role::Listen => "listened on here",
        Role::Connect => "connected to here",
        _ => "stated here",
    };
    let mut finding = Finding::new(RULE.name, first.place(), format!("{what} in no table"))
        .label(label)
        .help(help(first, tables))
        .confidence(surest);
    let others = sure().filter(|seen| seen.place() != first.place());
    for other in others.take(MOST_RELATED) {
        finding = finding.related(other.place(), "and here");
    }
    if let Some(service) = &first.sighting.service {
        finding = finding.about_service(service.as_str());
    }
    Some(finding)
}
