//! What is published of a container, held against what listens there for
//! certain: an image that nothing tells to listen elsewhere, a web server
//! whose configuration is mounted.

use crate::diagnostic::Confidence;
use crate::facts::{KnownImage, image_name, known_image};
use crate::readers::compose::{Mount, Texts};
use crate::readers::words::{is_loopback, names_a_port};
use crate::readers::{Context, Role};
use crate::repository::File;
use crate::repository::disagreement::{Disagreement, Statement, Topic};
use crate::repository::layout::is_below;
use crate::repository::units::Unit;
use crate::source::Place;

/// Every service that publishes only ports that nothing listens on inside.
pub(in crate::repository) fn inside(
    units: &[Unit],
    files: &[File],
    texts: &mut Texts<'_>,
) -> Vec<Disagreement> {
    let mut found = Vec::new();
    let sharing: Vec<&Unit> =
        units.iter().filter(|unit| unit.network_of.is_some()).take(MOST_SHARING).collect();
    for unit in units.iter().filter(|unit| is_plain(unit, &sharing)) {
        let configured = configured(unit, files, texts).filter(|_| !unit.is_on_host_network);
        if let Some(listens) = &configured {
            found.extend(judge_configured(unit, listens));
        } else if let Some(known) = known_image_of(unit) {
            found.extend(judge_image(unit, known, files, texts));
        }
    }
    found
}

/// How many services that share a network are looked at.
const MOST_SHARING: usize = 256;

/// Whether a service has its own network, and is made of one image alone.
fn is_plain(unit: &Unit, sharing: &[&Unit]) -> bool {
    let is_shared = |other: &&Unit| {
        other.scope == unit.scope && other.network_of.as_deref().is_some_and(|name| unit.is_named(name))
    };
    unit.network_of.is_none()
        && unit.dockerfiles.is_empty()
        && unit.component.is_none()
        && unit.images.len() == 1
        && !unit.targets.is_empty()
        && unit.targets.iter().all(|target| target.ports.len() == 1)
        && !sharing.iter().any(is_shared)
}

/// What is known for certain of the image of a service.
fn known_image_of(unit: &Unit) -> Option<&'static KnownImage> {
    let image = unit.images.first()?;
    let is_settled = SETTLED.contains(&image_name(image).as_str());
    certain_image(image).or_else(|| known_image(image).filter(|_| is_settled))
}

/// What is known for certain of an image: by its own name, and a web server
/// only where it is the official one.
pub(in crate::repository) fn certain_image(image: &str) -> Option<&'static KnownImage> {
    let name = image_name(image);
    let known = known_image(image).filter(|known| known.names.contains(&name.as_str()))?;
    let bare = image.split([':', '@']).next().unwrap_or(image);
    let is_official = !bare.contains('/') || bare.starts_with("library/");
    let serves = ["nginx", "httpd", "caddy"].contains(&name.as_str()) && is_official;
    (known.is_complete || serves).then_some(known)
}

/// Images that listen on what is known of them and what they are told: by
/// variables, by their command or by a file.
const SETTLED: &[&str] = &[
    "rabbitmq",
    "minio",
    "neo4j",
    "metabase",
    "n8n",
    "sonarqube",
    "keycloak",
    "couchdb",
    "solr",
    "meilisearch",
    "typesense",
    "etcd",
    "jenkins",
];

fn judge_image(
    unit: &Unit,
    known: &'static KnownImage,
    files: &[File],
    texts: &mut Texts<'_>,
) -> Option<Disagreement> {
    let has = |target: &Statement| known.ports.contains(&target.ports.first().get());
    if unit.targets.iter().any(has) || !unit.told.is_empty() || !unit.commanded.is_empty() {
        return None;
    }
    for target in &unit.targets {
        let number = target.ports.first().to_string();
        let in_command = unit.command().is_some_and(|command| mentions(command, &number));
        if in_command || is_told(unit, known, &number) || is_mounted(unit, &number, files, texts) {
            return None;
        }
    }
    let here = Statement { ports: unit.targets.first()?.ports, place: unit.place, role: "the service" };
    Some(Disagreement {
        topic: Topic::Reference,
        subject: unit.name.clone(),
        wrong: unit.targets.clone(),
        right: vec![here],
        confidence: Confidence::High,
    })
}

/// Images that read no port from variables but from a few.
const DATABASES: &[&str] = &["postgres", "mysql", "redis", "mongo", "memcached"];

/// Whether the environment may tell the image a port.
fn is_told(unit: &Unit, known: &KnownImage, number: &str) -> bool {
    let is_database = known.names.iter().any(|name| DATABASES.contains(name));
    unit.environment.iter().filter(|(_, value)| mentions(value, number)).any(|(name, value)| {
        let is_read = matches!(name.as_str(), "PGPORT" | "MYSQL_TCP_PORT") || name.ends_with("_PORT_NUMBER");
        !is_database || is_read || value != number || !names_a_port(name)
    })
}

/// What is mounted into any container, and tells none a port.
const SYSTEM: &[&str] =
    &["/etc/localtime", "/etc/timezone", "/etc/hosts", "/etc/ssl", "/etc/passwd", "/etc/group"];

/// Whether something that is mounted may tell the image a port.
fn is_mounted(unit: &Unit, number: &str, files: &[File], texts: &mut Texts<'_>) -> bool {
    let is_configuration = |target: &str| {
        let name = target.rsplit('/').next().unwrap_or(target);
        target.starts_with("/etc")
            || target.contains("conf")
            || target.contains("entrypoint")
            || (name.contains('.') && !name.starts_with('.'))
    };
    let is_of_the_system = |target: &str| SYSTEM.iter().any(|start| target.starts_with(start));
    let mounts = unit
        .mounts
        .iter()
        .filter(|mount| !mount.target.ends_with(".sock") && !is_of_the_system(&mount.target));
    mounts.filter(|mount| is_configuration(&mount.target)).any(|mount| {
        let Some(path) = mount.source.as_deref() else { return true };
        if let Some(source) = texts.open(path) {
            return mentions(texts.sources.get(source).text(), number);
        }
        let mut below = files.iter().filter(|file| is_below(&file.path, path)).peekable();
        let is_unknown = below.peek().is_none() && mount.target.starts_with("/etc");
        is_unknown || below.any(|file| mentions(texts.sources.get(file.source).text(), number))
    })
}

/// Whether a text has a number by itself.
fn mentions(text: &str, number: &str) -> bool {
    text.match_indices(number).any(|(at, _)| {
        let is_digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
        let bytes = text.as_bytes();
        !is_digit(at.checked_sub(1).and_then(|before| bytes.get(before)))
            && !is_digit(bytes.get(at + number.len()))
    })
}

/// What a web server listens on by its configuration, where all of that is mounted.
fn configured(unit: &Unit, files: &[File], texts: &Texts<'_>) -> Option<Vec<Statement>> {
    let mut listens = Vec::new();
    let mut is_all = false;
    for mount in &unit.mounts {
        let Some(kind) = Kind::of(mount) else { continue };
        let path = mount.source.as_deref()?;
        for file in
            files.iter().filter(|file| matches!(file.reader, "nginx" | "envoy") && is_below(&file.path, path))
        {
            let text = texts.sources.get(file.source).text();
            let is_open = text.lines().any(|line| {
                let line = line.trim_start();
                (line.starts_with("listen") || line.starts_with("bind")) && line.contains('$')
                    || line.starts_with("include") && (line.contains(".conf") || line.contains("sites-"))
            });
            if is_open && (kind == Kind::Whole || !text.contains("include")) {
                return None;
            }
            is_all |= kind != Kind::More;
            let code = file.reading.sightings.iter().filter(|one| one.context == Context::Code);
            let own =
                code.filter(|one| one.role == Role::Listen && !one.host.as_deref().is_some_and(is_loopback));
            listens.extend(own.map(|one| Statement {
                ports: one.ports,
                place: Place { source: file.source, span: one.span },
                role: "listened on",
            }));
        }
    }
    (is_all && !listens.is_empty()).then_some(listens)
}

/// How much of a web server's configuration a mount is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// All of it.
    Whole,
    /// What says where it listens.
    Servers,
    /// Something beside the image's own.
    More,
}

impl Kind {
    fn of(mount: &Mount) -> Option<Self> {
        let target = mount.target.trim_end_matches('/');
        let is_whole = target.ends_with("/nginx.conf")
            || target.ends_with("/haproxy.cfg")
            || target.ends_with("/envoy.yaml")
            || target.ends_with("/envoy.yml");
        let default = ["/default.conf", "/default.conf.template", "/nginx/conf.d", "/nginx/templates"];
        if is_whole {
            Some(Self::Whole)
        } else if default.iter().any(|end| target.ends_with(end)) {
            Some(Self::Servers)
        } else {
            target.contains("/conf.d/").then_some(Self::More)
        }
    }
}

fn judge_configured(unit: &Unit, listens: &[Statement]) -> Option<Disagreement> {
    let is_met = unit.targets.iter().any(|target| listens.iter().any(|one| one.ports.overlaps(target.ports)));
    (!is_met).then(|| Disagreement {
        topic: Topic::Reference,
        subject: unit.name.clone(),
        wrong: unit.targets.clone(),
        right: listens.to_vec(),
        confidence: Confidence::High,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_stands_by_itself() {
        assert!(mentions("port=3001\n", "3001"));
        assert!(!mentions("13001 30011", "3001"));
        assert!(!mentions("", "3001"));
    }
}
