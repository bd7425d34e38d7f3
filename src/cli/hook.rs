//! `portgen hook`

use clap::{Args, Subcommand};

use super::Status;
use super::console::Console;
use super::options::{AnswerFormat, ReportFormat};
use crate::app::{self, HookAction};
use crate::diagnostic::Failure;
use crate::report::{Cell, Report};
use crate::source::Sources;

/// Install or remove a git pre-commit hook
///
/// A hook that is there already is kept and run first. Works in every worktree
/// of the repository, and with `core.hooksPath`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Action,
    /// How to answer
    #[arg(long, value_name = "FORMAT", default_value = "text", global = true)]
    format: AnswerFormat,
}

impl Arguments {
    pub(super) fn is_json(&self) -> bool {
        self.format == AnswerFormat::Json
    }
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Run `portgen check` before each commit
    #[command(after_help = INSTALL_EXAMPLES)]
    Install {
        /// Render first, and add what was written to the commit
        #[arg(long)]
        render: bool,
    },
    /// Remove the hook, and put back the one that was there before
    #[command(after_help = UNINSTALL_EXAMPLES)]
    Uninstall,
}

const EXAMPLES: &str = "\
Examples:
  portgen hook install
  portgen hook install --render
  portgen hook uninstall";

const INSTALL_EXAMPLES: &str = "\
Examples:
  portgen hook install
  portgen hook install --render";

const UNINSTALL_EXAMPLES: &str = "\
Examples:
  portgen hook uninstall";

pub(super) fn run(arguments: &Arguments, console: &Console) -> Result<Status, Failure> {
    let action = match arguments.action {
        Action::Install { render: true } => HookAction::Render,
        Action::Install { render: false } => HookAction::Check,
        Action::Uninstall => HookAction::Uninstall,
    };
    let outcome = app::hook(&console.location()?, action)?;
    let what = match (action, outcome.changed) {
        (HookAction::Uninstall, true) => "removed",
        (HookAction::Uninstall, false) => "no hook of portgen's at",
        (_, true) => "installed",
        (_, false) => "unchanged",
    };
    if arguments.is_json() {
        let fields = [
            ("path", outcome.path.into()),
            ("changed", Cell::Boolean(outcome.changed)),
            ("chained", Cell::Boolean(outcome.chained)),
        ];
        let sources = Sources::new();
        console
            .report(ReportFormat::Json, &Report { fields: &fields, ..Report::new("hook", true, &sources) })?;
        return Ok(Status::Done);
    }
    console.say(&format!("{what} {}", outcome.path));
    if outcome.chained {
        console.say("the hook that was there before is run first");
    }
    Ok(Status::Done)
}
