//! Tables with a column for the machine's ports and one for those of containers,
//! held side by side against what Compose publishes.

use crate::diagnostic::Confidence;
use crate::readers::words::words_of;
use crate::readers::{DocumentRow, Side};
use crate::repository::disagreement::{Disagreement, Statement, Topic};
use crate::repository::entities::{Entity, meant};
use crate::repository::links::Links;
use crate::repository::names::{Fit, is_one_of};
use crate::repository::{File, Seen};

/// Every cell of such a table that a service of Compose contradicts.
pub(in crate::repository) fn judge_columns(file: &File, links: &Links) -> Vec<Disagreement> {
    let rows = file.reading.tables.iter().flat_map(|table| &table.rows).filter(|row| has_both(row));
    rows.flat_map(|row| judge_row(row, file, links)).collect()
}

fn is_of_machine(header: &str) -> bool {
    words_of(header).iter().any(|word| is_one_of("host external published", word))
}

fn is_of_container(header: &str) -> bool {
    words_of(header).iter().any(|word| is_one_of("container internal inside target", word))
}

fn has_both(row: &DocumentRow) -> bool {
    let has = |is: fn(&str) -> bool| row.ports.iter().filter(|(_, header)| is(header)).count() == 1;
    has(is_of_machine) && has(is_of_container)
}

fn judge_row(row: &DocumentRow, file: &File, links: &Links) -> Vec<Disagreement> {
    let scopes = links.layout.scopes_or_all(&file.path);
    let sightings = &file.reading.sightings;
    let judge = |(span, header): &(crate::source::Span, String)| {
        let at = sightings.partition_point(|sighting| sighting.span < *span);
        let sighting =
            sightings.get(at).filter(|sighting| sighting.span == *span && sighting.ports.len() == 1)?;
        let name = sighting.service.as_deref().filter(|name| !name.is_empty())?;
        let (fit, meant) = meant(&links.entities, &scopes, &file.path, name)?;
        let is_known =
            |entity: &&Entity| entity.is_composed && !entity.host.is_empty() && !entity.inside.is_empty();
        if fit != Fit::Whole || !meant.iter().all(is_known) {
            return None;
        }
        let is_inside = sighting.side == Side::Container || is_of_container(header);
        let right: Vec<Statement> = match is_inside {
            true => meant.iter().flat_map(|entity| entity.inside.clone()).collect(),
            false => meant.iter().flat_map(|entity| entity.host.clone()).collect(),
        };
        let port = sighting.ports.first();
        // What the other side of some file has may be another way to run it.
        let is_its_own = right.iter().any(|one| one.ports.contains(port))
            || meant.iter().any(|entity| entity.mentioned.contains(&port.get()));
        if is_its_own {
            return None;
        }
        let seen = Seen { file, sighting };
        Some(Disagreement {
            topic: Topic::Document,
            subject: meant.first()?.name().to_owned(),
            wrong: vec![Statement { ports: sighting.ports, place: seen.place(), role: "documented" }],
            right,
            confidence: Confidence::High,
        })
    };
    row.ports.iter().filter_map(judge).collect()
}
