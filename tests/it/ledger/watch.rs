//! `status --watch` in a real pseudo terminal, and `map --machine`.

#[cfg(target_os = "linux")]
use std::process::Command;

use super::{Machine, free_range};

/// Starts it, uses it, leaves it in every way, and looks at the terminal then.
#[cfg(target_os = "linux")]
const SCRIPT: &str = include_str!("watch.py");

#[cfg(target_os = "linux")]
#[test]
fn a_terminal_is_as_before_on_every_way_out() {
    let machine = Machine::new();
    let port = free_range(1);
    let folder =
        machine.project("shop", &format!("[project]\nname = \"shop\"\n[services.api]\nport = {port}\n"));
    let mut command = Command::new("python3");
    command.args(["-c", SCRIPT, env!("CARGO_BIN_EXE_portgen")]).arg(&folder);
    command.env("PORTGEN_LEDGER", machine.ledger());
    let run = crate::support::run(&mut command);
    assert_eq!(run.code, 0, "{run:#?}");
    assert_eq!(run.stdout.lines().last(), Some("plain"), "{run:#?}");
}

#[test]
fn a_map_of_this_machine_has_what_the_ledger_gave_and_one_without_does_not() {
    let machine = Machine::new();
    let port = free_range(2);
    let table = |name: &str| {
        format!(
            "[project]\nname = \"{name}\"\n[services.api]\nport = {port}\n[services.worker]\nport = \"auto\"\n"
        )
    };
    let shop = machine.project("shop", &table("shop"));
    let before = machine.ok(&shop, &["map"]);
    let bank = machine.project("bank", &table("bank"));
    machine.ok(&bank, &["project", "add"]);
    let given = machine.reserve(&shop, &["scratch", "--purpose", "a load test"]);
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let heard = listener.local_addr().expect("an address").port();
    assert_eq!(machine.ok(&shop, &["map"]), before, "the files are the same");
    assert!(before.contains("worker gets a number of it on each machine"), "{before}");

    let text = machine.ok(&shop, &["map", "--machine", "--format", "json"]);
    let map: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    let bands = map["bands"].as_array().expect("a list").iter();
    let entries: Vec<&serde_json::Value> =
        bands.flat_map(|band| band["entries"].as_array().expect("a list")).collect();
    let at = |port: u16| -> Vec<String> {
        let there = entries.iter().filter(|entry| entry["port"] == port);
        there.map(|entry| format!("{} {} {}", entry["holder"], entry["service"], entry["about"])).collect()
    };
    assert_eq!(map["machine"], true);
    assert_eq!(at(given), ["\"given\" \"scratch\" \"a load test\""]);
    assert_eq!(at(port), ["\"service\" \"api\" null", "\"elsewhere\" \"service api of project bank\" null"]);
    assert!(at(heard)[0].starts_with("\"listener\""), "{:?}", at(heard));
    let own = entries.iter().find(|entry| entry["service"] == "api").expect("the service");
    assert_eq!(own["collides"], serde_json::json!(["service api of project bank"]));
}
