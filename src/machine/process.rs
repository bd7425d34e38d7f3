//! A process of a machine.

use std::path::PathBuf;

/// A process, as far as this user may see it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Process {
    /// Its number.
    pub pid: u32,
    /// The number of the one that started it; 0 for none.
    pub parent: u32,
    /// What it is called: the program's name.
    pub name: String,
    /// What it was started with; empty where that cannot be seen.
    pub command: Vec<String>,
    /// The folder that it works in; `None` where that cannot be seen.
    pub folder: Option<PathBuf>,
    /// The user that it runs as; `None` where the system has no such number.
    pub user: Option<u32>,
    /// Variables of its environment that portgen set, by name; empty where
    /// that cannot be seen.
    pub marks: Vec<(String, String)>,
}

impl Process {
    /// The value of a variable that portgen set for it.
    pub fn mark(&self, name: &str) -> Option<&str> {
        self.marks.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// How people are told of it: `node (pid 4711)`.
    pub fn shown(&self) -> String {
        format!("{} (pid {})", crate::diagnostic::printable(&self.name), self.pid)
    }
}
