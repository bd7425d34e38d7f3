//! `allocate_port`

use rmcp::model::JsonObject;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Answer, Effect, Tool, input_of, output_of};
use crate::app::{self, Meant, Reach, ReserveRequest, Reserved};
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
    /// This project, by its name or its folder's, or one of another folder that is reached; others are refused,
    /// and a name that nobody knows is held to this project's range
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
    let meant = Meant::find(reach, asked.folder.as_deref(), asked.project.as_deref())?;
    let request = ReserveRequest {
        service: asked.name.clone(),
        port: asked.port,
        range: asked.range.clone(),
        protocol: asked.protocol,
        purpose: asked.purpose.clone(),
        ..ReserveRequest::default()
    };
    match app::reserve(&mut meant.context(true)?, &request) {
        Ok(mut reserved) => {
            reserved.notes.extend(meant.note);
            Ok(allocated(reserved, asked.purpose))
        }
        Err(failure) => Ok(refused(failure, &meant, &asked)),
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
fn refused(failure: Failure, meant: &Meant, asked: &Arguments) -> Answer {
    let name = asked.name.as_deref().unwrap_or_default();
    let instead = instead(&failure, meant, asked);
    let failure = match (failure.code, instead) {
        ("declared", _) => {
            let help = declared(meant, name);
            failure.help(help)
        }
        ("already-reserved", _) => {
            failure.help(format!("get_port with the name `{name}` answers it; release_port gives it back"))
        }
        ("exhausted" | "outside-range", Some(port)) if asked.range.is_some() => {
            failure.help(format!("leave the range out: {port} is the next free number of the project"))
        }
        ("exhausted", _) => failure.help(
            "list_ports with all shows who has them; release_port gives back what this project does not need",
        ),
        ("outside-range", _) => failure.help("leave the range out, or ask inside the project's"),
        _ => failure,
    };
    wire::refusal_with(&failure, instead)
}

/// The number that would be given instead.
fn instead(failure: &Failure, meant: &Meant, asked: &Arguments) -> Option<Port> {
    let protocol = asked.protocol.unwrap_or(Protocol::Both);
    let context = || meant.context(false).ok();
    match (failure.code, asked.port) {
        ("refused" | "outside-range", Some(port)) => app::may_use(&mut context()?, port, protocol).ok()?.instead,
        ("outside-range" | "exhausted", _) => app::next_number(&mut context()?, protocol).ok()?,
        _ => None,
    }
}

/// Where the number of a service is that the table declares.
fn declared(meant: &Meant, name: &str) -> String {
    let listed = app::list(&meant.location, None).map(|listed| listed.ports).unwrap_or_default();
    let service = name.split('.').next().unwrap_or(name);
    let of_service = listed.iter().filter(|port| port.endpoint.service.as_str() == service);
    let ids: Vec<String> = of_service.map(|port| format!("`{}`", port.endpoint.id())).collect();
    match app::find_port(&listed, name) {
        Ok(port) => format!("get_port with the name `{}` answers its number here", port.endpoint.id()),
        Err(_) => format!("get_port answers what it declares: {}", ids.join(", ")),
    }
}
