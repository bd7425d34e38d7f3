//! What `check` leaves out and mends: comments, the baseline, `--fix`.

use crate::bad_input::Folder;

const TABLE: &str = "\
[project]
name = \"shop\"

[services.api]
port = 23456
bind = \"localhost\"

[services.web]
port = 23457
";

const STALE: &str = "API_URL=http://localhost:${API_PORT:-9999}\r\n";

fn shop(files: &[(&str, &str)]) -> Folder {
    let folder = Folder::with(TABLE);
    for (path, text) in files {
        folder.write(path, text);
    }
    folder
}

/// What `check` says, one `path:line rule` a finding, and how many it leaves out.
#[track_caller]
fn check(folder: &Folder, arguments: &[&str], expect: &[&str], suppressed: u64) {
    let run = folder.run(&[&["check", "--format", "json"], arguments].concat());
    let report: serde_json::Value = serde_json::from_str(&run.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}{}", run.stdout, run.stderr));
    let word = |value: &serde_json::Value| value.as_str().expect("a word").to_owned();
    let findings = report["findings"].as_array().expect("a list");
    let found: Vec<String> = findings
        .iter()
        .map(|finding| format!("{}:{} {}", word(&finding["path"]), finding["line"], word(&finding["rule"])))
        .collect();
    assert_eq!(found, expect, "{}", run.stdout);
    assert_eq!(report["summary"]["suppressed"], suppressed, "{}", run.stdout);
}

#[test]
fn a_comment_with_a_reason_turns_a_rule_off_on_its_line_or_the_next() {
    let comment = "# portgen: allow(stale-default) the proxy has it";
    let above = format!("{comment}\n{STALE}{STALE}");
    check(&shop(&[(".env.example", &above)]), &[], &[".env.example:3 stale-default"], 1);
    check(
        &shop(&[(".env.example", &above)]),
        &["--no-suppressions"],
        &[".env.example:2 stale-default", ".env.example:3 stale-default"],
        0,
    );
    let no_reason = format!("# portgen: allow(stale-default)\n{STALE}");
    let expect = [".env.example:1 unused-suppression", ".env.example:2 stale-default"];
    check(&shop(&[(".env.example", &no_reason)]), &[], &expect, 0);
    let unknown = format!("# portgen: allow(stale-defualt) why\n{STALE}");
    check(&shop(&[(".env.example", &unknown)]), &[], &expect, 0);
    let run = shop(&[(".env.example", &unknown)]).run(&["check"]);
    assert!(run.stdout.contains("did you mean `stale-default`?"), "{}", run.stdout);
    check(
        &shop(&[(".env.example", &format!("{comment}\nA=1\n"))]),
        &[],
        &[".env.example:1 unused-suppression"],
        0,
    );
    // One that may be used on another day is no mistake.
    check(&shop(&[(".env.example", "# portgen: allow(port-in-use) why\nA=1\n")]), &[], &[], 0);
}

#[test]
fn a_comment_works_in_a_survey_too() {
    let files = [(".env", "API_PORT=8000\n"), (".env.example", "URL=http://localhost:${API_PORT:-9999}\n")];
    let folder = Folder::empty();
    files.iter().for_each(|(path, text)| folder.write(path, text));
    let before = folder.run(&["survey"]);
    if before.code == 0 {
        eprintln!("skipped: a survey finds nothing here");
        return;
    }
    folder.write(
        ".env.example",
        format!("# portgen: allow(stale-default, disagreeing-port) why\n{}", files[1].1),
    );
    assert_eq!(folder.run(&["survey"]).code, 0, "{}", folder.run(&["survey"]).stdout);
}

#[test]
fn a_baseline_keeps_what_is_known_and_says_what_is_gone() {
    let folder = shop(&[(".env.example", STALE)]);
    let run = folder.run(&["check", "--write-baseline"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{}", run.stderr);
    let text = folder.read(".portgen-baseline.json");
    assert!(text.contains("\"rule\":\"stale-default\",\"path\":\".env.example\""), "{text}");
    assert!(!text.contains("9999"), "no line of a file is in it: {text}");
    check(&folder, &[], &[], 1);
    // Lines above do not matter, a second one of the same does.
    folder.write(".env.example", format!("# new\n\n  {STALE}"));
    check(&folder, &[], &[], 1);
    folder.write(".env.example", format!("{STALE}{STALE}"));
    check(&folder, &[], &[".env.example:2 stale-default"], 1);
    folder.write(".env.example", "A=1\n");
    check(&folder, &[], &[".portgen-baseline.json:4 stale-baseline"], 0);
    folder.write(".env.example", STALE);
    check(&folder, &["--no-suppressions"], &[".env.example:1 stale-default"], 0);
    // Written again, it is the same to the byte.
    assert_eq!(folder.run(&["check", "--write-baseline"]).code, 0);
    assert_eq!(folder.read(".portgen-baseline.json"), text);
}

#[test]
fn a_baseline_may_be_another_file_and_never_hides_a_mistake() {
    let folder = Folder::with(format!("{TABLE}prot = 1\n"));
    let run = folder.run(&["check", "--write-baseline=known.json"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stdout.contains("unknown-key"), "{}", run.stdout);
    assert_eq!(folder.read("known.json"), "{\n  \"version\": 1,\n  \"findings\": []\n}\n");
    assert_eq!(folder.run(&["check", "--baseline", "known.json"]).code, 1);
}

#[test]
fn what_is_no_baseline_is_a_failure_with_its_reason() {
    for (text, reason) in [
        ("", "it is not JSON"),
        ("{\"version\": 7, \"findings\": []}", "it is of version 7"),
        ("{\"version\": 1, \"findings\": {}}", "it is no baseline"),
        ("\u{0}", "it is not JSON"),
    ] {
        let run = shop(&[("known.json", text)]).run(&["check", "--baseline", "known.json"]);
        assert_eq!(run.code, 2, "{text:?} {}", run.stderr);
        assert!(run.stderr.contains(reason) && run.stderr.contains("known.json"), "{text:?} {}", run.stderr);
    }
    let run = shop(&[]).run(&["check", "--baseline", "missing.json"]);
    assert_eq!(run.code, 2, "{}", run.stderr);
}

#[test]
fn safe_fixes_are_made_and_the_rest_is_reported() {
    let files = [
        (".env.example", "\u{feff}# é\r\nA=${API_PORT:-9999}\r\nB=${WEB_PORT:-23457}"),
        ("compose.yaml", "services:\n  api:\n    image: a\n    ports: [\"${API_PORT:-23456}:80\"]\n"),
    ];
    let folder = shop(&files);
    let before = folder.snapshot();
    let preview = folder.run(&["check", "--diff"]);
    assert_eq!(preview.code, 1, "{}", preview.stderr);
    assert!(
        preview.stdout.contains("-A=${API_PORT:-9999}") && preview.stdout.contains("+A=${API_PORT:-23456}")
    );
    assert!(!preview.stdout.contains("B="), "lines around are nobody's business: {}", preview.stdout);
    assert_eq!(folder.snapshot(), before);
    let run = folder.run(&["check", "--fix"]);
    assert!(run.stderr.contains("mended 1 finding in 1 file"), "{}", run.stderr);
    assert!(run.stderr.contains("1 change more with --unsafe"), "{}", run.stderr);
    assert!(!run.stdout.contains("stale-default") && run.stdout.contains("exposed-port"), "{}", run.stdout);
    assert_eq!(folder.read(".env.example"), files[0].1.replace("9999", "23456"));
    assert_eq!(folder.read("compose.yaml"), files[1].1);
    let run = folder.run(&["check", "--fix", "--unsafe"]);
    assert_eq!(folder.read("compose.yaml"), files[1].1.replace("\"${", "\"127.0.0.1:${"), "{}", run.stderr);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""));
    let again = folder.run(&["check", "--fix", "--diff", "--unsafe"]);
    assert_eq!((again.code, again.stdout.as_str(), again.stderr.as_str()), (0, "", ""));
}

#[test]
fn what_cannot_be_written_is_offered_no_fix() {
    let folder = shop(&[]);
    folder.write(".env.example", b"A=${API_PORT:-9999} # \xff\n");
    let before = folder.snapshot();
    let run = folder.run(&["check", "--fix"]);
    assert!(run.stdout.contains("stale-default") && !run.stderr.contains("mended"), "{}", run.stderr);
    assert_eq!(run.code, 1);
    assert_eq!(folder.snapshot(), before);
    let usage = folder.run(&["check", "--unsafe"]);
    assert_eq!(usage.code, 2, "{}", usage.stderr);
}

#[test]
fn what_portgen_renders_is_nobodys_mistake() {
    let table = format!(
        "{TABLE}\n[[output]]\npath = \".env.example\"\ntarget = \"dotenv\"\n\n[[patch]]\npath = \"ports.env\"\nfind = '^A=.*:-(\\d+)'\nservice = \"api\"\n"
    );
    let folder = Folder::with(table);
    folder.write("ports.env", "A=${API_PORT:-23456}\nB=${API_PORT:-9999}\n");
    folder.write(".env.example", "# >>> portgen:dotenv >>>\n# <<< portgen:dotenv <<<\n");
    assert_eq!(folder.run(&["render"]).code, 0);
    check(&folder, &[], &["ports.env:2 stale-default"], 0);
    // What the patch holds is `stale-output`'s alone.
    folder.write("ports.env", "A=${API_PORT:-9999}\n");
    check(&folder, &[], &["ports.env:1 stale-output"], 0);
    // A variable of the block that the file sets again.
    let text = folder.read(".env.example");
    folder.write("ports.env", "A=${API_PORT:-23456}\n");
    folder.write(".env.example", format!("{text}API_PORT=23456\n"));
    check(&folder, &[], &[".env.example:5 shadowed-variable"], 0);
    folder.write(".gitignore", ".env.example\n");
    check(&folder, &[], &[".env.example:5 shadowed-variable"], 0);
}

#[test]
fn numbers_are_held_against_the_table_where_they_are_ports() {
    let compose = "\
services:
  api:
    image: api
    ports: [\"127.0.0.1:23456:8000\"]
    healthcheck:
      test: [\"CMD\", \"curl\", \"-f\", \"http://localhost:23456/health\"]
  web:
    image: web
    ports: [\"127.0.0.1:${WEB_PORT:-23457}:3000\"]
    environment:
      API_URL: http://api:23456
      DOCS_URL: http://api:8000
      POOL_SIZE: 23456
      TIMEOUT: 23457
  other:
    image: other:23456
    ports: [\"127.0.0.1:24000:23457\"]
    volumes: [\"./a:/b\"]
";
    let table = TABLE.replace("bind = ", "container-port = 8000\nbind = ");
    let folder = Folder::with(table);
    folder.write("compose.yaml", compose);
    // What connects to a number of somebody else, or to another machine.
    folder.write(
        ".env.example",
        "SMTP=smtp:25\nA=http://localhost:80/x\nB=https://example.com:8443\nC=http://localhost:23457\n",
    );
    let expect = [
        "compose.yaml:4 hard-coded-port",
        "compose.yaml:6 wrong-side-port",
        "compose.yaml:11 wrong-side-port",
        "compose.yaml:17 unregistered-port",
    ];
    check(&folder, &[], &expect, 0);
    // A test is nobody's configuration.
    let folder = shop(&[("tests/compose.yaml", compose)]);
    check(&folder, &[], &[], 0);
}

#[test]
fn levels_and_allowances_hold_for_what_people_wrote() {
    let compose = "services:\n  api:\n    image: a\n    ports: [\"23456:80\", \"24000:81\"]\n";
    let both =
        ["compose.yaml:4 exposed-port", "compose.yaml:4 hard-coded-port", "compose.yaml:4 unregistered-port"];
    check(&shop(&[("compose.yaml", compose)]), &[], &both, 0);
    for (lint, expect, suppressed) in [
        ("[lint.per-path]\n\"*.yaml\" = { hard-coded-port = \"allow\" }\n", &[both[0], both[2]][..], 1),
        ("[lint]\nexclude = [\"compose.yaml\"]\n", &[], 0),
        ("[lint]\nexposed-port = \"allow\"\n", &both[1..], 1),
    ] {
        let folder = Folder::with(format!("{TABLE}\n{lint}"));
        folder.write("compose.yaml", compose);
        check(&folder, &[], expect, suppressed);
    }
    let allowed =
        TABLE.replace("bind =", "allow = { hard-coded-port = \"why\", exposed-port = \"why\" }\nbind =");
    let folder = Folder::with(allowed);
    folder.write("compose.yaml", compose);
    check(&folder, &[], &both[2..], 2);
}

#[test]
fn a_baseline_is_written_over_no_other_file_and_knows_nothing_of_the_table() {
    let folder = shop(&[]);
    folder.write(".env.example", "A=${API_PORT:-9999}\n");
    let before = folder.snapshot();
    let run = folder.run(&["check", "--write-baseline=ports.toml"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert_eq!(folder.snapshot(), before);
    let table = format!("{TABLE}\n[services.again]\nport = 23456\n");
    folder.write("ports.toml", &table);
    folder.run(&["check", "--write-baseline"]);
    let written = folder.read(".portgen-baseline.json");
    assert!(written.contains("stale-default") && !written.contains("duplicate-port"), "{written}");
    assert_eq!(folder.run(&["check"]).code, 1);
}

#[test]
fn env_files_are_held_against_the_table() {
    let folder = shop(&[]);
    folder.write(".env.example", "API_PORT=9999\n");
    check(&folder, &[], &[".env.example:1 stale-default"], 0);
    folder.write(".env.example", "API_PORT=23456\n");
    check(&folder, &[], &[], 0);
}
