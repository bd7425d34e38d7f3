//! Ports in sentences: URLs of this machine, `port 8080`, `-p 8080:80`.

use std::ops::Range;

use super::label::label;
use super::token::{Form, Token, tokens};
use crate::diagnostic::Confidence;
use crate::readers::{Context, Reading, Role, Side, Sighting, words};
use crate::source::Span;

/// Reads a line of text, or the heading or item that it is.
pub(super) fn read(text: &str, line: Range<usize>, reading: &mut Reading) {
    read_line(text, line, None, reading);
}

/// Reads a cell that is no port's: what it says is about its row.
pub(super) fn read_cell(text: &str, cell: Range<usize>, service: Option<&str>, reading: &mut Reading) {
    read_line(text, cell, Some(service), reading);
}

fn read_line(text: &str, line: Range<usize>, row: Option<Option<&str>>, reading: &mut Reading) {
    if !text[line.clone()].bytes().any(|byte| byte.is_ascii_digit()) {
        return;
    }
    let found = tokens(text, line.clone());
    let first = reading.sightings.len();
    let mut last_port: Option<usize> = None;
    for (index, token) in found.iter().enumerate() {
        let goes_on =
            last_port.is_some_and(|end| token.word.start < end + 12 && goes_on(&text[end..token.word.start]));
        let Some((side, confidence)) = judge(text, &line, token, goes_on) else { continue };
        if token.form == Form::Bare {
            last_port = Some(token.word.end);
        }
        let span = Span::new(token.place.start, token.place.end);
        let is_again = token.form == Form::Url
            && text[..token.word.start].ends_with("](")
            && reading.sightings[first..].iter().rev().take(4).any(|other| other.ports == token.ports);
        if is_again {
            continue;
        }
        let service = match row {
            Some(service) => service.map(str::to_owned),
            None if is_listing(text, token) => listed(text, &line, token),
            None => label(text, &line, token),
        };
        let earlier = index.checked_sub(1).and_then(|index| found.get(index));
        let container = mapped(text, &line, token, earlier);
        // A sentence that names both sides and the service leaves no doubt.
        let is_told = container.as_ref().is_some_and(|(_, service)| service.is_some());
        reading.sightings.push(Sighting {
            side,
            host: token.host.clone(),
            variable: token.variable.clone(),
            protocol: token.protocol,
            service: container.as_ref().and_then(|(_, service)| service.clone()).or(service),
            container: token.container.or(container.map(|(ports, _)| ports)),
            context: Context::Prose,
            confidence: if is_told { Confidence::High } else { confidence },
            ..Sighting::new(span, token.ports, Role::State)
        });
    }
    assignments(text, line, reading);
}

/// Whether a port of a list follows another: `ports 80, 443 and 8080`.
fn goes_on(between: &str) -> bool {
    let between = between.trim_matches(['`', '*', ' ']);
    matches!(between, "," | "and" | "or" | "&" | "/" | ", and" | ", or")
}

/// What a number in a sentence is, if it is a port of ours at all.
fn judge(text: &str, line: &Range<usize>, token: &Token, goes_on: bool) -> Option<(Side, Confidence)> {
    let before = super::label::tail(&text[line.start..token.word.start]);
    match token.form {
        Form::Url => {
            let host = token.host.as_deref()?;
            if words::is_placeholder_host(host) {
                return Some((Side::Host, Confidence::Medium));
            }
            let side = words::side_of_host(host)?;
            let is_own = side == Side::Host || words::is_wildcard(host);
            let side = if is_said_inside(&text[token.word.end..line.end]) { Side::Container } else { side };
            Some((side, if is_own { Confidence::Medium } else { Confidence::Low }))
        }
        Form::Pair => {
            let host = token.host.as_deref()?;
            let side = words::side_of_host(host)?;
            let is_own = side == Side::Host || words::is_wildcard(host);
            if is_own {
                return Some((side, Confidence::Medium));
            }
            // `redis:7` is an image; `db:5432` may be one, too.
            (token.ports.first().get() >= 1000).then_some((side, Confidence::Low))
        }
        Form::Mapping => {
            let is_option = ends_with_any(before, &["-p", "--publish", "--publish=", "-p="]);
            if is_option {
                return Some((Side::Host, Confidence::Medium));
            }
            is_listing(text, token).then_some((Side::Host, Confidence::Low))
        }
        Form::Marked => {
            let word = previous_word(before);
            let is_port = words::is_port_word(&word) || matches!(word.as_str(), "on" | "at" | "listen");
            is_port.then_some((Side::Host, Confidence::Low))
        }
        Form::Bare => bare(text, before, token, goes_on),
    }
}

/// Whether a mapping stands in a list of what runs: `0.0.0.0:8080->80/tcp`.
fn is_listing(text: &str, token: &Token) -> bool {
    token.form == Form::Mapping && text[token.word.clone()].contains("->")
}

/// The container of a list of what runs: the first word of its line, or the
/// last where it begins with an identifier.
fn listed(text: &str, line: &Range<usize>, token: &Token) -> Option<String> {
    let first = text[line.start..token.word.start].split_whitespace().next()?;
    let is_id = first.len() == 12 && first.bytes().all(|byte| byte.is_ascii_hexdigit());
    let name = if is_id { text[token.word.end..line.end].split_whitespace().next_back()? } else { first };
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    name.bytes().all(is_name).then(|| name.to_owned())
}

/// Whether the rest of a sentence says that an address is one of a container.
fn is_said_inside(rest: &str) -> bool {
    let rest: String = rest.chars().take(80).collect::<String>().to_ascii_lowercase();
    let sentence = rest.split(". ").next().unwrap_or("");
    [
        "inside its",
        "inside the",
        "inside of the",
        "inside docker",
        "inside a container",
        "within the container",
        "within its",
        "in the container",
        "in its container",
        "internally",
    ]
    .iter()
    .any(|words| sentence.contains(words))
}

fn bare(text: &str, before: &str, token: &Token, goes_on: bool) -> Option<(Side, Confidence)> {
    // A range is stated, not used; `port 3 times` and `Port 1` are no ports.
    if token.ports.len() > 1 || token.ports.first().get() < 20 {
        return None;
    }
    let word = previous_word(before);
    let listens = word == "on" && {
        let verb = previous_word(before.trim_end().strip_suffix("on").unwrap_or(before));
        ["listen", "listens", "listening", "runs", "running", "bound"].contains(&verb.as_str())
    };
    const CHANGED: &[&str] = &[
        "port changed to",
        "port set to",
        "port was changed to",
        "port has been changed to",
        "port is set to",
        "puerto cambiado a",
        "puerto cambia a",
        "porta alterada para",
        "port updated to",
        "port moved to",
    ];
    let lower = before.trim_end_matches([' ', '`', '*']).to_lowercase();
    let goes_on = goes_on || CHANGED.iter().any(|words| lower.ends_with(words));
    let is_year = listens && (1990..=2035).contains(&token.ports.first().get());
    if !(words::is_port_word(&word) || goes_on || (listens && !is_year)) {
        return None;
    }
    let rest = text[token.word.end..].trim_start_matches(['`', '*', ' ', ',']);
    let lower: String = rest.chars().take(80).collect::<String>().to_ascii_lowercase();
    let is_inside = ["of the", "in the", "inside the", "on the", "within the"]
        .iter()
        .filter_map(|start| lower.strip_prefix(start))
        .any(|rest| {
            rest.split(" port")
                .next()
                .is_some_and(|rest| rest.split(['.', ',']).next().unwrap_or("").contains("container"))
        });
    Some((if is_inside { Side::Container } else { Side::Host }, Confidence::Low))
}

fn ends_with_any(before: &str, endings: &[&str]) -> bool {
    let before = before.trim_end_matches([' ', '"', '\'']);
    endings.iter().any(|ending| before.ends_with(ending))
}

/// The word before a number, lower case, with nothing but marks between.
fn previous_word(before: &str) -> String {
    let before = before.trim_end_matches(|character: char| {
        character.is_whitespace() || matches!(character, '`' | '*' | '_' | ':' | '=' | '#' | '"' | '\'' | '(')
    });
    let start = before
        .rfind(|character: char| !character.is_alphanumeric())
        .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
    let word = before[start..].to_lowercase();
    if matches!(word.as_str(), "number" | "numbers" | "is") {
        let earlier = before[..start].trim_end();
        let is_port = earlier.len() < before.len() && earlier.to_lowercase().ends_with("port");
        return if is_port { "port".to_owned() } else { word };
    }
    word
}

/// `maps port 8080 of the web service container to port 80 of the host`, at
/// the host's port: the container's, and the service.
fn mapped(
    text: &str,
    line: &Range<usize>,
    token: &Token,
    earlier: Option<&Token>,
) -> Option<(crate::model::PortRange, Option<String>)> {
    if token.form != Form::Bare {
        return None;
    }
    let after: String = text[token.word.end..line.end].chars().take(14).collect();
    let is_host = ["of the host", "on the host"]
        .iter()
        .any(|words| after.trim_start_matches(['`', '*', ' ']).starts_with(words));
    let inner = earlier.filter(|_| is_host)?;
    let between = text[inner.word.end..token.word.start].trim_start_matches(['`', '*', ' ']);
    let (phrase, rest) = between.strip_prefix("of the ")?.split_once("container")?;
    let is_mapping = rest.trim_start().starts_with("to port");
    let name = phrase.trim().trim_end_matches("service").trim().trim_matches(['`', '*', '_']);
    let service = (!name.is_empty() && !name.contains(' ')).then(|| name.to_owned());
    is_mapping.then_some((inner.ports, service))
}

/// `PORT=3000` in a sentence.
fn assignments(text: &str, line: Range<usize>, reading: &mut Reading) {
    let written = &text[line.clone()];
    for equals in memchr::memchr_iter(b'=', written.as_bytes()) {
        let name_starts = written[..equals]
            .rfind(|character: char| !character.is_ascii_alphanumeric() && character != '_')
            .map_or(0, |at| at + written[at..].chars().next().map_or(1, char::len_utf8));
        let name = &written[name_starts..equals];
        let digits = written[equals + 1..].bytes().take_while(u8::is_ascii_digit).count();
        let place = line.start + equals + 1..line.start + equals + 1 + digits;
        let goes_on = text[place.end..]
            .starts_with(|next: char| next.is_alphanumeric() || matches!(next, '.' | '_' | ':'));
        let is_upper = !name.bytes().any(|byte| byte.is_ascii_lowercase());
        let Some(port) = words::port(&text[place.clone()]) else { continue };
        if goes_on || !is_upper || !words::names_a_port(name) {
            continue;
        }
        let span = Span::new(place.start, place.end);
        if let Some(index) = reading.sightings.iter().rev().take(8).position(|other| other.span == span) {
            reading.sightings.remove(reading.sightings.len() - 1 - index);
        }
        reading.sightings.push(Sighting {
            variable: Some(name.to_owned()),
            context: Context::Prose,
            confidence: Confidence::Medium,
            ..Sighting::new(span, words::single(port), Role::State)
        });
    }
}
