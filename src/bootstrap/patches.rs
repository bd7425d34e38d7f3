//! Patterns that find the places which state a port, and find nothing else.

use std::collections::HashSet;
use std::ops::Range;

use super::owners::{self, Owners};
use super::{DraftPatch, DraftPort, DraftService};
use crate::diagnostic::Confidence;
use crate::model::{Pattern, PortRange, RelativePath};
use crate::readers::{Context, FileKind, Role};
use crate::repository::{File, Repository, Seen};
use crate::source::{Place, Sources};

/// So long a pattern is surely compiled.
const LONGEST: usize = 1000;

/// How many lines above a number a pattern may take in.
const MOST_LINES: usize = 6;

/// Patches for every place that states one of the ports, in the order of paths.
pub(super) fn patches(
    services: &[DraftService],
    repository: &Repository,
    sources: &Sources,
) -> Vec<DraftPatch> {
    let owners = Owners::new(services);
    let mut found: Vec<DraftPatch> = Vec::new();
    for file in &repository.files {
        let text = sources.get(file.source).text();
        let moving = moving(file);
        let mut known: HashSet<String> = HashSet::new();
        for seen in file.reading.sightings.iter().map(|sighting| Seen { file, sighting }) {
            let owner = if is_patched(&seen) { owner(services, &owners, seen) } else { None };
            let Some((service, port)) = owner else { continue };
            let id = if port.name == "default" {
                service.name.to_string()
            } else {
                format!("{}.{}", service.name, port.name)
            };
            let Some(find) = pattern(text, seen.place(), &moving) else { continue };
            if known.insert(find.clone()) {
                found.push(DraftPatch { path: file.path.clone(), find, service: id, all: false });
            }
        }
    }
    found
}

/// Whether a table can name the file: not every name is one on every system.
fn can_be_named(file: &File) -> bool {
    RelativePath::parse(&file.path).is_ok()
}

/// Code and configuration that is the project's own, a single number of the host.
fn is_patched(seen: &Seen<'_>) -> bool {
    let Seen { file, sighting } = seen;
    can_be_named(file)
        && !file.reading.is_converted
        && sighting.context == Context::Code
        && sighting.confidence == Confidence::High
        && sighting.ports.len() == 1
        && sighting.side != crate::readers::Side::Container
        && sighting.role != Role::State
        && file.path().kind() == FileKind::Plain
}

/// The port that a place speaks of: one that was seen there, or the only one
/// with that number.
fn owner<'s>(
    services: &'s [DraftService],
    owners: &Owners,
    seen: Seen<'_>,
) -> Option<(&'s DraftService, &'s DraftPort)> {
    let of_number = |port: &DraftPort| PortRange::single(port.port) == seen.sighting.ports;
    // A number that disagrees is never another port's, though that has it too.
    if let Some(stated) = owners.stated_at(seen.place()) {
        return owners::at(services, stated).filter(|(_, port)| of_number(port));
    }
    let named = owners.of_variable(seen.sighting.variable.as_deref());
    let mut of_variable = named.iter().filter_map(|id| owners::at(services, *id));
    if let Some(found) = of_variable.find(|(_, port)| of_number(port)) {
        return Some(found);
    }
    let is_local = seen.sighting.role != Role::Connect
        || seen.sighting.host.as_deref().is_some_and(crate::readers::words::is_loopback);
    let [only] = owners.of_number(seen.sighting.ports.first()) else { return None };
    let only = owners::at(services, *only).filter(|_| is_local && named.is_empty())?;
    // A process that has another name is another service's.
    let process = seen.sighting.service.as_deref().filter(|_| seen.file.reader == "procfile");
    let is_of = process.and_then(super::name_of).is_none_or(|name| name == only.0.name.as_str());
    is_of.then_some(only)
}

/// The numbers of a file that the table moves: no pattern may rest on them.
fn moving(file: &File) -> Vec<Range<usize>> {
    let all = file.reading.sightings.iter().map(|sighting| Seen { file, sighting });
    let mut spans: Vec<_> = all.filter(is_patched).map(|other| other.place().span.range()).collect();
    spans.sort_by_key(|span| span.start);
    spans.dedup();
    spans
}

/// A pattern that matches once in the text, at the number: its line, and as
/// many above it as it takes.
fn pattern(text: &str, place: Place, moving: &[Range<usize>]) -> Option<String> {
    let span = place.span.range();
    text.get(span.clone())?;
    let line_start = text[..span.start].rfind('\n').map_or(0, |newline| newline + 1);
    let line_end = text[span.end..].find(['\n', '\r']).map_or(text.len(), |end| span.end + end);
    // A byte order mark is no part of the first line.
    let line_start = if line_start == 0 && text.starts_with('\u{feff}') { 3 } else { line_start };
    let before = without(text, line_start..span.start, moving);
    let after = text[span.end..line_end].trim_end();
    // What follows belongs to the number as far as the word goes on.
    let word = after
        .find(|character: char| character.is_whitespace() || matches!(character, ',' | '#'))
        .unwrap_or(after.len());
    let behind = without(text, span.end..span.end + word, moving);
    let mut find = format!("{before}(\\d+){behind}");
    if before.is_empty() {
        find = format!("^\\s*{find}");
    } else if is_clear(text, text[line_start..span.start].trim_start(), &before, &span) {
        return Some(find);
    }
    let mut above = line_start;
    for _ in 0..=MOST_LINES {
        if is_alone(text, &find, &span) {
            return Some(find);
        }
        let (start, line) = previous_line(text, above)?;
        above = start;
        let line = without(text, start..start + line.len(), moving);
        find = format!("{line}\\s*\\n\\s*{find}");
    }
    None
}

/// Whether what stands before a number in its line stands nowhere else: then no
/// pattern that begins with it finds anything else, and none need be tried.
fn is_clear(text: &str, part: &str, pattern: &str, span: &Range<usize>) -> bool {
    let is_digit = |at: usize| text.as_bytes().get(at).is_some_and(u8::is_ascii_digit);
    if pattern.len() > LONGEST
        || literally(part) != pattern
        || is_digit(span.end)
        || !span.clone().all(is_digit)
    {
        return false;
    }
    let find = |from: usize| memchr::memmem::find(&text.as_bytes()[from..], part.as_bytes());
    find(0).is_some_and(|first| find(first + 1).is_none())
}

/// A part of the text as a pattern, without the blanks around it, and with any
/// number in place of those that move.
fn without(text: &str, part: Range<usize>, moving: &[Range<usize>]) -> String {
    let trimmed = text[part.clone()].trim_start();
    let mut from = part.end - trimmed.len();
    let end = from + trimmed.trim_end_matches(['\n', '\r']).len();
    let mut out = String::new();
    let first = moving.partition_point(|span| span.start < from);
    for span in moving.iter().skip(first).take_while(|span| span.start < end) {
        if span.start >= from && span.end <= end {
            out += &literally(&text[from..span.start]);
            out += r"\d+";
            from = span.end;
        }
    }
    out + &literally(&text[from..end])
}

/// The text as a pattern; a hyphen means nothing outside of brackets.
fn literally(text: &str) -> String {
    regex::escape(text).replace(r"\-", "-")
}

/// The line with something on it that ends before an offset.
fn previous_line(text: &str, offset: usize) -> Option<(usize, &str)> {
    let end = offset.checked_sub(1)?;
    let start = text[..end].rfind('\n').map_or(0, |newline| newline + 1);
    Some((start, &text[start..end]))
}

/// Whether the pattern finds the number, and nothing else.
fn is_alone(text: &str, find: &str, span: &Range<usize>) -> bool {
    let Ok(pattern) = Pattern::compile(find) else { return false };
    let mut matches = pattern.regex().captures_iter(text).filter_map(|found| found.get(1));
    let first = matches.next();
    first.is_some_and(|found| found.range() == *span) && matches.next().is_none()
}

/// Files that a target could render: their paths, with the target's name.
pub(super) fn outputs(repository: &Repository) -> Vec<(String, &'static str)> {
    let target = |file: &File| {
        let has_tables = file
            .reading
            .sightings
            .iter()
            .any(|sighting| sighting.role == Role::State && sighting.confidence == Confidence::High);
        match file.reader {
            "dotenv" if !file.reading.sightings.is_empty() => Some("dotenv"),
            "markdown" if has_tables => Some("markdown"),
            _ => None,
        }
    };
    let is_own = |file: &&File| file.path().kind() == FileKind::Plain && can_be_named(file);
    let plain = repository.files.iter().filter(is_own);
    plain.filter_map(|file| Some((file.path.clone(), target(file)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    fn check(text: &str, needle: &str, expect: Option<&str>) {
        let mut sources = Sources::new();
        let id = sources.add("x", text);
        let start = text.find(needle).expect("the needle") + needle.find('8').expect("a number");
        let length = text[start..].bytes().take_while(u8::is_ascii_digit).count();
        let moving: Vec<_> = text.match_indices("7000").map(|(at, found)| at..at + found.len()).collect();
        let found = pattern(text, Place::new(id, start..start + length), &moving);
        assert_eq!(found.as_deref(), expect, "{text}");
    }

    #[test]
    fn a_pattern_takes_as_much_as_it_needs() {
        check("port=8000\n", "8000", Some(r"port=(\d+)"));
        check("a: 1\n  - \"8000:80\" # x\n", "8000", Some(r#"- "(\d+):80""#));
        let twice = "a:\n  ports:\n    - 8000:80\nb:\n  ports:\n    - 8001:80\n";
        check(twice, "8001", Some("b:\\s*\\n\\s*ports:\\s*\\n\\s*- (\\d+):80"));
        check("x 8000\nx 8000\n", "8000", None);
        check("[\"7000:1\", \"8000:2\"]\n", "8000", Some(r#"\["\d+:1", "(\d+):2"\]"#));
    }
}
