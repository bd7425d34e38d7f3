//! What can be wrong with the file: each with its exit code and its message,
//! and nothing is ever read as "nothing is taken".

use std::fs;
use std::path::Path;

use super::Machine;
#[cfg(unix)]
use crate::consumers::skipped;
#[cfg(unix)]
use crate::support::run;

/// A machine with a ledger that holds one grant.
fn with_store() -> (Machine, std::path::PathBuf) {
    let machine = Machine::new();
    let folder = machine.folder("shop");
    machine.reserve(&folder, &["api"]);
    (machine, folder)
}

/// Every verb that looks into the ledger refuses it with 4, and leaves it as it is.
#[track_caller]
fn refused(machine: &Machine, folder: &Path, code: &str, message: &str) {
    let before = fs::read(machine.ledger()).ok();
    for arguments in
        [&["reserve", "x"][..], &["release", "api"], &["get", "api"], &["list", "--all"], &["gc"]]
    {
        let run = machine.run(folder, arguments);
        assert_eq!(run.code, 4, "{arguments:?}: {run:?}");
        assert!(run.stderr.contains(message), "{arguments:?}: {run:?}");
        assert_eq!(run.stdout, "", "{arguments:?}");
    }
    let run = machine.run(folder, &["reserve", "x", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
    assert_eq!(json["errors"][0]["code"], code, "{run:?}");
    assert_eq!(fs::read(machine.ledger()).ok(), before, "it is left as it is");
}

#[test]
fn a_file_that_is_empty_or_something_else_is_no_ledger() {
    let (machine, folder) = with_store();
    fs::write(machine.ledger(), "").expect("a file");
    refused(&machine, &folder, "ledger-foreign", "this file is empty");
    fs::write(machine.ledger(), "[project]\nname = \"x\"\n").expect("a file");
    refused(&machine, &folder, "ledger-foreign", "this file is no ledger");
    let other = rusqlite::Connection::open(machine.root().join("other.db")).expect("SQLite");
    other.execute_batch("CREATE TABLE cookies (name TEXT);").expect("a table");
    drop(other);
    fs::copy(machine.root().join("other.db"), machine.ledger()).expect("a copy");
    refused(&machine, &folder, "ledger-foreign", "a database of another program");
    fs::remove_file(machine.ledger()).expect("it is there");
    fs::create_dir(machine.ledger()).expect("a folder");
    let run = machine.run(&folder, &["reserve", "x"]);
    assert_eq!(run.code, 4, "{run:?}");
}

#[test]
fn a_store_that_was_cut_off_or_damaged_is_refused_wherever_it_was_hit() {
    let (machine, folder) = with_store();
    let whole = fs::read(machine.ledger()).expect("a store");
    for length in [17, 99, 100, 4096, whole.len() / 2, whole.len() - 1] {
        fs::write(machine.ledger(), &whole[..length]).expect("a file");
        refused(&machine, &folder, "ledger-corrupt", "the ledger is damaged");
    }
    for page in 0..whole.len() / 4096 {
        let mut bytes = whole.clone();
        let start = page * 4096 + if page == 0 { 100 } else { 0 };
        bytes[start..(page + 1) * 4096].fill(0xa5);
        fs::write(machine.ledger(), &bytes).expect("a file");
        let run = machine.run(&folder, &["list", "--all"]);
        let is_unused = run.code == 0 && run.stdout.contains("api");
        assert!(run.code == 4 || is_unused, "page {page}: {run:?}");
    }
    fs::write(machine.ledger(), &whole).expect("a file");
    assert!(machine.ok(&folder, &["list", "--all"]).contains("api"), "whole again");
}

#[test]
fn a_newer_store_is_refused_with_both_versions() {
    let (machine, folder) = with_store();
    let store = rusqlite::Connection::open(machine.ledger()).expect("SQLite");
    store.pragma_update(None, "user_version", 99).expect("a version");
    store.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(())).expect("no log");
    drop(store);
    refused(&machine, &folder, "ledger-newer", "the ledger has version 99, from a newer portgen");
}

#[cfg(unix)]
#[test]
fn the_file_and_its_folder_are_this_users_alone() {
    use std::os::unix::fs::PermissionsExt;
    let (machine, folder) = with_store();
    let mode = |path: &Path| fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
    assert_eq!(mode(&machine.ledger()), 0o600);
    assert_eq!(mode(machine.ledger().parent().expect("a folder")), 0o700);
    if std::os::unix::fs::chown(machine.ledger(), Some(65534), None).is_err() {
        return skipped("the_file_and_its_folder_are_this_users_alone: only root may give a file away");
    }
    refused(&machine, &folder, "ledger-not-ours", "the ledger belongs to user 65534");
}

/// A script in a mount namespace of its own; `None` where this machine allows none.
#[cfg(target_os = "linux")]
fn in_own_mounts(machine: &Machine, folder: &Path, script: &str) -> Option<crate::support::Run> {
    let shell = |script: &str| {
        let mut command = std::process::Command::new("unshare");
        command.args(["--mount", "--map-root-user", "sh", "-e", "-c", script]);
        command.current_dir(folder).env("PORTGEN_LEDGER", machine.ledger());
        run(&mut command)
    };
    if std::process::Command::new("unshare").arg("--version").output().is_err()
        || shell("mount -t tmpfs -o size=64k tmpfs .").code != 0
    {
        return None;
    }
    Some(shell(script))
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_gives_nothing_and_loses_nothing() {
    let (machine, folder) = with_store();
    let script = r#"
        store=$(dirname "$PORTGEN_LEDGER")
        mkdir disk && mount -t tmpfs -o size=256k tmpfs disk && cp -p "$PORTGEN_LEDGER" disk/
        export PORTGEN_LEDGER=$PWD/disk/ledger.db
        head -c 1000000 /dev/zero > disk/filler 2> /dev/null || true
        code=0; portgen reserve --count 200 > out || code=$?
        [ ! -s out ] || exit 90
        rm disk/filler
        [ "$(portgen list --all --format csv | wc -l)" = 2 ] || exit 91
        portgen reserve next > out || exit 92
        rm "$PORTGEN_LEDGER"*; head -c 1000000 /dev/zero > disk/filler 2> /dev/null || true
        portgen reserve first && exit 93
        rm disk/filler; portgen reserve first > out || exit 94
        exit $code"#;
    let Some(run) = in_own_mounts(&machine, &folder, script) else {
        return skipped("a_full_disk_gives_nothing_and_loses_nothing: nothing can be mounted here");
    };
    assert_eq!(run.code, 4, "{run:?}");
    assert!(
        run.stderr.contains("the disk that holds the ledger is full") || run.stderr.contains("No space left"),
        "{run:?}"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_read_only_folder_is_said_and_what_needs_no_ledger_goes_on() {
    let (machine, folder) = with_store();
    let script = r#"
        store=$(dirname "$PORTGEN_LEDGER")
        mount --bind "$store" "$store" && mount -o remount,ro,bind "$store"
        printf '[project]\nname = "p"\n[services.api]\nport = 23456\n[[output]]\npath = "x.json"\ntarget = "json"\n' > ports.toml
        portgen render > rendered || exit 90
        portgen check || exit 91
        rm ports.toml
        code=0; portgen reserve x || code=$?
        exit $code"#;
    let Some(run) = in_own_mounts(&machine, &folder, script) else {
        return skipped("a_read_only_folder_is_said: nothing can be mounted here");
    };
    assert_eq!(run.code, 4, "{run:?}");
    assert!(run.stderr.contains("cannot be"), "{run:?}");
}

#[cfg(unix)]
#[test]
fn paths_that_are_no_text_and_homes_that_are_links_are_kept_as_they_are() {
    use std::os::unix::ffi::OsStringExt;
    let machine = Machine::new();
    // macOS takes only UTF-8.
    let odd = if cfg!(target_os = "macos") { "shöp".into() } else { b"sh\xffop".to_vec() };
    let odd = std::ffi::OsString::from_vec(odd);
    let folder = machine.root().join(odd);
    fs::create_dir(&folder).expect("a folder");
    let port = machine.reserve(&folder, &["api"]);
    assert_eq!(machine.ok(&folder, &["get", "api"]), format!("{port}\n"));
    let home = machine.folder("home");
    let link = machine.root().join("link");
    std::os::unix::fs::symlink(&home, &link).expect("a link");
    let port = machine.reserve(&home, &["web"]);
    assert_eq!(machine.ok(&link, &["get", "web"]), format!("{port}\n"), "one folder, whatever its name");
}

#[cfg(unix)]
#[test]
fn a_link_to_nothing_is_no_empty_ledger() {
    let machine = Machine::new();
    let folder = machine.folder("shop");
    let link = machine.root().join("link.db");
    std::os::unix::fs::symlink("/nowhere/ledger.db", &link).expect("a link");
    for arguments in [&["reserve", "api"][..], &["list", "--all"], &["who", "20000"]] {
        let run = run(machine.command(&folder, arguments).env("PORTGEN_LEDGER", &link));
        assert_eq!(run.code, 4, "{arguments:?}: {run:?}");
        assert!(run.stderr.contains("a link to /nowhere/ledger.db, which is not there"), "{run:?}");
    }
}
