//! Many at once, and killed at any moment: no number twice, none lost,
//! nothing half given.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use super::{Machine, free_range};

/// The numbers of every grant.
#[track_caller]
fn given(machine: &Machine, folder: &Path) -> Vec<u64> {
    let text = machine.ok(folder, &["list", "--all", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let rows = json["ports"].as_array().expect("rows").iter();
    rows.map(|row| row["port"].as_u64().expect("a number")).collect()
}

fn start(machine: &Machine, folder: &Path, arguments: &[&str]) -> Child {
    let mut command = machine.command(folder, arguments);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("portgen")
}

#[test]
fn a_hundred_at_once_five_times_each_get_five_hundred_numbers() {
    let machine = Machine::new();
    let folder = machine.folder("shop");
    let first = free_range(600);
    let range = format!("{first}-{}", first + 599);
    let arguments = ["reserve", "--quiet", "--range", &range];
    let mut all = BTreeSet::new();
    std::thread::scope(|scope| {
        let mine = || {
            let mut numbers = Vec::new();
            for _ in 0..5 {
                let output = start(&machine, &folder, &arguments).wait_with_output().expect("it ends");
                assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
                let number: u16 = String::from_utf8_lossy(&output.stdout).trim().parse().expect("a number");
                numbers.push(number);
            }
            numbers
        };
        let threads: Vec<_> = (0..100).map(|_| scope.spawn(mine)).collect();
        for thread in threads {
            for number in thread.join().expect("no thread fails") {
                assert!(all.insert(number), "{number} was given twice");
            }
        }
    });
    assert_eq!(all.len(), 500);
    assert_eq!(given(&machine, &folder).len(), 500, "none is lost");
    assert!(all.iter().all(|number| (first..first + 600).contains(number)));
}

#[test]
fn of_two_that_reserve_one_name_at_once_one_wins() {
    for _ in 0..10 {
        let machine = Machine::new();
        let folder = machine.folder("shop");
        let both = [0, 1].map(|_| start(&machine, &folder, &["reserve", "api"]));
        let outputs = both.map(|child| child.wait_with_output().expect("it ends"));
        let codes: BTreeSet<_> = outputs.iter().map(|output| output.status.code()).collect();
        assert_eq!(codes, BTreeSet::from([Some(0), Some(1)]), "{outputs:?}");
        let loser = outputs.iter().find(|output| !output.status.success()).expect("one loses");
        let said = String::from_utf8_lossy(&loser.stderr);
        assert!(said.starts_with("Error: Service 'api' already has a reserved port: "), "{said}");
        assert_eq!(given(&machine, &folder).len(), 1);
    }
}

#[test]
fn a_process_killed_at_any_moment_leaves_a_store_that_opens_with_nothing_half_given() {
    let machine = Machine::new();
    let folder = machine.folder("shop");
    let first = free_range(400);
    let range = format!("{first}-{}", first + 399);
    let mut count = 0;
    for round in 0..60_u64 {
        let mut child = start(&machine, &folder, &["reserve", "--count", "3", "--range", &range]);
        std::thread::sleep(Duration::from_micros(round * 400));
        child.kill().expect("our own child");
        child.wait().expect("it ends");
        let numbers = if machine.ledger().exists() { given(&machine, &folder) } else { Vec::new() };
        assert!(numbers.len() == count || numbers.len() == count + 3, "round {round}: {numbers:?}");
        count = numbers.len();
    }
    let before = given(&machine, &folder);
    let number = machine.reserve(&folder, &["--range", &range]);
    assert!(!before.contains(&u64::from(number)), "{number} was given already");
}

/// Kills portgen at the n-th call of each system call that writes.
#[cfg(target_os = "linux")]
#[test]
fn a_process_killed_at_every_write_leaves_what_was_before_or_what_comes_after() {
    const CALLS: [&str; 9] =
        ["pwrite64", "write", "fdatasync", "fsync", "ftruncate", "unlink", "linkat", "link", "openat"];
    if !can_inject() {
        return crate::consumers::skipped("a_process_killed_at_every_write: strace cannot be used here");
    }
    let mut kills = 0;
    for has_store in [false, true] {
        for call in CALLS {
            for n in 1..400 {
                let machine = Machine::new();
                let folder = machine.folder("shop");
                if has_store {
                    machine.reserve(&folder, &["first"]);
                }
                let killed = inject(&machine, &folder, call, n);
                let numbers = if machine.ledger().exists() { given(&machine, &folder) } else { Vec::new() };
                let base = usize::from(has_store);
                let place = format!("{call} {n}, with a store: {has_store}");
                assert!(numbers.len() == base || numbers.len() == base + 2, "{place}: {numbers:?}");
                let next = machine.reserve(&folder, &["next"]);
                assert!(!numbers.contains(&u64::from(next)), "{place}: {next} was given already");
                if !killed {
                    break;
                }
                kills += 1;
            }
        }
    }
    assert!(kills > 30, "{kills}");
}

#[cfg(target_os = "linux")]
fn can_inject() -> bool {
    let mut probe = std::process::Command::new("strace");
    probe.args(["-qq", "-o", "/dev/null", "-e", "inject=write:signal=KILL:when=9999", "true"]);
    probe.stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// Runs `reserve --count 2`, killed at the n-th such call; whether it was.
#[cfg(target_os = "linux")]
fn inject(machine: &Machine, folder: &Path, call: &str, n: usize) -> bool {
    let mut command = std::process::Command::new("strace");
    command.args(["-f", "-qq", "-o", "/dev/null"]);
    command.args(["-e", &format!("trace={call}"), "-e", &format!("inject={call}:signal=KILL:when={n}")]);
    command.arg(env!("CARGO_BIN_EXE_portgen")).args(["reserve", "--count", "2"]);
    command.current_dir(folder).env("PORTGEN_LEDGER", machine.ledger());
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("strace");
    !status.success()
}
