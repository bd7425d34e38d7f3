//! Loads compose files together: `extends`, `include`, overrides.

use std::collections::HashMap;
use std::sync::Arc;

use super::environment::{Environment, folder_of};
use super::{merge, mounts};
use super::set::Texts;
use super::value::{Key, Node, Tag, Taker, Value};
use crate::readers::tree::{self, NodeId, Tree};
use crate::readers::{path, yaml};
use crate::source::{Place, SourceId};

/// How many nodes are taken from all files of a set together.
const MOST_NODES: usize = 200_000;

/// How long a chain of `extends` may be, and how deep `include` may go.
const DEEPEST: usize = 16;

/// How many files a set may be made of.
const MOST_FILES: usize = 256;

/// What Compose reads of a service and portgen, too.
const KEYS: [&str; 22] = [
    "ports",
    "expose",
    "environment",
    "env_file",
    "image",
    "build",
    "profiles",
    "depends_on",
    "network_mode",
    "container_name",
    "hostname",
    "domainname",
    "networks",
    "links",
    "command",
    "entrypoint",
    "labels",
    "healthcheck",
    "extends",
    "deploy",
    "volumes",
    "configs",
];

/// The services of a project, by their keys.
pub(super) type Services = Vec<(Key, Node)>;

/// Loads files; each is parsed once.
pub(super) struct Loader<'t, 'a> {
    pub(super) texts: &'t mut Texts<'a>,
    trees: HashMap<SourceId, Arc<Tree>>,
    /// The services of the files that others extend.
    named: HashMap<SourceId, HashMap<String, NodeId>>,
    budget: usize,
    files: usize,
}

impl<'t, 'a> Loader<'t, 'a> {
    pub(super) fn new(texts: &'t mut Texts<'a>) -> Self {
        Self { texts, trees: HashMap::new(), named: HashMap::new(), budget: MOST_NODES, files: 0 }
    }

    /// Says what a source holds, so that it is not parsed again.
    pub(super) fn know(&mut self, source: SourceId, tree: &Arc<Tree>) {
        self.trees.insert(source, Arc::clone(tree));
    }

    /// The services of files, the later on top of the earlier, relative paths
    /// from a folder.
    pub(super) fn load(&mut self, folder: &str, files: &[SourceId], environment: &Environment) -> Services {
        self.budget = MOST_NODES;
        self.files = 0;
        self.project(folder, files, environment, &mut Vec::new())
    }

    fn tree(&mut self, source: SourceId) -> Arc<Tree> {
        let parse = || Arc::new(yaml::parse(self.texts.sources.get(source).text()));
        Arc::clone(self.trees.entry(source).or_insert_with(parse))
    }

    fn project(
        &mut self,
        folder: &str,
        files: &[SourceId],
        environment: &Environment,
        open: &mut Vec<SourceId>,
    ) -> Services {
        let mut services = Services::new();
        for &source in files {
            self.files += 1;
            if open.contains(&source) || open.len() > DEEPEST || self.files > MOST_FILES {
                continue;
            }
            open.push(source);
            let tree = self.tree(source);
            for root in tree.roots() {
                for included in self.includes(root, source, folder, environment) {
                    let inner = self.project(&included.folder, &included.files, &included.environment, open);
                    put_on_top(&mut services, inner);
                }
                let own = self.document(root, source, folder, environment);
                put_on_top(&mut services, own);
            }
            open.pop();
        }
        services
    }

    /// The services of one document, `extends` resolved.
    fn document(
        &mut self,
        root: tree::Node<'_>,
        source: SourceId,
        folder: &str,
        environment: &Environment,
    ) -> Services {
        let Some(services) = super::services_of(root) else { return Services::new() };
        let names = self.taker(source, environment).entries(services);
        let take = |(key, node): (Key, tree::Node<'_>)| {
            let at = At { source, folder, environment };
            let service = self.service(node, at, &mut vec![(source, key.name.clone())]);
            (key, service)
        };
        names.into_iter().map(take).collect()
    }

    fn taker<'s>(&'s mut self, source: SourceId, environment: &'s Environment) -> Taker<'s> {
        Taker::new(self.texts.sources, source, environment, &mut self.budget)
    }

    /// A service with everything it extends.
    fn service(&mut self, node: tree::Node<'_>, at: At<'_>, chain: &mut Vec<(SourceId, String)>) -> Node {
        let mut service = self.own(node, at);
        let extends = match &mut service.value {
            Value::Map(pairs) => {
                let index = pairs.iter().position(|(key, _)| key.name == "extends");
                index.map(|index| pairs.remove(index).1)
            }
            _ => None,
        };
        let base = extends.filter(|extends| !extends.is_null()).and_then(|extends| self.base(&extends, at, chain));
        match base {
            Some(mut base) => {
                base.settle();
                merge::services(base, service)
            }
            None => service,
        }
    }

    /// What a service says itself, paths made relative to the root.
    fn own(&mut self, node: tree::Node<'_>, at: At<'_>) -> Node {
        let mut taker = self.taker(at.source, at.environment);
        let entries = taker.entries(node);
        let known = entries.into_iter().filter(|(key, _)| KEYS.contains(&key.name.as_str()));
        let mut pairs: Vec<(Key, Node)> = known.map(|(key, value)| (key, taker.take(value))).collect();
        for (key, value) in &mut pairs {
            match key.name.as_str() {
                "env_file" => relocate_env_files(value, at.folder),
                "build" => relocate_build(value, at.folder),
                "volumes" => mounts::relocate(value, at.folder),
                _ => {}
            }
        }
        let place = Place { source: at.source, span: node.target().span() };
        Node { place, tag: Tag::of(node), value: Value::Map(pairs) }
    }

    fn base(&mut self, extends: &Node, at: At<'_>, chain: &mut Vec<(SourceId, String)>) -> Option<Node> {
        let name = extends.as_str().or_else(|| extends.get("service")?.as_str())?;
        let file = extends.get("file").and_then(Node::as_str);
        let (source, folder) = match file {
            None => (at.source, at.folder.to_owned()),
            Some(file) => {
                let own = folder_of(self.texts.sources.get(at.source).name()).to_owned();
                let near = path::join(&own, file).and_then(|path| self.texts.open(&path));
                let source =
                    near.or_else(|| path::join(at.folder, file).and_then(|path| self.texts.open(&path)))?;
                (source, folder_of(self.texts.sources.get(source).name()).to_owned())
            }
        };
        let link = (source, name.to_owned());
        if chain.contains(&link) || chain.len() > DEEPEST {
            return None;
        }
        let tree = self.tree(source);
        let named = self.named.entry(source).or_insert_with(|| services_by_name(&tree));
        let node = tree.node(*named.get(name)?);
        chain.push(link);
        let base = self.service(node, At { source, folder: &folder, environment: at.environment }, chain);
        chain.pop();
        Some(base)
    }

    fn includes(
        &mut self,
        root: tree::Node<'_>,
        source: SourceId,
        folder: &str,
        environment: &Environment,
    ) -> Vec<Included> {
        let Some(list) = root.get("include") else { return Vec::new() };
        let list = self.taker(source, environment).take(list);
        list.one_or_more().filter_map(|entry| self.include(entry, folder, environment)).collect()
    }

    fn include(&mut self, entry: &Node, folder: &str, outer: &Environment) -> Option<Included> {
        let paths = entry.get("path").unwrap_or(entry);
        let paths = paths.one_or_more().filter_map(|path| path::join(folder, path.as_str()?));
        let paths: Vec<String> = paths.collect();
        let named = entry.get("env_file").map(|named| {
            let named = named.one_or_more().filter_map(Node::as_str);
            named.filter_map(|path| path::join(folder, path)).collect::<Vec<_>>()
        });
        let files: Vec<SourceId> = paths.iter().filter_map(|path| self.texts.open(path)).collect();
        let stated = entry.get("project_directory").and_then(Node::as_str);
        let folder = match stated {
            Some(stated) => path::join(folder, stated)?,
            None => folder_of(paths.first()?).to_owned(),
        };
        let mut environment = outer.clone();
        let mut own = Environment::default();
        match named {
            Some(named) => {
                for path in named {
                    if let Some(source) = self.texts.open(&path) {
                        own.read(source, self.texts, outer);
                    }
                }
            }
            None => own = Environment::of_folder(&folder, self.texts),
        }
        environment.complete(&own);
        Some(Included { folder, files, environment })
    }
}

/// The services of a file; of a name in several documents, that of the first.
fn services_by_name(tree: &Tree) -> HashMap<String, NodeId> {
    let mut named = HashMap::new();
    for (key, value) in tree.roots().filter_map(super::services_of).flat_map(tree::Node::entries) {
        if let Some(name) = key.text() {
            named.entry(name.to_owned()).or_insert(value.id());
        }
    }
    named
}

/// Where a service is read.
#[derive(Clone, Copy)]
struct At<'e> {
    source: SourceId,
    /// The folder that its relative paths are from.
    folder: &'e str,
    environment: &'e Environment,
}

/// Files that another one includes.
struct Included {
    folder: String,
    files: Vec<SourceId>,
    environment: Environment,
}

fn put_on_top(services: &mut Services, over: Services) {
    let mut index: HashMap<String, usize> =
        services.iter().enumerate().map(|(index, (key, _))| (key.name.clone(), index)).collect();
    for (key, service) in over {
        let Some(&at) = index.get(&key.name) else {
            index.insert(key.name.clone(), services.len());
            services.push((key, service));
            continue;
        };
        let nothing = Node { place: key.place, tag: None, value: Value::Null };
        let below = std::mem::replace(&mut services[at].1, nothing);
        services[at].1 = merge::services(below, service);
    }
}

/// Makes the paths of `env_file` relative to the root; what leads out of it is dropped.
fn relocate_env_files(node: &mut Node, folder: &str) {
    match &mut node.value {
        Value::Scalar(..) => relocate(node, folder),
        Value::List(items) => {
            for item in items {
                match &mut item.value {
                    Value::Map(pairs) => {
                        let named = pairs.iter_mut().find(|(key, _)| key.name == "path");
                        if let Some((_, value)) = named {
                            relocate(value, folder);
                        }
                    }
                    _ => relocate(item, folder),
                }
            }
        }
        _ => {}
    }
}

fn relocate_build(node: &mut Node, folder: &str) {
    match &mut node.value {
        Value::Scalar(..) => relocate(node, folder),
        Value::Map(pairs) => {
            if let Some((_, value)) = pairs.iter_mut().find(|(key, _)| key.name == "context") {
                relocate(value, folder);
            }
        }
        _ => {}
    }
}

fn relocate(node: &mut Node, folder: &str) {
    let Some(text) = node.as_str() else { return };
    let is_elsewhere = text.contains("://") || text.starts_with("git@");
    let moved = if is_elsewhere { None } else { path::join(folder, text) };
    let tag = node.tag;
    *node = match moved {
        Some(moved) => Node { tag, ..Node::text_at(node.place, &format!("/{moved}")) },
        None => Node { place: node.place, tag, value: Value::Null },
    };
}
