//! URLs for services on this machine, held against the ports that they have there.

use super::disagreement::{Disagreement, Statement, Topic};
use super::documented::may_be_development;
use super::entities::{Entity, meant};
use super::links::Links;
use super::names::Fit;
use super::references::is_of_a_cluster;
use super::{Repository, Seen};
use crate::diagnostic::Confidence;
use crate::readers::words::{is_loopback, words_of};
use crate::readers::{Context, FileKind, Role, Side, Variant};

/// Words of a variable that say that it is an address, not whose.
const ADDRESS_WORDS: &[&str] = &[
    "url", "uri", "base", "host", "vite", "next", "public", "react", "app", "ng", "endpoint", "origin",
    "prefix", "path", "nuxt", "expo", "address", "addr", "http", "https", "ws", "wss", "proxy", "target",
    "default", "local", "root", "server", "service", "domain", "site", "upstream", "remote", "gatsby", "vue",
    "svelte", "baseurl", "apiurl", "rest", "graphql", "v1",
];

/// What names in URLs call the one program behind all others.
const BACKENDS: &[&str] = &["api", "backend", "server"];

/// Every URL for a service on this machine with a port that it does not have there.
pub(super) fn addresses(repository: &Repository, links: &Links) -> Vec<Disagreement> {
    repository.sightings().filter(|seen| is_address(*seen)).filter_map(|seen| judge(seen, links)).collect()
}

fn is_address(seen: Seen<'_>) -> bool {
    let sighting = seen.sighting;
    let host = sighting.host.as_deref().unwrap_or("");
    let is_url = matches!(sighting.role, Role::Connect | Role::Assign | Role::Define)
        || sighting.role == Role::Fallback && seen.file.is_source_code();
    is_url
        && (is_loopback(host) || host == "host.docker.internal")
        && sighting.context == Context::Code
        && sighting.ports.len() == 1
        && seen.file.path().kind() == FileKind::Plain
        && matches!(seen.file.path().variant(), Variant::None | Variant::Named("dev" | "local"))
        && !is_of_a_cluster(seen.file)
        && (sighting.side != Side::Container || sighting.variable.is_some())
}

fn judge(seen: Seen<'_>, links: &Links) -> Option<Disagreement> {
    let variable = seen.sighting.variable.as_deref()?;
    let words: Vec<String> =
        words_of(variable).into_iter().filter(|word| !ADDRESS_WORDS.contains(&word.as_str())).collect();
    let path = &seen.file.path;
    let scopes = links.layout.scopes_or_all(path);
    let (fit, meant) = if words.is_empty() {
        (Fit::Part, only_backend(links, &scopes)?)
    } else {
        let found = meant(&links.entities, &scopes, path, &words.join(" "));
        let is_backend = words.len() == 1 && BACKENDS.contains(&words[0].as_str());
        match found {
            Some(found) => found,
            None if is_backend => (Fit::Whole, only_backend(links, &scopes)?),
            None => return None,
        }
    };
    let port = seen.sighting.ports.first();
    let host: Vec<Statement> = meant
        .iter()
        .flat_map(|entity| {
            entity.host.iter().chain(if entity.is_composed { &[] } else { &entity.listening[..] }).cloned()
        })
        .collect();
    let has = |statements: &[Statement]| statements.iter().any(|one| one.ports.contains(port));
    // A compose file runs them all in containers: a browser finds what is published.
    let is_mapped_elsewhere = seen.file.reader == "compose"
        && is_of_a_browser(variable)
        && meant.iter().all(|entity| entity.is_composed && has(&entity.inside))
        && !links.on_host.contains(&port.get());
    let is_its_own =
        !is_mapped_elsewhere && meant.iter().any(|entity| has(&entity.host) || has(&entity.listening));
    // What a program asks on its own loopback address may be itself.
    let is_itself =
        meant.iter().any(|entity| entity.component.as_deref() == Some(links.layout.component_of(path)));
    if host.is_empty() || is_its_own || is_itself {
        return None;
    }
    let is_nowhere = !links.open.contains(&port.get()) && meant.iter().all(|entity| !entity.may_have(port));
    // A development server hands on to the one backend that there is.
    let name = seen.file.path().name();
    let hands_on = name.starts_with("vite.config.") || name.starts_with("proxy.conf") || name == "Trunk.toml";
    let is_certain = is_mapped_elsewhere
        || is_nowhere && (fit == Fit::Whole || hands_on) && !may_be_development(&meant, port);
    let confidence = if is_certain { seen.sighting.confidence } else { Confidence::Medium };
    let wrong = vec![Statement { ports: seen.sighting.ports, place: seen.place(), role: "looked for" }];
    let subject = meant.first()?.name().to_owned();
    Some(Disagreement { topic: Topic::Address, subject, wrong, right: host, confidence })
}

/// Whether a variable is one that a build puts into what browsers run.
fn is_of_a_browser(variable: &str) -> bool {
    const PREFIXES: &[&str] = &[
        "VITE_",
        "NEXT_PUBLIC_",
        "REACT_APP_",
        "NG_APP_",
        "PUBLIC_",
        "NUXT_PUBLIC_",
        "VUE_APP_",
        "GATSBY_",
        "EXPO_PUBLIC_",
    ];
    PREFIXES.iter().any(|prefix| variable.starts_with(prefix))
}

/// The one service that is named as the program behind all others; without
/// such a service, the one folder of that name that says what it listens on.
fn only_backend<'a>(links: &'a Links, scopes: &[&str]) -> Option<Vec<&'a Entity>> {
    let is_one = |entity: &&Entity| {
        entity.is_composed && scopes.contains(&entity.folder.as_str()) && BACKENDS.contains(&entity.name())
    };
    let is_started = |entity: &&Entity| {
        !entity.is_composed && BACKENDS.contains(&entity.name()) && !entity.folder.contains('/')
    };
    let mut all: Vec<&Entity> = links.entities.iter().filter(is_one).collect();
    if all.is_empty() {
        all = links.entities.iter().filter(is_started).collect();
    }
    let first = all.first()?;
    all.iter().all(|entity| entity.name() == first.name()).then_some(all)
}
