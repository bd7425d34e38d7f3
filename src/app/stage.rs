//! `render --stage`: which files go to git's index, and which must not.
//!
//! Adding a file adds all of it. So a file is added only where the index would
//! then hold what it held, but for what portgen owns.

use std::collections::BTreeMap;

use crate::diagnostic::Failure;
use crate::plan::{self, Existing, Options, Ownership, Plan, Step, Wanted};
use crate::source::Sources;
use crate::world::{self, Root};

/// The paths to add after a plan is carried out, for one project.
///
/// # Errors
/// A [`Failure`] where the table or a file has changes that their author did
/// not stage, or where git fails; nothing has been written then.
pub(super) fn paths_to_stage(
    root: &Root,
    table: &str,
    plan: &Plan,
    wanted: &[Wanted],
) -> Result<Vec<String>, Failure> {
    if world::has_unstaged_changes(root.folder(), table)? {
        let message =
            "it has changes that are not staged: the outputs would not match the table that is committed";
        return Err(Failure::new("partly-staged", message)
            .path(table)
            .help("stage it, or stash the changes"));
    }
    let mut paths = Vec::new();
    for step in &plan.steps {
        if is_to_be_added(root, step, wanted)? {
            paths.push(step.path.to_string());
        }
    }
    Ok(paths)
}

fn is_to_be_added(root: &Root, step: &Step, wanted: &[Wanted]) -> Result<bool, Failure> {
    let path = step.path.as_str();
    let is_owned = step.outcomes.iter().all(|outcome| outcome.mode == Ownership::File);
    if is_owned || step.before.is_none() {
        return Ok(true);
    }
    // A file that git does not know is its author's to add.
    let Some(staged) = world::staged_text(root.folder(), path)? else { return Ok(false) };
    let planned = after_planning(step, wanted, &staged);
    if planned.as_deref().is_some_and(|planned| same(planned, &staged)) {
        return Ok(false);
    }
    let would_hold = step.after.as_deref().unwrap_or("");
    if planned.as_deref().is_some_and(|planned| same(planned, would_hold)) {
        return Ok(true);
    }
    let message = "it has changes that are not staged, and staging what portgen writes would stage them too";
    Err(Failure::new("partly-staged", message).path(path).help("stage the file, or stash the changes"))
}

/// The text in the index as it would be with the outputs of its path rendered.
fn after_planning(step: &Step, wanted: &[Wanted], staged: &str) -> Option<String> {
    let of_path: Vec<Wanted> = wanted.iter().filter(|wanted| wanted.path == step.path).cloned().collect();
    let mut sources = Sources::new();
    let source = sources.add(step.path.as_str(), staged);
    let existing = BTreeMap::from([(step.path.clone(), Existing::Text { source, read_only: false })]);
    let plan = plan::plan(&of_path, &existing, &sources, Options::default());
    if plan.is_refused() {
        return None;
    }
    plan.steps.into_iter().next().and_then(|step| step.after)
}

/// Git may keep other line endings in the index than on disk.
fn same(one: &str, other: &str) -> bool {
    one == other || one.replace("\r\n", "\n") == other.replace("\r\n", "\n")
}
