//! What the value of a variable says about ports: a number by the variable's
//! name, a URL, `host:port`, a bind address, a fallback.
//!
//! Env files, shell assignments, `ENV` of a Dockerfile, `env:` of a workflow and
//! variables of a Makefile all come here, so that one value means one thing.

use std::ops::Range;

use super::words::{self, Authority};
use super::{Context, Role, Side, Sighting};
use crate::diagnostic::Confidence;
use crate::model::{Port, PortRange};
use crate::source::Span;

/// Where a text stands, for what it does not say itself.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// The side of what is listened on and of bare numbers.
    pub side: Side,
    /// The kind of text.
    pub context: Context,
    /// The most that can be sure here.
    pub confidence: Confidence,
}

impl Setting {
    /// Code, as sure as it can be, with this side.
    pub fn code(side: Side) -> Self {
        Self { side, context: Context::Code, confidence: Confidence::High }
    }

    /// The same, no surer than this.
    #[must_use]
    pub fn at_most(self, confidence: Confidence) -> Self {
        Self { confidence: self.confidence.min(confidence), ..self }
    }

    /// A sighting of a port in it.
    pub fn sight(&self, place: Range<usize>, ports: PortRange, role: Role) -> Sighting {
        let mut sighting = Sighting::new(Span::new(place.start, place.end), ports, role);
        sighting.side = self.side;
        sighting.context = self.context;
        sighting.confidence = self.confidence;
        sighting
    }
}

/// Ports in the value of a variable; `base` is where the value stands.
pub fn in_value(name: &str, value: &str, base: usize, setting: &Setting, out: &mut Vec<Sighting>) {
    if !value.bytes().any(|byte| byte.is_ascii_digit()) {
        return;
    }
    let first = out.len();
    let setting = &for_browsers(name, *setting);
    if words::names_a_port(name) {
        numbers(name, value, base, setting, out);
    }
    fallbacks(value, base, setting, words::names_a_port(name), out);
    let Kinds { is_bind, is_place, is_other } = Kinds::of(name);
    if is_other {
        return;
    }
    bare_colon(name, value, base, setting, out);
    for url in words::urls(value) {
        out.extend(authority(value, &url, base, setting, is_bind));
    }
    for pair in words::pairs(value).filter(|pair| is_a_pair(value, pair, is_place || is_bind)) {
        let sure = is_place || is_bind || words::side_of_host(pair.host) != Some(Side::Container);
        let setting = setting.at_most(if sure { Confidence::High } else { Confidence::Medium });
        out.extend(authority(value, &pair, base, &setting, is_bind));
    }
    for sighting in out.iter_mut().skip(first) {
        sighting.variable.get_or_insert_with(|| name.to_owned());
    }
}

/// What is built into a page runs in a browser, wherever it is built.
fn for_browsers(name: &str, setting: Setting) -> Setting {
    let prefixes =
        ["VITE_", "NEXT_PUBLIC_", "REACT_APP_", "PUBLIC_", "NUXT_PUBLIC_", "VUE_APP_", "EXPO_PUBLIC_"];
    let is_public = prefixes.iter().any(|prefix| name.starts_with(prefix));
    let side = if is_public && setting.side == Side::Container { Side::Host } else { setting.side };
    Setting { side, ..setting }
}

/// What a variable's name says of an address that it holds.
struct Kinds {
    is_bind: bool,
    is_place: bool,
    is_other: bool,
}

impl Kinds {
    fn of(name: &str) -> Self {
        let words = words::words_of(name);
        let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
        Self {
            is_bind: has(&["bind", "listen", "listener", "listeners", "binding"]),
            is_place: has(&[
                "url",
                "urls",
                "uri",
                "uris",
                "addr",
                "addrs",
                "address",
                "addresses",
                "host",
                "hosts",
                "server",
                "servers",
                "endpoint",
                "endpoints",
                "broker",
                "brokers",
                "bootstrap",
                "dsn",
                "node",
                "nodes",
                "upstream",
                "target",
                "targets",
                "backend",
                "proxy",
                "connection",
                "connect",
                "kafka",
                "redis",
                "zookeeper",
                "etcd",
                "origin",
                "origins",
                "base",
                "service",
                "peers",
                "seeds",
                "port",
                "ports",
            ]),
            is_other: has(&[
                "image", "images", "tag", "tags", "version", "volume", "volumes", "uid", "gid", "user",
                "time", "schedule", "cron", "password", "secret", "ratio", "mapping",
            ]) && !has(&["url", "uri", "host", "addr", "endpoint", "port", "ports"]),
        }
    }
}

/// Whether `host:port` in the value is one, and no image with its tag.
fn is_a_pair(value: &str, pair: &Authority<'_>, is_named_place: bool) -> bool {
    let before = value[..pair.whole.start].bytes().next_back();
    let is_in_path = matches!(before, Some(b'/' | b'.' | b'@')) && !value[..pair.whole.start].contains('@');
    let is_certain = matches!(words::side_of_host(pair.host), Some(Side::Host | Side::Unknown));
    let is_digest = ["sha1", "sha256", "sha512", "md5"].contains(&pair.host);
    !is_in_path && !is_digest && (is_certain || is_named_place || is_plausible(pair.port))
}

/// Whether `name:number` is likelier a port than the version of an image: not
/// `redis:7`, `mssql:2019`.
pub fn is_plausible(port: Port) -> bool {
    let number = port.get();
    let is_well_known = matches!(
        number,
        22 | 25 | 53 | 80 | 110 | 143 | 389 | 443 | 465 | 514 | 587 | 636 | 853 | 873 | 993 | 995
    );
    is_well_known || (number >= 1024 && !(2005..=2035).contains(&number))
}

/// The sighting of a URL or a pair, if its host is one of ours.
pub fn authority(
    text: &str,
    found: &Authority<'_>,
    base: usize,
    setting: &Setting,
    is_bind: bool,
) -> Option<Sighting> {
    let is_variable = found.host.contains(['$', '{', '%']);
    let side = if is_variable { Side::Unknown } else { words::side_of_host(found.host)? };
    let host = found.host.to_ascii_lowercase();
    let is_any = words::is_wildcard(&host) || host == "+";
    let role = if is_any || (is_bind && side != Side::Container) { Role::Listen } else { Role::Connect };
    let place = found.place.start + base..found.place.end + base;
    let mut sighting = setting.sight(place, PortRange::single(found.port), role);
    sighting.side = match (role, side) {
        (Role::Listen, _) => setting.side,
        (_, side) => side_here(&host, side, setting),
    };
    if is_variable {
        sighting.confidence = sighting.confidence.min(Confidence::Medium);
    } else {
        sighting.host = Some(host);
    }
    if let Some(variable) = fallback_before(text, found.whole.start) {
        sighting.role = Role::Fallback;
        sighting.variable = Some(variable.to_owned());
    }
    if found.scheme == Some("udp") {
        sighting.protocol = crate::model::Protocol::Udp;
    }
    Some(sighting)
}

/// The side of a connection to a host: inside a container, the machine itself
/// is the container.
pub fn side_here(host: &str, side: Side, setting: &Setting) -> Side {
    let is_inside = setting.side == Side::Container && words::is_loopback(host);
    if is_inside { Side::Container } else { side }
}

/// `8000`, `8000-8010`, `8000,8001`, and `8080:80` of a variable that names a port.
fn numbers(name: &str, value: &str, base: usize, setting: &Setting, out: &mut Vec<Sighting>) {
    if let Some((host, container)) = value.trim().split_once(':')
        && let (Some(host_ports), Ok(container)) = (ports(host), PortRange::parse(container))
    {
        let start = base + value.len() - value.trim_start().len();
        let mut sighting = setting.sight(start..start + host.len(), host_ports, Role::Publish);
        sighting.side = Side::Host;
        sighting.container = Some(container);
        out.push(sighting);
        return;
    }
    let found = out.len();
    let mut start = 0;
    for part in value.split_inclusive([',', ' ', ';']) {
        let number = part.trim_matches([',', ' ', ';', '\t', '\r']);
        let at = start + part.find(number).unwrap_or(0);
        start += part.len();
        if number.is_empty() {
            continue;
        }
        let Some(ports) = ports(number) else {
            // One word that is none makes a text of the whole.
            out.truncate(found);
            return;
        };
        let mut sighting = setting.sight(base + at..base + at + number.len(), ports, Role::Assign);
        sighting.side = side_of_name(name, setting.side);
        out.push(sighting);
    }
}

/// The side that a variable's name says: `CONTAINER_PORT`, `EXTERNAL_PORT`.
fn side_of_name(name: &str, otherwise: Side) -> Side {
    let words = words::words_of(name);
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    if has(&["container", "internal", "inner", "inside"]) {
        Side::Container
    } else if has(&["external", "published", "publish", "exposed"]) {
        Side::Host
    } else {
        otherwise
    }
}

/// The ports that digits say, or two numbers with `-` between them.
pub fn ports(text: &str) -> Option<PortRange> {
    match text.split_once('-') {
        Some((first, last)) => PortRange::new(words::port(first)?, words::port(last)?).ok(),
        None => words::port(text).map(PortRange::single),
    }
}

/// `:8080` alone, as Go programs take an address.
fn bare_colon(name: &str, value: &str, base: usize, setting: &Setting, out: &mut Vec<Sighting>) {
    let Some(port) = value.strip_prefix(':').and_then(words::port) else { return };
    let words = words::words_of(name);
    let says_so = |word: &String| {
        ["addr", "address", "listen", "bind", "port", "host", "server", "http", "https", "grpc"]
            .contains(&word.as_str())
    };
    let sure = if words.iter().any(says_so) { Confidence::High } else { Confidence::Medium };
    out.push(setting.at_most(sure).sight(
        base + 1..base + value.len(),
        PortRange::single(port),
        Role::Listen,
    ));
}

/// Every `${NAME:-8000}` and its likes. With `anywhere`, whatever the name of
/// the variable; otherwise where it is that of a port.
pub fn fallbacks(text: &str, base: usize, setting: &Setting, anywhere: bool, out: &mut Vec<Sighting>) {
    for open in memchr::memmem::find_iter(text.as_bytes(), b"${") {
        let Some((variable, place)) = fallback_at(text, open) else { continue };
        let Some(port) = words::port(&text[place.clone()]) else { continue };
        let is_authority = text[..open].ends_with(':') && text[..open].len() > 1;
        if anywhere || is_authority || words::names_a_port(variable) {
            let place = place.start + base..place.end + base;
            let is_argument = variable.bytes().all(|byte| byte.is_ascii_digit());
            // `port=${1:-8000}` is the variable's own default: an argument has no name.
            let role = if is_argument { Role::Assign } else { Role::Fallback };
            let mut sighting = setting.sight(place, PortRange::single(port), role);
            sighting.variable = (!is_argument).then(|| variable.to_owned());
            out.push(sighting);
        }
    }
}

/// The variable and the place of the digits of `${NAME:-8000}` that opens at an offset.
pub fn fallback_at(text: &str, open: usize) -> Option<(&str, Range<usize>)> {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    text.get(open..)?.strip_prefix("${")?;
    let name = open + 2;
    let length = text.as_bytes().get(name..)?.iter().take_while(|byte| is_name(byte)).count();
    let rest = &text[name + length..];
    let operator = [":-", "-", ":=", "="].into_iter().find(|operator| rest.starts_with(operator))?;
    let after = &rest[operator.len()..];
    let quoted = after.trim_start_matches(['"', '\'']);
    let start = text.len() - quoted.len();
    let digits = quoted.bytes().take_while(u8::is_ascii_digit).count();
    let closes = quoted[digits..].trim_start_matches(['"', '\'']).starts_with('}');
    (length > 0 && digits > 0 && closes).then(|| (&text[name..name + length], start..start + digits))
}

/// The variable of the `${NAME:-` that ends where something begins.
fn fallback_before(text: &str, at: usize) -> Option<&str> {
    let before = text[..at].trim_end_matches(['"', '\'']);
    let before = before.strip_suffix(":-").or_else(|| before.strip_suffix('-'))?;
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let length = before.bytes().rev().take_while(is_name).count();
    let (rest, name) = before.split_at(before.len() - length);
    (length > 0 && rest.ends_with("${")).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, expect: &[&str]) {
        let (name, value) = line.split_once('=').expect("a value");
        let mut out = Vec::new();
        let base = name.len() + 1;
        in_value(name, value, base, &Setting::code(Side::Unknown), &mut out);
        let show = |sighting: &Sighting| {
            assert_eq!(&line[sighting.span.range()], sighting.ports.to_string(), "{line}");
            let host = sighting.host.as_deref().map_or(String::new(), |host| format!(" {host}"));
            let variable = sighting.variable.as_deref().unwrap_or("?");
            let sure = match sighting.confidence {
                Confidence::High => "",
                _ => " ?",
            };
            format!("{} {:?} {:?} {variable}{host}{sure}", sighting.ports, sighting.role, sighting.side)
        };
        assert_eq!(out.iter().map(show).collect::<Vec<_>>(), expect, "{line}");
    }

    #[test]
    fn a_number_is_a_port_by_its_name() {
        check("API_PORT=8000", &["8000 Assign Unknown API_PORT"]);
        check("PORT_RANGE=8000-8010", &["8000-8010 Assign Unknown PORT_RANGE"]);
        check("PORTS=8000,8001", &["8000 Assign Unknown PORTS", "8001 Assign Unknown PORTS"]);
        check("CONTAINER_PORT=80", &["80 Assign Container CONTAINER_PORT"]);
        check("WEB_PORT=8080:80", &["8080 Publish Host WEB_PORT"]);
        check("ADDR=:8080", &["8080 Listen Unknown ADDR"]);
        for none in [
            "TIMEOUT=8000",
            "PORT_TIMEOUT=8000",
            "POSTGRES_PASSWORD=5432",
            "PORT=0",
            "PORT=08000",
            "PORT=80000",
            "PORTS=eth0,8000",
            "SUPPORT=8000",
            "IMAGE=redis:7",
            "DB_IMAGE=postgres:5432",
            "BASE=node:20-alpine",
            "DB=mssql:2019",
            "USER_ID=1000:1000",
            "START_TIME=10:30",
            "A=registry/app:8080",
            "API=https://api.example.com:8443",
            "DNS=8.8.8.8:53",
        ] {
            check(none, &[]);
        }
    }

    #[test]
    fn addresses_are_connected_to_or_listened_on() {
        check("API_URL=http://localhost:8000", &["8000 Connect Host API_URL localhost"]);
        check("DB=postgres://u:p@db:5432/x", &["5432 Connect Container DB db"]);
        check(
            "KAFKA_BROKERS=a:9092,b:9093",
            &["9092 Connect Container KAFKA_BROKERS a", "9093 Connect Container KAFKA_BROKERS b"],
        );
        check("THING=a:9092", &["9092 Connect Container THING a ?"]);
        check("BIND=0.0.0.0:8000", &["8000 Listen Unknown BIND 0.0.0.0"]);
        check("BIND=127.0.0.1:8000", &["8000 Listen Unknown BIND 127.0.0.1"]);
        check(
            "ASPNETCORE_URLS=http://+:80;https://+:443",
            &["80 Listen Unknown ASPNETCORE_URLS +", "443 Listen Unknown ASPNETCORE_URLS +"],
        );
        check("U=http://${HOST}:8000/", &["8000 Connect Unknown U ?"]);
    }

    #[test]
    fn fallbacks_name_their_variable() {
        check("PORT=${API_PORT:-8000}", &["8000 Fallback Unknown API_PORT"]);
        check("U=http://localhost:${X:-8000}/", &["8000 Fallback Unknown X"]);
        check("U=${API_URL:-http://localhost:8000}", &["8000 Fallback Host API_URL localhost"]);
        check("U=${TIMEOUT:-8000}", &[]);
        check("P=${A_PORT:-${B_PORT:-\"90\"}}", &["90 Fallback Unknown B_PORT"]);
    }

    #[test]
    fn what_opens_no_fallback_is_none() {
        assert_eq!(fallback_at("${X:-80}", 0), Some(("X", 5..7)));
        assert_eq!(fallback_at("\u{1f}ÿttpathlocalhost:80", 0), None);
        assert_eq!(fallback_at("é", 1), None);
        assert_eq!(fallback_at("", 3), None);
    }
}
