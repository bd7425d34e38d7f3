//! Which source files are a program's own, and what in them it listens on.

use std::collections::BTreeSet;

use super::layout::{Layout, is_below};
use super::links::Links;
use super::names::{Fit, fit};
use super::units::{Unit, is_own_port_variable};
use super::{File, Repository};
use crate::diagnostic::Confidence;
use crate::readers::words::words_of;
use crate::readers::{Context, FileKind, Role, Sighting, Variant};

/// Whether a file is the program's own, and not that of a development server.
pub(super) fn is_source(file: &File) -> bool {
    let is_tool =
        |name: &str| name.contains(".config.") || name.starts_with("vite") || name.starts_with("webpack");
    (file.is_source_code() || matches!(file.reader, "spring" | "settings"))
        && file.path().variant() == Variant::None
        && !is_tool(file.path().name())
}

/// Whether source code listens on a port by itself: a literal, or what stands
/// in for the variable that tells it.
pub(super) fn is_listening(sighting: &Sighting, names: &[String]) -> bool {
    let is_own = |name: &str| is_own_port_variable(name) || is_named_after(name, names);
    sighting.confidence == Confidence::High
        && match sighting.role {
            Role::Listen => true,
            Role::Fallback => sighting.variable.as_deref().is_none_or(is_own),
            Role::Define => sighting.variable.as_deref().is_some_and(|name| matches!(name, "port" | "PORT")),
            _ => false,
        }
}

/// Whether a variable is the port of a program of these names: `RELAY_PORT` of `relay`.
fn is_named_after(variable: &str, names: &[String]) -> bool {
    words_of(variable).last().is_some_and(|last| last == "port")
        && names.iter().any(|name| fit(variable, name) == Some(Fit::Whole))
}

/// Whether a constant or a key is the port of the program that it is a setting
/// of: `exports.PORT`, `config.port`, `server.port`.
pub(super) fn is_setting_of_its_own(sighting: &Sighting) -> bool {
    const OWNERS: &[&str] = &[
        "exports",
        "default",
        "defaults",
        "config",
        "conf",
        "cfg",
        "server",
        "app",
        "application",
        "settings",
        "service",
        "http",
        "listen",
        "options",
    ];
    let is_own = |name: &str| match name.rsplit_once('.') {
        Some((owner, last)) => {
            let owner = owner.rsplit('.').next().unwrap_or(owner).to_ascii_lowercase();
            last.eq_ignore_ascii_case("port") && OWNERS.contains(&owner.as_str())
        }
        None => ["port", "server_port", "default_port", "http_port", "app_port", "listen_port"]
            .iter()
            .any(|own| own.eq_ignore_ascii_case(name)),
    };
    sighting.role == Role::Define
        && sighting.confidence >= Confidence::Medium
        && sighting.context == Context::Code
        && sighting.host.is_none()
        && sighting.variable.as_deref().is_some_and(is_own)
}

/// The folders of programs whose own source listens.
pub(super) fn listening_folders(repository: &Repository, layout: &Layout) -> BTreeSet<String> {
    let listens = |sighting: &Sighting| {
        sighting.context == Context::Code && (is_listening(sighting, &[]) || is_setting_of_its_own(sighting))
    };
    let is_one = |file: &&File| {
        is_source(file) && file.path().kind() == FileKind::Plain && file.reading.sightings.iter().any(listens)
    };
    repository.files.iter().filter(is_one).map(|file| layout.component_of(&file.path).to_owned()).collect()
}

/// The folders that an image is built from.
pub(super) fn imaged_folders(repository: &Repository, units: &[Unit]) -> BTreeSet<String> {
    let dockerfiles = repository.files.iter().filter(|file| file.reader == "dockerfile");
    let of_files = dockerfiles.map(|file| file.path().folder().to_owned());
    of_files.chain(units.iter().filter_map(|unit| unit.component.clone())).collect()
}

/// The one folder below a program's own whose source listens, where nothing of
/// its own does: what the whole is built for.
pub(super) fn adopted<'a>(links: &'a Links, component: &str) -> Option<&'a str> {
    let mut below = links
        .sources
        .range(component.to_owned()..)
        .take_while(|folder| folder.starts_with(component))
        .filter(|folder| is_below(folder, component));
    let only = below.next().filter(|only| below.next().is_none() && *only != component)?;
    (!links.imaged.contains(only)).then_some(only)
}

/// Whether a program starts its server for this machine only:
/// `app.run(host="127.0.0.1", port=PORT)`.
pub(super) fn is_local_only(text: &str) -> bool {
    let is_local = |line: &str| {
        let call = line.split_once("run(").map(|(_, rest)| rest);
        let host = call.and_then(|rest| rest.split_once("host")).map(|(_, rest)| rest);
        let value = host.map(|rest| rest.trim_start_matches([' ', '=', '"', '\'']));
        value.is_some_and(|value| value.starts_with("127.0.0.1") || value.starts_with("localhost"))
    };
    !text.contains("0.0.0.0") && text.lines().any(is_local)
}
