//! What names say: of ports, of what is called, of hosts.

use crate::readers::words;

/// Words that make a name beside `port` one of something else.
const OTHER_WORDS: &str = "timeout count num max min total size width height length len id ids index idx offset \
    step retries retry delay interval ms seconds limit bits mask type speed serial gpio usb com midi pin pins \
    maximum minimum lowest highest first last start end begin lower upper baud rate duration ttl per range \
    increment view forwarding privileged ephemeral unprivileged switch from to displayport attempts tries \
    status code error err priority weight cost price";

/// Words of names that say where something is.
const ADDRESS_WORDS: &[&str] = &[
    "host",
    "hosts",
    "url",
    "urls",
    "uri",
    "addr",
    "address",
    "addresses",
    "server",
    "servers",
    "broker",
    "brokers",
    "endpoint",
    "endpoints",
    "target",
    "targets",
    "bootstrap",
    "dsn",
    "node",
    "nodes",
    "seed",
    "peer",
    "peers",
    "upstream",
    "listen",
    "bind",
    "authority",
    "backend",
    "proxy",
    "hostname",
];

/// Calls whose number is the port that they listen on.
const LISTENS: &str = "listen listenanyip listenlocalhost serversocket starthttpserver withport forport listentcp \
    bind addhttplistener addhttpslistener tcplistener httplistener listenandserve listenandservetls";

/// Words of what connects.
const CONNECTS: &str = "connect connection client dial channel pool producer consumer connector";

/// Words of what listens, once it is said on what.
const SERVES: &str = "serve server listen listener run bind start runserver httpserver tcpserver wsgiserver \
    insecure uvicorn hypercorn gunicorn daphne webserver urls";

/// Services that programs are clients of.
const SERVICES: &str = "redis mongo socket websocket elasticsearch smtp memcached postgres mysql kafka sequelize \
    knex telnet ftp imap mqtt nats";

/// Calls that only change what a number is written as.
const CONVERSIONS: &str = "int str Number String parseInt parseFloat Integer parse valueOf from Some Ok toInt \
    to_i uint16 uint int32 int64 uint32 u16 Int string ToInt32 ToString bytes intval strval Atoi cast Parse \
    to_string Port ofNullable of quote text num ToInt ToUInt16";

/// Calls that describe a field and hold its default.
const FIELDS: &str = "Field field Option Argument Parameter Integer IntegerField Setting Int";

/// Names of what stands in where nothing is said.
const DEFAULTS: &str =
    "default defaultValue default_value default_value_t fallback devDefault DefaultValue Default defaultsTo";

/// Hosts that a text gives where a reader is to put their own.
const PLACEHOLDERS: &str = "host hostname example foo bar baz qux myhost yourhost somehost some-host remote \
    remotehost otherhost user name domain ip url username test invalid h x a b c addr address your-host my-host \
    host1 host2 host3 ipaddress server1 server2 none unknown default abc somewhere line port";

fn is_among(list: &str, word: &str) -> bool {
    list.split(' ').any(|one| one == word)
}

/// Whether a name is that of one port or of some, and of nothing about them.
pub(super) fn is_port(name: &str) -> bool {
    let has_cue = ["port", "Port", "PORT"].iter().any(|cue| name.contains(cue));
    if !has_cue || name.len() > 80 {
        return false;
    }
    let plain = name.trim_end_matches(|character: char| character.is_ascii_digit());
    words::names_a_port(plain) && !words::words_of(plain).iter().any(|word| is_among(OTHER_WORDS, word))
}

/// Whether the last word of a name is the port: `API_PORT`, not `PORT_PROFILE_RESPONSE`.
pub(super) fn ends_in_port(name: &str) -> bool {
    let plain = name.trim_end_matches(|character: char| character.is_ascii_digit() || character == '_');
    let lower = plain.to_ascii_lowercase();
    (lower.ends_with("port") || lower.ends_with("ports")) && !lower.ends_with("reuseport")
}

/// Whether a name is `port` or `ports` and says no more.
pub(super) fn is_bare(name: &str) -> bool {
    let name = name.rsplit(['.', '/', ':']).next().unwrap_or(name);
    ["port", "ports"].iter().any(|bare| bare.eq_ignore_ascii_case(name))
}

/// Whether a name is written as those of environment variables are.
pub(super) fn is_screaming(name: &str) -> bool {
    name.bytes().any(|byte| byte.is_ascii_uppercase())
        && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

/// Whether a name is that of an address: of a host, a URL, an endpoint.
pub(super) fn is_address(name: &str) -> bool {
    has(name, ADDRESS_WORDS)
}

/// Whether a name has one of these words.
pub(super) fn has(name: &str, words: &[&str]) -> bool {
    words::words_of(name).iter().any(|word| words.contains(&word.as_str()))
}

/// Whether a name is that of an environment, or of what asks it.
pub(super) fn is_environment(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    if lower == "_server" {
        return true;
    }
    let is_whole = ["getenv", "environ", "_env", "getenvs"].contains(&lower.as_str());
    let words = ["env", "getenv", "environ", "environment", "envvar", "envs", "lookupenv"];
    lower.contains("env") && (is_whole || has(name, &words))
}

/// What is done by something that is called so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    /// It listens, and any number in it may be the port.
    Listen,
    /// It may listen: a port is named in it, or stands beside a host.
    Serve,
    /// It connects.
    Connect,
    /// Nothing that is known.
    Other,
}

/// What a call does, by the name of what is called.
pub(super) fn deed(name: &str) -> Deed {
    let plain: String =
        name.chars().filter(|character| *character != '_').flat_map(char::to_lowercase).collect();
    if is_among(LISTENS, &plain) {
        return Deed::Listen;
    }
    let words = words::words_of(name);
    let any = |list: &str| words.iter().any(|word| is_among(list, word));
    let is_client = plain.ends_with("client") || plain.ends_with("connection") || plain == "foraddress";
    if any(CONNECTS) {
        Deed::Connect
    } else if any(SERVES) {
        Deed::Serve
    } else if any(SERVICES) || is_client {
        Deed::Connect
    } else {
        Deed::Other
    }
}

/// Whether a call only changes what a number is written as.
pub(super) fn is_conversion(name: &str) -> bool {
    is_among(CONVERSIONS, name)
}

/// Whether a call describes a field and holds its default.
pub(super) fn is_field(name: &str) -> bool {
    is_among(FIELDS, name)
}

/// Whether a name is that of what stands in where nothing is said.
pub(super) fn is_default(name: &str) -> bool {
    is_among(DEFAULTS, name)
}

/// Whether a host can be one of the project's own: this machine, or a service's name.
pub(super) fn is_own_host(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    if words::is_loopback(&host) || words::is_wildcard(&host) || host == "host.docker.internal" {
        return true;
    }
    let is_inside = [".svc.cluster.local", ".localhost", ".local", ".internal", ".svc"]
        .iter()
        .any(|end| host.strip_suffix(end).is_some_and(|rest| rest.split('.').all(is_label_of)));
    is_inside || (is_label(&host) && !is_among(PLACEHOLDERS, &host))
}

/// Whether a host is the name of a service: one label.
pub(super) fn is_service(host: &str) -> bool {
    !words::is_loopback(host) && (is_label(host) || host.contains(".svc"))
}

fn is_label(host: &str) -> bool {
    is_label_of(host) && host.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic())
}

fn is_label_of(host: &str) -> bool {
    !host.is_empty()
        && host.len() <= 63
        && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}
