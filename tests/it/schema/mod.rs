//! The JSON Schema of `ports.toml`: it accepts and refuses what the parser does.

/// Draft 4, as far as the schema goes.
mod draft4;
/// Tables with one mistake each, and one with every key.
pub mod tables;

use std::collections::BTreeSet;

use portgen::manifest::{self, Section, Takes, keys};
use portgen::report;
use portgen::source::Sources;
use portgen::{check, target};
use serde_json::Value;

use crate::support::{portgen, read, repository};
use draft4::mistakes_in;
use tables::{EVERY_KEY, FINER, MISTAKES};

/// What the parser, the names of rules and the targets say of a table.
fn parser_says(text: &str) -> Vec<String> {
    let mut sources = Sources::new();
    let (project, mut findings) = manifest::read(&mut sources, "ports.toml", text);
    findings.extend(check::check_names(&project));
    let (_, bound) = target::bind(&project, &mut sources, &|_| Ok(Some(String::new())));
    findings.extend(bound);
    findings.into_iter().map(|finding| format!("{}: {}", finding.rule, finding.message)).collect()
}

fn schema_says(text: &str) -> Vec<String> {
    let table: Value = toml::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let schema = report::schema();
    mistakes_in(&table, &schema, &schema)
}

#[track_caller]
fn both_accept(text: &str) {
    assert_eq!(parser_says(text), Vec::<String>::new(), "{text}");
    assert_eq!(schema_says(text), Vec::<String>::new(), "{text}");
}

#[test]
fn the_command_prints_the_schema_and_the_same_each_time() {
    let run = portgen(repository(), &["schema"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert_eq!(run.stdout, report::schema_text());
    let schema: Value = serde_json::from_str(&run.stdout).expect("JSON");
    assert_eq!(schema["$schema"], "http://json-schema.org/draft-04/schema#");
}

#[test]
fn schema_and_parser_accept_the_examples_and_a_table_with_every_key() {
    for example in ["ai-assistant", "consilio", "devflow"] {
        let text = read(repository().join("examples").join(example).join("ports.toml"));
        assert_eq!(schema_says(&text), Vec::<String>::new(), "{example}");
    }
    assert_eq!(schema_says(&read(repository().join("ports.toml"))), Vec::<String>::new());
    both_accept(EVERY_KEY);
    both_accept("[workspace]\nmembers = [\"a/*\"]\n");
    both_accept("[project]\nname = \"p\"\n");
}

#[test]
fn schema_and_parser_refuse_each_mistake() {
    for mistake in MISTAKES {
        let text = tables::table(mistake);
        assert!(!parser_says(&text).is_empty(), "the parser accepts:\n{text}");
        assert!(!schema_says(&text).is_empty(), "the schema accepts:\n{text}");
    }
}

#[test]
fn what_takes_more_than_one_value_to_see_is_for_the_parser_alone() {
    for mistake in FINER {
        let text = tables::table(mistake);
        assert!(!parser_says(&text).is_empty(), "the parser accepts:\n{text}");
        assert_eq!(schema_says(&text), Vec::<String>::new(), "{text}");
    }
}

/// A table in which one key of a section has a value.
fn table_with(section: &Section, key: &str, value: &str) -> Option<String> {
    let name = |start: &str| format!("[project]\nname = \"p\"\n{start}\n{key} = {value}\n");
    let is = |other: &Section| std::ptr::eq(section, other);
    Some(if is(&keys::TOP) {
        format!("{key} = {value}\n")
    } else if is(&keys::PROJECT) {
        format!("[project]\n{key} = {value}\n")
    } else if is(&keys::RESERVED) {
        name("[[reserved]]")
    } else if is(&keys::RANGE) {
        name("[ranges.r]")
    } else if is(&keys::SERVICE) {
        name("[services.a]")
    } else if is(&keys::PORT) {
        name("[services.a.ports.x]")
    } else if is(&keys::PROFILE) {
        name("[profiles.p]")
    } else if is(&keys::PROFILE_SERVICE) {
        name("[services.a]\nport = 1\n[profiles.p.services.a]")
    } else if is(&keys::PROFILE_PORT) {
        name("[services.a.ports]\nx = 1\n[profiles.p.services.a.ports.x]")
    } else if is(&keys::OUTPUT) {
        name("[[output]]")
    } else if is(&keys::PATCH) {
        name("[[patch]]")
    } else if is(&keys::LINT) {
        name("[lint]")
    } else if is(&keys::LEVEL) {
        name("[lint.ephemeral-port]")
    } else if is(&keys::WORKSPACE) {
        name("[workspace]")
    } else {
        return None;
    })
}

#[test]
fn every_key_is_read_and_a_value_of_another_type_is_refused_by_both() {
    for section in keys::SECTIONS {
        for key in section.keys() {
            // A date is none of the types that a value may have.
            let value = if matches!(key.takes, Takes::Boolean) { "1979-05-27" } else { "true" };
            let Some(text) = table_with(section, key.name, value) else { continue };
            let said = parser_says(&text);
            let is_read = said.iter().any(|line| line.contains("expected") || line.contains("found a"));
            assert!(is_read, "{} of {} is not read: {said:?}", key.name, section.container);
            assert!(!said.iter().any(|line| line.starts_with("unknown-key")), "{said:?}");
            if value == "true" {
                assert!(!schema_says(&text).is_empty(), "{text}");
            }
            let unknown = table_with(section, &format!("{}x", key.name), value).unwrap_or_default();
            assert!(!parser_says(&unknown).is_empty() && !schema_says(&unknown).is_empty(), "{unknown}");
        }
    }
}

#[test]
fn the_table_with_every_key_has_every_key() {
    let table: Value = toml::from_str(EVERY_KEY).expect("TOML");
    let mut written = BTreeSet::new();
    collect(&table, &mut written);
    for key in keys::SECTIONS.iter().flat_map(|section| section.keys()) {
        assert!(written.contains(key.name), "{} is in no table here", key.name);
    }
}

fn collect(value: &Value, keys: &mut BTreeSet<String>) {
    match value {
        Value::Object(entries) => entries.iter().for_each(|(key, value)| {
            keys.insert(key.clone());
            collect(value, keys);
        }),
        Value::Array(items) => items.iter().for_each(|item| collect(item, keys)),
        _ => {}
    }
}

#[test]
fn the_reference_has_a_row_for_every_key() {
    let page = read(repository().join("docs/manifest.md"));
    for section in keys::SECTIONS {
        for key in section.keys() {
            let forms = [format!("`{}`", key.name), format!("[{}", key.name), format!("{} = ", key.name)];
            let is_on_it = forms.iter().any(|form| page.contains(form.as_str()));
            assert!(is_on_it, "{} of {}", key.name, section.container);
            assert!(!key.doc.is_empty() && !key.doc.ends_with('.'), "{}", key.name);
        }
    }
}
