//! A finding as plain data: which rule, what, where, why, what to do.
//!
//! A rule says nothing of levels; [`Reported`] is a finding after
//! [`check`](crate::check) has decided its severity. This room knows neither
//! miette nor JSON nor colour.

use std::borrow::Cow;

use crate::source::Place;

/// What a person asked to be done about a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Not reported.
    Allow,
    /// Reported as a warning.
    Warn,
    /// Reported as an error.
    Deny,
}

impl Level {
    /// Reads `allow`, `warn` or `deny`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "allow" => Some(Self::Allow),
            "warn" => Some(Self::Warn),
            "deny" => Some(Self::Deny),
            _ => None,
        }
    }

    /// The word that is written in `[lint]`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Warn => "warn",
            Self::Deny => "deny",
        }
    }
}

/// How bad a reported finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Shown; the exit code stays 0 unless `--strict`.
    Warning,
    /// The exit code is 1.
    Error,
}

impl Severity {
    /// `error` or `warning`, as in every report.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// How sure something is; what is not sure is held back and counted, and shown
/// with `--pedantic`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Confidence {
    /// It may well be something else.
    Low,
    /// Probably so.
    Medium,
    /// It is so.
    #[default]
    High,
}

impl Confidence {
    /// The word of the JSON: `low`, `medium` or `high`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// A place with what is to be said of it; the text may be empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub place: Place,
    /// Short, lower case, no full stop.
    pub text: String,
}

/// One replacement in one source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; an empty span inserts.
    pub place: Place,
    /// What stands there afterwards.
    pub text: String,
}

/// A change that mends a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, in the imperative.
    pub title: String,
    /// Whether it may be applied without being read first.
    pub safe: bool,
    /// The replacements, which do not overlap.
    pub edits: Vec<Edit>,
}

/// What a finding is about, for `allow = { rule = "reason" }`.
///
/// A finding that concerns two services is silenced by an `allow` on either.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A service, by its name.
    Service(String),
    /// A named range, by its name.
    Range(String),
    /// A file that it stands elsewhere for, by its path in the project.
    File(String),
}

/// Something wrong at a place; it cannot be made without one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule's name, as in `allow = { name = … }`.
    pub rule: &'static str,
    /// What happened: lower case, no full stop.
    pub message: String,
    /// Where it is to be mended.
    pub primary: Label,
    /// Other places that matter, maybe in other files.
    pub related: Vec<Label>,
    /// What to do about it.
    pub help: Option<String>,
    /// A unified diff, where the finding is one of texts that differ.
    pub diff: Option<String>,
    /// A change that mends it, where there is a plain one.
    pub fix: Option<Fix>,
    /// What it is about.
    pub subjects: Vec<Subject>,
    /// A level instead of the rule's default, where the rule has two.
    pub default_level: Option<Level>,
    /// How sure it is.
    pub confidence: Confidence,
}

impl Finding {
    /// A finding of `rule` at `place`, with a message and an empty label.
    pub fn new(rule: &'static str, place: Place, message: impl Into<String>) -> Self {
        Self {
            rule,
            message: message.into(),
            primary: Label { place, text: String::new() },
            related: Vec::new(),
            help: None,
            diff: None,
            fix: None,
            subjects: Vec::new(),
            default_level: None,
            confidence: Confidence::High,
        }
    }

    /// Sets the text at the primary place.
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.primary.text = text.into();
        self
    }

    /// Adds another place.
    pub fn related(mut self, place: Place, text: impl Into<String>) -> Self {
        self.related.push(Label { place, text: text.into() });
        self
    }

    /// Sets what to do.
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Sets the diff.
    pub fn diff(mut self, text: impl Into<String>) -> Self {
        self.diff = Some(text.into());
        self
    }

    /// Sets the fix.
    pub fn fix(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }

    /// Says that it is about a service.
    pub fn about_service(mut self, name: impl Into<String>) -> Self {
        self.subjects.push(Subject::Service(name.into()));
        self
    }

    /// Says that it is about a named range.
    pub fn about_range(mut self, name: impl Into<String>) -> Self {
        self.subjects.push(Subject::Range(name.into()));
        self
    }

    /// Says how sure it is; below high it is held back, unless `--pedantic`.
    pub fn confidence(mut self, confidence: Confidence) -> Self {
        self.confidence = self.confidence.min(confidence);
        self
    }

    /// Says that it is sure after all: something else vouches for it.
    pub fn surely(mut self) -> Self {
        self.confidence = Confidence::High;
        self
    }

    /// Uses another level than the rule's default, unless `[lint]` sets one.
    pub fn by_default(mut self, level: Level) -> Self {
        self.default_level = Some(level);
        self
    }
}

/// A finding whose severity is decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reported {
    /// The finding.
    pub finding: Finding,
    /// Error or warning.
    pub severity: Severity,
}

/// How much was found, and how much was looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Findings of severity error.
    pub errors: usize,
    /// Findings of severity warning.
    pub warnings: usize,
    /// Findings that an `allow` with its reason, or a level, turned off.
    pub suppressed: usize,
    /// What could not be judged here, such as a local output that waits for a number.
    pub held_back: usize,
    /// Files that were read.
    pub files: usize,
}

/// The world failed, or a command could not be carried out at all: no finding,
/// for it points into no text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// A stable word for programs, such as `no-table` or `io`.
    pub code: &'static str,
    /// What happened: lower case, no full stop.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// The file or folder concerned, as the user would name it.
    pub path: Option<String>,
}

impl Failure {
    /// A failure with a code and a message.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), help: None, path: None }
    }

    /// Sets what to do.
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Sets the file or folder concerned.
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }
}

/// Whether a character must not reach a terminal as it is: controls (but tab
/// is harmless) and what nobody sees: marks that reorder text, characters
/// without width, which make two names look like one.
pub fn is_unprintable(character: char) -> bool {
    let is_unseen = matches!(character,
        '\u{ad}' | '\u{061c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}');
    is_unseen || (character.is_control() && character != '\t')
}

/// The text with control characters written as escapes (`\u{1b}`), so that a
/// file's text cannot steer a terminal.
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unprintable) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if is_unprintable(character) {
            out.extend(character.escape_default());
        } else {
            out.push(character);
        }
    }
    Cow::Owned(out)
}

/// How many there are: `1 port`, `2 ports`.
pub fn counted(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

/// The candidate most like `word`, near enough that it may have been meant.
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = word.to_ascii_lowercase().replace('_', "-");
    let scored = candidates.into_iter().map(|candidate| {
        let plain = candidate.to_ascii_lowercase().replace('_', "-");
        (strsim::damerau_levenshtein(&folded, &plain), candidate)
    });
    let (distance, best) = scored.min_by_key(|&(distance, _)| distance)?;
    (distance <= (word.chars().count() / 3).max(1)).then_some(best)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_become_escapes() {
        assert_eq!(printable("a\u{1b}[2Jb"), "a\\u{1b}[2Jb");
        assert_eq!(printable("a\nb"), "a\\nb");
        assert_eq!(printable("x\u{202e}y"), "x\\u{202e}y");
        assert_eq!(
            printable("\u{feff}a\u{200b}\u{200d}p\u{2060}i"),
            "\\u{feff}a\\u{200b}\\u{200d}p\\u{2060}i"
        );
        assert!(matches!(printable("plain é\t"), Cow::Borrowed(_)));
    }

    #[test]
    fn near_words_are_suggested_and_far_ones_are_not() {
        let keys = ["port", "ports", "range", "container-port"];
        assert_eq!(did_you_mean("prot", keys), Some("port"));
        assert_eq!(did_you_mean("container_port", keys), Some("container-port"));
        assert_eq!(did_you_mean("zebra", keys), None);
    }
}
