//! Walks a repository as git sees it, and reads what somebody wants read.

use std::path::Path;

use ignore::WalkBuilder;

use super::locate;

/// The largest file that is read, in bytes: 1 MiB.
pub const MAXIMUM_FILE: u64 = 1 << 20;

/// Why a file was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Skipped {
    /// It is larger than [`MAXIMUM_FILE`].
    TooLarge,
    /// It is no text: a NUL byte is in it.
    Binary,
    /// It cannot be read.
    Unreadable,
    /// It is a pipe, a socket or a device.
    NotAFile,
}

/// What becomes of a file's path and bytes.
type Visit<'a> = &'a mut dyn FnMut(&str, Result<Vec<u8>, Skipped>);

/// Walks the files below a folder that git does not ignore. Of each whose path
/// (relative, with `/`) is `wanted`, `visit` gets the bytes or why there are none.
pub fn walk(root: &Path, wanted: &(dyn Fn(&str) -> bool + Sync), visit: Visit<'_>) {
    let is_git = |entry: &ignore::DirEntry| entry.file_name() == ".git" && entry.depth() > 0;
    let mut builder = WalkBuilder::new(root);
    builder.require_git(false).hidden(false).sort_by_file_name(std::cmp::Ord::cmp);
    builder.filter_entry(move |entry| !is_git(entry));
    for entry in builder.build().filter_map(Result::ok) {
        if entry.file_type().is_none_or(|kind| kind.is_dir()) {
            continue;
        }
        let inside = entry.path().strip_prefix(root).unwrap_or(entry.path());
        let parts: Vec<_> = inside.components().map(|part| part.as_os_str().to_string_lossy()).collect();
        let path = parts.join("/");
        if wanted(&path) {
            visit(&path, read(entry.path()));
        }
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Skipped> {
    let text = locate::read_text(path).map_err(|failure| match failure.code {
        "not-a-file" => Skipped::NotAFile,
        "too-large" => Skipped::TooLarge,
        _ => Skipped::Unreadable,
    })?;
    if text.len() as u64 > MAXIMUM_FILE {
        return Err(Skipped::TooLarge);
    }
    if text.contains('\0') { Err(Skipped::Binary) } else { Ok(text.into_bytes()) }
}
