//! `portgen reassign`

use clap::Args;

use super::Status;
use super::console::Console;
use super::options::{AnswerFormat, ReportFormat};
use crate::app;
use crate::diagnostic::Failure;
use crate::report::{Outcome, Report};
use crate::source::Sources;

/// Give a service another number on this machine
///
/// A number once given never changes by itself; this changes it, and renders
/// every local output with it. Where an output is refused nothing changes. A
/// number that ports.toml fixes in this checkout is changed there.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// A service, or one of its named ports
    #[arg(value_name = "NAME[.PORT]", value_parser = super::ledger::service)]
    name: String,
    /// How to answer
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: AnswerFormat,
}

const EXAMPLES: &str = "\
Examples:
  portgen reassign api
  portgen reassign kafka.jmx --format json";

impl Arguments {
    pub(super) fn is_json(&self) -> bool {
        self.format == AnswerFormat::Json
    }
}

pub(super) fn run(arguments: &Arguments, console: &Console) -> Result<Status, Failure> {
    let location = console.location()?;
    let mut context = app::context(&location, None, true)?;
    let reassigned = app::reassign(&location, &mut context, &arguments.name)?;
    reassigned.notes.iter().for_each(|note| console.say(&format!("note: {note}")));
    let lines = reassigned.rendered.as_ref().map(|rendered| rendered.lines.as_slice()).unwrap_or_default();
    if arguments.is_json() {
        let fields = [
            ("service", reassigned.service.as_str().into()),
            ("before", reassigned.before.map(|port| port.get()).into()),
            ("port", reassigned.after.get().into()),
            ("ledger", context.place.display().to_string().into()),
        ];
        let sources = Sources::new();
        let report =
            Report { fields: &fields, outputs: Some(lines), ..Report::new("reassign", true, &sources) };
        console.report(ReportFormat::Json, &report)?;
        return Ok(Status::Done);
    }
    let before = reassigned.before.map_or_else(|| "none".to_owned(), |port| port.to_string());
    console.print(&format!("{}: {before} -> {}\n", reassigned.service, reassigned.after))?;
    for line in lines.iter().filter(|line| line.outcome != Outcome::Unchanged) {
        console.say(&format!("{} {}", line.outcome.as_str(), line.path));
    }
    Ok(Status::Done)
}
