//! The environment of this process, read once.

use std::io::IsTerminal;
use std::path::PathBuf;

use crate::diagnostic::Failure;

/// What decides how portgen speaks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment {
    /// `NO_COLOR`
    pub no_color: Option<String>,
    /// `FORCE_COLOR`
    pub force_color: Option<String>,
    /// `CLICOLOR_FORCE`
    pub clicolor_force: Option<String>,
    /// `CLICOLOR`
    pub clicolor: Option<String>,
    /// `TERM`
    pub term: Option<String>,
    /// Whether `GITHUB_ACTIONS` is `true`.
    pub github_actions: bool,
    /// Whether standard output is a terminal.
    pub stdout_is_terminal: bool,
    /// Whether standard error is a terminal.
    pub stderr_is_terminal: bool,
    /// Columns of the terminal, from `COLUMNS` or the terminal itself.
    pub width: Option<usize>,
    /// Whether text may have characters beyond ASCII: the locale says UTF-8,
    /// or none is set, or the system is Windows.
    pub unicode: bool,
}

impl Environment {
    /// Reads the environment; a value that is not UTF-8 is as if unset.
    pub fn read() -> Self {
        Self {
            no_color: variable("NO_COLOR"),
            force_color: variable("FORCE_COLOR"),
            clicolor_force: variable("CLICOLOR_FORCE"),
            clicolor: variable("CLICOLOR"),
            term: variable("TERM"),
            github_actions: variable("GITHUB_ACTIONS").as_deref() == Some("true"),
            stdout_is_terminal: std::io::stdout().is_terminal(),
            stderr_is_terminal: std::io::stderr().is_terminal(),
            width: width(),
            unicode: speaks_unicode(),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the room that reads the environment")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// A path that a variable names; `None` where it is not set, or empty.
#[expect(clippy::disallowed_methods, reason = "this is the room that reads the environment")]
pub(super) fn variable_path(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

fn width() -> Option<usize> {
    let given = variable("COLUMNS").and_then(|columns| columns.parse().ok());
    given.or_else(|| terminal_size::terminal_size().map(|(columns, _)| usize::from(columns.0)))
}

fn speaks_unicode() -> bool {
    let locale =
        ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| variable(name).filter(|text| !text.is_empty()));
    locale.is_none_or(|locale| {
        let locale = locale.to_ascii_lowercase();
        cfg!(windows) || locale.contains("utf-8") || locale.contains("utf8")
    })
}

/// The folder that this process was started in.
///
/// # Errors
/// A [`Failure`] where the folder is gone or may not be entered.
#[expect(clippy::disallowed_methods, reason = "this is the room that reads the environment")]
pub fn current_dir() -> Result<PathBuf, Failure> {
    std::env::current_dir()
        .map_err(|error| Failure::new("io", format!("the current folder cannot be used: {error}")))
}
