//! A fallback beside a variable that is not the variable's number.

use std::collections::BTreeSet;

use super::{Check, Evidence, about};
use crate::diagnostic::{Confidence, Edit, Finding, Fix};
use crate::model::{Endpoint, Port, PortRange, Project};
use crate::readers::{Context, FileKind, Role, Side, Variant};
use crate::repository::{Disagreement, Seen, Topic};
use crate::source::Place;

declare_rule! {
    /// Finds a fallback beside a variable that is not the variable's number.
    ///
    /// ## What it does
    /// Reads what stands in for a variable that is not set (`${API_PORT:-8000}`,
    /// `os.getenv("API_PORT", 8000)`, `process.env.API_PORT ?? 8000`) and holds
    /// it, and what env files and scripts set a variable to, against the table's
    /// number for that variable; a variable that the table does not have, and
    /// any in `survey`, against the env files that set it.
    ///
    /// ## Why is this bad?
    /// It works as long as the variable is set. Where it is not, in a new shell
    /// or in a container that nobody passes it to, the program takes a port
    /// where nobody looks for it.
    ///
    /// ## Example
    /// ```toml
    /// [project]
    /// name = "shop"
    ///
    /// [services.billing]
    /// port = 23000
    /// ```
    /// ```text run.sh
    /// exec billing --port "${BILLING_PORT:-24000}"  # error
    /// ```
    /// ```text start.sh
    /// export BILLING_PORT=24001  # error
    /// ```
    ///
    /// ## Known limitations
    /// A variable whose name says nothing (`PORT`) is held only against env
    /// files of the same program. A fallback that is the port inside a container
    /// may be right there; it is reported under `--pedantic`.
    "stale-default", Deny, Check::Repository(check)
}

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    // Of a variable of the table, the table says more.
    let views = evidence.projects.iter().flat_map(Project::views);
    let variables = views.flat_map(|view| view.endpoints().filter_map(|endpoint| endpoint.variable.clone()).collect::<Vec<_>>());
    let known: BTreeSet<String> = variables.map(|variable| variable.value.to_string()).collect();
    let is_left = |found: &&Disagreement| found.topic == Topic::Fallback && !known.contains(&found.subject);
    findings.extend(evidence.repository.disagreements.iter().filter(is_left).filter_map(between_files));
    let sure = evidence.repository.disagreements.iter().filter(|found| found.confidence == Confidence::High);
    let contradicted: BTreeSet<Place> = sure.flat_map(|found| &found.wrong).map(|one| one.place).collect();
    // What Compose publishes under a variable is no port of the inside, whoever sets it.
    let on_host = evidence.repository.sightings().filter(|seen| seen.file.reader == "compose" && seen.sighting.side == Side::Host);
    let published: BTreeSet<&str> = on_host.filter_map(|seen| seen.sighting.variable.as_deref()).collect();
    for seen in evidence.repository.sightings().chain(evidence.repository.private_sightings()) {
        let is_set = seen.sighting.role == Role::Assign && (seen.file.is_env_file() || is_set_by_a_script(seen));
        let is_judged = seen.sighting.role == Role::Fallback || is_set;
        let is_judged = is_judged && seen.sighting.context == Context::Code;
        if let Some(variable) = seen.sighting.variable.as_deref().filter(|_| is_judged) {
            let is_published = is_set && published.contains(variable);
            let found = against_tables(seen, (variable, is_published), evidence.projects);
            // What the files alone were sure of, they are beside a table.
            let is_sure = contradicted.contains(&seen.place());
            findings.extend(found.map(|found| if is_sure { found.surely() } else { found }));
        }
    }
}

/// Whether a script, or what starts programs, sets a variable that is not
/// everybody's on this machine.
fn is_set_by_a_script(seen: Seen<'_>) -> bool {
    let is_script = matches!(
        seen.file.reader,
        "shell" | "makefile" | "procfile" | "package-json" | "pm2" | "launch" | "devcontainer" | "workflow"
    );
    let is_everybodys = seen.sighting.variable.as_deref() == Some("PORT");
    is_script && seen.sighting.side != Side::Container && !is_everybodys && seen.sighting.host.is_none()
}

fn between_files(found: &Disagreement) -> Option<Finding> {
    let (first, more) = found.wrong.split_first()?;
    let value = found.right.first()?;
    let message = format!("the default of `{}` is {}, but it is set to {}", found.subject, first.ports, Disagreement::numbers(&found.right));
    let mut finding = Finding::new(RULE.name, first.place, message)
        .label("the fallback")
        .help(format!("write {} here, or change the value", value.ports));
    for statement in more.iter().chain(&found.right).take(12) {
        finding = finding.related(statement.place, format!("{}: {}", statement.role, statement.ports));
    }
    let numbers = found.right.iter().all(|other| other.ports == value.ports);
    if numbers && found.confidence == Confidence::High {
        let places = found.wrong.iter().map(|wrong| wrong.place);
        let edits = places.map(|place| Edit { place, text: value.ports.to_string() }).collect();
        finding = finding.fix(Fix { title: format!("write {}", value.ports), safe: true, edits });
    }
    Some(finding.confidence(found.confidence))
}

/// The project that a path belongs to: the one whose folder is the nearest above it.
fn project_of<'a>(path: &str, projects: &'a [Project]) -> Option<&'a Project> {
    let is_below = |project: &&Project| {
        let folder = project.folder.as_str();
        folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
    };
    projects.iter().filter(is_below).max_by_key(|project| project.folder.len())
}

fn against_tables(seen: Seen<'_>, (variable, is_published): (&str, bool), projects: &[Project]) -> Option<Finding> {
    let project = project_of(&seen.file.path, projects)?;
    let views = project.views();
    let named = |endpoint: &&Endpoint| endpoint.variable.as_ref().is_some_and(|name| name.value.as_str() == variable);
    let endpoints: Vec<&Endpoint> = views.iter().flat_map(|view| view.endpoints()).filter(named).collect();
    let numbers: Vec<Port> = endpoints.iter().filter_map(|endpoint| endpoint.number.value.fixed()).collect();
    let endpoint = *endpoints.first()?;
    let number = endpoint.number.value.fixed()?;
    let ports = seen.sighting.ports;
    if numbers.iter().any(|&number| ports == PortRange::single(number)) {
        return None;
    }
    let is_inside = !is_published
        && seen.sighting.side != Side::Host
        && endpoints.iter().any(|endpoint| endpoint.container_port.is_some_and(|inside| ports == PortRange::single(inside)));
    let is_sure = seen.file.path().kind() == FileKind::Plain && !is_inside && seen.file.path().variant() == Variant::None;
    let confidence = if is_sure { seen.sighting.confidence } else { Confidence::Medium };
    let is_set = seen.sighting.role == Role::Assign;
    let what = if is_set { format!("`{variable}` is set to {ports}") } else { format!("the default of `{variable}` is {ports}") };
    let message = format!("{what}, but the table gives it {number}");
    let edits = vec![Edit { place: seen.place(), text: number.to_string() }];
    let finding = Finding::new(RULE.name, seen.place(), message)
        .label(if is_set { "set here" } else { "the fallback" })
        .related(endpoint.number.place, "its number")
        .help(format!("write {number} here"))
        .fix(Fix { title: format!("write {number}"), safe: true, edits })
        .confidence(confidence);
    Some(about(finding, endpoint))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest;
    use crate::source::Sources;

    #[test]
    fn a_path_belongs_to_the_nearest_project() {
        let mut sources = Sources::new();
        let mut project = |folder: &str| {
            let (project, _) = manifest::read(&mut sources, folder, "[project]\nname = \"p\"\n");
            Project { folder: folder.to_owned(), ..project }
        };
        let projects = [project(""), project("shop")];
        let of = |path: &str| project_of(path, &projects).map(|project| project.folder.as_str());
        assert_eq!(of("shop/main.py"), Some("shop"));
        assert_eq!(of("shopping/main.py"), Some(""));
        assert_eq!(project_of("x", &projects[1..]), None);
    }
}
