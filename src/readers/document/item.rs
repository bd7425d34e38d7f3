//! Items of a list that say a port: `API: 8000` below `Ports`, `8000 - API`,
//! `PORT: what to listen on (default: 8000)`.

use std::ops::Range;

use super::token::{Form, Token, tokens};
use super::{cell, label, markup, stated};
use crate::diagnostic::Confidence;
use crate::readers::{Context, Reading, Role, Side, Sighting, words};
use crate::source::Span;

/// Words of headings whose ports are those of devices.
const OF_DEVICES: &[&str] = &[
    "usb", "serial", "switch", "hdmi", "gpio", "pin", "pins", "ethernet", "physical", "parallel", "vlan",
    "audio", "midi", "io", "com", "type", "types",
];

/// Words behind which the number stands that holds where nothing is set.
const DEFAULTS: &[&str] =
    &["default", "defaults to", "default is", "default to", "default value", "default port"];

/// Whether the words above a list say that it is one of ports.
pub(super) fn announces(above: &str) -> bool {
    let lower = above.to_lowercase();
    let mut words = lower.split(|character: char| !character.is_alphanumeric());
    stated::speaks_of_ports(&lower)
        && above.split_whitespace().count() <= 14
        && !words.any(|word| OF_DEVICES.contains(&word))
        && !stated::warns(above)
        && !stated::is_example(&lower)
}

/// Reads an item that says one port of one service or variable; false where it
/// is another one. `is_announced` says that the list is one of ports.
pub(super) fn read(text: &str, line: &Range<usize>, is_announced: bool, reading: &mut Reading) -> bool {
    let found = tokens(text, line.clone());
    let Some(token) = found.first().filter(|token| token.ports.len() == 1) else { return false };
    let before = &text[line.start..token.word.start];
    let after = &text[token.word.end..line.end];
    // `Takes them in order (8000, 8001)` names nothing.
    let is_only = found.len() == 1;
    let said = by_default(before)
        .or_else(|| named_before(before, after).filter(|_| is_only || !before.contains('(')))
        .or_else(|| named_behind(before, after));
    let Some(said) = said.filter(|_| may_be_meant(text, token)) else { return false };
    let is_variable = is_environment(&said.name) && words::names_a_port(&said.name);
    let is_other = !is_variable && is_environment(&said.name) && said.name.contains('_');
    let confidence = match (is_variable, is_announced || said.speaks_of_ports) {
        (true, _) => Confidence::High,
        (false, said) if is_other || !said => return false,
        _ if is_announced => Confidence::High,
        _ => Confidence::Medium,
    };
    let name = Some(said.name);
    reading.sightings.push(Sighting {
        side: cell::side_said(text, token).unwrap_or(Side::Host),
        host: token.host.clone(),
        protocol: token.protocol,
        variable: token.variable.clone().or_else(|| name.clone().filter(|_| is_variable)),
        service: name.filter(|_| !is_variable),
        container: token.container,
        context: Context::Prose,
        confidence,
        ..Sighting::new(Span::new(token.place.start, token.place.end), token.ports, Role::State)
    });
    true
}

/// The number that a sentence about a variable says it has by default:
/// `the port to listen on (defaults to 8000)`.
pub(super) fn default_of(text: &str, cell: &Range<usize>) -> Option<Token> {
    let is_default = |token: &Token| {
        let before = text[cell.start..token.word.start]
            .trim_end_matches(|character: char| !character.is_alphanumeric())
            .to_ascii_lowercase();
        DEFAULTS.iter().any(|words| before.ends_with(words)) && may_be_meant(text, token)
    };
    tokens(text, cell.clone()).into_iter().find(|token| token.ports.len() == 1 && is_default(token))
}

/// What an item calls its port.
struct Said {
    name: String,
    /// Whether the item itself says that it is one.
    speaks_of_ports: bool,
}

fn is_environment(name: &str) -> bool {
    name.len() > 2
        && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

/// Numbers of a network, not of the sockets of a device; URLs are read as
/// everywhere.
fn may_be_meant(text: &str, token: &Token) -> bool {
    let is_plain = matches!(token.form, Form::Bare | Form::Marked | Form::Mapping);
    is_plain && cell::are_network_ports(std::iter::once(&text[token.word.clone()]))
}

/// `` `PORT`: the port to listen on (default: 8000) ``
fn by_default(before: &str) -> Option<Said> {
    let end = before.trim_end_matches(|character: char| !character.is_alphanumeric()).to_ascii_lowercase();
    if !DEFAULTS.iter().any(|words| end.ends_with(words)) {
        return None;
    }
    let name = before.trim_start_matches(['`', '*', '$', ' ', '{', '[']);
    let length = name.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
    let name = name.get(..length).filter(|name| is_environment(name) && words::names_a_port(name))?;
    // Of another variable in the same sentence it may be.
    let is_only = markup::plain(before)
        .split_whitespace()
        .filter(|word| is_environment(word.trim_matches([':', ',', '`'])))
        .count()
        <= 2;
    is_only.then(|| Said { name: name.to_owned(), speaks_of_ports: true })
}

/// `API: 8000`, `Backend – port 8001`, `API (8000)`.
fn named_before(before: &str, after: &str) -> Option<Said> {
    if !ends_statement(after) {
        return None;
    }
    let before = label::tail(before).trim_end_matches(['`', '*', ' ', '\u{a0}', '\t', '_']);
    let lower = before.to_ascii_lowercase();
    let length =
        ["on port", "ports", "port"].iter().find(|word| lower.ends_with(**word)).map_or(0, |word| word.len());
    let stem = &before[..before.len() - length];
    let is_port = length > 0 && !stem.ends_with(char::is_alphanumeric);
    let stem = if is_port { stem } else { before };
    let trimmed = stem.trim_end_matches(['`', '*', ' ', '\u{a0}', '\t', '_']);
    let is_separated = trimmed.ends_with([':', '：', '–', '—', '=', '→', '('])
        || [" -", "->", "=>", "**-"].iter().any(|end| trimmed.ends_with(end));
    // `API on port 8000` says it with words.
    let is_told = is_separated || (is_port && length > 5);
    if !is_told {
        return None;
    }
    let name = trimmed.trim_end_matches(['–', '—', '=', '→', '>', '-', '(', ':', '：', ' ', '*', '`']);
    let name = label::clean(name)?;
    Some(Said { name, speaks_of_ports: is_port })
}

/// `8000: API`, `Port 8000 - API`.
fn named_behind(before: &str, after: &str) -> Option<Said> {
    let before = before.trim_matches(['`', '*', ' ', ':', '_', '#', '[', '(']).to_ascii_lowercase();
    let is_port = matches!(before.as_str(), "port" | "tcp" | "udp" | "tcp port" | "udp port");
    if !before.is_empty() && !is_port {
        return None;
    }
    let after = after.trim_start_matches(['`', '*', ' ', ')', ']', '_']);
    let rest = [":", "：", "-", "–", "—", "=", "→", "->", "=>", "("]
        .iter()
        .rev()
        .find_map(|mark| after.strip_prefix(mark))?;
    let end = rest.find([',', ';', '(', ')', '–', '—']).unwrap_or(rest.len());
    let rest = rest[..end].split(" - ").next()?.split(". ").next()?;
    let name = label::clean(rest)?;
    Some(Said { name, speaks_of_ports: is_port })
}

/// Whether nothing of the same statement follows: `8000 (HTTP)` but not `8000 requests`.
fn ends_statement(after: &str) -> bool {
    let after = after.trim_start_matches(['`', '*', '_', ' ', '\u{a0}', ')', ']', '"', '\'']);
    after.is_empty() || after.starts_with(['(', ',', ';', '.', '-', '–', '—', '[', '#', '→', '|', '<', '/'])
}

#[cfg(test)]
mod tests {
    use crate::readers::testing::check;

    #[test]
    fn items_name_their_ports() {
        check(
            "README.md",
            "## Ports\n- API: 8000\n* Backend – port 8001\n- **Frontend**: `3000` (React)\n- Port 8002: Admin UI\n- 5432 - PostgreSQL\n- Redis (6379)\n- web: 8080:80\n- `MAIL_PORT`: 1025\n- Users: 5000 at most\n- Pages 3000\n- In order (8000, 8001)\n\nOther:\n- Size: 4000\n",
            &[
                "2:8 8000 State service=API ~",
                "3:18 8001 State service=Backend ~",
                "4:18 3000 State service=Frontend ~",
                "5:8 8002 State service=Admin UI ~",
                "6:3 5432 State service=PostgreSQL ~",
                "7:10 6379 State service=Redis ~",
                "8:8 8080 State service=web container=80 ~",
                "9:16 1025 State variable=MAIL_PORT ~",
            ],
        );
        check(
            "README.md",
            "# Use\nThe services use these ports:\n\n- API: 8000\n",
            &["4:8 8000 State service=API ~"],
        );
        check(
            "README.md",
            "# Use\n- `PORT`: the port to listen on (default: `3000`)\n- `API_PORT` - defaults to 3001\n- `TIMEOUT` (default: 5000), not the port\n- Backend - port 8001\n",
            &[
                "2:44 3000 State variable=PORT ~",
                "3:28 3001 State variable=API_PORT ~",
                "5:18 8001 State service=Backend confidence=Medium ~",
            ],
        );
    }

    #[test]
    fn other_lists_say_nothing() {
        for text in [
            "# Switch ports\n- Uplink: 1024\n",
            "# Ports\n- Uplink: 3\n",
            "# Common port conflicts\n- macOS AirPlay: 5000 requests\n",
            "# Supports a port\n\n# Lines\n- Lines: 8000\n",
            "# Sizes\nport\n- Limit: 8000\n- 2048: bytes\n",
        ] {
            check("README.md", text, &[]);
        }
    }
}
