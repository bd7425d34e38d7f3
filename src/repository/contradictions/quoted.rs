//! Configuration of proxies and monitoring that documents quote, held against
//! the ports that the containers of the services which it names have.

use super::references::judge;
use crate::diagnostic::Confidence;
use crate::readers::{Context, FileKind, Role, Sighting};
use crate::repository::disagreement::{Disagreement, Statement, Topic};
use crate::repository::links::Links;
use crate::repository::{File, Repository, Seen};

/// Every quoted reference to a service whose container has another port.
pub(in crate::repository) fn quoted(repository: &Repository, links: &Links) -> Vec<Disagreement> {
    let is_read = |file: &&File| file.is_document() && file.path().kind() == FileKind::Plain;
    let files = repository.files.iter().filter(is_read);
    let seen = files.flat_map(|file| {
        let seen = file.reading.sightings.iter().map(move |sighting| Seen { file, sighting });
        seen.filter(|seen| is_quoted(seen.sighting)).take(MOST_QUOTED)
    });
    seen.filter_map(|seen| judge_quoted(seen, repository, links)).collect()
}

/// How many of one document are held against everything.
const MOST_QUOTED: usize = 256;

fn is_quoted(sighting: &Sighting) -> bool {
    sighting.role == Role::State
        && sighting.context == Context::Prose
        && sighting.ports.len() == 1
        && sighting.container.is_none()
        && sighting.host.as_deref().is_some_and(is_name)
}

fn judge_quoted(seen: Seen<'_>, repository: &Repository, links: &Links) -> Option<Disagreement> {
    let sighting = seen.sighting;
    let host = sighting.host.as_deref()?;
    let port = sighting.ports.first();
    let mut reached = links.units.reached(&links.layout.scopes_or_all(&seen.file.path), host);
    if reached.is_empty() {
        // A document speaks of the whole repository.
        reached = links.units.iter().filter(|unit| unit.is_named(host)).collect();
    }
    let first = *reached.first()?;
    if reached.iter().any(|unit| unit.is_on_host_network || unit.may_have(port)) {
        return None;
    }
    let wrong = Statement { ports: sighting.ports, place: seen.place(), role: "documented" };
    let found = judge(first, &reached, port, wrong, Topic::Reference, links)?;
    // The document may show what somebody could add: sure is what the file of
    // that kind says otherwise, or a number of the machine.
    let is_sure = found.topic == Topic::WrongSide || is_said_otherwise(repository, host, sighting);
    let confidence = if is_sure { found.confidence } else { Confidence::Medium };
    Some(Disagreement { confidence, ..found })
}

fn is_name(host: &str) -> bool {
    !host.is_empty()
        && !host.contains(['.', ':'])
        && host != "localhost"
        && host.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// Whether configuration of the repository reaches the same service, and on
/// other ports alone.
fn is_said_otherwise(repository: &Repository, host: &str, quoted: &Sighting) -> bool {
    let is_its = |seen: &Seen<'_>| {
        seen.sighting.role == Role::Connect
            && seen.sighting.context == Context::Code
            && seen.sighting.host.as_deref() == Some(host)
            && matches!(seen.file.reader, "prometheus" | "nginx")
    };
    let mut all = repository.sightings().filter(is_its).peekable();
    all.peek().is_some() && all.all(|seen| !seen.sighting.ports.overlaps(quoted.ports))
}
