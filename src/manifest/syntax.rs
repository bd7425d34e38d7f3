//! Syntax errors of `ports.toml`, and which parts of it can be believed.

use toml::Spanned;
use toml::de::{DeTable, DeValue, Error};

use crate::diagnostic::Finding;
use crate::source::{Place, SourceId};

/// The parts of a text that a syntax error made a guess of.
///
/// What follows an error, up to the next header that the parser understood, is
/// not believed: nothing is found in it and nothing is read from it.
#[derive(Debug, Default)]
pub(super) struct Trust {
    doubtful: Vec<std::ops::Range<usize>>,
    headers: Vec<usize>,
}

impl Trust {
    /// Whether what stands at an offset can be believed.
    pub(super) fn believes(&self, offset: usize) -> bool {
        let index = self.doubtful.partition_point(|range| range.end <= offset);
        self.doubtful.get(index).is_none_or(|range| !range.contains(&offset))
    }

    /// Whether all of the section at an offset can be believed: from there to
    /// the next header.
    pub(super) fn believes_section(&self, offset: usize) -> bool {
        let next = self.headers.partition_point(|&header| header <= offset);
        let end = self.headers.get(next).copied().unwrap_or(usize::MAX);
        let index = self.doubtful.partition_point(|range| range.end <= offset);
        self.doubtful.get(index).is_none_or(|range| range.start >= end)
    }

    /// Whether all of the text can be believed.
    pub(super) fn is_complete(&self) -> bool {
        self.doubtful.is_empty()
    }
}

/// Parses a text as far as it goes; each doubtful part has one `syntax` finding.
pub(super) fn parse_toml<'t>(
    text: &'t str,
    source: SourceId,
    findings: &mut Vec<Finding>,
) -> (Spanned<DeTable<'t>>, Trust) {
    let (tree, mut errors) = DeTable::parse_recoverable(text);
    let mut trust = Trust::default();
    if errors.is_empty() {
        return (tree, trust);
    }
    collect_headers(text, tree.get_ref(), &mut trust.headers);
    trust.headers.sort_unstable();
    errors.sort_by_key(|error| error.span().map_or(0, |span| span.start));
    for error in &errors {
        report(error, text, source, &mut trust, findings);
    }
    (tree, trust)
}

fn report(error: &Error, text: &str, source: SourceId, trust: &mut Trust, findings: &mut Vec<Finding>) {
    let span = error.span().unwrap_or(0..0);
    if !trust.believes(span.start) {
        return;
    }
    findings.push(finding(error, text, Place::new(source, visible(text, span.clone()))));
    if is_duplicate(error) {
        return;
    }
    let start = text[..floor(text, span.start)].rfind('\n').map_or(0, |newline| newline + 1);
    let next = trust.headers.partition_point(|&header| header <= span.start);
    let end = trust.headers.get(next).copied().unwrap_or(usize::MAX);
    trust.doubtful.push(start..end);
}

fn finding(error: &Error, text: &str, place: Place) -> Finding {
    if is_duplicate(error) {
        let key = text.get(place.span.range()).unwrap_or("");
        return Finding::new("syntax", place, format!("`{key}` stands here a second time"))
            .label("set before")
            .help("keep one of the two");
    }
    // The parser says what is wrong, and after a comma what it expected.
    let message = error.message();
    let (what, expected) = message.split_once(", expected ").unwrap_or((message, ""));
    let finding = Finding::new("syntax", place, what.to_lowercase());
    if expected.is_empty() || expected == "nothing" {
        finding
    } else {
        finding.label(format!("expected {expected}"))
    }
}

fn is_duplicate(error: &Error) -> bool {
    error.message().contains("duplicate key")
}

/// An error at an empty span is shown at a character, where there is one on its line.
fn visible(text: &str, span: std::ops::Range<usize>) -> std::ops::Range<usize> {
    let start = floor(text, span.start);
    if span.end > start {
        return start..floor(text, span.end).max(start);
    }
    match text[start..].chars().next() {
        Some(character) if character != '\n' && character != '\r' => start..start + character.len_utf8(),
        _ => start..start,
    }
}

fn floor(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// Where the header starts that ends at `end`. A table spans its header, but
/// from the start of a broken one before it, where there is one.
fn header_start(text: &str, end: usize) -> usize {
    let line = text[..floor(text, end)].rfind('\n').map_or(0, |newline| newline + 1);
    let indentation = text[line..].len() - text[line..].trim_start_matches([' ', '\t', '\u{feff}']).len();
    line + indentation
}

/// A table that was opened by a header spans that header, `[a.b]`.
fn collect_headers(text: &str, table: &DeTable<'_>, headers: &mut Vec<usize>) {
    for (_, value) in table {
        collect_header(text, value, headers);
    }
}

fn collect_header(text: &str, value: &Spanned<DeValue<'_>>, headers: &mut Vec<usize>) {
    match value.get_ref() {
        DeValue::Table(table) => {
            if text.as_bytes().get(value.span().start) == Some(&b'[') {
                headers.push(header_start(text, value.span().end));
            }
            collect_headers(text, table, headers);
        }
        DeValue::Array(items) => items.iter().for_each(|item| {
            if matches!(item.get_ref(), DeValue::Table(_)) {
                collect_header(text, item, headers);
            }
        }),
        _ => {}
    }
}

/// The byte offsets of all headers, lowest first.
pub(super) fn header_offsets(text: &str) -> Vec<usize> {
    let (tree, _) = DeTable::parse_recoverable(text);
    let mut headers = Vec::new();
    collect_headers(text, tree.get_ref(), &mut headers);
    headers.sort_unstable();
    headers
}
