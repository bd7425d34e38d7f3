//! Runs the rules, decides levels, opens the gate to rendering.
//!
//! This room knows no single rule. It is the only maker of a [`SoundProject`],
//! and only a sound project is rendered.

mod baseline;
mod fingerprint;
mod levels;
mod names;
mod silence;

use std::ops::Deref;

use crate::diagnostic::{Confidence, Edit, Finding, Label, Reported, Severity, Subject, Summary};
use crate::model::{Condition, Project};
use crate::rules::{self, Check, Evidence, MachineEvidence, RULES};
use crate::source::Sources;

pub use baseline::{Baseline, Entry};
pub use fingerprint::{fingerprint, fingerprint_of};
pub use names::check_names;
pub use silence::Silence;

/// How much of what is found is reported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Strictness {
    /// Report what is turned off, too.
    pub ignore_suppressions: bool,
    /// Report what is not sure, too.
    pub pedantic: bool,
}

/// What is to be reported, and how much is not.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    /// Findings with their severity, in the order of their places.
    pub findings: Vec<Reported>,
    /// How many findings a level or an `allow` turned off.
    pub suppressed: usize,
    /// How many findings are not sure enough to be reported.
    pub held_back: usize,
}

impl Verdict {
    /// Whether anything in it is an error.
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(|reported| reported.severity == Severity::Error)
    }

    /// Takes over what another one reports; what both have stands once.
    pub fn add(&mut self, mut other: Self) {
        self.suppressed += other.suppressed;
        self.held_back += other.held_back;
        if !other.findings.is_empty() {
            self.findings.append(&mut other.findings);
            put_in_order(&mut self.findings, |reported| &reported.finding);
        }
    }

    /// Its counts.
    pub fn summary(&self) -> Summary {
        let errors = self.findings.iter().filter(|reported| reported.severity == Severity::Error).count();
        Summary {
            errors,
            warnings: self.findings.len() - errors,
            suppressed: self.suppressed,
            held_back: self.held_back,
            ..Summary::default()
        }
    }
}

/// Runs every rule over the table: each view of each project, each project,
/// all of them together.
pub fn check_table(projects: &[Project]) -> Vec<Finding> {
    let all: Vec<&Project> = projects.iter().collect();
    let views: Vec<_> = projects.iter().flat_map(Project::views).collect();
    let mut findings = Vec::new();
    for rule in RULES {
        match rule.check {
            Check::View(check) => views.iter().for_each(|view| check(view, &mut findings)),
            Check::Project(check) => projects.iter().for_each(|project| check(project, &mut findings)),
            Check::Workspace(check) => check(&all, &mut findings),
            Check::Mistake
            | Check::Condition(_)
            | Check::MistakenCondition(_)
            | Check::Repository(_)
            | Check::Machine(_)
            | Check::Idle(_) => {}
        }
    }
    findings
}

/// Runs every rule over what people wrote in the repository.
pub fn check_repository(evidence: &Evidence<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for rule in RULES {
        if let Check::Repository(check) = rule.check {
            check(evidence, &mut findings);
        }
    }
    let findings = findings.into_iter().map(|finding| without_false_offsets(evidence, finding));
    findings.filter_map(|finding| written(evidence, finding)).collect()
}

/// Runs every rule over what this machine has of each project.
pub fn check_machine(evidence: &[MachineEvidence<'_>]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for rule in RULES {
        if let Check::Machine(check) = rule.check {
            evidence.iter().for_each(|evidence| check(evidence, &mut findings));
        }
    }
    findings
}

/// A finding without its fix, where that would change a file whose text was
/// converted: offsets of the text are none of the file's.
fn without_false_offsets(evidence: &Evidence<'_>, mut finding: Finding) -> Finding {
    let is_converted = |edit: &Edit| {
        let file = evidence.repository.file_of(edit.place.source);
        file.is_some_and(|file| file.reading.is_converted)
    };
    if finding.fix.as_ref().is_some_and(|fix| fix.edits.iter().any(is_converted)) {
        finding.fix = None;
    }
    finding
}

/// A finding at a place that a person wrote: one that stands in what portgen
/// renders moves to such a place, where it has one, and else is none.
fn written(evidence: &Evidence<'_>, mut finding: Finding) -> Option<Finding> {
    if !evidence.is_owned(finding.primary.place) {
        return Some(finding);
    }
    let is_written = |label: &&mut Label| {
        let place = label.place;
        evidence.repository.file_of(place.source).is_some() && !evidence.is_owned(place)
    };
    let other = finding.related.iter_mut().find(is_written)?;
    std::mem::swap(&mut finding.primary, other);
    Some(finding)
}

/// Puts facts about outputs into words.
pub fn check_conditions<'a>(conditions: impl IntoIterator<Item = &'a Condition>) -> Vec<Finding> {
    let finding = |condition: &Condition| {
        let mut finding = rules::of_condition(condition)?;
        // One that stands at the declaration still concerns the file.
        finding.subjects.push(Subject::File(condition.path.clone()));
        Some(finding)
    };
    conditions.into_iter().filter_map(finding).collect()
}

/// Decides the severity of each finding, drops what is turned off, and puts
/// the rest in the order of their places. One mistake is one finding: what is
/// the same in rule, place and message stands once.
///
/// What is not sure is held back and counted, unless `pedantic`. With
/// `ignore_suppressions` nothing is turned off: what a level would turn off is
/// a warning.
pub fn judge(
    projects: &[Project],
    sources: &Sources,
    findings: Vec<Finding>,
    strictness: Strictness,
) -> Verdict {
    judge_silenced(projects, sources, findings, strictness, &mut Silence::default())
}

/// The same, with comments and a baseline that turn single findings off; they
/// remember which they did. A mistake in the table is turned off by neither.
pub fn judge_silenced(
    projects: &[Project],
    sources: &Sources,
    mut findings: Vec<Finding>,
    strictness: Strictness,
    silence: &mut Silence,
) -> Verdict {
    put_in_order(&mut findings, |finding| finding);
    let levels = levels::Levels::new(projects, sources);
    let mut verdict = Verdict::default();
    for finding in findings {
        let is_mistake = rules::find(finding.rule).is_none_or(rules::Rule::is_mistake);
        // Asked of every finding, so that what is held back is no stale entry.
        let is_silenced = !is_mistake && silence.covers(&finding, sources);
        if is_silenced && !strictness.ignore_suppressions {
            verdict.suppressed += 1;
            continue;
        }
        if finding.confidence < Confidence::High && !strictness.pedantic {
            verdict.held_back += 1;
            continue;
        }
        match levels.severity(&finding) {
            Some(severity) => verdict.findings.push(Reported { finding, severity }),
            None if strictness.ignore_suppressions => {
                verdict.findings.push(Reported { finding, severity: Severity::Warning });
            }
            None => verdict.suppressed += 1,
        }
    }
    verdict
}

fn put_in_order<T>(findings: &mut Vec<T>, finding: impl Fn(&T) -> &Finding) {
    findings.sort_by(|one, two| {
        let key = |finding: &Finding| {
            (finding.primary.place.source, finding.primary.place.span.start, finding.rule)
        };
        let (one, two) = (finding(one), finding(two));
        key(one).cmp(&key(two)).then_with(|| one.message.cmp(&two.message))
    });
    findings.dedup_by(|later, earlier| {
        let (later, earlier) = (finding(later), finding(earlier));
        later.rule == earlier.rule
            && later.primary.place == earlier.primary.place
            && later.message == earlier.message
    });
}

/// A project that no finding of level deny speaks against.
#[derive(Clone, Copy, Debug)]
pub struct SoundProject<'a>(&'a Project);

impl Deref for SoundProject<'_> {
    type Target = Project;
    fn deref(&self) -> &Project {
        self.0
    }
}

/// The gate before rendering: all projects, or none where an error stands.
pub fn gate<'a>(projects: &'a [Project], verdict: &Verdict) -> Option<Vec<SoundProject<'a>>> {
    (!verdict.has_errors()).then(|| projects.iter().map(SoundProject).collect())
}

#[cfg(test)]
mod tests;
