//! An environment file as its readers read it: a value that any of them reads
//! differently is a condition.

use std::collections::HashSet;

use super::ReadBack;
use crate::model::{Condition, Data, Problem};
use crate::render::Rendering;

/// A program that reads environment files, as `options.readers` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reader {
    Compose,
    PythonDotenv,
    Dotenv,
    DotenvExpand,
    Node,
    Honcho,
    Shell,
}

use Reader::{Compose, Dotenv, DotenvExpand, Honcho, Node, PythonDotenv, Shell};

const READERS: &[(Reader, &str)] = &[
    (Compose, "compose"),
    (PythonDotenv, "python-dotenv"),
    (Dotenv, "dotenv"),
    (DotenvExpand, "dotenv-expand"),
    (Node, "node"),
    (Honcho, "honcho"),
    (Shell, "shell"),
];

const ALL: &[Reader] = &[Compose, PythonDotenv, Dotenv, DotenvExpand, Node, Honcho, Shell];

pub(super) fn check(rendered: &ReadBack<'_>, rendering: &mut Rendering) {
    let readers = readers(rendered);
    let mut names = HashSet::new();
    let elsewhere = set_elsewhere(rendered, rendering);
    for line in rendered.text.lines() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        // Such as the second line of a value: a shell would run it.
        let Some((name, value)) = line.split_once('=') else {
            let finding = rendered.finding(format!("the line `{line}` sets no variable"));
            rendering.findings.push(finding.help("a value is one line"));
            continue;
        };
        if !names.insert(name) {
            rendering.findings.push(rendered.finding(format!("{name} is set twice")));
        }
        if elsewhere.contains(name) {
            let finding = rendered.finding(format!("another block of the file sets {name} too"));
            rendering
                .findings
                .push(finding.help("let `services`, `tags` or `ranges` tell the two blocks apart"));
        }
        if name == "PORT" {
            let finding = rendered.finding("the bare variable PORT is set by Procfile runners and platforms");
            rendering.findings.push(finding.help("give it a name of its own, such as API_PORT"));
        }
        let disagreeing = disagreeing(name, value, &readers);
        if !disagreeing.is_empty() {
            rendering.conditions.push(Condition {
                declared: rendered.output.path.place,
                path: rendered.output.path.to_string(),
                problem: Problem::Ambiguous {
                    name: name.to_owned(),
                    value: value.to_owned(),
                    readers: disagreeing,
                },
            });
        }
    }
}

/// What the blocks of the same file that were rendered before set.
fn set_elsewhere(rendered: &ReadBack<'_>, rendering: &Rendering) -> HashSet<String> {
    let path = &rendered.output.path.value;
    let others = rendering.outputs.iter().filter(|other| other.path == *path);
    let lines = others.flat_map(|other| other.text.lines()).filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once('=')).map(|(name, _)| name.to_owned()).collect()
}

/// The readers that the output names; all of them by default.
fn readers(rendered: &ReadBack<'_>) -> Vec<Reader> {
    let Some(Data::List(named)) = rendered.bound.option("readers").map(|option| &option.value) else {
        return ALL.to_vec();
    };
    let named: Vec<&str> = named.iter().filter_map(|name| name.as_str()).collect();
    READERS.iter().filter(|(_, name)| named.contains(name)).map(|&(reader, _)| reader).collect()
}

/// What each reader does that does not read `NAME=value` as it stands, in words.
fn disagreeing(name: &str, value: &str, readers: &[Reader]) -> Vec<String> {
    let mut found: Vec<(Reader, &str)> = name_troubles(name);
    found.extend(value_troubles(value));
    let mut words = Vec::new();
    for &(reader, label) in READERS {
        let effects = found.iter().filter(|(who, _)| *who == reader && readers.contains(who));
        if let Some((_, effect)) = effects.into_iter().next() {
            words.push(format!("{label} {effect}"));
        }
    }
    if words.is_empty() && readers.len() > 1 && !value.bytes().all(is_agreed) && unquoted(value).is_none() {
        words.push("not every reader is known to take such a value as it is".to_owned());
    }
    words
}

/// The characters that every reader takes as they are.
fn is_agreed(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_./:@-".contains(&byte)
}

fn name_troubles(name: &str) -> Vec<(Reader, &'static str)> {
    let bare = name.strip_prefix("export ").unwrap_or(name);
    let start = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    let is_name = bare.bytes().next().is_some_and(start)
        && bare.bytes().all(|byte| start(byte) || byte.is_ascii_digit());
    match (is_name, bare.len() == name.len()) {
        (true, true) => Vec::new(),
        (true, false) => vec![(Honcho, "drops the line")],
        (false, _) => vec![(Honcho, "drops the line"), (Shell, "fails at the name")],
    }
}

fn value_troubles(value: &str) -> Vec<(Reader, &'static str)> {
    if let Some(inner) = unquoted(value) {
        return if inner.contains('$') { expansion(inner) } else { Vec::new() };
    }
    let mut found = Vec::new();
    let mut say = |readers: &[Reader], effect| found.extend(readers.iter().map(|&reader| (reader, effect)));
    if value.contains(char::is_control) {
        say(ALL, "ends the value at the line break or control character");
    }
    if value.starts_with(['\'', '"', '`']) {
        say(ALL, "takes the first character for an opening quote");
    }
    if value.contains(" #") || value.contains("\t#") || value.starts_with('#') {
        say(ALL, "takes `#` for the start of a comment");
    } else if value.contains('#') {
        say(&[Dotenv, DotenvExpand, Node, Honcho], "cuts the value at `#`");
    }
    if value.contains('$') {
        for (reader, effect) in expansion(value) {
            say(&[reader], effect);
        }
    }
    if value.contains([' ', '\t']) {
        say(&[Shell], "runs what follows the blank as a command");
    }
    if value.contains([';', '&', '|', '<', '>', '(', ')', '`']) {
        say(&[Shell], "takes a character of the value for its own syntax");
    }
    if value.contains(['\'', '"', '\\']) {
        say(&[Shell], "removes quotes and backslashes");
    }
    if value.starts_with('~') || value.contains(":~") {
        say(&[Shell], "expands `~`");
    }
    if !value.is_ascii() {
        say(&[Honcho], "reads the file in the system's encoding");
    }
    found
}

/// Who expands the variables in a value, in single quotes too.
fn expansion(value: &str) -> Vec<(Reader, &'static str)> {
    let effect = "expands the variable";
    let mut found = vec![(Compose, effect), (DotenvExpand, effect), (Shell, effect)];
    if value.contains("${") {
        found.push((PythonDotenv, effect));
    }
    found
}

/// The inside of a value in plain quotes, which every reader removes; `None`
/// where there are none, or readers differ on what is in them.
fn unquoted(value: &str) -> Option<&str> {
    let inner = ['"', '\''].iter().find_map(|&quote| value.strip_prefix(quote)?.strip_suffix(quote))?;
    let disputed = |character: char| matches!(character, '"' | '\'' | '`' | '\\') || character.is_control();
    (!inner.contains(disputed)).then_some(inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readers_that_disagree_are_named() {
        let check = |name: &str, value: &str, expect: &[&str]| {
            let found = disagreeing(name, value, ALL);
            let who: Vec<&str> = found.iter().map(|words| words.split(' ').next().unwrap_or("")).collect();
            assert_eq!(who, expect, "{name}={value}: {found:?}");
        };
        check("A", "http://localhost:80/a-b@c", &[]);
        check("A", "", &[]);
        check("A", "http://h/a#f", &["dotenv", "dotenv-expand", "node", "honcho"]);
        check("A", "a$B", &["compose", "dotenv-expand", "shell"]);
        check("A", "x${B}", &["compose", "python-dotenv", "dotenv-expand", "shell"]);
        check("A", "a b", &["shell"]);
        check("A", "a?b&c", &["shell"]);
        check("A", "\"a b\"", &[]);
        check("X-Y", "1", &["honcho", "shell"]);
        check("export A", "1", &["honcho"]);
        check("A", "a,b", &["not"]);
    }

    #[test]
    fn a_reader_that_is_not_used_does_not_count() {
        assert_eq!(disagreeing("A", "a#b", &[Compose]), Vec::<String>::new());
        assert_eq!(disagreeing("A", "a#b", &[Compose, Node]), ["node cuts the value at `#`"]);
        assert_eq!(disagreeing("A", "a b", &[Compose]), Vec::<String>::new());
        assert_eq!(disagreeing("A", "a b", &[Shell]).len(), 1);
    }
}
