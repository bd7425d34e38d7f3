//! Walks a repository as git sees it, on every core, and reads what somebody
//! wants read.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ignore::{DirEntry, WalkBuilder, WalkState};

use super::locate;
use crate::readers::skip::{self, Skipped};

/// The largest file that is read, in bytes: 1 MiB.
pub const MAXIMUM_FILE: u64 = 1 << 20;

/// More threads than these wait for the disk, not for each other.
const MOST_THREADS: usize = 16;

/// What is to be done about a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Read it.
    Read,
    /// Say why it is not read.
    Skip(Skipped),
    /// Nobody would read it.
    Pass,
}

/// What a walk is asked.
pub struct Walk<'a> {
    /// The folder; paths are relative to it, with `/`.
    pub root: &'a Path,
    /// Walk only these files and folders below it; none means all of it.
    pub only: &'a [String],
    /// What becomes of a file, by its path alone; a folder is asked about with a `/` at its end.
    pub wanted: &'a (dyn Fn(&str) -> Wanted + Sync),
}

/// What becomes of a path and its bytes, or the reason why there are none.
pub type Visit<'a, T> = &'a (dyn Fn(&str, Result<&[u8], Skipped>) -> Option<T> + Sync);

/// Walks the files that git does not ignore, and gives what `visit` makes of
/// each that is wanted, in no order.
///
/// Links are not followed, and pipes are not opened; what goes away or cannot
/// be read is visited with its reason. Each thread reads into one buffer.
pub fn walk<T: Send>(walk: &Walk<'_>, visit: Visit<'_, T>) -> Vec<T> {
    let found = Mutex::new(Vec::new());
    let blocked = Arc::new(Mutex::new(Vec::new()));
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS);
    builder(walk, &blocked).threads(threads).build_parallel().run(|| {
        let mut worker = Worker { walk, visit, found: &found, own: Vec::new(), buffer: Vec::new() };
        Box::new(move |entry| worker.visit(entry))
    });
    let mut found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    for folder in blocked.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
        let path = relative(walk.root, &folder) + "/";
        found.extend(visit(&path, Err(Skipped::NotAFile)));
    }
    found
}

/// The folders that were not entered, for what git ignores in them cannot be asked.
type Blocked = Arc<Mutex<Vec<PathBuf>>>;

fn builder(walk: &Walk<'_>, blocked: &Blocked) -> WalkBuilder {
    let mut roots = walk.only.iter().map(|path| join(walk.root, path));
    let mut builder = WalkBuilder::new(roots.next().unwrap_or_else(|| walk.root.to_path_buf()));
    for root in roots {
        builder.add(root);
    }
    // Only what is the project's own: neither a person's own list nor `.ignore`
    // is, nor what lies above the repository.
    let is_in_repository = locate::find_upwards(walk.root, ".git").is_some();
    builder.require_git(false).hidden(false).ignore(false).git_global(false);
    // Where one of the lists around all of it must not be opened, the others are read here.
    let is_odd = |folder: &Path| has_odd_ignore_file(folder) || has_odd_exclude_file(folder);
    let is_blocked = walk.root.ancestors().any(is_odd);
    builder.git_ignore(!is_blocked).git_exclude(!is_blocked).parents(is_in_repository && !is_blocked);
    let blocked = Arc::clone(blocked);
    let root = walk.root.to_path_buf();
    builder.filter_entry(move |entry| {
        if is_blocked {
            return !super::is_ignored(&root, &relative(&root, entry.path()));
        }
        let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
        let is_open = !is_folder || !has_odd_ignore_file(entry.path());
        if !is_open {
            blocked.lock().unwrap_or_else(PoisonError::into_inner).push(entry.path().to_path_buf());
        }
        is_open
    });
    builder
}

/// Whether a folder has a `.gitignore` that nobody should open: a pipe would
/// hold the walk for ever, a device would never end.
fn has_odd_ignore_file(folder: &Path) -> bool {
    is_odd(&folder.join(".gitignore"))
}

/// The same of the list that a repository keeps for itself.
fn has_odd_exclude_file(folder: &Path) -> bool {
    is_odd(&folder.join(".git/info/exclude"))
}

#[expect(clippy::disallowed_methods, reason = "this is the room that touches the disk")]
fn is_odd(file: &Path) -> bool {
    std::fs::metadata(file).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir())
}

fn join(root: &Path, path: &str) -> std::path::PathBuf {
    path.split('/').filter(|part| !part.is_empty()).fold(root.to_path_buf(), |folder, part| folder.join(part))
}

/// One thread's part of a walk.
struct Worker<'a, T> {
    walk: &'a Walk<'a>,
    visit: Visit<'a, T>,
    found: &'a Mutex<Vec<T>>,
    own: Vec<T>,
    buffer: Vec<u8>,
}

impl<T> Worker<'_, T> {
    fn visit(&mut self, entry: Result<DirEntry, ignore::Error>) -> WalkState {
        match entry {
            Ok(entry) => self.entry(&entry),
            Err(error) => {
                self.failed(&error);
                WalkState::Continue
            }
        }
    }

    fn entry(&mut self, entry: &DirEntry) -> WalkState {
        let is_named = entry.depth() == 0;
        let name = entry.file_name().to_str().unwrap_or("");
        if !is_named && skip::is_version_control(name) {
            return WalkState::Skip;
        }
        let path = relative(self.walk.root, entry.path());
        let Some(kind) = entry.file_type() else { return WalkState::Continue };
        if kind.is_dir() {
            return if is_named { WalkState::Continue } else { self.folder(entry, name, path) };
        }
        match (self.walk.wanted)(&path) {
            Wanted::Pass => {}
            Wanted::Skip(reason) => self.tell(&path, Err(reason)),
            Wanted::Read if kind.is_file() => self.file(entry.path(), &path),
            Wanted::Read if kind.is_symlink() => self.tell(&path, Err(Skipped::Link)),
            Wanted::Read => self.tell(&path, Err(Skipped::NotAFile)),
        }
        WalkState::Continue
    }

    fn folder(&mut self, entry: &DirEntry, name: &str, mut path: String) -> WalkState {
        path.push('/');
        let around = entry.path().parent().unwrap_or(self.walk.root);
        let reason = if skip::is_vendored(name, |file| locate::is_file(&around.join(file))) {
            Skipped::Vendored
        } else if let Wanted::Skip(reason) = (self.walk.wanted)(&path) {
            reason
        } else {
            return WalkState::Continue;
        };
        self.tell(&path, Err(reason));
        WalkState::Skip
    }

    fn file(&mut self, file: &Path, path: &str) {
        let mut buffer = std::mem::take(&mut self.buffer);
        let read = read(file, &mut buffer);
        self.tell(path, read);
        self.buffer = buffer;
    }

    fn failed(&mut self, error: &ignore::Error) {
        if let Some((path, error)) = failed_path(error) {
            let path = relative(self.walk.root, path);
            if !path.is_empty() {
                self.tell(&path, Err(error.map_or(Skipped::Unreadable, reason)));
            }
        }
    }

    fn tell(&mut self, path: &str, bytes: Result<&[u8], Skipped>) {
        self.own.extend((self.visit)(path, bytes));
    }
}

impl<T> Drop for Worker<'_, T> {
    fn drop(&mut self) {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        found.append(&mut self.own);
    }
}

/// The path that an error is about, and what the system says of it.
fn failed_path(error: &ignore::Error) -> Option<(&Path, Option<&std::io::Error>)> {
    match error {
        ignore::Error::WithPath { path, err } => Some((path, err.io_error())),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => failed_path(err),
        _ => None,
    }
}

/// A path relative to the root, with `/`; what is no UTF-8 in it becomes U+FFFD.
fn relative(root: &Path, path: &Path) -> String {
    let inside = path.strip_prefix(root).unwrap_or(path);
    match inside.to_str() {
        Some(text) if std::path::MAIN_SEPARATOR == '/' => text.to_owned(),
        _ => {
            let parts: Vec<_> = inside.components().map(|part| part.as_os_str().to_string_lossy()).collect();
            parts.join("/")
        }
    }
}

fn reason(error: &std::io::Error) -> Skipped {
    if error.kind() == ErrorKind::NotFound { Skipped::Gone } else { Skipped::Unreadable }
}

/// Reads a file that was one when its folder was listed.
#[expect(clippy::disallowed_methods, reason = "this is the room that touches the disk")]
fn read<'b>(path: &Path, buffer: &'b mut Vec<u8>) -> Result<&'b [u8], Skipped> {
    let mut file = File::open(path).map_err(|error| reason(&error))?;
    let metadata = file.metadata().map_err(|error| reason(&error))?;
    if !metadata.is_file() {
        return Err(Skipped::NotAFile);
    }
    if metadata.len() > MAXIMUM_FILE {
        return Err(Skipped::TooLarge);
    }
    // One byte more than it says it has: a read that fills less has found its end.
    let room = usize::try_from(metadata.len()).unwrap_or(0) + 1;
    if buffer.len() < room {
        buffer.resize(room, 0);
    }
    let mut filled = 0;
    while let Some(free) = buffer.get_mut(filled..room).filter(|free| !free.is_empty()) {
        match file.read(free) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(reason(&error)),
        }
    }
    Ok(buffer.get(..filled.min(room)).unwrap_or_default())
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the tests make their own files")]
mod tests {
    use super::*;

    /// Walks a folder with these files and gives what was visited.
    fn visited(files: &[(&str, &str)], make: impl FnOnce(&Path), only: &[&str]) -> Vec<String> {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in files {
            let file = folder.path().join(name);
            std::fs::create_dir_all(file.parent().expect("a parent")).expect("a folder");
            std::fs::write(file, text).expect("a file");
        }
        make(folder.path());
        let only: Vec<String> = only.iter().map(|path| (*path).to_owned()).collect();
        let wanted = |path: &str| match path {
            "excluded/" => Wanted::Skip(Skipped::Excluded),
            path if path.ends_with(['/', '~']) => Wanted::Pass,
            _ => Wanted::Read,
        };
        let walk_all = Walk { root: folder.path(), only: &only, wanted: &wanted };
        let mut found = walk(&walk_all, &|path, bytes| {
            Some(match bytes {
                Ok(bytes) => format!("{path}={}", String::from_utf8_lossy(bytes)),
                Err(reason) => format!("{path}: {}", reason.as_str()),
            })
        });
        found.sort();
        found
    }

    #[test]
    fn what_git_ignores_or_others_wrote_is_not_visited() {
        let files = [
            ("a", "1"),
            (".hidden/b", "2"),
            ("c~", ""),
            (".gitignore", "ignored\n"),
            (".ignore", "a\n"),
            ("ignored/x", ""),
            (".git/config", ""),
            ("nested/.git/HEAD", ""),
            ("nested/d", "3"),
            ("submodule/.git", "gitdir: x"),
            ("node_modules/x/y", ""),
            ("sub/vendor/y", ""),
            ("excluded/deep/y", ""),
        ];
        let expect = [
            ".gitignore=ignored\n",
            ".hidden/b=2",
            ".ignore=a\n",
            "a=1",
            "excluded/: excluded by [lint]",
            "nested/d=3",
            "node_modules/: vendored folder",
            "sub/vendor/: vendored folder",
        ];
        assert_eq!(visited(&files, |_| {}, &[]), expect);
    }

    #[test]
    fn a_walk_may_be_of_some_files_and_folders_alone() {
        let files = [("a/x", "1"), ("a/b/y", "2"), ("c/z", "3"), ("d", "4")];
        assert_eq!(visited(&files, |_| {}, &["a/b", "d"]), ["a/b/y=2", "d=4"]);
        assert_eq!(visited(&[("node_modules/x", "1")], |_| {}, &["node_modules"]), ["node_modules/x=1"]);
    }

    #[test]
    fn large_files_are_named_and_not_read() {
        let large = "x".repeat(1 << 20);
        let found = visited(&[("a", &large), ("b", &format!("{large}x"))], |_| {}, &[]);
        assert_eq!(found[0].len(), large.len() + 2);
        assert_eq!(found[1..], ["b: larger than 1 MiB"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_pipes_and_sockets_are_named_and_not_opened() {
        let make = |root: &Path| {
            std::os::unix::fs::symlink("a", root.join("link")).expect("a link");
            std::os::unix::fs::symlink(".", root.join("loop")).expect("a link");
            std::os::unix::fs::symlink("nowhere", root.join("broken")).expect("a link");
            std::os::unix::net::UnixListener::bind(root.join("socket")).expect("a socket");
            let made = std::process::Command::new("mkfifo").arg(root.join("pipe")).status().expect("mkfifo");
            assert!(made.success());
        };
        let expect = [
            "a=1",
            "broken: symbolic link",
            "link: symbolic link",
            "loop: symbolic link",
            "pipe: no regular file",
            "socket: no regular file",
        ];
        assert_eq!(visited(&[("a", "1")], make, &[]), expect);
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_of_the_name_of_an_ignore_file_is_not_opened() {
        let pipe = |path: std::path::PathBuf| {
            let made = std::process::Command::new("mkfifo").arg(path).status().expect("mkfifo");
            assert!(made.success());
        };
        let files = [("a", "1"), ("sub/b", "2"), ("other/c", "3"), ("other/.gitignore", "c\n")];
        let found = visited(&files, |root| pipe(root.join("sub/.gitignore")), &[]);
        assert_eq!(found, ["a=1", "other/.gitignore=c\n", "sub/: no regular file"]);
        let found = visited(&files, |root| pipe(root.join(".gitignore")), &[]);
        let expect = [".gitignore: no regular file", "a=1", "other/.gitignore=c\n", "sub/b=2"];
        assert_eq!(found, expect, "the other lists count");
        let exclude = |root: &Path| {
            std::fs::create_dir_all(root.join(".git/info")).expect("a folder");
            pipe(root.join(".git/info/exclude"));
        };
        let found = visited(&files, exclude, &[]);
        assert_eq!(found, ["a=1", "other/.gitignore=c\n", "sub/b=2"]);
    }
}
