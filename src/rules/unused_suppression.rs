//! A comment that turns a rule off where the rule finds nothing.

use super::{Check, Idle, IdleKind};
use crate::diagnostic::Finding;

declare_rule! {
    /// Finds comments that turn a rule off and silence nothing.
    ///
    /// ## What it does
    /// Looks at comments of the form `portgen: allow(RULE) reason`, on a line or
    /// above it: whether they name rules that there are, give a reason, and
    /// silence a finding.
    ///
    /// ## Why is this bad?
    /// A comment that outlives its finding hides the next one. Without a reason
    /// nobody can tell whether it is still needed, so it silences nothing.
    ///
    /// ## Example
    /// ```toml
    /// [project]
    /// name = "shop"
    /// ```
    /// ```text compose.yaml
    /// services:
    ///   api:
    ///     image: api
    ///     # portgen: allow(published-port-collision) they never run together # warning
    ///     ports: ["8080:80"]
    /// ```
    ///
    /// ## Known limitations
    /// Only files that are read for ports are looked at, and of them only what
    /// `--staged` asks for. JSON has no comments: there, `[lint.per-path]` turns
    /// rules off.
    "unused-suppression", Warn, Check::Idle(check)
}

fn check(idle: &Idle) -> Option<Finding> {
    let finding = |message: String| Finding::new(RULE.name, idle.place, message);
    Some(match &idle.kind {
        IdleKind::Unused { rule } => finding(format!("`{rule}` finds nothing here"))
            .label("nothing is silenced")
            .help("delete the comment, or the rule's name in it"),
        IdleKind::Unknown { rule, near } => {
            let finding = finding(format!("there is no rule `{rule}`"));
            let finding = match near {
                Some(near) => finding.label(format!("did you mean `{near}`?")),
                None => finding.label("no such rule"),
            };
            finding.help("`portgen rules` lists them")
        }
        IdleKind::Mistake { rule } => finding(format!("`{rule}` cannot be turned off"))
            .label("a mistake in the file itself is always an error"),
        IdleKind::Unexplained => finding("a comment that turns a rule off gives no reason".to_owned())
            .label("so it silences nothing")
            .help("write the reason behind the parenthesis"),
        IdleKind::Empty => finding("a comment turns no rule off".to_owned())
            .label("no rule is named")
            .help("name the rule, as in `portgen: allow(hard-coded-port) reason`"),
        IdleKind::Stale { .. } => return None,
    })
}
