//! What documents say of services, held against what the services have.

use std::collections::BTreeSet;

use super::columns::judge_columns;
use super::neighbours::judge_neighbours;
use super::other_ways::{leave_out_other_rows, leave_out_other_ways};
use super::pointed::{is_page, judge_program, judge_sides, judge_tables};
use crate::diagnostic::Confidence;
use crate::facts::well_known;
use crate::model::Port;
use crate::readers::words::{is_loopback, is_placeholder_host, is_wildcard, words_of};
use crate::readers::{Context, FileKind, Role, Side, Sighting};
use crate::repository::disagreement::{Disagreement, Statement, Topic};
use crate::repository::entities::{Entity, meant};
use crate::repository::layout::domain;
use crate::repository::links::Links;
use crate::repository::names::{Fit, is_trimming, telling_words};
use crate::repository::sides::{BACKENDS, FRONTENDS};
use crate::repository::{File, Repository, Seen};

/// Ports that some development server takes where nothing says so.
const FRAMEWORK_DEFAULTS: &[u16] = &[
    1313, 3000, 3001, 4000, 4173, 4200, 4321, 5000, 5001, 5173, 5174, 6006, 7000, 8000, 8080, 8081, 8888,
    9000, 9229, 19006,
];

/// Whether some development server takes a port where nothing says so.
pub(in crate::repository) fn is_framework_default(port: Port) -> bool {
    FRAMEWORK_DEFAULTS.contains(&port.get())
}

/// Every number that a document gives a service and that the service does not have.
pub(in crate::repository) fn documented(repository: &Repository, links: &Links) -> Vec<Disagreement> {
    let mut found = Vec::new();
    for file in repository.files.iter().filter(|file| file.is_document()) {
        if file.path().kind() != FileKind::Plain {
            continue;
        }
        let start = found.len();
        let seen = || file.reading.sightings.iter().map(|sighting| Seen { file, sighting });
        found.extend(seen().filter_map(|seen| judge_named(seen, links)));
        leave_out_other_ways(file, links, &mut found, start);
        leave_out_other_rows(file, links, &mut found, start);
        raise_repeated(&mut found[start..]);
        let said: BTreeSet<(Port, String)> = found[start..]
            .iter()
            .filter_map(|one| Some((one.wrong.first()?.ports.first(), one.subject.clone())))
            .collect();
        let beside = Beside::of(file, links);
        found.extend(seen().filter_map(|seen| judge_unnamed(seen, links, &beside, &said)));
        found.extend(judge_neighbours(file, links));
        found.extend(judge_sides(file, links));
        found.extend(judge_tables(file, links));
        found.extend(judge_columns(file, links));
        found.extend(judge_program(file, repository, links));
        raise_repeated(&mut found[start..]);
        for one in &mut found[start..] {
            let port = one.wrong.first().map_or(0, |wrong| wrong.ports.first().get());
            if links.passages.is_supposed(file.source, port) {
                one.confidence = Confidence::Medium;
            }
        }
    }
    found
}

/// What a table and a sentence of one document both say is no slip of reading.
fn raise_repeated(found: &mut [Disagreement]) {
    let sure: BTreeSet<(String, Port)> = found
        .iter()
        .filter(|one| one.confidence == Confidence::High)
        .filter_map(|one| Some((one.subject.clone(), one.wrong.first()?.ports.first())))
        .collect();
    for one in found {
        let Some(wrong) = one.wrong.first() else { continue };
        if sure.contains(&(one.subject.clone(), wrong.ports.first())) {
            one.confidence = Confidence::High;
        }
    }
}

pub(in crate::repository) fn is_of_this_machine(seen: Seen<'_>) -> bool {
    let host = seen.sighting.host.as_deref();
    seen.sighting.context == Context::Prose
        && seen.sighting.ports.len() == 1
        && host.is_none_or(|host| is_loopback(host) || is_wildcard(host) || is_placeholder_host(host))
}

fn judge_named(seen: Seen<'_>, links: &Links) -> Option<Disagreement> {
    let sighting = seen.sighting;
    let passage = links.passages.of(seen.place());
    let is_pointed_at = passage.is_some_and(|passage| passage.is_pointed_at);
    let service = sighting.service.as_deref().filter(|name| !name.is_empty());
    // `Open http://localhost:3003` below `## Grafana`.
    let heading = passage.filter(|_| is_pointed_at && sighting.host.is_some());
    let written = service.or_else(|| Some(heading?.heading.as_str()).filter(|heading| !is_page(heading)))?;
    if !is_of_this_machine(seen) {
        return None;
    }
    let path = &seen.file.path;
    let scopes = links.layout.scopes_or_all(path);
    let (fit, meant) =
        meant(&links.entities, &scopes, path, written).or_else(|| by_side(links, path, written))?;
    let port = sighting.ports.first();
    let right: Vec<Statement> = match sighting.container {
        Some(_) => meant.iter().flat_map(|entity| entity.host.clone()).collect(),
        None => meant.iter().flat_map(|entity| entity.stated().cloned()).collect(),
    };
    if right.is_empty()
        || is_its_own(&meant, sighting, links)
        || is_of_a_namesake(written, &meant, port, links)
    {
        return None;
    }
    let is_snippet = sighting.role == Role::Publish || sighting.container.is_some();
    let is_doubtful = is_snippet && passage.is_some_and(|passage| passage.is_a_change);
    // What Compose alone starts has no development server.
    let is_doubted = passage.is_some_and(|passage| passage.is_doubtful);
    let is_by_compose =
        sighting.host.is_some() && !is_doubted && links.whole_documents.contains(&seen.file.source)
            || passage.is_some_and(|passage| passage.is_by_compose && passage.is_pointed_at);
    let is_composed =
        is_by_compose && meant.iter().all(|entity| entity.is_composed && !entity.host.is_empty());
    let is_certain = is_certain(fit, &meant, port, is_composed, links) && !is_doubtful;
    // A sentence may speak of another time; a number that nothing has is wrong at any.
    let is_nowhere = !links.numbers.contains(&port.get());
    if service.is_none() && !(is_nowhere && fit == Fit::Whole) {
        return None;
    }
    // What runs is listed as it is: `0.0.0.0:8080->80/tcp   shop_web`.
    let is_listed = is_snippet && sighting.host.as_deref().is_some_and(is_wildcard) && fit == Fit::Whole;
    // `- **Orders** (port 8083)` says no less.
    let is_title = service.is_some() && sighting.variable.is_none() && fit == Fit::Whole && !is_doubted;
    let is_sentence = sighting.confidence == Confidence::Medium && (sighting.host.is_some() || is_title)
        || is_pointed_at && fit == Fit::Whole;
    let confidence = match (is_snippet && !is_doubtful || is_certain, is_nowhere) {
        (true, true) if is_sentence => Confidence::High,
        (true, _) if is_listed => Confidence::High,
        (true, _) => sighting.confidence,
        (false, _) => Confidence::Medium,
    };
    let wrong = vec![Statement { ports: sighting.ports, place: seen.place(), role: "documented" }];
    let subject = meant.first()?.name().to_owned();
    Some(Disagreement { topic: Topic::Document, subject, wrong, right, confidence })
}

/// What a name means that says only which side it is: `the frontend`, where one
/// folder is served, whatever that is called.
fn by_side<'a>(links: &'a Links, path: &str, written: &str) -> Option<(Fit, Vec<&'a Entity>)> {
    let words = telling_words(written);
    let is = |list: &[&str]| {
        words.iter().any(|word| list.contains(&word.as_str()))
            && words.iter().all(|word| list.contains(&word.as_str()) || is_trimming(word))
    };
    let meant = if is(&FRONTENDS[..4]) {
        &links.sides.only_front(path).filter(|front| !front.is_default)?.entity
    } else if is(BACKENDS) && !links.sides.has_others {
        links.sides.only_back(path)?
    } else {
        return None;
    };
    Some((Fit::Part, vec![meant]))
}

/// Whether a port may be one of these, or of what goes by the same name elsewhere.
/// Of what is published under it, only the machine's side counts.
fn is_its_own(meant: &[&Entity], sighting: &Sighting, links: &Links) -> bool {
    let port = sighting.ports.first();
    let name = meant.first().map_or("", |entity| entity.name());
    let is_same = |entity: &Entity| entity.fit(name) == Some(Fit::Whole);
    let is_pair = sighting.container.is_some();
    let may_have = |entity: &Entity| match is_pair {
        true => entity.host.iter().any(|statement| statement.ports.contains(port)),
        false => entity.may_have(port),
    };
    meant.iter().any(|entity| may_have(entity))
        || links.entities.like(name).filter(|entity| may_have(entity)).any(is_same)
}

/// Whether a folder is named like part of a service that publishes the port: a
/// folder of configuration alone, for that service.
fn is_of_a_namesake(written: &str, meant: &[&Entity], port: Port, links: &Links) -> bool {
    let publishes = |entity: &Entity| entity.host.iter().any(|statement| statement.ports.contains(port));
    !meant.iter().any(|entity| entity.is_composed)
        && links.entities.like(written).any(|entity| entity.is_composed && publishes(entity))
}

fn is_certain(fit: Fit, meant: &[&Entity], port: Port, is_composed: bool, links: &Links) -> bool {
    // Behind a proxy everything is on 80 or 443.
    let may_be_development = || !is_composed && may_be_development(meant, port, links);
    if matches!(port.get(), 80 | 443) || may_be_development() {
        return false;
    }
    fit == Fit::Whole || !links.numbers.contains(&port.get())
}

/// Whether a port may be that of a development server which nothing states:
/// the default of one, for a program that is built here and says nowhere what it listens on.
pub(in crate::repository) fn may_be_development(meant: &[&Entity], port: Port, links: &Links) -> bool {
    let is_built = meant.iter().any(|entity| entity.component.is_some() || entity.images.is_empty());
    let says_itself = meant.iter().any(|entity| !entity.listening.is_empty());
    let may_take = |entity: &&Entity| {
        let ports = links.development_ports(entity.component.as_deref());
        ports.is_none_or(|ports| ports.contains(&port.get()))
    };
    is_built && !says_itself && is_framework_default(port) && meant.iter().any(may_take)
}

/// What the compose file beside a document publishes.
struct Beside<'a> {
    published: Vec<&'a Entity>,
    /// The one service that is named as what people look at.
    frontend: Option<&'a Entity>,
}

impl<'a> Beside<'a> {
    fn of(document: &File, links: &'a Links) -> Self {
        let is_published = |entity: &&Entity| entity.is_composed && !entity.host.is_empty();
        let published = |folder| links.entities.in_folder(folder).filter(is_published).collect::<Vec<_>>();
        let own = document.path().folder();
        let published =
            Some(published(own)).filter(|own| !own.is_empty()).unwrap_or_else(|| published(domain(own)));
        let frontend = only_frontend(&published);
        Self { published, frontend }
    }
}

/// A URL of this machine without a name, beside a compose file that publishes
/// one service: nothing else can be meant.
fn judge_unnamed(
    seen: Seen<'_>,
    links: &Links,
    beside: &Beside<'_>,
    said: &BTreeSet<(Port, String)>,
) -> Option<Disagreement> {
    let sighting = seen.sighting;
    let is_url = matches!(sighting.role, Role::Connect | Role::State) && sighting.host.is_some();
    let path = &seen.file.path;
    let means = |name: &str| meant(&links.entities, &links.layout.scopes_or_all(path), path, name).is_some();
    let is_named = sighting.service.as_deref().is_some_and(|name| !is_page(name) || means(name));
    if is_named || sighting.side == Side::Container || !is_url || !is_of_this_machine(seen) {
        return None;
    }
    let (meant, confidence) =
        only_meant(seen, beside, links, said).or_else(|| mapped_elsewhere(seen, &beside.published, links))?;
    if is_below_another(seen, meant, links) {
        return None;
    }
    let wrong = vec![Statement { ports: sighting.ports, place: seen.place(), role: "documented" }];
    Some(Disagreement {
        topic: Topic::Document,
        subject: meant.name().to_owned(),
        wrong,
        right: meant.host.clone(),
        confidence,
    })
}

/// Whether the heading above a number names another service than one.
fn is_below_another(seen: Seen<'_>, meant: &Entity, links: &Links) -> bool {
    let Some(passage) = links.passages.of(seen.place()) else { return false };
    let words = telling_words(&passage.heading);
    let names = |word: &String| {
        let whole = |one: &&Entity| one.is_composed && one.fit(word) == Some(Fit::Whole);
        links.entities.like(word).any(|one| whole(&one))
    };
    words.iter().any(names) && !words.iter().any(|word| meant.fit(word).is_some())
}

/// The service that a number which nothing has must mean: the only one, the
/// one that the document gives it elsewhere, or the one that people look at.
fn only_meant<'a>(
    seen: Seen<'_>,
    beside: &Beside<'a>,
    links: &Links,
    said: &BTreeSet<(Port, String)>,
) -> Option<(&'a Entity, Confidence)> {
    let port = seen.sighting.ports.first();
    let names: BTreeSet<&str> = said_of(said, port).collect();
    let is_said = |entity: &Entity| names.contains(entity.name());
    let is_by_compose = is_all_published(seen, links);
    let only = match beside.published[..] {
        [only] => only,
        _ => beside
            .published
            .iter()
            .copied()
            .find(|entity| !names.is_empty() && is_said(entity))
            .or_else(|| is_by_compose.then_some(beside.frontend).flatten())?,
    };
    let may_be_a_tool = is_framework_default(port) || well_known(port).is_some();
    let is_page = is_by_compose && !only.inside.iter().any(|one| is_no_page(one.ports.first()));
    let is_excused = may_be_a_tool && !is_said(only) && !is_page;
    // `docker compose up` in a folder starts what that has, and nothing of a hidden one.
    let is_plain = is_by_compose && is_page && !links.of_hidden_sets.contains(&seen.file.source);
    let elsewhere = if is_plain { &links.in_sight } else { &links.numbers };
    let is_of_a_neighbour = beside.published.iter().any(|entity| entity.may_have(port));
    let is_some_other = only.may_have(port) || is_of_a_neighbour || elsewhere.contains(&port.get());
    (!is_some_other && !is_excused).then_some((only, Confidence::High))
}

/// The services that a document gives a number.
fn said_of(said: &BTreeSet<(Port, String)>, port: Port) -> impl Iterator<Item = &str> {
    let from = said.range((port, String::new())..);
    from.take_while(move |(other, _)| *other == port).map(|(_, name)| name.as_str())
}

/// Whether a document starts everything with the compose file beside it, and
/// that says of every port which one of the machine it is.
fn is_all_published(seen: Seen<'_>, links: &Links) -> bool {
    let folder = seen.file.path().folder();
    links.compose_documents.contains(&seen.file.source)
        && ![folder, domain(folder)].iter().any(|folder| links.partly_published.contains(*folder))
}

/// Whether a port is that of a database or its like, and not of something to look at.
fn is_no_page(port: Port) -> bool {
    well_known(port).is_some() && !is_framework_default(port)
}

/// The one service that is named as what people look at.
fn only_frontend<'a>(published: &[&'a Entity]) -> Option<&'a Entity> {
    const FRONTENDS: &[&str] = &[
        "frontend",
        "web",
        "webapp",
        "client",
        "ui",
        "app",
        "site",
        "website",
        "dashboard",
        "proxy",
        "nginx",
    ];
    let is_frontend =
        |entity: &&Entity| words_of(entity.name()).iter().any(|word| FRONTENDS.contains(&word.as_str()));
    let mut found = published.iter().copied().filter(is_frontend);
    let first = found.next()?;
    found.all(|other| other.name() == first.name()).then_some(first)
}

/// The one service whose container has the number, and which is published on another.
fn mapped_elsewhere<'a>(
    seen: Seen<'_>,
    published: &[&'a Entity],
    links: &Links,
) -> Option<(&'a Entity, Confidence)> {
    let port = seen.sighting.ports.first();
    let has = |statements: &[Statement]| statements.iter().any(|one| one.ports.contains(port));
    let is_below_compose = links.passages.of(seen.place()).is_some_and(|passage| passage.is_by_compose);
    let is_by_compose = is_below_compose || links.compose_documents.contains(&seen.file.source);
    if links.taken.has(port)
        || links.on_host.contains(&port.get())
        || (!is_by_compose && links.local.contains(&port.get()))
    {
        return None;
    }
    let mut inside = published.iter().copied().filter(|entity| has(&entity.inside));
    let first = inside.next()?;
    if !inside.all(|other| other.name() == first.name()) {
        return None;
    }
    // What is built here may also be run without its container, and a database be installed.
    let is_only_an_image = first.component.is_none() && is_framework_default(port);
    let is_sure = is_by_compose || is_only_an_image;
    Some((first, if is_sure { Confidence::High } else { Confidence::Medium }))
}
