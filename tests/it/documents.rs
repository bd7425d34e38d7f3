//! The hand-kept port documents that the examples replace, read as Markdown.
//!
//! They lie beside the repository where portgen is developed and are no part
//! of it: where they are absent, a comparison says so and is skipped.

use std::io::Write;
use std::path::PathBuf;

use crate::support;

/// The text of one of the documents; `None`, said aloud, where it is absent.
pub fn document(name: &str) -> Option<String> {
    let folder: PathBuf = support::repository().join("../shared/inputs");
    if folder.is_dir() {
        return Some(support::read(folder.join(name)));
    }
    // Not `eprintln!`, which the test harness keeps to itself where a test passes.
    writeln!(
        std::io::stderr(),
        "skipped: {name} is not in {}: no example is compared with it",
        folder.display()
    )
    .ok();
    None
}

/// The part of a text behind a heading, up to the next one of its level or above.
pub fn section<'a>(text: &'a str, heading: &str) -> &'a str {
    let level = heading.bytes().take_while(|&byte| byte == b'#').count();
    let start = text.find(heading).unwrap_or_else(|| panic!("no heading {heading:?}"));
    let body = &text[start..];
    let body = &body[body.find('\n').map_or(body.len(), |end| end + 1)..];
    let mut offset = 0;
    let mut fenced = false;
    for line in body.split_inclusive('\n') {
        fenced ^= line.trim_start().starts_with("```");
        let marks = line.bytes().take_while(|&byte| byte == b'#').count();
        if !fenced && (1..=level).contains(&marks) {
            break;
        }
        offset += line.len();
    }
    &body[..offset]
}

/// The rows of the tables in a text, headings and rulers left out; cells
/// without their emphasis and code marks.
pub fn rows(text: &str) -> Vec<Vec<String>> {
    let is_row = |line: &str| line.starts_with('|');
    let is_ruler = |line: &str| is_row(line) && line.chars().all(|character| "|-: ".contains(character));
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let below_ruler =
        |index: usize| lines[..index].iter().rev().take_while(|line| is_row(line)).any(|line| is_ruler(line));
    let bodies = (0..lines.len()).filter(|&index| is_row(lines[index]) && !is_ruler(lines[index]));
    bodies.filter(|&index| below_ruler(index)).map(|index| cells(lines[index])).collect()
}

fn cells(line: &str) -> Vec<String> {
    line.trim_matches('|').split('|').map(|cell| cell.trim().trim_matches(['*', '`']).to_owned()).collect()
}

/// The list items of a text, without their marks.
pub fn items(text: &str) -> Vec<&str> {
    let item = |line: &'_ str| -> Option<usize> {
        let digits = line.bytes().take_while(u8::is_ascii_digit).count();
        if line.starts_with("- ") {
            Some(2)
        } else {
            (digits > 0 && line[digits..].starts_with(". ")).then_some(digits + 2)
        }
    };
    text.lines().map(str::trim).filter_map(|line| item(line).map(|start| &line[start..])).collect()
}

/// The first text between code marks.
pub fn code(item: &str) -> Option<&str> {
    item.split('`').nth(1)
}

/// The part of a text between two marks, the first of each.
pub fn between<'a>(text: &'a str, open: &str, close: &str) -> &'a str {
    let start = text.find(open).unwrap_or_else(|| panic!("no {open:?} in {text:?}")) + open.len();
    let end = text[start..].find(close).unwrap_or_else(|| panic!("no {close:?} in {text:?}"));
    &text[start..start + end]
}

/// Every whole number of four or five digits in a text, in order.
pub fn numbers(text: &str) -> Vec<u32> {
    let words = text.split(|character: char| !character.is_ascii_alphanumeric() && character != '_');
    words.filter(|word| (4..=5).contains(&word.len())).filter_map(|word| word.parse().ok()).collect()
}
