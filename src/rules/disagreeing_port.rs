//! One thing, and places that give it different ports.

use super::{Check, Evidence};
use crate::diagnostic::Finding;
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
    /// is left with those between containers: who is reached where, health checks, `EXPOSE`.
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
    let has_table = !evidence.projects.is_empty();
    // Rules that know the table have spoken of some places already.
    let known: Vec<Place> =
        if has_table { findings.iter().map(|finding| finding.primary.place).collect() } else { Vec::new() };
    let is_judged = |found: &&Disagreement| match found.topic {
        Topic::Fallback => false,
        Topic::Reference | Topic::HealthCheck | Topic::Listening => {
            found.wrong.first().is_some_and(|first| !known.contains(&first.place))
        }
        _ => !has_table,
    };
    findings.extend(evidence.repository.disagreements.iter().filter(is_judged).filter_map(finding));
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
