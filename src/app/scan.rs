//! Reads a repository: every file that a reader wants, side by side.

use std::borrow::Cow;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use globset::{GlobBuilder, GlobMatcher};

use super::env_files::IgnoredEnvFiles;
use super::ownership::Ownership;
use crate::model::Project;
use crate::readers::compose::Texts;
use crate::readers::encoding::{self, Decoded};
use crate::readers::skip::{self, Skipped};
use crate::readers::{self, FilePath, Reader};
use crate::repository::{Repository, ScannedFile};
use crate::source::Sources;
use crate::world::{self, Buffers, Index, StagedFile, Walk, Wanted};

/// What was read.
#[derive(Debug)]
pub(super) struct Scan {
    /// The files and what belongs together.
    pub(super) repository: Repository,
    /// How many files were read.
    pub(super) files: usize,
}

/// Told, from several threads, how many files were looked at so far.
#[derive(Clone, Copy, Debug, Default)]
pub struct Progress(Option<fn(usize)>);

impl Progress {
    /// Tells it to a function.
    pub fn new(tell: fn(usize)) -> Self {
        Self(Some(tell))
    }

    fn tell(self, files: usize) {
        if let Some(tell) = self.0 {
            tell(files);
        }
    }
}

/// How much of a repository is read.
#[derive(Default)]
pub(super) struct Extent<'a> {
    /// Only these files and folders, relative to the root with `/`; none means everything.
    pub(super) only: &'a [String],
    /// What `lint.exclude` of the tables leaves out.
    pub(super) excluded: Excluded,
    /// Env files for Compose in place of `.env`, relative to the root with `/`.
    pub(super) env_files: &'a [String],
    /// Whether Compose's variables come from files alone that git does not
    /// ignore: not from what one person keeps on one machine.
    pub(super) shared_only: bool,
    /// Who is told how far it is.
    pub(super) progress: Progress,
    /// What an editor has open.
    pub(super) buffers: Option<&'a Buffers>,
}

impl Extent<'_> {
    /// The text of a file that is open.
    pub(super) fn open_text(&self, root: &Path, path: &str) -> Option<&str> {
        self.buffers?.get(&join(root, path))
    }
}

/// The paths that the tables leave out.
#[derive(Debug, Default)]
pub(super) struct Excluded(Vec<(String, Vec<GlobMatcher>)>);

impl Excluded {
    /// What `lint.exclude` of each project names, below its folder.
    pub(super) fn of(projects: &[Project]) -> Self {
        let compile = |glob: &str| {
            let glob = GlobBuilder::new(glob.trim_end_matches('/')).literal_separator(true).build();
            glob.ok().map(|glob| glob.compile_matcher())
        };
        let of_project = |project: &Project| {
            let globs = project.lint.exclude.iter().filter_map(|glob| compile(&glob.value)).collect();
            (project.folder.clone(), globs)
        };
        let all = projects.iter().map(of_project);
        Self(all.filter(|(_, globs): &(String, Vec<GlobMatcher>)| !globs.is_empty()).collect())
    }

    /// Whether a path, without a `/` at its end, is left out.
    fn has(&self, path: &str) -> bool {
        self.0.iter().any(|(folder, globs)| {
            let inside = if folder.is_empty() {
                Some(path)
            } else {
                path.strip_prefix(folder.as_str()).and_then(|rest| rest.strip_prefix('/'))
            };
            inside.is_some_and(|inside| globs.iter().any(|glob| glob.is_match(inside)))
        })
    }
}

/// Reads every file below a folder that a reader wants; their texts join the
/// sources. What is portgen's own is left out.
pub(super) fn scan(root: &Path, sources: &mut Sources, ownership: &Ownership, extent: &Extent<'_>) -> Scan {
    let (seen, files) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let wanted = |path: &str| if ownership.is_table(path) { Wanted::Pass } else { wanted(path, extent) };
    let walk = Walk { root, only: extent.only, wanted: &wanted };
    let mut scanned = world::walk(&walk, &|path, bytes| {
        extent.progress.tell(seen.fetch_add(1, Ordering::Relaxed) + 1);
        let bytes = extent.open_text(root, path).map_or(bytes, |text| Ok(text.as_bytes()));
        let content = content(path, bytes.ok()?).ok()??;
        files.fetch_add(1, Ordering::Relaxed);
        content.read(path)
    });
    let IgnoredEnvFiles { shared, private } =
        IgnoredEnvFiles::find(root, &scanned, extent, ownership.homes());
    scanned.extend(shared);
    ownership.add_ignored(root, &mut scanned);
    // Two paths that were asked for may overlap.
    scanned.sort_unstable_by(|one, two| one.path.cmp(&two.path));
    scanned.dedup_by(|one, two| one.path == two.path);
    let is_private = |path: &str| extent.shared_only && world::is_ignored(root, path);
    let read = |path: &str| match extent.open_text(root, path) {
        Some(text) => Some(text.to_owned()),
        // Most of what Compose might load is not there: nobody need ask whose it is.
        None => world::read_text(&join(root, path)).ok().filter(|_| !is_private(path)),
    };
    put_together((scanned, private), sources, ownership, &read, (extent, files.into_inner()))
}

/// The readings of files, sorted by path, as a repository.
fn put_together(
    (mut scanned, mut private): (Vec<ScannedFile>, Vec<ScannedFile>),
    sources: &mut Sources,
    ownership: &Ownership,
    read: &dyn Fn(&str) -> Option<String>,
    (extent, files): (&Extent<'_>, usize),
) -> Scan {
    for file in scanned.iter_mut().chain(&mut private) {
        ownership.take_out(&file.path, &file.text, &mut file.reading);
    }
    let mut repository =
        Repository::new(scanned, &mut Texts::new(sources, read).with_env_files(extent.env_files));
    repository.add_private(private, sources);
    ownership.mark(&mut repository, sources);
    Scan { repository, files }
}

pub(super) fn join(root: &Path, path: &str) -> PathBuf {
    path.split('/').filter(|part| !part.is_empty()).fold(root.to_path_buf(), |folder, part| folder.join(part))
}

/// Reads what is about to be committed, and beside it what Compose would load
/// with it: compose and env files in the folders of those files and above.
pub(super) fn scan_staged(
    root: &Path,
    sources: &mut Sources,
    ownership: &Ownership,
    extent: &Extent<'_>,
    (index, staged): (&Index, &[StagedFile]),
) -> Scan {
    let is_wanted = |path: &str| !ownership.is_table(path) && wanted(path, extent) == Wanted::Read;
    let mut texts: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for file in staged.iter().filter(|file| is_wanted(&file.path)) {
        if let Some(bytes) = index.contents(file, world::MAXIMUM_FILE) {
            texts.insert(file.path.clone(), bytes);
        }
    }
    for path in beside(root, staged).into_iter().filter(|path| is_wanted(path)) {
        if let Entry::Vacant(vacant) = texts.entry(path) {
            let file = join(root, vacant.key());
            // What git ignores is one person's, and no part of what is committed.
            let on_disk = || world::read_text(&file).ok().filter(|_| !world::is_ignored(root, vacant.key()));
            let bytes = index.bytes(&file).or_else(|| on_disk().map(String::into_bytes));
            bytes.map(|bytes| vacant.insert(bytes));
        }
    }
    let scanned = texts.iter().filter_map(|(path, bytes)| content(path, bytes).ok()??.read(path));
    let scanned: Vec<ScannedFile> = scanned.collect();
    let read = |path: &str| index.read_text(&join(root, path)).ok();
    put_together((scanned, Vec::new()), sources, ownership, &read, (extent, texts.len()))
}

/// The files that matter to staged ones: those that decide, with them, what
/// Compose runs.
fn beside(root: &Path, staged: &[StagedFile]) -> BTreeSet<String> {
    let mut folders: BTreeSet<&str> = BTreeSet::new();
    for file in staged {
        let mut folder = FilePath::new(&file.path).folder();
        while folders.insert(folder) && !folder.is_empty() {
            folder = FilePath::new(folder).folder();
        }
    }
    let decides = |path: &String| {
        let path = FilePath::new(path);
        readers::candidates(&path).next().is_some_and(|reader| matches!(reader.name, "compose" | "dotenv"))
    };
    let files = folders.into_iter().flat_map(|folder| {
        let names = world::names_in(&join(root, folder));
        names.into_iter().map(move |name| if folder.is_empty() { name } else { format!("{folder}/{name}") })
    });
    files.filter(decides).collect()
}

/// What becomes of a path, before anything is opened.
pub(super) fn wanted(path: &str, extent: &Extent<'_>) -> Wanted {
    if let Some(folder) = path.strip_suffix('/') {
        return if extent.excluded.has(folder) { Wanted::Skip(Skipped::Excluded) } else { Wanted::Pass };
    }
    let path = FilePath::new(path);
    if readers::candidates(&path).next().is_none() {
        Wanted::Pass
    } else if skip::is_lock_file(path) {
        Wanted::Skip(Skipped::LockFile)
    } else if extent.excluded.has(path.as_str()) {
        Wanted::Skip(Skipped::Excluded)
    } else {
        Wanted::Read
    }
}

/// A text and who reads it.
pub(super) struct Content<'a> {
    pub(super) reader: &'static Reader,
    text: Cow<'a, str>,
    is_exact: bool,
}

impl Content<'_> {
    /// Reads it; `None` where it says nothing, so that it need not be kept.
    pub(super) fn read(self, path: &str) -> Option<ScannedFile> {
        let Self { reader, text, is_exact } = self;
        let mut reading = reader.reading(&FilePath::new(path), &text);
        reading.is_converted = !is_exact;
        let is_kept = !reading.is_empty();
        is_kept.then(|| ScannedFile {
            path: path.to_owned(),
            text: text.into_owned(),
            reader: reader.name,
            reading,
        })
    }
}

/// The text of a file and its reader; `None` where no reader knows it, else
/// the reason why it is not read.
pub(super) fn content<'a>(path: &str, bytes: &'a [u8]) -> Result<Option<Content<'a>>, Skipped> {
    let path = FilePath::new(path);
    let Decoded { text, is_exact } = encoding::decode(bytes).ok_or(Skipped::Binary)?;
    let Some(reader) = readers::candidates(&path).find(|reader| (reader.knows)(&text)) else {
        return Ok(None);
    };
    match skip::of_text(path, &text) {
        Some(reason) => Err(reason),
        None => Ok(Some(Content { reader, text, is_exact })),
    }
}
