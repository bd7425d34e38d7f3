//! Numbers that a document sends people to, held against what is published and
//! against what the one program beside the document listens on.

use std::collections::{BTreeMap, BTreeSet};

use super::documented::{is_framework_default, is_of_this_machine, may_be_development};
use crate::diagnostic::Confidence;
use crate::facts::{known_image, well_known};
use crate::model::Port;
use crate::readers::words::words_of;
use crate::readers::{Role, Side, Sighting};
use crate::repository::disagreement::{Disagreement, Statement, Topic};
use crate::repository::entities::{Entity, meant};
use crate::repository::layout::{domain, is_below};
use crate::repository::links::Links;
use crate::repository::names::{Fit, is_one_of, is_trimming, says_nothing, telling_words};
use crate::repository::sides::BACKENDS;
use crate::repository::{File, Repository, Seen};
use crate::source::Span;

/// What any server may offer: a page of that name is no service of its own.
const PAGES: &str = "docs doc documentation swagger openapi redoc ui gui interface health healthz check status page \
     pages homepage home root frontpage landing login admin panel dashboard playground graphql graphiql browser \
     your api reference explorer site website live ready";

/// Whether a name is one of a page that any server may have, or says nothing.
pub(in crate::repository) fn is_page(name: &str) -> bool {
    says_nothing(name) || words_of(name).iter().all(|word| is_one_of(PAGES, word) || says_nothing(word))
}

fn is_url(seen: Seen<'_>) -> bool {
    matches!(seen.sighting.role, Role::Connect | Role::State) && seen.sighting.host.is_some()
}

fn found(seen: Seen<'_>, subject: &str, right: Vec<Statement>, is_certain: bool) -> Disagreement {
    Disagreement {
        topic: Topic::Document,
        subject: subject.to_owned(),
        wrong: vec![Statement { ports: seen.sighting.ports, place: seen.place(), role: "documented" }],
        right,
        confidence: if is_certain { Confidence::High } else { Confidence::Medium },
    }
}

fn has(statements: &[Statement], port: Port) -> bool {
    statements.iter().any(|one| one.ports.contains(port))
}

fn numbers(file: &File) -> BTreeSet<u16> {
    file.reading.sightings.iter().map(|sighting| sighting.ports.first().get()).collect()
}

/// Ports that only a container has, where one of this machine belongs: that is
/// the one it is published under.
pub(in crate::repository) fn judge_sides(file: &File, links: &Links) -> Vec<Disagreement> {
    let said = numbers(file);
    let judge = |sighting| {
        let seen = Seen { file, sighting };
        if sighting.side == Side::Container || !is_of_this_machine(seen) {
            return None;
        }
        judge_named_side(seen, links, &said).or_else(|| judge_unnamed_side(seen, links))
    };
    file.reading.sightings.iter().filter_map(judge).collect()
}

/// Whether something of a name has a port on this machine.
fn is_published(name: &str, port: Port, links: &Links) -> bool {
    let mut same = links.entities.like(name).filter(|other| has(&other.host, port));
    same.any(|other| other.fit(name) == Some(Fit::Whole))
}

/// The same of a service that the document names: whatever else has the number
/// on this machine, it has another one there.
fn judge_named_side(seen: Seen<'_>, links: &Links, said: &BTreeSet<u16>) -> Option<Disagreement> {
    let name = seen.sighting.service.as_deref().filter(|name| !name.is_empty())?;
    let (path, port) = (&seen.file.path, seen.sighting.ports.first());
    let passage = links.passages.of(seen.place());
    let is_below_compose = passage.is_some_and(|passage| passage.is_by_compose);
    if passage.is_some_and(|passage| passage.is_doubtful) || !(is_url(seen) || is_below_compose) {
        return None;
    }
    let (fit, meant) = meant(&links.entities, &links.layout.scopes_or_all(path), path, name)
        .or_else(|| by_another_name(seen, name, links))?;
    let is_mapped = |entity: &&Entity| entity.is_composed && !entity.host.is_empty();
    let first = meant.first()?;
    let is_inside = meant.iter().any(|entity| has(&entity.inside, port));
    if !meant.iter().all(is_mapped) || !is_inside || is_published(first.name(), port, links) {
        return None;
    }
    let right: Vec<Statement> = meant.iter().flat_map(|entity| entity.host.clone()).collect();
    let says_right = right.iter().any(|one| said.contains(&one.ports.first().get()));
    let is_by_compose = is_below_compose || links.compose_documents.contains(&seen.file.source);
    let runs_without = meant.iter().any(|entity| entity.component.is_some()) && !is_by_compose;
    // A database may be installed, too; somebody then says so to a program.
    let is_installed =
        well_known(port).is_some() && !is_framework_default(port) && links.local.contains(&port.get());
    let is_said = is_url(seen) || fit == Fit::Whole;
    Some(found(seen, first.name(), right, is_said && !says_right && !runs_without && !is_installed))
}

/// The service that a cell means which names it in brackets, or as what is
/// behind all others: ``Backend (`api`)``, `Backend API`; nothing else has the
/// number on this machine.
fn by_another_name<'a>(seen: Seen<'_>, name: &str, links: &'a Links) -> Option<(Fit, Vec<&'a Entity>)> {
    let path = &seen.file.path;
    let scopes = links.layout.scopes_or_all(path);
    if !is_url(seen) || links.on_host.contains(&seen.sighting.ports.first().get()) {
        return None;
    }
    let in_brackets = name.split_once('(').and_then(|(_, rest)| rest.split(')').next());
    if let Some(found) = in_brackets.and_then(|inner| meant(&links.entities, &scopes, path, inner)) {
        return Some(found).filter(|(fit, _)| *fit == Fit::Whole);
    }
    let plain = name.split('(').next().unwrap_or(name);
    let words = telling_words(plain);
    let is_behind = words.iter().any(|word| BACKENDS.contains(&word.as_str()))
        && words.iter().all(|word| BACKENDS.contains(&word.as_str()) || is_trimming(word));
    let is_back = |entity: &&Entity| {
        let words = telling_words(entity.name());
        entity.is_composed
            && entity.component.is_some()
            && scopes.contains(&entity.folder.as_str())
            && words.iter().any(|word| BACKENDS.contains(&word.as_str()))
    };
    let all: Vec<&Entity> = links.entities.iter().filter(|one| is_behind && is_back(one)).collect();
    let first = all.first()?;
    all.iter().all(|other| other.name() == first.name()).then_some((Fit::Whole, all))
}

/// The same of a URL without a name.
fn judge_unnamed_side(seen: Seen<'_>, links: &Links) -> Option<Disagreement> {
    let port = seen.sighting.ports.first();
    if !is_url(seen) || links.on_host.contains(&port.get()) {
        return None;
    }
    let folder = domain(seen.file.path().folder());
    let maps = |entity: &&Entity| entity.is_composed && !entity.host.is_empty() && has(&entity.inside, port);
    let all: Vec<&Entity> = links.entities.in_folder(folder).filter(maps).collect();
    let [only] = all[..] else { return None };
    let name = seen.sighting.service.as_deref();
    let names_it = name.and_then(|name| only.fit(name));
    if name.is_some_and(|name| names_it.is_none() && !is_page(name)) {
        return None;
    }
    let is_elsewhere = names_it.is_none() && well_known(port).is_some() && !is_framework_default(port);
    let runs_without =
        only.component.is_some() && (has(&only.listening, port) || may_be_development(&all, port, links));
    let is_certain =
        !is_elsewhere && !runs_without && only.inside.iter().all(|inside| inside.ports.contains(port));
    Some(found(seen, only.name(), only.host.clone(), is_certain))
}

/// Cells of a table, or items of a list, that shows ports of this machine, and
/// in them the ports of containers: that it does, its other rows tell, or its header.
pub(in crate::repository) fn judge_tables(file: &File, links: &Links) -> Vec<Disagreement> {
    let mut all = Vec::new();
    let mut in_tables: BTreeSet<Span> = BTreeSet::new();
    for table in &file.reading.tables {
        let cells = table.rows.iter().flat_map(|row| &row.ports).filter_map(|(span, header)| {
            in_tables.insert(*span);
            let all = &file.reading.sightings;
            let of_cell = all.get(all.partition_point(|sighting| sighting.span < *span));
            Some((of_cell.filter(|sighting| sighting.span == *span)?, header.as_str()))
        });
        all.extend(judge_cells(&cells.collect::<Vec<_>>(), file, links));
    }
    let mut lists: BTreeMap<usize, Vec<(&Sighting, &str)>> = BTreeMap::new();
    for sighting in &file.reading.sightings {
        let is_item = sighting.confidence == Confidence::High
            && sighting.variable.is_none()
            && !in_tables.contains(&sighting.span);
        let passage = links.passages.of(Seen { file, sighting }.place()).filter(|_| is_item);
        if let Some(passage) = passage.filter(|passage| !passage.is_doubtful) {
            lists.entry(passage.section).or_default().push((sighting, ""));
        }
    }
    all.extend(lists.values().flat_map(|list| judge_cells(list, file, links)));
    all
}

/// The same of numbers that stand together, each with the header of its column.
fn judge_cells(cells: &[(&Sighting, &str)], file: &File, links: &Links) -> Vec<Disagreement> {
    let scopes = links.layout.scopes_or_all(&file.path);
    let (mut outside, mut inside, mut is_told) = (0_usize, Vec::<Disagreement>::new(), false);
    for (sighting, header) in cells {
        let is_plain = sighting.host.is_none() && sighting.container.is_none() && sighting.side == Side::Host;
        let seen = Seen { file, sighting };
        let name = sighting.service.as_deref().filter(|name| is_plain && !name.is_empty());
        let port = sighting.ports.first();
        let meant = name.and_then(|name| meant(&links.entities, &scopes, &file.path, name));
        let Some((_, meant)) = meant.filter(|_| is_of_this_machine(seen)) else { continue };
        let Some(first) = meant.first().filter(|_| meant.iter().all(|one| !one.host.is_empty())) else {
            continue;
        };
        match (is_published(first.name(), port, links), meant.iter().any(|one| has(&one.inside, port))) {
            (true, false) => outside += 1,
            (false, true) => {
                is_told |= words_of(header).iter().any(|word| is_one_of("host external published", word));
                let right = meant.iter().flat_map(|one| one.host.clone()).collect();
                inside.push(found(seen, first.name(), right, true));
            }
            _ => {}
        }
    }
    let is_certain = is_told || outside >= 2 && outside >= inside.len();
    let confidence = if is_certain { Confidence::High } else { Confidence::Medium };
    inside.into_iter().map(|one| Disagreement { confidence, ..one }).collect()
}

/// URLs that a document sends people to, beside one program that says what it
/// listens on.
pub(in crate::repository) fn judge_program(
    file: &File,
    repository: &Repository,
    links: &Links,
) -> Vec<Disagreement> {
    let folder = domain(file.path().folder());
    let Some(program) = links.programs.get(folder) else { return Vec::new() };
    // What hands on to programs is none itself.
    let hands_on = |one: &Statement| {
        let file = repository.file_of(one.place.source);
        file.is_some_and(|file| matches!(file.reader, "nginx" | "caddy" | "envoy"))
    };
    if program.listening.iter().all(hands_on) {
        return Vec::new();
    }
    let own: BTreeSet<u16> = program.listening.iter().map(|one| one.ports.first().get()).collect();
    let said = numbers(file);
    // Who knows the number gives another one to something else.
    if own.len() != 1 || own.iter().any(|own| said.contains(own)) || !is_alone(file, folder, links) {
        return Vec::new();
    }
    // What a bundler serves while people develop has a number of its own.
    let is_configured = |statement: &Statement| {
        repository.file_of(statement.place.source).is_some_and(|file| file.path().name().contains(".config."))
    };
    let has_bundler = links.bundled.iter().any(|bundled| is_below(bundled, folder));
    if has_bundler && !program.listening.iter().all(is_configured) {
        return Vec::new();
    }
    // Somebody who gives the number to the program means it.
    let is_set = |sighting: &&Sighting| {
        sighting.container.is_some() || sighting.host.is_none() && sighting.confidence >= Confidence::Medium
    };
    let given: BTreeSet<u16> =
        file.reading.sightings.iter().filter(is_set).map(|one| one.ports.first().get()).collect();
    let name = if program.name().is_empty() { "the program" } else { program.name() };
    let judge = |sighting| {
        let seen = Seen { file, sighting };
        let port = seen.sighting.ports.first();
        let is_known = given.contains(&port.get())
            || program.mentioned.contains(&port.get())
            || links.numbers.contains(&port.get());
        let is_own = !is_known && is_sent_to(seen, links);
        is_own.then(|| found(seen, name, program.listening.clone(), true))
    };
    file.reading.sightings.iter().filter_map(judge).collect()
}

/// Whether a document sends people to a number, and names nothing else that has it.
fn is_sent_to(seen: Seen<'_>, links: &Links) -> bool {
    let port = seen.sighting.ports.first();
    let is_named = seen.sighting.service.as_deref().is_some_and(|name| !is_page(name) && is_of_another(name));
    let may_be_another = well_known(port).is_some() && !is_framework_default(port);
    let is_pointed_at = links.passages.of(seen.place()).is_some_and(|passage| passage.is_pointed_at);
    !is_named && !may_be_another && is_pointed_at && is_url(seen) && is_of_this_machine(seen)
}

/// Whether a name is that of something of its own: a part of a system, or a
/// program that people install. `The editor` is what the one program shows.
fn is_of_another(name: &str) -> bool {
    const PARTS: &str = "frontend backend client api database db store cache broker queue worker proxy gateway \
         front back end mobile emulator model llm ollama";
    let words = words_of(name);
    words.len() > 2 || words.iter().any(|word| is_one_of(PARTS, word) || known_image(word).is_some())
}

/// Whether nothing else runs in a folder than the program that it is.
fn is_alone(file: &File, folder: &str, links: &Links) -> bool {
    let scopes = links.layout.scopes_of(&file.path);
    let is_built =
        |entity: &Entity| entity.is_composed && entity.component.is_some() && !entity.host.is_empty();
    let is_composed = scopes.iter().any(|scope| links.entities.in_folder(scope).any(is_built));
    !links.layout.has_components_below(folder) && !is_composed
}
