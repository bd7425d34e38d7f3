//! A target's metadata: what `target.toml` says.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Deserialize;

use super::Casing;
use crate::model::{Comment, Mode};

/// The metadata of a target.
#[derive(Clone, Debug)]
pub struct Spec {
    /// What it makes: one sentence without a full stop.
    pub description: String,
    /// The usual name of the file.
    pub file: String,
    /// The template's file in the target's folder.
    pub template: String,
    /// How much of the file is owned where the output does not say.
    pub mode: Mode,
    /// An option that makes `file` the mode where it is given.
    pub file_mode_with: Option<String>,
    /// The comment syntax of its files.
    pub comment: Comment,
    /// How it turns the names of ports into identifiers, where it does.
    pub identifiers: Option<Casing>,
    /// Whether it renders URLs of services.
    pub urls: bool,
    /// A pattern with one group: a line that sets a name.
    pub assignment: Option<String>,
    /// How `{{ true }}` is printed.
    pub booleans: Boolean,
    /// The reader that judges what was rendered.
    pub read_back: Option<Reader>,
    /// Whether a block of it belongs to exactly one service.
    pub one_service_blocks: bool,
    /// Options and the values with which a block belongs inside what a person
    /// wrote, so that `--insert` cannot tell its place.
    pub by_hand_with: BTreeMap<String, String>,
    /// Whether a blank line stands between the text and a header or marker, as
    /// formatters of Markdown want it.
    pub set_off: bool,
    /// Its options, in the order they are declared; `None` where any are taken.
    pub options: Option<Vec<OptionSpec>>,
}

/// How a boolean is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Boolean {
    /// `true` and `false`.
    #[default]
    Lower,
    /// `True` and `False`.
    Python,
}

/// A format that is read back after rendering.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reader {
    /// Environment files: every reader must get the same value.
    Dotenv,
    /// Compose files: exactly the planned services and ports.
    Compose,
    /// JSON: it parses, and its top is an object.
    Json,
    /// Procfiles: every line is one that the runners take.
    Procfile,
}

/// One option of a target.
#[derive(Clone, Debug)]
pub struct OptionSpec {
    /// Its key under `options`.
    pub name: String,
    /// What values it takes.
    pub kind: OptionKind,
    /// The only texts that it, or each of its items, may be; empty for any.
    pub choices: Vec<String>,
    /// Its value where none is given.
    pub(super) default: Option<toml::Value>,
    /// What it does: one sentence without a full stop.
    pub description: String,
}

/// The kind of an option's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OptionKind {
    /// `true` or `false`.
    Boolean,
    /// A text.
    String,
    /// A whole number.
    Integer,
    /// A list.
    List,
    /// A table.
    Table,
    /// One of `choices`.
    Choice,
}

impl OptionKind {
    /// What a value of it is called in messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Boolean => "a boolean",
            Self::String | Self::Choice => "a string",
            Self::Integer => "an integer",
            Self::List => "a list",
            Self::Table => "a table",
        }
    }

    /// The word for it in `target.toml`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Boolean => "boolean",
            Self::String => "string",
            Self::Integer => "integer",
            Self::List => "list",
            Self::Table => "table",
            Self::Choice => "choice",
        }
    }
}

impl OptionSpec {
    /// Its value where none is given, for an option that is `true` or `false`.
    pub fn default_boolean(&self) -> Option<bool> {
        self.default.as_ref()?.as_bool()
    }

    /// Its value where none is given, for an option that takes a text.
    pub fn default_str(&self) -> Option<&str> {
        self.default.as_ref()?.as_str()
    }

    /// Its value where none is given, for an option that takes a whole number.
    pub fn default_integer(&self) -> Option<i64> {
        self.default.as_ref()?.as_integer()
    }

    /// Its values where none are given, for an option that takes a list of texts.
    pub fn default_list(&self) -> Option<Vec<&str>> {
        self.default.as_ref()?.as_array()?.iter().map(toml::Value::as_str).collect()
    }

    /// The default as it would be written in `ports.toml`; `None` without one.
    pub fn default_text(&self) -> Option<String> {
        self.default.as_ref().map(inline)
    }
}

/// Why a text is no metadata of a target.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct SpecError {
    /// What is wrong: lower case, no full stop.
    pub message: String,
    /// Where in the text, in bytes, if known.
    pub range: Option<Range<usize>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawSpec {
    description: String,
    file: String,
    template: String,
    mode: Option<toml::Spanned<String>>,
    file_mode_with: Option<String>,
    comment: toml::Spanned<String>,
    identifiers: Option<Casing>,
    #[serde(default)]
    urls: bool,
    assignment: Option<toml::Spanned<String>>,
    #[serde(default)]
    booleans: Boolean,
    read_back: Option<Reader>,
    #[serde(default)]
    one_service_blocks: bool,
    #[serde(default)]
    by_hand_with: BTreeMap<String, String>,
    #[serde(default)]
    set_off: bool,
    #[serde(default)]
    options: toml::Table,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawOption {
    #[serde(rename = "type")]
    kind: OptionKind,
    #[serde(default)]
    choices: Vec<String>,
    default: Option<toml::Value>,
    description: String,
}

impl Spec {
    /// Reads the text of a `target.toml`.
    ///
    /// # Errors
    /// With a place where one is known: no TOML, an unknown or missing key, a
    /// value that its key does not take.
    pub fn parse(text: &str) -> Result<Self, SpecError> {
        let raw: RawSpec = toml::from_str(text).map_err(|error| parse_error(&error))?;
        raw.assignment.as_ref().map(check_assignment).transpose()?;
        Self::read(text)
    }

    /// Reads metadata whose pattern is known to be one: compiling it costs
    /// more than everything else here.
    pub(super) fn read(text: &str) -> Result<Self, SpecError> {
        let raw: RawSpec = toml::from_str(text).map_err(|error| parse_error(&error))?;
        let mode = match &raw.mode {
            None => Mode::File,
            Some(mode) => Mode::parse(mode.get_ref())
                .ok_or_else(|| SpecError::at(mode.span(), "`mode` is `file` or `block`"))?,
        };
        let comment = Comment::parse(raw.comment.get_ref()).ok_or_else(|| {
            SpecError::at(
                raw.comment.span(),
                "`comment` is a prefix, two marks with a space between, or `json`",
            )
        })?;
        Ok(Self {
            description: raw.description,
            file: raw.file,
            template: raw.template,
            mode,
            file_mode_with: raw.file_mode_with,
            comment,
            identifiers: raw.identifiers,
            urls: raw.urls,
            assignment: raw.assignment.map(toml::Spanned::into_inner),
            booleans: raw.booleans,
            read_back: raw.read_back,
            one_service_blocks: raw.one_service_blocks,
            by_hand_with: raw.by_hand_with,
            set_off: raw.set_off,
            options: Some(options(raw.options)?),
        })
    }

    /// The metadata of a single template: any options, nothing read back.
    pub fn of_template(comment: Comment) -> Self {
        Self {
            description: String::new(),
            file: String::new(),
            template: String::new(),
            mode: Mode::File,
            file_mode_with: None,
            comment,
            identifiers: None,
            urls: true,
            assignment: None,
            booleans: Boolean::Lower,
            read_back: None,
            one_service_blocks: false,
            by_hand_with: BTreeMap::new(),
            set_off: false,
            options: None,
        }
    }
}

impl SpecError {
    fn at(range: Range<usize>, message: &str) -> Self {
        Self { message: message.to_owned(), range: Some(range) }
    }
}

fn parse_error(error: &toml::de::Error) -> SpecError {
    let message = error.message().lines().collect::<Vec<_>>().join(", ");
    SpecError { message, range: error.span() }
}

fn check_assignment(pattern: &toml::Spanned<String>) -> Result<(), SpecError> {
    let compiled = regex::Regex::new(pattern.get_ref())
        .map_err(|_| SpecError::at(pattern.span(), "`assignment` is no regular expression"))?;
    if compiled.captures_len() != 2 {
        return Err(SpecError::at(
            pattern.span(),
            "`assignment` has exactly one group: the name that is set",
        ));
    }
    Ok(())
}

fn options(table: toml::Table) -> Result<Vec<OptionSpec>, SpecError> {
    table.into_iter().map(|(name, value)| option(name, value)).collect()
}

fn option(name: String, value: toml::Value) -> Result<OptionSpec, SpecError> {
    let error = |message: &str| SpecError { message: format!("options.{name}: {message}"), range: None };
    let raw: RawOption = value.try_into().map_err(|source: toml::de::Error| error(source.message()))?;
    if raw.kind == OptionKind::Choice && raw.choices.is_empty() {
        return Err(error("a choice needs `choices`"));
    }
    if raw.default.as_ref().is_some_and(|default| !fits(raw.kind, default)) {
        return Err(error(&format!("the default is not {}", raw.kind.as_str())));
    }
    Ok(OptionSpec {
        name,
        kind: raw.kind,
        choices: raw.choices,
        default: raw.default,
        description: raw.description,
    })
}

fn fits(kind: OptionKind, value: &toml::Value) -> bool {
    match kind {
        OptionKind::Boolean => value.is_bool(),
        OptionKind::String | OptionKind::Choice => value.is_str(),
        OptionKind::Integer => value.is_integer(),
        OptionKind::List => value.is_array(),
        OptionKind::Table => value.is_table(),
    }
}

fn inline(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => format!("{text:?}"),
        toml::Value::Array(items) => format!("[{}]", items.iter().map(inline).collect::<Vec<_>>().join(", ")),
        toml::Value::Table(table) if table.is_empty() => "{}".to_owned(),
        toml::Value::Table(table) => {
            let entries = table.iter().map(|(key, value)| format!("{key} = {}", inline(value)));
            format!("{{ {} }}", entries.collect::<Vec<_>>().join(", "))
        }
        toml::Value::Integer(number) => number.to_string(),
        toml::Value::Float(number) => number.to_string(),
        toml::Value::Boolean(value) => value.to_string(),
        toml::Value::Datetime(time) => time.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAST: &str = "description = \"d\"\nfile = \"f\"\ntemplate = \"t\"\n";

    #[test]
    fn mistakes_in_metadata_are_errors_with_their_place() {
        let check = |rest: &str, expect: &str, at: Option<&str>| {
            let text = format!("{LEAST}{rest}");
            let error = Spec::parse(&text).expect_err(rest);
            assert!(error.message.contains(expect), "{}", error.message);
            assert_eq!(error.range.map(|range| &text[range]), at, "{rest}");
        };
        check("comment = \"word\"", "two marks", Some("\"word\""));
        check("comment = \"#\"\nmode = \"line\"", "`file` or `block`", Some("\"line\""));
        check("comment = \"#\"\nassignment = '^x'", "exactly one group", Some("'^x'"));
        check("comment = \"#\"\ncolour = 1", "unknown field `colour`", Some("colour"));
        check(
            "comment = \"#\"\n[options.x]\ntype = \"boolean\"\ndefault = 1\ndescription = \"\"",
            "options.x: the default is not a boolean",
            None,
        );
        check("comment = \"#\"\n[options.x]\ntype = \"choice\"\ndescription = \"\"", "needs `choices`", None);
    }

    #[test]
    fn options_keep_their_order_and_show_their_defaults() {
        let text = format!(
            "{LEAST}comment = \"#\"\n[options.b]\ntype = \"list\"\ndefault = [\"x\", 1]\ndescription = \"\"\n\
             [options.a]\ntype = \"table\"\ndefault = {{ k = true }}\ndescription = \"\"\n"
        );
        let options = Spec::parse(&text).expect("metadata").options.expect("options");
        let shown: Vec<_> = options.iter().map(|option| (&*option.name, option.default_text())).collect();
        assert_eq!(shown, [("b", Some("[\"x\", 1]".into())), ("a", Some("{ k = true }".into()))]);
    }
}
