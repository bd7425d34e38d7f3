//! Programs of which no file says where they listen: their languages' manifests
//! are there, and nothing of them states a port.

use std::collections::{BTreeMap, BTreeSet};

use super::File;
use super::entities::Entity;
use crate::readers::compose::Texts;
use crate::readers::join;
use crate::source::SourceId;

/// What programs of a language lie beside, and the readers of its files.
const MANIFESTS: &[(&str, &[&str])] = &[
    ("Gemfile", &["ruby"]),
    ("manage.py", &["python"]),
    ("requirements.txt", &["python"]),
    ("pyproject.toml", &["python"]),
    ("go.mod", &["go"]),
    ("Cargo.toml", &["rust"]),
    ("pom.xml", &["java", "spring", "kotlin"]),
    ("build.gradle", &["java", "spring", "kotlin"]),
    ("build.gradle.kts", &["java", "spring", "kotlin"]),
    ("composer.json", &["php"]),
    ("mix.exs", &[]),
];

/// How many folders are looked into.
const MOST_FOLDERS: usize = 32;

/// Whether there is such a program, at the root or in a folder of it.
pub(super) fn has_others(files: &[File], backs: &[Entity], texts: &mut Texts<'_>) -> bool {
    let readers: BTreeMap<SourceId, &str> = files.iter().map(|file| (file.source, file.reader)).collect();
    let stated = backs.iter().flat_map(Entity::stated);
    let known: BTreeSet<&str> = stated.filter_map(|one| readers.get(&one.place.source).copied()).collect();
    // What a script or a compose file starts may be of any language.
    if ["shell", "makefile", "compose"].iter().any(|reader| known.contains(reader)) {
        return false;
    }
    let mut folders: BTreeSet<&str> =
        files.iter().filter_map(|file| Some(file.path.split_once('/')?.0)).collect();
    // The shell around a front end listens nowhere.
    folders.remove("src-tauri");
    let folders = std::iter::once("").chain(folders.into_iter().take(MOST_FOLDERS));
    folders.into_iter().any(|folder| {
        MANIFESTS.iter().any(|(name, languages)| {
            let is_known = languages.iter().any(|language| known.contains(language));
            !is_known && join(folder, name).is_some_and(|path| texts.open(&path).is_some())
        })
    })
}
