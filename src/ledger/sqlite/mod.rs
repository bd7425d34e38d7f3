//! The ledger as one SQLite file.

mod create;
mod fault;
mod inspect;
mod lock;
mod open;
mod read;
mod repair;
mod salvage;
mod schema;
mod write;

use std::path::{Path, PathBuf};

use rusqlite::{Connection, TransactionBehavior};

use super::Ledger;
use super::change::Change;
use super::draft::Draft;
use super::error::LedgerError;
use super::salvaged::Salvaged;
use super::state::State;
use fault::Faults;
pub use inspect::StoreFile;

/// A ledger in one file, its write-ahead log beside it.
#[derive(Debug)]
pub struct SqliteLedger {
    connection: Connection,
    path: PathBuf,
    /// What the file is to the file system: a repair puts another in its place.
    file: Option<(u64, u64)>,
}

impl SqliteLedger {
    /// Opens the store, and makes it where there is none.
    ///
    /// # Errors
    /// A [`LedgerError`] where the file is no ledger of this user that this
    /// portgen can read and write, or where it cannot be made.
    pub fn open_or_create(path: &Path) -> Result<Self, LedgerError> {
        match Self::open(path)? {
            Some(ledger) => Ok(ledger),
            None => {
                create::create(path)?;
                Self::open(path)?.ok_or_else(|| fault::vanished(path))
            }
        }
    }

    /// Opens the store; `None` where there is no file, which alone means that
    /// nothing was ever given.
    ///
    /// # Errors
    /// As [`open_or_create`](Self::open_or_create).
    pub fn open(path: &Path) -> Result<Option<Self>, LedgerError> {
        loop {
            let file = inspect::identity(path);
            let connection = open::open(path)?;
            // Another process may have made or replaced it between the two looks.
            if inspect::identity(path) == file {
                return Ok(connection.map(|connection| Self { connection, path: path.to_path_buf(), file }));
            }
        }
    }

    /// Keeps a damaged store aside and puts a new one in its place, which
    /// consists of the changes that `rebuild` makes of what could be read;
    /// where the damaged one is kept. `None` where nothing is wrong.
    ///
    /// # Errors
    /// A [`LedgerError`] where the file is no store of this user that this
    /// portgen may touch, where somebody else has it open, or where the disk fails.
    pub fn repair(
        path: &Path,
        rebuild: &mut dyn FnMut(&Salvaged) -> Vec<Change>,
    ) -> Result<Option<PathBuf>, LedgerError> {
        repair::repair(path, rebuild)
    }

    /// The number of its schema, and how its changes are kept.
    ///
    /// # Errors
    /// A [`LedgerError`] where it cannot even be asked.
    pub fn schema(&self) -> Result<(i64, String), LedgerError> {
        inspect::schema(&self.connection).map_err(|error| Faults(&self.path).of(&error))
    }

    /// What SQLite finds wrong with the file; empty where all is well.
    ///
    /// # Errors
    /// A [`LedgerError`] where it cannot even be asked.
    pub fn examine(&mut self) -> Result<Vec<String>, LedgerError> {
        read::examine(&self.connection).map_err(|error| Faults(&self.path).of(&error))
    }
}

impl Ledger for SqliteLedger {
    fn place(&self) -> String {
        self.path.display().to_string()
    }

    fn read(&mut self) -> Result<State, LedgerError> {
        let faults = Faults(&self.path);
        // One transaction, so that all tables are of the same moment.
        let transaction = self.connection.transaction().map_err(|error| faults.of(&error))?;
        read::state(&transaction).map_err(|error| faults.of(&error))
    }

    fn write(&mut self, decide: &mut dyn FnMut(&mut Draft)) -> Result<(), LedgerError> {
        let faults = Faults(&self.path);
        let _lock = lock::lock(&self.path)?;
        if inspect::identity(&self.path) != self.file {
            return Err(fault::replaced(&self.path));
        }
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(|error| faults.of(&error))?;
        let mut draft = Draft::of(read::state(&transaction).map_err(|error| faults.of(&error))?);
        decide(&mut draft);
        if draft.changes().is_empty() {
            return Ok(());
        }
        for change in draft.changes() {
            write::change(&transaction, change).map_err(|error| faults.of(&error))?;
        }
        transaction.commit().map_err(|error| faults.of(&error))
    }
}
