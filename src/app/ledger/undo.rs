//! Taking back what was given, where what was to use it could not be written.

use crate::diagnostic::Failure;
use crate::ledger::{Change, Draft, Grant, GrantId, Ledger, State, decide};

/// What one decision gave and freed.
#[derive(Clone, Debug, Default)]
pub(in crate::app) struct Undo {
    given: Vec<Grant>,
    freed: Vec<Grant>,
}

impl Undo {
    /// What was given and freed between these grants and a state.
    pub(in crate::app) fn since(before: &[Grant], after: &State) -> Self {
        // Both are in the order of their numbers.
        let is_in = |grant: &Grant, list: &[Grant]| {
            list.binary_search_by_key(&grant.id, |known| known.id).is_ok_and(|index| list[index] == *grant)
        };
        let given = after.grants.iter().filter(|grant| !is_in(grant, before)).cloned().collect();
        let freed = before.iter().filter(|grant| !is_in(grant, &after.grants));
        // What goes with a process went with it.
        let freed = freed.filter(|grant| grant.lease.is_none()).cloned().collect();
        Self { given, freed }
    }

    /// What was given after a grant, the last one there was.
    pub(in crate::app) fn given_after(last: Option<GrantId>, after: &State) -> Self {
        let new = after.grants.iter().filter(|grant| Some(grant.id) > last);
        Self { given: new.cloned().collect(), freed: Vec::new() }
    }

    /// Takes it back, as far as nobody has changed it since, after a failure;
    /// the failure, which says so where that fails, too.
    ///
    /// Files that were written all the same have the new numbers: nothing is
    /// taken back then.
    pub(in crate::app) fn after(&self, failure: Failure, ledger: &mut dyn Ledger) -> Failure {
        if failure.code == crate::apply::PARTLY || self.given.is_empty() && self.freed.is_empty() {
            return failure;
        }
        match self.take_back(ledger) {
            Ok(()) => failure,
            Err(error) => {
                let ports: Vec<String> = self.given.iter().map(|grant| grant.port.to_string()).collect();
                let said = format!("{} stays reserved: {}", ports.join(", "), error.message);
                let help =
                    failure.help.clone().map_or_else(|| said.clone(), |help| format!("{help}; {said}"));
                failure.help(help)
            }
        }
    }

    fn take_back(&self, ledger: &mut dyn Ledger) -> Result<(), Failure> {
        decide(ledger, |draft| {
            for grant in &self.given {
                if draft.state().grants.contains(grant) {
                    draft.change(Change::Free(grant.id));
                }
            }
            self.freed.iter().for_each(|grant| give_again(draft, grant));
            Ok(())
        })
    }
}

/// Gives again what was freed, unless somebody has it now.
fn give_again(draft: &mut Draft, grant: &Grant) {
    let state = draft.state();
    let is_taken =
        state.grants.iter().any(|other| other.port == grant.port && other.protocol.overlaps(grant.protocol));
    let has_another =
        grant.service.as_deref().is_some_and(|it| state.grant(grant.checkout, it, &grant.name).is_some());
    if !is_taken && !has_another && state.checkout(grant.checkout).is_some() {
        draft.give(grant.clone());
    }
}
