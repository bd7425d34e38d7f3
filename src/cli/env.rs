//! `portgen env`

use clap::{Args, ValueEnum};

use super::Status;
use super::console::Console;
use super::options::ReportFormat;
use crate::app;
use crate::diagnostic::Failure;
use crate::report::{Cell, Report};
use crate::source::Sources;

/// Print the variables of this checkout, with the numbers that they have now
///
/// Every variable of the table, then those of what was reserved beside it.
/// Nothing is written and nothing is probed. At a workspace's root these are
/// the variables of all its projects; where two of them give one name different
/// numbers, neither is printed, and -C says which project is meant.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// How to write them
    #[arg(long, value_name = "FORMAT", default_value = "shell")]
    format: EnvFormat,
}

/// The words of `--format`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum EnvFormat {
    /// `export NAME=1`, for a POSIX shell
    Shell,
    /// `NAME=1`
    Dotenv,
    /// One versioned JSON object
    Json,
    /// `set -gx NAME 1`
    Fish,
    /// `$env:NAME = "1"`
    Powershell,
}

const EXAMPLES: &str = "\
Examples:
  eval \"$(portgen env)\"
  portgen env --format fish | source
  portgen env --format dotenv";

impl Arguments {
    pub(super) fn is_json(&self) -> bool {
        self.format == EnvFormat::Json
    }
}

pub(super) fn run(arguments: &Arguments, console: &Console) -> Result<Status, Failure> {
    let location = console.location()?;
    let variables = match app::list(&location, None) {
        Err(failure) if failure.code == "no-table" && location.file.is_none() => {
            let given = app::given(&mut app::context(&location, None, false)?)?;
            if given.is_empty() {
                return Err(failure);
            }
            app::reserved_variables(&given)
        }
        listed => {
            let listed = listed?;
            if listed.verdict.has_errors() {
                let failure = Failure::new("broken-table", "the table has errors");
                return Err(failure.help("`portgen check` shows them"));
            }
            app::variables(&listed)?
        }
    };
    if arguments.is_json() {
        let pairs = variables.into_iter().map(|(name, value)| (name, value.into())).collect();
        let fields = [("variables", Cell::Pairs(pairs))];
        let sources = Sources::new();
        let report = Report { fields: &fields, ..Report::new("env", true, &sources) };
        console.report(ReportFormat::Json, &report)?;
    } else {
        let lines: String = variables.iter().map(|pair| line(arguments.format, pair)).collect();
        console.print(&lines)?;
    }
    Ok(Status::Done)
}

/// Names are capitals and values are digits: no format quotes either.
fn line(format: EnvFormat, (name, value): &(String, String)) -> String {
    match format {
        EnvFormat::Shell => format!("export {name}={value}\n"),
        EnvFormat::Dotenv | EnvFormat::Json => format!("{name}={value}\n"),
        EnvFormat::Fish => format!("set -gx {name} {value}\n"),
        EnvFormat::Powershell => format!("$env:{name} = \"{value}\"\n"),
    }
}
