//! What this machine holds: the ledger, what its system keeps, who listens.

use std::collections::BTreeMap;

use super::{described, entry_name, selected};
use crate::app::ledger::{Asker, LocalNumber, is_over, local_number, shown};
use crate::app::load::Workspace;
use crate::diagnostic::Failure;
use crate::ledger::{CheckoutId, Grant, Holder as Kept, Ledger, Origin, Owner, SqliteLedger, State};
use crate::machine::{Machine, Socket, SocketState};
use crate::model::{Port, PortRange, Protocol};
use crate::report::{Band, BandKind, Entry, Holder};
use crate::world::{self, ThisMachine};

/// Adds what this machine holds at this moment.
pub(super) fn add(
    workspace: Option<&Workspace>,
    bands: &mut Vec<Band>,
    entries: &mut Vec<Entry>,
) -> Result<(), Failure> {
    let mut store = SqliteLedger::open(&world::ledger_path()?)?;
    let state = store.as_mut().map(Ledger::read).transpose()?.unwrap_or_default();
    let machine = ThisMachine::new();
    let own = workspace.map(|workspace| Own::of(workspace, &state)).unwrap_or_default();
    bands.extend(kept_ranges(&own, &state));
    bands.extend(system_ranges(&machine));
    if let Some(workspace) = workspace {
        entries.extend(given(workspace, &own, &state, &machine));
    }
    entries.extend(reserved(&own, &state, &machine));
    add_elsewhere(entries, others(&own, &state, &machine));
    entries.extend(dead(&state));
    add_listeners(entries, &machine);
    Ok(())
}

/// The checkouts that the ledger knows the drawn projects as.
#[derive(Default)]
struct Own {
    askers: Vec<Asker>,
    checkouts: Vec<CheckoutId>,
}

impl Own {
    fn of(workspace: &Workspace, state: &State) -> Self {
        let askers: Vec<Asker> =
            workspace.selected.iter().map(|&index| Asker::of(workspace, index)).collect();
        let checkouts = askers.iter().filter_map(|asker| asker.known(state)).map(|known| known.id).collect();
        Self { askers, checkouts }
    }

    fn has(&self, checkout: CheckoutId) -> bool {
        self.checkouts.contains(&checkout)
    }
}

/// The ranges that the ledger keeps: for these projects, and for others.
fn kept_ranges(own: &Own, state: &State) -> Vec<Band> {
    let own_projects: Vec<_> =
        own.checkouts.iter().filter_map(|&id| state.project_of(id)).map(|project| project.id).collect();
    let bands = state.assignments.iter().map(|assignment| {
        let (title, kind, note) = match &assignment.holder {
            Kept::Project(id) => {
                let name = state.project(*id).map_or("?", |project| project.name.as_str());
                let is_own = own_projects.contains(id);
                let kind = if is_own { BandKind::Project } else { BandKind::Machine };
                let note = "the ledger keeps it for this project".to_owned();
                (format!("project {name}"), kind, Some(note))
            }
            Kept::Other { owner, reason } => {
                let title = owner.clone().unwrap_or_else(|| "kept".to_owned());
                (title, BandKind::Machine, reason.clone())
            }
        };
        Band { note, ..Band::new(title, kind, assignment.ports.clone()) }
    });
    bands.collect()
}

/// What the system keeps for itself.
fn system_ranges(machine: &dyn Machine) -> Vec<Band> {
    let facts = machine.facts();
    let ephemeral = facts.ephemeral.map(|range| {
        let note = "the system gives these numbers to outgoing connections".to_owned();
        Band { note: Some(note), ..Band::new("outgoing connections", BandKind::Machine, range.into()) }
    });
    let kept = [("kept by the kernel", &facts.kept_by_kernel), ("excluded by the system", &facts.excluded)];
    let kept = kept.into_iter().filter(|(_, ports)| !ports.is_empty());
    let kept = kept.map(|(title, ports)| Band::new(title, BandKind::Machine, ports.clone()));
    ephemeral.into_iter().chain(kept).collect()
}

/// The numbers that the ledger gave to services of the tables.
fn given(workspace: &Workspace, own: &Own, state: &State, machine: &dyn Machine) -> Vec<Entry> {
    let projects = selected(workspace);
    let has_several = projects.len() > 1;
    let mut entries = Vec::new();
    for (project, asker) in projects.iter().zip(&own.askers) {
        for endpoint in project.plain().endpoints().filter(|endpoint| !endpoint.elsewhere) {
            if let LocalNumber::Given(port) = local_number(state, asker, machine, endpoint) {
                let name = entry_name(project, endpoint, has_several);
                entries.push(Entry { holder: Holder::Given, ..described(name, endpoint, port) });
            }
        }
    }
    entries
}

/// What was reserved in these checkouts beside their tables.
fn reserved(own: &Own, state: &State, machine: &dyn Machine) -> Vec<Entry> {
    let grants = state.grants.iter().filter(|grant| own.has(grant.checkout));
    let grants = grants.filter(|grant| grant.origin == Origin::Reserved && !is_over(grant, machine));
    grants.map(|grant| granted(grant, state, Holder::Given)).collect()
}

fn granted(grant: &Grant, state: &State, holder: Holder) -> Entry {
    let name = match grant.id_of_service() {
        Some(service) if holder == Holder::Given => service,
        _ => shown(state, &Owner::Grant(grant)),
    };
    Entry { about: grant.purpose.clone(), ..Entry::new(PortRange::single(grant.port), name, holder) }
}

/// What other projects have: given, or declared by a first checkout's table.
fn others(own: &Own, state: &State, machine: &dyn Machine) -> Vec<(Entry, Protocol)> {
    let grants = state.grants.iter().filter(|grant| !own.has(grant.checkout) && !is_over(grant, machine));
    let grants = grants.map(|grant| (granted(grant, state, Holder::Elsewhere), grant.protocol));
    let own_projects: Vec<_> =
        own.checkouts.iter().filter_map(|&id| state.project_of(id)).map(|project| project.id).collect();
    let declared = state.declared.iter().filter(|declared| {
        let checkout = state.checkout(declared.checkout);
        let is_theirs =
            checkout.is_some_and(|known| known.is_first && !own_projects.contains(&known.project));
        is_theirs && !declared.name.contains('@')
    });
    let declared = declared.map(|declared| {
        let name = shown(state, &Owner::Declared(declared));
        (Entry::new(PortRange::single(declared.port), name, Holder::Elsewhere), declared.protocol)
    });
    grants.chain(declared).collect()
}

/// Adds what others have, and says on both sides where it is one number.
fn add_elsewhere(entries: &mut Vec<Entry>, others: Vec<(Entry, Protocol)>) {
    let mut by_port: BTreeMap<Port, Vec<usize>> = BTreeMap::new();
    for (index, entry) in entries.iter().enumerate() {
        by_port.entry(entry.ports.first()).or_default().push(index);
    }
    for (mut other, protocol) in others {
        for &index in by_port.get(&other.ports.first()).into_iter().flatten() {
            let own = &mut entries[index];
            let is_udp = own.about.as_deref().is_some_and(|about| about.ends_with("udp"));
            let spoken = if is_udp { Protocol::Both } else { Protocol::Tcp };
            if protocol.overlaps(spoken) {
                own.collides.push(other.service.clone());
                other.collides.push(own.service.clone());
            }
        }
        entries.push(other);
    }
}

fn dead(state: &State) -> Vec<Entry> {
    let entry = |dead: &crate::ledger::DeadPort| {
        let entry = Entry::new(PortRange::single(dead.port), "nobody", Holder::Dead);
        Entry { about: Some(dead.reason.clone()), ..entry }
    };
    state.dead.iter().map(entry).collect()
}

/// Says of every port who listens, and adds those that nobody is known to have.
fn add_listeners(entries: &mut Vec<Entry>, machine: &dyn Machine) {
    let sockets = machine.sockets().all();
    let mut known: BTreeMap<Port, Vec<usize>> = BTreeMap::new();
    for (index, entry) in entries.iter().enumerate() {
        entry.ports.ports().for_each(|port| known.entry(port).or_default().push(index));
    }
    for at_port in sockets.chunk_by(|one, two| one.port == two.port) {
        let listening: Vec<&Socket> =
            at_port.iter().filter(|socket| socket.state == SocketState::Listening).collect();
        let Some(first) = listening.first() else { continue };
        let who = listener(machine, &listening);
        match known.get(&first.port) {
            Some(having) => having.iter().for_each(|&index| entries[index].listening = Some(who.clone())),
            None => {
                let ports = PortRange::single(first.port);
                entries
                    .push(Entry { about: addresses(&listening), ..Entry::new(ports, who, Holder::Listener) });
            }
        }
    }
}

/// The programs that have sockets open, as far as this user may see them.
fn listener(machine: &dyn Machine, sockets: &[&Socket]) -> String {
    let mut names: Vec<String> = machine.owners(sockets).iter().map(|owner| owner.shown()).collect();
    names.dedup();
    if names.is_empty() { "somebody".to_owned() } else { names.join(", ") }
}

fn addresses(sockets: &[&Socket]) -> Option<String> {
    let mut all: Vec<String> =
        sockets.iter().map(|socket| format!("{} {}", socket.address, socket.transport.as_str())).collect();
    all.sort();
    all.dedup();
    (!all.is_empty()).then(|| all.join(", "))
}
