//! Steps about among tokens: what stands before a value, whose argument it is,
//! where the chain of calls that it is part of begins.

use super::language::Language;
use super::token::{Kind, NONE, Token};

/// How far any look backwards goes, in tokens.
const FARTHEST: usize = 64;

/// Words that look like the name of what is called and are none.
const KEYWORDS: &[&str] = &[
    "if", "while", "for", "return", "in", "and", "or", "not", "catch", "switch", "match", "when", "case",
    "else", "elif", "await", "new", "yield", "assert", "print", "raise", "throw", "is", "do", "until",
    "unless",
];

/// Code as it is read: the text and its tokens.
pub(super) struct Code<'t> {
    pub(super) text: &'t str,
    pub(super) tokens: Vec<Token>,
    pub(super) language: &'static Language,
}

impl<'t> Code<'t> {
    pub(super) fn get(&self, at: usize) -> Option<&Token> {
        self.tokens.get(at)
    }

    /// What a token is written as.
    pub(super) fn written(&self, at: usize) -> &'t str {
        self.get(at).and_then(|token| self.text.get(token.range())).unwrap_or("")
    }

    pub(super) fn kind(&self, at: usize) -> Option<Kind> {
        self.get(at).map(|token| token.kind)
    }

    pub(super) fn is(&self, at: usize, text: &str) -> bool {
        self.kind(at).is_some_and(|kind| !matches!(kind, Kind::Text | Kind::Other))
            && self.written(at) == text
    }

    /// Whether the token is one of these operators, brackets or words.
    pub(super) fn is_any(&self, at: usize, texts: &[&str]) -> bool {
        texts.iter().any(|text| self.is(at, text))
    }

    pub(super) fn word(&self, at: usize) -> Option<&'t str> {
        (self.kind(at) == Some(Kind::Word)).then(|| self.written(at).trim_start_matches('$'))
    }

    pub(super) fn is_keyword(&self, at: usize) -> bool {
        let is_member = at > 0 && self.is_any(at - 1, &[".", "::", "?."]);
        !is_member && self.word(at).is_some_and(|word| KEYWORDS.contains(&word))
    }

    /// The text of a string.
    pub(super) fn string(&self, at: usize) -> Option<&'t str> {
        let token = self.get(at).filter(|token| token.kind == Kind::Text)?;
        self.text.get(token.inner())
    }

    /// The bracket that a token stands in.
    pub(super) fn parent(&self, at: usize) -> Option<usize> {
        self.get(at).map(|token| token.parent).filter(|parent| *parent != NONE).map(|parent| parent as usize)
    }

    /// The other bracket of a pair.
    pub(super) fn partner(&self, at: usize) -> Option<usize> {
        self.get(at).map(|token| token.partner).filter(|other| *other != NONE).map(|other| other as usize)
    }

    pub(super) fn is_first(&self, at: usize) -> bool {
        self.get(at).is_none_or(|token| token.is_first)
    }

    /// The name in front of an opening bracket, past `!` and `<…>`.
    pub(super) fn callee(&self, open: usize) -> Option<usize> {
        let mut at = open.checked_sub(1)?;
        if self.is(at, "!") {
            at = at.checked_sub(1)?;
        }
        if self.is(at, "?.") {
            at = at.checked_sub(1)?;
        }
        if self.is(at, ">") {
            at = self.before_generics(at)?;
        }
        (self.kind(at) == Some(Kind::Word) && !self.is_keyword(at)).then_some(at)
    }

    /// What stands before `<…>` whose end is at `at`.
    pub(super) fn before_generics(&self, at: usize) -> Option<usize> {
        let mut depth = 0_usize;
        for back in 0..16 {
            let at = at.checked_sub(back)?;
            if self.is(at, ">") {
                depth += 1;
            } else if self.is(at, "<") {
                depth -= 1;
                if depth == 0 {
                    let before = at.checked_sub(1)?;
                    return if self.is(before, "::") { before.checked_sub(1) } else { Some(before) };
                }
            }
        }
        None
    }

    /// Where the chain of names, calls and indices that ends at `at` begins.
    pub(super) fn chain_start(&self, at: usize) -> usize {
        let mut at = at;
        for _ in 0..FARTHEST {
            if self.kind(at) == Some(Kind::Close) {
                let Some(open) = self.partner(at) else { return at };
                at = open;
                let Some(before) = at.checked_sub(1) else { return at };
                if let Some(callee) = self.callee(at).filter(|_| !self.is_first(at)) {
                    at = callee;
                    continue;
                }
                let is_indexed = matches!(self.kind(before), Some(Kind::Close | Kind::Text))
                    && !self.is_first(at)
                    && self.get(before).is_some_and(|token| token.end == self.tokens[at].start);
                if is_indexed {
                    at = before;
                    continue;
                }
                return at;
            }
            let Some(before) = at.checked_sub(1) else { return at };
            if self.is_any(before, &[".", "?.", "::", "&.", "->", "?->", "!!"]) {
                let Some(next) = before.checked_sub(1) else { return at };
                at = if self.is(next, "!") { next.saturating_sub(1) } else { next };
                continue;
            }
            return at;
        }
        at
    }

    /// The direct parts of a bracket near a token of it: the places after `open`
    /// or a `,` of its own, a bounded number of tokens away.
    pub(super) fn parts(&self, open: usize, near: usize) -> impl Iterator<Item = usize> + '_ {
        let from = near.saturating_sub(256).max(open);
        let to = self.partner(open).unwrap_or(self.tokens.len()).min(near + 256);
        let mut at = from;
        std::iter::from_fn(move || {
            while at < to {
                let here = at;
                let is_inside = self.parent(here) == Some(open);
                // What stands in inner brackets is stepped over.
                at = match self.partner(here) {
                    Some(close) if here != open && close > here => close,
                    _ => here + 1,
                };
                let parts = here == open || (is_inside && self.is_any(here, &[",", ";"]));
                let begins_line = is_inside && here > open + 1 && self.is_first(here);
                if parts {
                    return Some(here + 1);
                }
                if begins_line {
                    return Some(here);
                }
            }
            None
        })
    }

    /// The name and the value's place of `name = value`, `name: value` or
    /// `name => value` at `at`.
    pub(super) fn entry(&self, at: usize) -> Option<(&'t str, usize)> {
        // The `:` of a symbol.
        let at = if self.is(at, ":") { at + 1 } else { at };
        let name = self.word(at).or_else(|| self.string(at))?;
        let mut sign = at + 1;
        if self.is(sign, "]") {
            sign += 1;
        }
        self.is_any(sign, &["=", ":", "=>", "to"]).then_some((name, sign + 1))
    }

    /// The value of the first entry of a bracket that has one of these names.
    pub(super) fn sibling(&self, open: usize, near: usize, names: &[&str]) -> Option<usize> {
        self.parts(open, near).find_map(|part| {
            let (name, value) = self.entry(part)?;
            names.iter().any(|other| other.eq_ignore_ascii_case(name)).then_some(value)
        })
    }
}
