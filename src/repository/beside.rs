//! Programs that one file starts beside each other: what a script leaves in the
//! background, what a package's script starts at once, what pm2 manages.

use super::contradictions::hosted::slice;
use super::together::of_sighting;
use super::units::is_own_port_variable;
use super::{File, Occupant, Together};
use crate::diagnostic::Confidence;
use crate::readers::tree::{Node, Style};
use crate::readers::values::Setting;
use crate::readers::{Context, FileKind, Role, Side, Sighting, command, json};
use crate::source::Sources;

/// How many programs of one file are looked at.
const MOST: usize = 256;

/// Every group of what one file starts together.
pub(super) fn beside(files: &[File], sources: &Sources) -> Vec<Together> {
    let mut found = Vec::new();
    for file in files.iter().filter(|file| file.path().kind() == FileKind::Plain) {
        let text = || sources.get(file.source).text();
        match file.reader {
            "pm2" => found.push(managed(file)),
            "shell" => found.extend(in_background(file, text())),
            "package-json" => found.extend(at_once(file, text())),
            _ => {}
        }
    }
    let groups = found.into_iter().filter(|occupants| occupants.len() > 1);
    let files = |occupants: &[Occupant]| occupants.first().map(|one| one.place.source).into_iter().collect();
    groups.map(|occupants| Together { files: files(&occupants), is_combined: false, occupants }).collect()
}

/// Whether a sighting is a port that something takes where it is started.
fn takes(sighting: &Sighting) -> bool {
    let is_told = sighting.role == Role::Assign
        && sighting.host.is_none()
        && sighting.variable.as_deref().is_some_and(is_own_port_variable);
    let is_taken = matches!(sighting.role, Role::Listen | Role::Publish) || is_told;
    is_taken && sighting.context == Context::Code && sighting.side == Side::Host
}

/// The programs of pm2: all run, each by its own name.
fn managed(file: &File) -> Vec<Occupant> {
    let of_program = |program: &crate::readers::ManagedProgram| {
        let span = *program.ports.first().filter(|_| program.ports.len() == 1)?;
        let sighting = file.reading.sightings.iter().find(|one| one.span == span)?;
        Some(Occupant { confidence: Confidence::High, ..of_sighting(file, sighting, &program.name) })
    };
    file.reading.managed.iter().take(MOST).filter_map(of_program).collect()
}

/// A command of a script: its text, where it begins, and how deep it stands.
struct Line<'t> {
    text: &'t str,
    at: usize,
    indent: usize,
}

fn lines(text: &str) -> Vec<Line<'_>> {
    let mut found: Vec<Line<'_>> = Vec::new();
    let (mut start, mut is_open) = (0, false);
    for raw in text.split_inclusive('\n') {
        let at = start;
        start += raw.len();
        match found.last_mut().filter(|_| is_open) {
            Some(last) => last.text = &text[last.at..start],
            None => found.push(Line { text: raw, at, indent: raw.len() - raw.trim_start().len() }),
        }
        is_open = raw.trim_end().ends_with('\\');
    }
    found.retain(|line| !line.text.trim().is_empty() && !line.text.trim_start().starts_with('#'));
    found
}

/// What a script starts and leaves running while it starts more, in each of its
/// blocks: what stands in another branch may run instead.
fn in_background(file: &File, text: &str) -> Vec<Vec<Occupant>> {
    if !text.contains('&') && !text.contains("docker run") {
        return Vec::new();
    }
    let mut groups: Vec<Vec<Occupant>> = Vec::new();
    let mut open: Vec<(usize, Vec<Occupant>)> = Vec::new();
    for line in lines(text).iter().take(MOST * 8) {
        while open.last().is_some_and(|(indent, _)| *indent > line.indent) {
            groups.extend(open.pop().map(|(_, group)| group));
        }
        if open.last().is_none_or(|(indent, _)| *indent < line.indent) {
            open.push((line.indent, Vec::new()));
        }
        let Some((_, group)) = open.last_mut() else { continue };
        if command::ends_what_runs(line.text) {
            groups.push(std::mem::take(group));
            continue;
        }
        let range = line.at..line.at + line.text.len();
        let own =
            file.reading.sightings.iter().filter(|one| takes(one) && range.contains(&one.span.range().start));
        let own: Vec<&Sighting> = own.take(MOST).collect();
        // The last one of a block may well stay in the foreground.
        if is_left_running(line.text) || !group.is_empty() && own.iter().any(|one| one.role == Role::Listen) {
            let named = own.iter().filter_map(|one| Some((one, name(text, line, one.span.range().start)?)));
            group.extend(named.map(|(one, name)| of_sighting(file, one, &name)));
        }
    }
    groups.extend(open.into_iter().map(|(_, group)| group));
    groups
}

fn is_left_running(line: &str) -> bool {
    let end = line.split(" #").next().unwrap_or(line).trim_end();
    let is_behind = end.ends_with('&') && !end.ends_with("&&");
    let is_detached = line.contains("docker run")
        && line
            .split_ascii_whitespace()
            .any(|word| matches!(word, "-d" | "--detach" | "-itd" | "-dit" | "-td"));
    is_behind || is_detached
}

/// What to call what a line starts: a container by its name, without which it
/// may be one more way to run the same; else the command around a port, and its line.
fn name(text: &str, line: &Line<'_>, at: usize) -> Option<String> {
    if line.text.contains("docker run") {
        let words: Vec<&str> = line.text.split_ascii_whitespace().collect();
        let given = words.windows(2).find(|pair| pair[0] == "--name").map(|pair| pair[1]);
        let given = given.or_else(|| words.iter().find_map(|word| word.strip_prefix("--name=")));
        return given.map(str::to_owned);
    }
    let number = text[..line.at].matches('\n').count() + 1;
    let before = slice(text, line.at, at);
    let command = before.rsplit(['&', ';', '|', '(']).next().unwrap_or(before);
    let words = command.split_ascii_whitespace().filter(|word| !word.contains('=') && !word.starts_with('-'));
    let shown: Vec<&str> = words.take(2).collect();
    Some(if shown.is_empty() {
        format!("line {number}")
    } else {
        format!("{} (line {number})", shown.join(" "))
    })
}

/// What scripts of a package start at once: `concurrently "a" "b"`, `run-p a b`.
fn at_once(file: &File, text: &str) -> Vec<Vec<Occupant>> {
    if !["concurrently", "run-p", "npm-run-all"].iter().any(|tool| text.contains(tool)) {
        return Vec::new();
    }
    let tree = json::parse(text);
    let scripts = tree.root().and_then(|root| root.get("scripts"));
    let scripts: Vec<(&str, &str, usize)> = scripts
        .map(Node::entries)
        .unwrap_or_default()
        .iter()
        .filter_map(|(key, node)| {
            let range = node.span().range();
            let quotes = usize::from(node.style()? == Style::Quoted);
            let inside = range.start + quotes..range.end.checked_sub(quotes)?;
            Some((key.text()?, text.get(inside.clone())?, inside.start))
        })
        .take(MOST)
        .collect();
    scripts.iter().map(|(_, script, at)| parts_of(file, script, *at, &scripts)).collect()
}

fn parts_of(file: &File, script: &str, at: usize, scripts: &[(&str, &str, usize)]) -> Vec<Occupant> {
    let mut found = Vec::new();
    let mut add = |name: String, raw: &str, at: usize| {
        let said = command::in_json(raw, at, &Setting::code(Side::Host));
        let said = said.iter().filter(|one| takes(one) && one.confidence == Confidence::High);
        found.extend(said.map(|one| of_sighting(file, one, &name)));
    };
    let named = |pattern: &str| -> Vec<(&str, &str, usize)> {
        let is_it = |name: &str| match pattern.strip_suffix('*') {
            Some(start) => name.starts_with(start),
            None => name == pattern,
        };
        scripts.iter().filter(|(name, ..)| is_it(name)).copied().collect()
    };
    for (part, start) in pieces(script) {
        let words: Vec<&str> = part.split_ascii_whitespace().collect();
        let run = match words[..] {
            ["npm" | "pnpm" | "yarn" | "bun", "run", name] | ["yarn" | "pnpm", name] => Some(name),
            [name] => Some(name.strip_prefix("npm:").unwrap_or(name)),
            _ => None,
        };
        let run = run.map(named).filter(|found| !found.is_empty());
        match run {
            Some(scripts) => scripts.iter().for_each(|(name, raw, at)| add((*name).to_owned(), raw, *at)),
            None => add(words.join(" ").chars().take(60).collect(), part, at + start),
        }
    }
    found
}

/// The commands that a script starts at once, and where each begins.
fn pieces(script: &str) -> Vec<(&str, usize)> {
    let is_of = |tool: &str| script.find(tool).map(|at| at + tool.len());
    if let Some(start) = is_of("concurrently ") {
        let rest = &script[start..];
        let quote = if rest.contains("\\\"") { "\\\"" } else { "'" };
        if !rest.contains(quote) {
            return words(rest, start);
        }
        let mut at = start;
        let mut found = Vec::new();
        // What stands between quotes is every second one.
        for (index, piece) in rest.split(quote).enumerate() {
            if index % 2 == 1 {
                found.push((piece, at));
            }
            at += piece.len() + quote.len();
        }
        return found;
    }
    let start =
        is_of("run-p ").or_else(|| is_of("npm-run-all --parallel ")).or_else(|| is_of("npm-run-all -p "));
    start.map_or_else(Vec::new, |start| words(&script[start..], start))
}

fn words(text: &str, base: usize) -> Vec<(&str, usize)> {
    let mut at = base;
    let all = text.split(' ').map(|word| {
        let start = at;
        at += word.len() + 1;
        (word, start)
    });
    all.filter(|(word, _)| !word.is_empty() && !word.starts_with('-')).collect()
}
