//! What a command line knows of its surroundings, and how it speaks.

use std::io::{self, Write};
use std::path::PathBuf;

use super::options::{Global, ReportFormat};
use super::progress;
use crate::app::{Location, Progress};
use crate::diagnostic::{Failure, Summary};
use crate::report::{self, Appearance, ColourSigns, Report, Table, TableFormat};
use crate::source::Sources;
use crate::world::{self, Environment};

/// Standard output and error of one command.
pub(super) struct Console {
    environment: Environment,
    directory: Option<PathBuf>,
    config: Option<PathBuf>,
    output: Appearance,
    talk: Appearance,
    quiet: bool,
    verbose: bool,
}

impl Console {
    pub(super) fn new(global: &Global) -> Self {
        let environment = Environment::read();
        let appearance = |is_terminal: bool| {
            let signs = ColourSigns {
                is_terminal,
                no_color: environment.no_color.as_deref(),
                force_color: environment.force_color.as_deref(),
                clicolor_force: environment.clicolor_force.as_deref(),
                clicolor: environment.clicolor.as_deref(),
                term: environment.term.as_deref(),
            };
            let colour = report::use_colour(global.color.into(), &signs);
            Appearance {
                width: environment.width.unwrap_or(Appearance::PLAIN.width),
                colour,
                unicode: environment.unicode,
            }
        };
        Self {
            output: appearance(environment.stdout_is_terminal),
            talk: appearance(environment.stderr_is_terminal),
            directory: global.directory.clone(),
            config: global.config.clone(),
            quiet: global.quiet,
            verbose: global.verbose,
            environment,
        }
    }

    /// Where the table is looked for: `-C` and `--config`.
    pub(super) fn location(&self) -> Result<Location, Failure> {
        let current = world::current_dir()?;
        let directory =
            self.directory.as_ref().map_or_else(|| current.clone(), |folder| current.join(folder));
        if !world::is_folder(&directory) {
            let message = "there is no such folder";
            return Err(Failure::new("no-folder", message).path(directory.display().to_string()));
        }
        Ok(Location { directory, file: self.config.as_ref().map(|file| current.join(file)) })
    }

    /// The same for what speaks of the machine: a folder that is not there is no hindrance.
    pub(super) fn location_or_none(&self) -> Location {
        self.location().unwrap_or_else(|_| Location { directory: PathBuf::new(), file: None })
    }

    /// Whether `-C` or `--config` said where.
    pub(super) fn is_place_said(&self) -> bool {
        self.directory.is_some() || self.config.is_some()
    }

    /// The format to report in: as asked, else `github` in GitHub Actions, else `full`.
    pub(super) fn report_format(&self, asked: Option<ReportFormat>) -> ReportFormat {
        let default = if self.environment.github_actions { ReportFormat::Github } else { ReportFormat::Full };
        asked.unwrap_or(default)
    }

    /// Whether only what was asked for is said.
    pub(super) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// How text for people on standard output looks.
    pub(super) fn appearance(&self) -> &Appearance {
        &self.output
    }

    /// Whether standard output is a terminal that can be drawn on.
    pub(super) fn has_screen(&self) -> bool {
        self.environment.stdout_is_terminal && self.environment.term.as_deref() != Some("dumb")
    }

    /// Writes a report to standard output.
    pub(super) fn report(&self, format: ReportFormat, report: &Report<'_>) -> Result<(), Failure> {
        let Some(format) = report::find(format.as_str()) else {
            return Err(Failure::new("usage", "there is no such format"));
        };
        self.write(|out| (format.write)(report, &self.output, out))
    }

    /// Writes unified diffs to standard output, whole.
    pub(super) fn diff(&self, diffs: &[String]) -> Result<(), Failure> {
        self.write(|out| {
            diffs.iter().try_for_each(|diff| report::write_diff(out, diff, "", None, &self.output))
        })
    }

    /// Writes a table to standard output.
    pub(super) fn table(&self, format: TableFormat, table: &Table) -> Result<(), Failure> {
        self.write(|out| table.write(format, out))
    }

    /// Writes a text to standard output as it is.
    pub(super) fn print(&self, text: &str) -> Result<(), Failure> {
        self.write(|out| out.write_all(text.as_bytes()))
    }

    /// Says on standard error how much was found and held back: in a terminal
    /// where anything was, with `-v` always.
    pub(super) fn count(&self, summary: &Summary) {
        let anything = summary.errors + summary.warnings + summary.suppressed + summary.held_back > 0;
        if self.verbose || (anything && !self.quiet && self.environment.stderr_is_terminal) {
            let files = if self.verbose { format!(", {} files read", summary.files) } else { String::new() };
            self.say(&format!("{}{files}", report::summary_line(summary)));
        }
    }

    /// What is told how far a long command is: nobody, unless standard error is a terminal.
    pub(super) fn progress(&self) -> Progress {
        let is_shown = self.environment.stderr_is_terminal && !self.quiet;
        if is_shown { progress::start() } else { Progress::default() }
    }

    /// Clears what was told.
    pub(super) fn end_progress(&self) {
        progress::end();
    }

    /// Says a line on standard error, unless `--quiet`.
    pub(super) fn say(&self, line: &str) {
        if !self.quiet {
            // Talk that nobody can read is no failure.
            let _ = writeln!(io::stderr(), "{line}");
        }
    }

    /// Says that the world failed: on standard error, and in JSON too.
    pub(super) fn fail(&self, command: &str, is_json: bool, failure: &Failure) {
        let _ = io::stderr().write_all(report::failure_text(failure, &self.talk).as_bytes());
        if is_json {
            let sources = Sources::new();
            let failures = std::slice::from_ref(failure);
            let report = Report { failures, ..Report::new(command, false, &sources) };
            let _ = self.report(ReportFormat::Json, &report);
        }
    }

    fn write(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
        let mut out = io::BufWriter::new(io::stdout().lock());
        match write(&mut out).and_then(|()| out.flush()) {
            Err(error) if !is_left(&error) => {
                Err(Failure::new("io", format!("standard output cannot be written: {error}")))
            }
            _ => Ok(()),
        }
    }
}

/// Whether whoever read an output has gone away: what is not wanted is no failure.
fn is_left(error: &io::Error) -> bool {
    /// Windows' `ERROR_PIPE_NOT_CONNECTED`, which the standard library has no kind for.
    const NOT_CONNECTED: i32 = 233;
    error.kind() == io::ErrorKind::BrokenPipe || cfg!(windows) && error.raw_os_error() == Some(NOT_CONNECTED)
}
