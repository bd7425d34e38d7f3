//! Which files are not worth reading, by their path and by their first look.

use std::borrow::Cow;

use memchr::memmem;

use super::FilePath;

/// Why a file, or all of a folder, was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Skipped {
    /// A folder of other people's code.
    Vendored,
    /// `lint.exclude` names it.
    Excluded,
    /// A package manager's lock file.
    LockFile,
    /// It is larger than is read.
    TooLarge,
    /// It is no text: a NUL byte is in it.
    Binary,
    /// It was made smaller by a program: nobody reads its lines.
    Minified,
    /// Its head says that a program writes it.
    Generated,
    /// It is a symbolic link: what it leads to is read where it is.
    Link,
    /// It is a pipe, a socket or a device.
    NotAFile,
    /// It went away while it was being read.
    Gone,
    /// It may not be read, or the disk fails.
    Unreadable,
}

impl Skipped {
    /// The words of the lists, lower case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Vendored => "vendored folder",
            Self::Excluded => "excluded by [lint]",
            Self::LockFile => "lock file",
            Self::TooLarge => "larger than 1 MiB",
            Self::Binary => "binary",
            Self::Minified => "minified",
            Self::Generated => "generated",
            Self::Link => "symbolic link",
            Self::NotAFile => "no regular file",
            Self::Gone => "gone while being read",
            Self::Unreadable => "unreadable",
        }
    }
}

/// Folders that hold installed packages, copies of other people's code, or
/// what tools keep for themselves, wherever they are.
const VENDORED: &[&str] = &[
    "node_modules",
    "bower_components",
    "jspm_packages",
    "vendor",
    "vendored",
    "third_party",
    "third-party",
    "thirdparty",
    "3rdparty",
    "Godeps",
    "site-packages",
    ".venv",
    "venv",
    ".tox",
    ".nox",
    "__pycache__",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    "Pods",
    "Carthage",
    ".terraform",
    ".gradle",
    ".next",
    ".nuxt",
    ".svelte-kit",
    ".turbo",
    ".yarn",
    ".pnpm-store",
];

/// Folders that builds fill, with the files beside them that say so: without
/// one of those they are somebody's own.
const BUILT: &[(&str, &[&str])] = &[
    ("target", &["Cargo.toml", "pom.xml", "build.sbt"]),
    ("dist", &["package.json", "setup.py", "pyproject.toml"]),
];

/// Folders that are no part of the tree: what version control keeps.
pub fn is_version_control(name: &str) -> bool {
    matches!(name, ".git" | ".hg" | ".svn" | ".jj" | ".bzr")
}

/// Whether a folder holds what nobody of the project wrote. `has` tells
/// whether the folder around it holds a file of that name.
pub fn is_vendored(name: &str, has: impl Fn(&str) -> bool) -> bool {
    VENDORED.contains(&name)
        || BUILT.iter().any(|(folder, beside)| *folder == name && beside.iter().any(|file| has(file)))
}

/// Whether it is a lock file of a package manager, by its name.
pub fn is_lock_file(path: FilePath<'_>) -> bool {
    let name = path.name();
    path.has_extension(&["lock", "lockb", "lockfile"])
        || matches!(
            name,
            "package-lock.json"
                | "npm-shrinkwrap.json"
                | "pnpm-lock.yaml"
                | "pnpm-lock.yml"
                | "go.sum"
                | "go.work.sum"
                | "Package.resolved"
                | "packages.lock.json"
                | "project.assets.json"
                | "gradle.lockfile"
                | ".terraform.lock.hcl"
                | "conda-lock.yml"
                | "MODULE.bazel.lock"
        )
}

/// Bytes of the head in which a file may say that it is generated.
const HEAD: usize = 2048;

/// A line of more bytes than these, with hardly a space in it, was not written by a person.
const LONG_LINE: usize = 5_000;

/// Why a text is not worth reading, from a look at it.
pub fn of_text(path: FilePath<'_>, text: &str) -> Option<Skipped> {
    if is_minified(path, text) {
        Some(Skipped::Minified)
    } else if is_generated(text) {
        Some(Skipped::Generated)
    } else {
        None
    }
}

/// Whether a script, a style sheet or data has lines that no person wrote.
fn is_minified(path: FilePath<'_>, text: &str) -> bool {
    let squeezed = ["js", "mjs", "cjs", "css", "json", "map", "html", "htm", "svg", "xml", "ts"];
    if !path.has_extension(&squeezed) {
        return false;
    }
    let name = path.name();
    if memmem::find(name.as_bytes(), b".min.").is_some() || path.has_extension(&["map"]) {
        return true;
    }
    let lines = text.as_bytes().split(|&byte| byte == b'\n').filter(|line| line.len() > LONG_LINE);
    let mut long = lines.map(|line| {
        let spaces = line.iter().filter(|byte| byte.is_ascii_whitespace()).count();
        spaces * 12 < line.len()
    });
    text.len() > LONG_LINE && long.any(|is_squeezed| is_squeezed)
}

/// Whether a comment at the head of a text says that a program writes it.
/// What portgen itself writes is read: its ports are the table's.
fn is_generated(text: &str) -> bool {
    let mut end = text.len().min(HEAD);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let head = &text[..end];
    memmem::find(head.as_bytes(), b"enerated").is_some() && head.lines().any(says_generated)
}

fn says_generated(line: &str) -> bool {
    let line = line.trim_start_matches('\u{feff}').trim_start();
    let is_comment = ["//", "#", "/*", "*", "--", ";", "<!--", "%", "\"//\"", "{/*"];
    if !is_comment.iter().any(|opening| line.starts_with(opening)) {
        return false;
    }
    let lower = if line.is_ascii() { Cow::Owned(line.to_ascii_lowercase()) } else { Cow::Borrowed(line) };
    let has = |words: &str| memmem::find(lower.as_bytes(), words.as_bytes()).is_some();
    let is_marked = is_word(&lower, "@generated");
    let is_warned = has("generated") && (has("do not edit") || has("do not modify"));
    (is_marked || is_warned) && !has("portgen")
}

/// Whether a word stands in a line by itself.
fn is_word(line: &str, word: &str) -> bool {
    line.split([' ', '\t']).any(|part| part.trim_end_matches(['.', ',', ';', ':', '*', '/']) == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, text: &str, expect: Option<Skipped>) {
        let shown = &text[..text.len().min(80)];
        assert_eq!(of_text(FilePath::new(path), text), expect, "{path}: {shown}");
    }

    #[test]
    fn what_programs_write_says_so_in_a_comment_of_its_head() {
        let generated = Some(Skipped::Generated);
        check("a.go", "// Code generated by protoc-gen-go. DO NOT EDIT.\npackage a\n", generated);
        check("a.js", "/**\n * @generated SignedSource<<0>>\n */\n", generated);
        check(
            "a.py",
            "# -*- coding: utf-8 -*-\n# Generated by the protocol buffer compiler.  DO NOT EDIT!\n",
            generated,
        );
        check("a.md", "<!-- @generated -->\n", generated);
        check("a.md", "Files that say `@generated` are skipped.\n", None);
        check("a.py", "# see Code generated by a person\n", None);
        check("a.py", "x = '@generated'\n", None);
        check("a.env", "# @generated by portgen from ports.toml. To change it: edit ports.toml.\n", None);
        check("a.env", "# Code generated by portgen from ports.toml. DO NOT EDIT.\nA=1\n", None);
        check("a.go", &format!("{}// Code generated by x. DO NOT EDIT.\n", "\n".repeat(HEAD)), None);
        check("a.go", &format!("{}é// Code generated by x. DO NOT EDIT.\n", " ".repeat(HEAD - 1)), None);
    }

    #[test]
    fn a_long_line_without_spaces_was_minified() {
        let squeezed = "var a=f(b,1);".repeat(1000);
        check("a.js", &squeezed, Some(Skipped::Minified));
        check("a.json", &format!("{{\"a\": 1}}\n{squeezed}\n"), Some(Skipped::Minified));
        check("a.min.js", "x", Some(Skipped::Minified));
        check("a.js", &"var a = 1; ".repeat(1000), None);
        check("a.js", &"var a=1;\n".repeat(1000), None);
        check("a.py", &squeezed, None);
    }

    #[test]
    fn folders_and_lock_files_are_known_by_name() {
        let has = |file: &str| file == "Cargo.toml";
        assert!(is_vendored("node_modules", has) && is_vendored("target", has));
        assert!(!is_vendored("dist", has) && !is_vendored("build", has) && !is_vendored("src", has));
        for name in ["package-lock.json", "a/yarn.lock", "pnpm-lock.yaml", "go.sum", "uv.lock"] {
            assert!(is_lock_file(FilePath::new(name)), "{name}");
        }
        assert!(!is_lock_file(FilePath::new("package.json")) && !is_lock_file(FilePath::new("lock")));
    }
}
