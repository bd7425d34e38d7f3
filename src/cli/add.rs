//! `portgen add`

use clap::Args;

use super::Status;
use super::console::Console;
use super::options::ReportFormat;
use crate::app::{self, AddRequest, Added};
use crate::diagnostic::Failure;
use crate::model::{Allocation, Port, Scheme, ServiceName, Variable};
use crate::report::{Cell, Report};
use crate::source::Sources;

/// Declare one more service with the next free number of its range
///
/// Writes it into `ports.toml`, where every comment and blank line stays, and
/// renders the outputs. A number outside the range, reserved or taken is
/// refused with the reason; nothing is written unless all of it can be. The exit code is 3
/// where the range has no free number.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The service's name
    #[arg(value_name = "NAME", value_parser = service_name)]
    name: ServiceName,
    /// This number instead of the next free one
    #[arg(long, value_name = "N", value_parser = port)]
    port: Option<Port>,
    /// The named range that it belongs to
    #[arg(long, value_name = "RANGE")]
    range: Option<String>,
    /// What people call it
    #[arg(long, value_name = "TEXT", value_parser = line)]
    title: Option<String>,
    /// One sentence
    #[arg(long, value_name = "TEXT", value_parser = line)]
    description: Option<String>,
    /// Its environment variable, instead of the one derived from its name
    #[arg(long, value_name = "VARIABLE", value_parser = variable)]
    env: Option<Variable>,
    /// What is spoken on it: http, https, ws, wss, grpc, tcp, udp or another word
    #[arg(long, value_name = "SCHEME", value_parser = scheme)]
    scheme: Option<Scheme>,
    /// How its number is chosen at start: static, scan or increment
    #[arg(long, value_name = "WORD", value_parser = allocation)]
    allocation: Option<Allocation>,
    /// Write nothing and say what would be done
    #[arg(long)]
    dry_run: bool,
    /// How to report [default: full]
    #[arg(long, value_name = "FORMAT", default_value = "full", hide_default_value = true)]
    format: ReportFormat,
}

const EXAMPLES: &str = "\
Examples:
  portgen add search --range mcp
  portgen add admin --port 8081 --title 'Admin UI' --scheme http";

impl Arguments {
    pub(super) fn is_json(&self) -> bool {
        self.format == ReportFormat::Json
    }
}

pub(super) fn run(arguments: &Arguments, console: &Console) -> Result<Status, Failure> {
    let request = AddRequest {
        name: arguments.name.clone(),
        port: arguments.port,
        range: arguments.range.clone(),
        title: arguments.title.clone(),
        description: arguments.description.clone(),
        env: arguments.env.clone(),
        scheme: arguments.scheme.clone(),
        allocation: arguments.allocation,
        dry_run: arguments.dry_run,
    };
    match app::add(&console.location()?, &request)? {
        Added::Done { port, text, table, rendered } => {
            if !(arguments.is_json() || console.is_quiet()) {
                console.print(&format!("{text}\n{:<9} {table}\n", "updated"))?;
            }
            let fields = [("service", Cell::from(arguments.name.as_str())), ("port", Cell::from(port.get()))];
            let outputs = (!console.is_quiet() || arguments.is_json()).then_some(rendered.lines.as_slice());
            let report = Report {
                findings: &rendered.findings,
                outputs,
                fields: &fields,
                prefix: &rendered.prefix,
                ..Report::new("add", true, &rendered.sources)
            };
            console.report(arguments.format, &report)?;
            Ok(Status::Done)
        }
        Added::Refused(failure) => {
            console.fail("add", arguments.is_json(), &failure);
            Ok(if failure.code == "exhausted" { Status::Exhausted } else { Status::Found })
        }
        Added::Unsound { sources, findings } => refuse(arguments, console, &sources, &findings),
    }
}

fn refuse(
    arguments: &Arguments,
    console: &Console,
    sources: &Sources,
    findings: &[crate::diagnostic::Reported],
) -> Result<Status, Failure> {
    let report = Report { findings, ..Report::new("add", false, sources) };
    console.report(arguments.format, &report)?;
    console.say(&format!("nothing was written: `{}` was not added", arguments.name));
    Ok(Status::Found)
}

fn service_name(text: &str) -> Result<ServiceName, String> {
    ServiceName::parse(text).map_err(|error| error.to_string())
}

fn port(text: &str) -> Result<Port, String> {
    Port::parse(text).map_err(|error| error.to_string())
}

fn variable(text: &str) -> Result<Variable, String> {
    Variable::parse(text).map_err(|error| error.to_string())
}

fn scheme(text: &str) -> Result<Scheme, String> {
    Scheme::parse(text).ok_or_else(|| "a scheme is a lower-case word such as http or tcp".to_owned())
}

fn allocation(text: &str) -> Result<Allocation, String> {
    Allocation::parse(text).ok_or_else(|| "one of: static, scan, increment".to_owned())
}

fn line(text: &str) -> Result<String, String> {
    if text.contains(char::is_control) {
        Err("one line without control characters".to_owned())
    } else {
        Ok(text.to_owned())
    }
}
