//! What the local outputs of a workspace are rendered with: this machine's numbers.

use super::asker::{Asker, prepare};
use super::numbers::{endpoints, localise, settle};
use super::undo::Undo;
use crate::app::load::Workspace;
use crate::diagnostic::Failure;
use crate::ledger::{Draft, Ledger, SqliteLedger, State, decide};
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

/// This machine's numbers for local outputs, as far as they are recorded.
///
/// Where no output is local nothing depends on the ledger: one that cannot be
/// used is then none of anybody's business.
///
/// # Errors
/// A [`Failure`] of the ledger.
pub(in crate::app) fn local(workspace: &Workspace) -> Result<Local, Failure> {
    if !has_local_output(workspace) {
        return Ok(Local::default());
    }
    let mut store = SqliteLedger::open(&world::ledger_path()?)?;
    let state = store.as_mut().map(Ledger::read).transpose()?.unwrap_or_default();
    Ok(Local::of(workspace, &state))
}

/// What was planned with this machine's numbers.
pub(in crate::app) struct Numbered<T> {
    /// The plan.
    pub(in crate::app) planned: T,
    /// What was noticed, a line each.
    pub(in crate::app) notes: Vec<String>,
    given: Undo,
    store: Option<SqliteLedger>,
}

impl<T> Numbered<T> {
    /// Takes back what was given for a plan that could not be carried out.
    pub(in crate::app) fn undo(self, failure: Failure) -> Failure {
        match self.store {
            Some(mut store) => self.given.after(failure, &mut store),
            None => failure,
        }
    }
}

/// Makes the projects known, gives a number to every port that has none, and
/// plans with them: one step of the ledger. Nothing of it is recorded unless
/// the plan stands.
///
/// Where no output is local, a ledger that cannot be used is no hindrance.
///
/// # Errors
/// A [`Failure`] of the ledger or of the plan, and `exhausted`.
pub(in crate::app) fn plan_with_numbers<T>(
    workspace: Workspace,
    plan: impl FnOnce(Workspace, &Local) -> Result<T, Failure>,
    stands: impl Fn(&T) -> bool,
) -> Result<Numbered<T>, Failure> {
    let is_needed = has_local_output(&workspace);
    let place = world::ledger_path();
    let mut store = match place.and_then(|place| Ok(SqliteLedger::open_or_create(&place)?)) {
        Ok(store) => store,
        Err(failure) if is_needed => return Err(failure),
        Err(_) => return Numbered::without_ledger(plan(workspace, &Local::default())),
    };
    let machine = ThisMachine::new();
    let mut waiting = Some((workspace, plan));
    let mut made = None;
    let recorded = decide(&mut store, |draft| {
        let before = draft.state().grants.clone();
        let (workspace, plan) = waiting.take().ok_or_else(super::no_ledger)?;
        let local = match number(draft, &workspace, &machine) {
            Err(failure) if is_needed => return Err(failure),
            Ok(local) if is_needed => local,
            Ok(local) => Local { projects: None, ..local },
            Err(failure) => {
                made = Some((plan(workspace, &Local::default()), Vec::new()));
                return Err(failure);
            }
        };
        let planned = plan(workspace, &local);
        let is_sound = planned.as_ref().is_ok_and(&stands);
        made = Some((planned, local.notes));
        let refused = || Failure::new("refused", "the plan does not stand");
        if is_sound { Ok(Undo::since(&before, draft.state())) } else { Err(refused()) }
    });
    let is_sound = made.as_ref().is_none_or(|(planned, _)| planned.as_ref().is_ok_and(&stands));
    match (recorded, made, waiting) {
        (Err(failure), ..) if is_needed && is_sound => Err(failure),
        (Ok(given), Some((planned, notes)), _) => {
            Ok(Numbered { planned: planned?, notes, given, store: Some(store) })
        }
        (_, Some((planned, notes)), _) => Ok(Numbered { notes, ..Numbered::without_ledger(planned)? }),
        (_, None, Some((workspace, plan))) => Numbered::without_ledger(plan(workspace, &Local::default())),
        (Err(failure), None, None) => Err(failure),
        (Ok(_), None, None) => Err(super::no_ledger()),
    }
}

impl<T> Numbered<T> {
    fn without_ledger(planned: Result<T, Failure>) -> Result<Self, Failure> {
        Ok(Self { planned: planned?, notes: Vec::new(), given: Undo::default(), store: None })
    }
}

/// Makes the selected projects known and gives them their numbers.
fn number(draft: &mut Draft, workspace: &Workspace, machine: &dyn Machine) -> Result<Local, Failure> {
    let mut local = Local { projects: Some(workspace.projects.clone()), notes: Vec::new() };
    for &index in &workspace.selected {
        let asker = Asker::of(workspace, index);
        let (checkout, noticed) = prepare(draft, &asker, machine);
        local.notes.extend(noticed);
        if needs_numbers(&asker) {
            settle(draft, machine, &asker, checkout, None)?;
        }
        if let Some(project) = local.projects.as_mut().and_then(|projects| projects.get_mut(index)) {
            localise(project, draft.state(), &asker, machine);
        }
    }
    Ok(local)
}

/// Whether a table has ports whose numbers are this machine's.
fn needs_numbers(asker: &Asker) -> bool {
    asker.project.as_ref().is_some_and(|project| {
        // A number that is not declared is needed whether a local output shows it or not.
        let is_auto = project.plain().endpoints().any(|endpoint| endpoint.number.fixed().is_none());
        is_auto || project.outputs.iter().any(|output| output.local)
    })
}

/// The same for who only compares: where the ledger cannot be read, every
/// local output waits for its numbers.
pub(in crate::app) fn read_local(workspace: &Workspace) -> Local {
    local(workspace).unwrap_or_else(|_| {
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
