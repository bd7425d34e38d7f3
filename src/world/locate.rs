//! Finds and reads tables, and the folders that belong to a workspace.

use std::io::Read;
use std::path::{Path, PathBuf};

use globset::{Glob, GlobBuilder, GlobMatcher};
use walkdir::WalkDir;

use crate::diagnostic::Failure;

/// The largest text that is read, in bytes: 16 MiB.
pub const MAXIMUM_TEXT: u64 = 16 << 20;

/// The nearest file of a name in a folder or one above it.
pub fn find_upwards(folder: &Path, name: &str) -> Option<PathBuf> {
    let folder = normalise(folder);
    folder.ancestors().map(|ancestor| ancestor.join(name)).find(|path| is_there(path))
}

/// Whether anything is at a path, a broken link included.
#[expect(clippy::disallowed_methods, reason = "this is the room that touches the disk")]
pub fn is_there(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok()
}

/// The path as the file system has it: absolute, without links, `.` and `..`;
/// where it does not exist, its parent's and its own name.
#[expect(clippy::disallowed_methods, reason = "this is the room that touches the disk")]
pub fn normalise(path: &Path) -> PathBuf {
    if let Ok(canonical) = std::fs::canonicalize(path) {
        return plain(canonical);
    }
    match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) => std::fs::canonicalize(parent)
            .map_or_else(|_| path.to_path_buf(), |parent| plain(parent).join(name)),
        _ => path.to_path_buf(),
    }
}

/// Windows canonicalises to a form with `?` in it, which other programs do not read.
pub(super) fn plain(path: PathBuf) -> PathBuf {
    if !cfg!(windows) {
        return path;
    }
    let text = path.to_string_lossy();
    match (text.strip_prefix(r"\\?\UNC\"), text.strip_prefix(r"\\?\")) {
        (Some(share), _) => PathBuf::from(format!(r"\\{share}")),
        (None, Some(rest)) => PathBuf::from(rest),
        (None, None) => path,
    }
}

/// Whether a path is a file, links followed.
#[expect(clippy::disallowed_methods, reason = "this is the room that touches the disk")]
pub fn is_file(path: &Path) -> bool {
    path.is_file()
}

/// Whether a path is a folder, links followed.
#[expect(clippy::disallowed_methods, reason = "this is the room that touches the disk")]
pub fn is_folder(path: &Path) -> bool {
    path.is_dir()
}

/// The names in a folder that are UTF-8, sorted; none where it cannot be read.
#[expect(clippy::disallowed_methods, reason = "this is the room that touches the disk")]
pub fn names_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let mut names: Vec<String> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    names
}

/// Reads a text of at most 16 MiB.
///
/// # Errors
/// A [`Failure`] that says why: missing, a folder or another thing that is no
/// file, too large, not UTF-8 with the offset of the first bad byte, or what
/// the system says.
pub fn read_text(path: &Path) -> Result<String, Failure> {
    let shown = path.display().to_string();
    let fail = |code, message: String| Failure::new(code, message).path(shown.clone());
    let bytes = match read_bytes(path) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return Err(fail("not-a-file", "it is not a file".to_owned())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(fail("not-found", "there is no such file".to_owned()));
        }
        Err(error) => return Err(fail("io", error.to_string())),
    };
    if bytes.len() as u64 > MAXIMUM_TEXT {
        return Err(fail("too-large", "it is larger than 16 MiB, the most that portgen reads".to_owned()));
    }
    String::from_utf8(bytes).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        fail("not-utf-8", format!("it is not UTF-8: the byte at offset {offset} begins no character"))
            .help("save it as UTF-8")
    })
}

/// At most one byte more than a text may have; `None` for what is no file.
#[expect(clippy::disallowed_methods, reason = "this is the room that touches the disk")]
fn read_bytes(path: &Path) -> std::io::Result<Option<Vec<u8>>> {
    // Looked at before it is opened: opening a pipe would wait for a writer.
    let metadata = std::fs::metadata(path)?;
    if !metadata.is_file() {
        return Ok(None);
    }
    let mut bytes = Vec::with_capacity(room_for(&metadata));
    std::fs::File::open(path)?.take(MAXIMUM_TEXT + 1).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

/// Room for a file and the read that finds its end.
pub(super) fn room_for(metadata: &std::fs::Metadata) -> usize {
    usize::try_from(metadata.len().min(MAXIMUM_TEXT)).unwrap_or(0) + 32
}

/// Whether a path with `/` matches one of the globs; `*` does not cross `/`.
pub fn matches_any(globs: &[String], path: &str) -> bool {
    globs.iter().filter_map(|glob| compile(glob)).any(|glob| glob.is_match(path))
}

fn compile(glob: &str) -> Option<GlobMatcher> {
    let plain = glob.strip_prefix("./").unwrap_or(glob).trim_end_matches('/');
    GlobBuilder::new(plain).literal_separator(true).build().ok().as_ref().map(Glob::compile_matcher)
}

/// The folders below `root` that match a glob and hold a file of that name,
/// each relative to the root with `/`, sorted.
///
/// # Errors
/// A [`Failure`] where a folder on the way cannot be read, or where a member's
/// path is not UTF-8: nothing could name it.
pub fn member_folders(root: &Path, glob: &str, name: &str) -> Result<Vec<String>, Failure> {
    let plain = glob.strip_prefix("./").unwrap_or(glob).trim_end_matches('/');
    if !plain.contains(['*', '?', '[', '{']) {
        let is_member = is_file(&root.join(plain).join(name));
        return Ok(if is_member { vec![plain.to_owned()] } else { Vec::new() });
    }
    let Some(matcher) = compile(glob) else { return Ok(Vec::new()) };
    let literal: Vec<&str> =
        plain.split('/').take_while(|part| !part.contains(['*', '?', '[', '{'])).collect();
    let start = literal.iter().fold(root.to_path_buf(), |path, part| path.join(part));
    if !is_folder(&start) {
        return Ok(Vec::new());
    }
    let depth = if plain.contains("**") { usize::MAX } else { plain.split('/').count() - literal.len() };
    let walk = WalkDir::new(&start).min_depth(1).max_depth(depth).sort_by_file_name().into_iter();
    let mut found = Vec::new();
    for entry in walk.filter_entry(|entry| !is_skipped(entry.file_name().to_str())) {
        let entry = entry.map_err(|error| Failure::new("io", error.to_string()))?;
        let relative = entry.path().strip_prefix(root).unwrap_or(entry.path());
        let is_unnameable = relative.to_str().is_none();
        let parts: Vec<_> = relative.components().map(|part| part.as_os_str().to_string_lossy()).collect();
        let relative = parts.join("/");
        if matcher.is_match(&relative) && is_folder(entry.path()) && is_file(&entry.path().join(name)) {
            if is_unnameable {
                let failure = Failure::new("not-utf-8", "the name of this folder is not UTF-8");
                return Err(failure.path(relative).help("rename it, or leave it out of `members`"));
            }
            found.push(relative);
        }
    }
    Ok(found)
}

/// Folders that hold no member: git's own, and installed packages.
fn is_skipped(name: Option<&str>) -> bool {
    matches!(name, Some(".git" | "node_modules" | "target" | ".venv"))
}
