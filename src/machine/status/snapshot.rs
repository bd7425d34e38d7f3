//! Who listens where, of one moment: every listener with its processes.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::Home;
use crate::machine::{Machine, Process, Socket, SocketState, Transport};
use crate::model::{Port, Protocol};

/// The variables that `portgen run` sets for what it starts.
pub(super) const PROJECT: &str = "PORTGEN_PROJECT";
const CHECKOUT: &str = "PORTGEN_CHECKOUT";
pub(super) const SERVICE: &str = "PORTGEN_SERVICE";

/// How far up a process's parents are looked for.
const GENERATIONS: usize = 32;

/// A process that listens.
#[derive(Clone, Debug)]
pub(super) struct Owner {
    pub(super) process: Process,
    /// The checkout that it belongs to.
    pub(super) home: Option<usize>,
}

impl Owner {
    /// The service that it was started as.
    pub(super) fn service(&self) -> Option<&str> {
        let id = self.process.mark(SERVICE).filter(|id| !id.is_empty())?;
        Some(id.split('.').next().unwrap_or(id))
    }
}

/// A socket that accepts, and who has it open.
#[derive(Debug)]
pub(super) struct Listener<'a> {
    pub(super) socket: &'a Socket,
    pub(super) owners: Vec<Owner>,
}

/// Those who listen on one port as one program: a process, its children, its
/// workers.
#[derive(Debug, Default)]
pub(super) struct Program {
    /// None where this user may not see them.
    pub(super) owners: Vec<Owner>,
    pub(super) addresses: Vec<IpAddr>,
    sockets: Vec<u64>,
    user: Option<u32>,
}

impl Program {
    /// How people are told of it.
    pub(super) fn shown(&self) -> String {
        match (self.owners.first(), self.user) {
            (Some(owner), _) => owner.process.shown(),
            (None, Some(user)) => format!("a program of user {user} that cannot be seen"),
            (None, None) => "a program that this user cannot see".to_owned(),
        }
    }

    /// Whether it stands for a container: a runtime's helper, or nobody that
    /// can be seen, as such helpers mostly are. They run as root, else as this
    /// user, who would see them.
    pub(super) fn may_be_container(&self) -> bool {
        (self.owners.is_empty() && self.user.is_none_or(|user| user == 0))
            || self.owners.iter().any(|owner| is_helper(&owner.process))
    }
}

/// Programs that listen for containers (names as the system cuts them, at 15 characters).
const HELPERS: &[&str] = &[
    "docker-proxy",
    "rootlessport",
    "rootlesskit",
    "rootlessport-ch",
    "slirp4netns",
    "pasta",
    "pasta.avx2",
    "conmon",
    "gvproxy",
    "com.docker.back",
    "com.docker.backend",
    "com.docker.backend.exe",
    "vpnkit",
    "vpnkit-bridge",
    "limactl",
    "wslrelay.exe",
    "nerdctl",
    "kubectl",
    "OrbStack Helper",
];

fn is_helper(process: &Process) -> bool {
    HELPERS.contains(&process.name.as_str())
}

/// Every listener of a machine.
pub(super) struct Snapshot<'a> {
    machine: &'a dyn Machine,
    by_port: BTreeMap<Port, Vec<Listener<'a>>>,
}

impl<'a> Snapshot<'a> {
    pub(super) fn new(machine: &'a dyn Machine, homes: &[Home]) -> Self {
        let mut by_port: BTreeMap<Port, Vec<Listener<'a>>> = BTreeMap::new();
        let listening =
            machine.sockets().all().iter().filter(|socket| socket.state == SocketState::Listening);
        for socket in listening {
            let owners = machine.owners(&[socket]).into_iter();
            let owners = owners.map(|process| Owner { home: home_of(&process, homes), process }).collect();
            by_port.entry(socket.port).or_default().push(Listener { socket, owners });
        }
        Self { machine, by_port }
    }

    /// Every port that somebody meant others to reach: a UDP socket in the
    /// range of outgoing connections is a client's.
    pub(super) fn ports(&self) -> impl Iterator<Item = (Port, &Listener<'a>)> {
        let is_client = |socket: &Socket| {
            socket.transport == Transport::Udp && self.machine.facts().is_ephemeral(socket.port)
        };
        let all = self.by_port.iter().flat_map(|(port, listeners)| listeners.iter().map(|one| (*port, one)));
        all.filter(move |(_, listener)| !is_client(listener.socket))
    }

    /// The programs that listen on a port.
    pub(super) fn programs(&self, port: Port, protocol: Protocol) -> Vec<Program> {
        let mut programs: Vec<Program> = Vec::new();
        let spoken = Transport::of(protocol);
        let all = self.by_port.get(&port).into_iter().flatten();
        for listener in all.filter(|listener| spoken.contains(&listener.socket.transport)) {
            let mut whole = Program {
                owners: listener.owners.clone(),
                addresses: vec![listener.socket.address],
                sockets: vec![listener.socket.inode],
                user: listener.socket.user,
            };
            let (same, others) = programs.into_iter().partition(|known| self.is_same(known, &whole));
            programs = others;
            let known: Vec<Program> = same;
            for part in known.into_iter().rev() {
                whole = merged(part, whole);
            }
            programs.push(whole);
        }
        programs
    }

    /// Whether two listeners are one program.
    fn is_same(&self, one: &Program, other: &Program) -> bool {
        if one.owners.is_empty() && other.owners.is_empty() {
            return one.user == other.user;
        }
        let share = one.sockets.iter().any(|socket| *socket != 0 && other.sockets.contains(socket));
        let pairs = || one.owners.iter().flat_map(|one| other.owners.iter().map(move |other| (one, other)));
        share || pairs().any(|(one, other)| self.is_related(&one.process, &other.process))
    }

    /// Whether one process is the other, started it, or both are workers of one master.
    fn is_related(&self, one: &Process, other: &Process) -> bool {
        let is_worker = || {
            let master = (one.parent == other.parent).then(|| self.machine.process(one.parent)).flatten();
            master.is_some_and(|master| {
                !master.command.is_empty() && master.command == one.command && master.command == other.command
            })
        };
        one.pid == other.pid
            || self.descends(one, other.pid)
            || self.descends(other, one.pid)
            || (is_helper(one) && is_helper(other))
            || is_worker()
    }

    /// Whether a process is, or was started by, the one of a number.
    pub(super) fn descends(&self, process: &Process, from: u32) -> bool {
        if process.pid == from {
            return true;
        }
        let mut parent = process.parent;
        for _ in 0..GENERATIONS {
            if parent == from {
                return true;
            }
            match self.machine.process(parent) {
                Some(above) if parent > 1 => parent = above.parent,
                _ => return false,
            }
        }
        false
    }
}

fn merged(mut one: Program, other: Program) -> Program {
    let known =
        |owner: &Owner, list: &[Owner]| list.iter().any(|known| known.process.pid == owner.process.pid);
    for owner in other.owners {
        if !known(&owner, &one.owners) {
            one.owners.push(owner);
        }
    }
    for address in other.addresses {
        if !one.addresses.contains(&address) {
            one.addresses.push(address);
        }
    }
    one.sockets.extend(other.sockets);
    one
}

/// The checkout that a process belongs to: the one it is marked with, else the
/// innermost whose folder it works in.
fn home_of(process: &Process, homes: &[Home]) -> Option<usize> {
    let depth = |index: &usize| homes[*index].folder.components().count();
    let holding = |index: &usize| {
        let folder = &homes[*index].folder;
        !folder.as_os_str().is_empty() && process.folder.as_ref().is_some_and(|own| own.starts_with(folder))
    };
    let inside = || (0..homes.len()).filter(holding).max_by_key(depth);
    let (Some(project), Some(checkout)) = (process.mark(PROJECT), process.mark(CHECKOUT)) else {
        return inside();
    };
    // A mark is believed before the folder; a checkout that is not known is somebody else's.
    homes.iter().position(|home| home.project == project && home.folder.as_os_str() == checkout)
}
