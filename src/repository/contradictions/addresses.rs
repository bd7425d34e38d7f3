//! URLs for services on this machine, held against the ports that they have there.

use super::documented::{is_framework_default, may_be_development};
use super::references::is_of_a_cluster;
use crate::diagnostic::Confidence;
use crate::facts::known_image;
use crate::readers::words::{is_loopback, words_of};
use crate::readers::{Context, FileKind, Role, Side, Sighting, Variant};
use crate::repository::disagreement::{Disagreement, Statement, Topic};
use crate::repository::entities::{Entity, meant};
use crate::repository::links::{CONTAINERS, Links};
use crate::repository::names::{Fit, fit, fits_image};
use crate::repository::{File, Repository, Seen};

/// Words of a variable that say that it is an address, not whose.
const ADDRESS_WORDS: &[&str] = &[
    "url",
    "uri",
    "base",
    "host",
    "vite",
    "next",
    "public",
    "react",
    "app",
    "ng",
    "endpoint",
    "origin",
    "prefix",
    "path",
    "nuxt",
    "expo",
    "address",
    "addr",
    "http",
    "https",
    "ws",
    "wss",
    "proxy",
    "target",
    "default",
    "local",
    "root",
    "server",
    "service",
    "domain",
    "site",
    "upstream",
    "remote",
    "gatsby",
    "vue",
    "svelte",
    "baseurl",
    "apiurl",
    "rest",
    "graphql",
    "v1",
    "destination",
];

/// What names in URLs call the one program behind all others.
const BACKENDS: &[&str] = &["api", "backend", "server"];

/// What they call the one program that people look at.
const FRONTENDS: &[&str] = &["frontend", "client", "ui", "webapp"];

/// Every URL for a service on this machine with a port that it does not have there.
pub(in crate::repository) fn addresses(repository: &Repository, links: &Links) -> Vec<Disagreement> {
    repository
        .sightings()
        .filter(|seen| is_address(*seen))
        .filter_map(|seen| judge(repository, seen, links))
        .collect()
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

fn judge(repository: &Repository, seen: Seen<'_>, links: &Links) -> Option<Disagreement> {
    let hands_on = hands_on(seen);
    let variable = seen.sighting.variable.as_deref().or(hands_on.then_some("target"))?;
    let words: Vec<String> =
        words_of(variable).into_iter().filter(|word| !ADDRESS_WORDS.contains(&word.as_str())).collect();
    let path = &seen.file.path;
    let scopes = links.layout.scopes_or_all(path);
    // A development server hands on to the one backend that there is.
    let others =
        || only_other(links, path).filter(|_| !links.sides.has_others && (hands_on || !words.is_empty()));
    let backend = || behind(links, &scopes, path).or_else(others);
    let (fit, meant) = if words.is_empty() {
        (Fit::Part, backend()?)
    } else {
        if let Some(launched) = judge_launched(seen, &words.join(" "), links) {
            return Some(launched);
        }
        let found = meant(&links.entities, &scopes, path, &words.join(" "))
            .filter(|(_, meant)| !meant.iter().any(|entity| is_only_its_store(entity, &words.join(" "))));
        let is_one_of = |names: &[&str]| words.len() == 1 && names.contains(&words[0].as_str());
        match found {
            Some(found) => found,
            None if is_one_of(BACKENDS) => (Fit::Whole, backend()?),
            None if is_one_of(FRONTENDS) => (Fit::Whole, only_frontend(links, seen)?),
            None => return None,
        }
    };
    let port = seen.sighting.ports.first();
    let host: Vec<Statement> = meant.iter().flat_map(|entity| on_machine(entity)).cloned().collect();
    let has = |statements: &[Statement]| statements.iter().any(|one| one.ports.contains(port));
    // A compose file runs them all in containers: a browser finds what is published.
    let is_mapped_elsewhere = seen.file.reader == "compose"
        && is_of_a_browser(variable)
        && meant.iter().all(|entity| entity.is_composed && has(&entity.inside))
        && !links.on_host.contains(&port.get());
    let is_its_own =
        !is_mapped_elsewhere && meant.iter().any(|entity| has(&entity.host) || has(&entity.listening));
    // What a program asks on its own loopback address may be itself.
    let own = match links.sides.front_of(path).filter(|front| !front.folder.is_empty()) {
        Some(front) => front.folder.as_str(),
        None => links.layout.component_of(path),
    };
    let is_itself =
        meant.iter().any(|entity| entity.component.as_deref() == Some(own) && !entity.is_frontend);
    let may_be_another = words.is_empty() && !hands_on && is_of_a_site(variable);
    let is_another = may_be_another && links.open.contains(&port.get());
    if host.is_empty() || is_its_own || is_itself || is_another || is_one_of_two(seen, &meant) {
        return None;
    }
    let is_nowhere = !links.open.contains(&port.get()) && meant.iter().all(|entity| !entity.may_have(port));
    let says_itself = || {
        meant.iter().any(|entity| !entity.settings.is_empty())
            || meant.iter().all(|entity| is_told_there(repository, entity))
    };
    // A front end's own source asks the one program behind it.
    let is_of_a_front = seen.file.is_source_code()
        && !links.sides.has_others
        && is_framework_default(port)
        && !own.is_empty()
        && links.sides.front_of(path).is_some_and(|front| front.folder == own);
    let is_told = fit == Fit::Whole || hands_on || is_of_a_browser(variable) || is_of_a_front;
    let is_certain = is_mapped_elsewhere
        || is_nowhere && is_told && (says_itself() || !may_be_development(&meant, port, links));
    let confidence = if is_certain { seen.sighting.confidence } else { Confidence::Medium };
    let wrong = vec![Statement { ports: seen.sighting.ports, place: seen.place(), role: "looked for" }];
    let name = meant.first()?.name();
    let subject = if name.is_empty() { "the program" } else { name }.to_owned();
    Some(Disagreement { topic: Topic::Address, subject, wrong, right: host, confidence })
}

/// Whether something runs an image of others for what a name means: the
/// database `postgres_users` is not `users`.
fn is_only_its_store(entity: &Entity, written: &str) -> bool {
    let is_it = |image: &String| fits_image(written, image);
    entity.component.is_none()
        && entity.images.iter().any(|image| known_image(image).is_some())
        && !entity.images.iter().any(is_it)
        && fit(written, entity.name()) != Some(Fit::Whole)
}

/// An address of a program that start scripts start by its name, on another port.
fn judge_launched(seen: Seen<'_>, written: &str, links: &Links) -> Option<Disagreement> {
    let port = seen.sighting.ports.first();
    let has_name = |entity: &&Entity| entity.fit(written).is_some();
    let mut entities = links.entities.like(written).filter(has_name);
    if entities.any(|one| one.component.is_some() && one.is_composed || one.may_have(port)) {
        return None;
    }
    let mut all = links.launched.iter().filter(|one| one.is_for(&seen.file.path) && one.is_named(written));
    let right: Vec<Statement> = all.by_ref().map(|one| one.started.clone()).collect();
    let first = right.first()?;
    if seen.file.reader == "shell"
        || right.iter().any(|one| one.ports != first.ports)
        || first.ports.contains(port)
    {
        return None;
    }
    let wrong = vec![Statement { ports: seen.sighting.ports, place: seen.place(), role: "looked for" }];
    let subject = written.to_owned();
    Some(Disagreement { topic: Topic::Address, subject, wrong, right, confidence: seen.sighting.confidence })
}

/// Whether an address names what people look at, and not the program behind it.
fn is_of_a_site(variable: &str) -> bool {
    const SITES: &[&str] = &["site", "public", "app", "base", "origin", "domain", "root"];
    const BEHIND: &[&str] = &["server", "service", "rest", "graphql", "upstream", "proxy", "apiurl"];
    let words = words_of(variable);
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    has(SITES) && !has(BEHIND)
}

/// Whether a URL is one of two ways to one service: beside it stands the same
/// service's address among containers, for when it runs there.
fn is_one_of_two(seen: Seen<'_>, meant: &[&Entity]) -> bool {
    /// What may stand between two alternatives: a path, quotes, an `else`.
    const BETWEEN: usize = 48;
    if seen.file.is_env_file() || seen.file.reader == "compose" {
        return false;
    }
    let own = seen.sighting.span.range();
    let is_beside = |other: &Sighting| {
        let other = other.span.range();
        other.start.saturating_sub(own.end).max(own.start.saturating_sub(other.end)) <= BETWEEN
    };
    let is_meant = |host: &str| meant.iter().any(|one| one.names.iter().any(|name| name == host));
    let mut code = seen.file.reading.sightings.iter().filter(|other| other.context == Context::Code);
    code.any(|other| other.host.as_deref().is_some_and(is_meant) && is_beside(other))
}

/// Whether an env file beside the compose file or the program tells the program
/// the one port that it is published under: then it has that without a
/// container, too.
fn is_told_there(repository: &Repository, entity: &Entity) -> bool {
    let is_near = |file: &File| {
        let folder = file.path().folder();
        file.is_env_file() && (folder == entity.folder || entity.component.as_deref() == Some(folder))
    };
    let is_own = |sighting: &&Sighting| {
        sighting.role == Role::Assign
            && sighting.context == Context::Code
            && sighting
                .variable
                .as_deref()
                .is_some_and(|name| matches!(name, "PORT" | "SERVER_PORT" | "API_PORT"))
    };
    let near = repository.files.iter().filter(|file| is_near(file));
    let mut told = near.flat_map(|file| file.reading.sightings.iter().filter(is_own)).peekable();
    let publishes = |told: &Sighting| entity.host.iter().any(|host| host.ports == told.ports);
    told.peek().is_some() && told.all(publishes)
}

/// Whether a file says where a development server hands requests on to.
fn hands_on(seen: Seen<'_>) -> bool {
    const FILES: &[&str] = &[
        "vite.config.",
        "vue.config.",
        "webpack.",
        "next.config.",
        "nuxt.config.",
        "astro.config.",
        "rsbuild.config.",
        "proxy.conf",
        "setupProxy.",
        "Trunk.toml",
    ];
    let name = seen.file.path().name();
    let is_proxy = name == "package.json" && seen.sighting.variable.as_deref() == Some("proxy");
    seen.sighting.role == Role::Connect && (is_proxy || FILES.iter().any(|file| name.starts_with(file)))
}

/// What is behind a front end: the service or folder of that name; else, for
/// what is a front end's own, the one program that there is.
fn behind<'a>(links: &'a Links, scopes: &[&str], path: &str) -> Option<Vec<&'a Entity>> {
    let is_front = links.sides.front_of(path).is_some() && !links.sides.has_others;
    let only = || links.sides.only_back(path).filter(|_| is_front).map(|one| vec![one]);
    only_backend(links, scopes).or_else(only)
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

/// What a program has on the machine: what is published of it; of one that no
/// compose file runs, what it listens on.
fn on_machine(entity: &Entity) -> impl Iterator<Item = &Statement> {
    let own: &[Statement] = match (entity.is_composed, entity.listening.is_empty()) {
        (true, _) => &[],
        (false, false) => &entity.listening,
        (false, true) if is_one_number(&entity.settings) => &entity.settings,
        (false, true) => &[],
    };
    entity.host.iter().chain(own)
}

fn is_one_number(statements: &[Statement]) -> bool {
    statements.iter().all(|one| one.ports == statements[0].ports)
}

/// The one service that is named as the program behind all others; without
/// such a service, the one folder of that name that says what it listens on.
fn only_backend<'a>(links: &'a Links, scopes: &[&str]) -> Option<Vec<&'a Entity>> {
    let is_scoped = |entity: &&Entity| entity.is_composed && scopes.contains(&entity.folder.as_str());
    let is_built_there = |entity: &&Entity| entity.component.as_deref().is_some_and(is_backend_folder);
    let is_started = |entity: &&Entity| !entity.is_composed && is_backend_folder(&entity.folder);
    let of = |is_one: &dyn Fn(&&'a Entity) -> bool| links.entities.iter().filter(is_one).collect::<Vec<_>>();
    let mut all = of(&|entity| is_scoped(entity) && BACKENDS.contains(&entity.name()));
    if all.is_empty() {
        all = of(&|entity| is_scoped(entity) && is_built_there(entity));
    }
    if all.is_empty() {
        all = of(&|entity| is_scoped(entity) && is_gateway(entity.name()));
    }
    if all.is_empty() {
        all = of(&is_started);
    }
    let first = all.first()?;
    all.iter().all(|entity| entity.name() == first.name()).then_some(all)
}

/// Whether a service stands before all programs that front ends ask.
fn is_gateway(name: &str) -> bool {
    matches!(
        name,
        "gateway" | "api-gateway" | "api_gateway" | "apigateway" | "gateway-service" | "gateway-api"
    )
}

/// Whether a folder is named as that of the program behind all others, and
/// lies at the top or among programs.
fn is_backend_folder(folder: &str) -> bool {
    let mut parts = folder.rsplit('/');
    parts.next().is_some_and(|name| BACKENDS.contains(&name)) && parts.all(|part| CONTAINERS.contains(&part))
}

/// The only other program that says what it listens on, and that says one
/// number, where nothing runs in containers.
fn only_other<'a>(links: &'a Links, path: &str) -> Option<Vec<&'a Entity>> {
    if links.entities.iter().any(|entity| entity.is_composed && entity.component.is_some()) {
        return None;
    }
    let listens =
        |entity: &&Entity| !entity.is_composed && !entity.is_frontend && on_machine(entity).next().is_some();
    let all: Vec<&Entity> = links.entities.iter().chain(&links.root).filter(listens).collect();
    let [only] = all[..] else { return None };
    let is_other = only.component.as_deref() != Some(links.layout.component_of(path));
    (is_other && is_one_number(&on_machine(only).cloned().collect::<Vec<_>>())).then_some(all)
}

/// The only program with a development server of a frontend, where none runs
/// in a container; another program may serve it as well.
fn only_frontend<'a>(links: &'a Links, seen: Seen<'_>) -> Option<Vec<&'a Entity>> {
    let port = seen.sighting.ports.first();
    let programs = || links.entities.iter().chain(&links.root);
    let serves = |entity: &Entity| !entity.is_frontend && entity.may_have(port);
    let all: Vec<&Entity> = programs().filter(|one| one.is_frontend).collect();
    let [only] = all[..] else { return None };
    (!only.is_composed && !programs().any(serves)).then_some(all)
}
