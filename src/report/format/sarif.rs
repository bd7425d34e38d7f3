//! `sarif`: SARIF 2.1.0, for code scanning.
//!
//! Written by hand: the standard is JSON, and the crates for it are many.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::{Format, fingerprints, message_with_label};
use crate::diagnostic::{Failure, Fix, Level, Reported};
use crate::report::{Appearance, Report, wire};
use crate::rules::{Check, RULES, Rule, documentation};
use crate::source::Place;

/// This file's format.
pub static FORMAT: Format = Format { name: "sarif", summary: "SARIF 2.1.0, for code scanning", write };

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// What paths are relative to, as code scanning calls it.
const ROOT: &str = "%SRCROOT%";

fn write(report: &Report<'_>, _: &Appearance, out: &mut dyn Write) -> io::Result<()> {
    let rules: Vec<Value> = RULES.iter().map(|rule| rule_json(rule)).collect();
    let notifications: Vec<Value> = report.failures.iter().map(notification).collect();
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "portgen",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "invocations": [{
                "executionSuccessful": report.failures.is_empty(),
                "toolExecutionNotifications": notifications,
            }],
            "results": results(report),
        }],
    });
    wire::write_json(out, &log)
}

fn rule_json(rule: &Rule) -> Value {
    let level = match rule.level {
        Level::Allow => "none",
        Level::Warn => "warning",
        Level::Deny => "error",
    };
    let documentation = documentation(rule);
    json!({
        "id": rule.name,
        "shortDescription": { "text": rule.summary() },
        "fullDescription": { "text": full_description(documentation.trim()) },
        "help": { "text": documentation.trim(), "markdown": documentation.trim() },
        "defaultConfiguration": { "level": level },
        "properties": { "tags": ["ports", tag(rule)] },
    })
}

/// The summary and what the rule does, without the headings between them.
fn full_description(documentation: &str) -> String {
    let parts = documentation.split("\n\n").take(3).map(|part| part.strip_prefix("## What it does").unwrap_or(part));
    let prose = parts.map(str::trim).filter(|part| !part.is_empty() && !part.starts_with(['#', '`']));
    prose.take(2).collect::<Vec<_>>().join("\n\n")
}

/// What the rule looks at, in a word.
fn tag(rule: &Rule) -> &'static str {
    match rule.check {
        Check::Repository(_) => "repository",
        Check::Condition(_) | Check::MistakenCondition(_) => "outputs",
        _ => "table",
    }
}

fn notification(failure: &Failure) -> Value {
    let help = failure.help.as_deref().map(|help| format!("\n{help}")).unwrap_or_default();
    json!({
        "descriptor": { "id": failure.code },
        "level": "error",
        "message": { "text": format!("{}{help}", failure.message) },
    })
}

fn results(report: &Report<'_>) -> Vec<Value> {
    let numbered = report.findings.iter().zip(fingerprints(report));
    numbered.map(|(reported, (key, count))| result_json(reported, report, &format!("{key}:{count}"))).collect()
}

fn result_json(reported: &Reported, report: &Report<'_>, fingerprint: &str) -> Value {
    let finding = &reported.finding;
    let mut message = message_with_label(reported);
    if let Some(help) = &finding.help {
        message.push('\n');
        message.push_str(help);
    }
    let mut result = json!({
        "ruleId": finding.rule,
        "level": reported.severity.as_str(),
        "message": { "text": message },
        "locations": [{ "physicalLocation": location(finding.primary.place, report) }],
        "partialFingerprints": { "primaryLocationLineHash": fingerprint },
    });
    if let Some(index) = RULES.iter().position(|rule| rule.name == finding.rule) {
        result["ruleIndex"] = json!(index);
    }
    let related = finding.related.iter().enumerate().map(|(index, label)| {
        json!({
            "id": index + 1,
            "message": { "text": label.text },
            "physicalLocation": location(label.place, report),
        })
    });
    let related: Vec<Value> = related.collect();
    if !related.is_empty() {
        result["relatedLocations"] = Value::Array(related);
    }
    if let Some(fix) = &finding.fix {
        result["fixes"] = json!([fix_json(fix, report)]);
    }
    result
}

/// A fix, its edits grouped by file.
fn fix_json(fix: &Fix, report: &Report<'_>) -> Value {
    let mut changes: Vec<(Value, Vec<Value>)> = Vec::new();
    for edit in &fix.edits {
        let artifact = artifact(edit.place, report);
        let replacement = json!({
            "deletedRegion": region(edit.place, report),
            "insertedContent": { "text": edit.text },
        });
        match changes.iter_mut().find(|(known, _)| *known == artifact) {
            Some((_, replacements)) => replacements.push(replacement),
            None => changes.push((artifact, vec![replacement])),
        }
    }
    let changes = changes.into_iter().map(
        |(artifact, replacements)| json!({ "artifactLocation": artifact, "replacements": replacements }),
    );
    json!({ "description": { "text": fix.title }, "artifactChanges": changes.collect::<Vec<_>>() })
}

fn location(place: Place, report: &Report<'_>) -> Value {
    json!({ "artifactLocation": artifact(place, report), "region": region(place, report) })
}

fn artifact(place: Place, report: &Report<'_>) -> Value {
    let path = format!("{}{}", report.prefix, report.sources.get(place.source).name());
    json!({ "uri": uri_path(&path), "uriBaseId": ROOT })
}

fn region(place: Place, report: &Report<'_>) -> Value {
    let (start, end) = (report.sources.start_of(place), report.sources.end_of(place));
    json!({
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    })
}

/// A relative path as a URI reference (RFC 3986).
fn uri_path(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        let plain = byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'.' | b'_' | b'~');
        if plain {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Edit, Finding};
    use crate::report::fixture::{error, place_of, text_of, text_of_findings, twice};
    use crate::source::Sources;

    fn check(report: &Report<'_>) -> Value {
        let log: Value = serde_json::from_str(&text_of(&FORMAT, report)).expect("JSON");
        assert_eq!(log["version"], "2.1.0");
        log["runs"][0].clone()
    }

    #[test]
    fn a_finding_has_its_rule_both_places_and_its_fix() {
        let (sources, mut findings) = twice();
        let place = findings[0].finding.primary.place;
        let edit = |text: &str| Edit { place, text: text.to_owned() };
        let edits = vec![edit("9001"), edit("9002")];
        findings[0].finding.fix = Some(Fix { title: "use 9001".to_owned(), safe: true, edits });
        let report = Report {
            findings: &findings,
            prefix: "a b/",
            ..Report::new("check", false, &sources)
        };
        let run = check(&report);
        let result = &run["results"][0];
        let index = usize::try_from(result["ruleIndex"].as_u64().expect("a rule of the list")).expect("small");
        assert_eq!(run["tool"]["driver"]["rules"][index]["id"], "duplicate-port");
        assert_eq!(run["tool"]["driver"]["rules"][index]["defaultConfiguration"]["level"], "error");
        let rule = &run["tool"]["driver"]["rules"][index];
        assert_eq!(rule["properties"]["tags"], json!(["ports", "table"]));
        let (short, full) = (&rule["shortDescription"]["text"], rule["fullDescription"]["text"].as_str());
        let full = full.expect("a text");
        assert!(full.starts_with(short.as_str().expect("a text")) && full.contains("\n\n"), "{full}");
        assert!(!full.contains("##"), "{full}");
        assert_eq!(
            result["message"]["text"],
            "port 9000 is assigned twice (and again here)\ngive `web` another number"
        );
        let location = json!({
            "artifactLocation": { "uri": "a%20b/ports.toml", "uriBaseId": "%SRCROOT%" },
            "region": { "startLine": 5, "startColumn": 9, "endLine": 5, "endColumn": 13 },
        });
        assert_eq!(result["locations"], json!([{ "physicalLocation": location }]));
        assert_eq!(result["relatedLocations"][0]["message"]["text"], "first assigned here");
        let change = &result["fixes"][0]["artifactChanges"];
        assert_eq!(change.as_array().map(Vec::len), Some(1), "one file, one change");
        assert_eq!(change[0]["replacements"][1]["insertedContent"]["text"], "9002");
    }

    #[test]
    fn a_fingerprint_outlives_lines_above_and_spacing() {
        let print = |text: &str| {
            let mut sources = Sources::new();
            let id = sources.add("ports.toml", text);
            let finding = error(Finding::new("syntax", place_of(&sources, id, "80"), "m"));
            let text = text_of_findings(&FORMAT, &sources, &[finding.clone(), finding]);
            let log: Value = serde_json::from_str(&text).expect("JSON");
            let results = log["runs"][0]["results"].as_array().expect("results").clone();
            let of = |result: &Value| result["partialFingerprints"]["primaryLocationLineHash"].clone();
            results.iter().map(|one| of(one).as_str().expect("a text").to_owned()).collect::<Vec<_>>()
        };
        let plain = print("port = 80\n");
        assert_eq!(plain, print("# new\n\n  port   =  80\r\n"));
        assert_ne!(plain, print("port = 80 # x\n"));
        let (first, second) = (plain[0].strip_suffix(":1"), plain[1].strip_suffix(":2"));
        assert!(first.is_some() && first == second, "{plain:?}");
    }

    #[test]
    fn a_failure_is_a_notification_of_a_failed_run() {
        let sources = Sources::new();
        let failures = [Failure::new("no-table", "no `ports.toml`").help("run `portgen init`")];
        let run = check(&Report { failures: &failures, ..Report::new("check", false, &sources) });
        let expect = json!([{
            "executionSuccessful": false,
            "toolExecutionNotifications": [{
                "descriptor": { "id": "no-table" },
                "level": "error",
                "message": { "text": "no `ports.toml`\nrun `portgen init`" },
            }],
        }]);
        assert_eq!(run["invocations"], expect);
        assert_eq!(run["results"], json!([]));
    }
}
