//! Documents that show several ways to run one thing, each with its own numbers.

use std::collections::{BTreeMap, BTreeSet};

use super::disagreement::Disagreement;
use super::documented::is_of_this_machine;
use super::entities::meant;
use super::links::Links;
use super::{File, Seen};
use crate::model::Port;
use crate::source::Place;

/// Leaves out, from a place on, what a document says of services that it gives
/// their right number in another section: that is another way to run them.
pub(super) fn leave_out_other_ways(file: &File, links: &Links, found: &mut Vec<Disagreement>, start: usize) {
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

/// The sections of a document that give services numbers which they have on the machine.
fn right<'a>(file: &File, links: &'a Links) -> BTreeMap<&'a str, BTreeSet<usize>> {
    let mut right: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    let path = &file.path;
    let scopes = links.layout.scopes_or_all(path);
    let has = |host: &[super::Statement], port: Port| host.iter().any(|one| one.ports.contains(port));
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
