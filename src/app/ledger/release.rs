//! Gives ports back.

use super::asker::{Asker, end_leases};
use super::context::Context;
use super::numbers::local_number;
use super::reassign::Outputs;
use super::reserve::split;
use super::undo::Undo;
use crate::app::load::Location;
use crate::app::render::ProjectPlan;
use crate::diagnostic::Failure;
use crate::ledger::{Change, Checkout, CheckoutId, Draft, Grant, Origin, ProjectId, decide};
use crate::machine::Machine;
use crate::model::{Endpoint, Port, Project};

/// What `release` is asked.
#[derive(Clone, Debug, Default)]
pub struct ReleaseRequest {
    /// Services, `api` or `kafka.jmx`.
    pub services: Vec<String>,
    /// Numbers.
    pub ports: Vec<Port>,
    /// Everything that the project has in this checkout.
    pub all: bool,
    /// Of this project, in all its checkouts, instead of the one that asks.
    pub project: Option<String>,
}

/// What was given back, and what was not held.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Released {
    /// The service, where it was one's, and the number; the lowest first.
    pub freed: Vec<(Option<String>, Port)>,
    /// What was asked for and not held, a line each.
    pub not_held: Vec<String>,
    /// Services that are back at the number of the table: what it was, what it is.
    pub back: Vec<(String, Port, Port)>,
    /// Whether local outputs hold numbers that are not theirs any more, until
    /// the next render.
    pub leaves_outputs: bool,
}

/// Frees what is asked for. What is not held is no error; a dead port stays dead.
///
/// A service that `scan` had moved is back at its number, and the local outputs
/// follow in the same plan.
///
/// # Errors
/// A [`Failure`]: `unknown-project`, `refused` for another project's port or by
/// an output, or of the ledger.
pub fn release(
    location: &Location,
    context: &mut Context,
    request: &ReleaseRequest,
) -> Result<Released, Failure> {
    let Context { asker, ledger, machine, .. } = context;
    let Some(ledger) = ledger else { return Ok(nothing(asker, request)) };
    let (released, planned, undo) = decide(ledger.as_mut(), |draft| {
        let held = draft.state().grants.clone();
        let mut released = free(draft, asker, machine.as_ref(), request)?;
        let planned = follow(draft, asker, machine.as_ref(), location, &mut released)?;
        Ok::<_, Failure>((released, planned, Undo::since(&held, draft.state())))
    })?;
    if let Some((outputs, plans)) = planned {
        outputs.write(&plans).map_err(|failure| undo.after(failure, ledger.as_mut()))?;
    }
    Ok(released)
}

/// Plans the local outputs with what is left, where every port has a number.
fn follow(
    draft: &Draft,
    asker: &Asker,
    machine: &dyn Machine,
    location: &Location,
    released: &mut Released,
) -> Result<Option<(Outputs, Vec<ProjectPlan>)>, Failure> {
    let Some(project) = &asker.project else { return Ok(None) };
    let state = draft.state();
    let (mut is_whole, mut leaves_own) = (true, false);
    for endpoint in project.plain().endpoints() {
        let now = local_number(state, asker, machine, endpoint).port();
        is_whole &= now.is_some();
        let freed = released.freed.iter().find(|(id, _)| id.as_deref() == Some(&*endpoint.id()));
        if let (Some((_, before)), Some(now)) = (freed, now) {
            released.back.push((endpoint.id(), *before, now));
        }
        leaves_own |= freed.is_some() && now.is_none();
    }
    let has_local = project.outputs.iter().any(|output| output.local);
    released.leaves_outputs |= leaves_own && has_local;
    if !is_whole || !has_local || released.back.is_empty() {
        return Ok(None);
    }
    let mut outputs = Outputs::read(location)?;
    let (_, plans) = outputs.plan(state, machine)?;
    Ok(Some((outputs, plans)))
}

fn free(
    draft: &mut Draft,
    asker: &Asker,
    machine: &dyn Machine,
    request: &ReleaseRequest,
) -> Result<Released, Failure> {
    end_leases(draft, machine);
    let checkouts = match &request.project {
        Some(name) => checkouts_of(draft, asker, name)?,
        None => asker.known(draft.state()).map(|checkout| checkout.id).into_iter().collect(),
    };
    let mut released = Released::default();
    let held: Vec<Grant> =
        draft.state().grants.iter().filter(|grant| checkouts.contains(&grant.checkout)).cloned().collect();
    let mut meant: Vec<&Grant> = held.iter().filter(|_| request.all).collect();
    for id in &request.services {
        meant.extend(of_service(&held, id, table_of(asker, request), &mut released));
    }
    for &port in &request.ports {
        meant.extend(of_port(draft, &held, port, &mut released)?);
    }
    meant.sort_by_key(|grant| (grant.port, grant.id));
    meant.dedup_by_key(|grant| grant.id);
    // What another checkout's table was given stands in its outputs; `follow` sees to the own ones.
    let own = asker.known(draft.state()).map(|checkout| checkout.id);
    released.leaves_outputs =
        meant.iter().any(|grant| Some(grant.checkout) != own && grant.origin != Origin::Reserved);
    for grant in meant {
        draft.change(Change::Free(grant.id));
        released.freed.push((grant.id_of_service(), grant.port));
    }
    Ok(released)
}

/// Where there is no ledger, nothing is held.
fn nothing(asker: &Asker, request: &ReleaseRequest) -> Released {
    let services = request.services.iter().map(|id| no_port_of(table_of(asker, request), id));
    let ports = request.ports.iter().map(|port| format!("port {port} was not reserved"));
    Released { not_held: services.chain(ports).collect(), ..Released::default() }
}

/// The table of the project whose ports are meant, where it is at hand.
fn table_of<'a>(asker: &'a Asker, request: &ReleaseRequest) -> Option<&'a Project> {
    let is_own = request.project.as_ref().is_none_or(|name| *name == asker.sighted.name);
    asker.project.as_ref().filter(|_| is_own)
}

fn no_port_of(table: Option<&Project>, id: &str) -> String {
    let (service, name) = split(Some(id));
    let is_meant = |endpoint: &&Endpoint| {
        Some(endpoint.service.as_str()) == service.as_deref()
            && (!id.contains('.') || endpoint.name.as_str() == name)
    };
    let is_declared = table.is_some_and(|project| project.plain().endpoints().any(|own| is_meant(&own)));
    let why = if is_declared { ": ports.toml declares it" } else { "" };
    format!("service '{id}' has no reserved port{why}")
}

/// The checkouts of the one project of a name: the one that asks, where it has the name.
fn checkouts_of(draft: &Draft, asker: &Asker, name: &str) -> Result<Vec<CheckoutId>, Failure> {
    let state = draft.state();
    let named: Vec<ProjectId> =
        state.projects.iter().filter(|project| project.name == name).map(|project| project.id).collect();
    let own = asker.known(state).map(|checkout| checkout.project).filter(|own| named.contains(own));
    let project = match (own, named.as_slice()) {
        (Some(own), _) => own,
        (None, [one]) => *one,
        (None, []) => {
            let failure = Failure::new("unknown-project", format!("this machine knows no project `{name}`"));
            return Err(failure.help("`portgen project list` shows those it knows"));
        }
        (None, _) => {
            let message = format!("this machine knows several projects `{name}`");
            return Err(Failure::new("ambiguous-project", message).help("say which by its folder, with -C"));
        }
    };
    let is_of = |checkout: &&Checkout| checkout.project == project;
    Ok(state.checkouts.iter().filter(is_of).map(|checkout| checkout.id).collect())
}

/// All ports of a service, or the one that `kafka.jmx` names.
fn of_service<'a>(
    held: &'a [Grant],
    id: &str,
    table: Option<&Project>,
    released: &mut Released,
) -> Vec<&'a Grant> {
    let (service, name) = split(Some(id));
    let of_service = |grant: &&Grant| grant.service == service && (!id.contains('.') || grant.name == name);
    let found: Vec<&Grant> = held.iter().filter(of_service).collect();
    if found.is_empty() {
        released.not_held.push(no_port_of(table, id));
    }
    found
}

/// The grants of a number, for every protocol; another's is refused.
fn of_port<'a>(
    draft: &Draft,
    held: &'a [Grant],
    port: Port,
    released: &mut Released,
) -> Result<Vec<&'a Grant>, Failure> {
    let found: Vec<&Grant> = held.iter().filter(|grant| grant.port == port).collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let state = draft.state();
    if let Some(other) = state.grants.iter().find(|grant| grant.port == port) {
        let by = super::pool::shown(state, &crate::ledger::Owner::Grant(other));
        let failure = Failure::new("refused", format!("port {port} is held by {by}"));
        let project = state.project_of(other.checkout).map(|project| project.name.clone());
        return Err(failure.help(format!(
            "add --project to free it all the same: it is {}'s",
            project.unwrap_or_default()
        )));
    }
    released.not_held.push(format!("port {port} was not reserved"));
    Ok(found)
}
