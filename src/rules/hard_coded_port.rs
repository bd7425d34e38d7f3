//! A number of the table that is written out where a program reads it.

use super::{Check, Evidence, about};
use crate::diagnostic::{Confidence, Edit, Finding, Fix};
use crate::readers::{Context, FileKind, Role, Side};
use crate::repository::{Entry, Seen, Tables};
use crate::source::Sources;

declare_rule! {
    /// Finds numbers of the table that are written out in code or configuration.
    ///
    /// ## What it does
    /// Looks at the positions where a number can only be a port: what is
    /// published, listened on or exposed, the authority of a URL, a constant or
    /// a key that is named for a port. Where such a number is one of the table
    /// and no variable stands beside it, it is reported.
    ///
    /// ## Why is this bad?
    /// It is a second copy: when the table changes, this one stays.
    ///
    /// ## Example
    /// ```toml
    /// [project]
    /// name = "shop"
    ///
    /// [services.api]
    /// port = 23456
    /// ```
    /// ```text compose.yaml
    /// services:
    ///   api:
    ///     image: api
    ///     ports: ["127.0.0.1:23456:80"]  # warning
    ///   web:
    ///     image: web
    ///     ports: ["${WEB_PORT}:80"]
    /// ```
    ///
    /// ## Known limitations
    /// Env files are where numbers are set: they are not looked at. A number
    /// inside a container that the table states as `container-port` is the
    /// image's own, and is reported under `--pedantic`, as are tests and examples.
    "hard-coded-port", Warn, Check::Repository(check)
}

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    if evidence.projects.is_empty() {
        return;
    }
    let tables = Tables::new(evidence.projects);
    let written = evidence.repository.sightings().filter(|seen| is_position(*seen));
    findings.extend(written.filter_map(|seen| judge(seen, &tables, evidence.sources)));
}

fn is_position(seen: Seen<'_>) -> bool {
    let sighting = seen.sighting;
    let is_role =
        matches!(sighting.role, Role::Publish | Role::Listen | Role::Expose | Role::Connect | Role::Define);
    is_role
        && sighting.context == Context::Code
        && !seen.file.is_env_file()
        && !seen.file.is_document()
        && seen.file.path().kind() != FileKind::History
}

fn judge(seen: Seen<'_>, tables: &Tables<'_>, sources: &Sources) -> Option<Finding> {
    let port = seen.port()?;
    let (entry, confidence) = meant(seen, tables)?;
    let endpoint = entry.endpoint;
    let id = endpoint.id();
    let message = format!("port {port} of `{id}` is written out");
    let finding = Finding::new(RULE.name, seen.place(), message)
        .label("a second copy of the number")
        .related(endpoint.number.place, "the table has it")
        .confidence(confidence.min(seen.sighting.confidence));
    let finding = match &endpoint.variable {
        Some(variable) if seen.sighting.side != Side::Container => {
            let finding = finding.help(format!(
                "read it from `{}`, or let a `[[patch]]` of ports.toml keep it up to date",
                variable.value
            ));
            match interpolation(seen, sources) {
                Some(()) => finding.fix(Fix {
                    title: format!("read it from `{}`", variable.value),
                    safe: false,
                    edits: vec![Edit {
                        place: seen.place(),
                        text: format!("${{{}:-{port}}}", variable.value),
                    }],
                }),
                None => finding,
            }
        }
        _ => finding.help("let a `[[patch]]` of ports.toml keep it up to date"),
    };
    Some(about(finding, endpoint))
}

/// The service whose number it is, and how sure that is.
fn meant<'a>(seen: Seen<'_>, tables: &Tables<'a>) -> Option<(Entry<'a>, Confidence)> {
    let port = seen.port()?;
    let path = seen.file.path.as_str();
    let kind = match seen.file.path().kind() {
        FileKind::Plain => Confidence::High,
        _ => Confidence::Medium,
    };
    if seen.sighting.side == Side::Container {
        return inside(seen, tables).map(|(entry, confidence)| (entry, confidence.min(kind)));
    }
    let entries = tables.on_host(port, path);
    if !seen.is_local() {
        let host = seen.sighting.host.as_deref()?;
        let is_its = |entry: &&Entry<'_>| {
            entry.endpoint.host.value.eq_ignore_ascii_case(host) || entry.endpoint.service.as_str() == host
        };
        return entries.iter().find(is_its).map(|entry| (*entry, kind));
    }
    if let Some(entry) = named(seen, &entries) {
        return Some((entry, kind));
    }
    let entry = *entries.first()?;
    // Outside the project the same number may well be another thing.
    let holds =
        entry.folder.is_empty() || path.strip_prefix(entry.folder).is_some_and(|rest| rest.starts_with('/'));
    Some((entry, if holds { kind } else { Confidence::Medium }))
}

/// The same for a number inside a container.
fn inside<'a>(seen: Seen<'_>, tables: &Tables<'a>) -> Option<(Entry<'a>, Confidence)> {
    let (port, path) = (seen.port()?, seen.file.path.as_str());
    let stated = tables.inside(port, path);
    // Without `container-port` the number is the one inside, too.
    let is_both = |entry: &Entry<'_>| entry.endpoint.container_port.is_none();
    let both: Vec<Entry<'a>> = tables.on_host(port, path).into_iter().filter(is_both).collect();
    let is_own = matches!(seen.sighting.role, Role::Expose | Role::Listen) && seen.file.reader != "compose";
    let of_both = if is_own { Confidence::High } else { Confidence::Medium };
    if let Some(entry) = named(seen, &stated) {
        return Some((entry, Confidence::Medium));
    }
    if let Some(entry) = named(seen, &both) {
        return Some((entry, of_both));
    }
    // Another service is named: it is that one's number.
    let names = [seen.sighting.service.as_deref(), seen.sighting.host.as_deref()];
    if names.into_iter().flatten().any(|name| tables.has_service(name)) {
        return None;
    }
    let first = stated.first().map(|entry| (*entry, Confidence::Medium));
    first.or_else(|| both.first().map(|entry| (*entry, of_both)))
}

/// The entry that the text itself names.
fn named<'a>(seen: Seen<'_>, entries: &[Entry<'a>]) -> Option<Entry<'a>> {
    let names = [seen.sighting.service.as_deref(), seen.sighting.host.as_deref()];
    let is_named = |entry: &&Entry<'_>| names.contains(&Some(entry.endpoint.service.as_str()));
    entries.iter().find(is_named).copied()
}

/// Whether Compose would fill in a variable at the place: in a quoted entry.
fn interpolation(seen: Seen<'_>, sources: &Sources) -> Option<()> {
    let source = sources.get(seen.file.source);
    let start = seen.sighting.span.range().start;
    let line = source.text().get(source.line_range(source.line_index(start)).start..start)?;
    let is_quoted = ['"', '\''].iter().any(|quote| line.matches(*quote).count() % 2 == 1);
    (seen.file.reader == "compose" && seen.sighting.role == Role::Publish && is_quoted).then_some(())
}
