//! `json-lines`: one JSON object a line, for what reads while it is written.
//!
//! Each line says what it is: `sighting`, `finding` and `error`, in that
//! order, and one `summary` at the end.

use std::io::{self, Write};

use serde::Serialize;

use super::Format;
use super::json::{VERSION, WireFailure, WireFinding, WireSummary};
use crate::report::sightings::Sightings;
use crate::report::{Appearance, Report, wire};

/// This file's format.
pub static FORMAT: Format =
    Format { name: "json-lines", summary: "one JSON object a line: findings, then the summary", write };

fn write(report: &Report<'_>, _: &Appearance, out: &mut dyn Write) -> io::Result<()> {
    if let Some(repository) = report.repository {
        for sighting in Sightings::of(repository, report.sources).iter() {
            wire::write_json_line(out, &line("sighting", sighting))?;
        }
    }
    for finding in report.findings {
        wire::write_json_line(out, &line("finding", WireFinding::of(finding, report.sources)))?;
    }
    for failure in report.failures {
        wire::write_json_line(out, &line("error", WireFailure::of(failure)))?;
    }
    let summary = report.summary.map(WireSummary::of);
    wire::write_json_line(out, &line("summary", End { command: report.command, ok: report.ok, summary }))
}

fn line<T: Serialize>(kind: &'static str, value: T) -> Line<T> {
    Line { version: VERSION, kind, value }
}

#[derive(Serialize)]
struct Line<T> {
    version: u32,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(flatten)]
    value: T,
}

/// The last line: how it ended, and the counts.
#[derive(Serialize)]
struct End<'a> {
    command: &'a str,
    ok: bool,
    #[serde(flatten)]
    summary: Option<WireSummary>,
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::diagnostic::Failure;
    use crate::report::fixture::{count, text_of, twice};

    #[test]
    fn every_line_is_an_object_and_the_last_one_counts() {
        let (sources, findings) = twice();
        let failures = [Failure::new("io", "is a\nfolder")];
        let report = Report {
            findings: &findings,
            failures: &failures,
            summary: Some(count(&findings)),
            ..Report::new("check", false, &sources)
        };
        let text = text_of(&FORMAT, &report);
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        let kinds: Vec<&str> = lines.iter().filter_map(|line| line["type"].as_str()).collect();
        assert_eq!(kinds, ["finding", "error", "summary"]);
        assert!(lines.iter().all(|line| line["version"] == 1));
        assert_eq!((&lines[0]["rule"], &lines[0]["line"]), (&"duplicate-port".into(), &5.into()));
        assert_eq!((&lines[2]["errors"], &lines[2]["ok"]), (&1.into(), &false.into()));
    }

    #[test]
    fn a_command_that_counts_nothing_ends_all_the_same() {
        let sources = crate::source::Sources::new();
        let text = text_of(&FORMAT, &Report::new("render", true, &sources));
        assert_eq!(text, "{\"version\":1,\"type\":\"summary\",\"command\":\"render\",\"ok\":true}\n");
    }
}
