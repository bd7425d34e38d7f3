//! What was seen of a machine, and what follows from it.
//!
//! A [`Machine`] is asked for its limits, its sockets and its processes, and
//! whether a port can be bound; everything else here is plain data and what it
//! means. The one machine that is real lives in `world`; tests make their own.

mod container;
mod facts;
#[cfg(test)]
mod fake;
mod limits;
mod look;
mod process;
mod socket;
mod status;
mod table;
mod unit;
mod verdict;

pub use container::{Container, read_containers};
pub use facts::{MachineFacts, System};
pub use limits::{
    is_wsl, read_dynamic_ports, read_excluded_ranges, read_local_range, read_may_bind_privileged,
    read_reserved,
};
pub use look::{is_free, look};
pub use process::Process;
pub use socket::{Socket, SocketState, SocketTable, Transport};
pub use status::{Expected, Home, PortState, Seen, Stray, judge};
pub use table::read_table;
pub use unit::{Unit, read_unit};
pub use verdict::{Ban, Binding, Verdict};

use crate::ledger::Moment;
use crate::model::{Port, Protocol};

/// A machine that can be asked.
///
/// Everything but [`bind`](Self::bind) is of one moment: the first question
/// reads, and the answer is kept.
pub trait Machine {
    /// What its system allows and forbids.
    fn facts(&self) -> &MachineFacts;

    /// Every TCP and UDP socket that the system shows, whoever owns it.
    fn sockets(&self) -> &SocketTable;

    /// Whether a port can be bound now, on every address, without taking one
    /// over that is held.
    fn bind(&self, port: Port, protocol: Protocol) -> Binding;

    /// Whether a port that can be bound is held by nobody, on any address.
    ///
    /// On Linux a wildcard address without SO_REUSEADDR conflicts with every
    /// other socket of the port; elsewhere some may stand beside it.
    fn binding_is_proof(&self) -> bool {
        false
    }

    /// The processes that have one of these sockets open, as far as this user
    /// may see them; ordered by number.
    fn owners(&self, sockets: &[&Socket]) -> Vec<Process>;

    /// A process by its number; `None` where there is none.
    fn process(&self, pid: u32) -> Option<Process>;

    /// The container that has a port of this machine; `None` where no engine
    /// tells of one.
    fn container(&self, _: Port, _: Protocol) -> Option<Container> {
        None
    }

    /// What tells a process from a later one of its number: when it started,
    /// and in which run of the system.
    fn start_of(&self, pid: u32) -> Option<String>;

    /// Whether a process that started so is surely gone.
    ///
    /// One that was seen from another container cannot be seen from here: that
    /// is no evidence, and it is not gone.
    fn has_ended(&self, pid: u32, start: &str) -> bool {
        self.start_of(pid).as_deref() != Some(start)
    }

    /// The time, for records of the ledger.
    fn now(&self) -> Moment;
}
