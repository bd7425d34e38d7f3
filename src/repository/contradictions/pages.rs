//! Documents that say where to look at the one front end that there is, held
//! against where it is served.

use super::documented::is_framework_default;
use crate::diagnostic::Confidence;
use crate::model::Port;
use crate::readers::words::is_loopback;
use crate::readers::{FileKind, Role, Side};
use crate::repository::disagreement::{Disagreement, Topic};
use crate::repository::layout::{domain, is_below};
use crate::repository::links::Links;
use crate::repository::sides::{Front, is_of_fronts, wrong};
use crate::repository::{File, Repository, Seen};
use crate::source::Sources;

/// Words of a line that send its reader to a page.
const OPENING: &[&str] = &[
    "open",
    "visit",
    "browse",
    "navigate",
    "go to",
    "firefox",
    "chrome",
    "running",
    "runs ",
    "run at",
    "available",
    "access",
    "view",
    "see ",
    "served",
    "live at",
    "app at",
    "site at",
];

/// Words of a line that speak of another thing than the page, or not for certain.
const OTHERWISE: &[&str] = &[
    "api",
    "backend",
    "swagger",
    "graphql",
    "storybook",
    "admin",
    "database",
    "playground",
    "example",
    "default",
    "whatever",
    "instead",
    "if you",
    "docker",
    "preview",
    "debug",
    "proxy",
    "studio",
    "mock",
    "e.g.",
    "callback",
    "redirect",
];

/// Every such place.
pub(in crate::repository) fn pages(
    repository: &Repository,
    links: &Links,
    sources: &Sources,
) -> Vec<Disagreement> {
    let [front] = &links.sides.fronts[..] else { return Vec::new() };
    let documents =
        repository.files.iter().filter(|file| file.is_document() && file.path().kind() == FileKind::Plain);
    let near = documents.filter(|file| {
        let folder = domain(file.path().folder());
        folder.is_empty() || is_below(folder, &front.folder)
    });
    near.filter(|file| !front.served.is_empty() && !says_it(file, front))
        .flat_map(|file| file.reading.sightings.iter().map(move |sighting| Seen { file, sighting }))
        .filter(|seen| is_page(*seen, front, links, sources))
        .map(|seen| Disagreement {
            topic: Topic::Document,
            subject: front.name().to_owned(),
            wrong: vec![wrong(seen, "documented")],
            right: front.served.clone(),
            confidence: Confidence::High,
        })
        .collect()
}

/// Whether a document says anywhere where the front end is.
fn says_it(file: &File, front: &Front) -> bool {
    file.reading.sightings.iter().any(|one| one.ports.ports().take(64).any(|port| front.may_have(port)))
}

fn is_page(seen: Seen<'_>, front: &Front, links: &Links, sources: &Sources) -> bool {
    let sighting = seen.sighting;
    let is_url = matches!(sighting.role, Role::Connect | Role::State)
        && sighting.host.as_deref().is_some_and(is_loopback)
        && sighting.service.is_none()
        && sighting.side != Side::Container
        && sighting.ports.len() == 1
        && sighting.confidence >= Confidence::Medium;
    let port = sighting.ports.first();
    is_url
        && !links.numbers.contains(&port.get())
        && may_only_be_a_page(port, front, links)
        && is_opened(seen, sources)
}

/// Whether nothing else than the front end can be meant by a port that nothing has.
fn may_only_be_a_page(port: Port, front: &Front, links: &Links) -> bool {
    let is_alone = links.sides.backs.is_empty() && links.units.is_empty() && !links.sides.has_others;
    is_of_fronts(port) || is_alone && !front.is_default && is_framework_default(port)
}

/// Whether the line that a place lies in, or that above it, sends people there.
fn is_opened(seen: Seen<'_>, sources: &Sources) -> bool {
    let text = sources.get(seen.file.source).text();
    let at = seen.sighting.span.range();
    let start = text[..at.start].rfind('\n').map_or(0, |end| end + 1);
    let end = text[at.end..].find('\n').map_or(text.len(), |length| at.end + length);
    let line = text[start..end].to_ascii_lowercase();
    // The path of a URL is part of what it opens: `/api-docs` is no page.
    OPENING.iter().any(|word| line.contains(word)) && !OTHERWISE.iter().any(|word| line.contains(word))
}
