//! Tables that a document writes in HTML.

use std::ops::Range;

use super::Grid;

/// The table that opens at an offset, and where it ends.
pub(in crate::readers) fn html_table(text: &str, start: usize) -> (Grid, usize) {
    let mut grid = Grid::default();
    let mut row: Vec<Range<usize>> = Vec::new();
    let mut open: Option<usize> = None;
    let mut is_header = false;
    let mut depth = 0_usize;
    let mut at = start;
    while let Some((tag, place)) = next_tag(text, at) {
        at = place.end;
        let is_cell = matches!(tag.as_str(), "td" | "th" | "/td" | "/th" | "tr" | "/tr" | "/table");
        if let Some(from) = open.filter(|_| is_cell) {
            row.push(trimmed(text, from..place.start));
            open = None;
        }
        match tag.as_str() {
            "table" => depth += 1,
            "th" => (open, is_header) = (Some(place.end), true),
            "td" => open = Some(place.end),
            "tr" | "/tr" | "/table" if !row.is_empty() => {
                let cells = std::mem::take(&mut row);
                if grid.header.is_empty() && (is_header || grid.rows.is_empty()) && grid.rows.is_empty() {
                    grid.header = cells;
                } else {
                    grid.rows.push(cells);
                }
                is_header = false;
            }
            _ => {}
        }
        if tag == "/table" {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                return (grid, at);
            }
        }
    }
    (grid, text.len())
}

/// The next tag's name, lower case, `/` first where it closes, and its place.
fn next_tag(text: &str, from: usize) -> Option<(String, Range<usize>)> {
    let bytes = text.as_bytes();
    let start = from + memchr::memchr(b'<', bytes.get(from..)?)?;
    let end = start + memchr::memchr(b'>', &bytes[start..])? + 1;
    let inside = &bytes[start + 1..end - 1];
    let length = inside.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'/').count();
    let name = String::from_utf8_lossy(&inside[..length.min(12)]).to_ascii_lowercase();
    Some((name, start..end))
}

fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let cell = &text[range.clone()];
    let start = range.start + cell.len() - cell.trim_start().len();
    start..start + cell.trim().len()
}
