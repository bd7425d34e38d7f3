//! Reads a repository: every file that a reader wants, side by side.

use std::path::Path;

use super::ownership::Ownership;
use crate::readers::compose::Texts;
use crate::readers::{self, FilePath};
use crate::repository::{Repository, ScannedFile};
use crate::source::Sources;
use crate::world;

/// What was read.
#[derive(Debug)]
pub(super) struct Scan {
    /// The files and what belongs together.
    pub(super) repository: Repository,
    /// How many files were read.
    pub(super) files: usize,
}

/// Reads every file below a folder that a reader wants; their texts join the
/// sources. What is portgen's own is left out.
pub(super) fn scan(root: &Path, sources: &mut Sources, ownership: &Ownership) -> Scan {
    let mut scanned = Vec::new();
    let mut files = 0;
    let wanted =
        |path: &str| !ownership.is_table(path) && readers::candidates(&FilePath::new(path)).next().is_some();
    world::walk(root, &wanted, &mut |path, bytes| {
        let Some(text) = bytes.ok().and_then(|bytes| String::from_utf8(bytes).ok()) else { return };
        files += 1;
        if let Some((reader, reading)) =
            readers::read(&FilePath::new(path), &text).filter(|(_, reading)| !reading.is_empty())
        {
            scanned.push(ScannedFile { path: path.to_owned(), text, reader: reader.name, reading });
        }
    });
    scanned.sort_by(|one, two| one.path.cmp(&two.path));
    for file in &mut scanned {
        ownership.take_out(&file.path, &file.text, &mut file.reading);
    }
    let read = |path: &str| {
        let path = path.split('/').fold(root.to_path_buf(), |folder, part| folder.join(part));
        world::read_text(&path).ok()
    };
    let mut repository = Repository::new(scanned, &mut Texts::new(sources, &read));
    ownership.mark(&mut repository, sources);
    Scan { repository, files }
}
