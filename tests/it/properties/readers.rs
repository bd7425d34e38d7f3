//! Strict readers of what targets render: a line that is not understood ends
//! the test.

use std::collections::BTreeMap;

use regex::Regex;
use serde_json::Value;

/// Names with their numbers.
pub type Numbers = BTreeMap<String, u16>;

fn number(text: &str) -> u16 {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn insert(all: &mut Numbers, name: &str, port: &str) {
    assert!(all.insert(name.to_owned(), number(port)).is_none(), "{name} is set twice");
}

/// Environment files: comments, blank lines and `NAME=number`, nothing else.
pub fn dotenv(text: &str) -> Numbers {
    let line = Regex::new("^([A-Z_][A-Z0-9_]*)=([0-9]+)$").expect("a pattern");
    let mut all = Numbers::new();
    for text in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let found = line.captures(text).unwrap_or_else(|| panic!("no assignment: {text:?}"));
        insert(&mut all, &found[1], &found[2]);
    }
    assert!(text.is_empty() || text.ends_with('\n'));
    all
}

/// The lines that a pattern with a name and a number matches whole.
pub fn constants(text: &str, pattern: &str) -> Numbers {
    let line = Regex::new(pattern).expect("a pattern");
    let mut all = Numbers::new();
    for found in text.lines().filter_map(|text| line.captures(text)) {
        insert(&mut all, &found[1], &found[2]);
    }
    all
}

/// A shell script's exports, whose default belongs to the variable itself.
pub fn shell(text: &str) -> Numbers {
    let line = Regex::new(r#"^export (\w+)="\$\{(\w+):-(\d+)\}"$"#).expect("a pattern");
    let mut all = Numbers::new();
    for text in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let found = line.captures(text).unwrap_or_else(|| panic!("no export: {text:?}"));
        assert_eq!(found[1], found[2]);
        insert(&mut all, &found[1], &found[3]);
    }
    all
}

/// The keys of Angular's constant with their ports.
pub fn angular(text: &str) -> Numbers {
    let key = Regex::new(r"^  (\w+): \{$").expect("a pattern");
    let port = Regex::new(r"^    port: (\d+),$").expect("a pattern");
    let mut all = Numbers::new();
    let mut current = None;
    for line in text.lines() {
        if let Some(found) = key.captures(line) {
            current = Some(found[1].to_owned());
        } else if let Some(found) = port.captures(line) {
            insert(&mut all, &current.take().expect("a key"), &found[1]);
        }
    }
    all
}

/// The ports that a Compose file publishes: variable, number on the machine,
/// port in the container and protocol.
pub fn compose(text: &str) -> Vec<(String, u16, u16, String)> {
    let entry = Regex::new(r"^127\.0\.0\.1:\$\{(\w+):-(\d+)\}:(\d+)(?:/(\w+))?$").expect("a pattern");
    let file: serde_yaml::Value = serde_yaml::from_str(text).expect("YAML");
    let file: Value = serde_json::to_value(file).expect("keys are strings");
    let services = file["services"].as_object().into_iter().flatten();
    let ports = services.flat_map(|(_, service)| service["ports"].as_array().into_iter().flatten());
    let read = |port: &Value| {
        let text = port.as_str().expect("ports are quoted");
        let found = entry.captures(text).unwrap_or_else(|| panic!("no port: {text:?}"));
        let protocol = found.get(4).map_or("tcp", |protocol| protocol.as_str());
        (found[1].to_owned(), number(&found[2]), number(&found[3]), protocol.to_owned())
    };
    ports.map(read).collect()
}

/// The rows of a document's tables, without their headings, as plain text.
pub fn markdown(text: &str) -> Vec<Vec<String>> {
    let lines: Vec<&str> = text.lines().collect();
    let is_rule = |line: &str| line.starts_with("| -") && line.chars().all(|sign| "|-: ".contains(sign));
    let rows = (0..lines.len()).filter(|&index| {
        let next = lines.get(index + 1).copied().unwrap_or("");
        lines[index].starts_with('|') && !is_rule(lines[index]) && !is_rule(next)
    });
    rows.map(|index| cells(lines[index])).collect()
}

/// The cells of a row: split at bars that no backslash escapes.
fn cells(row: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut characters = row.trim().trim_start_matches('|').chars().peekable();
    while let Some(character) = characters.next() {
        let last = cells.len() - 1;
        match character {
            '\\' if characters.peek().is_some_and(char::is_ascii_punctuation) => {
                cells[last].extend(characters.next());
            }
            '|' => cells.push(String::new()),
            other => cells[last].push(other),
        }
    }
    assert_eq!(cells.pop().as_deref(), Some(""), "a row ends with a bar");
    cells.into_iter().map(|cell| words(&cell)).collect()
}

/// Text as a browser shows it: runs of blanks are one.
pub fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
