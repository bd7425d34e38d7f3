//! Which folders of a repository belong together: those that a compose file
//! speaks for, and those that one program is built from.

use std::collections::{BTreeSet, HashMap};

use super::File;
use crate::readers::{FileKind, FilePath};

/// The folders that matter.
#[derive(Clone, Debug, Default)]
pub(super) struct Layout {
    /// Folders with compose files.
    scopes: Vec<Scope>,
    /// Those of a folder, and those that build a service from it.
    speaking: HashMap<String, BTreeSet<usize>>,
    /// Folders that one program is built from.
    components: BTreeSet<String>,
    /// The files of each program, by their places among the repository's.
    files: HashMap<String, Vec<usize>>,
}

#[derive(Clone, Debug)]
struct Scope {
    folder: String,
    is_plain: bool,
}

/// Whether a path lies in a folder, or is it.
pub(super) fn is_below(path: &str, folder: &str) -> bool {
    folder.is_empty()
        || path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// A path and every folder above it, the nearest first; the root, which is empty, is the last.
pub(super) fn upwards(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |path| {
        (!path.is_empty()).then(|| path.rsplit_once('/').map_or("", |(above, _)| above))
    })
}

impl Layout {
    /// Adds a folder that a compose file stands in.
    pub(super) fn add_scope(&mut self, folder: &str) {
        if self.scope_of(folder).is_none() {
            let is_plain = FilePath::new(&format!("{folder}/x")).kind() == FileKind::Plain;
            self.speaking.entry(folder.to_owned()).or_default().insert(self.scopes.len());
            self.scopes.push(Scope { folder: folder.to_owned(), is_plain });
        }
    }

    /// Where the scope of a folder is.
    fn scope_of(&self, folder: &str) -> Option<usize> {
        let mut speaking = self.speaking.get(folder)?.iter().copied();
        speaking.find(|index| self.scopes[*index].folder == folder)
    }

    /// Adds a folder that a service of a scope is built from.
    pub(super) fn add_build(&mut self, folder: &str, build: &str) {
        if let Some(scope) = self.scope_of(folder).filter(|_| !build.is_empty()) {
            self.speaking.entry(build.to_owned()).or_default().insert(scope);
        }
        self.add_component(build);
    }

    /// Adds a folder that one program is built from.
    pub(super) fn add_component(&mut self, folder: &str) {
        self.components.insert(folder.to_owned());
    }

    /// Says which files there are, once all programs are known.
    pub(super) fn add_files(&mut self, files: &[File]) {
        for (index, file) in files.iter().enumerate() {
            let component = self.component_of(&file.path).to_owned();
            self.files.entry(component).or_default().push(index);
        }
    }

    /// The files of the program in a folder, by their places among the repository's.
    pub(super) fn files_of(&self, component: &str) -> &[usize] {
        self.files.get(component).map_or(&[], Vec::as_slice)
    }

    /// The folders of the compose files that speak for a path: those above it,
    /// those whose services are built from where it lies; else the only one there is.
    pub(super) fn scopes_of(&self, path: &str) -> Vec<&str> {
        let speaking = upwards(path).filter_map(|folder| self.speaking.get(folder)).flatten();
        let found: BTreeSet<usize> = speaking.copied().collect();
        if !found.is_empty() {
            return found.into_iter().map(|index| self.scopes[index].folder.as_str()).collect();
        }
        let plain = self.scopes.iter().filter(|scope| scope.is_plain).map(|scope| scope.folder.as_str());
        let plain: Vec<&str> = plain.collect();
        if plain.len() == 1 { plain } else { Vec::new() }
    }

    /// The same, and where none speaks for it, all that are no tests or examples.
    pub(super) fn scopes_or_all(&self, path: &str) -> Vec<&str> {
        let found = self.scopes_of(path);
        if !found.is_empty() {
            return found;
        }
        self.scopes.iter().filter(|scope| scope.is_plain).map(|scope| scope.folder.as_str()).collect()
    }

    /// Whether programs are built from folders below a folder.
    pub(super) fn has_components_below(&self, folder: &str) -> bool {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let mut below = self.components.range(prefix.clone()..).filter(|component| *component != folder);
        below.next().is_some_and(|component| component.starts_with(&prefix))
    }

    /// The folder of the program that a path belongs to: the nearest above it
    /// that one is built from; the root otherwise.
    pub(super) fn component_of(&self, path: &str) -> &str {
        let mut above = upwards(path).filter_map(|folder| self.components.get(folder));
        above.next().map_or("", String::as_str)
    }
}

/// Names of folders that hold the settings of the folder above them.
const SETTINGS: &[&str] = &[
    "config",
    "configs",
    "configuration",
    "deploy",
    "deployment",
    "docker",
    "env",
    "envs",
    "environment",
    "environments",
    "infra",
    "infrastructure",
    "ops",
    ".docker",
    ".devcontainer",
    ".config",
    "settings",
    "compose",
    "docs",
    "doc",
    "scripts",
    "bin",
    "local",
    "development",
    "dev",
];

/// The folder that the settings in a folder are for.
pub(super) fn domain(folder: &str) -> &str {
    let mut folder = folder;
    loop {
        let (above, name) = folder.rsplit_once('/').unwrap_or(("", folder));
        if folder.is_empty() || !SETTINGS.contains(&name) {
            return folder;
        }
        folder = above;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(scopes: &[&str], builds: &[(&str, &str)]) -> Layout {
        let mut layout = Layout::default();
        scopes.iter().for_each(|scope| layout.add_scope(scope));
        builds.iter().for_each(|(scope, build)| layout.add_build(scope, build));
        layout
    }

    #[test]
    fn a_path_belongs_to_the_compose_files_above_it_or_that_build_it() {
        let one = layout(&["deploy"], &[]);
        assert_eq!(one.scopes_of("README.md"), ["deploy"]);
        let two = layout(&["", "deploy", "shop"], &[("deploy", "shop/api")]);
        assert_eq!(two.scopes_of("shop/api/main.py"), ["", "deploy", "shop"]);
        assert_eq!(two.scopes_of("shopping/main.py"), [""]);
        let none = layout(&["a", "b", "examples/c"], &[]);
        assert_eq!(none.scopes_of("README.md"), [""; 0]);
        assert_eq!(none.scopes_or_all("README.md"), ["a", "b"]);
    }

    #[test]
    fn a_path_belongs_to_the_nearest_program() {
        let layout = layout(&[""], &[("", "api"), ("", "api/worker")]);
        assert_eq!(layout.component_of("api/worker/main.py"), "api/worker");
        assert_eq!(layout.component_of("api/main.py"), "api");
        assert_eq!(layout.component_of("README.md"), "");
    }

    #[test]
    fn settings_are_for_the_folder_above() {
        assert_eq!(domain("deploy/docker"), "");
        assert_eq!(domain("api/config"), "api");
        assert_eq!(domain("api"), "api");
    }
}
