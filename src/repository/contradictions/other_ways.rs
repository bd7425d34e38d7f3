//! Documents that show several ways to run one thing, each with its own numbers.

use std::collections::{BTreeMap, BTreeSet};

use super::documented::is_of_this_machine;
use crate::model::Port;
use crate::readers::DocumentRow;
use crate::repository::disagreement::Disagreement;
use crate::repository::entities::{Entity, meant};
use crate::repository::links::Links;
use crate::repository::{File, Seen};
use crate::source::{Place, Span};

/// Leaves out, from a place on, what a document says of services that it gives
/// their right number in another section: that is another way to run them.
pub(in crate::repository) fn leave_out_other_ways(
    file: &File,
    links: &Links,
    found: &mut Vec<Disagreement>,
    start: usize,
) {
    if found.len() == start {
        return;
    }
    let right = right(file, links);
    let section = |place: Place| links.passages.of(place).map(|passage| passage.section);
    let is_other_way = |one: &Disagreement| {
        let Some(place) = one.wrong.first().map(|wrong| wrong.place) else { return false };
        let sections = right.get(one.subject.as_str());
        sections.is_some_and(|sections| sections.iter().any(|other| Some(*other) != section(place)))
    };
    let mut index = 0;
    found.retain(|one| {
        index += 1;
        index <= start || !is_other_way(one)
    });
}

/// Leaves out, from a place on, what a row of a table says of a service that
/// another row of the table gives its right number: that row is the one of the
/// service, and this one of something that is called alike.
pub(in crate::repository) fn leave_out_other_rows(
    file: &File,
    links: &Links,
    found: &mut Vec<Disagreement>,
    start: usize,
) {
    if found.len() == start || file.reading.tables.is_empty() {
        return;
    }
    let scopes = links.layout.scopes_or_all(&file.path);
    let sightings = &file.reading.sightings;
    let says_right = |span: Span, subject: &str| {
        let from = sightings.partition_point(|sighting| sighting.span < span);
        sightings[from..].iter().take_while(|sighting| sighting.span == span).any(|sighting| {
            let name = sighting.service.as_deref().filter(|name| !name.is_empty());
            let meant = name.and_then(|name| meant(&links.entities, &scopes, &file.path, name));
            let port = sighting.ports.first();
            meant.is_some_and(|(_, all)| {
                let has = |entity: &&Entity| {
                    entity.name() == subject && entity.stated().any(|one| one.ports.contains(port))
                };
                all.iter().any(has)
            })
        })
    };
    let is_other_row = |one: &Disagreement| {
        let Some(wrong) = one.wrong.first().filter(|wrong| wrong.place.source == file.source) else {
            return false;
        };
        let has = |row: &DocumentRow| row.ports.iter().any(|(span, _)| *span == wrong.place.span);
        let table = file.reading.tables.iter().find(|table| table.rows.iter().any(has));
        let rows = table.into_iter().flat_map(|table| &table.rows).filter(|row| !has(row));
        rows.flat_map(|row| &row.ports).any(|(span, _)| says_right(*span, &one.subject))
    };
    let mut index = 0;
    found.retain(|one| {
        index += 1;
        index <= start || !is_other_row(one)
    });
}

/// The sections of a document that give services numbers which they have on the machine.
fn right<'a>(file: &File, links: &'a Links) -> BTreeMap<&'a str, BTreeSet<usize>> {
    let mut right: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    let path = &file.path;
    let scopes = links.layout.scopes_or_all(path);
    let has =
        |host: &[crate::repository::Statement], port: Port| host.iter().any(|one| one.ports.contains(port));
    for sighting in &file.reading.sightings {
        let seen = Seen { file, sighting };
        let Some(name) = sighting.service.as_deref().filter(|name| !name.is_empty()) else { continue };
        let Some(passage) = links.passages.of(seen.place()).filter(|_| is_of_this_machine(seen)) else {
            continue;
        };
        let meant = meant(&links.entities, &scopes, path, name).map(|(_, meant)| meant).unwrap_or_default();
        let is_right = meant.iter().any(|entity| has(&entity.host, sighting.ports.first()));
        if let Some(first) = meant.first().filter(|_| is_right) {
            right.entry(first.name()).or_default().insert(passage.section);
        }
    }
    right
}
