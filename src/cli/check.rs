//! `portgen check`

use std::path::PathBuf;

use clap::Args;

use super::Status;
use super::console::Console;
use super::options::ReportFormat;
use crate::app::{self, CheckOptions};
use crate::check::Strictness;
use crate::diagnostic::Failure;
use crate::report::{self, Report};

/// Find what is wrong in the table and in the files that follow it
///
/// Reads `ports.toml`, its workspace and every output, and changes nothing.
/// Errors make the exit code 1; warnings do with --strict.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Report only what concerns these files and folders
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// How to report [default: full; github in GitHub Actions]
    #[arg(long, value_name = "FORMAT")]
    format: Option<ReportFormat>,
    /// Warnings make the exit code 1 too
    #[arg(long)]
    strict: bool,
    /// Report what is not sure, too
    #[arg(long)]
    pedantic: bool,
    /// Report what `allow` and `[lint]` turn off, too
    #[arg(long)]
    no_suppressions: bool,
    /// End with 0 whatever is found, for uploads
    #[arg(long)]
    exit_zero: bool,
}

const EXAMPLES: &str = "\
Examples:
  portgen check
  portgen check --format sarif --exit-zero > portgen.sarif
  portgen -C services/api check --strict";

impl Arguments {
    pub(super) fn is_json(&self) -> bool {
        self.format == Some(ReportFormat::Json)
    }
}

pub(super) fn run(arguments: &Arguments, console: &Console) -> Result<Status, Failure> {
    let location = console.location()?;
    let options = CheckOptions {
        paths: arguments.paths.iter().map(|path| location.directory.join(path)).collect(),
        strictness: Strictness {
            ignore_suppressions: arguments.no_suppressions,
            pedantic: arguments.pedantic,
        },
    };
    let checked = app::check(&location, &options)?;
    let summary = checked.summary;
    let found = summary.errors > 0 || (arguments.strict && summary.warnings > 0);
    let report = Report {
        findings: &checked.findings,
        summary: Some(summary),
        next: report::next_step(&checked.findings),
        prefix: &checked.prefix,
        ..Report::new("check", !found, &checked.sources)
    };
    console.report(console.report_format(arguments.format), &report)?;
    console.count(&summary);
    Ok(Status::found_if(found && !arguments.exit_zero))
}
