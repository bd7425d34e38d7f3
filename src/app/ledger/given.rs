//! Ports that were reserved beside the table, and everybody's ports.

use super::asker::{Asker, is_over};
use super::context::Context;
use super::numbers::localise;
use crate::app::load::Workspace;
use crate::diagnostic::Failure;
use crate::ledger::{Grant, Ledger, Origin, SqliteLedger, State};
use crate::machine::Machine;
use crate::model::{Port, Project, Protocol};
use crate::world::{self, ThisMachine};

/// A port of some project on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenPort {
    /// The number.
    pub port: Port,
    /// For which protocol.
    pub protocol: Protocol,
    /// `api`, `kafka.jmx`, or `None` for a port of the project.
    pub service: Option<String>,
    /// The project.
    pub project: String,
    /// The checkout's label.
    pub checkout: String,
    /// `declared`, `reserved`, `assigned` or `found`.
    pub origin: &'static str,
    /// What it is for.
    pub purpose: Option<String>,
    /// The process that it goes with.
    pub lease: Option<u32>,
    /// Since when; `None` for what a table declares.
    pub since: Option<String>,
    /// The checkout's folder.
    pub folder: String,
}

/// What the ledger adds to the tables of a workspace.
#[derive(Debug, Default)]
pub(in crate::app) struct Here {
    /// The projects with the numbers of this checkout; `None` where they are the tables' own.
    pub(in crate::app) projects: Option<Vec<Project>>,
    /// What was reserved beside them.
    pub(in crate::app) given: Vec<GivenPort>,
}

/// Reads what the ledger adds to the selected projects of a workspace.
pub(in crate::app) fn here(workspace: &Workspace) -> Result<Here, Failure> {
    let mut store = SqliteLedger::open(&world::ledger_path()?)?;
    let state = store.as_mut().map(Ledger::read).transpose()?.unwrap_or_default();
    let machine = ThisMachine::new();
    let mut here = Here::default();
    for &index in &workspace.selected {
        let asker = Asker::of(workspace, index);
        here.given.extend(reserved_of(&state, &asker, &machine));
        let is_plain = state.grants.is_empty() && asker.is_first(&state);
        if !is_plain {
            let projects = here.projects.get_or_insert_with(|| workspace.projects.clone());
            localise(&mut projects[index], &state, &asker, &machine);
        }
    }
    Ok(here)
}

/// What was reserved for a checkout beside its table.
pub(super) fn reserved_of(state: &State, asker: &Asker, machine: &dyn Machine) -> Vec<GivenPort> {
    let Some(checkout) = asker.known(state) else { return Vec::new() };
    let grants = state.grants_of(checkout.id).into_iter();
    let alive = grants.filter(|grant| grant.origin == Origin::Reserved && !is_over(grant, machine));
    alive.map(|grant| of_grant(state, grant)).collect()
}

/// What was reserved for a folder without a table.
///
/// # Errors
/// A [`Failure`] of the ledger.
pub fn given(context: &mut Context) -> Result<Vec<GivenPort>, Failure> {
    let state = context.state()?;
    Ok(reserved_of(&state, &context.asker, context.machine.as_ref()))
}

/// Every port of every project, declared or given, the lowest first.
///
/// # Errors
/// A [`Failure`] of the ledger.
pub fn everyone(context: &mut Context) -> Result<Vec<GivenPort>, Failure> {
    let state = context.state()?;
    let grants = state.grants.iter().filter(|grant| !is_over(grant, context.machine.as_ref()));
    let mut all: Vec<GivenPort> = grants.map(|grant| of_grant(&state, grant)).collect();
    for declared in &state.declared {
        let checkout = state.checkout(declared.checkout);
        // A second checkout declares the same numbers, and does not use them.
        if checkout.is_some_and(|checkout| !checkout.is_first) || declared.repeats(&state.declared) {
            continue;
        }
        all.push(GivenPort {
            port: declared.port,
            protocol: declared.protocol,
            service: Some(declared.id_of_service()),
            project: state
                .project_of(declared.checkout)
                .map(|project| project.name.clone())
                .unwrap_or_default(),
            checkout: checkout.map(|checkout| checkout.label.clone()).unwrap_or_default(),
            origin: "declared",
            purpose: None,
            lease: None,
            since: None,
            folder: checkout
                .map(|checkout| checkout.folder.to_string_lossy().into_owned())
                .unwrap_or_default(),
        });
    }
    all.sort_by(|one, other| {
        let key = |port: &GivenPort| (port.port, port.project.clone(), port.service.clone());
        key(one).cmp(&key(other))
    });
    Ok(all)
}

fn of_grant(state: &State, grant: &Grant) -> GivenPort {
    let checkout = state.checkout(grant.checkout);
    GivenPort {
        port: grant.port,
        protocol: grant.protocol,
        service: grant.id_of_service(),
        project: state.project_of(grant.checkout).map(|project| project.name.clone()).unwrap_or_default(),
        checkout: checkout.map(|checkout| checkout.label.clone()).unwrap_or_default(),
        origin: grant.origin.as_str(),
        purpose: grant.purpose.clone(),
        lease: grant.lease.as_ref().map(|lease| lease.pid),
        since: Some(grant.since.to_string()),
        folder: checkout.map(|checkout| checkout.folder.to_string_lossy().into_owned()).unwrap_or_default(),
    }
}
