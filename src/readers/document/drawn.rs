//! Tables that a document draws with characters, or writes as lists and
//! comma-separated lines: those of reStructuredText.

use std::ops::Range;

use super::Grid;
use super::line::{shift, trimmed};

/// The most columns of a table that somebody drew.
const MOST_COLUMNS: usize = 60;

/// Whether a line is the border of a table of cells: `+----+----+`.
pub(in crate::readers) fn is_grid_border(line: &str) -> bool {
    line.len() > 4
        && line.starts_with("+-")
        && line.ends_with('+')
        && line.bytes().all(|byte| matches!(byte, b'+' | b'-'))
}

/// Whether a line is a border of a table of columns: `====  ====`.
pub(in crate::readers) fn is_simple_border(line: &str) -> bool {
    line.starts_with("==")
        && line.contains(" =")
        && line.ends_with('=')
        && line.bytes().all(|byte| matches!(byte, b'=' | b' '))
}

/// The table of cells whose border is the line `from`, and the line behind it.
pub(in crate::readers) fn grid_table(text: &str, lines: &[Range<usize>], from: usize) -> (Grid, usize) {
    let drawn = |line: &Range<usize>| {
        let line = &text[line.clone()];
        line.trim_start().starts_with(['+', '|'])
    };
    let end = lines[from..].iter().position(|line| !drawn(line)).map_or(lines.len(), |count| from + count);
    let columns = corners(text, &lines[from..end]);
    let mut groups: Vec<Vec<Vec<Range<usize>>>> = vec![Vec::new()];
    let mut header_ends = None;
    for line in &lines[from + 1..end] {
        let inner = trimmed(&text[line.clone()], 0..line.len());
        let written = &text[shift(&inner, line.start)];
        if written.starts_with('+') && written.bytes().all(|byte| matches!(byte, b'+' | b'-' | b'=')) {
            if written.contains('=') {
                header_ends = Some(groups.len());
            }
            groups.push(Vec::new());
        } else if columns.len() <= MOST_COLUMNS {
            let cells = cells_between(written, &columns);
            let cells = cells.into_iter().map(|cell| shift(&cell, line.start + inner.start)).collect();
            if let Some(group) = groups.last_mut() {
                group.push(cells);
            }
        }
    }
    let rest = groups.split_off(header_ends.unwrap_or(1).min(groups.len()));
    (Grid { header: header(text, &groups.concat()), rows: rest.concat() }, end)
}

/// The columns, in characters, of every corner of a table.
fn corners(text: &str, lines: &[Range<usize>]) -> Vec<usize> {
    let mut columns: Vec<usize> = Vec::new();
    for line in lines {
        let line = text[line.clone()].trim_start();
        if line.starts_with('+') && line.bytes().all(|byte| matches!(byte, b'+' | b'-' | b'=' | b' ')) {
            columns.extend(memchr::memchr_iter(b'+', line.as_bytes()).take(MOST_COLUMNS + 2));
            columns.sort_unstable();
            columns.dedup();
            columns.truncate(MOST_COLUMNS + 2);
        }
    }
    columns
}

/// The cells of a line between the bars at some of the columns; a cell over
/// several columns stands in the first of them.
fn cells_between(line: &str, columns: &[usize]) -> Vec<Range<usize>> {
    let mut cells: Vec<Range<usize>> = Vec::new();
    let mut start = None;
    for (column, (at, character)) in line.char_indices().enumerate() {
        let Ok(index) = columns.binary_search(&column) else { continue };
        if !matches!(character, '|' | '+') {
            continue;
        }
        if let Some(from) = start {
            let cell = trimmed(line, from..at);
            let is_drawn = line[cell.clone()].bytes().all(|byte| matches!(byte, b'-' | b'='));
            cells.push(if is_drawn { cell.end..cell.end } else { cell });
        }
        cells.resize(index.max(cells.len()), at..at);
        start = Some(at + 1);
    }
    cells
}

/// One line of what may be several: in each column the one that speaks of
/// ports, else the first that says anything.
fn header(text: &str, lines: &[Vec<Range<usize>>]) -> Vec<Range<usize>> {
    let count = lines.iter().map(Vec::len).max().unwrap_or(0);
    let column = |index: usize| {
        let cells = || lines.iter().filter_map(|line| line.get(index)).filter(|cell| !cell.is_empty());
        let of_port = cells().find(|cell| text[(*cell).clone()].to_ascii_lowercase().contains("port"));
        of_port.or_else(|| cells().next()).cloned().unwrap_or_default()
    };
    (0..count).map(column).collect()
}

/// The table of columns whose upper border is the line `from`, and the line behind it.
pub(in crate::readers) fn simple_table(text: &str, lines: &[Range<usize>], from: usize) -> (Grid, usize) {
    let is_border = |line: &Range<usize>| is_simple_border(text[line.clone()].trim());
    let is_blank = |line: Option<&Range<usize>>| line.is_none_or(|line| text[line.clone()].trim().is_empty());
    let mut borders: Vec<usize> = Vec::new();
    for index in from + 1..lines.len() {
        if is_border(&lines[index]) {
            borders.push(index);
            if is_blank(lines.get(index + 1)) {
                break;
            }
        }
    }
    let Some(&last) = borders.last() else { return (Grid::default(), from + 1) };
    let columns = starts(&text[lines[from].clone()]);
    let row = |line: &Range<usize>| {
        if text[line.clone()].bytes().all(|byte| matches!(byte, b'-' | b' ')) {
            return None;
        }
        let cells = cells_at(&text[line.clone()], &columns)?;
        Some(cells.into_iter().map(|cell| shift(&cell, line.start)).collect::<Vec<_>>())
    };
    let rows = |from: usize, to: usize| lines[from..to].iter().filter_map(row).collect::<Vec<_>>();
    let header_end = if borders.len() > 1 { borders[0] } else { (from + 2).min(last) };
    let behind = if borders.len() > 1 { header_end + 1 } else { header_end };
    (Grid { header: header(text, &rows(from + 1, header_end)), rows: rows(behind.min(last), last) }, last + 1)
}

/// The columns, in characters, at which the marks of a border begin.
fn starts(border: &str) -> Vec<usize> {
    let bytes = border.as_bytes();
    let begins = |index: &usize| bytes[*index] == b'=' && (*index == 0 || bytes[*index - 1] == b' ');
    (0..bytes.len()).filter(begins).take(MOST_COLUMNS + 1).collect()
}

/// The cells of a line; `None` where what it says goes over several columns.
fn cells_at(line: &str, columns: &[usize]) -> Option<Vec<Range<usize>>> {
    if line.trim().is_empty() || columns.len() > MOST_COLUMNS {
        return None;
    }
    let mut bounds: Vec<usize> = Vec::with_capacity(columns.len() + 1);
    let mut before = ' ';
    for (column, (at, character)) in line.char_indices().enumerate() {
        if columns.get(bounds.len()) == Some(&column) {
            if before != ' ' && before != '\t' {
                return None;
            }
            bounds.push(at);
        }
        before = character;
    }
    bounds.resize(columns.len() + 1, line.len());
    Some(bounds.windows(2).map(|pair| trimmed(line, pair[0]..pair[1])).collect())
}

/// A table written as a list of lists.
pub(in crate::readers) fn list_table(text: &str, lines: &[Range<usize>]) -> Grid {
    let mut rows: Vec<Vec<Range<usize>>> = Vec::new();
    let mut indentation = None;
    for line in lines.iter().filter(|line| !text[(*line).clone()].trim().is_empty()) {
        let written = &text[line.clone()];
        let start = written.len() - written.trim_start().len();
        let rest = written.trim();
        let base = *indentation.get_or_insert(start);
        let row = rest.strip_prefix("* -").filter(|_| start == base);
        let cell = rest.strip_prefix('-').filter(|_| start > base && start <= base + 2);
        let (Some(rest), is_row) = (row.or(cell), row.is_some()) else {
            // A cell goes on.
            if rest.starts_with(':') && rows.is_empty() {
                indentation = None;
            } else if let Some(cell) = rows.last_mut().and_then(|row| row.last_mut()) {
                cell.end = (line.start + written.trim_end().len()).max(cell.end);
            }
            continue;
        };
        if is_row {
            rows.push(Vec::new());
        }
        let end = line.start + written.trim_end().len();
        rows.last_mut().into_iter().for_each(|row| row.push(end - rest.trim_start().len()..end));
    }
    with_header(rows)
}

/// A table of comma-separated lines; `header` is that of its options.
pub(in crate::readers) fn csv_table(
    text: &str,
    header: Option<Range<usize>>,
    lines: &[Range<usize>],
) -> Grid {
    let said = lines.iter().filter(|line| !text[(*line).clone()].trim().is_empty());
    let rows: Vec<Vec<Range<usize>>> = said.map(|line| values(text, line.clone())).collect();
    match header {
        Some(header) => Grid { header: values(text, header), rows },
        None => with_header(rows),
    }
}

fn with_header(mut rows: Vec<Vec<Range<usize>>>) -> Grid {
    if rows.is_empty() {
        return Grid::default();
    }
    Grid { header: rows.remove(0), rows }
}

/// The values of a comma-separated line, without their quotes.
fn values(text: &str, line: Range<usize>) -> Vec<Range<usize>> {
    let mut is_quoted = false;
    let mut starts = vec![0];
    for (at, byte) in text[line.clone()].bytes().enumerate() {
        match byte {
            b'"' => is_quoted = !is_quoted,
            b',' if !is_quoted => starts.push(at + 1),
            _ => {}
        }
    }
    let ends = starts.iter().skip(1).map(|start| start - 1).chain([line.len()]);
    let value = |(start, end): (&usize, usize)| {
        let written = &text[line.clone()];
        let value = trimmed(written, *start..end);
        let is_in_quotes = value.len() >= 2
            && written[value.clone()].starts_with('"')
            && written[..value.end].ends_with('"');
        shift(&if is_in_quotes { value.start + 1..value.end - 1 } else { value }, line.start)
    };
    starts.iter().zip(ends).map(value).collect()
}

/// The tables that a text draws with box characters: a row of cells, a line
/// with crossings below it, more rows.
pub(in crate::readers) fn box_tables(text: &str, lines: &[Range<usize>]) -> Vec<Grid> {
    let mut found = Vec::new();
    let mut above: Option<Vec<Range<usize>>> = None;
    let mut open: Option<Grid> = None;
    for line in lines {
        let written = text[line.clone()].trim();
        let is_row = written.starts_with(['\u{2502}', '\u{2551}']);
        match open.as_mut().filter(|_| is_row) {
            Some(grid) => grid.rows.push(box_cells(text, line.clone())),
            None if is_row => above = Some(box_cells(text, line.clone())),
            None => {
                let crosses = written.contains(['\u{253c}', '\u{256c}', '\u{256a}']);
                if !crosses || open.is_none() {
                    found.extend(open.take());
                    open = above.take().filter(|_| crosses).map(|header| Grid { header, rows: Vec::new() });
                }
            }
        }
    }
    found.extend(open);
    found.retain(|grid: &Grid| grid.header.len() > 1);
    found
}

/// The cells of a row between vertical lines.
fn box_cells(text: &str, line: Range<usize>) -> Vec<Range<usize>> {
    let written = &text[line.clone()];
    let bars = written.char_indices().filter(|(_, one)| matches!(one, '\u{2502}' | '\u{2551}'));
    let bars: Vec<usize> = bars.map(|(at, _)| at).collect();
    let width = '\u{2502}'.len_utf8();
    let cell = |pair: &[usize]| shift(&trimmed(written, pair[0] + width..pair[1]), line.start);
    bars.windows(2).map(cell).take(MOST_COLUMNS).collect()
}
