//! An output that does not exist.

use super::Check;
use crate::diagnostic::{Finding, printable};
use crate::model::{Condition, Problem};

declare_rule! {
    /// Finds an output whose file does not exist.
    ///
    /// ## What it does
    /// Looks for the file of every output and every patch. It is silent where
    /// the output is `local`, and where git ignores the file.
    ///
    /// ## Why is this bad?
    /// Whoever checks the repository out has no such file, and what reads it
    /// fails or falls back to numbers of its own.
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
    /// path = "src/ports.py" # error
    /// target = "python"
    ///
    /// [[output]]
    /// path = ".env"
    /// target = "dotenv"
    /// local = true
    ///
    /// [[output]]
    /// path = "build/ports.py"
    /// target = "python"
    /// ```
    /// ```text .gitignore
    /// /build/
    /// ```
    ///
    /// ## Known limitations
    /// Only `.gitignore` files inside the project are read, not those above it
    /// or the user's own.
    "missing-output", Deny, Check::Condition(check)
}

fn check(condition: &Condition) -> Option<Finding> {
    if condition.problem != Problem::Missing {
        return None;
    }
    let message = format!("{} does not exist", printable(&condition.path));
    Some(Finding::new(RULE.name, condition.declared, message).help("run `portgen render`"))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{condition, word};
    use super::*;

    #[test]
    fn it_points_at_the_declaration() {
        let condition = condition(Problem::Missing);
        let finding = word(&RULE, &condition);
        assert_eq!(finding.message, "src/ports.py does not exist");
        assert_eq!(finding.primary.place, condition.declared);
    }
}
