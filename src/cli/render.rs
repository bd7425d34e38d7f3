//! `portgen render`

use clap::Args;

use super::Status;
use super::console::Console;
use super::options::ReportFormat;
use crate::app::{self, RenderOptions};
use crate::diagnostic::Failure;
use crate::report::Report;

/// Write every file that follows the table, where it differs
///
/// All outputs are planned before the first is written; where one is refused,
/// none is. A file that a person wrote is not overwritten unless --adopt is
/// given, and what a person edited is not unless --force is.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Only the outputs of these targets or paths
    #[arg(value_name = "TARGET|PATH")]
    only: Vec<String>,
    /// Write nothing; the exit code is 1 where something would change
    #[arg(long, conflicts_with_all = ["diff", "dry_run"])]
    check: bool,
    /// Write nothing and show what would change; the exit code is 1 where something would
    #[arg(long, conflicts_with = "dry_run")]
    diff: bool,
    /// Write nothing and say what would be done; the exit code is 0
    #[arg(long)]
    dry_run: bool,
    /// Take over files that have no header, and with --insert the lines that set a block's names
    #[arg(long)]
    adopt: bool,
    /// Write over what a person edited
    #[arg(long)]
    force: bool,
    /// Put in blocks whose markers are missing
    #[arg(long)]
    insert: bool,
    /// Delete generated files that no output names any more
    #[arg(long, conflicts_with = "only")]
    prune: bool,
    /// Add what was written to git's index; refused for a file that is partly staged
    #[arg(long, conflicts_with_all = ["check", "diff", "dry_run"])]
    stage: bool,
    /// How to report [default: full]
    #[arg(long, value_name = "FORMAT", default_value = "full", hide_default_value = true)]
    format: ReportFormat,
}

const EXAMPLES: &str = "\
Examples:
  portgen render
  portgen render --diff
  portgen render .env --insert
  portgen render --prune --dry-run";

impl Arguments {
    pub(super) fn is_json(&self) -> bool {
        self.format == ReportFormat::Json
    }

    fn options(&self) -> RenderOptions {
        RenderOptions {
            only: self.only.clone(),
            write: !(self.check || self.diff || self.dry_run),
            adopt: self.adopt,
            force: self.force,
            insert: self.insert,
            prune: self.prune,
            stage: self.stage,
        }
    }
}

pub(super) fn run(arguments: &Arguments, console: &Console) -> Result<Status, Failure> {
    let rendered = app::render(&console.location()?, &arguments.options())?;
    rendered.notes.iter().for_each(|note| console.say(&format!("note: {note}")));
    let asks = arguments.check || arguments.diff;
    let failed = rendered.is_refused || (asks && rendered.drifts);
    // Clean means nothing on standard output.
    let is_clean_answer = asks && !rendered.drifts;
    let shows_lines = rendered.is_refused || !(console.is_quiet() || is_clean_answer);
    let report = Report {
        findings: &rendered.findings,
        outputs: if shows_lines || arguments.is_json() { Some(&rendered.lines) } else { None },
        prefix: &rendered.prefix,
        ..Report::new("render", !failed, &rendered.sources)
    };
    console.report(arguments.format, &report)?;
    if arguments.diff && !arguments.is_json() {
        console.diff(&rendered.diffs)?;
    }
    Ok(Status::found_if(failed))
}
