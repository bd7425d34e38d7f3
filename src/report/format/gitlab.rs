//! `gitlab`: a Code Quality report, which GitLab shows in merge requests.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::{Format, fingerprints, message_with_label};
use crate::diagnostic::{Reported, Severity};
use crate::report::{Appearance, Report, wire};

/// This file's format.
pub static FORMAT: Format = Format { name: "gitlab", summary: "a Code Quality report of GitLab", write };

fn write(report: &Report<'_>, _: &Appearance, out: &mut dyn Write) -> io::Result<()> {
    let numbered = report.findings.iter().zip(fingerprints(report));
    let issues: Vec<Value> = numbered.map(|(one, (key, count))| issue(one, report, &key, count)).collect();
    wire::write_json(out, &issues)
}

/// A finding as an issue. Fingerprints are told apart within a report.
fn issue(reported: &Reported, report: &Report<'_>, key: &str, count: usize) -> Value {
    let finding = &reported.finding;
    let place = finding.primary.place;
    let help = finding.help.as_deref().map(|help| format!(": {help}")).unwrap_or_default();
    json!({
        "description": format!("{}{help}", message_with_label(reported)),
        "check_name": finding.rule,
        "fingerprint": if count == 1 { key.to_owned() } else { format!("{key}-{count}") },
        "severity": match reported.severity {
            Severity::Error => "major",
            Severity::Warning => "minor",
        },
        "location": {
            "path": format!("{}{}", report.prefix, report.sources.get(place.source).name()),
            "lines": {
                "begin": report.sources.start_of(place).line,
                "end": report.sources.end_of(place).line,
            },
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::{text_of, text_of_findings, twice};

    #[test]
    fn an_issue_has_what_gitlab_asks_for_and_a_fingerprint_of_its_own() {
        let (sources, findings) = twice();
        let findings = [findings[0].clone(), findings[0].clone()];
        let report = Report { findings: &findings, prefix: "a/", ..Report::new("check", false, &sources) };
        let issues: Value = serde_json::from_str(&text_of(&FORMAT, &report)).expect("JSON");
        let issue = &issues[0];
        assert_eq!(issue["description"], "port 9000 is assigned twice (and again here): give `web` another number");
        assert_eq!(issue["check_name"], "duplicate-port");
        assert_eq!(issue["severity"], "major");
        assert_eq!(issue["location"], json!({ "path": "a/ports.toml", "lines": { "begin": 5, "end": 5 } }));
        let first = issue["fingerprint"].as_str().expect("a text");
        assert_eq!(issues[1]["fingerprint"], format!("{first}-2"));
        assert_eq!(text_of_findings(&FORMAT, &sources, &[]), "[]\n");
    }
}
