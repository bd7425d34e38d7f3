//! Which compose files go together.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::environment::{Environment, folder_of};
use super::load::{Loader, Services};
use super::service;
use super::set::{ComposeFile, ComposeService, ComposeSet, SetKind, Texts};
use super::value::{Node, Tag};
use crate::readers::interpolation::Values as _;
use crate::readers::{FilePath, path};
use crate::source::SourceId;

/// The names that Compose looks for, in its order.
pub(super) const BASES: [&str; 4] = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];

/// The overrides that Compose looks for, in its order.
const OVERRIDES: [&str; 4] = [
    "compose.override.yml",
    "compose.override.yaml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
];

/// Files that are loaded together, as a script or a document says.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Combination {
    /// The compose files relative to the root, the later on top of the earlier.
    pub files: Vec<String>,
    /// Env files relative to the root that take the place of `.env`.
    pub env_files: Vec<String>,
}

/// Every set that the compose files of a repository make, in the order of
/// their paths, and those of the combinations that are stated.
pub fn sets_with(
    files: &[ComposeFile<'_>],
    combinations: &[Combination],
    texts: &mut Texts<'_>,
) -> Vec<ComposeSet> {
    let mut chooser = Chooser::new(files, texts);
    let mut folders: BTreeMap<&str, Vec<ComposeFile<'_>>> = BTreeMap::new();
    for &file in files {
        folders.entry(folder_of(file.path)).or_default().push(file);
    }
    for (folder, files) in &folders {
        chooser.folder(folder, files);
    }
    chooser.folders_above(folders.keys().copied());
    for combination in combinations {
        chooser.combination(combination);
    }
    chooser.sets
}

struct Chooser<'f, 't, 'a> {
    by_path: HashMap<&'f str, ComposeFile<'f>>,
    loader: Loader<'t, 'a>,
    environments: HashMap<String, Environment>,
    sets: Vec<ComposeSet>,
}

impl<'f, 't, 'a> Chooser<'f, 't, 'a> {
    fn new(files: &[ComposeFile<'f>], texts: &'t mut Texts<'a>) -> Self {
        let mut loader = Loader::new(texts);
        for file in files {
            loader.know(file.source, &file.document.tree);
        }
        let by_path = files.iter().map(|file| (file.path, *file)).collect();
        Self { by_path, loader, environments: HashMap::new(), sets: Vec::new() }
    }

    fn environment(&mut self, folder: &str) -> Environment {
        if let Some(known) = self.environments.get(folder) {
            return known.clone();
        }
        let environment = Environment::of_folder(folder, self.loader.texts);
        self.environments.insert(folder.to_owned(), environment.clone());
        environment
    }

    fn folder(&mut self, folder: &str, files: &[ComposeFile<'f>]) {
        let named = |names: &[&str]| {
            let mut found = names.iter().filter_map(|name| {
                files.iter().find(|file| FilePath::new(file.path).name() == *name).copied()
            });
            found.next()
        };
        let environment = self.environment(folder);
        let base = named(&BASES);
        let over = named(&OVERRIDES);
        let stated = self.stated(folder, &environment);
        let mut used: Vec<SourceId> = Vec::new();
        if let Some(base) = base {
            used.push(base.source);
            let both: Vec<SourceId> = std::iter::once(base).chain(over).map(|file| file.source).collect();
            used.extend(&both);
            if stated.is_none() {
                self.add(folder, both, SetKind::Default, &environment);
            }
        }
        if let Some(stated) = stated {
            self.add(folder, stated, SetKind::Named, &environment);
        }
        for file in files.iter().filter(|file| !used.contains(&file.source)) {
            self.single(folder, *file, base, &environment);
        }
    }

    /// Folders without compose files of their own whose `COMPOSE_FILE` names those below.
    fn folders_above<'n>(&mut self, folders: impl Iterator<Item = &'n str>) {
        let folders: BTreeSet<&str> = folders.collect();
        let above = folders.iter().flat_map(|folder| {
            let outer = |folder: &&'n str| {
                let outer = folder.rsplit_once('/').map(|(outer, _)| outer);
                outer.or((!folder.is_empty()).then_some(""))
            };
            std::iter::successors(outer(folder), outer)
        });
        let above: BTreeSet<&str> = above.filter(|folder| !folders.contains(folder)).collect();
        for folder in above {
            let environment = self.environment(folder);
            if let Some(stated) = self.stated(folder, &environment) {
                self.add(folder, stated, SetKind::Named, &environment);
            }
        }
    }

    /// The files that `COMPOSE_FILE` names.
    fn stated(&mut self, folder: &str, environment: &Environment) -> Option<Vec<SourceId>> {
        let value = environment.value("COMPOSE_FILE")?.as_str().to_owned();
        let separator = environment.value("COMPOSE_PATH_SEPARATOR").map_or(":", |text| text.as_str()).to_owned();
        let separator = if value.contains(';') { ";" } else { separator.as_str() };
        let paths = value.split(separator).filter_map(|name| path::join(folder, name.trim()));
        let files: Vec<SourceId> = paths.filter_map(|path| self.source(&path)).collect();
        (!files.is_empty()).then_some(files)
    }

    fn source(&mut self, path: &str) -> Option<SourceId> {
        let known = self.by_path.get(path).map(|file| file.source);
        known.or_else(|| self.loader.texts.open(path))
    }

    /// A file that Compose does not find by itself: alone, or on top of the
    /// one that has what it lacks.
    fn single(
        &mut self,
        folder: &str,
        file: ComposeFile<'f>,
        base: Option<ComposeFile<'f>>,
        environment: &Environment,
    ) {
        let lacking = lacking(file);
        let base = base.filter(|_| !lacking.is_empty()).filter(|base| has_any(*base, &lacking));
        match base.or_else(|| self.base_elsewhere(folder, file, &lacking)) {
            Some(base) => {
                let folder = folder_of(base.path);
                let environment = self.environment(folder);
                self.add(folder, vec![base.source, file.source], SetKind::Overlaid, &environment);
            }
            None => self.add(folder, vec![file.source], SetKind::Alone, environment),
        }
    }

    /// A file with what another one lacks: one of the same folder that says it
    /// is common to others, or the base of a folder above.
    fn base_elsewhere(&self, folder: &str, file: ComposeFile<'f>, lacking: &[&str]) -> Option<ComposeFile<'f>> {
        if lacking.is_empty() {
            return None;
        }
        let common = ["base", "common", "shared", "main", "core", "default"];
        let mut beside: Vec<&ComposeFile<'f>> = self.by_path.values().collect();
        beside.retain(|other| {
            let mut words = other.path[folder.len()..].split(['.', '-', '_', '/']);
            folder_of(other.path) == folder
                && other.source != file.source
                && words.any(|word| common.contains(&word))
                && has_any(**other, lacking)
        });
        beside.sort_by_key(|other| other.path);
        if let Some(found) = beside.first() {
            return Some(**found);
        }
        let mut above = folder;
        while let Some((outer, _)) = above.rsplit_once('/').or((!above.is_empty()).then_some(("", ""))) {
            above = outer;
            let mut bases = BASES.iter().filter_map(|name| path::join(above, name));
            let found = bases.find_map(|path| self.by_path.get(path.as_str()).copied());
            if let Some(found) = found.filter(|found| has_any(*found, lacking)) {
                return Some(found);
            }
        }
        None
    }

    fn combination(&mut self, combination: &Combination) {
        let sources: Vec<SourceId> =
            combination.files.iter().filter_map(|path| self.source(path)).collect();
        let Some(first) = combination.files.first().filter(|_| !sources.is_empty()) else { return };
        let folder = folder_of(first).to_owned();
        let mut environment = Environment::default();
        for path in &combination.env_files {
            if let Some(source) = self.loader.texts.open_env_file(path) {
                environment.read(source, self.loader.texts, &Environment::default());
            }
        }
        if environment.is_empty() {
            environment = self.environment(&folder);
        }
        self.add(&folder, sources, SetKind::Named, &environment);
    }

    fn add(&mut self, folder: &str, files: Vec<SourceId>, kind: SetKind, environment: &Environment) {
        let loaded = self.loader.load(folder, &files, environment);
        let services = self.services(&loaded, environment);
        self.sets.push(ComposeSet { folder: folder.to_owned(), files, kind, services });
    }

    fn services(&mut self, loaded: &Services, environment: &Environment) -> Vec<ComposeService> {
        let mut services = Vec::with_capacity(loaded.len());
        for (key, node) in loaded.iter().filter(|(_, node)| node.tag != Some(Tag::Reset)) {
            let env_files = self.env_files(node, environment);
            services.push(service::service(key, node, &env_files, environment));
        }
        let links: Vec<(String, String)> = loaded.iter().flat_map(|(_, node)| service::links(node)).collect();
        for (name, to) in links {
            let target = services.iter_mut().find(|service: &&mut ComposeService| service.name.value == to);
            if let Some(target) = target.filter(|target| !target.aliases.contains(&name)) {
                target.aliases.push(name);
            }
        }
        services
    }

    /// What the env files of a service set, the later over the earlier.
    fn env_files(&mut self, service: &Node, environment: &Environment) -> Environment {
        let mut all = Environment::default();
        let Some(named) = service.get("env_file") else { return all };
        let single = named.get("path").is_some().then_some(named);
        for entry in single.into_iter().chain(named.one_or_more()) {
            let path = entry.as_str().or_else(|| entry.get("path")?.as_str());
            let Some(path) = path.map(|path| path.trim_start_matches('/')) else { continue };
            if let Some(source) = self.loader.texts.open_env_file(path) {
                all.read(source, self.loader.texts, environment);
            }
        }
        all
    }
}

/// The services of a file that are nothing by themselves: no image, no build,
/// nothing they extend.
fn lacking<'f>(file: ComposeFile<'f>) -> Vec<&'f str> {
    let services = services(file);
    let own = |node: &crate::readers::tree::Node<'f>| {
        ["image", "build", "extends", "provider"].iter().any(|key| node.get(key).is_some())
    };
    services.into_iter().filter(|(_, node)| !own(node)).map(|(name, _)| name).collect()
}

fn has_any(file: ComposeFile<'_>, names: &[&str]) -> bool {
    services(file).iter().any(|(name, _)| names.contains(name))
}

fn services(file: ComposeFile<'_>) -> Vec<(&str, crate::readers::tree::Node<'_>)> {
    let roots = file.document.tree.roots().filter_map(super::services_of);
    let entries = roots.flat_map(crate::readers::tree::Node::entries);
    entries.filter_map(|(key, value)| Some((key.text()?, value))).collect()
}
