//! Programs that scripts start side by side, each by its name and on a port:
//! `uvicorn scheduler.main:app --port 8007 &`, `(cd web && npm start -- --port 3000)`.

use std::collections::BTreeSet;

use super::File;
use super::disagreement::Statement;
use super::layout::{domain, is_below};
use super::links::CONTAINERS;
use super::names::{Fit, fit};
use crate::readers::{Context, FileKind, Role, Sighting, Variant};
use crate::source::{Place, Sources};

/// A program that a script starts.
#[derive(Clone, Debug)]
pub(super) struct Launched {
    /// What it is called: its module, or the folder that it is started in.
    name: String,
    /// The folder of the project that the script is one of.
    home: String,
    /// The port that it is started on.
    pub(super) started: Statement,
}

impl Launched {
    /// Whether a file is of the same project as the script.
    pub(super) fn is_for(&self, path: &str) -> bool {
        is_below(path, &self.home)
    }

    /// Whether a name is its name.
    pub(super) fn is_named(&self, written: &str) -> bool {
        fit(written, &self.name) == Some(Fit::Whole)
    }
}

/// How many programs one script starts at most.
const MOST: usize = 256;

/// How much of a line before a number, and behind it, is looked at.
const NEAR: usize = 400;

/// Everything that scripts start by names, where one script starts several.
pub(super) fn launched(files: &[File], sources: &Sources) -> Vec<Launched> {
    let scripts = files.iter().filter(|file| is_script(file));
    let all = scripts.map(|file| of_script(file, sources.get(file.source).text()));
    all.filter(|started| started.iter().map(|one| one.name.as_str()).collect::<BTreeSet<_>>().len() > 1)
        .flatten()
        .collect()
}

fn is_script(file: &File) -> bool {
    let path = file.path();
    matches!(file.reader, "shell" | "makefile")
        && path.kind() == FileKind::Plain
        && matches!(path.variant(), Variant::None | Variant::Named("dev" | "local"))
}

fn of_script(file: &File, text: &str) -> Vec<Launched> {
    let home = domain(file.path().folder()).to_owned();
    let starts = |sighting: &&Sighting| {
        let is_told = sighting.role == Role::Assign && sighting.variable.as_deref() == Some("PORT");
        sighting.context == Context::Code
            && sighting.ports.len() == 1
            && (is_told || sighting.role == Role::Listen)
    };
    let all = file.reading.sightings.iter().filter(starts).take(MOST);
    all.filter_map(|sighting| {
        let name = named(line_around(text, sighting.span.range().start))?;
        let place = Place { source: file.source, span: sighting.span };
        let started = Statement { ports: sighting.ports, place, role: "started on" };
        Some(Launched { name, home: home.clone(), started })
    })
    .collect()
}

/// The line that a place lies in, as far as it is near.
fn line_around(text: &str, at: usize) -> &str {
    let before = super::contradictions::hosted::slice(text, at.saturating_sub(NEAR), at);
    let start = at - before.rsplit('\n').next().map_or(0, str::len);
    let line = super::contradictions::hosted::slice(text, start, at + NEAR);
    line.lines().next().unwrap_or(line)
}

/// Folders and modules that say nothing of what is started.
const VAGUE: &[&str] =
    &["", ".", "..", "main", "app", "src", "server", "index", "scripts", "bin", "run", "dist", "build"];

/// The program that a line starts, where it names one: a module, the folder of
/// a script, or the folder that it goes into.
fn named(line: &str) -> Option<String> {
    let line = line.trim().trim_start_matches(['@', '-', '(']);
    if line.starts_with('#') || line.contains("docker ") || line.contains("echo ") {
        return None;
    }
    let (mut folder, mut module) = (None, None);
    let mut words =
        line.split(|one: char| one.is_whitespace() || matches!(one, ';' | '(' | ')' | '"' | '\''));
    while let Some(word) = words.next() {
        match word {
            "cd" | "--prefix" | "--cwd" | "-C" | "--project" | "--filter" | "--app-dir" => {
                folder = words.find(|word| !word.is_empty()).and_then(part);
            }
            "-m" => {
                module = words.next().filter(|word| !SERVERS.contains(word)).and_then(module_name).or(module)
            }
            _ if module.is_none() && !word.starts_with('-') => module = of_word(word),
            _ => {}
        }
    }
    folder.or(module)
}

/// Modules that serve other modules.
const SERVERS: &[&str] = &["uvicorn", "gunicorn", "hypercorn", "flask", "http.server", "daphne", "streamlit"];

/// The program that a word names by itself: `users.main:app`, `services/users/app.py`.
fn of_word(word: &str) -> Option<String> {
    if let Some((path, _)) =
        word.split_once(':').filter(|(path, _)| path.contains('.') && !path.contains(['/', '=']))
    {
        return module_name(path);
    }
    let is_source = [".py", ".js", ".ts", ".mjs", ".go", ".rb"].iter().any(|end| word.ends_with(end));
    let is_command = word.starts_with("./cmd/") || word.starts_with("cmd/");
    match (is_source, word.rsplit_once('/')) {
        (true, Some((folder, _))) => part(folder),
        (false, Some(_)) if is_command => part(word),
        _ => None,
    }
}

/// The first part of a module's path that tells something.
fn module_name(path: &str) -> Option<String> {
    let is_telling = |part: &&str| !VAGUE.contains(part) && !CONTAINERS.contains(part) && is_name(part);
    path.split('.').find(is_telling).map(str::to_owned)
}

/// The last part of a folder's path that tells something.
fn part(path: &str) -> Option<String> {
    let is_telling = |part: &&str| !VAGUE.contains(part) && !CONTAINERS.contains(part) && is_name(part);
    path.rsplit('/').find(is_telling).map(str::to_owned)
}

fn is_name(part: &str) -> bool {
    part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_names_what_it_starts() {
        for (line, expected) in [
            ("uvicorn scheduler.main:app --host 0.0.0.0 --port 8007 &", Some("scheduler")),
            ("uvicorn services.users.main:app --port 8001 &", Some("users")),
            ("cd scheduler && uvicorn main:app --port 8007 &", Some("scheduler")),
            ("(cd \"services/web\" && npm start -- --port 3000) &", Some("web")),
            ("python services/scheduler/app.py --port 8007 &", Some("scheduler")),
            ("PORT=8007 node ./services/audit/src/index.js &", Some("audit")),
            ("python -m uvicorn users.main:app --port 1 &", Some("users")),
            ("go run ./cmd/orders -port 8007 &", Some("orders")),
            ("npm --prefix web run dev -- --port 3000", Some("web")),
            ("uvicorn main:app --port 8007 &", None),
            ("cd ../.. && flask run --port 1", None),
            ("# uvicorn a.b:c --port 1", None),
            ("docker run -p 80:80 x/users.py", None),
        ] {
            assert_eq!(named(line).as_deref(), expected, "{line}");
        }
    }
}
