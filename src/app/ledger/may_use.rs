//! Whether a project may have a port, and which one it may have instead.

use super::asker::{Asker, declarations, is_over};
use super::context::Context;
use super::give::search;
use super::numbers::local_number;
use super::pool::Draw;
use super::reserve::pool_of;
use crate::diagnostic::Failure;
use crate::ledger::{CheckoutId, Origin, ProjectId, State};
use crate::machine::{Machine, look};
use crate::model::{Pool, Port, Protocol, Scheme};

/// Whether a project may have a port here and now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MayUse {
    /// Whether it has it, or would be given it.
    pub is_allowed: bool,
    /// Whose it is of this project: a service, or the project.
    pub own: Option<String>,
    /// Why not, a sentence without its full stop.
    pub reason: Option<String>,
    /// The number that it would be given instead, where it has it already or may not.
    pub instead: Option<Port>,
}

/// Tells whether the one who asks may have a port. Reads only.
///
/// # Errors
/// A [`Failure`] of the ledger, or where the project's ranges contradict each other.
pub fn may_use(context: &mut Context, port: Port, protocol: Protocol) -> Result<MayUse, Failure> {
    let state = context.state()?;
    let Context { asker, machine, .. } = context;
    let machine = machine.as_ref();
    let own = own_port(&state, asker, machine, port);
    let (mut pool, from) = pool_of_asker(&state, asker, machine, protocol)?;
    let seen = || Some(look(machine, port, protocol)).filter(|seen| !seen.is_free());
    let reason = match (&own, pool.refusal(port)) {
        (Some(_), _) => None,
        (None, Some(refusal)) => Some(refusal.to_string()),
        (None, None) => seen().map(|seen| format!("port {port} {seen}")),
    };
    let is_allowed = reason.is_none();
    let is_new = is_allowed && own.is_none();
    let instead = if is_new { None } else { search(machine, &mut pool, protocol, from, true) };
    Ok(MayUse { is_allowed, own, reason, instead })
}

/// The number that the one who asks would be given, asking for none. Reads only.
///
/// # Errors
/// As [`may_use`].
pub fn next_number(context: &mut Context, protocol: Protocol) -> Result<Option<Port>, Failure> {
    let state = context.state()?;
    let Context { asker, machine, .. } = context;
    let (mut pool, from) = pool_of_asker(&state, asker, machine.as_ref(), protocol)?;
    Ok(search(machine.as_ref(), &mut pool, protocol, from, true))
}

/// The ports that the one who asks may have, and where a search begins.
fn pool_of_asker(
    state: &State,
    asker: &Asker,
    machine: &dyn Machine,
    protocol: Protocol,
) -> Result<(Pool, Option<Port>), Failure> {
    let draw = Draw {
        own: asker.known(state).map_or(ProjectId(0), |checkout| checkout.project),
        project: asker.project.as_ref(),
        range: None,
        ports: None,
        scheme: if protocol == Protocol::Udp { Scheme::Udp } else { Scheme::Http },
        protocol,
    };
    let (mut pool, from) = pool_of(&draw, state, machine, true)?;
    // What the table declares is a claim, registered or not.
    for declared in asker.project.iter().flat_map(|project| declarations(CheckoutId(0), project)) {
        if declared.protocol.overlaps(protocol) && pool.ports().contains(declared.port) {
            pool.take(declared.port, format!("service {} of this project", declared.service));
        }
    }
    Ok((pool, from))
}

/// What of the one who asks has the port.
fn own_port(state: &State, asker: &Asker, machine: &dyn Machine, port: Port) -> Option<String> {
    let endpoints = asker.project.iter().flat_map(|project| project.plain().endpoints().collect::<Vec<_>>());
    let mut here = endpoints.filter(|endpoint| !endpoint.elsewhere);
    let declared = here.find(|endpoint| local_number(state, asker, machine, endpoint).port() == Some(port));
    if let Some(endpoint) = declared {
        return Some(format!("service {}", endpoint.id()));
    }
    let checkout = asker.known(state)?;
    let mut grants = state.grants_of(checkout.id).into_iter();
    let grant = grants
        .find(|grant| grant.port == port && grant.origin == Origin::Reserved && !is_over(grant, machine))?;
    Some(grant.id_of_service().map_or_else(|| "the project".to_owned(), |id| format!("service {id}")))
}
