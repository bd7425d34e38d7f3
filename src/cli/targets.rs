//! `portgen targets`

use clap::Args;

use super::Status;
use super::console::Console;
use super::options::ListFormat;
use crate::app;
use crate::diagnostic::Failure;
use crate::report::{Cell, Column, Table};
use crate::target::{BuiltIn, Spec, TARGETS};

/// List the targets, or one target's options
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The target whose options are shown
    #[arg(value_name = "TARGET")]
    target: Option<String>,
    /// How to list
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    format: ListFormat,
}

const EXAMPLES: &str = "\
Examples:
  portgen targets
  portgen targets compose";

impl Arguments {
    pub(super) fn is_json(&self) -> bool {
        self.format == ListFormat::Json
    }
}

pub(super) fn run(arguments: &Arguments, console: &Console) -> Result<Status, Failure> {
    let table = match &arguments.target {
        Some(id) => options_table(spec_of(app::find_target(id)?)?),
        None => targets_table()?,
    };
    if let Some(id) = arguments.target.as_ref().filter(|_| arguments.format == ListFormat::Table) {
        let spec = spec_of(app::find_target(id)?)?;
        let mode = spec.mode.as_str();
        console.print(&format!("{id}: {}\nusual file: {}, mode: {mode}\n\n", spec.description, spec.file))?;
        if spec.options.as_ref().is_none_or(Vec::is_empty) {
            console.print("no options\n")?;
        }
    }
    console.table(arguments.format.into(), &table)?;
    Ok(Status::Done)
}

fn targets_table() -> Result<Table, Failure> {
    let row = |target: &BuiltIn| {
        let spec = spec_of(target)?;
        let cells = [target.id, spec.mode.as_str(), &spec.file, &spec.description].map(Cell::from);
        Ok(cells.to_vec())
    };
    let columns = ["target", "mode", "file", "description"].map(Column::text).to_vec();
    let rows: Result<Vec<Vec<Cell>>, Failure> = TARGETS.iter().map(row).collect();
    Ok(Table { command: "targets", key: "targets", ok: true, columns, rows: rows? })
}

fn options_table(spec: &Spec) -> Table {
    let row = |(name, option): (&String, &crate::target::OptionSpec)| {
        vec![
            Cell::from(name.as_str()),
            Cell::from(option.kind.word()),
            default_cell(option),
            Cell::List(option.choices.iter().map(|choice| choice.as_str().into()).collect()),
            Cell::from(option.description.as_str()),
        ]
    };
    let columns = ["option", "type", "default", "choices", "description"].map(Column::text).to_vec();
    let rows = spec.options.iter().flatten().map(|option| row((&option.name, option))).collect();
    Table { command: "targets", key: "options", ok: true, columns, rows }
}

/// The default, as JSON has it where it has such a value.
fn default_cell(option: &crate::target::OptionSpec) -> Cell {
    let list = option.default_list().map(|items| Cell::List(items.into_iter().map(Cell::from).collect()));
    let one = option.default_boolean().map(Cell::Boolean).or(option.default_integer().map(Cell::Number));
    let plain = one.or(option.default_str().map(Cell::from)).or(list);
    plain.unwrap_or_else(|| option.default_text().into())
}

fn spec_of(target: &BuiltIn) -> Result<&Spec, Failure> {
    target.spec().map_err(|error| Failure::new("broken-target", format!("{}: {error}", target.id)))
}
