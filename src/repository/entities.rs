//! Everything that people call by a name and that has ports: services of
//! compose files, processes of Procfiles, folders that a program is built from.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::disagreement::Statement;
use super::known::Entities;
use super::layout::{Layout, is_below};
use super::names::{Fit, fit, fits_image};
use super::prefixes::{shared_prefixes, without_prefix};
use super::sources::{is_setting_of_its_own, is_source};
use super::units::{Unit, is_own_port_variable};
use super::{File, Repository};
use crate::diagnostic::Confidence;
use crate::model::Port;
use crate::readers::words::{is_loopback, is_wildcard};
use crate::readers::{Context, FileKind, Role, Side, Sighting};

/// Something with a name and ports.
#[derive(Clone, Debug, Default)]
pub(super) struct Entity {
    /// Its names; the first is the one to call it by.
    pub(super) names: Vec<String>,
    /// Its images.
    pub(super) images: Vec<String>,
    /// The folder of its compose file, or its own.
    pub(super) folder: String,
    /// The folder it is built from.
    pub(super) component: Option<String>,
    /// Its ports on the machine.
    pub(super) host: Vec<Statement>,
    /// Its ports inside its container.
    pub(super) inside: Vec<Statement>,
    /// What its own source, scripts and settings say that it listens on.
    pub(super) listening: Vec<Statement>,
    /// Any other number that its own files mention.
    pub(super) mentioned: BTreeSet<u16>,
    /// Whether a compose file runs it.
    pub(super) is_composed: bool,
    /// What constants and keys say that are its port, where nothing else does.
    pub(super) settings: Vec<Statement>,
    /// Whether it has a development server of a frontend.
    pub(super) is_frontend: bool,
}

impl Entity {
    /// Its name.
    pub(super) fn name(&self) -> &str {
        self.names.first().map_or("", String::as_str)
    }

    /// How well a name that somebody wrote fits it.
    pub(super) fn fit(&self, written: &str) -> Option<Fit> {
        let by_name = self.names.iter().filter_map(|name| fit(written, name)).max();
        if by_name == Some(Fit::Whole) {
            return by_name;
        }
        let by_image = self.images.iter().any(|image| fits_image(written, image)).then_some(Fit::Whole);
        by_image.or(by_name)
    }

    /// Everything that states a port of it, the most authoritative first.
    pub(super) fn stated(&self) -> impl Iterator<Item = &Statement> {
        self.host.iter().chain(&self.inside).chain(&self.listening)
    }

    /// Whether a port may be one of its own.
    pub(super) fn may_have(&self, port: Port) -> bool {
        self.stated().any(|statement| statement.ports.contains(port)) || self.mentioned.contains(&port.get())
    }
}

/// The entities of a repository: compose services first, then processes, then
/// folders; and the program that lies in no folder, which has no name.
pub(super) fn entities(
    repository: &Repository,
    programs: &BTreeMap<String, Entity>,
    units: &[Unit],
) -> (Vec<Entity>, Option<Entity>) {
    let prefixes = shared_prefixes(units.iter().map(|unit| unit.name.as_str()));
    let mut entities: Vec<Entity> = units.iter().map(|unit| of_unit(unit, &prefixes)).collect();
    let mut root = None;
    entities.extend(processes(repository));
    let mut built: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, entity) in entities.iter().enumerate() {
        if let Some(component) = &entity.component {
            built.entry(component.clone()).or_default().push(index);
        }
    }
    for (folder, component) in programs {
        for index in built.get(folder).into_iter().flatten() {
            let entity = &mut entities[*index];
            entity.listening.extend(component.listening.iter().cloned());
            entity.mentioned.extend(&component.mentioned);
            entity.settings.extend(component.settings.iter().cloned());
            entity.is_frontend |= component.is_frontend;
        }
        match folder.is_empty() {
            _ if built.contains_key(folder) => {}
            true => root = Some(Entity { names: Vec::new(), ..component.clone() }),
            false => entities.push(component.clone()),
        }
    }
    (entities, root)
}

fn of_unit(unit: &Unit, prefixes: &BTreeSet<String>) -> Entity {
    let mut names = vec![unit.name.clone()];
    names.extend(without_prefix(&unit.name, prefixes));
    names.extend(unit.aliases.iter().cloned());
    let mut mentioned = unit.mentioned.clone();
    mentioned.extend(&unit.defaults);
    mentioned.extend(unit.known_images().flat_map(|image| image.ports.iter().copied()));
    Entity {
        names,
        images: unit.images.clone(),
        folder: unit.scope.clone(),
        component: unit.component.clone(),
        host: unit.host.clone(),
        inside: unit.stated().cloned().collect(),
        listening: Vec::new(),
        mentioned,
        is_composed: true,
        ..Entity::default()
    }
}

fn processes(repository: &Repository) -> Vec<Entity> {
    let mut by_name: BTreeMap<(&str, &str), Entity> = BTreeMap::new();
    let files = repository.files.iter().filter(|file| file.reader == "procfile");
    for file in files.filter(|file| file.path().kind() == FileKind::Plain) {
        for sighting in &file.reading.sightings {
            let Some(name) = sighting.service.as_deref().filter(|_| sighting.context == Context::Code) else {
                continue;
            };
            let folder = file.path().folder();
            let entity = by_name.entry((folder, name)).or_insert_with(|| Entity {
                names: vec![name.to_owned()],
                folder: folder.to_owned(),
                ..Entity::default()
            });
            let place = crate::source::Place { source: file.source, span: sighting.span };
            match sighting.role {
                Role::Listen => {
                    entity.host.push(Statement { ports: sighting.ports, place, role: "listened on" })
                }
                Role::Connect => {}
                _ => entity.mentioned.extend(sighting.ports.ports().take(64).map(Port::get)),
            }
        }
    }
    by_name.into_values().collect()
}

/// Whether a key of a tool's configuration is the port of its development server.
pub(super) fn is_development_server(file: &File, sighting: &Sighting) -> bool {
    let is_key = |name: &str| matches!(name, "server.port" | "port" | "devServer.port" | "dev.port");
    file.path().name().contains(".config.")
        && sighting.role == Role::Define
        && sighting.variable.as_deref().is_some_and(is_key)
}

/// Whether a port is that of a development server which serves a frontend.
fn is_of_frontend(file: &File, sighting: &Sighting) -> bool {
    let name = file.path().name();
    let is_tool =
        ["vite.config.", "next.config.", "nuxt.config.", "vue.config.", "webpack.config.", "astro.config."];
    is_tool.iter().any(|start| name.starts_with(start))
        && matches!(sighting.role, Role::Listen | Role::Define | Role::Fallback)
        && sighting.host.is_none()
}

/// Folders that a program is built from, by what their own files say.
pub(super) fn programs(repository: &Repository, layout: &Layout) -> BTreeMap<String, Entity> {
    let mut found: BTreeMap<&str, Entity> = BTreeMap::new();
    for seen in repository.sightings() {
        let sighting = seen.sighting;
        let is_own_file =
            !seen.file.is_document() && !matches!(seen.file.reader, "compose" | "procfile" | "pm2");
        if !is_own_file || sighting.context != Context::Code || seen.file.path().kind() != FileKind::Plain {
            continue;
        }
        let folder = layout.component_of(&seen.file.path);
        let entity = found.entry(folder).or_insert_with(|| Entity {
            names: vec![folder.rsplit('/').next().unwrap_or(folder).to_owned()],
            folder: folder.to_owned(),
            component: Some(folder.to_owned()),
            ..Entity::default()
        });
        let statement = Statement { ports: sighting.ports, place: seen.place(), role: "listened on" };
        entity.is_frontend |= is_of_frontend(seen.file, sighting);
        let is_own_variable = sighting.variable.as_deref().is_none_or(is_own_port_variable);
        match sighting.role {
            Role::Listen if sighting.confidence == Confidence::High && sighting.side != Side::Container => {
                entity.listening.push(statement);
            }
            Role::Connect
                if !sighting.host.as_deref().is_some_and(|host| is_loopback(host) || is_wildcard(host)) => {}
            Role::Assign | Role::Fallback if is_own_variable && sighting.confidence == Confidence::High => {
                entity.listening.push(statement);
            }
            Role::Define if is_development_server(seen.file, sighting) => entity.listening.push(statement),
            Role::Connect => {}
            Role::Define if is_source(seen.file) && is_setting_of_its_own(sighting) => {
                entity.settings.push(statement);
                entity.mentioned.extend(sighting.ports.ports().take(64).map(Port::get));
            }
            _ => entity.mentioned.extend(sighting.ports.ports().take(64).map(Port::get)),
        }
    }
    found.into_iter().map(|(folder, program)| (folder.to_owned(), program)).collect()
}

/// The entities that a name means, of those that speak for a path: all that fit
/// it equally well, if they have one name.
pub(super) fn meant<'a>(
    entities: &'a Entities,
    scopes: &[&str],
    path: &str,
    written: &str,
) -> Option<(Fit, Vec<&'a Entity>)> {
    // `PostgreSQL (the store)`: what stands in brackets explains.
    let written = written.split('(').next().filter(|name| !name.trim().is_empty()).unwrap_or(written);
    let composed: HashSet<&str> = scopes.iter().copied().collect();
    let speaks = |entity: &&Entity| {
        if entity.is_composed { composed.contains(entity.folder.as_str()) } else { speaks_for(entity, path) }
    };
    let fits: Vec<(Fit, &Entity)> = entities
        .like(written)
        .filter(speaks)
        .filter_map(|entity| Some((entity.fit(written)?, entity)))
        .collect();
    let best = fits.iter().map(|(fit, _)| *fit).max()?;
    let all: Vec<&Entity> = fits.iter().filter(|(fit, _)| *fit == best).map(|(_, entity)| *entity).collect();
    let first = all.first()?;
    let is_one = all.iter().all(|entity| fit(entity.name(), first.name()) == Some(Fit::Whole));
    is_one.then_some((best, all))
}

/// Whether a program and a path are of one project: one lies in the other, or
/// the folder that the program lies in is above the path.
fn speaks_for(entity: &Entity, path: &str) -> bool {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let above = entity.folder.rsplit_once('/').map_or("", |(above, _)| above);
    is_below(&entity.folder, super::layout::domain(folder)) || is_below(path, above)
}
