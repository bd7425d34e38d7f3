//! `portgen release`

use clap::Args;

use super::Status;
use super::console::Console;
use super::options::{AnswerFormat, ReportFormat};
use crate::app::{self, ReleaseRequest, Released};
use crate::diagnostic::Failure;
use crate::model::Port;
use crate::report::{Cell, Report};
use crate::source::Sources;

/// Give reserved ports back
///
/// Releasing what is not held is no error, and is said. A port that was marked
/// dead stays dead: `portgen dead revive` takes that back. A number that
/// ports.toml declares is not reserved and cannot be released.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
#[command(group(clap::ArgGroup::new("what").required(true).multiple(true).args(["names", "port", "all"])))]
pub(super) struct Arguments {
    /// Services, or their named ports
    #[arg(value_name = "NAME", value_parser = super::ledger::service)]
    names: Vec<String>,
    /// A number; may be repeated
    #[arg(long, value_name = "N", value_parser = super::ledger::port)]
    port: Vec<Port>,
    /// Everything that this project has in this checkout
    #[arg(long, conflicts_with_all = ["names", "port"])]
    all: bool,
    /// Of this project, in all its checkouts
    #[arg(long, value_name = "PROJECT", value_parser = super::ledger::project)]
    project: Option<String>,
    /// How to answer
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: AnswerFormat,
}

const EXAMPLES: &str = "\
Examples:
  portgen release api
  portgen release --port 20000 --port 20001
  portgen release --all
  portgen release --all --project old-shop";

impl Arguments {
    pub(super) fn is_json(&self) -> bool {
        self.format == AnswerFormat::Json
    }
}

pub(super) fn run(arguments: &Arguments, console: &Console) -> Result<Status, Failure> {
    let named = arguments.project.is_some();
    let location = if named { console.location_or_none() } else { console.location()? };
    let mut context = match app::context(&location, None, false) {
        // Another project's ports can be freed from anywhere.
        Err(_) if named => app::machine_context(false)?,
        context => context?,
    };
    let request = ReleaseRequest {
        services: arguments.names.clone(),
        ports: arguments.port.clone(),
        all: arguments.all,
        project: arguments.project.clone(),
    };
    let released = app::release(&location, &mut context, &request)?;
    if arguments.is_json() {
        let place = context.place.display().to_string();
        let fields = fields(&released, &place);
        let sources = Sources::new();
        let report = Report { fields: &fields, ..Report::new("release", true, &sources) };
        console.report(ReportFormat::Json, &report)?;
    } else if !console.is_quiet() {
        console.print(&text(&released))?;
    }
    if released.leaves_outputs {
        console.say("note: local outputs hold the old numbers; `portgen render` gives new ones");
    }
    Ok(Status::Done)
}

fn text(released: &Released) -> String {
    let freed = released.freed.iter().map(|(service, port)| match service {
        Some(service) => format!("Released port {port} of service '{service}'\n"),
        None => format!("Released port {port} of project\n"),
    });
    let not_held = released.not_held.iter().map(|line| format!("Nothing to release: {line}\n"));
    let back = released.back.iter().map(|(service, before, now)| format!("{service}: {before} -> {now}\n"));
    let mut text: String = freed.chain(not_held).chain(back).collect();
    if text.is_empty() {
        text.push_str("Nothing to release: nothing is reserved here\n");
    }
    text
}

fn fields(released: &Released, place: &str) -> [(&'static str, Cell); 3] {
    let ports = released.freed.iter().map(|(_, port)| port.get().into()).collect();
    let not_held = released.not_held.iter().map(|line| line.as_str().into()).collect();
    [("ports", Cell::List(ports)), ("not_held", Cell::List(not_held)), ("ledger", place.into())]
}
