//! What portgen finds: one file a rule, all named here.
//!
//! A rule's documentation, its examples and its test are one text: the doc
//! comment in its file. `portgen explain` prints it; a test runs every fence
//! in it and expects the rule at exactly the lines that end in `# error` or
//! `# warning`. A rule decides no level, prints nothing and does no I/O.

use crate::diagnostic::{Finding, Level};
use crate::model::{Condition, Endpoint, Project, View};

/// A rule: its name, its default level, its documentation and its check.
#[derive(Debug)]
pub struct Rule {
    /// As in `allow = { name = … }`: kebab-case, as its file.
    pub name: &'static str,
    /// The level where nobody sets one.
    pub level: Level,
    /// Its documentation, in Markdown; the first line is one sentence.
    pub doc: &'static str,
    /// How it looks.
    pub check: Check,
}

impl Rule {
    /// The first sentence of its documentation.
    pub fn summary(&self) -> &'static str {
        self.doc.split("\n\n").next().unwrap_or(self.doc).trim()
    }

    /// Whether it is a mistake in the file itself, which no level turns off.
    pub fn is_mistake(&self) -> bool {
        matches!(self.check, Check::Mistake | Check::MistakenCondition(_))
    }
}

/// What a rule looks at.
#[derive(Clone, Copy, Debug)]
pub enum Check {
    /// A mistake in the file itself: found while it is read or rendered. No
    /// level turns it off.
    Mistake,
    /// One project under one value set.
    View(fn(&View<'_>, &mut Vec<Finding>)),
    /// One project as a whole.
    Project(fn(&Project, &mut Vec<Finding>)),
    /// All projects of a workspace together; called for a single one too.
    Workspace(fn(&[&Project], &mut Vec<Finding>)),
    /// A fact about an output on disk; each condition is one rule's.
    Condition(fn(&Condition) -> Option<Finding>),
    /// A fact about an output that is a mistake in the file itself.
    MistakenCondition(fn(&Condition) -> Option<Finding>),
}

/// Declares the rule of a file: its doc comment, name, level and check.
macro_rules! declare_rule {
    ($(#[doc = $doc:expr])* $name:literal, $level:ident, $check:expr) => {
        /// This file's rule.
        pub static RULE: $crate::rules::Rule = $crate::rules::Rule {
            name: $name,
            level: $crate::diagnostic::Level::$level,
            doc: concat!($($doc, "\n"),*),
            check: $check,
        };
    };
}

/// Names every rule once: its file, and its place in [`RULES`].
macro_rules! rules {
    ($($module:ident)*) => {
        $(mod $module;)*

        /// Every rule, in the order of the documentation.
        pub static RULES: &[&Rule] = &[$(&$module::RULE),*];
    };
}

rules! {
    syntax
    unknown_key
    invalid_value
    unknown_name
    template_error
    unusable_output
    unassigned_port
    duplicate_port
    port_outside_project
    port_outside_range
    reserved_port
    overlapping_ranges
    duplicate_variable
    // name_collision
    browser_blocked_port
    privileged_port
    ephemeral_port
    platform_port
    well_known_port
    foreign_range_port
    auto_port_in_shared_output
    overlapping_projects
    exhausted_range
    wildcard_client_url
    // localhost_in_production
    missing_output
    stale_output
    edited_output
    broken_markers
    unmatched_patch
    orphaned_output
    ambiguous_value
}

/// Names of rules that look at the repository and at the machine, which this
/// version does not: a level may be set for them, so that one `ports.toml`
/// serves several versions.
pub static LATER: &[&str] = &[
    "published-port-collision",
    "stale-default",
    "stale-document",
    "hard-coded-port",
    "unregistered-port",
    "wrong-side-port",
    "unquoted-compose-port",
    "exposed-port",
    "appended-override",
    "shared-port-variable",
    "ignored-procfile-line",
    "unused-environment-file",
    "shadowed-variable",
    "port-in-use",
    "claimed-elsewhere",
    "unassigned-range",
    "wrong-port",
    "forbidden-port",
    "unused-suppression",
    "stale-baseline",
];

/// The rule of a name.
pub fn find(name: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.name == name)
}

/// Puts a fact about an output on disk into words; each fact is one rule's.
pub fn of_condition(condition: &Condition) -> Option<Finding> {
    RULES.iter().find_map(|rule| match rule.check {
        Check::Condition(check) | Check::MistakenCondition(check) => check(condition),
        _ => None,
    })
}

/// Says that a finding is about a port's service.
fn about(finding: Finding, endpoint: &Endpoint) -> Finding {
    finding.about_service(endpoint.service.as_str())
}

#[cfg(test)]
mod testing {
    //! Conditions made by hand, for the rules that put them into words.

    use super::*;
    use crate::model::Problem;
    use crate::source::{Place, Sources};

    /// A place of one character at an offset.
    pub(super) fn place(offset: usize) -> Place {
        Place::new(Sources::new().add("", ""), offset..offset + 1)
    }

    /// A condition of `src/ports.py`, declared at offset 1.
    pub(super) fn condition(problem: Problem) -> Condition {
        Condition { declared: place(1), path: "src/ports.py".to_owned(), problem }
    }

    /// The finding of a condition, which is this rule's and no other's.
    pub(super) fn word(rule: &Rule, condition: &Condition) -> Finding {
        let finding = of_condition(condition).expect("a finding");
        assert_eq!(finding.rule, rule.name);
        finding
    }
}
