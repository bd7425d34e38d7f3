//! `release_port`

use rmcp::model::JsonObject;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Answer, Effect, Tool, input_of, output_of};
use crate::app::{self, Meant, Reach, ReleaseRequest, Released};
use crate::diagnostic::Failure;
use crate::mcp::arguments;
use crate::model::Port;

/// This file's tool.
pub(super) static TOOL: Tool = Tool {
    name: "release_port",
    title: "Release a port",
    description: "Give a reserved port back, by its service or its number. Ends no program; what was not held is \
                  no error.",
    also: &["ReleasePorts"],
    effect: Effect::GivesBack,
    input: input_of::<Arguments>,
    output: output_of::<Freed>,
    run,
};

#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct Arguments {
    /// The service, or one of its named ports: api, kafka.jmx
    #[serde(alias = "serviceName", alias = "service", deserialize_with = "arguments::service")]
    name: Option<String>,
    /// The number
    #[serde(deserialize_with = "arguments::port")]
    #[schemars(with = "Option<u16>", range(min = 1))]
    port: Option<Port>,
    /// Of this project, by its name or its folder's, or of one in another folder that is reached, in all its
    /// checkouts; others are refused
    #[serde(alias = "projectName", deserialize_with = "arguments::project")]
    project: Option<String>,
    /// The checkout to work in, where it is not the server's
    folder: Option<String>,
}

#[derive(JsonSchema, Serialize)]
struct Freed {
    released: Vec<FreedPort>,
    /// What was asked for and not held.
    not_held: Vec<String>,
    /// Services that are back at the number of the table.
    moved_back: Vec<Moved>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

#[derive(JsonSchema, Serialize)]
struct FreedPort {
    #[serde(skip_serializing_if = "Option::is_none")]
    service: Option<String>,
    port: u16,
}

#[derive(JsonSchema, Serialize)]
struct Moved {
    service: String,
    before: u16,
    now: u16,
}

fn run(reach: &Reach, given: JsonObject) -> Result<Answer, Failure> {
    let asked: Arguments = arguments::read(given)?;
    if asked.name.is_none() && asked.port.is_none() {
        return Err(Failure::new("arguments", "what is to be released was not said").help("give a name or a port"));
    }
    let meant = Meant::find(reach, asked.folder.as_deref(), asked.project.as_deref())?;
    let mut context = meant.context(false)?;
    let request = ReleaseRequest {
        services: asked.name.into_iter().collect(),
        ports: asked.port.into_iter().collect(),
        all: false,
        project: meant.name.clone(),
    };
    let freed = app::release(&meant.location, &mut context, &request).map_err(|failure| match failure.code {
        "refused" if asked.port.is_some() => failure.help("it is not this project's to give back; explain_port tells of it"),
        _ => failure,
    })?;
    let freed = Freed::of(freed, meant.note);
    Ok(Answer::new(freed.text(), &freed))
}

impl Freed {
    fn of(released: Released, note: Option<String>) -> Self {
        let freed = released.freed.into_iter().map(|(service, port)| FreedPort { service, port: port.get() });
        let moved = |(service, before, now): (String, Port, Port)| Moved {
            service,
            before: before.get(),
            now: now.get(),
        };
        Self {
            released: freed.collect(),
            not_held: released.not_held,
            moved_back: released.back.into_iter().map(moved).collect(),
            note: if released.leaves_outputs {
                Some("local outputs hold the old numbers: render_outputs gives new ones".to_owned())
            } else {
                note
            },
        }
    }

    fn text(&self) -> String {
        let freed = self.released.iter().map(|freed| match &freed.service {
            Some(service) => format!("Released port {} of service '{service}'", freed.port),
            None => format!("Released port {} of project", freed.port),
        });
        let not_held = self.not_held.iter().map(|line| format!("Nothing to release: {line}"));
        let moved = self.moved_back.iter().map(|moved| format!("{}: {} -> {}", moved.service, moved.before, moved.now));
        let lines: Vec<String> = freed.chain(not_held).chain(moved).chain(self.note.clone()).collect();
        lines.join("\n")
    }
}
