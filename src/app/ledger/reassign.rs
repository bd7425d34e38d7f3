//! Gives a service another number, and renders the local outputs with it.

use super::Local;
use super::asker::{Asker, prepare};
use super::context::Context;
use super::give::{Wish, give};
use super::numbers::{LocalNumber, local_number, localise, settle_one};
use super::pool::Draw;
use super::reserve::split;
use super::undo::Undo;
use crate::app::load::{Location, Workspace, load};
use crate::app::outputs::{Bound, bind};
use crate::app::render::{ProjectPlan, RenderOptions, Rendered, render_workspace};
use crate::apply::apply;
use crate::diagnostic::Failure;
use crate::ledger::{Change, CheckoutId, Draft, Grant, Origin, ProjectId, State, decide};
use crate::machine::{Machine, look};
use crate::model::{Port, Scheme};

/// A number that became another.
#[derive(Debug)]
pub struct Reassigned {
    /// `api`, or `kafka.jmx`.
    pub service: String,
    /// What it was.
    pub before: Option<Port>,
    /// What it is.
    pub after: Port,
    /// What became of the local outputs; `None` where there is no table.
    pub rendered: Option<Rendered>,
    /// What was noticed, a line each.
    pub notes: Vec<String>,
}

/// Gives a service another number than it has: the declared one where `scan`
/// had found another and it is free again, else the next free one.
///
/// The ledger and the local outputs are one plan: where an output is refused,
/// nothing is changed.
///
/// # Errors
/// A [`Failure`]: `declared` for a number that the table fixes here,
/// `no-number`, `exhausted`, `refused` by an output, or of the ledger.
pub fn reassign(location: &Location, context: &mut Context, id: &str) -> Result<Reassigned, Failure> {
    let mut outputs = match &context.asker.project {
        Some(_) => Some(Outputs::read(location)?),
        None => None,
    };
    let Context { asker, ledger, machine, .. } = context;
    let Some(ledger) = ledger else { return Err(super::no_ledger()) };
    let (mut reassigned, plans, undo) = decide(ledger.as_mut(), |draft| {
        let held = draft.state().grants.clone();
        let (checkout, notes) = prepare(draft, asker, machine.as_ref());
        let (before, after) = exchange(draft, machine.as_ref(), asker, checkout, id)?;
        let planned = match &mut outputs {
            Some(outputs) => Some(outputs.plan(draft.state(), machine.as_ref())?),
            None => None,
        };
        let (rendered, plans) = planned.unzip();
        let undo = Undo::since(&held, draft.state());
        Ok::<_, Failure>((Reassigned { service: id.to_owned(), before, after, rendered, notes }, plans, undo))
    })?;
    if let (Some(outputs), Some(plans)) = (&outputs, plans) {
        outputs.write(&plans).map_err(|failure| undo.after(failure, ledger.as_mut()))?;
    }
    reassigned.notes.dedup();
    Ok(reassigned)
}

/// The local outputs of a workspace, to be rendered with numbers that are not
/// written yet.
pub(super) struct Outputs {
    workspace: Option<Workspace>,
    bound: Vec<Bound>,
}

impl Outputs {
    pub(super) fn read(location: &Location) -> Result<Self, Failure> {
        let mut workspace = load(location)?;
        let bound = bind(&mut workspace)?;
        Ok(Self { workspace: Some(workspace), bound })
    }

    /// Plans the local outputs with the numbers of a state.
    pub(super) fn plan(
        &mut self,
        state: &State,
        machine: &dyn Machine,
    ) -> Result<(Rendered, Vec<ProjectPlan>), Failure> {
        let Some(workspace) = self.workspace.take() else {
            return Err(Failure::new("io", "the outputs were planned already"));
        };
        let mut projects = workspace.projects.clone();
        for &index in &workspace.selected {
            localise(&mut projects[index], state, &Asker::of(&workspace, index), machine);
        }
        let local = workspace.projects.iter().flat_map(|project| &project.outputs);
        let only: Vec<String> =
            local.filter(|output| output.local).map(|output| output.path.to_string()).collect();
        if only.is_empty() {
            return Ok((Rendered::default(), Vec::new()));
        }
        let options = RenderOptions { only, ..RenderOptions::default() };
        let local = Local { projects: Some(projects), notes: Vec::new() };
        let (rendered, plans) = render_workspace(workspace, &self.bound, &local, &options)?;
        if rendered.is_refused {
            let why = rendered
                .findings
                .first()
                .map_or("an output stands in the way", |found| &found.finding.message);
            let failure = Failure::new("refused", format!("nothing was changed: {why}"));
            return Err(failure.help("`portgen render` shows all of it"));
        }
        Ok((rendered, plans))
    }

    pub(super) fn write(&self, plans: &[ProjectPlan]) -> Result<(), Failure> {
        let all: Vec<_> =
            self.bound.iter().zip(plans).map(|(bound, plan)| (&plan.plan, &bound.root)).collect();
        apply(&all)
    }
}

/// Frees what the service has, and gives it another number.
fn exchange(
    draft: &mut Draft,
    machine: &dyn Machine,
    asker: &Asker,
    checkout: CheckoutId,
    id: &str,
) -> Result<(Option<Port>, Port), Failure> {
    let (service, name) = split(Some(id));
    let service = service.unwrap_or_default();
    let held = draft.state().grant(checkout, &service, &name).cloned();
    let endpoint = asker.project.as_ref().and_then(|project| project.plain().endpoint(id));
    let Some(endpoint) = endpoint else {
        let held = held.ok_or_else(|| {
            Failure::new("no-number", format!("`{id}` has no number here"))
                .help("`portgen list` shows what there is")
        })?;
        let after = another(draft, machine, asker, checkout, &held)?;
        return Ok((Some(held.port), after));
    };
    let before = local_number(draft.state(), asker, machine, endpoint);
    if let LocalNumber::Declared(port) = before {
        let failure = Failure::new("declared", format!("ports.toml says that `{id}` has port {port}"));
        return Err(failure.help("change it there, then run `portgen render`"));
    }
    let found = held.as_ref().filter(|held| held.origin == Origin::Found);
    if let (Some(found), Some(declared)) = (found, endpoint.number.fixed())
        && look(machine, declared, endpoint.protocol).is_free()
    {
        draft.change(Change::Free(found.id));
        return Ok((before.port(), declared));
    }
    let after = settle_one(draft, machine, asker, checkout, endpoint, held.as_ref())?;
    Ok((before.port(), after))
}

/// Another number for what was reserved beside a table.
pub(super) fn another(
    draft: &mut Draft,
    machine: &dyn Machine,
    asker: &Asker,
    checkout: CheckoutId,
    held: &Grant,
) -> Result<Port, Failure> {
    let own = draft.state().project_of(checkout).map_or(ProjectId(0), |project| project.id);
    let project = asker.project.as_ref();
    let draw = Draw { own, project, range: None, ports: None, scheme: Scheme::Http, protocol: held.protocol };
    // The old number is still taken while the new one is chosen.
    let mut pool = draw.pool(draft.state(), machine.facts())?;
    draft.change(Change::Free(held.id));
    let wish = Wish {
        purpose: held.purpose.clone(),
        lease: held.lease.clone(),
        ..Wish::of(held.service.clone(), &held.name, held.protocol, held.origin)
    };
    give(draft, machine, checkout, &mut pool, &wish)
}
