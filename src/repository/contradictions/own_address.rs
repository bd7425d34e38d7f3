//! Addresses of a program in the env file that also tells it where to listen:
//! `API_BASE_URL=http://localhost:4000` beside `PORT=8080`, where 4000 is what
//! the program would listen on without the file.

use crate::diagnostic::Confidence;
use crate::readers::words::is_loopback;
use crate::readers::{Context, FileKind, Role, Sighting, Variant};
use crate::repository::disagreement::{Disagreement, Statement, Topic};
use crate::repository::links::Links;
use crate::repository::sides::statement;
use crate::repository::{File, Seen};

/// Every address of a program on the port that stands in where nobody tells it
/// one, in the file that does.
pub(in crate::repository) fn own_addresses(files: &[File], links: &Links) -> Vec<Disagreement> {
    let mut found = Vec::new();
    let is_read = |file: &&File| {
        file.is_env_file() && file.path().kind() == FileKind::Plain && file.path().variant() == Variant::None
    };
    for file in files.iter().filter(is_read) {
        let told: Vec<&Sighting> = file.reading.sightings.iter().filter(|one| is_told(one)).collect();
        let [told] = told[..] else { continue };
        let component = links.layout.component_of(&file.path);
        let fallbacks = fallbacks(files, links, component);
        let wrong: Vec<Statement> = file
            .reading
            .sightings
            .iter()
            .filter(|one| is_address(one) && !one.ports.overlaps(told.ports))
            .take(MOST_ADDRESSES)
            .filter(|one| fallbacks.iter().any(|other| other.ports == one.ports))
            .filter(|one| !is_anothers(one, component, links))
            .map(|sighting| crate::repository::sides::wrong(Seen { file, sighting }, "looked for"))
            .collect();
        if !wrong.is_empty() {
            let name = component.rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or("the program");
            found.push(Disagreement {
                topic: Topic::Address,
                subject: name.to_owned(),
                wrong,
                right: vec![statement(file, told, "told to listen on")],
                confidence: Confidence::High,
            });
        }
    }
    found
}

/// How many addresses of one file are held against everything.
const MOST_ADDRESSES: usize = 64;

fn is_told(sighting: &Sighting) -> bool {
    sighting.role == Role::Assign
        && sighting.context == Context::Code
        && sighting.variable.as_deref() == Some("PORT")
}

fn is_address(sighting: &Sighting) -> bool {
    sighting.context == Context::Code
        && sighting.ports.len() == 1
        && matches!(sighting.role, Role::Connect | Role::Assign)
        && sighting.host.as_deref().is_some_and(is_loopback)
}

/// What stands in for the program's own port in its own source.
fn fallbacks<'a>(files: &'a [File], links: &Links, component: &str) -> Vec<&'a Sighting> {
    let own = links.layout.files_of(component).iter().filter_map(|index| files.get(*index));
    let source = own.filter(|file| file.is_source_code() && file.path().kind() == FileKind::Plain);
    let is_own = |one: &&Sighting| one.role == Role::Fallback && one.variable.as_deref() == Some("PORT");
    source.flat_map(|file| file.reading.sightings.iter().filter(is_own)).collect()
}

/// Whether another program has the number, or somebody publishes it.
fn is_anothers(sighting: &Sighting, component: &str, links: &Links) -> bool {
    let port = sighting.ports.first();
    let others = links.entities.iter().chain(&links.root);
    let mut others = others.filter(|one| one.component.as_deref() != Some(component));
    others.any(|one| one.may_have(port)) || links.units.iter().any(|unit| unit.publishes(port))
}
