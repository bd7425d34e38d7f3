//! Values of `ports.toml` as a template sees them.

use minijinja::Value;

use crate::model::Data;

/// The value of passed-through data; tables keep their order.
pub(super) fn value(data: &Data) -> Value {
    match data {
        Data::String(text) => Value::from(text.as_str()),
        Data::Integer(number) => Value::from(*number),
        Data::Float(number) => Value::from(*number),
        Data::Boolean(value) => Value::from(*value),
        Data::List(items) => items.iter().map(|item| value(&item.value)).collect(),
        Data::Table(entries) => {
            Value::from_pairs(entries.iter().map(|(key, item)| (key.value.as_str(), value(&item.value))))
        }
    }
}
