//! A number that this machine has not chosen yet.

use super::Check;
use crate::diagnostic::Finding;
use crate::model::{Condition, Problem};

declare_rule! {
    /// Finds a port that must be rendered and has no number.
    ///
    /// ## What it does
    /// Speaks where `render` needs the number of a port with `port = "auto"`
    /// and nothing has given it one.
    ///
    /// ## Why is this bad?
    /// The output cannot be written without it.
    ///
    /// ## Example
    /// ```toml
    /// [project]
    /// name = "shop"
    ///
    /// [services.api]
    /// port = "auto" # error
    ///
    /// [[patch]]
    /// path = "server.py"
    /// find = 'port=(\d+)'
    /// value = "{{ service('api').port }}"
    /// ```
    /// ```text server.py
    /// run(port=9000)
    /// ```
    ///
    /// ## Known limitations
    /// `check` holds a `local` output back and counts it: its numbers are needed
    /// only when it is rendered.
    "unassigned-port", Deny, Check::MistakenCondition(check)
}

fn check(condition: &Condition) -> Option<Finding> {
    let Problem::Unassigned { number, id } = &condition.problem else { return None };
    let finding = Finding::new(RULE.name, *number, format!("the port of {id} has no number on this machine yet"))
        .label("chosen by each machine")
        .related(condition.declared, "needed here")
        .help("give it a number, or leave it out of the output with `services`");
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{condition, place, word};
    use super::*;

    #[test]
    fn it_points_at_the_number_and_at_the_output() {
        let condition = condition(Problem::Unassigned { number: place(5), id: "kafka.jmx".into() });
        let finding = word(&RULE, &condition);
        assert_eq!(finding.message, "the port of kafka.jmx has no number on this machine yet");
        assert_eq!(finding.primary.place, place(5));
        assert_eq!(finding.related.first().map(|label| label.place), Some(condition.declared));
    }
}
