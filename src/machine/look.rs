//! A look at one port of a machine.

use super::Machine;
use super::socket::Socket;
use super::verdict::{Ban, Binding, Verdict};
use crate::model::{Port, Protocol};

/// Whether a port is free on a machine now, policies and claims aside: what
/// the socket table says of it, else what an attempt to bind it says.
///
/// Where a bind that succeeds is proof, it is tried first: most ports are free,
/// and a system takes milliseconds to list its sockets.
pub fn look(machine: &dyn Machine, port: Port, protocol: Protocol) -> Verdict {
    if machine.binding_is_proof() && machine.bind(port, protocol) == Binding::Free {
        return Verdict::Free;
    }
    if let Some((verdict, sockets)) = Verdict::of_sockets(machine.sockets(), port, protocol) {
        return with_owners(machine, verdict, &sockets);
    }
    match machine.bind(port, protocol) {
        // Most ports are free, and limits cost time to read.
        Binding::Free => Verdict::Free,
        // The system refuses: for its low number, or for a reason of its own.
        Binding::Denied if !machine.facts().is_privileged(port) => Verdict::Forbidden(Ban::Excluded),
        binding => Verdict::of_binding(binding, machine.facts().unprivileged_start),
    }
}

/// Whether a port is free, without who has it where it is not: for a search
/// that passes over many.
pub fn is_free(machine: &dyn Machine, port: Port, protocol: Protocol) -> bool {
    let is_listed = || Verdict::of_sockets(machine.sockets(), port, protocol).is_some();
    (machine.binding_is_proof() || !is_listed()) && machine.bind(port, protocol) == Binding::Free
}

/// The verdict with the programs that have the sockets it rests on.
fn with_owners(machine: &dyn Machine, verdict: Verdict, sockets: &[&Socket]) -> Verdict {
    match verdict {
        Verdict::Busy { address, .. } => Verdict::Busy { owners: machine.owners(sockets), address },
        Verdict::Outbound { remote, .. } => Verdict::Outbound { owners: machine.owners(sockets), remote },
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::*;
    use crate::machine::fake::Fake;
    use crate::machine::{Process, SocketState, Transport};

    fn socket(port: u16, transport: Transport, state: SocketState) -> Socket {
        Socket {
            transport,
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: Port::new(port).expect("a port"),
            remote: (state == SocketState::Connected).then(|| ([192, 0, 2, 1], 443).into()),
            state,
            user: None,
            inode: 7,
        }
    }

    /// What is said of a port, and how often binding was tried for it.
    fn said(sockets: Vec<Socket>, binding: Binding, port: u16, protocol: Protocol) -> (String, u32) {
        let node = Process { pid: 7, name: "node".to_owned(), ..Process::default() };
        let machine = Fake::new(sockets, vec![node], binding);
        let verdict = look(&machine, Port::new(port).expect("a port"), protocol);
        (format!("{} {verdict}", verdict.word()), machine.bound.get())
    }

    #[test]
    fn the_socket_table_decides_first() {
        use SocketState::{Connected, Cooling, Listening};
        use Transport::{Tcp, Udp};
        let check = |sockets: &[(Transport, SocketState)], protocol, expect: &str| {
            let sockets = sockets.iter().map(|(transport, state)| socket(4000, *transport, *state)).collect();
            assert_eq!(said(sockets, Binding::Free, 4000, protocol), (expect.to_owned(), 0));
        };
        check(&[(Tcp, Listening)], Protocol::Tcp, "busy is in use on 127.0.0.1 by node (pid 7)");
        check(&[(Udp, Listening)], Protocol::Both, "busy is in use on 127.0.0.1 by node (pid 7)");
        let outbound = "outbound is the near end of a connection to 192.0.2.1:443 by node (pid 7)";
        check(&[(Tcp, Connected), (Tcp, Cooling)], Protocol::Tcp, outbound);
        check(
            &[(Tcp, Connected), (Tcp, Listening)],
            Protocol::Tcp,
            "busy is in use on 127.0.0.1 by node (pid 7)",
        );
        let cooling = "cooling had a connection a moment ago; the system frees it within a minute or two";
        check(&[(Tcp, Cooling)], Protocol::Tcp, cooling);
    }

    #[test]
    fn binding_decides_where_the_table_has_nothing() {
        let check = |port, binding: Binding, expect: &str| {
            let others = vec![
                socket(4000, Transport::Udp, SocketState::Listening),
                socket(4001, Transport::Tcp, SocketState::Listening),
            ];
            assert_eq!(said(others, binding, port, Protocol::Tcp), (expect.to_owned(), 1));
        };
        check(4000, Binding::Free, "free is free");
        check(4000, Binding::InUse, "busy is in use by a program that this user cannot see");
        check(
            80,
            Binding::Denied,
            "forbidden is privileged: on this machine only root may listen below 1024",
        );
        check(4000, Binding::Denied, "forbidden is one that this system keeps for itself");
        let failed = Binding::Failed("too many open files".to_owned());
        check(4000, failed, "unknown cannot be told to be free: too many open files");
    }
}
