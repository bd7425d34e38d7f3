//! `portgen list`

use clap::Args;

use super::Status;
use super::console::Console;
use super::options::ListFormat;
use crate::app::{self, GivenPort, ListedPort};
use crate::diagnostic::Failure;
use crate::model::Health;
use crate::report::{Cell, Column, Table, TableFormat};

/// List the services and their ports, declared and reserved
///
/// The numbers are those of this checkout: the table's, or what the ledger gave
/// instead. Prints what could be read; mistakes in the table are `portgen check`'s to
/// show, and make the exit code 1.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Every project's ports on this machine, running or not
    #[arg(long, conflicts_with = "profile")]
    all: bool,
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
  portgen list --all
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
    let format: TableFormat = arguments.format.into();
    if arguments.all {
        return print_given(&app::everyone(&mut app::machine_context(false)?)?, format, console);
    }
    let location = console.location()?;
    let listed = match app::list(&location, arguments.profile.as_deref()) {
        // A folder without a table has what was reserved for it.
        Err(failure) if failure.code == "no-table" && location.file.is_none() => {
            let given = app::given(&mut app::context(&location, None, false)?)?;
            return if given.is_empty() { Err(failure) } else { print_given(&given, format, console) };
        }
        listed => listed?,
    };
    let columns = columns(format, &listed.ports);
    let declared = listed.ports.iter().map(|port| row(port, &columns));
    let rows = declared.chain(listed.given.iter().map(|port| given_row(port, &columns))).collect();
    let table = Table { command: "list", key: "services", ok: !listed.verdict.has_errors(), columns, rows };
    console.table(format, &table)?;
    if listed.verdict.has_errors() {
        console.say("the table has mistakes: `portgen check` shows them");
        return Ok(Status::Found);
    }
    Ok(Status::Done)
}

/// The ports of several projects, or of none that has a table.
const GIVEN: &[Column] = &[
    Column::number("port"),
    Column::text("protocol"),
    Column::text("service"),
    Column::text("project"),
    Column::text("checkout"),
    Column::text("origin"),
    Column::text("purpose"),
    Column::number("lease"),
    Column::text("since"),
    Column::text("folder"),
];

fn print_given(given: &[GivenPort], format: TableFormat, console: &Console) -> Result<Status, Failure> {
    let rows = given.iter().map(|port| given_row(port, GIVEN)).collect();
    let table = Table { command: "list", key: "ports", ok: true, columns: GIVEN.to_vec(), rows };
    console.table(format, &table)?;
    Ok(Status::Done)
}

fn given_row(port: &GivenPort, columns: &[Column]) -> Vec<Cell> {
    let cell = |column: &Column| match column.key {
        "port" => port.port.get().into(),
        "protocol" => port.protocol.as_str().into(),
        "service" => port.service.clone().into(),
        "project" => port.project.as_str().into(),
        "checkout" => port.checkout.as_str().into(),
        "origin" | "status" => port.origin.into(),
        "purpose" | "title" => port.purpose.clone().into(),
        "lease" => port.lease.map(|pid| Cell::Number(i64::from(pid))).into(),
        "since" => port.since.clone().into(),
        "folder" => port.folder.as_str().into(),
        _ => Cell::Absent,
    };
    columns.iter().map(cell).collect()
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
