//! Opening a store that is there: only one that is whole, ours and not newer.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::Path;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::fault::Faults;
use super::lock::{PATIENCE, lock};
use super::schema::{APPLICATION, MIGRATIONS, VERSION};
use crate::ledger::error::{LedgerError, Trouble};

/// The header of an SQLite file, which begins with these bytes (sqlite.org/fileformat2.html, 1.3).
const MAGIC: &[u8] = b"SQLite format 3\0";
const HEADER: usize = 100;

/// Opens the store; `None` where there is no file.
pub(super) fn open(path: &Path) -> Result<Option<Connection>, LedgerError> {
    let faults = Faults(path);
    let Some(mut connection) = open_as_it_is(path)? else { return Ok(None) };
    if version(&connection).map_err(|error| faults.of(&error))? < VERSION {
        let _lock = lock(path)?;
        migrate(&mut connection).map_err(|error| faults.of(&error))?;
    }
    Ok(Some(connection))
}

/// The same, an older store left as it is.
pub(super) fn open_as_it_is(path: &Path) -> Result<Option<Connection>, LedgerError> {
    let faults = Faults(path);
    if !is_store(path)? {
        return Ok(None);
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(|error| faults.of(&error))?;
    prepare(&connection).map_err(|error| faults.of(&error))?;
    let version = version(&connection).map_err(|error| faults.of(&error))?;
    if version > VERSION {
        let message = format!(
            "the ledger has version {version}, from a newer portgen; this one knows {VERSION} at most"
        );
        return Err(faults.fault(Trouble::Newer, &message));
    }
    Ok(Some(connection))
}

/// What every connection is told.
fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(PATIENCE)?;
    // What was given must be on the disk before anybody is told.
    connection
        .execute_batch("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;")
}

fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

/// Brings an older store to this version, in one transaction.
pub(super) fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Exclusive)?;
    // Somebody else may have done it while this process waited.
    let from = usize::try_from(version(&transaction)?).unwrap_or(usize::MAX);
    for migration in MIGRATIONS.iter().skip(from) {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", VERSION)?;
    transaction.commit()
}

/// Whether there is a file, and it is a store as far as its first bytes tell.
fn is_store(path: &Path) -> Result<bool, LedgerError> {
    let faults = Faults(path);
    let mut file = match open_file(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return not_there(path, faults),
        Err(error) => return Err(faults.io("the ledger cannot be opened", &error)),
    };
    let metadata = file.metadata().map_err(|error| faults.io("the ledger cannot be read", &error))?;
    check_owner(&metadata, faults)?;
    if !metadata.is_file() {
        return Err(faults.fault(Trouble::Foreign, "this is no file"));
    }
    let mut header = Vec::new();
    let most = u64::try_from(HEADER).unwrap_or(u64::MAX);
    (&mut file)
        .take(most)
        .read_to_end(&mut header)
        .map_err(|error| faults.io("the ledger cannot be read", &error))?;
    check_header(&header, metadata.len(), faults)?;
    Ok(true)
}

/// Nothing is there: that is no store, unless a link says that there is one.
fn not_there(path: &Path, faults: Faults<'_>) -> Result<bool, LedgerError> {
    let Ok(target) = std::fs::read_link(path) else { return Ok(false) };
    let target = crate::diagnostic::printable(&target.to_string_lossy()).into_owned();
    let message = format!(
        "the ledger is a link to {target}, which is not there: mount what holds it, or remove the link"
    );
    Err(faults.fault(Trouble::Io, &message))
}

#[expect(clippy::disallowed_methods, reason = "a ledger reads its own store")]
fn open_file(path: &Path) -> io::Result<File> {
    // A pipe would be waited for.
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no file"));
    }
    File::open(path)
}

#[cfg(unix)]
fn check_owner(metadata: &Metadata, faults: Faults<'_>) -> Result<(), LedgerError> {
    use std::os::unix::fs::MetadataExt;
    let own = rustix::process::geteuid().as_raw();
    if metadata.uid() == own {
        return Ok(());
    }
    let message = format!("the ledger belongs to user {}, and you are {own}", metadata.uid());
    Err(faults.fault(Trouble::NotOurs, &message))
}

#[cfg(not(unix))]
fn check_owner(_: &Metadata, _: Faults<'_>) -> Result<(), LedgerError> {
    Ok(())
}

/// Whether the first bytes are those of a store, and the file is as long as they say.
fn check_header(header: &[u8], length: u64, faults: Faults<'_>) -> Result<(), LedgerError> {
    if header.is_empty() {
        return Err(faults.fault(Trouble::Foreign, "this file is empty: portgen never leaves a ledger so"));
    }
    if !header.starts_with(MAGIC) {
        return Err(faults.fault(Trouble::Foreign, "this file is no ledger"));
    }
    let (Some(application), Some(expected)) = (word(header, 68), length_of(header)) else {
        return Err(faults.corrupt("the file ends within its first hundred bytes"));
    };
    if i64::from(application) != i64::from(APPLICATION) {
        return Err(faults.fault(Trouble::Foreign, "this is a database of another program"));
    }
    if length < expected {
        return Err(faults.corrupt(&format!("the file has {length} bytes of {expected}: it was cut off")));
    }
    Ok(())
}

/// How long the file of a header is at least, in bytes.
pub(super) fn length_of(header: &[u8]) -> Option<u64> {
    let (page, pages) = (half(header, 16)?, word(header, 28)?);
    // 1 stands for 65536, which does not fit.
    let page = if page == 1 { 65536 } else { u64::from(page) };
    Some(page.saturating_mul(u64::from(pages)))
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn half(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}
