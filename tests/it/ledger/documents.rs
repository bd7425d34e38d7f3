//! What the two documents that the ledger replaces say, reachable exactly.

use super::{Machine, free_range};

/// A range of so many ports that are free, as text.
fn range(count: u16) -> (u16, String) {
    let first = free_range(count);
    (first, format!("{first}-{}", first + count - 1))
}

#[test]
fn a_port_is_reserved_for_a_service_and_for_a_project_from_4000_on() {
    let machine = Machine::new();
    let folder = machine.folder("app");
    let said = machine.ok(&folder, &["reserve", "api", "--range", "4000-65535"]);
    let (number, rest) = said.strip_prefix("Reserved port ").and_then(|rest| rest.split_once(' ')).unwrap();
    assert_eq!(rest, "for service 'api'\n");
    let first: u16 = number.parse().unwrap();
    assert!((4000..4100).contains(&first), "the lowest that is free: {first}");
    let said = machine.ok(&folder, &["reserve", "--range", "4000-65535"]);
    assert!(said.starts_with("Reserved port 4") && said.ends_with(" for project\n"), "{said}");
    assert_ne!(said, format!("Reserved port {first} for project\n"));
}

#[test]
fn a_service_has_one_reserved_port_and_the_refusal_names_it() {
    let machine = Machine::new();
    let folder = machine.folder("app");
    let (first, range) = range(5);
    assert_eq!(machine.reserve(&folder, &["api", "--range", &range]), first);
    let refused = machine.run(&folder, &["reserve", "api", "--range", &range]);
    assert_eq!(refused.code, 1);
    assert_eq!(
        refused.stderr.lines().last(),
        Some(&*format!("Error: Service 'api' already has a reserved port: {first}"))
    );
    assert_eq!(refused.stdout, "");
    assert_eq!(machine.ok(&folder, &["get", "api"]), format!("{first}\n"), "it persists");
}

#[test]
fn a_project_reserves_as_many_as_it_likes() {
    let machine = Machine::new();
    let folder = machine.folder("app");
    let (first, range) = range(5);
    for expect in first..first + 3 {
        assert_eq!(machine.reserve(&folder, &["--range", &range]), expect);
    }
}

#[test]
fn a_registry_gives_in_sequence_reuses_what_is_released_and_skips_the_dead() {
    let machine = Machine::new();
    let folder = machine.folder("registry");
    let (first, range) = range(8);
    let reserve = || machine.reserve(&folder, &["--range", &range]);
    assert_eq!([reserve(), reserve(), reserve()], [first, first + 1, first + 2]);
    machine.ok(&folder, &["release", "--port", &(first + 1).to_string()]);
    assert_eq!(reserve(), first + 1, "the lowest free number is given again");
    let nobodys = (first + 7).to_string();
    assert!(machine.ok(&folder, &["release", "--port", &nobodys]).contains("was not reserved"), "no error");
    let dead = (first + 3).to_string();
    machine.ok(&folder, &["dead", "add", &dead, "--reason", "it failed to bind"]);
    assert_eq!(reserve(), first + 4, "a dead port is skipped");
    machine.ok(&folder, &["release", "--port", &dead]);
    assert_eq!(reserve(), first + 5, "a release does not revive it");
    machine.ok(&folder, &["dead", "revive", &dead]);
    assert_eq!(reserve(), first + 3);
}

#[test]
fn an_exhausted_range_is_said_with_its_size_and_an_exit_code_of_its_own() {
    let machine = Machine::new();
    let folder = machine.folder("registry");
    let (first, range) = range(3);
    let granted = machine.run(&folder, &["reserve", "--count", "3", "--range", &range]);
    assert_eq!(granted.stdout.lines().count(), 3, "{granted:?}");
    let refused = machine.run(&folder, &["reserve", "--range", &range]);
    assert_eq!(refused.code, 3, "{refused:?}");
    let expect = format!("error: no free port in {range} (--range): 3 of 3 are taken");
    assert!(refused.stderr.contains(&expect), "{refused:?}");
    machine.ok(&folder, &["release", "--port", &first.to_string()]);
    let both = machine.run(&folder, &["reserve", "--count", "2", "--range", &range]);
    assert_eq!(both.code, 3, "whole or not at all: {both:?}");
    assert_eq!(machine.reserve(&folder, &["--range", &range]), first);
}

#[test]
fn the_thousand_and_second_of_a_thousand_and_one_is_a_descriptive_error() {
    let machine = Machine::new();
    let folder = machine.folder("registry");
    // A port that is busy on this machine is taken as well as one that was given.
    let mut given = 0;
    loop {
        let run = machine.run(&folder, &["reserve", "--count", "50", "--range", "50000-51000"]);
        if run.code != 0 {
            break;
        }
        given += run.stdout.lines().count();
    }
    while machine.run(&folder, &["reserve", "--range", "50000-51000"]).code == 0 {
        given += 1;
    }
    assert!((900..=1001).contains(&given), "{given}");
    let refused = machine.run(&folder, &["reserve", "--range", "50000-51000"]);
    assert_eq!(refused.code, 3);
    assert!(refused.stderr.contains("no free port in 50000-51000"), "{refused:?}");
    assert!(refused.stderr.contains("1001 of 1001 are taken"), "{refused:?}");
}

#[test]
fn a_claim_lives_as_long_as_its_process() {
    let machine = Machine::new();
    let folder = machine.folder("registry");
    let (first, range) = range(3);
    let mut child = std::process::Command::new("sleep").arg("600").spawn().expect("sleep");
    let pid = child.id().to_string();
    assert_eq!(machine.reserve(&folder, &["--range", &range, "--lease", &pid]), first);
    assert_eq!(machine.reserve(&folder, &["--range", &range]), first + 1);
    child.kill().expect("our own child");
    child.wait().expect("it ends");
    assert_eq!(machine.reserve(&folder, &["--range", &range]), first, "gone with it");
    let refused = machine.run(&folder, &["reserve", "--lease", &pid]);
    assert_eq!(refused.code, 1);
    assert!(refused.stderr.contains("there is no process"), "{refused:?}");
}
