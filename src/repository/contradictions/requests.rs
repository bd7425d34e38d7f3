//! Requests beside a program of .NET, held against where it is started: both
//! come from one template, and only one of them is changed.

use crate::diagnostic::Confidence;
use crate::model::Port;
use crate::readers::words::is_loopback;
use crate::readers::{FileKind, Role, Sighting, join};
use crate::repository::disagreement::{Disagreement, Statement, Topic};
use crate::repository::links::Links;
use crate::repository::sides::{statement, wrong};
use crate::repository::{File, Seen};

/// Every address of requests at which the program beside them is not started.
pub(in crate::repository) fn requests(files: &[File], links: &Links) -> Vec<Disagreement> {
    let is_read = |file: &&File| file.reader == "requests" && file.path().kind() == FileKind::Plain;
    files.iter().filter(is_read).filter_map(|file| judge(file, files, links)).collect()
}

fn judge(file: &File, files: &[File], links: &Links) -> Option<Disagreement> {
    let folder = file.path().folder();
    let settings = join(folder, "Properties/launchSettings.json")?;
    let settings = files.binary_search_by(|other| other.path.as_str().cmp(&settings)).ok()?;
    let settings = files.get(settings).filter(|other| other.reader == "launch-settings")?;
    let started: Vec<&Sighting> =
        settings.reading.sightings.iter().filter(|one| one.role == Role::Listen).collect();
    let is_on_machine = |port: Port| {
        let mut all = links.entities.iter().chain(&links.root);
        all.any(|one| {
            let own = if one.is_composed { &[][..] } else { &one.listening[..] };
            one.host.iter().chain(own).any(|has| has.ports.contains(port))
        })
    };
    let is_elsewhere = |asked: &&Sighting| {
        let port = asked.ports.first();
        asked.role == Role::Connect
            && asked.variable.is_some()
            && asked.host.as_deref().is_some_and(is_loopback)
            && !started.iter().any(|own| own.ports.contains(port))
            && !links.units.iter().any(|unit| unit.publishes(port))
            && !is_on_machine(port)
    };
    let asked = file.reading.sightings.iter().filter(is_elsewhere);
    let wrong: Vec<Statement> = asked.map(|sighting| wrong(Seen { file, sighting }, "looked for")).collect();
    let right: Vec<Statement> = started.iter().map(|own| statement(settings, own, "started on")).collect();
    let name = folder.rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or("the program");
    let is_found = !wrong.is_empty() && !right.is_empty();
    is_found.then(|| Disagreement {
        topic: Topic::Address,
        subject: name.to_owned(),
        wrong,
        right,
        confidence: Confidence::High,
    })
}
