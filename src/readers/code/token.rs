//! Tokens of code, and how to step about among them.

use std::ops::Range;

/// No token.
pub(super) const NONE: u32 = u32::MAX;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name or a keyword.
    Word,
    /// A whole decimal number; what is inside is its digits.
    Number,
    /// A string, or a part of one between holes; what is inside is its text.
    Text,
    /// An operator.
    Operator,
    /// `(`, `[` or `{`.
    Open,
    /// What opens code in a string.
    Hole,
    /// `)`, `]` or `}`.
    Close,
    /// A character, a pattern, a number of another kind.
    Other,
}

/// A piece of code.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// Whether it is the first of its line.
    pub(super) is_first: bool,
    /// Whether it is a string's text after a hole.
    pub(super) is_joined: bool,
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) inner_start: u32,
    pub(super) inner_end: u32,
    /// The bracket that it stands in.
    pub(super) parent: u32,
    /// For a bracket, the other one of the pair.
    pub(super) partner: u32,
}

impl Token {
    pub(super) fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    pub(super) fn inner(&self) -> Range<usize> {
        self.inner_start as usize..self.inner_end as usize
    }
}

/// What a text is made of.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    /// The code.
    pub(super) all: Vec<Token>,
    /// Where comments stand.
    pub(super) comments: Vec<Range<usize>>,
}
