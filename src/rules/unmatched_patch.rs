//! A patch whose pattern does not find its number.

use super::Check;
use crate::diagnostic::{Finding, printable};
use crate::model::{Condition, Problem};

declare_rule! {
    /// Finds a `[[patch]]` whose pattern matches too rarely or too often.
    ///
    /// ## What it does
    /// Counts the matches of every patch's pattern in its file: one is right,
    /// or with `all = true` one and more.
    ///
    /// ## Why is this bad?
    /// A pattern that matches nothing keeps nothing up to date, and one that
    /// matches twice may change a number that means something else: nothing is
    /// written.
    ///
    /// ## Example
    /// ```toml
    /// [project]
    /// name = "shop"
    ///
    /// [services.api]
    /// port = 9000
    ///
    /// [[patch]]
    /// path = "server.py"
    /// find = 'listen\((\d+)\)' # error
    /// service = "api"
    ///
    /// [[patch]]
    /// path = "server.py"
    /// find = 'port=(\d+)' # error
    /// service = "api"
    /// ```
    /// ```text server.py
    /// metrics(port=9000)
    /// run(port=9000)
    /// ```
    ///
    /// ## Known limitations
    /// Whether the number that is matched is the service's is for the pattern's
    /// author to know.
    "unmatched-patch", Deny, Check::Condition(check)
}

fn check(condition: &Condition) -> Option<Finding> {
    let Problem::Unmatched { found, file } = &condition.problem else { return None };
    let path = printable(&condition.path);
    if found.is_empty() {
        let message = format!("the pattern matches nothing in {path}");
        let finding = Finding::new(RULE.name, condition.declared, message)
            .label("must match once")
            .help("write the pattern for the line as it is now; `.` does not cross lines");
        return Some(match file {
            Some(place) => finding.related(*place, "the line that is most alike"),
            None => finding,
        });
    }
    let message = format!("the pattern matches {} times in {path}", found.len());
    let mut finding = Finding::new(RULE.name, condition.declared, message)
        .label("must match once")
        .help("put more of the line into the pattern, or set `all = true` to change every match");
    for (index, place) in found.iter().enumerate() {
        finding = finding.related(*place, if index == 0 { "matches here" } else { "and here" });
    }
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{condition, place, word};
    use super::*;

    #[test]
    fn too_many_matches_are_all_shown() {
        let problem = Problem::Unmatched { found: vec![place(2), place(5)], file: None };
        let finding = word(&RULE, &condition(problem));
        assert_eq!(finding.message, "the pattern matches 2 times in src/ports.py");
        let labels: Vec<_> = finding.related.iter().map(|label| (label.place, label.text.as_str())).collect();
        assert_eq!(labels, [(place(2), "matches here"), (place(5), "and here")]);
    }

    #[test]
    fn no_match_points_at_the_pattern() {
        let condition = condition(Problem::Unmatched { found: Vec::new(), file: None });
        let finding = word(&RULE, &condition);
        assert_eq!(finding.message, "the pattern matches nothing in src/ports.py");
        assert_eq!(finding.primary.place, condition.declared);
        assert!(finding.related.is_empty());
    }
}
