//! `check --staged`, with git itself: the index counts, not the disk.

use std::path::Path;
use std::process::Command;

use crate::bad_input::Folder;
use crate::support::{Run, run};

const TABLE: &str = "[project]\nname = \"p\"\n[services.api]\nport = 23456\nenv = \"API_PORT\"\n";
const COLLISION: &str = "services:\n  a:\n    ports: [\"23456:80\"]\n  b:\n    ports: [\"23456:80\"]\n";
const FINE: &str = "services:\n  a:\n    ports: [\"23456:80\"]\n";

#[track_caller]
fn git(folder: &Path, arguments: &[&str]) -> Run {
    let identity = ["-c", "user.name=p", "-c", "user.email=p@localhost", "-c", "core.autocrlf=false"];
    let run = run(Command::new("git").args(identity).args(arguments).current_dir(folder));
    assert_eq!(run.code, 0, "git {arguments:?}\n{}{}", run.stdout, run.stderr);
    run
}

fn repository() -> Folder {
    let folder = Folder::with(TABLE);
    git(folder.path(), &["init", "--quiet", "--initial-branch", "main"]);
    folder
}

/// The collisions that are found, with where.
fn found(folder: &Folder, arguments: &[&str]) -> Vec<String> {
    let run = folder.run(&[&["check", "--staged", "--format", "concise"], arguments].concat());
    assert!(run.code < 2, "{run:?}");
    let collisions = run.stdout.lines().filter(|line| line.contains("published-port-collision"));
    collisions.map(|line| line.split("] ").next().unwrap_or(line).to_owned()).collect()
}

#[test]
fn only_what_is_about_to_be_committed_is_judged() {
    let folder = repository();
    folder.write("compose.yml", COLLISION);
    git(folder.path(), &["add", "."]);
    let expect = ["compose.yml:5:14: error[published-port-collision"];
    assert_eq!(found(&folder, &[]), expect, "before the first commit");
    git(folder.path(), &["commit", "--quiet", "-m", "start"]);
    assert_eq!(found(&folder, &[]), [""; 0]);
    folder.write("other.txt", "x");
    git(folder.path(), &["add", "."]);
    assert_eq!(found(&folder, &[]), [""; 0], "the collision is in no staged file");
}

#[test]
fn the_index_counts_where_the_disk_differs() {
    let folder = repository();
    folder.write("compose.yml", COLLISION);
    git(folder.path(), &["add", "."]);
    folder.write("compose.yml", FINE);
    assert_eq!(found(&folder, &[]).len(), 1);
    git(folder.path(), &["add", "."]);
    folder.write("compose.yml", COLLISION);
    assert_eq!(found(&folder, &[]), [""; 0]);
}

#[test]
fn what_compose_loads_beside_a_staged_file_is_read_too() {
    let folder = repository();
    folder.write(".gitignore", ".env\n");
    folder.write("sub/compose.yml", FINE.replace("23456", "${WEB_PORT}"));
    folder.write("sub/.env", "WEB_PORT=23456\n");
    git(folder.path(), &["add", "."]);
    git(folder.path(), &["commit", "--quiet", "-m", "start"]);
    let second = "services:\n  b:\n    ports: [\"23456:80\"]\n";
    folder.write("sub/compose.override.yml", second);
    git(folder.path(), &["add", "."]);
    let found = found(&folder, &[]);
    assert_eq!(found.len(), 1, "{found:?}");
}

#[test]
fn odd_names_worktrees_and_folders_below_the_top_are_read() {
    let folder = repository();
    folder.write("a b/é/compose.yml", COLLISION);
    folder.write("ports.toml", TABLE);
    git(folder.path(), &["add", "."]);
    assert_eq!(found(&folder, &[]), ["a b/é/compose.yml:5:14: error[published-port-collision"]);
    git(folder.path(), &["commit", "--quiet", "-m", "start"]);
    git(folder.path(), &["worktree", "add", "--quiet", "tree", "-b", "other"]);
    let tree = folder.file("tree");
    std::fs::write(tree.join("compose.yml"), COLLISION).expect("a file");
    git(&tree, &["add", "."]);
    let run = crate::support::portgen(&tree, &["check", "--staged", "--format", "concise"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stdout.contains("compose.yml:5:14: error[published"), "{run:?}");
    let below = folder.file("project");
    std::fs::create_dir_all(&below).expect("a folder");
    std::fs::write(below.join("ports.toml"), TABLE).expect("a file");
    std::fs::write(below.join("compose.yml"), COLLISION).expect("a file");
    git(folder.path(), &["add", "project"]);
    let run = crate::support::portgen(&below, &["check", "--staged", "--format", "concise"]);
    assert!(run.stdout.contains("compose.yml:5:14: error[published"), "{run:?}");
}

#[cfg(unix)]
#[test]
fn a_name_of_two_lines_is_read() {
    let folder = repository();
    folder.write("a\nb/compose.yml", COLLISION);
    git(folder.path(), &["add", "."]);
    assert_eq!(found(&folder, &[]), ["a\\nb/compose.yml:5:14: error[published-port-collision"]);
}

#[test]
fn without_a_repository_it_is_said() {
    let folder = Folder::with(TABLE);
    let run = folder.run(&["check", "--staged", "--format", "json"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stdout.contains("\"no-repository\""), "{run:?}");
}

#[test]
fn a_shallow_clone_is_judged_as_any_other() {
    let origin = repository();
    for text in [FINE, COLLISION] {
        origin.write("compose.yml", text);
        git(origin.path(), &["add", "."]);
        git(origin.path(), &["commit", "--quiet", "-m", "more"]);
    }
    let folder = Folder::empty();
    let from = format!("file://{}", origin.path().display());
    git(folder.path(), &["clone", "--quiet", "--depth", "1", &from, "clone"]);
    let clone = folder.file("clone");
    assert!(clone.join(".git/shallow").exists());
    let run = crate::support::portgen(&clone, &["check", "--staged", "--format", "concise"]);
    assert!(!run.stdout.contains("published-port-collision"), "nothing is staged: {run:?}");
    std::fs::create_dir(clone.join("sub")).expect("a folder");
    std::fs::write(clone.join("sub/compose.yml"), COLLISION).expect("a file");
    git(&clone, &["add", "."]);
    let run = crate::support::portgen(&clone, &["check", "--staged", "--format", "concise"]);
    assert!(run.stdout.contains("sub/compose.yml:5:14: error[published-port-collision"), "{run:?}");
}

#[test]
fn what_a_sparse_checkout_leaves_out_is_read_from_the_index() {
    let folder = repository();
    folder.write("sub/compose.yml", FINE);
    folder.write("other/compose.yml", FINE);
    git(folder.path(), &["add", "."]);
    git(folder.path(), &["commit", "--quiet", "-m", "start"]);
    git(folder.path(), &["sparse-checkout", "set", "sub"]);
    assert!(!folder.file("other").exists() && folder.file("ports.toml").exists());
    assert_eq!(found(&folder, &[]), [""; 0]);
    folder.write("sub/compose.override.yml", "services:\n  b:\n    ports: [\"23456:80\"]\n");
    git(folder.path(), &["add", "sub"]);
    assert_eq!(found(&folder, &[]).len(), 1, "the override and what it stands beside");
    let blob = folder.file("blob");
    std::fs::write(&blob, COLLISION).expect("a file");
    let object = git(folder.path(), &["hash-object", "-w", "blob"]).stdout;
    let entry = format!("100644,{},other/compose.yml", object.trim());
    git(folder.path(), &["update-index", "--cacheinfo", &entry]);
    let found = found(&folder, &[]);
    assert!(found.iter().any(|one| one.starts_with("other/compose.yml:5:14")), "{found:?}");
}
