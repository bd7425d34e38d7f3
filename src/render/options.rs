//! An output's options as values: each text with `{{ … }}` is rendered first.

use minijinja::{Environment, Error, Value};

use super::{environment, error};
use crate::model::Data;
use crate::source::Spanned;
use crate::target::BoundOutput;

/// The options of an output; one without a value is none.
///
/// # Errors
/// Where a text is a template that fails; the error says which.
pub(super) fn values(output: &BoundOutput, context: &Value) -> Result<Value, Error> {
    let mut renderer = OptionRenderer { engine: None, context };
    let mut entries = Vec::new();
    for (name, value) in &output.options {
        let value = match value {
            Some(value) => renderer.value(value)?,
            None => Value::from(()),
        };
        entries.push((name.as_str(), value));
    }
    Ok(Value::from_pairs(entries))
}

struct OptionRenderer<'a> {
    /// Made for the first text that needs it.
    engine: Option<Environment<'static>>,
    context: &'a Value,
}

impl OptionRenderer<'_> {
    fn value(&mut self, data: &Spanned<Data>) -> Result<Value, Error> {
        Ok(match &data.value {
            Data::String(text) if text.contains("{{") || text.contains("{%") => {
                Value::from(self.text(&Spanned::new(text.clone(), data.place))?)
            }
            Data::List(items) => {
                items.iter().map(|item| self.value(item)).collect::<Result<Vec<_>, _>>()?.into()
            }
            Data::Table(entries) => {
                let mut values = Vec::with_capacity(entries.len());
                for (key, item) in entries {
                    values.push((key.value.as_str(), self.value(item)?));
                }
                Value::from_pairs(values)
            }
            plain => super::data::value(plain),
        })
    }

    fn text(&mut self, text: &Spanned<String>) -> Result<String, Error> {
        let engine = self.engine.get_or_insert_with(|| environment::bare(Default::default()));
        environment::render_text(engine, &text.value, self.context.clone())
            .map_err(|source| error::in_string(&source, text).error())
    }
}
