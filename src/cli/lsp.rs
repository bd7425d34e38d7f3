//! `portgen lsp`

use std::io;

use clap::Args;

use super::Status;
use crate::diagnostic::Failure;
use crate::lsp;

/// Serve an editor: the Language Server Protocol over standard input and output
///
/// In ports.toml it shows what `portgen check` finds, while somebody types;
/// completes keys, ranges, targets, rules and free numbers; says what a port is
/// and where it is rendered, and goes there; renames services; offers fixes and
/// the next free number. In other files it says what a number or a variable of
/// the table is. It writes no file: the editor makes every change.
///
/// An editor starts it; docs/editors.md shows how. The exit code is 0 after
/// `shutdown` and `exit`, and 1 where the client goes without.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Standard input and output, which many editors ask for; there is nothing else
    #[arg(long)]
    stdio: bool,
}

const EXAMPLES: &str = "\
Examples:
  portgen lsp
  portgen lsp --stdio";

pub(super) fn run(_: &Arguments) -> Result<Status, Failure> {
    let was_asked = lsp::serve(io::BufReader::new(io::stdin()), io::stdout());
    Ok(Status::found_if(!was_asked))
}
