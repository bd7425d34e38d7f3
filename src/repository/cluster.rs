//! What a cluster's Services and probes reach, held against the ports that the
//! containers of the workload of that name have.

use std::collections::BTreeMap;

use super::disagreement::{Disagreement, Statement, Topic};
use super::{Repository, Seen};
use crate::diagnostic::Confidence;
use crate::readers::{Context, FileKind, Role, Variant};

/// One name of one folder: a workload and the Service before it.
#[derive(Debug, Default)]
struct Workload {
    /// The ports that its containers list.
    listed: Vec<Statement>,
    /// What its arguments and its environment mention.
    mentioned: Vec<Statement>,
    /// The ports of its Service.
    offered: Vec<Statement>,
    /// Where its Service leads to, and what its probes ask.
    reached: Vec<Statement>,
}

/// Every Service and probe that reaches for a port that no container lists.
pub(super) fn cluster(repository: &Repository) -> Vec<Disagreement> {
    let mut workloads: BTreeMap<(&str, String), Workload> = BTreeMap::new();
    let files = repository.files.iter().filter(|file| file.reader == "kubernetes");
    let plain = files.filter(|file| file.path().kind() == FileKind::Plain);
    for file in plain.filter(|file| file.path().variant() == Variant::None) {
        for seen in file.reading.sightings.iter().map(|sighting| Seen { file, sighting }) {
            if let Some(name) = seen.sighting.service.as_deref() {
                add(workloads.entry((file.path().folder(), plain_name(name))).or_default(), seen);
            }
        }
    }
    workloads.into_iter().filter_map(|((_, name), workload)| judge(name, workload)).collect()
}

/// A name without the kind of object that people add to it.
fn plain_name(name: &str) -> String {
    let name = name.trim_matches(['"', '\'']);
    let ends = ["-deployment", "-deploy", "-service", "-svc", "-statefulset"];
    let bare = ends.iter().find_map(|end| name.strip_suffix(end));
    bare.unwrap_or(name).to_owned()
}

fn add(workload: &mut Workload, seen: Seen<'_>) {
    let sighting = seen.sighting;
    if sighting.context != Context::Code {
        return;
    }
    let statement = |role| Statement { ports: sighting.ports, place: seen.place(), role };
    match (sighting.role, sighting.variable.as_deref()) {
        (Role::Expose, Some("containerPort")) => workload.listed.push(statement("the container's port")),
        (Role::Expose, Some("targetPort")) => workload.reached.push(statement("the target of the Service")),
        (Role::Expose, Some("port")) => {
            workload.offered.push(statement("the Service's port"));
            // Without a target it leads to the same number.
            if sighting.container == Some(sighting.ports) {
                workload.reached.push(statement("the port of the Service, and its target"));
            }
        }
        (Role::Connect, Some("port")) if sighting.host.is_none() => {
            workload.reached.push(statement("asked by a probe"));
        }
        _ => workload.mentioned.push(statement("mentioned")),
    }
}

fn judge(name: String, workload: Workload) -> Option<Disagreement> {
    let Workload { listed, mentioned, offered, reached } = workload;
    let known = |one: &Statement| {
        listed.iter().chain(&mentioned).any(|other| other.ports.overlaps(one.ports))
            || one.role == "asked by a probe" && offered.iter().any(|other| other.ports.overlaps(one.ports))
    };
    let wrong: Vec<Statement> = reached.iter().filter(|one| !known(one)).cloned().collect();
    if listed.is_empty() || wrong.is_empty() {
        return None;
    }
    // What is reached rightly as well speaks for a container that lists nothing.
    let confidence = if listed.len() == 1 { Confidence::High } else { Confidence::Medium };
    Some(Disagreement { topic: Topic::Reference, subject: name, wrong, right: listed, confidence })
}
