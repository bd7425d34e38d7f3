//! Tables of machines, and what is said of them.

use super::*;
use crate::machine::fake::Fake;
use crate::machine::{Binding, Socket};

fn port(number: u16) -> Port {
    Port::new(number).unwrap()
}

/// `ADDRESS PORT PID [USER]`, or `cooling PORT`; root's, where nothing is said.
fn socket(line: &str) -> Socket {
    let words: Vec<&str> = line.split(' ').collect();
    let state = if words[0] == "cooling" { SocketState::Cooling } else { SocketState::Listening };
    Socket {
        transport: Transport::Tcp,
        address: words[0].parse().unwrap_or(IpAddr::from([127, 0, 0, 1])),
        port: port(words[1].parse().unwrap()),
        remote: None,
        state,
        user: Some(words.get(3).map_or(0, |user| user.parse().unwrap())),
        inode: words.get(2).map_or(0, |pid| pid.parse().unwrap()),
    }
}

/// `PID PARENT NAME FOLDER [SERVICE]`, the name being the command, with `_` for spaces.
fn process(line: &str) -> Process {
    let words: Vec<&str> = line.split(' ').collect();
    let marks = words.get(4).map(|service| {
        [("PORTGEN_PROJECT", "shop"), ("PORTGEN_CHECKOUT", "/shop"), ("PORTGEN_SERVICE", service)]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec()
    });
    let command: Vec<String> = words[2].split('_').map(str::to_owned).collect();
    Process {
        pid: words[0].parse().unwrap(),
        parent: words[1].parse().unwrap(),
        name: command[0].clone(),
        command,
        folder: Some(words[3].into()),
        user: Some(1000),
        marks: marks.unwrap_or_default(),
    }
}

fn homes() -> Vec<Home> {
    let home = |project: &str, folder: &str| Home {
        project: project.to_owned(),
        checkout: "main".to_owned(),
        folder: folder.into(),
    };
    vec![home("shop", "/shop"), home("nested", "/shop/nested")]
}

fn api() -> Expected {
    Expected {
        home: 0,
        service: Some("api".to_owned()),
        port: Some(port(4000)),
        protocol: Protocol::Tcp,
        bind: Some(Address::Localhost),
        command: Some("node api.js --port {{ port }}".to_owned()),
        has_container: false,
        lease: None,
    }
}

/// What is said of `api` on 4000 and `web` on 4001, and of stray ports.
fn said(sockets: &[&str], processes: &[&str], expected: &[Expected]) -> (Vec<Seen>, Vec<u16>) {
    let sockets = sockets.iter().map(|line| socket(line)).collect();
    let processes = processes.iter().map(|line| process(line)).collect();
    let machine = Fake::new(sockets, processes, Binding::Free);
    let (seen, strays) = judge(&machine, &homes(), 1, expected);
    (seen, strays.iter().map(|stray| stray.port.get()).collect())
}

#[track_caller]
fn check(sockets: &[&str], processes: &[&str], expect: &str) -> Seen {
    let web = Expected { service: Some("web".to_owned()), port: Some(port(4001)), command: None, ..api() };
    let (seen, strays) = said(sockets, processes, &[api(), web]);
    let words: Vec<&str> = seen.iter().map(|seen| seen.state.as_str()).collect();
    assert_eq!(format!("{} {strays:?}", words.join(" ")), expect, "{seen:#?}");
    seen[0].clone()
}

#[test]
fn one_word_a_port() {
    check(&[], &[], "down down []");
    check(&["cooling 4000"], &[], "cooling down []");
    check(&["127.0.0.1 4000 7"], &["7 1 node /shop"], "up down []");
    check(&["127.0.0.1 4000 7"], &["7 1 node /shop/nested/src"], "foreign down []");
    check(&["127.0.0.1 4000 7"], &["7 1 node /elsewhere"], "foreign down []");
    check(&["127.0.0.1 4000 7"], &["7 1 node /elsewhere api"], "up down []");
    check(&["127.0.0.1 4000 7"], &[], "foreign down []");
    check(&["0.0.0.0 4000 7"], &["7 1 node /shop"], "exposed down []");
    check(&["127.0.0.1 4000 7", "127.0.0.1 5000 7"], &["7 1 node /shop"], "up down [5000]");
    // A listener on an address that is not the service's is in nobody's way.
    check(&["127.0.0.53 4000 7"], &["7 1 dns /elsewhere"], "down down []");
}

#[test]
fn a_program_in_the_wrong_place_is_named_with_both_numbers() {
    let seen = check(&["127.0.0.1 5000 7"], &["7 1 python /shop api"], "wrong-port down []");
    assert_eq!(seen.elsewhere, [port(5000)]);
    assert_eq!(seen.note.as_deref(), Some("it listens on 5000, and 4000 is its own"));
    check(&["127.0.0.1 5000 7"], &["7 1 node_api.js_--port_5000 /shop"], "wrong-port down []");
    check(&["127.0.0.1 5000 7"], &["7 1 node_web.js_--port_5000 /shop"], "down down [5000]");
    check(&["127.0.0.1 5000 7"], &["7 1 node_api.js_--port_5000 /elsewhere"], "down down []");
    let seen = check(
        &["127.0.0.1 4000 8", "127.0.0.1 5000 7"],
        &["7 1 node /shop api", "8 1 ruby /elsewhere"],
        "wrong-port down []",
    );
    assert_eq!(
        seen.note.as_deref(),
        Some("it listens on 5000, and 4000 is its own; ruby (pid 8) has its own")
    );
    // One that was started as another service, and left that one's number.
    check(&["127.0.0.1 4000 7"], &["7 1 node /shop web"], "foreign wrong-port []");
    // One that serves both.
    check(&["127.0.0.1 4000 7", "127.0.0.1 4001 7"], &["7 1 node /shop web"], "up up []");
}

#[test]
fn several_programs_share_a_port_and_workers_do_not() {
    let both = ["127.0.0.1 4000 7", "127.0.0.1 4000 8"];
    check(&both, &["7 1 node /shop", "8 1 ruby /elsewhere"], "shared down []");
    check(&both, &["7 5 node_a /shop", "8 5 node_a /shop", "5 1 sh /shop"], "shared down []");
    // A parent and its child, and the workers of a master.
    check(&both, &["7 1 node /shop", "8 7 node /shop"], "up down []");
    check(&both, &["7 5 node_a /shop", "8 5 node_a /shop", "5 1 node_a /shop"], "up down []");
    check(&["127.0.0.1 4000 7", "192.0.2.1 4000 8"], &["7 1 node /shop", "8 1 x /"], "shared down []");
}

#[test]
fn what_listens_for_a_container_is_its_own_and_not_seen() {
    let container = Expected { has_container: true, ..api() };
    for processes in [&[][..], &["7 1 docker-proxy /"][..]] {
        let (seen, _) = said(&["127.0.0.1 4000 7"], processes, std::slice::from_ref(&container));
        assert_eq!((seen[0].state, seen[0].owners.len()), (PortState::Up, 0));
        assert!(seen[0].note.as_ref().is_some_and(|note| note.contains("container")), "{seen:?}");
    }
    let (seen, _) = said(&["127.0.0.1 4000 7"], &["7 1 ruby /elsewhere"], std::slice::from_ref(&container));
    assert_eq!(seen[0].state, PortState::Foreign);
    // Another user's program that is not root's is no helper of an engine.
    let (seen, _) = said(&["127.0.0.1 4000 7 110"], &[], &[container]);
    assert_eq!(seen[0].state, PortState::Foreign);
}

#[test]
fn a_container_of_another_project_is_a_stranger_where_its_engine_tells() {
    let check = |folder: Option<&str>, state: PortState, note: &str| {
        let sockets = vec![socket("127.0.0.1 4000 7 0")];
        let mut machine = Fake::new(sockets, vec![process("7 1 docker-proxy /")], Binding::Free);
        let ports = vec![(port(4000), Protocol::Tcp)];
        let folder = folder.map(PathBuf::from);
        machine.containers = vec![Container { name: "db-1".to_owned(), folder, service: None, ports }];
        let expected = [Expected { has_container: true, ..api() }];
        let (seen, _) = judge(&machine, &homes(), 1, &expected);
        assert_eq!((seen[0].state, seen[0].note.as_deref()), (state, Some(note)));
    };
    check(Some("/shop"), PortState::Up, "its container db-1 listens");
    check(Some("/shop/deploy"), PortState::Up, "its container db-1 listens");
    check(None, PortState::Up, "its container db-1 listens");
    let stranger = "docker-proxy (pid 7), container db-1 listens there";
    check(Some("/bank"), PortState::Foreign, stranger);
}

#[test]
fn a_lease_says_whose_it_is() {
    let leased = Expected { lease: Some(5), service: None, bind: None, ..api() };
    let processes = ["7 6 node /tmp", "6 5 sh /tmp", "5 1 agent /tmp"];
    let (seen, _) = said(&["0.0.0.0 4000 7"], &processes, &[leased]);
    assert_eq!(seen[0].state, PortState::Up);
}
