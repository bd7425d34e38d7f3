//! What documents say of the programs of folders, held against what the
//! folders' env files and sources say, and against other documents.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Confidence;
use crate::model::Port;
use crate::readers::words::is_loopback;
use crate::readers::{Context, FileKind, Role, join};
use crate::repository::disagreement::{Disagreement, Statement, Topic};
use crate::repository::guides::{Claim, Way, claims};
use crate::repository::layout::{domain, is_below, upwards};
use crate::repository::links::Links;
use crate::repository::places::Known;
use crate::repository::units::is_own_port_variable;
use crate::repository::{File, Repository, Seen};
use crate::source::Sources;

/// Names of env files that everybody has, or makes a copy of.
const ENV_FILES: &[&str] = &[
    ".env",
    ".env.local",
    ".env.development",
    ".env.example",
    ".env.sample",
    ".env.template",
    ".env.dist",
    "env.example",
    "env.sample",
    "example.env",
];

/// Every number that documents give the program of a folder and that it does not have.
pub(in crate::repository) fn told(
    repository: &Repository,
    links: &Links,
    sources: &Sources,
) -> Vec<Disagreement> {
    let folders: BTreeSet<&str> =
        repository.files.iter().flat_map(|file| upwards(file.path().folder()).collect::<Vec<_>>()).collect();
    let fronts: BTreeSet<&str> = links.sides.fronts.iter().map(|front| front.folder.as_str()).collect();
    let mut by_folder: BTreeMap<String, Vec<Claim<'_>>> = BTreeMap::new();
    let is_read = |file: &&File| {
        (file.is_document() || file.reader == "shell") && file.path().kind() == FileKind::Plain
    };
    for file in repository.files.iter().filter(is_read).filter(|file| !file.reading.sightings.is_empty()) {
        let text = sources.get(file.source).text();
        let home = domain(file.path().folder());
        let is_plain = fronts.is_empty() && links.units.is_empty() && links.bundled.is_empty();
        let known = Known { home, folders: &folders, fronts: &fronts, is_plain, text };
        for claim in claims(file, text, &known) {
            by_folder.entry(claim.folder.clone()).or_default().push(claim);
        }
    }
    by_folder.iter().flat_map(|(folder, claims)| judge(folder, claims, repository, links)).collect()
}

fn judge(folder: &str, claims: &[Claim<'_>], repository: &Repository, links: &Links) -> Vec<Disagreement> {
    let program = Program::of(folder, repository, links);
    let mut found: Vec<Disagreement> = claims
        .iter()
        .filter(|claim| claim.way == Way::Setting)
        .filter_map(|claim| program.judge_setting(claim))
        .collect();
    found.extend(claims.iter().filter_map(|claim| program.judge(claim, claims, links)));
    found
}

/// The program of a folder, by its own files.
struct Program<'a> {
    name: String,
    /// The env files of the folder.
    env_files: Vec<&'a File>,
    /// What they tell it, or where they do not, what its own source listens on.
    right: Vec<Statement>,
    /// Whether an env file tells it.
    is_set: bool,
    /// Whether nothing but a tool's own default says what it listens on.
    is_default: bool,
    /// Whether it is a front end.
    is_front: bool,
    /// Whether a script or a configuration says where it is served.
    is_told: bool,
    /// Any other number that it may be reached on.
    known: BTreeSet<u16>,
    /// What scripts of the folder ask of this machine.
    asked: Vec<Statement>,
}

fn statement(seen: Seen<'_>, role: &'static str) -> Statement {
    Statement { ports: seen.sighting.ports, place: seen.place(), role }
}

impl<'a> Program<'a> {
    fn of(folder: &str, repository: &'a Repository, links: &'a Links) -> Self {
        if folder.rsplit('/').next() == Some("Procfile") {
            return Self::of_procfile(folder, repository);
        }
        let env_files: Vec<&File> = repository
            .files
            .iter()
            .filter(|file| file.is_env_file() && file.path().folder() == folder)
            .filter(|file| ENV_FILES.contains(&file.path().name()))
            .collect();
        let own = |file: &'a File| {
            let seen = file.reading.sightings.iter().map(move |sighting| Seen { file, sighting });
            seen.filter(|seen| {
                let name = seen.sighting.variable.as_deref();
                seen.sighting.context == Context::Code
                    && seen.sighting.role == Role::Assign
                    && seen.sighting.host.is_none()
                    && name.is_some_and(is_own_port_variable)
            })
        };
        let set: Vec<Statement> = env_files
            .iter()
            .flat_map(|file| own(file))
            .map(|seen| statement(seen, "told to listen on"))
            .collect();
        let front = links.sides.fronts.iter().find(|front| front.folder == folder);
        let served = front.filter(|front| !front.is_default && !front.served.is_empty());
        let mut known: BTreeSet<u16> = front.map(|front| front.known.clone()).unwrap_or_default();
        let units = links.units.iter().filter(|unit| unit.component.as_deref() == Some(folder));
        let published = units.flat_map(|unit| unit.host.iter().chain(&unit.targets));
        known.extend(published.flat_map(|one| one.ports.ports().take(64)).map(Port::get));
        let mut listening = Vec::new();
        if let Some(program) = links.programs.get(folder) {
            known.extend(&program.mentioned);
            listening.clone_from(&program.listening);
        }
        known.extend(managed(folder, repository));
        let set = [set, launched(folder, repository)].concat();
        let is_set = !set.is_empty() && served.is_none();
        let right = match (served, is_set) {
            (Some(front), _) => front.served.clone(),
            (None, true) => [set, listening].concat(),
            // What a bundler serves has a number of its own.
            (None, false) => front.map_or(listening, |front| front.served.clone()),
        };
        let is_default = served.is_none() && !is_set && front.is_some();
        let name =
            folder.rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or("the program").to_owned();
        let is_told = served.is_some() && links.units.is_empty();
        Self {
            name,
            env_files,
            right,
            is_set,
            is_default,
            is_front: front.is_some(),
            is_told,
            known,
            asked: asked(folder, repository),
        }
    }

    /// What starts together with a Procfile.
    fn of_procfile(path: &str, repository: &'a Repository) -> Self {
        let seen = repository
            .file(path)
            .into_iter()
            .flat_map(|file| file.reading.sightings.iter().map(move |sighting| Seen { file, sighting }));
        let listens = |seen: &Seen<'_>| seen.sighting.role == Role::Listen;
        let right: Vec<Statement> =
            seen.clone().filter(listens).map(|seen| statement(seen, "listened on")).collect();
        let known = seen.flat_map(|seen| seen.sighting.ports.ports().take(64)).map(Port::get).collect();
        Self {
            name: "the program".to_owned(),
            env_files: Vec::new(),
            right,
            is_set: false,
            is_default: false,
            is_front: false,
            is_told: false,
            known,
            asked: Vec::new(),
        }
    }

    fn has(&self, port: Port) -> bool {
        self.right.iter().any(|one| one.ports.contains(port)) || self.known.contains(&port.get())
    }

    fn found(&self, claim: &Claim<'_>, right: Vec<Statement>) -> Disagreement {
        let wrong = statement(Seen { file: claim.file, sighting: claim.sighting }, "documented");
        let subject = self.name.clone();
        Disagreement {
            topic: Topic::Document,
            subject,
            wrong: vec![wrong],
            right,
            confidence: Confidence::High,
        }
    }

    /// A line of an env file that a document shows, against the file.
    fn judge_setting(&self, claim: &Claim<'_>) -> Option<Disagreement> {
        let variable = claim.sighting.variable.as_deref()?;
        let seen = self
            .env_files
            .iter()
            .flat_map(|file| file.reading.sightings.iter().map(|sighting| Seen { file, sighting }));
        let of_it: Vec<Seen<'_>> =
            seen.filter(|seen| seen.sighting.variable.as_deref() == Some(variable)).collect();
        let is_there = of_it.iter().any(|seen| seen.sighting.ports == claim.sighting.ports);
        let right: Vec<Statement> = of_it
            .iter()
            .filter(|seen| seen.sighting.context == Context::Code)
            .map(|seen| statement(*seen, "set"))
            .collect();
        (!is_there && !right.is_empty()).then(|| self.found(claim, right))
    }

    /// What a document says that the program listens on, against what it does.
    fn judge(&self, claim: &Claim<'_>, all: &[Claim<'_>], links: &Links) -> Option<Disagreement> {
        let port = claim.sighting.ports.first();
        // A name may mean another program that somebody runs there.
        if claim.way == Way::Label && (links.open.contains(&port.get()) || !self.is_told) {
            return None;
        }
        // What the only program of all would show, somebody else may have; what a
        // tool takes by itself is sure where nothing else is there.
        let is_elsewhere = links.numbers.contains(&port.get());
        let is_open = claim.way == Way::Page && !self.is_front;
        let is_unsure = self.is_default
            && (claim.way == Way::Setting || claim.way == Way::Label || !links.units.is_empty());
        if is_unsure || is_elsewhere && (is_open || self.is_default) {
            return None;
        }
        let is_own = |claim: &Claim<'_>| {
            claim.way != Way::Setting || claim.sighting.variable.as_deref().is_some_and(is_own_port_variable)
        };
        let first = self.right.first()?.ports;
        // Who knows the number gives another one to something else.
        let is_vague = matches!(claim.way, Way::Page | Way::Label);
        if is_vague && claim.file.reading.sightings.iter().any(|one| one.ports == first) {
            return None;
        }
        let is_one = self.right.iter().all(|one| one.ports == first);
        if self.has(port) || !is_own(claim) || !(is_one || self.is_set) {
            return None;
        }
        let says_right = |other: &&Claim<'_>| {
            is_own(other) && self.right.iter().any(|one| one.ports.contains(other.sighting.ports.first()))
        };
        // Who says both numbers speaks of two ways.
        if all.iter().filter(says_right).any(|other| std::ptr::eq(other.file, claim.file)) {
            return None;
        }
        let others: Vec<&Claim<'_>> = all.iter().filter(says_right).collect();
        // An env file that a document has its readers write decides; another document may have it otherwise.
        let is_written = all.iter().any(|other| {
            other.way == Way::Setting && is_own(other) && other.sighting.ports == claim.sighting.ports
        });
        if (claim.way == Way::Setting || is_written) && !self.is_set && others.is_empty() {
            return None;
        }
        let documented = others
            .iter()
            .map(|other| statement(Seen { file: other.file, sighting: other.sighting }, "documented"));
        let asked = self.asked.iter().filter(|one| first == one.ports).cloned();
        Some(self.found(claim, self.right.iter().cloned().chain(documented).chain(asked).collect()))
    }
}

/// What the launch settings of the program of a folder have it listen on: those
/// beside it, or the only ones below it.
fn launched(folder: &str, repository: &Repository) -> Vec<Statement> {
    let files = repository
        .files
        .iter()
        .filter(|file| file.reader == "launch-settings" && is_below(&file.path, folder));
    let files: Vec<&File> = files.filter(|file| file.path().kind() == FileKind::Plain).collect();
    let own = join(folder, "Properties/launchSettings.json");
    let file = match files[..] {
        [only] => Some(only),
        _ => files.iter().copied().find(|file| Some(&file.path) == own.as_ref()),
    };
    let seen = file
        .into_iter()
        .flat_map(|file| file.reading.sightings.iter().map(move |sighting| Seen { file, sighting }));
    seen.filter(|seen| seen.sighting.role == Role::Listen).map(|seen| statement(seen, "started on")).collect()
}

/// Every number that a manager of processes gives the program of a folder.
fn managed(folder: &str, repository: &Repository) -> BTreeSet<u16> {
    let programs = |file: &'_ File| -> Vec<u16> {
        let home = file.path().folder();
        let is_its = |other: &str| join(home, other).is_some_and(|other| is_below(&other, folder));
        let own = file.reading.managed.iter().filter(|program| is_its(&program.folder));
        let spans: Vec<_> = own.flat_map(|program| &program.ports).collect();
        let sightings = file.reading.sightings.iter().filter(|one| spans.contains(&&one.span));
        sightings.map(|one| one.ports.first().get()).collect()
    };
    repository.files.iter().filter(|file| !file.reading.managed.is_empty()).flat_map(programs).collect()
}

/// What scripts of a folder ask of this machine.
fn asked(folder: &str, repository: &Repository) -> Vec<Statement> {
    let scripts = repository.files.iter().filter(|file| file.reader == "shell" && !folder.is_empty());
    let seen = scripts
        .filter(|file| file.path().folder() == folder)
        .flat_map(|file| file.reading.sightings.iter().map(move |sighting| Seen { file, sighting }));
    let is_asked = |seen: &Seen<'_>| {
        seen.sighting.role == Role::Connect && seen.sighting.host.as_deref().is_some_and(is_loopback)
    };
    seen.filter(is_asked).map(|seen| statement(seen, "asked")).collect()
}
