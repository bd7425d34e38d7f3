//! `check --fix`: the changes that findings come with, made or shown.

use std::collections::BTreeMap;

use super::load::Workspace;
use super::ownership::Ownership;
use crate::apply::apply;
use crate::diagnostic::{Failure, Fix, Reported};
use crate::model::RelativePath;
use crate::plan::{self, Existing, Plan, Unfixed};
use crate::repository::touches;
use crate::source::{Sources, Span};
use crate::world::Root;

/// Which changes `check` makes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FixOptions {
    /// Those that need to be read first, too.
    pub include_unsafe: bool,
    /// Whether to write them, or only show them.
    pub write: bool,
}

/// What became of the changes.
#[derive(Clone, Debug, Default)]
pub struct Fixed {
    /// How many were made, or would be.
    pub count: usize,
    /// How many files they change.
    pub files: usize,
    /// How many would be made with `--unsafe`.
    pub unsafe_count: usize,
    /// What changes in each file, as a unified diff.
    pub diffs: Vec<String>,
    /// What is not changed, and why: a path and a clause.
    pub skipped: Vec<String>,
}

/// Makes the changes of what is reported, or shows them.
///
/// # Errors
/// A [`Failure`] where the disk refuses; no file is changed by half.
pub(super) fn fix(
    workspace: &Workspace,
    findings: &[Reported],
    ownership: &Ownership,
    options: FixOptions,
) -> Result<Fixed, Failure> {
    let all = findings.iter().filter_map(|reported| reported.finding.fix.as_ref());
    let (wanted, others): (Vec<&Fix>, Vec<&Fix>) = all.partition(|fix| fix.safe || options.include_unsafe);
    let root = Root::open(&workspace.folder)?;
    let mut fixed = Fixed { unsafe_count: others.len(), ..Fixed::default() };
    let writable = writable(workspace, &root, &wanted, ownership, &mut fixed.skipped)?;
    let may_write = |path: &str, range: std::ops::Range<usize>| {
        let span = Span::new(range.start, range.end.max(range.start + 1));
        writable.get(path).is_some_and(|owned| !touches(owned, span))
    };
    let fixes = plan::fixes(&wanted, &workspace.sources, &may_write);
    fixed.count = fixes.outcomes.iter().filter(|outcome| outcome.is_none()).count();
    let overlapping = fixes.outcomes.iter().filter(|outcome| **outcome == Some(Unfixed::Overlaps)).count();
    if overlapping > 0 {
        fixed
            .skipped
            .push(format!("{overlapping} that another change of the same place stands before: run it again"));
    }
    fixed.files = fixes.files.len();
    fixed.diffs = fixes.files.iter().map(plan::FixedFile::diff).collect();
    if options.write {
        let mut plan = Plan::default();
        for file in fixes.files {
            let path = RelativePath::parse(&file.path);
            let path =
                path.map_err(|error| Failure::new("unusable", error.to_string()).path(file.path.clone()))?;
            plan.steps.push(file.step(path));
        }
        apply(&[(&plan, &root)])?;
    }
    Ok(fixed)
}

/// The files of changes that may be written, each with what portgen owns of it;
/// why others may not is said once a file.
fn writable(
    workspace: &Workspace,
    root: &Root,
    wanted: &[&Fix],
    ownership: &Ownership,
    skipped: &mut Vec<String>,
) -> Result<BTreeMap<String, Vec<Span>>, Failure> {
    let mut files = BTreeMap::new();
    let mut refused: BTreeMap<String, String> = BTreeMap::new();
    for edit in wanted.iter().flat_map(|fix| &fix.edits) {
        let source = workspace.sources.get(edit.place.source);
        let path = source.name();
        if files.contains_key(path) || refused.contains_key(path) {
            continue;
        }
        match obstacle(root, path, source.text())? {
            None => {
                files.insert(path.to_owned(), ownership.spans(path, source.text()));
            }
            Some(reason) => {
                refused.insert(path.to_owned(), reason);
            }
        }
    }
    skipped.extend(refused.into_iter().map(|(path, reason)| format!("{path}: {reason}")));
    Ok(files)
}

/// Why a file may not be changed.
fn obstacle(root: &Root, path: &str, text: &str) -> Result<Option<String>, Failure> {
    let Ok(relative) = RelativePath::parse(path) else {
        return Ok(Some("it lies outside the project".to_owned()));
    };
    let mut on_disk = Sources::new();
    Ok(match root.read(&relative, path, &mut on_disk)? {
        Existing::Unusable { reason, .. } => Some(reason),
        Existing::Absent { .. } => Some("it is not there any more".to_owned()),
        Existing::Text { read_only: true, .. } => Some("the file is read-only".to_owned()),
        Existing::Text { source, .. } if on_disk.get(source).text() != text => {
            Some("it was changed meanwhile".to_owned())
        }
        Existing::Text { .. } => None,
    })
}
