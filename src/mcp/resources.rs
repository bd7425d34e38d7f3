//! What a client may read without calling a tool: the table, and the list.

use rmcp::model::{ReadResourceResult, Resource, ResourceContents};
use serde_json::Value;

use super::tools::{Answer, Effect, LIST_PORTS, Tool};
use crate::app::{self, Reach};

/// Something to read.
pub(super) struct Readable {
    uri: &'static str,
    name: &'static str,
    description: &'static str,
    mime_type: &'static str,
    /// What reads it.
    pub(super) reader: &'static Tool,
}

/// Everything there is to read.
static ALL: &[Readable] = &[
    Readable {
        uri: "portgen://ports.toml",
        name: "ports.toml",
        description: "The table of ports that this project declares",
        mime_type: "application/toml",
        reader: &TABLE,
    },
    Readable {
        uri: "portgen://ports",
        name: "ports",
        description: "This project's ports with their numbers in this checkout",
        mime_type: "application/json",
        reader: LIST_PORTS,
    },
];

/// Reads the table's text; it is no tool of the list.
static TABLE: Tool = Tool {
    name: "ports.toml",
    title: "The table",
    description: "",
    also: &[],
    effect: Effect::Reads,
    input: || schemars::json_schema!({ "type": "object" }),
    output: || schemars::json_schema!({ "type": "object" }),
    run: |reach: &Reach, _| {
        let text = app::table_text(&reach.locate(None)?)?;
        Ok(Answer { text, value: Value::Null, is_error: false })
    },
};

/// The list that a client is given.
pub(super) fn all() -> Vec<Resource> {
    let resource = |one: &Readable| {
        Resource::new(one.uri, one.name).with_description(one.description).with_mime_type(one.mime_type)
    };
    ALL.iter().map(resource).collect()
}

pub(super) fn find(uri: &str) -> Option<&'static Readable> {
    ALL.iter().find(|one| one.uri == uri)
}

impl Readable {
    /// What was read, as the protocol has it.
    pub(super) fn contents(&self, answer: Answer) -> ReadResourceResult {
        let text = if answer.value.is_null() { answer.text } else { answer.value.to_string() };
        ReadResourceResult::new(vec![ResourceContents::text(text, self.uri).with_mime_type(self.mime_type)])
    }
}
