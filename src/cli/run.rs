//! `portgen run`

use std::ffi::OsString;

use clap::Args;

use super::Status;
use super::console::Console;
use crate::app::{self, Keep, RunRequest};
use crate::diagnostic::Failure;

/// Start a program on its ports, once they are known to be free
///
/// First every port of NAME is looked at, without NAME that of every active
/// service of the table: whether somebody else was given it, whether it is
/// dead, who listens, and whether it can be bound on all addresses. Where one
/// is taken nothing is started and its owner is named. A service with
/// `allocation = "scan"` or "increment" takes the next free number of its range
/// instead; what was found is recorded, local outputs are rendered with it, and
/// `old -> new` is said on standard error. Once the declared number is free
/// again, `run` goes back to it.
///
/// Without NAME a service that is up already is left as it is, with a note: its
/// container has the port, or its own program has and its `health` answers. So
/// `portgen run -- honcho start` starts the rest beside a database that runs.
/// Its own program without a `health`, or one that is not well, is a reason to
/// refuse, as is a stranger, and the container of another Compose project. With
/// NAME whatever has the port is a reason.
///
/// The program gets every variable of the table with the numbers of this
/// checkout, those of what was reserved beside it, PORT with the number of
/// NAME, and PORTGEN_PROJECT, PORTGEN_CHECKOUT and PORTGEN_SERVICE, by which
/// `status` and `who` know it. Without CMD the service's own `command` is run by
/// a shell, in the folder of the table. Without a ports.toml a port is reserved
/// for NAME as long as the program lives, unless one is reserved already.
///
/// What each mode guarantees:
///
///   (none)     On Unix the program takes portgen's place: process number,
///              signals, terminal and exit code are its own. The ports were
///              free when it was started. Until it binds them, another program
///              that does not ask portgen may be faster.
///
///   --hold     The same, and from the check until the program is started the
///              ports are held by bound sockets. What is left is the time that
///              the program needs to bind them itself.
///
///   --fds      No gap at all: the sockets listen before the program is started,
///              and it is handed them as systemd does: descriptors from 3 on,
///              LISTEN_FDS, LISTEN_PID, LISTEN_FDNAMES (kafka, kafka.jmx). TCP
///              only, on the `bind` of each port; `localhost` is 127.0.0.1. The
///              program has to know this convention. Not on Windows.
///
///   --retry N  portgen stays and watches. Where the program fails and somebody
///              else holds one of its ports then, that port is marked dead with
///              its owner, the next number is taken, and the program is started
///              again, at most N times. A number that ports.toml fixes in this
///              checkout is not changed; one that the ledger gave is exchanged
///              before the first start, too. A connection that passes, or
///              TIME_WAIT, is no reason. Signals that reach portgen are passed
///              to the program, and to nothing else; one that the terminal
///              sends to both is not sent twice. portgen stops when the
///              program is stopped, and goes on with it: Ctrl-Z, `fg` and `bg`
///              do what they do to the program alone.
///
/// Exit codes: the program's own, 128 and the number of the signal that ended
/// it; 127 there is no such program; 126 it cannot be started; 125 portgen
/// started nothing.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES, verbatim_doc_comment)]
pub(super) struct Arguments {
    /// A service, or the one of its named ports that PORT is; all services when left out
    #[arg(value_name = "NAME", value_parser = super::ledger::service)]
    name: Option<String>,
    /// Hold the ports until the program is started
    #[arg(long, conflicts_with = "fds")]
    hold: bool,
    /// Hand the program sockets that listen already
    #[arg(long, conflicts_with = "retry")]
    fds: bool,
    /// Start it again on other ports, so often, where somebody else took them
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    retry: u32,
    /// The program and its arguments; the service's `command` when left out
    #[arg(value_name = "CMD", last = true)]
    command: Vec<OsString>,
}

const EXAMPLES: &str = "\
Examples:
  portgen run api -- uvicorn main:app      # which reads PORT or API_PORT
  portgen run api                          # the `command` of the table
  portgen run -- honcho start              # every service of a Procfile
  portgen run -- docker compose up
  portgen run web --retry 3 -- npm start
  portgen run api --fds -- gunicorn main:app
  portgen run web -- sh -c 'python3 -m http.server $PORT'";

pub(super) fn run(arguments: &Arguments, console: &Console) -> Result<Status, Failure> {
    let request = RunRequest {
        name: arguments.name.clone(),
        command: arguments.command.clone(),
        keep: match (arguments.hold, arguments.fds) {
            (_, true) => Keep::HandOver,
            (true, false) => Keep::Hold,
            (false, false) => Keep::Nothing,
        },
        retries: arguments.retry,
    };
    let ran =
        console.location().and_then(|location| app::run(&location, &request, &|line| console.say(line)));
    Ok(Status::Program(match ran {
        Ok(ran) => {
            if let Some(refusal) = &ran.refusal {
                console.fail("run", false, refusal);
            }
            ran.code
        }
        Err(failure) => {
            console.fail("run", false, &failure);
            code_of(&failure)
        }
    }))
}

/// The codes of a shell, and of what starts programs in its stead.
fn code_of(failure: &Failure) -> u8 {
    match failure.code {
        "not-found" => 127,
        "not-executable" => 126,
        _ => 125,
    }
}
