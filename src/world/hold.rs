//! Sockets that keep a port until a program starts, or that it is handed.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};

use socket2::{Domain, Socket, Type};

use crate::machine::Transport;
use crate::model::{Address, Port};

/// What is kept for a program that is about to start.
#[derive(Debug)]
pub enum Sockets {
    /// Nothing.
    None,
    /// Sockets that keep others off until the program starts.
    Held(Vec<Held>),
    /// Listening sockets that the program is handed, under their names.
    Listening(Vec<(String, Listening)>),
}

/// A port that nobody else can bind while this is there.
#[derive(Debug)]
pub struct Held(#[expect(dead_code, reason = "it is there to be closed")] Socket);

/// A socket that listens, to be handed over.
#[derive(Debug)]
pub struct Listening(#[cfg_attr(not(unix), allow(dead_code, reason = "only Unix hands it over"))] Socket);

/// As many connections wait as the system allows.
const BACKLOG: i32 = 4096;

impl Held {
    /// Binds a port on every address, as the probe does, and keeps it. After
    /// the last connections of an earlier program it is bound as servers do it.
    ///
    /// # Errors
    /// What the system says, such as that the address is in use.
    pub fn everywhere(port: Port, transport: Transport, is_cooling: bool) -> io::Result<Self> {
        let bind = |address: IpAddr| bound(transport, SocketAddr::new(address, port.get()), is_cooling, 1);
        // One socket for both families; where there is no IPv6, for the other alone.
        let socket = match bind(IpAddr::V6(Ipv6Addr::UNSPECIFIED)) {
            Err(error) if error.kind() != io::ErrorKind::AddrInUse => bind(IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
            other => other,
        };
        socket.map(Self)
    }
}

impl Listening {
    /// Listens on the address of a service: `localhost` is 127.0.0.1.
    ///
    /// # Errors
    /// What the system says, such as that the address is in use.
    pub fn on(address: &Address, port: Port) -> io::Result<Self> {
        let address = match address {
            Address::Localhost => SocketAddr::from((Ipv4Addr::LOCALHOST, port.get())),
            Address::Ip(ip) => SocketAddr::new(*ip, port.get()),
            Address::Name(name) => (name.as_str(), port.get())
                .to_socket_addrs()?
                .next()
                .ok_or_else(|| io::Error::other(format!("`{name}` has no address")))?,
        };
        // What only waits in TIME_WAIT is no owner, and no server minds it.
        bound(Transport::Tcp, address, true, BACKLOG).map(Self)
    }
}

#[cfg(unix)]
impl From<Listening> for std::os::fd::OwnedFd {
    fn from(listening: Listening) -> Self {
        listening.0.into()
    }
}

/// A bound socket, closed when a program is started; for TCP it listens.
fn bound(transport: Transport, address: SocketAddr, as_servers: bool, backlog: i32) -> io::Result<Socket> {
    let kind = match transport {
        Transport::Tcp => Type::STREAM,
        Transport::Udp => Type::DGRAM,
    };
    let socket = Socket::new(Domain::for_address(address), kind, None)?;
    // Windows means something else by it: there two programs would share the port.
    if cfg!(unix) && as_servers && transport == Transport::Tcp {
        socket.set_reuse_address(true)?;
    }
    if address.ip() == IpAddr::V6(Ipv6Addr::UNSPECIFIED) {
        // Where a system knows no dual stack, the address is bound all the same.
        drop(socket.set_only_v6(false));
    }
    socket.bind(&address.into())?;
    if transport == Transport::Tcp {
        socket.listen(backlog)?;
    }
    Ok(socket)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::{Binding, Machine};
    use crate::model::Protocol;
    use crate::world::ThisMachine;

    fn free_port() -> Port {
        let any =
            bound(Transport::Tcp, SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), false, 1).expect("a socket");
        let address = any.local_addr().expect("an address").as_socket().expect("of the internet");
        Port::new(address.port()).expect("a port")
    }

    #[test]
    fn nobody_else_binds_a_port_that_is_held() {
        let port = free_port();
        let held = [Transport::Tcp, Transport::Udp]
            .map(|transport| Held::everywhere(port, transport, false).expect("a free port"));
        let machine = ThisMachine::new();
        assert_eq!(machine.bind(port, Protocol::Tcp), Binding::InUse);
        assert_eq!(machine.bind(port, Protocol::Udp), Binding::InUse);
        assert!(Listening::on(&Address::Localhost, port).is_err());
        drop(held);
        assert_eq!(machine.bind(port, Protocol::Both), Binding::Free);
    }

    #[test]
    fn localhost_is_handed_over_as_one_address() {
        let port = free_port();
        let listening = Listening::on(&Address::Localhost, port).expect("a free port");
        let address = listening.0.local_addr().expect("an address").as_socket();
        assert_eq!(address, Some(SocketAddr::from((Ipv4Addr::LOCALHOST, port.get()))));
    }
}
