//! Which heading a block stands below, and how far its section goes.

use std::ops::Range;

use super::{Block, markup};

/// The headings of a document.
pub(super) struct Outline<'t> {
    text: &'t str,
    sections: Vec<Section>,
    /// The section of each block, as an index; `None` before the first heading.
    of: Vec<Option<usize>>,
}

/// A heading and the lines below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Section {
    /// The heading's text.
    pub(super) heading: Range<usize>,
    /// From the heading to the next one that is not below it.
    pub(super) lines: Range<usize>,
    /// The section that it is a part of.
    pub(super) parent: Option<usize>,
    level: u8,
}

impl<'t> Outline<'t> {
    /// The outline of a document.
    pub(super) fn new(text: &'t str, blocks: &[Block]) -> Self {
        let mut sections: Vec<Section> = Vec::new();
        let mut open: Vec<usize> = Vec::new();
        let mut of = Vec::with_capacity(blocks.len());
        for block in blocks {
            if let Block::Heading(level, heading) = block {
                while let Some(&last) = open.last().filter(|&&last| sections[last].level >= *level) {
                    sections[last].lines.end = text[..heading.start].rfind('\n').map_or(0, |end| end + 1);
                    open.pop();
                }
                let lines = heading.start..text.len();
                let parent = open.last().copied();
                open.push(sections.len());
                sections.push(Section { heading: heading.clone(), lines, parent, level: *level });
            }
            of.push(open.last().copied());
        }
        Self { text, sections, of }
    }

    /// The section that a block stands in.
    pub(super) fn section(&self, block: usize) -> Option<&Section> {
        self.of.get(block).copied().flatten().and_then(|index| self.sections.get(index))
    }

    /// The headings above a block, the nearest first, as they are read.
    pub(super) fn headings(&self, block: usize) -> impl Iterator<Item = String> {
        let nearest = self.of.get(block).copied().flatten();
        let up = |&index: &usize| self.sections.get(index).and_then(|section| section.parent);
        std::iter::successors(nearest, up).filter_map(|index| {
            let section = self.sections.get(index)?;
            Some(markup::plain(&self.text[section.heading.clone()]))
        })
    }
}
