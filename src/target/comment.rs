//! The comment syntax of a file, guessed by its name.

use crate::model::{Comment, RelativePath};

const BY_EXTENSION: &[(&str, &[&str])] = &[
    (
        "#",
        &[
            "bash",
            "cfg",
            "cmake",
            "conf",
            "dockerfile",
            "env",
            "ex",
            "exs",
            "fish",
            "graphql",
            "hcl",
            "j2",
            "just",
            "jl",
            "mk",
            "nix",
            "pl",
            "properties",
            "ps1",
            "psd1",
            "psm1",
            "py",
            "pyi",
            "r",
            "rb",
            "sh",
            "tf",
            "tfvars",
            "toml",
            "yaml",
            "yml",
            "zsh",
        ],
    ),
    (
        "//",
        &[
            "c", "cc", "cjs", "cpp", "cs", "cts", "cxx", "dart", "fs", "go", "gradle", "groovy", "h", "hpp",
            "java", "js", "json5", "jsonc", "jsx", "kt", "kts", "less", "mjs", "mts", "php", "proto", "rs",
            "sass", "scala", "scss", "swift", "ts", "tsx", "zig",
        ],
    ),
    ("--", &["elm", "hs", "lua", "sql"]),
    (";", &["asm", "ini"]),
    (";;", &["clj", "cljs", "edn", "el", "lisp", "scm"]),
    ("%", &["erl", "hrl", "tex"]),
    ("@rem", &["bat", "cmd"]),
    ("<!-- -->", &["html", "htm", "markdown", "md", "svelte", "svg", "vue", "xhtml", "xml"]),
    ("/* */", &["css"]),
    ("json", &["json"]),
];

const HASH_NAMES: &[&str] = &[
    "BSDmakefile",
    "Caddyfile",
    "Containerfile",
    "Dockerfile",
    "GNUmakefile",
    "Gemfile",
    "Justfile",
    "Makefile",
    "Procfile",
    "Rakefile",
    "Tiltfile",
    "Vagrantfile",
    "justfile",
    "makefile",
];

/// The comment syntax that a file of this name has; `None` for an unknown kind.
pub(super) fn by_path(path: &RelativePath) -> Option<Comment> {
    let name = path.file_name();
    let plain_text_of_hashes = HASH_NAMES.contains(&name)
        || name.starts_with(".env")
        || name.starts_with("Dockerfile.")
        || name.starts_with("Procfile.")
        || matches!(name, ".gitignore" | ".dockerignore" | ".gitattributes" | ".editorconfig");
    if plain_text_of_hashes {
        return Comment::parse("#");
    }
    let extension = path.extension()?.to_ascii_lowercase();
    let (syntax, _) = BY_EXTENSION.iter().find(|(_, extensions)| extensions.contains(&extension.as_str()))?;
    Comment::parse(syntax)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_file_tells_its_comments() {
        let check = |path: &str, expect: Option<&str>| {
            let path = RelativePath::parse(path).expect("a path");
            assert_eq!(by_path(&path), expect.and_then(Comment::parse), "{path}");
        };
        check("src/ports.py", Some("#"));
        check(".env.example", Some("#"));
        check("deploy/Dockerfile", Some("#"));
        check("a/b.TS", Some("//"));
        check("x.json", Some("json"));
        check("x.html", Some("<!-- -->"));
        check("x.unknown", None);
        check("LICENSE", None);
    }

    #[test]
    fn every_syntax_of_the_list_is_one() {
        for (syntax, _) in BY_EXTENSION {
            assert!(Comment::parse(syntax).is_some(), "{syntax}");
        }
    }
}
