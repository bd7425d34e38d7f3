//! The ledger on the binary: what this machine gives, and to whom.

/// Worktrees, clones and folders that moved.
mod checkouts;
/// `doctor`, and what it repairs.
mod doctor;
/// The two documents whose behaviour is reachable exactly.
mod documents;
/// Many at once, and killed at any moment.
mod proof;
/// `run`: what a program is given, how it starts, how it ends.
mod run;
/// What can be wrong with the file.
mod store;
/// `status`, `who` and the rules of the machine, on real processes.
mod status;
/// Each verb, as a person or a script runs it.
mod verbs;
/// `status --watch` in a terminal, `map --machine`.
mod watch;
/// The root of a workspace: several projects at once.
mod workspace;

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::support::{Run, run};

/// A machine of its own: one ledger, and folders below one.
pub struct Machine {
    folder: TempDir,
}

impl Machine {
    /// A machine that knows nothing.
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder") }
    }

    /// The file of its ledger.
    pub fn ledger(&self) -> PathBuf {
        self.root().join("state").join("ledger.db")
    }

    /// The folder that all others lie in.
    pub fn root(&self) -> PathBuf {
        portgen::world::normalise(self.folder.path())
    }

    /// A folder, made where it is not there.
    pub fn folder(&self, name: &str) -> PathBuf {
        let folder = self.root().join(name);
        std::fs::create_dir_all(&folder).expect("a folder can be made");
        folder
    }

    /// A folder with a table.
    pub fn project(&self, name: &str, table: &str) -> PathBuf {
        let folder = self.folder(name);
        std::fs::write(folder.join("ports.toml"), table).expect("a file can be written");
        folder
    }

    /// portgen in a folder.
    pub fn command(&self, folder: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_portgen"));
        command.args(arguments).current_dir(folder).env("PORTGEN_LEDGER", self.ledger());
        command
    }

    /// What portgen does in a folder.
    pub fn run(&self, folder: &Path, arguments: &[&str]) -> Run {
        run(&mut self.command(folder, arguments))
    }

    /// The same, which must end well; its output.
    #[track_caller]
    pub fn ok(&self, folder: &Path, arguments: &[&str]) -> String {
        let run = self.run(folder, arguments);
        assert_eq!(run.code, 0, "{arguments:?}: {run:?}");
        run.stdout
    }

    /// The number that `reserve` prints.
    #[track_caller]
    pub fn reserve(&self, folder: &Path, arguments: &[&str]) -> u16 {
        let text = self.ok(folder, &[&["reserve", "--quiet"], arguments].concat());
        text.trim().parse().unwrap_or_else(|_| panic!("{text:?}"))
    }
}

/// Numbers of a range that nothing listens on: the first of them.
///
/// Found by binding, so that a test does not depend on what runs beside it.
pub fn free_range(count: u16) -> u16 {
    let is_free = |port: u16| {
        let holders = ["0.0.0.0", "::"].map(|address| std::net::TcpListener::bind((address, port)));
        holders[0].is_ok() && std::net::UdpSocket::bind(("0.0.0.0", port)).is_ok()
    };
    let start = 10_000 + u16::try_from(std::process::id() % 97).unwrap_or(0) * 100;
    (start..30_000)
        .step_by(usize::from(count.max(1)))
        .find(|&first| (first..first + count).all(is_free))
        .expect("some ports are free")
}
