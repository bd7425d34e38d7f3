//! What Linux tells in files: its limits, its tables of sockets.

use std::fs::{self, File};
use std::io::Read;

use crate::machine::{self, MachineFacts, Socket, System, Transport};

pub(super) use super::processes::Processes;

/// The tables of the network that this process sees.
const TABLES: [(Transport, &str); 4] = [
    (Transport::Tcp, "/proc/net/tcp"),
    (Transport::Tcp, "/proc/net/tcp6"),
    (Transport::Udp, "/proc/net/udp"),
    (Transport::Udp, "/proc/net/udp6"),
];

/// The kernel's own, which older ones do not tell.
const UNPRIVILEGED_START: u16 = 1024;

/// The limits of this system.
pub(super) fn facts() -> MachineFacts {
    let setting = |name: &str| read(&format!("/proc/sys/net/ipv4/{name}"));
    let range = setting("ip_local_port_range");
    let start = setting("ip_unprivileged_port_start").and_then(|text| text.trim().parse().ok());
    MachineFacts {
        system: if is_wsl() { System::Wsl } else { System::Linux },
        ephemeral: range.and_then(|text| machine::read_local_range(&text)),
        kept_by_kernel: setting("ip_local_reserved_ports")
            .map(|text| machine::read_reserved(&text))
            .unwrap_or_default(),
        unprivileged_start: start.unwrap_or(UNPRIVILEGED_START),
        may_bind_privileged: may_bind_privileged(),
        has_ipv6: has_ipv6(),
        excluded: crate::model::PortSet::default(),
    }
}

fn is_wsl() -> bool {
    ["/proc/sys/kernel/osrelease", "/proc/version"]
        .iter()
        .any(|file| read(file).is_some_and(|text| machine::is_wsl(&text)))
}

/// A container's root may have been denied it, another user may have been
/// given it: the capability decides, and only where it is not told, the user.
fn may_bind_privileged() -> bool {
    let status = read("/proc/self/status");
    let told = status.and_then(|status| machine::read_may_bind_privileged(&status));
    told.unwrap_or_else(|| rustix::process::geteuid().is_root())
}

/// Some interface has an IPv6 address, and IPv6 is not switched off.
fn has_ipv6() -> bool {
    let any = read("/proc/net/if_inet6").is_some_and(|text| !text.trim().is_empty());
    let off = read("/proc/sys/net/ipv6/conf/all/disable_ipv6").is_some_and(|text| text.trim() == "1");
    any && !off
}

/// Every socket of this network. A table that is missing (a machine without
/// IPv6) has none.
pub(super) fn sockets() -> Vec<Socket> {
    let (mut sockets, mut text) = (Vec::new(), Vec::with_capacity(1 << 16));
    for (transport, file) in TABLES {
        text.clear();
        if read_into(file, &mut text) {
            machine::read_table(transport, &text, &mut sockets);
        }
    }
    sockets
}

#[expect(clippy::disallowed_methods, reason = "this is the room that asks the machine")]
fn read_into(file: &str, text: &mut Vec<u8>) -> bool {
    File::open(file).and_then(|mut file| file.read_to_end(text)).is_ok()
}

#[expect(clippy::disallowed_methods, reason = "this is the room that asks the machine")]
fn read(file: &str) -> Option<String> {
    fs::read_to_string(file).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_has_limits() {
        let facts = facts();
        assert!(facts.ephemeral.is_some_and(|range| range.len() > 1), "{facts:?}");
        assert!(facts.unprivileged_start <= UNPRIVILEGED_START, "{facts:?}");
    }

    #[test]
    fn a_missing_table_is_none() {
        assert!(!read_into("/proc/net/no-such-table", &mut Vec::new()));
    }
}
