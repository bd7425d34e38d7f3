//! What an error of SQLite or of the file system means for the store.

use std::io;
use std::path::Path;

use rusqlite::ErrorCode;

use crate::ledger::error::{LedgerError, Trouble};

/// Makes errors of the store at a path.
#[derive(Clone, Copy, Debug)]
pub(super) struct Faults<'a>(pub(super) &'a Path);

impl Faults<'_> {
    /// What an error of SQLite means.
    pub(super) fn of(self, error: &rusqlite::Error) -> LedgerError {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                self.fault(Trouble::Locked, "the ledger is locked by another process")
            }
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => self.corrupt(&error.to_string()),
            Some(
                ErrorCode::ReadOnly
                | ErrorCode::PermissionDenied
                | ErrorCode::AuthorizationForStatementDenied,
            ) => self.fault(Trouble::ReadOnly, "the ledger cannot be written"),
            Some(ErrorCode::CannotOpen) => {
                self.fault(Trouble::ReadOnly, "the ledger or the log beside it cannot be opened for writing")
            }
            Some(ErrorCode::DiskFull) => self.fault(Trouble::Full, "the disk that holds the ledger is full"),
            Some(ErrorCode::ConstraintViolation) => {
                self.fault(Trouble::Conflict, &format!("the ledger refuses to give what is given: {error}"))
            }
            // A table or a column that is not there, a value of another type: not what portgen wrote.
            None => self.corrupt(&error.to_string()),
            Some(_) => self.fault(Trouble::Io, &format!("the ledger cannot be used: {error}")),
        }
    }

    /// What an error of the file system means.
    pub(super) fn io(self, what: &str, error: &io::Error) -> LedgerError {
        let trouble = match error.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Trouble::ReadOnly,
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Trouble::Full,
            _ => Trouble::Io,
        };
        self.fault(trouble, &format!("{what}: {error}"))
    }

    pub(super) fn corrupt(self, what: &str) -> LedgerError {
        self.fault(Trouble::Corrupt, &format!("the ledger is damaged: {what}"))
    }

    pub(super) fn fault(self, trouble: Trouble, message: &str) -> LedgerError {
        LedgerError::new(trouble, self.0.display().to_string(), message)
    }
}

/// A store that was there a moment ago.
pub(super) fn vanished(path: &Path) -> LedgerError {
    Faults(path).fault(Trouble::Io, "the ledger was removed while it was being opened")
}

/// A store that was repaired, or moved away, after it had been opened.
pub(super) fn replaced(path: &Path) -> LedgerError {
    let message = "the ledger was repaired or moved away meanwhile: nothing was written";
    Faults(path).fault(Trouble::Locked, message)
}
