//! The JSON Schema of `ports.toml`, applied by taplo as editors apply it, and
//! judged by the standard's own validator.

use std::fs;
use std::path::Path;

use super::tools::{Tools, done, refused};
use crate::schema::tables::{EVERY_KEY, MISTAKES, table};
use crate::support::{portgen, read, repository};

fn write(path: &Path, text: &str) {
    fs::write(path, text).expect("a file can be written");
}

/// A table that names the schema beside it, as `init` writes it.
fn named(text: &str) -> String {
    format!("#:schema ./ports.schema.json\n{text}")
}

#[test]
fn taplo_accepts_the_examples_and_refuses_each_mistake() {
    let Some(tools) = Tools::find() else { return };
    let guard = tempfile::tempdir().expect("a folder");
    let folder = guard.path();
    write(&folder.join("ports.schema.json"), &portgen(folder, &["schema"]).stdout);
    let accepted = ["ai-assistant", "consilio", "devflow"];
    let examples = accepted.map(|name| read(repository().join("examples").join(name).join("ports.toml")));
    for (number, text) in examples.iter().map(String::as_str).chain([EVERY_KEY]).enumerate() {
        write(&folder.join(format!("good-{number}.toml")), &named(text));
    }
    done(tools.python("taplo").arg("check").arg("good-*.toml").current_dir(folder));
    for (number, mistake) in MISTAKES.iter().enumerate() {
        let name = format!("bad-{number}.toml");
        write(&folder.join(&name), &named(&table(mistake)));
        let said = refused(tools.python("taplo").args(["check", &name]).current_dir(folder));
        assert!(said.contains("error: "), "{mistake}\n{said}");
    }
}

#[test]
fn taplo_finds_the_schema_that_init_writes() {
    let Some(tools) = Tools::find() else { return };
    let guard = tempfile::tempdir().expect("a folder");
    write(&guard.path().join("compose.yaml"), "services:\n  api:\n    image: x\n    ports: [\"4100:80\"]\n");
    let run = portgen(guard.path(), &["init"]);
    assert_eq!(run.code, 0, "{run:#?}");
    done(tools.python("taplo").args(["check", "ports.toml"]).current_dir(guard.path()));
    let broken = read(guard.path().join("ports.toml")).replace("port = 4100", "port = 0");
    write(&guard.path().join("ports.toml"), &broken);
    refused(tools.python("taplo").args(["check", "ports.toml"]).current_dir(guard.path()));
}

#[test]
fn the_schema_is_one_of_draft_4() {
    let Some(tools) = Tools::find() else { return };
    let guard = tempfile::tempdir().expect("a folder");
    let path = guard.path().join("ports.schema.json");
    write(&path, &portgen(guard.path(), &["schema"]).stdout);
    let text = "import json, sys, jsonschema\n\
                jsonschema.Draft4Validator.check_schema(json.load(open(sys.argv[1], encoding='utf-8')))";
    done(tools.python_text(text).arg(&path));
}
