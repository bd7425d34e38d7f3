//! `allocate_port`

use rmcp::model::JsonObject;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Answer, Effect, Tool, input_of, output_of};
use crate::app::{self, Location, Reach, ReserveRequest, Reserved};
use crate::diagnostic::Failure;
use crate::mcp::{arguments, wire};
use crate::model::{Port, Protocol};

/// This file's tool.
pub(super) static TOOL: Tool = Tool {
    name: "allocate_port",
    title: "Allocate a port",
    description: "Reserve a port that nobody has, for a service or the project: the lowest free one of the \
                  project's range, or the number asked for. Refused, with a number to ask for instead, outside of \
                  the range, where reserved, and where anybody has it.",
    also: &["ReservePort", "reserve_port"],
    effect: Effect::Takes,
    input: input_of::<Arguments>,
    output: output_of::<Allocated>,
    run,
};

#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct Arguments {
    /// The service, or one of its named ports: api, kafka.jmx; a port of the project when left out
    #[serde(alias = "serviceName", alias = "service", deserialize_with = "arguments::service")]
    name: Option<String>,
    /// This number and no other
    #[serde(deserialize_with = "arguments::port")]
    #[schemars(with = "Option<u16>", range(min = 1))]
    port: Option<Port>,
    /// For this project instead of the one of the folder
    #[serde(alias = "projectName", deserialize_with = "arguments::project")]
    project: Option<String>,
    /// What it is for, shown in lists
    #[serde(deserialize_with = "arguments::purpose")]
    purpose: Option<String>,
    /// From a named range of the table, or from these ports: 5100-5199
    range: Option<String>,
    /// tcp, udp or both
    #[serde(deserialize_with = "arguments::protocol")]
    #[schemars(with = "Option<String>")]
    protocol: Option<Protocol>,
    /// The checkout to work in, where it is not the server's
    folder: Option<String>,
}

#[derive(JsonSchema, Serialize)]
struct Allocated {
    port: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    service: Option<String>,
    project: String,
    checkout: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    purpose: Option<String>,
    /// What was noticed.
    notes: Vec<String>,
}

fn run(reach: &Reach, given: JsonObject) -> Result<Answer, Failure> {
    let asked: Arguments = arguments::read(given)?;
    let location = reach.locate(asked.folder.as_deref())?;
    let request = ReserveRequest {
        service: asked.name.clone(),
        port: asked.port,
        range: asked.range.clone(),
        protocol: asked.protocol,
        purpose: asked.purpose.clone(),
        ..ReserveRequest::default()
    };
    let mut context = app::context(&location, asked.project.as_deref(), true)?;
    match app::reserve(&mut context, &request) {
        Ok(reserved) => Ok(allocated(reserved, asked.purpose)),
        Err(failure) => Ok(refused(failure, &location, &asked)),
    }
}

fn allocated(reserved: Reserved, purpose: Option<String>) -> Answer {
    let port = reserved.ports.first().map_or(0, |port| port.get());
    let mut lines = vec![match &reserved.service {
        Some(service) => format!("Reserved port {port} for service '{service}'"),
        None => format!("Reserved port {port} for project"),
    }];
    lines.extend(reserved.notes.iter().cloned());
    let Reserved { service, project, checkout, notes, .. } = reserved;
    Answer::new(lines.join("\n"), &Allocated { port, service, project, checkout, purpose, notes })
}

/// The refusal with what to ask for instead: another number, or another tool.
fn refused(failure: Failure, location: &Location, asked: &Arguments) -> Answer {
    let name = asked.name.as_deref().unwrap_or_default();
    let failure = match failure.code {
        "declared" => failure.help(format!("get_port with the name `{name}` answers its number here")),
        "already-reserved" => {
            failure.help(format!("get_port with the name `{name}` answers it; release_port gives it back"))
        }
        _ => failure,
    };
    let may = |port: Port| {
        let mut context = app::context(location, asked.project.as_deref(), false)?;
        app::may_use(&mut context, port, asked.protocol.unwrap_or(Protocol::Both))
    };
    let instead = match (failure.code, asked.port) {
        ("refused" | "outside-range", Some(port)) => may(port).ok().and_then(|may| may.instead),
        _ => None,
    };
    wire::refusal_with(&failure, instead)
}
