//! `port_status`

use rmcp::model::JsonObject;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Answer, Effect, Tool, input_of, output_of};
use crate::app::{self, PortStatus, Reach, StatusOptions};
use crate::diagnostic::Failure;
use crate::mcp::arguments::{self, Page};
use crate::mcp::wire;
use crate::model::Port;

/// This file's tool.
pub(super) static TOOL: Tool = Tool {
    name: "port_status",
    title: "Status of ports",
    description: "What runs on this project's ports now: up, down, foreign, wrong-port, shared, undeclared, \
                  exposed or cooling, with the process. With health, services that say how are asked whether they \
                  are well.",
    also: &[],
    effect: Effect::Reads,
    input: input_of::<Arguments>,
    output: output_of::<Seen>,
    run,
};

#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct Arguments {
    /// Every project that this machine knows
    all: Option<bool>,
    /// Ask the services of this project on this machine over HTTP
    health: Option<bool>,
    /// How many to pass over
    offset: Option<usize>,
    /// How many at most: 100, or up to 500
    limit: Option<usize>,
    /// The checkout to work in, where it is not the server's
    folder: Option<String>,
}

#[derive(JsonSchema, Serialize)]
struct Seen {
    ports: Vec<Row>,
    /// How many there are in all.
    total: usize,
    /// Where the next page begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_offset: Option<usize>,
    notes: Vec<String>,
}

#[derive(JsonSchema, Serialize)]
struct Row {
    #[serde(skip_serializing_if = "Option::is_none")]
    service: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    port: Option<u16>,
    protocol: &'static str,
    state: &'static str,
    project: String,
    checkout: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pid: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    command: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    health: Option<String>,
    /// Numbers that it listens on instead.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    elsewhere: Vec<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

fn run(reach: &Reach, given: JsonObject) -> Result<Answer, Failure> {
    let asked: Arguments = arguments::read(given)?;
    let location = reach.locate(asked.folder.as_deref())?;
    let options = StatusOptions { all: asked.all == Some(true), health: asked.health == Some(true) };
    let status = app::status(&location, options)?;
    let rows = status.ports.into_iter().map(Row::of).collect();
    let (ports, total, next_offset) = Page::of(asked.offset, asked.limit).cut(rows);
    let seen = Seen { ports, total, next_offset, notes: status.notes };
    Ok(Answer::new(seen.text(), &seen))
}

/// Characters of a command line that are told.
const WIDEST: usize = 200;

/// A command line, cut where it is long.
pub(super) fn cut(command: &str) -> String {
    match command.char_indices().nth(WIDEST) {
        Some((end, _)) => format!("{}…", &command[..end]),
        None => command.to_owned(),
    }
}

impl Row {
    fn of(port: PortStatus) -> Self {
        Self {
            service: port.service,
            port: port.port.map(Port::get),
            protocol: port.protocol,
            state: port.state,
            project: port.project,
            checkout: port.checkout,
            pid: port.pid,
            command: port.command.as_deref().map(cut),
            address: port.address,
            health: port.health,
            elsewhere: port.elsewhere.into_iter().map(Port::get).collect(),
            note: port.note,
        }
    }

    fn line(&self) -> String {
        let port = self.port.map_or_else(|| "auto".to_owned(), |port| port.to_string());
        let mut words =
            vec![self.service.clone().unwrap_or_else(|| "-".to_owned()), port, self.state.to_owned()];
        words.extend(self.pid.map(|pid| format!("pid {pid}")));
        words.extend(self.health.as_ref().map(|health| format!("health {health}")));
        words.extend(self.note.as_ref().map(|note| format!("({note})")));
        words.join(" ")
    }
}

impl Seen {
    fn text(&self) -> String {
        let mut lines: Vec<String> = self.ports.iter().map(Row::line).collect();
        lines.extend(self.notes.iter().cloned());
        if lines.is_empty() {
            lines.push("no ports".to_owned());
        }
        lines.join("\n") + &wire::more(self.next_offset, self.total)
    }
}
