//! Installs and removes a git pre-commit hook.
//!
//! The hook is a short script of ours; one that was there before is kept
//! beside it and run first. One hook serves several tables of a repository.

use std::path::Path;

use super::load::{FILE_NAME, Location, project_folder};
use crate::diagnostic::Failure;
use crate::world::{self, GitRepository};

/// What to do about the hook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HookAction {
    /// Run `portgen check --staged` before each commit.
    Check,
    /// Run `portgen render --stage`, then `portgen check --staged`.
    Render,
    /// Remove it, and put back the one that was there.
    Uninstall,
}

/// What became of the hook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HookOutcome {
    /// The hook's file.
    pub path: String,
    /// Whether the file changed.
    pub changed: bool,
    /// Whether a hook that was there is run first.
    pub chained: bool,
}

/// The first line that says that a hook is ours.
const OURS: &str = "# Installed by `portgen hook install`; `portgen hook uninstall` removes it.";
/// What a hook that was there is renamed to.
const PREVIOUS: &str = "pre-commit.before-portgen";

/// Installs the hook for the table that the location finds, or removes it.
///
/// # Errors
/// A [`Failure`] outside a git repository, without a table, or where the disk
/// or git fails.
pub fn hook(location: &Location, action: HookAction) -> Result<HookOutcome, Failure> {
    let folder = project_folder(location);
    let repository = GitRepository::of(&folder)?;
    let hooks = repository.hooks_folder()?;
    let path = hooks.join("pre-commit");
    let shown = path.display().to_string();
    let current = world::read_text_if_any(&path)?;
    let ours = current.as_deref().filter(|text| text.contains(OURS));
    let has_previous = world::is_file(&hooks.join(PREVIOUS));
    if action == HookAction::Uninstall {
        let changed = ours.is_some();
        if changed {
            world::remove_file(&path)?;
            if has_previous {
                world::rename(&hooks.join(PREVIOUS), &path)?;
            }
        }
        return Ok(HookOutcome { path: shown, changed, chained: false });
    }
    if !world::is_file(&folder.join(FILE_NAME)) {
        let failure = Failure::new("no-table", "there is no ports.toml for the hook to check");
        return Err(failure.path(folder.display().to_string()));
    }
    let mut chained = has_previous;
    if current.is_some() && ours.is_none() {
        if has_previous {
            let message = format!("there is a hook that is not portgen's, and {PREVIOUS} beside it");
            return Err(Failure::new("hook-in-the-way", message)
                .path(shown)
                .help("move one of the two away"));
        }
        world::rename(&path, &hooks.join(PREVIOUS))?;
        chained = true;
    }
    let mut tables: Vec<String> = ours.map(tables_of).unwrap_or_default();
    let inside = repository.relative(&folder);
    let word = if action == HookAction::Render { "render" } else { "check" };
    tables.retain(|table| !table.starts_with(&format!("run {} ", quoted(&inside))));
    tables.push(format!("run {} {word}", quoted(&inside)));
    let text = script(&tables, &world::own_program()?);
    let changed = ours != Some(text.as_str());
    if changed {
        world::write_executable(&path, &text)?;
    }
    Ok(HookOutcome { path: shown, changed, chained })
}

fn tables_of(script: &str) -> Vec<String> {
    script.lines().filter(|line| line.starts_with("run '")).map(str::to_owned).collect()
}

/// A POSIX script; git runs it at the top of the work tree, on Windows with
/// the shell that comes with it.
fn script(tables: &[String], program: &Path) -> String {
    let program = quoted(&program.to_string_lossy().replace('\\', "/"));
    let tables = tables.join("\n");
    format!(
        r#"#!/bin/sh
{OURS}
previous="$(dirname "$0")/{PREVIOUS}"
if [ -x "$previous" ]; then
    "$previous" "$@" || exit $?
fi
portgen=portgen
command -v portgen >/dev/null 2>&1 || portgen={program}
# $1: the table's folder. $2: `check`, or `render` to render and stage first.
run() {{
    # Another branch may have no table.
    [ -f "$1/{FILE_NAME}" ] || return 0
    if [ "$2" = render ]; then
        "$portgen" -C "$1" --quiet render --stage || exit 1
    fi
    "$portgen" -C "$1" check --staged || exit 1
}}
{tables}
"#
    )
}

/// A text in single quotes, as a POSIX shell reads it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
