//! Tests of levels and of the gate.

use super::{Strictness, check_names, check_table, gate, judge};
use crate::manifest;
use crate::source::Sources;

/// The findings over a text, each as `line severity rule`.
fn findings(text: &str) -> (Vec<String>, usize, bool) {
    let mut sources = Sources::new();
    let (project, mut found) = manifest::read(&mut sources, "ports.toml", text);
    found.extend(check_names(&project));
    let projects = [project];
    found.extend(check_table(&projects));
    let verdict = judge(&projects, &sources, found, Strictness::default());
    let open = gate(&projects, &verdict).is_some();
    let line = |reported: &crate::diagnostic::Reported| {
        let line = sources.start_of(reported.finding.primary.place).line;
        format!("{line} {} {}", reported.severity.as_str(), reported.finding.rule)
    };
    (verdict.findings.iter().map(line).collect(), verdict.suppressed, open)
}

#[track_caller]
fn check(extra: &str, expect: &[&str], suppressed: usize, open: bool) {
    let text =
        format!("[project]\nname = \"p\"\n[services.a]\nport = 23456\n[services.b]\nport = 23456\n{extra}");
    let (found, count, is_open) = findings(&text);
    assert_eq!(
        (found.as_slice(), count, is_open),
        (&expect.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>()[..], suppressed, open)
    );
}

#[test]
fn a_finding_has_its_rules_level_and_closes_the_gate() {
    check("", &["6 error duplicate-port"], 0, false);
}

#[test]
fn a_level_in_lint_decides() {
    check("[lint]\nduplicate-port = \"warn\"\n", &["6 warning duplicate-port"], 0, true);
    check("[lint]\nduplicate-port = { level = \"allow\", reason = \"x\" }\n", &[], 1, true);
}

#[test]
fn a_level_for_a_path_wins_over_lint_and_the_last_one_wins() {
    let lint = "[lint]\nduplicate-port = \"allow\"\n[lint.per-path]\n\"*.toml\" = { duplicate-port = \"deny\" }\n\"ports.*\" = { duplicate-port = \"warn\" }\n";
    check(lint, &["6 warning duplicate-port"], 0, true);
    check("[lint]\nexclude = [\"ports.toml\"]\n", &[], 1, true);
}

#[test]
fn an_allow_on_either_service_is_enough() {
    check("allow = { duplicate-port = \"x\" }\n", &[], 1, true);
    check(
        "[services.c]\nport = 1\nallow = { duplicate-port = \"x\" }\n",
        &["6 error duplicate-port", "8 warning privileged-port"],
        0,
        false,
    );
}

#[test]
fn a_rule_that_does_not_exist_is_found_and_a_mistake_stays() {
    check(
        "[lint]\nduplicate-prot = \"allow\"\n",
        &["6 error duplicate-port", "8 error unknown-name"],
        0,
        false,
    );
    check("[lint]\nsyntax = \"allow\"\nduplicate-port = \"allow\"\n", &["8 error invalid-value"], 1, false);
}
