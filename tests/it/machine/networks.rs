//! Machines with other networks, made of a network namespace each: the same
//! tests, started again inside. Where this machine permits none, that is said.

#![cfg(target_os = "linux")]

use std::net::{TcpListener, TcpStream};
use std::process::Command;

use portgen::machine::{Machine, Verdict, look};
use portgen::model::{Port, PortRange, Protocol};
use portgen::world::ThisMachine;

use super::matrix::{every_way, every_way_by_the_program, free_port, seen};
use crate::consumers::skipped;
use crate::support::run;

/// Set for the tests that are started inside.
const INSIDE: &str = "PORTGEN_TEST_NETWORK";

/// What a script ends with where it cannot make the network it is for.
const CANNOT: i32 = 77;

/// Runs one of the tests of this file in a network of its own.
fn inside(test: &str, prepare: &str, start: &str) {
    let program = std::env::current_exe().expect("this program");
    let script = format!(
        "{{ ip link set lo up && {prepare}; }} || exit {CANNOT}\n\
         {INSIDE}=1 exec {start} \"$0\" --ignored --exact --nocapture machine::networks::{test}"
    );
    let started = ["-rn", "-n"].into_iter().map(|namespaces| {
        let mut command = Command::new("unshare");
        command.args([namespaces, "sh", "-c", &script]).arg(&program);
        command
    });
    let mut reasons = Vec::new();
    for mut command in started {
        if which("unshare").is_none() {
            return skipped(&format!("{test}: there is no unshare"));
        }
        let run = run(&mut command);
        if run.stdout.contains("running 1 test") {
            assert_eq!(run.code, 0, "{test}: {}\n{}", run.stdout, run.stderr);
            assert!(run.stdout.contains("1 passed"), "{test}: {}", run.stdout);
            for what in run.stderr.lines().filter_map(|line| line.strip_prefix("skipped: ")) {
                skipped(&format!("{test}: {what}"));
            }
            return;
        }
        reasons.push(format!("{} ({})", run.stderr.trim(), run.code));
    }
    skipped(&format!("{test}: {}", reasons.join("; ")));
}

fn which(program: &str) -> Option<std::path::PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// Whether this was started inside; a test of the inside is nothing elsewhere.
fn is_inside() -> bool {
    std::env::var_os(INSIDE).is_some()
}

#[test]
fn a_machine_without_ipv6() {
    let prepare = "echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6";
    inside("without_ipv6", prepare, "");
}

#[test]
#[ignore = "started by the test above, in a network without IPv6"]
fn without_ipv6() {
    if !is_inside() {
        return;
    }
    let machine = ThisMachine::new();
    assert!(!machine.facts().has_ipv6, "{:?}", machine.facts());
    assert_eq!(seen(free_port(), Protocol::Both), Verdict::Free, "no IPv6 is not busy");
    let tried = (every_way(), every_way_by_the_program());
    assert!(tried.0 >= 40 && tried.0 == tried.1, "{tried:?} ways");
}

#[test]
fn a_machine_whose_ports_are_all_ephemeral() {
    inside("all_ephemeral", "echo 1024 65535 > /proc/sys/net/ipv4/ip_local_port_range", "");
}

#[test]
#[ignore = "started by the test above, in a network whose ports are all ephemeral"]
fn all_ephemeral() {
    if !is_inside() {
        return;
    }
    let facts = ThisMachine::new().facts().clone();
    assert_eq!(facts.ephemeral, PortRange::parse("1024-65535").ok());
    assert!(facts.is_ephemeral(free_port()));
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let connections: Vec<_> = (0..200)
        .map(|_| {
            let near = TcpStream::connect(address).expect("a connection");
            (near, listener.accept().expect("its other end"))
        })
        .collect();
    let machine = ThisMachine::new();
    for (near, _) in &connections {
        let port = near.local_addr().ok().and_then(|address| Port::new(address.port())).expect("a port");
        assert_eq!(look(&machine, port, Protocol::Tcp).word(), "outbound", "{port}");
    }
    let tried = (every_way(), every_way_by_the_program());
    assert!(tried.0 >= 40 && tried.0 == tried.1, "{tried:?} ways");
}

#[test]
fn a_machine_that_keeps_ports_and_opens_low_ones() {
    let prepare = "echo 20000-20099,30000 > /proc/sys/net/ipv4/ip_local_reserved_ports && \
                   echo 500 > /proc/sys/net/ipv4/ip_unprivileged_port_start";
    inside("keeps_and_opens", prepare, "");
}

#[test]
#[ignore = "started by the test above, in a network with limits of its own"]
fn keeps_and_opens() {
    if !is_inside() {
        return;
    }
    let facts = ThisMachine::new().facts().clone();
    assert_eq!(facts.kept_by_kernel.to_string(), "20000-20099, 30000");
    assert_eq!(facts.unprivileged_start, 500);
    assert!(facts.may_bind_privileged);
    let low = |number| seen(Port::new(number).expect("a port"), Protocol::Both);
    assert_eq!((low(499), low(500)), (Verdict::Free, Verdict::Free));
}

#[test]
fn a_user_without_privileges() {
    inside("unprivileged", "setpriv --bounding-set=-all true", "setpriv --bounding-set=-all --inh-caps=-all");
}

#[test]
#[ignore = "started by the test above, without any capability"]
fn unprivileged() {
    if !is_inside() {
        return;
    }
    let facts = ThisMachine::new().facts().clone();
    assert!(!facts.may_bind_privileged, "{facts:?}");
    assert_eq!(facts.unprivileged_start, 1024);
    for (number, word) in [(80, "forbidden"), (1023, "forbidden"), (1024, "free")] {
        let port = Port::new(number).expect("a port");
        for protocol in [Protocol::Tcp, Protocol::Udp] {
            assert_eq!(seen(port, protocol).word(), word, "{number} {protocol:?}");
        }
    }
}
