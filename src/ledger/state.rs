//! Everything that a ledger holds, as of one moment.

use super::change::Change;
use super::record::{
    Assignment, Checkout, CheckoutId, DeadPort, Declaration, Grant, Holder, KnownProject, ProjectId,
};
use crate::model::{Port, Protocol};

/// The whole content of a ledger, each list in the order of its numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// Projects that this machine knows.
    pub projects: Vec<KnownProject>,
    /// Their copies.
    pub checkouts: Vec<Checkout>,
    /// What their tables declare.
    pub declared: Vec<Declaration>,
    /// What was given.
    pub grants: Vec<Grant>,
    /// What failed.
    pub dead: Vec<DeadPort>,
    /// Ranges that are kept for somebody.
    pub assignments: Vec<Assignment>,
}

/// Who has a number, in a ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner<'a> {
    /// It was given.
    Grant(&'a Grant),
    /// A table declares it.
    Declared(&'a Declaration),
}

impl Owner<'_> {
    /// The checkout that has it.
    pub fn checkout(&self) -> CheckoutId {
        match self {
            Self::Grant(grant) => grant.checkout,
            Self::Declared(declared) => declared.checkout,
        }
    }

    /// The service that has it; `None` for a port of the project.
    pub fn service(&self) -> Option<String> {
        match self {
            Self::Grant(grant) => grant.id_of_service(),
            Self::Declared(declared) => Some(declared.id_of_service()),
        }
    }
}

impl State {
    /// The project of a number.
    pub fn project(&self, id: ProjectId) -> Option<&KnownProject> {
        self.projects.iter().find(|project| project.id == id)
    }

    /// The checkout of a number.
    pub fn checkout(&self, id: CheckoutId) -> Option<&Checkout> {
        self.checkouts.iter().find(|checkout| checkout.id == id)
    }

    /// The project that a checkout is of.
    pub fn project_of(&self, id: CheckoutId) -> Option<&KnownProject> {
        self.project(self.checkout(id)?.project)
    }

    /// What was given to a checkout, the lowest number first.
    pub fn grants_of(&self, id: CheckoutId) -> Vec<&Grant> {
        let mut grants: Vec<&Grant> = self.grants.iter().filter(|grant| grant.checkout == id).collect();
        grants.sort_by_key(|grant| (grant.port, grant.id));
        grants
    }

    /// What was given for one port of a service in a checkout.
    pub fn grant(&self, id: CheckoutId, service: &str, name: &str) -> Option<&Grant> {
        self.grants.iter().find(|grant| {
            grant.checkout == id && grant.service.as_deref() == Some(service) && grant.name == name
        })
    }

    /// Everyone who has a number: grants first, then tables.
    pub fn owners(&self, port: Port, protocol: Protocol) -> Vec<Owner<'_>> {
        let given =
            self.grants.iter().filter(|grant| grant.port == port && grant.protocol.overlaps(protocol));
        let declared = self.declared.iter().filter(|own| own.port == port && own.protocol.overlaps(protocol));
        given.map(Owner::Grant).chain(declared.map(Owner::Declared)).collect()
    }

    /// The death of a port.
    pub fn death(&self, port: Port, protocol: Protocol) -> Option<&DeadPort> {
        self.dead.iter().find(|dead| dead.port == port && dead.protocol.overlaps(protocol))
    }

    /// The ranges that were assigned to a project.
    pub fn ranges_of(&self, project: ProjectId) -> impl Iterator<Item = &Assignment> {
        self.assignments.iter().filter(move |assignment| assignment.holder == Holder::Project(project))
    }

    /// What the state is after a change.
    pub(super) fn apply(&mut self, change: &Change) {
        match change {
            Change::PutProject(project) => put(&mut self.projects, project, |known| known.id),
            Change::RemoveProject(id) => self.remove_project(*id),
            Change::PutCheckout(checkout) => put(&mut self.checkouts, checkout, |known| known.id),
            Change::RemoveCheckout(id) => self.remove_checkout(*id),
            Change::Declare(id, declared) => self.declare(*id, declared),
            Change::Give(grant) => put(&mut self.grants, grant, |known| known.id),
            Change::Free(id) => self.grants.retain(|grant| grant.id != *id),
            Change::Bury(dead) => {
                self.dead.retain(|known| !known.is_same(dead));
                self.dead.push(dead.clone());
                self.dead.sort_by_key(DeadPort::key);
            }
            Change::Revive(port, protocol) => {
                self.dead.retain(|dead| dead.port != *port || !dead.protocol.overlaps(*protocol));
            }
            Change::Assign(assignment) => put(&mut self.assignments, assignment, |known| known.id),
            Change::Unassign(id) => self.assignments.retain(|assignment| assignment.id != *id),
        }
    }

    /// What two grants have in common that only one may have.
    pub(super) fn conflict(&self) -> Option<String> {
        for (index, grant) in self.grants.iter().enumerate() {
            for other in &self.grants[..index] {
                if grant.port == other.port && grant.protocol.overlaps(other.protocol) {
                    return Some(format!("port {} would be given twice", grant.port));
                }
                let is_same = grant.checkout == other.checkout
                    && grant.service == other.service
                    && grant.name == other.name;
                if is_same && grant.service.is_some() {
                    return Some("one port of a service would be given two numbers".to_owned());
                }
            }
        }
        None
    }

    fn remove_project(&mut self, id: ProjectId) {
        let checkouts: Vec<CheckoutId> = self
            .checkouts
            .iter()
            .filter(|checkout| checkout.project == id)
            .map(|checkout| checkout.id)
            .collect();
        checkouts.into_iter().for_each(|checkout| self.remove_checkout(checkout));
        self.assignments.retain(|assignment| assignment.holder != Holder::Project(id));
        self.projects.retain(|project| project.id != id);
    }

    fn remove_checkout(&mut self, id: CheckoutId) {
        self.grants.retain(|grant| grant.checkout != id);
        self.declared.retain(|declared| declared.checkout != id);
        self.checkouts.retain(|checkout| checkout.id != id);
    }

    fn declare(&mut self, id: CheckoutId, declared: &[Declaration]) {
        self.declared.retain(|known| known.checkout != id);
        self.declared.extend(declared.iter().cloned());
        self.declared.sort_by(|one, other| Declaration::key(one).cmp(&Declaration::key(other)));
    }
}

impl DeadPort {
    /// Whether it is the same port, for the same protocol.
    pub fn is_same(&self, other: &Self) -> bool {
        self.key() == other.key()
    }

    fn key(&self) -> (Port, &'static str) {
        (self.port, self.protocol.as_str())
    }
}

impl Declaration {
    fn key(&self) -> (CheckoutId, &str, &str) {
        (self.checkout, &self.service, &self.name)
    }
}

/// Puts a record in the place of the one with its number, else at its place in order.
fn put<T: Clone, K: Ord>(records: &mut Vec<T>, record: &T, key: impl Fn(&T) -> K) {
    match records.binary_search_by_key(&key(record), &key) {
        Ok(index) => records[index] = record.clone(),
        Err(index) => records.insert(index, record.clone()),
    }
}
