//! `portgen gc`

use clap::Args;

use super::Status;
use super::console::Console;
use super::options::ListFormat;
use crate::app::{self, Reclaimable, Reclaimed};
use crate::diagnostic::Failure;
use crate::report::{Cell, Column, Table};

/// List what the ledger could forget, and why
///
/// A checkout could be forgotten when its folder is gone from a volume that is
/// mounted, nothing listens on its ports, and its project has no range of its
/// own. A project that is only a name (`reserve --project NAME`, where no folder
/// has the name) could be once it has no ports. Anything less is kept, with the
/// reason. Nothing happens without --yes.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Forget what could be
    #[arg(long)]
    yes: bool,
    /// How to list
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    format: ListFormat,
}

const EXAMPLES: &str = "\
Examples:
  portgen gc
  portgen gc --yes";

impl Arguments {
    pub(super) fn is_json(&self) -> bool {
        self.format == ListFormat::Json
    }
}

const COLUMNS: &[Column] = &[
    Column::text("project"),
    Column::text("checkout"),
    Column::number("given"),
    Column::text("result"),
    Column::text("reason"),
    Column::text("folder"),
];

pub(super) fn run(arguments: &Arguments, console: &Console) -> Result<Status, Failure> {
    let mut context = app::machine_context(false)?;
    let found = app::gc(&mut context, arguments.yes)?;
    let rows = found.iter().map(|reclaimed| row(reclaimed, arguments.yes)).collect();
    let table = Table { command: "gc", key: "checkouts", ok: true, columns: COLUMNS.to_vec(), rows };
    if found.is_empty() && !arguments.is_json() {
        console.say("nothing to reclaim: every folder is there");
        return Ok(Status::Done);
    }
    console.table(arguments.format.into(), &table)?;
    Ok(Status::Done)
}

fn row(reclaimed: &Reclaimed, acts: bool) -> Vec<Cell> {
    let why = if reclaimed.folder.is_empty() {
        "it is a name without a folder, and has no ports"
    } else {
        "its folder is gone and nothing listens"
    };
    let (result, reason) = match &reclaimed.verdict {
        Reclaimable::Yes => (if acts { "forgotten" } else { "reclaimable" }, why),
        Reclaimable::No(why) => ("kept", why.as_str()),
    };
    vec![
        reclaimed.project.as_str().into(),
        reclaimed.checkout.as_str().into(),
        Cell::Number(i64::try_from(reclaimed.given).unwrap_or(i64::MAX)),
        result.into(),
        reason.into(),
        reclaimed.folder.as_str().into(),
    ]
}
