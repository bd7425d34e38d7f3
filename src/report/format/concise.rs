//! `concise`: one line a finding, for editors and for grep.

use std::io::{self, Write};

use super::{Format, write_outputs};
use crate::diagnostic::printable;
use crate::report::{Appearance, Report};

/// This file's format.
pub static FORMAT: Format =
    Format { name: "concise", summary: "`path:line:col: error[rule] message`, one line each", write };

fn write(report: &Report<'_>, _: &Appearance, out: &mut dyn Write) -> io::Result<()> {
    for reported in report.findings {
        let finding = &reported.finding;
        let source = report.sources.get(finding.primary.place.source);
        let at = report.sources.start_of(finding.primary.place);
        let (path, message) = (printable(source.name()), printable(&finding.message));
        let severity = reported.severity.as_str();
        writeln!(out, "{path}:{}:{}: {severity}[{}] {message}", at.line, at.column, finding.rule)?;
    }
    write_outputs(report.outputs.unwrap_or_default(), out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Finding, Reported};
    use crate::report::fixture::{error, text_of, text_of_findings, twice, warning};
    use crate::report::{Outcome, OutputLine};
    use crate::source::{Place, Sources};

    fn check(sources: &Sources, findings: &[Reported], expect: &str) {
        assert_eq!(text_of_findings(&FORMAT, sources, findings), expect);
    }

    #[test]
    fn one_line_each_and_nothing_when_clean() {
        let (sources, findings) = twice();
        check(&sources, &findings, "ports.toml:5:9: error[duplicate-port] port 9000 is assigned twice\n");
        check(&sources, &[], "");
    }

    #[test]
    fn a_message_stays_on_its_line_and_a_broken_place_is_the_end() {
        let mut sources = Sources::new();
        let id = sources.add("a\nb", "é\n");
        let beyond = Finding::new("syntax", Place::new(id, 900..901), "bad\nname \u{1b}[2J");
        let inside = Finding::new("syntax", Place::new(id, 1..1), "half a character");
        check(
            &sources,
            &[error(beyond), warning(inside)],
            "a\\nb:2:1: error[syntax] bad\\nname \\u{1b}[2J\na\\nb:1:1: warning[syntax] half a character\n",
        );
    }

    #[test]
    fn outputs_are_listed_with_what_became_of_them() {
        let line = |path: &str, outcome, reason: Option<&str>| OutputLine {
            path: path.to_owned(),
            target: None,
            mode: None,
            outcome,
            reason: reason.map(str::to_owned),
        };
        let outputs = [
            line(".env", Outcome::Created, None),
            line("a.py", Outcome::Unchanged, None),
            line("b.py", Outcome::Refused, Some("somebody edited it")),
        ];
        let sources = Sources::new();
        let report = Report { outputs: Some(&outputs), ..Report::new("render", false, &sources) };
        let expect = "created   .env\nunchanged a.py\nrefused   b.py: somebody edited it\n";
        assert_eq!(text_of(&FORMAT, &report), expect);
    }
}
