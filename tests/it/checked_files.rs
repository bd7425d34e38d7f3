//! What `check` holds against the table beyond what git shares, and what it
//! says of a repository whose files contradict each other.

use crate::bad_input::{Folder, git};

const TABLE: &str = "\
[project]
name = \"shop\"

[services.api]
title = \"API\"
port = 4110
container-port = 8000
";

const COMPOSE: &str = "\
services:
  api:
    image: api
    ports: [\"127.0.0.1:${API_PORT:-4110}:8000\"]
";

fn shop(env_file: &str) -> Folder {
    let folder = Folder::with(TABLE);
    folder.write(".gitignore", ".env\n");
    folder.write("compose.yml", COMPOSE);
    folder.write(".env", env_file);
    folder
}

/// The findings of a run, one `path:line:column: severity[rule]` each.
#[track_caller]
fn says(folder: &Folder, arguments: &[&str], expect: &[&str]) {
    let run = folder.run(&[arguments, &["--format", "concise"]].concat());
    let lines = run.stdout.lines().filter(|line| line.contains("] "));
    let found: Vec<&str> = lines.filter_map(|line| Some(line.split_once("] ")?.0)).collect();
    assert_eq!(found, expect, "{}{}", run.stdout, run.stderr);
}

#[test]
fn an_env_file_that_git_ignores_is_held_against_the_table() {
    let stale = [".env:1:10: error[stale-default"];
    for number in ["4100", "8000"] {
        let folder = shop(&format!("API_PORT={number}\n"));
        says(&folder, &["check"], &stale);
        git(&folder, &["init", "-q"]);
        says(&folder, &["check"], &stale);
        git(&folder, &["add", "."]);
        says(&folder, &["check"], &stale);
        git(&folder, &["add", "-f", ".env"]);
        says(&folder, &["check"], &stale);
        assert_eq!(folder.run(&["check", "--fix"]).code, 0);
        assert_eq!(folder.read(".env"), "API_PORT=4110\n");
        says(&folder, &["check"], &[]);
    }
}

#[test]
fn an_env_file_of_one_checkout_is_no_part_of_what_files_say() {
    let folder = shop("API_PORT=4100\n");
    let stale = ["compose.yml:4:36: error[stale-default"];
    std::fs::remove_file(folder.path().join("ports.toml")).expect("a file");
    says(&folder, &["survey"], &stale);
    git(&folder, &["init", "-q"]);
    git(&folder, &["add", "."]);
    says(&folder, &["survey"], &[]);
    git(&folder, &["add", "-f", ".env"]);
    says(&folder, &["survey"], &stale);
}

#[test]
fn an_ignored_env_file_obeys_comments_and_exclusions() {
    let folder = shop("# portgen: allow(stale-default) another program has 4110 here\nAPI_PORT=4100\n");
    git(&folder, &["init", "-q"]);
    git(&folder, &["add", "."]);
    says(&folder, &["check"], &[]);
    let folder = shop("API_PORT=4100\n");
    folder.write("ports.toml", format!("{TABLE}\n[lint]\nexclude = [\".env\"]\n"));
    git(&folder, &["init", "-q"]);
    git(&folder, &["add", "."]);
    says(&folder, &["check"], &[]);
}

#[test]
fn an_ignored_env_file_of_a_member_is_judged_and_stops_no_commit() {
    let folder = Folder::with("[workspace]\nmembers = [\"b\"]\n");
    folder.write(".gitignore", ".env\n");
    folder.write("b/ports.toml", "[project]\nname = \"b\"\n\n[services.web]\nport = 4220\n");
    folder.write("b/.env", "WEB_PORT=4228\n");
    git(&folder, &["init", "-q"]);
    git(&folder, &["add", "."]);
    let stale = ["b/.env:1:10: error[stale-default"];
    says(&folder, &["check"], &stale);
    says(&folder, &["-C", "b", "check"], &stale);
    says(&folder, &["check", "--staged"], &[]);
}

#[test]
fn a_table_leaves_what_files_say_of_each_other_to_be_said() {
    let folder = shop("");
    folder.write(
        "README.md",
        "# Shop\n\n```sh\ndocker compose up -d\n```\n\nThen visit http://localhost:8000/docs.\n",
    );
    says(&folder, &["check"], &["README.md:7:29: warning[disagreeing-port"]);
    folder.write("README.md", "| Service | Port |\n|---|---|\n| API | 8090 |\n");
    says(&folder, &["check"], &["README.md:3:9: warning[stale-document"]);
    folder.write("README.md", "| Service | Port |\n|---|---|\n| API | 4110 |\n");
    says(&folder, &["check"], &[]);
    // The compose file alone is wrong by the table: the document is right.
    folder.write("compose.yml", COMPOSE.replace("${API_PORT:-4110}", "4100"));
    let run = folder.run(&["check", "--format", "concise"]);
    assert!(!run.stdout.contains("README.md"), "{}", run.stdout);
}

#[test]
fn what_a_first_table_leaves_to_decide_is_found() {
    let folder = shop("");
    folder.write("web/package.json", "{\"name\":\"web\",\"scripts\":{\"dev\":\"vite\"}}\n");
    folder.write(
        "web/vite.config.ts",
        "export default { server: { proxy: { \"/api\": \"http://localhost:8001\" } } };\n",
    );
    std::fs::remove_file(folder.path().join("ports.toml")).expect("a file");
    says(&folder, &["survey"], &["web/vite.config.ts:1:63: error[disagreeing-port"]);
    assert_eq!(folder.run(&["init"]).code, 0);
    assert!(folder.read("ports.toml").contains("# DECIDE: web/vite.config.ts:1 says 8001\n"));
    says(&folder, &["check"], &["web/vite.config.ts:1:63: error[disagreeing-port"]);
}

#[test]
fn a_default_of_a_variable_that_the_table_does_not_have_is_held_against_env_files() {
    let folder = shop("");
    folder.write("run.sh", "exec search --port \"${SEARCH_PORT:-9200}\"\n");
    folder.write(".env.example", "SEARCH_PORT=9300\n");
    says(
        &folder,
        &["check"],
        &["run.sh:1:36: error[stale-default", "run.sh:1:36: warning[unregistered-port"],
    );
}
