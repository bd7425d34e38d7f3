//! The ways to hold a port, each with the words that a look at it must give.

#![cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "the matrix is tried on Linux"))]

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use portgen::machine::{Machine, SocketState};
use portgen::model::Port;
use portgen::world::ThisMachine;
use socket2::{Domain, Socket, Type};

/// What holds a port: dropped, it lets go, in this order.
pub type Held = Vec<Socket>;

/// A way to hold a port.
pub struct Way {
    /// What it is called.
    pub name: String,
    /// Holds a port so.
    pub hold: Box<dyn Fn(u16) -> io::Result<Held>>,
    /// The verdict about TCP, as a word.
    pub tcp: &'static str,
    /// The verdict about UDP, as a word.
    pub udp: &'static str,
    /// The address that the verdict names.
    pub address: Option<IpAddr>,
    /// Whether the port is free as soon as it is let go.
    pub frees: bool,
}

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const LOOPBACK_V6: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);
const ANYWHERE: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
const ANYWHERE_V6: IpAddr = IpAddr::V6(Ipv6Addr::UNSPECIFIED);
const SECOND: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));

/// The addresses of the matrix: the name, the address, whether it is of IPv6 alone.
const ADDRESSES: [(&str, IpAddr, bool); 6] = [
    ("127.0.0.1", LOOPBACK, false),
    ("0.0.0.0", ANYWHERE, false),
    ("127.0.0.2", SECOND, false),
    ("::1", LOOPBACK_V6, false),
    (":: dual stack", ANYWHERE_V6, false),
    (":: v6-only", ANYWHERE_V6, true),
];

/// What a socket is told before it is bound.
#[derive(Clone, Copy, Default)]
struct Options {
    reuse_address: bool,
    reuse_port: bool,
    only_v6: bool,
}

fn bound(kind: Type, address: SocketAddr, options: Options) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), kind, None)?;
    socket.set_reuse_address(options.reuse_address)?;
    #[cfg(unix)]
    socket.set_reuse_port(options.reuse_port)?;
    if address.is_ipv6() {
        socket.set_only_v6(options.only_v6)?;
    }
    socket.bind(&address.into())?;
    Ok(socket)
}

fn listening(address: SocketAddr, options: Options) -> io::Result<Socket> {
    let socket = bound(Type::STREAM, address, options)?;
    socket.listen(16)?;
    Ok(socket)
}

/// Every way of the matrix.
pub fn ways() -> Vec<Way> {
    let mut ways = Vec::new();
    for (name, address, only_v6) in ADDRESSES {
        for reuse_address in [false, true] {
            let options = Options { reuse_address, only_v6, ..Options::default() };
            let suffix = if reuse_address { ", SO_REUSEADDR" } else { "" };
            ways.extend(plain(&format!("{name}{suffix}"), address, options));
        }
        if cfg!(unix) {
            ways.extend(pairs(name, address, Options { reuse_port: true, only_v6, ..Options::default() }));
        }
    }
    for (family, address) in [("IPv4", LOOPBACK), ("IPv6", LOOPBACK_V6)] {
        ways.extend(connections(family, address));
    }
    ways
}

fn way(name: String, hold: impl Fn(u16) -> io::Result<Held> + 'static) -> Way {
    Way { name, hold: Box::new(hold), tcp: "busy", udp: "free", address: None, frees: true }
}

/// One socket: listening, bound alone, of UDP.
fn plain(name: &str, address: IpAddr, options: Options) -> [Way; 3] {
    let at = move |port| SocketAddr::new(address, port);
    let listens = way(format!("listening on {name}"), move |port| Ok(vec![listening(at(port), options)?]));
    let is_bound =
        way(format!("bound to {name}"), move |port| Ok(vec![bound(Type::STREAM, at(port), options)?]));
    let receives =
        way(format!("UDP on {name}"), move |port| Ok(vec![bound(Type::DGRAM, at(port), options)?]));
    [
        Way { address: Some(address), ..listens },
        is_bound,
        Way { address: Some(address), tcp: "free", udp: "busy", ..receives },
    ]
}

/// Two sockets that share a port by agreement.
fn pairs(name: &str, address: IpAddr, options: Options) -> [Way; 3] {
    let at = move |port| SocketAddr::new(address, port);
    let listen = way(format!("a SO_REUSEPORT pair listening on {name}"), move |port| {
        Ok(vec![listening(at(port), options)?, listening(at(port), options)?])
    });
    let bind = way(format!("a SO_REUSEPORT pair bound to {name}"), move |port| {
        Ok(vec![bound(Type::STREAM, at(port), options)?, bound(Type::STREAM, at(port), options)?])
    });
    let receive = way(format!("a SO_REUSEPORT pair of UDP on {name}"), move |port| {
        Ok(vec![bound(Type::DGRAM, at(port), options)?, bound(Type::DGRAM, at(port), options)?])
    });
    [
        Way { address: Some(address), ..listen },
        bind,
        Way { address: Some(address), tcp: "free", udp: "busy", ..receive },
    ]
}

/// Ends of connections, and what is left of them.
fn connections(family: &str, address: IpAddr) -> Vec<Way> {
    let at = move |port| SocketAddr::new(address, port);
    let outbound = |way| Way { tcp: "outbound", ..way };
    let cooling = |way| Way { tcp: "cooling", frees: false, ..way };
    vec![
        outbound(way(format!("an outgoing connection, {family}"), move |port| {
            let (near, far) = connected(at(port), at(0))?;
            abort(&near)?;
            Ok(vec![near, far])
        })),
        outbound(way(format!("a connection whose listener is gone, {family}"), move |port| {
            let (near, far) = connected(at(0), at(port))?;
            abort(&far)?;
            Ok(vec![far, near])
        })),
        outbound(way(format!("a connection that nobody answers, {family}"), move |port| {
            let (mut all, busy) = crowded(at(0))?;
            let waiting = bound(Type::STREAM, at(port), Options::default())?;
            waiting.set_nonblocking(true)?;
            // It stays in SYN_SENT: the answer never comes.
            drop(waiting.connect(&busy.into()));
            all.insert(0, waiting);
            Ok(all)
        })),
        Way {
            address: Some(address),
            ..way(format!("a listener with a full backlog, {family}"), move |port| Ok(crowded(at(port))?.0))
        },
        Way {
            tcp: "free",
            udp: "outbound",
            ..way(format!("connected UDP, {family}"), move |port| {
                let near = bound(Type::DGRAM, at(port), Options::default())?;
                let far = bound(Type::DGRAM, at(0), Options::default())?;
                near.connect(&far.local_addr()?)?;
                Ok(vec![near, far])
            })
        },
        cooling(way(format!("TIME_WAIT of a client, {family}"), move |port| {
            let (near, far) = connected(at(port), at(0))?;
            drop((near, far));
            cooled(port)
        })),
        cooling(way(format!("TIME_WAIT of a server, {family}"), move |port| {
            let (near, far) = connected(at(0), at(port))?;
            drop(far);
            drop(near);
            cooled(port)
        })),
    ]
}

/// A connection from one address to another, and what listened is closed.
fn connected(from: SocketAddr, to: SocketAddr) -> io::Result<(Socket, Socket)> {
    let listener = listening(to, Options::default())?;
    let near = bound(Type::STREAM, from, Options::default())?;
    near.connect(&listener.local_addr()?)?;
    let (far, _) = listener.accept()?;
    Ok((near, far))
}

/// Lets a socket end its connection without TIME_WAIT.
fn abort(socket: &Socket) -> io::Result<()> {
    socket.set_linger(Some(std::time::Duration::ZERO))
}

/// A listener that accepts nobody, and more clients than it has room for.
fn crowded(address: SocketAddr) -> io::Result<(Held, SocketAddr)> {
    let listener = bound(Type::STREAM, address, Options::default())?;
    listener.listen(0)?;
    let address = listener.local_addr()?.as_socket().expect("an address");
    let mut all = vec![listener];
    for _ in 0..4 {
        let client = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
        client.set_nonblocking(true)?;
        drop(client.connect(&address.into()));
        all.push(client);
    }
    Ok((all, address))
}

/// Waits until both ends have said goodbye and the system alone has the port.
fn cooled(port: u16) -> io::Result<Held> {
    for _ in 0..500 {
        let machine = ThisMachine::new();
        let port = Port::new(port).expect("a port");
        if machine.sockets().at(port).iter().all(|socket| socket.state == SocketState::Cooling) {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    Ok(Vec::new())
}
