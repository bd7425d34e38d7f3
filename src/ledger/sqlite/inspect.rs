//! What a store is as a file, and how it is kept.

use std::fs::Metadata;
use std::path::Path;

use rusqlite::Connection;

/// A store as a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoreFile {
    /// Its size in bytes.
    pub size: u64,
    /// Its permissions; `None` where the system has no such number.
    pub mode: Option<u32>,
    /// The user that it belongs to, likewise.
    pub owner: Option<u32>,
}

impl StoreFile {
    /// The file at a path; `None` where there is none.
    #[expect(clippy::disallowed_methods, reason = "a ledger looks at its own store")]
    pub fn at(path: &Path) -> Option<Self> {
        let metadata = std::fs::metadata(path).ok()?;
        let (mode, owner) = rights(&metadata);
        Some(Self { size: metadata.len(), mode, owner })
    }

    /// Whether others than its owner may read or write it.
    pub fn is_open_to_others(&self) -> bool {
        self.mode.is_some_and(|mode| mode & 0o077 != 0)
    }
}

/// What tells a file from another that takes its name.
#[cfg(unix)]
#[expect(clippy::disallowed_methods, reason = "a ledger looks at its own store")]
pub(super) fn identity(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.dev(), metadata.ino()))
}

/// Here a file that is open keeps its name.
#[cfg(not(unix))]
pub(super) fn identity(_: &Path) -> Option<(u64, u64)> {
    None
}

#[cfg(unix)]
fn rights(metadata: &Metadata) -> (Option<u32>, Option<u32>) {
    use std::os::unix::fs::MetadataExt;
    (Some(metadata.mode() & 0o7777), Some(metadata.uid()))
}

#[cfg(not(unix))]
fn rights(_: &Metadata) -> (Option<u32>, Option<u32>) {
    (None, None)
}

/// The number of a store's schema, and how its changes are kept.
pub(super) fn schema(connection: &Connection) -> rusqlite::Result<(i64, String)> {
    let version = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let journal = connection.query_row("PRAGMA journal_mode", [], |row| row.get(0))?;
    Ok((version, journal))
}
