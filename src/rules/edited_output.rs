//! A generated file or block that a person changed.

use super::Check;
use crate::diagnostic::{Finding, printable};
use crate::model::{Condition, Mode, Problem};

declare_rule! {
    /// Finds a generated file or block that a person changed.
    ///
    /// ## What it does
    /// Compares the checksum in a file's header, or on a block's end marker,
    /// with the text it stands for. A whole-file output whose file has no
    /// header is a person's too. Text equal to what would be rendered is no
    /// edit.
    ///
    /// ## Why is this bad?
    /// The change is lost with the next render, or stands in its way: `render`
    /// never writes over it unless it is told to.
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
    /// path = "src/ports.py"
    /// target = "python"
    ///
    /// [[output]]
    /// path = ".env"
    /// target = "dotenv"
    /// ```
    /// ```text src/ports.py
    /// API_PORT = 9000  # error
    /// ```
    /// ```text .env
    /// # >>> portgen:dotenv >>>
    /// API_PORT=9001 # error
    /// # <<< portgen:dotenv <<< sum:2f6c1a9b
    /// ```
    ///
    /// ## Known limitations
    /// An edit outside a block is nobody's business and is not looked at.
    "edited-output", Deny, Check::Condition(check)
}

fn check(condition: &Condition) -> Option<Finding> {
    let path = printable(&condition.path);
    let (found, diff, message, label, help) = match &condition.problem {
        Problem::Edited { found, mode: Mode::File, diff } => (
            found,
            diff,
            format!("{path} is generated, and was changed by hand"),
            "changed here",
            "make the change in ports.toml, then run `portgen render --force`, which writes over the file",
        ),
        Problem::Edited { found, mode: Mode::Block, diff } => (
            found,
            diff,
            format!("a generated block in {path} was changed by hand"),
            "changed here",
            "move what must stay out of the block, or make the change in ports.toml, then run `portgen render --force`, which writes over the block",
        ),
        Problem::Unowned { found, diff } => (
            found,
            diff,
            format!("{path} has no header of portgen: a person wrote it"),
            "the header belongs here",
            "run `portgen render --adopt` to have the file written over and kept by portgen, or name another path",
        ),
        _ => return None,
    };
    let finding = Finding::new(RULE.name, *found, message)
        .label(label)
        .related(condition.declared, "declared here")
        .diff(diff.as_str())
        .help(help);
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{condition, place, word};
    use super::*;

    #[test]
    fn each_kind_of_edit_names_the_flag_that_overrules_it() {
        let check = |problem: Problem, message: &str, flag: &str| {
            let finding = word(&RULE, &condition(problem));
            assert_eq!(finding.message, message);
            assert_eq!(finding.primary.place, place(3));
            assert_eq!(finding.diff.as_deref(), Some("-a\n+b\n"));
            assert!(finding.help.is_some_and(|help| help.contains(flag)), "{flag}");
        };
        let (found, diff) = (place(3), "-a\n+b\n".to_owned());
        check(
            Problem::Edited { found, mode: Mode::File, diff: diff.clone() },
            "src/ports.py is generated, and was changed by hand",
            "`portgen render --force`",
        );
        check(
            Problem::Edited { found, mode: Mode::Block, diff: diff.clone() },
            "a generated block in src/ports.py was changed by hand",
            "`portgen render --force`",
        );
        check(
            Problem::Unowned { found, diff },
            "src/ports.py has no header of portgen: a person wrote it",
            "`portgen render --adopt`",
        );
    }
}
