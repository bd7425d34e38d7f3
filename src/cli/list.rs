//! `portgen list`

use clap::Args;

use super::Status;
use super::console::Console;
use super::options::ListFormat;
use crate::app::{self, ListedPort};
use crate::diagnostic::Failure;
use crate::model::Health;
use crate::report::{Cell, Column, Table, TableFormat};

/// List the services and their ports
///
/// Prints what could be read; mistakes in the table are `portgen check`'s to
/// show, and make the exit code 1.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The value set to list
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// How to list
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    format: ListFormat,
}

const EXAMPLES: &str = "\
Examples:
  portgen list
  portgen list --format csv
  portgen list --profile production --format json";

impl Arguments {
    pub(super) fn is_json(&self) -> bool {
        self.format == ListFormat::Json
    }
}

/// What people look for; programs are given everything.
const SHORT: &[Column] = &[
    Column::text("service"),
    Column::number("port"),
    Column::text("env"),
    Column::text("range"),
    Column::text("status"),
    Column::text("title"),
    Column::text("url"),
];
const LONG: &[Column] = &[
    Column::text("service"),
    Column::number("port"),
    Column::text("env"),
    Column::text("range"),
    Column::text("status"),
    Column::text("title"),
    Column::text("url"),
    Column::text("project"),
    Column::text("description"),
    Column::text("scheme"),
    Column::text("protocol"),
    Column::text("host"),
    Column::text("bind"),
    Column::text("remote"),
    Column::number("container_port"),
    Column::text("path"),
    Column::text("health"),
    Column::text("health_url"),
    Column::text("hostname"),
    Column::text("allocation"),
    Column::text("tags"),
    Column::text("notes"),
];

pub(super) fn run(arguments: &Arguments, console: &Console) -> Result<Status, Failure> {
    let listed = app::list(&console.location()?, arguments.profile.as_deref())?;
    let format: TableFormat = arguments.format.into();
    let columns = columns(format, &listed.ports);
    let rows = listed.ports.iter().map(|port| row(port, &columns)).collect();
    let table = Table { command: "list", key: "services", ok: !listed.verdict.has_errors(), columns, rows };
    console.table(format, &table)?;
    if listed.verdict.has_errors() {
        console.say("the table has mistakes: `portgen check` shows them");
        return Ok(Status::Found);
    }
    Ok(Status::Done)
}

/// People are told the project where there are several.
fn columns(format: TableFormat, ports: &[ListedPort]) -> Vec<Column> {
    if format != TableFormat::Table {
        return LONG.to_vec();
    }
    let several = ports.iter().any(|port| ports.first().is_some_and(|first| first.folder != port.folder));
    let project = several.then_some(Column::text("project"));
    project.into_iter().chain(SHORT.iter().copied()).collect()
}

fn row(port: &ListedPort, columns: &[Column]) -> Vec<Cell> {
    columns.iter().map(|column| cell(port, column.key)).collect()
}

fn cell(port: &ListedPort, key: &str) -> Cell {
    let endpoint = &port.endpoint;
    match key {
        "service" => endpoint.id().into(),
        "port" => endpoint.number.fixed().map_or_else(|| Cell::from("auto"), |port| port.get().into()),
        "env" => endpoint.variable.as_ref().map(ToString::to_string).into(),
        "range" => endpoint.range.as_ref().map(ToString::to_string).into(),
        "status" => endpoint.status.as_str().into(),
        "title" => endpoint.title.as_str().into(),
        "url" => endpoint.url().into(),
        "project" => port.project.clone().into(),
        "description" => endpoint.description.clone().into(),
        "scheme" => endpoint.scheme.as_str().into(),
        "protocol" => endpoint.protocol.as_str().into(),
        "host" => endpoint.host.value.as_str().into(),
        "bind" => endpoint.bind.to_string().into(),
        "remote" => Cell::Boolean(endpoint.elsewhere),
        "container_port" => endpoint.container_port.map(|port| port.get()).into(),
        "path" => endpoint.path.clone().into(),
        "health" => match &endpoint.health {
            Some(Health::Path(path)) => path.as_str().into(),
            Some(Health::Tcp) => "tcp".into(),
            None => Cell::Absent,
        },
        "health_url" => endpoint.health_url().into(),
        "hostname" => port.hostname.clone().into(),
        "allocation" => endpoint.allocation.as_str().into(),
        "tags" => Cell::List(endpoint.tags.iter().map(|tag| tag.as_str().into()).collect()),
        "notes" => endpoint.notes.clone().into(),
        _ => Cell::Absent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_list_is_a_part_of_the_long_one() {
        assert!(SHORT.iter().all(|column| LONG.contains(column)));
    }
}
