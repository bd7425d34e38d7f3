//! `portgen get`

use clap::Args;

use super::Status;
use super::console::Console;
use super::options::{AnswerFormat, ReportFormat};
use crate::app::{self, ListedPort};
use crate::diagnostic::Failure;
use crate::report::{Cell, Report};

/// Print one value of the table, for scripts
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// A service, or one of its named ports
    #[arg(value_name = "NAME[.PORT]")]
    name: String,
    /// The URL instead of the number
    #[arg(long, conflicts_with = "env")]
    url: bool,
    /// The environment variable's name instead of the number
    #[arg(long)]
    env: bool,
    /// The value set to read
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// How to answer
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: AnswerFormat,
}

const EXAMPLES: &str = "\
Examples:
  portgen get api
  portgen get kafka.jmx
  curl \"$(portgen get api --url)/health\"";

impl Arguments {
    pub(super) fn is_json(&self) -> bool {
        self.format == AnswerFormat::Json
    }
}

pub(super) fn run(arguments: &Arguments, console: &Console) -> Result<Status, Failure> {
    let listed = app::list(&console.location()?, arguments.profile.as_deref())?;
    let port = app::find_port(&listed.ports, &arguments.name).map_err(|failure| {
        if listed.verdict.has_errors() {
            failure.help("the table has mistakes: `portgen check` shows them")
        } else {
            failure
        }
    })?;
    let answer = answer(arguments, port)?;
    if arguments.is_json() {
        let fields = fields(port);
        console.report(
            ReportFormat::Json,
            &Report { fields: &fields, ..Report::new("get", true, &listed.workspace.sources) },
        )?;
    } else {
        console.print(&format!("{answer}\n"))?;
    }
    Ok(Status::Done)
}

fn answer(arguments: &Arguments, port: &ListedPort) -> Result<String, Failure> {
    let endpoint = &port.endpoint;
    let id = endpoint.id();
    if arguments.env {
        let variable = endpoint.variable.as_ref().map(ToString::to_string);
        return variable.ok_or_else(|| Failure::new("no-variable", format!("`{id}` has no variable")));
    }
    let Some(number) = endpoint.number.fixed() else {
        let message = format!("`{id}` has `port = \"auto\"` and no number on this machine yet");
        return Err(Failure::new("unassigned-port", message));
    };
    if !arguments.url {
        return Ok(number.to_string());
    }
    endpoint.url().ok_or_else(|| {
        let scheme = endpoint.scheme.as_str();
        Failure::new("no-url", format!("`{id}` has the scheme {scheme}, which has no URL"))
            .help("write `scheme = \"http\"` on the service, or ask for the number")
    })
}

fn fields(port: &ListedPort) -> [(&'static str, Cell); 5] {
    let endpoint = &port.endpoint;
    [
        ("service", endpoint.service.as_str().into()),
        ("name", endpoint.name.as_str().into()),
        ("port", endpoint.number.fixed().map(|port| port.get()).into()),
        ("env", endpoint.variable.as_ref().map(ToString::to_string).into()),
        ("url", endpoint.url().into()),
    ]
}
