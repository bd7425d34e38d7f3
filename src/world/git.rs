//! The few questions that are put to git: by `hook` and `render --stage` only.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::diagnostic::Failure;

/// The repository that a folder lies in.
#[derive(Clone, Debug)]
pub struct GitRepository {
    folder: PathBuf,
    top: PathBuf,
}

impl GitRepository {
    /// Finds the repository that holds a folder.
    ///
    /// # Errors
    /// A [`Failure`] where there is none, or where git cannot be started.
    pub fn of(folder: &Path) -> Result<Self, Failure> {
        let top = git(folder, ["rev-parse", "--show-toplevel"])?;
        Ok(Self { folder: super::normalise(folder), top: PathBuf::from(top.trim_end_matches(['\n', '\r'])) })
    }

    /// The folder that git runs hooks from, `core.hooksPath` and worktrees
    /// considered.
    ///
    /// # Errors
    /// A [`Failure`] where git says none.
    pub fn hooks_folder(&self) -> Result<PathBuf, Failure> {
        let path = git(&self.top, ["rev-parse", "--git-path", "hooks"])?;
        Ok(self.top.join(path.trim_end_matches(['\n', '\r'])))
    }

    /// The path of a folder from the top of the work tree, with `/`; `.` for the top.
    pub fn relative(&self, folder: &Path) -> String {
        let (folder, top) = (super::normalise(folder), super::normalise(&self.top));
        let inside = folder.strip_prefix(&top).unwrap_or(&self.folder);
        let parts: Vec<_> = inside.components().map(|part| part.as_os_str().to_string_lossy()).collect();
        if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
    }
}

/// Refuses where a file has staged and unstaged changes at once: adding all of
/// it would commit what its author left out.
///
/// # Errors
/// A [`Failure`] that names the files, or says that git failed.
pub fn refuse_partly_staged(folder: &Path, paths: &[&str]) -> Result<(), Failure> {
    if paths.is_empty() {
        return Ok(());
    }
    let list = |arguments: &[&str]| -> Result<Vec<String>, Failure> {
        let all = arguments
            .iter()
            .copied()
            .chain(["--name-only", "--relative", "-z", "--"])
            .chain(paths.iter().copied());
        Ok(git(folder, all)?.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect())
    };
    let staged = list(&["diff", "--cached"])?;
    let unstaged = list(&["diff"])?;
    let partly: Vec<String> = staged.into_iter().filter(|path| unstaged.contains(path)).collect();
    if partly.is_empty() {
        return Ok(());
    }
    let message = format!("partly staged: {}", partly.join(", "));
    Err(Failure::new("partly-staged", message).help("stage or stash the rest of the file first"))
}

/// Adds files to the index, but for those that git ignores.
///
/// # Errors
/// A [`Failure`] where git fails.
pub fn stage(folder: &Path, paths: &[&str]) -> Result<(), Failure> {
    let mut tracked = Vec::new();
    for path in paths {
        let ignored = run(folder, ["check-ignore", "--quiet", "--", path])?.status.success();
        if !ignored {
            tracked.push(*path);
        }
    }
    if tracked.is_empty() {
        return Ok(());
    }
    git(folder, ["add", "--"].into_iter().chain(tracked)).map(drop)
}

/// Runs git and gives what it prints.
fn git<'a>(folder: &Path, arguments: impl IntoIterator<Item = &'a str>) -> Result<String, Failure> {
    let output = run(folder, arguments)?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let reason = said.lines().next().unwrap_or("it failed and said nothing").trim_start_matches("fatal: ");
    Err(Failure::new("git", format!("git: {reason}")).path(folder.display().to_string()))
}

#[expect(clippy::disallowed_methods, reason = "this is the room that starts git")]
fn run<A: AsRef<OsStr>>(
    folder: &Path,
    arguments: impl IntoIterator<Item = A>,
) -> Result<std::process::Output, Failure> {
    // The paths are literal, whatever characters they hold.
    let mut command = Command::new("git");
    command.arg("--literal-pathspecs").args(arguments).current_dir(folder).stdin(std::process::Stdio::null());
    command.output().map_err(|error| {
        Failure::new("git", format!("git cannot be started: {error}"))
            .help("install git, or leave out --stage")
    })
}
