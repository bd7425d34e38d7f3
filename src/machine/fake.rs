//! The machine of the tests: what it has is what it is told.

use std::cell::Cell;

use super::{Binding, Container, Machine, MachineFacts, Process, Socket, SocketTable, System};
use crate::ledger::Moment;
use crate::model::{Port, PortSet, Protocol};

/// A machine of these sockets and processes; a socket is its process's by number.
pub(super) struct Fake {
    facts: MachineFacts,
    sockets: SocketTable,
    processes: Vec<Process>,
    binding: Binding,
    /// What its engine tells of.
    pub(super) containers: Vec<Container>,
    /// How often binding was tried.
    pub(super) bound: Cell<u32>,
}

impl Fake {
    /// A machine on which every attempt to bind ends so.
    pub(super) fn new(sockets: Vec<Socket>, processes: Vec<Process>, binding: Binding) -> Self {
        let facts = MachineFacts {
            system: System::Linux,
            ephemeral: None,
            kept_by_kernel: PortSet::default(),
            unprivileged_start: 1024,
            may_bind_privileged: false,
            has_ipv6: true,
            excluded: PortSet::default(),
        };
        Self {
            facts,
            sockets: SocketTable::new(sockets),
            processes,
            binding,
            containers: Vec::new(),
            bound: Cell::new(0),
        }
    }
}

impl Machine for Fake {
    fn facts(&self) -> &MachineFacts {
        &self.facts
    }
    fn sockets(&self) -> &SocketTable {
        &self.sockets
    }
    fn bind(&self, _: Port, _: Protocol) -> Binding {
        self.bound.set(self.bound.get() + 1);
        self.binding.clone()
    }
    fn owners(&self, sockets: &[&Socket]) -> Vec<Process> {
        let pids = sockets.iter().filter_map(|socket| u32::try_from(socket.inode).ok());
        pids.filter_map(|pid| self.process(pid)).collect()
    }
    fn process(&self, pid: u32) -> Option<Process> {
        self.processes.iter().find(|process| process.pid == pid).cloned()
    }
    fn container(&self, port: Port, protocol: Protocol) -> Option<Container> {
        self.containers.iter().find(|one| one.ports.contains(&(port, protocol))).cloned()
    }
    fn start_of(&self, _: u32) -> Option<String> {
        None
    }
    fn now(&self) -> Moment {
        Moment(0)
    }
}
