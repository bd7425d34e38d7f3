//! `junit`: XML that build servers show as tests, one for each finding.

use std::io::{self, Write};

use super::{Format, message_with_label};
use crate::diagnostic::{Failure, Reported, printable};
use crate::report::{Appearance, Report};

/// This file's format.
pub static FORMAT: Format = Format { name: "junit", summary: "JUnit XML, for build servers", write };

fn write(report: &Report<'_>, _: &Appearance, out: &mut dyn Write) -> io::Result<()> {
    let (found, failed) = (report.findings.len(), report.failures.len());
    // A suite without any test is no success to most servers.
    let is_clean = found + failed == 0;
    let tests = found + failed + usize::from(is_clean);
    writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
    let counts = format!(r#"tests="{tests}" failures="{found}" errors="{failed}""#);
    writeln!(out, r#"<testsuites name="portgen" {counts}>"#)?;
    writeln!(out, r#"  <testsuite name="portgen {}" {counts}>"#, attribute(report.command))?;
    report.findings.iter().try_for_each(|reported| write_finding(out, reported, report))?;
    report.failures.iter().try_for_each(|failure| write_failure(out, failure, report))?;
    if is_clean {
        let command = attribute(report.command);
        writeln!(out, r#"    <testcase classname="portgen" name="{command}"/>"#)?;
    }
    writeln!(out, "  </testsuite>\n</testsuites>")
}

fn write_finding(out: &mut dyn Write, reported: &Reported, report: &Report<'_>) -> io::Result<()> {
    let finding = &reported.finding;
    let place = finding.primary.place;
    let path = format!("{}{}", report.prefix, report.sources.get(place.source).name());
    let at = report.sources.start_of(place);
    let (file, rule) = (attribute(&path), attribute(finding.rule));
    let name = attribute(&format!("{} at {path}:{}:{}", finding.rule, at.line, at.column));
    writeln!(out, r#"    <testcase classname="{rule}" name="{name}" file="{file}" line="{}">"#, at.line)?;
    let (kind, message) = (reported.severity.as_str(), attribute(&finding.message));
    let text = details(reported, report, &path);
    writeln!(out, r#"      <failure type="{kind}" message="{message}">{}</failure>"#, element(&text))?;
    writeln!(out, "    </testcase>")
}

/// The message with all its places and what to do, a line each.
fn details(reported: &Reported, report: &Report<'_>, path: &str) -> String {
    let finding = &reported.finding;
    let at = report.sources.start_of(finding.primary.place);
    // What files say has no line breaks of its own here: a line of a log may be a command.
    let shown = |text: &str| printable(text).into_owned();
    let message = shown(&message_with_label(reported));
    let mut lines = vec![format!("{}:{}:{}: {message}", shown(path), at.line, at.column)];
    for label in &finding.related {
        let (name, at) = (report.sources.get(label.place.source).name(), report.sources.start_of(label.place));
        let (name, text) = (shown(&format!("{}{name}", report.prefix)), shown(&label.text));
        lines.push(format!("{name}:{}:{}: {text}", at.line, at.column));
    }
    lines.extend(finding.help.as_ref().map(|help| format!("help: {}", help.replace('\n', "\n  "))));
    lines.join("\n")
}

fn write_failure(out: &mut dyn Write, failure: &Failure, report: &Report<'_>) -> io::Result<()> {
    let (code, message) = (attribute(failure.code), attribute(&failure.message));
    let help = element(failure.help.as_deref().unwrap_or(""));
    writeln!(out, r#"    <testcase classname="portgen" name="{}">"#, attribute(report.command))?;
    writeln!(out, r#"      <error type="{code}" message="{message}">{help}</error>"#)?;
    writeln!(out, "    </testcase>")
}

/// Escapes the value of an attribute: on one line, without quotes.
fn attribute(text: &str) -> String {
    element(&printable(text)).replace('"', "&quot;").replace('\t', " ")
}

/// Escapes a text between tags. What XML has no way to write, and what steers
/// a terminal, is shown as an escape.
fn element(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(printable).collect();
    let escaped = lines.join("\n").replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    escaped.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Finding;
    use crate::report::fixture::{text_of, text_of_findings, twice, warning};
    use crate::source::{Place, Sources};

    #[test]
    fn a_finding_is_a_test_that_failed_and_nothing_is_one_that_passed() {
        let (sources, findings) = twice();
        let expect = r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="portgen" tests="1" failures="1" errors="0">
  <testsuite name="portgen check" tests="1" failures="1" errors="0">
    <testcase classname="duplicate-port" name="duplicate-port at ports.toml:5:9" file="ports.toml" line="5">
      <failure type="error" message="port 9000 is assigned twice">ports.toml:5:9: port 9000 is assigned twice (and again here)
ports.toml:2:8: first assigned here
help: give `web` another number</failure>
    </testcase>
  </testsuite>
</testsuites>
"#;
        assert_eq!(text_of_findings(&FORMAT, &sources, &findings), expect);
        let clean = text_of_findings(&FORMAT, &sources, &[]);
        assert!(clean.contains(r#"tests="1" failures="0" errors="0""#), "{clean}");
        assert!(clean.contains(r#"<testcase classname="portgen" name="check"/>"#), "{clean}");
    }

    #[test]
    fn what_xml_cannot_hold_is_escaped() {
        let mut sources = Sources::new();
        let id = sources.add("a\"<&>'.env", "x\n");
        let finding = Finding::new("syntax", Place::new(id, 0..1), "<a> & \"b\"\u{1b}\u{0}\n]]>\u{ffff}\t.");
        let text = text_of_findings(&FORMAT, &sources, &[warning(finding)]);
        assert!(text.contains(r#"file="a&quot;&lt;&amp;&gt;'.env""#), "{text}");
        assert!(text.contains(r#"message="&lt;a&gt; &amp; &quot;b&quot;\u{1b}\u{0}\n]]&gt;"#), "{text}");
        assert!(!text.contains(['\u{1b}', '\u{0}', '\u{ffff}']), "{text}");
        let finding = Finding::new("syntax", Place::new(id, 0..1), "service `a\n::error::x`").help("b\n::c");
        let text = text_of_findings(&FORMAT, &sources, &[warning(finding)]);
        assert!(text.lines().all(|line| !line.starts_with("::")), "{text}");
    }

    #[test]
    fn a_failure_is_an_error() {
        let sources = Sources::new();
        let failures = [Failure::new("no-table", "no `ports.toml`").help("run `portgen init`")];
        let report = Report { failures: &failures, ..Report::new("check", false, &sources) };
        let text = text_of(&FORMAT, &report);
        let expect = r#"<error type="no-table" message="no `ports.toml`">run `portgen init`</error>"#;
        assert!(text.contains(expect) && text.contains(r#"failures="0" errors="1""#), "{text}");
    }
}
