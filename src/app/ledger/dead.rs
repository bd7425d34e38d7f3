//! Ports that failed to bind: marked, listed, revived.

use super::context::Context;
use crate::diagnostic::Failure;
use crate::ledger::{Change, DeadPort, decide};
use crate::machine::{Machine, Verdict, look};
use crate::model::{Port, Protocol};

/// What became of a port that was to be marked dead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Buried {
    /// It is dead from now on, or was before and is so once more.
    Dead(DeadPort),
    /// It is held by something that passes: nothing was marked.
    Passing(Verdict),
}

/// Marks a port dead, with the reason that is given or that the machine tells.
///
/// A connection that uses the port, or one that just ended, is no reason.
///
/// # Errors
/// A [`Failure`] of the ledger.
pub fn bury(
    context: &mut Context,
    port: Port,
    protocol: Protocol,
    reason: Option<&str>,
) -> Result<Buried, Failure> {
    let Context { ledger, machine, .. } = context;
    let Some(ledger) = ledger else { return Err(super::no_ledger()) };
    let verdict = look(machine.as_ref(), port, protocol);
    if reason.is_none() && matches!(verdict, Verdict::Outbound { .. } | Verdict::Cooling) {
        return Ok(Buried::Passing(verdict));
    }
    decide(ledger.as_mut(), |draft| {
        draft.bury(death(machine.as_ref(), port, protocol, reason, &verdict));
        let known = draft.state().dead.iter().find(|dead| dead.port == port && dead.protocol == protocol);
        known.cloned().map(Buried::Dead).ok_or_else(super::no_ledger)
    })
}

/// The record of a port's death.
pub(super) fn death(
    machine: &dyn Machine,
    port: Port,
    protocol: Protocol,
    reason: Option<&str>,
    verdict: &Verdict,
) -> DeadPort {
    let owner = match verdict {
        Verdict::Busy { owners, .. } => owners.first().map(crate::machine::Process::shown),
        _ => None,
    };
    let said = match verdict {
        Verdict::Free => "marked by hand".to_owned(),
        Verdict::Busy { .. } => "it could not be bound: address in use (EADDRINUSE)".to_owned(),
        other => format!("it {other}"),
    };
    let now = machine.now();
    let reason = reason.map_or(said, str::to_owned);
    DeadPort { port, protocol, reason, owner, first: now, last: now, count: 1 }
}

/// Every dead port, the lowest first.
///
/// # Errors
/// A [`Failure`] of the ledger.
pub fn dead_ports(context: &mut Context) -> Result<Vec<DeadPort>, Failure> {
    Ok(context.state()?.dead)
}

/// Takes a port's death back; `false` where it was not dead.
///
/// # Errors
/// A [`Failure`] of the ledger.
pub fn revive(context: &mut Context, port: Port, protocol: Protocol) -> Result<bool, Failure> {
    let Some(ledger) = &mut context.ledger else { return Ok(false) };
    decide(ledger.as_mut(), |draft| {
        let was_dead = draft.state().death(port, protocol).is_some();
        if was_dead {
            draft.change(Change::Revive(port, protocol));
        }
        Ok(was_dead)
    })
}
