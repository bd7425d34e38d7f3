//! A plan: what is to happen to each path, and why some of it may not.

use crate::model::{Condition, Problem, RelativePath};
use crate::source::Place;

/// What happens to a file, or to one output in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It does not exist yet.
    Created,
    /// It differs.
    Updated,
    /// It is as it should be.
    Unchanged,
    /// No output names it any more.
    Deleted,
    /// It must not be written.
    Refused,
}

impl Change {
    /// The word of reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Unchanged => "unchanged",
            Self::Deleted => "deleted",
            Self::Refused => "refused",
        }
    }
}

/// How much of a file is portgen's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ownership {
    /// All of it.
    File,
    /// The lines between two markers.
    Block,
    /// What a pattern's group matches.
    Patch,
}

impl Ownership {
    /// The word of reports: `file`, `block` or `patch`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Block => "block",
            Self::Patch => "patch",
        }
    }
}

/// What becomes of one output or patch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Where it is declared.
    pub declared: Place,
    /// Its target, for reports; empty for a file that nothing declares any more.
    pub label: String,
    /// How much of the file it owns.
    pub mode: Ownership,
    /// What happens to it.
    pub change: Change,
    /// What is not as it should be on disk, whatever the options allow: this
    /// is what `check` reports.
    pub condition: Option<Condition>,
    /// Why it must not be written; what a refused `render` reports. `None` for
    /// a refused output where another output of the file says why.
    pub refusal: Option<Condition>,
}

impl Outcome {
    /// Why it is refused, as a clause; `None` where it is not.
    pub fn reason(&self) -> Option<String> {
        if self.change != Change::Refused {
            return None;
        }
        let clause = match self.refusal.as_ref().map(|refusal| &refusal.problem) {
            None => "another output of the file is refused",
            Some(Problem::Unusable { reason, .. } | Problem::Uninsertable { reason, .. }) => reason,
            Some(Problem::Edited { .. }) => "it was edited by hand",
            Some(Problem::Unowned { .. }) => "a person wrote it: it has no header",
            Some(Problem::Markers { .. }) => "its markers are missing or damaged",
            Some(Problem::Unmatched { found, .. }) if found.is_empty() => "the pattern matches nothing",
            Some(Problem::Unmatched { .. }) => "the pattern matches more than once",
            Some(Problem::Missing) => "the file does not exist",
            Some(_) => "it cannot be written",
        };
        Some(clause.to_owned())
    }
}

/// What happens to one path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Which file.
    pub path: RelativePath,
    /// Its text now; `None` where it does not exist or is no text.
    pub before: Option<String>,
    /// Its text afterwards; `None` where there is none. Equal to `before`
    /// where nothing changes or something is refused.
    pub after: Option<String>,
    /// What happens to the file as a whole.
    pub change: Change,
    /// What happens to each of its outputs, in the order they were declared.
    pub outcomes: Vec<Outcome>,
}

impl Step {
    pub(super) fn new(
        path: RelativePath,
        before: Option<String>,
        after: Option<String>,
        outcomes: Vec<Outcome>,
    ) -> Self {
        let refused = outcomes.iter().any(|outcome| outcome.change == Change::Refused);
        let change = match (&before, &after) {
            _ if refused => Change::Refused,
            (None, Some(_)) => Change::Created,
            (Some(_), None) => Change::Deleted,
            (before, after) if before != after => Change::Updated,
            _ => Change::Unchanged,
        };
        let after = if refused { before.clone() } else { after };
        Self { path, before, after, change, outcomes }
    }

    /// Whether something is to be written or deleted.
    pub fn is_change(&self) -> bool {
        matches!(self.change, Change::Created | Change::Updated | Change::Deleted)
    }

    /// What changes, as a unified diff that calls the file `shown`; empty where
    /// nothing does.
    ///
    /// Lines around a block or a patch are left out: they are a person's, and
    /// in an env file they may be secrets.
    pub fn diff(&self, shown: &str) -> String {
        let whole = self.outcomes.iter().all(|outcome| outcome.mode == Ownership::File);
        let context = if whole { super::diff::FILE_CONTEXT } else { super::diff::PART_CONTEXT };
        super::diff::unified(shown, self.before.as_deref(), self.after.as_deref(), context)
    }
}

/// Everything that one `render` would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// One step a path.
    pub steps: Vec<Step>,
}

impl Plan {
    /// Whether anything is refused, so that nothing may be written.
    pub fn is_refused(&self) -> bool {
        self.steps.iter().any(|step| step.change == Change::Refused)
    }

    /// The steps that write or delete a file.
    pub fn changes(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|step| step.is_change())
    }

    /// What each output is, and in which file.
    pub fn outcomes(&self) -> impl Iterator<Item = (&Step, &Outcome)> {
        self.steps.iter().flat_map(|step| step.outcomes.iter().map(move |outcome| (step, outcome)))
    }

    /// What is not as it should be, for `check`.
    pub fn conditions(&self) -> impl Iterator<Item = &Condition> {
        self.outcomes().filter_map(|(_, outcome)| outcome.condition.as_ref())
    }

    /// Why outputs are refused, for `render`.
    pub fn refusals(&self) -> impl Iterator<Item = &Condition> {
        self.outcomes().filter_map(|(_, outcome)| outcome.refusal.as_ref())
    }
}
