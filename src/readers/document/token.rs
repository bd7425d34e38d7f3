//! The words of a cell or a sentence that are ports: `8080`, `:8080`,
//! `8080:80`, `8000-8010`, `8080/tcp`, `localhost:8080`, a URL.

use std::ops::Range;

use crate::model::{PortRange, Protocol};
use crate::readers::words;

/// How a port was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// The digits alone, or a range of them.
    Bare,
    /// With a colon before it, or a protocol behind it: hardly anything else.
    Marked,
    /// `8080:80`, `8080->80`.
    Mapping,
    /// Behind a host.
    Pair,
    /// In a URL.
    Url,
}

/// A port in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// The whole word.
    pub(super) word: Range<usize>,
    /// The digits of the port, or of the host's where it is a mapping.
    pub(super) place: Range<usize>,
    /// The port or ports.
    pub(super) ports: PortRange,
    /// How it was written.
    pub(super) form: Form,
    /// The host before it, lower case.
    pub(super) host: Option<String>,
    /// What a mapping leads to.
    pub(super) container: Option<PortRange>,
    /// The protocol behind it.
    pub(super) protocol: Protocol,
    /// The variable that it stands behind as a fallback: `X` of `${X:-8080}`.
    pub(super) variable: Option<String>,
}

/// Every port of a part of a text, in order. Versions, times, dates, sizes,
/// addresses without a port and numbers glued to letters are none.
pub(super) fn tokens(text: &str, at: Range<usize>) -> Vec<Token> {
    let mut found: Vec<Token> = Vec::new();
    let mut from = at.start;
    while let Some(word) = next_word(text, from, at.end) {
        from = word.end;
        read_word(text, word, &mut found);
    }
    join_spaced(text, found)
}

/// Whether a character belongs to a word that may be a port.
fn is_of_word(character: char) -> bool {
    character.is_alphanumeric()
        || matches!(
            character,
            '.' | '_' | ':' | '/' | '-' | '~' | '$' | '{' | '}' | '@' | '%' | '+' | '=' | '#' | '&' | '?'
        )
        || is_dash(character)
}

fn is_dash(character: char) -> bool {
    matches!(character, '-' | '\u{2010}'..='\u{2015}' | '~' | '\u{ff5e}' | '\u{2212}')
}

fn next_word(text: &str, from: usize, end: usize) -> Option<Range<usize>> {
    let rest = text.get(from..end)?;
    let start = from + rest.find(is_of_word)?;
    let rest = &text[start..end];
    let mut length = rest.find(|character| !is_of_word(character)).unwrap_or(rest.len());
    // IPv6 in brackets belongs to the word before and behind it.
    if rest[length..].starts_with('[') && rest[..length].ends_with("//") {
        let inside = rest[length..].find(']').map_or(length, |end| length + end + 1);
        let tail = &rest[inside..];
        length = inside + tail.find(|character| !is_of_word(character)).unwrap_or(tail.len());
    }
    // `8080->80`
    if rest[..length].ends_with('-') && rest[length..].starts_with('>') {
        let tail = &rest[length + 1..];
        let more = tail.find(|character| !is_of_word(character)).unwrap_or(tail.len());
        if tail.starts_with(|character: char| character.is_ascii_digit()) {
            length += 1 + more;
        }
    }
    Some(start..start + length)
}

fn read_word(text: &str, word: Range<usize>, found: &mut Vec<Token>) {
    let written = &text[word.clone()];
    if !written.bytes().any(|byte| byte.is_ascii_digit()) {
        return;
    }
    if written.contains("://") {
        found.extend(words::urls(written).map(|url| Token {
            place: shift(&url.place, word.start),
            ports: words::single(url.port),
            form: Form::Url,
            host: Some(url.host.to_ascii_lowercase()),
            container: None,
            protocol: Protocol::Tcp,
            variable: None,
            word: word.clone(),
        }));
        return;
    }
    if let Some(open) = written.find("${") {
        found.extend(fallback(written, open, &word));
        return;
    }
    let written = written.trim_end_matches(['.', ':', '/', '?', '=']);
    let trimmed = written.trim_start_matches(['.', '/', '=', '-', '~']);
    if written.len() != trimmed.len() && !written.starts_with(['=', '~', '/']) {
        return;
    }
    let start = word.start + written.len() - trimmed.len();
    if let Some(token) = plain_word(text, start..start + trimmed.len()) {
        found.push(token);
    } else if trimmed.contains('/') {
        read_list(text, start, trimmed, found);
    }
}

/// `${X:-8080}` and `127.0.0.1:${X:-8080}:80`.
fn fallback(written: &str, open: usize, word: &Range<usize>) -> Option<Token> {
    let host = written[..open].strip_suffix(':');
    let is_address =
        host.is_some_and(|host| host.parse::<std::net::Ipv4Addr>().is_ok() || host == "localhost");
    if open > 0 && !is_address {
        return None;
    }
    let (inside, rest) = written[open + 2..].split_once('}')?;
    let (name, digits) = inside.split_once('-')?;
    let name = name.strip_suffix(':').unwrap_or(name);
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let port = words::port(digits).filter(|_| is_name)?;
    let (rest, protocol) = split_protocol(rest.trim_end_matches('.'))?;
    let container =
        rest.strip_prefix(':').map(|rest| rest.rsplit('-').next().unwrap_or(rest).trim_end_matches('}'));
    let container = container.and_then(words::port);
    if !rest.is_empty() && container.is_none() {
        return None;
    }
    let start = word.start + open + 2 + inside.len() - digits.len();
    Some(Token {
        word: word.clone(),
        place: start..start + digits.len(),
        ports: words::single(port),
        form: if container.is_some() { Form::Mapping } else { Form::Bare },
        host: host.map(str::to_owned),
        container: container.map(words::single),
        protocol: protocol.unwrap_or(Protocol::Tcp),
        variable: Some(name.to_owned()),
    })
}

/// `3000/3001`, of which each is a port; not a date, nor a part of a path.
fn read_list(text: &str, start: usize, written: &str, found: &mut Vec<Token>) {
    let mut offset = start;
    let mut all = Vec::new();
    for part in written.split('/') {
        let Some(token) = plain_word(text, offset..offset + part.len()) else { return };
        offset += part.len() + 1;
        all.push(token);
    }
    if all.iter().all(|token| token.ports.first().get() >= 80) {
        found.append(&mut all);
    }
}

/// A word that is no URL: digits with what may stand around them.
fn plain_word(text: &str, at: Range<usize>) -> Option<Token> {
    let written = text.get(at.clone())?;
    let (body, protocol) = split_protocol(written)?;
    let token = |place: Range<usize>, ports, form| Token {
        word: at.clone(),
        place: shift(&place, at.start),
        ports,
        form,
        host: None,
        container: None,
        protocol: protocol.unwrap_or(Protocol::Tcp),
        variable: None,
    };
    let is_marked = protocol.is_some();
    if let Some((ports, length)) = range(body).filter(|(_, length)| *length == body.len()) {
        return Some(token(0..length, ports, if is_marked { Form::Marked } else { Form::Bare }));
    }
    if let Some(rest) = body.strip_prefix(':').filter(|rest| !rest.starts_with(':')) {
        let (ports, length) = range(rest).filter(|(_, length)| *length == rest.len())?;
        return Some(token(1..1 + length, ports, Form::Marked));
    }
    let arrow = body.find("->");
    let colon = body.rfind(':')?;
    let (left, right) = match arrow {
        Some(arrow) => (&body[..arrow], &body[arrow + 2..]),
        None => (&body[..colon], &body[colon + 1..]),
    };
    if let Some((container, _)) = range(right).filter(|(_, length)| *length == right.len()) {
        let digits = left.rfind(':').map_or(0, |colon| colon + 1);
        if let Some((ports, length)) =
            range(&left[digits..]).filter(|(_, length)| *length == left.len() - digits)
        {
            let is_host = digits == 0
                || left[..digits - 1].parse::<std::net::Ipv4Addr>().is_ok()
                || left.starts_with("localhost:");
            // `10:30`, `16:9`, `1:1`
            let is_ratio = arrow.is_none() && ports.first().max(container.first()).get() < 80;
            let mapping = Token {
                host: (digits > 0).then(|| left[..digits - 1].to_ascii_lowercase()),
                container: Some(container),
                ..token(digits..digits + length, ports, Form::Mapping)
            };
            return (is_host && !is_ratio).then_some(mapping);
        }
    }
    let pair = words::pairs(body).next().filter(|pair| pair.whole.start == 0)?;
    let host = Some(pair.host.to_ascii_lowercase());
    Some(Token { host, ..token(pair.place.clone(), words::single(pair.port), Form::Pair) })
}

/// What stands before `/tcp`, `/udp` and the like, and the protocol; `None`
/// for a slash before anything else, but behind a host.
fn split_protocol(written: &str) -> Option<(&str, Option<Protocol>)> {
    let Some((body, rest)) = written.split_once('/') else { return Some((written, None)) };
    let is_named = body.bytes().any(|byte| byte.is_ascii_alphabetic()) || body.matches('.').count() == 3;
    match rest.to_ascii_lowercase().as_str() {
        "udp" => Some((body, Some(Protocol::Udp))),
        "tcp" | "http" | "https" | "ws" | "wss" | "grpc" => Some((body, Some(Protocol::Tcp))),
        "tcp+udp" | "tcp/udp" | "udp/tcp" => Some((body, Some(Protocol::Both))),
        _ if is_named => Some((body, None)),
        _ => None,
    }
}

/// A port or a range at the start of a text, and how long it is.
fn range(text: &str) -> Option<(PortRange, usize)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let first = words::port(&text[..digits])?;
    let rest = &text[digits..];
    let dash = match rest.chars().next() {
        Some(character) if is_dash(character) => character.len_utf8(),
        Some('.') if rest.starts_with("..") => 2 + usize::from(rest.starts_with("...")),
        _ => 0,
    };
    if dash > 0 {
        let tail = &rest[dash..];
        let more = tail.bytes().take_while(u8::is_ascii_digit).count();
        let last = words::port(&tail[..more]);
        if let Some(range) = last.and_then(|last| PortRange::new(first, last).ok()) {
            return Some((range, digits + dash + more));
        }
    }
    Some((words::single(first), digits))
}

/// Joins what stands apart: `8000 - 8010`, `8000 to 8010` are ranges,
/// `8080 → 80` is a mapping. `8,080` is a number, and no port of ours.
fn join_spaced(text: &str, tokens: Vec<Token>) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::with_capacity(tokens.len());
    for token in tokens {
        let Some(last) = out.last_mut().filter(|last| is_bare(last) && is_bare(&token)) else {
            out.push(token);
            continue;
        };
        let between = text[last.word.end..token.word.start].trim_matches([' ', '*', '`', '\u{a0}']);
        let is_range = matches!(between, "-" | "–" | "—" | "to" | "through" | "until" | "bis" | "至" | "~");
        let joined = PortRange::new(last.ports.first(), token.ports.last()).ok().filter(|_| is_range);
        if let Some(joined) = joined {
            (last.ports, last.place.end, last.word.end) = (joined, token.place.end, token.word.end);
        } else if matches!(between, "→" | "->" | "=>" | "➜" | "➡" | "⇒" | "->>" | "-->") {
            last.container = Some(token.ports);
            last.form = Form::Mapping;
            last.word.end = token.word.end;
        } else {
            out.push(token);
        }
    }
    out.retain(|token| !is_grouped(text, token));
    out
}

fn is_bare(token: &Token) -> bool {
    token.form == Form::Bare
}

/// Whether the digits are a part of a number such as `8,080`; `80,443` is a list.
fn is_grouped(text: &str, token: &Token) -> bool {
    const LISTED: &[&[u8]] = &[
        b"110", b"143", b"389", b"443", b"445", b"465", b"514", b"587", b"631", b"636", b"853", b"993",
        b"995",
    ];
    let bytes = text.as_bytes();
    let (start, end) = (token.place.start, token.place.end);
    let digits = |from: usize| bytes[from..].iter().take(6).take_while(|byte| byte.is_ascii_digit()).count();
    let back = |to: usize| bytes[..to].iter().rev().take(6).take_while(|byte| byte.is_ascii_digit()).count();
    let is_group = |first: usize, second: usize| {
        let is_small = text[second - 1 - first..second - 1].parse::<u16>().is_ok_and(|first| first < 20);
        (1..=2).contains(&first)
            && digits(second) == 3
            && (is_small || !LISTED.contains(&&bytes[second..second + 3]))
    };
    let goes_on = bytes.get(end) == Some(&b',') && is_group(end - start, end + 1);
    let went_before = start > 1 && bytes[start - 1] == b',' && is_group(back(start - 1), start);
    token.form == Form::Bare && (goes_on || went_before)
}

fn shift(range: &Range<usize>, by: usize) -> Range<usize> {
    range.start + by..range.end + by
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let show = |token: Token| {
            let mut out = format!("{} {:?}", token.ports, token.form);
            let shown = text[token.place.clone()].replace(['–', '—', '~'], "-").replace("..", "-");
            if !shown.contains(' ') {
                assert!(shown.starts_with(&token.ports.first().to_string()), "{shown}");
            }
            if let Some(host) = token.host {
                out += &format!(" @{host}");
            }
            if let Some(container) = token.container {
                out += &format!(" >{container}");
            }
            if let Some(variable) = token.variable {
                out += &format!(" ${variable}");
            }
            if token.protocol != Protocol::Tcp {
                out += &format!(" {}", token.protocol.as_str());
            }
            out
        };
        tokens(text, 0..text.len()).into_iter().map(show).collect()
    }

    #[test]
    fn ports_are_read_in_every_form() {
        for (text, expect) in [
            ("8080", &["8080 Bare"][..]),
            ("**8080**", &["8080 Bare"]),
            ("`8080:80`", &["8080 Mapping >80"]),
            ("127.0.0.1:8080:80/udp", &["8080 Mapping @127.0.0.1 >80 udp"]),
            ("0.0.0.0:80->8080/tcp", &["80 Mapping @0.0.0.0 >8080"]),
            ("8080 → 80", &["8080 Mapping >80"]),
            ("3000 / 3001", &["3000 Bare", "3001 Bare"]),
            ("3000/3001", &["3000 Bare", "3001 Bare"]),
            ("80, 443", &["80 Bare", "443 Bare"]),
            ("80,443", &["80 Bare", "443 Bare"]),
            ("8000-8010", &["8000-8010 Bare"]),
            ("8000–8010", &["8000-8010 Bare"]),
            ("8000 - 8010", &["8000-8010 Bare"]),
            ("8000 to 8010", &["8000-8010 Bare"]),
            ("8000..8010", &["8000-8010 Bare"]),
            ("5432 (postgres)", &["5432 Bare"]),
            (":8080", &["8080 Marked"]),
            ("8080/tcp", &["8080 Marked"]),
            ("53/udp", &["53 Marked udp"]),
            ("localhost:8080", &["8080 Pair @localhost"]),
            ("localhost:8080/health", &["8080 Pair @localhost"]),
            ("<http://localhost:8080/health>.", &["8080 Url @localhost"]),
            ("http://[::1]:9000/x", &["9000 Url @::1"]),
            ("db:5432", &["5432 Pair @db"]),
            ("~8080", &["8080 Bare"]),
            ("8080.", &["8080 Bare"]),
            ("3010-3000", &[]),
            ("`${API_PORT:-8080}`", &["8080 Bare $API_PORT"]),
            ("127.0.0.1:${API_PORT-8080}:${B:-80}/udp", &["8080 Mapping @127.0.0.1 >80 $API_PORT udp"]),
            ("${A:-x}:${B:-80}", &[]),
            ("${A}:80", &[]),
        ] {
            assert_eq!(found(text), expect, "{text}");
        }
    }

    #[test]
    fn other_numbers_are_none() {
        for text in [
            "${API_PORT}",
            "N/A",
            "-",
            "v8080",
            "8080ms",
            "1.2.3",
            "3.11",
            "10:30",
            "2024-01-31",
            "31/12/2024",
            "70000",
            "0",
            "080",
            "8,080",
            "1,024",
            "192.168.1.1",
            "0x1f90",
            "#8080",
            "a8080",
            "8080k",
            "-1",
            "node:20-alpine",
            "16:9",
            "24/7",
            "50%",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }
}
