//! The pattern of a patch, compiled once.

use std::fmt;

use regex::{Regex, RegexBuilder};

/// A regular expression with exactly one group, in Rust's syntax.
///
/// `^` and `$` match at each line, `.` does not cross lines, and a line ends
/// before `\r\n` too: neither `.` nor `$` tells the endings apart. Two patterns
/// of one text are equal.
#[derive(Clone)]
pub struct Pattern(Regex);

/// Why a text is no pattern of a patch.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// It is no regular expression; what is wrong with it.
    #[error("{0}")]
    Syntax(String),
    /// It has another number of groups than one.
    #[error("it has {0} groups, not one")]
    Groups(usize),
    /// It takes more than 1 MiB.
    #[error("it compiles to more than 1 MiB")]
    TooLarge,
}

/// The most that a compiled pattern may take, in bytes.
const LARGEST: usize = 1 << 20;

impl Pattern {
    /// Compiles a text.
    ///
    /// # Errors
    /// [`PatternError`] says what a person must change.
    pub fn compile(text: &str) -> Result<Self, PatternError> {
        let mut builder = RegexBuilder::new(text);
        builder.multi_line(true).crlf(true).size_limit(LARGEST).dfa_size_limit(LARGEST);
        let regex = builder.build().map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => PatternError::TooLarge,
            error => PatternError::Syntax(last_line(&error.to_string())),
        })?;
        // The whole match is the first of its groups.
        match regex.captures_len() {
            2 => Ok(Self(regex)),
            groups => Err(PatternError::Groups(groups - 1)),
        }
    }

    /// The text as it was written.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The compiled expression.
    pub(crate) fn regex(&self) -> &Regex {
        &self.0
    }
}

/// What is wrong stands on the last line, behind a drawing of the pattern.
fn last_line(message: &str) -> String {
    message.lines().last().unwrap_or("").trim_start_matches("error: ").to_owned()
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Pattern {}

impl fmt::Debug for Pattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_has_exactly_one_group() {
        let check = |text: &str, expect: Result<&str, &str>| {
            let compiled = Pattern::compile(text).map_err(|error| error.to_string());
            assert_eq!(compiled.as_ref().map(Pattern::as_str).map_err(String::as_str), expect, "{text}");
        };
        check(r"port=(\d+)", Ok(r"port=(\d+)"));
        check("a", Err("it has 0 groups, not one"));
        check("(a)(?:b)(c)", Err("it has 2 groups, not one"));
        check("(a", Err("unclosed group"));
        check(r"((?:\w{1000}){1000})", Err("it compiles to more than 1 MiB"));
    }
}
