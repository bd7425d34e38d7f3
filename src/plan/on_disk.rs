//! The text of a file as it is, with what every judgement asks of it.

use std::ops::Range;

use super::edit::{self, Edit};
use super::{diff, lines};
use crate::source::{Place, SourceId};

/// A file that exists.
#[derive(Debug)]
pub(super) struct OnDisk<'a> {
    path: &'a str,
    source: SourceId,
    /// Its text, byte order mark and endings as they are.
    pub(super) text: &'a str,
    /// The ending that most of its lines have.
    pub(super) ending: &'static str,
    /// Whether its permissions forbid writing.
    pub(super) read_only: bool,
}

impl<'a> OnDisk<'a> {
    /// Looks at a file's text; `path` is what diffs call it.
    pub(super) fn new(path: &'a str, source: SourceId, text: &'a str, read_only: bool) -> Self {
        Self { path, source, text, ending: lines::dominant_ending(text), read_only }
    }

    /// A range of its bytes.
    pub(super) fn place(&self, range: Range<usize>) -> Place {
        Place::new(self.source, range)
    }

    /// A line, counted from 0, without the blanks around it; the text's end for
    /// a line that it does not have.
    pub(super) fn line_place(&self, index: usize) -> Place {
        let range = lines::lines(self.text).nth(index).map(|line| line.trimmed());
        self.place(range.unwrap_or(self.text.len()..self.text.len()))
    }

    /// What edits change, as a unified diff.
    pub(super) fn diff(&self, edits: &[Edit], context: usize) -> String {
        let after = edit::apply(self.text, &mut edits.to_vec());
        diff::unified(self.path, Some(self.text), Some(&after), context)
    }
}
