//! `portgen reserve`

use clap::Args;

use super::Status;
use super::console::Console;
use super::options::{AnswerFormat, ReportFormat};
use crate::app::{self, ReserveRequest, Reserved};
use crate::diagnostic::Failure;
use crate::model::{Port, Protocol};
use crate::report::{Cell, Report};
use crate::source::Sources;

/// Reserve a free port on this machine, for a service or for the project
///
/// The lowest number is given that nobody has: not another project, running or
/// not, not a table, not a program that listens now. It stays reserved until
/// `portgen release`, or as long as the process of --lease lives. Two programs
/// that ask at once get different numbers. Where the answer cannot be written
/// (a full disk), the port is given back; a pipe that was closed keeps it.
///
/// A service that ports.toml declares has its number: `portgen get` prints it.
/// Without a ports.toml the project is the folder, or the repository it is in.
/// Without a range, numbers come from the project's own, else from 20000-29999.
/// The exit code is 3 where no port is free.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The service, or one of its named ports; a port of the project when left out
    #[arg(value_name = "NAME", value_parser = super::ledger::service)]
    name: Option<String>,
    /// This number and no other
    #[arg(long, value_name = "N", value_parser = super::ledger::port, conflicts_with = "count")]
    port: Option<Port>,
    /// From a named range of the table, or from these ports, such as 50000-51000
    #[arg(long, value_name = "RANGE")]
    range: Option<String>,
    /// So many ports of the project, all or none
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..), conflicts_with = "name")]
    count: Option<u16>,
    /// tcp, udp or both; tcp when left out, on a number that is free for udp, too
    #[arg(long, value_name = "PROTOCOL", value_parser = super::ledger::protocol)]
    protocol: Option<Protocol>,
    /// What it is for, shown in lists
    #[arg(long, value_name = "TEXT")]
    purpose: Option<String>,
    /// For this project instead of the one of this folder
    #[arg(long, value_name = "PROJECT", value_parser = super::ledger::project)]
    project: Option<String>,
    /// As long as this process lives
    #[arg(long, value_name = "PID")]
    lease: Option<u32>,
    /// How to answer
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: AnswerFormat,
}

const EXAMPLES: &str = "\
Examples:
  portgen reserve api
  portgen reserve --count 3 --purpose 'load test'
  portgen reserve worker --range 50000-51000 --lease $$
  port=$(portgen reserve --quiet)";

impl Arguments {
    pub(super) fn is_json(&self) -> bool {
        self.format == AnswerFormat::Json
    }
}

pub(super) fn run(arguments: &Arguments, console: &Console) -> Result<Status, Failure> {
    let mut context = match &arguments.project {
        Some(project) => app::context_of(console.location().ok().as_ref(), project, true)?,
        None => app::context(&console.location()?, None, true)?,
    };
    let request = ReserveRequest {
        service: arguments.name.clone(),
        port: arguments.port,
        range: arguments.range.clone(),
        count: arguments.count.map(usize::from),
        protocol: arguments.protocol,
        purpose: arguments.purpose.clone(),
        lease: arguments.lease,
    };
    let reserved = app::reserve(&mut context, &request)?;
    reserved.notes.iter().for_each(|note| console.say(&format!("note: {note}")));
    // A number that nobody was told is nobody's; a pipe that was closed has been told.
    match tell(arguments, &reserved, &context.place, console) {
        Ok(()) => Ok(Status::Done),
        Err(failure) => Err(app::give_back(&mut context, &reserved, failure.help("nothing is reserved"))),
    }
}

fn tell(
    arguments: &Arguments,
    reserved: &Reserved,
    place: &std::path::Path,
    console: &Console,
) -> Result<(), Failure> {
    if !arguments.is_json() {
        return console.print(&text(reserved, console.is_quiet()));
    }
    let place = place.display().to_string();
    let fields = fields(reserved, &place);
    let sources = Sources::new();
    let report = Report { fields: &fields, ..Report::new("reserve", true, &sources) };
    console.report(ReportFormat::Json, &report)
}

fn text(reserved: &Reserved, is_quiet: bool) -> String {
    let line = |port: &Port| match &reserved.service {
        _ if is_quiet => format!("{port}\n"),
        Some(service) => format!("Reserved port {port} for service '{service}'\n"),
        None => format!("Reserved port {port} for project\n"),
    };
    reserved.ports.iter().map(line).collect()
}

/// The keys of the answer beside those of every answer.
pub(super) fn fields(reserved: &Reserved, place: &str) -> [(&'static str, Cell); 7] {
    let first = reserved.ports.first().map(|port| port.get());
    [
        ("port", first.into()),
        ("service", reserved.service.clone().into()),
        ("project", reserved.project.as_str().into()),
        ("checkout", reserved.checkout.as_str().into()),
        ("ledger", place.into()),
        ("ports", Cell::List(reserved.ports.iter().map(|port| port.get().into()).collect())),
        ("notes", Cell::List(reserved.notes.iter().map(|note| note.as_str().into()).collect())),
    ]
}
