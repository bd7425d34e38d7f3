//! A file that cannot be an output.

use super::Check;
use crate::diagnostic::{Finding, printable};
use crate::model::{Condition, Problem};

declare_rule! {
    /// Finds an output or a patch whose file cannot be used as one.
    ///
    /// ## What it does
    /// Refuses a path that is a folder, that leads out of the project through
    /// a symlink, or that holds no UTF-8 text, and an output that its target
    /// or its file has no place for.
    ///
    /// ## Why is this bad?
    /// Nothing can be written there without losing something.
    ///
    /// ## Example
    /// ```toml
    /// [project]
    /// name = "shop"
    ///
    /// [services.api]
    /// port = 9000
    ///
    /// [[output]]
    /// path = "src" # error
    /// target = "python"
    /// ```
    /// ```text src/main.py
    /// print("the folder is there")
    /// ```
    ///
    /// ## Known limitations
    /// Whether a file may be written is only known when it is.
    "unusable-output", Deny, Check::MistakenCondition(check)
}

fn check(condition: &Condition) -> Option<Finding> {
    let Problem::Unusable { reason, help } = &condition.problem else { return None };
    let message = format!("{} cannot be an output: {reason}", printable(&condition.path));
    Some(Finding::new(RULE.name, condition.declared, message).help(help.as_str()))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{condition, word};
    use super::*;

    #[test]
    fn it_says_why_and_what_to_do() {
        let problem = Problem::Unusable { reason: "it is a folder".into(), help: "name a file".into() };
        let finding = word(&RULE, &condition(problem));
        assert_eq!(finding.message, "src/ports.py cannot be an output: it is a folder");
        assert_eq!(finding.help.as_deref(), Some("name a file"));
    }
}
