//! One thing, and places that give it different ports.

use std::collections::{BTreeMap, BTreeSet};

use super::{Check, Evidence};
use crate::diagnostic::{Confidence, Finding, Level};
use crate::model::{Port, PortRange, Project};
use crate::readers::words;
use crate::repository::{Disagreement, Statement, Topic};
use crate::source::Place;

declare_rule! {
    /// Finds places that give one service or variable different ports.
    ///
    /// ## What it does
    /// Puts together what the files of a repository say of one service: what
    /// compose files publish and expose, what Dockerfiles expose, what programs
    /// listen on, on which port other services and proxies reach it, which one
    /// its health check asks, what env files set and documents state. A number
    /// that none of the others has is reported, with every place that speaks of it.
    /// With a table, other rules hold the ports of the machine against it, and this one
    /// is left with what they do not speak of: who is reached where between containers,
    /// health checks, `EXPOSE`, and places that contradict each other.
    ///
    /// ## Why is this bad?
    /// One of them is wrong: a request is refused, or a reader is misled.
    ///
    /// ## Example
    /// ```text compose.yaml
    /// services:
    ///   api:
    ///     image: postgres
    ///     expose: [5432]
    ///   web:
    ///     image: web
    ///     environment:
    ///       DATABASE_URL: postgres://api:5433/app  # error
    /// ```
    ///
    /// ## Known limitations
    /// Files for different environments (`.env.production` beside `.env.development`),
    /// tests, examples and changelogs are not held against each other.
    "disagreeing-port", Deny, Check::Repository(check)
}

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let all = evidence.repository.disagreements.iter().filter(|found| found.topic != Topic::Fallback);
    if evidence.projects.is_empty() {
        findings.extend(all.filter_map(finding));
        return;
    }
    let table = Table::of(evidence.projects, findings);
    let left: Vec<Disagreement> = all.filter_map(|found| table.without_what_it_says(found)).collect();
    // What is surely wrong is not held back for a doubt of what it contradicts.
    let sure = left.iter().filter(|found| found.confidence == Confidence::High);
    let wrong: BTreeSet<Place> = sure.flat_map(|found| &found.wrong).map(|one| one.place).collect();
    findings.retain(|finding| !is_least(finding) || !wrong.contains(&finding.primary.place));
    findings.extend(left.iter().filter_map(|found| {
        let finding = finding(found)?;
        // As `stale-document`, which knows the table's own names alone.
        Some(if found.topic == Topic::Document { finding.by_default(Level::Warn) } else { finding })
    }));
}

/// Whether there is less to say than that a number contradicts others: that it
/// is in no table, or what a document may mean.
fn is_least(finding: &Finding) -> bool {
    match finding.rule {
        "unregistered-port" => true,
        "stale-document" => finding.confidence < Confidence::High,
        _ => false,
    }
}

/// What a table has said already: whoever contradicts it is accused by it.
struct Table {
    /// Places that the rules which know the table have spoken of.
    spoken: BTreeSet<Place>,
    /// Those of them whose number is wrong by it.
    accused: BTreeSet<Place>,
    /// The names of its services and variables, with their numbers.
    numbers: BTreeMap<String, BTreeSet<Port>>,
}

impl Table {
    fn of(projects: &[Project], findings: &[Finding]) -> Self {
        const ACCUSERS: &[&str] = &["wrong-port", "stale-default", "stale-document"];
        let spoken = findings.iter().filter(|finding| !is_least(finding));
        let accused = findings.iter().filter(|finding| ACCUSERS.contains(&finding.rule));
        let mut numbers: BTreeMap<String, BTreeSet<Port>> = BTreeMap::new();
        for endpoint in projects.iter().flat_map(Project::views).flat_map(|view| view.endpoints().cloned().collect::<Vec<_>>()) {
            let variable = endpoint.variable.as_ref().map(|name| name.value.to_string());
            let names = [endpoint.service.to_string(), endpoint.id(), endpoint.title.clone()];
            for name in names.into_iter().chain(variable) {
                numbers.entry(words::words_of(&name).concat()).or_default().extend(endpoint.number.value.fixed());
            }
        }
        Self {
            spoken: spoken.map(|finding| finding.primary.place).collect(),
            accused: accused.map(|finding| finding.primary.place).collect(),
            numbers,
        }
    }

    /// What is left to say of a disagreement beside a table: of places that no
    /// other rule has spoken of, and that neither say the table's number nor
    /// contradict only what the table itself accuses.
    fn without_what_it_says(&self, found: &Disagreement) -> Option<Disagreement> {
        let own = self.numbers.get(&words::words_of(&found.subject).concat());
        // Between containers, the table's number is as wrong as any other.
        let is_inside = matches!(found.topic, Topic::Reference | Topic::WrongSide | Topic::HealthCheck | Topic::Listening);
        let is_tables = |ports: PortRange| {
            !is_inside && own.is_some_and(|own| own.iter().any(|&port| ports == PortRange::single(port)))
        };
        let wrong = found.wrong.iter().filter(|one| !self.spoken.contains(&one.place) && !is_tables(one.ports));
        let right = found.right.iter().filter(|one| !self.accused.contains(&one.place));
        let left = Disagreement { wrong: wrong.cloned().collect(), right: right.cloned().collect(), ..found.clone() };
        let is_left = !left.wrong.is_empty() && (!left.right.is_empty() || found.right.is_empty());
        is_left.then_some(left)
    }
}

fn finding(found: &Disagreement) -> Option<Finding> {
    let (first, more) = found.wrong.split_first()?;
    let mut finding = Finding::new(RULE.name, first.place, message(found)).label(label(first)).help(help(found));
    for statement in more.iter().chain(&found.right).take(12) {
        finding = finding.related(statement.place, label(statement));
    }
    Some(finding.confidence(found.confidence).about_service(found.subject.as_str()))
}

fn label(statement: &Statement) -> String {
    match statement.role {
        "the service" => "the service that is meant".to_owned(),
        role => format!("{role}: {}", statement.ports),
    }
}

fn message(found: &Disagreement) -> String {
    let subject = &found.subject;
    let wrong = Disagreement::numbers(&found.wrong);
    let right = Disagreement::numbers(&found.right);
    match found.topic {
        Topic::WrongSide => {
            format!("`{subject}` has port {wrong} on the host only, and inside its container another one")
        }
        Topic::Reference if found.right.iter().any(|one| one.role == "the service") => {
            format!("`{subject}` is reached on port {wrong}, which its image does not listen on")
        }
        Topic::Reference => format!("`{subject}` is reached on port {wrong}, but its container has {right}"),
        Topic::HealthCheck => {
            format!("the health check of `{subject}` asks port {wrong}, but its container has {right}")
        }
        Topic::Listening => format!("`{subject}` listens on port {wrong} here, and elsewhere it is said to have {right}"),
        Topic::Fallback | Topic::Variable => format!("`{subject}` is {wrong} here, and {right} elsewhere"),
        Topic::Document => format!("a document gives `{subject}` port {wrong}, but it has {right}"),
        Topic::Neighbour => {
            format!("a document looks for `{subject}` on port {wrong}, which only another service publishes")
        }
        Topic::Address => format!("`{subject}` is looked for on port {wrong} of this machine, where it has {right}"),
    }
}

fn help(found: &Disagreement) -> &'static str {
    match found.topic {
        Topic::WrongSide => "between containers, use the container's port",
        Topic::Reference => "use a port that the service listens on, or expose this one",
        Topic::HealthCheck => "ask the port that the program listens on inside its container",
        Topic::Neighbour => "publish the service on a port of its own, or correct the document",
        Topic::Document => "correct the document, or the number that it documents",
        _ => "decide which number is right, and use it everywhere",
    }
}
