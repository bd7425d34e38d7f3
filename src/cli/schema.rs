//! `portgen schema`

use clap::Args;

use super::Status;
use super::console::Console;
use crate::diagnostic::Failure;
use crate::report;

/// Print the JSON Schema of ports.toml
///
/// Editors and taplo complete and check keys with it. It is of Draft 4, and
/// knows every key, every word and every rule; names that lead nowhere and
/// ports that collide are for `portgen check`.
///
/// A table names it in its first line, relative to itself, so that no network
/// is needed: `#:schema ./ports.schema.json`. `portgen init` writes both; after
/// an update of portgen, this command writes the file anew.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {}

const EXAMPLES: &str = "\
Examples:
  portgen schema > ports.schema.json
  taplo check ports.toml";

pub(super) fn run(_: &Arguments, console: &Console) -> Result<Status, Failure> {
    console.print(&report::schema_text())?;
    Ok(Status::Done)
}
