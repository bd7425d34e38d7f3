//! Ports on which services are reached by name, and those that health checks
//! ask, held against the ports that their containers have.

use std::collections::HashMap;

use crate::diagnostic::Confidence;
use crate::model::{Port, PortRange};
use crate::readers::words::{self, is_loopback};
use crate::readers::{Context, FileKind, Role};
use crate::repository::disagreement::{Disagreement, Statement, Topic};
use crate::repository::links::Links;
use crate::repository::units::Unit;
use crate::repository::{File, Repository, Seen};

/// Every reference to a service by its name whose port its container does not have.
pub(in crate::repository) fn references(repository: &Repository, links: &Links) -> Vec<Disagreement> {
    let spoken = Spoken::of(repository);
    let named = repository.sightings().filter(|seen| is_reference(*seen));
    let mut found: Vec<Disagreement> =
        named.filter_map(|seen| judge_reference(seen, links, &spoken)).collect();
    found.extend(pairs(repository, links));
    found
}

/// Every `DB_HOST: db` with a `DB_PORT` beside it that the service does not have.
fn pairs(repository: &Repository, links: &Links) -> Vec<Disagreement> {
    let mut found = Vec::new();
    for set in &repository.sets {
        let numbers = set.services.iter().flat_map(|service| {
            let environment = &service.environment;
            environment.iter().map(move |(name, value)| (environment, name, value))
        });
        for (environment, name, value) in numbers {
            let Some(stem) = name.strip_suffix("_PORT").filter(|stem| !stem.is_empty()) else { continue };
            let Some(port) = words::port(value.value.trim()) else { continue };
            let is_host = |name: &str| name.strip_suffix("_HOST") == Some(stem);
            let host = environment.iter().find(|(name, _)| is_host(name));
            let Some(host) = host.map(|(_, host)| host.value.trim()) else { continue };
            let reached = links.units.reached(&[&set.folder], host);
            let Some(first) = reached.first() else { continue };
            if reached.iter().any(|unit| unit.is_on_host_network || unit.may_have(port)) {
                continue;
            }
            let wrong = Statement { ports: PortRange::single(port), place: value.place, role: "used" };
            found.extend(judge(first, &reached, port, wrong, Topic::Reference, links));
        }
    }
    found
}

fn is_reference(seen: Seen<'_>) -> bool {
    let host = seen.sighting.host.as_deref().unwrap_or("");
    let is_name = !host.is_empty() && !host.contains(['.', ':']) && !is_loopback(host);
    let connects = matches!(seen.sighting.role, Role::Connect | Role::Assign | Role::Fallback | Role::Define);
    is_name
        && connects
        && seen.sighting.context == Context::Code
        && seen.sighting.ports.len() == 1
        && seen.file.path().kind() == FileKind::Plain
        && !is_of_a_cluster(seen.file)
}

/// Whether a file is for a cluster, where a service's port is another thing.
pub(in crate::repository) fn is_of_a_cluster(file: &File) -> bool {
    let names = [
        "k8s",
        "kubernetes",
        "helm",
        "charts",
        "chart",
        "manifests",
        "kustomize",
        "terraform",
        "ansible",
        "argocd",
        ".github",
        ".gitlab",
        "openshift",
        "nomad",
    ];
    matches!(file.reader, "kubernetes" | "workflow" | "workflows" | "github")
        || file.path.split('/').any(|part| names.contains(&part.to_ascii_lowercase().as_str()))
}

/// Which hosts the numbers of a repository are said of.
struct Spoken<'a> {
    /// The one host that a number is said of; `None` where there are several, or none.
    single: HashMap<Port, Option<&'a str>>,
    ranges: Vec<(PortRange, Option<&'a str>)>,
}

impl<'a> Spoken<'a> {
    fn of(repository: &'a Repository) -> Self {
        let mut spoken = Self { single: HashMap::new(), ranges: Vec::new() };
        for Seen { sighting, .. } in repository.sightings() {
            let host = sighting.host.as_deref();
            if sighting.ports.len() > 1 {
                spoken.ranges.push((sighting.ports, host));
                continue;
            }
            let known = spoken.single.entry(sighting.ports.first()).or_insert(host);
            *known = known.filter(|known| Some(*known) == host);
        }
        spoken.ranges.sort_unstable();
        spoken.ranges.dedup();
        spoken
    }

    /// Whether nothing speaks of a port but for one host.
    fn is_of(&self, port: Port, host: &str) -> bool {
        self.single.get(&port).is_none_or(|known| *known == Some(host))
            && self.ranges.iter().all(|(ports, other)| !ports.contains(port) || *other == Some(host))
    }
}

fn judge_reference(seen: Seen<'_>, links: &Links, spoken: &Spoken<'_>) -> Option<Disagreement> {
    let host = seen.sighting.host.as_deref()?;
    let port = seen.sighting.ports.first();
    let scopes = links.layout.scopes_of(&seen.file.path);
    let reached = links.units.reached(&scopes, host);
    let first = *reached.first()?;
    if reached.iter().any(|unit| unit.is_on_host_network || unit.may_have(port)) {
        return None;
    }
    let wrong = Statement { ports: seen.sighting.ports, place: seen.place(), role: "used" };
    let found = judge(first, &reached, port, wrong, Topic::Reference, links)?;
    // What an image has is known, what the compose file opens of it is stated,
    // and nothing else in the repository speaks of the number.
    let is_known =
        reached.iter().all(|unit| unit.known_images().next().is_some() && !unit.targets.is_empty());
    let confidence = if is_known && spoken.is_of(port, host) { Confidence::High } else { found.confidence };
    Some(Disagreement { confidence: confidence.min(seen.sighting.confidence), ..found })
}

pub(in crate::repository) fn judge(
    first: &Unit,
    all: &[&Unit],
    port: Port,
    wrong: Statement,
    topic: Topic,
    links: &Links,
) -> Option<Disagreement> {
    let mut right: Vec<Statement> = all.iter().flat_map(|unit| unit.stated().cloned()).collect();
    if right.is_empty() && first.known_images().next().is_none() {
        right.extend(all.iter().filter_map(|unit| links.sourced.get(&unit.place)).flatten().cloned());
        if right.iter().any(|one| one.ports.contains(port)) {
            return None;
        }
    }
    let is_published = all.iter().any(|unit| unit.publishes(port));
    if is_published {
        right.extend(all.iter().flat_map(|unit| unit.host.iter().cloned()));
    }
    let is_known = !right.is_empty() || first.known_images().next().is_some();
    if !is_known {
        return None;
    }
    let topic = if is_published { Topic::WrongSide } else { topic };
    let is_certain = is_published || all.iter().all(|unit| unit.is_closed());
    let confidence = if is_certain { Confidence::High } else { Confidence::Medium };
    if right.is_empty() {
        right.push(Statement { ports: wrong.ports, place: first.place, role: "the service" });
    }
    Some(Disagreement { topic, subject: first.name.clone(), wrong: vec![wrong], right, confidence })
}

/// Whether nothing configures what is known of an image.
fn is_as_it_comes(unit: &Unit) -> bool {
    let configures = |path: &str| ["conf", "/etc", ".cnf", ".ini"].iter().any(|part| path.contains(part));
    unit.known_images().next().is_some()
        && !unit.command().is_some_and(configures)
        && !unit.mounts.iter().any(|mount| configures(&mount.target))
}

/// Every health check that asks its own container on a port that it does not have.
pub(in crate::repository) fn health_checks(links: &Links) -> Vec<Disagreement> {
    let mut found = Vec::new();
    for unit in links.units.iter().filter(|unit| !unit.is_on_host_network) {
        for checked in &unit.checked {
            let port = checked.ports.first();
            // An image of others has what is known of it.
            let is_known = unit.stated().next().is_some()
                || links.sourced.contains_key(&unit.place)
                || unit.images.len() == 1 && unit.is_closed() && is_as_it_comes(unit);
            if !unit.may_answer_on(port) && is_known {
                found.extend(judge(unit, &[unit], port, checked.clone(), Topic::HealthCheck, links));
            }
        }
        for proxied in &unit.proxied {
            let port = proxied.ports.first();
            let judged = judge(unit, &[unit], port, proxied.clone(), Topic::Reference, links);
            // What is published besides may be another port of a program that says none.
            let is_said = !(unit.told.is_empty() && unit.commanded.is_empty() && unit.exposed.is_empty());
            found.extend(judged.map(|mut found| {
                if found.topic != Topic::WrongSide && !is_said {
                    found.confidence = Confidence::Medium;
                }
                found
            }));
        }
    }
    found
}
