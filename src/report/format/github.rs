//! `github`: workflow commands, which GitHub Actions shows at the lines of a pull request.

use std::io::{self, Write};

use super::{Format, message_with_label, write_outputs};
use crate::diagnostic::{Reported, printable};
use crate::report::{Appearance, Report};

/// This file's format.
pub static FORMAT: Format =
    Format { name: "github", summary: "annotations of GitHub Actions, its default for `check`", write };

fn write(report: &Report<'_>, _: &Appearance, out: &mut dyn Write) -> io::Result<()> {
    for reported in report.findings {
        let (properties, message) = (properties(reported, report), message(reported, report));
        writeln!(out, "::{} {properties}::{}", reported.severity.as_str(), data(&message))?;
    }
    for failure in report.failures {
        let help = failure.help.as_deref().map(|help| format!("\nhelp: {help}")).unwrap_or_default();
        writeln!(out, "::error title=portgen::{}", data(&format!("{}{help}", failure.message)))?;
    }
    write_outputs(report.outputs.unwrap_or_default(), out)
}

/// Where it is. Columns are only defined within one line, so that a finding
/// over several has none.
fn properties(reported: &Reported, report: &Report<'_>) -> String {
    let place = reported.finding.primary.place;
    let (start, end) = (report.sources.start_of(place), report.sources.end_of(place));
    let file = format!("{}{}", report.prefix, report.sources.get(place.source).name());
    let columns = if start.line == end.line {
        format!(",col={},endColumn={}", start.column, end.column)
    } else {
        String::new()
    };
    format!(
        "file={},line={},endLine={}{columns},title={}",
        property(&file),
        start.line,
        end.line,
        property(&format!("portgen ({})", reported.finding.rule))
    )
}

fn message(reported: &Reported, report: &Report<'_>) -> String {
    let mut lines = vec![message_with_label(reported)];
    for label in &reported.finding.related {
        let (name, at) = (report.sources.get(label.place.source).name(), report.sources.start_of(label.place));
        lines.push(format!("{name}:{}:{}: {}", at.line, at.column, label.text));
    }
    if let Some(help) = &reported.finding.help {
        lines.push(format!("help: {help}"));
    }
    lines.join("\n")
}

/// Escapes the text behind the second `::`.
fn data(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(printable).collect();
    lines.join("\n").replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes the value of a property.
fn property(text: &str) -> String {
    data(&printable(text)).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Failure, Finding};
    use crate::report::fixture::{error, text_of, text_of_findings, twice, warning};
    use crate::source::{Place, Sources};

    fn check(sources: &Sources, findings: &[Reported], expect: &str) {
        assert_eq!(text_of_findings(&FORMAT, sources, findings), expect);
    }

    #[test]
    fn an_annotation_tells_the_whole_story() {
        let (sources, findings) = twice();
        check(
            &sources,
            &findings,
            "::error file=ports.toml,line=5,endLine=5,col=9,endColumn=13,title=portgen (duplicate-port)::\
             port 9000 is assigned twice (and again here)%0Aports.toml:2:8: first assigned here%0A\
             help: give `web` another number\n",
        );
        check(&sources, &[], "");
    }

    #[test]
    fn separators_and_line_endings_are_escaped_and_several_lines_have_no_columns() {
        let mut sources = Sources::new();
        let id = sources.add("a,b:c%.toml", "x\r\ny\r\n");
        let finding = Finding::new("syntax", Place::new(id, 0..4), "100 %: a,\u{1b} b").help("one\r\ntwo");
        check(
            &sources,
            &[warning(finding)],
            "::warning file=a%2Cb%3Ac%25.toml,line=1,endLine=2,title=portgen (syntax)::\
             100 %25: a,\\u{1b} b%0Ahelp: one%0Atwo\n",
        );
    }

    #[test]
    fn paths_start_at_the_checkout_and_failures_are_annotated() {
        let mut sources = Sources::new();
        let id = sources.add("ports.toml", "");
        let findings = [error(Finding::new("syntax", Place::new(id, 9..9), "m"))];
        let failures = [Failure::new("io", "is a folder").help("move it")];
        let report = Report {
            findings: &findings,
            failures: &failures,
            prefix: "examples/shop/",
            ..Report::new("check", false, &sources)
        };
        assert_eq!(
            text_of(&FORMAT, &report),
            "::error file=examples/shop/ports.toml,line=1,endLine=1,col=1,endColumn=1,title=portgen (syntax)::m\n\
             ::error title=portgen::is a folder%0Ahelp: move it\n"
        );
    }
}
