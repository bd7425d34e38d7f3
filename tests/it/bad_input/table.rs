//! Tables that are missing, broken, or full of mistakes.

use super::Folder;
use crate::support::{formats, portgen};

#[test]
fn no_table_is_said_with_exit_code_2() {
    Folder::empty().refuses(2, &["there is no ports.toml"]);
    let run = Folder::empty().run(&["check", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
    assert_eq!(
        (run.code, &report["ok"], &report["errors"][0]["code"]),
        (2, &false.into(), &"no-table".into())
    );
}

#[test]
fn an_empty_table_lacks_its_project() {
    Folder::with("").refuses(1, &["ports.toml", "there is no [project]"]);
    Folder::with("\n\n# nothing\n").refuses(1, &["there is no [project]"]);
}

#[test]
fn a_folder_of_that_name_is_no_table() {
    let folder = Folder::empty();
    std::fs::create_dir(folder.file("ports.toml")).expect("a folder");
    folder.refuses(2, &["ports.toml", "not a file"]);
}

#[test]
fn a_text_that_is_not_utf_8_is_said_with_the_offset() {
    Folder::with(b"[project]\nname = \"\xff\"\n").refuses(2, &["not UTF-8", "offset 18"]);
}

#[test]
fn a_byte_order_mark_and_crlf_are_read() {
    let folder = Folder::with("\u{feff}[project]\r\nname = \"p\"\r\n[services.api]\r\nport = 23456\r\n");
    let run = folder.run(&["check"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{}", run.stderr);
    Folder::with("\u{feff}[project]\r\nname = \"p\"\r\n[services.api]\r\nport = 0\r\n")
        .refuses(1, &["[ports.toml:4:8]"]);
}

#[test]
fn fifty_megabytes_are_refused() {
    Folder::with("# 0123456789\n".repeat(4 << 20)).refuses(2, &["larger than 16 MiB"]);
}

#[test]
fn deep_nesting_is_a_finding() {
    Folder::with(format!("a = {}", "[".repeat(100_000))).refuses(1, &["error[syntax]"]);
    Folder::with(format!("{} = 1\n", vec!["a"; 5_000].join("."))).refuses(1, &["ports.toml"]);
}

#[test]
fn ports_that_are_none_are_found_where_they_stand() {
    for port in ["0", "-1", "65536", "70000", "\"80a\"", "80.5"] {
        let folder = Folder::with(format!("[project]\nname = \"p\"\n[services.api]\nport = {port}\n"));
        folder.refuses(1, &["error[invalid-value]", "[ports.toml:4:8]"]);
    }
}

#[test]
fn ranges_upside_down_are_found() {
    Folder::with("[project]\nname = \"p\"\nrange = \"9-8\"\n")
        .refuses(1, &["upside down", "[ports.toml:3:9]", "did you mean `8-9`?"]);
}

#[test]
fn a_name_with_a_newline_or_an_escape_sequence_cannot_steer_the_terminal() {
    for name in ["\\u001b[2Jx", "a\\nb", "a\\u202eb", "\\u009b31m"] {
        let folder = Folder::with(format!("[project]\nname = \"p\"\n[services.\"{name}\"]\nport = 23456\n"));
        folder.refuses(1, &["error[invalid-value]"]);
        let raw = Folder::with(
            "[project]\nname = \"p\"\n[services.api]\nport = 1 # \u{9b}2J\u{202e}\n[services.api2]\nport = 1\n",
        );
        for format in formats() {
            for folder in [&folder, &raw] {
                let said = folder.run(&["check", "--format", format]).stdout;
                let bad = |c: char| (c.is_control() && c != '\n' && c != '\t') || c == '\u{202e}';
                assert!(!said.contains(bad), "{format}: {said:?}");
            }
        }
    }
}

#[test]
fn every_kind_of_mistake_shows_in_one_run() {
    let text = "[project]\nname = \"p\"\n[services.a]\nprot = 1\nport = 23456\n[services.b]\nport = 23456\n[services.c]\nport = 70000\n[services.d]\nport = \n";
    Folder::with(text).refuses(
        1,
        &[
            "error[syntax]",
            "error[unknown-key]",
            "did you mean `port`?",
            "error[duplicate-port]",
            "error[invalid-value]",
        ],
    );
}

#[test]
fn two_members_of_a_workspace_on_one_port_are_found_at_both() {
    let folder = Folder::with("[workspace]\nmembers = [\"services/*\"]\n");
    for name in ["one", "two"] {
        folder.write(
            &format!("services/{name}/ports.toml"),
            format!("[project]\nname = \"{name}\"\n[services.{name}]\nport = 23456\n"),
        );
    }
    folder
        .refuses(1, &["error[duplicate-port]", "services/one/ports.toml:4:8", "services/two/ports.toml:4:8"]);
    let member = folder.run(&["-C", "services/one", "check", "--format", "concise"]);
    assert_eq!(member.code, 1, "{}", member.stdout);
    assert!(
        member.stdout.starts_with("services/two/ports.toml:4:8: error[duplicate-port]"),
        "{}",
        member.stdout
    );
}

#[test]
fn members_that_are_not_there_are_found() {
    Folder::with("[workspace]\nmembers = [\"nowhere\", \"*/none\"]\n").refuses(1, &["`nowhere`", "`*/none`"]);
}

#[test]
fn what_extends_names_must_be_there_and_be_a_policy() {
    Folder::with("[project]\nname = \"p\"\nextends = [\"../gone.toml\"]\n")
        .refuses(1, &["../gone.toml", "[ports.toml:3:12]"]);
    let folder = Folder::with("[project]\nname = \"p\"\nextends = [\"policy.toml\"]\n");
    folder.write("policy.toml", "[services.x]\nport = 1\n[[reserved]]\nports = \"9-8\"\n");
    folder.refuses(1, &["unknown key `services`", "policy.toml:1:", "upside down", "policy.toml:4:9"]);
    let own = Folder::with("[project]\nname = \"p\"\nextends = [\"ports.toml\"]\n");
    own.refuses(1, &["unknown key `project`"]);
}

#[test]
fn a_newer_schema_is_refused_with_the_version_that_is_read() {
    Folder::with("version = 99\nnonsense = 1\n").refuses(1, &["version 99", "reads version 1"]);
}

#[test]
fn a_range_of_a_service_and_patterns_that_are_none_are_found() {
    let table = |rest: &str| Folder::with(format!("[project]\nname = \"p\"\n{rest}"));
    table("[ranges.a]\nports = \"0-70000\"\n").refuses(1, &["error[invalid-value]", "[ports.toml:4:9]"]);
    table("[[reserved]]\nports = \"9-8\"\n").refuses(1, &["upside down", "[ports.toml:4:9]"]);
    table("[services.api]\nport = 1\nrange = \"gone\"\n")
        .refuses(1, &["error[unknown-name]", "[ports.toml:5:9]"]);
    Folder::with("[workspace]\nmembers = [\"[\"]\n").refuses(1, &["[ports.toml:2:12]"]);
}

#[test]
fn a_member_outside_the_workspace_is_found() {
    let folder = Folder::empty();
    folder.write(
        "outside/ports.toml",
        "[project]\nname = \"o\"\n[[output]]\npath = \"x.py\"\ntarget = \"python\"\n",
    );
    let absolute = folder.file("outside").to_string_lossy().replace('\\', "/");
    for member in ["../outside", "../*", absolute.as_str()] {
        folder.write("root/ports.toml", format!("[workspace]\nmembers = [\"{member}\"]\n"));
        for command in ["check", "render"] {
            let run = portgen(&folder.file("root"), &[command]);
            assert_eq!(run.code, 1, "{member}: {}{}", run.stdout, run.stderr);
            assert!(run.stdout.contains("[ports.toml:2:12]"), "{member}: {}", run.stdout);
        }
        assert!(!folder.file("outside/x.py").exists());
    }
}
