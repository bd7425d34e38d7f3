//! Which files `survey` and `check` read, with what, and why not the others.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::load::{Location, load};
use super::ownership::Ownership;
use super::scan::{Excluded, Extent, content, scan, wanted};
use super::survey::below;
use crate::diagnostic::Failure;
use crate::readers::skip::Skipped;
use crate::readers::{self, FilePath};
use crate::source::Sources;
use crate::world::{self, Walk, Wanted};

/// A file, or a folder that is not entered.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ListedFile {
    /// Its path, relative to the folder that is read, with `/`; a folder's ends in one.
    pub path: String,
    /// The name of the reader that reads it, or why it is not read.
    pub verdict: Result<&'static str, Skipped>,
}

/// Every file that somebody might expect to be read.
#[derive(Debug)]
pub struct ListedFiles {
    /// The files, sorted by path; of what git ignores, what Compose reads.
    pub files: Vec<ListedFile>,
    /// How many further files there are, which no reader takes.
    pub others: usize,
}

/// What `survey` reads below the folder of a location, or below some paths of it.
///
/// # Errors
/// A [`Failure`] where one of the paths does not exist, or lies outside the folder.
pub fn surveyed_files(location: &Location, paths: &[std::path::PathBuf]) -> Result<ListedFiles, Failure> {
    let only = below(&location.directory, paths)?;
    let extent = Extent { only: &only, ..Extent::default() };
    Ok(list(&location.directory, &extent))
}

/// What `check` reads below the folder of the table.
///
/// # Errors
/// A [`Failure`] where there is no table, or where one of the paths does not
/// exist, or lies outside the folder.
pub fn checked_files(location: &Location, paths: &[std::path::PathBuf]) -> Result<ListedFiles, Failure> {
    let workspace = load(location)?;
    let only = below(&workspace.folder, paths)?;
    let extent = Extent { only: &only, excluded: Excluded::of(&workspace.projects), ..Extent::default() };
    Ok(list(&workspace.folder, &extent))
}

fn list(root: &Path, extent: &Extent<'_>) -> ListedFiles {
    let others = AtomicUsize::new(0);
    let ask = |path: &str| {
        let wanted = wanted(path, extent);
        if wanted == Wanted::Pass && !path.ends_with('/') {
            others.fetch_add(1, Ordering::Relaxed);
        }
        wanted
    };
    let walk = Walk { root, only: extent.only, wanted: &ask };
    let mut files = world::walk(&walk, &|path, bytes| {
        let verdict = match bytes.and_then(|bytes| content(path, bytes)) {
            Ok(Some(content)) => Ok(content.reader.name),
            Ok(None) => {
                others.fetch_add(1, Ordering::Relaxed);
                return None;
            }
            Err(reason) => Err(reason),
        };
        Some(ListedFile { path: path.to_owned(), verdict })
    });
    add_opened(root, extent, &mut files);
    files.sort();
    ListedFiles { files, others: others.into_inner() }
}

/// Adds what Compose reads beside the files that are walked, which git may
/// ignore: `.env`, `env_file`, `include`, `extends`.
fn add_opened(root: &Path, extent: &Extent<'_>, files: &mut Vec<ListedFile>) {
    let listed: BTreeSet<String> = files.iter().map(|file| file.path.clone()).collect();
    let mut sources = Sources::new();
    scan(root, &mut sources, &Ownership::nothing(), extent);
    let opened = sources.iter().map(|(_, source)| source.name()).filter(|path| !listed.contains(*path));
    let new: BTreeSet<&str> = opened.collect();
    files.extend(new.into_iter().filter_map(|path| {
        let reader = readers::candidates(&FilePath::new(path)).next()?;
        Some(ListedFile { path: path.to_owned(), verdict: Ok(reader.name) })
    }));
}
