//! The help of every command, and `docs/commands.md`, which is made of the
//! same definitions: up to date, 80 columns wide, with examples that run.

#[cfg(unix)]
use std::path::Path;
#[cfg(unix)]
use std::process::Command;

use crate::support;

#[test]
fn the_page_of_commands_is_the_definitions_own() {
    let path = support::repository().join("docs/commands.md");
    let page = portgen::cli::reference();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &page).expect("the page is written");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(
        committed == page,
        "docs/commands.md is not what the definitions say: run `UPDATE=1 cargo test --test it command_reference`"
    );
}

/// The lines of the page's fences of a language.
fn fenced<'a>(page: &'a str, language: &str) -> Vec<&'a str> {
    let mut lines = page.lines();
    let mut found = Vec::new();
    while let Some(line) = lines.next() {
        let Some(info) = line.strip_prefix("```") else { continue };
        let body = lines.by_ref().take_while(|line| *line != "```");
        if info == language { found.extend(body) } else { body.for_each(drop) }
    }
    found
}

/// Every command as it is typed, those of a family too.
fn commands(page: &str) -> Vec<Vec<&str>> {
    let headings = page.lines().filter_map(|line| line.trim_start_matches('#').strip_prefix(" portgen "));
    headings.map(|words| words.split(' ').collect()).collect()
}

#[test]
fn every_help_is_80_columns_wide_and_ends_with_examples() {
    let page = portgen::cli::reference();
    let commands = commands(&page);
    assert!(commands.len() > 25, "{commands:?}");
    for command in [vec![]].into_iter().chain(commands) {
        for help in ["-h", "--help"] {
            let mut program = support::program();
            program.args(&command).arg(help).env("COLUMNS", "80");
            let output = program.output().expect("portgen starts");
            let text = String::from_utf8(output.stdout).expect("UTF-8").replace("\r\n", "\n");
            let wide = text.lines().find(|line| line.chars().count() > 80);
            assert_eq!(wide, None, "{command:?} {help}");
            assert!(text.contains("\nExamples:\n  "), "{command:?} {help}");
            assert!(!text.contains('\t'), "{command:?} {help}");
        }
    }
    // What stands as it was written would be broken at the edge: examples are indented by two.
    for (language, most) in [("sh", 78), ("text", 80)] {
        let wide: Vec<&str> =
            fenced(&page, language).into_iter().filter(|line| line.chars().count() > most).collect();
        assert!(wide.is_empty(), "{wide:#?}");
    }
}

/// A project for every example: named ports, ranges, profiles, programs.
#[cfg(unix)]
const TABLE: &str = r#"[project]
name = "shop"
range = "5100-5199"

[ranges.mcp]
ports = "5110-5119"

[profiles.production]

[services.api]
port = 5100
scheme = "http"
health = "/health"
command = "true"

[services.web]
port = 5101
scheme = "http"

[services.kafka]
port = 5102
ports = { jmx = 5103 }

[[output]]
path = ".env"
target = "dotenv"
"#;

/// What the examples start besides portgen: each does nothing and is content.
#[cfg(unix)]
const STAND_INS: [&str; 10] =
    ["curl", "docker", "fish", "gunicorn", "honcho", "npm", "python3", "source", "taplo", "uvicorn"];

#[cfg(unix)]
fn scene(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(&path, text).expect("a file");
        path
    };
    write("shop/ports.toml", TABLE);
    write("shop/compose.yaml", "services:\n  api:\n    image: api\n    ports:\n      - \"5100:80\"\n");
    write("shop/deploy/.env", "API_PORT=5100\n");
    write("shop/services/api/ports.toml", "[project]\nname = \"api\"\n[services.inner]\nport = 5400\n");
    write("home/shop/ports.toml", TABLE);
    write("home/bank/ports.toml", "[project]\nname = \"bank\"\n[services.api]\nport = 5300\n");
    for folder in [
        ".local/share/bash-completion/completions",
        ".zfunc",
        ".config/fish/completions",
        ".config/elvish/lib",
    ] {
        write(&format!("home/{folder}/.keep"), "");
    }
    for name in STAND_INS {
        let path = write(&format!("programs/{name}"), "#!/bin/sh\nexit 0\n");
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("its mode");
    }
    write("home/old-shop/ports.toml", "[project]\nname = \"old-shop\"\n");
    let run = support::run(Command::new("git").args(["init", "--quiet"]).current_dir(folder.join("shop")));
    assert_eq!(run.code, 0, "{run:?}");
}

#[cfg(unix)]
#[test]
fn every_example_of_the_help_runs() {
    let page = portgen::cli::reference();
    let examples = fenced(&page, "sh");
    assert!(examples.len() > 60, "{examples:?}");
    // It looks until it is told to stop.
    let examples = examples.into_iter().filter(|example| !example.contains("--watch"));
    let mut wrong = Vec::new();
    for example in examples {
        let guard = tempfile::tempdir().expect("a folder");
        scene(guard.path());
        let needs_project = example.contains("old-shop");
        let before = if needs_project { "portgen -C ~/old-shop project add || exit\n" } else { "" };
        let script = format!(
            "PATH={0}/programs:$PATH HOME={0}/home\nexport PATH HOME\n{before}{example}\n",
            guard.path().display()
        );
        let run =
            support::run(Command::new("sh").args(["-c", &script]).current_dir(guard.path().join("shop")));
        // Findings and refusals are answers; wrong usage, a missing program and a failing system are none.
        if ![0, 1].contains(&run.code) || run.stderr.contains("not found") {
            wrong.push(format!("{example}\n{run:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
