//! One `PORT` for all processes of a Procfile.

use std::collections::HashMap;

use super::{Check, Evidence};
use crate::diagnostic::Finding;
use crate::readers::words;
use crate::repository::File;
use crate::source::Place;

declare_rule! {
    /// Finds a bare `PORT` in an env file that a Procfile runner hands to several processes.
    ///
    /// ## What it does
    /// Looks for `PORT` in a `.env` beside a Procfile with more than one
    /// process.
    ///
    /// ## Why is this bad?
    /// honcho and foreman take it for the base that they count from: every
    /// process gets `PORT` plus 100 times its place in the Procfile, whatever
    /// the table says. The first one listens where the file says, the others
    /// on ports that nobody wrote down.
    ///
    /// ## Example
    /// ```toml
    /// [project]
    /// name = "shop"
    /// ```
    /// ```text Procfile
    /// web: npm start
    /// api: uvicorn main:app
    /// ```
    /// ```text .env
    /// PORT=23000  # error
    /// API_PORT=23001
    /// ```
    ///
    /// ## Known limitations
    /// A runner that is told to read another file (`honcho -e`) is not known.
    "shared-port-variable", Deny, Check::Repository(check)
}

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    if evidence.projects.is_empty() {
        return;
    }
    let files = &evidence.repository.files;
    let is_env_file = |file: &&File| file.is_env_file() && file.path().name() == ".env";
    let mut procfiles: HashMap<&str, &File> = HashMap::new();
    for file in files.iter().filter(|file| file.reading.processes.len() > 1) {
        procfiles.entry(file.path().folder()).or_insert(file);
    }
    for file in files.iter().filter(is_env_file) {
        if let Some(procfile) = procfiles.get(file.path().folder()) {
            findings.extend(shared(file, procfile));
        }
    }
}

fn shared(file: &File, procfile: &File) -> Option<Finding> {
    let assignment = file.reading.assignments.iter().find(|assignment| assignment.name == "PORT")?;
    let base = words::port(&assignment.value).map_or_else(String::new, |port| {
        let second = u32::from(port.get()) + 100;
        format!(": the second one listens on {second}, not on {port}")
    });
    let message = format!("every process of the Procfile gets a port of its own from `PORT`{base}");
    let place = Place { source: file.source, span: assignment.key };
    let mut finding = Finding::new(RULE.name, place, message)
        .label("the base that the runner counts from")
        .help("give each process a variable of its own, such as `API_PORT`, and name it in the Procfile");
    for &span in procfile.reading.processes.iter().skip(1).take(1) {
        let place = Place { source: procfile.source, span };
        finding = finding.related(place, "gets 100 more");
    }
    Some(finding)
}
