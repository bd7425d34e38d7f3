//! Databases, stores and brokers that a program looks for on this machine by a
//! host and a port apart, held against where the compose file publishes the one
//! of their kind: `host: process.env.DB_HOST || 'localhost'`, and a port beside it.

use super::references::is_of_a_cluster;
use crate::diagnostic::Confidence;
use crate::model::Port;
use crate::readers::words::{is_loopback, words_of};
use crate::readers::{Context, FileKind, Role, Side, Sighting, Variant};
use crate::repository::disagreement::{Disagreement, Statement, Topic};
use crate::repository::layout::is_below;
use crate::repository::links::Links;
use crate::repository::units::Unit;
use crate::repository::{File, Seen};
use crate::source::Sources;

/// Servers of one kind: words of variables, the port that they have by
/// themselves, what their images are known by, and words of their clients.
pub(in crate::repository) struct Kind {
    pub(in crate::repository) words: &'static [&'static str],
    pub(in crate::repository) port: u16,
    pub(in crate::repository) image: &'static str,
    clients: &'static [&'static str],
}

pub(in crate::repository) const KINDS: &[Kind] = &[
    Kind {
        words: &["postgres", "postgresql", "pg", "pgsql"],
        port: 5432,
        image: "postgres",
        clients: &["postgres", "psycopg", "asyncpg", "'pg'", "\"pg\"", "pgx", "npgsql"],
    },
    Kind {
        words: &["mysql", "mariadb"],
        port: 3306,
        image: "mysql",
        clients: &["mysql", "mariadb", "pymysql"],
    },
    Kind { words: &["redis"], port: 6379, image: "redis", clients: &["redis"] },
    Kind { words: &["mongo", "mongodb"], port: 27017, image: "mongo", clients: &["mongo"] },
    Kind {
        words: &["rabbitmq", "rabbit", "amqp"],
        port: 5672,
        image: "rabbitmq",
        clients: &["rabbitmq", "amqp", "pika"],
    },
];

/// How many ports of one file are held against everything.
const MOST_PORTS: usize = 64;

/// How far from a port the host beside it may stand.
const NEAR: usize = 400;

/// Every port of a server on this machine that the one of its kind does not have there.
pub(in crate::repository) fn hosted(files: &[File], links: &Links, sources: &Sources) -> Vec<Disagreement> {
    let mut found = Vec::new();
    for file in files.iter().filter(|file| is_read(file)) {
        let mut text = None;
        let seen = file.reading.sightings.iter().map(|sighting| Seen { file, sighting });
        for seen in seen.filter(|seen| may_be_a_servers(*seen)).take(MOST_PORTS) {
            let text = *text.get_or_insert_with(|| sources.get(file.source).text());
            found.extend(judge(seen, text, files, links));
        }
    }
    found
}

fn is_read(file: &File) -> bool {
    let path = file.path();
    (file.is_env_file() || file.is_source_code())
        && path.kind() == FileKind::Plain
        && matches!(path.variant(), Variant::None | Variant::Named("dev" | "local"))
        && !is_of_a_cluster(file)
}

/// Whether a number stands under the name of a port: a value of an env file,
/// or what source code puts in the place of one.
fn may_be_a_servers(seen: Seen<'_>) -> bool {
    let sighting = seen.sighting;
    let role = if seen.file.is_env_file() { Role::Assign } else { Role::Fallback };
    sighting.role == role
        && sighting.context == Context::Code
        && sighting.side != Side::Container
        && sighting.ports.len() == 1
        && sighting.host.as_deref().is_none_or(is_loopback)
        && sighting.variable.as_deref().and_then(stem).is_some()
}

/// What a variable's name has before `PORT`.
fn stem(variable: &str) -> Option<&str> {
    let stem = variable.strip_suffix("PORT")?.trim_end_matches('_');
    (!stem.is_empty()).then_some(stem)
}

/// Whether the host that belongs to a port is this machine.
fn is_here(file: &File, text: &str, sighting: &Sighting, stem: &str) -> bool {
    if file.is_env_file() {
        let is_host =
            |name: &str| name.strip_prefix(stem).is_some_and(|rest| matches!(rest, "_HOST" | "HOST"));
        let mut hosts = file.reading.assignments.iter().filter(|one| is_host(&one.name)).peekable();
        return hosts.peek().is_some() && hosts.all(|one| is_loopback(one.value.trim()));
    }
    let at = sighting.span.range();
    let around = slice(text, at.start.saturating_sub(NEAR), at.end.saturating_add(NEAR));
    let is_its = |name: String| {
        around.match_indices(&name).any(|(at, _)| {
            let rest = slice(around, at + name.len(), at + name.len() + 48);
            let line = rest.lines().next().unwrap_or(rest);
            line.contains("localhost") || line.contains("127.0.0.1")
        })
    };
    is_its(format!("{stem}_HOST")) || is_its(format!("{stem}HOST"))
}

/// A part of a text, as far as it goes, between whole characters.
pub(in crate::repository) fn slice(text: &str, start: usize, end: usize) -> &str {
    let mut start = start.min(text.len());
    let mut end = end.min(text.len());
    while !text.is_char_boundary(start) {
        start += 1;
    }
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(start..end).unwrap_or("")
}

/// The kind of server that a port is one of.
fn kind_of(stem: &str, port: Port, text: &str) -> Option<&'static Kind> {
    let words = words_of(stem);
    let named = KINDS.iter().find(|kind| words.iter().any(|word| kind.words.contains(&word.as_str())));
    if named.is_some() {
        return named;
    }
    let is_database = words.iter().any(|word| matches!(word.as_str(), "db" | "database" | "sql"));
    if !is_database {
        return None;
    }
    let own = KINDS.iter().find(|kind| kind.port == port.get());
    own.or_else(|| {
        let lower = text.to_lowercase();
        let mut spoken = KINDS.iter().filter(|kind| kind.clients.iter().any(|client| lower.contains(client)));
        let first = spoken.next()?;
        spoken.next().is_none().then_some(first)
    })
}

/// The kind of the only databases that Compose runs, for an env file that calls
/// one nothing else.
fn only_database(file: &File, stem: &str, scoped: &[&Unit]) -> Option<&'static Kind> {
    let is_plain = file.is_env_file()
        && matches!(&words_of(stem)[..], [word] if matches!(word.as_str(), "db" | "database"));
    let runs = |kind: &&Kind| {
        scoped.iter().any(|unit| unit.known_images().any(|image| image.names.contains(&kind.image)))
    };
    let mut kinds =
        KINDS.iter().filter(|kind| matches!(kind.image, "postgres" | "mysql" | "mongo")).filter(runs);
    let first = kinds.next().filter(|_| is_plain)?;
    kinds.next().is_none().then_some(first)
}

fn judge(seen: Seen<'_>, text: &str, files: &[File], links: &Links) -> Option<Disagreement> {
    let port = seen.sighting.ports.first();
    let variable = seen.sighting.variable.as_deref()?;
    let stem = stem(variable)?;
    let scopes = links.layout.scopes_or_all(&seen.file.path);
    let scoped: Vec<&Unit> =
        links.units.iter().filter(|unit| scopes.contains(&unit.scope.as_str())).collect();
    let kind = kind_of(stem, port, text).or_else(|| only_database(seen.file, stem, &scoped))?;
    if links.on_host.contains(&port.get()) || !is_here(seen.file, text, seen.sighting, stem) {
        return None;
    }
    let is_kind = |unit: &&&Unit| unit.known_images().any(|image| image.names.contains(&kind.image));
    let all: Vec<&Unit> = scoped.iter().filter(is_kind).copied().collect();
    let first = all.first()?;
    let has_own = |unit: &&Unit| {
        Port::new(kind.port).is_some_and(|own| unit.targets.iter().any(|one| one.ports.contains(own)))
    };
    let is_one = all.iter().all(|unit| unit.name == first.name && !unit.host.is_empty() && has_own(unit));
    if !is_one || all.iter().any(|unit| unit.is_on_host_network) {
        return None;
    }
    // What runs in a container is told another address there.
    let is_inside = |unit: &&Unit| {
        unit.variables.contains(variable)
            || unit.component.as_deref().is_some_and(|folder| is_below(&seen.file.path, folder))
    };
    let is_set = seen.sighting.role == Role::Fallback && sets(files, variable);
    if links.units.iter().any(|unit| is_inside(&unit)) || is_set {
        return None;
    }
    let is_certain = port.get() != kind.port
        || is_let_in(first, text)
        || is_template(seen.file) && builds_nothing(&scoped);
    let wrong = vec![Statement { ports: seen.sighting.ports, place: seen.place(), role: "looked for" }];
    Some(Disagreement {
        topic: Topic::Address,
        subject: first.name.clone(),
        wrong,
        right: all.iter().flat_map(|unit| unit.host.iter().cloned()).collect(),
        confidence: if is_certain { Confidence::High } else { Confidence::Medium },
    })
}

/// Whether an env file sets a variable.
fn sets(files: &[File], variable: &str) -> bool {
    let mut assigned =
        files.iter().filter(|file| file.is_env_file()).flat_map(|file| &file.reading.assignments);
    assigned.any(|one| one.name == variable)
}

/// Whether an env file is one that everybody copies: it says how the repository
/// is meant to be run, and nothing of one person's machine.
pub(in crate::repository) fn is_template(file: &File) -> bool {
    let name = file.path().name();
    file.is_env_file() && [".example", ".sample", ".template", ".dist"].iter().any(|end| name.ends_with(end))
}

/// Whether compose files run nothing but images of others: what the program
/// itself needs, and that runs beside them.
pub(in crate::repository) fn builds_nothing(units: &[&Unit]) -> bool {
    !units.is_empty() && units.iter().all(|unit| unit.component.is_none() && unit.dockerfiles.is_empty())
}

/// Whether a text logs in with what a service's environment says: then it means
/// that service, and not a server of the machine itself.
pub(in crate::repository) fn is_let_in(unit: &Unit, text: &str) -> bool {
    const LOGINS: &[&str] = &["_DB", "_DATABASE", "_USER", "_USERNAME", "_PASSWORD"];
    const USUAL: &[&str] = &["postgres", "root", "admin", "mysql", "user", "password", "secret", "guest"];
    let said = unit.environment.iter().filter(|(name, value)| {
        LOGINS.iter().any(|end| name.ends_with(end)) && value.len() > 2 && has_word(text, value)
    });
    let said: Vec<&str> = said.map(|(_, value)| value.as_str()).collect();
    said.len() > 1 || said.iter().any(|value| value.len() > 4 && !USUAL.contains(value))
}

/// Whether a text has a word by itself.
fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let is_part =
            |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
        let bytes = text.as_bytes();
        !is_part(at.checked_sub(1).and_then(|before| bytes.get(before)))
            && !is_part(bytes.get(at + word.len()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stem_and_a_number_tell_the_kind() {
        let of =
            |stem: &str, port: u16, text: &str| kind_of(stem, Port::new(port)?, text).map(|kind| kind.image);
        assert_eq!(of("REDIS", 6380, ""), Some("redis"));
        assert_eq!(of("DB", 3306, ""), Some("mysql"));
        assert_eq!(of("DATABASE", 5433, "import psycopg2"), Some("postgres"));
        assert_eq!(of("DB", 5433, "redis, mysql"), None);
        assert_eq!(of("API", 5432, "postgres"), None);
    }

    #[test]
    fn a_word_stands_by_itself() {
        assert!(has_word("db = 'shop'", "shop"));
        assert!(!has_word("workshop shops", "shop"));
        assert_eq!(slice("äb", 1, 9), "b");
    }
}
