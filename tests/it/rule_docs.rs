//! The documentation of the rules is their test.
//!
//! A `toml` fence is a `ports.toml`. A fence whose info is `text path/to/file`
//! is a file beside the one before it. `portgen check` over that folder finds
//! the rule at exactly the lines that end in `# error` or `# warning` (in
//! Markdown, `<!-- error -->`); the markers are taken out of files that are
//! not TOML. Files with no `ports.toml` before them, each run of fences
//! between other text one folder, are read by `portgen survey` instead. A rule
//! of the machine speaks only with `--machine`, and of what no text can show:
//! its fences are checked to be silent without.

use std::collections::BTreeSet;
use std::path::Path;

use portgen::rules::{Check, RULES, Rule, documentation, level_word};

use crate::support;

/// A folder that a rule's documentation shows.
#[derive(Debug, Default)]
struct Example {
    /// Paths and texts, markers taken out.
    files: Vec<(String, String)>,
    /// Whether there is a `ports.toml`, so that `check` reads it, not `survey`.
    has_table: bool,
    /// Where the rule is to speak: path, line from 1, `error` or `warning`.
    expected: BTreeSet<(String, usize, String)>,
}

impl Example {
    fn add(&mut self, path: &str, lines: &[&str]) {
        let mut text = String::new();
        for (index, line) in lines.iter().enumerate() {
            let (plain, marker) = split_marker(line);
            if let Some(severity) = marker {
                self.expected.insert((path.to_owned(), index + 1, severity.to_owned()));
            }
            text.push_str(if path.ends_with(".toml") { line } else { plain });
            text.push('\n');
        }
        self.files.push((path.to_owned(), text));
    }
}

/// A line without its marker, and what the marker says.
fn split_marker(line: &str) -> (&str, Option<&'static str>) {
    for severity in ["error", "warning"] {
        let plain = line.strip_suffix(&format!("# {severity}"));
        let plain = plain.or_else(|| line.strip_suffix(&format!("{{# {severity} #}}")));
        let plain = plain.or_else(|| line.strip_suffix(&format!("<!-- {severity} -->")));
        if let Some(plain) = plain {
            return (plain.trim_end(), Some(severity));
        }
    }
    (line, None)
}

fn examples(rule: &Rule) -> Vec<Example> {
    let text = documentation(rule);
    let mut examples = Vec::new();
    let mut lines = text.lines();
    // The example that a file joins: after other text, none without a table.
    let mut current: Option<Example> = None;
    while let Some(line) = lines.next() {
        let Some(info) = line.strip_prefix("```") else {
            examples.extend(current.take_if(|example| !line.is_empty() && !example.has_table));
            continue;
        };
        let body: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        match info.split_once(' ') {
            None if info == "toml" => {
                examples.extend(current.take());
                let example = current.insert(Example { has_table: true, ..Example::default() });
                example.add("ports.toml", &body);
            }
            Some(("text", path)) => current.get_or_insert_default().add(path, &body),
            _ => panic!("{}: a fence of kind {info:?}", rule.name),
        }
    }
    examples.extend(current);
    examples
}

/// Where `portgen check`, or without a table `portgen survey`, finds the rule
/// in a folder.
///
/// The end of a file, behind its last line, counts as its last line.
fn found(rule: &Rule, example: &Example, folder: &Path) -> BTreeSet<(String, usize, String)> {
    let command = if example.has_table { "check" } else { "survey" };
    let run = support::portgen(folder, &[command, "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&run.stdout)
        .unwrap_or_else(|error| panic!("{}: {error}\n{}{}", rule.name, run.stdout, run.stderr));
    let findings = report["findings"].as_array().cloned().unwrap_or_default();
    let of_rule = findings.iter().filter(|finding| finding["rule"] == rule.name);
    of_rule
        .map(|finding| {
            let word = |key: &str| finding[key].as_str().expect("a word").to_owned();
            let path = word("path");
            let line = finding["line"].as_u64().and_then(|line| usize::try_from(line).ok()).expect("a line");
            let text = example.files.iter().find(|(name, _)| *name == path).map(|(_, text)| text);
            (path, line.min(text.map_or(line, |text| text.lines().count())), word("level"))
        })
        .collect()
}

#[test]
fn every_fence_shows_the_rule_where_it_says() {
    let mut wrong = Vec::new();
    for rule in RULES {
        for example in examples(rule) {
            let folder = tempfile::tempdir().expect("a folder");
            for (path, text) in &example.files {
                let path = folder.path().join(path);
                std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
                std::fs::write(path, text).expect("a file");
            }
            let found = found(rule, &example, folder.path());
            let is_shown = !matches!(rule.check, Check::Machine(_));
            let expected = if is_shown { example.expected.clone() } else { BTreeSet::new() };
            if found != expected {
                wrong.push(format!("{}: expected {expected:?}, found {found:?}", rule.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rule_shows_itself_and_says_the_same_things() {
    let sections = ["## What it does", "## Why is this bad?", "## Example", "## Known limitations"];
    for rule in RULES {
        let text = documentation(rule);
        let headings: Vec<&str> = text.lines().filter(|line| line.starts_with("## ")).collect();
        assert_eq!(headings, sections, "{}", rule.name);
        let first: Vec<&str> = text.lines().take(2).collect();
        assert!(first[0].starts_with("Finds ") && first[0].ends_with('.'), "{}", rule.name);
        assert_eq!(first[1], "", "{}: the first sentence is one line", rule.name);
        assert_eq!(rule.summary(), first[0]);
        let shows_itself = examples(rule).iter().any(|example| !example.expected.is_empty());
        assert!(shows_itself, "{}", rule.name);
    }
}

#[test]
fn every_file_of_the_folder_is_a_rule_in_the_list() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .expect("the folder")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"))
        .filter(|name| name != "mod.rs")
        .map(|name| name.trim_end_matches(".rs").replace('_', "-"))
        .collect();
    files.sort();
    let mut names: Vec<&str> = RULES.iter().map(|rule| rule.name).collect();
    names.sort_unstable();
    assert_eq!(names, files);
}

/// `docs/rules.md`, as it is to be.
fn page() -> String {
    let mut page = String::from(
        "# Rules\n\n<!-- Generated from the documentation in src/rules. To change it: edit a rule there, run\n     `UPDATE=1 cargo test --test it rule_docs`. -->\n\nWhat `portgen check` finds. `portgen explain RULE` prints the same text. Levels: `deny` is an error, `warn` a\nwarning, `allow` nothing; `error` is a mistake in the file itself, which no level turns off.\n\n| rule | level | |\n|---|---|---|\n",
    );
    for rule in RULES {
        let summary = rule.summary().trim_end_matches('.');
        page += &format!("| [`{0}`](#{0}) | {1} | {summary} |\n", rule.name, level_word(rule));
    }
    for rule in RULES {
        page += &format!("\n## {}\n\nLevel: `{}`\n\n", rule.name, level_word(rule));
        for line in documentation(rule).trim_end().lines() {
            let line = if line.starts_with("## ") { format!("#{line}") } else { line.to_owned() };
            page += &line;
            page.push('\n');
        }
    }
    page
}

#[test]
fn the_page_of_rules_is_the_rules_own() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules.md");
    let page = page();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &page).expect("the page is written");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(
        committed == page,
        "docs/rules.md is not what the rules say: run `UPDATE=1 cargo test --test it rule_docs`"
    );
}
