//! The kernel's tables of sockets, `/proc/net/tcp` and its three siblings.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::socket::{Socket, SocketState, Transport};
use crate::model::Port;

/// Adds the sockets of one table to those known; a line that is none is passed
/// over.
///
/// A socket without a port (an unbound one) is passed over too. An IPv4 address
/// in IPv6's clothes is that IPv4 address.
pub fn read_table(transport: Transport, text: &[u8], into: &mut Vec<Socket>) {
    // A line of tcp is 150 bytes, one of tcp6 some 180.
    into.reserve(text.len() / 150);
    let mut rest = text;
    while !rest.is_empty() {
        let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let (line, after) = rest.split_at(end);
        into.extend(socket(transport, line));
        rest = after.get(1..).unwrap_or_default();
    }
}

/// `sl: local remote state queues timer retransmits user timeout inode …`
fn socket(transport: Transport, line: &[u8]) -> Option<Socket> {
    let mut fields = line.split(|byte| *byte == b' ').filter(|field| !field.is_empty());
    let mut field = move |skipped: usize| fields.nth(skipped);
    let (address, port) = end(field(1)?)?;
    let (remote_address, remote_port) = end(field(0)?)?;
    let state = state(transport, hexadecimal(field(0)?)?);
    let user = decimal(field(3)?)?;
    let inode = decimal(field(1)?)?;
    Some(Socket {
        transport,
        address,
        port: Port::new(port)?,
        remote: (remote_port != 0).then(|| SocketAddr::new(remote_address, remote_port)),
        state,
        // Where nobody has a socket open any more, the kernel shows user 0.
        user: if inode == 0 { None } else { u32::try_from(user).ok() },
        inode,
    })
}

/// The kernel's `TCP_…` codes, which it uses for UDP too.
fn state(transport: Transport, code: u32) -> SocketState {
    const ESTABLISHED: u32 = 0x01;
    const TIME_WAIT: u32 = 0x06;
    const LISTEN: u32 = 0x0A;
    match (transport, code) {
        (Transport::Tcp, LISTEN) => SocketState::Listening,
        (Transport::Tcp, TIME_WAIT) => SocketState::Cooling,
        (Transport::Udp, code) if code != ESTABLISHED => SocketState::Listening,
        _ => SocketState::Connected,
    }
}

/// `0100007F:1F90`: an address as words in the order of the machine's bytes, a
/// port as people write it.
fn end(field: &[u8]) -> Option<(IpAddr, u16)> {
    let (address, port) = field.split_at_checked(field.len().checked_sub(5)?)?;
    let port = u16::try_from(hexadecimal(port.strip_prefix(b":")?)?).ok()?;
    let address = match address.len() {
        8 => IpAddr::V4(Ipv4Addr::from(hexadecimal(address)?.to_ne_bytes())),
        32 => {
            let mut bytes = [0; 16];
            for (word, to) in address.chunks_exact(8).zip(bytes.chunks_exact_mut(4)) {
                to.copy_from_slice(&hexadecimal(word)?.to_ne_bytes());
            }
            IpAddr::V6(Ipv6Addr::from(bytes)).to_canonical()
        }
        _ => return None,
    };
    Some((address, port))
}

fn hexadecimal(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() || digits.len() > 8 {
        return None;
    }
    digits.iter().try_fold(0, |number, digit| Some(number << 4 | char::from(*digit).to_digit(16)?))
}

fn decimal(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0_u64, |number, digit| {
        number.checked_mul(10)?.checked_add(u64::from(char::from(*digit).to_digit(10)?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str =
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";

    fn read(transport: Transport, lines: &str) -> Vec<Socket> {
        let mut sockets = Vec::new();
        read_table(transport, format!("{HEAD}{lines}").as_bytes(), &mut sockets);
        sockets
    }

    /// One line, and the socket of it as text; the words of an address turn
    /// with the machine's bytes, so the lines are those of a little-endian one.
    #[cfg(target_endian = "little")]
    fn check(transport: Transport, line: &str, expect: &str) {
        let shown: Vec<String> = read(transport, line)
            .iter()
            .map(|socket| {
                let remote = socket.remote.map_or_else(String::new, |remote| format!(" to {remote}"));
                let user = socket.user.map_or_else(String::new, |user| format!(" of {user}"));
                let (state, inode) = (socket.state, socket.inode);
                format!("{}:{}{remote} {state:?}{user} {inode}", socket.address, socket.port)
            })
            .collect();
        assert_eq!(shown.join(", "), expect, "{line}");
    }

    #[cfg(target_endian = "little")]
    #[test]
    fn every_state_of_tcp_is_read() {
        use Transport::Tcp;
        let line = |state: &str, rest: &str| {
            format!(
                "   0: 0100007F:1F90 0200007F:C350 {state} 00000000:00000000 00:00000000 00000000 {rest}\n"
            )
        };
        let alive = "  1000        0 4711 1 0000000000000000 100 0 0 10 0";
        let over = "    0        0 0 3 0000000000000000";
        check(
            Tcp,
            "   0: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 77 1",
            "0.0.0.0:80 Listening of 0 77",
        );
        for state in ["01", "02", "03", "04", "05", "08", "09", "0B", "0C"] {
            check(Tcp, &line(state, alive), "127.0.0.1:8080 to 127.0.0.2:50000 Connected of 1000 4711");
        }
        check(Tcp, &line("06", over), "127.0.0.1:8080 to 127.0.0.2:50000 Cooling 0");
        check(Tcp, &line("03", over), "127.0.0.1:8080 to 127.0.0.2:50000 Connected 0");
    }

    #[cfg(target_endian = "little")]
    #[test]
    fn addresses_of_both_families_are_read() {
        let check = |address: &str, expect: &str| {
            let none = "0".repeat(address.len());
            let line = format!(
                " 12: {address}:1F90 {none}:0000 0A 00000000:00000000 00:00000000 00000000     0        0 9 1\n"
            );
            check(Transport::Tcp, &line, &format!("{expect}:8080 Listening of 0 9"));
        };
        check("0200007F", "127.0.0.2");
        check("00000000000000000000000000000000", "::");
        check("00000000000000000000000001000000", "::1");
        check("000080FE00000000FF00FC000100FEFF", "fe80::fc:ff:fffe:1");
        check("0000000000000000FFFF00000100007F", "127.0.0.1");
    }

    #[cfg(target_endian = "little")]
    #[test]
    fn udp_receives_from_anyone_or_is_connected() {
        check(
            Transport::Udp,
            "  123: 00000000:14E9 00000000:0000 07 00000000:00000000 00:00000000 00000000   101        0 19 2 0 0\n\
             65535: 0100007F:C350 08080808:0035 01 00000000:00000000 00:00000000 00000000     0        0 20 2 0 0",
            "0.0.0.0:5353 Listening of 101 19, 127.0.0.1:50000 to 8.8.8.8:53 Connected of 0 20",
        );
    }

    #[test]
    fn what_is_no_socket_is_passed_over() {
        let sockets = read(
            Transport::Tcp,
            "\n\
             nonsense\n\
             0: 0100007F:1F9 00000000:0000 0A 0:0 0:0 0 0 0 1\n\
             0: 0100007F:0000 00000000:0000 0A 0:0 0:0 0 0 0 1\n\
             0: 0100007G:1F90 00000000:0000 0A 0:0 0:0 0 0 0 1\n\
             0: 0100007F0:1F90 00000000:0000 0A 0:0 0:0 0 0 0 1\n\
             0: 0100007F:1F90 00000000:0000 0A 0:0 0:0 0 0 0\n\
             0: 0100007F:1F90 00000000:0000 0A 0:0 0:0 0 0 0 99999999999999999999\n\
             0: 0100007F:1F90 00000000:0000 \u{e9} 0:0 0:0 0 0 0 1",
        );
        assert_eq!(sockets, []);
    }
}
