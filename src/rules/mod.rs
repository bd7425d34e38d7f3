//! What portgen finds: one file a rule, all named here.
//!
//! A rule's documentation, its examples and its test are one text: the doc
//! comment in its file. `portgen explain` prints it; a test runs every fence
//! in it and expects the rule at exactly the lines that end in `# error` or
//! `# warning`. A rule decides no level, prints nothing and does no I/O.

use crate::diagnostic::{Finding, Level};
use crate::machine::{MachineFacts, Seen};
use crate::model::{Condition, Endpoint, Port, PortSet, Project, View};
use crate::repository::Repository;
use crate::source::{Place, Sources};

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
    /// What people wrote in the repository, with a table or without one.
    Repository(fn(&Evidence<'_>, &mut Vec<Finding>)),
    /// A fact about an output on disk; each condition is one rule's.
    Condition(fn(&Condition) -> Option<Finding>),
    /// A fact about an output that is a mistake in the file itself.
    MistakenCondition(fn(&Condition) -> Option<Finding>),
    /// One project on this machine, as its ledger and its sockets are now.
    Machine(fn(&MachineEvidence<'_>, &mut Vec<Finding>)),
    /// Something that is to turn findings off and does not; each kind is one rule's.
    Idle(fn(&Idle) -> Option<Finding>),
}

/// Something that is to turn findings off and does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idle {
    /// Where it stands: a comment, one rule in it, an entry of a baseline.
    pub place: Place,
    /// Why it does not.
    pub kind: IdleKind,
}

/// Why something turns no finding off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdleKind {
    /// A comment names a rule that finds nothing there.
    Unused {
        /// The rule.
        rule: String,
    },
    /// A comment names a rule that there is not.
    Unknown {
        /// As it is written.
        rule: String,
        /// The rule that may be meant.
        near: Option<String>,
    },
    /// A comment names a mistake in the table, which nothing turns off.
    Mistake {
        /// The rule.
        rule: String,
    },
    /// A comment gives no reason.
    Unexplained,
    /// A comment names no rule.
    Empty,
    /// An entry of a baseline has more findings than there are.
    Stale {
        /// The rule.
        rule: String,
        /// The file.
        path: String,
        /// How many findings the entry is for.
        count: usize,
        /// How many there are.
        found: usize,
    },
}

/// What a rule of the repository looks at.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// Everything that was read.
    pub repository: &'a Repository,
    /// The tables that it is held against; none in a `survey`.
    pub projects: &'a [Project],
    /// The texts of all places.
    pub sources: &'a Sources,
}

impl Evidence<'_> {
    /// Whether any of a place is portgen's own, so that nobody wrote it: such
    /// sightings are taken out before, but Compose still loads what is rendered.
    pub fn is_owned(&self, place: Place) -> bool {
        self.repository.owned.has(place)
    }
}

/// What a rule of the machine looks at: one project here, now.
#[derive(Clone, Debug)]
pub struct MachineEvidence<'a> {
    /// Its table.
    pub project: &'a Project,
    /// Its ports that have a number in this checkout.
    pub ports: Vec<PortEvidence<'a>>,
    /// What this machine assigned to it; `None` for nothing.
    pub assigned: Option<PortSet>,
    /// What this machine keeps for others, and for whom.
    pub kept: Vec<(PortSet, String)>,
    /// The limits of this machine.
    pub facts: &'a MachineFacts,
}

/// What is so of one port of a table on this machine.
#[derive(Clone, Debug)]
pub struct PortEvidence<'a> {
    /// The port, as the table has it.
    pub endpoint: &'a Endpoint,
    /// Its number in this checkout.
    pub port: Port,
    /// What was seen of it.
    pub seen: Seen,
    /// Who else has the number.
    pub claims: Vec<Claim>,
}

/// Somebody else's claim of a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Whose: `service api of project shop`.
    pub by: String,
    /// Whether it was given, and not only declared.
    pub is_given: bool,
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
    name_collision
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
    localhost_in_production
    missing_output
    stale_output
    edited_output
    broken_markers
    unmatched_patch
    orphaned_output
    ambiguous_value
    published_port_collision
    unquoted_compose_port
    appended_override
    stale_default
    hard_coded_port
    unregistered_port
    wrong_side_port
    exposed_port
    shadowed_variable
    unused_suppression
    stale_baseline
    shared_port_variable
    ignored_procfile_line
    unused_environment_file
    stale_document
    stated_range
    stated_reserved
    port_in_use
    claimed_elsewhere
    unassigned_range
    wrong_port
    disagreeing_port
    forbidden_port
}

/// The rule of a name.
pub fn find(name: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.name == name)
}

/// A rule's documentation in Markdown, as `explain` prints it.
pub fn documentation(rule: &Rule) -> String {
    let lines = rule.doc.lines().map(|line| line.strip_prefix(' ').unwrap_or(line));
    lines.fold(String::with_capacity(rule.doc.len()), |text, line| text + line + "\n")
}

/// The word for a rule's level in lists: `deny` or `warn`, and `error` for a
/// mistake, which no level turns off.
pub fn level_word(rule: &Rule) -> &'static str {
    if rule.is_mistake() { "error" } else { rule.level.as_str() }
}

/// Puts a fact about an output on disk into words; each fact is one rule's.
pub fn of_condition(condition: &Condition) -> Option<Finding> {
    RULES.iter().find_map(|rule| match rule.check {
        Check::Condition(check) | Check::MistakenCondition(check) => check(condition),
        _ => None,
    })
}

/// Puts what turns nothing off into words; each kind is one rule's.
pub fn of_idle(idle: &Idle) -> Option<Finding> {
    RULES.iter().find_map(|rule| match rule.check {
        Check::Idle(check) => check(idle),
        _ => None,
    })
}

/// Says that a finding is about a port's service.
fn about(finding: Finding, endpoint: &Endpoint) -> Finding {
    finding.about_service(endpoint.service.as_str())
}

/// What to do about a number that only a warning speaks against.
fn or_allow(remedy: &str, rule: &Rule) -> String {
    format!("{remedy}; where it must be this one, write `allow = {{ \"{}\" = \"the reason\" }}`", rule.name)
}

#[cfg(test)]
mod testing {
    //! What the tests of all rules share: tables with marked lines, and
    //! conditions made by hand.

    use super::*;
    use crate::manifest;
    use crate::model::Problem;
    use crate::source::{Place, Sources};

    /// Expects the rule at exactly the lines that end in `# here`, in the
    /// members of a workspace whose tables these are.
    #[track_caller]
    pub(super) fn check_workspace(rule: &Rule, texts: &[&str]) {
        let mut sources = Sources::new();
        let mut read = |(index, text): (usize, &&str)| {
            manifest::read(&mut sources, &index.to_string(), &format!("[project]\nname = \"p\"\n{text}"))
        };
        let (projects, mistakes): (Vec<Project>, Vec<_>) = texts.iter().enumerate().map(&mut read).unzip();
        assert_eq!(mistakes.concat(), [], "the tables are valid");
        let all: Vec<&Project> = projects.iter().collect();
        let mut findings = Vec::new();
        match rule.check {
            Check::View(check) => {
                projects.iter().flat_map(Project::views).for_each(|view| check(&view, &mut findings));
            }
            Check::Project(check) => projects.iter().for_each(|project| check(project, &mut findings)),
            Check::Workspace(check) => check(&all, &mut findings),
            _ => panic!("{} looks at no table", rule.name),
        }
        let line = |finding: &Finding| {
            let place = finding.primary.place;
            (sources.get(place.source).name().to_owned(), sources.start_of(place).line - 2)
        };
        let mut found: Vec<_> = findings.iter().map(line).collect();
        found.sort();
        found.dedup();
        let marked = texts.iter().enumerate().flat_map(|(index, text)| {
            let lines = text.lines().enumerate().filter(|(_, line)| line.ends_with("# here"));
            lines.map(move |(line, _)| (index.to_string(), line + 1))
        });
        assert_eq!(found, marked.collect::<Vec<_>>());
    }

    /// Expects the rule at exactly the lines that end in `# here`.
    #[track_caller]
    pub(super) fn check(rule: &Rule, text: &str) {
        check_workspace(rule, &[text]);
    }

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
