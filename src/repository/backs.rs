//! The programs behind front ends: what their own files, their env files,
//! start scripts and compose files say that they listen on.

use std::collections::BTreeMap;

use super::entities::Entity;
use super::layout::Layout;
use super::sides::{BACKENDS, FRONTENDS, Front, NEITHER, is_front_tool, is_neither, is_used, statement};
use super::units::{Unit, is_own_port_variable};
use super::{File, started};
use crate::diagnostic::Confidence;
use crate::facts::known_image;
use crate::model::Port;
use crate::readers::words::words_of;
use crate::readers::{Context, FilePath, Role, Side, Sighting};
use crate::source::Sources;

/// Programs that may stand behind a front end.
pub(super) fn backs(
    files: &[File],
    layout: &Layout,
    units: &[Unit],
    fronts: &[Front],
    sources: &Sources,
) -> Vec<Entity> {
    let mut found: BTreeMap<String, Entity> = BTreeMap::new();
    let is_front = |folder: &str| fronts.iter().any(|front| front.folder == folder);
    for file in files.iter().filter(|file| is_used(file) && is_a_programs(file)) {
        let folder = layout.component_of(&file.path);
        let told = file.is_env_file() && is_front(folder);
        for sighting in file.reading.sightings.iter().filter(|one| !told && listens(file, one)) {
            let entity = found.entry(folder.to_owned()).or_insert_with(|| named(folder));
            entity.listening.push(statement(file, sighting, "listened on"));
        }
    }
    add_env_files(&mut found, files, layout, fronts);
    for unit in units.iter().filter(|unit| !unit.host.is_empty() && is_a_back(unit, fronts)) {
        let key = unit.component.clone().unwrap_or_else(|| format!("{}:{}", unit.scope, unit.name));
        let entity = found.entry(key).or_insert_with(|| Entity {
            names: vec![unit.name.clone()],
            component: unit.component.clone(),
            ..Entity::default()
        });
        entity.host.extend(unit.host.iter().cloned());
        let inside = unit.targets.iter().flat_map(|one| one.ports.ports().take(64));
        entity.mentioned.extend(inside.map(Port::get));
    }
    add_started(&mut found, files, sources);
    found.retain(|folder, _| !is_neither(folder));
    found.into_values().collect()
}

fn named(folder: &str) -> Entity {
    let name = folder.rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or("the back end");
    Entity {
        names: vec![name.to_owned()],
        folder: folder.to_owned(),
        component: Some(folder.to_owned()),
        ..Entity::default()
    }
}

/// Whether a file is a program's own, or tells it where to listen.
fn is_a_programs(file: &File) -> bool {
    let is_read = file.is_source_code()
        || matches!(file.reader, "spring" | "settings" | "launch-settings" | "package-json");
    let name = file.path().name();
    is_read && !name.contains(".config.") && !name.contains(".conf.") && !is_front_tool(file.path())
}

fn listens(file: &File, sighting: &Sighting) -> bool {
    if sighting.context != Context::Code
        || sighting.confidence != Confidence::High
        || sighting.side == Side::Container
    {
        return false;
    }
    let variable = sighting.variable.as_deref();
    let is_own = variable.is_none_or(is_own_port_variable);
    match (file.reader, sighting.role) {
        // What its scripts start may be the front end's own server.
        ("package-json", _) => false,
        ("settings", role) => role == Role::Listen,
        (_, Role::Listen) => true,
        (_, Role::Fallback) => {
            sighting.host.is_none() && variable.is_some_and(|name| is_own || is_own_constant(name))
        }
        (_, Role::Define) => variable.is_some_and(|name| {
            let is_named = words_of(name).iter().any(|word| BACKENDS.contains(&word.as_str()));
            is_own_constant(name) && (is_named || is_main(file.path()))
        }),
        _ => false,
    }
}

/// Whether a constant's name says that it is the port of the program itself.
fn is_own_constant(name: &str) -> bool {
    let words = words_of(name);
    words.last().is_some_and(|word| word == "port")
        && words.iter().all(|word| {
            ["port", "default", "server", "listen", "http", "app", "api", "backend"].contains(&word.as_str())
        })
}

/// Whether a file's name is one of what a program starts with.
fn is_main(path: FilePath<'_>) -> bool {
    let stem = path.name().split('.').next().unwrap_or("");
    ["main", "server", "app", "index", "api", "run", "Program", "start", "www"].contains(&stem)
}

/// The ports that env files give to the programs of their folders.
fn add_env_files(found: &mut BTreeMap<String, Entity>, files: &[File], layout: &Layout, fronts: &[Front]) {
    for file in
        files.iter().filter(|file| is_used(file) && (file.is_env_file() || file.reader == "package-json"))
    {
        let folder = layout.component_of(&file.path);
        let sighted = file.reading.sightings.iter().filter(|one| {
            let is_own = one.variable.as_deref().is_some_and(is_own_port_variable);
            one.context == Context::Code && one.role == Role::Assign && is_own && one.host.is_none()
        });
        for sighting in sighted {
            let stated = statement(file, sighting, "told to listen on");
            let is_front = fronts.iter().any(|front| front.folder == folder);
            // What stands at the root is for the only program.
            let only = found.len() == 1 && folder.is_empty();
            let entity = if only { found.values_mut().next() } else { found.get_mut(folder) };
            match entity {
                Some(entity) => entity.listening.push(stated),
                None if !is_front && !folder.is_empty() => {
                    found.insert(folder.to_owned(), Entity { listening: vec![stated], ..named(folder) });
                }
                None => {}
            }
        }
    }
}

/// Whether a service of a compose file may stand behind a front end.
fn is_a_back(unit: &Unit, fronts: &[Front]) -> bool {
    let words = words_of(&unit.name);
    let is = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    if is(BACKENDS) && !is(&["gateway", "db", "database", "docs"]) {
        return true;
    }
    let is_built = unit.component.is_some() || !unit.dockerfiles.is_empty();
    let is_front =
        unit.component.as_deref().is_some_and(|folder| fronts.iter().any(|front| front.folder == folder));
    is_built
        && !is_front
        && !is(FRONTENDS)
        && !is(NEITHER)
        && unit.images.iter().all(|image| known_image(image).is_none())
}

/// Adds the ports on which scripts start programs.
fn add_started(found: &mut BTreeMap<String, Entity>, files: &[File], sources: &Sources) {
    let is_script = |file: &&File| is_used(file) && matches!(file.reader, "shell" | "makefile");
    for file in files.iter().filter(is_script) {
        let text = sources.get(file.source).text();
        let sighted = file.reading.sightings.iter();
        for sighting in sighted.filter(|one| one.role == Role::Listen && one.context == Context::Code) {
            if !started::starts_a_program(text, sighting.span.range().start) {
                continue;
            }
            let stated = statement(file, sighting, "started on");
            let folder = started::folder(text, sighting.span.range().start);
            let is_it =
                |key: &str| folder.as_deref().is_some_and(|folder| key.rsplit('/').next() == Some(folder));
            let key = found.keys().find(|key| is_it(key)).cloned();
            let key = key.or_else(|| (found.len() == 1).then(|| found.keys().next().cloned()).flatten());
            // What nothing else speaks of is a program of its own.
            let key = key.or_else(|| found.is_empty().then(|| folder.clone().unwrap_or_default()));
            if let Some(key) = key {
                found.entry(key.clone()).or_insert_with(|| named(&key)).listening.push(stated);
            }
        }
    }
}
