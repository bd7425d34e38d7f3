//! The command line: arguments in, exit codes out.
//!
//! Results go to standard output, talk to standard error; a broken pipe is
//! success. Exit codes are decided here and nowhere else.

mod add;
mod arguments;
mod check;
mod completions;
mod console;
mod dead;
mod doctor;
mod eject;
mod env;
mod explain;
mod files;
mod gc;
mod get;
mod hook;
mod init;
mod ledger;
mod list;
mod lsp;
mod man;
mod map;
mod mcp;
mod options;
mod progress;
mod project;
mod reassign;
mod reference;
mod release;
mod render;
mod reserve;
mod rules;
mod run;
mod schema;
mod status;
mod survey;
mod targets;
mod watch;
mod who;

use std::io::ErrorKind;
use std::process::ExitCode;

use clap::Parser;

use crate::diagnostic::Failure;
use arguments::{Arguments, Command};
use console::Console;

pub use reference::reference;

/// How a command ended, and so the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Status {
    /// 0: clean or done.
    Done,
    /// 1: findings, or refused.
    Found,
    /// 2: usage, no table, or the world failed.
    Failed,
    /// 3: no port of the range is free.
    Exhausted,
    /// 4: the ledger cannot be read, locked or written.
    NoLedger,
    /// The code of the program that `run` started, or why it started none.
    Program(u8),
}

impl Status {
    fn code(self) -> ExitCode {
        ExitCode::from(match self {
            Self::Done => 0,
            Self::Found => 1,
            Self::Failed => 2,
            Self::Exhausted => 3,
            Self::NoLedger => 4,
            Self::Program(code) => code,
        })
    }

    fn found_if(found: bool) -> Self {
        if found { Self::Found } else { Self::Done }
    }

    /// How a command ends that a failure ended.
    fn of(failure: &Failure) -> Self {
        match failure.code {
            // What somebody may not have is refused; the world is well.
            "already-reserved" | "broken-table" | "declared" | "exists" | "no-number" | "no-process"
            | "outside-range" | "overlap" | "refused" => Self::Found,
            "exhausted" => Self::Exhausted,
            code if code.starts_with("ledger-") => Self::NoLedger,
            _ => Self::Failed,
        }
    }
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let code = if error.use_stderr() { Status::Failed } else { Status::Done };
            // A pipe that was closed has read what it wanted; a full disk has not.
            return match error.print() {
                Err(error) if error.kind() != ErrorKind::BrokenPipe => Status::Failed.code(),
                _ => code.code(),
            };
        }
    };
    let console = Console::new(&arguments.global);
    let status = match dispatch(&arguments.command, &console) {
        Ok(status) => status,
        Err(failure) => {
            console.fail(arguments.command.name(), arguments.command.is_json(), &failure);
            Status::of(&failure)
        }
    };
    status.code()
}

fn dispatch(command: &Command, console: &Console) -> Result<Status, Failure> {
    match command {
        Command::Init(arguments) => init::run(arguments, console),
        Command::Survey(arguments) => survey::run(arguments, console),
        Command::Check(arguments) => check::run(arguments, console),
        Command::Render(arguments) => render::run(arguments, console),
        Command::Add(arguments) => add::run(arguments, console),
        Command::List(arguments) => list::run(arguments, console),
        Command::Reserve(arguments) => reserve::run(arguments, console),
        Command::Release(arguments) => release::run(arguments, console),
        Command::Dead(arguments) => dead::run(arguments, console),
        Command::Project(arguments) => project::run(arguments, console),
        Command::Reassign(arguments) => reassign::run(arguments, console),
        Command::Env(arguments) => env::run(arguments, console),
        Command::Status(arguments) => status::run(arguments, console),
        Command::Who(arguments) => who::run(arguments, console),
        Command::Run(arguments) => run::run(arguments, console),
        Command::Doctor(arguments) => doctor::run(arguments, console),
        Command::Gc(arguments) => gc::run(arguments, console),
        Command::Map(arguments) => map::run(arguments, console),
        Command::Mcp(arguments) => mcp::run(arguments, console),
        Command::Get(arguments) => get::run(arguments, console),
        Command::Explain(arguments) => explain::run(arguments, console),
        Command::Rules(arguments) => rules::run(arguments, console),
        Command::Lsp(arguments) => lsp::run(arguments),
        Command::Schema(arguments) => schema::run(arguments, console),
        Command::Targets(arguments) => targets::run(arguments, console),
        Command::Eject(arguments) => eject::run(arguments, console),
        Command::Hook(arguments) => hook::run(arguments, console),
        Command::Completions(arguments) => completions::run(arguments, console),
        Command::Man(arguments) => man::run(arguments, console),
    }
}
