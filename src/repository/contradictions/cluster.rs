//! What a cluster's Services and probes reach, held against the ports that the
//! containers of the workload of that name have.

use std::collections::BTreeMap;

use super::inside::certain_image;
use crate::diagnostic::Confidence;
use crate::facts::image_name;
use crate::readers::{ClusterObject, Context, FileKind, Role, Variant};
use crate::repository::disagreement::{Disagreement, Statement, Topic};
use crate::repository::entities::Entity;
use crate::repository::links::Links;
use crate::repository::{File, Repository, Seen};

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
pub(in crate::repository) fn cluster(repository: &Repository, links: &Links) -> Vec<Disagreement> {
    let mut workloads: BTreeMap<(&str, String), Workload> = BTreeMap::new();
    let files = repository.files.iter().filter(|file| file.reader == "kubernetes");
    let plain = files.filter(|file| file.path().kind() == FileKind::Plain);
    let plain: Vec<&File> = plain.filter(|file| file.path().variant() == Variant::None).collect();
    let (selected, images) = (selected(&plain), images(&plain));
    for file in &plain {
        for seen in file.reading.sightings.iter().map(|sighting| Seen { file, sighting }) {
            let Some(name) = seen.sighting.service.as_deref() else { continue };
            let folder = file.path().folder();
            let is_of_service = matches!(seen.sighting.variable.as_deref(), Some("targetPort" | "port"))
                && seen.sighting.role == Role::Expose;
            let meant = selected.get(&(folder, name)).filter(|_| is_of_service);
            let name = meant.map_or_else(|| plain_name(name), Clone::clone);
            add(workloads.entry((folder, name)).or_default(), seen);
        }
    }
    let mut found: Vec<Disagreement> = Vec::new();
    for ((folder, name), workload) in workloads {
        let image = images.get(&(folder, name.clone()));
        let by_image = image.and_then(|image| {
            judge_image(&name, &workload, image).or_else(|| judge_built(&name, &workload, image, links))
        });
        found.extend(by_image.or_else(|| judge(name, workload)));
    }
    found
}

/// The workloads that Services lead to by labels, where they have other names.
fn selected<'a>(files: &[&'a File]) -> BTreeMap<(&'a str, &'a str), String> {
    let mut found = BTreeMap::new();
    let objects: Vec<(&str, &ClusterObject)> = files
        .iter()
        .flat_map(|file| file.reading.objects.iter().map(|object| (file.path().folder(), object)))
        .collect();
    let workloads: Vec<&(&str, &ClusterObject)> =
        objects.iter().filter(|(_, object)| !object.labels.is_empty()).take(MOST_OBJECTS).collect();
    let services =
        objects.iter().filter(|(_, object)| object.kind == "Service" && !object.selector.is_empty());
    for (folder, service) in services.take(MOST_OBJECTS) {
        let name = plain_name(&service.name);
        let is_led_to = |workload: &&&(&str, &ClusterObject)| {
            workload.0 == *folder
                && service.selector.iter().all(|(key, value)| workload.1.labels.get(key) == Some(value))
        };
        let led_to: Vec<&&(&str, &ClusterObject)> = workloads.iter().filter(is_led_to).collect();
        if let [one] = led_to.as_slice()
            && plain_name(&one.1.name) != name
        {
            found.insert((*folder, service.name.as_str()), plain_name(&one.1.name));
        }
    }
    found
}

/// Images of workloads of one container that is told nothing.
fn images<'a>(files: &[&'a File]) -> BTreeMap<(&'a str, String), &'a str> {
    let mut found = BTreeMap::new();
    for file in files {
        for object in file.reading.objects.iter().filter(|object| !object.is_told) {
            if let [image] = object.images.as_slice() {
                found.insert((file.path().folder(), plain_name(&object.name)), image.as_str());
            }
        }
    }
    found
}

/// The ports that a workload lists, where its image listens on others alone.
fn judge_image(name: &str, workload: &Workload, image: &str) -> Option<Disagreement> {
    let known = certain_image(image)?;
    let has = |one: &Statement| known.ports.contains(&one.ports.first().get());
    if workload.listed.is_empty() || workload.listed.iter().any(has) {
        return None;
    }
    let first = workload.listed.first()?;
    let here = Statement { ports: first.ports, place: first.place, role: "the service" };
    Some(Disagreement {
        topic: Topic::Reference,
        subject: name.to_owned(),
        wrong: workload.listed.clone(),
        right: vec![here],
        confidence: Confidence::High,
    })
}

/// The ports that a workload lists, where its image is built of the one folder
/// of that name, and the program in it listens on another alone.
fn judge_built(name: &str, workload: &Workload, image: &str, links: &Links) -> Option<Disagreement> {
    let built = image_name(image);
    let is_its = |(folder, _): &(&String, &Entity)| folder.rsplit('/').next() == Some(built.as_str());
    let mut programs = links.programs.iter().filter(is_its);
    let (folder, program) = programs.next().filter(|_| programs.next().is_none())?;
    let first = program.listening.first()?.ports;
    // What browsers bundle is served by something else than what people develop with.
    let is_open = program.is_frontend || links.bundled.contains(folder) || !links.imaged.contains(folder);
    if is_open || workload.listed.len() != 1 || program.listening.iter().any(|one| one.ports != first) {
        return None;
    }
    let listed = workload.listed.first()?;
    let is_known = program.may_have(listed.ports.first())
        || workload.mentioned.iter().chain(&workload.reached).any(|one| one.ports == first);
    (!is_known).then(|| Disagreement {
        topic: Topic::Listening,
        subject: name.to_owned(),
        wrong: workload.listed.clone(),
        right: program.listening.clone(),
        confidence: Confidence::High,
    })
}

/// How many objects are held against each other.
const MOST_OBJECTS: usize = 500;

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
