//! What belongs together in a repository, worked out once.

use std::collections::{BTreeMap, BTreeSet};

use super::contradictions::{addresses, cluster, documented, listening, references, variables};
use super::disagreement::{Disagreement, Statement, merge};
use super::entities::{Entity, entities, is_development_server, programs};
use super::known::{Entities, Numbers, Units};
use super::launched::Launched;
use super::layout::{Layout, is_below};
use super::passages::{Passages, starts_all};
use super::runs::Run;
use super::sides::Sides;
use super::startup::Starts;
use super::units::{Unit, component_of_build, units};
use super::{File, Repository, Seen, Together, sources, ways};
use crate::model::Port;
use crate::readers::compose::Texts;
use crate::readers::words::{is_loopback, is_wildcard};
use crate::readers::{Context, FileKind, Role, Side, Sighting};
use crate::source::{Place, SourceId};

/// What belongs together.
#[derive(Clone, Debug, Default)]
pub(super) struct Links {
    /// The folders.
    pub(super) layout: Layout,
    /// The services of compose files.
    pub(super) units: Units,
    /// Whatever has a name and ports.
    pub(super) entities: Entities,
    /// The program that lies in no folder.
    pub(super) root: Option<Entity>,
    /// Folders whose own source listens.
    pub(super) sources: BTreeSet<String>,
    /// Folders that an image is built from.
    pub(super) imaged: BTreeSet<String>,
    /// Every number that stands somewhere else than in a document.
    pub(super) numbers: BTreeSet<u16>,
    /// Every number that somebody publishes on the machine, or that a program takes there.
    pub(super) on_host: BTreeSet<u16>,
    /// Numbers that may be ones of the machine, those of compose files in hidden folders left out.
    pub(super) in_sight: BTreeSet<u16>,
    /// Folders that a program each is built from, with what it listens on; the root is one, too.
    pub(super) programs: BTreeMap<String, Entity>,
    /// Folders whose packages name a bundler: a development server, which has a number of its own.
    pub(super) bundled: BTreeSet<String>,
    /// The languages that programs are written in, by their folders.
    pub(super) languages: BTreeMap<String, BTreeSet<String>>,
    /// What documents say around their numbers.
    pub(super) passages: Passages,
    /// Front ends and the programs behind them.
    pub(super) sides: Sides,
    /// Folders of compose files with a service that they do not say of where it is on the machine.
    pub(super) partly_published: BTreeSet<String>,
    /// Every number that a service publishes, or that a program takes which no compose file runs.
    pub(super) taken: Numbers,
    /// What documents run of the images that they build.
    pub(super) runs: Vec<Run>,
    /// Every number that something publishes, exposes or listens on.
    pub(super) open: BTreeSet<u16>,
    /// Every number that something outside containers has or asks for.
    pub(super) local: BTreeSet<u16>,
    /// Documents that start everything with Compose, and nothing in another way.
    pub(super) compose_documents: BTreeSet<SourceId>,
    /// Those of them that never start only some of the services.
    pub(super) whole_documents: BTreeSet<SourceId>,
    /// Documents that name a hidden folder with a compose file in it: they may start that.
    pub(super) of_hidden_sets: BTreeSet<SourceId>,
    /// Dockerfiles that end with a web server for built files, or start a server that listens for the program.
    pub(super) web_servers: BTreeSet<String>,
    /// What one file starts beside each other.
    pub(super) beside: Vec<Together>,
    /// What start scripts start by names.
    pub(super) launched: Vec<Launched>,
    /// What containers start, by the paths of Dockerfiles and by services of compose files.
    pub(super) starts: Starts,
    /// What the source of services listens on of which nothing else says where they do.
    pub(super) sourced: BTreeMap<Place, Vec<Statement>>,
    /// Source files whose server only this machine reaches.
    pub(super) local_only: BTreeSet<SourceId>,
}

impl Links {
    /// Works it out.
    pub(super) fn new(repository: &Repository) -> Self {
        let layout = layout(repository);
        let units = Units::new(units(repository, &layout));
        let programs = programs(repository, &layout);
        let (entities, root) = entities(repository, &programs, &units);
        let entities = Entities::new(entities);
        let sources = sources::listening_folders(repository, &layout);
        let imaged = sources::imaged_folders(repository, &units);
        let (mut numbers, mut open, mut local) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let mut on_host = BTreeSet::new();
        for seen in repository.sightings() {
            let is_taken = seen.sighting.role == Role::Publish
                || seen.sighting.container.is_some()
                || seen.sighting.role == Role::Listen && seen.sighting.side == Side::Host;
            if is_taken {
                on_host.extend(seen.sighting.ports.ports().take(64).map(Port::get));
            }
        }
        for statement in entities.iter().flat_map(|entity| &entity.host) {
            on_host.extend(statement.ports.ports().take(64).map(Port::get));
        }
        let mut in_sight = BTreeSet::new();
        for seen in repository.sightings().filter(|seen| seen.sighting.context != Context::Prose) {
            let ports: Vec<u16> = seen.sighting.ports.ports().take(64).map(Port::get).collect();
            if matches!(seen.sighting.role, Role::Publish | Role::Listen | Role::Expose) {
                open.extend(&ports);
            }
            if is_local(seen) {
                local.extend(&ports);
            }
            if seen.sighting.side != Side::Container && !is_of_a_hidden_set(seen.file) {
                in_sight.extend(&ports);
            }
            numbers.extend(ports);
        }
        for statement in units.iter().flat_map(|unit| unit.host.iter().chain(&unit.targets)) {
            let ports: Vec<u16> = statement.ports.ports().take(64).map(Port::get).collect();
            open.extend(&ports);
            numbers.extend(ports);
        }
        let bundled = repository.files.iter().filter(|file| file.reading.has_bundler);
        let bundled = bundled.map(|file| file.path().folder().to_owned()).collect();
        let mut languages: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for file in repository.files.iter().filter(|file| file.is_source_code()) {
            let component = layout.component_of(&file.path).to_owned();
            languages.entry(component).or_default().insert(file.reader.to_owned());
        }
        let (partly_published, taken) = (partly_published(&units), taken(&entities));
        Self {
            bundled,
            languages,
            layout,
            units,
            entities,
            programs,
            root,
            sources,
            imaged,
            numbers,
            open,
            local,
            on_host,
            in_sight,
            partly_published,
            taken,
            ..Self::default()
        }
    }

    /// Looks into every document that states a port.
    pub(super) fn find_compose_documents(&mut self, files: &[File], texts: &mut Texts<'_>) {
        let makefile = texts.open("Makefile").filter(|_| !self.units.is_empty());
        let sources = &*texts.sources;
        let makefile = makefile.map_or("", |source| sources.get(source).text());
        let composes = |text: &str| ways::starts_by_compose(text) || ways::starts_by_make(text, makefile);
        let all = files.iter().filter(|file| file.is_document() && !file.reading.sightings.is_empty());
        let documents: Vec<&File> = all.collect();
        let of_compose = documents.iter().filter(|file| composes(sources.get(file.source).text()));
        self.compose_documents = of_compose.map(|file| file.source).collect();
        let starts_whole = |source: &&SourceId| {
            let is_up = |line: &&str| line.contains("compose") && line.contains(" up");
            sources.get(**source).text().lines().filter(is_up).all(starts_all)
        };
        self.whole_documents = self.compose_documents.iter().filter(starts_whole).copied().collect();
        let hidden = files.iter().filter(|file| is_of_a_hidden_set(file));
        let hidden: BTreeSet<&str> = hidden
            .flat_map(|file| file.path().folder().split('/'))
            .filter(|part| part.starts_with('.'))
            .collect();
        let names = |file: &&File| {
            let text = sources.get(file.source).text();
            hidden.iter().any(|folder| text.contains(folder))
        };
        self.of_hidden_sets = documents.iter().copied().filter(names).map(|file| file.source).collect();
        let python =
            files.iter().filter(|file| file.reader == "python" && !file.reading.sightings.is_empty());
        let local = python.filter(|file| sources::is_local_only(sources.get(file.source).text()));
        self.local_only = local.map(|file| file.source).collect();
        for file in documents {
            self.passages.add(file, sources.get(file.source).text());
        }
    }

    /// The ports that a development server of a program may take where nothing says so.
    pub(super) fn development_ports(&self, component: Option<&str>) -> Option<&'static [u16]> {
        let component = component?;
        if self.bundled.iter().any(|bundled| is_below(bundled, component)) {
            return None;
        }
        let languages = self.languages.get(component)?;
        let ports = |language: &String| DEVELOPMENT_PORTS.iter().find(|(name, _)| name == language);
        languages.iter().find_map(ports).map(|(_, ports)| *ports)
    }

    /// Looks for front ends, and what is behind them.
    pub(super) fn find_sides(&mut self, files: &[File], texts: &mut Texts<'_>) {
        self.sides = Sides::new(files, &self.layout, &self.units, texts);
    }

    /// Looks into every Dockerfile that a service is built by, ports in it or not.
    pub(super) fn find_web_servers(&mut self, files: &[File], texts: &mut Texts<'_>) {
        let mut dockerfiles: BTreeSet<String> =
            self.units.iter().flat_map(|unit| unit.dockerfiles.iter().cloned()).collect();
        let read = files.iter().filter(|file| file.reader == "dockerfile");
        dockerfiles.extend(read.map(|file| file.path.clone()));
        for path in dockerfiles {
            let source = texts.open(&path);
            if source.is_some_and(|source| listening::is_web_server(texts.sources.get(source).text())) {
                self.web_servers.insert(path);
            }
        }
    }
}

/// What languages' servers take while people develop; those that bundle for
/// browsers take anything.
const DEVELOPMENT_PORTS: &[(&str, &[u16])] = &[
    ("python", &[5000, 8000]),
    ("java", &[8080]),
    ("kotlin", &[8080]),
    ("ruby", &[3000, 4567, 9292]),
    ("php", &[8000]),
    ("csharp", &[5000, 5001]),
    ("go", &[]),
    ("rust", &[]),
];

/// Folders with a service that has ports inside and none on the machine.
fn partly_published(units: &[Unit]) -> BTreeSet<String> {
    let is_hidden =
        |unit: &&Unit| unit.is_on_host_network || !unit.targets.is_empty() && unit.host.is_empty();
    units.iter().filter(is_hidden).map(|unit| unit.scope.clone()).collect()
}

/// What services publish, and what programs take that no compose file runs.
fn taken(entities: &[Entity]) -> Numbers {
    let taken = entities.iter().flat_map(|entity| {
        entity.host.iter().chain(if entity.is_composed { &[] } else { &entity.listening[..] })
    });
    taken.map(|statement| statement.ports).collect()
}

/// Whether a file is one of Compose in a hidden folder: only who names it starts that.
fn is_of_a_hidden_set(file: &File) -> bool {
    file.reader == "compose" && file.path().folder().split('/').any(|part| part.starts_with('.'))
}

/// Whether a number is one of the machine, or may be.
fn is_local(seen: Seen<'_>) -> bool {
    let host = seen.sighting.host.as_deref();
    seen.sighting.side != Side::Container
        && (seen.sighting.role != Role::Connect
            || host.is_none_or(|host| is_loopback(host) || is_wildcard(host)))
}

fn layout(repository: &Repository) -> Layout {
    let mut layout = Layout::default();
    repository.sets.iter().for_each(|set| layout.add_scope(&set.folder));
    for set in &repository.sets {
        for build in set.services.iter().filter_map(component_of_build) {
            layout.add_build(&set.folder, &build);
        }
    }
    for file in repository.files.iter().filter(|file| file.path().kind() == FileKind::Plain) {
        match file.path().name() {
            "Procfile" | "package.json" | "Dockerfile" => layout.add_component(file.path().folder()),
            _ if is_started(file) => layout.add_component(program_folder(&file.path)),
            _ => {}
        }
    }
    add_halves(repository, &mut layout);
    layout.add_files(&repository.files);
    layout
}

/// Folders at the top that are named as the halves of one project, each with a
/// program of its own, where nothing is built of the whole.
fn add_halves(repository: &Repository, layout: &mut Layout) {
    const HALVES: &[&str] = &["backend", "server", "api", "frontend", "client"];
    let services = repository.sets.iter().flat_map(|set| &set.services);
    let builds_all = services.filter_map(component_of_build).any(|build| build.is_empty());
    let plain = || repository.files.iter().filter(|file| file.path().kind() == FileKind::Plain);
    if builds_all || plain().any(|file| file.reader == "dockerfile" && file.path().folder().is_empty()) {
        return;
    }
    let tops = plain().filter(|file| file.is_source_code()).filter_map(|file| file.path.split_once('/'));
    let halves: BTreeSet<&str> = tops.map(|(top, _)| top).filter(|top| HALVES.contains(top)).collect();
    halves.into_iter().for_each(|half| layout.add_component(half));
}

/// Whether a file makes something listen.
fn is_started(file: &File) -> bool {
    let listens = |sighting: &Sighting| {
        let is_told = sighting.role == Role::Fallback && sighting.variable.as_deref() == Some("PORT");
        let starts = sighting.role == Role::Listen
            || is_told && file.is_source_code()
            || is_development_server(file, sighting);
        starts && sighting.context == Context::Code
    };
    !file.is_document()
        && !matches!(file.reader, "compose" | "pm2")
        && file.reading.sightings.iter().any(listens)
}

/// Names of folders that hold a program each.
pub(super) const CONTAINERS: &[&str] = &[
    "apps",
    "services",
    "packages",
    "modules",
    "projects",
    "microservices",
    "servers",
    "clients",
    "applications",
    "cmd",
    "libs",
];

/// Names of folders that a program has inside.
const INNER: &[&str] = &[
    "src",
    "lib",
    "app",
    "config",
    "configs",
    "bin",
    "scripts",
    "internal",
    "pkg",
    "conf",
    "docker",
    "deploy",
    "infra",
    ".vscode",
    ".github",
    "Properties",
    "properties",
    "nginx",
    "monitoring",
    "tools",
    "environments",
    "public",
];

/// The folder of the program that a source file most likely belongs to.
pub(super) fn program_folder(path: &str) -> &str {
    let mut end = 0;
    for (depth, part) in path.split('/').enumerate() {
        let after = end + part.len() + usize::from(depth > 0);
        let is_file = after == path.len();
        if is_file || depth > 1 || INNER.contains(&part) {
            break;
        }
        end = after;
        if !CONTAINERS.contains(&part) {
            break;
        }
    }
    &path[..end]
}

/// Everything that contradicts itself, in the order of what it is about.
pub(super) fn disagreements(
    repository: &Repository,
    links: &Links,
    inside: Vec<Disagreement>,
) -> Vec<Disagreement> {
    let mut found = references::references(repository, links);
    found.extend(references::health_checks(links));
    found.extend(variables::variables(repository, links));
    found.extend(documented::documented(repository, links));
    found.extend(addresses::addresses(repository, links));
    found.extend(listening::listening(repository, links));
    found.extend(listening::runs(repository, links));
    found.extend(cluster::cluster(repository, links));
    found.extend(inside);
    merge(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_file_belongs_to_a_folder_that_holds_a_program() {
        for (path, expected) in [
            ("server.js", ""),
            ("src/server.js", ""),
            ("backend/src/server.js", "backend"),
            ("apps/web/src/main.ts", "apps/web"),
            ("services/api.py", "services"),
            ("orders/src/main/resources/application.yml", "orders"),
        ] {
            assert_eq!(program_folder(path), expected, "{path}");
        }
    }
}
