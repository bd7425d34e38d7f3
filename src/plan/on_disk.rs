//! The text of a file as it is, with what every judgement asks of it.

use std::cell::{OnceCell, RefCell};
use std::ops::Range;
use std::rc::Rc;

use super::edit::{self, Edit};
use super::markers::{self, Fault, Region};
use super::{diff, lines};
use crate::model::Comment;
use crate::source::{Place, SourceId};

/// The blocks of a text in one comment syntax, or what is wrong with its markers.
pub(super) type Scan<'a> = Result<Vec<Region<'a>>, Fault<'a>>;

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
    /// What was asked for, so that many outputs of one file look through it once.
    scans: RefCell<Vec<(Comment, Rc<Scan<'a>>)>>,
    blocks: OnceCell<Vec<(&'a str, Range<usize>)>>,
}

impl<'a> OnDisk<'a> {
    /// Looks at a file's text; `path` is what diffs call it.
    pub(super) fn new(path: &'a str, source: SourceId, text: &'a str, read_only: bool) -> Self {
        let ending = lines::dominant_ending(text);
        let (scans, blocks) = (RefCell::default(), OnceCell::new());
        Self { path, source, text, ending, read_only, scans, blocks }
    }

    /// Its blocks whose markers are comments of this syntax.
    pub(super) fn regions(&self, comment: &Comment) -> Rc<Scan<'a>> {
        let mut scans = self.scans.borrow_mut();
        if let Some((_, known)) = scans.iter().find(|(known, _)| known == comment) {
            return known.clone();
        }
        let scan = Rc::new(markers::scan(self.text, comment));
        scans.push((comment.clone(), scan.clone()));
        scan
    }

    /// The bytes of every block, whatever its comment syntax.
    pub(super) fn blocks(&self) -> &[(&'a str, Range<usize>)] {
        self.blocks.get_or_init(|| markers::blocks(self.text))
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
