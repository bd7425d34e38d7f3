//! Texts that an editor has open: they stand for what is on the disk.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::normalise;

/// The texts of open files, by path.
#[derive(Clone, Debug, Default)]
pub struct Buffers {
    texts: BTreeMap<PathBuf, String>,
}

impl Buffers {
    /// Takes over the text of a file; its path is as the file system has it.
    pub fn set(&mut self, path: &Path, text: String) {
        self.texts.insert(normalise(path), text);
    }

    /// Forgets a file that was closed: the disk counts again.
    pub fn remove(&mut self, path: &Path) {
        self.texts.remove(&normalise(path));
    }

    /// The text of a file, where it is open.
    pub fn get(&self, path: &Path) -> Option<&str> {
        if self.texts.is_empty() {
            return None;
        }
        let found = self.texts.get(path).or_else(|| self.texts.get(&normalise(path)));
        found.map(String::as_str)
    }

    /// Whether a file is open.
    pub fn has(&self, path: &Path) -> bool {
        self.get(path).is_some()
    }
}
