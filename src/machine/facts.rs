//! What a system allows and forbids.

use crate::model::{Port, PortRange, PortSet};

/// The kind of system, as far as it decides over ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    /// Linux.
    Linux,
    /// Linux under Windows: Windows keeps ports of its own, which are not seen from here.
    Wsl,
    /// macOS.
    MacOs,
    /// Windows.
    Windows,
    /// Another Unix.
    Other,
}

impl System {
    /// What it is called.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Linux => "linux",
            Self::Wsl => "wsl",
            Self::MacOs => "macos",
            Self::Windows => "windows",
            Self::Other => "unix",
        }
    }
}

/// The limits of a machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MachineFacts {
    /// The kind of system.
    pub system: System,
    /// The ports that outgoing connections take, and where that was read;
    /// `None` where it cannot be told.
    pub ephemeral: Option<PortRange>,
    /// Ports that the kernel gives to no outgoing connection because somebody
    /// keeps them (`net.ipv4.ip_local_reserved_ports`).
    pub kept_by_kernel: PortSet,
    /// The lowest port that every user may listen on; below it only root may.
    /// 0 where all are open to all.
    pub unprivileged_start: u16,
    /// Whether this process may listen below that.
    pub may_bind_privileged: bool,
    /// Whether the system has IPv6.
    pub has_ipv6: bool,
    /// Ports that the system lets nobody bind (Windows: `netsh interface ipv4 show excludedportrange tcp`).
    pub excluded: PortSet,
}

impl MachineFacts {
    /// Whether only a privileged process may listen on a port.
    pub fn is_privileged(&self, port: Port) -> bool {
        port.get() < self.unprivileged_start
    }

    /// Whether outgoing connections may take a port before a service does.
    pub fn is_ephemeral(&self, port: Port) -> bool {
        self.ephemeral.is_some_and(|range| range.contains(port)) && !self.kept_by_kernel.contains(port)
    }
}
