//! `portgen check`

use std::path::PathBuf;

use clap::Args;

use super::Status;
use super::console::Console;
use super::options::{ListFormat, ReportFormat};
use crate::app::{self, BaselineOptions, CheckOptions, FixOptions, Fixed, Location, Progress};
use crate::check::Strictness;
use crate::diagnostic::Failure;
use crate::report::{self, Report};

/// Find what is wrong in the table and in the files that follow it
///
/// Reads `ports.toml`, its workspace, every output and every file that states a
/// port; without --fix it changes nothing. Errors make the exit code 1; warnings
/// do with --strict.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Report only what concerns these files and folders
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Report only what is about to be committed, read from git's index
    #[arg(long, conflicts_with_all = ["fix", "diff", "write_baseline"])]
    staged: bool,
    /// How to report [default: full; github in GitHub Actions]
    #[arg(long, value_name = "FORMAT")]
    format: Option<ReportFormat>,
    /// Warnings make the exit code 1 too
    #[arg(long)]
    strict: bool,
    /// Report what is probably or maybe wrong, too
    #[arg(long)]
    pedantic: bool,
    /// Look at this machine, too: who listens, what the ledger has, what the system refuses
    #[arg(long, conflicts_with = "staged")]
    machine: bool,
    /// Fill Compose's variables in from this file, not from .env; may be given several times
    #[arg(long = "env-file", value_name = "FILE")]
    env_files: Vec<PathBuf>,
    /// Report what `allow`, `[lint]`, comments and the baseline turn off, too
    #[arg(long)]
    no_suppressions: bool,
    /// Make the changes that are safe, and report what is left
    #[arg(long)]
    fix: bool,
    /// With --fix or --diff: the changes that need a look, too
    #[arg(long = "unsafe")]
    include_unsafe: bool,
    /// Show the changes and make none; the exit code is 1 where there are any
    #[arg(long, conflicts_with = "format")]
    diff: bool,
    /// What is known already [default: .portgen-baseline.json beside the table, if there]
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write what is found into the baseline, so that only what is new is reported
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true)]
    #[arg(conflicts_with_all = ["paths", "fix", "diff"])]
    write_baseline: Option<Option<PathBuf>>,
    /// List the files that are read, and why others are not; check nothing
    #[arg(long, conflicts_with_all = ["fix", "diff", "write_baseline", "staged"], value_name = "FORMAT", num_args = 0..=1, require_equals = true, default_missing_value = "table")]
    files: Option<ListFormat>,
    /// End with 0 whatever is found, for uploads
    #[arg(long)]
    exit_zero: bool,
}

const EXAMPLES: &str = "\
Examples:
  portgen check
  portgen check --format sarif --exit-zero > portgen.sarif
  portgen -C services/api check --strict
  portgen check --fix --diff
  portgen check --staged
  portgen check --machine
  portgen check --write-baseline";

impl Arguments {
    pub(super) fn is_json(&self) -> bool {
        self.format == Some(ReportFormat::Json)
    }

    fn options(&self, location: &Location) -> CheckOptions {
        let from_here = |path: &PathBuf| location.directory.join(path);
        let written = self.write_baseline.as_ref().and_then(Option::as_ref);
        CheckOptions {
            paths: self.paths.iter().map(from_here).collect(),
            env_files: self.env_files.iter().map(from_here).collect(),
            staged: self.staged,
            machine: self.machine,
            strictness: Strictness { ignore_suppressions: self.no_suppressions, pedantic: self.pedantic },
            baseline: BaselineOptions {
                file: written.or(self.baseline.as_ref()).map(from_here),
                write: self.write_baseline.is_some(),
            },
            fix: (self.fix || self.diff)
                .then_some(FixOptions { include_unsafe: self.include_unsafe, write: !self.diff }),
            buffers: Default::default(),
            progress: Progress::default(),
        }
    }
}

pub(super) fn run(arguments: &Arguments, console: &Console) -> Result<Status, Failure> {
    let location = console.location()?;
    if let Some(format) = arguments.files {
        let listed = app::checked_files(&location, &arguments.options(&location).paths)?;
        return super::files::list("check", &listed, (format, arguments.format), console);
    }
    if arguments.include_unsafe && !(arguments.fix || arguments.diff) {
        return Err(Failure::new("usage", "--unsafe says which changes --fix or --diff is about"));
    }
    let options = CheckOptions { progress: console.progress(), ..arguments.options(&location) };
    let checked = app::check(&location, &options);
    console.end_progress();
    let checked = checked?;
    if let Some((path, count)) = &checked.baseline {
        let findings = if *count == 1 { "finding is" } else { "findings are" };
        console.say(&format!("{path}: {count} {findings} known from now on"));
    }
    if let Some(fixed) = &checked.fixed {
        say_fixed(fixed, arguments.diff, console);
        if arguments.diff {
            console.diff(&fixed.diffs)?;
            return Ok(Status::found_if(!fixed.diffs.is_empty() && !arguments.exit_zero));
        }
    }
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

/// Says how much was changed, and what was not.
fn say_fixed(fixed: &Fixed, is_preview: bool, console: &Console) {
    let plural = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    if !is_preview && fixed.count > 0 {
        console.say(&format!("mended {} in {}", plural(fixed.count, "finding"), plural(fixed.files, "file")));
    }
    for skipped in &fixed.skipped {
        console.say(&format!("not changed: {skipped}"));
    }
    if fixed.unsafe_count > 0 {
        console.say(&format!("{} more with --unsafe", plural(fixed.unsafe_count, "change")));
    }
}
