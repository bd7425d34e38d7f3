//! Numbers and addresses that stand in for a variable that is not set.

use std::ops::Range;

use super::{Runs, connect, sighting};
use crate::model::PortRange;
use crate::readers::{Role, Side, Sighting, words};

/// Every fallback beside a variable: `${X:8080}` as Spring writes it,
/// `${X:-8080}`, `ENV.fetch("X", 8080)`, `ENV.fetch("X") { 8080 }`, and URLs in
/// their place. `anywhere` where the key says that it is a port.
pub fn fallbacks(source: &str, at: Range<usize>, anywhere: bool) -> Vec<Sighting> {
    let text = source.get(at.clone()).unwrap_or("");
    let mut found = Vec::new();
    for open in memchr::memmem::find_iter(text.as_bytes(), b"${") {
        let name = word(&text[open + 2..]);
        let after = open + 2 + name.len();
        let sign = text[after..].bytes().take_while(|byte| b":-=?".contains(byte)).count();
        if name.is_empty() || sign == 0 {
            continue;
        }
        let is_port = anywhere || text[..open].ends_with(':') || words::names_a_port(name);
        found.extend(fallback(text, name, after + sign, is_port, at.start));
    }
    for call in memchr::memmem::find_iter(text.as_bytes(), b"ENV") {
        let rest =
            text[call + 3..].trim_start_matches(".fetch").trim_start_matches(['(', '[', ' ', '"', '\'']);
        let name = word(rest);
        let behind = rest[name.len()..].trim_start_matches(['"', '\'', ')', ']', ' ', ',', '|', '{']);
        let is_port = anywhere || words::names_a_port(name);
        found.extend(fallback(text, name, text.len() - behind.len(), is_port, at.start));
    }
    found
}

/// The name of a variable that a text begins with.
fn word(text: &str) -> &str {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.-".contains(byte);
    let length = text.bytes().take_while(|byte| is_name(byte)).count();
    // `${PORT-80}`: the sign is no part of the name.
    let name = &text[..length];
    name.split_once('-')
        .filter(|(_, rest)| rest.starts_with(|first: char| first.is_ascii_digit()))
        .map_or(name, |(name, _)| name)
}

fn fallback(text: &str, name: &str, at: usize, is_port: bool, base: usize) -> Option<Sighting> {
    let quotes = text[at..].bytes().take_while(|byte| b"\"' ".contains(byte)).count();
    let start = at + quotes;
    let digits = text[start..].bytes().take_while(u8::is_ascii_digit).count();
    let ends = text[start + digits..].trim_start_matches(['"', '\'']).starts_with(['}', ')', ' ', ',']);
    if digits > 0 {
        let port = words::port(&text[start..start + digits]).filter(|_| is_port && ends)?;
        let mut found =
            sighting(base + start..base + start + digits, PortRange::single(port), Role::Fallback);
        found.side = Side::Unknown;
        found.variable = Some(name.to_owned());
        return Some(found);
    }
    let end = start + text[start..].find(['}', '"', '\'', ' ']).unwrap_or(text.len() - start);
    let inner = &text[start..end];
    let authority = words::urls(inner).next().or_else(|| words::pairs(inner).next())?;
    let mut found = connect(&authority, base + start, Runs::OnMachine)?;
    found.role = Role::Fallback;
    found.variable = Some(name.to_owned());
    Some(found)
}
