//! `doctor` on stores in every state, and what `--repair` makes of them.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Machine, free_range};

const PAGE: usize = 4096;

type Json = serde_json::Value;

fn json(text: &str) -> Json {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// A ledger with a project that declares a port, and one that was reserved.
fn known() -> (Machine, PathBuf, u16) {
    let machine = Machine::new();
    let table = "[project]\nname = \"shop\"\n[services.api]\nport = 23456\n";
    let folder = machine.project("shop", table);
    let first = free_range(3);
    let given = machine.reserve(&folder, &["scratch", "--range", &format!("{first}-{}", first + 2)]);
    machine.ok(&folder, &["dead", "add", "23999", "--reason", "a test"]);
    machine.ok(&folder, &["project", "assign", "shop", "23400-23499"]);
    (machine, folder, given)
}

/// The exit code of `doctor`, the codes of its errors, its answer.
fn doctor(machine: &Machine, folder: &Path) -> (i32, String, Json) {
    let run = machine.run(folder, &["doctor", "--format", "json"]);
    let answer = json(&run.stdout);
    let code = answer["errors"][0]["code"].as_str().unwrap_or_default().to_owned();
    assert_eq!(run.stderr.is_empty(), code.is_empty(), "{run:?}");
    (run.code, code, answer)
}

fn bytes(machine: &Machine) -> Vec<u8> {
    fs::read(machine.ledger()).expect("a ledger")
}

/// The ports that the ledger has, `23456 api` a line.
fn listed(machine: &Machine, folder: &Path) -> Vec<String> {
    let answer = json(&machine.ok(folder, &["list", "--all", "--format", "json"]));
    let ports = answer["ports"].as_array().expect("a list");
    let word = |port: &Json| format!("{} {}", port["port"], port["service"].as_str().unwrap_or("-"));
    ports.iter().map(word).collect()
}

#[test]
fn a_healthy_ledger_is_described_and_not_repaired() {
    let (machine, folder, _) = known();
    let (code, _, answer) = doctor(&machine, &folder);
    let ledger = &answer["ledger"];
    assert_eq!((&ledger["integrity"], &ledger["journal"]), (&"ok".into(), &"wal".into()));
    assert_eq!((&ledger["projects"], &ledger["grants"], &ledger["dead"]), (&1.into(), &1.into(), &1.into()));
    assert_eq!(ledger["path"], machine.ledger().to_string_lossy().as_ref());
    if cfg!(unix) {
        assert_eq!(ledger["mode"], "0600");
    }
    // The range of outgoing connections is this machine's own matter.
    let problems = answer["problems"].as_array().expect("a list");
    let is_limit = |problem: &Json| problem["message"].as_str().expect("a text").starts_with("outgoing");
    assert!(problems.iter().all(is_limit), "{answer}");
    assert_eq!(code, i32::from(!problems.is_empty()));

    let before = bytes(&machine);
    let said = machine.ok(&folder, &["doctor", "--repair"]);
    assert!(said.starts_with("Nothing to repair"), "{said}");
    assert_eq!(bytes(&machine), before);
}

#[test]
fn a_machine_without_a_ledger_is_told_of_and_gets_none() {
    let machine = Machine::new();
    let folder = machine.folder("empty");
    let (_, error, answer) = doctor(&machine, &folder);
    assert_eq!((error.as_str(), &answer["ledger"]["exists"]), ("", &false.into()));
    machine.ok(&folder, &["doctor", "--repair"]);
    assert!(!machine.ledger().exists());
}

#[test]
fn a_table_that_is_broken_is_a_problem() {
    let (machine, folder, _) = known();
    fs::write(folder.join("ports.toml"), "[project\n").expect("a file can be written");
    let (code, _, answer) = doctor(&machine, &machine.folder("other"));
    assert_eq!(code, 1);
    assert!(answer["problems"].to_string().contains("shop/ports.toml"), "{answer}");
}

#[test]
fn whichever_page_is_damaged_the_rest_is_saved() {
    let (machine, folder, given) = known();
    let sound = bytes(&machine);
    assert!(sound.len() > 5 * PAGE, "{}", sound.len());
    let mut repaired = 0;
    for page in 1..sound.len() / PAGE {
        let mut damaged = sound.clone();
        damaged[page * PAGE..(page + 1) * PAGE].fill(0xa5);
        fs::write(machine.ledger(), &damaged).expect("a file can be written");
        let (code, error, answer) = doctor(&machine, &folder);
        assert_eq!((code, error.as_str()), (4, "ledger-corrupt"), "page {page}: {answer}");
        assert!(answer["machine"]["system"].is_string(), "facts are told all the same");

        let answer = json(&machine.ok(&folder, &["doctor", "--repair", "--format", "json"]));
        repaired += 1;
        let aside = answer["aside"].as_str().expect("a path");
        assert!(aside.ends_with(&format!("ledger.db.damaged-{repaired}")), "{aside}");
        assert_eq!(fs::read(aside).expect("the damaged one"), damaged, "page {page}");
        let (_, error, after) = doctor(&machine, &folder);
        assert_eq!((error.as_str(), &after["ledger"]["integrity"]), ("", &"ok".into()), "page {page}");

        let list = listed(&machine, &folder);
        assert!(list.contains(&"23456 api".to_owned()), "page {page}: {list:?}");
        let is_kept = list.contains(&format!("{given} scratch"));
        let lost = answer["lost"].as_array().expect("a list");
        assert!(is_kept || !lost.is_empty(), "page {page}: {answer}");
    }
}

#[test]
fn a_store_that_was_cut_off_is_rebuilt_from_the_tables_that_are_named() {
    let (machine, folder, _) = known();
    let bank = machine.project("bank", "[project]\nname = \"bank\"\n[services.db]\nport = 23457\n");
    let sound = bytes(&machine);
    fs::write(machine.ledger(), &sound[..PAGE]).expect("a file can be written");
    let (code, error, _) = doctor(&machine, &folder);
    assert_eq!((code, error.as_str()), (4, "ledger-corrupt"));
    assert_eq!(machine.run(&folder, &["reserve", "x"]).code, 4, "nothing is read as no claims");
    let table = bank.join("ports.toml");
    let table = table.to_str().expect("a text");
    let said = machine.ok(&folder, &["doctor", "--repair", "--from", table]);
    assert!(said.contains("kept aside") && said.contains("lost: "), "{said}");
    assert!(said.contains("saved: the table of bank"), "{said}");
    let list = listed(&machine, &folder);
    assert!(list.contains(&"23456 api".to_owned()) && list.contains(&"23457 db".to_owned()), "{list:?}");
    machine.reserve(&folder, &["again"]);
}

#[test]
fn what_is_not_ours_to_repair_is_left_as_it_is() {
    let (machine, folder, _) = known();
    let mut newer = bytes(&machine);
    // `user_version` (sqlite.org/fileformat2.html, 1.3).
    newer[60..64].copy_from_slice(&99_u32.to_be_bytes());
    let mut other = bytes(&machine);
    other[68..72].copy_from_slice(b"mail");
    let stores: [(&[u8], &str); 4] = [
        (&newer, "ledger-newer"),
        (&other, "ledger-foreign"),
        (b"dear diary", "ledger-foreign"),
        (b"", "ledger-foreign"),
    ];
    for (store, expect) in stores {
        fs::write(machine.ledger(), store).expect("a file can be written");
        let (code, error, _) = doctor(&machine, &folder);
        assert_eq!((code, error.as_str()), (4, expect));
        let run = machine.run(&folder, &["doctor", "--repair"]);
        assert_eq!(run.code, 4, "{run:?}");
        assert_eq!(bytes(&machine), store, "{expect}");
        let names: Vec<String> = fs::read_dir(machine.ledger().parent().expect("a folder"))
            .expect("a folder")
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .filter(|name| name.contains("damaged"))
            .collect();
        assert!(names.is_empty(), "{names:?}");
    }
}

#[cfg(unix)]
#[test]
fn permissions_that_others_have_are_a_problem() {
    use std::os::unix::fs::PermissionsExt;
    let (machine, folder, _) = known();
    fs::set_permissions(machine.ledger(), fs::Permissions::from_mode(0o644)).expect("permissions");
    let run = machine.run(&folder, &["doctor"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stdout.contains("permissions are 0644"), "{run:?}");
}

#[test]
fn a_store_that_was_cut_off_at_a_page_keeps_what_is_left_of_it() {
    let machine = Machine::new();
    let folder = machine.folder("shop");
    let first = super::free_range(400);
    let range = format!("{first}-{}", first + 399);
    machine.ok(&folder, &["reserve", "--count", "300", "--range", &range]);
    let whole = fs::read(machine.ledger()).expect("a store");
    fs::write(machine.ledger(), &whole[..whole.len() - 4096]).expect("a file can be written");
    assert_eq!(machine.run(&folder, &["list", "--all"]).code, 4);
    machine.ok(&folder, &["doctor", "--repair"]);
    let left = machine.ok(&folder, &["list", "--all", "--format", "csv"]).lines().count();
    assert!(left > 100, "{left} of 300 grants and a heading");
    let next = machine.reserve(&folder, &["--range", &range]);
    assert!(next >= first + 100, "{next} was given before");
    let copies = fs::read_dir(machine.ledger().parent().expect("a folder")).expect("a folder");
    let names: Vec<_> = copies.map(|entry| entry.expect("an entry").file_name()).collect();
    assert!(!names.iter().any(|name| name.to_string_lossy().contains("copy")), "{names:?}");
}
