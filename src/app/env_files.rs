//! The env files that git ignores: what one person keeps in one checkout, and
//! what was committed all the same.

use std::collections::BTreeSet;
use std::path::Path;

use super::scan::{Extent, content, join, wanted};
use crate::readers::{self, FilePath};
use crate::repository::ScannedFile;
use crate::world::{self, Wanted};

/// What is read beside the files that are walked.
#[derive(Default)]
pub(super) struct IgnoredEnvFiles {
    /// Files that everybody has: git tracks them, or tracks nothing yet.
    pub(super) shared: Vec<ScannedFile>,
    /// Files of this checkout alone. They are no part of the project, and yet
    /// they decide what runs here.
    pub(super) private: Vec<ScannedFile>,
}

impl IgnoredEnvFiles {
    /// Reads those in the folders that programs are started in.
    pub(super) fn find(root: &Path, scanned: &[ScannedFile], extent: &Extent<'_>, homes: &[String]) -> Self {
        let paths = paths(root, scanned, extent, homes);
        if paths.is_empty() {
            return Self::default();
        }
        let tracked = world::tracked(root, &paths);
        let read = |path: &String| {
            let text = match extent.open_text(root, path) {
                Some(text) => text.to_owned(),
                None => world::read_text(&join(root, path)).ok()?,
            };
            content(path, text.as_bytes()).ok()??.read(path)
        };
        let is_shared = |file: &ScannedFile| match &tracked {
            Some(tracked) => tracked.contains(&file.path),
            None => !extent.shared_only,
        };
        let (shared, private) = paths.iter().filter_map(read).partition(is_shared);
        Self { shared, private: if extent.shared_only { Vec::new() } else { private } }
    }
}

/// The env files that the walk passed over for git, beside a file that starts programs
/// or beside a table.
fn paths(root: &Path, scanned: &[ScannedFile], extent: &Extent<'_>, homes: &[String]) -> BTreeSet<String> {
    let starts = |file: &&ScannedFile| {
        matches!(file.reader, "compose" | "dotenv" | "package-json" | "dockerfile" | "procfile")
    };
    let folders = scanned.iter().filter(starts).map(|file| FilePath::new(&file.path).folder());
    let folders = folders.chain(homes.iter().map(String::as_str));
    // The folder itself, too: what is asked about may start nothing that is read.
    let folders: BTreeSet<&str> = folders.chain(extent.only.is_empty().then_some("")).collect();
    let below = folders.into_iter().flat_map(|folder| {
        let names = world::names_in(&join(root, folder)).into_iter();
        names.map(move |name| if folder.is_empty() { name } else { format!("{folder}/{name}") })
    });
    let is_env_file =
        |path: &String| readers::candidates(&FilePath::new(path)).any(|reader| reader.name == "dotenv");
    let is_asked = |path: &String| {
        let is_in = |only: &String| {
            path.strip_prefix(only.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        extent.only.is_empty() || extent.only.iter().any(is_in)
    };
    let is_passed_over = |path: &String| {
        wanted(path, extent) == Wanted::Read
            && !scanned.iter().any(|file| file.path == *path)
            && world::is_file(&join(root, path))
            && world::is_ignored(root, path)
    };
    below.filter(|path| is_env_file(path) && is_asked(path) && is_passed_over(path)).collect()
}
