//! Compose files: one file as it is written, and the sets of files that
//! Compose would load together.

mod set;

use super::{FilePath, Reader, Reading, any_text, yaml};
use crate::readers::tree::Tree;

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
    pub tree: Tree,
}

fn takes(path: &FilePath<'_>) -> bool {
    let name = path.name().to_ascii_lowercase();
    let is_yaml = path.has_extension(&["yml", "yaml"]);
    is_yaml && (name.starts_with("docker-compose") || name.starts_with("compose"))
}

fn read(_: &FilePath<'_>, text: &str, reading: &mut Reading) {
    reading.compose = Some(Document { tree: yaml::parse(text) });
}
