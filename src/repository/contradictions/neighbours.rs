//! Documents that send people to a service which nothing publishes, on a port
//! where another service answers.

use super::documented::is_of_this_machine;
use crate::diagnostic::Confidence;
use crate::readers::Side;
use crate::repository::disagreement::{Disagreement, Statement, Topic};
use crate::repository::entities::{Entity, meant};
use crate::repository::links::Links;
use crate::repository::names::Fit;
use crate::repository::{File, Seen};

/// Every such number of a document that starts all with Compose, and itself
/// says which other service has it.
pub(in crate::repository) fn judge_neighbours(file: &File, links: &Links) -> Vec<Disagreement> {
    if !links.compose_documents.contains(&file.source) {
        return Vec::new();
    }
    let seen = file.reading.sightings.iter().map(|sighting| Seen { file, sighting });
    seen.filter_map(|seen| judge(seen, links)).collect()
}

/// The services of Compose that a number's name means, on this machine.
fn named<'a>(seen: Seen<'_>, links: &'a Links) -> Option<(Fit, Vec<&'a Entity>)> {
    let name = seen.sighting.service.as_deref().filter(|name| !name.is_empty())?;
    let is_url = seen.sighting.host.is_some() && seen.sighting.container.is_none();
    if !is_url || seen.sighting.side == Side::Container || !is_of_this_machine(seen) {
        return None;
    }
    let path = &seen.file.path;
    let (fit, meant) = meant(&links.entities, &links.layout.scopes_or_all(path), path, name)?;
    meant.iter().all(|entity| entity.is_composed).then_some((fit, meant))
}

fn judge(seen: Seen<'_>, links: &Links) -> Option<Disagreement> {
    let port = seen.sighting.ports.first();
    let passage = links.passages.of(seen.place());
    let is_doubtful = passage.is_some_and(|passage| passage.is_doubtful);
    let (fit, hidden) = named(seen, links)?;
    let first = hidden.first()?;
    let is_inside = |entity: &&Entity| {
        entity.host.is_empty() && entity.inside.iter().any(|inside| inside.ports.contains(port))
    };
    let may_be_local = links.units.iter().any(|unit| unit.is_on_host_network);
    if fit != Fit::Whole || is_doubtful || may_be_local || !hidden.iter().all(is_inside) {
        return None;
    }
    // Who answers there, the document knows by its name, too.
    let others = seen.file.reading.sightings.iter().map(|sighting| Seen { sighting, ..seen });
    let taken = others.filter(|other| other.sighting.ports.contains(port)).find_map(|other| {
        let (_, meant) = named(other, links)?;
        let is_another = meant.iter().all(|entity| entity.name() != first.name());
        let host = meant.iter().flat_map(|entity| &entity.host).filter(|one| one.ports.contains(port));
        let taken: Vec<Statement> = host.cloned().collect();
        (is_another && !taken.is_empty()).then_some(taken)
    })?;
    let wrong = Statement { ports: seen.sighting.ports, place: seen.place(), role: "documented" };
    Some(Disagreement {
        topic: Topic::Neighbour,
        subject: first.name().to_owned(),
        wrong: vec![wrong],
        right: taken
            .into_iter()
            .map(|one| Statement { role: "published by another service", ..one })
            .collect(),
        confidence: Confidence::High,
    })
}
