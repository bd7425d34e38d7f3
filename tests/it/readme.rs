//! Every fenced block of the pages at the root and in `docs` is true: commands are
//! run and show what they are said to show, tables are read, YAML is YAML.
//!
//! A fence whose info has a path behind the language (`toml ports.toml`) is a file. A
//! page with such fences is a session in an empty folder, from its first line to its
//! last: files are written where they stand, commands run between them, and what a
//! CI system's file has it run is run, too. Any other page is about its first table,
//! and before it about a folder with the files that it shows.

#[cfg(unix)]
use std::fs;
#[cfg(unix)]
use std::path::{Path, PathBuf};
#[cfg(unix)]
use std::process::Command;

#[cfg(unix)]
use crate::support::copy_folder;
use crate::support::{self, read};

/// A fenced block.
struct Block {
    language: String,
    /// The path of the file that it is, inside the page's folder.
    file: Option<String>,
    text: String,
    /// The line that it begins at, from 1.
    line: usize,
    /// The paragraph before it.
    before: String,
}

impl Block {
    fn opened(info: &str, line: usize, before: &str) -> Self {
        let (language, file) =
            info.split_once(' ').map_or((info, None), |(language, file)| (language, Some(file.to_owned())));
        Self { language: language.to_owned(), file, text: String::new(), line, before: before.to_owned() }
    }
}

fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    let (mut paragraph, mut is_over) = (String::new(), false);
    for (index, line) in text.lines().enumerate() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(info)) => open = Some(Block::opened(info, index + 1, &paragraph)),
            (Some(_), Some("")) => blocks.extend(open.take()),
            (Some(block), _) => block.text.extend([line, "\n"]),
            (None, None) if line.is_empty() => is_over = true,
            (None, None) => {
                if std::mem::take(&mut is_over) {
                    paragraph.clear();
                }
                paragraph.extend([line, "\n"]);
            }
        }
    }
    assert!(open.is_none(), "a block is not closed");
    blocks
}

/// Pages with tests of their own, which run their fences.
const TESTED_ELSEWHERE: [&str; 3] = ["docs/commands.md", "docs/rules.md", "docs/templates.md"];

/// Every page whose blocks are tested: all of the root and below `docs`.
fn pages() -> Vec<(String, Vec<Block>)> {
    let mut names = super::links::markdown_files();
    names.retain(|name| name.starts_with("docs/") || !name.contains('/'));
    for name in TESTED_ELSEWHERE {
        assert!(names.iter().any(|other| other == name), "{name} is not there");
    }
    names.retain(|name| !TESTED_ELSEWHERE.contains(&name.as_str()));
    names.into_iter().map(|name| (name.clone(), blocks(&read(support::repository().join(&name))))).collect()
}

#[test]
fn every_block_has_a_language_that_is_tested() {
    for (page, blocks) in pages() {
        for block in blocks.iter().filter(|block| block.file.is_none()) {
            let known =
                ["console", "js", "json", "lua", "sh", "toml", "yaml"].contains(&block.language.as_str());
            assert!(known, "{page}:{}: {:?}", block.line, block.language);
        }
    }
}

#[test]
fn every_block_that_is_a_file_is_named_before_it() {
    for (page, blocks) in pages() {
        for block in blocks {
            let Some(file) = &block.file else { continue };
            let named = block.before.contains(&format!("`{file}`"));
            assert!(named, "{page}:{}: {file} is not named in {:?}", block.line, block.before);
        }
    }
}

#[test]
fn the_readme_names_every_target_and_every_command() {
    let readme = read(support::repository().join("README.md"));
    for target in portgen::target::TARGETS {
        assert!(readme.contains(&format!("`{}`", target.id)), "target {}", target.id);
    }
    let help = support::portgen(support::repository(), &["--help"]).stdout;
    let commands =
        help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let mut count = 0;
    let names = commands.filter_map(|line| line.split_whitespace().next());
    for name in names.filter(|name| *name != "help") {
        assert!(readme.contains(&format!("`portgen {name}")), "command {name}");
        count += 1;
    }
    assert!(count >= 10, "{help}");
}

#[test]
fn every_toml_block_is_a_table_without_a_mistake() {
    for (page, blocks) in pages() {
        // A policy is no table, and one that inherits from it is nothing without it: the
        // commands of their pages read both.
        let inherits = |block: &Block| block.text.contains("extends = ");
        let is_policy = |block: &Block| block.file.as_ref().is_some_and(|file| file.contains(".policy."));
        let tables = blocks.iter().filter(|block| block.language == "toml");
        for block in tables.filter(|block| !is_policy(block) && !inherits(block)) {
            let named = ["[project]", "[workspace]"].iter().any(|header| block.text.contains(header));
            let name = if named { "" } else { "\n[project]\nname = \"example\"\n" };
            let mistakes = support::mistakes(&format!("{}{name}", block.text));
            assert!(mistakes.is_empty(), "{page}:{}: {mistakes:#?}", block.line);
        }
    }
}

#[test]
fn every_reader_is_on_the_page_about_repositories() {
    let page = read(support::repository().join("docs/repository.md"));
    let rows = portgen::readers::READERS
        .iter()
        .map(|reader| format!("| `{}` | {} |\n", reader.name, reader.summary));
    let table: String = std::iter::once("| reader | reads |\n|---|---|\n".to_owned()).chain(rows).collect();
    assert!(page.contains(&format!("\n{table}\n")), "docs/repository.md should have this table:\n{table}");
}

#[test]
fn every_json_block_is_json() {
    for (page, blocks) in pages() {
        for block in blocks.iter().filter(|block| block.language == "json") {
            let parsed = serde_json::from_str::<serde_json::Value>(&block.text);
            assert!(parsed.is_ok(), "{page}:{}: {parsed:?}", block.line);
        }
    }
}

#[test]
fn every_yaml_block_is_yaml_and_names_hooks_that_exist() {
    let hooks = read(support::repository().join(".pre-commit-hooks.yaml"));
    for (page, blocks) in pages() {
        for block in blocks.iter().filter(|block| block.language == "yaml") {
            let parsed = serde_yaml::from_str::<serde_yaml::Value>(&block.text);
            assert!(parsed.is_ok(), "{page}:{}: {parsed:?}", block.line);
            for id in block.text.lines().filter_map(|line| line.trim().strip_prefix("- id: ")) {
                assert!(hooks.contains(&format!("id: {id}\n")), "{page}:{}: {id}", block.line);
            }
        }
    }
}

/// Commands that build portgen, run its tests or fetch a release: a test cannot run
/// those inside itself, and their arguments are checked instead.
#[cfg(unix)]
const CARGO: [&str; 9] = [
    "cargo test",
    "cargo install --locked --path .",
    // From an address that is an example; tests/it/packaging.rs runs it from one that is there.
    "sh install.sh --from https://example.com/portgen/releases --version 0.1.0 ~/.local/bin",
    "cargo install --locked --git https://example.com/portgen.git",
    "cargo fmt --check",
    "cargo clippy --all-targets -- -D warnings",
    "UPDATE=1 cargo test --test it rule_docs",
    "UPDATE=1 cargo test --test it command_reference",
    ".ci/run",
];

#[cfg(unix)]
#[test]
fn every_command_shows_what_it_is_said_to_show() {
    for (page, blocks) in pages() {
        let guard = tempfile::tempdir().expect("a temporary folder");
        // A table that is no file is that of a second folder: such a page is no one session.
        let is_session = !blocks.iter().any(|block| block.language == "toml" && block.file.is_none());
        if is_session && blocks.iter().any(|block| block.file.is_some()) {
            follow(&guard.path().join("shop"), &page, &blocks);
            continue;
        }
        let repository = repository_copy(guard.path());
        let shop = first_table(guard.path(), &blocks);
        let cart = without_table(guard.path(), &blocks);
        let first_table = blocks.iter().find(|block| block.language == "toml").map_or(0, |block| block.line);
        for block in blocks.iter().filter(|block| block.file.is_none()) {
            let place = format!("{page}:{}", block.line);
            // Before a page's first table, its sessions are about a folder without one.
            let folder = if block.line < first_table { &cart } else { &shop };
            match block.language.as_str() {
                "sh" => drop(run_steps(&repository, &commands(&block.text), &place)),
                "console" => compare(folder, &block.text, &place),
                _ => {}
            }
        }
    }
}

/// Follows a page as a newcomer does, from an empty folder on.
#[cfg(unix)]
fn follow(folder: &Path, page: &str, blocks: &[Block]) {
    fs::create_dir_all(folder).expect("a folder can be made");
    for block in blocks {
        let place = format!("{page}:{}", block.line);
        if let Some(file) = &block.file {
            let path = folder.join(file);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder can be made");
            fs::write(path, &block.text).expect("a file can be written");
        }
        match block.language.as_str() {
            "sh" => drop(run_steps(folder, &commands(&block.text), &place)),
            "console" => compare(folder, &block.text, &place),
            "yaml" => drop(run_steps(folder, &steps_of_a_workflow(&block.text), &place)),
            _ => {}
        }
    }
}

/// What a workflow of GitHub or a job of GitLab has a shell run.
#[cfg(unix)]
fn steps_of_a_workflow(text: &str) -> Vec<Step> {
    fn find(value: &serde_yaml::Value, found: &mut Vec<String>) {
        match value {
            serde_yaml::Value::Mapping(mapping) => mapping.iter().for_each(|(key, value)| match value {
                serde_yaml::Value::String(command) if key == "run" => found.push(command.clone()),
                serde_yaml::Value::Sequence(lines) if key == "script" => {
                    found.extend(lines.iter().filter_map(|line| line.as_str()).map(str::to_owned));
                }
                _ => find(value, found),
            }),
            serde_yaml::Value::Sequence(items) => items.iter().for_each(|item| find(item, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    find(&serde_yaml::from_str(text).expect("YAML"), &mut found);
    found.into_iter().map(|command| Step { command, may_fail: false }).collect()
}

/// Runs a session and compares what it shows.
#[cfg(unix)]
fn compare(folder: &Path, text: &str, place: &str) {
    let steps = session(text);
    let shown = run_steps(folder, &steps, place);
    assert_eq!(transcript(&steps, &shown), text, "{place}");
}

/// A copy of what a reader of the pages has: a git repository with the examples.
#[cfg(unix)]
fn repository_copy(folder: &Path) -> PathBuf {
    let root = folder.join("portgen");
    copy_folder(&support::repository().join("examples"), &root.join("examples"));
    fs::copy(support::repository().join("ports.toml"), root.join("ports.toml")).expect("a copy");
    let run = support::run(Command::new("git").args(["init", "--quiet"]).current_dir(&root));
    assert_eq!(run.code, 0, "{run:#?}");
    root
}

/// The folder that a page's sessions are about: its first table, and the
/// hand-written line that the table patches.
#[cfg(unix)]
fn first_table(folder: &Path, blocks: &[Block]) -> PathBuf {
    let shop = folder.join("shop");
    fs::create_dir_all(shop.join("src")).expect("a folder can be made");
    let table = blocks.iter().find(|block| block.language == "toml").map_or("", |block| &block.text);
    fs::write(shop.join("ports.toml"), table).expect("a file can be written");
    fs::write(shop.join("src/server.py"), "app.run(port=8000)\n").expect("a file can be written");
    shop
}

/// A repository without a table: the files that the page shows.
#[cfg(unix)]
fn without_table(folder: &Path, blocks: &[Block]) -> PathBuf {
    let cart = folder.join("cart");
    fs::create_dir_all(&cart).expect("a folder can be made");
    for block in blocks {
        if let Some(file) = &block.file {
            fs::write(cart.join(file), &block.text).expect("a file can be written");
        }
    }
    cart
}

/// One command, and whether it may fail.
#[cfg(unix)]
struct Step {
    command: String,
    may_fail: bool,
}

#[cfg(unix)]
fn commands(text: &str) -> Vec<Step> {
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| Step { command: line.to_owned(), may_fail: false }).collect()
}

#[cfg(unix)]
fn session(text: &str) -> Vec<Step> {
    let lines = text.lines().filter_map(|line| line.strip_prefix("$ "));
    lines.map(|line| Step { command: line.to_owned(), may_fail: true }).collect()
}

/// Runs the steps in one shell, so that `cd` lasts, and returns what each showed.
#[cfg(unix)]
fn run_steps(root: &Path, steps: &[Step], place: &str) -> Vec<String> {
    let mut script = String::new();
    for step in steps {
        let command = step.command.replace("cargo run --release -- ", "portgen ");
        if CARGO.contains(&command.as_str()) {
            script.push_str("printf '0\\036'\n");
            continue;
        }
        assert!(!command.starts_with("cargo"), "{place}: {command}");
        script.push_str(&format!("{command}\nprintf '%s\\036' $?\n"));
    }
    let script = format!("exec 2>&1\n{script}");
    let run = support::run(Command::new("sh").args(["-c", &script]).current_dir(root));
    let shown: Vec<&str> = run.stdout.split_terminator('\u{1e}').collect();
    assert_eq!(shown.len(), steps.len(), "{place}: {run:#?}");
    let without_code = |(text, step): (&str, &Step)| {
        let (text, code) = text.split_at(text.len() - 1);
        assert!(step.may_fail || code == "0", "{place}: {}: {text}", step.command);
        text.to_owned()
    };
    shown.into_iter().zip(steps).map(without_code).collect()
}

#[cfg(unix)]
fn transcript(steps: &[Step], shown: &[String]) -> String {
    steps.iter().zip(shown).map(|(step, text)| format!("$ {}\n{text}", step.command)).collect()
}
