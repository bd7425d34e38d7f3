//! Walks a project for files that may be portgen's.

use std::io::Read;
use std::path::Path;

use walkdir::{DirEntry, WalkDir};

use super::Root;
use crate::diagnostic::Failure;
use crate::model::RelativePath;
use crate::plan::has_header;

/// Bytes of each file that are looked at: two header lines and what may stand before them.
const HEAD: u64 = 1024;

/// Folders of git, of installed packages and of builds.
const SKIPPED: [&str; 6] = [".git", "node_modules", "target", ".venv", "venv", "__pycache__"];

impl Root {
    /// The files below the root that have portgen's header, sorted.
    ///
    /// Ignore files do not apply: a local output is ignored and may be an
    /// orphan too. A folder with a `ports.toml` of its own is another
    /// project; links are not followed; what may not be read is passed over.
    ///
    /// # Errors
    /// A [`Failure`] where the root itself cannot be read.
    pub fn generated_files(&self) -> Result<Vec<RelativePath>, Failure> {
        let walk = WalkDir::new(self.folder()).min_depth(1).sort_by_file_name().into_iter();
        let mut found = Vec::new();
        for entry in walk.filter_entry(|entry| !is_skipped(entry)) {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) if error.depth() > 0 => continue,
                Err(error) => {
                    let path = self.folder().display().to_string();
                    return Err(Failure::new("io", error.to_string()).path(path));
                }
            };
            if entry.file_type().is_file() && has_header(&head(entry.path())) {
                found.extend(self.relative(entry.path()));
            }
        }
        found.sort();
        Ok(found)
    }

    /// A path below the root; `None` for a name that no output can have.
    fn relative(&self, path: &Path) -> Option<RelativePath> {
        let parts = path.strip_prefix(self.folder()).ok()?.components();
        let parts: Option<Vec<&str>> = parts.map(|part| part.as_os_str().to_str()).collect();
        RelativePath::parse(&parts?.join("/")).ok()
    }
}

fn is_skipped(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_str().unwrap_or("");
    if !entry.file_type().is_dir() {
        // Left over where a render was killed.
        return name.starts_with(super::write::TEMPORARY);
    }
    SKIPPED.contains(&name) || super::locate::is_file(&entry.path().join("ports.toml"))
}

#[expect(clippy::disallowed_methods, reason = "this is the room that touches the disk")]
fn head(path: &Path) -> Vec<u8> {
    let mut head = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(HEAD).read_to_end(&mut head));
    if read.is_err() {
        head.clear();
    }
    head
}
