//! Trees that somebody made to hurt, or that a disk and git leave behind:
//! `survey`, `init` and `check` end, and say what is there to be said.

use std::process::Command;

use super::Folder;
use crate::support::{Run, run};

const COLLISION: &str = "services:\n  a:\n    ports: [\"8080:80\"]\n  b:\n    ports: [\"8080:80\"]\n";

/// Runs everything that reads a tree; `survey` must find what stands there.
#[track_caller]
fn survives(folder: &Folder, rules: &[&str]) {
    let found = survey(folder);
    for rule in rules {
        assert!(found.stdout.contains(rule), "no {rule} in {found:?}");
    }
    assert_eq!(found.code, i32::from(!rules.is_empty()), "{found:?}");
    for arguments in [&["init", "--dry-run"][..], &["map"]] {
        let run = folder.run(arguments);
        assert!((0..2).contains(&run.code), "{arguments:?}: {run:?}");
    }
}

#[track_caller]
fn survey(folder: &Folder) -> Run {
    let run = folder.run(&["survey", "--format", "concise"]);
    assert!((0..2).contains(&run.code) && !run.stderr.contains("panicked"), "{run:?}");
    run
}

/// Runs git in a folder, as somebody.
pub fn git(folder: &Folder, arguments: &[&str]) -> Run {
    let identity = ["-c", "user.name=p", "-c", "user.email=p@localhost", "-c", "protocol.file.allow=always"];
    run(Command::new("git").args(identity).args(arguments).current_dir(folder.path()))
}

#[test]
fn aliases_that_grow_or_turn_in_circles_end() {
    let folder = Folder::empty();
    let level = |depth: usize| {
        let below = vec![format!("*a{}", depth - 1); 10].join(", ");
        format!("a{depth}: &a{depth} [{below}]\n")
    };
    let bomb: String = (1..12).map(level).collect();
    folder
        .write("bomb/compose.yml", format!("a0: &a0 \"8080:80\"\n{bomb}services:\n  a:\n    ports: *a11\n"));
    folder.write(
        "circle/compose.yml",
        "services: &s\n  a: &a\n    <<: *a\n    ports: *s\n    environment: *a\n",
    );
    folder.write("circle/values.yml", "a: &a\n  port: *a\n  b: *a\n");
    folder.write("deep/compose.yml", format!("services: {}", " [\n".repeat(50_000)));
    folder.write("deep/values.json", "{\"port\":".repeat(5_000));
    folder.write("whole/compose.yml", COLLISION);
    survives(&folder, &["published-port-collision"]);
}

#[test]
fn files_that_name_each_other_are_loaded_once() {
    let folder = Folder::empty();
    folder.write("compose.yml", format!("include: [b.yml, compose.yml]\n{COLLISION}"));
    folder.write("b.yml", "include: [compose.yml, c/compose.yml]\nservices: {}\n");
    folder.write("c/compose.yml", "include:\n- path: [../b.yml, ../compose.yml]\n");
    folder.write(
        "d/compose.yml",
        "services:\n  a:\n    extends: b\n  b:\n    extends: {service: a, file: compose.yml}\n    ports: [\"81:80\"]\n",
    );
    folder.write("d/.env", "A=${B}\nB=${A}\nA_PORT=${A_PORT:-80}\n");
    survives(&folder, &["published-port-collision"]);
}

#[test]
fn what_is_no_text_is_passed_over() {
    let folder = Folder::empty();
    folder.write("compose.yml", COLLISION);
    folder.write("zero/compose.yml", format!("{COLLISION}\0"));
    folder.write("zero/.env", "API_PORT=80\0");
    folder.write("bytes/.env", b"# caf\xe9 \xff\xfe\nAPI_PORT=3000\n".as_slice());
    folder.write("bytes/app.py", b"# \xe9\nPORT = 3000 # \xff\n".as_slice());
    let large = std::fs::File::create(folder.file("large.py")).expect("a file");
    large.set_len(100 << 20).expect("a sparse file");
    let line = "http://localhost:8080 ".repeat(60_000);
    folder.write("line.md", &line);
    survives(&folder, &["published-port-collision"]);
}

#[cfg(unix)]
#[test]
fn links_pipes_and_sockets_are_not_waited_for() {
    let folder = Folder::empty();
    folder.write("a/compose.yml", COLLISION);
    for (to, link) in [("..", "a/loop"), ("a", "b"), ("self.env", "self.env"), ("nowhere", "gone.env")] {
        std::os::unix::fs::symlink(to, folder.file(link)).expect("a link");
    }
    let _socket = std::os::unix::net::UnixListener::bind(folder.file("socket.env")).expect("a socket");
    for name in [".env", "compose.yml", "start.sh", "a/.env", ".gitignore"] {
        let made = Command::new("mkfifo").arg(folder.file(name)).status().expect("mkfifo");
        assert!(made.success());
    }
    std::fs::remove_file(folder.file(".gitignore")).expect("it is there");
    survives(&folder, &["published-port-collision"]);
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_steer_a_terminal_are_shown_escaped() {
    use std::os::unix::ffi::OsStrExt;

    let folder = Folder::empty();
    for name in [&b"a\x1b[31m"[..], b"b\nc", b"d\xff", b"e\r\x07", b"f \"'<&>"] {
        let below = folder.path().join(std::ffi::OsStr::from_bytes(name));
        std::fs::create_dir(&below).expect("a folder");
        std::fs::write(below.join("compose.yml"), COLLISION).expect("a file");
    }
    for format in crate::support::formats() {
        let run = folder.run(&["survey", "--format", format, "--color", "never"]);
        assert_eq!(run.code, 1, "{format}: {run:?}");
        let steers = |character: char| character.is_control() && character != '\n' && character != '\t';
        assert!(!run.stdout.contains(steers), "{format}: {:?}", run.stdout);
    }
    survives(&folder, &["published-port-collision"]);
}

#[test]
fn every_kind_of_checkout_is_read() {
    let folder = Folder::empty();
    folder.write("origin/compose.yml", COLLISION);
    folder.write("origin/other/compose.yml", COLLISION);
    folder.write("plain/compose.yml", COLLISION);
    let origin = folder.file("origin").display().to_string();
    if git(&folder, &["init", "--quiet", &origin]).code != 0 {
        return super::skipped("every_kind_of_checkout_is_read: there is no git");
    }
    for arguments in
        [&["-C", "origin", "add", "."][..], &["-C", "origin", "commit", "--quiet", "-m", "start"]]
    {
        assert_eq!(git(&folder, arguments).code, 0);
    }
    let from = format!("file://{origin}");
    for arguments in [
        &["clone", "--quiet", "--depth", "1", &from, "shallow"][..],
        &["clone", "--quiet", "--sparse", &from, "sparse"],
        &["clone", "--quiet", &from, "outer"],
        &["-C", "outer", "submodule", "--quiet", "add", &from, "inner"],
        &["clone", "--quiet", &from, "outer/nested"],
    ] {
        let run = git(&folder, arguments);
        assert_eq!(run.code, 0, "{run:?}");
    }
    for (name, count) in [("plain", 1), ("shallow", 2), ("sparse", 1)] {
        let run = folder.run(&["-C", name, "survey", "--format", "concise"]);
        assert_eq!(
            (run.code, run.stdout.matches("[published-port-collision]").count()),
            (1, count),
            "{run:?}"
        );
    }
    let run = folder.run(&["-C", "outer", "survey", "--format", "concise"]);
    assert_eq!(run.code, 1, "{run:?}");
}

#[test]
fn trees_that_are_deep_or_wide_are_read() {
    let folder = Folder::empty();
    let deep = ["d/"; 600].concat();
    folder.write(&format!("{deep}compose.yml"), COLLISION);
    for index in 0..3_000 {
        folder.write(&format!("wide/{index}.env"), format!("API_PORT={}\n", 3_000 + index));
    }
    let found = survey(&folder);
    assert!(found.code == 1 && found.stdout.contains("published-port-collision"), "{}", found.stderr);
}

#[test]
fn files_of_very_many_ports_end() {
    let services: String =
        (0..15_000).map(|index| format!("  s{index}: {{ports: [\"{}:80\"]}}\n", index + 1)).collect();
    let variables: String = (0..50_000).map(|index| format!("P{index}=80\n")).collect();
    let rows: String = (0..30_000).map(|index| format!("| s{} | {} |\n", index % 100, index + 1)).collect();
    for (path, text) in [
        ("compose.yml", format!("services:\n{services}")),
        (".env", variables),
        ("README.md", format!("| Service | Port |\n|---|---|\n{rows}")),
        ("start.sh", "curl http://localhost:80/ ".repeat(30_000)),
    ] {
        let folder = Folder::empty();
        folder.write(path, text);
        survey(&folder);
    }
}

#[test]
fn a_broken_table_is_said_and_nothing_else_is_lost() {
    let folder = Folder::with("[project\nname = 1\n");
    folder.write("compose.yml", COLLISION);
    let run = folder.run(&["check"]);
    assert!(run.code == 1 && run.stdout.contains("ports.toml"), "{run:?}");
    assert_eq!(survey(&folder).code, 1);
    let before = folder.snapshot();
    let run = folder.run(&["init"]);
    assert!(run.code != 0 && run.stderr.contains("ports.toml already"), "{run:?}");
    assert_eq!(folder.snapshot(), before);
}

#[test]
fn an_empty_folder_gets_a_table_that_parses() {
    let folder = Folder::empty();
    assert_eq!(survey(&folder).code, 0);
    assert_eq!(folder.run(&["init"]).code, 0);
    let run = folder.run(&["check"]);
    assert_eq!(run.code, 0, "{run:?}");
}
