//! A state that is being decided on.

use super::change::Change;
use super::record::{
    Assignment, AssignmentId, Checkout, CheckoutId, DeadPort, Grant, GrantId, KnownProject, ProjectId,
};
use super::state::State;

/// A state together with the changes that led to it, not yet written.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    state: State,
    changes: Vec<Change>,
}

impl Draft {
    /// A draft without a change.
    pub fn of(state: State) -> Self {
        Self { state, changes: Vec::new() }
    }

    /// The state with all changes made so far.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Makes a change.
    pub fn change(&mut self, change: Change) {
        self.state.apply(&change);
        self.changes.push(change);
    }

    /// Takes back every change: nothing will be written. The state shown is
    /// not to be trusted any more.
    pub fn discard(&mut self) {
        self.changes.clear();
    }

    /// What is to be written.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// Both parts.
    pub fn into_parts(self) -> (State, Vec<Change>) {
        (self.state, self.changes)
    }

    /// Makes a project known; its number is chosen here.
    pub fn add_project(&mut self, project: KnownProject) -> ProjectId {
        let id = ProjectId(next(self.state.projects.iter().map(|project| project.id.0)));
        self.change(Change::PutProject(KnownProject { id, ..project }));
        id
    }

    /// Makes a checkout known; its number is chosen here.
    pub fn add_checkout(&mut self, checkout: Checkout) -> CheckoutId {
        let id = CheckoutId(next(self.state.checkouts.iter().map(|checkout| checkout.id.0)));
        self.change(Change::PutCheckout(Checkout { id, ..checkout }));
        id
    }

    /// Gives a port; the grant's number is chosen here.
    pub fn give(&mut self, grant: Grant) -> GrantId {
        let id = GrantId(next(self.state.grants.iter().map(|grant| grant.id.0)));
        self.change(Change::Give(Grant { id, ..grant }));
        id
    }

    /// Keeps a range for somebody; the assignment's number is chosen here.
    pub fn assign(&mut self, assignment: Assignment) -> AssignmentId {
        let id = AssignmentId(next(self.state.assignments.iter().map(|assignment| assignment.id.0)));
        self.change(Change::Assign(Assignment { id, ..assignment }));
        id
    }

    /// Marks a port dead; one that is dead already is so once more.
    pub fn bury(&mut self, dead: DeadPort) {
        let known = self.state.dead.iter().find(|known| known.is_same(&dead));
        let dead = match known {
            Some(known) => DeadPort { first: known.first, count: known.count.saturating_add(1), ..dead },
            None => dead,
        };
        self.change(Change::Bury(dead));
    }
}

fn next(ids: impl Iterator<Item = i64>) -> i64 {
    ids.max().unwrap_or(0) + 1
}
