//! `portgen mcp`

use std::io;

use clap::Args;

use super::Status;
use super::console::Console;
use crate::app::Reach;
use crate::diagnostic::Failure;
use crate::mcp;

/// Serve agents over standard input and output: the Model Context Protocol
///
/// Started by the agent's program, not by hand. Its tools list and explain ports,
/// allocate and release them, check, render and survey: what the other commands
/// do, refused where they refuse. No tool ends a program, runs one, or writes
/// outside of the project. The project is that of the folder it is started in,
/// or of -C; else of the folders that the client works in.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {}

const EXAMPLES: &str = "\
Examples:
  portgen mcp
  portgen -C ~/shop mcp

For programs that are set up with a file:
  { \"mcpServers\": { \"portgen\": { \"command\": \"portgen\", \"args\": [\"mcp\"] } } }";

pub(super) fn run(_: &Arguments, console: &Console) -> Result<Status, Failure> {
    let reach = Reach { start: console.location()?, is_said: console.is_place_said(), roots: Vec::new() };
    mcp::serve(reach, io::stdin(), io::stdout())?;
    Ok(Status::Done)
}
