//! Compose files: one file as it is written, and the sets of files that
//! Compose would load together.

mod choose;
mod combined;
mod copied;
mod environment;
mod file;
mod load;
mod merge;
mod mounts;
mod ports;
mod service;
mod set;
mod unquoted;
mod value;

use std::sync::Arc;

use super::{FilePath, Reader, Reading, any_text, yaml};
use crate::readers::tree::{Node, Tree};

pub use unquoted::unquoted_ports;
pub use combined::{combinations, combined};
pub use copied::copied;
pub use choose::{Combination, sets_with};
pub use mounts::Mount;
pub use set::{ComposeFile, ComposeService, ComposeSet, ContainerPort, Origin, Published, SetKind, Texts, sets};

/// This folder's reader.
pub static READER: Reader = Reader {
    name: "compose",
    summary: "Compose files: ports, expose, environment, health checks, commands, labels",
    takes,
    knows: any_text,
    read,
};

/// A compose file, unresolved.
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// Its nodes.
    pub tree: Arc<Tree>,
}

fn takes(path: &FilePath<'_>) -> bool {
    let name = path.name().to_ascii_lowercase();
    let is_yaml = path.has_extension(&["yml", "yaml"]);
    is_yaml && (name.starts_with("docker-compose") || name.starts_with("compose"))
}

fn read(_: &FilePath<'_>, text: &str, reading: &mut Reading) {
    let tree = yaml::parse(text);
    for root in tree.roots() {
        file::sightings(root, text, &mut reading.sightings);
    }
    reading.compose = Some(Document { tree: Arc::new(tree) });
}

/// The mapping of services of a document; that of the first format had nothing around it.
fn services_of(root: Node<'_>) -> Option<Node<'_>> {
    if let Some(services) = root.get("services") {
        return Some(services);
    }
    let is_service = |node: &Node<'_>| node.is_mapping() && (node.get("image").is_some() || node.get("build").is_some());
    let others = ["include", "version", "name", "volumes", "networks", "configs", "secrets"];
    let is_first_format = !others.iter().any(|key| root.get(key).is_some())
        && root.entries().iter().any(|(_, value)| is_service(value));
    is_first_format.then_some(root)
}

#[cfg(test)]
mod tests;
