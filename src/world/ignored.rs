//! Whether git would ignore a file, read from its ignore files: with or
//! without a repository, and without starting git.

use std::path::{Path, PathBuf};

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::model::RelativePath;

/// Whether the ignore files from the repository's top (or from `root`, where
/// there is no repository) down to the file ignore it. A person's own global
/// ignore file is not read: it is not the project's.
pub(super) fn is_ignored_by_git(root: &Path, path: &RelativePath) -> bool {
    let top = root.ancestors().find(|folder| is_there(&folder.join(".git"))).unwrap_or(root);
    let file = path.as_str().split('/').fold(root.to_path_buf(), |path, part| path.join(part));
    let excluded = exclude_file(top).map(|list| read(top, &list));
    // What lies below an ignored folder is ignored, whatever is said further down.
    let inside = file.ancestors().take_while(|part| *part != top).collect::<Vec<_>>();
    let mut lists: Vec<Gitignore> =
        excluded.into_iter().chain([read(top, &top.join(".gitignore"))]).collect();
    for part in inside.into_iter().rev() {
        let is_folder = part != file;
        let verdicts = lists.iter().rev().map(|list| list.matched(part, is_folder));
        match verdicts.into_iter().find(|verdict| !verdict.is_none()) {
            Some(Match::Ignore(_)) => return true,
            _ if is_folder => lists.push(read(part, &part.join(".gitignore"))),
            _ => {}
        }
    }
    false
}

/// Whether git ignores a path below a folder, for what is no part of what a
/// team shares; a path that no table can name is not.
pub fn is_ignored(root: &Path, path: &str) -> bool {
    RelativePath::parse(path).is_ok_and(|path| is_ignored_by_git(&super::normalise(root), &path))
}

/// The patterns of an ignore file; none where it cannot be read.
fn read(folder: &Path, file: &Path) -> Gitignore {
    let mut builder = GitignoreBuilder::new(folder);
    let Ok(text) = super::locate::read_text(file) else { return Gitignore::empty() };
    // A byte order mark is no part of the first pattern, to git either.
    for line in text.strip_prefix('\u{feff}').unwrap_or(&text).lines() {
        // A pattern that git would not understand either is left out.
        drop(builder.add_line(None, line));
    }
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

/// `info/exclude` of a repository; a worktree's is that of its main one.
fn exclude_file(top: &Path) -> Option<PathBuf> {
    let git = top.join(".git");
    if super::locate::is_folder(&git) {
        return Some(git.join("info/exclude"));
    }
    let text = super::locate::read_text(&git).ok()?;
    let own = top.join(text.strip_prefix("gitdir:")?.trim());
    let common = super::locate::read_text(&own.join("commondir")).ok();
    Some(common.map_or(own.clone(), |common| own.join(common.trim())).join("info/exclude"))
}

#[expect(clippy::disallowed_methods, reason = "this is the room that touches the disk")]
fn is_there(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok()
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the tests make their own files")]
mod tests {
    use super::*;

    /// Makes files, then asks about a path below `project`.
    fn check(files: &[(&str, &str)], path: &str, expect: bool) {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir_all(folder.path().join("project/sub")).expect("a folder");
        for (name, text) in files {
            let file = folder.path().join(name);
            std::fs::create_dir_all(file.parent().expect("a parent")).expect("a folder");
            std::fs::write(file, text).expect("a file");
        }
        let path = RelativePath::parse(path).expect("a path");
        assert_eq!(is_ignored_by_git(&folder.path().join("project"), &path), expect, "{files:?} {path}");
    }

    #[test]
    fn ignore_files_count_with_and_without_a_repository() {
        check(&[("project/.gitignore", ".env\n")], ".env", true);
        check(&[("project/.gitignore", "\u{feff}.env\r\n")], ".env", true);
        check(&[("project/.gitignore", ".env\n")], ".env.example", false);
        check(&[(".gitignore", ".env\n")], ".env", false);
        check(&[(".git/HEAD", ""), (".gitignore", ".env\n")], ".env", true);
        check(&[(".git/info/exclude", "/project/x\n")], "x", true);
        check(&[(".git", "gitdir: real\n"), ("real/info/exclude", "x\n")], "x", true);
    }

    #[test]
    fn the_nearest_pattern_decides_and_an_ignored_folder_ignores_all_below() {
        check(
            &[("project/.gitignore", "*.env\n"), ("project/sub/.gitignore", "!a.env\n")],
            "sub/a.env",
            false,
        );
        check(&[("project/.gitignore", "sub/\n"), ("project/sub/.gitignore", "!a.env\n")], "sub/a.env", true);
        check(&[("project/.gitignore", "*.env\n!a.env\n")], "a.env", false);
        check(&[("project/.gitignore", "build\n")], "build/deep/x", true);
    }
}
