//! Making a store: under another name, linked into its place when it is whole.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::fault::Faults;
use super::lock::{beside, lock, private_file};
use super::open::migrate;
use crate::ledger::error::LedgerError;

/// Makes the store, unless another process did so meanwhile.
pub(super) fn create(path: &Path) -> Result<(), LedgerError> {
    let faults = Faults(path);
    make_folder(path).map_err(|error| faults.io("the ledger's folder cannot be made", &error))?;
    // Until the lock is dropped no other process is here.
    let _lock = lock(path)?;
    if is_there(path) {
        return Ok(());
    }
    let new = build_new(path)?;
    place(&new, path).map_err(|error| faults.io("the ledger cannot be put in its place", &error))
}

/// A new store under another name, for whoever has the lock.
pub(super) fn build_new(path: &Path) -> Result<PathBuf, LedgerError> {
    let faults = Faults(path);
    let new = beside(path, ".new");
    // What a process left that died here; whoever is here now has the lock.
    for suffix in ["", "-journal", "-wal", "-shm"] {
        remove(&beside(&new, suffix)).map_err(|error| faults.io("the ledger cannot be made", &error))?;
    }
    private_file(&new).map_err(|error| faults.io("the ledger cannot be made", &error))?;
    build(&new).map_err(|error| faults.of(&error))?;
    Ok(new)
}

fn build(path: &Path) -> rusqlite::Result<()> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)?;
    connection.execute_batch("PRAGMA synchronous = FULL;")?;
    migrate(&mut connection)?;
    // Network file systems refuse this; the store works without, readers then wait for writers.
    connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    connection.close().map_err(|(_, error)| error)
}

fn make_folder(path: &Path) -> io::Result<()> {
    let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) else { return Ok(()) };
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[expect(clippy::disallowed_methods, reason = "a ledger looks for its own store")]
fn is_there(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

#[expect(clippy::disallowed_methods, reason = "a ledger cleans up after itself")]
pub(super) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Gives the whole file its name, over nothing that is there.
#[expect(clippy::disallowed_methods, reason = "a ledger makes its own store")]
fn place(new: &Path, path: &Path) -> io::Result<()> {
    match fs::hard_link(new, path) {
        Ok(()) => remove(new)?,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return remove(new),
        // A file system without links; the lock keeps others out meanwhile.
        Err(_) => fs::rename(new, path)?,
    }
    sync_folder(path)
}

#[cfg(unix)]
#[expect(clippy::disallowed_methods, reason = "a ledger makes its own store")]
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => fs::File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

#[cfg(not(unix))]
pub(super) fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}
