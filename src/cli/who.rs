//! `portgen who`

use clap::Args;

use super::Status;
use super::console::Console;
use super::options::{AnswerFormat, ReportFormat};
use crate::app::{self, PortOwner, Who};
use crate::diagnostic::{Failure, printable};
use crate::model::{Port, Protocol};
use crate::report::{Cell, Report};
use crate::source::Sources;

/// Tell who has a port, why, and how to free it
///
/// Looks at the machine first, then at the ledger: a number is somebody's, too,
/// while the program is not running. A free number that is kept for another
/// project, or from all of them, is `forbidden`, with who keeps it and why. The
/// way to free it is always that of who has it; portgen ends no program. The
/// exit code is 0, whoever has it.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The number
    #[arg(value_name = "PORT", value_parser = super::ledger::port)]
    port: Port,
    /// tcp, udp or both
    #[arg(long, value_name = "PROTOCOL", value_parser = super::ledger::protocol, default_value = "tcp")]
    protocol: Protocol,
    /// How to answer
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: AnswerFormat,
}

const EXAMPLES: &str = "\
Examples:
  portgen who 8080
  portgen who 5353 --protocol udp --format json";

impl Arguments {
    pub(super) fn is_json(&self) -> bool {
        self.format == AnswerFormat::Json
    }
}

pub(super) fn run(arguments: &Arguments, console: &Console) -> Result<Status, Failure> {
    // Whose port it is can be told from anywhere, even from a folder that is gone.
    let location = console.location().ok();
    let who = app::who(location.as_ref(), arguments.port, arguments.protocol)?;
    if arguments.is_json() {
        let fields = fields(&who);
        let sources = Sources::new();
        let report = Report { fields: &fields, ..Report::new("who", true, &sources) };
        console.report(ReportFormat::Json, &report)?;
    } else {
        console.print(&text(&who, console.is_quiet()))?;
    }
    Ok(Status::Done)
}

fn text(who: &Who, is_quiet: bool) -> String {
    if is_quiet {
        return format!("{}\n", who.verdict);
    }
    let mut text = format!("{}: {}\n", who.verdict, printable(&who.sentence));
    for owner in &who.owners {
        text += &format!("  pid {}: {}", owner.pid, printable(&owner.command));
        let user = owner.user.as_ref().map(|user| format!(", user {}", printable(user)));
        let folder = owner.folder.as_ref().map(|folder| format!(", in {}", printable(folder)));
        text += &format!("{}{}\n", user.unwrap_or_default(), folder.unwrap_or_default());
    }
    for (heading, lines) in [("ledger", &who.claims), ("known", &who.facts), ("to free it", &who.advice)] {
        lines.iter().for_each(|line| text += &format!("  {heading}: {}\n", printable(line)));
    }
    text
}

fn fields(who: &Who) -> [(&'static str, Cell); 9] {
    let list = |lines: &[String]| Cell::List(lines.iter().map(|line| line.as_str().into()).collect());
    [
        ("port", who.port.get().into()),
        ("protocol", who.protocol.as_str().into()),
        ("verdict", who.verdict.into()),
        ("message", who.sentence.as_str().into()),
        ("owners", Cell::List(who.owners.iter().map(owner).collect())),
        ("claims", list(&who.claims)),
        ("facts", list(&who.facts)),
        ("advice", list(&who.advice)),
        ("ledger", who.ledger.as_str().into()),
    ]
}

fn owner(owner: &PortOwner) -> Cell {
    let pairs: [(&str, Cell); 5] = [
        ("pid", Cell::Number(i64::from(owner.pid))),
        ("name", owner.name.as_str().into()),
        ("command", owner.command.as_str().into()),
        ("folder", owner.folder.clone().into()),
        ("user", owner.user.clone().into()),
    ];
    Cell::Pairs(pairs.into_iter().map(|(name, cell)| (name.to_owned(), cell)).collect())
}
