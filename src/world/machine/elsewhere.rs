//! What macOS, Windows and other systems tell, through two libraries.

use std::collections::BTreeSet;
use std::net::{Ipv6Addr, SocketAddr};

use socket2::{Domain, Type};
use sysinfo::{Pid, ProcessRefreshKind, ProcessStatus, ProcessesToUpdate, UpdateKind};

use crate::machine::{MachineFacts, Process, Socket, SocketState, System, Transport};
use crate::model::{Port, PortRange, PortSet};

/// Variables that portgen sets for what it starts begin so.
const MARK: &str = "PORTGEN_";

/// The limits of this system.
pub(super) fn facts() -> MachineFacts {
    MachineFacts {
        system: SYSTEM,
        ephemeral: dynamic_ports().or_else(|| PortRange::new(Port::new(49152)?, Port::MAX).ok()),
        kept_by_kernel: PortSet::default(),
        // macOS lets everyone listen on all addresses together, and asks for
        // root on a single one, which is what most services listen on.
        unprivileged_start: if cfg!(windows) { 0 } else { 1024 },
        may_bind_privileged: may_bind_privileged(),
        has_ipv6: has_ipv6(),
        excluded: excluded_ports(),
    }
}

const SYSTEM: System = if cfg!(windows) {
    System::Windows
} else if cfg!(target_os = "macos") {
    System::MacOs
} else {
    System::Other
};

#[cfg(unix)]
fn may_bind_privileged() -> bool {
    rustix::process::geteuid().is_root()
}

#[cfg(not(unix))]
fn may_bind_privileged() -> bool {
    true
}

/// Whether its own address can be bound.
fn has_ipv6() -> bool {
    let address = SocketAddr::from((Ipv6Addr::LOCALHOST, 0));
    socket2::Socket::new(Domain::IPV6, Type::DGRAM, None)
        .is_ok_and(|socket| socket.bind(&address.into()).is_ok())
}

#[cfg(windows)]
fn dynamic_ports() -> Option<PortRange> {
    crate::machine::read_dynamic_ports(&netsh(&["dynamicport", "tcp"])?)
}

/// IANA's range stands for these: no file tells it.
#[cfg(not(windows))]
fn dynamic_ports() -> Option<PortRange> {
    None
}

#[cfg(windows)]
fn excluded_ports() -> PortSet {
    let told = netsh(&["excludedportrange", "protocol=tcp"]);
    told.map(|text| crate::machine::read_excluded_ranges(&text)).unwrap_or_default()
}

#[cfg(not(windows))]
fn excluded_ports() -> PortSet {
    PortSet::default()
}

/// What Windows' own program says of IPv4, which IPv6 shares.
#[cfg(windows)]
#[expect(clippy::disallowed_methods, reason = "Windows tells these ranges through netsh alone")]
fn netsh(question: &[&str]) -> Option<String> {
    let show = ["interface", "ipv4", "show"];
    let output = std::process::Command::new("netsh")
        .args(show.iter().chain(question))
        .stdin(std::process::Stdio::null())
        .output()
        .ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Every socket whose process this user may see; what is missed is found out
/// by binding.
pub(super) fn sockets() -> Vec<Socket> {
    let Ok(listeners) = listeners::get_all() else { return Vec::new() };
    listeners.into_iter().filter_map(socket).collect()
}

fn socket(listener: listeners::Listener) -> Option<Socket> {
    use listeners::SocketState as Told;
    let (transport, state) = match (listener.protocol, listener.state) {
        (listeners::Protocol::UDP, _) => (Transport::Udp, SocketState::Listening),
        (listeners::Protocol::TCP, Told::Listen) => (Transport::Tcp, SocketState::Listening),
        (listeners::Protocol::TCP, Told::TimeWait) => (Transport::Tcp, SocketState::Cooling),
        // Bound at most: it has no state, and binding finds it.
        (listeners::Protocol::TCP, Told::Closed) => return None,
        (listeners::Protocol::TCP, _) => (Transport::Tcp, SocketState::Connected),
    };
    Some(Socket {
        transport,
        address: listener.socket.ip().to_canonical(),
        port: Port::new(listener.socket.port())?,
        remote: None,
        state,
        user: None,
        inode: u64::from(listener.process.pid),
    })
}

/// The processes, each asked for by its number.
#[derive(Debug, Default)]
pub(super) struct Processes;

impl Processes {
    /// The processes that have one of these sockets open: a socket is called
    /// by the number of its process.
    pub(super) fn with_sockets(&self, names: impl Iterator<Item = u64>) -> BTreeSet<u32> {
        names.filter_map(|name| u32::try_from(name).ok()).collect()
    }

    /// A process, with what this user may see of it.
    pub(super) fn read(&self, pid: u32) -> Option<Process> {
        let once = UpdateKind::Always;
        let all = ProcessRefreshKind::nothing().with_cmd(once).with_cwd(once).with_environ(once);
        with_process(pid, all.with_user(once), |process| Process {
            pid,
            parent: process.parent().map_or(0, Pid::as_u32),
            name: process.name().to_string_lossy().into_owned(),
            command: process.cmd().iter().map(|word| word.to_string_lossy().into_owned()).collect(),
            folder: process.cwd().map(std::path::Path::to_path_buf),
            user: user(process),
            marks: process
                .environ()
                .iter()
                .filter_map(|variable| mark(&variable.to_string_lossy()))
                .collect(),
        })
    }

    /// The second that a process started in.
    pub(super) fn start_of(&self, pid: u32) -> Option<String> {
        with_process(pid, ProcessRefreshKind::nothing(), |process| process.start_time().to_string())
    }
}

/// What is told of a process that lives.
fn with_process<T>(
    pid: u32,
    kind: ProcessRefreshKind,
    tell: impl FnOnce(&sysinfo::Process) -> T,
) -> Option<T> {
    let mut system = sysinfo::System::new().ok()?;
    let pid = Pid::from_u32(pid);
    system.refresh_processes_specifics(ProcessesToUpdate::Some(&[pid]), true, kind);
    let process = system.process(pid)?;
    (process.status() != ProcessStatus::Zombie).then(|| tell(process))
}

#[cfg(unix)]
fn user(process: &sysinfo::Process) -> Option<u32> {
    process.effective_user_id().or_else(|| process.user_id()).map(|user| **user)
}

#[cfg(not(unix))]
fn user(_: &sysinfo::Process) -> Option<u32> {
    None
}

fn mark(variable: &str) -> Option<(String, String)> {
    let (name, value) = variable.split_once('=')?;
    name.starts_with(MARK).then(|| (name.to_owned(), value.to_owned()))
}
