//! `portgen eject`

use clap::Args;

use super::Status;
use super::console::Console;
use super::options::{AnswerFormat, ReportFormat};
use crate::app;
use crate::diagnostic::Failure;
use crate::report::{Cell, Report};
use crate::source::Sources;

/// Copy a built-in target out, to be changed
///
/// Writes its `target.toml` and its template to `templates/TARGET`, and over
/// nothing. An output uses them with `template = "templates/TARGET"`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The target's name
    #[arg(value_name = "TARGET")]
    target: String,
    /// The folder to write to [default: templates/TARGET]
    #[arg(long, value_name = "DIR")]
    to: Option<String>,
    /// How to answer
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: AnswerFormat,
}

const EXAMPLES: &str = "\
Examples:
  portgen eject markdown
  portgen eject python --to tools/ports-python";

impl Arguments {
    pub(super) fn is_json(&self) -> bool {
        self.format == AnswerFormat::Json
    }
}

pub(super) fn run(arguments: &Arguments, console: &Console) -> Result<Status, Failure> {
    let directory = app::project_folder(&console.location()?);
    let ejected = app::eject(directory, &arguments.target, arguments.to.as_deref())?;
    if arguments.is_json() {
        let files = ejected.files.iter().map(|file| file.as_str().into()).collect();
        let fields = [("folder", Cell::from(ejected.folder)), ("files", Cell::List(files))];
        let sources = Sources::new();
        let report = Report { fields: &fields, ..Report::new("eject", true, &sources) };
        console.report(ReportFormat::Json, &report)?;
    } else {
        for file in &ejected.files {
            console.print(&format!("created   {file}\n"))?;
        }
        console.say(&format!("use it with `template = \"{}\"` in an [[output]]", ejected.folder));
    }
    Ok(Status::Done)
}
