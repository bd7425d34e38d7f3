//! `$V`, `${V:-d}` and their kin, as Compose and shells write them: what is
//! read, and from where each byte of the result comes.

use std::collections::HashMap;
use std::ops::Range;

use crate::source::{Place, SourceId, Span};

/// The deepest nesting of `${…}` that is read; what is deeper stays text.
const DEEPEST: usize = 24;

/// The longest text that a variable may grow to: `${A}${A}` doubles.
const LONGEST: usize = 1 << 16;

/// What stands behind a variable's name in `${…}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `:-` or `-`: what is taken where it is not set.
    Default,
    /// `:?` or `?`: what is said where it is not set.
    Required,
    /// `:+` or `+`: what is taken where it is set.
    Replacement,
}

/// A piece of a text with variables; ranges are bytes of that text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Text as it is.
    Text(Range<usize>),
    /// `$$`: one dollar sign, the second.
    Dollar(Range<usize>),
    /// A variable.
    Variable(Variable),
}

/// A variable in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// From the dollar sign to the brace.
    pub whole: Range<usize>,
    /// The name.
    pub name: Range<usize>,
    /// The operator, and whether a colon stands before it: what is empty is not set.
    pub operator: Option<(Operator, bool)>,
    /// What follows the operator.
    pub argument: Vec<Piece>,
    /// Where that stands.
    pub argument_range: Range<usize>,
}

/// Reads the variables of a text; what is no variable is text.
pub fn parse(text: &str) -> Vec<Piece> {
    let closings = closings(text.as_bytes());
    pieces(text, 0..text.len(), &closings, 0)
}

/// Every variable of a text, those in fallbacks behind the one they stand in.
pub fn variables(text: &str) -> Vec<Variable> {
    fn collect(pieces: Vec<Piece>, found: &mut Vec<Variable>) {
        for piece in pieces {
            let Piece::Variable(mut variable) = piece else { continue };
            let inner = std::mem::take(&mut variable.argument);
            found.push(variable);
            collect(inner, found);
        }
    }
    let mut found = Vec::new();
    if memchr::memchr(b'$', text.as_bytes()).is_some() {
        collect(parse(text), &mut found);
    }
    found
}

/// The closing brace of each `${`, found in one pass.
fn closings(bytes: &[u8]) -> HashMap<usize, usize> {
    let mut closings = HashMap::new();
    let mut open = Vec::new();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match (byte, bytes.get(at + 1)) {
            (b'$', Some(b'$')) => at += 1,
            (b'$', Some(b'{')) => {
                open.push(at);
                at += 1;
            }
            (b'}', _) => {
                if let Some(start) = open.pop() {
                    closings.insert(start, at);
                }
            }
            _ => {}
        }
        at += 1;
    }
    closings
}

fn pieces(text: &str, range: Range<usize>, closings: &HashMap<usize, usize>, depth: usize) -> Vec<Piece> {
    let bytes = text.as_bytes();
    let mut pieces = Vec::new();
    let mut from = range.start;
    let mut at = range.start;
    while let Some(found) = memchr::memchr(b'$', &bytes[at..range.end]) {
        let dollar = at + found;
        let piece = match bytes.get(dollar + 1).filter(|_| dollar + 1 < range.end) {
            Some(b'$') => Some((Piece::Dollar(dollar + 1..dollar + 2), dollar + 2)),
            Some(b'{') if depth < DEEPEST => braced(text, dollar, closings, depth),
            Some(_) => bare(bytes, dollar, range.end),
            None => None,
        };
        let Some((piece, end)) = piece else {
            at = dollar + 1;
            continue;
        };
        if from < dollar {
            pieces.push(Piece::Text(from..dollar));
        }
        pieces.push(piece);
        (from, at) = (end, end);
    }
    if from < range.end {
        pieces.push(Piece::Text(from..range.end));
    }
    pieces
}

fn name_at(bytes: &[u8], start: usize, end: usize) -> Option<Range<usize>> {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let length = bytes[start..end].iter().take_while(|byte| is_name(byte)).count();
    let is_first = bytes.get(start).is_some_and(|byte| !byte.is_ascii_digit());
    (length > 0 && is_first).then(|| start..start + length)
}

fn bare(bytes: &[u8], dollar: usize, end: usize) -> Option<(Piece, usize)> {
    let name = name_at(bytes, dollar + 1, end)?;
    let end = name.end;
    let variable =
        Variable { whole: dollar..end, name, operator: None, argument: Vec::new(), argument_range: end..end };
    Some((Piece::Variable(variable), end))
}

fn braced(
    text: &str,
    dollar: usize,
    closings: &HashMap<usize, usize>,
    depth: usize,
) -> Option<(Piece, usize)> {
    let close = *closings.get(&dollar)?;
    let name = name_at(text.as_bytes(), dollar + 2, close)?;
    let rest = text.get(name.end..close)?;
    let (colon, mark) = match rest.strip_prefix(':') {
        Some(mark) => (true, mark),
        None => (false, rest),
    };
    let operator = match mark.bytes().next() {
        None if !colon => None,
        Some(b'-') => Some(Operator::Default),
        Some(b'?') => Some(Operator::Required),
        Some(b'+') => Some(Operator::Replacement),
        _ => return None,
    };
    let start = name.end + operator.map_or(0, |_| 1 + usize::from(colon));
    let variable = Variable {
        whole: dollar..close + 1,
        name,
        operator: operator.map(|operator| (operator, colon)),
        argument: pieces(text, start..close, closings, depth + 1),
        argument_range: start..close,
    };
    Some((Piece::Variable(variable), close + 1))
}

/// Where a stretch of a text was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// All of it.
    pub place: Place,
    /// Whether each byte of the text is one byte of the place, in order.
    pub is_exact: bool,
}

impl Stretch {
    /// The place of some of its bytes, or of all where they cannot be told.
    fn part(self, range: Range<usize>) -> Self {
        if !self.is_exact {
            return self;
        }
        let start = self.place.span.range().start;
        Self { place: Place::new(self.place.source, start + range.start..start + range.end), is_exact: true }
    }
}

/// Where a value that a variable brings really stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brought {
    /// The variable.
    pub variable: String,
    /// Its value: in an env file, or the fallback beside the variable.
    pub stretch: Stretch,
}

impl Brought {
    fn part(&self, range: Range<usize>) -> Self {
        Self { variable: self.variable.clone(), stretch: self.stretch.part(range) }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Segment {
    at: Range<usize>,
    written: Stretch,
    brought: Option<Brought>,
}

/// A text whose variables are filled in, and where each byte of it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    value: String,
    segments: Vec<Segment>,
}

impl Text {
    /// A text without variables, as it was written.
    pub fn plain(value: impl Into<String>, written: Stretch) -> Self {
        let mut text = Self::default();
        text.push(&value.into(), written, None);
        text
    }

    /// What it says.
    pub fn as_str(&self) -> &str {
        &self.value
    }

    /// Where some of its bytes were written, and what brought them if a variable did.
    pub fn place_of(&self, range: Range<usize>) -> Option<(Place, Option<Brought>)> {
        let mut place: Option<Place> = None;
        let mut brought = None;
        for segment in self.segments.iter().filter(|one| one.at.start < range.end && range.start < one.at.end)
        {
            let inside = range.start.max(segment.at.start) - segment.at.start
                ..range.end.min(segment.at.end) - segment.at.start;
            let part = segment.written.part(inside.clone()).place;
            place = Some(match place {
                Some(place) if place.source == part.source => {
                    let (one, two) = (place.span, part.span);
                    let span = Span { start: one.start.min(two.start), end: one.end.max(two.end) };
                    Place { source: place.source, span }
                }
                Some(place) => place,
                None => part,
            });
            if brought.is_none() {
                brought = segment.brought.as_ref().map(|one| one.part(inside));
            }
        }
        place.map(|place| (place, brought))
    }

    /// What stands before the first of a character, and the text behind it.
    pub fn split_once(&self, character: char) -> (String, Option<Self>) {
        let Some(at) = self.value.find(character) else { return (self.value.clone(), None) };
        let from = at + character.len_utf8();
        (self.value[..at].to_owned(), Some(self.slice(from..self.value.len())))
    }

    /// Some of its bytes, with where they stand.
    pub fn slice(&self, range: Range<usize>) -> Self {
        let mut out = Self::default();
        for segment in self.segments.iter().filter(|one| one.at.start < range.end && range.start < one.at.end)
        {
            let all = range.start.max(segment.at.start)..range.end.min(segment.at.end);
            let inside = all.start - segment.at.start..all.end - segment.at.start;
            let brought = segment.brought.as_ref().map(|one| one.part(inside.clone()));
            out.push(&self.value[all], segment.written.part(inside), brought);
        }
        out
    }

    fn push(&mut self, value: &str, written: Stretch, brought: Option<Brought>) {
        let is_too_long = brought.is_some() && self.value.len() + value.len() > LONGEST;
        if value.is_empty() || is_too_long {
            return;
        }
        let start = self.value.len();
        self.value.push_str(value);
        self.segments.push(Segment { at: start..self.value.len(), written, brought });
    }

    /// Adds another text as what a variable brings.
    fn push_brought(&mut self, other: &Self, variable: &str, whole: Stretch, is_own_fallback: bool) {
        for segment in &other.segments {
            let inner = segment.brought.clone();
            let name = inner.as_ref().filter(|_| is_own_fallback).map_or(variable, |one| &one.variable);
            let stretch = inner.as_ref().map_or(segment.written, |one| one.stretch);
            let brought = Brought { variable: name.to_owned(), stretch };
            self.push(&other.value[segment.at.clone()], whole, Some(brought));
        }
    }
}

/// What variables are set to.
pub trait Values {
    /// The value of a variable; `None` where it is not set.
    fn value(&self, name: &str) -> Option<&Text>;
}

/// No variable is set.
#[derive(Clone, Copy, Debug)]
pub struct Unset;

impl Values for Unset {
    fn value(&self, _: &str) -> Option<&Text> {
        None
    }
}

/// Fills in the variables of a text that was written at a stretch. A variable
/// that is required and not set is empty, as one that is not set.
pub fn fill(text: &str, written: Stretch, values: &dyn Values) -> Text {
    if memchr::memchr(b'$', text.as_bytes()).is_none() {
        let mut plain = Text::default();
        plain.push(text, written, None);
        return plain;
    }
    fill_pieces(text, &parse(text), written, values)
}

fn fill_pieces(text: &str, pieces: &[Piece], written: Stretch, values: &dyn Values) -> Text {
    let mut out = Text::default();
    for piece in pieces {
        match piece {
            Piece::Text(range) | Piece::Dollar(range) => {
                out.push(&text[range.clone()], written.part(range.clone()), None);
            }
            Piece::Variable(variable) => fill_variable(&mut out, text, variable, written, values),
        }
    }
    out
}

fn fill_variable(out: &mut Text, text: &str, variable: &Variable, written: Stretch, values: &dyn Values) {
    let name = &text[variable.name.clone()];
    let whole = Stretch { is_exact: false, ..written.part(variable.whole.clone()) };
    let needs_content = variable.operator.is_some_and(|(_, colon)| colon);
    let value = values.value(name).filter(|value| !(needs_content && value.as_str().is_empty()));
    let operator = variable.operator.map(|(operator, _)| operator);
    let takes_argument = matches!(
        (operator, value.is_some()),
        (Some(Operator::Default), false) | (Some(Operator::Replacement), true)
    );
    if takes_argument {
        let argument = fill_pieces(text, &variable.argument, written, values);
        out.push_brought(&argument, name, whole, true);
    } else if let Some(value) = value.filter(|_| operator != Some(Operator::Replacement)) {
        out.push_brought(value, name, whole, false);
    }
}

/// The stretch of a text in a source that begins at an offset and is written
/// there byte for byte.
pub fn exact(source: SourceId, range: Range<usize>) -> Stretch {
    Stretch { place: Place::new(source, range), is_exact: true }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Given(Vec<(&'static str, Text)>);

    impl Values for Given {
        fn value(&self, name: &str) -> Option<&Text> {
            self.0.iter().find(|(own, _)| *own == name).map(|(_, text)| text)
        }
    }

    fn given() -> Given {
        let text =
            |value: &str, at: usize| Text::plain(value, exact(SourceId::default(), at..at + value.len()));
        Given(vec![
            ("SET", text("5000", 1000)),
            ("BIND", text("127.0.0.1:9000", 2000)),
            ("EMPTY", text("", 0)),
        ])
    }

    fn filled(text: &str) -> Text {
        fill(text, exact(SourceId::default(), 0..text.len()), &given())
    }

    #[test]
    fn every_form_is_filled_in() {
        for (text, expect) in [
            ("a", "a"),
            ("$SET", "5000"),
            ("${SET}", "5000"),
            ("${NO}", ""),
            ("$NO:80", ":80"),
            ("${NO:-8}", "8"),
            ("${NO-8}", "8"),
            ("${EMPTY:-8}", "8"),
            ("${EMPTY-8}", ""),
            ("${SET:-8}", "5000"),
            ("${SET:?e}", "5000"),
            ("${NO:?e}", ""),
            ("${NO?e}", ""),
            ("${SET:+1}", "1"),
            ("${NO:+1}", ""),
            ("${EMPTY+1}", "1"),
            ("${EMPTY:+1}", ""),
            ("${NO:-${SET}}", "5000"),
            ("${NO:-${NO2:-7}}0", "70"),
            ("$$SET $${SET}", "$SET ${SET}"),
            ("${", "${"),
            ("${SET", "${SET"),
            ("${1X}$1", "${1X}$1"),
            ("${SET!x}", "${SET!x}"),
            ("${NO:-a", "${NO:-a"),
            ("$", "$"),
        ] {
            assert_eq!(filled(text).as_str(), expect, "{text}");
        }
    }

    #[test]
    fn each_byte_knows_where_it_stands() {
        let check = |text: &str, wanted: &str, place: Range<usize>, brought: Option<(&str, Range<usize>)>| {
            let filled = filled(text);
            let start = filled.as_str().find(wanted).expect("it is there");
            let (found, origin) = filled.place_of(start..start + wanted.len()).expect("a place");
            assert_eq!(found.span.range(), place, "{text}");
            let origin = origin.map(|one| (one.variable, one.stretch.place.span.range()));
            assert_eq!(origin, brought.map(|(name, range)| (name.to_owned(), range)), "{text}");
        };
        check("x80:90", "90", 4..6, None);
        check("${NO:-8080}:80", "8080", 0..11, Some(("NO", 6..10)));
        check("${NO:-8080}:80", "80", 0..11, Some(("NO", 6..8)));
        check("${BIND}:80", "9000", 0..7, Some(("BIND", 2010..2014)));
        check("${NO:-${SET}}:80", "5000", 0..13, Some(("SET", 1000..1004)));
        check("${NO:-${MORE:-77}}", "77", 0..18, Some(("MORE", 14..16)));
        check("1${NO:-5}", "15", 0..9, Some(("NO", 7..8)));
    }

    #[test]
    fn hostile_texts_cost_no_more_than_their_size() {
        for text in ["${".repeat(200_000), "${A:-".repeat(200_000), "}".repeat(200_000)] {
            assert!(filled(&text).as_str() == text);
        }
        let closed = format!("{}{}", "${A:-".repeat(50_000), "}".repeat(50_000));
        assert!(filled(&closed).as_str().len() <= LONGEST);
        let names: Vec<_> = variables("${A:-${B:-1}} $C").iter().map(|one| one.name.clone()).collect();
        assert_eq!(names, [2..3, 7..8, 15..16]);
    }
}
