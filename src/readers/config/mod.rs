//! What readers of configuration share: addresses to connect to and to listen
//! on, fallbacks beside variables, keys that name a port.

mod arguments;
mod fallback;

use std::collections::HashMap;
use std::ops::Range;

use super::flat::{Flat, Setting};
use super::words::{self, Authority};
use super::{Reading, Role, Side, Sighting};
use crate::diagnostic::Confidence;
use crate::model::PortRange;
use crate::source::Span;

pub use arguments::{Arguments, assigned, is_address, published, unsure};
pub use fallback::fallbacks;

/// Where the program runs that reads a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runs {
    /// On the machine: its `localhost` is the machine.
    OnMachine,
    /// Mostly in a container: its `localhost` may be that, or the machine.
    InContainer,
}

/// The sighting of an authority that is connected to; `base` is where its text
/// begins. `None` where the host is another machine.
pub fn connect(found: &Authority<'_>, base: usize, runs: Runs) -> Option<Sighting> {
    let is_variable = found.host.contains(['$', '{', '%', '<']);
    let side = if is_variable { Side::Unknown } else { words::side_of_host(found.host)? };
    let mut sighting = sighting(
        base + found.place.start..base + found.place.end,
        PortRange::single(found.port),
        Role::Connect,
    );
    sighting.side = match side {
        Side::Host if runs == Runs::InContainer && words::is_loopback(found.host) => Side::Unknown,
        side => side,
    };
    if is_variable {
        sighting.confidence = Confidence::Medium;
    } else {
        sighting.host = Some(found.host.to_ascii_lowercase());
    }
    if words::is_wildcard(found.host) || found.host == "+" {
        sighting.role = Role::Listen;
    }
    if found.scheme == Some("udp") {
        sighting.protocol = crate::model::Protocol::Udp;
    }
    Some(sighting)
}

/// A sighting of ports at a place.
pub fn sighting(at: Range<usize>, ports: PortRange, role: Role) -> Sighting {
    Sighting::new(Span::new(at.start, at.end), ports, role)
}

/// Every URL of a part of the source that has a port of ours.
pub fn urls(source: &str, at: Range<usize>, runs: Runs) -> Vec<Sighting> {
    let text = source.get(at.clone()).unwrap_or("");
    words::urls(text).filter_map(|url| connect(&url, at.start, runs)).collect()
}

/// Every URL and every `host:port` of a part of the source.
pub fn addresses(source: &str, at: Range<usize>, runs: Runs) -> Vec<Sighting> {
    let text = source.get(at.clone()).unwrap_or("");
    let pairs = words::pairs(text).filter_map(|pair| connect(&pair, at.start, runs));
    urls(source, at.clone(), runs).into_iter().chain(pairs).collect()
}

/// The port of `:8080`, `*:80`, `0.0.0.0:8080`, `[::]:80`, `localhost:80`,
/// `tcp://0.0.0.0:80`, `:53/udp` and, where `bare`, of the number alone: an
/// address to listen on that is the whole of a part of the source.
pub fn listen(source: &str, at: Range<usize>, bare: bool) -> Option<Sighting> {
    let text = source.get(at.clone())?;
    let scheme = text.find("://").map_or(0, |end| end + 3);
    let (address, protocol) = match text[scheme..].split_once('/') {
        Some((address, rest)) => (address, rest),
        None => (&text[scheme..], ""),
    };
    // `::1/128` is a network.
    if scheme == 0 && !matches!(protocol, "" | "tcp" | "udp" | "tcp4" | "tcp6") {
        return None;
    }
    let colon = address.rfind(':');
    let digits = colon.map_or(address, |colon| &address[colon + 1..]);
    let port = words::port(digits).filter(|_| bare || colon.is_some())?;
    let host = colon.map_or("", |colon| &address[..colon]).trim_matches(['[', ']']);
    let is_host = |byte: u8| byte.is_ascii_alphanumeric() || b"*+.:-_%".contains(&byte);
    if !host.bytes().all(is_host) {
        return None;
    }
    let end = at.start + scheme + address.len();
    let mut found = sighting(end - digits.len()..end, PortRange::single(port), Role::Listen);
    found.side = Side::Unknown;
    found.host = (!host.is_empty()).then(|| host.to_ascii_lowercase());
    if protocol == "udp" || text.starts_with("udp") {
        found.protocol = crate::model::Protocol::Udp;
    }
    Some(found)
}

/// The port that a part of the source is, or the range of them, and nothing else.
pub fn number(source: &str, at: Range<usize>, role: Role) -> Option<Sighting> {
    let text = source.get(at.clone())?;
    let ports = match text.split_once('-') {
        Some((first, last)) => PortRange::new(words::port(first)?, words::port(last)?).ok()?,
        None => PortRange::single(words::port(text)?),
    };
    Some(sighting(at, ports, role))
}

/// How the settings of a file are read.
#[derive(Clone, Copy)]
pub struct Manner<'a> {
    /// Where the program runs that reads it.
    pub runs: Runs,
    /// The most that is sure of a number whose key names a port.
    pub number: Confidence,
    /// The most that is sure of a URL.
    pub url: Confidence,
    /// Whether what these keys hold is what the program listens on.
    pub listens: &'a dyn Fn(&Setting<'_>) -> bool,
    /// What names a number: the keys, and for which environment they are.
    pub name: &'a dyn Fn(&Setting<'_>) -> String,
    /// The service that is known to listen there.
    pub service: Option<&'a str>,
}

/// Reads every setting of a file.
pub fn read(source: &str, flat: &Flat, manner: &Manner<'_>, reading: &mut Reading) {
    let mut hosts: HashMap<(usize, String), Range<usize>> = HashMap::new();
    flat.each(source, &mut |setting| {
        if let Some(stem) = stem(setting.name(), HOSTS) {
            hosts.insert((setting.parent, stem), setting.at.clone());
        }
    });
    flat.each(source, &mut |setting| {
        let text = source.get(setting.at.clone()).unwrap_or("");
        if !text.bytes().any(|byte| byte.is_ascii_digit()) {
            return;
        }
        let mut found = Vec::new();
        let names_a_port = names_a_port(setting);
        if let (true, Some(number)) = (names_a_port, number(source, setting.at.clone(), Role::Define)) {
            let stem = stem(setting.name(), &["port"]).unwrap_or_default();
            let host = hosts.get(&(setting.parent, stem)).and_then(|at| source.get(at.clone()));
            found.extend(of_number(number, setting, host, manner));
        } else {
            in_text(source, setting, text, names_a_port, manner, &mut found);
        }
        for sighting in &mut found {
            sighting.variable.get_or_insert_with(|| (manner.name)(setting));
            if (manner.listens)(setting) {
                sighting.service = manner.service.map(str::to_owned);
            }
        }
        reading.sightings.extend(found);
    });
}

/// What a host is called beside its port.
const HOSTS: &[&str] =
    &["host", "hostname", "address", "addr", "server", "ip", "bind", "domain", "listen", "interface"];

/// A name without its last word, where that is one of these: `db` of `DB_HOST`.
fn stem(name: &str, endings: &[&str]) -> Option<String> {
    let mut words = words::words_of(name.rsplit('.').next().unwrap_or(name));
    let last = words.pop()?;
    endings.contains(&last.as_str()).then(|| words.join("_"))
}

/// Whether the last key is that of a port, and nothing above it says otherwise.
fn names_a_port(setting: &Setting<'_>) -> bool {
    let name = setting.name().rsplit('.').next().unwrap_or("");
    words::names_a_port(name)
        && !name.contains("://")
        && !setting.keys_from_the_last().take(3).any(|key| {
            words::words_of(key)
                .iter()
                .any(|word| ["smtp", "mail", "email", "imap", "mailer"].contains(&word.as_str()))
        })
}

fn of_number(
    mut number: Sighting,
    setting: &Setting<'_>,
    host: Option<&str>,
    manner: &Manner<'_>,
) -> Option<Sighting> {
    number.side = Side::Unknown;
    number.confidence = manner.number;
    let host = host.map(|host| host.trim().to_ascii_lowercase()).filter(|host| !host.is_empty());
    if (manner.listens)(setting) {
        number.role = Role::Listen;
        number.confidence = Confidence::High;
        number.host = host.filter(|host| words::side_of_host(host).is_some());
        return Some(number);
    }
    // `${REDIS_HOST:localhost}`: what stands in for the variable.
    let host = host.and_then(|host| match host.strip_prefix("${") {
        Some(inner) => Some(inner.split_once(':')?.1.trim_matches(['-', '}']).to_owned()),
        None => (!host.contains(['$', '{', '<', '%'])).then_some(host),
    });
    // An address with a port of its own is not the host of this one.
    let Some(host) = host.filter(|host| words::host_and_port(host, 0..host.len()).is_none()) else {
        return Some(number);
    };
    let side = words::side_of_host(&host)?;
    let is_server = setting.keys_from_the_last().nth(1).is_none_or(|section| {
        let words = words::words_of(section);
        words.iter().any(|word| SERVERS.contains(&word.as_str()))
    });
    if words::is_wildcard(&host) || (is_server && side != Side::Container) {
        number.role = Role::Listen;
    } else {
        number.role = Role::Connect;
        number.side = side;
        number.confidence = Confidence::High.min(manner.url);
    }
    number.host = Some(host);
    Some(number)
}

/// Sections whose `host` is what the program itself binds to.
const SERVERS: &[&str] = &[
    "server",
    "http",
    "https",
    "listen",
    "listener",
    "app",
    "application",
    "web",
    "bind",
    "general",
    "main",
    "uvicorn",
    "gunicorn",
    "kestrel",
    "dev",
    "config",
    "settings",
    "default",
];

/// Addresses in a value that is no number.
fn in_text(
    source: &str,
    setting: &Setting<'_>,
    text: &str,
    names_a_port: bool,
    manner: &Manner<'_>,
    found: &mut Vec<Sighting>,
) {
    let at = setting.at.clone();
    if memchr::memchr(b'$', text.as_bytes()).is_some() || text.contains("ENV") {
        found.extend(fallbacks(source, at.clone(), names_a_port));
    }
    let words = words::words_of(setting.name());
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    if (has(&["listen", "bind", "listeners", "listener"])
        || text.starts_with(':')
        || text.starts_with("0.0.0.0"))
        && (names_a_port || has(LISTENING))
        && let Some(mut listen) = listen(source, at.clone(), false)
    {
        listen.confidence = manner.url;
        found.push(listen);
        return;
    }
    let before = found.len();
    found.extend(urls(source, at.clone(), manner.runs));
    if has(ADDRESSES) && !text.contains("://") && is_address(text) {
        found.extend(addresses(source, at, manner.runs));
    }
    // What a fallback says is not said a second time.
    let (said, new) = found.split_at_mut(before);
    let is_said = |one: &Sighting| said.iter().any(|other| other.span == one.span);
    let keep: Vec<Sighting> = new.iter().filter(|one| !is_said(one)).cloned().collect();
    found.truncate(before);
    found.extend(keep);
    for sighting in found.iter_mut() {
        sighting.confidence = sighting.confidence.min(manner.url);
    }
}

const LISTENING: &[&str] = &[
    "listen",
    "bind",
    "listeners",
    "listener",
    "addr",
    "address",
    "endpoint",
    "http",
    "https",
    "grpc",
    "socket",
    "server",
    "host",
    "entrypoint",
    "web",
    "metrics",
    "addresses",
];

const ADDRESSES: &[&str] = &[
    "addr",
    "addrs",
    "address",
    "addresses",
    "host",
    "hosts",
    "server",
    "servers",
    "broker",
    "brokers",
    "endpoint",
    "endpoints",
    "target",
    "targets",
    "url",
    "urls",
    "uri",
    "uris",
    "upstream",
    "upstreams",
    "nodes",
    "bootstrap",
    "dsn",
    "seeds",
    "peers",
    "backend",
    "proxy",
    "origin",
    "origins",
    "node",
    "service",
    "connect",
    "connection",
];

/// A cheap look at the bytes: whether a text may say a port at all.
pub fn may_say_a_port(text: &str) -> bool {
    let bytes = text.as_bytes();
    let has = |word: &[u8]| memchr::memmem::find(bytes, word).is_some();
    has(b"://")
        || has(b"ort")
        || has(b"ORT")
        || memchr::memchr_iter(b':', bytes).any(|at| {
            let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
            is_digit(at + 1) && is_digit(at + 2)
        })
}
