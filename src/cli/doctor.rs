//! `portgen doctor`

use std::path::PathBuf;

use clap::Args;

use super::Status;
use super::console::Console;
use super::options::{AnswerFormat, ReportFormat};
use crate::app::{self, Examined, Problem, Repaired};
use crate::diagnostic::{Failure, printable};
use crate::report::{Cell, Report};
use crate::source::Sources;

/// Show every fact of this machine that decides over ports, and what is wrong
///
/// The system's limits, the ledger's file and what is in it, the tables that it
/// knows. A problem makes the exit code 1 and comes with what to do; a ledger
/// that cannot be used makes it 4, and the rest is shown all the same.
///
/// With --repair a damaged ledger is kept beside the new one, as
/// `ledger.db.damaged-1`. The new one holds what can still be read of it and
/// the numbers of every table that it knows, of those named with --from, and
/// of this folder's. A number whose owner is lost stays kept from everybody.
/// Nothing else is touched: not a healthy ledger, a newer portgen's, another
/// user's, or a file that is none.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Keep a damaged ledger aside and make a new one of what is known
    #[arg(long)]
    repair: bool,
    /// With --repair: the tables of projects that the ledger may have lost
    #[arg(long, value_name = "FILE", num_args = 1.., requires = "repair")]
    from: Vec<PathBuf>,
    /// How to answer
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: AnswerFormat,
}

const EXAMPLES: &str = "\
Examples:
  portgen doctor
  portgen doctor --format json
  portgen doctor --repair --from ~/shop/ports.toml ~/bank/ports.toml";

impl Arguments {
    pub(super) fn is_json(&self) -> bool {
        self.format == AnswerFormat::Json
    }
}

pub(super) fn run(arguments: &Arguments, console: &Console) -> Result<Status, Failure> {
    if arguments.repair {
        return repair(arguments, console);
    }
    let examined = app::doctor();
    let status = match &examined.failure {
        Some(failure) => Status::of(failure),
        None => Status::found_if(!examined.problems.is_empty()),
    };
    if arguments.is_json() {
        let fields = fields(&examined);
        let sources = Sources::new();
        let failures = examined.failure.as_slice();
        let report =
            Report { fields: &fields, failures, ..Report::new("doctor", status == Status::Done, &sources) };
        console.report(ReportFormat::Json, &report)?;
    } else {
        console.print(&text(&examined, console.is_quiet()))?;
    }
    // In JSON it stands already: this is the line for people.
    if let Some(failure) = &examined.failure {
        console.fail("doctor", false, failure);
    }
    Ok(status)
}

fn text(examined: &Examined, is_quiet: bool) -> String {
    let mut text = String::new();
    let groups = [("machine", &examined.machine), ("ledger", &examined.ledger)];
    for (heading, facts) in groups.into_iter().filter(|_| !is_quiet) {
        text += &format!("{heading}\n");
        for (name, value) in facts {
            text += &format!("  {:<20} {}\n", name.replace('_', " "), printable(&shown(value)));
        }
    }
    if !is_quiet {
        examined.notes.iter().for_each(|note| text += &format!("note: {}\n", printable(note)));
    }
    for problem in &examined.problems {
        text += &format!("problem: {}\n  help: {}\n", printable(&problem.message), printable(&problem.help));
    }
    text
}

fn shown(value: &Cell) -> String {
    match value {
        Cell::Boolean(true) => "yes".to_owned(),
        Cell::Boolean(false) => "no".to_owned(),
        Cell::Absent => "none".to_owned(),
        Cell::Number(number) => number.to_string(),
        Cell::Text(text) => text.clone(),
        Cell::List(_) | Cell::Pairs(_) => String::new(),
    }
}

fn fields(examined: &Examined) -> [(&'static str, Cell); 4] {
    let pairs = |facts: &[(&'static str, Cell)]| {
        Cell::Pairs(facts.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect())
    };
    [
        ("machine", pairs(&examined.machine)),
        ("ledger", pairs(&examined.ledger)),
        ("notes", list(&examined.notes)),
        ("problems", Cell::List(examined.problems.iter().map(problem).collect())),
    ]
}

fn problem(problem: &Problem) -> Cell {
    Cell::Pairs(vec![
        ("message".to_owned(), problem.message.as_str().into()),
        ("help".to_owned(), problem.help.as_str().into()),
    ])
}

fn list(lines: &[String]) -> Cell {
    Cell::List(lines.iter().map(|line| line.as_str().into()).collect())
}

fn repair(arguments: &Arguments, console: &Console) -> Result<Status, Failure> {
    let location = console.location()?;
    let from: Vec<PathBuf> = arguments.from.iter().map(|path| location.directory.join(path)).collect();
    let repaired = app::repair(&location, &from)?;
    if arguments.is_json() {
        let fields = [
            ("ledger", repaired.ledger.as_str().into()),
            ("aside", repaired.aside.clone().into()),
            ("saved", list(&repaired.saved)),
            ("lost", list(&repaired.lost)),
        ];
        let sources = Sources::new();
        let report = Report { fields: &fields, ..Report::new("doctor", true, &sources) };
        console.report(ReportFormat::Json, &report)?;
    } else {
        console.print(&told(&repaired))?;
    }
    Ok(Status::Done)
}

fn told(repaired: &Repaired) -> String {
    let Some(aside) = &repaired.aside else {
        return format!("Nothing to repair: {}\n", printable(&repaired.ledger));
    };
    let mut text = format!("Repaired {}\n  kept aside: {}\n", printable(&repaired.ledger), printable(aside));
    repaired.saved.iter().for_each(|what| text += &format!("  saved: {}\n", printable(what)));
    repaired.lost.iter().for_each(|what| text += &format!("  lost: {}\n", printable(what)));
    text
}
