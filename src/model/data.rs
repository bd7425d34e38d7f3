//! Values that are passed through: Compose keys and a target's options.

use crate::source::Spanned;

/// A value without meaning to portgen; tables keep the order they were written in.
#[derive(Clone, Debug, PartialEq)]
pub enum Data {
    /// A text; dates and times are texts too.
    String(String),
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Float(f64),
    /// `true` or `false`.
    Boolean(bool),
    /// A list.
    List(Vec<Spanned<Data>>),
    /// A table.
    Table(Vec<(Spanned<String>, Spanned<Data>)>),
}

impl Data {
    /// An empty table.
    pub fn empty_table() -> Self {
        Self::Table(Vec::new())
    }

    /// The entry of a table under a key; `None` for other values.
    pub fn get(&self, key: &str) -> Option<&Spanned<Self>> {
        self.entries().iter().find(|(name, _)| name.value == key).map(|(_, value)| value)
    }

    /// The entries of a table; none for other values.
    pub fn entries(&self) -> &[(Spanned<String>, Spanned<Self>)] {
        match self {
            Self::Table(entries) => entries,
            _ => &[],
        }
    }

    /// The text, where it is one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The boolean, where it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Boolean(value) => Some(*value),
            _ => None,
        }
    }

    /// What kind of value it is, for messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::String(_) => "a string",
            Self::Integer(_) => "an integer",
            Self::Float(_) => "a number",
            Self::Boolean(_) => "a boolean",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
        }
    }
}
