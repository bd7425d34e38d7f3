//! `portgen status`

use clap::Args;

use super::Status;
use super::console::Console;
use super::options::{ListFormat, ReportFormat};
use super::watch;
use crate::app::{self, MachineStatus, PortStatus, StatusOptions};
use crate::diagnostic::Failure;
use crate::report::{Cell, Column, Report, Table, TableFormat};
use crate::source::Sources;

/// Show what became of every port: who listens, where, and whether it is well
///
/// One word a port, judged of one look at the machine:
///   up          its own program listens
///   down        nobody listens (`disabled`, `reserved` or `failed` in the table)
///   foreign     a stranger listens there
///   wrong-port  its own program listens, but on another number
///   shared      several programs listen on it
///   undeclared  a program of this project listens on an undeclared number
///   exposed     it listens beyond this machine; the table binds it to loopback
///   cooling     nobody listens, and a connection ended a moment ago
///
/// A program is this project's own where `portgen run` started it, or where it
/// works in the project's folder. A service that has `health` is asked only
/// where its own program, or its container, listens: a stranger's answer says
/// nothing. This is information: the exit code is 0 whatever is told.
///
/// In a terminal, --watch shows a view that is left with q or Ctrl-C: the arrow
/// keys choose a port, / filters and Esc clears the filter, s sorts, r looks
/// now, Ctrl-Z suspends. Where standard input or output is no terminal, it
/// writes a line for each change.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES, verbatim_doc_comment)]
pub(super) struct Arguments {
    /// Every project that this machine knows
    #[arg(long)]
    all: bool,
    /// Ask nobody whether it is well
    #[arg(long)]
    no_health: bool,
    /// Look again and again: a view in a terminal, lines of what changed elsewhere
    #[arg(long)]
    watch: bool,
    /// Seconds between two looks
    #[arg(long, value_name = "SECONDS", default_value = "2", value_parser = clap::value_parser!(u64).range(1..=3600))]
    interval: u64,
    /// How to list
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    format: ListFormat,
}

const EXAMPLES: &str = "\
Examples:
  portgen status
  portgen status --watch
  portgen status --all --no-health
  portgen status --format json";

impl Arguments {
    pub(super) fn is_json(&self) -> bool {
        self.format == ListFormat::Json
    }

    fn options(&self) -> StatusOptions {
        StatusOptions { all: self.all, health: !self.no_health }
    }
}

const COLUMNS: &[Column] = &[
    Column::text("service"),
    Column::number("port"),
    Column::text("state"),
    Column::number("pid"),
    Column::text("command"),
    Column::text("address"),
    Column::text("health"),
    Column::text("note"),
];

/// What programs are told beside that.
const MORE: &[Column] =
    &[Column::text("project"), Column::text("checkout"), Column::text("protocol"), Column::text("elsewhere")];

/// A command line that is longer is cut for people.
const WIDEST: usize = 40;

pub(super) fn run(arguments: &Arguments, console: &Console) -> Result<Status, Failure> {
    let location = if arguments.all { console.location_or_none() } else { console.location()? };
    if arguments.watch {
        if arguments.format != ListFormat::Table {
            return Err(Failure::new("usage", "--watch is for people: it takes no --format"));
        }
        let options = arguments.options();
        let look = Box::new(move || app::status(&location, options));
        return watch::watch(std::time::Duration::from_secs(arguments.interval), console, look);
    }
    let told = app::status(&location, arguments.options())?;
    told.notes.iter().for_each(|note| console.say(&format!("note: {note}")));
    match arguments.format {
        ListFormat::Table => {
            if told.ports.is_empty() {
                console.say("no port is declared here, and nothing listens");
            }
            console.table(TableFormat::Table, &table(&told, short(arguments.all, &told.ports), true))?;
        }
        ListFormat::Csv => console.table(TableFormat::Csv, &table(&told, long(), false))?,
        ListFormat::Json => print_json(&told, console)?,
    }
    Ok(Status::Done)
}

/// How a port is called where only changes are shown.
pub(super) fn name_of(port: &PortStatus) -> String {
    let service = port.service.as_deref().unwrap_or("-");
    let number = port.port.map_or_else(|| "auto".to_owned(), |port| port.to_string());
    format!("{} {service} {number}/{}", port.project, port.protocol)
}

/// What is said of it there.
pub(super) fn words_of(port: &PortStatus) -> String {
    let pid = port.pid.map(|pid| format!(" pid {pid}")).unwrap_or_default();
    let health = port.health.as_ref().map(|health| format!(" health {health}")).unwrap_or_default();
    let note = port.note.as_ref().map(|note| format!(" ({note})")).unwrap_or_default();
    format!("{}{pid}{health}{note}", port.state)
}

/// People are told the project where there are several, or may be.
fn short(all: bool, ports: &[PortStatus]) -> Vec<Column> {
    let are_several = ports.iter().any(|port| port.project != ports[0].project);
    let project = (all || are_several).then_some(Column::text("project"));
    project.into_iter().chain(COLUMNS.iter().copied()).collect()
}

fn long() -> Vec<Column> {
    COLUMNS.iter().chain(MORE).copied().collect()
}

fn table(told: &MachineStatus, columns: Vec<Column>, is_cut: bool) -> Table {
    let row = |port: &PortStatus| columns.iter().map(|column| cell(port, column.key, is_cut)).collect();
    let rows = told.ports.iter().map(row).collect();
    Table { command: "status", key: "ports", ok: true, columns, rows }
}

fn print_json(told: &MachineStatus, console: &Console) -> Result<(), Failure> {
    let object = |port: &PortStatus| {
        let pairs = long().into_iter().map(|column| (column.key.to_owned(), cell(port, column.key, false)));
        Cell::Pairs(pairs.collect())
    };
    let fields = [
        ("ports", Cell::List(told.ports.iter().map(object).collect())),
        ("ledger", told.ledger.as_str().into()),
        ("notes", Cell::List(told.notes.iter().map(|note| note.as_str().into()).collect())),
    ];
    let sources = Sources::new();
    let report = Report { fields: &fields, ..Report::new("status", true, &sources) };
    console.report(ReportFormat::Json, &report)
}

fn cell(port: &PortStatus, key: &str, is_cut: bool) -> Cell {
    match key {
        "service" => port.service.clone().into(),
        "port" => port.port.map(|port| port.get()).into(),
        "state" => port.state.into(),
        "pid" => port.pid.map(|pid| Cell::Number(i64::from(pid))).into(),
        "command" if is_cut => port.command.as_deref().map(cut).into(),
        "command" => port.command.clone().into(),
        "address" => port.address.clone().into(),
        "health" => port.health.clone().into(),
        "note" => port.note.clone().into(),
        "project" => port.project.as_str().into(),
        "checkout" => port.checkout.as_str().into(),
        "protocol" => port.protocol.into(),
        "elsewhere" => Cell::List(port.elsewhere.iter().map(|port| port.get().into()).collect()),
        _ => Cell::Absent,
    }
}

fn cut(command: &str) -> String {
    if command.chars().count() <= WIDEST {
        return command.to_owned();
    }
    command.chars().take(WIDEST - 3).collect::<String>() + "..."
}
