//! `full`: each finding with its source, carets, help and diff, for people.

use std::fmt;
use std::io::{self, Write};

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode};

use super::{Format, write_outputs};
use crate::diagnostic::{Reported, Severity, printable};
use crate::report::appearance::Paint;
use crate::report::snippet::{CONTEXT_LINES, Snippet};
use crate::report::talk::help_text;
use crate::report::{Appearance, Report, write_diff};

/// This file's format.
pub static FORMAT: Format =
    Format { name: "full", summary: "source, carets, both places, help and diff", write };

/// Lines of a diff that are shown; `render --diff` shows all.
const DIFF_LINES: usize = 60;
/// Columns below which wrapping does more harm than good.
const LEAST_WIDTH: usize = 40;

fn write(report: &Report<'_>, appearance: &Appearance, out: &mut dyn Write) -> io::Result<()> {
    let theme = theme(appearance);
    for (index, reported) in report.findings.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        write_finding(reported, report, &theme, appearance, out)?;
    }
    if !report.findings.is_empty() && report.outputs.is_some_and(|outputs| !outputs.is_empty()) {
        writeln!(out)?;
    }
    write_outputs(report.outputs.unwrap_or_default(), out)?;
    if let Some(next) = report.next {
        writeln!(out, "\n{}", appearance.paint(Paint::Strong, next))?;
    }
    Ok(())
}

fn write_finding(
    reported: &Reported,
    report: &Report<'_>,
    theme: &GraphicalTheme,
    appearance: &Appearance,
    out: &mut dyn Write,
) -> io::Result<()> {
    let finding = &reported.finding;
    let shown = Shown {
        message: printable(&finding.message).into_owned(),
        severity: reported.severity,
        snippet: Snippet::of(finding, report.sources, appearance),
    };
    let handler = GraphicalReportHandler::new_themed(theme_for(reported, &shown.snippet, theme))
        .with_width(appearance.width.max(LEAST_WIDTH))
        .with_context_lines(CONTEXT_LINES)
        .with_links(false)
        .without_syntax_highlighting();
    let mut text = String::new();
    handler.render_report(&mut text, &shown).map_err(io::Error::other)?;
    // miette puts two columns before the mark that the heading stands in for.
    for line in text.strip_prefix("  ").unwrap_or(&text).lines() {
        writeln!(out, "{}", line.trim_end())?;
    }
    if let Some(help) = &finding.help {
        out.write_all(help_text(help, appearance).as_bytes())?;
    }
    writeln!(out, "  {} portgen explain {}", appearance.paint(Paint::Help, "docs:"), finding.rule)?;
    if let Some(diff) = &finding.diff {
        writeln!(out)?;
        write_diff(out, diff, "  ", Some(DIFF_LINES), appearance)?;
    }
    Ok(())
}

fn theme(appearance: &Appearance) -> GraphicalTheme {
    match (appearance.unicode, appearance.colour) {
        (true, true) => GraphicalTheme::unicode(),
        (true, false) => GraphicalTheme::unicode_nocolor(),
        (false, true) => GraphicalTheme::ascii(),
        (false, false) => GraphicalTheme::none(),
    }
}

/// The theme with `error[rule]:` as its mark, and the primary label in the
/// colour of the severity.
fn theme_for(reported: &Reported, snippet: &Snippet, theme: &GraphicalTheme) -> GraphicalTheme {
    let mut theme = theme.clone();
    let heading = format!("{}[{}]:", reported.severity.as_str(), reported.finding.rule);
    let primary = match reported.severity {
        Severity::Error => theme.styles.error,
        Severity::Warning => theme.styles.warning,
    };
    theme.characters.error.clone_from(&heading);
    theme.characters.warning = heading;
    let related = theme.styles.advice;
    theme.styles.highlights = snippet
        .primary_in_order()
        .into_iter()
        .map(|is_primary| if is_primary { primary } else { related })
        .collect();
    theme
}

/// A finding as miette draws it.
#[derive(Debug)]
struct Shown {
    message: String,
    severity: Severity,
    snippet: Snippet,
}

impl fmt::Display for Shown {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Shown {}

impl Diagnostic for Shown {
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
        })
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.snippet)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.snippet.labels()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Finding;
    use crate::report::fixture::{error, place_of, text_of, text_of_findings, twice, warning};
    use crate::report::next_step;
    use crate::source::{Place, Sources};

    /// The text of one finding without its last line, which names the rule.
    fn check(sources: &Sources, reported: Reported, expect: &str) {
        let text = text_of_findings(&FORMAT, sources, &[reported]);
        let (text, docs) = text.trim_end().rsplit_once('\n').expect("several lines");
        assert!(docs.starts_with("  docs: portgen explain "), "{docs}");
        assert_eq!(text, expect.trim_start_matches('\n').trim_end(), "\n{text}");
    }

    #[test]
    fn clean_is_silent() {
        assert_eq!(text_of_findings(&FORMAT, &Sources::new(), &[]), "");
    }

    #[test]
    fn two_places_in_one_file_with_help() {
        let (sources, findings) = twice();
        check(&sources, findings[0].clone(), r#"
error[duplicate-port]: port 9000 is assigned twice
   ╭─[ports.toml:5:9]
 1 │ [services.api]
 2 │ port = 9000
   ·        ──┬─
   ·          ╰── first assigned here
 3 │
 4 │ [services.web]
 5 │ port  = 9000 # é
   ·         ──┬─
   ·           ╰── and again here
   ╰────
  help: give `web` another number"#);
    }

    #[test]
    fn places_in_two_files() {
        let mut sources = Sources::new();
        let policy = sources.add("../ports.policy.toml", "a\nb\nc\n[[reserved]]\nports = \"8000-8099\"\n");
        let table = sources.add("ports.toml", "[services.api]\nport = 8001\n");
        let finding = Finding::new("reserved-port", place_of(&sources, table, "8001"), "port 8001 is reserved")
            .label("inside 8000-8099")
            .related(place_of(&sources, policy, "\"8000-8099\""), "supervisor infrastructure")
            .related(place_of(&sources, table, "[services.api]"), "");
        check(&sources, warning(finding), r#"
warning[reserved-port]: port 8001 is reserved
   ╭─[ports.toml:2:8]
 1 │ [services.api]
   · ──────────────
 2 │ port = 8001
   ·        ──┬─
   ·          ╰── inside 8000-8099
   ╰────
   ╭─[../ports.policy.toml:5:9]
 4 │ [[reserved]]
 5 │ ports = "8000-8099"
   ·         ─────┬─────
   ·              ╰── supervisor infrastructure
   ╰────"#);
    }

    #[test]
    fn distant_places_are_two_snippets() {
        let mut sources = Sources::new();
        let id = sources.add("a", "one\n2\n3\n4\n5\n6\nseven\n8\n");
        let finding = Finding::new("syntax", place_of(&sources, id, "one"), "m")
            .related(place_of(&sources, id, "seven"), "far away");
        check(&sources, error(finding), r#"
error[syntax]: m
   ╭─[a:1:1]
 1 │ one
   · ───
 2 │ 2
   ╰────
   ╭─[a:7:1]
 6 │ 6
 7 │ seven
   · ──┬──
   ·   ╰── far away
 8 │ 8
   ╰────"#);
    }

    #[test]
    fn control_characters_tabs_and_crlf_keep_the_carets_right() {
        let mut sources = Sources::new();
        let id = sources.add("a", "x\r\n\tk\u{1b}[2J\u{85}\u{202e} = \"ö80\"\t# c\r\n\r\n");
        let finding = Finding::new("syntax", place_of(&sources, id, "80"), "bad \u{1b}[2J\nmessage")
            .label("here\u{7}")
            .help("one\ntwo \u{1b}");
        check(&sources, error(finding), r#"
error[syntax]: bad \u{1b}[2J\nmessage
   ╭─[a:2:14]
 1 │ x
 2 │     k?[2J¿� = "ö80" # c
   ·                 ─┬
   ·                  ╰── here\u{7}
 3 │
   ╰────
  help: one
        two \u{1b}"#);
    }

    #[test]
    fn an_empty_place_at_the_end_is_shown() {
        let mut sources = Sources::new();
        let empty = sources.add("empty", "");
        let open = sources.add("open", "a = ");
        let closed = sources.add("closed", "a = 1\n");
        let at = |id, offset: usize| error(Finding::new("syntax", Place::new(id, offset..offset), "m").label("here"));
        check(&sources, at(empty, 0), r#"
error[syntax]: m
   ╭─[empty:1:1]
 1 │
   · ▲
   · ╰── here
   ╰────"#);
        check(&sources, at(open, 4), r#"
error[syntax]: m
   ╭─[open:1:5]
 1 │ a =
   ·     ▲
   ·     ╰── here
   ╰────"#);
        check(&sources, at(closed, 6), r#"
error[syntax]: m
   ╭─[closed:2:1]
 1 │ a = 1
 2 │
   · ▲
   · ╰── here
   ╰────"#);
    }

    #[test]
    fn broken_places_are_moved_into_the_text() {
        let mut sources = Sources::new();
        let id = sources.add("a", "éé\n\nlast");
        let at = |range| error(Finding::new("syntax", Place::new(id, range), "m"));
        check(&sources, at(1..3), r#"
error[syntax]: m
   ╭─[a:1:1]
 1 │ éé
   · ──
 2 │
   ╰────"#);
        check(&sources, at(0..9), r#"
error[syntax]: m
   ╭─[a:1:1]
 1 │ éé
   · ──
 2 │
   ╰────"#);
        check(&sources, at(900..4_000_000_000), r#"
error[syntax]: m
   ╭─[a:3:5]
 2 │
 3 │ last
   ·     ▲
   ╰────"#);
        for start in 0..12 {
            for end in start..12 {
                text_of_findings(&FORMAT, &sources, &[at(start..end)]);
            }
        }
    }

    #[test]
    fn of_a_very_long_line_a_window_is_shown() {
        let mut sources = Sources::new();
        let mut text = "x".repeat(500_000);
        text.push_str("8080");
        text.push_str(&"y".repeat(500_000));
        let id = sources.add("min.js", text);
        let finding = Finding::new("stale-default", place_of(&sources, id, "8080"), "m")
            .label("here")
            .related(Place::new(id, 0..1_000_000), "all");
        let text = text_of_findings(&FORMAT, &sources, &[error(finding)]);
        assert!(text.len() < 2_000, "{}", text.len());
        assert!(text.contains(" 1 │ …xxx") && text.contains("x8080y") && text.contains("y…\n"), "{text}");
        assert!(text.contains("min.js:1:500001"), "{text}");
    }

    #[test]
    fn drift_shows_its_diff_and_ends_with_the_command() {
        let mut sources = Sources::new();
        let id = sources.add(".env", "API_PORT=1\n");
        let diff: String = (0..100).map(|number| format!("+{number}\n")).collect();
        let finding = Finding::new("stale-output", Place::new(id, 0..10), "m").help("render it").diff(diff);
        let findings = [error(finding)];
        let next = next_step(&findings);
        let text = text_of(&FORMAT, &Report { findings: &findings, next, ..Report::new("check", false, &sources) });
        let tail = "  +59\n  … 40 more lines\n\nrun `portgen render` to bring the outputs up to date\n";
        assert!(text.contains("  help: render it\n  docs: portgen explain stale-output\n\n  +0\n"), "{text}");
        assert!(text.ends_with(tail), "{text}");
    }

    #[test]
    fn colour_marks_the_severity_and_ascii_stays_ascii() {
        let (sources, mut findings) = twice();
        findings[0].severity = Severity::Warning;
        let report = Report { findings: &findings, ..Report::new("check", true, &sources) };
        let text = |colour, unicode| {
            let mut out = Vec::new();
            let appearance = Appearance { width: 60, colour, unicode };
            write(&report, &appearance, &mut out).expect("a vector takes every byte");
            String::from_utf8(out).expect("reports are UTF-8")
        };
        assert!(text(true, true).starts_with("\u{1b}[33mwarning[duplicate-port]:\u{1b}[0m port 9000"), "{}", text(true, true));
        assert_eq!(text(true, true).matches("\u{1b}[33m").count(), 4, "{:?}", text(true, true));
        assert!(text(false, false).replace('é', "").is_ascii(), "{}", text(false, false));
        assert!(!text(false, false).contains('\u{1b}'));
    }

    proptest::proptest! {
        #[test]
        fn whatever_a_place_is_the_text_can_be_printed(
            text in "([a-c é\u{1b}\u{202e}\t\r\n😀]|\r\n){0,60}",
            start in 0_usize..80,
            length in 0_usize..80,
            other in 0_usize..80,
        ) {
            let mut sources = Sources::new();
            let (id, second) = (sources.add("a\u{7}", text.clone()), sources.add("b", text));
            let finding = Finding::new("syntax", Place::new(id, start..start + length), "m")
                .label("primary")
                .related(Place::new(id, other..other + 1), "")
                .related(Place::new(second, other..other + length), "related");
            let text = text_of_findings(&FORMAT, &sources, &[error(finding)]);
            let shown = text.replace('\n', "");
            proptest::prop_assert!(!shown.contains(crate::diagnostic::is_unprintable), "{}", text);
        }
    }
}
