//! What a container starts, followed through the scripts of packages and of
//! shells: the ports that those say, or the one that a server has by itself.

use std::collections::BTreeMap;
use std::ops::Range;

use super::File;
use super::aspnet;
use super::disagreement::Statement;
use super::links::Links;
use super::servers::own_port;
use super::units::{Unit, is_own_port_variable};
use crate::diagnostic::Confidence;
use crate::model::PortRange;
use crate::readers::compose::Texts;
use crate::readers::tree::{Node, Style};
use crate::readers::values::Setting;
use crate::readers::{FilePath, Role, Side, command, dockerfile, join, json};
use crate::source::{Place, SourceId, Span};

/// What one container starts.
#[derive(Clone, Debug, Default)]
pub(super) struct Start {
    /// The ports that the scripts say which it runs.
    pub(super) said: Vec<Statement>,
    /// The one that the server has by itself, where nothing that is run says another.
    pub(super) own: Option<Statement>,
    /// The name of the last program that is started.
    pub(super) program: String,
}

impl Start {
    /// Takes over what a later command starts.
    fn go_on(&mut self, next: Self) {
        if !next.said.is_empty() || next.own.is_some() {
            (self.said, self.own) = (next.said, next.own);
        }
        if !next.program.is_empty() {
            self.program = next.program;
        }
    }
}

/// What all containers start.
#[derive(Clone, Debug, Default)]
pub(super) struct Starts {
    of_files: BTreeMap<String, Start>,
    of_units: BTreeMap<Place, Start>,
}

impl Starts {
    /// What the image of a Dockerfile starts.
    pub(super) fn of_file(&self, path: &str) -> Option<&Start> {
        self.of_files.get(path)
    }

    /// What a service of a compose file starts.
    pub(super) fn of_unit(&self, unit: &Unit) -> Option<&Start> {
        self.of_units.get(&unit.place)
    }
}

/// How many services, and how many Dockerfiles, are looked into.
const MOST: usize = 2000;

/// How deep scripts that start scripts are followed.
const DEEPEST: usize = 4;

/// How long a script may be that is looked into.
const LONGEST: usize = 64 * 1024;

/// Follows every container of a repository.
pub(super) fn starts(files: &[File], links: &Links, texts: &mut Texts<'_>) -> Starts {
    let mut found = Starts::default();
    for unit in links.units.iter().filter(|unit| !unit.is_on_host_network).take(MOST) {
        let Some(component) = &unit.component else { continue };
        let start = match (&unit.command, &unit.dockerfiles[..]) {
            (Some(command), _) => {
                let part = Part { text: &command.value, whole: Some(command.place), at: command.place };
                follow(part, component, texts, 0)
            }
            (None, [path]) => of_dockerfile(path, component, texts),
            _ => continue,
        };
        found.of_units.insert(unit.place, start);
    }
    // A Dockerfile that states no port is not among the files.
    let read = files.iter().filter(|file| file.reader == "dockerfile").map(|file| &file.path);
    for path in read.chain(links.units.iter().flat_map(|unit| &unit.dockerfiles)).take(MOST) {
        if !found.of_files.contains_key(path) {
            let start = of_dockerfile(path, FilePath::new(path).folder(), texts);
            found.of_files.insert(path.clone(), start);
        }
    }
    found
}

fn of_dockerfile(path: &str, component: &str, texts: &mut Texts<'_>) -> Start {
    let Some((source, text)) = open(path, texts) else { return Start::default() };
    let mut start = Start::default();
    for range in dockerfile::started(&text) {
        let Some(command) = text.get(range.clone()) else { continue };
        start.go_on(follow(Part::of(source, command, range.start), component, texts, 0));
    }
    if start.said.is_empty() && start.own.is_none() && start.program == "dotnet" {
        start.own = aspnet::own_port(source, &text, component, texts);
    }
    start
}

/// The text of a file that is not too long.
fn open(path: &str, texts: &mut Texts<'_>) -> Option<(SourceId, String)> {
    let source = texts.open(path)?;
    let text = texts.sources.get(source).text();
    (text.len() <= LONGEST).then(|| (source, text.to_owned()))
}

/// A text that is run, and where it stands.
#[derive(Clone, Copy)]
struct Part<'a> {
    text: &'a str,
    /// The place of all of it, where its words have none.
    whole: Option<Place>,
    /// Where it begins.
    at: Place,
}

impl<'a> Part<'a> {
    fn of(source: SourceId, text: &'a str, start: usize) -> Self {
        Self { text, whole: None, at: Place { source, span: Span::new(start, start + text.len()) } }
    }

    fn place(&self, range: Range<usize>) -> Place {
        let start = self.at.span.range().start;
        let span = Span::new(start + range.start, start + range.end);
        self.whole.unwrap_or(Place { source: self.at.source, span })
    }
}

/// One word and where it stands.
pub(super) type Word<'a> = (&'a str, usize);

fn follow(part: Part<'_>, component: &str, texts: &mut Texts<'_>, depth: usize) -> Start {
    let mut start = Start::default();
    for words in commands(part.text) {
        start.go_on(follow_command(part, &words, component, texts, depth));
    }
    start
}

fn follow_command(
    part: Part<'_>,
    words: &[Word<'_>],
    component: &str,
    texts: &mut Texts<'_>,
    depth: usize,
) -> Start {
    let words = without_wrappers(words);
    let Some(&(program, at)) = words.first().filter(|_| depth < DEEPEST) else { return Start::default() };
    if let Some(script) = package_script(words)
        && let Some(start) = of_package(script, component, texts, depth)
    {
        return start;
    }
    if program.ends_with(".sh") {
        return of_script(program, component, texts, depth);
    }
    // `yarn next start` runs what the package brings.
    let words = if ["yarn", "pnpm", "bun"].contains(&program) { &words[1..] } else { words };
    let own = own_port(words, |path| join(component, path).is_some_and(|path| texts.open(&path).is_some()));
    let name = words.first().map_or((program, at), |word| *word);
    let started = name.0.rsplit('/').next().unwrap_or("").to_owned();
    let Some(port) = own else { return Start { program: started, ..Start::default() } };
    let place = part.place(name.1..name.1 + name.0.len());
    let own =
        Statement { ports: PortRange::single(port), place, role: "its own port, where nothing says another" };
    Start { said: Vec::new(), own: Some(own), program: started }
}

/// The script of a package that a command runs.
fn package_script<'a>(words: &[Word<'a>]) -> Option<&'a str> {
    const OTHERS: &[&str] = &["install", "i", "ci", "add", "exec", "dlx", "build", "cache", "global"];
    let mut rest = words.iter().map(|(word, _)| *word).filter(|word| !word.starts_with('-'));
    let program = rest.next()?;
    let first = rest.next()?;
    let name = match (program, first) {
        ("npm" | "yarn" | "pnpm" | "bun", "run" | "run-script") => rest.next()?,
        ("npm", "start") | ("yarn" | "pnpm" | "bun", _) => first,
        _ => return None,
    };
    (!OTHERS.contains(&name)).then_some(name)
}

fn of_package(script: &str, component: &str, texts: &mut Texts<'_>, depth: usize) -> Option<Start> {
    let (source, text) = open(&join(component, "package.json")?, texts)?;
    let tree = json::parse(&text);
    let node = tree.root()?.get("scripts")?.get(script)?;
    let (raw, at) = inside(&text, node)?;
    let said = said(command::in_json(raw, at, &Setting::code(Side::Container)), source);
    if !said.is_empty() {
        return Some(Start { said, ..Start::default() });
    }
    Some(follow(Part::of(source, raw, at), component, texts, depth + 1))
}

/// What a text in quotes says, and where.
fn inside<'a>(text: &'a str, node: Node<'_>) -> Option<(&'a str, usize)> {
    let range = node.span().range();
    let quotes = usize::from(node.style()? == Style::Quoted);
    let inside = range.start + quotes..range.end.checked_sub(quotes)?;
    Some((text.get(inside.clone())?, inside.start))
}

fn said(sightings: Vec<crate::readers::Sighting>, source: SourceId) -> Vec<Statement> {
    let listens = sightings.into_iter().filter(|one| {
        let is_told = one.role == Role::Assign && one.variable.as_deref().is_some_and(is_own_port_variable);
        one.confidence == Confidence::High && (is_told || one.role == Role::Listen)
    });
    listens
        .map(|one| Statement {
            ports: one.ports,
            place: Place { source, span: one.span },
            role: "listened on",
        })
        .collect()
}

/// A script of a shell that lies in the program's folder, or in one for scripts there.
fn of_script(path: &str, component: &str, texts: &mut Texts<'_>, depth: usize) -> Start {
    let name = path.rsplit('/').next().unwrap_or(path);
    let folders = ["", "docker/", "scripts/", "bin/", "deploy/"].map(|folder| format!("{folder}{name}"));
    let paths =
        [path.trim_start_matches("./").trim_start_matches("/app/").to_owned()].into_iter().chain(folders);
    let opened = paths.filter_map(|path| join(component, &path)).find_map(|path| open(&path, texts));
    let Some((source, text)) = opened else { return Start::default() };
    let said = said(command::sightings(&text, 0, &Setting::code(Side::Container)), source);
    if !said.is_empty() {
        return Start { said, ..Start::default() };
    }
    follow(Part::of(source, &text, 0), component, texts, depth + 1)
}

/// The commands of a text, word by word; quotes and the signs of lists are no words.
fn commands(text: &str) -> Vec<Vec<Word<'_>>> {
    let mut all = vec![Vec::new()];
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let at = start;
        start += line.len();
        if line.trim_start().starts_with('#') {
            continue;
        }
        let is_end = |one: char| one.is_whitespace() || matches!(one, '"' | '\'' | '[' | ']' | ',' | '\\');
        let mut offset = at;
        for word in line.split_inclusive(is_end) {
            let begins = offset;
            offset += word.len();
            let word = word.trim_end_matches(is_end);
            match word {
                "" => {}
                "&&" | "||" | ";" | "|" | "&" | "then" | "else" | "fi" | "do" => all.push(Vec::new()),
                _ => {
                    let plain = word.trim_end_matches(';');
                    all.last_mut().into_iter().for_each(|words| words.push((plain, begins)));
                    if plain.len() < word.len() {
                        all.push(Vec::new());
                    }
                }
            }
        }
        if !line.trim_end().ends_with('\\') && !text.trim_start().starts_with('[') {
            all.push(Vec::new());
        }
    }
    all.retain(|words| !words.is_empty());
    all
}

/// A command without what sets variables for it and what only hands on to it.
fn without_wrappers<'w, 'a>(words: &'w [Word<'a>]) -> &'w [Word<'a>] {
    const WRAPPERS: &[&str] = &[
        "exec",
        "sh",
        "bash",
        "/bin/sh",
        "/bin/bash",
        "-c",
        "-lc",
        "-e",
        "tini",
        "/sbin/tini",
        "dumb-init",
        "--",
        "-g",
        "bundle",
        "poetry",
        "pipenv",
        "uv",
        "npx",
        "env",
        "cross-env",
        "python",
        "python3",
        "-m",
        "-u",
        "nohup",
        "php",
        "artisan",
    ];
    let is_wrapper = |index: usize, word: &str| {
        let previous = index.checked_sub(1).and_then(|before| words.get(before)).map_or("", |word| word.0);
        WRAPPERS.contains(&word)
            || word.contains('=') && !word.starts_with('-')
            || word == "run" && matches!(previous, "poetry" | "pipenv" | "uv")
    };
    let first = words.iter().enumerate().position(|(index, (word, _))| !is_wrapper(index, word));
    first.map_or(&[], |first| &words[first..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn programs(text: &str) -> Vec<String> {
        commands(text)
            .iter()
            .map(|words| without_wrappers(words).iter().map(|(word, _)| *word).collect::<Vec<_>>().join(" "))
            .collect()
    }

    #[test]
    fn a_command_is_found_behind_what_hands_on_to_it() {
        for (text, expected) in [
            (
                "[\"sh\", \"-c\", \"python manage.py migrate && exec gunicorn app\"]",
                &["manage.py migrate", "gunicorn app"][..],
            ),
            ("[\"uvicorn\",\n \"a:b\"]", &["uvicorn a:b"]),
            ("PORT=1 poetry run flask run\n# no\nnpm start; true", &["flask run", "npm start", "true"]),
            ("tini -- ./start.sh", &["./start.sh"]),
        ] {
            assert_eq!(programs(text), expected, "{text}");
        }
    }

    #[test]
    fn a_command_names_a_script_of_its_package() {
        for (text, expected) in [
            ("npm run dev", Some("dev")),
            ("npm start", Some("start")),
            ("yarn --silent serve", Some("serve")),
            ("npm ci", None),
            ("pnpm install", None),
        ] {
            let all = commands(text);
            assert_eq!(all.first().and_then(|words| package_script(words)), expected, "{text}");
        }
    }
}
