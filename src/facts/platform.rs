//! The ports that operating systems themselves listen on.
//!
//! Only what is on by default, or by one switch that many people have on.
//! Compiled 2026-11; each row names its source.

use crate::model::{Port, Protocol};

/// A port that an operating system takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlatformPort {
    /// The number.
    pub port: u16,
    /// For which protocol.
    pub protocol: Protocol,
    /// Which system: `macOS`, `Windows`, `Linux`, or several.
    pub system: &'static str,
    /// What listens.
    pub holder: &'static str,
    /// Where that is said.
    pub source: &'static str,
}

/// The operating system's own use of a port for a protocol, if there is one.
pub fn platform_port(port: Port, protocol: Protocol) -> Option<&'static PlatformPort> {
    let index = PLATFORM_PORTS.binary_search_by_key(&port.get(), |row| row.port).ok()?;
    PLATFORM_PORTS.get(index).filter(|row| row.protocol.overlaps(protocol))
}

const APPLE: &str = "support.apple.com/103229, TCP and UDP ports used by Apple software products";
const AIRPLAY: &str = "developer.apple.com/forums/thread/682332, AirPlay Receiver on ports 5000 and 7000";
const WINDOWS: &str = "learn.microsoft.com, Service overview and network port requirements for Windows";
const DELIVERY: &str = "learn.microsoft.com, Delivery Optimization, network requirements";
const RESOLVED: &str = "resolved.conf(5), LLMNR= and MulticastDNS=";
const CUPS: &str = "cupsd.conf(5), Listen";

const fn row(
    port: u16,
    protocol: Protocol,
    system: &'static str,
    holder: &'static str,
    source: &'static str,
) -> PlatformPort {
    PlatformPort { port, protocol, system, holder, source }
}

const PLATFORM_PORTS: [PlatformPort; 17] = [
    row(135, Protocol::Tcp, "Windows", "the RPC endpoint mapper", WINDOWS),
    row(445, Protocol::Tcp, "Windows", "file sharing (SMB)", WINDOWS),
    row(631, Protocol::Tcp, "macOS and Linux", "printing (CUPS)", CUPS),
    row(1900, Protocol::Udp, "Windows", "device discovery (SSDP)", WINDOWS),
    row(2869, Protocol::Tcp, "Windows", "device discovery (UPnP)", WINDOWS),
    row(3283, Protocol::Both, "macOS", "Remote Management", APPLE),
    row(3389, Protocol::Both, "Windows", "Remote Desktop", WINDOWS),
    row(5000, Protocol::Tcp, "macOS", "AirPlay Receiver", AIRPLAY),
    row(5353, Protocol::Udp, "macOS, Windows and Linux", "multicast DNS", APPLE),
    row(5355, Protocol::Both, "Windows and Linux", "name resolution (LLMNR)", RESOLVED),
    row(5357, Protocol::Tcp, "Windows", "network discovery (WSDAPI)", WINDOWS),
    row(5900, Protocol::Tcp, "macOS", "Screen Sharing", APPLE),
    row(5985, Protocol::Tcp, "Windows", "remote management (WinRM)", WINDOWS),
    row(5986, Protocol::Tcp, "Windows", "remote management (WinRM over HTTPS)", WINDOWS),
    row(7000, Protocol::Tcp, "macOS", "AirPlay Receiver", AIRPLAY),
    row(7680, Protocol::Tcp, "Windows", "Delivery Optimization", DELIVERY),
    row(47001, Protocol::Tcp, "Windows", "remote management (WinRM)", WINDOWS),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_looks_at_the_protocol() {
        assert!(PLATFORM_PORTS.is_sorted_by(|one, two| one.port < two.port));
        let holder = |number, protocol| {
            Port::new(number).and_then(|port| platform_port(port, protocol)).map(|row| row.holder)
        };
        assert_eq!(holder(5000, Protocol::Tcp), Some("AirPlay Receiver"));
        assert_eq!(holder(5000, Protocol::Both), Some("AirPlay Receiver"));
        assert_eq!(holder(5000, Protocol::Udp), None);
        assert_eq!(holder(5353, Protocol::Tcp), None);
        assert_eq!(holder(5001, Protocol::Tcp), None);
    }
}
