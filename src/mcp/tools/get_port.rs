//! `get_port`

use rmcp::model::JsonObject;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Answer, Effect, Tool, input_of, output_of};
use crate::app::{self, GivenPort, ListedPort, Location, Reach};
use crate::diagnostic::Failure;
use crate::mcp::arguments;

/// This file's tool.
pub(super) static TOOL: Tool = Tool {
    name: "get_port",
    title: "Get a port",
    description: "The number, variable and URL of one service in this checkout, declared or reserved.",
    also: &["GetReservedPort"],
    effect: Effect::Reads,
    input: input_of::<Arguments>,
    output: output_of::<Found>,
    run,
};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// A service, or one of its named ports: api, kafka.jmx
    #[serde(alias = "serviceName", alias = "service", deserialize_with = "arguments::some_service")]
    name: String,
    /// The checkout to work in, where it is not the server's
    #[serde(default)]
    folder: Option<String>,
}

#[derive(JsonSchema, Serialize)]
struct Found {
    service: String,
    port: u16,
    origin: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    variable: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    project: Option<String>,
}

fn run(reach: &Reach, given: JsonObject) -> Result<Answer, Failure> {
    let asked: Arguments = arguments::read(given)?;
    let found = find(&reach.locate(asked.folder.as_deref())?, &asked.name)?;
    let url = found.url.as_ref().map(|url| format!(" {url}")).unwrap_or_default();
    Ok(Answer::new(format!("{}{url}", found.port), &found))
}

fn find(location: &Location, name: &str) -> Result<Found, Failure> {
    let of_name = |given: &[GivenPort]| {
        given.iter().find(|port| port.service.as_deref() == Some(name)).map(Found::of_given)
    };
    let listed = match app::list(location, None) {
        Err(failure) if failure.code == "no-table" && location.file.is_none() => {
            let given = app::given(&mut app::context(location, None, false)?)?;
            return of_name(&given).ok_or_else(|| nothing(name));
        }
        listed => listed?,
    };
    match app::find_port(&listed.ports, name) {
        Ok(port) => Found::of_listed(port),
        Err(failure) => of_name(&listed.given).ok_or_else(|| {
            if listed.verdict.has_errors() {
                return failure.help("ports.toml has errors: check_ports shows them");
            }
            failure
        }),
    }
}

fn nothing(name: &str) -> Failure {
    let failure = Failure::new("no-number", format!("`{name}` has no reserved port here, and there is no ports.toml"));
    failure.help(format!("allocate_port with the name `{name}` reserves one"))
}

impl Found {
    fn of_listed(port: &ListedPort) -> Result<Self, Failure> {
        let endpoint = &port.endpoint;
        let Some(number) = endpoint.number.fixed() else {
            let failure =
                Failure::new("no-number", format!("`{}` has no number in this checkout yet", endpoint.id()));
            return Err(failure.help("render_outputs gives it one"));
        };
        Ok(Self {
            service: endpoint.id(),
            port: number.get(),
            origin: "declared",
            variable: endpoint.variable.as_ref().map(ToString::to_string),
            url: endpoint.url(),
            project: port.project.clone(),
        })
    }

    fn of_given(port: &GivenPort) -> Self {
        Self {
            service: port.service.clone().unwrap_or_default(),
            port: port.port.get(),
            origin: port.origin,
            variable: None,
            url: Some(format!("http://localhost:{}", port.port)),
            project: Some(port.project.clone()),
        }
    }
}
