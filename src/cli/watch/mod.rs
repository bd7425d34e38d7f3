//! `status --watch`: a view in a terminal, lines of what changed elsewhere.

mod columns;
mod plain;
mod session;
mod view;

use std::io::{self, IsTerminal};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

use crossterm::event::{self, Event, KeyEventKind};
use ratatui_core::terminal::Terminal;

use self::session::{Asked, Screen, Session};
use self::view::{After, View};
use super::Status;
use super::console::Console;
use crate::app::MachineStatus;
use crate::diagnostic::Failure;

/// One look at the machine.
pub(super) type Look = Box<dyn Fn() -> Result<MachineStatus, Failure> + Send>;

/// How long a key or a signal may wait.
const TICK: Duration = Duration::from_millis(100);

/// Looks again and again, until somebody ends it or nobody reads any more.
///
/// # Errors
/// That of the first look; later ones are shown in its place.
pub(super) fn watch(pause: Duration, console: &Console, look: Look) -> Result<Status, Failure> {
    let first = look()?;
    // Keys are read from the terminal, and a dumb one cannot be drawn on.
    if console.has_screen() && io::stdin().is_terminal() {
        return Ok(view(pause, console, look, first));
    }
    plain::watch(pause, console, &*look, &first)
}

/// Shows a view until it is left. A terminal that cannot be read or written
/// any more is one that nobody looks at.
fn view(pause: Duration, console: &Console, look: Look, first: MachineStatus) -> Status {
    let Ok(session) = Session::enter() else {
        return plain::watch(pause, console, &*look, &first).unwrap_or(Status::Done);
    };
    let mut view = View::new(first, pause, console.appearance());
    let looks = Looks::start(pause, look);
    let _ = turn(&session, &mut view, &looks);
    drop(session);
    Status::Done
}

/// Draws, and takes keys, signals and looks, until one of them ends it.
fn turn(session: &Session, view: &mut View, looks: &Looks) -> io::Result<()> {
    let mut terminal = Terminal::new(Screen::new())?;
    let mut is_stale = true;
    loop {
        match session.asked() {
            Asked::Nothing => {}
            Asked::Suspend => session.suspend()?,
            Asked::Again => session.begin()?,
        }
        if session.is_wiped() {
            terminal.clear()?;
            is_stale = true;
        }
        if let Some(seen) = looks.take() {
            view.update(seen);
            is_stale = true;
        }
        if is_stale {
            terminal.draw(|frame| view.draw(frame.area(), frame.buffer_mut()))?;
            is_stale = false;
        }
        let mut wait = TICK;
        while event::poll(wait)? {
            wait = Duration::ZERO;
            is_stale = true;
            let Event::Key(key) = event::read()? else { continue };
            match (key.kind != KeyEventKind::Release).then(|| view.press(key)) {
                Some(After::Quit) => return Ok(()),
                Some(After::Suspend) => session.suspend()?,
                Some(After::Look) => looks.ask(),
                Some(After::Nothing) | None => {}
            }
        }
    }
}

/// Looks on a thread of its own, so that keys are answered while one lasts;
/// no more than one is kept.
struct Looks {
    seen: Receiver<Result<MachineStatus, Failure>>,
    now: SyncSender<()>,
}

impl Looks {
    fn start(pause: Duration, look: Look) -> Self {
        let (give, seen) = sync_channel(0);
        let (now, asked) = sync_channel(1);
        std::thread::spawn(move || {
            loop {
                if asked.recv_timeout(pause) == Err(RecvTimeoutError::Disconnected) {
                    return;
                }
                if give.send(look()).is_err() {
                    return;
                }
            }
        });
        Self { seen, now }
    }

    /// Asks for a look now; where one is asked for already, that one.
    fn ask(&self) {
        let _ = self.now.try_send(());
    }

    fn take(&self) -> Option<Result<MachineStatus, Failure>> {
        self.seen.try_recv().ok()
    }
}
