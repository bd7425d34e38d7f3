//! JSON as it leaves portgen: equal to what serde writes, and harmless where a
//! terminal shows it.

use std::io::{self, Write};

use serde::Serialize;

use crate::diagnostic::is_unprintable;

/// Writes a value as indented JSON with a final line break.
///
/// JSON lets characters beyond the first 32 controls stand as they are, some of
/// which steer a terminal or reorder text: they are written as escapes, which
/// every reader takes for the same characters.
///
/// # Errors
/// Only where writing fails.
pub(super) fn write_json(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    write_escaped(out, &serde_json::to_string_pretty(value)?)
}

/// Writes a value as JSON on one line, with its line break; in all else as [`write_json`].
///
/// # Errors
/// Only where writing fails.
pub(super) fn write_json_line(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    write_escaped(out, &serde_json::to_string(value)?)
}

fn write_escaped(out: &mut dyn Write, text: &str) -> io::Result<()> {
    // Line breaks are the indentation's alone: those in strings are escaped.
    let mut rest = text;
    while let Some(at) = rest.find(|character| character != '\n' && is_unprintable(character)) {
        let (before, from) = rest.split_at(at);
        out.write_all(before.as_bytes())?;
        let mut characters = from.chars();
        if let Some(character) = characters.next() {
            // All of them lie below U+10000: four digits are enough.
            write!(out, "\\u{:04x}", u32::from(character))?;
        }
        rest = characters.as_str();
    }
    writeln!(out, "{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_steer_a_terminal_is_escaped_and_read_back_the_same() {
        let value =
            serde_json::json!({ "a": "tab\t esc\u{1b}[2J csi\u{9b}2J del\u{7f} rtl\u{202e} é 日\nend" });
        let mut out = Vec::new();
        write_json(&mut out, &value).expect("written");
        let text = String::from_utf8(out).expect("UTF-8");
        assert!(text.contains(r"tab\t esc\u001b[2J csi\u009b2J del\u007f rtl\u202e é 日\nend"), "{text}");
        assert!(text.ends_with("\n}\n"));
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).expect("JSON"), value);
    }
}
