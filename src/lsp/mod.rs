//! The language server: diagnostics, completion and answers for `ports.toml`
//! in an editor, over standard input and output.
//!
//! Messages are read by one thread and answered by another, in their order;
//! outputs and what people wrote are checked by a third, when nobody types.
//! Nothing is decided here that `app` does not decide for the command line.

mod actions;
mod background;
mod completion;
mod hover;
mod navigate;
mod noted;
mod rename;
mod requests;
mod server;
mod state;
mod symbols;
mod text;
mod uri;
mod wire;

use std::collections::VecDeque;
use std::io::{BufRead, Write};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::machine::Machine;
use crate::world::ThisMachine;
use background::Finished;
use server::Server;
use wire::Incoming;

/// How long nobody types before outputs and the repository are checked.
const IDLE: Duration = Duration::from_millis(400);

/// How long the last answers may take to be written once the client is gone.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// How often it is looked whether the process that started the server lives.
const BETWEEN_LOOKS: Duration = Duration::from_secs(2);

/// What the server waits for.
enum Event {
    /// Something came from the client.
    Incoming(Incoming),
    /// A check of everything is over.
    Finished(Finished),
}

/// Answers one client until it says `exit`, or is gone.
///
/// Whether it asked for `shutdown` before it said `exit`.
pub fn serve(mut input: impl BufRead + Send + 'static, mut output: impl Write + Send + 'static) -> bool {
    let (events, inbox) = mpsc::channel();
    let (outbox, outgoing) = mpsc::channel::<Value>();
    let incoming = events.clone();
    thread::spawn(move || {
        loop {
            let read = wire::read(&mut input).unwrap_or(Incoming::Closed);
            let is_closed = matches!(read, Incoming::Closed);
            if incoming.send(Event::Incoming(read)).is_err() || is_closed {
                return;
            }
        }
    });
    let failed = events.clone();
    let (writing, written) = mpsc::channel::<()>();
    thread::spawn(move || {
        // Dropped with the thread's last word.
        let _writing = writing;
        for message in outgoing {
            if wire::write(&mut output, &message).is_err() {
                // A client that reads no answers is gone.
                let _ = failed.send(Event::Incoming(Incoming::Closed));
                return;
            }
        }
    });
    let was_asked = answer(&inbox, events, outbox);
    // What was said before `exit` still reaches the client; one that does not read
    // cannot hold the server up.
    let _ = written.recv_timeout(LAST_WORDS);
    was_asked
}

/// Ends the session when the process that the client said to be its own has ended.
fn watch_parent(pid: u32, events: Sender<Event>) {
    let Some(start) = ThisMachine::new().start_of(pid) else { return };
    thread::spawn(move || {
        loop {
            thread::sleep(BETWEEN_LOOKS);
            if ThisMachine::new().has_ended(pid, &start) {
                let _ = events.send(Event::Incoming(Incoming::Closed));
                return;
            }
        }
    });
}

fn answer(inbox: &Receiver<Event>, events: Sender<Event>, outbox: Sender<Value>) -> bool {
    let parents = events.clone();
    let jobs = background::start(move |finished| events.send(Event::Finished(finished)).is_ok());
    let watch = Box::new(move |pid| watch_parent(pid, parents.clone()));
    let mut server = Server::new(outbox, jobs, watch);
    loop {
        let first = if server.waits_for_idle() {
            match inbox.recv_timeout(IDLE) {
                Err(RecvTimeoutError::Timeout) => {
                    server.check_everything();
                    continue;
                }
                other => other.ok(),
            }
        } else {
            inbox.recv().ok()
        };
        let Some(first) = first else { return false };
        // All that came meanwhile is looked at before anything is checked:
        // of ten keystrokes only the last one's text matters.
        let mut queue: VecDeque<Event> = std::iter::once(first).chain(inbox.try_iter()).collect();
        server.note_cancellations(queue.iter().filter_map(|event| match event {
            Event::Incoming(Incoming::Message(message)) => Some(message),
            _ => None,
        }));
        while let Some(event) = queue.pop_front() {
            match event {
                Event::Incoming(Incoming::Message(message)) => {
                    if let Some(was_asked) = server.receive(message) {
                        return was_asked;
                    }
                }
                Event::Incoming(Incoming::Broken(code, reason)) => server.refuse(code, &reason),
                Event::Incoming(Incoming::Closed) => return false,
                Event::Finished(finished) => server.take_over(finished),
            }
        }
        server.publish();
    }
}
