//! A project in a folder of its own, rendered by the binary.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};

use super::tools::{clean, ended, json};
use crate::support::{copy_folder, repository};

/// A folder with a `ports.toml`; it goes when this does.
#[derive(Debug)]
pub struct Workspace {
    guard: tempfile::TempDir,
    folder: PathBuf,
}

impl Workspace {
    /// A folder with this table, not rendered yet.
    pub fn new(table: &str) -> Self {
        let guard = tempfile::tempdir().expect("a temporary folder");
        let folder = guard.path().to_path_buf();
        let workspace = Self { guard, folder };
        workspace.write("ports.toml", table);
        workspace
    }

    /// A folder with this table and everything that it renders.
    pub fn rendered(table: &str) -> Self {
        let workspace = Self::new(table);
        workspace.portgen(&["render"]);
        workspace
    }

    /// A copy of an example with its committed outputs.
    pub fn example(name: &str) -> Self {
        let guard = tempfile::tempdir().expect("a temporary folder");
        copy_folder(&repository().join("examples"), guard.path());
        let folder = guard.path().join(name);
        Self { guard, folder }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        debug_assert!(self.folder.starts_with(self.guard.path()));
        &self.folder
    }

    /// A file of the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The text of a file of the folder.
    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Writes a file, and the folders above it.
    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("a folder can be made");
        fs::write(path, text).expect("a file can be written");
    }

    /// Runs portgen in the folder; it must succeed.
    pub fn portgen(&self, arguments: &[&str]) -> String {
        let (code, stdout, stderr) = self.attempt(arguments);
        assert_eq!(code, 0, "portgen {arguments:?}\n{stdout}\n{stderr}");
        stdout
    }

    /// Runs portgen in the folder: its exit code, output and errors.
    pub fn attempt(&self, arguments: &[&str]) -> (i32, String, String) {
        let mut command = clean(Path::new(env!("CARGO_BIN_EXE_portgen")));
        ended(command.arg("-C").arg(&self.folder).args(arguments))
    }

    /// The variable and the number of every port, as `list` has them.
    pub fn numbers(&self) -> Vec<(String, u64)> {
        let report = json(&self.portgen(&["list", "--format", "json"]));
        let services = report["services"].as_array().expect("a list of ports").clone();
        let number = |row: &serde_json::Value| Some((row["env"].as_str()?.to_owned(), row["port"].as_u64()?));
        services.iter().filter_map(number).collect()
    }
}

/// Numbers that nobody listens on now, all different.
pub fn free_ports<const COUNT: usize>() -> [u16; COUNT] {
    let listeners: [TcpListener; COUNT] =
        std::array::from_fn(|_| TcpListener::bind(("127.0.0.1", 0)).expect("a free port"));
    std::array::from_fn(|index| listeners[index].local_addr().expect("an address").port())
}
