//! One program: what its source, its command, its Dockerfile and its environment
//! say that it listens on.

use std::collections::{BTreeMap, BTreeSet};

use super::contradictions::listening::starts_a_server;
use super::disagreement::Statement;
use super::links::Links;
use super::sources::{adopted, is_listening, is_setting_of_its_own, is_source};
use super::startup::Start;
use super::units::{Unit, is_own_number, is_own_port_variable};
use super::{File, Repository};
use crate::readers::words::{is_loopback, names_a_port};
use crate::readers::{Context, FileKind, FilePath, Role, Sighting};
use crate::source::Place;

/// One program and what is said of it, from what decides to what only describes.
#[derive(Debug, Default)]
pub(super) struct Program {
    pub(super) name: String,
    /// What its environment or its command makes it listen on.
    pub(super) decided: Vec<Statement>,
    /// What its source listens on by itself.
    pub(super) coded: Vec<Statement>,
    /// What its development server takes by its own configuration.
    pub(super) bundled: Vec<Statement>,
    /// Whether it starts a server that reads a file of its own, and nothing before it.
    pub(super) has_configured_server: bool,
    /// What its server listens on by itself, where nothing of the above says more.
    pub(super) supposed: Vec<Statement>,
    /// What its Dockerfile exposes.
    pub(super) exposed: Vec<Statement>,
    /// What the health check of its Dockerfile asks.
    pub(super) checked: Vec<Statement>,
    /// The container's ports that a compose file maps.
    pub(super) mapped: Vec<Statement>,
    /// Whether somebody runs it otherwise than by a compose file, which is held against it.
    pub(super) is_run: bool,
    /// Whether a profile that is turned on says where it listens.
    pub(super) is_of_a_profile: bool,
    /// Whether a compose file starts it otherwise than its Dockerfile does.
    pub(super) is_started_otherwise: bool,
    /// Any number that its own files mention, `EXPOSE` aside.
    pub(super) mentioned: BTreeSet<u16>,
    /// The variables that its environment sets: what stands in for them does not count.
    pub(super) variables: BTreeSet<String>,
    /// The variables that its image sets, and nobody takes away.
    pub(super) baked: BTreeSet<String>,
    /// What would stand in for a variable that its environment sets: what the
    /// image listens on by itself.
    pub(super) alone: BTreeSet<u16>,
    /// What it is called.
    pub(super) names: Vec<String>,
}

impl Program {
    /// That of a service of compose files.
    pub(super) fn of_unit(repository: &Repository, links: &Links, unit: &Unit, component: &str) -> Self {
        let mut program = Self { name: unit.name.clone(), mapped: unit.targets.clone(), ..Self::default() };
        let start = links.starts.of_unit(unit);
        // An option that says the port is stronger than a variable.
        let is_settled =
            unit.commanded.len() == 1 && start.is_some_and(|start| takes_no_variable(&start.program));
        let told = unit.told.iter().filter(|_| !is_settled);
        program.decided.extend(told.chain(&unit.commanded).cloned());
        program.exposed.clone_from(&unit.exposed);
        program.is_started_otherwise = unit.has_command;
        let serves_files = unit.dockerfiles.iter().any(|path| links.web_servers.contains(path))
            || unit.command().is_some_and(starts_a_server);
        program.variables.clone_from(&unit.variables);
        program.names.push(unit.name.clone());
        program.names.extend(unit.aliases.iter().cloned());
        for file in unit.dockerfiles.iter().filter_map(|path| repository.file(path)) {
            program.baked.extend(baked(file));
        }
        program.add_profile(repository, links, unit, component);
        program.has_configured_server = is_configured(start);
        if program.decided.is_empty() {
            program.decided.extend(start.iter().flat_map(|start| start.said.iter().cloned()));
        }
        program.add_sources(repository, links, component, !serves_files);
        let tells = |name: &String| {
            let ends = ["_ARGS", "URLS", "HTTP_PORTS"].iter().any(|end| name.ends_with(end));
            names_a_port(name) || ends || name.starts_with("Kestrel")
        };
        let is_told = unit.variables.iter().any(tells);
        program.suppose(start.filter(|_| !is_told));
        program
    }

    /// Adds what its server listens on by itself, where nothing says another port.
    fn suppose(&mut self, start: Option<&Start>) {
        let is_open = self.decided.is_empty() && self.coded.is_empty() && self.baked.is_empty();
        self.supposed.extend(start.filter(|_| is_open).and_then(|start| start.own.clone()));
    }

    /// That of an image whose Dockerfile states no port.
    pub(super) fn of_missing(repository: &Repository, links: &Links, dockerfile: &str) -> Self {
        let folder = FilePath::new(dockerfile).folder();
        let mut program = Self { name: named(folder), is_run: true, ..Self::default() };
        let start = links.starts.of_file(dockerfile);
        // Without a service that is built by it, nothing is known of its program.
        let Some(start) = start else { return program };
        program.has_configured_server = is_configured(Some(start));
        program.decided.extend(start.said.iter().cloned());
        program.add_sources(repository, links, folder, !links.web_servers.contains(dockerfile));
        program.suppose(Some(start));
        program
    }

    /// That of an image.
    pub(super) fn of_dockerfile(repository: &Repository, links: &Links, file: &File, is_run: bool) -> Self {
        let folder = file.path().folder();
        let mut program = Self { name: named(folder), ..Self::default() };
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
        let start = links.starts.of_file(&file.path);
        program.has_configured_server = is_configured(start);
        if program.decided.is_empty() {
            program.decided.extend(start.iter().flat_map(|start| start.said.iter().cloned()));
        }
        program.add_sources(repository, links, folder, !links.web_servers.contains(&file.path));
        program.suppose(start);
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
        // The server that is started reads it, whatever the source would do by itself.
        let is_configured =
            self.has_configured_server && is_server_configuration(file) && is_listening(sighting, &[]);
        let is_served = !listens && file.reader == "nginx" && sighting.role == Role::Listen;
        if is_configured || is_served || (listens && is_source(file) && is_listening(sighting, &self.names)) {
            self.coded.push(statement);
        } else if listens && is_source(file) && is_setting_of_its_own(sighting) {
            settings.push(statement);
        }
    }
}

/// What to call the program of a folder.
fn named(folder: &str) -> String {
    let name = folder.rsplit('/').next().filter(|name| !name.is_empty());
    name.unwrap_or("the program").to_owned()
}

/// The variables of its own port that a Dockerfile sets.
fn baked(file: &File) -> impl Iterator<Item = String> + '_ {
    let sets = |sighting: &&Sighting| sighting.role == Role::Assign && sighting.context == Context::Code;
    let names = file.reading.sightings.iter().filter(sets).filter_map(|sighting| sighting.variable.clone());
    names.filter(|name| is_own_port_variable(name))
}

fn mention(mentioned: &mut BTreeSet<u16>, sighting: &Sighting) {
    mentioned.extend(sighting.ports.ports().take(64).map(crate::model::Port::get));
}

/// Whether a server listens where its option says, whatever its environment has.
fn takes_no_variable(program: &str) -> bool {
    matches!(
        program,
        "uvicorn" | "gunicorn" | "hypercorn" | "daphne" | "flask" | "fastapi" | "streamlit" | "granian"
    )
}

/// Whether what is started is a server that reads where it listens from a file.
fn is_configured(start: Option<&Start>) -> bool {
    start.is_some_and(|start| {
        matches!(start.program.as_str(), "gunicorn" | "hypercorn" | "uwsgi" | "puma" | "rails")
    })
}

/// Whether a file is the configuration of a server that listens for a program.
fn is_server_configuration(file: &File) -> bool {
    let name = file.path().name();
    let is_of =
        |server: &str| name.strip_prefix(server).is_some_and(|rest| rest.starts_with(['.', '-', '_']));
    name == "puma.rb" || ["gunicorn", "hypercorn", "uwsgi"].into_iter().any(is_of)
}

/// What services listen on of which neither a compose file nor a Dockerfile says it.
pub(super) fn sourced(repository: &Repository, links: &Links) -> BTreeMap<Place, Vec<Statement>> {
    let mut found = BTreeMap::new();
    let is_silent = |unit: &&Unit| {
        unit.stated().next().is_none() && !unit.has_command && !unit.is_on_host_network && !unit.is_told_all
    };
    for unit in links.units.iter().filter(is_silent) {
        let Some(component) = &unit.component else { continue };
        let program = Program::of_unit(repository, links, unit, component);
        let said =
            [&program.decided, &program.coded, &program.supposed].into_iter().find(|all| !all.is_empty());
        let said = said.filter(|all| all.iter().all(|one| one.ports == all[0].ports));
        found.extend(said.map(|said| (unit.place, said.clone())));
    }
    found
}
