//! Markdown tables with padded columns, as prettier leaves them alone.

use unicode_width::UnicodeWidthStr;

/// The rows of a Markdown table, one a line, with their columns padded.
///
/// Lines that do not start with `|` stay as they are.
pub(super) fn align(text: &str) -> String {
    let rows: Vec<Option<Vec<&str>>> = text.lines().map(cells).collect();
    let columns = rows.iter().flatten().map(Vec::len).max().unwrap_or(0);
    let mut widths = vec![3; columns];
    let mut sides = vec![Side::Left; columns];
    for row in rows.iter().flatten() {
        let is_rule = is_rule(row);
        for ((cell, width), side) in row.iter().zip(&mut widths).zip(&mut sides) {
            if is_rule {
                *side = Side::of(cell);
            } else {
                *width = cell.width().max(*width);
            }
        }
    }
    let lines = text.lines().zip(&rows).map(|(line, row)| match row {
        Some(row) => padded(row, &widths, &sides),
        None => line.to_owned(),
    });
    lines.filter(|line| !line.trim().is_empty()).collect::<Vec<_>>().join("\n")
}

/// Where the text of a column stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Left,
    Right,
    Middle,
}

impl Side {
    /// As a cell of the rule has it: `---`, `--:` or `:-:`.
    fn of(rule: &str) -> Self {
        match (rule.starts_with(':'), rule.ends_with(':')) {
            (true, true) => Self::Middle,
            (false, true) => Self::Right,
            _ => Self::Left,
        }
    }

    fn rule(self, width: usize) -> String {
        match self {
            Self::Left => "-".repeat(width),
            Self::Right => format!("{}:", "-".repeat(width - 1)),
            Self::Middle => format!(":{}:", "-".repeat(width - 2)),
        }
    }
}

/// The cells of a row; `None` for a line that is none.
fn cells(line: &str) -> Option<Vec<&str>> {
    let inner = line.trim().strip_prefix('|')?;
    let mut cells = Vec::new();
    let mut start = 0;
    let mut escaped = false;
    for (index, character) in inner.char_indices() {
        if character == '|' && !escaped {
            cells.push(inner[start..index].trim());
            start = index + 1;
        }
        escaped = character == '\\' && !escaped;
    }
    let rest = inner[start..].trim();
    if !rest.is_empty() {
        cells.push(rest);
    }
    Some(cells)
}

fn is_rule(row: &[&str]) -> bool {
    let rule = |cell: &&str| cell.contains('-') && cell.trim_matches(':').bytes().all(|byte| byte == b'-');
    !row.is_empty() && row.iter().all(rule)
}

fn padded(row: &[&str], widths: &[usize], sides: &[Side]) -> String {
    let is_rule = is_rule(row);
    let mut line = String::from("|");
    for (column, (&width, side)) in widths.iter().zip(sides).enumerate() {
        let text = if is_rule { side.rule(width) } else { row.get(column).copied().unwrap_or("").to_owned() };
        let space = width.saturating_sub(text.width());
        let before = match side {
            Side::Left => 0,
            Side::Right => space,
            Side::Middle => space / 2,
        };
        line.push_str(&format!(" {}{text}{} |", " ".repeat(before), " ".repeat(space - before)));
    }
    line
}

/// A text that means itself in Markdown, also in a cell of a table: one line,
/// and a backslash where a formatter would write one.
pub(super) fn cell(text: &str) -> String {
    one_line(text).split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// A text as code in Markdown.
pub(super) fn code(text: &str) -> String {
    let text = one_line(text).replace('|', "\\|");
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}

/// Escapes a word: `_` only where it could begin or end emphasis.
fn word(word: &str) -> String {
    let characters: Vec<char> = word.chars().collect();
    let is_edge = |neighbour: Option<&char>| neighbour.is_none_or(|character| !character.is_alphanumeric());
    let mut escaped = String::with_capacity(word.len());
    for (index, &character) in characters.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|index| characters.get(index));
        let special = match character {
            '\\' | '`' | '*' | '<' | '[' | '|' => true,
            '_' => is_edge(before) || is_edge(characters.get(index + 1)),
            '~' => before == Some(&'~') || characters.get(index + 1) == Some(&'~'),
            '&' => word[word.char_indices().nth(index).map_or(0, |(at, _)| at)..].contains(';'),
            _ => false,
        };
        if special {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

/// The text with every run of white space and control characters as one space.
pub(super) fn one_line(text: &str) -> String {
    let breaks = |character: char| character.is_whitespace() || crate::diagnostic::is_unprintable(character);
    text.split(breaks).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let text = "|Service|No|\n|---|--:|\n| a\\|b | ✅ Active |\n\n| ü |";
        let expect = "| Service |        No |
| ------- | --------: |
| a\\|b    | ✅ Active |
| ü       |           |";
        assert_eq!(align(text), expect);
        assert_eq!(align(""), "");
    }

    #[test]
    fn a_text_means_itself_in_markdown() {
        let check = |text: &str, expect: &str| assert_eq!(cell(text), expect, "{text:?}");
        check("a | b\nc", "a \\| b c");
        check("it *is* <b> with_some_thing _x_", "it \\*is\\* \\<b> with_some_thing \\_x\\_");
        check("back\\slash `code` [x](y) ~~no~~ a~b", "back\\\\slash \\`code\\` \\[x](y) \\~\\~no\\~\\~ a~b");
        check("R&D &amp; x", "R&D \\&amp; x");
        assert_eq!(code("a|b"), "`a\\|b`");
    }
}
