//! Lines of a document, and the bullets before them.

use std::ops::Range;

/// The lines of a text without their endings, a byte order mark left out.
pub(in crate::readers) fn lines(text: &str) -> Vec<Range<usize>> {
    let mut start = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let mut lines = Vec::new();
    for end in memchr::memchr_iter(b'\n', text.as_bytes()).chain([text.len()]) {
        let line = &text[start..end.max(start)];
        lines.push(start..start + line.trim_end_matches('\r').len());
        start = end + 1;
        if start > text.len() {
            break;
        }
    }
    lines
}

/// A range, moved.
pub(in crate::readers) fn shift(range: &Range<usize>, by: usize) -> Range<usize> {
    range.start + by..range.end + by
}

/// How long an item's bullet is, blanks and a box to tick included; 0 for none.
pub(in crate::readers) fn bullet(line: &str) -> usize {
    let bytes = line.as_bytes();
    let marks = match bytes.first() {
        Some(b'-' | b'*' | b'+' | b'\xe2') if bytes[0] != b'\xe2' => 1,
        Some(b'0'..=b'9') => {
            let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
            if digits <= 3 && matches!(bytes.get(digits), Some(b'.' | b')')) { digits + 1 } else { 0 }
        }
        _ if line.starts_with('•') => '•'.len_utf8(),
        _ => 0,
    };
    let rest = &line[marks..];
    if marks == 0 || !rest.starts_with([' ', '\t']) {
        return 0;
    }
    let blanks = rest.len() - rest.trim_start().len();
    let rest = rest.trim_start();
    let tick =
        ["[ ] ", "[x] ", "[X] "].iter().find(|tick| rest.starts_with(**tick)).map_or(0, |tick| tick.len());
    marks + blanks + tick
}

/// Whether a line only draws one.
pub(in crate::readers) fn is_line_of_marks(line: &str) -> bool {
    line.chars().all(|character| matches!(character, '-' | '=' | '*' | '_' | ' '))
}

/// A range of a text without the blanks at its ends.
pub(in crate::readers) fn trimmed(line: &str, range: Range<usize>) -> Range<usize> {
    let cell = &line[range.clone()];
    let start = range.start + cell.len() - cell.trim_start().len();
    start..start + cell.trim().len()
}
