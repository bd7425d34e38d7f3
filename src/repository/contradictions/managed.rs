//! What a web server hands on to on its own machine, held against the programs
//! that a manager of processes starts there.

use std::collections::BTreeSet;

use crate::diagnostic::Confidence;
use crate::readers::words::is_loopback;
use crate::readers::{Context, FileKind, Role};
use crate::repository::disagreement::{Disagreement, Statement, Topic};
use crate::repository::links::Links;
use crate::repository::{File, Repository, Seen};
use crate::source::Place;

/// Every upstream on this machine that no program there has, where a file
/// starts them all and says the port of each.
pub(in crate::repository) fn managed(repository: &Repository, links: &Links) -> Vec<Disagreement> {
    let Some(programs) = programs(repository) else { return Vec::new() };
    let taken: BTreeSet<u16> = programs.iter().map(|one| one.ports.first().get()).collect();
    let servers = repository
        .files
        .iter()
        .filter(|file| matches!(file.reader, "nginx" | "caddy") && file.path().kind() == FileKind::Plain);
    let mut found = Vec::new();
    for file in servers {
        let asked: Vec<Seen<'_>> = file
            .reading
            .sightings
            .iter()
            .map(|sighting| Seen { file, sighting })
            .filter(is_upstream)
            .collect();
        let numbers: BTreeSet<u16> = asked.iter().map(|seen| seen.sighting.ports.first().get()).collect();
        // A server that reaches some of them may have others behind it, too.
        let is_of_them =
            !numbers.is_empty() && numbers.len() <= programs.len() && numbers.is_disjoint(&taken);
        let is_other = numbers.iter().any(|number| links.on_host.contains(number));
        if !is_of_them || is_other {
            continue;
        }
        found.extend(asked.iter().map(|seen| Disagreement {
            topic: Topic::Address,
            subject: "the programs that pm2 starts".to_owned(),
            wrong: vec![Statement { ports: seen.sighting.ports, place: seen.place(), role: "looked for" }],
            right: programs.clone(),
            confidence: Confidence::High,
        }));
    }
    found
}

fn is_upstream(seen: &Seen<'_>) -> bool {
    let sighting = seen.sighting;
    sighting.role == Role::Connect
        && sighting.context == Context::Code
        && sighting.ports.len() == 1
        && sighting.host.as_deref().is_some_and(is_loopback)
}

/// The ports of all programs that are managed; none where one does not say its own.
fn programs(repository: &Repository) -> Option<Vec<Statement>> {
    let managers: Vec<&File> =
        repository.files.iter().filter(|file| !file.reading.managed.is_empty()).collect();
    let all =
        || managers.iter().flat_map(|file| file.reading.managed.iter().map(move |program| (file, program)));
    if managers.is_empty() || all().any(|(_, program)| program.ports.is_empty()) {
        return None;
    }
    let statements = all().flat_map(|(file, program)| {
        program.ports.iter().filter_map(move |span| {
            let sighting = file.reading.sightings.iter().find(|one| one.span == *span)?;
            let place = Place { source: file.source, span: *span };
            Some(Statement { ports: sighting.ports, place, role: "started on" })
        })
    });
    Some(statements.collect())
}
