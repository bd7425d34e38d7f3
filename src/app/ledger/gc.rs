//! What could be reclaimed, and why; on positive evidence only.

use super::context::Context;
use super::who::quoted;
use crate::diagnostic::Failure;
use crate::ledger::{Change, Checkout, CheckoutId, State, decide};
use crate::machine::Machine;
use crate::world::{self, Absence};

/// Whether a checkout could be forgotten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reclaimable {
    /// Its folder is gone, and nothing listens on its ports; or it is a name
    /// without a folder and without a port.
    Yes,
    /// It is kept, and why.
    No(String),
}

/// One checkout whose folder is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reclaimed {
    /// The project.
    pub project: String,
    /// The checkout's label.
    pub checkout: String,
    /// Where it was.
    pub folder: String,
    /// How many ports it was given.
    pub given: usize,
    /// Whether it could be, or was, forgotten.
    pub verdict: Reclaimable,
}

/// Finds the checkouts whose folder is not there, or that never had one; with `act` forgets those
/// that surely are gone.
///
/// An unmounted volume looks like a folder that is gone: only where the file
/// system that held it is still mounted is it believed. A project that was
/// assigned a range is kept: somebody decided so.
///
/// # Errors
/// A [`Failure`] of the ledger.
pub fn gc(context: &mut Context, act: bool) -> Result<Vec<Reclaimed>, Failure> {
    let Context { ledger, machine, .. } = context;
    let Some(ledger) = ledger else { return Ok(Vec::new()) };
    decide(ledger.as_mut(), |draft| {
        let absent: Vec<Checkout> = draft
            .state()
            .checkouts
            .iter()
            .filter(|checkout| is_only_a_name(checkout) || !world::is_there(&checkout.folder))
            .cloned()
            .collect();
        let mut found = Vec::new();
        for checkout in absent {
            let verdict = judge(draft.state(), &checkout, machine.as_ref());
            let state = draft.state();
            found.push(Reclaimed {
                project: state
                    .project(checkout.project)
                    .map(|project| project.name.clone())
                    .unwrap_or_default(),
                checkout: checkout.label.clone(),
                folder: checkout.folder.to_string_lossy().into_owned(),
                given: state.grants_of(checkout.id).len(),
                verdict: verdict.clone(),
            });
            if act && verdict == Reclaimable::Yes {
                forget(draft, &checkout);
            }
        }
        Ok(found)
    })
}

/// Whether nobody ever said where it is: `--project`, with a name that no folder had.
fn is_only_a_name(checkout: &Checkout) -> bool {
    checkout.folder.as_os_str().is_empty()
}

fn forget(draft: &mut crate::ledger::Draft, checkout: &Checkout) {
    draft.change(Change::RemoveCheckout(checkout.id));
    let is_last = draft.state().checkouts.iter().all(|other| other.project != checkout.project);
    if is_last {
        draft.change(Change::RemoveProject(checkout.project));
    }
}

fn judge(state: &State, checkout: &Checkout, machine: &dyn Machine) -> Reclaimable {
    let is_name = is_only_a_name(checkout);
    if is_name && !state.grants_of(checkout.id).is_empty() {
        let name = state.project(checkout.project).map_or("", |project| project.name.as_str());
        let how = format!("`portgen project remove {}` forgets it", quoted(name));
        return Reclaimable::No(format!("it has ports, and no folder by which to tell: {how}"));
    }
    if !is_name
        && let Absence::Unknown(why) =
            world::absence(&checkout.folder, checkout.mark.split('|').nth(1).unwrap_or_default())
    {
        return Reclaimable::No(why);
    }
    if state.ranges_of(checkout.project).next().is_some() {
        return Reclaimable::No("a range is assigned to the project".to_owned());
    }
    match listens(state, checkout.id, machine) {
        Some(port) => Reclaimable::No(format!("something still listens on port {port}")),
        None => Reclaimable::Yes,
    }
}

/// The first port of a checkout that something listens on.
fn listens(state: &State, id: CheckoutId, machine: &dyn Machine) -> Option<crate::model::Port> {
    let given = state.grants_of(id).into_iter().map(|grant| (grant.port, grant.protocol));
    let declared = state.declared.iter().filter(|declared| declared.checkout == id);
    let mut all = given.chain(declared.map(|declared| (declared.port, declared.protocol)));
    all.find(|&(port, protocol)| machine.sockets().listeners(port, protocol).next().is_some())
        .map(|(port, _)| port)
}
