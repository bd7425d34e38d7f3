//! `portgen rules`

use clap::Args;

use super::Status;
use super::console::Console;
use super::options::ListFormat;
use crate::diagnostic::Failure;
use crate::report::{Cell, Column, Table};
use crate::rules::{RULES, level_word};

/// List every rule with its default level
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// How to list
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    format: ListFormat,
}

const EXAMPLES: &str = "\
Examples:
  portgen rules
  portgen rules --format json";

impl Arguments {
    pub(super) fn is_json(&self) -> bool {
        self.format == ListFormat::Json
    }
}

pub(super) fn run(arguments: &Arguments, console: &Console) -> Result<Status, Failure> {
    let row = |rule: &&crate::rules::Rule| {
        vec![Cell::from(rule.name), Cell::from(level_word(rule)), Cell::from(rule.summary())]
    };
    let columns = vec![Column::text("rule"), Column::text("level"), Column::text("summary")];
    let table =
        Table { command: "rules", key: "rules", ok: true, columns, rows: RULES.iter().map(row).collect() };
    console.table(arguments.format.into(), &table)?;
    Ok(Status::Done)
}
