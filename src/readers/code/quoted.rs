//! The part of the lexer that reads what stands in quotes: strings, characters,
//! patterns, texts that end with a line of their own.

use std::ops::Range;

use super::language::{Prefix, Quote, block};
use super::lexer::{Lexer, is_word};
use super::token::{Kind, NONE};

/// Words after which a value stands, and so a pattern may.
const BEFORE_VALUE: &[&str] = &["return", "typeof", "case", "in", "of", "if", "unless", "when", "and", "or"];

impl Lexer<'_> {
    pub(super) fn heredoc_body(&mut self, word: Range<usize>, is_indented: bool) {
        let start = self.at;
        let word = self.bytes[word].to_vec();
        while self.at < self.bytes.len() {
            let line = &self.bytes[self.at..self.line_end()];
            let line = if is_indented { line.trim_ascii_start() } else { line };
            let ends = line.strip_prefix(&word[..]);
            if ends.is_some_and(|rest| !rest.first().copied().is_some_and(is_word)) {
                self.push(Kind::Text, start..self.at, start..self.at);
                self.skip_line();
                return;
            }
            self.at = (self.line_end() + 1).min(self.bytes.len());
        }
        self.push(Kind::Text, start..self.at, start..self.at);
    }

    pub(super) fn string(&mut self) -> bool {
        let byte = self.bytes[self.at];
        let is_quote = matches!(byte, b'"' | b'\'' | b'`');
        if !is_quote {
            return (self.language.prefix != Prefix::None && self.prefixed())
                || (self.language.has_patterns && byte == b'/' && self.pattern())
                || (byte == b'<' && self.language.heredoc.is_some() && self.heredoc());
        }
        if byte == b'\'' && self.language.has_characters {
            self.character();
            return true;
        }
        let found = self.language.quotes.iter().find(|quote| self.starts_with(quote.open));
        let Some(&quote) = found else { return false };
        self.begin(quote, self.at);
        true
    }

    /// Reads a string from its quote on; `start` is where its prefix stands.
    fn begin(&mut self, quote: Quote, start: usize) {
        self.at += quote.open.len();
        self.text(quote, start, false);
    }

    /// Reads a string's text up to its end or the next hole.
    pub(super) fn text(&mut self, quote: Quote, start: usize, is_joined: bool) {
        let inner = self.at;
        let mut end = self.bytes.len();
        let mut after = end;
        let mut hole = 0;
        while let Some(&byte) = self.bytes.get(self.at) {
            if byte == b'\\' && quote.escapes {
                self.at += 2;
            } else if byte == b'\n' && !quote.lines {
                (end, after) = (self.at, self.at);
                break;
            } else if self.starts_with(quote.close) {
                // A doubled quote of a verbatim string.
                if !quote.escapes
                    && quote.close == "\""
                    && quote.open != "\""
                    && self.bytes.get(self.at + 1) == Some(&b'"')
                {
                    self.at += 2;
                    continue;
                }
                (end, after) = (self.at, self.at + quote.close.len());
                break;
            } else if quote.hole.is_some_and(|open| self.starts_with(open)) {
                let open = quote.hole.unwrap_or("");
                if open == "{" && self.bytes.get(self.at + 1) == Some(&b'{') {
                    self.at += 2;
                    continue;
                }
                (end, hole) = (self.at, open.len());
                after = end + hole;
                break;
            } else {
                self.at += 1;
            }
        }
        let bounded = self.bytes.len();
        (end, after) = (end.min(bounded), after.min(bounded));
        let token = self.push(Kind::Text, start..after, inner.min(end)..end);
        self.out.all[token].is_joined = is_joined;
        self.at = after;
        if hole > 0 {
            let token = self.push(Kind::Hole, end..after, end..after);
            self.open.push((u32::try_from(token).unwrap_or(NONE), Some(quote)));
        }
    }

    fn prefixed(&mut self) -> bool {
        let before = self.at.checked_sub(1).and_then(|before| self.bytes.get(before));
        if before.copied().is_some_and(is_word) {
            return false;
        }
        let start = self.at;
        let rest = &self.bytes[start..];
        let is_letter = |byte: &u8| match self.language.prefix {
            Prefix::Python => b"rbfuRBFU".contains(byte),
            Prefix::Rust => b"rbc".contains(byte),
            Prefix::Scala => byte.is_ascii_lowercase(),
            Prefix::CSharp => b"@$".contains(byte),
            Prefix::None => false,
        };
        let length = rest.iter().take(4).take_while(|byte| is_letter(byte)).count();
        if length == 0 {
            return false;
        }
        let letters = &rest[..length];
        if self.language.prefix == Prefix::Rust {
            return self.rust_prefixed(length);
        }
        if !matches!(rest.get(length), Some(b'"' | b'\'')) {
            return false;
        }
        let has = |letter: u8| letters.iter().any(|byte| byte.to_ascii_lowercase() == letter);
        let (raw, holes) = match self.language.prefix {
            Prefix::Python => (has(b'r'), has(b'f').then_some("{")),
            Prefix::CSharp => (has(b'@'), has(b'$').then_some("{")),
            _ => (false, Some("${")),
        };
        self.at += length;
        let found = self.language.quotes.iter().find(|quote| self.starts_with(quote.open));
        let Some(&quote) = found else {
            self.at = start;
            return false;
        };
        // A raw string of Python still takes `\"` for no end.
        let is_verbatim = raw && self.language.prefix == Prefix::CSharp;
        let mut quote = Quote { hole: holes, ..quote };
        if is_verbatim {
            self.at += 1;
            quote = Quote { open: "@\"", close: "\"", escapes: false, lines: true, hole: holes };
            self.text(quote, start, false);
        } else {
            self.begin(quote, start);
        }
        true
    }

    fn rust_prefixed(&mut self, length: usize) -> bool {
        let start = self.at;
        let rest = &self.bytes[start..];
        let is_raw = rest[..length].contains(&b'r');
        let hashes = rest[length..].iter().take_while(|byte| **byte == b'#').count();
        if rest.get(length + hashes) != Some(&b'"') || (hashes > 0 && !is_raw) {
            if rest[..length] == *b"b" && rest.get(length) == Some(&b'\'') {
                self.at += length;
                self.character();
                return true;
            }
            return false;
        }
        if !is_raw {
            self.at += length;
            self.begin(block("\"", true, None), start);
            return true;
        }
        let inner = start + length + hashes + 1;
        let close = format!("\"{}", "#".repeat(hashes));
        let end = self.find(inner, &close).unwrap_or(self.bytes.len());
        self.at = (end + close.len()).min(self.bytes.len());
        self.push(Kind::Text, start..self.at, inner..end);
        true
    }

    /// `'a'`, `'\n'`; a lone `'` is a lifetime's, and passed over.
    fn character(&mut self) {
        let start = self.at;
        let rest = &self.bytes[start + 1..];
        let length = match rest.first() {
            Some(b'\\') => rest.iter().take(12).skip(2).position(|byte| *byte == b'\'').map(|end| end + 2),
            Some(_) => rest.iter().take(5).skip(1).position(|byte| *byte == b'\'').map(|end| end + 1),
            None => None,
        };
        let is_one = length.is_some_and(|length| rest[0] == b'\\' || length == 1 || !rest[0].is_ascii());
        self.at += if is_one { length.unwrap_or(0) + 2 } else { 1 };
        if is_one {
            self.push(Kind::Other, start..self.at, start..self.at);
        }
    }

    fn pattern(&mut self) -> bool {
        if self.at < self.no_pattern_until {
            return false;
        }
        let may = self.out.all.last().is_none_or(|token| match token.kind {
            Kind::Operator | Kind::Open | Kind::Hole => true,
            Kind::Word => BEFORE_VALUE.iter().any(|word| &self.bytes[token.range()] == word.as_bytes()),
            _ => false,
        });
        if !may {
            return false;
        }
        let end = self.line_end();
        let mut at = self.at + 1;
        let mut is_class = false;
        while at < end {
            match self.bytes[at] {
                b'\\' => at += 1,
                b'[' => is_class = true,
                b']' => is_class = false,
                b'/' if !is_class => {
                    let start = self.at;
                    self.at = at + 1;
                    self.push(Kind::Other, start..at + 1, start..at + 1);
                    return true;
                }
                _ => {}
            }
            at += 1;
        }
        self.no_pattern_until = end;
        false
    }

    fn heredoc(&mut self) -> bool {
        let Some(open) = self.language.heredoc.filter(|open| self.starts_with(open)) else { return false };
        let mut at = self.at + open.len();
        let is_indented = open == "<<<" || matches!(self.bytes.get(at), Some(b'~' | b'-'));
        let dash = usize::from(open == "<<" && is_indented);
        at += dash;
        while open == "<<<" && self.bytes.get(at) == Some(&b' ') {
            at += 1;
        }
        let quote = usize::from(matches!(self.bytes.get(at), Some(b'"' | b'\'' | b'`')));
        at += quote;
        let length = self.bytes[at..].iter().take_while(|byte| is_word(**byte)).count();
        let is_word_of = self.bytes.get(at).is_some_and(|byte| byte.is_ascii_uppercase() || is_indented);
        if length == 0 || !is_word_of || self.bytes[at].is_ascii_digit() {
            return false;
        }
        self.heredocs.push((at..at + length, is_indented));
        let start = self.at;
        self.at = at + length + quote;
        self.push(Kind::Other, start..self.at, start..self.at);
        true
    }
}
