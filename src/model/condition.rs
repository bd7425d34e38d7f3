//! What is known of an output on disk, as facts; `rules` puts them into words.

use super::Mode;
use crate::source::Place;

/// Something about one output, patch or file that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The declaration it concerns, in `ports.toml`.
    pub declared: Place,
    /// The file, relative to the project with `/`.
    pub path: String,
    /// What is not as it should be.
    pub problem: Problem,
}

/// What a marker of a block does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marker {
    /// The file has neither marker.
    Absent,
    /// A start without an end.
    Unclosed,
    /// An end without a start.
    Unopened,
    /// A start inside another block.
    Nested,
    /// The same id twice.
    Repeated,
}

/// A fact about an output on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The file does not exist.
    Missing,
    /// What portgen owns differs from what would be rendered.
    Stale {
        /// The first line that differs, in the file.
        found: Place,
        /// What a render would change, as a unified diff.
        diff: String,
    },
    /// What portgen owns was changed by a person.
    Edited {
        /// The first line that a person changed, or the header or marker.
        found: Place,
        /// Whether the file or a block of it.
        mode: Mode,
        /// What a render would change, as a unified diff.
        diff: String,
    },
    /// A whole-file output whose file a person wrote: it has no header.
    Unowned {
        /// The file's first line.
        found: Place,
        /// What `--adopt` would change, as a unified diff.
        diff: String,
    },
    /// A block's markers are not one pair.
    Markers {
        /// The block's id.
        id: String,
        /// The marker, or the file's end where it has none.
        found: Place,
        /// The other marker that it is at odds with.
        other: Option<Place>,
        /// What is wrong with them.
        marker: Marker,
        /// The two lines to paste.
        snippet: String,
    },
    /// `--insert` cannot tell where the block belongs, or would set a name twice.
    Uninsertable {
        /// The lines in the way, or the file's first line.
        found: Vec<Place>,
        /// Why.
        reason: String,
        /// Whether they are lines that `--adopt` moves into the block.
        movable: bool,
    },
    /// A patch's pattern matches too rarely or too often.
    Unmatched {
        /// The matches, in the file; none, or two and more.
        found: Vec<Place>,
        /// The most similar line where there is no match: none is known today.
        file: Option<Place>,
    },
    /// The file has portgen's header and no output names it.
    Orphaned {
        /// Its header.
        found: Place,
        /// Whether its checksum holds, so that `--prune` may delete it.
        intact: bool,
    },
    /// Readers of the format would read a value differently.
    Ambiguous {
        /// The name it is set under.
        name: String,
        /// The value as it would be rendered.
        value: String,
        /// The readers that disagree with the others, and how.
        readers: Vec<String>,
    },
    /// The file cannot be used as an output: a folder, a symlink that leaves
    /// the project, a text that is not UTF-8, too large.
    Unusable {
        /// Why, as a clause.
        reason: String,
        /// What to do.
        help: String,
    },
    /// A number that only the ledger has.
    Unassigned {
        /// `port = "auto"`.
        number: Place,
        /// The port's id.
        id: String,
    },
}
