//! An entry of the baseline that nothing matches any more.

use super::{Check, Idle, IdleKind};
use crate::diagnostic::Finding;

declare_rule! {
    /// Finds entries of the baseline that nothing matches any more.
    ///
    /// ## What it does
    /// Compares the baseline with what is found: an entry is for so many
    /// findings of one rule in one file, in lines of one text with one port.
    ///
    /// ## Why is this bad?
    /// What was mended may come back, and an entry that is left over would hide it.
    ///
    /// ## Example
    /// ```toml
    /// [project]
    /// name = "shop"
    /// ```
    /// ```text .portgen-baseline.json
    /// {
    ///   "version": 1,
    ///   "findings": [
    ///     {"rule":"hard-coded-port","path":"gone.py","fingerprint":"00000000000000000000000000000000","count":1} # warning
    ///   ]
    /// }
    /// ```
    ///
    /// ## Known limitations
    /// A line that changes is another line: its finding is new, and its entry
    /// stale. `portgen check --write-baseline` writes the file anew.
    "stale-baseline", Warn, Check::Idle(check)
}

fn check(idle: &Idle) -> Option<Finding> {
    let IdleKind::Stale { rule, path, count, found } = &idle.kind else { return None };
    let message = match found {
        0 => format!("the baseline has `{rule}` in {path}, which is not found any more"),
        _ => format!("the baseline has `{rule}` in {path} {count} times, and it is found {found} times"),
    };
    let finding = Finding::new(RULE.name, idle.place, message).label("more than there is");
    Some(finding.help("run `portgen check --write-baseline`"))
}
