//! Source code of any language: split into tokens once, then every number and
//! every string is judged by where it stands.
//!
//! A language is a [`Language`] of a few lines; what it means when somebody
//! listens, connects or asks the environment is the same for all of them.

mod calls;
mod cursor;
mod defaults;
mod entry;
mod environment;
mod judge;
mod language;
mod lexer;
mod names;
mod quoted;
mod settings;
mod slot;
mod texts;
mod token;

use std::ops::Range;

pub(super) use language::{Language, Prefix, block, line};

use self::cursor::Code;
use self::judge::Verdict;
use self::token::Kind;
use super::{Context, FileKind, FilePath, Reading, Role, Side, Sighting, words};
use crate::diagnostic::Confidence;
use crate::model::{Port, Protocol};
use crate::source::Span;

/// A longer line is no person's.
const LONGEST_LINE: usize = 5_000;

/// Reads a source file.
pub(super) fn read(language: &'static Language, path: &FilePath<'_>, text: &str, reading: &mut Reading) {
    read_part(language, path, text, 0..text.len(), reading);
}

/// Reads a part of a file: what stands in its `<script>`.
pub(super) fn read_part(
    language: &'static Language,
    path: &FilePath<'_>,
    text: &str,
    part: Range<usize>,
    reading: &mut Reading,
) {
    let Some(inside) = text.get(part.clone()) else { return };
    if !has_cue(inside) || has_long_line(inside) {
        return;
    }
    let first = reading.sightings.len();
    let tokens = lexer::lex(text, part, language);
    for comment in &tokens.comments {
        of_comment(text, comment.clone(), reading);
    }
    let code = Code { text, tokens: tokens.all, language };
    let classes = settings::classes(&code);
    let mut found = Vec::new();
    for at in 0..code.tokens.len() {
        match code.kind(at) {
            Some(Kind::Number) => of_number(&code, at, &classes, reading),
            Some(Kind::Text) if is_documentation(&code, at) => {
                of_comment(text, code.tokens[at].inner(), reading);
            }
            Some(Kind::Text) => {
                texts::read(&code, at, &mut found);
                settings::tags(&code, at, &mut found);
                for one in found.drain(..) {
                    let verdict = settings::of_class(&code, at, &classes, one.verdict);
                    push(one.place, one.port, verdict, one.is_udp, reading);
                }
            }
            _ => {}
        }
    }
    let tests = first_test(text);
    for sighting in &mut reading.sightings[first..] {
        let is_test = tests.is_some_and(|start| sighting.span.range().start > start);
        if is_test || matches!(path.kind(), FileKind::Test | FileKind::Example) {
            sighting.confidence = lower(sighting.confidence);
        }
    }
}

/// Where the tests begin that stand in the file of what they test.
fn first_test(text: &str) -> Option<usize> {
    memchr::memmem::find(text.as_bytes(), b"#[cfg(test)]\nmod ")
}

fn lower(confidence: Confidence) -> Confidence {
    match confidence {
        Confidence::High => Confidence::Medium,
        _ => Confidence::Low,
    }
}

fn of_number(code: &Code<'_>, at: usize, classes: &[settings::Class], reading: &mut Reading) {
    let place = code.tokens[at].inner();
    if !(2..=6).contains(&place.len()) {
        return;
    }
    let written = &code.text[place.clone()];
    let port = match written.contains('_') {
        true => words::port(&written.replace('_', "")),
        false => words::port(written),
    };
    let Some(port) = port else { return };
    if let Some(verdict) = judge::number(code, at, port.get(), false) {
        push(place, port, settings::of_class(code, at, classes, verdict), false, reading);
    }
}

fn push(place: Range<usize>, port: Port, verdict: Verdict, is_udp: bool, reading: &mut Reading) {
    let span = Span::new(place.start, place.end);
    let mut sighting = Sighting::new(span, words::single(port), verdict.role);
    let is_service = verdict.host.as_deref().is_some_and(names::is_service);
    let is_host_of_docker = verdict.host.as_deref() == Some("host.docker.internal");
    sighting.side = match verdict.role {
        Role::Connect | Role::Fallback if is_host_of_docker => Side::Host,
        Role::Connect | Role::Fallback if is_service => Side::Container,
        _ => Side::Unknown,
    };
    if is_udp {
        sighting.protocol = Protocol::Udp;
    }
    sighting.host = verdict.host;
    sighting.variable = verdict.variable;
    sighting.confidence = verdict.confidence;
    reading.sightings.push(sighting);
}

/// URLs and addresses of this machine in a comment.
fn of_comment(text: &str, place: Range<usize>, reading: &mut Reading) {
    let Some(comment) = text.get(place.clone()) else { return };
    if memchr::memchr(b':', comment.as_bytes()).is_none() {
        return;
    }
    let urls = words::urls(comment).filter(|one| names::is_own_host(one.host));
    let pairs = words::pairs(comment).filter(|one| words::is_loopback(one.host));
    for one in urls.chain(pairs) {
        let span = Span::new(place.start + one.place.start, place.start + one.place.end);
        let mut sighting = Sighting::new(span, words::single(one.port), Role::Connect);
        sighting.host = Some(one.host.to_ascii_lowercase());
        sighting.side = if names::is_service(one.host) { Side::Container } else { Side::Unknown };
        sighting.context = Context::Comment;
        sighting.confidence = Confidence::Medium;
        reading.sightings.push(sighting);
    }
}

/// Whether a string is a statement of its own, as documentation is.
fn is_documentation(code: &Code<'_>, at: usize) -> bool {
    code.language.docstrings
        && code.is_first(at)
        && code.parent(at).is_none()
        && code.is_first(at + 1)
        && !at.checked_sub(1).is_some_and(|before| code.is_any(before, &["=", "(", ",", "\\"]))
}

fn has_long_line(text: &str) -> bool {
    let mut start = 0;
    let ends = memchr::memchr_iter(b'\n', text.as_bytes()).chain([text.len()]);
    ends.into_iter().any(|end| {
        let length = end - start;
        start = end + 1;
        length > LONGEST_LINE
    })
}

/// Whether anything in the text can be a port: a number of two to five digits,
/// and a word or a sign that goes with one.
fn has_cue(text: &str) -> bool {
    let bytes = text.as_bytes();
    let has_port = memchr::memmem::find_iter(bytes, b"ort")
        .any(|at| at > 0 && matches!(bytes[at - 1], b'p' | b'P') && !is_within_word(bytes, at - 1));
    has_port
        || [
            "PORT",
            "listen",
            "Listen",
            "bind",
            "Bind",
            "://",
            "localhost",
            "127.0.0.1",
            "0.0.0.0",
            "erver(",
            "ocket",
            "forAddress",
            "run(",
            "Run(",
            ".start(",
        ]
        .iter()
        .any(|cue| memchr::memmem::find(bytes, cue.as_bytes()).is_some())
        || has_address(bytes)
}

/// Whether the `port` at an offset ends `import`, `export` or the like.
fn is_within_word(bytes: &[u8], at: usize) -> bool {
    let before = &bytes[at.saturating_sub(5)..at];
    ["im", "ex", "sup", "re", "trans", "view"].iter().any(|start| before.ends_with(start.as_bytes()))
        || before.ends_with(b"Im")
        || before.ends_with(b"Ex")
}

/// Whether `:` and digits that a quote ends are in the text.
fn has_address(bytes: &[u8]) -> bool {
    memchr::memchr_iter(b':', bytes).any(|colon| {
        let digits = bytes[colon + 1..].iter().take(6).take_while(|byte| byte.is_ascii_digit()).count();
        (2..=5).contains(&digits)
            && matches!(bytes.get(colon + 1 + digits), Some(b'"' | b'\'' | b'`' | b'/' | b','))
    })
}
