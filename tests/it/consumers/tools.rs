//! Where the consumers are, and how they are started.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;

/// The installed consumers.
#[derive(Clone, Debug)]
pub struct Tools {
    folder: PathBuf,
}

impl Tools {
    /// The consumers; `None`, said aloud, where there are none and none are
    /// required.
    pub fn find() -> Option<Self> {
        let test = std::thread::current().name().unwrap_or("a test").to_owned();
        match std::env::var_os("PORTGEN_CONSUMERS").filter(|value| !value.is_empty()) {
            Some(folder) => {
                let folder = std::fs::canonicalize(&folder).expect("PORTGEN_CONSUMERS names a folder");
                Some(Self { folder })
            }
            None if required() => panic!("PORTGEN_CONSUMERS is not set, and the consumers are required"),
            None => {
                skipped(&format!("{test}: PORTGEN_CONSUMERS is not set"));
                None
            }
        }
    }

    /// A program of the Python environment, such as `ruff`.
    pub fn python(&self, program: &str) -> Command {
        clean(&self.folder.join("python/bin").join(program))
    }

    /// A Python program, given as its text.
    pub fn python_text(&self, text: &str) -> Command {
        let mut command = self.python("python");
        command.args(["-c", text]);
        command
    }

    /// A command of the Node packages, such as `tsc`.
    pub fn node(&self, program: &str) -> Command {
        clean(&self.folder.join("node/node_modules/.bin").join(program))
    }

    /// A Node program, given as its text, that may require the packages.
    pub fn node_text(&self, text: &str) -> Command {
        let mut command = clean(Path::new("node"));
        command.env("NODE_PATH", self.folder.join("node/node_modules")).args(["-e", text]);
        command
    }

    /// A Node program, given as a file, that may require the packages.
    pub fn node_file(&self, path: &Path) -> Command {
        let mut command = clean(Path::new("node"));
        command.env("NODE_PATH", self.folder.join("node/node_modules")).arg(path);
        command
    }

    /// Where another program is that not every machine can have; `None`, said
    /// aloud, where it is not and is not required.
    pub fn installed(&self, program: &str) -> Option<PathBuf> {
        let path = self.folder.join("bin").join(program);
        if path.exists() {
            return Some(path);
        }
        assert!(!required(), "{} is not there, and the consumers are required", path.display());
        skipped(&format!("{program} is not installed"));
        None
    }

    /// Another program: `docker-compose`, `foreman`, `caddy` or `mdbook`.
    pub fn other(&self, program: &str) -> Command {
        clean(&self.folder.join("bin").join(program))
    }

    /// The value of a YAML file, read as YAML 1.1, whose numbers are the trap.
    pub fn yaml(&self, path: &Path) -> Value {
        let text =
            "import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1], encoding='utf-8'))))";
        json(&done(self.python_text(text).arg(path)))
    }

    /// Has prettier judge files as they are, with its options before them.
    pub fn prettier(&self, folder: &Path, arguments: &[&str]) {
        done(self.node("prettier").arg("--check").args(arguments).current_dir(folder));
    }
}

/// Says what is skipped, past the test harness, which keeps what is printed of
/// tests that pass.
pub fn skipped(what: &str) {
    writeln!(std::io::stderr(), "skipped: {what}").ok();
}

/// Whether a missing consumer is a failure.
fn required() -> bool {
    std::env::var_os("PORTGEN_REQUIRE_CONSUMERS").is_some_and(|value| value == "1")
}

/// A command whose environment holds a path, a home and a language, nothing else.
pub fn clean(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("LANG", "C.UTF-8").stdin(Stdio::null());
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", std::env::temp_dir());
    command
}

/// One package is built at a time: maturin moves the program out of the build
/// folder, and another that builds just then does not find it.
pub fn one_at_a_time() -> MutexGuard<'static, ()> {
    static BUILDS: Mutex<()> = Mutex::new(());
    BUILDS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Passes on what Cargo needs to build below this test's own build folder.
pub fn with_cargo(command: &mut Command) -> &mut Command {
    for name in ["HOME", "CARGO_HOME", "RUSTUP_HOME", "CARGO_TARGET_DIR"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    // A release that is built fast and once, for wheel, hook and program: its speed is not what is tried.
    for (key, value) in [("LTO", "off"), ("CODEGEN_UNITS", "16"), ("OPT_LEVEL", "0")] {
        command.env(format!("CARGO_PROFILE_RELEASE_{key}"), value);
    }
    command
}

/// Runs a command that must succeed; its standard output.
pub fn done(command: &mut Command) -> String {
    let (code, stdout, stderr) = ended(command);
    assert_eq!(code, 0, "{command:?}\n{stdout}\n{stderr}");
    stdout
}

/// Runs a command that must not succeed; its standard error.
pub fn refused(command: &mut Command) -> String {
    let (code, stdout, stderr) = ended(command);
    assert_ne!(code, 0, "{command:?}\n{stdout}\n{stderr}");
    stderr
}

/// Runs a command: its exit code (-1 for a signal), output and errors.
pub fn ended(command: &mut Command) -> (i32, String, String) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

/// A JSON document.
pub fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}
