//! Splits code into tokens, once from the first byte to the last.
//!
//! It knows as much of a language as it takes to tell comments, strings and
//! code apart; what is broken off ends with its line.

use std::ops::Range;

use super::language::{Language, Quote};
use super::token::{Kind, NONE, Token, Tokens};

/// Operators of more than one character, the longer first.
const OPERATORS: &[&str] = &[
    "?->", "||=", "??=", "===", "!==", "...", "..=", "<=>", "&&=", "**=", "||", "??", "?:", "?.", "::", "=>",
    "->", ":=", "==", "!=", "<=", ">=", "&&", "..", "&.", "+=", "-=", "*=", "/=", "|=", "**", "!!",
];

/// The tokens of `text` in `range`.
pub(super) fn lex(text: &str, range: Range<usize>, language: &'static Language) -> Tokens {
    let end = range.end.min(text.len());
    let mut lexer = Lexer {
        bytes: &text.as_bytes()[..end],
        at: range.start,
        language,
        out: Tokens::default(),
        open: Vec::new(),
        is_first: true,
        no_pattern_until: 0,
        heredocs: Vec::new(),
    };
    lexer.run();
    lexer.out
}

pub(super) struct Lexer<'t> {
    pub(super) bytes: &'t [u8],
    pub(super) at: usize,
    pub(super) language: &'static Language,
    pub(super) out: Tokens,
    /// The brackets that are open, and the string that goes on after each hole.
    pub(super) open: Vec<(u32, Option<Quote>)>,
    pub(super) is_first: bool,
    /// The end of the line on which a pattern was begun and not closed.
    pub(super) no_pattern_until: usize,
    /// The words that end the texts that begin with the next line.
    pub(super) heredocs: Vec<(Range<usize>, bool)>,
}

impl Lexer<'_> {
    fn run(&mut self) {
        if self.language.is_embedded {
            self.skip_outside();
        } else if self.starts_with("#!") {
            self.skip_line();
        }
        self.skip_block();
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b'\n' => self.new_line(),
                byte if byte.is_ascii_whitespace() => self.at += 1,
                b'?' if self.language.is_embedded && self.starts_with("?>") => self.skip_outside(),
                _ if self.comment() => {}
                _ if self.string() => {}
                b'0'..=b'9' => self.number(),
                byte if is_word(byte) || byte == b'$' => self.word(),
                _ => self.operator(),
            }
        }
    }

    pub(super) fn starts_with(&self, text: &str) -> bool {
        // Most differ in their first byte, which costs no call.
        let text = text.as_bytes();
        let rest = &self.bytes[self.at..];
        rest.first() == text.first() && rest.starts_with(text)
    }

    pub(super) fn find(&self, from: usize, text: &str) -> Option<usize> {
        memchr::memmem::find(self.bytes.get(from..)?, text.as_bytes()).map(|offset| from + offset)
    }

    pub(super) fn line_end(&self) -> usize {
        memchr::memchr(b'\n', &self.bytes[self.at..]).map_or(self.bytes.len(), |offset| self.at + offset)
    }

    pub(super) fn skip_line(&mut self) {
        self.at = self.line_end();
    }

    fn skip_outside(&mut self) {
        let start = self.find(self.at, "<?");
        self.at = start.map_or(self.bytes.len(), |start| start + 2);
        if self.starts_with("php") {
            self.at += 3;
        }
    }

    pub(super) fn push(&mut self, kind: Kind, range: Range<usize>, inner: Range<usize>) -> usize {
        let small = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        self.out.all.push(Token {
            kind,
            is_first: std::mem::take(&mut self.is_first),
            is_joined: false,
            start: small(range.start),
            end: small(range.end),
            inner_start: small(inner.start),
            inner_end: small(inner.end),
            parent: self.open.last().map_or(NONE, |open| open.0),
            partner: NONE,
        });
        self.out.all.len() - 1
    }

    fn new_line(&mut self) {
        self.at += 1;
        self.is_first = true;
        for (word, is_indented) in std::mem::take(&mut self.heredocs) {
            self.heredoc_body(word, is_indented);
        }
        self.skip_block();
    }

    /// `=begin` to `=end` of Ruby.
    fn skip_block(&mut self) {
        if self.language.heredoc == Some("<<") && self.starts_with("=begin") {
            let end = self.find(self.at, "\n=end").map_or(self.bytes.len(), |end| end + 5);
            self.out.comments.push(self.at..end);
            self.at = end;
        }
    }

    fn comment(&mut self) -> bool {
        if self.language.line_comments.iter().any(|open| self.starts_with(open)) {
            // An attribute of PHP.
            if self.language.is_embedded && self.starts_with("#[") {
                return false;
            }
            let start = self.at;
            self.skip_line();
            self.out.comments.push(start..self.at);
            return true;
        }
        let Some((open, close)) = self.language.block_comment.filter(|pair| self.starts_with(pair.0)) else {
            return false;
        };
        let start = self.at;
        self.at += open.len();
        let mut depth = 1;
        while depth > 0 && self.at < self.bytes.len() {
            if self.starts_with(close) {
                depth -= 1;
                self.at += close.len();
            } else if self.language.nested_comments && self.starts_with(open) {
                depth += 1;
                self.at += open.len();
            } else {
                self.at += 1;
            }
        }
        self.out.comments.push(start..self.at);
        true
    }

    fn number(&mut self) {
        let start = self.at;
        let mut is_whole = true;
        loop {
            let rest = &self.bytes[self.at..];
            self.at += rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
            let goes_on = self.bytes.get(self.at) == Some(&b'.')
                && self.bytes.get(self.at + 1).is_some_and(u8::is_ascii_digit);
            if !goes_on {
                break;
            }
            is_whole = false;
            self.at += 1;
        }
        let digits = if is_whole { whole_number(&self.bytes[start..self.at]) } else { 0 };
        let kind = if digits > 0 { Kind::Number } else { Kind::Other };
        self.push(kind, start..self.at, start..start + digits);
    }

    fn word(&mut self) {
        let start = self.at;
        let rest = &self.bytes[start..];
        self.at += rest.iter().take_while(|byte| is_word(**byte) || **byte == b'$').count();
        self.push(Kind::Word, start..self.at, start..self.at);
    }

    fn operator(&mut self) {
        let start = self.at;
        match self.bytes[start] {
            b'(' | b'[' | b'{' => {
                self.at += 1;
                let token = self.push(Kind::Open, start..self.at, start..self.at);
                self.open.push((u32::try_from(token).unwrap_or(NONE), None));
            }
            byte @ (b')' | b']' | b'}') => {
                self.at += 1;
                self.close(byte, start);
            }
            _ => {
                let found = OPERATORS.iter().find(|operator| self.starts_with(operator));
                self.at += found.map_or(1, |operator| operator.len());
                self.push(Kind::Operator, start..self.at, start..self.at);
            }
        }
    }

    fn close(&mut self, byte: u8, start: usize) {
        let opener = match byte {
            b')' => b'(',
            b']' => b'[',
            _ => b'{',
        };
        let opens = |(token, quote): &(u32, Option<Quote>)| {
            let first = self.out.all.get(*token as usize).map(|token| self.bytes[token.end as usize - 1]);
            first == Some(opener) || (byte == b'}' && quote.is_some())
        };
        // A bracket too many, or one that was never closed: the nearest few are looked at.
        let found = self.open.iter().rev().take(3).position(opens);
        let Some(depth) = found else { return };
        self.open.truncate(self.open.len() - depth);
        let Some((open, quote)) = self.open.pop() else { return };
        let token = self.push(Kind::Close, start..start + 1, start..start + 1);
        self.out.all[token].partner = open;
        if let Some(opening) = self.out.all.get_mut(open as usize) {
            opening.partner = u32::try_from(token).unwrap_or(NONE);
        }
        if let Some(quote) = quote {
            self.text(quote, start + 1, true);
        }
    }
}

/// How many bytes of a number are its digits, with `_` between them; 0 where it
/// is no whole decimal number.
fn whole_number(text: &[u8]) -> usize {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'_').count();
    let trimmed = text[..digits].iter().rposition(u8::is_ascii_digit).map_or(0, |last| last + 1);
    let suffix = &text[digits..];
    let is_plain = suffix.is_empty()
        || matches!(
            suffix,
            b"L" | b"l" | b"n" | b"u" | b"U" | b"u16" | b"u32" | b"u64" | b"i32" | b"i64" | b"usize"
        );
    if is_plain { trimmed } else { 0 }
}

pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}
