//! What documents have in common, whatever their markup: headings, items,
//! tables, fences and the lines between them, and how ports are read from them.

mod cell;
mod column;
mod fence;
mod html;
mod markup;
mod outline;
mod label;
mod prose;
mod stated;
mod table;
mod token;

use std::ops::Range;

pub(super) use html::html_table;
pub use table::{DocumentRow, DocumentTable};

use super::{FilePath, Reading};

/// A piece of a document, in the order of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Block {
    /// A heading and its depth, from 1.
    Heading(u8, Range<usize>),
    /// The first line of a list's item, behind its bullet.
    Item(Range<usize>),
    /// A line of a paragraph, or a further line of an item.
    Line(Range<usize>),
    /// Nothing: a paragraph ends.
    Blank,
    /// A table.
    Table(Grid),
    /// Text that is shown as it is: code, a session in a terminal.
    Fence(Fence),
}

/// A table's cells, blanks around them left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Grid {
    /// The cells of the header.
    pub(super) header: Vec<Range<usize>>,
    /// The cells of each row; a row may be shorter or longer than the header.
    pub(super) rows: Vec<Vec<Range<usize>>>,
}

/// A fenced text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fence {
    /// What stands behind the fence: `bash`, `yaml title="x"`.
    pub(super) info: Range<usize>,
    /// The lines between the fences.
    pub(super) body: Range<usize>,
}

/// Reads the ports of a document's blocks.
pub(super) fn read(_path: &FilePath<'_>, text: &str, blocks: &[Block], reading: &mut Reading) {
    let outline = outline::Outline::new(text, blocks);
    for (index, block) in blocks.iter().enumerate() {
        match block {
            Block::Table(grid) => table::read(text, grid, outline.section(index), reading),
            Block::Heading(_, line) | Block::Item(line) | Block::Line(line) => {
                prose::read(text, line.clone(), reading);
            }
            Block::Fence(fence) => fence::read(text, fence, reading),
            Block::Blank => {}
        }
    }
    stated::read(text, blocks, &outline, reading);
    table::add_health_paths(text, reading);
}

/// Whether a text may say anything of a port at all: a cheap look at its bytes.
pub(super) fn may_speak_of_ports(text: &str) -> bool {
    let has = |word: &str| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    ["port", "Port", "PORT", "localhost", "127.0.0.1", "0.0.0.0"].iter().any(|word| has(word))
}
