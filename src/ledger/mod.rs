//! Which ports this machine has given, to whom, and until when.
//!
//! A [`Ledger`] is a store of plain data behind two verbs: [`Ledger::read`] is
//! everything as of one moment, [`Ledger::write`] shows that to a decision and
//! writes what it decides, with nobody else in between. Choosing, probing and
//! writing are so one critical section, and everything that one call asks for
//! is granted whole or not at all.
//!
//! Decisions are made on a [`Draft`]: the state, and the changes made to it so
//! far. What a backend writes is the list of [`Change`]s; every backend answers
//! to one conformance suite. This room knows no project's files, and touches
//! nothing but its store.

mod change;
mod draft;
mod error;
mod identity;
mod memory;
mod record;
mod salvaged;
mod sqlite;
mod state;

#[cfg(test)]
mod conformance;

pub use change::Change;
pub use draft::Draft;
pub use error::{LedgerError, Trouble};
pub use identity::{Known, Noticed, Sighted};
pub use memory::MemoryLedger;
pub use record::{
    Assignment, AssignmentId, Checkout, CheckoutId, DeadPort, Declaration, Grant, GrantId, Holder,
    KnownProject, Lease, Moment, Origin, ProjectId,
};
pub use salvaged::Salvaged;
pub use sqlite::{SqliteLedger, StoreFile};
pub use state::{Owner, State};

/// A store of what was given on this machine.
///
/// # Contract
/// Two writes never overlap, in whatever processes; a write that fails changes
/// nothing; a process that dies leaves the state before its write or after it.
pub trait Ledger {
    /// Where it is, for people: a path, or a word.
    fn place(&self) -> String;

    /// Everything that it holds, as of one moment.
    ///
    /// # Errors
    /// A [`LedgerError`]; nothing is ever read as "no claims".
    fn read(&mut self) -> Result<State, LedgerError>;

    /// Shows the state to `decide`, with nobody else writing, and writes the
    /// changes that it makes to the draft.
    ///
    /// # Errors
    /// A [`LedgerError`] where it cannot be read, locked or written; nothing
    /// is changed then.
    fn write(&mut self, decide: &mut dyn FnMut(&mut Draft)) -> Result<(), LedgerError>;
}

/// The same with an answer: what `decide` returns, once it is written.
///
/// A decision that is an error writes nothing.
///
/// # Errors
/// A [`LedgerError`] of the store, or the error of the decision.
pub fn decide<T, E: From<LedgerError>>(
    ledger: &mut dyn Ledger,
    decide: impl FnOnce(&mut Draft) -> Result<T, E>,
) -> Result<T, E> {
    let mut decide = Some(decide);
    let mut answer = None;
    ledger.write(&mut |draft| {
        if let Some(decide) = decide.take() {
            let made = decide(draft);
            if made.is_err() {
                draft.discard();
            }
            answer = Some(made);
        }
    })?;
    answer.unwrap_or_else(|| Err(LedgerError::undecided().into()))
}
