//! Each way to hold a port, looked at: none is free, and each has its word.

#![cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "the matrix is tried on Linux"))]

use std::io::ErrorKind;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU16, Ordering};

use portgen::machine::{Binding, Machine, Verdict, look};
use portgen::model::{Port, Protocol};
use portgen::world::ThisMachine;

use super::holders::{Held, Way, ways};
use crate::consumers::skipped;
use crate::ledger;

/// The next port to try, apart from those of another run of these tests.
static NEXT: AtomicU16 = AtomicU16::new(0);

/// What a look at a port says now.
pub fn seen(port: Port, protocol: Protocol) -> Verdict {
    look(&ThisMachine::new(), port, protocol)
}

/// A port that nobody has, outside of what Linux gives to connections.
pub fn free_port() -> Port {
    loop {
        let step = NEXT.fetch_add(1, Ordering::Relaxed);
        let own = u16::try_from(std::process::id() % 180).expect("below 180") * 100;
        let port = Port::new(10_000 + (own + step) % 18_000).expect("a port");
        if seen(port, Protocol::Both).is_free() {
            return port;
        }
    }
}

/// Holds a free port; `None` where this machine has no such address.
fn held(way: &Way) -> Option<(Port, Held)> {
    for _ in 0..20 {
        let port = free_port();
        match (way.hold)(port.get()) {
            Ok(held) => return Some((port, held)),
            // Another test was faster.
            Err(error) if error.kind() == ErrorKind::AddrInUse => {}
            Err(error) => {
                skipped(&format!("{}: {error}", way.name));
                return None;
            }
        }
    }
    panic!("{}: no port could be held", way.name);
}

/// Holds a port in this way and looks at it; whether it could be held.
fn check(way: &Way) -> bool {
    let Some((port, held)) = held(way) else { return false };
    let both = if way.tcp == "free" { way.udp } else { way.tcp };
    for (protocol, word) in [(Protocol::Tcp, way.tcp), (Protocol::Udp, way.udp), (Protocol::Both, both)] {
        let verdict = seen(port, protocol);
        assert_eq!(verdict.word(), word, "{}, {protocol:?}: {verdict:?}", way.name);
        if word == "free" {
            continue;
        }
        // The socket table may be blind: binding alone must know it too.
        let binding = ThisMachine::new().bind(port, protocol);
        assert_eq!(binding, Binding::InUse, "{}, {protocol:?}", way.name);
        names_this_process(way, &verdict);
    }
    drop(held);
    if way.frees {
        assert_eq!(let_go(port), Verdict::Free, "{}, let go", way.name);
    }
    true
}

/// What is said of a port that was let go. A program that another test starts
/// this moment has the sockets of all until it is itself: it is waited for.
fn let_go(port: Port) -> Verdict {
    let patience = 500;
    let mut looks = (0..patience).map(|_| {
        std::thread::sleep(std::time::Duration::from_millis(2));
        seen(port, Protocol::Both)
    });
    looks.find(Verdict::is_free).unwrap_or_else(|| seen(port, Protocol::Both))
}

/// What the table of sockets shows, it shows with its program and its address.
fn names_this_process(way: &Way, verdict: &Verdict) {
    let own = |owners: &[portgen::machine::Process]| {
        assert!(owners.iter().any(|owner| owner.pid == std::process::id()), "{}: {verdict:?}", way.name);
    };
    match verdict {
        Verdict::Busy { owners, address } => {
            assert_eq!(*address, way.address.map(|address| address.to_string()), "{}", way.name);
            if address.is_some() {
                own(owners);
            }
        }
        Verdict::Outbound { owners, remote } => {
            own(owners);
            assert!(!remote.is_empty() || !cfg!(target_os = "linux"), "{}: {verdict:?}", way.name);
        }
        other => assert_eq!(*other, Verdict::Cooling, "{}", way.name),
    }
}

/// Every way of the matrix, each of which this machine can do.
pub fn every_way() -> usize {
    ways().iter().filter(|way| check(way)).count()
}

/// The same of the program: it refuses each held port with the verdict's
/// sentence, and gives its neighbour.
pub fn every_way_by_the_program() -> usize {
    let refused = |way: &Way| {
        let Some((port, held)) = held(way) else { return false };
        let protocol = if way.tcp == "free" { "udp" } else { "tcp" };
        let machine = ledger::Machine::new();
        let folder = machine.folder("shop");
        let ask = |wish: [&str; 2]| {
            machine.run(&folder, &["reserve", "--quiet", "api", "--protocol", protocol, wish[0], wish[1]])
        };
        let run = ask(["--port", &port.to_string()]);
        assert_eq!((run.code, run.stdout.as_str()), (1, ""), "{}: {run:?}", way.name);
        let expect = seen(port, if protocol == "udp" { Protocol::Udp } else { Protocol::Tcp }).to_string();
        let sentence = expect.split(" by ").next().unwrap_or_default();
        assert!(run.stderr.contains(sentence), "{}: {sentence}: {run:?}", way.name);
        let run = ask(["--range", &format!("{port}-{}", port.get() + 50)]);
        assert_eq!(run.code, 0, "{}: {run:?}", way.name);
        let given: u16 = run.stdout.trim().parse().expect("a number");
        assert!(given > port.get(), "{}: {run:?}", way.name);
        drop(held);
        true
    };
    ways().iter().filter(|way| refused(way)).count()
}

#[cfg(target_os = "linux")]
#[test]
fn no_port_that_is_held_in_any_way_is_free() {
    let tried = every_way();
    assert!(tried >= 60, "{tried} ways");
}

#[cfg(target_os = "linux")]
#[test]
fn the_program_gives_no_port_that_is_held_in_any_way() {
    let tried = every_way_by_the_program();
    assert!(tried >= 60, "{tried} ways");
}

#[test]
fn a_probe_that_reuses_addresses_would_be_fooled() {
    let way = ways().into_iter().find(|way| way.name == "bound to 127.0.0.1, SO_REUSEADDR");
    let (port, held) = held(&way.expect("a way")).expect("a port");
    if cfg!(unix) {
        let naive = TcpListener::bind((Ipv4Addr::LOCALHOST, port.get()));
        assert!(naive.is_ok(), "the standard library's bind sets SO_REUSEADDR: {naive:?}");
    }
    assert_eq!(ThisMachine::new().bind(port, Protocol::Tcp), Binding::InUse);
    drop(held);
}

#[test]
fn a_port_that_the_system_chose_for_a_connection_is_not_free() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let near = TcpStream::connect(listener.local_addr().expect("an address")).expect("a connection");
    let port = Port::new(near.local_addr().expect("an address").port()).expect("a port");
    assert_eq!(seen(port, Protocol::Tcp).word(), "outbound");
    assert_eq!(ThisMachine::new().bind(port, Protocol::Tcp), Binding::InUse);
}

#[test]
fn a_look_leaves_nothing_behind() {
    let port = free_port();
    for _ in 0..100 {
        seen(port, Protocol::Both);
    }
    // A sibling test that starts a program has copies of all sockets for a moment.
    let is_free = (0..100).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(10));
        seen(port, Protocol::Both) == Verdict::Free
    });
    assert!(is_free, "{:?}", seen(port, Protocol::Both));
}

#[cfg(target_os = "linux")]
#[test]
fn a_look_does_not_answer_those_who_call() {
    // A client that calls the port all the time gets through to no probe.
    let port = free_port();
    let call = move || TcpStream::connect((Ipv4Addr::LOCALHOST, port.get()));
    assert!(call().is_err(), "nobody listens");
    assert_eq!(seen(port, Protocol::Tcp), Verdict::Free);
    assert!(call().is_err(), "nobody listens after a look");
    assert_eq!(seen(port, Protocol::Tcp), Verdict::Free);
}
