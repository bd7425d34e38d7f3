//! Lines for standard error: how much was found, what the world refused.

use super::Appearance;
use super::appearance::Paint;
use crate::diagnostic::{Failure, Reported, Summary, counted, printable};

/// How much was found, on one line without its line ending, such as
/// `2 errors, 1 warning (1 suppressed, 3 held back)`.
pub fn summary_line(summary: &Summary) -> String {
    let counts = [(summary.errors, "error"), (summary.warnings, "warning")];
    let found: Vec<String> = counts
        .into_iter()
        .filter(|&(count, _)| count > 0)
        .map(|(count, word)| counted(count, word))
        .collect();
    let found = if found.is_empty() { "nothing found".to_owned() } else { found.join(", ") };
    let aside = [(summary.suppressed, "suppressed"), (summary.held_back, "held back")];
    let aside: Vec<String> = aside
        .into_iter()
        .filter(|&(count, _)| count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    if aside.is_empty() { found } else { format!("{found} ({})", aside.join(", ")) }
}

/// A failure as lines for a person, each with its line ending.
pub fn failure_text(failure: &Failure, appearance: &Appearance) -> String {
    let path = failure.path.as_deref().map(|path| format!("{}: ", printable(path))).unwrap_or_default();
    // The one message that other tools know by its letters (docs/ledger.md).
    let word = if failure.code == "already-reserved" { "Error:" } else { "error:" };
    let head = appearance.paint(Paint::Error, word);
    let mut text = format!("{head} {path}{}\n", printable(&failure.message));
    if let Some(help) = &failure.help {
        text.push_str(&help_text(help, appearance));
    }
    text
}

/// The command that mends what was found, where one does.
pub fn next_step(findings: &[Reported]) -> Option<&'static str> {
    let drifts = |reported: &Reported| matches!(reported.finding.rule, "stale-output" | "missing-output");
    findings.iter().any(drifts).then_some("run `portgen render` to bring the outputs up to date")
}

/// `help: …`, lines after the first one indented below it.
pub(super) fn help_text(help: &str, appearance: &Appearance) -> String {
    let lines: Vec<_> = help.lines().map(printable).collect();
    format!("  {} {}\n", appearance.paint(Paint::Help, "help:"), lines.join("\n        "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Finding, Severity};
    use crate::source::Place;

    #[test]
    fn the_summary_counts_what_was_held_back_too() {
        let check = |errors, warnings, suppressed, held_back, expect: &str| {
            let summary = Summary { errors, warnings, suppressed, held_back, files: 9 };
            assert_eq!(summary_line(&summary), expect);
        };
        check(2, 1, 1, 3, "2 errors, 1 warning (1 suppressed, 3 held back)");
        check(0, 2, 0, 0, "2 warnings");
        check(0, 0, 0, 3, "nothing found (3 held back)");
        check(1, 0, 0, 0, "1 error");
    }

    #[test]
    fn a_failure_names_its_file_and_its_remedy() {
        let failure = Failure::new("io", "is a\u{1b} folder").path("ports.toml").help("move it\naway");
        let text = failure_text(&failure, &Appearance::PLAIN);
        assert_eq!(text, "error: ports.toml: is a\\u{1b} folder\n  help: move it\n        away\n");
    }

    #[test]
    fn only_drift_has_a_next_step() {
        let reported =
            |rule| Reported { finding: Finding::new(rule, Place::default(), "m"), severity: Severity::Error };
        assert_eq!(next_step(&[reported("duplicate-port")]), None);
        let step = next_step(&[reported("duplicate-port"), reported("stale-output")]);
        assert_eq!(step, Some("run `portgen render` to bring the outputs up to date"));
    }
}
