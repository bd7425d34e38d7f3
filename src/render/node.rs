//! A value of a template as a plain tree, for the writers of literals.

use minijinja::value::ValueKind;
use minijinja::{Error, Value};

use super::fault::Fault;

/// A value that every literal syntax can say.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    Null,
    Boolean(bool),
    /// Any number, as decimal digits; a fraction has a point.
    Number(String),
    Text(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

/// Gives up the error that a value stands for, such as that of an unknown field.
pub(super) fn check(value: &Value) -> Result<(), Error> {
    if value.kind() != ValueKind::Invalid {
        return Ok(());
    }
    // The engine checks the items of a list, and lets nobody else ask.
    Value::from(vec![value.clone()]).try_iter()?.checked().try_for_each(|item| item.map(drop))
}

/// How deep a value may nest.
const DEPTH: usize = 64;

impl Node {
    /// The tree of a value.
    ///
    /// # Errors
    /// For undefined values and for ports, services and ranges as a whole.
    pub(super) fn of(value: &Value) -> Result<Self, Error> {
        Self::at_depth(value, 0)
    }

    fn at_depth(value: &Value, depth: usize) -> Result<Self, Error> {
        if depth > DEPTH {
            return Err(Fault::new(format!("the value nests deeper than {DEPTH}")).error());
        }
        Ok(match value.kind() {
            ValueKind::None => Self::Null,
            ValueKind::Bool => Self::Boolean(value.is_true()),
            ValueKind::Number => {
                if f64::try_from(value.clone()).is_ok_and(|number| !number.is_finite()) {
                    return Err(Fault::new("infinity and NaN cannot be written").error());
                }
                Self::Number(value.to_string())
            }
            ValueKind::String => Self::Text(value.to_string()),
            ValueKind::Seq | ValueKind::Iterable => {
                let items = value.try_iter()?.checked();
                Self::List(items.map(|item| Self::at_depth(&item?, depth + 1)).collect::<Result<_, _>>()?)
            }
            ValueKind::Map => Self::map(value, depth)?,
            _ => {
                check(value)?;
                return Err(Fault::new("the value cannot be written").error());
            }
        })
    }

    fn map(value: &Value, depth: usize) -> Result<Self, Error> {
        let Ok(keys) = value.try_iter() else {
            return Err(Fault::new("an object cannot be written as a whole").help("name its fields").error());
        };
        let mut entries = Vec::new();
        for key in keys.checked() {
            let key = key?;
            let item = value.get_item(&key)?;
            entries.push((key.to_string(), Self::at_depth(&item, depth + 1)?));
        }
        Ok(Self::Map(entries))
    }

    /// Whether it is neither list nor map.
    pub(super) fn is_scalar(&self) -> bool {
        !matches!(self, Self::List(_) | Self::Map(_))
    }
}
