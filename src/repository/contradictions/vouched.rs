//! A document and an env file that give one variable two numbers: what Compose
//! publishes says which of them is right.

use crate::diagnostic::Confidence;
use crate::model::{Port, PortRange};
use crate::readers::words::words_of;
use crate::repository::disagreement::{Disagreement, Statement, Topic};
use crate::repository::entities::Entity;
use crate::repository::links::Links;
use crate::repository::names::Fit;
use crate::repository::{File, Repository};

/// Words of a variable that say which port it is, not whose.
const PORT_WORDS: &[&str] = &["port", "host", "http", "https", "grpc", "published", "external", "service"];

/// Asks what Compose publishes, wherever nobody else decided.
pub(in crate::repository) fn ask_what_is_published(
    disagreements: &mut [Disagreement],
    repository: &Repository,
    links: &Links,
) {
    let is_open = |one: &&mut Disagreement| {
        one.topic == Topic::Document && one.confidence == Confidence::Medium && is_variable(&one.subject)
    };
    for open in disagreements.iter_mut().filter(is_open) {
        let (Some(documented), Some(set)) = (only(&open.wrong), only(&open.right)) else { continue };
        if let Some(published) = mapped(links, documented, set) {
            if is_of_this_machine(repository, open) {
                turn(open, published);
            }
        } else if is_set_in_env_files(repository, open)
            && is_published_as_named(links, &open.subject, set)
            && !is_published(links, documented)
        {
            open.confidence = Confidence::High;
        }
    }
}

fn is_variable(subject: &str) -> bool {
    subject.contains('_') && !subject.bytes().any(|byte| byte.is_ascii_lowercase())
}

/// The one port that all of them say.
fn only(statements: &[Statement]) -> Option<Port> {
    let first = statements.first()?.ports;
    let is_one = first.len() == 1 && statements.iter().all(|other| other.ports == first);
    is_one.then_some(first.first())
}

fn has(statements: &[Statement], port: Port) -> bool {
    statements.iter().any(|one| one.ports == PortRange::single(port))
}

fn composed(links: &Links) -> impl Iterator<Item = &Entity> {
    links.entities.iter().filter(|entity| entity.is_composed)
}

fn is_published(links: &Links, port: Port) -> bool {
    links.on_host.contains(&port.get()) || composed(links).any(|entity| has(&entity.host, port))
}

/// Where the documented number is published, of containers that have the other inside.
fn mapped(links: &Links, documented: Port, set: Port) -> Option<Statement> {
    if composed(links).any(|entity| has(&entity.host, set)) {
        return None;
    }
    let mut mapped = composed(links).filter(|entity| has(&entity.host, documented));
    let first = mapped.next()?;
    let is_inside = |entity: &Entity| has(&entity.inside, set) && entity.component.is_none();
    let is_sure = is_inside(first) && mapped.all(is_inside);
    first.host.iter().find(|one| one.ports == PortRange::single(documented)).filter(|_| is_sure).cloned()
}

/// Whether what the variable is named after is published under what it is set to.
fn is_published_as_named(links: &Links, variable: &str, set: Port) -> bool {
    let words = words_of(variable).into_iter().filter(|word| !PORT_WORDS.contains(&word.as_str()));
    let name = words.collect::<Vec<_>>().join(" ");
    !name.is_empty()
        && composed(links).any(|entity| has(&entity.host, set) && entity.fit(&name) == Some(Fit::Whole))
}

/// Whether env files say the number: a default of Compose may be set to another
/// one, which is what documents show how to do.
fn is_set_in_env_files(repository: &Repository, open: &Disagreement) -> bool {
    let mut files = open.right.iter().map(|set| repository.file_of(set.place.source));
    files.all(|file| file.is_some_and(File::is_env_file))
}

/// Whether the env file gives the variable for programs of this machine: the
/// host beside it is the machine.
fn is_of_this_machine(repository: &Repository, open: &Disagreement) -> bool {
    open.right.iter().all(|set| {
        let Some(file) = repository.file_of(set.place.source) else { return false };
        let host = open.subject.strip_suffix("PORT").map(|stem| format!("{stem}HOST"));
        let assigned = &file.reading.assignments;
        let is_here = |value: &str| matches!(value, "localhost" | "127.0.0.1");
        host.is_some_and(|host| assigned.iter().any(|one| one.name == host && is_here(&one.value)))
    })
}

/// Says that the env file is wrong, and the document right.
fn turn(open: &mut Disagreement, published: Statement) {
    std::mem::swap(&mut open.wrong, &mut open.right);
    open.right.push(published);
    open.topic = Topic::Variable;
    open.confidence = Confidence::High;
}
