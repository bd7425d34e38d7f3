//! An output that differs from the table.

use super::Check;
use crate::diagnostic::{Finding, printable};
use crate::model::{Condition, Problem};

declare_rule! {
    /// Finds an output that differs from what would be rendered.
    ///
    /// ## What it does
    /// Renders every output in memory and compares it with the file, or with
    /// the block or the number that portgen owns in it. Line endings do not
    /// count.
    ///
    /// ## Why is this bad?
    /// The table says one thing and the program that reads the file does
    /// another.
    ///
    /// ## Example
    /// ```toml
    /// [project]
    /// name = "shop"
    ///
    /// [services.api]
    /// port = 9000
    ///
    /// [[patch]]
    /// path = "server.py"
    /// find = 'port=(\d+)'
    /// service = "api"
    /// ```
    /// ```text server.py
    /// import uvicorn
    ///
    /// uvicorn.run("app", port=8000)  # error
    /// ```
    ///
    /// ## Known limitations
    /// A `local` output is compared only where this machine's numbers are known.
    "stale-output", Deny, Check::Condition(check)
}

fn check(condition: &Condition) -> Option<Finding> {
    let Problem::Stale { found, diff } = &condition.problem else { return None };
    let message = format!("{} differs from what would be rendered", printable(&condition.path));
    let finding = Finding::new(RULE.name, *found, message)
        .label("differs here")
        .related(condition.declared, "declared here")
        .diff(diff.as_str())
        .help("run `portgen render`");
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{condition, place, word};
    use super::*;

    #[test]
    fn it_shows_the_diff_and_the_command() {
        let problem = Problem::Stale { found: place(7), diff: "-9000\n+9001\n".into() };
        let finding = word(&RULE, &condition(problem));
        assert_eq!(finding.primary.place, place(7));
        assert_eq!(finding.diff.as_deref(), Some("-9000\n+9001\n"));
        assert_eq!(finding.help.as_deref(), Some("run `portgen render`"));
    }
}
