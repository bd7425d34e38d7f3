//! A ledger that lives as long as its process: for tests and for programs that
//! keep their claims to themselves.

use super::Ledger;
use super::draft::Draft;
use super::error::{LedgerError, Trouble};
use super::state::State;

/// A ledger in memory.
#[derive(Clone, Debug, Default)]
pub struct MemoryLedger {
    state: State,
}

impl Ledger for MemoryLedger {
    fn place(&self) -> String {
        "memory".to_owned()
    }

    fn read(&mut self) -> Result<State, LedgerError> {
        Ok(self.state.clone())
    }

    fn write(&mut self, decide: &mut dyn FnMut(&mut Draft)) -> Result<(), LedgerError> {
        let mut draft = Draft::of(self.state.clone());
        decide(&mut draft);
        // Only what was written counts: a draft that was discarded changes nothing.
        let mut after = self.state.clone();
        draft.changes().iter().for_each(|change| after.apply(change));
        if let Some(what) = after.conflict() {
            return Err(LedgerError::new(Trouble::Conflict, self.place(), what));
        }
        self.state = after;
        Ok(())
    }
}
