//! Addresses of this machine in scripts, Makefiles, workflows and what is
//! scraped, held against what compose files publish and programs listen on.

use std::collections::BTreeMap;

use super::documented::is_framework_default;
use super::hosted::slice;
use crate::diagnostic::Confidence;
use crate::model::Port;
use crate::readers::words::{is_loopback, words_of};
use crate::readers::{Context, FileKind, Role, Side, Sighting, Variant};
use crate::repository::disagreement::{Disagreement, Statement, Topic};
use crate::repository::entities::Entity;
use crate::repository::layout::is_below;
use crate::repository::links::Links;
use crate::repository::names::Fit;
use crate::repository::sides::{BACKENDS, FRONTENDS};
use crate::repository::ways::starts_otherwise;
use crate::repository::{File, Seen, started};
use crate::source::Sources;

/// Every address of this machine that nothing has, and one service should.
pub(in crate::repository) fn looked(files: &[File], links: &Links, sources: &Sources) -> Vec<Disagreement> {
    let said = Said::of(files);
    let mut found = Vec::new();
    for file in files.iter().filter(|file| is_read(file)) {
        let text = sources.get(file.source).text();
        let around = Around { text, links, said: &said };
        let seen = file.reading.sightings.iter().map(|sighting| Seen { file, sighting });
        let seen = seen.filter(|seen| around.is_open(*seen)).take(MOST_ADDRESSES);
        match file.reader {
            "prometheus" => found.extend(seen.filter_map(|seen| around.judge_scraped(seen))),
            _ if starts_compose(text) => found.extend(seen.filter_map(|seen| around.judge_composed(seen))),
            "shell" => found.extend(seen.filter_map(|seen| around.judge_printed(seen))),
            _ => {}
        }
    }
    found.extend(handed_on(files, &said, sources));
    found
}

/// Where a development server hands on to by a variable that nobody sets, held
/// against the one address that scripts print of the program behind it.
fn handed_on(files: &[File], said: &Said, sources: &Sources) -> Vec<Disagreement> {
    let printed: Vec<Statement> = files
        .iter()
        .filter(|file| file.reader == "shell" && is_read(file))
        .flat_map(|file| printed_of_backs(file, sources.get(file.source).text()))
        .collect();
    let Some(first) = printed.first().filter(|first| printed.iter().all(|one| one.ports == first.ports))
    else {
        return Vec::new();
    };
    let is_set = |name: &str| {
        let all = files.iter().filter(|file| !file.is_document()).flat_map(|file| &file.reading.sightings);
        all.filter(|one| one.role != Role::Fallback).any(|one| one.variable.as_deref() == Some(name))
    };
    let judge = |file, sighting: &Sighting| {
        let name = sighting.variable.as_deref()?;
        let words = words_of(name);
        let is_backs = words.iter().any(|word| BACKENDS.contains(&word.as_str()))
            && words.last().is_some_and(|last| last == "port");
        let port = sighting.ports.first();
        let is_open = sighting.role == Role::Fallback
            && sighting.context == Context::Code
            && !first.ports.overlaps(sighting.ports)
            && said.times(port) == 1
            && !is_set(name);
        (is_backs && is_open).then(|| found(Seen { file, sighting }, "the back end", printed.clone(), true))
    };
    let tools = files.iter().filter(|file| crate::repository::sides::is_front_tool(file.path()));
    tools.flat_map(|file| file.reading.sightings.iter().filter_map(move |one| judge(file, one))).collect()
}

/// What a script prints of programs behind front ends: `echo "Backend: http://…"`.
fn printed_of_backs(file: &File, text: &str) -> Vec<Statement> {
    let is_printed = |one: &&Sighting| {
        let line = line_of(text, one);
        let label = line.split("http").next().unwrap_or(line);
        one.role == Role::Connect
            && one.host.as_deref().is_some_and(is_loopback)
            && line.trim_start().starts_with("echo")
            && words_of(label).iter().any(|word| BACKENDS.contains(&word.as_str()))
    };
    let all = file.reading.sightings.iter().filter(is_printed);
    all.take(MOST_ADDRESSES).map(|one| crate::repository::sides::statement(file, one, "printed")).collect()
}

/// How much of a line before and behind a number is looked at: nobody writes
/// more, and the time must not be the square of one line.
const MOST_OF_A_LINE: usize = 500;

/// How many addresses of one file are held against everything.
const MOST_ADDRESSES: usize = 256;

/// The line that a number stands in, as far as it is near.
fn line_of<'t>(text: &'t str, sighting: &Sighting) -> &'t str {
    let at = sighting.span.range().start;
    let near = slice(text, at.saturating_sub(MOST_OF_A_LINE), at);
    let before = near.rfind('\n').map_or(near.len(), |end| near.len() - end - 1);
    let line = slice(text, at - before, at + MOST_OF_A_LINE);
    line.lines().next().unwrap_or("")
}

/// The line above the one that a number stands in, as far as it is near.
fn line_above<'t>(text: &'t str, sighting: &Sighting) -> Option<&'t str> {
    let at = sighting.span.range().start;
    let near = slice(text, at.saturating_sub(2 * MOST_OF_A_LINE), at);
    near.rsplit('\n').nth(1)
}

/// What a line says before an address, and the first part of the path behind it.
fn around<'t>(text: &'t str, sighting: &Sighting) -> (&'t str, &'t str) {
    let at = sighting.span.range();
    let near = slice(text, at.start.saturating_sub(MOST_OF_A_LINE), at.start);
    let line = near.rsplit('\n').next().unwrap_or(near);
    let label = line.rsplit_once("http").map_or("", |(label, _)| label).trim_start();
    let said = ["echo", "printf", "@echo", "Write-Host"].iter().find_map(|word| label.strip_prefix(word));
    let path = slice(text, at.end, at.end + MOST_OF_A_LINE);
    let is_end = |one: char| one.is_whitespace() || matches!(one, '/' | '"' | '\'' | '?' | ')' | ';' | '`');
    let part = path.strip_prefix('/').and_then(|path| path.split(is_end).next()).unwrap_or("");
    (said.unwrap_or("").trim_matches(|one: char| !one.is_alphanumeric()), part)
}

fn is_read(file: &File) -> bool {
    matches!(file.reader, "shell" | "makefile" | "workflow" | "prometheus")
        && file.path().kind() == FileKind::Plain
        && is_of_everybody(file)
        && !file.reading.sightings.is_empty()
}

/// Whether a file is no variant; a workflow tests what everybody runs.
fn is_of_everybody(file: &File) -> bool {
    match file.path().variant() {
        Variant::None | Variant::Named("dev" | "local") => true,
        Variant::Named(variant) => variant == "test" && file.reader == "workflow",
    }
}

/// Whether a text starts what a compose file has, and does not only speak of it.
fn starts_compose(text: &str) -> bool {
    let has_compose = text.contains("docker compose") || text.contains("docker-compose");
    has_compose && text.lines().any(|line| is_up(line) && !is_printed(line))
}

/// Whether a line starts something with Compose, by its name or by a variable.
fn is_up(line: &str) -> bool {
    let has_up = line.split_ascii_whitespace().any(|word| word == "up");
    has_up && (line.contains("compose") || line.contains('$') || line.contains("COMPOSE"))
}

/// Whether a line only says something.
fn is_printed(line: &str) -> bool {
    let line = line.trim().trim_start_matches(['@', '-', ' ']);
    ["echo", "print", "#", "log"].iter().any(|word| line.starts_with(word))
}

/// Whether a text starts a program itself, beside what Compose starts: what it
/// prints starts nothing, but for what people are to start.
fn starts_beside(text: &str) -> bool {
    const PRINTED: &[&str] =
        &["npm start", "run dev", "run start", "yarn dev", "yarn start", "pnpm dev", "pnpm start"];
    let is_start = |line: &str| {
        if is_printed(line) {
            return PRINTED.iter().any(|start| line.contains(start));
        }
        let line = line.trim().trim_start_matches(['@', '-']);
        let is_behind = line.ends_with('&') && !line.ends_with("&&");
        let is_program = ["node ", "./", "deno ", "bin/"].iter().any(|word| line.starts_with(word));
        is_behind || is_program || starts_otherwise(line)
    };
    text.lines().any(is_start)
}

/// Every number that something else than an address in code says, and how often.
struct Said(BTreeMap<u16, usize>);

impl Said {
    fn of(files: &[File]) -> Self {
        let all = files.iter().filter(|file| !file.is_document()).flat_map(File::all_sightings);
        let others = all
            .filter(|one| !matches!(one.role, Role::Connect | Role::Expose) && one.context == Context::Code);
        let mut times = BTreeMap::new();
        for port in others.flat_map(|one| one.ports.ports().take(64)) {
            *times.entry(port.get()).or_default() += 1;
        }
        Self(times)
    }

    fn times(&self, port: Port) -> usize {
        self.0.get(&port.get()).copied().unwrap_or_default()
    }
}

fn found(seen: Seen<'_>, subject: &str, right: Vec<Statement>, is_sure: bool) -> Disagreement {
    Disagreement {
        topic: Topic::Address,
        subject: subject.to_owned(),
        wrong: vec![Statement { ports: seen.sighting.ports, place: seen.place(), role: "looked for" }],
        right,
        confidence: if is_sure { Confidence::High } else { Confidence::Medium },
    }
}

struct Around<'a> {
    text: &'a str,
    links: &'a Links,
    said: &'a Said,
}

impl<'a> Around<'a> {
    /// Whether a sighting is an address of this machine that nothing is known to have.
    fn is_open(&self, seen: Seen<'_>) -> bool {
        let sighting = seen.sighting;
        let port = sighting.ports.first();
        let host = sighting.host.as_deref().unwrap_or("");
        sighting.role == Role::Connect
            && sighting.context == Context::Code
            && sighting.variable.is_none()
            && sighting.side != Side::Container
            && sighting.ports.len() == 1
            && (is_loopback(host) || host == "host.docker.internal")
            && !self.links.on_host.contains(&port.get())
            && !self.links.taken.has(port)
            && !is_elsewhere(line_of(self.text, sighting))
    }

    /// The services that the compose files around a path run.
    fn composed(&self, path: &str) -> Vec<&'a Entity> {
        let scopes = self.links.layout.scopes_or_all(path);
        let nearest = scopes.iter().filter(|scope| is_below(path, scope)).max_by_key(|scope| scope.len());
        let scopes = nearest.map_or(&scopes[..], std::slice::from_ref);
        let is_here = |entity: &&Entity| entity.is_composed && scopes.contains(&entity.folder.as_str());
        self.links.entities.iter().filter(is_here).collect()
    }

    fn is_on_host_network(&self, path: &str) -> bool {
        let scopes = self.links.layout.scopes_or_all(path);
        self.links.units.iter().any(|unit| unit.is_on_host_network && scopes.contains(&unit.scope.as_str()))
    }

    /// What has a port inside its container alone, and another one on the machine.
    fn mapped_elsewhere(&self, seen: Seen<'_>) -> Option<&'a Entity> {
        let port = seen.sighting.ports.first();
        let all = self.composed(&seen.file.path);
        let mut inside = all.into_iter().filter(|entity| {
            !entity.host.is_empty() && entity.inside.iter().any(|one| one.ports.contains(port))
        });
        let first = inside.next()?;
        inside.all(|other| other.name() == first.name()).then_some(first)
    }

    /// The one service that the words before an address, or the path behind it, name.
    fn named(&self, seen: Seen<'_>) -> Option<&'a Entity> {
        let all = self.composed(&seen.file.path);
        let (before, behind) = around(self.text, seen.sighting);
        let only = |name: &str| {
            let mut fits = all.iter().filter(|one| one.fit(name) == Some(Fit::Whole));
            let first = fits.next().filter(|_| !name.is_empty())?;
            fits.all(|other| other.name() == first.name()).then_some(*first)
        };
        only(before).or_else(|| only(behind))
    }

    /// The one service whose name, letter by letter, the line above prints:
    /// `echo "=== Node A (localhost:8000) ==="`.
    fn announced(&self, seen: Seen<'_>) -> Option<&'a Entity> {
        let line = line_above(self.text, seen.sighting).filter(|line| is_printed(line))?;
        let (_, said) = line.split_once("echo")?;
        let said = said.split(['(', ':']).next().unwrap_or(said);
        let letters = |name: &str| -> String {
            name.chars().filter(|one| one.is_alphanumeric()).map(|one| one.to_ascii_lowercase()).collect()
        };
        let said = letters(said);
        let all = self.composed(&seen.file.path);
        let mut named = all.iter().filter(|one| !said.is_empty() && letters(one.name()) == said);
        let first = named.next()?;
        named.all(|other| other.name() == first.name()).then_some(*first)
    }

    /// An address in what starts everything with Compose.
    fn judge_composed(&self, seen: Seen<'_>) -> Option<Disagreement> {
        let port = seen.sighting.ports.first();
        if self.is_on_host_network(&seen.file.path) {
            return None;
        }
        let is_all = !starts_beside(self.text);
        if let Some(named) = self.announced(seen).filter(|one| !one.host.is_empty()) {
            // What its image exposes beside that, only containers reach.
            return (is_all && self.said.times(port) == 0)
                .then(|| found(seen, named.name(), named.host.clone(), true));
        }
        if let Some(mapped) = self.mapped_elsewhere(seen) {
            // What is mapped elsewhere may make room for a program that has the number.
            return Some(found(seen, mapped.name(), mapped.host.clone(), is_all));
        }
        if let Some(named) = self.named(seen) {
            let is_known = named.host.is_empty() || named.may_have(port) || self.said.times(port) > 0;
            return (is_all && !is_known).then(|| found(seen, named.name(), named.host.clone(), true));
        }
        let scopes = self.links.layout.scopes_or_all(&seen.file.path);
        let is_partly = scopes.iter().any(|scope| self.links.partly_published.contains(*scope));
        let published: Vec<&Entity> =
            self.composed(&seen.file.path).into_iter().filter(|one| !one.host.is_empty()).collect();
        let only = published.first()?;
        let is_one = published.iter().all(|other| other.name() == only.name());
        // Of what is built here, its own files mention whatever these scripts ask.
        let may_have = || match only.component {
            Some(_) => only.stated().any(|one| one.ports.contains(port)),
            None => only.may_have(port),
        };
        let is_said = self.said.times(port) > 0 || may_have();
        (is_all && is_one && !is_partly && only.component.is_some() && !is_said)
            .then(|| found(seen, only.name(), only.host.clone(), true))
    }

    /// A target that is scraped on the machine: what a compose file publishes
    /// elsewhere, or the one program that there is.
    fn judge_scraped(&self, seen: Seen<'_>) -> Option<Disagreement> {
        let port = seen.sighting.ports.first();
        let is_outside = seen.sighting.host.as_deref() == Some("host.docker.internal");
        if !is_outside {
            return None;
        }
        if let Some(mapped) = self.mapped_elsewhere(seen) {
            return Some(found(seen, mapped.name(), mapped.host.clone(), mapped.component.is_none()));
        }
        // Exporters and their like have ports of their own.
        let is_tool = !is_framework_default(port);
        let is_built = self.links.entities.iter().any(|one| one.is_composed && one.component.is_some());
        if is_tool || is_built || self.said.times(port) > 0 || self.links.languages.len() != 1 {
            return None;
        }
        let listens = |one: &&Entity| !one.is_composed && !one.listening.is_empty();
        let programs: Vec<&Entity> =
            self.links.entities.iter().chain(&self.links.root).filter(listens).collect();
        let [only] = programs[..] else { return None };
        let first = only.listening.first()?;
        let is_one = only.listening.iter().all(|other| other.ports == first.ports);
        let name = if only.name().is_empty() { "the program" } else { only.name() };
        (is_one && !only.may_have(port)).then(|| found(seen, name, only.listening.clone(), true))
    }

    /// What a start script prints of the one program of a side that it starts elsewhere.
    fn judge_printed(&self, seen: Seen<'_>) -> Option<Disagreement> {
        let port = seen.sighting.ports.first();
        if self.said.times(port) > 0 {
            return None;
        }
        let line = line_of(self.text, seen.sighting);
        let label = line.split("http").next().unwrap_or(line);
        if !line.trim_start().starts_with("echo") {
            return None;
        }
        let words = words_of(label);
        let is = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
        let starts: fn(&str, usize) -> bool = match (is(BACKENDS), is(FRONTENDS)) {
            (true, false) => started::starts_a_program,
            (false, true) => started::starts_a_front,
            _ => return None,
        };
        let listens = seen.file.reading.sightings.iter().filter(|one| {
            one.role == Role::Listen
                && one.context == Context::Code
                && starts(self.text, one.span.range().start)
        });
        let right: Vec<Statement> =
            listens.map(|one| crate::repository::sides::statement(seen.file, one, "started on")).collect();
        let [only] = &right[..] else { return None };
        let folder = started::folder(self.text, only.place.span.range().start);
        let subject = folder.unwrap_or_else(|| "the program".to_owned());
        Some(found(seen, &subject, right, true))
    }
}

/// Whether a command runs somewhere else than on this machine, or starts nothing
/// that has to be there.
fn is_elsewhere(line: &str) -> bool {
    const ELSEWHERE: &[&str] = &[
        " exec ",
        "docker run",
        "podman run",
        "kubectl",
        "ssh ",
        "port-forward",
        "--network",
        "healthcheck",
    ];
    ELSEWHERE.iter().any(|word| line.contains(word))
}
