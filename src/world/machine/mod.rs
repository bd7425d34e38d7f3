//! The machine that portgen runs on: its limits, its sockets, its processes.
//!
//! Nothing is read before it is asked for, and each thing is read once. Linux
//! tells all of it in files; elsewhere two libraries ask the system.

mod bind;
mod containers;
#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
mod processes;

#[cfg(not(target_os = "linux"))]
use elsewhere as system;
#[cfg(target_os = "linux")]
use linux as system;

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::ledger::Moment;
use crate::machine::{Binding, Container, Machine, MachineFacts, Process, Socket, SocketTable};
use crate::model::{Port, Protocol};

/// The machine that this process runs on.
#[derive(Debug, Default)]
pub struct ThisMachine {
    facts: OnceCell<MachineFacts>,
    sockets: OnceCell<SocketTable>,
    processes: OnceCell<system::Processes>,
    seen: RefCell<BTreeMap<u32, Option<Process>>>,
    containers: OnceCell<Vec<Container>>,
}

impl ThisMachine {
    /// The machine, nothing of it read yet.
    pub fn new() -> Self {
        Self::default()
    }

    fn processes(&self) -> &system::Processes {
        self.processes.get_or_init(system::Processes::default)
    }
}

impl Machine for ThisMachine {
    fn facts(&self) -> &MachineFacts {
        self.facts.get_or_init(system::facts)
    }

    fn sockets(&self) -> &SocketTable {
        self.sockets.get_or_init(|| SocketTable::new(system::sockets()))
    }

    fn bind(&self, port: Port, protocol: Protocol) -> Binding {
        bind::bind(port, protocol)
    }

    fn owners(&self, sockets: &[&Socket]) -> Vec<Process> {
        let names = sockets.iter().map(|socket| socket.inode).filter(|inode| *inode != 0);
        self.processes().with_sockets(names).into_iter().filter_map(|pid| self.process(pid)).collect()
    }

    fn process(&self, pid: u32) -> Option<Process> {
        let known = self.seen.borrow().get(&pid).cloned();
        known.unwrap_or_else(|| {
            let process = self.processes().read(pid);
            self.seen.borrow_mut().insert(pid, process.clone());
            process
        })
    }

    fn container(&self, port: Port, protocol: Protocol) -> Option<Container> {
        let all = self.containers.get_or_init(containers::containers);
        let has = |one: &&Container| one.ports.iter().any(|own| own.0 == port && own.1.overlaps(protocol));
        all.iter().find(has).cloned()
    }

    fn start_of(&self, pid: u32) -> Option<String> {
        self.processes().start_of(pid)
    }

    fn binding_is_proof(&self) -> bool {
        cfg!(target_os = "linux")
    }

    fn has_ended(&self, pid: u32, start: &str) -> bool {
        let now = self.start_of(pid);
        now.as_deref() != Some(start) && can_tell(self.start_of(std::process::id()).as_deref(), start)
    }

    #[expect(clippy::disallowed_methods, reason = "records of the ledger say when they were made")]
    fn now(&self) -> Moment {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        // A clock before 1970 is one that nobody set.
        Moment(since.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX)))
    }
}

/// Whether a process with such a start could be seen from this one, or is of
/// an earlier run of the system: `tick@boot@namespace`, where the system has them.
fn can_tell(own: Option<&str>, other: &str) -> bool {
    let parts = |start: &str| {
        let mut parts = start.split('@').skip(1).map(str::to_owned);
        (parts.next(), parts.next())
    };
    let Some((boot, namespace)) = own.map(parts) else { return false };
    let (other_boot, other_namespace) = parts(other);
    boot != other_boot || namespace == other_namespace
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the tests hold real ports")]
mod tests {
    use std::net::{TcpListener, TcpStream};

    use super::*;
    use crate::machine::{SocketState, Verdict, look};

    fn port_of(listener: &TcpListener) -> Port {
        Port::new(listener.local_addr().expect("an address").port()).expect("a port")
    }

    #[test]
    fn a_listener_is_seen_with_its_program() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = port_of(&listener);
        let machine = ThisMachine::new();
        let Verdict::Busy { owners, address } = look(&machine, port, Protocol::Tcp) else {
            panic!("{:?}", look(&machine, port, Protocol::Tcp));
        };
        assert_eq!(address.as_deref(), Some("127.0.0.1"));
        let [owner] = &owners[..] else { panic!("{owners:?}") };
        assert_eq!(owner.pid, std::process::id());
        let folder = std::env::current_dir().expect("a folder");
        assert_eq!(owner.folder.as_deref(), Some(folder.as_path()));
        assert!(owner.command.iter().any(|word| word.contains("portgen")), "{owner:?}");
        assert_eq!(machine.process(owner.pid).as_ref(), Some(owner));
    }

    #[test]
    fn what_was_read_is_of_one_moment_and_binding_of_now() {
        let machine = ThisMachine::new();
        let before = machine.sockets().all().len();
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = port_of(&listener);
        assert_eq!(machine.sockets().all().len(), before);
        assert_eq!(machine.bind(port, Protocol::Tcp), Binding::InUse);
        assert_eq!(look(&machine, port, Protocol::Tcp), Verdict::Busy { owners: Vec::new(), address: None });
        drop(listener);
        assert_eq!(machine.bind(port, Protocol::Both), Binding::Free);
    }

    #[test]
    fn both_ends_of_a_connection_are_seen() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let near = TcpStream::connect(listener.local_addr().expect("an address")).expect("a connection");
        let port = Port::new(near.local_addr().expect("an address").port()).expect("a port");
        let machine = ThisMachine::new();
        let [socket] = machine.sockets().at(port) else { panic!("{:?}", machine.sockets().at(port)) };
        assert_eq!(socket.state, SocketState::Connected);
        if cfg!(target_os = "linux") {
            assert_eq!(socket.remote, listener.local_addr().ok());
        }
    }

    #[test]
    fn a_clock_tells_the_time() {
        assert!(ThisMachine::new().now() > Moment(1_700_000_000));
    }

    #[test]
    fn what_another_container_started_is_not_gone_for_all_we_know() {
        let own = Some("7@boot@pid:[1]");
        assert!(can_tell(own, "9@boot@pid:[1]"));
        assert!(!can_tell(own, "9@boot@pid:[2]"), "it cannot be seen from here");
        assert!(can_tell(own, "9@before@pid:[2]"), "the system was started anew");
        assert!(can_tell(Some("7"), "9"), "a system without namespaces");
    }
}
