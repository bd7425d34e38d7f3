//! Which repository a folder is in, read from `.git` without starting git.

use std::fs;
use std::path::{Path, PathBuf};

/// A git checkout, as far as `.git` tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GitCheckout {
    /// Its root.
    pub top: PathBuf,
    /// The folder that all its worktrees share.
    pub common: PathBuf,
    /// The URL of its remote: `origin`'s, else the first one's.
    pub remote: Option<String>,
    /// The worktree's name; `None` for the main one.
    pub worktree: Option<String>,
    /// Whether the repository has no main worktree.
    pub is_bare: bool,
    /// What a copy of the folder has in common with it and a clone has not: how
    /// the record of its `HEAD` begins.
    pub beginning: Option<String>,
}

/// A pointer of git is one short line.
const LONGEST_POINTER: u64 = 16 * 1024;
const LONGEST_CONFIG: u64 = 1024 * 1024;
const LONGEST_LINE: u64 = 512;

impl GitCheckout {
    /// The checkout that a canonical folder is in; `None` where it is in none,
    /// or where what is there cannot be read.
    pub fn of(folder: &Path) -> Option<Self> {
        folder.ancestors().find_map(Self::at)
    }

    fn at(top: &Path) -> Option<Self> {
        let dot = top.join(".git");
        let kind = metadata(&dot)?;
        let (own, is_main) = if kind.is_dir() {
            (dot, true)
        } else {
            let text = read(&dot, LONGEST_POINTER)?;
            (top.join(text.trim_end_matches(['\n', '\r']).strip_prefix("gitdir: ")?), false)
        };
        if !metadata(&own.join("HEAD"))?.is_file() {
            return None;
        }
        let common = match read(&own.join("commondir"), LONGEST_POINTER) {
            Some(text) => own.join(text.trim_end_matches(['\n', '\r'])),
            None => own.clone(),
        };
        // A submodule's `.git` is a file, too, but it shares nothing.
        let is_linked = !is_main && common != own;
        let config = read(&common.join("config"), LONGEST_CONFIG).unwrap_or_default();
        let name = own.file_name().map(|name| name.to_string_lossy().into_owned());
        Some(Self {
            beginning: first_line(&own.join("logs").join("HEAD")),
            top: top.to_path_buf(),
            common: canonical(&common)?,
            remote: remote(&config),
            worktree: name.filter(|_| is_linked),
            is_bare: is_bare(&config),
        })
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the room that touches the disk")]
fn metadata(path: &Path) -> Option<fs::Metadata> {
    fs::metadata(path).ok()
}

#[expect(clippy::disallowed_methods, reason = "this is the room that touches the disk")]
fn canonical(path: &Path) -> Option<PathBuf> {
    fs::canonicalize(path).ok().map(super::locate::plain)
}

#[expect(clippy::disallowed_methods, reason = "this is the room that touches the disk")]
fn read(path: &Path, most: u64) -> Option<String> {
    let metadata = fs::metadata(path).ok()?;
    // A pipe would be waited for.
    (metadata.is_file() && metadata.len() <= most).then(|| fs::read_to_string(path).ok()).flatten()
}

/// The first line of a file, where it is short; without control characters and `|`.
fn first_line(path: &Path) -> Option<String> {
    use std::io::{BufRead, BufReader, Read};
    #[expect(clippy::disallowed_methods, reason = "this is the room that touches the disk")]
    let file = fs::metadata(path).ok()?.is_file().then(|| fs::File::open(path).ok()).flatten()?;
    let mut line = Vec::new();
    BufReader::new(file.take(LONGEST_LINE)).read_until(b'\n', &mut line).ok()?;
    let text = String::from_utf8_lossy(&line);
    Some(text.chars().filter(|character| !character.is_control() && *character != '|').collect())
}

/// The lines of a section of git's configuration, by its header without brackets.
fn sections(config: &str) -> impl Iterator<Item = (&str, &str, &str)> {
    let mut section = "";
    config.lines().filter_map(move |line| {
        let line = line.trim();
        if let Some(header) = line.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
            section = header;
            return None;
        }
        let (key, value) = line.split_once('=')?;
        Some((section, key.trim(), value.trim()))
    })
}

fn remote(config: &str) -> Option<String> {
    let urls = || {
        sections(config)
            .filter(|(section, key, _)| section.starts_with("remote ") && key.eq_ignore_ascii_case("url"))
    };
    let origin = urls().find(|(section, ..)| *section == "remote \"origin\"");
    origin.or_else(|| urls().next()).map(|(_, _, url)| plain_url(url))
}

/// The URL without what differs between two clones of one repository: a
/// password, a final `/` or `.git`.
fn plain_url(url: &str) -> String {
    let url = url.trim_matches('"').trim_end_matches('/');
    let url = url.strip_suffix(".git").unwrap_or(url);
    match url.split_once("://") {
        Some((scheme, rest)) => {
            let authority = rest.find('/').unwrap_or(rest.len());
            let host = rest[..authority].rfind('@').map_or(0, |at| at + 1);
            format!("{scheme}://{}", &rest[host..])
        }
        None => url.to_owned(),
    }
}

fn is_bare(config: &str) -> bool {
    sections(config).any(|(section, key, value)| {
        section.eq_ignore_ascii_case("core") && key.eq_ignore_ascii_case("bare") && value == "true"
    })
}

/// What tells whether a folder is the same after a move: the file system's own
/// number of it, and when it was made, as numbers are used again. Empty where
/// there is none.
pub fn folder_mark(folder: &Path) -> String {
    metadata(folder).map(|metadata| made_mark(folder, &metadata)).unwrap_or_default()
}

/// The number and the making of a folder; the number alone where no system
/// keeps the other.
fn made_mark(folder: &Path, metadata: &fs::Metadata) -> String {
    let made = metadata.created().ok().and_then(|made| made.duration_since(std::time::UNIX_EPOCH).ok());
    match (mark_of(folder, metadata), made) {
        (mark, Some(made)) if !mark.is_empty() => format!("{mark}:{}", made.as_nanos()),
        (mark, _) => mark,
    }
}

/// What tells whether the folder above is the same one: another volume that is
/// mounted there is another, even where the numbers are the same.
pub fn parent_mark(folder: &Path) -> String {
    let Some(parent) = folder.parent() else { return String::new() };
    let Some(metadata) = metadata(parent) else { return String::new() };
    let made = metadata.created().ok().and_then(|made| made.duration_since(std::time::UNIX_EPOCH).ok());
    match (mark_of(parent, &metadata), made) {
        (mark, Some(made)) if !mark.is_empty() => format!("{mark}:{}", made.as_nanos()),
        _ => String::new(),
    }
}

#[cfg(unix)]
fn mark_of(_: &Path, metadata: &fs::Metadata) -> String {
    use std::os::unix::fs::MetadataExt;
    format!("{}:{}", metadata.dev(), metadata.ino())
}

/// The volume's serial number and the file's on it, which the metadata of the
/// standard library does not have.
#[cfg(windows)]
fn mark_of(folder: &Path, _: &fs::Metadata) -> String {
    let handle = winapi_util::Handle::from_path_any(folder);
    let information = handle.and_then(winapi_util::file::information);
    information
        .map(|about| format!("{}:{}", about.volume_serial_number(), about.file_index()))
        .unwrap_or_default()
}

#[cfg(not(any(unix, windows)))]
fn mark_of(_: &Path, _: &fs::Metadata) -> String {
    String::new()
}

/// Whether a folder that is not there is gone for good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Absence {
    /// The file system that held it is there, and it is not in it.
    Gone,
    /// It may be on a volume that is not mounted now; why that is not known.
    Unknown(String),
}

/// Judges the absence of a folder by the mark that the folder above it had.
pub fn absence(folder: &Path, parent: &str) -> Absence {
    if parent.is_empty() {
        return Absence::Unknown("it is not known which volume it was on".to_owned());
    }
    let Some(above) = folder.parent().filter(|above| metadata(above).is_some()) else {
        return Absence::Unknown("the folder above it is not there either".to_owned());
    };
    if parent_mark(folder) == parent {
        return Absence::Gone;
    }
    Absence::Unknown(format!("{} is not the folder that it was", above.display()))
}

/// What tells whether a file changed: its size and the time of its last
/// change; `None` where it is not there.
pub fn file_stamp(path: &Path) -> Option<String> {
    let metadata = metadata(path)?;
    let modified = metadata.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    let changed = changed(&metadata);
    Some(format!("{}@{}.{:09}{changed}", metadata.len(), modified.as_secs(), modified.subsec_nanos()))
}

/// The file's number and the time of its last change, which nobody can set back.
#[cfg(unix)]
fn changed(metadata: &fs::Metadata) -> String {
    use std::os::unix::fs::MetadataExt;
    format!("@{}@{}.{:09}", metadata.ino(), metadata.ctime(), metadata.ctime_nsec())
}

#[cfg(not(unix))]
fn changed(_: &fs::Metadata) -> String {
    String::new()
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests make folders")]
mod tests {
    use super::*;

    #[test]
    fn the_remote_is_origin_or_the_first_without_what_differs_between_clones() {
        let check =
            |config: &str, expect: Option<&str>| assert_eq!(remote(config).as_deref(), expect, "{config}");
        check(
            "[remote \"up\"]\n\turl = https://a/b.git\n[remote \"origin\"]\n\turl = git@h:o/r.git\n",
            Some("git@h:o/r"),
        );
        check("[remote \"up\"]\n\tfetch = x\n\turl = https://me:word@a/b/\n", Some("https://a/b"));
        check("[branch \"main\"]\n\turl = no\n", None);
        check("", None);
    }

    #[test]
    fn worktrees_and_submodules_are_told_from_the_main_checkout() {
        let folder = tempfile::tempdir().unwrap();
        let top = crate::world::locate::plain(folder.path().canonicalize().unwrap());
        let write = |path: &str, text: &str| {
            let path = top.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write("main/.git/HEAD", "ref: refs/heads/main\n");
        write("main/.git/config", "[core]\n\tbare = false\n[remote \"origin\"]\n\turl = u\n");
        write("main/.git/worktrees/tree/HEAD", "ref: refs/heads/x\n");
        write("main/.git/worktrees/tree/commondir", "../..\n");
        write("tree/.git", &format!("gitdir: {}/main/.git/worktrees/tree\n", top.display()));
        write("main/.git/modules/sub/HEAD", "ref: refs/heads/main\n");
        write("main/sub/.git", "gitdir: ../.git/modules/sub\n");
        write("main/sub/deep/file", "");
        write("broken/.git", "gitdir: nowhere\n");
        let at = |path: &str| GitCheckout::of(&top.join(path));
        let main = at("main").unwrap();
        assert_eq!((main.worktree.as_deref(), main.remote.as_deref()), (None, Some("u")));
        let tree = at("tree").unwrap();
        assert_eq!(tree.worktree.as_deref(), Some("tree"));
        assert_eq!(tree.common, main.common);
        let sub = at("main/sub/deep").unwrap();
        assert_eq!((sub.worktree.as_deref(), &sub.top), (None, &top.join("main/sub")));
        assert_ne!(sub.common, main.common);
        assert_eq!(at("broken"), None);
    }
}
