//! The guide as a book: mdBook builds it without a warning, and every link of its
//! pages leads to a file and a place in it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use regex::Regex;

use super::tools::{Tools, ended};
use crate::support::{self, copy_folder, read};

/// Builds a book: what mdBook says.
fn build(mdbook: &mut Command, book: &Path, destination: &Path) -> (i32, String) {
    let (code, stdout, stderr) = ended(mdbook.arg("build").arg("--dest-dir").arg(destination).arg(book));
    (code, format!("{stdout}{stderr}"))
}

/// The HTML pages of a built book and what they are, by path. `404.html` stands for
/// any address: its links are not relative. `toc.html` is for other pages' frames.
fn pages(folder: &Path) -> BTreeMap<PathBuf, String> {
    let files =
        walkdir::WalkDir::new(folder).into_iter().map(|entry| entry.expect("it can be read").into_path());
    let html = files.filter(|path| path.extension().is_some_and(|end| end == "html"));
    html.filter(|path| !path.ends_with("404.html")).map(|path| (path.clone(), read(&path))).collect()
}

/// The relative links of a book that lead nowhere.
fn broken(folder: &Path) -> Vec<String> {
    let link = Regex::new(r#"(?:href|src)="([^"]*)""#).expect("a pattern");
    let pages = pages(folder);
    let mut broken = Vec::new();
    for (path, text) in &pages {
        for found in link.captures_iter(text) {
            let target = &found[1];
            let is_address = ["://", "data:", "mailto:"].iter().any(|mark| target.contains(mark));
            if !is_address && !leads_somewhere(&pages, path, target) {
                broken.push(format!("{}: {target}", path.strip_prefix(folder).expect("inside").display()));
            }
        }
    }
    broken
}

fn leads_somewhere(pages: &BTreeMap<PathBuf, String>, page: &Path, target: &str) -> bool {
    let (name, anchor) = target.split_once('#').unwrap_or((target, ""));
    let file = if name.is_empty() { page.to_path_buf() } else { page.with_file_name(name) };
    let is_there = || pages.get(&file).is_some_and(|text| text.contains(&format!("id=\"{anchor}\"")));
    file.exists() && (anchor.is_empty() || is_there())
}

#[test]
fn the_book_is_built_without_a_warning_and_its_links_lead_somewhere() {
    let Some(tools) = Tools::find() else { return };
    let guard = tempfile::tempdir().expect("a temporary folder");
    let (code, said) = build(&mut tools.other("mdbook"), support::repository(), guard.path());
    assert_eq!(code, 0, "{said}");
    assert!(!said.contains("WARN") && !said.contains("ERROR"), "{said}");
    let titles = pages(guard.path()).len();
    assert!(titles > 10, "{titles} pages");
    assert_eq!(broken(guard.path()), Vec::<String>::new());
}

#[test]
fn a_book_with_a_broken_link_or_a_missing_page_is_refused() {
    let Some(tools) = Tools::find() else { return };
    let guard = tempfile::tempdir().expect("a temporary folder");
    let (book, built) = (guard.path().join("book"), guard.path().join("built"));
    copy_folder(&support::repository().join("docs"), &book.join("docs"));
    std::fs::copy(support::repository().join("book.toml"), book.join("book.toml")).expect("a copy");
    let start = read(book.join("docs/start.md"));
    std::fs::write(book.join("docs/start.md"), format!("{start}\n[a](gone.md) [b](ci.md#gone)\n"))
        .expect("a file");
    let (code, said) = build(&mut tools.other("mdbook"), &book, &built);
    assert_eq!(code, 0, "{said}");
    let broken = broken(&built);
    for expected in ["start.html: gone.html", "start.html: ci.html#gone"] {
        assert!(broken.iter().any(|line| line == expected), "{broken:?}");
    }
    std::fs::remove_file(book.join("docs/start.md")).expect("a file is removed");
    let (code, said) = build(&mut tools.other("mdbook"), &book, &built);
    assert_ne!(code, 0, "{said}");
}
