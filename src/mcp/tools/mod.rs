//! The tools: one file each, and one slice that names them all.

use rmcp::model::{JsonObject, ToolAnnotations};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde::Serialize;
use serde_json::{Value, json};

use super::wire;
use crate::app::Reach;
use crate::diagnostic::Failure;

macro_rules! tools {
    ($($name:ident)*) => {
        $(mod $name;)*

        /// Every tool, in the order that they are listed.
        pub(super) static TOOLS: &[&Tool] = &[$(&$name::TOOL),*];
    };
}

tools! {
    list_ports
    get_port
    explain_port
    allocate_port
    release_port
    port_status
    check_ports
    render_outputs
    survey_ports
}

/// What `portgen://ports` is read with.
pub(super) static LIST_PORTS: &Tool = &list_ports::TOOL;

/// What a tool does to the world.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// Nothing.
    Reads,
    /// It takes what nobody had; asked again, it takes another one.
    Takes,
    /// It gives back what was held; asked again, it does nothing.
    GivesBack,
    /// It brings files up to date that portgen made; asked again, it does nothing.
    Renders,
}

/// One tool.
pub(super) struct Tool {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) description: &'static str,
    /// Other names that it is called by, which are not listed.
    pub(super) also: &'static [&'static str],
    pub(super) effect: Effect,
    pub(super) input: fn() -> Schema,
    pub(super) output: fn() -> Schema,
    pub(super) run: fn(&Reach, JsonObject) -> Result<Answer, Failure>,
}

/// What a tool answers.
#[derive(Debug)]
pub(super) struct Answer {
    /// For who reads.
    pub(super) text: String,
    /// For who computes.
    pub(super) value: Value,
    /// Whether it is a refusal.
    pub(super) is_error: bool,
}

impl Answer {
    /// An answer in which nothing can steer a terminal or hide from a reader.
    pub(super) fn new(text: impl AsRef<str>, value: &impl Serialize) -> Self {
        // Types of this room have names for keys, and no numbers that JSON lacks.
        let value = serde_json::to_value(value).unwrap_or(Value::Null);
        Self { text: wire::clean(text.as_ref().trim_end()), value: wire::clean_all(value), is_error: false }
    }

    /// The same as a refusal.
    pub(super) fn into_refusal(self) -> Self {
        Self { is_error: true, ..self }
    }
}

impl Tool {
    /// Whether a client that says this name means this tool.
    pub(super) fn answers_to(&self, name: &str) -> bool {
        self.name == name || self.also.contains(&name)
    }

    /// The tool as a client is told of it.
    pub(super) fn definition(&self) -> rmcp::model::Tool {
        let is_read_only = self.effect == Effect::Reads;
        let hints = ToolAnnotations::with_title(self.title)
            .read_only(is_read_only)
            .destructive(self.effect == Effect::GivesBack)
            .idempotent(self.effect != Effect::Takes)
            .open_world(false);
        rmcp::model::Tool::new(self.name, self.description, object((self.input)()))
            .with_title(self.title)
            .with_raw_output_schema(or_refusal(object((self.output)())).into())
            .with_annotations(hints)
    }
}

/// The schema of what a tool is asked.
pub(super) fn input_of<T: JsonSchema>() -> Schema {
    SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>()
}

/// The schema of what a tool answers: what is left out where it is empty is not required.
fn output_of<T: JsonSchema>() -> Schema {
    SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<T>()
}

fn object(schema: Schema) -> JsonObject {
    let mut value = schema.to_value();
    shorten(&mut value);
    let Value::Object(mut object) = value else { return JsonObject::new() };
    for name in ["title", "description", "$schema"] {
        object.remove(name);
    }
    object
}

/// The schema of an answer that may be a refusal instead: clients hold both
/// against it.
fn or_refusal(mut answer: JsonObject) -> JsonObject {
    let required = answer.remove("required").unwrap_or_else(|| Value::Array(Vec::new()));
    if let Some(properties) = answer.get_mut("properties").and_then(Value::as_object_mut) {
        let refusal = object(output_of::<wire::WireFailure>());
        properties.insert("error".to_owned(), Value::Object(refusal));
    }
    answer.insert("anyOf".to_owned(), json!([{ "required": required }, { "required": ["error"] }]));
    answer
}

/// Leaves out of a schema what tells a model nothing. What may be absent is
/// not required, and needs no `null`; other spellings of an argument are read,
/// too, and a client must not refuse them.
fn shorten(value: &mut Value) {
    match value {
        Value::Object(pairs) => {
            pairs.remove("format");
            pairs.remove("additionalProperties");
            pairs.retain(|name, value| name != "default" || !value.is_null());
            if let Some(kind) = pairs.get("type").and_then(Value::as_array).and_then(|kinds| kinds.first()) {
                let kind = kind.clone();
                pairs.insert("type".to_owned(), kind);
            }
            pairs.values_mut().for_each(shorten);
        }
        Value::Array(values) => values.iter_mut().for_each(shorten),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a model reads of all tools before it has asked anything.
    const MOST_BYTES: usize = 6_000;

    #[test]
    fn there_are_at_most_ten_small_tools() {
        assert!(TOOLS.len() <= 10);
        let all: usize = TOOLS
            .iter()
            .map(|tool| {
                let told = tool.definition();
                assert!(tool.description.len() < 300, "{}", tool.name);
                assert_eq!(told.input_schema["type"], "object", "{}", tool.name);
                tool.description.len() + serde_json::to_string(&told.input_schema).expect("JSON").len()
            })
            .sum();
        assert!(all < MOST_BYTES, "{all} bytes");
    }

    #[test]
    fn every_argument_is_described_and_every_name_is_one_tool_s() {
        let mut names: Vec<&str> = TOOLS.iter().flat_map(|tool| [&[tool.name], tool.also].concat()).collect();
        for tool in TOOLS {
            let told = tool.definition();
            let Some(Value::Object(properties)) = told.input_schema.get("properties") else { continue };
            for (name, property) in properties {
                assert!(property["description"].is_string(), "{}: {name}", tool.name);
            }
        }
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
