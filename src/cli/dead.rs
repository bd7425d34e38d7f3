//! `portgen dead`

use clap::{Args, Subcommand};

use super::Status;
use super::console::Console;
use super::options::{AnswerFormat, ListFormat, ReportFormat};
use crate::app::{self, Buried};
use crate::diagnostic::{Failure, printable};
use crate::ledger::DeadPort;
use crate::model::{Port, Protocol};
use crate::report::{Cell, Column, Report, Table};
use crate::source::Sources;

/// Mark ports that failed to bind, which are passed over until they are revived
///
/// `portgen run --retry` marks a port dead when another program took it; so
/// can anybody. A release does not revive it. A connection that happens to use
/// a port, or one that just ended, is no death: both pass by themselves.
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
    Revive(Revive),
}

/// Mark a port dead
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
struct Add {
    /// The number
    #[arg(value_name = "PORT", value_parser = super::ledger::port)]
    port: Port,
    /// tcp, udp or both
    #[arg(long, value_name = "PROTOCOL", value_parser = super::ledger::protocol, default_value = "tcp")]
    protocol: Protocol,
    /// What happened; what the machine tells when left out
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// How to answer
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: AnswerFormat,
}

/// List the dead ports
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
struct List {
    /// How to list
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    format: ListFormat,
}

/// Take a port's death back
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
struct Revive {
    /// The number
    #[arg(value_name = "PORT", value_parser = super::ledger::port)]
    port: Port,
    /// tcp, udp or both
    #[arg(long, value_name = "PROTOCOL", value_parser = super::ledger::protocol, default_value = "both")]
    protocol: Protocol,
    /// How to answer
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: AnswerFormat,
}

const EXAMPLES: &str = "\
Examples:
  portgen dead add 50007 --reason 'the VPN client takes it at random'
  portgen dead list
  portgen dead revive 50007";

impl Arguments {
    pub(super) fn is_json(&self) -> bool {
        match &self.action {
            Action::Add(add) => add.format == AnswerFormat::Json,
            Action::List(list) => list.format == ListFormat::Json,
            Action::Revive(revive) => revive.format == AnswerFormat::Json,
        }
    }
}

pub(super) fn run(arguments: &Arguments, console: &Console) -> Result<Status, Failure> {
    match &arguments.action {
        Action::Add(arguments) => add(arguments, console),
        Action::List(arguments) => list(arguments, console),
        Action::Revive(arguments) => revive(arguments, console),
    }
}

fn add(arguments: &Add, console: &Console) -> Result<Status, Failure> {
    let mut context = app::machine_context(true)?;
    let reason = arguments.reason.as_deref();
    let buried = app::bury(&mut context, arguments.port, arguments.protocol, reason)?;
    let port = arguments.port;
    match buried {
        Buried::Dead(dead) => {
            let text = format!("Port {port} is dead: {}\n", dead.reason);
            answer(console, arguments.format, "dead add", port, &text, &dead.reason)
        }
        Buried::Passing(verdict) => {
            let failure = Failure::new("refused", format!("port {port} {verdict}"));
            Err(failure.help("that passes by itself; give --reason to mark it all the same"))
        }
    }
}

fn revive(arguments: &Revive, console: &Console) -> Result<Status, Failure> {
    let mut context = app::machine_context(false)?;
    let port = arguments.port;
    let text = if app::revive(&mut context, port, arguments.protocol)? {
        format!("Port {port} is alive again\n")
    } else {
        format!("Port {port} was not dead\n")
    };
    answer(console, arguments.format, "dead revive", port, &text, text.trim_end())
}

fn answer(
    console: &Console,
    format: AnswerFormat,
    command: &str,
    port: Port,
    text: &str,
    reason: &str,
) -> Result<Status, Failure> {
    if format == AnswerFormat::Json {
        let fields = [("port", port.get().into()), ("reason", Cell::from(reason))];
        let sources = Sources::new();
        let report = Report { fields: &fields, ..Report::new(command, true, &sources) };
        console.report(ReportFormat::Json, &report)?;
    } else if !console.is_quiet() {
        console.print(&format!("{}\n", printable(text.trim_end())))?;
    }
    Ok(Status::Done)
}

const COLUMNS: &[Column] = &[
    Column::number("port"),
    Column::text("protocol"),
    Column::text("reason"),
    Column::text("owner"),
    Column::number("count"),
    Column::text("first"),
    Column::text("last"),
];

fn list(arguments: &List, console: &Console) -> Result<Status, Failure> {
    let mut context = app::machine_context(false)?;
    let dead = app::dead_ports(&mut context)?;
    let rows = dead.iter().map(row).collect();
    let table = Table { command: "dead list", key: "dead", ok: true, columns: COLUMNS.to_vec(), rows };
    console.table(arguments.format.into(), &table)?;
    Ok(Status::Done)
}

fn row(dead: &DeadPort) -> Vec<Cell> {
    vec![
        dead.port.get().into(),
        dead.protocol.as_str().into(),
        dead.reason.as_str().into(),
        dead.owner.clone().into(),
        Cell::Number(i64::from(dead.count)),
        dead.first.to_string().into(),
        dead.last.to_string().into(),
    ]
}
