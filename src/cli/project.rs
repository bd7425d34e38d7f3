//! `portgen project`

use clap::{Args, Subcommand};

use super::Status;
use super::console::Console;
use super::options::{AnswerFormat, ListFormat, ReportFormat};
use crate::app::{self, Block, ListedProject, ListedReservation};
use crate::diagnostic::{Failure, counted, printable};
use crate::model::{PortRange, PortSet};
use crate::report::{Cell, Column, Report, Table};
use crate::source::Sources;

/// Say which projects this machine knows, and which ranges are whose
///
/// A project is known from its first `add`, `render`, `reserve` or `run` on.
/// The numbers that its table declares are then kept from every other project,
/// whether it runs or not.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Add(Add),
    List(List),
    Remove(Remove),
    Assign(Assign),
    Reserve(Reserve),
    Unassign(Unassign),
}

/// Make the project of this folder known
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
struct Add {
    /// How to answer
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: AnswerFormat,
}

/// List the projects, their checkouts and their ranges
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
struct List {
    /// How to list
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    format: ListFormat,
}

/// Forget a project and all it was given
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
struct Remove {
    /// The project
    #[arg(value_name = "NAME", value_parser = super::ledger::project)]
    name: String,
    /// How to answer
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: AnswerFormat,
}

/// Assign a range of this machine to a project
///
/// Its requests must lie inside from then on, and no other project's may. A
/// project whose table has a `range` is assigned that one: name it. A block is
/// chosen only for one that has none.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
struct Assign {
    /// The project
    #[arg(value_name = "NAME", value_parser = super::ledger::project)]
    name: String,
    /// These ports; the next free block when left out
    #[arg(value_name = "RANGE", value_parser = ports, conflicts_with = "size")]
    range: Option<PortSet>,
    /// How many ports the block has
    #[arg(long, value_name = "N", default_value = "100", value_parser = clap::value_parser!(u16).range(1..))]
    size: u16,
    /// How to answer
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: AnswerFormat,
}

/// Keep ports of this machine from every project
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
struct Reserve {
    /// The ports
    #[arg(value_name = "RANGE", value_parser = ports)]
    range: PortSet,
    /// Whose they are
    #[arg(long, value_name = "TEXT")]
    owner: Option<String>,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// How to answer
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: AnswerFormat,
}

/// Take back what was assigned or kept within these ports
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
struct Unassign {
    /// The ports
    #[arg(value_name = "RANGE", value_parser = ports)]
    range: PortSet,
    /// How to answer
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: AnswerFormat,
}

const EXAMPLES: &str = "\
Examples:
  portgen project add
  portgen project list
  portgen project assign shop 5100-5199
  portgen project assign shop --size 100
  portgen project reserve 8000-8099 --owner supervisor --reason 'its own'
  portgen project unassign 8000-8099
  portgen project remove old-shop";

impl Arguments {
    pub(super) fn is_json(&self) -> bool {
        let format = match &self.action {
            Action::List(list) => return list.format == ListFormat::Json,
            Action::Add(arguments) => arguments.format,
            Action::Remove(arguments) => arguments.format,
            Action::Assign(arguments) => arguments.format,
            Action::Reserve(arguments) => arguments.format,
            Action::Unassign(arguments) => arguments.format,
        };
        format == AnswerFormat::Json
    }
}

pub(super) fn run(arguments: &Arguments, console: &Console) -> Result<Status, Failure> {
    match &arguments.action {
        Action::List(arguments) => list(arguments, console),
        Action::Add(arguments) => {
            let (name, notes) = app::add_project(&mut app::context(&console.location()?, None, true)?)?;
            notes.iter().for_each(|note| console.say(&format!("note: {note}")));
            answer(console, arguments.format, "project add", &format!("Project {name} is known"), &name, None)
        }
        Action::Remove(arguments) => {
            let name = &arguments.name;
            let count = app::remove_project(&mut app::machine_context(false)?, name)?;
            let ports = counted(count, "port");
            let text = format!("Project {name} is forgotten, and {ports} with it");
            answer(console, arguments.format, "project remove", &text, name, None)
        }
        Action::Assign(arguments) => {
            let block = match &arguments.range {
                Some(ports) => Block::Ports(ports.clone()),
                None => Block::Size(usize::from(arguments.size)),
            };
            let name = &arguments.name;
            // A project that is known can be named from anywhere, that of this folder before it is.
            let here = console.location().and_then(|location| app::context(&location, None, true));
            let mut context = here.or_else(|_| app::machine_context(true))?;
            let (ports, note) = app::assign(&mut context, name, &block)?;
            note.iter().for_each(|note| console.say(&format!("note: {note}")));
            let text = format!("Assigned {ports} to project {name}");
            answer(console, arguments.format, "project assign", &text, name, Some(&ports))
        }
        Action::Reserve(arguments) => {
            let (owner, reason) = (arguments.owner.as_deref(), arguments.reason.as_deref());
            let ports = &arguments.range;
            app::keep_ports(&mut app::machine_context(true)?, ports, owner, reason)?;
            let text = format!("Kept {ports} from every project");
            answer(console, arguments.format, "project reserve", &text, "", Some(ports))
        }
        Action::Unassign(arguments) => {
            let ports = &arguments.range;
            let count = app::unassign(&mut app::machine_context(false)?, ports)?;
            let text = format!("Took back {} within {ports}", counted(count, "range"));
            answer(console, arguments.format, "project unassign", &text, "", Some(ports))
        }
    }
}

fn answer(
    console: &Console,
    format: AnswerFormat,
    command: &str,
    text: &str,
    project: &str,
    ports: Option<&PortSet>,
) -> Result<Status, Failure> {
    if format == AnswerFormat::Json {
        let project = (!project.is_empty()).then(|| project.to_owned());
        let fields = [("project", project.into()), ("range", ports.map(ToString::to_string).into())];
        let sources = Sources::new();
        let report = Report { fields: &fields, ..Report::new(command, true, &sources) };
        console.report(ReportFormat::Json, &report)?;
    } else if !console.is_quiet() {
        console.print(&format!("{}\n", printable(text)))?;
    }
    Ok(Status::Done)
}

const COLUMNS: &[Column] = &[
    Column::text("project"),
    Column::text("checkout"),
    Column::text("folder"),
    Column::text("range"),
    Column::number("declared"),
    Column::number("given"),
    Column::text("first"),
    Column::text("notes"),
];

fn list(arguments: &List, console: &Console) -> Result<Status, Failure> {
    let mut context = app::machine_context(false)?;
    let (projects, kept) = app::projects(&mut context)?;
    let rows = projects.iter().flat_map(rows).chain(kept.iter().map(kept_row)).collect();
    let columns = COLUMNS.to_vec();
    let table = Table { command: "project list", key: "projects", ok: true, columns, rows };
    console.table(arguments.format.into(), &table)?;
    Ok(Status::Done)
}

fn rows(project: &ListedProject) -> Vec<Vec<Cell>> {
    let row = |(label, folder, is_first, given): &(String, std::path::PathBuf, bool, usize)| {
        let folder = folder.to_string_lossy().into_owned();
        vec![
            project.name.as_str().into(),
            label.as_str().into(),
            folder.into(),
            project.ranges.to_string().into(),
            count(project.declared),
            count(*given),
            Cell::Boolean(*is_first),
            Cell::Absent,
        ]
    };
    project.checkouts.iter().map(row).collect()
}

fn kept_row(kept: &ListedReservation) -> Vec<Cell> {
    let owner = kept.owner.as_ref().map(|owner| format!("reserved for {owner}"));
    let parts: Vec<String> = [Some(owner.unwrap_or_else(|| "reserved".to_owned())), kept.reason.clone()]
        .into_iter()
        .flatten()
        .collect();
    let notes = parts.join(": ");
    let absent = || Cell::Absent;
    vec![
        absent(),
        absent(),
        absent(),
        kept.ports.to_string().into(),
        absent(),
        absent(),
        absent(),
        notes.into(),
    ]
}

fn count(number: usize) -> Cell {
    Cell::Number(i64::try_from(number).unwrap_or(i64::MAX))
}

/// `8000-8099` or `8080, 9000-9099`.
fn ports(text: &str) -> Result<PortSet, String> {
    let ranges: Result<PortSet, _> = text.split(',').map(|part| PortRange::parse(part.trim())).collect();
    ranges.map_err(|error| error.to_string())
}
