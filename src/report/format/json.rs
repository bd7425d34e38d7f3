//! `json`: the versioned envelope that programs read.
//!
//! Lines and columns count from 1, columns in characters, ends exclusive;
//! `start` and `end` of an edit are byte offsets.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;

use super::Format;
use crate::diagnostic::{Failure, Fix, Label, Reported, Summary};
use crate::report::sightings::Sightings;
use crate::report::{Appearance, OutputLine, Report, mode_word, wire};
use crate::source::Sources;

/// This file's format.
pub static FORMAT: Format = Format { name: "json", summary: "one versioned JSON object, for programs", write };

/// The version of the envelope; a key is only ever added within it.
pub(super) const VERSION: u32 = 1;

fn write(report: &Report<'_>, _: &Appearance, out: &mut dyn Write) -> io::Result<()> {
    wire::write_json(out, &Envelope::of(report))
}

#[derive(Serialize)]
struct Envelope<'a> {
    version: u32,
    command: &'a str,
    ok: bool,
    #[serde(flatten)]
    fields: serde_json::Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outputs: Option<Vec<WireOutput<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sightings: Option<Sightings<'a>>,
    findings: Vec<WireFinding<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<WireSummary>,
    errors: Vec<WireFailure<'a>>,
}

impl<'a> Envelope<'a> {
    fn of(report: &Report<'a>) -> Self {
        let fields = report.fields.iter().map(|(key, cell)| ((*key).to_owned(), cell.json()));
        Self {
            version: VERSION,
            command: report.command,
            ok: report.ok,
            fields: fields.collect(),
            outputs: report.outputs.map(|lines| lines.iter().map(WireOutput::of).collect()),
            sightings: report.repository.map(|repository| Sightings::of(repository, report.sources)),
            findings: report.findings.iter().map(|one| WireFinding::of(one, report.sources)).collect(),
            summary: report.summary.map(WireSummary::of),
            errors: report.failures.iter().map(WireFailure::of).collect(),
        }
    }
}

#[derive(Serialize)]
pub(super) struct WireFinding<'a> {
    rule: &'a str,
    level: &'a str,
    message: &'a str,
    #[serde(flatten)]
    place: WirePlace<'a>,
    related: Vec<WirePlace<'a>>,
    help: Option<&'a str>,
    fix: Option<WireFix<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    diff: Option<&'a str>,
}

impl<'a> WireFinding<'a> {
    pub(super) fn of(reported: &'a Reported, sources: &'a Sources) -> Self {
        let finding = &reported.finding;
        Self {
            rule: finding.rule,
            level: reported.severity.as_str(),
            message: &finding.message,
            place: WirePlace::of(&finding.primary, sources),
            related: finding.related.iter().map(|label| WirePlace::of(label, sources)).collect(),
            help: finding.help.as_deref(),
            fix: finding.fix.as_ref().map(|fix| WireFix::of(fix, sources)),
            diff: finding.diff.as_deref(),
        }
    }
}

#[derive(Serialize)]
struct WirePlace<'a> {
    path: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    label: &'a str,
}

impl<'a> WirePlace<'a> {
    fn of(label: &'a Label, sources: &'a Sources) -> Self {
        let (start, end) = (sources.start_of(label.place), sources.end_of(label.place));
        Self {
            path: sources.get(label.place.source).name(),
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
            label: &label.text,
        }
    }
}

#[derive(Serialize)]
struct WireFix<'a> {
    title: &'a str,
    safe: bool,
    edits: Vec<WireEdit<'a>>,
}

impl<'a> WireFix<'a> {
    fn of(fix: &'a Fix, sources: &'a Sources) -> Self {
        let edits = fix.edits.iter().map(|edit| WireEdit {
            path: sources.get(edit.place.source).name(),
            start: edit.place.span.start,
            end: edit.place.span.end,
            text: &edit.text,
        });
        Self { title: &fix.title, safe: fix.safe, edits: edits.collect() }
    }
}

#[derive(Serialize)]
struct WireEdit<'a> {
    path: &'a str,
    start: u32,
    end: u32,
    text: &'a str,
}

#[derive(Serialize)]
struct WireOutput<'a> {
    path: &'a str,
    target: Option<&'a str>,
    mode: &'a str,
    result: &'a str,
    reason: Option<&'a str>,
}

impl<'a> WireOutput<'a> {
    fn of(line: &'a OutputLine) -> Self {
        Self {
            path: &line.path,
            target: line.target.as_deref(),
            mode: mode_word(line),
            result: line.outcome.as_str(),
            reason: line.reason.as_deref(),
        }
    }
}

#[derive(Serialize)]
pub(super) struct WireSummary {
    errors: usize,
    warnings: usize,
    suppressed: usize,
    held_back: usize,
    files: usize,
}

impl WireSummary {
    pub(super) fn of(summary: Summary) -> Self {
        let Summary { errors, warnings, suppressed, held_back, files } = summary;
        Self { errors, warnings, suppressed, held_back, files }
    }
}

#[derive(Serialize)]
pub(super) struct WireFailure<'a> {
    code: &'a str,
    message: &'a str,
    help: Option<&'a str>,
    path: Option<&'a str>,
}

impl<'a> WireFailure<'a> {
    pub(super) fn of(failure: &'a Failure) -> Self {
        Self {
            code: failure.code,
            message: &failure.message,
            help: failure.help.as_deref(),
            path: failure.path.as_deref(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Edit, Finding};
    use crate::model::Mode;
    use crate::report::fixture::{count, error, text_of, twice, warning};
    use crate::report::{Cell, Outcome};
    use crate::source::Place;

    fn check(report: &Report<'_>, expect: &str) {
        let text = text_of(&FORMAT, report);
        let compact = |text: &str| {
            let value: Value = serde_json::from_str(text).expect("JSON");
            serde_json::to_string(&value).expect("JSON again").replace("{\"rule\"", "\n{\"rule\"")
        };
        assert_eq!(compact(&text), compact(expect), "{text}");
        assert!(text.ends_with("}\n"), "{text}");
    }

    #[test]
    fn check_has_the_documented_envelope() {
        let (sources, mut findings) = twice();
        let place = findings[0].finding.primary.place;
        findings[0].finding.fix = Some(Fix {
            title: "use 9001".to_owned(),
            safe: true,
            edits: vec![Edit { place, text: "9001".to_owned() }],
        });
        let mut summary = count(&findings);
        summary.held_back = 3;
        let report =
            Report { findings: &findings, summary: Some(summary), ..Report::new("check", false, &sources) };
        check(
            &report,
            r#"{"version": 1, "command": "check", "ok": false,
             "findings": [{"rule": "duplicate-port", "level": "error", "message": "port 9000 is assigned twice",
               "path": "ports.toml", "line": 5, "column": 9, "end_line": 5, "end_column": 13, "label": "and again here",
               "related": [{"path": "ports.toml", "line": 2, "column": 8, "end_line": 2, "end_column": 12, "label": "first assigned here"}],
               "help": "give `web` another number",
               "fix": {"title": "use 9001", "safe": true, "edits": [{"path": "ports.toml", "start": 51, "end": 55, "text": "9001"}]}}],
             "summary": {"errors": 1, "warnings": 0, "suppressed": 0, "held_back": 3, "files": 1},
             "errors": []}"#,
        );
    }

    #[test]
    fn render_names_its_outputs_and_a_failure_comes_in_the_same_envelope() {
        let outputs = [
            OutputLine {
                path: ".env".to_owned(),
                target: Some("dotenv".to_owned()),
                mode: Some(Mode::Block),
                outcome: Outcome::Created,
                reason: None,
            },
            OutputLine {
                path: "a.py".to_owned(),
                target: None,
                mode: None,
                outcome: Outcome::Refused,
                reason: Some("no match".to_owned()),
            },
        ];
        let failures = [Failure::new("io", "is a folder").path("ports.toml")];
        let sources = Sources::new();
        let fields = [("port", Cell::from(9000u16))];
        let report = Report {
            outputs: Some(&outputs),
            failures: &failures,
            fields: &fields,
            ..Report::new("render", false, &sources)
        };
        check(
            &report,
            r#"{"version": 1, "command": "render", "ok": false, "port": 9000, "outputs": [
               {"path": ".env", "target": "dotenv", "mode": "block", "result": "created", "reason": null},
               {"path": "a.py", "target": null, "mode": "patch", "result": "refused", "reason": "no match"}],
             "findings": [],
             "errors": [{"code": "io", "message": "is a folder", "help": null, "path": "ports.toml"}]}"#,
        );
    }

    #[test]
    fn columns_count_characters_and_a_diff_is_an_extra_key() {
        let mut sources = Sources::new();
        let id = sources.add("é.env", "é=\u{1b}1\r\n");
        let finding = Finding::new("stale-output", Place::new(id, 3..900), "m").diff("-a\n+b\n");
        let findings = [warning(finding), error(Finding::new("syntax", Place::new(id, 7..7), "n"))];
        let report = Report { findings: &findings, ..Report::new("check", false, &sources) };
        check(
            &report,
            r#"{"version": 1, "command": "check", "ok": false, "findings": [
             {"rule": "stale-output", "level": "warning", "message": "m", "path": "é.env", "line": 1, "column": 3,
               "end_line": 2, "end_column": 1, "label": "", "related": [], "help": null, "fix": null, "diff": "-a\n+b\n"},
             {"rule": "syntax", "level": "error", "message": "n", "path": "é.env", "line": 2, "column": 1,
               "end_line": 2, "end_column": 1, "label": "", "related": [], "help": null, "fix": null}],
             "errors": []}"#,
        );
    }
}
