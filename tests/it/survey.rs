//! `survey` and the walk behind it, on the binary.

use serde_json::Value;

use crate::bad_input::Folder;

const COMPOSE: &str = "services:\n  api:\n    ports: [\"127.0.0.1:8080:80/udp\"]\n";

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

#[test]
fn every_sighting_is_an_object_with_the_promised_keys() {
    let folder = Folder::empty();
    folder.write("a/compose.yml", COMPOSE);
    let run = folder.run(&["survey", "--format", "json"]);
    let report = json(&run.stdout);
    assert_eq!((run.code, &report["version"], &report["command"]), (0, &1.into(), &"survey".into()));
    let sightings = report["sightings"].as_array().expect("a list");
    let host = sightings.iter().find(|one| one["side"] == "host").expect("a published port");
    let expect = [
        ("path", Value::from("a/compose.yml")),
        ("line", 3.into()),
        ("reader", "compose".into()),
        ("service", "api".into()),
        ("port", 8080.into()),
        ("end_port", 8080.into()),
        ("address", "127.0.0.1".into()),
        ("protocol", "udp".into()),
        ("confidence", "high".into()),
        ("container_port", 80.into()),
        ("role", "publish".into()),
    ];
    for (key, value) in expect {
        assert_eq!(host[key], value, "{key}");
    }
    assert!(report["findings"].is_array() && report["errors"].is_array());
    assert_eq!(report["summary"]["files"], 1);
    let lines = folder.run(&["survey", "--format", "json-lines"]).stdout;
    assert_eq!(lines.lines().count(), sightings.len() + 1);
    assert_eq!(json(lines.lines().last().unwrap_or_default())["type"], "summary");
}

#[test]
fn the_table_stands_in_full_alone() {
    let folder = Folder::empty();
    folder.write("compose.yml", COMPOSE);
    let full = folder.run(&["survey"]);
    assert!(full.stdout.starts_with("SERVICE  PORT  SIDE"), "{full:?}");
    assert!(full.stdout.contains("compose.yml:3"), "{full:?}");
    assert_eq!(folder.run(&["survey", "--quiet"]).stdout, "");
    assert_eq!(folder.run(&["survey", "--format", "concise"]).stdout, "");
}

#[test]
fn a_survey_may_be_of_a_part() {
    let folder = Folder::empty();
    for name in ["a", "b"] {
        folder.write(&format!("{name}/compose.yml"), COMPOSE);
    }
    let files = |arguments: &[&str]| {
        let run = folder.run(&[&["survey", "--format", "json"], arguments].concat());
        json(&run.stdout)["summary"]["files"].clone()
    };
    assert_eq!(files(&[]), 2);
    assert_eq!(files(&["a", "a/compose.yml"]), 1);
    assert_eq!(folder.run(&["survey", "c"]).code, 2);
    assert_eq!(folder.run(&["survey", ".."]).code, 2);
}
