//! What became of the ports that somebody means to use, judged of one snapshot.
//!
//! Pure: a machine's sockets and processes in, one word a port out. A program
//! is a checkout's own where `portgen run` marked it so, or where it works in
//! the checkout's folder.

mod command;
mod snapshot;
mod state;

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::path::PathBuf;

use super::process::Process;
use super::{Container, Machine, SocketState, Transport};
use crate::model::{Address, Port, Protocol};
use snapshot::{Listener, Owner, Program, Snapshot};
pub use state::PortState;

/// A checkout, as its processes are known again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    /// The project's name.
    pub project: String,
    /// The checkout's label.
    pub checkout: String,
    /// Its folder; empty for a project that is only a name.
    pub folder: PathBuf,
}

/// A port that somebody means to use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// Whose it is: an index of the homes.
    pub home: usize,
    /// The service; `None` for a port of the project.
    pub service: Option<String>,
    /// The number; `None` where there is none yet.
    pub port: Option<Port>,
    /// For which protocol.
    pub protocol: Protocol,
    /// The address that it is to listen on; `None` for any.
    pub bind: Option<Address>,
    /// The command that its table declares.
    pub command: Option<String>,
    /// Whether a container listens, which no process here shows.
    pub has_container: bool,
    /// The process that it was given to.
    pub lease: Option<u32>,
}

/// What was seen of a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// In one word.
    pub state: PortState,
    /// Who listens, its own program first; empty where nobody can be seen.
    pub owners: Vec<Process>,
    /// Where they listen.
    pub addresses: Vec<IpAddr>,
    /// The numbers that its program listens on instead.
    pub elsewhere: Vec<Port>,
    /// A sentence without its full stop, where the word does not say all.
    pub note: Option<String>,
    /// Whether a stranger has the number.
    pub stranger: Option<String>,
}

impl Seen {
    fn nobody(state: PortState) -> Self {
        Self {
            state,
            owners: Vec::new(),
            addresses: Vec::new(),
            elsewhere: Vec::new(),
            note: None,
            stranger: None,
        }
    }

    /// Whether its own program, and no other, would answer a question.
    pub fn is_ours(&self) -> bool {
        matches!(self.state, PortState::Up | PortState::Exposed)
    }
}

/// A program of a checkout on a number that was not expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stray {
    /// The checkout.
    pub home: usize,
    /// The service that it was started as.
    pub service: Option<String>,
    /// The number.
    pub port: Port,
    /// TCP or UDP.
    pub transport: Transport,
    /// Who listens.
    pub owners: Vec<Process>,
    /// Where.
    pub addresses: Vec<IpAddr>,
}

/// Judges every expected port, and finds the programs of the first `shown`
/// homes that listen elsewhere. The other homes are there to be told apart.
pub fn judge(
    machine: &dyn Machine,
    homes: &[Home],
    shown: usize,
    expected: &[Expected],
) -> (Vec<Seen>, Vec<Stray>) {
    let judge = Judge { machine, homes, snapshot: Snapshot::new(machine, homes), expected };
    let seen: Vec<Seen> = expected.iter().map(|one| judge.seen(one)).collect();
    let named: BTreeSet<Port> = seen.iter().flat_map(|seen| seen.elsewhere.iter().copied()).collect();
    let strays = judge.strays(shown, &named);
    (seen, strays)
}

struct Judge<'a> {
    machine: &'a dyn Machine,
    homes: &'a [Home],
    snapshot: Snapshot<'a>,
    expected: &'a [Expected],
}

impl Judge<'_> {
    fn seen(&self, expected: &Expected) -> Seen {
        let Some(port) = expected.port else {
            let seen = self.absent(expected, None);
            let note = seen.note.clone().unwrap_or_else(|| "it has no number yet".to_owned());
            return Seen { note: Some(note), ..seen };
        };
        let programs = self.snapshot.programs(port, expected.protocol);
        let (ours, others): (Vec<&Program>, Vec<&Program>) =
            programs.iter().partition(|program| self.is_own(program, expected));
        let Some(first) = ours.first() else {
            let in_the_way: Vec<&Program> =
                others.iter().copied().filter(|program| is_in_the_way(program, expected)).collect();
            return match in_the_way.first() {
                Some(_) => self.taken(expected, &in_the_way),
                None => self.absent(expected, others.first().copied()),
            };
        };
        let all: Vec<&Program> = ours.iter().chain(&others).copied().collect();
        if all.len() > 1 {
            let names: Vec<String> = all.iter().map(|program| program.shown()).collect();
            let note = Some(format!("{} listen on it", names.join(" and ")));
            return Seen {
                note,
                stranger: others.first().map(|one| one.shown()),
                ..of(PortState::Shared, &all)
            };
        }
        let is_hidden = !first.owners.iter().any(|owner| self.is_own_process(owner, expected));
        let is_local = expected.bind.as_ref().is_some_and(Address::is_loopback);
        let open = first.addresses.iter().find(|address| !address.is_loopback());
        let mut seen = match open {
            Some(address) if is_local => {
                let note = format!("it listens on {address}, where others can reach it");
                Seen { note: Some(note), ..of(PortState::Exposed, &all) }
            }
            _ => of(PortState::Up, &all),
        };
        if is_hidden {
            seen.owners.clear();
            let who = match self.container(expected) {
                Some(container) => format!("its container {} listens", container.name),
                None => format!("{} listens, for its container as it seems", first.shown()),
            };
            seen.note = Some(seen.note.map_or(who.clone(), |note| format!("{note}; {who}")));
        }
        seen
    }

    /// A port that only strangers listen on.
    fn taken(&self, expected: &Expected, strangers: &[&Program]) -> Seen {
        let names: Vec<String> = strangers.iter().map(|program| self.told(program, expected)).collect();
        let stranger = names.join(" and ");
        let elsewhere = self.elsewhere(expected);
        if elsewhere.is_empty() {
            let note = Some(format!("{stranger} listens there"));
            return Seen { note, stranger: Some(stranger), ..of(PortState::Foreign, strangers) };
        }
        let seen = self.wrong(expected, elsewhere);
        let note = seen.note.map(|note| format!("{note}; {stranger} has its own"));
        Seen { note, stranger: Some(stranger), ..seen }
    }

    /// A port that nobody listens on, or only somebody who is not in the way.
    fn absent(&self, expected: &Expected, beside: Option<&Program>) -> Seen {
        let elsewhere = self.elsewhere(expected);
        if !elsewhere.is_empty() {
            return self.wrong(expected, elsewhere);
        }
        if let Some(beside) = beside {
            let address = beside.addresses.first().map_or_else(String::new, ToString::to_string);
            let note = Some(format!("{} listens on {address} alone", beside.shown()));
            return Seen { note, ..Seen::nobody(PortState::Down) };
        }
        let Some(port) = expected.port else { return Seen::nobody(PortState::Down) };
        let has =
            |state| self.machine.sockets().of(port, expected.protocol).any(|socket| socket.state == state);
        if has(SocketState::Connected) {
            let note = Some("a connection to elsewhere has the number".to_owned());
            return Seen { note, ..Seen::nobody(PortState::Down) };
        }
        Seen::nobody(if has(SocketState::Cooling) { PortState::Cooling } else { PortState::Down })
    }

    fn wrong(&self, expected: &Expected, elsewhere: Vec<(Port, &Listener<'_>)>) -> Seen {
        let numbers: BTreeSet<Port> = elsewhere.iter().map(|(port, _)| *port).collect();
        let listed: Vec<String> = numbers.iter().map(ToString::to_string).collect();
        let mut seen = Seen::nobody(PortState::WrongPort);
        for (_, listener) in elsewhere {
            push_new(&mut seen.addresses, listener.socket.address);
            listener.owners.iter().for_each(|owner| push_new(&mut seen.owners, owner.process.clone()));
        }
        let meant = expected.port.map_or_else(|| "no number".to_owned(), |port| port.to_string());
        seen.note = Some(format!("it listens on {}, and {meant} is its own", listed.join(", ")));
        seen.elsewhere = numbers.into_iter().collect();
        seen
    }

    /// Where the program of a service listens, its own numbers aside.
    fn elsewhere(&self, expected: &Expected) -> Vec<(Port, &Listener<'_>)> {
        let Some(service) = expected.service.as_deref() else { return Vec::new() };
        let is_mine = |one: &&Expected| one.home == expected.home && one.service.as_deref() == Some(service);
        let mine: BTreeSet<Port> = self.expected.iter().filter(is_mine).filter_map(|one| one.port).collect();
        let is_meant =
            |port: Port| self.expected.iter().any(|one| one.home == expected.home && one.port == Some(port));
        let spoken = Transport::of(expected.protocol);
        let all = self.snapshot.ports();
        let other = all.filter(|(port, one)| spoken.contains(&one.socket.transport) && !mine.contains(port));
        other
            .filter(|(port, listener)| {
                listener.owners.iter().filter(|owner| owner.home == Some(expected.home)).any(|owner| {
                    match owner.service() {
                        Some(marked) => marked == service,
                        None => !is_meant(*port) && runs(owner, expected),
                    }
                })
            })
            .collect()
    }

    fn is_own(&self, program: &Program, expected: &Expected) -> bool {
        program.owners.iter().any(|owner| self.is_own_process(owner, expected))
            || (expected.has_container && program.may_be_container() && self.is_own_container(expected))
    }

    /// Whether a container that has the port may be the service's: no engine
    /// tells, or it is of no Compose project, or of that of this checkout.
    fn is_own_container(&self, expected: &Expected) -> bool {
        let Some(container) = self.container(expected) else { return true };
        let Some(home) = self.homes.get(expected.home).map(|home| &home.folder) else { return true };
        let is_of_home = |folder: &PathBuf| folder.starts_with(home) || home.starts_with(folder);
        container.folder.as_ref().is_none_or(is_of_home)
    }

    fn container(&self, expected: &Expected) -> Option<Container> {
        self.machine.container(expected.port?, expected.protocol)
    }

    /// How people are told of a program: with its container, where it stands for one.
    fn told(&self, program: &Program, expected: &Expected) -> String {
        let container = program.may_be_container().then(|| self.container(expected)).flatten();
        match container {
            Some(container) => format!("{}, container {}", program.shown(), container.name),
            None => named(program),
        }
    }

    fn is_own_process(&self, owner: &Owner, expected: &Expected) -> bool {
        if expected.lease.is_some_and(|lease| self.snapshot.descends(&owner.process, lease)) {
            return true;
        }
        owner.home == Some(expected.home)
            && match (owner.service(), expected.service.as_deref()) {
                // One command may start several services; one that has left
                // its own number for this one is in the wrong place.
                (Some(marked), Some(service)) => marked == service || !self.has_left(owner, marked),
                _ => true,
            }
    }

    /// Whether a process was started as a service that has a number, and
    /// nobody who was so started listens there.
    fn has_left(&self, owner: &Owner, service: &str) -> bool {
        let own = |one: &&Expected| Some(one.home) == owner.home && one.service.as_deref() == Some(service);
        let mut numbers =
            self.expected.iter().filter(own).filter_map(|one| Some((one.port?, one.protocol))).peekable();
        let is_there = |(port, protocol)| {
            let programs = self.snapshot.programs(port, protocol);
            programs.iter().flat_map(|program| &program.owners).any(|owner| owner.service() == Some(service))
        };
        numbers.peek().is_some() && !numbers.any(is_there)
    }

    /// Programs of the shown homes on numbers that none of them expects.
    fn strays(&self, shown: usize, named: &BTreeSet<Port>) -> Vec<Stray> {
        let meant: BTreeSet<Port> = self.expected.iter().filter_map(|one| one.port).collect();
        let mut strays: Vec<Stray> = Vec::new();
        for (port, listener) in self.snapshot.ports() {
            if meant.contains(&port) || named.contains(&port) {
                continue;
            }
            let own = listener.owners.iter().find(|owner| owner.home.is_some_and(|home| home < shown));
            let Some((owner, home)) = own.and_then(|owner| Some((owner, owner.home?))) else { continue };
            let transport = listener.socket.transport;
            let known = strays
                .iter_mut()
                .find(|stray| stray.port == port && stray.home == home && stray.transport == transport);
            match known {
                Some(stray) => {
                    push_new(&mut stray.addresses, listener.socket.address);
                    listener
                        .owners
                        .iter()
                        .for_each(|owner| push_new(&mut stray.owners, owner.process.clone()));
                }
                None => strays.push(Stray {
                    home,
                    service: owner.service().map(str::to_owned),
                    port,
                    transport,
                    owners: listener.owners.iter().map(|owner| owner.process.clone()).collect(),
                    addresses: vec![listener.socket.address],
                }),
            }
        }
        strays
    }
}

fn runs(owner: &Owner, expected: &Expected) -> bool {
    expected.command.as_ref().is_some_and(|declared| command::begins_as(&owner.process.command, declared))
}

/// Whether a program keeps a service from its address.
fn is_in_the_way(program: &Program, expected: &Expected) -> bool {
    let Some(bind @ (Address::Ip(_) | Address::Localhost)) = &expected.bind else { return true };
    program.addresses.iter().any(|address| bind.overlaps(&Address::Ip(*address)))
}

/// How people are told of a stranger: with its service, where it was started as one.
fn named(program: &Program) -> String {
    let marked = program.owners.iter().find_map(|owner| {
        let project = owner.process.mark(snapshot::PROJECT)?;
        Some(format!(", service {} of project {project}", owner.service()?))
    });
    program.shown() + &marked.unwrap_or_default()
}

fn of(state: PortState, programs: &[&Program]) -> Seen {
    let mut seen = Seen::nobody(state);
    for program in programs {
        program.addresses.iter().for_each(|address| push_new(&mut seen.addresses, *address));
        program.owners.iter().for_each(|owner| push_new(&mut seen.owners, owner.process.clone()));
    }
    seen
}

fn push_new<T: PartialEq>(list: &mut Vec<T>, value: T) {
    if !list.contains(&value) {
        list.push(value);
    }
}

#[cfg(test)]
mod tests;
