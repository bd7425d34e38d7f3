//! The few questions that are put to git: by `hook`, `render --stage` and
//! `check --staged` only.

use std::collections::BTreeSet;
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

/// Whether a file that git knows differs on disk from the index.
///
/// # Errors
/// A [`Failure`] where git fails.
pub fn has_unstaged_changes(folder: &Path, path: &str) -> Result<bool, Failure> {
    Ok(!git(folder, ["diff", "--name-only", "--", path])?.trim().is_empty())
}

/// The text of a file in the index; `None` where git does not know the file,
/// or where it is no text.
///
/// # Errors
/// A [`Failure`] where git fails.
pub fn staged_text(folder: &Path, path: &str) -> Result<Option<String>, Failure> {
    if git(folder, ["ls-files", "--cached", "--", path])?.is_empty() {
        return Ok(None);
    }
    let object = format!(":./{path}");
    let output = run(folder, ["cat-file", "blob", &object])?;
    Ok(output.status.success().then(|| String::from_utf8(output.stdout).ok()).flatten())
}

/// Which of some files, relative to a folder with `/`, git tracks: everybody
/// has them, though they may be ignored. `None` where git tracks nothing, for
/// there is no repository or nothing was added to it yet.
pub fn tracked(folder: &Path, paths: &BTreeSet<String>) -> Option<BTreeSet<String>> {
    let git = super::find_upwards(folder, ".git")?;
    if super::is_folder(&git) && !super::is_file(&git.join("index")) {
        return None;
    }
    let arguments = ["ls-files", "--cached", "-z", "--"].into_iter().chain(paths.iter().map(String::as_str));
    let output = run(folder, arguments).ok().filter(|output| output.status.success());
    let listed =
        output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    Some(listed.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect())
}

/// Adds files to the index, but for those that git ignores.
///
/// # Errors
/// A [`Failure`] where git fails.
pub fn stage(folder: &Path, paths: &[String]) -> Result<(), Failure> {
    let mut tracked = Vec::new();
    for path in paths {
        let ignored = run(folder, ["check-ignore", "--quiet", "--", path.as_str()])?.status.success();
        if !ignored {
            tracked.push(path.as_str());
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
    Err(refused(folder, &output))
}

/// What git said when it refused.
pub(super) fn refused(folder: &Path, output: &std::process::Output) -> Failure {
    let said = String::from_utf8_lossy(&output.stderr);
    let reason = said.lines().next().unwrap_or("it failed and said nothing").trim_start_matches("fatal: ");
    Failure::new("git", format!("git: {reason}")).path(folder.display().to_string())
}

pub(super) fn run<A: AsRef<OsStr>>(
    folder: &Path,
    arguments: impl IntoIterator<Item = A>,
) -> Result<std::process::Output, Failure> {
    command(folder, arguments).output().map_err(|error| not_started(&error))
}

/// A git in a folder, which is asked nothing by a terminal.
#[expect(clippy::disallowed_methods, reason = "this is the room that starts git")]
pub(super) fn command<A: AsRef<OsStr>>(folder: &Path, arguments: impl IntoIterator<Item = A>) -> Command {
    // The paths are literal, whatever characters they hold.
    let mut command = Command::new("git");
    command.arg("--literal-pathspecs").args(arguments).current_dir(folder).stdin(std::process::Stdio::null());
    command
}

pub(super) fn not_started(error: &std::io::Error) -> Failure {
    Failure::new("git", format!("git cannot be started: {error}"))
        .help("install git, or leave out what asks for it: --stage, --staged")
}
