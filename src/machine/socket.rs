//! The sockets of a machine, as of one moment.

use std::net::{IpAddr, SocketAddr};

use crate::model::{Port, Protocol};

/// The transport of one socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Transport {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
}

impl Transport {
    /// Those of a protocol.
    pub fn of(protocol: Protocol) -> &'static [Self] {
        match protocol {
            Protocol::Tcp => &[Self::Tcp],
            Protocol::Udp => &[Self::Udp],
            Protocol::Both => &[Self::Tcp, Self::Udp],
        }
    }

    /// `tcp` or `udp`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
        }
    }
}

/// What a socket does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SocketState {
    /// It accepts connections (TCP), or receives from anyone (UDP).
    Listening,
    /// It is one end of a connection, coming up, standing or going down.
    Connected,
    /// The connection is over, and the system keeps the port for a while: TIME_WAIT.
    Cooling,
}

/// A socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Socket {
    /// TCP or UDP.
    pub transport: Transport,
    /// The address that it is bound to, on this machine.
    pub address: IpAddr,
    /// The port that it is bound to, on this machine.
    pub port: Port,
    /// The other end, for a connection.
    pub remote: Option<SocketAddr>,
    /// What it does.
    pub state: SocketState,
    /// The user that opened it; `None` where the system does not tell.
    pub user: Option<u32>,
    /// What the system calls it: an inode on Linux, elsewhere the number of its
    /// process; 0 where nobody has it open any more.
    pub inode: u64,
}

/// All sockets of a machine, ordered by port.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SocketTable {
    sockets: Vec<Socket>,
}

impl SocketTable {
    /// A table of these sockets.
    pub fn new(mut sockets: Vec<Socket>) -> Self {
        sockets.sort_by_key(|socket| {
            (socket.port, socket.transport, socket.state, socket.address, socket.inode)
        });
        Self { sockets }
    }

    /// Every socket, ordered by port.
    pub fn all(&self) -> &[Socket] {
        &self.sockets
    }

    /// The sockets that are bound to a port of this machine.
    pub fn at(&self, port: Port) -> &[Socket] {
        let first = self.sockets.partition_point(|socket| socket.port < port);
        let rest = self.sockets.get(first..).unwrap_or_default();
        let count = rest.partition_point(|socket| socket.port == port);
        rest.get(..count).unwrap_or_default()
    }

    /// Those of them that speak a protocol.
    pub fn of(&self, port: Port, protocol: Protocol) -> impl Iterator<Item = &Socket> {
        let spoken = Transport::of(protocol);
        self.at(port).iter().filter(move |socket| spoken.contains(&socket.transport))
    }

    /// Those of them that accept connections.
    pub fn listeners(&self, port: Port, protocol: Protocol) -> impl Iterator<Item = &Socket> {
        self.of(port, protocol).filter(|socket| socket.state == SocketState::Listening)
    }
}
