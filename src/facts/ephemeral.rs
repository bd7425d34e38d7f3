//! The ports that systems give to outgoing connections, and those that only
//! root may listen on.

use crate::model::{Port, PortRange};

/// The systems whose outgoing connections take a port by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ephemeral {
    /// 32768–60999 alone: Linux.
    Linux,
    /// 49152–65535 alone: macOS, Windows and the BSDs, after IANA.
    Iana,
    /// Both ranges.
    Both,
}

impl Ephemeral {
    /// The systems, for messages.
    pub fn systems(self) -> &'static str {
        match self {
            Self::Linux => "Linux (32768-60999)",
            Self::Iana => "macOS and Windows (49152-65535)",
            Self::Both => "Linux (32768-60999), macOS and Windows (49152-65535)",
        }
    }
}

/// Who takes the port for outgoing connections by default, if anyone.
///
/// Sources, compiled 2026-11: `ip_local_port_range` in the kernel's
/// `Documentation/networking/ip-sysctl.rst` (Linux), RFC 6335 section 6 (IANA),
/// `net.inet.ip.portrange.first` (macOS) and `netsh int ipv4 show
/// dynamicport tcp` (Windows) by default.
pub fn ephemeral(port: Port) -> Option<Ephemeral> {
    let number = port.get();
    match ((32768..=60999).contains(&number), number >= 49152) {
        (true, true) => Some(Ephemeral::Both),
        (true, false) => Some(Ephemeral::Linux),
        (false, true) => Some(Ephemeral::Iana),
        (false, false) => None,
    }
}

/// Whether only root may listen on it by default: 1 to 1023.
///
/// Source: `ip_unprivileged_port_start`, 1024 by default, in the same kernel
/// document. macOS 10.14 and later ask for root only on one address, Windows
/// never does.
pub fn is_privileged(port: Port) -> bool {
    port.get() < 1024
}

/// The ports for which [`is_privileged`] holds.
pub fn privileged_ports() -> Option<PortRange> {
    PortRange::new(Port::MIN, Port::new(1023)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_of_the_ranges_belong_to_them() {
        let check = |number: u16, expect: Option<Ephemeral>| {
            assert_eq!(Port::new(number).and_then(ephemeral), expect, "{number}");
        };
        check(32767, None);
        check(32768, Some(Ephemeral::Linux));
        check(49151, Some(Ephemeral::Linux));
        check(49152, Some(Ephemeral::Both));
        check(60999, Some(Ephemeral::Both));
        check(61000, Some(Ephemeral::Iana));
        check(65535, Some(Ephemeral::Iana));
    }

    #[test]
    fn ports_below_1024_are_privileged() {
        let range = privileged_ports().expect("a range");
        assert!(range.ports().all(is_privileged));
        assert!(!range.last().next().is_some_and(is_privileged));
        assert_eq!(range.first(), Port::MIN);
    }
}
