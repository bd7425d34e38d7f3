//! What one program is said to listen on: by its source, its command, its
//! Dockerfile, its environment and the compose file that publishes it.

use std::collections::BTreeSet;

use super::disagreement::{Disagreement, Statement, Topic};
use super::links::Links;
use super::runs::Run;
use super::sources::{adopted, is_listening, is_setting_of_its_own, is_source};
use super::units::{Unit, is_own_number, is_own_port_variable};
use super::{File, Repository};
use crate::diagnostic::Confidence;
use crate::readers::words::is_loopback;
use crate::readers::{Context, FileKind, Role, Sighting};
use crate::source::Place;

/// Every program of which different places say that it listens on different ports.
pub(super) fn listening(repository: &Repository, links: &Links) -> Vec<Disagreement> {
    let mut found = Vec::new();
    let mut judged = BTreeSet::new();
    for unit in links.units.iter().filter(|unit| !unit.is_on_host_network) {
        let Some(component) = &unit.component else { continue };
        judged.insert(component.clone());
        let program = Program::of_unit(repository, links, unit, component);
        found.extend(program.judge());
    }
    for file in repository.files.iter().filter(|file| file.reader == "dockerfile") {
        let folder = file.path().folder();
        if !judged.contains(folder) && file.path().kind() == FileKind::Plain {
            let program = Program::of_dockerfile(repository, links, file, false);
            found.extend(program.judge());
            found.extend(program.judge_checked());
        }
    }
    found
}

/// Every container's port that a document maps of an image that it builds, and
/// that nothing of the program speaks of.
pub(super) fn runs(repository: &Repository, links: &Links) -> Vec<Disagreement> {
    let judge = |run: &Run| {
        let wrong = [run.statement.clone()];
        let file = repository.file(&run.dockerfile);
        let program = file.map(|file| Program::of_dockerfile(repository, links, file, true));
        let program = match program {
            Some(program) => program,
            None => Program { name: "the program".to_owned(), ..Program::default() },
        };
        let said = [&program.decided[..], &program.coded, &program.exposed].concat();
        if let Some(told) = run.told.clone().filter(|told| !told.ports.overlaps(run.statement.ports)) {
            return Some(program.found(&wrong, &[&[told], &program.exposed], true));
        }
        let is_known = meet(&wrong, &said) || program.is_mentioned(&wrong);
        (!said.is_empty() && !is_known).then(|| program.found(&wrong, &[&said], true))
    };
    links.runs.iter().filter_map(judge).collect()
}

/// One program and what is said of it, from what decides to what only describes.
#[derive(Debug, Default)]
struct Program {
    name: String,
    /// What its environment or its command makes it listen on.
    decided: Vec<Statement>,
    /// What its source listens on by itself.
    coded: Vec<Statement>,
    /// What its development server takes by its own configuration.
    bundled: Vec<Statement>,
    /// What its Dockerfile exposes.
    exposed: Vec<Statement>,
    /// What the health check of its Dockerfile asks.
    checked: Vec<Statement>,
    /// The container's ports that a compose file maps.
    mapped: Vec<Statement>,
    /// Whether somebody runs it otherwise than by a compose file, which is held against it.
    is_run: bool,
    /// Whether a profile that is turned on says where it listens.
    is_of_a_profile: bool,
    /// Whether a compose file starts it otherwise than its Dockerfile does.
    is_started_otherwise: bool,
    /// Any number that its own files mention, `EXPOSE` aside.
    mentioned: BTreeSet<u16>,
    /// The variables that its environment sets: what stands in for them does not count.
    variables: BTreeSet<String>,
    /// The variables that its image sets, and nobody takes away.
    baked: BTreeSet<String>,
    /// What would stand in for a variable that its environment sets: what the
    /// image listens on by itself.
    alone: BTreeSet<u16>,
    /// What it is called.
    names: Vec<String>,
}

impl Program {
    fn of_unit(repository: &Repository, links: &Links, unit: &Unit, component: &str) -> Self {
        let mut program = Self { name: unit.name.clone(), mapped: unit.targets.clone(), ..Self::default() };
        program.decided.extend(unit.told.iter().chain(&unit.commanded).cloned());
        program.exposed.clone_from(&unit.exposed);
        program.is_started_otherwise = unit.has_command;
        let serves_files = unit.dockerfiles.iter().any(|path| links.web_servers.contains(path))
            || unit.command.as_deref().is_some_and(starts_a_server);
        program.variables.clone_from(&unit.variables);
        program.names.push(unit.name.clone());
        program.names.extend(unit.aliases.iter().cloned());
        for file in unit.dockerfiles.iter().filter_map(|path| repository.file(path)) {
            program.baked.extend(baked(file));
        }
        program.add_profile(repository, links, unit, component);
        program.add_sources(repository, links, component, !serves_files);
        program
    }

    fn of_dockerfile(repository: &Repository, links: &Links, file: &File, is_run: bool) -> Self {
        let folder = file.path().folder();
        let mut program =
            Self { name: folder.rsplit('/').next().unwrap_or("").to_owned(), ..Self::default() };
        if program.name.is_empty() {
            "the program".clone_into(&mut program.name);
        }
        program.baked.extend(baked(file));
        program.is_run = is_run;
        for sighting in file.reading.sightings.iter().filter(|sighting| sighting.context == Context::Code) {
            let statement = |role| Statement {
                ports: sighting.ports,
                place: Place { source: file.source, span: sighting.span },
                role,
            };
            match sighting.role {
                Role::Expose => program.exposed.push(statement("exposed")),
                Role::Listen => program.decided.push(statement("listened on")),
                Role::Assign if sighting.variable.as_deref().is_some_and(is_own_port_variable) => {
                    program.decided.push(statement("told to listen on"));
                }
                Role::Connect if sighting.host.as_deref().is_some_and(is_loopback) => {
                    program.checked.push(statement("asked by the health check"));
                }
                Role::Connect => {}
                _ => mention(&mut program.mentioned, sighting),
            }
        }
        program.add_sources(repository, links, folder, !links.web_servers.contains(&file.path));
        program
    }

    /// Adds what the settings of the one Spring profile say that the environment turns on.
    fn add_profile(&mut self, repository: &Repository, links: &Links, unit: &Unit, component: &str) {
        let profile = unit.environment.iter().find(|(name, _)| name == "SPRING_PROFILES_ACTIVE");
        let Some(profile) = profile.map(|(_, value)| value.trim()).filter(|_| self.decided.is_empty()) else {
            return;
        };
        let own = links.layout.files_of(component).iter().filter_map(|index| repository.files.get(*index));
        let is_its = |file: &&File| {
            let stem = file.path().name().rsplit_once('.').map_or("", |(stem, _)| stem);
            file.reader == "spring" && stem.strip_prefix("application-") == Some(profile)
        };
        for file in own.filter(is_its) {
            let listens = |one: &&Sighting| one.role == Role::Listen && one.context == Context::Code;
            let all = file.reading.sightings.iter().filter(listens);
            self.decided.extend(all.map(|one| Statement {
                ports: one.ports,
                place: Place { source: file.source, span: one.span },
                role: "listened on",
            }));
        }
        self.is_of_a_profile = !self.decided.is_empty();
    }

    /// Adds what the program's own files say.
    fn add_sources(&mut self, repository: &Repository, links: &Links, component: &str, listens: bool) {
        self.names.extend(component.rsplit('/').next().filter(|name| !name.is_empty()).map(str::to_owned));
        let adopted = if listens { adopted(links, component) } else { None };
        let own = links.layout.files_of(component).iter();
        let own = own.chain(adopted.map_or(&[][..], |folder| links.layout.files_of(folder)));
        let mut settings = Vec::new();
        for file in own.filter_map(|index| repository.files.get(*index)) {
            let is_other = file.is_document() || matches!(file.reader, "compose" | "dockerfile");
            if is_other || file.path().kind() != FileKind::Plain {
                continue;
            }
            // What only this machine reaches is not what a container is published for.
            let listens = listens && !links.local_only.contains(&file.source);
            for sighting in file.reading.sightings.iter().filter(|sighting| sighting.context == Context::Code)
            {
                self.add_source(file, sighting, listens, &mut settings);
            }
        }
        // One number under a name that says `port` and no more is what the program reads.
        if self.coded.is_empty() && settings.iter().all(|one: &Statement| one.ports == settings[0].ports) {
            self.coded = settings;
        }
    }

    fn add_source(&mut self, file: &File, sighting: &Sighting, listens: bool, settings: &mut Vec<Statement>) {
        let variable = sighting.variable.as_deref().filter(|_| sighting.role == Role::Fallback);
        if let Some(name) =
            variable.filter(|name| self.variables.contains(*name) || self.baked.contains(*name))
        {
            if !self.baked.contains(name) {
                mention(&mut self.alone, sighting);
            }
            return;
        }
        // What is mapped to it, and what a cluster lists, is held against the program.
        let is_of_a_runner = self.is_run
            && (sighting.container.is_some() || file.reader == "kubernetes" && sighting.role == Role::Expose);
        let is_turned_off = self.is_of_a_profile && file.reader == "spring" && sighting.role == Role::Listen;
        if sighting.role != Role::Connect && is_own_number(sighting) && !is_of_a_runner && !is_turned_off {
            mention(&mut self.mentioned, sighting);
        }
        let place = Place { source: file.source, span: sighting.span };
        let statement = Statement { ports: sighting.ports, place, role: "listened on" };
        if listens && file.reader == "vite" && sighting.role == Role::Listen {
            self.bundled.push(statement.clone());
        }
        let is_served = !listens && file.reader == "nginx" && sighting.role == Role::Listen;
        if is_served || (listens && is_source(file) && is_listening(sighting, &self.names)) {
            self.coded.push(statement);
        } else if listens && is_source(file) && is_setting_of_its_own(sighting) {
            settings.push(statement);
        }
    }

    fn judge(&self) -> Option<Disagreement> {
        self.judge_mapped().or_else(|| self.judge_exposed())
    }

    /// What the Dockerfile's own health check asks against what is said to listen.
    fn judge_checked(&self) -> Option<Disagreement> {
        let said = [&self.decided[..], &self.coded, &self.exposed].concat();
        let is_known = meet(&self.checked, &said) || self.is_mentioned(&self.checked);
        if self.checked.is_empty() || said.is_empty() || is_known {
            return None;
        }
        let found = self.found(&self.checked, &[&said], true);
        Some(Disagreement { topic: Topic::HealthCheck, ..found })
    }

    /// What is mapped into the container against what listens there.
    fn judge_mapped(&self) -> Option<Disagreement> {
        if self.mapped.is_empty() {
            return None;
        }
        if !self.decided.is_empty() {
            let is_met = meet(&self.decided, &self.mapped);
            return (!is_met && !self.is_mentioned(&self.mapped))
                .then(|| self.found(&self.decided, &[&self.mapped, &self.exposed], true));
        }
        if !self.coded.is_empty() && !meet(&self.coded, &self.mapped) && !self.is_mentioned(&self.mapped) {
            return Some(self.found(&self.coded, &[&self.mapped, &self.exposed], self.coded.len() == 1));
        }
        if self.is_bundled_elsewhere() {
            return Some(self.found(&self.bundled, &[&self.mapped], true));
        }
        if self.coded.is_empty()
            && !self.is_started_otherwise
            && !self.exposed.is_empty()
            && !meet(&self.exposed, &self.mapped)
            && !self.is_mentioned(&self.mapped)
        {
            return Some(self.found(&self.exposed, &[&self.mapped], true));
        }
        None
    }

    /// Whether a container that runs a development server is mapped where that
    /// listens by itself, and its configuration takes it elsewhere.
    fn is_bundled_elsewhere(&self) -> bool {
        /// Nothing but Vite's development server has it by itself.
        const OWN: u16 = 5173;
        let is_own = |one: &Statement| one.ports.len() == 1 && one.ports.first().get() == OWN;
        self.coded.is_empty()
            && !self.is_started_otherwise
            && self.mapped.iter().all(is_own)
            && self.bundled.len() == 1
            && !meet(&self.bundled, &self.mapped)
            && !self.is_mentioned(&self.mapped)
    }

    /// What is exposed against what listens.
    fn judge_exposed(&self) -> Option<Disagreement> {
        let listens = if self.decided.is_empty() { &self.coded } else { &self.decided };
        if self.is_started_otherwise
            || self.exposed.is_empty()
            || listens.is_empty()
            || meet(&self.exposed, listens)
            || self.is_mentioned(&self.exposed)
            || self
                .exposed
                .iter()
                .any(|one| one.ports.ports().take(64).any(|port| self.alone.contains(&port.get())))
        {
            return None;
        }
        // What is mapped rightly is reached whatever is exposed.
        let is_sure = listens.len() == 1 && self.exposed.len() == 1;
        Some(self.found(&self.exposed, &[listens, &self.mapped], is_sure))
    }

    fn is_mentioned(&self, statements: &[Statement]) -> bool {
        statements.iter().any(|statement| {
            statement.ports.ports().take(64).any(|port| self.mentioned.contains(&port.get()))
        })
    }

    fn found(&self, wrong: &[Statement], right: &[&[Statement]], is_sure: bool) -> Disagreement {
        Disagreement {
            topic: Topic::Listening,
            subject: self.name.clone(),
            wrong: wrong.to_vec(),
            right: right.concat(),
            confidence: if is_sure { Confidence::High } else { Confidence::Medium },
        }
    }
}

/// The variables of its own port that a Dockerfile sets.
fn baked(file: &File) -> impl Iterator<Item = String> + '_ {
    let sets = |sighting: &&Sighting| sighting.role == Role::Assign && sighting.context == Context::Code;
    let names = file.reading.sightings.iter().filter(sets).filter_map(|sighting| sighting.variable.clone());
    names.filter(|name| is_own_port_variable(name))
}

fn meet(one: &[Statement], other: &[Statement]) -> bool {
    one.iter().any(|one| other.iter().any(|other| one.ports.overlaps(other.ports)))
}

fn mention(mentioned: &mut BTreeSet<u16>, sighting: &Sighting) {
    mentioned.extend(sighting.ports.ports().take(64).map(crate::model::Port::get));
}

/// Whether a command starts a server that listens for the program: what its
/// source would listen on by itself does not count then.
fn starts_a_server(command: &str) -> bool {
    const SERVERS: &[&str] = &[
        "gunicorn",
        "uvicorn",
        "hypercorn",
        "daphne",
        "granian",
        "waitress",
        "uwsgi",
        "flask",
        "fastapi",
        "celery",
        "streamlit",
        "nginx",
        "next",
        "vite",
        "serve",
        "http-server",
        "puma",
        "rails",
        "php",
        "apache2",
        "caddy",
    ];
    let mut words =
        command.split(|character: char| !(character.is_ascii_alphanumeric() || "-_.".contains(character)));
    words.any(|word| SERVERS.contains(&word))
}

/// Whether what a Dockerfile ends with is a web server for built files, or a
/// server that is told by its command: what the source listens on is then
/// only for development.
pub(super) fn is_web_server(text: &str) -> bool {
    let from = text.lines().rev().find_map(|line| {
        let line = line.trim_start();
        line.get(..5)
            .filter(|word| word.eq_ignore_ascii_case("from "))
            .map(|_| line[5..].to_ascii_lowercase())
    });
    let is_command = |line: &&str| {
        let line = line.trim_start().to_ascii_uppercase();
        line.starts_with("CMD") || line.starts_with("ENTRYPOINT")
    };
    if text.lines().filter(is_command).any(starts_a_server) {
        return true;
    }
    from.is_some_and(|image| {
        ["nginx", "caddy", "httpd", "apache", "static-web-server", "busybox"]
            .iter()
            .any(|name| image.contains(name))
    })
}
