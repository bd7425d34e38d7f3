//! Variables that scripts set to a number, held against what env files and
//! compose files give them.

use std::collections::BTreeMap;

use super::hosted::slice;
use crate::diagnostic::Confidence;
use crate::readers::words::names_a_port;
use crate::readers::{Context, FileKind, Role, Side, Sighting, Variant};
use crate::repository::disagreement::{Disagreement, Statement, Topic};
use crate::repository::layout::{domain, is_below};
use crate::repository::links::Links;
use crate::repository::variable_names::{Telling, is_technology_default, telling};
use crate::repository::{File, Repository, Seen};
use crate::source::Sources;

/// How many variables of one file are held against everything.
const MOST: usize = 64;

/// Every variable that a script sets to another number than the files that give it one.
pub(in crate::repository) fn assigned(
    repository: &Repository,
    links: &Links,
    sources: &Sources,
) -> Vec<Disagreement> {
    let given = given(repository);
    let mut found = Vec::new();
    for file in repository.files.iter().filter(|file| is_script(file)) {
        let text = sources.get(file.source).text();
        let is_set = |one: &&Sighting| is_constant(one) && stands_alone(text, one);
        for sighting in file.reading.sightings.iter().filter(is_set).take(MOST) {
            found.extend(judge(Seen { file, sighting }, &given, links));
        }
    }
    found
}

fn is_script(file: &File) -> bool {
    matches!(file.reader, "shell" | "makefile")
        && file.path().kind() == FileKind::Plain
        && file.path().variant() == Variant::None
}

/// Whether a script sets a variable that says whose port it is to a number of the machine.
fn is_constant(sighting: &Sighting) -> bool {
    sighting.role == Role::Assign
        && sighting.context == Context::Code
        && sighting.confidence == Confidence::High
        && sighting.side == Side::Host
        && sighting.host.is_none()
        && sighting.ports.len() == 1
        && sighting.variable.as_deref().is_some_and(is_telling)
}

fn is_telling(name: &str) -> bool {
    names_a_port(name) && name.contains('_') && name.bytes().all(|byte| !byte.is_ascii_lowercase())
}

/// Whether an assignment is a line by itself: before a command it is for that one alone.
fn stands_alone(text: &str, sighting: &Sighting) -> bool {
    let at = sighting.span.range();
    let before = slice(text, at.start.saturating_sub(200), at.start);
    let before = before.rsplit('\n').next().unwrap_or(before);
    let behind = slice(text, at.end, at.end + 200);
    let behind = behind.split('\n').next().unwrap_or(behind).trim_start_matches(['"', '\'']).trim();
    let name = before.trim_end_matches(['"', '\'', '=', ' ', ':']).trim_start();
    let name = ["export ", "readonly ", "declare -r ", "set "]
        .iter()
        .find_map(|word| name.strip_prefix(word))
        .unwrap_or(name);
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    // What is indented depends on something that the script asks.
    name.bytes().all(is_name)
        && !before.starts_with([' ', '\t'])
        && (behind.is_empty() || behind.starts_with(['#', ';']))
}

/// What env files and the fallbacks of compose files give each variable.
fn given(repository: &Repository) -> BTreeMap<&str, Vec<Seen<'_>>> {
    let mut given: BTreeMap<&str, Vec<Seen<'_>>> = BTreeMap::new();
    for seen in repository.sightings().filter(|seen| seen.sighting.context == Context::Code) {
        let is_value = seen.file.is_env_file() && seen.sighting.role == Role::Assign;
        let is_fallback = seen.file.reader == "compose" && seen.sighting.role == Role::Fallback;
        let is_used = matches!(seen.file.path().variant(), Variant::None | Variant::Named("dev" | "local"))
            && seen.file.path().kind() == FileKind::Plain;
        if let Some(name) = seen.sighting.variable.as_deref()
            && (is_value || is_fallback)
            && is_used
            && seen.sighting.host.is_none()
        {
            given.entry(name).or_default().push(seen);
        }
    }
    given
}

fn judge(seen: Seen<'_>, given: &BTreeMap<&str, Vec<Seen<'_>>>, links: &Links) -> Option<Disagreement> {
    let name = seen.sighting.variable.as_deref()?;
    let folder = domain(seen.file.path().folder());
    let component = links.layout.component_of(&seen.file.path);
    // A name that every program may have speaks of the program that it stands in.
    let is_anybodys = telling(name) == Telling::Nothing;
    let holds = |other: &&Seen<'_>| {
        let other = other.file.path().folder();
        let is_of_one = links.layout.component_of(other) == component;
        (is_of_one || !is_anybodys)
            && (is_below(folder, domain(other)) || is_below(other, folder) && is_of_one)
    };
    let all: Vec<&Seen<'_>> = given.get(name)?.iter().filter(holds).take(MOST).collect();
    let first = all.first()?;
    if all.iter().any(|other| other.sighting.ports == seen.sighting.ports) {
        return None;
    }
    let is_one = all.iter().all(|other| other.sighting.ports == first.sighting.ports);
    let is_default = is_technology_default(name, seen.sighting.ports);
    let statement =
        |seen: &Seen<'_>, role| Statement { ports: seen.sighting.ports, place: seen.place(), role };
    Some(Disagreement {
        topic: Topic::Variable,
        subject: name.to_owned(),
        wrong: vec![statement(&seen, "set by the script")],
        right: all.iter().map(|other| statement(other, "set")).collect(),
        confidence: if is_one && !is_default { Confidence::High } else { Confidence::Medium },
    })
}
