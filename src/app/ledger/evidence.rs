//! What the rules of the machine look at, gathered of one moment.

use super::asker::{Asker, is_over};
use super::numbers::local_number;
use super::pool::shown;
use super::status::{Subject, expected, homes};
use crate::app::load::Workspace;
use crate::check::check_machine;
use crate::diagnostic::{Failure, Finding};
use crate::ledger::{Holder, KnownProject, Ledger, Owner, SqliteLedger, State};
use crate::machine::{Expected, Machine, judge};
use crate::model::{Endpoint, Port, PortSet, Protocol};
use crate::rules::{Claim, MachineEvidence, PortEvidence};
use crate::world::{self, ThisMachine};

/// What the rules of the machine find in the selected projects.
///
/// # Errors
/// A [`Failure`] of the ledger.
pub(in crate::app) fn machine_findings(workspace: &Workspace) -> Result<Vec<Finding>, Failure> {
    let mut store = SqliteLedger::open(&world::ledger_path()?)?;
    let state = store.as_mut().map(Ledger::read).transpose()?.unwrap_or_default();
    let machine = ThisMachine::new();
    let chosen = workspace.selected.iter().filter(|&&index| workspace.projects[index].name.is_some());
    let evidence: Vec<MachineEvidence<'_>> =
        chosen.map(|&index| evidence(workspace, index, &state, &machine)).collect();
    Ok(check_machine(&evidence))
}

fn evidence<'a>(
    workspace: &'a Workspace,
    index: usize,
    state: &State,
    machine: &'a ThisMachine,
) -> MachineEvidence<'a> {
    let project = &workspace.projects[index];
    let asker = Asker::of(workspace, index);
    let here = project.plain().endpoints().filter(|endpoint| !endpoint.elsewhere);
    let numbered: Vec<(&Endpoint, Option<Port>)> =
        here.map(|endpoint| (endpoint, local_number(state, &asker, machine, endpoint).port())).collect();
    let expected: Vec<Expected> =
        numbered.iter().map(|&(endpoint, port)| expected(0, project, endpoint, port)).collect();
    let own = own_project(state, &asker);
    let subjects = [Subject::of(asker, state)];
    let (seen, _) = judge(machine, &homes(&subjects, state), 1, &expected);
    let ports = numbered.into_iter().zip(seen).filter_map(|((endpoint, port), seen)| {
        let port = port?;
        let claims = claims(state, own, machine, (port, endpoint.protocol));
        Some(PortEvidence { endpoint, port, seen, claims })
    });
    let ports = ports.collect();
    let assigned: PortSet = own
        .into_iter()
        .flat_map(|own| state.ranges_of(own.id))
        .flat_map(|assignment| assignment.ports.ranges().to_vec())
        .collect();
    MachineEvidence {
        project,
        ports,
        assigned: (!assigned.is_empty()).then_some(assigned),
        kept: kept(state, own),
        facts: machine.facts(),
    }
}

fn own_project<'a>(state: &'a State, asker: &Asker) -> Option<&'a KnownProject> {
    state.project_of(asker.known(state)?.id)
}

/// Who else has a number: other projects, by what they were given or declare.
fn claims(
    state: &State,
    own: Option<&KnownProject>,
    machine: &dyn Machine,
    (port, protocol): (Port, Protocol),
) -> Vec<Claim> {
    let is_other = |owner: &Owner<'_>| {
        let is_own =
            own.is_some_and(|own| state.checkout(owner.checkout()).is_some_and(|one| one.project == own.id));
        let stands = match owner {
            Owner::Grant(grant) => !is_over(grant, machine),
            Owner::Declared(declared) => state.checkout(declared.checkout).is_some_and(|one| one.is_first),
        };
        stands && !is_own
    };
    let others = state.owners(port, protocol).into_iter().filter(is_other);
    others
        .map(|owner| Claim { by: shown(state, &owner), is_given: matches!(owner, Owner::Grant(_)) })
        .collect()
}

/// What this machine keeps for others.
fn kept(state: &State, own: Option<&KnownProject>) -> Vec<(PortSet, String)> {
    let others = state.assignments.iter().filter_map(|assignment| {
        let holder = match &assignment.holder {
            Holder::Project(id) if own.is_some_and(|own| own.id == *id) => return None,
            Holder::Project(id) => {
                format!("project {}", state.project(*id).map_or("?", |project| project.name.as_str()))
            }
            Holder::Other { owner, .. } => owner.clone().unwrap_or_else(|| "others".to_owned()),
        };
        Some((assignment.ports.clone(), holder))
    });
    others.collect()
}
