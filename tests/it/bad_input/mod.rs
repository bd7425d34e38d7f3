//! Bad input: a clear finding or error with its place, the right exit code,
//! nothing written.

/// What stands in a folder, and in the files of it.
mod folder;
/// Kills, closed pipes, full disks, missing rights.
mod machine;
/// Outputs and patches that cannot be written.
mod outputs;
/// Tables that are broken.
mod table;
/// Templates that are broken, endless or reach outside.
mod templates;
/// Trees of files that hurt those who read them.
mod tree;

pub use folder::Folder;
pub use tree::git;

use crate::consumers::skipped;
