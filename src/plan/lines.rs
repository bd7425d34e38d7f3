//! Lines, line endings and the byte order mark.

use std::borrow::Cow;
use std::ops::Range;

/// The mark that some editors put before a text.
pub(super) const BYTE_ORDER_MARK: &str = "\u{feff}";

/// One line of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line<'a> {
    /// Its text, without its ending.
    pub(super) text: &'a str,
    /// Offset of its first byte.
    pub(super) start: usize,
    /// Offset behind its ending.
    pub(super) next: usize,
}

impl Line<'_> {
    /// Its bytes, without its ending.
    pub(super) fn range(&self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }

    /// Its bytes, without its ending and the blanks around it.
    pub(super) fn trimmed(&self) -> Range<usize> {
        let start = self.start + (self.text.len() - self.text.trim_start().len());
        start..start + self.text.trim().len()
    }

    /// Its bytes, with its ending.
    pub(super) fn full_range(&self) -> Range<usize> {
        self.start..self.next
    }

    /// The blanks that it begins with.
    pub(super) fn indentation(&self) -> &str {
        let text = self.text.trim_start_matches([' ', '\t']);
        &self.text[..self.text.len() - text.len()]
    }
}

/// The lines of a text; a byte order mark belongs to none.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let mut next = text.len() - without_mark(text).len();
    without_mark(text).split_inclusive('\n').map(move |full| {
        let start = next;
        next += full.len();
        let bare = full.strip_suffix('\n').map_or(full, |line| line.strip_suffix('\r').unwrap_or(line));
        Line { text: bare, start, next }
    })
}

/// The text behind a byte order mark, if it has one.
pub(super) fn without_mark(text: &str) -> &str {
    text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text)
}

/// The ending that most lines have; LF where there are as many of each.
pub(super) fn dominant_ending(text: &str) -> &'static str {
    let all = text.bytes().filter(|&byte| byte == b'\n').count();
    let windows = text.matches("\r\n").count();
    if windows * 2 > all { "\r\n" } else { "\n" }
}

/// The text with LF endings.
pub(super) fn to_lf(text: &str) -> Cow<'_, str> {
    if text.contains("\r\n") { Cow::Owned(text.replace("\r\n", "\n")) } else { Cow::Borrowed(text) }
}

/// A text with LF endings, in another ending.
pub(super) fn with_ending<'a>(text: &'a str, ending: &str) -> Cow<'a, str> {
    if ending == "\n" { Cow::Borrowed(text) } else { Cow::Owned(text.replace('\n', ending)) }
}

/// A rendered text as the rest of this room takes it: LF, with a final newline
/// unless it is empty.
pub(super) fn normal(text: &str) -> String {
    let mut text = to_lf(text).into_owned();
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

/// The index of the first line in which two texts differ, line endings aside.
///
/// Where one is the beginning of the other, that is the first line behind it.
pub(super) fn first_difference(one: &str, other: &str) -> usize {
    let pairs = lines(one).zip(lines(other));
    pairs.take_while(|(left, right)| left.text == right.text).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_know_where_they_are() {
        let check = |text: &str, expect: &[(&str, usize, usize)]| {
            let found: Vec<_> = lines(text).map(|line| (line.text, line.start, line.next)).collect();
            assert_eq!(found, expect, "{text:?}");
        };
        check("", &[]);
        check("a\n\r\nb", &[("a", 0, 2), ("", 2, 4), ("b", 4, 5)]);
        check("\u{feff}a\r\n", &[("a", 3, 6)]);
        check("a\rb\n", &[("a\rb", 0, 4)]);
    }

    #[test]
    fn the_ending_of_most_lines_is_the_texts_ending() {
        let check = |text: &str, expect: &str| assert_eq!(dominant_ending(text), expect, "{text:?}");
        check("", "\n");
        check("a\r\n", "\r\n");
        check("a\r\nb\n", "\n");
        check("a\r\nb\r\nc\n", "\r\n");
    }
}
