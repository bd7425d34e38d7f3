//! What several modules need: portgen run in a clean environment, folders
//! copied, the repository's own files.

use std::fs;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use portgen::app::{self, Location};
use portgen::manifest;
use portgen::model::Project;
use portgen::source::Sources;

/// What a run of a program left.
#[derive(Debug)]
pub struct Run {
    /// The exit code; -1 where a signal ended it.
    pub code: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

/// The repository's root.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The words of `--format` for what reports findings.
pub fn formats() -> impl Iterator<Item = &'static str> {
    portgen::report::FORMATS.iter().map(|format| format.name)
}

/// The text of a file; its absence ends the test with its path.
pub fn read(path: impl AsRef<Path>) -> String {
    let path = path.as_ref();
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.replace("\r\n", "\n")
}

/// portgen with the environment of the tests but for its ledger, which is a scratch one.
pub fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portgen"));
    command.env("PORTGEN_LEDGER", ledger_of(None));
    command
}

/// Runs portgen in a folder, with an environment that holds nothing but a path.
pub fn portgen(folder: &Path, arguments: &[&str]) -> Run {
    run(Command::new(env!("CARGO_BIN_EXE_portgen")).args(arguments).current_dir(folder))
}

/// Runs a command with the environment scrubbed.
pub fn run(command: &mut Command) -> Run {
    scrub(command);
    let output = command.stdin(Stdio::null()).output().expect("the program starts");
    Run {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).replace("\r\n", "\n"),
        stderr: String::from_utf8_lossy(&output.stderr).replace("\r\n", "\n"),
    }
}

fn scrub(command: &mut Command) {
    let binaries = Path::new(env!("CARGO_BIN_EXE_portgen")).parent().expect("a folder").to_path_buf();
    let inherited = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(binaries).chain(std::env::split_paths(&inherited));
    let path = std::env::join_paths(folders).expect("a path without a separator");
    let system_root = std::env::var_os("SystemRoot");
    let asked = command.get_envs().find(|(name, _)| *name == "PORTGEN_LEDGER").and_then(|(_, path)| path);
    let ledger = asked.map_or_else(|| ledger_of(command.get_current_dir()), PathBuf::from);
    command.env_clear().env("PATH", path).env("PORTGEN_LEDGER", ledger);
    if let Some(root) = system_root {
        command.env("SystemRoot", root);
    }
}

/// A ledger for one folder: tests share no machine's state, nor each other's.
fn ledger_of(folder: Option<&Path>) -> PathBuf {
    let folder = folder.map_or_else(|| PathBuf::from("."), Path::to_path_buf);
    let mut hasher = std::hash::DefaultHasher::new();
    (std::process::id(), folder).hash(&mut hasher);
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("ledgers").join(format!("{:016x}.db", hasher.finish()))
}

/// A copy of the binary in a folder, without what a debugger needs where it can
/// be taken away: an archive of it is made in a fraction of the time.
#[cfg(unix)]
pub fn small_binary(folder: &Path) -> PathBuf {
    let (whole, small) = (env!("CARGO_BIN_EXE_portgen"), folder.join("portgen"));
    fs::create_dir_all(folder).expect("a folder can be made");
    let stripped = Command::new("strip").arg("-o").arg(&small).arg(whole).output();
    if !stripped.is_ok_and(|output| output.status.success()) {
        fs::copy(whole, &small).expect("a file can be copied");
    }
    small
}

/// Copies a folder with everything in it into another, which is made.
pub fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder can be made");
    for entry in fs::read_dir(from).expect("the folder is there") {
        let entry = entry.expect("the folder can be read");
        let target: PathBuf = to.join(entry.file_name());
        if entry.file_type().expect("an entry has a type").is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).expect("a file can be copied");
        }
    }
}

/// The mistakes in a table that inherits nothing, as `rule: message`.
pub fn mistakes(text: &str) -> Vec<String> {
    let (_, findings) = manifest::read(&mut Sources::new(), "ports.toml", text);
    findings.into_iter().map(|finding| format!("{}: {}", finding.rule, finding.message)).collect()
}

/// The table of a folder, with what it inherits; a mistake ends the test.
pub fn project(folder: &Path) -> Project {
    let location = Location { directory: folder.to_path_buf(), file: None };
    let mut workspace = app::load(&location).expect("a table");
    assert!(workspace.findings.is_empty(), "{}: {:#?}", folder.display(), workspace.findings);
    let [index] = workspace.selected[..] else { panic!("{}: not one project", folder.display()) };
    workspace.projects.swap_remove(index)
}
