//! A port that the whole network reaches although the table keeps it here.

use super::{Check, Evidence, about};
use crate::diagnostic::{Confidence, Edit, Finding, Fix};
use crate::model::{Address, Port, PortRange};
use crate::readers::words::is_wildcard;
use crate::readers::{Context, FileKind, Role, Side};
use crate::repository::Tables;
use crate::source::{Place, Sources};

declare_rule! {
    /// Finds ports published on every interface that the table binds to loopback.
    ///
    /// ## What it does
    /// Looks at published ports without an address, or with `0.0.0.0` or `::`,
    /// whose service has `bind = "localhost"` or a loopback address in the table.
    ///
    /// ## Why is this bad?
    /// Everybody in the network reaches the service. A container's published
    /// port passes by most firewalls of the machine, too.
    ///
    /// ## Example
    /// ```toml
    /// [project]
    /// name = "shop"
    ///
    /// [services.database]
    /// port = 23456
    /// bind = "localhost"
    /// ```
    /// ```text compose.yaml
    /// services:
    ///   database:
    ///     image: postgres
    ///     ports: ["${DATABASE_PORT:-23456}:5432"]  # warning
    /// ```
    ///
    /// ## Known limitations
    /// Where the table says no `bind`, loopback is its default, and it is
    /// reported under `--pedantic`.
    "exposed-port", Warn, Check::Repository(check)
}

/// A published port, wherever it is.
struct Open<'a> {
    place: Place,
    ports: PortRange,
    path: &'a str,
    confidence: Confidence,
    /// Where an address would stand.
    entry: Option<Place>,
}

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    if evidence.projects.is_empty() {
        return;
    }
    let tables = Tables::new(evidence.projects);
    let all = published(evidence).into_iter().chain(started(evidence));
    for open in all.filter(|open| !evidence.is_owned(open.place)) {
        findings.extend(open.ports.ports().find_map(|port| judge(&open, port, &tables, evidence.sources)));
    }
}

/// What compose files publish on every interface.
fn published<'a>(evidence: &Evidence<'a>) -> Vec<Open<'a>> {
    let services = evidence.repository.sets.iter().flat_map(|set| &set.services);
    let all = services.flat_map(|service| &service.published);
    let open = all.filter(|port| port.address.as_ref().is_none_or(Address::is_wildcard));
    let open = open.map(|port| Open {
        place: port.place,
        ports: port.host,
        path: evidence.sources.get(port.place.source).name(),
        confidence: port.confidence,
        entry: port.address.is_none().then_some(port.entry),
    });
    open.collect()
}

/// What commands publish on every interface.
fn started<'a>(evidence: &Evidence<'a>) -> Vec<Open<'a>> {
    let all = evidence.repository.sightings().filter(|seen| {
        let sighting = seen.sighting;
        sighting.role == Role::Publish
            && sighting.side == Side::Host
            && sighting.context == Context::Code
            && seen.file.reader != "compose"
            && sighting.host.as_deref().is_none_or(is_wildcard)
            && !seen.file.is_document()
    });
    let open = all.map(|seen| Open {
        place: seen.place(),
        ports: seen.sighting.ports,
        path: &seen.file.path,
        confidence: seen.sighting.confidence,
        entry: None,
    });
    open.collect()
}

fn judge(open: &Open<'_>, port: Port, tables: &Tables<'_>, sources: &Sources) -> Option<Finding> {
    let entries = tables.on_host(port, open.path);
    let entry = entries.iter().find(|entry| entry.endpoint.bind.value.is_loopback())?;
    let endpoint = entry.endpoint;
    let is_written = endpoint.bind.place != endpoint.number.place;
    let kind = crate::readers::FilePath::new(open.path).kind();
    let is_sure = is_written && kind == FileKind::Plain;
    let confidence = if is_sure { open.confidence } else { Confidence::Medium.min(open.confidence) };
    let (id, bind) = (endpoint.id(), &endpoint.bind.value);
    let finding =
        Finding::new(RULE.name, open.place, format!("port {port} of `{id}` is open to the whole network"))
            .label("published on every interface")
            .related(endpoint.bind.place, format!("the table binds it to {bind}"))
            .help(format!("publish it on 127.0.0.1, or give `{id}` the address in ports.toml"))
            .confidence(confidence);
    let finding = match insertion(open, sources) {
        Some(edit) => {
            finding.fix(Fix { title: "publish it on 127.0.0.1".to_owned(), safe: false, edits: vec![edit] })
        }
        None => finding,
    };
    Some(about(finding, endpoint))
}

/// The address before a short entry that has none.
fn insertion(open: &Open<'_>, sources: &Sources) -> Option<Edit> {
    let entry = open.entry?;
    let text = sources.text_at(entry);
    let start = text.len() - text.trim_start_matches(['"', '\'']).len();
    let offset = entry.span.range().start + start;
    let is_short = offset == open.place.span.range().start && text.contains(':');
    let is_number =
        sources.text_at(open.place).starts_with(|first: char| first.is_ascii_digit() || first == '$');
    (is_short && is_number)
        .then(|| Edit { place: Place::new(entry.source, offset..offset), text: "127.0.0.1:".to_owned() })
}
