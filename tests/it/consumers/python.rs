//! Rendered Python modules: imported, type-checked, linted.

use super::tools::{Tools, done, refused};
use super::workspace::Workspace;

const TABLE: &str = r#"[project]
name = "shop"

[services.api]
title = 'The "API" \ of it all'
port = 21000
scheme = "http"
path = "/v1"
description = "It's the API"

[services.kafka]
scheme = "tcp"

[services.kafka.ports]
client = 21010
jmx = { port = 21011, env = "KAFKA_JMX" }

[services.node-10]
port = 21040

[services.node-9]
port = 21041

[services.the-organization-directory-synchronization-service]
port = 21030
scheme = "http"
path = "/a/rather/long/path/to/the/entry/point/of/a/service"
description = "A description that is longer than what fits into one line of a Python module by far"

[[output]]
path = "plain/ports.py"
target = "python"

[[output]]
path = "environment/ports.py"
target = "python"
options = { read-environment = true }
"#;

/// Prints the numbers of two ports and the type of one.
const PRINT: &str = "import ports; print(ports.API_PORT, ports.KAFKA_JMX, type(ports.API_PORT).__name__)";

#[test]
fn a_module_has_the_numbers_of_the_table() {
    let Some(tools) = Tools::find() else { return };
    let workspace = Workspace::rendered(TABLE);
    for folder in ["plain", "environment"] {
        let mut command = tools.python_text(PRINT);
        assert_eq!(done(command.current_dir(workspace.path(folder))), "21000 21011 int\n", "{folder}");
    }
    let mut star = tools.python_text("from ports import *; print(API_PORT + KAFKA_CLIENT_PORT)");
    assert_eq!(done(star.current_dir(workspace.path("plain"))), "42010\n");
    let mut values = tools.python_text(
        "import ports; print([v for v in vars(ports).values() if v == 'http://localhost:21000/v1'])",
    );
    assert_eq!(done(values.current_dir(workspace.path("plain"))), "['http://localhost:21000/v1']\n");
}

#[test]
fn only_a_module_that_reads_the_environment_follows_it() {
    let Some(tools) = Tools::find() else { return };
    let workspace = Workspace::rendered(TABLE);
    let print = |folder: &str, value: &str| {
        let mut command = tools.python_text(PRINT);
        command.env("API_PORT", value).current_dir(workspace.path(folder));
        command
    };
    assert_eq!(done(&mut print("plain", "31000")), "21000 21011 int\n");
    assert_eq!(done(&mut print("environment", "31000")), "31000 21011 int\n");
    assert_eq!(done(&mut print("environment", "")), "21000 21011 int\n");
    for garbage in ["80a", "0", "65536", "-1", "80.5", " "] {
        let message = refused(&mut print("environment", garbage));
        assert!(message.contains("API_PORT"), "{garbage:?}: {message}");
    }
}

/// mypy, ruff and its formatter have nothing to say.
fn check(tools: &Tools, workspace: &Workspace, files: &[&str]) {
    for file in files {
        let run = |program: &str, arguments: &[&str]| {
            let mut command = tools.python(program);
            done(command.args(arguments).arg(file).current_dir(workspace.folder()));
        };
        run("mypy", &["--strict", "--no-incremental", "--cache-dir=/dev/null"]);
        run("ruff", &["check", "--isolated", "--no-cache"]);
        run("ruff", &["format", "--check", "--isolated", "--no-cache"]);
    }
}

#[test]
fn a_module_is_clean_under_mypy_and_ruff() {
    let Some(tools) = Tools::find() else { return };
    let workspace = Workspace::rendered(TABLE);
    check(&tools, &workspace, &["plain/ports.py", "environment/ports.py"]);
    let options = ["", "options = { read-environment = true }"];
    for options in options {
        let output = format!("[[output]]\npath = \"ports.py\"\ntarget = \"python\"\n{options}\n");
        let empty = Workspace::rendered(&format!("[project]\nname = \"empty\"\n\n{output}"));
        check(&tools, &empty, &["ports.py"]);
    }
}

#[test]
fn the_module_of_the_example_is_clean_and_right() {
    let Some(tools) = Tools::find() else { return };
    let workspace = Workspace::example("ai-assistant");
    check(&tools, &workspace, &["src/core/ports.py"]);
    for (name, port) in workspace.numbers() {
        let mut command = tools.python_text(&format!("import ports; print(ports.{name})"));
        assert_eq!(done(command.current_dir(workspace.path("src/core"))), format!("{port}\n"), "{name}");
    }
}
