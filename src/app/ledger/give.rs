//! Gives a port: chooses, probes and writes, with nobody in between.

use crate::diagnostic::Failure;
use crate::ledger::{CheckoutId, Draft, Grant, GrantId, Lease, Origin};
use crate::machine::{Machine, is_free, look};
use crate::model::{Pool, Port, Protocol};

/// What is wished for.
#[derive(Clone, Debug)]
pub(super) struct Wish {
    /// For which service; `None` for a port of the project.
    pub(super) service: Option<String>,
    /// Which of its ports.
    pub(super) name: String,
    /// This number, or none.
    pub(super) port: Option<Port>,
    /// Where the search begins: the pool's lowest port when absent.
    pub(super) from: Option<Port>,
    /// Whether the search goes on at the pool's lowest port after its highest.
    pub(super) wraps: bool,
    /// Which protocol it is given for.
    pub(super) protocol: Protocol,
    /// Which protocols must be free.
    pub(super) free_for: Protocol,
    /// Why it is given.
    pub(super) origin: Origin,
    /// What for.
    pub(super) purpose: Option<String>,
    /// As long as which process.
    pub(super) lease: Option<Lease>,
}

impl Wish {
    /// A port for one port of a service, of the lowest number that is free.
    pub(super) fn of(service: Option<String>, name: &str, protocol: Protocol, origin: Origin) -> Self {
        Self {
            service,
            name: name.to_owned(),
            port: None,
            from: None,
            wraps: true,
            protocol,
            free_for: protocol,
            origin,
            purpose: None,
            lease: None,
        }
    }
}

/// Gives a port of the pool, and takes it from the pool.
pub(super) fn give(
    draft: &mut Draft,
    machine: &dyn Machine,
    checkout: CheckoutId,
    pool: &mut Pool,
    wish: &Wish,
) -> Result<Port, Failure> {
    let port = match wish.port {
        Some(port) => request(machine, pool, port, wish)?,
        None => choose(machine, pool, wish)?,
    };
    draft.give(Grant {
        id: GrantId(0),
        checkout,
        service: wish.service.clone(),
        name: wish.name.clone(),
        port,
        protocol: wish.protocol,
        origin: wish.origin,
        purpose: wish.purpose.clone(),
        lease: wish.lease.clone(),
        since: machine.now(),
    });
    pool.take(port, "this request");
    Ok(port)
}

/// The number that was asked for, where it is free by policy, claims and sockets.
fn request(machine: &dyn Machine, pool: &Pool, port: Port, wish: &Wish) -> Result<Port, Failure> {
    let refused = match pool.refusal(port) {
        Some(refusal) => refusal.to_string(),
        None => match look(machine, port, wish.free_for) {
            verdict if verdict.is_free() => return Ok(port),
            verdict => format!("port {port} {verdict}"),
        },
    };
    let failure = Failure::new("refused", refused);
    let next = search(machine, &mut pool.clone(), wish.free_for, wish.from, true);
    Err(match next {
        Some(next) => failure.help(format!("{next} is the next free number of {}", pool.name())),
        None => failure.help(format!("{} has no free number left", pool.name())),
    })
}

fn choose(machine: &dyn Machine, pool: &mut Pool, wish: &Wish) -> Result<Port, Failure> {
    search(machine, pool, wish.free_for, wish.from, wish.wraps).ok_or_else(|| {
        let exhausted = pool.exhausted().to_string();
        Failure::new("exhausted", exhausted).help(
            "`portgen list --all` shows who has them; free one with `portgen release`, or widen the range",
        )
    })
}

/// The first number from `from` on that is free; those that the machine holds
/// are taken from the pool on the way.
pub(in crate::app) fn search(
    machine: &dyn Machine,
    pool: &mut Pool,
    protocol: Protocol,
    from: Option<Port>,
    wraps: bool,
) -> Option<Port> {
    let mut next = from.unwrap_or(Port::MIN);
    let mut wrapped = from.is_none();
    loop {
        let Some(port) = pool.lowest_free_from(next) else {
            if wrapped || !wraps {
                return None;
            }
            (next, wrapped) = (Port::MIN, true);
            continue;
        };
        if is_free(machine, port, protocol) {
            return Some(port);
        }
        pool.take(port, "a program of this machine");
    }
}
