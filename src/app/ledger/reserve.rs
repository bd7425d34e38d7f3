//! Reserves ports: for a service, or for the project.

use super::asker::prepare;
use super::context::Context;
use super::give::{Wish, give};
use super::no_ledger;
use super::numbers::{local_number, settle};
use super::pool::{DEFAULT_POOL, Draw, asked_range};
use super::undo::Undo;
use crate::diagnostic::Failure;
use crate::ledger::{CheckoutId, Draft, Lease, Origin, State, decide};
use crate::machine::Machine;
use crate::model::{Pool, Port, PortRange, PortSet, Protocol, Scheme};

/// What `reserve` is asked.
#[derive(Clone, Debug, Default)]
pub struct ReserveRequest {
    /// For which service, `api` or `kafka.jmx`; `None` for a port of the project.
    pub service: Option<String>,
    /// This number and no other.
    pub port: Option<Port>,
    /// From these ports: a named range, or `50000-51000`.
    pub range: Option<String>,
    /// How many; one when absent.
    pub count: Option<usize>,
    /// For which protocol; tcp when absent, of a number that udp has free, too.
    pub protocol: Option<Protocol>,
    /// What for.
    pub purpose: Option<String>,
    /// As long as this process lives.
    pub lease: Option<u32>,
}

/// What was reserved.
#[derive(Clone, Debug)]
pub struct Reserved {
    /// The numbers, the lowest first.
    pub ports: Vec<Port>,
    /// For which service.
    pub service: Option<String>,
    /// By which project.
    pub project: String,
    /// In which checkout of it.
    pub checkout: String,
    /// What was noticed, a line each.
    pub notes: Vec<String>,
    /// What is new of it.
    given: Undo,
}

/// Reserves what is asked for, all of it or nothing.
///
/// # Errors
/// A [`Failure`]: `already-reserved`, `declared`, `refused`, `outside-range`,
/// `exhausted`, `no-process`, or of the ledger.
pub fn reserve(context: &mut Context, request: &ReserveRequest) -> Result<Reserved, Failure> {
    let Context { asker, ledger, machine, .. } = context;
    let Some(ledger) = ledger else { return Err(no_ledger()) };
    let lease = request.lease.map(|pid| lease(machine.as_ref(), pid)).transpose()?;
    decide(ledger.as_mut(), |draft| {
        let (checkout, mut notes) = prepare(draft, asker, machine.as_ref());
        let (service, name) = split(request.service.as_deref());
        if let Some(id) = &request.service {
            refuse_declared(asker, id)?;
        }
        if let Some(service) = &service
            && let Some(grant) = draft.state().grant(checkout, service, &name)
        {
            let id = grant.id_of_service().unwrap_or_default();
            let message = format!("Service '{id}' already has a reserved port: {}", grant.port);
            return Err(Failure::new("already-reserved", message));
        }
        let (range, ports) = match &request.range {
            Some(text) => asked_range(asker.project.as_ref(), text)?,
            None => (None, None),
        };
        notes.extend(ports.as_ref().and_then(|ports| overlaps_ephemeral(ports, machine.as_ref())));
        let protocol = request.protocol.unwrap_or(Protocol::Tcp);
        let draw = Draw {
            own: own_project(draft, checkout),
            project: asker.project.as_ref(),
            range,
            ports,
            // What is asked for without a word of it is most often spoken to by browsers.
            scheme: if protocol == Protocol::Udp { Scheme::Udp } else { Scheme::Http },
            protocol: request.protocol.unwrap_or(Protocol::Both),
        };
        let (mut pool, from) = pool_of(&draw, draft.state(), machine.as_ref(), request.port.is_some())?;
        let wish = Wish {
            port: request.port,
            from,
            free_for: request.protocol.unwrap_or(Protocol::Both),
            purpose: request.purpose.clone(),
            lease: lease.clone(),
            ..Wish::of(service, &name, protocol, Origin::Reserved)
        };
        let last = draft.state().grants.last().map(|grant| grant.id);
        let given = give_all(draft, machine.as_ref(), checkout, &mut pool, &wish, request.count)?;
        let undo = Undo::given_after(last, draft.state());
        Ok(Reserved { given: undo, ..answer(draft, checkout, request.service.clone(), given, notes) })
    })
}

/// Gives back what was reserved just now, after nobody could be told of it; the
/// failure, which says so where that is not possible either.
pub fn give_back(context: &mut Context, reserved: &Reserved, failure: Failure) -> Failure {
    match &mut context.ledger {
        Some(ledger) => reserved.given.after(failure, ledger.as_mut()),
        None => failure,
    }
}

/// Gives so many ports, all or none.
fn give_all(
    draft: &mut Draft,
    machine: &dyn Machine,
    checkout: CheckoutId,
    pool: &mut Pool,
    wish: &Wish,
    count: Option<usize>,
) -> Result<Vec<Port>, Failure> {
    let Some(count) = count.filter(|&count| count > 1) else {
        return Ok(vec![give(draft, machine, checkout, pool, wish)?]);
    };
    let too_few = |free: usize, pool: &Pool| {
        let ports = if free == 1 { "port is" } else { "ports are" };
        let (name, all) = (pool.name(), pool.ports());
        let message = format!("{count} ports were asked for, and {free} {ports} free in {name} ({all})");
        let failure = Failure::new("exhausted", message);
        failure.help("nothing was reserved; ask for fewer, or for a wider --range")
    };
    if pool.free_count() < count {
        return Err(too_few(pool.free_count(), pool));
    }
    let mut given = Vec::new();
    for _ in 0..count {
        match give(draft, machine, checkout, pool, wish) {
            Ok(port) => given.push(port),
            // Programs of this machine have the others.
            Err(failure) if failure.code == "exhausted" => return Err(too_few(given.len(), pool)),
            Err(failure) => return Err(failure),
        }
    }
    Ok(given)
}

/// The number of a port that is declared or given; reserves it where it is neither.
///
/// # Errors
/// As [`reserve`].
pub fn get_or_reserve(context: &mut Context, request: &ReserveRequest) -> Result<Reserved, Failure> {
    loop {
        if let Some(known) = known(context, request)? {
            return Ok(known);
        }
        match reserve(context, request) {
            // Somebody else reserved it between the two looks.
            Err(failure) if failure.code == "already-reserved" => {}
            answer => return answer,
        }
    }
}

/// The number that is declared, or was given before.
fn known(context: &mut Context, request: &ReserveRequest) -> Result<Option<Reserved>, Failure> {
    let id = request.service.clone().unwrap_or_default();
    let Context { asker, ledger, machine, .. } = &mut *context;
    let Some(store) = ledger else { return Err(no_ledger()) };
    decide(store.as_mut(), |draft| -> Result<_, Failure> {
        let (checkout, notes) = prepare(draft, asker, machine.as_ref());
        let endpoint = asker.project.as_ref().and_then(|project| project.plain().endpoint(&id));
        let port = if let Some(endpoint) = endpoint {
            settle(draft, machine.as_ref(), asker, checkout, Some(&endpoint.id()))?;
            local_number(draft.state(), asker, machine.as_ref(), endpoint).port()
        } else {
            let (service, name) = split(Some(&id));
            let grant = service.and_then(|service| draft.state().grant(checkout, &service, &name));
            grant.map(|grant| grant.port)
        };
        Ok(port.map(|port| answer(draft, checkout, Some(id.clone()), vec![port], notes)))
    })
}

fn own_project(draft: &Draft, checkout: CheckoutId) -> crate::ledger::ProjectId {
    draft.state().project_of(checkout).map_or(crate::ledger::ProjectId(0), |project| project.id)
}

/// The pool of a draw, and where a search in it begins.
///
/// Where a number was asked for and nothing bounds it, every port will do that
/// nobody keeps.
pub(super) fn pool_of(
    draw: &Draw<'_>,
    state: &State,
    machine: &dyn Machine,
    is_exact: bool,
) -> Result<(Pool, Option<Port>), Failure> {
    let pool = draw.pool(state, machine.facts())?;
    let is_bounded = draw.ports.is_some() || draw.range.is_some() || pool.name() != DEFAULT_POOL;
    if is_bounded || !is_exact {
        return Ok((pool, None));
    }
    let all: PortSet = [PortRange::ALL].into_iter().collect();
    let wide = Draw { ports: Some(all), scheme: draw.scheme.clone(), ..*draw };
    Ok((wide.pool(state, machine.facts())?, crate::facts::default_pool().ports().next()))
}

fn answer(
    draft: &Draft,
    checkout: CheckoutId,
    service: Option<String>,
    ports: Vec<Port>,
    notes: Vec<String>,
) -> Reserved {
    let state = draft.state();
    Reserved {
        ports,
        service,
        given: Undo::default(),
        project: state.project_of(checkout).map(|project| project.name.clone()).unwrap_or_default(),
        checkout: state.checkout(checkout).map(|checkout| checkout.label.clone()).unwrap_or_default(),
        notes,
    }
}

/// `kafka.jmx` as service and port.
pub(super) fn split(id: Option<&str>) -> (Option<String>, String) {
    match id.map(|id| id.split_once('.').unwrap_or((id, "default"))) {
        Some((service, name)) => (Some(service.to_owned()), name.to_owned()),
        None => (None, "default".to_owned()),
    }
}

fn refuse_declared(asker: &super::asker::Asker, id: &str) -> Result<(), Failure> {
    let (service, _) = split(Some(id));
    let declared = asker.project.as_ref().and_then(|project| {
        project.services.iter().find(|known| Some(known.name.as_str()) == service.as_deref())
    });
    let Some(declared) = declared else { return Ok(()) };
    let name = &declared.name.value;
    let exact = declared.endpoints.iter().find(|endpoint| endpoint.id() == id);
    let is_whole = id == name.as_str();
    if let Some(endpoint) = exact.or_else(|| declared.main_endpoint().filter(|_| is_whole)) {
        let has = endpoint.number.fixed().map_or_else(String::new, |port| format!(" with port {port}"));
        let failure = Failure::new("declared", format!("ports.toml declares `{id}`{has}"));
        return Err(failure.help(format!("`portgen get {id}` prints its number here")));
    }
    let ids: Vec<String> =
        declared.endpoints.iter().map(|endpoint| format!("`portgen get {}`", endpoint.id())).collect();
    let ids = ids.join(", ");
    Err(if is_whole {
        Failure::new("declared", format!("ports.toml declares `{name}` with several ports"))
            .help(format!("their numbers here are printed by {ids}"))
    } else {
        Failure::new("declared", format!("ports.toml declares `{name}`, without a port `{id}`"))
            .help(format!("declare it there, too; what it declares is printed by {ids}"))
    })
}

fn lease(machine: &dyn Machine, pid: u32) -> Result<Lease, Failure> {
    match machine.start_of(pid) {
        Some(start) => Ok(Lease { pid, start }),
        None => Err(Failure::new("no-process", format!("there is no process {pid} to lease it to"))),
    }
}

fn overlaps_ephemeral(ports: &PortSet, machine: &dyn Machine) -> Option<String> {
    let ephemeral = machine.facts().ephemeral?;
    let overlap = ports.ranges().iter().find_map(|range| range.intersection(ephemeral))?;
    Some(format!(
        "{overlap} is in this machine's ephemeral range ({ephemeral}): outgoing connections may take these ports"
    ))
}
