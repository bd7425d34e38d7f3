//! Every reader of environment files reads the same from a rendered one.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use super::tools::{Tools, clean, done, json};
use super::workspace::Workspace;

type Variables = BTreeMap<String, String>;

/// Prints the environment as JSON.
const DUMP: &str = "import json, os; print(json.dumps(dict(os.environ)))";

/// What each reader makes of a file, by its name. `names` are the variables
/// that Compose is asked for: it only tells what somebody refers to.
fn readings(tools: &Tools, folder: &Path, file: &str, names: &[&str]) -> Vec<(&'static str, Variables)> {
    vec![
        ("python-dotenv", python_dotenv(tools, folder, file)),
        ("dotenv", node_package(tools, folder, file, "parsed")),
        (
            "dotenv-expand",
            node_package(
                tools,
                folder,
                file,
                "require('dotenv-expand').expand({ parsed, processEnv: {} }).parsed",
            ),
        ),
        ("node --env-file", node_itself(folder, file)),
        ("sh", shell(tools, folder, file)),
        ("honcho", honcho(tools, folder, file)),
        ("docker-compose", compose(tools, folder, file, names)),
    ]
}

fn python_dotenv(tools: &Tools, folder: &Path, file: &str) -> Variables {
    let text = "import dotenv, json, sys; print(json.dumps(dotenv.dotenv_values(sys.argv[1])))";
    variables(&done(tools.python_text(text).arg(file).current_dir(folder)))
}

fn node_package(tools: &Tools, folder: &Path, file: &str, result: &str) -> Variables {
    let text = format!(
        "const parsed = require('dotenv').parse(require('fs').readFileSync(process.argv[1]));
         console.log(JSON.stringify({result}))"
    );
    variables(&done(tools.node_text(&text).arg(file).current_dir(folder)))
}

fn node_itself(folder: &Path, file: &str) -> Variables {
    let run = |argument: Option<String>| {
        let mut command = clean(Path::new("node"));
        command.args(argument).args(["-e", "console.log(JSON.stringify(process.env))"]);
        variables(&done(command.current_dir(folder)))
    };
    added(&run(None), run(Some(format!("--env-file={file}"))))
}

fn shell(tools: &Tools, folder: &Path, file: &str) -> Variables {
    let python = tools.python("python").get_program().to_owned();
    let run = |text: &str| {
        let mut command = clean(Path::new("sh"));
        command.args(["-eu", "-c", text, "sh"]).arg(&python).arg(DUMP).arg(format!("./{file}"));
        variables(&done(command.current_dir(folder)))
    };
    let before = run(r#"exec "$1" -c "$2""#);
    added(&before, run(r#"set -a; . "$3"; set +a; exec "$1" -c "$2""#))
}

fn honcho(tools: &Tools, folder: &Path, file: &str) -> Variables {
    std::fs::write(folder.join("empty.env"), "").expect("a file can be written");
    let python = tools.python("python").get_program().to_string_lossy().into_owned();
    let run = |file: &str| {
        let mut command = tools.python("honcho");
        command.args(["-e", file, "run", "--", &python, "-c", DUMP]);
        variables(&done(command.current_dir(folder)))
    };
    added(&run("empty.env"), run(file))
}

fn compose(tools: &Tools, folder: &Path, file: &str, names: &[&str]) -> Variables {
    let entries: String =
        names.iter().map(|name| format!("      {name}: \"${{{name}?not set}}\"\n")).collect();
    let text = format!("name: probe\nservices:\n  probe:\n    image: probe\n    environment:\n{entries}");
    std::fs::write(folder.join("probe.yml"), text).expect("a file can be written");
    let mut command = tools.other("docker-compose");
    command.args(["--env-file", file, "-f", "probe.yml", "config", "--format", "json"]);
    let config = json(&done(command.current_dir(folder)));
    texts(&config["services"]["probe"]["environment"])
}

fn variables(text: &str) -> Variables {
    texts(&json(text))
}

fn texts(object: &Value) -> Variables {
    let entries = object.as_object().expect("an object");
    entries
        .iter()
        .map(|(name, value)| (name.clone(), value.as_str().unwrap_or("<null>").to_owned()))
        .collect()
}

/// What is set afterwards and was not, or not so, before.
fn added(before: &Variables, after: Variables) -> Variables {
    after.into_iter().filter(|(name, value)| name != "_" && before.get(name) != Some(value)).collect()
}

/// Every reader reads exactly `expect` from the file.
fn check(tools: &Tools, workspace: &Workspace, file: &str, expect: &[(&str, &str)]) {
    let names: Vec<&str> = expect.iter().map(|&(name, _)| name).collect();
    let expect: Variables = expect.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
    for (reader, read) in readings(tools, workspace.folder(), file, &names) {
        assert_eq!(read, expect, "{reader} of\n{}", workspace.read(file));
    }
}

const TABLE: &str = r#"[project]
name = "shop"
env-prefix = "SHOP_"

[services.api]
title = "It's the \"API\" — `$HOME` # 50 %"
port = 21000
scheme = "http"
description = 'Costs $5, \n is no newline; API_PORT=1'

[services.kafka]
scheme = "tcp"

[services.kafka.ports]
client = 21010
jmx = { port = 21011, env = "KAFKA_JMX" }

[services.off]
port = 21020
status = "disabled"

[profiles.production.services.api]
port = 443
host = "api.example.com"
scheme = "https"

[[output]]
path = ".env"
target = "dotenv"

[[output]]
path = "all.env"
target = "dotenv"
mode = "file"
status = ["active", "disabled"]

[[output]]
path = "more.env"
target = "dotenv"
mode = "file"
services = ["api", "kafka"]
options = { urls = true, hosts = true, values = { SHOP_LOG = "info", SHOP_API = "{{ service('api').url }}/v1" } }

[[output]]
path = "production.env"
target = "dotenv"
mode = "file"
profile = "production"
services = ["api"]
"#;

#[test]
fn all_seven_readers_agree_on_a_rendered_file() {
    let Some(tools) = Tools::find() else { return };
    let workspace = Workspace::rendered(TABLE);
    let active = [("SHOP_API_PORT", "21000"), ("SHOP_KAFKA_CLIENT_PORT", "21010"), ("KAFKA_JMX", "21011")];
    check(&tools, &workspace, ".env", &active);
    check(&tools, &workspace, "all.env", &[&active[..], &[("SHOP_OFF_PORT", "21020")]].concat());
    let more = [
        ("SHOP_API_HOST", "localhost"),
        ("SHOP_API_URL", "http://localhost:21000"),
        ("SHOP_KAFKA_CLIENT_HOST", "localhost"),
        ("KAFKA_JMX_HOST", "localhost"),
        ("SHOP_LOG", "info"),
        ("SHOP_API", "http://localhost:21000/v1"),
    ];
    check(&tools, &workspace, "more.env", &[&active[..], &more].concat());
    check(&tools, &workspace, "production.env", &[("SHOP_API_PORT", "443")]);
}

#[test]
fn a_block_leaves_what_stands_around_it_readable() {
    let Some(tools) = Tools::find() else { return };
    let workspace = Workspace::new(TABLE);
    workspace.write(".env", "SECRET=abc\n");
    workspace.portgen(&["render", "--insert"]);
    let expect = [
        ("SECRET", "abc"),
        ("SHOP_API_PORT", "21000"),
        ("SHOP_KAFKA_CLIENT_PORT", "21010"),
        ("KAFKA_JMX", "21011"),
    ];
    check(&tools, &workspace, ".env", &expect);
}

#[test]
fn all_seven_readers_agree_on_the_examples() {
    let Some(tools) = Tools::find() else { return };
    for name in ["ai-assistant", "devflow", "consilio"] {
        let workspace = Workspace::example(name);
        let expect: Vec<(String, String)> =
            workspace.numbers().into_iter().map(|(name, port)| (name, port.to_string())).collect();
        assert!(expect.len() > 2, "{name} has ports");
        let expect: Vec<(&str, &str)> =
            expect.iter().map(|(name, port)| (name.as_str(), port.as_str())).collect();
        check(&tools, &workspace, ".env", &expect);
    }
}
