//! A unified diff for people: coloured, printable, and no longer than is read.

use std::io::{self, Write};

use super::Appearance;
use super::appearance::Paint;
use crate::diagnostic::printable;

/// Bytes of a line that are shown; the rest of a minified one is left out.
const LINE_BYTES: usize = 200;

/// Writes at most `limit` lines of a unified diff, each behind `indent`, and
/// says how many were left out; `None` for all.
///
/// # Errors
/// What writing returns.
pub fn write_diff(
    out: &mut dyn Write,
    diff: &str,
    indent: &str,
    limit: Option<usize>,
    appearance: &Appearance,
) -> io::Result<()> {
    let limit = limit.unwrap_or(usize::MAX);
    for (index, line) in diff.lines().take(limit).enumerate() {
        let text = shortened(line, appearance);
        let line = match paint_of(line, index) {
            Some(paint) => appearance.paint(paint, &text),
            None => text,
        };
        writeln!(out, "{}", format!("{indent}{line}").trim_end())?;
    }
    let left_out = diff.lines().skip(limit).count();
    if left_out > 0 {
        let lines = if left_out == 1 { "line" } else { "lines" };
        let text = format!("{} {left_out} more {lines}", appearance.ellipsis());
        writeln!(out, "{indent}{}", appearance.paint(Paint::Faint, &text))?;
    }
    Ok(())
}

/// The colour of a line; the two of the file header come first.
fn paint_of(line: &str, index: usize) -> Option<Paint> {
    if index < 2 && (line.starts_with("--- ") || line.starts_with("+++ ")) {
        return Some(Paint::Strong);
    }
    match line.as_bytes().first() {
        Some(b'+') => Some(Paint::Added),
        Some(b'-') => Some(Paint::Removed),
        Some(b'@') => Some(Paint::Hunk),
        _ => None,
    }
}

fn shortened(line: &str, appearance: &Appearance) -> String {
    let kept = &line[..line.floor_char_boundary(LINE_BYTES)];
    let tail = if kept.len() < line.len() { appearance.ellipsis() } else { "" };
    format!("{}{tail}", printable(kept))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(diff: &str, limit: Option<usize>, colour: bool, expect: &str) {
        let mut out = Vec::new();
        let appearance = Appearance { colour, ..Appearance::PLAIN };
        write_diff(&mut out, diff, "  ", limit, &appearance).expect("a vector takes every byte");
        assert_eq!(String::from_utf8_lossy(&out), expect);
    }

    #[test]
    fn a_long_diff_says_how_much_was_left_out() {
        check("-a\n+b\n c\n", Some(3), false, "  -a\n  +b\n   c\n");
        check("-a\n+b\n c\n", Some(2), false, "  -a\n  +b\n  … 1 more line\n");
        check("-a\n+b\n c\n", Some(0), false, "  … 3 more lines\n");
    }

    #[test]
    fn a_line_that_looks_like_a_file_header_is_a_change_further_down() {
        let diff = "--- a\n+++ b\n@@ -1 +1 @@\n--- x\n";
        let expect = "  \u{1b}[1m--- a\u{1b}[0m\n  \u{1b}[1m+++ b\u{1b}[0m\n  \u{1b}[36m@@ -1 +1 @@\u{1b}[0m\n  \u{1b}[31m--- x\u{1b}[0m\n";
        check(diff, None, true, expect);
    }

    #[test]
    fn long_and_hostile_lines_are_tamed() {
        check("+\u{1b}[2J", None, false, "  +\\u{1b}[2J\n");
        check(&format!("+{}", "é".repeat(500)), None, false, &format!("  +{}…\n", "é".repeat(99)));
        check(" ", None, false, "\n");
    }
}
