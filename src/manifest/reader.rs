//! Reads values of the types that the schema has; each mistake is a finding.

use std::cell::RefCell;

use toml::Spanned as TomlSpanned;
use toml::de::{DeTable, DeValue};

use super::section::Section;
use super::syntax::Trust;
use crate::diagnostic::{Edit, Finding, Fix, did_you_mean};
use crate::model::{Data, NameError, Number, Port, PortRange, PortSet, RangeError};
use crate::source::{Place, SourceId, Spanned};

/// A value as the parser gives it.
pub(super) type Value<'a, 't> = &'a TomlSpanned<DeValue<'t>>;

/// Reads one text; collects what is wrong with it.
pub(super) struct Reader<'t> {
    pub(super) source: SourceId,
    pub(super) text: &'t str,
    pub(super) trust: Trust,
    findings: RefCell<Vec<Finding>>,
}

impl<'t> Reader<'t> {
    pub(super) fn new(source: SourceId, text: &'t str, trust: Trust) -> Self {
        Self { source, text, trust, findings: RefCell::default() }
    }

    pub(super) fn into_findings(self) -> Vec<Finding> {
        self.findings.into_inner()
    }

    pub(super) fn push(&self, finding: Finding) {
        self.findings.borrow_mut().push(finding);
    }

    pub(super) fn place(&self, span: std::ops::Range<usize>) -> Place {
        Place::new(self.source, span)
    }

    pub(super) fn place_of<T>(&self, value: &TomlSpanned<T>) -> Place {
        self.place(value.span())
    }

    /// The entries of a table that can be believed, in the order they were written.
    pub(super) fn entries<'a>(
        &'a self,
        table: &'a DeTable<'t>,
    ) -> impl Iterator<Item = (Spanned<&'a str>, Value<'a, 't>)> + 'a {
        table.iter().filter(|(key, _)| self.trust.believes(key.span().start)).map(|(key, value)| {
            let key = Spanned::new(key.get_ref().as_ref(), self.place(key.span()));
            (key, value)
        })
    }

    /// The entries whose key may stand there; the others are findings.
    pub(super) fn known<'a>(
        &'a self,
        table: &'a DeTable<'t>,
        section: &'a Section,
    ) -> impl Iterator<Item = (Spanned<&'a str>, Value<'a, 't>)> + 'a {
        self.entries(table).filter(|(key, _)| {
            let is_known = section.others.is_some() || section.key(key.value).is_some();
            if !is_known {
                self.unknown_key(key, section);
            }
            is_known
        })
    }

    /// Says that a value is not what its key takes.
    pub(super) fn invalid(&self, place: Place, message: impl Into<String>) {
        self.push(Finding::new("invalid-value", place, message));
    }

    /// Says that a value has the wrong type.
    pub(super) fn wrong_type(&self, value: Value<'_, 't>, expected: &str) {
        let message = format!("expected {expected}, found {}", kind(value.get_ref()));
        self.push(
            Finding::new("invalid-value", self.place_of(value), message)
                .label(format!("expected {expected}")),
        );
    }

    /// Says that a key is none of those that may stand here.
    fn unknown_key(&self, key: &Spanned<&str>, section: &Section) {
        let container = section.container;
        let known: Vec<&str> = section.keys().map(|key| key.name).collect();
        let finding =
            Finding::new("unknown-key", key.place, format!("unknown key `{}` in {container}", key.value));
        let finding = match did_you_mean(key.value, known.iter().copied()) {
            Some(near) => finding.label(format!("did you mean `{near}`?")),
            None => finding.label("no such key"),
        };
        self.push(finding.help(format!("{container} takes: {}", known.join(", "))));
    }

    pub(super) fn table<'a>(&self, value: Value<'a, 't>) -> Option<&'a DeTable<'t>> {
        match value.get_ref() {
            DeValue::Table(table) => Some(table),
            _ => {
                self.wrong_type(value, "a table");
                None
            }
        }
    }

    pub(super) fn string(&self, value: Value<'_, 't>) -> Option<Spanned<String>> {
        match value.get_ref() {
            DeValue::String(text) => Some(Spanned::new(text.as_ref().to_owned(), self.place_of(value))),
            _ => {
                self.wrong_type(value, "a string");
                None
            }
        }
    }

    /// A text for people: one line, no control characters.
    pub(super) fn line(&self, value: Value<'_, 't>) -> Option<Spanned<String>> {
        let text = self.string(value)?;
        if text.value.contains(char::is_control) {
            self.invalid(text.place, "expected one line without control characters");
            return None;
        }
        Some(text)
    }

    pub(super) fn boolean(&self, value: Value<'_, 't>) -> Option<Spanned<bool>> {
        match value.get_ref() {
            DeValue::Boolean(truth) => Some(Spanned::new(*truth, self.place_of(value))),
            _ => {
                self.wrong_type(value, "true or false");
                None
            }
        }
    }

    /// A string or a list of strings.
    pub(super) fn strings(&self, value: Value<'_, 't>) -> Vec<Spanned<String>> {
        match value.get_ref() {
            DeValue::Array(items) => items.iter().filter_map(|item| self.string(item)).collect(),
            DeValue::String(_) => self.string(value).into_iter().collect(),
            _ => {
                self.wrong_type(value, "a list of strings");
                Vec::new()
            }
        }
    }

    /// A string that `parse` takes; `expected` says what that is.
    pub(super) fn parsed<T>(
        &self,
        value: Value<'_, 't>,
        expected: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<Spanned<T>> {
        let text = self.string(value)?;
        let Some(parsed) = parse(&text) else {
            self.invalid(text.place, format!("`{}` is not {expected}", text.value));
            return None;
        };
        Some(Spanned::new(parsed, text.place))
    }

    /// One of a few words.
    pub(super) fn choice<T>(
        &self,
        value: Value<'_, 't>,
        words: &[&str],
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<Spanned<T>> {
        let text = self.string(value)?;
        let Some(parsed) = parse(&text) else {
            let finding = Finding::new("invalid-value", text.place, format!("unknown word `{}`", text.value));
            let near = did_you_mean(&text.value, words.iter().copied());
            let finding =
                near.map_or(finding.clone(), |near| finding.label(format!("did you mean `{near}`?")));
            self.push(finding.help(format!("one of: {}", words.join(", "))));
            return None;
        };
        Some(Spanned::new(parsed, text.place))
    }

    /// A name, at a key or a value.
    pub(super) fn name<T>(
        &self,
        text: Spanned<&str>,
        parse: impl Fn(&str) -> Result<T, NameError>,
    ) -> Option<Spanned<T>> {
        match parse(text.value) {
            Ok(name) => Some(Spanned::new(name, text.place)),
            Err(error) => {
                let finding = Finding::new(
                    "invalid-value",
                    text.place,
                    format!("`{}` is no name: {error}", text.value),
                );
                self.push(suggest_name(finding, text.value, error));
                None
            }
        }
    }

    /// A name that stands as a string.
    pub(super) fn name_value<T>(
        &self,
        value: Value<'_, 't>,
        parse: impl Fn(&str) -> Result<T, NameError>,
    ) -> Option<Spanned<T>> {
        let text = self.string(value)?;
        self.name(Spanned::new(text.value.as_str(), text.place), parse)
    }

    /// A port from 1 to 65535, or `"auto"`.
    pub(super) fn number(&self, value: Value<'_, 't>) -> Option<Spanned<Number>> {
        if let DeValue::String(text) = value.get_ref()
            && text == "auto"
        {
            return Some(Spanned::new(Number::Auto, self.place_of(value)));
        }
        self.port(value).map(|port| port.map(Number::Fixed))
    }

    /// A port from 1 to 65535.
    pub(super) fn port(&self, value: Value<'_, 't>) -> Option<Spanned<Port>> {
        let place = self.place_of(value);
        match value.get_ref() {
            DeValue::Integer(integer) => {
                let number = i64::from_str_radix(integer.as_str(), integer.radix()).unwrap_or(i64::MAX);
                match Port::try_from(number) {
                    Ok(port) => return Some(Spanned::new(port, place)),
                    Err(error) => self.push(
                        Finding::new(
                            "invalid-value",
                            place,
                            format!("{} is no port: {error}", &self.text[value.span()]),
                        )
                        .label("expected 1 to 65535"),
                    ),
                }
            }
            DeValue::String(text) => self.push(quoted_port(text, place)),
            _ => self.wrong_type(value, "a port, 1 to 65535"),
        }
        None
    }

    /// A port, a range such as `"9000-9099"`, or a list of them.
    pub(super) fn port_set(&self, value: Value<'_, 't>) -> Option<Spanned<PortSet>> {
        let items: Vec<Value<'_, 't>> = match value.get_ref() {
            DeValue::Array(items) => items.iter().collect(),
            _ => vec![value],
        };
        if items.is_empty() {
            self.invalid(self.place_of(value), "expected at least one range of ports");
            return None;
        }
        let ranges: Vec<Option<PortRange>> = items.iter().map(|item| self.port_range(item)).collect();
        let set: Option<PortSet> = ranges.into_iter().collect();
        Some(Spanned::new(set?, self.place_of(value)))
    }

    fn port_range(&self, value: Value<'_, 't>) -> Option<PortRange> {
        if let DeValue::Integer(_) = value.get_ref() {
            return self.port(value).map(|port| PortRange::single(port.value));
        }
        let text = self.string(value)?;
        match PortRange::parse(&text) {
            Ok(range) => Some(range),
            Err(error) => {
                let finding = Finding::new(
                    "invalid-value",
                    text.place,
                    format!("`{}` is no range: {error}", text.value),
                );
                self.push(match error {
                    RangeError::UpsideDown { first, last } => {
                        finding.label(format!("did you mean `{last}-{first}`?"))
                    }
                    RangeError::Port(_) => finding.label("expected a range such as `9000-9099`, or a port"),
                });
                None
            }
        }
    }

    /// Any value, passed through.
    pub(super) fn data(&self, value: Value<'_, 't>) -> Spanned<Data> {
        let data = match value.get_ref() {
            DeValue::String(text) => Data::String(text.as_ref().to_owned()),
            DeValue::Integer(integer) => match i64::from_str_radix(integer.as_str(), integer.radix()) {
                Ok(number) => Data::Integer(number),
                Err(_) => {
                    self.invalid(self.place_of(value), "the number is too large");
                    Data::Integer(0)
                }
            },
            DeValue::Float(float) => Data::Float(float.as_str().replace('_', "").parse().unwrap_or(0.0)),
            DeValue::Boolean(truth) => Data::Boolean(*truth),
            DeValue::Datetime(datetime) => Data::String(datetime.to_string()),
            DeValue::Array(items) => Data::List(items.iter().map(|item| self.data(item)).collect()),
            DeValue::Table(table) => {
                let entries = self.entries(table);
                Data::Table(entries.map(|(key, value)| (key.map(str::to_owned), self.data(value))).collect())
            }
        };
        Spanned::new(data, self.place_of(value))
    }

    /// A table that is passed through.
    pub(super) fn data_table(&self, value: Value<'_, 't>) -> Option<Spanned<Data>> {
        self.table(value).map(|_| self.data(value))
    }
}

fn quoted_port(text: &str, place: Place) -> Finding {
    let finding = Finding::new("invalid-value", place, format!("\"{text}\" is no port"));
    match Port::parse(text.trim()) {
        Ok(port) => finding.label("a port is written without quotes").fix(Fix {
            title: format!("write {port} without quotes"),
            safe: true,
            edits: vec![Edit { place, text: port.to_string() }],
        }),
        Err(_) => finding.label("expected a number from 1 to 65535, or \"auto\""),
    }
}

fn suggest_name(finding: Finding, text: &str, error: NameError) -> Finding {
    if error != NameError::Name {
        return match error {
            NameError::BarePort => finding.help("name the service in it, as in API_PORT"),
            _ => finding,
        };
    }
    let plain: String = text
        .to_lowercase()
        .chars()
        .map(|character| if character.is_ascii_alphanumeric() || character == '_' { character } else { '-' })
        .collect();
    let plain = plain.trim_matches(['-', '_']);
    if plain.is_empty() { finding } else { finding.label(format!("did you mean `{plain}`?")) }
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "an integer",
        DeValue::Float(_) => "a number with a fraction",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
