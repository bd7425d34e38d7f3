//! One cell of a table.

use std::ops::Range;

use super::markup;
use super::token::{Form, Token, tokens};
use crate::diagnostic::Confidence;
use crate::readers::{Side, words};

/// A cell's text and the ports in it.
pub(super) struct Cell<'t> {
    text: &'t str,
    at: Range<usize>,
    tokens: Vec<Token>,
}

impl<'t> Cell<'t> {
    /// Reads a cell.
    pub(super) fn read(text: &'t str, at: Range<usize>) -> Self {
        let tokens = tokens(text, at.clone());
        Self { text, at, tokens }
    }

    /// Its ports, and how sure each is. Bare numbers count where the column
    /// is one of ports; in a sentence only the first does, and is less sure.
    pub(super) fn ports(self, bare: bool) -> Vec<(Token, Confidence)> {
        let raw = &self.text[self.at.clone()];
        let is_sentence = words_outside_brackets(raw) > 4;
        let (mut depth, mut from) = (0_usize, self.at.start);
        let is_link = |token: &Token| self.text[..token.word.start].ends_with("](");
        let mut out: Vec<(Token, Confidence)> = Vec::new();
        for token in &self.tokens {
            for byte in self.text[from..token.word.start].bytes() {
                match byte {
                    b'(' => depth += 1,
                    b')' => depth = depth.saturating_sub(1),
                    _ => {}
                }
            }
            from = token.word.start;
            let is_plain = matches!(token.form, Form::Bare | Form::Mapping | Form::Marked);
            // `[8080](http://localhost:8080)` says it once.
            let is_again = (token.form == Form::Url || is_link(token))
                && out.iter().rev().take(4).any(|(other, _)| other.ports == token.ports);
            // What stands in brackets explains; it counts alone, or where it says a side.
            let explains = depth > 0
                && token.form == Form::Bare
                && !out.is_empty()
                && side_said(self.text, token).is_none();
            if (is_plain && !bare) || is_again || explains {
                continue;
            }
            let confidence = match (is_sentence && token.form == Form::Bare, out.is_empty()) {
                (false, _) => Confidence::High,
                (true, true) => Confidence::Medium,
                (true, false) => Confidence::Low,
            };
            out.push((token.clone(), confidence));
        }
        out
    }
}

/// How many words of letters stand outside of brackets.
fn words_outside_brackets(raw: &str) -> usize {
    let mut depth = 0_usize;
    let outside: String = markup::plain(raw)
        .chars()
        .filter(|character| {
            match character {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0
        })
        .collect();
    outside.split_whitespace().filter(|word| word.chars().all(char::is_alphabetic)).count()
}

/// The side that words right behind a port say: `80 (container)`.
pub(super) fn side_said(text: &str, token: &Token) -> Option<Side> {
    let rest = text[token.word.end..].trim_start_matches(['`', '*', ' ']);
    let rest = rest.strip_prefix('(').unwrap_or(rest);
    let rest = rest.chars().take(16).collect::<String>().to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| rest.starts_with(word));
    if says(&["container", "internal", "inside"]) {
        Some(Side::Container)
    } else if says(&["host", "external", "public", "outside"]) {
        Some(Side::Host)
    } else {
        None
    }
}

/// Whether the cells of a column of ports are ports of a network, not the
/// sockets of a switch or the pins of a chip.
pub(super) fn are_network_ports<'a>(cells: impl Iterator<Item = &'a str>) -> bool {
    const SMALL: &[u16] = &[
        20, 21, 22, 23, 25, 53, 67, 68, 69, 79, 80, 81, 82, 88, 110, 111, 119, 123, 135, 137, 139, 143, 161,
        162, 179, 389, 443, 445, 465, 514, 515, 554, 587, 631, 636, 853, 873, 990, 993, 995,
    ];
    let mut found = cells.flat_map(|cell| tokens(cell, 0..cell.len())).peekable();
    let is_empty = found.peek().is_none();
    is_empty
        || found.any(|token| {
            let first = token.ports.first().get();
            first >= 1000 || SMALL.contains(&first) || token.form != Form::Bare
        })
}

/// The one variable or key that a cell names: a code or a word of capitals;
/// of several the one of a port.
pub(super) fn variable(raw: &str) -> Option<String> {
    let text = markup::plain(raw);
    let is_of_name =
        |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '.' | '-');
    let names = || {
        let words = text.split(|character: char| !is_of_name(character));
        let words = words.map(|word| word.trim_matches(['.', '-']));
        words.filter(|word| word.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_'))
    };
    let is_code = raw.contains('`') || text.split_whitespace().count() == 1;
    let is_variable = |word: &&str| {
        let is_upper = word.len() > 2 && !word.bytes().any(|byte| byte.is_ascii_lowercase());
        is_upper || is_code
    };
    let all: Vec<&str> = names().filter(is_variable).collect();
    let chosen = match all.as_slice() {
        [only] => *only,
        several => several.iter().find(|name| words::names_a_port(name)).copied()?,
    };
    Some(chosen.to_owned())
}

/// A status without its picture.
pub(super) fn status(raw: &str) -> Option<String> {
    let text = markup::plain(raw);
    let word = text
        .split_whitespace()
        .rev()
        .find(|word| word.chars().all(|character| character.is_ascii_alphabetic()))?;
    Some(word.to_owned())
}

/// Whether the first cell of a row of two says that the other is a port: `Port`.
pub(super) fn is_port_key(raw: &str) -> bool {
    let text = markup::plain(raw);
    let mut words = text.split_whitespace();
    words.clone().count() <= 3
        && words.any(|word| word.trim_matches([':', '(', ')']).eq_ignore_ascii_case("port"))
}

/// A name without the word `port`: `Frontend` of `Frontend port`.
pub(super) fn without_port(name: &str) -> Option<String> {
    let is_port = |word: &str| {
        let word = word.trim_matches([':', '(', ')']);
        ["port", "ports", "default"].iter().any(|other| word.eq_ignore_ascii_case(other))
    };
    let count = name.split_whitespace().count();
    if count > 3 || !name.split_whitespace().any(is_port) {
        return Some(name.to_owned());
    }
    let words: Vec<&str> = name.split_whitespace().filter(|word| !is_port(word)).collect();
    (!words.is_empty()).then(|| words.join(" "))
}
