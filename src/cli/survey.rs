//! `portgen survey`

use std::path::PathBuf;

use clap::Args;

use super::Status;
use super::console::Console;
use super::options::{ListFormat, ReportFormat};
use crate::app::{self, SurveyOptions, Surveyed};
use crate::check::Strictness;
use crate::diagnostic::Failure;
use crate::report::{Cell, Column, Report, Table, TableFormat};

/// Find every port that a repository states, and where it contradicts itself
///
/// Needs no `ports.toml`, and changes nothing. Lists each service and variable
/// with its ports and the places that state them, then what is wrong: two
/// services on one port, and places that disagree. The exit code is 1 where
/// there are any findings.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Read only these files and folders
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// How to report [default: full; github in GitHub Actions]
    #[arg(long, value_name = "FORMAT")]
    format: Option<ReportFormat>,
    /// Report what is probably or maybe wrong, too
    #[arg(long)]
    pedantic: bool,
    /// Fill Compose's variables in from this file, not from .env; may be given several times
    #[arg(long = "env-file", value_name = "FILE")]
    env_files: Vec<PathBuf>,
    /// List the files that are read, and why others are not; survey nothing
    #[arg(long, value_name = "FORMAT", num_args = 0..=1, require_equals = true, default_missing_value = "table")]
    files: Option<ListFormat>,
    /// End with 0 whatever is found, for uploads
    #[arg(long)]
    exit_zero: bool,
}

const EXAMPLES: &str = "\
Examples:
  portgen survey
  portgen survey deploy compose.yaml
  portgen survey --files
  portgen survey --format json";

impl Arguments {
    pub(super) fn is_json(&self) -> bool {
        self.format == Some(ReportFormat::Json)
    }
}

pub(super) fn run(arguments: &Arguments, console: &Console) -> Result<Status, Failure> {
    let location = console.location()?;
    let options = SurveyOptions {
        paths: arguments.paths.iter().map(|path| location.directory.join(path)).collect(),
        env_files: arguments.env_files.iter().map(|path| location.directory.join(path)).collect(),
        strictness: Strictness { ignore_suppressions: false, pedantic: arguments.pedantic },
        progress: console.progress(),
    };
    if let Some(format) = arguments.files {
        let listed = app::surveyed_files(&location, &options.paths)?;
        return super::files::list("survey", &listed, (format, arguments.format), console);
    }
    let surveyed = app::survey(&location, &options);
    console.end_progress();
    let surveyed = surveyed?;
    let found = !surveyed.findings.is_empty();
    let format = console.report_format(arguments.format);
    if format == ReportFormat::Full && !console.is_quiet() {
        write_table(&surveyed, console)?;
    }
    let report = Report {
        findings: &surveyed.findings,
        repository: Some(&surveyed.repository),
        summary: Some(surveyed.summary),
        prefix: &surveyed.prefix,
        ..Report::new("survey", !found, &surveyed.sources)
    };
    console.report(format, &report)?;
    console.count(&surveyed.summary);
    Ok(Status::found_if(found && !arguments.exit_zero))
}

/// Places of one port that a line of the table shows.
const MOST_PLACES: usize = 3;

/// The services and ports, with where each is stated; an empty line below it
/// where findings follow.
fn write_table(surveyed: &Surveyed, console: &Console) -> Result<(), Failure> {
    let statements = surveyed.statements();
    let row = |statement: &app::Statement| {
        vec![
            Cell::from(statement.name.as_str()),
            Cell::from(statement.ports.to_string()),
            Cell::from(statement.side.as_str()),
            Cell::from(statement.shown_places(&surveyed.sources, MOST_PLACES)),
        ]
    };
    let columns =
        vec![Column::text("service"), Column::number("port"), Column::text("side"), Column::text("where")];
    let rows: Vec<Vec<Cell>> = statements.iter().map(row).collect();
    let is_parted = !rows.is_empty() && !surveyed.findings.is_empty();
    let table = Table { command: "survey", key: "statements", ok: true, columns, rows };
    console.table(TableFormat::Table, &table)?;
    if is_parted { console.print("\n") } else { Ok(()) }
}
