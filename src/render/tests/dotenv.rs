//! The target `dotenv`.

use super::{TABLE, findings, run, text};
use crate::model::Problem;

#[test]
fn ports_are_grouped_under_the_titles_of_their_ranges() {
    let expect = "CACHE_PORT=6390

# Web services
API_PORT=9000
";
    assert_eq!(text("[[output]]\npath = \".env\"\ntarget = \"dotenv\""), expect);
}

#[test]
fn urls_hosts_and_values_are_added_on_request() {
    let expect = "API_PORT=9000
API_HOST=localhost
API_URL=http://localhost:9000/v1
CACHE_PORT=6390
CACHE_HOST=localhost

HEALTH=http://localhost:9000/health
DEBUG=true
";
    let options = "{ urls = true, hosts = true, comments = false, \
                   values = { HEALTH = \"{{ service('api').health_url }}\", DEBUG = true } }";
    let output = format!("[[output]]\npath = \".env\"\ntarget = \"dotenv\"\noptions = {options}");
    assert_eq!(text(&output), expect);
}

#[test]
fn a_table_without_services_renders_nothing() {
    let table = "[project]\nname = \"x\"\n[[output]]\npath = \".env\"\ntarget = \"dotenv\"";
    assert_eq!(super::text_of(table), "");
}

#[test]
fn an_ambiguous_value_is_a_condition_and_is_rendered_all_the_same() {
    let output = "[[output]]\npath = \".env\"\ntarget = \"dotenv\"\noptions = { values = { A = \"x#y\" } }";
    let outcome = run(&format!("{TABLE}\n{output}"), &[]);
    assert_eq!(outcome.rendering.outputs.len(), 1);
    let [condition] = outcome.rendering.conditions.as_slice() else {
        panic!("{outcome:?}", outcome = outcome.words())
    };
    let Problem::Ambiguous { name, value, readers } = &condition.problem else { panic!("{condition:?}") };
    assert_eq!((name.as_str(), value.as_str(), readers.len()), ("A", "x#y", 4));
}

#[test]
fn a_name_that_is_set_twice_and_a_bare_port_are_refused() {
    let output =
        "[[output]]\npath = \".env\"\ntarget = \"dotenv\"\noptions = { values = { API_PORT = 1, PORT = 2 } }";
    assert_eq!(
        findings(output),
        [
            "ports.toml:30:8: template-error: API_PORT is set twice",
            "ports.toml:30:8: template-error: the bare variable PORT is set by Procfile runners and platforms",
        ]
    );
}

#[test]
fn a_value_of_several_lines_would_set_what_nobody_asked_for() {
    for pair in [r#"A = "x\nEVIL=1""#, r#""A\nB" = "x""#] {
        let options = format!("{{ values = {{ {pair} }} }}");
        let found =
            findings(&format!("[[output]]\npath = \".env\"\ntarget = \"dotenv\"\noptions = {options}"));
        assert!(matches!(found.as_slice(), [one] if one.contains("more than one line")), "{found:?}");
    }
}
