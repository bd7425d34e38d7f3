//! What the local outputs of a workspace are rendered with: this machine's numbers.

use super::asker::{Asker, prepare};
use super::numbers::{endpoints, localise, settle};
use crate::app::load::Workspace;
use crate::diagnostic::Failure;
use crate::ledger::{Ledger, SqliteLedger, State, decide};
use crate::machine::Machine;
use crate::model::{Number, Project};
use crate::world::{self, ThisMachine};

/// The projects of a workspace with the numbers that they have here.
#[derive(Debug, Default)]
pub struct Local {
    /// The same projects in the same order, their patches left out; `None`
    /// where no output is local.
    pub projects: Option<Vec<Project>>,
    /// What was noticed, a line each.
    pub notes: Vec<String>,
}

impl Local {
    /// The numbers of a state that need not be written yet.
    pub(in crate::app) fn of(workspace: &Workspace, state: &State) -> Self {
        let mut projects = workspace.projects.clone();
        let machine = ThisMachine::new();
        for &index in &workspace.selected {
            localise(&mut projects[index], state, &Asker::of(workspace, index), &machine);
        }
        Self { projects: Some(projects), notes: Vec::new() }
    }
}

/// This machine's numbers for local outputs; with `to_write` makes the
/// projects known, and gives a number to every port that has none.
///
/// Where no output is local nothing depends on the ledger: one that cannot be
/// used is then none of anybody's business.
///
/// # Errors
/// A [`Failure`] of the ledger, and `exhausted`.
pub(in crate::app) fn local(workspace: &Workspace, to_write: bool) -> Result<Local, Failure> {
    let is_needed = has_local_output(workspace);
    if !is_needed && !to_write {
        return Ok(Local::default());
    }
    match numbers(workspace, to_write) {
        Ok(local) if is_needed => Ok(local),
        Ok(local) => Ok(Local { projects: None, ..local }),
        Err(failure) if is_needed => Err(failure),
        Err(_) => Ok(Local::default()),
    }
}

/// The same for who only compares: where the ledger cannot be read, every
/// local output waits for its numbers.
pub(in crate::app) fn read_local(workspace: &Workspace) -> Local {
    local(workspace, false).unwrap_or_else(|_| {
        let mut projects = workspace.projects.clone();
        for endpoint in projects.iter_mut().flat_map(endpoints).filter(|endpoint| !endpoint.elsewhere) {
            endpoint.number.value = Number::Auto;
        }
        Local { projects: Some(projects), notes: Vec::new() }
    })
}

fn has_local_output(workspace: &Workspace) -> bool {
    let mut selected = workspace.selected.iter().map(|&index| &workspace.projects[index]);
    selected.any(|project| project.outputs.iter().any(|output| output.local))
}

fn numbers(workspace: &Workspace, to_write: bool) -> Result<Local, Failure> {
    let place = world::ledger_path()?;
    let mut store =
        if to_write { Some(SqliteLedger::open_or_create(&place)?) } else { SqliteLedger::open(&place)? };
    let machine = ThisMachine::new();
    let mut local = Local { projects: Some(workspace.projects.clone()), notes: Vec::new() };
    for &index in &workspace.selected {
        let asker = Asker::of(workspace, index);
        let state = match &mut store {
            Some(store) if to_write => settled(store, &asker, &machine, &mut local.notes)?,
            Some(store) => store.read()?,
            None => State::default(),
        };
        if let Some(project) = local.projects.as_mut().and_then(|projects| projects.get_mut(index)) {
            localise(project, &state, &asker, &machine);
        }
    }
    Ok(local)
}

fn settled(
    store: &mut SqliteLedger,
    asker: &Asker,
    machine: &dyn Machine,
    notes: &mut Vec<String>,
) -> Result<State, Failure> {
    // A number that is not declared is needed whether a local output shows it or not.
    let needs = asker.project.as_ref().is_some_and(|project| {
        let is_auto = project.plain().endpoints().any(|endpoint| endpoint.number.fixed().is_none());
        is_auto || project.outputs.iter().any(|output| output.local)
    });
    decide(store, |draft| {
        let (checkout, noticed) = prepare(draft, asker, machine);
        notes.extend(noticed);
        if needs {
            settle(draft, machine, asker, checkout, None)?;
        }
        Ok(draft.state().clone())
    })
}
