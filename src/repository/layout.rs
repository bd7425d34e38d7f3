//! Which folders of a repository belong together: those that a compose file
//! speaks for, and those that one program is built from.

use crate::readers::{FileKind, FilePath};

/// The folders that matter.
#[derive(Clone, Debug, Default)]
pub(super) struct Layout {
    /// Folders with compose files, and the folders that their services are built from.
    scopes: Vec<Scope>,
    /// Folders that one program is built from.
    components: Vec<String>,
}

#[derive(Clone, Debug)]
struct Scope {
    folder: String,
    is_plain: bool,
    builds: Vec<String>,
}

/// Whether a path lies in a folder, or is it.
pub(super) fn is_below(path: &str, folder: &str) -> bool {
    folder.is_empty()
        || path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

impl Layout {
    /// Adds a folder that a compose file stands in.
    pub(super) fn add_scope(&mut self, folder: &str) {
        if self.scopes.iter().all(|scope| scope.folder != folder) {
            let is_plain = FilePath::new(&format!("{folder}/x")).kind() == FileKind::Plain;
            self.scopes.push(Scope { folder: folder.to_owned(), is_plain, builds: Vec::new() });
        }
    }

    /// Adds a folder that a service of a scope is built from.
    pub(super) fn add_build(&mut self, folder: &str, build: &str) {
        if let Some(scope) = self.scopes.iter_mut().find(|scope| scope.folder == folder) {
            scope.builds.push(build.to_owned());
        }
        self.add_component(build);
    }

    /// Adds a folder that one program is built from.
    pub(super) fn add_component(&mut self, folder: &str) {
        if let Err(index) = self.components.binary_search_by(|known| known.as_str().cmp(folder)) {
            self.components.insert(index, folder.to_owned());
        }
    }

    /// The folders of the compose files that speak for a path: those above it,
    /// those whose services are built from where it lies; else the only one there is.
    pub(super) fn scopes_of(&self, path: &str) -> Vec<&str> {
        let speaks = |scope: &&Scope| {
            is_below(path, &scope.folder)
                || scope.builds.iter().any(|build| !build.is_empty() && is_below(path, build))
        };
        let found: Vec<&str> = self.scopes.iter().filter(speaks).map(|scope| scope.folder.as_str()).collect();
        if !found.is_empty() {
            return found;
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

    /// The folder of the program that a path belongs to: the nearest above it
    /// that one is built from; the root otherwise.
    pub(super) fn component_of(&self, path: &str) -> &str {
        let above = self.components.iter().filter(|component| is_below(path, component));
        above.max_by_key(|component| component.len()).map_or("", String::as_str)
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
