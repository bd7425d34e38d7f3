//! What was saved of a damaged store, and what a new one is made of it.

use super::change::Change;
use super::draft::Draft;
use super::record::{
    Assignment, AssignmentId, Checkout, CheckoutId, Declaration, Grant, Holder, KnownProject,
};
use super::state::State;
use crate::model::{Port, PortRange};

/// What could still be read of a store.
#[derive(Clone, Debug, Default)]
pub struct Salvaged {
    /// The records.
    pub state: State,
    /// Numbers that were given to somebody whose record is lost.
    pub ownerless: Vec<Port>,
    /// What could not be read, a phrase each.
    pub lost: Vec<String>,
}

/// What is written for a number whose owner is lost.
const LOST: &str = "somebody whose record was lost";

impl Draft {
    /// Takes over what was saved, as far as it belongs together; says what does not.
    ///
    /// A number whose owner is lost stays kept from everybody: nothing is ever
    /// given twice.
    pub fn restore(&mut self, saved: &Salvaged) -> Vec<String> {
        let mut lost = saved.lost.clone();
        for project in &saved.state.projects {
            self.restore_project(project, &mut lost);
        }
        for checkout in &saved.state.checkouts {
            self.restore_checkout(checkout, &mut lost);
        }
        for id in self.state().checkouts.iter().map(|checkout| checkout.id).collect::<Vec<_>>() {
            self.restore_declared(id, &saved.state.declared);
        }
        for dead in &saved.state.dead {
            self.change(Change::Bury(dead.clone()));
        }
        for assignment in &saved.state.assignments {
            let holder = match &assignment.holder {
                Holder::Project(id) if self.state().project(*id).is_none() => lost_holder(),
                holder => holder.clone(),
            };
            self.change(Change::Assign(Assignment { holder, ..assignment.clone() }));
        }
        for grant in &saved.state.grants {
            self.restore_grant(grant, &mut lost);
        }
        saved.ownerless.iter().for_each(|port| self.keep_lost(*port, &mut lost));
        lost
    }

    fn restore_project(&mut self, project: &KnownProject, lost: &mut Vec<String>) {
        let same = |known: &KnownProject| {
            known.id == project.id || (known.name == project.name && known.identity == project.identity)
        };
        if self.state().projects.iter().any(same) {
            lost.push(format!("a second record of project {}", project.name));
        } else {
            self.change(Change::PutProject(project.clone()));
        }
    }

    fn restore_checkout(&mut self, checkout: &Checkout, lost: &mut Vec<String>) {
        let same = |known: &Checkout| {
            known.id == checkout.id || (known.project == checkout.project && known.folder == checkout.folder)
        };
        let is_known = self.state().checkouts.iter().any(same);
        if is_known || self.state().project(checkout.project).is_none() {
            lost.push(format!("the project of {}", checkout.folder.display()));
        } else {
            self.change(Change::PutCheckout(checkout.clone()));
        }
    }

    fn restore_declared(&mut self, id: CheckoutId, declared: &[Declaration]) {
        let mut own: Vec<Declaration> =
            declared.iter().filter(|declared| declared.checkout == id).cloned().collect();
        own.sort_by(|one, other| (&one.service, &one.name).cmp(&(&other.service, &other.name)));
        own.dedup_by(|one, other| (&one.service, &one.name) == (&other.service, &other.name));
        if !own.is_empty() {
            self.change(Change::Declare(id, own));
        }
    }

    fn restore_grant(&mut self, grant: &Grant, lost: &mut Vec<String>) {
        if self.state().checkout(grant.checkout).is_none() {
            return self.keep_lost(grant.port, lost);
        }
        let is_taken = |known: &Grant| {
            let same_name = grant.service.is_some()
                && (known.checkout, &known.service, &known.name)
                    == (grant.checkout, &grant.service, &grant.name);
            known.id == grant.id
                || same_name
                || (known.port == grant.port && known.protocol.overlaps(grant.protocol))
        };
        if self.state().grants.iter().any(is_taken) {
            lost.push(format!("a second grant of port {}", grant.port));
        } else {
            self.change(Change::Give(grant.clone()));
        }
    }

    /// Keeps a number from everybody.
    fn keep_lost(&mut self, port: Port, lost: &mut Vec<String>) {
        // A range that is one project's keeps the number from the others only.
        let keeps =
            |known: &Assignment| !matches!(known.holder, Holder::Project(_)) && known.ports.contains(port);
        let is_kept = self.state().assignments.iter().any(keeps)
            || self.state().grants.iter().any(|known| known.port == port);
        if !is_kept {
            let ports = [PortRange::single(port)].into_iter().collect();
            self.assign(Assignment { id: AssignmentId(0), ports, holder: lost_holder() });
        }
        lost.push(format!(
            "who has port {port}: it is kept from everybody until `portgen project unassign {port}`"
        ));
    }
}

fn lost_holder() -> Holder {
    Holder::Other { owner: Some(LOST.to_owned()), reason: Some("the ledger was repaired".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::record::{GrantId, Moment, Origin, ProjectId};
    use crate::model::Protocol;

    fn grant(id: i64, checkout: i64, port: u16) -> Grant {
        Grant {
            id: GrantId(id),
            checkout: CheckoutId(checkout),
            service: Some(format!("s{id}")),
            name: "default".to_owned(),
            port: Port::new(port).unwrap(),
            protocol: Protocol::Tcp,
            origin: Origin::Reserved,
            purpose: None,
            lease: None,
            since: Moment(0),
        }
    }

    #[test]
    fn a_number_whose_owner_is_lost_is_kept_and_a_conflict_is_not_taken_over() {
        let project = KnownProject { id: ProjectId(1), name: "shop".into(), identity: vec![1], remote: None };
        let checkout = Checkout {
            id: CheckoutId(1),
            project: ProjectId(1),
            folder: "/shop".into(),
            label: "main".into(),
            is_first: true,
            mark: String::new(),
            table: None,
        };
        let orphan = Checkout { id: CheckoutId(2), project: ProjectId(9), ..checkout.clone() };
        let saved = Salvaged {
            state: State {
                projects: vec![project.clone(), project],
                checkouts: vec![checkout, orphan],
                grants: vec![grant(1, 1, 4000), grant(2, 1, 4000), grant(3, 2, 4001)],
                ..State::default()
            },
            ownerless: vec![Port::new(4002).unwrap()],
            lost: Vec::new(),
        };
        let mut draft = Draft::default();
        let lost = draft.restore(&saved);
        let state = draft.state();
        assert_eq!((state.projects.len(), state.checkouts.len(), state.grants.len()), (1, 1, 1));
        let kept: Vec<String> =
            state.assignments.iter().map(|assignment| assignment.ports.to_string()).collect();
        assert_eq!(kept, ["4001", "4002"]);
        assert_eq!(lost.len(), 5, "{lost:?}");
        assert_eq!(state.conflict(), None);
    }
}
