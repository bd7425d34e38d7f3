//! The house rules that a compiler does not know: what files open with, how
//! long they are, which room may use which, that none is forgotten.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use regex::Regex;

use crate::consumers::skipped;
use crate::support::{read, repository};

/// Lines of a file, its tests aside.
const MOST_LINES: usize = 400;

/// Every Rust file below a folder of the repository, sorted.
fn rust_files(folder: &str) -> Vec<PathBuf> {
    let files = walkdir::WalkDir::new(repository().join(folder)).sort_by_file_name().into_iter();
    let paths = files.map(|entry| entry.expect("it can be read").into_path());
    paths.filter(|path| path.extension().is_some_and(|end| end == "rs")).collect()
}

fn shown(path: &Path) -> String {
    let inside = path.strip_prefix(repository()).expect("it lies in the repository");
    inside.to_string_lossy().replace('\\', "/")
}

/// The files that a file's `mod name;` lines name, and whether each is for
/// tests alone.
fn submodules(path: &Path) -> Vec<(PathBuf, bool)> {
    let declaration =
        Regex::new(r#"(?m)^((?:#\[[^\n]*\]\n)*)(?:pub(?:\([a-z]+\))? )?mod (\w+);"#).expect("a pattern");
    let other_path = Regex::new(r#"#\[path = "([^"]+)"\]"#).expect("a pattern");
    let slice = Regex::new(r"(?m)^\w+! \{\n((?:    \w+\n)+)\}").expect("a pattern");
    let folder = path.parent().expect("a folder");
    let is_root = ["mod.rs", "lib.rs", "main.rs"].iter().any(|name| path.ends_with(name));
    let below = if is_root { folder.to_path_buf() } else { path.with_extension("") };
    let file = |attributes: &str, name: &str| match other_path.captures(attributes) {
        Some(other) => folder.join(&other[1]),
        None if below.join(name).is_dir() => below.join(name).join("mod.rs"),
        None => below.join(format!("{name}.rs")),
    };
    let text = read(path);
    let declared = declaration.captures_iter(&text);
    let declared = declared.map(|found| (file(&found[1], &found[2]), found[1].contains("#[cfg(test)]")));
    // The slices that name every file of a folder: `rules! { … }`, a word a line.
    let listed = slice.captures_iter(&text).flat_map(|found| {
        found.extract::<1>().1[0].split_whitespace().map(|name| (file("", name), false)).collect::<Vec<_>>()
    });
    // `targets!` names folders of templates, not modules.
    declared.chain(listed.filter(|(path, _)| path.exists())).collect()
}

/// Every file that is reached from one, with whether it is for tests alone.
fn reached(root: &Path) -> Vec<(PathBuf, bool)> {
    let mut all = vec![(root.to_path_buf(), false)];
    let mut next = 0;
    while let Some((path, is_test)) = all.get(next).cloned() {
        all.extend(submodules(&path).into_iter().map(|(path, only_test)| (path, is_test || only_test)));
        next += 1;
    }
    all
}

/// The library's files without those for tests, each with its text up to its
/// own tests.
fn library() -> Vec<(PathBuf, String)> {
    let own_tests = Regex::new(r"(?m)^#\[cfg\(test\)\]\n(?:#\[[^\n]*\]\n)*mod \w+ \{").expect("a pattern");
    let files = reached(&repository().join("src/lib.rs")).into_iter().filter(|(_, is_test)| !is_test);
    files
        .map(|(path, _)| {
            let text = read(&path);
            let end = own_tests.find(&text).map_or(text.len(), |found| found.start());
            (path, text[..end].to_owned())
        })
        .collect()
}

/// The rooms in the order of `lib.rs`: each may use those before it.
fn rooms() -> Vec<String> {
    let room = Regex::new(r"(?m)^pub mod (\w+);").expect("a pattern");
    let text = read(repository().join("src/lib.rs"));
    room.captures_iter(&text).map(|found| found[1].to_owned()).collect()
}

#[test]
fn every_file_opens_with_what_it_is_for() {
    for folder in ["src", "tests", "benches", "fuzz/src", "fuzz/fuzz_targets"] {
        for path in rust_files(folder) {
            let text = read(&path);
            assert!(text.starts_with("//! "), "{} does not open with `//! `", shown(&path));
        }
    }
}

#[test]
fn no_file_is_too_long() {
    for (path, text) in library() {
        let lines = text.lines().count();
        assert!(lines <= MOST_LINES, "{} has {lines} lines without its tests", shown(&path));
    }
}

#[test]
fn no_file_is_forgotten() {
    for (folder, roots) in [("src", &["src/lib.rs", "src/main.rs"][..]), ("tests", &["tests/it/main.rs"])] {
        let known: BTreeSet<PathBuf> =
            roots.iter().flat_map(|root| reached(&repository().join(root))).map(|(path, _)| path).collect();
        let there: BTreeSet<PathBuf> = rust_files(folder).into_iter().collect();
        let forgotten: Vec<String> = there.difference(&known).map(|path| shown(path)).collect();
        assert!(forgotten.is_empty(), "no `mod` names {forgotten:?}");
    }
}

#[test]
fn every_reader_has_a_fuzz_target() {
    let manifest = read(repository().join("fuzz/Cargo.toml"));
    let names = portgen::readers::READERS.iter().map(|reader| reader.name);
    for name in names.chain(["sets", "repository"]) {
        let target = name.replace('-', "_");
        let text = read(repository().join(format!("fuzz/fuzz_targets/{target}.rs")));
        assert!(
            text.contains(&format!("(\"{name}\":")) || text.contains(&format!("::{name}(bytes)")),
            "{text}"
        );
        assert!(
            manifest.contains(&format!("path = \"fuzz_targets/{target}.rs\"")),
            "{target} is in no [[bin]]"
        );
    }
}

#[test]
fn every_room_is_a_module_and_uses_only_those_before_it() {
    let rooms = rooms();
    assert!(rooms.len() > 10, "{rooms:?}");
    let place = |name: &str| rooms.iter().position(|room| room == name);
    let used = Regex::new(r"\bcrate::(\w+)").expect("a pattern");
    let mut seen = BTreeSet::new();
    for (path, text) in library() {
        let inside = shown(&path);
        let room = inside.trim_start_matches("src/").split('/').next().unwrap_or("").trim_end_matches(".rs");
        let Some(own) = place(room) else {
            assert_eq!(room, "lib", "{inside} is in no room");
            continue;
        };
        seen.insert(own);
        for (number, line) in
            text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"))
        {
            for name in used.captures_iter(line).filter_map(|found| place(&found[1])) {
                assert!(name <= own, "{inside}:{}: {room} may not use {}: {line}", number + 1, rooms[name]);
            }
        }
    }
    assert_eq!(seen.len(), rooms.len());
}

#[test]
fn the_front_page_lists_the_rooms_in_their_order() {
    let row = Regex::new(r"(?m)^//! \| \[`(\w+)`\]").expect("a pattern");
    let text = read(repository().join("src/lib.rs"));
    let listed: Vec<String> = row.captures_iter(&text).map(|found| found[1].to_owned()).collect();
    assert_eq!(listed, rooms());
}

#[test]
fn the_disk_is_touched_in_one_room_alone() {
    let touches =
        Regex::new(r"\bstd::(fs|env|process)\b|\b(Tcp|Udp)(Listener|Socket|Stream)\b").expect("a pattern");
    // The command line ends the process; nothing else of it touches the machine.
    let ends = Regex::new(r"std::process::ExitCode").expect("a pattern");
    for (path, text) in library() {
        let inside = shown(&path);
        // A ledger keeps its own store, and a test may make a folder for one.
        if inside.starts_with("src/world/") || inside.starts_with("src/ledger/sqlite/") {
            continue;
        }
        for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
            assert!(!touches.is_match(line) || ends.is_match(line), "{inside}: {line}");
        }
    }
}

/// The one file that may send a signal: to the child that `run` started.
const SENDS_SIGNALS: [&str; 1] = ["src/world/child.rs"];

/// What ends a program or sends it a signal, by whatever way: the standard
/// library, rustix, libc, Windows, another program.
fn sends_a_signal() -> Regex {
    let sends = Regex::new(
        r#"(?x)
        \bkill\w*\s*\( | ::kill\w*\b | \btest_kill\w* | \b\w*send_?signal\w*\b | \btgkill\b | \braise\s*\(
        | \bSignal::\w+ | \bTerminate(Process|JobObject)\b | \bGenerateConsoleCtrlEvent\b
        | "(/\w+)*/?(kill|pkill|killall|skill|fuser|taskkill|xkill)(\.exe)?"
        "#,
    );
    sends.expect("a pattern")
}

#[test]
fn no_signal_is_sent_but_to_what_run_started() {
    let sends = sends_a_signal();
    for (path, text) in library() {
        let inside = shown(&path);
        // Readers know the words of other people's scripts.
        if SENDS_SIGNALS.contains(&inside.as_str()) || inside.starts_with("src/readers/") {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            let is_code = !line.trim_start().starts_with("//");
            assert!(!is_code || !sends.is_match(line), "{inside}:{}: {line}", number + 1);
        }
    }
    for line in [
        "child.kill()?;",
        "rustix::process::kill_process(pid, Signal::TERM)",
        "use rustix::process::kill_process_group;",
        "pidfd_send_signal(&pidfd, signal)",
        "Command::new(\"/usr/bin/pkill\")",
        "Command::new(\"taskkill\").arg(\"/F\")",
        "unsafe { libc::kill(pid, 15) }",
    ] {
        assert!(sends.is_match(line), "{line}");
    }
    for line in ["let killed = 1;", "skills(&x)", "let signals = Signals::new(&[1])?;"] {
        assert!(!sends.is_match(line), "{line}");
    }
}

#[test]
fn nothing_is_left_to_do() {
    let left =
        Regex::new(&["\\b(to", "do|unimpl", "emented)!\\s*[(\\[{]|\\b(TO", "DO|FIX", "ME)\\b"].concat());
    let left = left.expect("a pattern");
    for path in ["src", "tests", "benches", "templates"].into_iter().flat_map(rust_files) {
        let text = read(&path);
        let found = text.lines().find(|line| left.is_match(line));
        assert_eq!(found, None, "{}", shown(&path));
    }
}

#[test]
fn no_text_names_the_place_it_was_written_at() {
    let listed = Command::new("git").args(["ls-files", "-z"]).current_dir(repository()).output();
    let Some(listed) = listed.ok().filter(|output| output.status.success()) else {
        return skipped("no_text_names_the_place_it_was_written_at: this is no checkout");
    };
    let places = Regex::new(&["(^|[^\\w.*-])/(wo", "rk|tmp/w", "t)([^\\w-]|$)"].concat()).expect("a pattern");
    let names = String::from_utf8(listed.stdout).expect("names are UTF-8");
    let mut read_any = false;
    for name in names.split_terminator('\0') {
        let Ok(text) = std::fs::read_to_string(repository().join(name)) else { continue };
        read_any = true;
        for (number, line) in text.lines().enumerate() {
            assert!(!places.is_match(line), "{name}:{}: {line}", number + 1);
        }
    }
    assert!(read_any);
}
