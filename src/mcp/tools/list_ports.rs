//! `list_ports`

use rmcp::model::JsonObject;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Answer, Effect, Tool, input_of, output_of};
use crate::app::{self, GivenPort, ListedPort, Location, Reach};
use crate::diagnostic::Failure;
use crate::mcp::arguments::{self, Page};
use crate::mcp::wire;

/// This file's tool.
pub(super) static TOOL: Tool = Tool {
    name: "list_ports",
    title: "List ports",
    description: "The ports of this project, declared in ports.toml and reserved, with their numbers in this \
                  checkout; with all, every project's on this machine, running or not.",
    also: &["ListReservedPorts"],
    effect: Effect::Reads,
    input: input_of::<Arguments>,
    output: output_of::<List>,
    run,
};

#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct Arguments {
    /// Every project's ports on this machine
    all: Option<bool>,
    /// The value set to list, such as production
    profile: Option<String>,
    /// How many to pass over
    offset: Option<usize>,
    /// How many at most: 100, or up to 500
    limit: Option<usize>,
    /// The checkout to work in, where it is not the server's
    folder: Option<String>,
}

#[derive(JsonSchema, Serialize)]
struct List {
    ports: Vec<Row>,
    /// How many there are in all.
    total: usize,
    /// Where the next page begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_offset: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

#[derive(Default, JsonSchema, Serialize)]
struct Row {
    /// `api`, `kafka.jmx`; absent for a port of the project.
    #[serde(skip_serializing_if = "Option::is_none")]
    service: Option<String>,
    /// Absent where a service has no number in this checkout yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    port: Option<u16>,
    protocol: &'static str,
    /// declared, reserved, assigned or found.
    origin: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    variable: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    purpose: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    project: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    checkout: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    folder: Option<String>,
}

fn run(reach: &Reach, given: JsonObject) -> Result<Answer, Failure> {
    let asked: Arguments = arguments::read(given)?;
    let location = reach.locate(asked.folder.as_deref())?;
    let (rows, note) = if asked.all == Some(true) {
        let all = app::everyone(&mut app::machine_context(false)?)?;
        (all.iter().map(Row::of_given).collect(), None)
    } else {
        of_project(&location, asked.profile.as_deref())?
    };
    let (ports, total, next_offset) = Page::of(asked.offset, asked.limit).cut(rows);
    let list = List { ports, total, next_offset, note };
    Ok(Answer::new(list.text(), &list))
}

fn of_project(location: &Location, profile: Option<&str>) -> Result<(Vec<Row>, Option<String>), Failure> {
    let listed = match app::list(location, profile) {
        Err(failure) if failure.code == "no-table" && location.file.is_none() => {
            let given = app::given(&mut app::context(location, None, false)?)?;
            let note = "there is no ports.toml here: what is listed was reserved".to_owned();
            return Ok((given.iter().map(Row::of_given).collect(), Some(note)));
        }
        listed => listed?,
    };
    let note = listed.verdict.has_errors().then(|| "ports.toml has errors: check_ports shows them".to_owned());
    let declared = listed.ports.iter().map(Row::of_listed);
    Ok((declared.chain(listed.given.iter().map(Row::of_given)).collect(), note))
}

impl Row {
    fn of_listed(port: &ListedPort) -> Self {
        let endpoint = &port.endpoint;
        Self {
            service: Some(endpoint.id()),
            port: endpoint.number.fixed().map(|port| port.get()),
            protocol: endpoint.protocol.as_str(),
            origin: "declared",
            variable: endpoint.variable.as_ref().map(ToString::to_string),
            url: endpoint.url(),
            range: endpoint.range.as_ref().map(ToString::to_string),
            status: Some(endpoint.status.as_str()),
            title: Some(endpoint.title.clone()).filter(|title| !title.is_empty()),
            project: port.project.clone(),
            ..Self::default()
        }
    }

    fn of_given(port: &GivenPort) -> Self {
        Self {
            service: port.service.clone(),
            port: Some(port.port.get()),
            protocol: port.protocol.as_str(),
            origin: port.origin,
            purpose: port.purpose.clone(),
            project: Some(port.project.clone()),
            checkout: Some(port.checkout.clone()),
            folder: Some(port.folder.clone()).filter(|folder| !folder.is_empty()),
            ..Self::default()
        }
    }

    fn line(&self) -> String {
        let port = self.port.map_or_else(|| "auto".to_owned(), |port| port.to_string());
        let mut words = vec![self.service.clone().unwrap_or_else(|| "-".to_owned()), port];
        words.extend([&self.variable, &self.url, &self.purpose].into_iter().flatten().cloned());
        if self.origin != "declared" {
            words.push(self.origin.to_owned());
        }
        words.extend(self.project.as_ref().map(|project| format!("({project})")));
        words.join(" ")
    }
}

impl List {
    fn text(&self) -> String {
        let mut lines: Vec<String> = self.ports.iter().map(Row::line).collect();
        if lines.is_empty() {
            lines.push("no ports".to_owned());
        }
        lines.extend(self.note.clone());
        lines.join("\n") + &wire::more(self.next_offset, self.total)
    }
}
