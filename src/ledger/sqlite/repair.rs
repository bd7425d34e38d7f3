//! Keeping a damaged store aside, and putting a new one in its place.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::fault::Faults;
use super::lock::{beside, lock};
use super::{create, open, read, salvage, write};
use crate::ledger::change::Change;
use crate::ledger::error::{LedgerError, Trouble};
use crate::ledger::salvaged::Salvaged;

/// How long somebody who still reads is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// Repairs the store; where the damaged one is kept, or `None` where nothing
/// is wrong with it, or there is none.
pub(super) fn repair(
    path: &Path,
    rebuild: &mut dyn FnMut(&Salvaged) -> Vec<Change>,
) -> Result<Option<PathBuf>, LedgerError> {
    let faults = Faults(path);
    // Looked at before a lock file is made beside something that is not ours.
    let first = look(path)?;
    if first == Health::Well {
        return Ok(None);
    }
    let _lock = lock(path)?;
    if look(path)? == Health::Well {
        return Ok(None);
    }
    let damaged = alone(path)?;
    let saved =
        match whole_copy(path).map_err(|error| faults.io("the damaged ledger cannot be copied", &error))? {
            Some(copy) => salvage_copy(&copy, faults)?,
            None => damaged.as_ref().map(salvage::salvage).unwrap_or_else(unreadable),
        };
    let changes = rebuild(&saved);
    let new = create::build_new(path)?;
    fill(&new, &changes).map_err(|error| Faults(&new).of(&error))?;
    let aside =
        swap(path, &new).map_err(|error| faults.io("the damaged ledger cannot be kept aside", &error))?;
    // Until here nobody else could open the old one.
    drop(damaged);
    Ok(Some(aside))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Health {
    Well,
    Damaged,
}

/// Whether a store is damaged; an error where it is none that may be touched.
fn look(path: &Path) -> Result<Health, LedgerError> {
    let examined = open::open_as_it_is(path).and_then(|connection| {
        let Some(connection) = connection else { return Ok(Health::Well) };
        let faults = Faults(path);
        let said = read::examine(&connection).map_err(|error| faults.of(&error))?;
        read::state(&connection).map_err(|error| faults.of(&error))?;
        Ok(if said.is_empty() { Health::Well } else { Health::Damaged })
    });
    match examined {
        Err(error) if error.trouble == Trouble::Corrupt => Ok(Health::Damaged),
        other => other,
    }
}

/// The damaged store with nobody else in it; `None` where it cannot even be opened.
fn alone(path: &Path) -> Result<Option<Connection>, LedgerError> {
    let faults = Faults(path);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let Ok(connection) = Connection::open_with_flags(path, flags) else { return Ok(None) };
    let enter = || {
        connection.busy_timeout(PATIENCE)?;
        // The log is kept with the store that it belongs to, whatever becomes of this connection.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        connection.execute_batch("PRAGMA trusted_schema = OFF; PRAGMA locking_mode = EXCLUSIVE;")?;
        connection.execute_batch("BEGIN EXCLUSIVE; ROLLBACK;")
    };
    match enter().map_err(|error| faults.of(&error)) {
        Err(error) if error.trouble == Trouble::Corrupt => Ok(Some(connection)),
        Err(error) => Err(error),
        Ok(()) => Ok(Some(connection)),
    }
}

/// A copy of a store that was cut off, as long as its header says; `None` where
/// nothing was cut off. SQLite reads nothing of a file that is too short, and
/// what is there of one that is long enough.
#[expect(clippy::disallowed_methods, reason = "a ledger keeps its own store")]
fn whole_copy(path: &Path) -> io::Result<Option<PathBuf>> {
    let mut header = Vec::new();
    let file = fs::File::open(path)?;
    let length = file.metadata()?.len();
    io::Read::read_to_end(&mut io::Read::take(file, 100), &mut header)?;
    // A header that is damaged itself may say anything.
    let is_short = |expected: &u64| (length + 1..1 << 30).contains(expected);
    let Some(expected) = open::length_of(&header).filter(is_short) else {
        return Ok(None);
    };
    let copy = beside(path, ".copy");
    create::remove(&copy)?;
    fs::copy(path, &copy)?;
    fs::OpenOptions::new().write(true).open(&copy)?.set_len(expected)?;
    Ok(Some(copy))
}

/// What can be read of the copy, which is removed.
fn salvage_copy(copy: &Path, faults: Faults<'_>) -> Result<Salvaged, LedgerError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let saved = Connection::open_with_flags(copy, flags).map(|connection| salvage::salvage(&connection));
    for suffix in ["", "-wal", "-shm"] {
        create::remove(&beside(copy, suffix))
            .map_err(|error| faults.io("the copy of the damaged ledger cannot be removed", &error))?;
    }
    Ok(saved.unwrap_or_else(|_| unreadable()))
}

fn unreadable() -> Salvaged {
    Salvaged { lost: vec!["everything in the file: it cannot be opened".to_owned()], ..Salvaged::default() }
}

/// Writes the changes that make the new store what it is to be.
fn fill(path: &Path, changes: &[Change]) -> rusqlite::Result<()> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)?;
    connection.execute_batch("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;")?;
    let transaction = connection.transaction()?;
    for change in changes {
        write::change(&transaction, change)?;
    }
    transaction.commit()?;
    connection.close().map_err(|(_, error)| error)
}

/// Puts the new store in the place of the old one, which gets another name
/// together with its log.
#[expect(clippy::disallowed_methods, reason = "a ledger keeps its own store")]
fn swap(path: &Path, new: &Path) -> io::Result<PathBuf> {
    let mut number = 1_u32;
    let aside = loop {
        let aside = beside(path, &format!(".damaged-{number}"));
        if fs::symlink_metadata(&aside).is_err() {
            break aside;
        }
        number = number.saturating_add(1);
    };
    // With a second name there is always a store under the first one.
    if fs::hard_link(path, &aside).is_err() {
        fs::rename(path, &aside)?;
    }
    for suffix in ["-wal", "-journal"] {
        let log = beside(path, suffix);
        if fs::symlink_metadata(&log).is_ok() {
            fs::rename(&log, beside(&aside, suffix))?;
        }
    }
    // It is made anew of the log by whoever opens the old store.
    create::remove(&beside(path, "-shm"))?;
    fs::rename(new, path)?;
    create::sync_folder(path)?;
    Ok(aside)
}

#[cfg(all(test, unix))]
#[expect(clippy::disallowed_methods, reason = "the test damages a store")]
mod tests {
    use super::*;
    use crate::ledger::{DeadPort, Draft, Ledger, Moment, SqliteLedger};
    use crate::model::{Port, Protocol};

    #[test]
    fn who_opened_the_store_before_its_repair_writes_into_neither() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.db");
        drop(SqliteLedger::open_or_create(&path).unwrap());
        let mut before = SqliteLedger::open(&path).unwrap().unwrap();
        let sound = fs::read(&path).unwrap();
        let cut = folder.path().join("cut");
        fs::write(&cut, &sound[..4096]).unwrap();
        fs::rename(&cut, &path).unwrap();
        let aside = repair(&path, &mut |_| Vec::new()).unwrap().unwrap();
        assert_eq!(fs::read(aside).unwrap(), sound[..4096]);
        let port = Port::new(4000).unwrap();
        let dead = DeadPort {
            port,
            protocol: Protocol::Tcp,
            reason: String::new(),
            owner: None,
            first: Moment(0),
            last: Moment(0),
            count: 1,
        };
        let mut bury = |draft: &mut Draft| draft.bury(dead.clone());
        assert_eq!(before.write(&mut bury).unwrap_err().trouble, Trouble::Locked);
        let mut after = SqliteLedger::open(&path).unwrap().unwrap();
        after.write(&mut bury).unwrap();
        assert_eq!(after.read().unwrap().dead.len(), 1);
        assert!(repair(&path, &mut |_| Vec::new()).unwrap().is_none(), "nothing is wrong with it");
    }
}
