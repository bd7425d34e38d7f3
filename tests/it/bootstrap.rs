//! `init` and `map` on the binary: a table out of what a repository states.

#[cfg(unix)]
use std::process::Stdio;

use serde_json::Value;

use crate::bad_input::Folder;
use crate::support::{copy_folder, mistakes, repository};

/// What a repository without a table looks like: two services in containers,
/// one that runs beside them, and a document.
fn shop() -> Folder {
    let folder = Folder::empty();
    let files = [
        (
            "compose.yaml",
            "services:\n  api:\n    build: api\n    ports: [\"127.0.0.1:${API_PORT:-4100}:8000\"]\n    \
             healthcheck:\n      test: [\"CMD\", \"curl\", \"-f\", \"http://localhost:8000/health\"]\n  \
             web:\n    build: web\n    ports: [\"127.0.0.1:4101:3000\", \"127.0.0.1:4102:3001\"]\n",
        ),
        (
            "api/Dockerfile",
            "FROM python:3.12\nEXPOSE 8000\nCMD [\"uvicorn\", \"app:app\", \"--port\", \"8000\"]\n",
        ),
        (".env.example", "API_PORT=4100\n"),
        ("Procfile", "worker: gunicorn worker:app --bind 127.0.0.1:4103\n"),
        ("README.md", "# Shop\n\n| Service | Port |\n|---|---|\n| api | 4100 |\n| web | 4101 |\n"),
    ];
    files.iter().for_each(|(path, text)| folder.write(path, text));
    folder
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn a_table_is_made_of_what_is_there_and_check_has_nothing_to_say() {
    let folder = shop();
    let before = folder.snapshot();
    let shown = folder.run(&["init", "--dry-run"]);
    assert_eq!((shown.code, folder.snapshot()), (0, before), "nothing is written");
    let run = folder.run(&["init"]);
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (0, "created   ports.schema.json\ncreated   ports.toml\n"),
        "{}",
        run.stderr
    );
    let text = folder.read("ports.toml");
    assert_eq!(shown.stdout, text);
    assert_eq!(mistakes(&text), [""; 0], "{text}");
    for line in [
        "[services.api]",
        "port = 4100  # compose.yaml:4, .env.example:1, ",
        "container-port = 8000",
        "port = 4103",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    let check = folder.run(&["check", "--strict"]);
    assert_eq!((check.code, check.stdout.as_str()), (0, ""), "{text}");
}

#[test]
fn the_places_follow_the_table_whichever_number_changes() {
    for (old, new) in [("4100", "4150"), ("4101", "4151"), ("4102", "4152"), ("4103", "4153")] {
        let folder = shop();
        assert_eq!(folder.run(&["init"]).code, 0);
        let table: Vec<String> = folder
            .read("ports.toml")
            .lines()
            .map(|line| if line.contains("port = ") { line.replacen(old, new, 1) } else { line.to_owned() })
            .collect();
        folder.write("ports.toml", table.join("\n"));
        let rendered = folder.run(&["render"]);
        assert_eq!(rendered.code, 0, "{old}\n{}{}", rendered.stdout, rendered.stderr);
        for path in ["compose.yaml", ".env.example", "Procfile"] {
            let text = folder.read(path);
            assert!(!text.contains(old), "{old} in {path}:\n{text}");
        }
    }
}

#[test]
fn an_existing_table_is_never_written_over() {
    let folder = shop();
    folder.write("ports.toml", "[project]\nname = \"own\"\n");
    let before = folder.snapshot();
    let run = folder.run(&["init"]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("there is a ports.toml already"), "{}", run.stderr);
    let report = json(&folder.run(&["init", "--format", "json"]).stdout);
    assert_eq!((&report["ok"], &report["errors"][0]["code"]), (&false.into(), &"exists".into()));
    assert_eq!(folder.snapshot(), before);
    let run = folder.run(&["init", "--force"]);
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (0, "kept      ports.toml.bak\ncreated   ports.schema.json\ncreated   ports.toml\n")
    );
    assert_eq!(folder.read("ports.toml.bak"), "[project]\nname = \"own\"\n");
    let before = folder.snapshot();
    assert_eq!(folder.run(&["init", "--force"]).code, 1, "the backup is not written over either");
    assert_eq!(folder.snapshot(), before);
}

#[test]
fn what_disagrees_must_be_decided_and_is_no_other_services_place() {
    let folder = shop();
    folder.write("README.md", "| Service | Port |\n|---|---|\n| api | 4100 |\n| web | 4190 |\n");
    folder.write(".env.example", "API_PORT=4180\n");
    folder.write("worker/main.py", "import os\n\napi = int(os.getenv(\"API_PORT\", \"4101\"))\n");
    let report = json(&folder.run(&["init", "--format", "json"]).stdout);
    let text = folder.read("ports.toml");
    assert_eq!(report["text"], text.as_str());
    assert!(text.contains("# DECIDE: README.md:4 says 4190\n"), "{text}");
    let decisions = text.matches("# DECIDE: ").count();
    assert_eq!(report["undecided"], decisions, "{text}");
    assert_eq!(mistakes(&text), [""; 0], "{text}");
    // 4101 is web's, but not behind API_PORT.
    assert!(!text.contains("path = \"worker/main.py\""), "{text}");
}

#[test]
fn a_collision_stays_one() {
    let folder = Folder::empty();
    folder.write(".env", "WEB_PORT=4100\n");
    folder.write(
        "compose.yaml",
        "services:\n  api:\n    image: a\n    ports: [\"4100:80\"]\n  web:\n    image: w\n    ports: [\"${WEB_PORT}:80\"]\n",
    );
    assert_eq!(folder.run(&["survey"]).code, 1);
    assert_eq!(folder.run(&["init"]).code, 0);
    let check = folder.run(&["check", "--format", "concise"]);
    assert_eq!(check.code, 1, "{}", folder.read("ports.toml"));
    assert!(check.stdout.contains("port 4100"), "{}", check.stdout);
}

#[test]
fn names_that_no_table_takes_become_ones_that_it_does() {
    let folder = Folder::empty();
    let names = ["my.api", "1st", "\"true\"", "ÄPP", "a_b", "a-b", "-x-", "name with blanks"];
    let services: String = names
        .iter()
        .enumerate()
        .map(|(index, name)| {
            format!("  {name}:\n    image: i\n    ports: [\"127.0.0.1:{}:80\"]\n", 4100 + index)
        })
        .collect();
    folder.write("compose.yaml", format!("services:\n{services}"));
    let run = folder.run(&["init"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let text = folder.read("ports.toml");
    assert_eq!(mistakes(&text), [""; 0], "{text}");
    for index in 0..names.len() {
        assert!(text.contains(&format!("port = {}", 4100 + index)), "{index}: {text}");
    }
    assert_eq!(folder.run(&["check"]).stdout, "", "{text}");
}

#[test]
fn a_folder_that_says_nothing_makes_an_empty_table() {
    let folder = Folder::empty();
    assert_eq!(folder.run(&["init"]).code, 0);
    assert_eq!((folder.run(&["check"]).code, folder.run(&["map"]).code), (0, 0));
}

#[test]
fn real_projects_and_documents_make_tables_that_parse() {
    let inputs = repository().join("../shared/inputs");
    if !inputs.is_dir() {
        eprintln!("skipped: {} is not there", inputs.display());
        return;
    }
    for entry in std::fs::read_dir(inputs.join("compose")).expect("a folder") {
        let entry = entry.expect("an entry");
        let folder = Folder::empty();
        copy_folder(&entry.path(), &folder.file("project"));
        let name = entry.file_name();
        let run = folder.run(&["-C", "project", "init"]);
        let text = folder.read("project/ports.toml");
        assert_eq!((run.code, mistakes(&text)), (0, vec![]), "{name:?}\n{text}");
        assert!(text.contains("\n[services."), "{name:?}\n{text}");
        let check = folder.run(&["-C", "project", "check", "--format", "concise"]);
        assert!(check.code < 2, "{name:?}\n{}", check.stderr);
        if name == "full-stack-fastapi" {
            assert_eq!((check.code, check.stdout.as_str()), (0, ""), "{text}");
        }
    }
    let documents =
        std::fs::read_dir(&inputs).expect("a folder").map(|entry| entry.expect("an entry").path());
    for path in documents.filter(|path| path.extension().is_some_and(|end| end == "md")) {
        let folder = Folder::empty();
        folder.write("PORTS.md", std::fs::read(&path).expect("a file"));
        let run = folder.run(&["init"]);
        let text = folder.read("ports.toml");
        assert_eq!((run.code, mistakes(&text)), (0, vec![]), "{}\n{text}", path.display());
    }
}

#[test]
fn a_map_is_drawn_of_the_table_and_of_the_files_without_one() {
    let folder = shop();
    let without = folder.run(&["map"]);
    assert_eq!(without.code, 0, "{}", without.stderr);
    for word in ["4100", "4101", "4102", "4103", "api", "web"] {
        assert!(without.stdout.contains(word), "{word}\n{}", without.stdout);
    }
    assert_eq!(folder.run(&["map", "--survey"]).stdout, without.stdout);
    folder.write("ports.toml", "[project]\nname = \"own\"\n\n[services.only]\nport = 23456\n");
    let with = folder.run(&["map"]).stdout;
    assert!(with.starts_with("own: 1 port\n") && with.contains("23456"), "{with}");
    assert!(!with.contains("4101"), "{with}");
    assert!(folder.run(&["map", "--survey"]).stdout.contains("4101"));
}

#[test]
fn a_map_says_what_collides_in_every_format() {
    let folder = Folder::with(
        "[project]\nname = \"p\"\n[services.a]\nport = 23456\n[services.b]\nport = 23456\n[services.c]\nport = 23457\n",
    );
    let text = folder.run(&["map"]);
    assert_eq!(text.code, 0);
    assert!(text.stdout.contains("collides with b"), "{}", text.stdout);
    let report = json(&folder.run(&["map", "--format", "json"]).stdout);
    assert_eq!((&report["version"], &report["command"]), (&1.into(), &"map".into()));
    let bands = report["bands"].as_array().expect("a list");
    let entries = || bands.iter().flat_map(|band| band["entries"].as_array().expect("a list"));
    let collisions = entries().filter(|entry| entry["collides"] != Value::Array(vec![]));
    assert_eq!((entries().count(), collisions.count()), (3, 2), "{report}");
    let svg = folder.run(&["map", "--format", "svg"]);
    assert!(svg.code == 0 && svg.stdout.starts_with("<svg ") && svg.stdout.ends_with("</svg>\n"));
}

#[test]
fn a_service_that_is_started_in_two_ways_is_one() {
    let folder = Folder::empty();
    folder.write("Procfile", "auth: python auth.py --port 5101\nweb: node web.js --port 5102\n");
    folder.write("compose.yml", "services:\n  auth:\n    image: auth\n    ports: [\"5101:5101\"]\n");
    assert_eq!(folder.run(&["init"]).code, 0);
    let text = folder.read("ports.toml");
    assert!(text.contains("# compose.yml:4, Procfile:1\n") && !text.contains("auth-2"), "{text}");
    folder.write("ports.toml", text.replace("port = 5101", "port = 5111"));
    assert_eq!(folder.run(&["render"]).code, 0);
    assert!(folder.read("Procfile").contains("--port 5111") && folder.read("compose.yml").contains("5111:"));
}

#[test]
fn names_that_steer_a_terminal_become_words() {
    let folder = Folder::empty();
    folder
        .write("compose.yml", "services:\n  \"a\\e[31mb\\n::error::x\\uffff\":\n    ports: [\"4000:80\"]\n");
    assert_eq!(folder.run(&["init"]).code, 0);
    let text = folder.read("ports.toml");
    assert!(text.contains("port = 4000") && !text.contains("\\u"), "{text}");
    assert_eq!(mistakes(&text), Vec::<String>::new(), "{text}");
}

#[test]
fn a_map_of_a_table_that_was_read_in_part_says_so() {
    let folder = Folder::with("[service.a]\nport = 23456\n[services.b]\nport = 23457\n");
    let text = folder.run(&["map"]);
    assert_eq!(text.code, 1);
    assert!(text.stdout.contains("23457") && !text.stdout.contains("23456"), "{}", text.stdout);
    assert!(text.stderr.contains("`portgen check`"), "{}", text.stderr);
    let report = folder.run(&["map", "--format", "json"]);
    assert_eq!((report.code, &json(&report.stdout)["ok"]), (1, &false.into()));
    folder.write("ports.toml", "[services.b]\nport = 23457\n[servic");
    assert_eq!(folder.run(&["map"]).code, 1);
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let folder = shop();
    for arguments in [&["survey"][..], &["survey", "--format", "json"], &["map"], &["init", "--dry-run"]] {
        let mut child = crate::support::program()
            .args(arguments)
            .current_dir(folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert!(!String::from_utf8_lossy(&output.stderr).contains("error"), "{arguments:?}");
    }
}

#[test]
fn a_file_that_no_table_can_name_is_left_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = "services:\n  api:\n    image: x\n    ports: [\"23456:80\"]\n";
    if std::fs::write(folder.path().join("docker-compose.a?b.yml"), text).is_err() {
        println!("skipped: this system has no such names");
        return;
    }
    let run = crate::support::portgen(folder.path(), &["init"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let table = std::fs::read_to_string(folder.path().join("ports.toml")).expect("a table");
    assert!(table.contains("port = 23456") && !table.contains("[[patch]]"), "{table}");
    let run = crate::support::portgen(folder.path(), &["check"]);
    assert!(!run.stdout.contains("invalid-value"), "{}", run.stdout);
}

#[test]
fn a_mark_at_the_start_and_a_file_that_is_not_utf_8_break_no_patch() {
    for env in [&b"\xef\xbb\xbfAPI_PORT=23456\n"[..], &b"# caf\xe9\nAPI_PORT=23456\n"[..]] {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join(".env"), env).expect("a file");
        let compose = "services:\n  api:\n    image: a\n    ports: [\"${API_PORT:-23456}:80\"]\n";
        std::fs::write(folder.path().join("compose.yaml"), compose).expect("a file");
        assert_eq!(crate::support::portgen(folder.path(), &["init"]).code, 0);
        let run = crate::support::portgen(folder.path(), &["render", "--check"]);
        assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    }
}

#[test]
fn what_one_person_keeps_to_himself_is_not_in_a_table() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("a file");
    write("compose.yaml", "services:\n  api:\n    image: a\n    ports: [\"${API_PORT:-23456}:80\"]\n");
    write(".env", "API_PORT=23999\n");
    write(".gitignore", ".env\n");
    let run = crate::support::portgen(folder.path(), &["init", "--dry-run"]);
    assert!(run.stdout.contains("port = 23456") && !run.stdout.contains("23999"), "{}", run.stdout);
}
