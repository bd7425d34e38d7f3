//! What one output does to a text, and how the edits of several are joined.

use std::ops::Range;

use super::on_disk::OnDisk;
use super::{Change, Content, Outcome, Ownership, Wanted, condition, lines};
use crate::model::Problem;

/// A replacement of bytes; an empty range inserts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Edit {
    pub(super) range: Range<usize>,
    pub(super) text: String,
}

/// What is to be done about one output.
#[derive(Clone, Debug)]
pub(super) struct Verdict {
    pub(super) change: Change,
    /// Edits to the text on disk, which do not overlap.
    pub(super) edits: Vec<Edit>,
    /// Lines to put at the end, LF, with a final newline.
    pub(super) appended: Option<String>,
    pub(super) condition: Option<Problem>,
    pub(super) refusal: Option<Problem>,
}

impl Verdict {
    /// Nothing is to be done.
    pub(super) fn unchanged() -> Self {
        Self { change: Change::Unchanged, edits: Vec::new(), appended: None, condition: None, refusal: None }
    }

    /// It must not be written, and this is what `check` reports too.
    pub(super) fn refused(problem: Problem) -> Self {
        let condition = Some(problem.clone());
        Self { change: Change::Refused, condition, refusal: Some(problem), ..Self::unchanged() }
    }

    /// It must not be written, and another output of the file says why.
    pub(super) fn held_up() -> Self {
        Self { change: Change::Refused, ..Self::unchanged() }
    }

    /// It differs, and may be written.
    pub(super) fn updated(edits: Vec<Edit>, problem: Problem) -> Self {
        Self { change: Change::Updated, edits, condition: Some(problem), ..Self::unchanged() }
    }

    /// Joins it with what it is about.
    pub(super) fn outcome(self, output: &Wanted) -> Outcome {
        let mode = match output.content {
            Content::File { .. } => Ownership::File,
            Content::Block { .. } => Ownership::Block,
            Content::Patch { .. } => Ownership::Patch,
        };
        Outcome {
            declared: output.declared,
            label: output.label.clone(),
            mode,
            change: self.change,
            condition: self.condition.map(|problem| condition(output, problem)),
            refusal: self.refusal.map(|problem| condition(output, problem)),
        }
    }
}

/// The edits of all outputs of one file.
#[derive(Debug, Default)]
pub(super) struct Joined {
    edits: Vec<Edit>,
    appended: Vec<String>,
}

impl Joined {
    /// Takes over a verdict's edits; false where one overlaps an edit that is there.
    pub(super) fn add(&mut self, verdict: &mut Verdict) -> bool {
        if verdict.edits.iter().any(|new| self.overlaps(&new.range)) {
            return false;
        }
        self.edits.append(&mut verdict.edits);
        sort(&mut self.edits);
        self.appended.extend(verdict.appended.take());
        true
    }

    /// Whether a range shares a byte with an edit, or an insertion lies inside
    /// the other. The edits are in order and do not overlap, so one comparison
    /// is enough: a pattern may match a hundred thousand times.
    fn overlaps(&self, range: &Range<usize>) -> bool {
        let next = self.edits.partition_point(|edit| edit.range.end <= range.start);
        self.edits.get(next).is_some_and(|edit| edit.range.start < range.end)
    }

    /// The text with all edits made.
    pub(super) fn apply(mut self, on_disk: &OnDisk<'_>) -> String {
        let mut text = apply(on_disk.text, &mut self.edits);
        for block in &self.appended {
            append(&mut text, block, on_disk.ending);
        }
        text
    }
}

/// The text with edits made, which do not overlap; of two insertions at one
/// place the earlier in the list comes first.
pub(super) fn apply(text: &str, edits: &mut [Edit]) -> String {
    sort(edits);
    let mut out = String::with_capacity(text.len());
    let mut copied = 0;
    for edit in edits {
        out.push_str(text.get(copied..edit.range.start).unwrap_or(""));
        out.push_str(&edit.text);
        copied = edit.range.end;
    }
    out.push_str(text.get(copied..).unwrap_or(""));
    out
}

/// Puts lines at the end of a text, a blank line before them, and leaves out
/// the final newline where the text has none.
pub(super) fn append(text: &mut String, block: &str, ending: &str) {
    let is_empty = lines::without_mark(text).is_empty();
    let has_final_newline = is_empty || text.ends_with('\n');
    if !has_final_newline {
        text.push_str(ending);
    }
    let whole = lines::without_mark(text);
    let whole_lines = whole.strip_suffix('\n').unwrap_or(whole);
    let last_is_blank = whole_lines.rsplit('\n').next().is_none_or(|line| line.trim().is_empty());
    if !last_is_blank {
        text.push_str(ending);
    }
    text.push_str(&lines::with_ending(block, ending));
    if !has_final_newline {
        text.truncate(text.len() - ending.len());
    }
}

/// By place; of two insertions at one place the earlier stays first.
fn sort(edits: &mut [Edit]) {
    edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn appended_lines_keep_the_files_final_newline_or_its_absence() {
        let check = |before: &str, expect: &str| {
            let mut text = before.to_owned();
            append(&mut text, "x\ny\n", if before.contains('\r') { "\r\n" } else { "\n" });
            assert_eq!(text, expect, "{before:?}");
        };
        check("", "x\ny\n");
        check("\u{feff}", "\u{feff}x\ny\n");
        check("a\n", "a\n\nx\ny\n");
        check("a\n\n", "a\n\nx\ny\n");
        check("a", "a\n\nx\ny");
        check("a\r\nb", "a\r\nb\r\n\r\nx\r\ny");
    }

    #[test]
    fn an_insertion_inside_a_replaced_range_overlaps_it() {
        let check = |present: &[Range<usize>], range: Range<usize>, expect: bool| {
            let edits = present.iter().map(|range| Edit { range: range.clone(), text: String::new() });
            let joined = Joined { edits: edits.collect(), appended: Vec::new() };
            assert_eq!(joined.overlaps(&range), expect, "{present:?} {range:?}");
        };
        check(&[0..1, 2..6, 9..9], 4..4, true);
        check(&[0..1, 2..6, 9..9], 5..7, true);
        check(&[0..1, 2..6, 9..9], 8..10, true);
        check(&[0..1, 2..6, 9..9], 2..2, false);
        check(&[0..1, 2..6, 9..9], 6..9, false);
        check(&[0..1, 2..6, 9..9], 9..9, false);
        check(&[], 0..4, false);
    }
}
