//! URLs of servers with a user, and what a compose service says of the server
//! that it runs: the same user of the same database is the same server.

use super::hosted::{builds_nothing, is_template};
use super::references::is_of_a_cluster;
use crate::diagnostic::Confidence;
use crate::model::Port;
use crate::readers::words::{is_loopback, urls};
use crate::readers::{Context, FileKind, Role, Variant};
use crate::repository::disagreement::{Disagreement, Statement, Topic};
use crate::repository::layout::Layout;
use crate::repository::units::Unit;
use crate::repository::{File, Seen};
use crate::source::Sources;

/// Schemes of URLs, the port that their servers have by themselves, and words of images.
const SCHEMES: &[(&[&str], u16, &[&str])] = &[
    (&["postgres", "postgresql", "postgis", "pgsql"], 5432, &["postgres"]),
    (&["mysql", "mysql2", "mariadb"], 3306, &["mysql"]),
    (&["redis"], 6379, &["redis"]),
    (&["mongodb"], 27017, &["mongo"]),
    (&["amqp"], 5672, &["rabbitmq"]),
];

/// The port that the server of a URL's scheme has by itself.
pub(in crate::repository) fn own_port(scheme: &str) -> Option<u16> {
    // `postgresql+asyncpg`, `jdbc:postgresql`.
    let bare = scheme.split('+').next().unwrap_or(scheme);
    let row = SCHEMES.iter().find(|(schemes, ..)| schemes.contains(&bare))?;
    Some(row.1)
}

/// A URL of a server, and who logs in there.
#[derive(Clone, Copy, Debug)]
pub(in crate::repository) struct ServerUrl<'t> {
    /// The port that its scheme's servers have by themselves.
    pub(in crate::repository) own_port: u16,
    user: &'t str,
    password: &'t str,
    database: &'t str,
}

/// The URL whose port stands at a span of a text, if it is one of a server.
pub(in crate::repository) fn server_url(text: &str, seen: Seen<'_>) -> Option<(usize, u16)> {
    let at = seen.sighting.span.range();
    let from = text.get(..at.start)?.rfind(char::is_whitespace).map_or(0, |before| before + 1);
    let end = text.get(at.end..)?.find(char::is_whitespace).map_or(text.len(), |after| at.end + after);
    let word = text.get(from..end)?;
    let url = urls(word).find(|url| url.place.start + from == at.start)?;
    Some((from + url.whole.start, own_port(url.scheme?)?))
}

impl<'t> ServerUrl<'t> {
    fn of(text: &'t str, seen: Seen<'_>) -> Option<Self> {
        let (start, own_port) = server_url(text, seen)?;
        let at = seen.sighting.span.range();
        let before = text.get(start..at.start)?;
        let login = before.split_once("://")?.1.rsplit_once('@').map_or("", |(login, _)| login);
        let (user, password) = login.split_once(':').unwrap_or((login, ""));
        let rest = text.get(at.end..)?.strip_prefix('/').unwrap_or("");
        let is_name = |character: char| character.is_ascii_alphanumeric() || "_-".contains(character);
        let database = &rest[..rest.find(|character| !is_name(character)).unwrap_or(rest.len())];
        Some(Self { own_port, user, password, database })
    }

    /// Whether a service runs such a server.
    fn is_kind_of(&self, unit: &Unit) -> bool {
        let has = |port: u16| {
            Port::new(port).is_some_and(|port| unit.targets.iter().any(|one| one.ports.contains(port)))
        };
        let row = SCHEMES.iter().find(|row| row.1 == self.own_port);
        let names = row.map_or(&[][..], |row| row.2);
        unit.known_images().any(|image| image.names.iter().any(|name| names.contains(name)))
            || has(self.own_port)
    }

    /// Whether a service lets the URL's user into the URL's database, by its environment.
    fn is_let_in(&self, unit: &Unit) -> bool {
        let says = |words: &[&str], value: &str| {
            let is_one = |name: &str| words.iter().any(|word| name.to_ascii_uppercase().ends_with(word));
            !value.is_empty() && unit.environment.iter().any(|(name, own)| is_one(name) && own == value)
        };
        let database = says(&["_DB", "_DATABASE"], self.database);
        let user = says(&["_USER", "_USERNAME"], self.user);
        let password = says(&["_PASSWORD", "_PASS"], self.password);
        database && (user || password) || user && password && self.user != self.password
    }
}

/// Every URL of a server on this machine whose port no service of its kind has there.
pub(in crate::repository) fn server_urls(
    files: &[File],
    units: &[Unit],
    layout: &Layout,
    sources: &Sources,
) -> Vec<Disagreement> {
    let mut found = Vec::new();
    for file in files.iter().filter(|file| is_read(file)) {
        let mut text = None;
        for seen in file.reading.sightings.iter().map(|sighting| Seen { file, sighting }) {
            if is_local_url(seen) {
                let text = *text.get_or_insert_with(|| sources.get(file.source).text());
                found.extend(
                    ServerUrl::of(text, seen).and_then(|url| judge(seen, &url, files, units, layout)),
                );
            }
        }
    }
    found
}

fn is_read(file: &File) -> bool {
    let path = file.path();
    path.kind() == FileKind::Plain
        && !file.is_document()
        && matches!(path.variant(), Variant::None | Variant::Named("dev" | "local"))
        && !is_of_a_cluster(file)
}

fn is_local_url(seen: Seen<'_>) -> bool {
    let sighting = seen.sighting;
    let host = sighting.host.as_deref().unwrap_or("");
    matches!(sighting.role, Role::Connect | Role::Assign | Role::Define | Role::Fallback)
        && sighting.context == Context::Code
        && sighting.ports.len() == 1
        && (is_loopback(host) || host == "host.docker.internal")
}

fn judge(
    seen: Seen<'_>,
    url: &ServerUrl<'_>,
    files: &[File],
    units: &[Unit],
    layout: &Layout,
) -> Option<Disagreement> {
    let port = seen.sighting.ports.first();
    let scopes = layout.scopes_of(&seen.file.path);
    let is_here = |unit: &&Unit| scopes.contains(&unit.scope.as_str()) && url.is_kind_of(unit);
    let all: Vec<&Unit> = units.iter().filter(is_here).collect();
    let is_its_own =
        all.iter().any(|unit| unit.publishes(port) || unit.is_on_host_network || unit.host.is_empty());
    let is_taken = units.iter().any(|unit| unit.publishes(port));
    if all.is_empty() || is_its_own || is_taken || is_opened(files, port) {
        return None;
    }
    let let_in: Vec<&Unit> = all.iter().copied().filter(|unit| url.is_let_in(unit)).collect();
    let meant = match (let_in.as_slice(), all.as_slice()) {
        ([one, rest @ ..], _) if rest.iter().all(|other| other.name == one.name) => *one,
        // A server of the machine itself has its usual port: another one is of a container.
        // Beside compose files that run nothing else, it is what the program needs.
        ([], [one, rest @ ..])
            if (port.get() != url.own_port || is_template(seen.file) && is_needed(units, &scopes))
                && rest.iter().all(|other| other.name == one.name) =>
        {
            *one
        }
        (several, _) => several.first().copied()?,
    };
    let right: Vec<Statement> = if let_in.len() > 1 {
        let_in.iter().flat_map(|unit| unit.host.iter().cloned()).collect()
    } else {
        meant.host.clone()
    };
    let wrong = vec![Statement { ports: seen.sighting.ports, place: seen.place(), role: "looked for" }];
    let subject = meant.name.clone();
    Some(Disagreement { topic: Topic::Address, subject, wrong, right, confidence: Confidence::High })
}

/// Whether the compose files of some folders run nothing but what programs beside them need.
fn is_needed(units: &[Unit], scopes: &[&str]) -> bool {
    let scoped: Vec<&Unit> = units.iter().filter(|unit| scopes.contains(&unit.scope.as_str())).collect();
    builds_nothing(&scoped)
}

/// Whether something else of the repository opens a port on the machine.
fn is_opened(files: &[File], port: Port) -> bool {
    files.iter().flat_map(|file| &file.reading.sightings).any(|sighting| {
        let opens = matches!(sighting.role, Role::Publish | Role::Listen) || sighting.container.is_some();
        opens && sighting.side != crate::readers::Side::Container && sighting.ports.contains(port)
    })
}
