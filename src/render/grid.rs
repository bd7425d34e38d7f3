//! Markdown tables with padded columns, as prettier leaves them alone.

use unicode_width::UnicodeWidthStr;

/// The rows as a table; the first is its head. Short rows are filled up.
pub(super) fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    if columns == 0 {
        return String::new();
    }
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|text| cell(text)).collect()).collect();
    let widths: Vec<usize> = (0..columns)
        .map(|column| {
            rows.iter().filter_map(|row| row.get(column)).map(|text| text.width()).max().unwrap_or(0).max(3)
        })
        .collect();
    let mut lines: Vec<String> = rows.iter().map(|row| line(row, &widths)).collect();
    let rule: Vec<String> = widths.iter().map(|&width| "-".repeat(width)).collect();
    lines.insert(1, line(&rule, &widths));
    lines.join("\n")
}

/// A text that can stand in a table's cell: one line, `|` escaped.
pub(super) fn cell(text: &str) -> String {
    one_line(text).replace('|', "\\|")
}

/// The text with every run of white space and control characters as one space.
pub(super) fn one_line(text: &str) -> String {
    let breaks = |character: char| character.is_whitespace() || crate::diagnostic::is_unprintable(character);
    text.split(breaks).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

fn line(row: &[String], widths: &[usize]) -> String {
    let mut line = String::from("|");
    for (column, width) in widths.iter().enumerate() {
        let text = row.get(column).map_or("", String::as_str);
        let padding = " ".repeat(width.saturating_sub(text.width()));
        line.push_str(&format!(" {text}{padding} |"));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let row = |cells: &[&str]| cells.iter().map(|&cell| cell.to_owned()).collect::<Vec<_>>();
        let rows = [row(&["Service", "No"]), row(&["a|b", "✅ Active"]), row(&["ü\nx"])];
        let expect = "| Service | No        |
| ------- | --------- |
| a\\|b    | ✅ Active |
| ü x     |           |";
        assert_eq!(table(&rows), expect);
        assert_eq!(table(&[]), "");
    }
}
