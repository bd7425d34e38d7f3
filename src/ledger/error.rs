//! Why a ledger cannot be used.

use crate::diagnostic::Failure;

/// What is wrong with a store; each has a code of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Somebody else kept it locked for too long.
    Locked,
    /// Its content is damaged.
    Corrupt,
    /// The file is something else.
    Foreign,
    /// A newer portgen wrote it.
    Newer,
    /// It cannot be written.
    ReadOnly,
    /// The disk is full.
    Full,
    /// It is another user's.
    NotOurs,
    /// A decision gave what somebody has.
    Conflict,
    /// The system refused otherwise.
    Io,
}

/// A ledger that cannot be read, locked or written.
///
/// All of these end a command with the exit code 4.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct LedgerError {
    /// What is wrong.
    pub trouble: Trouble,
    /// What happened, for people.
    pub message: String,
    /// The file, or what stands for it.
    pub place: String,
}

impl LedgerError {
    /// An error of the store at `place`.
    pub fn new(trouble: Trouble, place: impl Into<String>, message: impl Into<String>) -> Self {
        Self { trouble, message: message.into(), place: place.into() }
    }

    /// A store that asked for no decision, which no backend does.
    pub(super) fn undecided() -> Self {
        Self::new(Trouble::Io, "", "the ledger asked for no decision")
    }

    fn help(&self) -> Option<&'static str> {
        match self.trouble {
            Trouble::Locked => Some("another portgen is writing; if none is, see who holds the file open"),
            Trouble::Corrupt => {
                Some("`portgen doctor --repair` keeps it aside and rebuilds it from the tables it knows")
            }
            Trouble::Foreign => Some("name another file in PORTGEN_LEDGER, or move this one away"),
            Trouble::Newer => Some("install that portgen; nothing was read or written"),
            Trouble::ReadOnly => Some("make the folder and the file writable for you, or set PORTGEN_LEDGER"),
            Trouble::Full => Some("free some space; nothing was given"),
            Trouble::NotOurs => Some("a ledger belongs to one user; set PORTGEN_LEDGER to a file of yours"),
            Trouble::Conflict | Trouble::Io => None,
        }
    }
}

impl Trouble {
    /// The code that machine formats show.
    pub fn code(self) -> &'static str {
        match self {
            Self::Locked => "ledger-locked",
            Self::Corrupt => "ledger-corrupt",
            Self::Foreign => "ledger-foreign",
            Self::Newer => "ledger-newer",
            Self::ReadOnly => "ledger-read-only",
            Self::Full => "ledger-full",
            Self::NotOurs => "ledger-not-ours",
            Self::Conflict => "ledger-conflict",
            Self::Io => "ledger-io",
        }
    }
}

impl From<LedgerError> for Failure {
    fn from(error: LedgerError) -> Self {
        let failure = Self::new(error.trouble.code(), error.message.clone()).path(error.place.clone());
        match error.help() {
            Some(help) => failure.help(help),
            None => failure,
        }
    }
}
