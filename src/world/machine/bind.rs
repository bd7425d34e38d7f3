//! Whether a port can be bound: tried, on every address, and given back.
//!
//! Never with `SO_REUSEADDR`, which says "free" of a port that a program keeps
//! bound or that waits in TIME_WAIT, and never by connecting: a closed port of
//! the ephemeral range can connect to itself.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use socket2::{Domain, Socket, Type};

use crate::machine::{Binding, Transport};
use crate::model::{Port, Protocol};

const EVERYWHERE_V6: IpAddr = IpAddr::V6(Ipv6Addr::UNSPECIFIED);
const EVERYWHERE_V4: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

/// Linux refuses a wildcard where any address of the port is taken.
#[cfg(target_os = "linux")]
const ADDRESSES: &[IpAddr] = &[EVERYWHERE_V6, EVERYWHERE_V4];

/// Other systems let a wildcard stand beside one address, some of them even
/// where neither side asked for it: the addresses that services listen on are
/// tried by themselves.
#[cfg(not(target_os = "linux"))]
const ADDRESSES: &[IpAddr] =
    &[EVERYWHERE_V6, EVERYWHERE_V4, IpAddr::V6(Ipv6Addr::LOCALHOST), IpAddr::V4(Ipv4Addr::LOCALHOST)];

/// `EAFNOSUPPORT`, which the standard library has no name for.
#[cfg(unix)]
const NO_SUCH_FAMILY: i32 = rustix::io::Errno::AFNOSUPPORT.raw_os_error();
/// `WSAEAFNOSUPPORT`.
#[cfg(not(unix))]
const NO_SUCH_FAMILY: i32 = 10047;

/// Tries to bind a port on every address, for each transport of a protocol.
pub(super) fn bind(port: Port, protocol: Protocol) -> Binding {
    let each = Transport::of(protocol).iter().map(|transport| bind_everywhere(*transport, port));
    let refused = each.into_iter().find(|binding| *binding != Binding::Free);
    refused.unwrap_or(Binding::Free)
}

/// Tries one address after the other, each closed before the next: the two
/// wildcards would be in each other's way.
fn bind_everywhere(transport: Transport, port: Port) -> Binding {
    let mut any = false;
    for address in ADDRESSES {
        match hold(transport, SocketAddr::new(*address, port.get())) {
            Ok(held) => {
                drop(held);
                any = true;
            }
            Err(error) if is_absent(&error) => {}
            Err(error) => return refused(&error),
        }
    }
    if any { Binding::Free } else { Binding::Failed("this machine has no address to bind".to_owned()) }
}

/// A socket that is bound, and for TCP listens. It is closed on exec.
///
/// Windows has `SO_EXCLUSIVEADDRUSE` for this, which no safe interface sets:
/// there an address is bound plainly, which is refused where another program
/// has that same address, and the wildcards and loopbacks are tried each.
fn hold(transport: Transport, address: SocketAddr) -> io::Result<Socket> {
    let kind = match transport {
        Transport::Tcp => Type::STREAM,
        Transport::Udp => Type::DGRAM,
    };
    let socket = Socket::new(Domain::for_address(address), kind, None)?;
    if address.ip() == EVERYWHERE_V6 {
        // Where a system knows no dual stack, IPv4 is tried all the same.
        drop(socket.set_only_v6(false));
    }
    socket.bind(&address.into())?;
    if transport == Transport::Tcp {
        // What shares an address by agreement is found out only here.
        socket.listen(1)?;
    }
    Ok(socket)
}

/// Whether the machine has no such address, or nothing of its family: then
/// nobody can have a port of it.
fn is_absent(error: &io::Error) -> bool {
    error.kind() == ErrorKind::AddrNotAvailable || error.raw_os_error() == Some(NO_SUCH_FAMILY)
}

fn refused(error: &io::Error) -> Binding {
    match error.kind() {
        ErrorKind::AddrInUse => Binding::InUse,
        ErrorKind::PermissionDenied => Binding::Denied,
        _ => Binding::Failed(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_has_its_word() {
        let check = |error: io::Error, expect| assert_eq!(refused(&error), expect, "{error}");
        check(ErrorKind::AddrInUse.into(), Binding::InUse);
        check(ErrorKind::PermissionDenied.into(), Binding::Denied);
        check(io::Error::other("out of sockets"), Binding::Failed("out of sockets".to_owned()));
        assert!(is_absent(&ErrorKind::AddrNotAvailable.into()));
        assert!(is_absent(&io::Error::from_raw_os_error(NO_SUCH_FAMILY)));
        assert!(!is_absent(&ErrorKind::AddrInUse.into()));
    }

    #[test]
    fn no_probe_shares_or_is_inherited() {
        for transport in [Transport::Tcp, Transport::Udp] {
            let socket = hold(transport, SocketAddr::new(EVERYWHERE_V4, 0)).expect("a socket");
            assert!(!socket.reuse_address().expect("an option"));
            #[cfg(unix)]
            {
                assert!(!socket.reuse_port().expect("an option"));
                let flags = rustix::io::fcntl_getfd(&socket).expect("flags");
                assert!(flags.contains(rustix::io::FdFlags::CLOEXEC));
            }
        }
    }
}
