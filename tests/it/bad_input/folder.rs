//! A folder with files, portgen run in it, and everything that is in it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{Run, portgen};

/// A folder that goes when this does.
pub struct Folder {
    guard: tempfile::TempDir,
}

impl Folder {
    /// An empty folder.
    pub fn empty() -> Self {
        Self { guard: tempfile::tempdir().expect("a temporary folder") }
    }

    /// A folder with a table and nothing else.
    pub fn with(table: impl AsRef<[u8]>) -> Self {
        let folder = Self::empty();
        folder.write("ports.toml", table);
        folder
    }

    /// A folder with a table of one service, `api` on 23456, and this behind it.
    pub fn with_api(rest: &str) -> Self {
        Self::with(format!(
            "[project]\nname = \"p\"\n[services.api]\nport = 23456\nscheme = \"http\"\n{rest}"
        ))
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        self.guard.path()
    }

    /// The path of a file in it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// Writes a file, and the folders above it.
    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.file(name);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("a folder can be made");
        fs::write(path, text).expect("a file can be written");
    }

    /// The text of a file.
    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.file(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Runs portgen in it.
    pub fn run(&self, arguments: &[&str]) -> Run {
        portgen(self.path(), arguments)
    }

    /// Everything below it: a file's bytes, a link's target, a folder's name.
    pub fn snapshot(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut all = BTreeMap::new();
        collect(self.path(), &mut all);
        all
    }

    /// The report of `check --format json`.
    pub fn report(&self) -> Value {
        let run = self.run(&["check", "--format", "json"]);
        serde_json::from_str(&run.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}{}", run.stdout, run.stderr))
    }

    /// The places of a rule's findings, each as `path:line:column`; the related
    /// ones stand behind their primary one.
    pub fn places(&self, rule: &str) -> Vec<String> {
        places_in(&self.report(), rule)
    }

    /// Runs `render` and `check`: both must end with this code, say each of
    /// the texts, and leave every byte of the folder as it is.
    #[track_caller]
    pub fn refuses(&self, code: i32, texts: &[&str]) {
        let before = self.snapshot();
        for arguments in [&["render"][..], &["check"]] {
            let run = self.run(arguments);
            let said = format!("{}{}", run.stdout, run.stderr);
            assert_eq!(run.code, code, "{arguments:?}\n{said}");
            for text in texts {
                assert!(said.contains(text), "{arguments:?}: no `{text}` in\n{said}");
            }
        }
        assert_eq!(self.snapshot(), before, "something was written");
    }
}

/// The places of a rule's findings as `path:line:column`, related ones behind
/// their primary, as `check --format json` says them.
fn places_in(report: &Value, rule: &str) -> Vec<String> {
    let findings = report["findings"].as_array().expect("a list of findings");
    let of_rule = findings.iter().filter(|finding| finding["rule"] == rule);
    let all = of_rule.flat_map(|finding| {
        std::iter::once(finding).chain(finding["related"].as_array().into_iter().flatten())
    });
    let shown = |place: &Value| {
        format!("{}:{}:{}", place["path"].as_str().expect("a path"), place["line"], place["column"])
    };
    all.map(shown).collect()
}

fn collect(folder: &Path, all: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("an entry").path();
        let kind = fs::symlink_metadata(&path).expect("it is there").file_type();
        if kind.is_symlink() {
            let target = fs::read_link(&path).expect("a link");
            all.insert(path, target.to_string_lossy().into_owned().into_bytes());
        } else if kind.is_dir() {
            all.insert(path.clone(), Vec::new());
            collect(&path, all);
        } else if kind.is_file() {
            all.insert(path.clone(), fs::read(&path).expect("a file can be read"));
        }
    }
}
