//! What serves front ends while people develop them: configuration of tools,
//! scripts of a `package.json`, the tools' own defaults.

use std::collections::{BTreeMap, BTreeSet};

use super::File;
use super::disagreement::Statement;
use super::entities::Entity;
use super::layout::{Layout, is_below};
use super::links::program_folder;
use super::served::{Served, served};
use super::sides::{BACKENDS, Front, is_front_tool, is_neither, is_used, statement};
use super::units::Unit;
use crate::diagnostic::Confidence;
use crate::model::Port;
use crate::readers::compose::Texts;
use crate::readers::words::words_of;
use crate::readers::{Context, Role, Sighting, join};
use crate::source::{Place, Span};

/// How many folders are looked into for a `package.json`.
const MOST_FOLDERS: usize = 256;

/// How many front ends one repository may have.
const MOST_FRONTS: usize = 64;

/// Every front end, in the order of their folders.
pub(super) fn fronts(files: &[File], layout: &Layout, units: &[Unit], texts: &mut Texts<'_>) -> Vec<Front> {
    let mut found: BTreeMap<String, Front> = BTreeMap::new();
    for file in files.iter().filter(|file| is_used(file)) {
        let mut configured = file.reading.sightings.iter().filter(|one| is_configured(file, one)).peekable();
        if configured.peek().is_none() {
            continue;
        }
        let own = file.path().folder();
        let has_own = join(own, "package.json").is_some_and(|path| texts.open(&path).is_some());
        let folder = if has_own { own } else { layout.component_of(&file.path) };
        let front = found.entry(folder.to_owned()).or_default();
        front.served.extend(configured.map(|sighting| statement(file, sighting, "served")));
    }
    for folder in folders(files) {
        add_scripts(&folder, &mut found, texts);
    }
    found.retain(|folder, _| !is_neither(folder) && !is_of_another_server(folder, texts));
    // Of so many none is the one that is meant.
    if found.len() > MOST_FRONTS {
        return Vec::new();
    }
    let folders: Vec<String> = found.keys().cloned().collect();
    for (folder, front) in &mut found {
        front.folder.clone_from(folder);
        let deeper = folders
            .iter()
            .filter(|other| *other != folder && is_below(other, folder))
            .cloned()
            .collect::<Vec<String>>();
        add_known(front, files, layout, &deeper);
        let own = units.iter().filter(|unit| unit.component.as_deref() == Some(folder.as_str()));
        let published = own.flat_map(|unit| &unit.host).flat_map(|one| one.ports.ports().take(64));
        front.known.extend(published.map(Port::get));
        front.entity = Entity {
            names: vec![front.name().to_owned()],
            folder: folder.clone(),
            component: Some(folder.clone()),
            listening: front.served.clone(),
            mentioned: front.known.clone(),
            ..Entity::default()
        };
    }
    found.into_values().collect()
}

/// Whether what serves a front end is only there for the pages of another
/// server: people open that one.
fn is_of_another_server(folder: &str, texts: &mut Texts<'_>) -> bool {
    const PLUGINS: &[&str] = &[
        "laravel-vite-plugin",
        "vite-plugin-ruby",
        "vite-plugin-rails",
        "vite-plugin-symfony",
        "laravel-mix",
        "webpack-encore",
        "@inertiajs/",
        "@hotwired/",
        "@wordpress/",
        "shakapacker",
    ];
    let source = join(folder, "package.json").and_then(|path| texts.open(&path));
    source.is_some_and(|source| {
        let text = texts.sources.get(source).text();
        PLUGINS.iter().any(|plugin| text.contains(plugin))
    })
}

/// Whether a configuration says on which port a front end is served.
fn is_configured(file: &File, sighting: &Sighting) -> bool {
    let key = sighting.variable.as_deref().unwrap_or("");
    if sighting.context != Context::Code || sighting.confidence != Confidence::High {
        return false;
    }
    if file.reader == "angular" {
        return sighting.role == Role::Listen && key.split('.').any(|part| part == "serve");
    }
    let is_server =
        sighting.role == Role::Listen && matches!(key, "server.port" | "devServer.port" | "dev.port");
    let words = words_of(key);
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    let is_own = sighting.role == Role::Fallback
        && sighting.host.is_none()
        && words.last().is_some_and(|word| word == "port")
        && !has(BACKENDS)
        && !has(&["hmr", "proxy", "target", "preview", "ws", "listen"]);
    is_front_tool(file.path()) && (is_server || is_own)
}

/// Folders that may have a `package.json` of a front end.
fn folders(files: &[File]) -> BTreeSet<String> {
    let is_script =
        |file: &&File| matches!(file.reader, "javascript" | "vite" | "package-json" | "dotenv" | "angular");
    let mut found = BTreeSet::new();
    for file in files.iter().filter(|file| is_used(file)).filter(is_script) {
        found.insert(program_folder(&file.path).to_owned());
        found.insert(file.path().folder().to_owned());
        if found.len() >= MOST_FOLDERS {
            break;
        }
    }
    found
}

fn add_scripts(folder: &str, found: &mut BTreeMap<String, Front>, texts: &mut Texts<'_>) {
    let Some(source) = join(folder, "package.json").and_then(|path| texts.open(&path)) else { return };
    for one in served(texts.sources.get(source).text()) {
        let Some(folder) = join(folder, &one.folder) else { continue };
        let is_said = found.get(&folder).is_some_and(|front| !front.served.is_empty());
        let is_open = one.is_default && (is_said || says_a_port(&folder, &one, texts));
        let front = found.entry(folder).or_default();
        let Some(ports) = one.ports().filter(|_| !is_open) else { continue };
        let span = Span::new(one.place.start, one.place.end);
        let role = if one.is_default { "served by default" } else { "served" };
        front.is_default |= one.is_default;
        front.served.push(Statement { ports, place: Place { source, span }, role });
    }
}

/// Whether the configuration of a tool speaks of a port in a way that is not understood.
fn says_a_port(folder: &str, served: &Served, texts: &mut Texts<'_>) -> bool {
    let names: &[&str] = match served.tool {
        "vite" => &["vite.config.ts", "vite.config.js", "vite.config.mts", "vite.config.mjs"],
        "nuxt" | "nuxi" => &["nuxt.config.ts", "nuxt.config.js"],
        "astro" => &["astro.config.mjs", "astro.config.ts", "astro.config.js"],
        "ng" => &["angular.json", "project.json"],
        "vue-cli-service" => &["vue.config.js", "vue.config.ts"],
        "webpack" | "webpack-dev-server" => &["webpack.config.js", "webpack.dev.js", "webpack.config.ts"],
        "react-scripts" | "craco" | "react-app-rewired" => {
            &[".env", ".env.development", ".env.local", "craco.config.js"]
        }
        "rsbuild" => &["rsbuild.config.ts"],
        _ => &[],
    };
    names.iter().any(|name| {
        let source = join(folder, name).and_then(|path| texts.open(&path));
        source.is_some_and(|source| speaks_of_a_port(texts.sources.get(source).text()))
    })
}

fn speaks_of_a_port(text: &str) -> bool {
    if ["mergeConfig", "extends", "spawn"].iter().any(|word| text.contains(word)) {
        return true;
    }
    let is_letter = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphabetic);
    let bytes = text.as_bytes();
    ["port", "PORT", "Port"].iter().any(|word| {
        text.match_indices(word).any(|(at, _)| {
            let before = at.checked_sub(1).and_then(|before| bytes.get(before));
            let is_strict = text[..at].ends_with("strict");
            (!is_letter(before) || *word == "Port") && !is_strict && !is_letter(bytes.get(at + word.len()))
        })
    })
}

/// What else of its own files it may be reached on.
fn add_known(front: &mut Front, files: &[File], layout: &Layout, deeper: &[String]) {
    let is_own = |file: &&File| {
        !file.is_document()
            && is_below(&file.path, &front.folder)
            && (!front.folder.is_empty() || layout.component_of(&file.path).is_empty())
            && !deeper.iter().any(|other| is_below(&file.path, other))
    };
    let mut known = BTreeSet::new();
    for file in files.iter().filter(is_own) {
        for sighting in
            file.reading.sightings.iter().filter(|one| one.role != Role::Connect && one.host.is_none())
        {
            known.extend(sighting.ports.ports().take(64).map(Port::get));
        }
    }
    front.known.extend(known);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_may_decide_a_port_in_its_own_way() {
        for (text, expected) in [
            ("server: { port }", true),
            ("port: Number(env.X)", true),
            ("process.env.PORT", true),
            ("serverPort()", true),
            ("import x from 'y'; export default {}; support", false),
            ("strictPort: true", false),
        ] {
            assert_eq!(speaks_of_a_port(text), expected, "{text}");
        }
    }
}
