//! Every relative link of the Markdown files leads to a file that is there, and to a
//! heading that is there; the guide's table of contents names every page of `docs`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use regex::Regex;

use crate::support::{read, repository};

/// The Markdown files of the repository, without those that git ignores: paths with
/// `/`, sorted.
pub fn markdown_files() -> Vec<String> {
    below(repository())
}

fn below(root: &Path) -> Vec<String> {
    let files = ignore::WalkBuilder::new(root).require_git(false).build();
    let paths = files.map(|entry| entry.expect("it can be read").into_path());
    let markdown = paths.filter(|path| path.extension().is_some_and(|end| end == "md"));
    let inside = markdown.map(|path| path.strip_prefix(root).expect("it lies below").to_path_buf());
    let mut names: Vec<String> = inside.map(|path| path.to_string_lossy().replace('\\', "/")).collect();
    names.sort();
    names
}

/// A text without its fenced blocks, whose lines become empty.
fn without_fences(text: &str) -> String {
    let mut plain = String::new();
    let mut fenced = false;
    for line in text.lines() {
        let is_mark = line.trim_start().starts_with("```");
        if !fenced && !is_mark {
            plain.push_str(line);
        }
        fenced ^= is_mark;
        plain.push('\n');
    }
    plain
}

/// The targets of a text's links, inline and by reference; code is none.
fn links(text: &str) -> Vec<String> {
    let code = Regex::new("`+[^`]*`+").expect("a pattern");
    let link = Regex::new(r"(?m)\]\(\s*<?([^)\s>]+)|^\[[^\]]+\]:\s+<?([^\s>]+)").expect("a pattern");
    let plain = without_fences(text);
    let plain = code.replace_all(&plain, "");
    let target =
        |found: regex::Captures<'_>| found.get(1).or_else(|| found.get(2)).map(|it| it.as_str().to_owned());
    link.captures_iter(&plain).filter_map(target).collect()
}

/// The anchors of a text: its headings as GitHub and mdBook name them, a repeated
/// one with its count, and what HTML in it names.
fn anchors(text: &str) -> BTreeSet<String> {
    let html = Regex::new(r#"(?:id|name)="([^"]+)""#).expect("a pattern");
    let link = Regex::new(r"\[([^\]]*)\]\([^)]*\)").expect("a pattern");
    let plain = without_fences(text);
    let mut anchors: BTreeSet<String> = html.captures_iter(&plain).map(|found| found[1].to_owned()).collect();
    for line in plain.lines().filter(|line| line.starts_with('#')) {
        let Some((_, title)) = line.split_once("# ") else { continue };
        let title = link.replace_all(title.trim(), "$1").to_lowercase();
        let kept = title.chars().filter(|it| it.is_alphanumeric() || [' ', '-', '_'].contains(it));
        let name: String = kept.map(|it| if it == ' ' { '-' } else { it }).collect();
        let mut numbered = (1..).map(|count| format!("{name}-{count}"));
        let mut anchor = name.clone();
        while !anchors.insert(anchor) {
            anchor = numbered.next().unwrap_or_default();
        }
    }
    anchors
}

/// What is wrong with the relative links of one Markdown file.
fn broken(root: &Path, name: &str) -> Vec<String> {
    let text = read(root.join(name));
    let is_address = |link: &&String| link.contains("://") || link.starts_with("mailto:");
    let links = links(&text).into_iter().filter(|link| !is_address(&link));
    links
        .filter_map(|link| wrong_with(root, name, &link).map(|what| format!("{name}: {link}: {what}")))
        .collect()
}

fn wrong_with(root: &Path, name: &str, link: &str) -> Option<&'static str> {
    let (path, anchor) = link.split_once('#').map_or((link, None), |(path, anchor)| (path, Some(anchor)));
    let folder = Path::new(name).parent().unwrap_or(Path::new(""));
    let target = if path.is_empty() { PathBuf::from(name) } else { tidied(&folder.join(path)) };
    let file = root.join(&target);
    if path.starts_with('/') || !file.exists() {
        return Some("there is no such file");
    }
    // The book consists of that folder alone.
    if name.starts_with("docs/") && !target.starts_with("docs") {
        return Some("it leaves docs, and the book has nothing else");
    }
    let is_markdown = file.extension().is_some_and(|end| end == "md");
    let is_there = |anchor: &str| !is_markdown || anchors(&read(&file)).contains(anchor);
    anchor.filter(|anchor| !is_there(anchor)).map(|_| "there is no such heading")
}

/// A path with its `..` taken away where a folder is before it.
fn tidied(path: &Path) -> PathBuf {
    let mut tidy = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir if tidy.file_name().is_some() => {
                tidy.pop();
            }
            other => tidy.push(other),
        }
    }
    tidy
}

#[test]
fn every_relative_link_leads_to_a_file_and_a_heading() {
    let files = markdown_files();
    assert!(files.len() > 10, "{files:?}");
    let broken: Vec<String> = files.iter().flat_map(|name| broken(repository(), name)).collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn the_table_of_contents_names_every_page_once() {
    let summary = read(repository().join("docs/SUMMARY.md"));
    let mut named: Vec<String> = links(&summary).into_iter().map(|link| format!("docs/{link}")).collect();
    named.sort();
    let mut pages = markdown_files();
    pages.retain(|name| name.starts_with("docs/") && name != "docs/SUMMARY.md");
    assert_eq!(named, pages, "docs/SUMMARY.md (left) and the pages of docs (right)");
}

#[test]
fn the_first_page_of_the_guide_leads_to_every_other() {
    let first: BTreeSet<String> = links(&read(repository().join("docs/README.md"))).into_iter().collect();
    let all: BTreeSet<String> = links(&read(repository().join("docs/SUMMARY.md"))).into_iter().collect();
    let missing: Vec<&String> = all.difference(&first).filter(|name| *name != "README.md").collect();
    assert!(missing.is_empty(), "docs/README.md does not name {missing:?}");
}

#[test]
fn links_that_lead_nowhere_are_found() {
    let guard = tempfile::tempdir().expect("a temporary folder");
    let page = "# One\n\n## A `b.c` [d](x.md)\n\n## A b.c d\n\n`[code](gone.md)`\n\n```text\n[fence](gone.md)\n```\n\n\
                [a](#a-bc-d) [b](#a-bc-d-1) [c](#a-bc-d-2) [d](two.md#two) [e](two.md#one)\n[f](gone.md) \
                [g](https://example.com/x) [h](../README.md) [long\ntext](two.md)\n\n[i]: gone-too.md\n";
    std::fs::create_dir(guard.path().join("docs")).expect("a folder");
    for (name, text) in
        [("docs/one.md", page), ("docs/two.md", "# Two\n"), ("docs/x.md", ""), ("README.md", "")]
    {
        std::fs::write(guard.path().join(name), text).expect("a file");
    }
    let expected = [
        "#a-bc-d-2: there is no such heading",
        "two.md#one: there is no such heading",
        "gone.md: there is no such file",
        "../README.md: it leaves docs, and the book has nothing else",
        "gone-too.md: there is no such file",
    ];
    let expected: Vec<String> = expected.iter().map(|line| format!("docs/one.md: {line}")).collect();
    assert_eq!(broken(guard.path(), "docs/one.md"), expected);
    assert_eq!(below(guard.path()), ["README.md", "docs/one.md", "docs/two.md", "docs/x.md"]);
}
