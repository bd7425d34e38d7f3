//! The program of `run`: the only thing that portgen starts for somebody else,
//! and the only process that it ever signals.
//!
//! On Unix the program usually takes this process's place: its signals, its
//! exit code and the terminal are then its own. Where it is watched instead, a
//! signal that reaches this process is passed to it, and to nothing else; this
//! process stops when it stops, so that a shell's job control works.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::{Command, ExitStatus};

use super::hold::Sockets;

/// What is started.
#[derive(Clone, Debug)]
pub struct Program {
    /// Its name and arguments, or a line for a shell.
    pub words: Words,
    /// The folder that it starts in.
    pub folder: PathBuf,
    /// Variables that it gets besides this process's own.
    pub set: Vec<(String, OsString)>,
    /// Variables of this process that it does not get.
    pub unset: Vec<&'static str>,
}

/// The words of a program.
#[derive(Clone, Debug)]
pub enum Words {
    /// A program and its arguments, as they are.
    Plain(Vec<OsString>),
    /// A line that a shell reads: `sh -c`, or `cmd /C` on Windows.
    Shell(String),
}

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Its exit code, as a shell has it: 128 and the signal's number where one ended it.
    pub code: u8,
    /// Whether it failed by itself: a code other than 0, and no signal had to do with it.
    pub failed: bool,
}

/// A program that was not started.
#[derive(Debug)]
pub struct NotStarted {
    /// 127 where there is no such program, 126 where it cannot be started, as a shell has it.
    pub code: u8,
    /// What the system says.
    pub message: String,
}

impl Program {
    /// What it is called, for people.
    pub fn name(&self) -> String {
        match &self.words {
            Words::Plain(words) => {
                words.first().map(|word| word.to_string_lossy().into_owned()).unwrap_or_default()
            }
            Words::Shell(_) if cfg!(windows) => "cmd".to_owned(),
            Words::Shell(_) => "sh".to_owned(),
        }
    }

    #[expect(clippy::disallowed_methods, reason = "the one program that a person asked to have started")]
    fn command(&self) -> Command {
        let mut command = match &self.words {
            Words::Plain(words) => {
                let mut command = Command::new(words.first().map_or_else(OsString::new, Clone::clone));
                command.args(words.iter().skip(1));
                command
            }
            Words::Shell(line) => shell(line),
        };
        command.current_dir(&self.folder);
        command.envs(self.set.iter().map(|(name, value)| (name, value)));
        for name in &self.unset {
            command.env_remove(name);
        }
        command
    }
}

#[cfg(unix)]
#[expect(clippy::disallowed_methods, reason = "the `command` of a service is written for a shell")]
fn shell(line: &str) -> Command {
    let mut command = Command::new("sh");
    command.arg("-c").arg(line);
    command
}

#[cfg(not(unix))]
#[expect(clippy::disallowed_methods, reason = "the `command` of a service is written for a shell")]
fn shell(line: &str) -> Command {
    let mut command = Command::new("cmd");
    command.arg("/C");
    // `cmd` reads its line by rules of its own: quoting it would change it.
    #[cfg(windows)]
    std::os::windows::process::CommandExt::raw_arg(&mut command, line);
    #[cfg(not(windows))]
    command.arg(line);
    command
}

impl NotStarted {
    fn of(error: &io::Error) -> Self {
        let code = if error.kind() == io::ErrorKind::NotFound { 127 } else { 126 };
        Self { code, message: error.to_string() }
    }
}

/// The number of this process, which a program that takes its place keeps.
pub fn own_process() -> u32 {
    std::process::id()
}

/// Starts a program in the place of this process, and gives it the sockets
/// that listen for it, from descriptor 3 on. Those that were only held are
/// closed by the same step.
///
/// # Errors
/// [`NotStarted`]; without an error this process is the program, and this
/// function does not come back. Where a system cannot do that, the program is
/// waited for.
#[cfg(unix)]
pub fn replace(program: &Program, sockets: Sockets) -> Result<Ended, NotStarted> {
    use std::os::unix::process::CommandExt;

    use command_fds::{CommandFdExt, FdMapping};

    let mut command = program.command();
    // Descriptors that are only held close when the program takes over.
    let mut _held = None;
    match sockets {
        Sockets::Listening(listening) => {
            let names: Vec<&str> = listening.iter().map(|(name, _)| name.as_str()).collect();
            // The program keeps this process's number: LISTEN_PID is right by construction.
            command.env("LISTEN_PID", std::process::id().to_string());
            command.env("LISTEN_FDS", names.len().to_string());
            command.env("LISTEN_FDNAMES", names.join(":"));
            let mappings = (3..)
                .zip(listening)
                .map(|(child_fd, (_, socket))| FdMapping { parent_fd: socket.into(), child_fd });
            if let Err(error) = command.fd_mappings(mappings.collect()) {
                return Err(NotStarted { code: 126, message: error.to_string() });
            }
        }
        held => _held = Some(held),
    }
    Err(NotStarted::of(&command.exec()))
}

/// The same on Windows: a program cannot take this process's place there.
///
/// # Errors
/// [`NotStarted`].
#[cfg(not(unix))]
pub fn replace(program: &Program, sockets: Sockets) -> Result<Ended, NotStarted> {
    supervise(program, sockets)
}

/// Starts a program and waits for it, passing on the signals that reach this
/// process. The sockets that were held are closed just before it starts.
///
/// # Errors
/// [`NotStarted`].
#[cfg(unix)]
pub fn supervise(program: &Program, sockets: Sockets) -> Result<Ended, NotStarted> {
    use signal_hook::consts::SIGCHLD;
    use signal_hook::iterator::SignalsInfo;
    use signal_hook::iterator::exfiltrator::WithOrigin;

    // Before the start, so that no signal is missed, not even the first SIGCHLD.
    let mut signals = SignalsInfo::<WithOrigin>::new(signals::PASSED.iter().chain([&SIGCHLD]))
        .map_err(|error| NotStarted::of(&error))?;
    let mut command = program.command();
    drop(sockets);
    let mut child = command.spawn().map_err(|error| NotStarted::of(&error))?;
    let mut passed = false;
    // Only here is the child asked after, so its number is its own until then.
    for origin in signals.forever() {
        if origin.signal == SIGCHLD {
            match child.try_wait() {
                Ok(None) => signals::stop_with(&child),
                Ok(Some(status)) => return Ok(Ended::of(status, passed)),
                Err(error) => return Err(NotStarted { code: 126, message: error.to_string() }),
            }
        } else {
            passed |= signals::may_end(origin.signal);
            signals::pass(&origin, &child);
        }
    }
    Err(NotStarted { code: 126, message: "it is not known how the program ended".to_owned() })
}

/// Starts a program and waits for it.
///
/// # Errors
/// [`NotStarted`].
#[cfg(not(unix))]
pub fn supervise(program: &Program, sockets: Sockets) -> Result<Ended, NotStarted> {
    let mut command = program.command();
    drop(sockets);
    let status = command.spawn().and_then(|mut child| child.wait());
    status.map(|status| Ended::of(status, false)).map_err(|error| NotStarted::of(&error))
}

impl Ended {
    fn of(status: ExitStatus, was_signalled: bool) -> Self {
        #[cfg(unix)]
        if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
            return Self { code: u8::try_from(128 + signal).unwrap_or(u8::MAX), failed: false };
        }
        // Windows' codes are wider; what does not fit is a failure all the same.
        let code = status.code().map_or(u8::MAX, |code| u8::try_from(code).unwrap_or(u8::MAX));
        Self { code, failed: code != 0 && !was_signalled }
    }
}

#[cfg(unix)]
mod signals {
    //! Passing signals to the one child that was started.

    use std::io::IsTerminal;
    use std::process::Child;

    use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, getpid, kill_process, waitid};
    use signal_hook::consts::{
        SIGALRM, SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGUSR1, SIGUSR2, SIGWINCH,
    };
    use signal_hook::low_level::siginfo::{Cause, Origin};

    /// The signals that are passed on.
    pub(super) const PASSED: [i32; 10] =
        [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGALRM, SIGUSR1, SIGUSR2, SIGWINCH, SIGTSTP, SIGCONT];

    /// Whether a program may end by a signal: no failure of its own then.
    pub(super) fn may_end(signal: i32) -> bool {
        !matches!(signal, SIGWINCH | SIGTSTP | SIGCONT)
    }

    /// Stops this process where its child was stopped, by the terminal, by
    /// itself or by anybody: whoever started this one sees what it would see of
    /// the child. A child that goes on although it was asked to stop is not
    /// waited for. What continues this process continues the child.
    pub(super) fn stop_with(child: &Child) {
        let look = WaitIdOptions::STOPPED | WaitIdOptions::NOHANG;
        let stopped = waitid(WaitId::Pid(Pid::from_child(child)), look).ok().flatten();
        if stopped.is_some_and(|status| status.stopped()) {
            let _ = kill_process(getpid(), Signal::STOP);
        }
    }

    /// Passes a signal to the child, unless the terminal has sent it there, too.
    pub(super) fn pass(origin: &Origin, child: &Child) {
        if is_of_terminal(origin) {
            return;
        }
        if let Some(signal) = Signal::from_named_raw(origin.signal) {
            // A child that is ending needs no signal any more.
            let _ = kill_process(Pid::from_child(child), signal);
        }
    }

    /// Whether a terminal sent a signal: to its whole foreground group, which
    /// the child is in.
    fn is_of_terminal(origin: &Origin) -> bool {
        let by_keys = matches!(origin.signal, SIGINT | SIGQUIT | SIGHUP | SIGWINCH | SIGTSTP);
        match origin.cause {
            Cause::Kernel => true,
            // Some systems do not tell who sent it: then it was the keyboard, where there is one.
            Cause::Unknown => by_keys && std::io::stdin().is_terminal(),
            _ => false,
        }
    }
}
