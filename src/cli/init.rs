//! `portgen init`

use clap::Args;

use super::Status;
use super::console::Console;
use super::options::AnswerFormat;
use crate::app::{self, InitOptions};
use crate::diagnostic::Failure;
use crate::report::{Cell, Report};
use crate::source::Sources;

/// Write a ports.toml from what the files of this folder say
///
/// Every number has a comment that says where it was seen; what disagrees is a
/// comment that begins with DECIDE. Each place that states a number becomes a
/// [[patch]], so that `portgen render` keeps it right. Beside the table stands
/// ports.schema.json, which its first line names: editors complete and check
/// keys with it, without a network. An existing table is
/// never written over: without --force the exit code is 1.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Show the table, write nothing
    #[arg(long)]
    dry_run: bool,
    /// Keep an existing table as ports.toml.bak and write a new one
    #[arg(long)]
    force: bool,
    /// How to answer
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: AnswerFormat,
}

const EXAMPLES: &str = "\
Examples:
  portgen init --dry-run
  portgen init && portgen check
  portgen -C services/api init --force";

impl Arguments {
    pub(super) fn is_json(&self) -> bool {
        self.format == AnswerFormat::Json
    }
}

pub(super) fn run(arguments: &Arguments, console: &Console) -> Result<Status, Failure> {
    let Arguments { dry_run, force, .. } = *arguments;
    let made = app::init(&console.location()?, InitOptions { dry_run, force })?;
    if arguments.is_json() {
        let sources = Sources::new();
        let count = |number: usize| Cell::Number(i64::try_from(number).unwrap_or(i64::MAX));
        let fields = [
            ("written", Cell::Boolean(!dry_run)),
            ("services", count(made.services)),
            ("undecided", count(made.undecided)),
            ("patches", count(made.patches)),
            ("schema", made.schema.clone().into()),
            ("backup", made.backup.clone().into()),
            ("text", made.text.as_str().into()),
        ];
        let report = Report { fields: &fields, ..Report::new("init", true, &sources) };
        console.report(super::options::ReportFormat::Json, &report)?;
        return Ok(Status::Done);
    }
    if dry_run {
        console.print(&made.text)?;
    } else {
        let kept = made.backup.map(|backup| format!("kept      {backup}\n")).unwrap_or_default();
        let schema = made.schema.map(|schema| format!("created   {schema}\n")).unwrap_or_default();
        console.print(&format!("{kept}{schema}created   {}\n", made.name))?;
    }
    let decide = match made.undecided {
        0 => String::new(),
        undecided => format!(", {undecided} to decide: look for DECIDE"),
    };
    let count =
        |number: usize, one: &str, many: &str| format!("{number} {}", if number == 1 { one } else { many });
    let (services, places) =
        (count(made.services, "service", "services"), count(made.patches, "place", "places"));
    console.say(&format!("{services}, {places} following the table{decide}"));
    Ok(Status::Done)
}
