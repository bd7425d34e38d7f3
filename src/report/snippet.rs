//! The few lines of its sources that a finding shows, made safe to print.
//!
//! miette reads the whole source anew for every span. A [`Snippet`] is a short
//! text of its own instead, cut out with the line index of the
//! [`Source`](crate::source::Source); it reports the real names, lines and
//! columns. Lines of several files stand in one snippet: miette asks whether
//! two windows can be joined, and those of different files cannot.

use std::collections::BTreeSet;

use miette::{LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use super::Appearance;
use crate::diagnostic::{Finding, Label, is_unprintable, printable};
use crate::source::{Source, SourceId, Sources};

/// Lines shown before and after a labelled one.
pub(super) const CONTEXT_LINES: usize = 1;
/// Bytes of a line that are shown; of a longer one, a window.
const LINE_BYTES: usize = 200;
/// Bytes shown before a label in a long line.
const BYTES_BEFORE: usize = 60;

/// Whether a file is one that secrets stand in: only lines that a finding
/// speaks of are shown of it.
fn is_environment_file(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    file.starts_with(".env") || file.ends_with(".env")
}

/// Lines of one or several sources as one short text.
#[derive(Debug)]
pub(super) struct Snippet {
    text: String,
    lines: Vec<Line>,
    marks: Vec<Mark>,
}

/// A line of the snippet.
#[derive(Debug)]
struct Line {
    source: SourceId,
    name: String,
    /// The line in its source, from 0.
    number: usize,
    /// Where it starts in the snippet.
    start: usize,
    /// What of its source is shown, in bytes, and where in the snippet.
    shown: std::ops::Range<usize>,
    shown_at: usize,
}

/// A label in the snippet.
#[derive(Debug)]
struct Mark {
    text: Option<String>,
    is_primary: bool,
    span: SourceSpan,
    /// The character in its line, from 0.
    column: usize,
}

/// A label with the line it stands on; one over several lines ends with its
/// first.
struct Wanted<'a> {
    label: &'a Label,
    line: usize,
    range: std::ops::Range<usize>,
}

impl Snippet {
    /// Cuts out what a finding points at: the primary source first, then the
    /// others as they are first named.
    pub(super) fn of(finding: &Finding, sources: &Sources, appearance: &Appearance) -> Self {
        let labels: Vec<&Label> = std::iter::once(&finding.primary).chain(&finding.related).collect();
        let mut snippet = Self { text: String::new(), lines: Vec::new(), marks: Vec::new() };
        let mut done: Vec<SourceId> = Vec::new();
        for label in &labels {
            let id = label.place.source;
            if done.contains(&id) {
                continue;
            }
            done.push(id);
            let source = sources.get(id);
            let here = labels.iter().filter(|other| other.place.source == id);
            let wanted: Vec<Wanted<'_>> = here.map(|label| wanted(source, label)).collect();
            snippet.add_lines(id, source, &wanted, appearance);
            snippet.add_marks(id, source, &wanted, finding);
        }
        snippet
    }

    /// The labels as miette takes them.
    pub(super) fn labels(&self) -> impl Iterator<Item = LabeledSpan> + '_ {
        self.marks.iter().map(|mark| {
            let text = mark.text.clone();
            if mark.is_primary {
                LabeledSpan::new_primary_with_span(text, mark.span)
            } else {
                LabeledSpan::new_with_span(text, mark.span)
            }
        })
    }

    /// Whether each label is the primary one, in the order they are drawn.
    pub(super) fn primary_in_order(&self) -> Vec<bool> {
        let mut marks: Vec<&Mark> = self.marks.iter().collect();
        marks.sort_by_key(|mark| mark.span.offset());
        marks.into_iter().map(|mark| mark.is_primary).collect()
    }

    fn add_lines(&mut self, id: SourceId, source: &Source, wanted: &[Wanted<'_>], appearance: &Appearance) {
        let mut numbers: BTreeSet<usize> = wanted.iter().map(|one| one.line).collect();
        let last = last_line(source);
        for one in wanted {
            let context = if is_environment_file(source.name()) { 0 } else { CONTEXT_LINES };
            let around = one.line.saturating_sub(context)..=one.line + context;
            numbers.extend(around.filter(|&number| number <= last));
        }
        for number in numbers {
            let focus = wanted.iter().find(|one| one.line == number).map(|one| one.range.start);
            self.add_line(id, source, number, focus, appearance);
        }
    }

    fn add_line(
        &mut self,
        id: SourceId,
        source: &Source,
        number: usize,
        focus: Option<usize>,
        appearance: &Appearance,
    ) {
        let whole = source.line_range(number);
        let shown = window(source.text(), whole.clone(), focus);
        let start = self.text.len();
        if shown.start > whole.start {
            self.text.push_str(appearance.ellipsis());
        }
        let shown_at = self.text.len();
        self.text.extend(source.text()[shown.clone()].chars().map(visible));
        if shown.end < whole.end {
            self.text.push_str(appearance.ellipsis());
        }
        self.text.push('\n');
        let name = printable(source.name()).into_owned();
        self.lines.push(Line { source: id, name, number, start, shown, shown_at });
    }

    fn add_marks(&mut self, id: SourceId, source: &Source, wanted: &[Wanted<'_>], finding: &Finding) {
        for one in wanted {
            let here = |line: &&Line| line.source == id && line.number == one.line;
            let Some(line) = self.lines.iter().find(here) else { continue };
            let at = |offset: usize| {
                line.shown_at + (offset.clamp(line.shown.start, line.shown.end) - line.shown.start)
            };
            let (start, end) = (at(one.range.start), at(one.range.end));
            let text = printable(&one.label.text);
            let position = source.position(u32::try_from(one.range.start).unwrap_or(u32::MAX));
            self.marks.push(Mark {
                text: (!text.is_empty()).then(|| text.into_owned()),
                is_primary: std::ptr::eq(one.label, &finding.primary),
                span: SourceSpan::from((start, end - start)),
                column: position.column - 1,
            });
        }
    }

    /// The line that holds an offset of the snippet.
    fn line_at(&self, offset: usize) -> usize {
        self.lines.partition_point(|line| line.start <= offset).saturating_sub(1)
    }

    /// Whether a line follows the one before it in one source.
    fn follows(&self, index: usize) -> bool {
        match (index.checked_sub(1).and_then(|before| self.lines.get(before)), self.lines.get(index)) {
            (Some(before), Some(line)) => before.source == line.source && before.number + 1 == line.number,
            _ => false,
        }
    }
}

impl SourceCode for Snippet {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (mut first, mut last) = (self.line_at(span.offset()), self.line_at(span.offset() + span.len()));
        if !(first + 1..=last).all(|index| self.follows(index)) {
            return Err(MietteError::OutOfBounds);
        }
        for _ in 0..before {
            first -= usize::from(self.follows(first));
        }
        for _ in 0..after {
            last += usize::from(self.follows(last + 1));
        }
        let line = self.lines.get(first).ok_or(MietteError::OutOfBounds)?;
        let end = self.lines.get(last + 1).map_or(self.text.len(), |next| next.start);
        let mark = self.marks.iter().find(|mark| mark.span.offset() == span.offset());
        Ok(Box::new(MietteSpanContents::new_named(
            line.name.clone(),
            self.text.as_bytes().get(line.start..end).ok_or(MietteError::OutOfBounds)?,
            SourceSpan::from((line.start, end - line.start)),
            line.number,
            mark.map_or(0, |mark| mark.column),
            last + 1 - first,
        )))
    }
}

fn wanted<'a>(source: &Source, label: &'a Label) -> Wanted<'a> {
    let text = source.text();
    let span = label.place.span.range();
    let start = text.floor_char_boundary(span.start);
    let line = source.line_index(start);
    let whole = source.line_range(line);
    let start = start.min(whole.end);
    let end = text.ceil_char_boundary(span.end).clamp(start, whole.end);
    Wanted { label, line, range: start..end }
}

/// The last line that has text: behind a final newline there is none.
fn last_line(source: &Source) -> usize {
    let last = source.line_starts().len() - 1;
    if source.text().ends_with('\n') { last.saturating_sub(1) } else { last }
}

/// What is shown of a line: all of it, or some bytes around `focus`.
fn window(text: &str, whole: std::ops::Range<usize>, focus: Option<usize>) -> std::ops::Range<usize> {
    if whole.len() <= LINE_BYTES {
        return whole;
    }
    let start = focus.unwrap_or(whole.start).saturating_sub(BYTES_BEFORE).max(whole.start);
    let start = text.floor_char_boundary(start.min(whole.end - LINE_BYTES)).max(whole.start);
    start..text.floor_char_boundary(start + LINE_BYTES).min(whole.end)
}

/// The character, or for one that must not reach a terminal a visible one of
/// as many bytes, so that offsets stay right.
fn visible(character: char) -> char {
    match character.len_utf8() {
        _ if !is_unprintable(character) => character,
        1 => '?',
        2 => '¿',
        _ => '\u{fffd}',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_replaces_a_character_has_as_many_bytes() {
        for character in (0..=0x10_ffff).filter_map(char::from_u32) {
            let shown = visible(character);
            assert_eq!(shown.len_utf8(), character.len_utf8(), "{character:?}");
            assert!(!is_unprintable(shown), "{character:?}");
        }
    }

    #[test]
    fn a_window_lies_in_its_line_and_around_its_focus() {
        let text = "é".repeat(1000);
        for focus in [None, Some(0), Some(999), Some(1999), Some(2000)] {
            let shown = window(&text, 0..text.len(), focus);
            assert!(shown.len() <= LINE_BYTES && shown.len() > LINE_BYTES - 4, "{focus:?} {shown:?}");
            assert!(text.get(shown.clone()).is_some(), "{focus:?} {shown:?}");
            assert!(focus.is_none_or(|focus| shown.start <= focus && focus <= shown.end), "{focus:?}");
        }
        assert_eq!(window("short", 0..5, Some(3)), 0..5);
    }
}
