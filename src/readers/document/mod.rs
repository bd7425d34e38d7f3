//! What documents have in common, whatever their markup: headings, items,
//! tables, fences and the lines between them, and how ports are read from them.

mod cell;
mod column;
pub(super) mod drawn;
mod fence;
mod html;
mod item;
mod markup;
mod outline;
mod label;
pub(super) mod line;
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
    let mut announced = Announced::default();
    for (index, block) in blocks.iter().enumerate() {
        announced.pass(text, block);
        match block {
            Block::Table(grid) => table::read(text, grid, outline.section(index), reading),
            Block::Item(line) => {
                if !item::read(text, line, announced.is_list_of_ports, reading) {
                    prose::read(text, line.clone(), reading);
                }
            }
            // `### Orders (port 8083)` names a port as an item does.
            Block::Heading(_, line) => {
                if !item::read(text, line, false, reading) {
                    prose::read(text, line.clone(), reading);
                }
            }
            Block::Line(line) => prose::read(text, line.clone(), reading),
            Block::Fence(fence) => fence::read(text, fence, outline.section(index), reading),
            Block::Blank => {}
        }
    }
    stated::read(text, blocks, &outline, reading);
    table::add_health_paths(text, reading);
}

/// Whether the list that goes on is one of ports, by the heading above it or
/// the sentence before it.
#[derive(Default)]
struct Announced {
    is_list_of_ports: bool,
    by_heading: bool,
    is_in_list: bool,
}

impl Announced {
    fn pass(&mut self, text: &str, block: &Block) {
        match block {
            Block::Heading(_, line) => {
                self.by_heading = item::announces(&markup::plain(&text[line.clone()]));
                (self.is_list_of_ports, self.is_in_list) = (self.by_heading, false);
            }
            Block::Item(_) => self.is_in_list = true,
            // A line right below an item is a part of it.
            Block::Line(line) if !self.is_in_list => {
                let line = text[line.clone()].trim_end_matches(['*', '_', ' ']);
                let lead = line.ends_with([':', '：']).then(|| item::announces(&markup::plain(line)));
                self.is_list_of_ports = lead.unwrap_or(self.by_heading);
            }
            Block::Line(_) => {}
            Block::Blank | Block::Table(_) | Block::Fence(_) => self.is_in_list = false,
        }
    }
}

/// Whether a text may say anything of a port at all: a cheap look at its bytes.
pub(super) fn may_speak_of_ports(text: &str) -> bool {
    let bytes = text.as_bytes();
    let before = |at: usize| at.checked_sub(1).map_or(b' ', |at| bytes[at]);
    let has = |word: &str, may_follow: fn(u8) -> bool| {
        memchr::memmem::find_iter(bytes, word).any(|at| may_follow(before(at)))
    };
    // `support`, `import` are none.
    has("port", |before| !before.is_ascii_alphabetic())
        || has("Port", |_| true)
        || has("scrape_configs", |_| true)
        || has("proxy_pass", |_| true)
        || has("PORT", |before| !before.is_ascii_alphabetic())
        || [
            "localhost",
            "127.0.0.1",
            "0.0.0.0",
            "-p ",
            "docker compose ",
            "docker-compose ",
            "uerto",
            "端口",
            "ポート",
            "포트",
            "порт",
            "Порт",
        ]
        .iter()
        .any(|word| has(word, |_| true))
}
