//! Small things that many formats share: numbers that are ports, and the
//! `host:port` and URLs in a text.

use std::ops::Range;

use crate::model::{Port, PortRange};

/// An authority with a port: of a URL, or bare as in `db:5432`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authority<'a> {
    /// What stands before `://`, lower case as written; `None` for a bare one.
    pub scheme: Option<&'a str>,
    /// The host as written, IPv6 without brackets.
    pub host: &'a str,
    /// The port.
    pub port: Port,
    /// Where the port's digits stand.
    pub place: Range<usize>,
    /// Where the whole of it stands, from the scheme to the port.
    pub whole: Range<usize>,
}

/// The port that digits say: 1 to 65535, no sign, no leading zero, at most five.
pub fn port(text: &str) -> Option<Port> {
    let is_plain = (1..=5).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_plain || text.starts_with('0') {
        return None;
    }
    Port::parse(text).ok()
}

/// The range of one port.
pub fn single(port: Port) -> PortRange {
    PortRange::single(port)
}

/// Every URL in a text whose authority has a port; user names, passwords and
/// IPv6 are read, and a port that is none (`:80a`, `:70000`, `:${PORT}`) is passed over.
pub fn urls(text: &str) -> impl Iterator<Item = Authority<'_>> {
    memchr::memmem::find_iter(text.as_bytes(), b"://").filter_map(move |colon| url_at(text, colon))
}

fn url_at(text: &str, colon: usize) -> Option<Authority<'_>> {
    let before = &text[..colon];
    let is_scheme = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    let length = before.as_bytes().iter().rev().take_while(|byte| is_scheme(byte)).count();
    let scheme = &text[colon - length..colon];
    let scheme = scheme.trim_start_matches(|first: char| !first.is_ascii_alphabetic());
    let start = colon - scheme.len();
    let after = colon + 3;
    let ends = |byte: &u8| {
        byte.is_ascii_whitespace()
            || matches!(
                byte,
                b'/' | b'?' | b'#' | b'"' | b'\'' | b'`' | b'<' | b'>' | b'\\' | b'|' | b')' | b',' | b';'
            )
    };
    let rest = text.as_bytes().get(after..)?;
    let end = after + rest.iter().position(ends).unwrap_or(rest.len());
    let mut authority = after..end;
    // A password may hold `:`; what counts follows the last `@`.
    if let Some(at) = text.get(authority.clone())?.rfind('@') {
        authority.start += at + 1;
    }
    let (host, place) = host_and_port(text, authority)?;
    let port = port(&text[place.clone()])?;
    let whole = start..place.end;
    Some(Authority { scheme: (!scheme.is_empty()).then_some(scheme), host, port, place, whole })
}

/// The host and the place of the port's digits in `host:port`, of which
/// nothing but punctuation that ends a sentence may follow.
pub fn host_and_port(text: &str, at: Range<usize>) -> Option<(&str, Range<usize>)> {
    let authority = text.get(at.clone())?;
    let colon = match authority.strip_prefix('[') {
        Some(_) => authority.find("]:")? + 1,
        None => colon_outside_braces(authority)?,
    };
    let host = authority[..colon].trim_start_matches('[').trim_end_matches(']');
    let digits = authority[colon + 1..].bytes().take_while(u8::is_ascii_digit).count();
    let place = at.start + colon + 1..at.start + colon + 1 + digits;
    let rest = &text[place.end..at.end];
    let is_end =
        rest.bytes().all(|byte| matches!(byte, b'.' | b':' | b'!' | b'*' | b'_' | b'}' | b']' | b'&' | b'='));
    (digits > 0 && is_end).then_some((host, place))
}

/// The first colon that does not belong to a `${HOST:-localhost}`.
fn colon_outside_braces(authority: &str) -> Option<usize> {
    let mut depth = 0_usize;
    authority.bytes().position(|byte| {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        byte == b':' && depth == 0
    })
}

/// Every `host:port` of a text that is no URL's: a name or an address, a colon
/// and the digits, with nothing of a word beside them. `10:30` and `a::80` are none.
pub fn pairs(text: &str) -> impl Iterator<Item = Authority<'_>> {
    memchr::memchr_iter(b':', text.as_bytes()).filter_map(move |colon| pair_at(text, colon))
}

fn pair_at(text: &str, colon: usize) -> Option<Authority<'_>> {
    let bytes = text.as_bytes();
    let digits = bytes.get(colon + 1..)?.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let place = colon + 1..colon + 1 + digits;
    let port = port(text.get(place.clone())?)?;
    let goes_on = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b':' | b'%');
    if bytes.get(place.end).is_some_and(goes_on) {
        return None;
    }
    if bytes.get(place.end) == Some(&b'.') && bytes.get(place.end + 1).is_some_and(u8::is_ascii_alphanumeric)
    {
        return None;
    }
    let start = if bytes.get(colon.checked_sub(1)?) == Some(&b']') {
        text[..colon].rfind('[')?
    } else {
        let is_host = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        colon - bytes[..colon].iter().rev().take_while(|byte| is_host(byte)).count()
    };
    let host = text[start..colon].trim_start_matches('[').trim_end_matches(']');
    let is_address = host.parse::<std::net::IpAddr>().is_ok();
    let is_name = host.bytes().any(|byte| byte.is_ascii_alphabetic()) && !host.contains(':');
    if host.is_empty() || !(is_address || is_name) || text[..start].ends_with("//") {
        return None;
    }
    if is_in_url(text, start) {
        return None;
    }
    let is_glued = start
        .checked_sub(1)
        .and_then(|before| bytes.get(before))
        .is_some_and(|byte| matches!(byte, b':' | b'$' | b'}' | b'%'));
    (!is_glued).then(|| Authority { scheme: None, host, port, place: place.clone(), whole: start..place.end })
}

/// Whether a URL began in the word that goes on at an offset.
fn is_in_url(text: &str, at: usize) -> bool {
    let before = &text.as_bytes()[at.saturating_sub(256)..at];
    let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'`' | b',');
    let word = before.iter().rposition(ends).map_or(before, |end| &before[end..]);
    memchr::memmem::find(word, b"://").is_some()
}

/// The words of a name, lower case: `apiGateway`, `API_GATEWAY` and
/// `api-gateway` are `api` and `gateway`.
pub fn words_of(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut previous = ' ';
    let mut characters = name.chars().peekable();
    while let Some(character) = characters.next() {
        if !character.is_alphanumeric() {
            previous = ' ';
            continue;
        }
        let next_is_lower = characters.peek().is_some_and(|next| next.is_lowercase());
        let starts = previous == ' '
            || (character.is_uppercase() && (previous.is_lowercase() || previous.is_numeric()))
            || (character.is_uppercase() && previous.is_uppercase() && next_is_lower);
        if starts {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.extend(character.to_lowercase());
        }
        previous = character;
    }
    words
}

/// Whether a word, lower case, is `port` or `ports`, in the languages that people write documents in.
pub fn is_port_word(word: &str) -> bool {
    const WORDS: &[&str] = &[
        "port",
        "ports",
        "puerto",
        "puertos",
        "porta",
        "portas",
        "端口",
        "端口号",
        "連接埠",
        "埠",
        "ポート",
        "ポート番号",
        "포트",
        "порт",
        "порты",
        "порту",
        "порта",
        "порте",
        "poort",
        "poorten",
        "portu",
        "cổng",
    ];
    WORDS.contains(&word)
}

/// Whether a name is that of a port: one of its words is `port`, `ports` or
/// ends in it (`webport`), and none says otherwise (`import`, `support`,
/// `export`, `report`, `transport`, `viewport`, `airport`, `passport`).
pub fn names_a_port(name: &str) -> bool {
    let is_port = |word: &String| {
        let stem = word.strip_suffix('s').unwrap_or(word);
        stem == "port"
            || (stem.ends_with("port")
                && ![
                    "import",
                    "export",
                    "support",
                    "report",
                    "transport",
                    "viewport",
                    "airport",
                    "passport",
                    "rapport",
                    "deport",
                    "teleport",
                    "purport",
                    "comport",
                    "backport",
                    "spaceport",
                    "seaport",
                    "carport",
                    "davenport",
                    "newport",
                    "typesupport",
                ]
                .iter()
                .any(|other| stem.ends_with(other)))
    };
    let words = words_of(name);
    let is_of_a_port = words.last().is_some_and(|last| NO_PORTS.contains(&last.as_str()));
    !is_of_a_port && words.iter().any(is_port)
}

/// What a name that speaks of a port ends in where it is no port itself:
/// `PORT_TIMEOUT`, `port_count`.
const NO_PORTS: &[&str] = &[
    "timeout",
    "timeouts",
    "count",
    "offset",
    "step",
    "retries",
    "retry",
    "delay",
    "interval",
    "limit",
    "size",
    "wait",
    "seconds",
    "secs",
    "ms",
    "millis",
    "attempts",
    "password",
    "enabled",
    "increment",
    "sleep",
];

/// Whether a host is this machine itself.
pub fn is_loopback(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    host == "localhost" || host == "::1" || host.starts_with("127.") || host.ends_with(".localhost")
}

/// Which side a port of this host is on: the machine's for the machine itself
/// and for what containers call it, a container's for a name without a dot and
/// for those of a cluster, unknown for every address and for a name of a
/// private network. `None` where it is another machine: none of our ports.
pub fn side_of_host(host: &str) -> Option<super::Side> {
    use super::Side;
    let host = host.to_ascii_lowercase();
    let host = host.trim_end_matches('.');
    let ends = |endings: &[&str]| endings.iter().any(|ending| host.ends_with(ending));
    if host.parse::<std::net::IpAddr>().is_ok() || matches!(host, "*" | "+") {
        let is_any = is_wildcard(host) || host == "+";
        return if is_loopback(host) { Some(Side::Host) } else { is_any.then_some(Side::Unknown) };
    }
    let is_own = is_loopback(host)
        || ends(&[".docker.internal", ".containers.internal", ".lima.internal", "docker.localhost"]);
    if is_own {
        return Some(Side::Host);
    }
    if ends(&[".svc", ".svc.cluster.local", ".cluster.local"]) {
        return Some(Side::Container);
    }
    if ends(&[".local", ".internal"]) {
        return Some(Side::Unknown);
    }
    let is_label = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let is_name = host.bytes().all(is_label) && host.bytes().any(|byte| byte.is_ascii_alphabetic());
    is_name.then_some(Side::Container)
}

/// Whether a host stands for that of whoever reads: `${HOST_IP}`, `your-server`.
pub fn is_placeholder_host(host: &str) -> bool {
    const WORDS: &[&str] = &[
        "host", "hostname", "ip", "server", "your", "my", "address", "addr", "machine", "vm", "vps",
        "docker", "local", "the", "public", "external",
    ];
    let is_variable = host.starts_with('$');
    let words = words_of(host);
    let is_of_reader = words.iter().all(|word| WORDS.contains(&word.as_str()));
    is_of_reader && if is_variable { !words.is_empty() } else { words.len() > 1 && !host.contains('.') }
}

/// Whether a host stands for every address.
pub fn is_wildcard(host: &str) -> bool {
    matches!(host, "0.0.0.0" | "::" | "*" | "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let show = |one: Authority<'_>| {
            assert_eq!(&text[one.place.clone()], one.port.to_string());
            format!("{} {} {}", one.scheme.unwrap_or("-"), one.host, one.port)
        };
        let mut all: Vec<String> = urls(text).map(show).collect();
        all.extend(pairs(text).map(show));
        all
    }

    #[test]
    fn urls_and_pairs_are_told_from_times_and_words() {
        assert_eq!(found("http://localhost:8080/x"), ["http localhost 8080"]);
        assert_eq!(found("postgres://u:p4@db:5432/app"), ["postgres db 5432"]);
        assert_eq!(found("<http://[::1]:9000>."), ["http ::1 9000"]);
        assert_eq!(found("amqp://a:1234, kafka:9092."), ["amqp a 1234", "- kafka 9092"]);
        assert_eq!(found("127.0.0.1:6379 [::1]:80"), ["- 127.0.0.1 6379", "- ::1 80"]);
        assert_eq!(found("http://${HOST:-localhost}:8080/"), ["http ${HOST:-localhost} 8080"]);
        for none in [
            "at 10:30",
            "http://x:80a",
            "http://x:70000",
            "http://x:${PORT}",
            "a::80",
            "x:0",
            "v1.2:3.4",
            "sha256:12345abc",
            "urn:x:1",
        ] {
            assert_eq!(found(none), [""; 0], "{none}");
        }
    }

    #[test]
    fn hosts_tell_whose_a_port_is() {
        use super::super::Side;
        for (host, side) in [
            ("localhost", Some(Side::Host)),
            ("127.0.0.2", Some(Side::Host)),
            ("::1", Some(Side::Host)),
            ("api.localhost", Some(Side::Host)),
            ("host.docker.internal", Some(Side::Host)),
            ("db", Some(Side::Container)),
            ("Redis_1", Some(Side::Container)),
            ("api.default.svc.cluster.local", Some(Side::Container)),
            ("0.0.0.0", Some(Side::Unknown)),
            ("::", Some(Side::Unknown)),
            ("+", Some(Side::Unknown)),
            ("nas.local", Some(Side::Unknown)),
            ("api.example.com", None),
            ("192.168.1.5", None),
            ("8.8.8.8", None),
            ("${HOST}", None),
            ("", None),
        ] {
            assert_eq!(side_of_host(host), side, "{host}");
        }
    }

    #[test]
    fn names_of_ports_are_told_from_other_words() {
        for name in ["port", "PORT", "API_PORT", "apiPort", "webport", "ports", "HTTPPort", "portNumber"] {
            assert!(names_a_port(name), "{name}");
        }
        for name in ["PORT_TIMEOUT", "port_count", "portRetries"] {
            assert!(!names_a_port(name), "{name}");
        }
        for name in ["import", "support_level", "REPORT", "transportTimeout", "portal", "exports", "viewport"]
        {
            assert!(!names_a_port(name), "{name}");
        }
        assert_eq!(words_of("HTTPServer_port2-x"), ["http", "server", "port2", "x"]);
    }
}
