//! Patches, numbers that only the ledger has, and strings of `ports.toml`.

use super::{TABLE, run};
use crate::model::Problem;

fn patch(value: &str) -> super::Outcome {
    run(&format!("{TABLE}\n[[patch]]\npath = \"a.py\"\nfind = '(\\d+)'\n{value}"), &[])
}

#[test]
fn a_patch_is_a_number_or_one_line() {
    let check = |value: &str, expect: &str| {
        let outcome = patch(value);
        assert_eq!(outcome.words(), Vec::<String>::new());
        let texts: Vec<&str> = outcome.rendering.patches.iter().map(|patch| patch.text.as_str()).collect();
        assert_eq!(texts, [expect], "{value}");
    };
    check("service = \"api\"", "9000");
    check("service = \"old\"", "9002");
    check("value = \"{{ service('api').url }}/x\"", "http://localhost:9000/v1/x");
}

#[test]
fn a_mistake_in_a_string_of_the_table_points_into_it() {
    let check = |value: &str, expect: (&str, &str)| {
        let outcome = patch(value);
        let [finding] = outcome.rendering.findings.as_slice() else { panic!("{:?}", outcome.words()) };
        assert_eq!((finding.message.as_str(), outcome.pointed()), expect, "{value}");
        assert_eq!(outcome.rendering.patches, []);
    };
    check("value = \"x {{ service('apj').port }}\"", ("there is no service `apj`", "service('apj')"));
    check("value = 'a{{ nobody }}'", ("`nobody` is undefined", "nobody"));
    check("value = \"\\u0061{{ nobody }}\"", ("`nobody` is undefined", "\"\\u0061{{ nobody }}\""));
    check(
        "value = \"{{ 'a\\\\nb' }}\"",
        ("a patch writes one line, and this renders several", "\"{{ 'a\\\\nb' }}\""),
    );
    let option = "[[output]]\npath = \"e.ts\"\ntarget = \"angular\"\n\
                  options = { values = { list = [\"{{ service('cache').hostname }}\"] } }";
    let outcome = run(&format!("{TABLE}\n{option}"), &[]);
    assert_eq!(outcome.pointed(), "('cache').hostname");
    let command = TABLE.replace("port = 6390", "port = 6390\ncommand = \"run {{ prot }}\"");
    let outcome = run(&format!("{command}\n[[output]]\npath = \"Procfile\"\ntarget = \"procfile\""), &[]);
    assert_eq!(outcome.pointed(), "prot");
}

#[test]
fn a_number_that_only_the_ledger_has_is_a_condition() {
    let table = TABLE.replace("port = 6390", "port = \"auto\"").replace("port = 9000\n", "port = \"auto\"\n");
    let check = |lines: &str, expect: &[&str], texts: usize| {
        let outcome = run(&format!("{table}\n{lines}"), &[]);
        let ids: Vec<&str> = outcome
            .rendering
            .conditions
            .iter()
            .map(|condition| match &condition.problem {
                Problem::Unassigned { number, id } => {
                    assert_eq!(outcome.sources.text_at(*number), "\"auto\"");
                    id.as_str()
                }
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(ids, expect, "{lines}");
        assert_eq!(outcome.rendering.outputs.len(), texts, "{lines}");
        assert_eq!(outcome.words(), Vec::<String>::new(), "{lines}");
    };
    check("[[output]]\npath = \".env\"\ntarget = \"dotenv\"\nlocal = true", &["api", "cache"], 0);
    check(
        "[[output]]\npath = \".env\"\ntarget = \"dotenv\"\nlocal = true\nservices = [\"cache\"]",
        &["cache"],
        0,
    );
    check("[[output]]\npath = \"r.md\"\ntarget = \"markdown\"\noptions = { list = \"ranges\" }", &[], 1);
    check("[[patch]]\npath = \"a.py\"\nfind = '(\\d+)'\nservice = \"api\"", &["api"], 0);
}
