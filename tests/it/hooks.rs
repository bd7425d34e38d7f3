//! The git hook, with git itself.

use std::path::Path;
use std::process::Command;

use crate::support::{Run, portgen, run};

/// A repository whose table is rendered and committed.
struct Repository {
    guard: tempfile::TempDir,
}

const TABLE: &str = "[project]\nname = \"p\"\n[services.api]\nport = 23456\n\n[[output]]\npath = \"ports.json\"\ntarget = \"json\"\n\n[[output]]\npath = \"README.md\"\ntarget = \"markdown\"\n";

impl Repository {
    fn new() -> Self {
        let repository = Self { guard: tempfile::tempdir().expect("a temporary folder") };
        repository.git(&["init", "--quiet", "--initial-branch", "main"]);
        repository.write("ports.toml", TABLE);
        repository.write(
            "README.md",
            "# p\n\n<!-- >>> portgen:markdown >>> -->\n<!-- <<< portgen:markdown <<< -->\n\nend\n",
        );
        assert_eq!(repository.portgen(&["render"]).code, 0);
        repository.git(&["add", "--all"]);
        repository.git(&["commit", "--quiet", "-m", "start"]);
        repository
    }

    fn path(&self) -> &Path {
        self.guard.path()
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file can be written");
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path().join(name)).expect("a file")
    }

    fn portgen(&self, arguments: &[&str]) -> Run {
        portgen(self.path(), arguments)
    }

    fn git_in(folder: &Path, arguments: &[&str]) -> Run {
        let identity = ["-c", "user.name=p", "-c", "user.email=p@localhost", "-c", "core.autocrlf=false"];
        run(Command::new("git").args(identity).args(arguments).current_dir(folder))
    }

    #[track_caller]
    fn git(&self, arguments: &[&str]) -> String {
        let run = Self::git_in(self.path(), arguments);
        assert_eq!(run.code, 0, "git {arguments:?}\n{}{}", run.stdout, run.stderr);
        run.stdout
    }

    fn commit(&self) -> Run {
        Self::git_in(self.path(), &["commit", "--quiet", "-m", "change"])
    }
}

#[test]
fn a_commit_with_drift_is_refused_and_one_without_is_not() {
    let repository = Repository::new();
    assert_eq!(repository.portgen(&["hook", "install"]).code, 0);
    repository.write("ports.toml", &TABLE.replace("23456", "23457"));
    repository.git(&["add", "ports.toml"]);
    let refused = repository.commit();
    assert_ne!(refused.code, 0);
    assert!(format!("{}{}", refused.stdout, refused.stderr).contains("stale-output"), "{refused:?}");
    assert_eq!(repository.portgen(&["render"]).code, 0);
    repository.git(&["add", "--all"]);
    let taken = repository.commit();
    assert_eq!(taken.code, 0, "{taken:?}");
}

#[test]
fn rendering_before_a_commit_adds_what_was_written_and_nothing_else() {
    let repository = Repository::new();
    assert_eq!(repository.portgen(&["hook", "install", "--render"]).code, 0);
    repository.write("unrelated.txt", "not staged\n");
    repository.write("ports.toml", &TABLE.replace("23456", "23457"));
    repository.git(&["add", "ports.toml"]);
    let taken = repository.commit();
    assert_eq!(taken.code, 0, "{taken:?}");
    let mut files: Vec<String> =
        repository.git(&["show", "--name-only", "--format=", "HEAD"]).lines().map(str::to_owned).collect();
    files.sort();
    assert_eq!(files, ["README.md", "ports.json", "ports.toml"]);
    assert_eq!(repository.git(&["status", "--short"]).trim(), "?? unrelated.txt");
}

#[test]
fn a_table_in_a_folder_is_rendered_for_a_commit_of_everything() {
    let repository = Repository::new();
    repository.write("sub dir/ports.toml", TABLE);
    repository.write("sub dir/README.md", &repository.read("README.md"));
    let folder = repository.path().join("sub dir");
    assert_eq!(portgen(&folder, &["render"]).code, 0);
    repository.git(&["add", "--all"]);
    repository.git(&["commit", "--quiet", "-m", "a folder"]);
    assert_eq!(portgen(&folder, &["hook", "install", "--render"]).code, 0);
    repository.write("sub dir/ports.toml", &TABLE.replace("23456", "23457"));
    repository.git(&["commit", "--quiet", "--all", "-m", "another port"]);
    assert_eq!(repository.git(&["status", "--short"]), "");
    assert!(repository.git(&["show", "HEAD:sub dir/ports.json"]).contains("23457"));
    assert!(repository.git(&["show", "HEAD:sub dir/README.md"]).contains("23457"));
}

#[test]
fn what_was_rendered_before_is_added_too() {
    let repository = Repository::new();
    repository.write("ports.toml", &TABLE.replace("23456", "23457"));
    assert_eq!(repository.portgen(&["render"]).code, 0);
    repository.git(&["add", "ports.toml"]);
    assert_eq!(repository.portgen(&["render", "--stage"]).code, 0);
    assert_eq!(repository.git(&["diff", "--name-only"]).trim(), "");
}

#[test]
fn changes_that_a_person_did_not_stage_are_not_committed() {
    let repository = Repository::new();
    repository.write("ports.toml", &TABLE.replace("23456", "23457"));
    repository.git(&["add", "ports.toml"]);
    repository.write("README.md", &repository.read("README.md").replace("end", "half-written"));
    let before = repository.git(&["diff", "--cached", "--name-only"]);
    let refused = repository.portgen(&["render", "--stage"]);
    assert_ne!(refused.code, 0);
    assert!(refused.stderr.contains("README.md"), "{}", refused.stderr);
    assert_eq!(repository.git(&["diff", "--cached", "--name-only"]), before);
    assert!(repository.read("ports.json").contains("23456"), "nothing is written either");

    let repository = Repository::new();
    repository.write("ports.toml", &TABLE.replace("23456", "23457"));
    let refused = repository.portgen(&["render", "--stage"]);
    assert_ne!(refused.code, 0);
    assert!(refused.stderr.contains("ports.toml"), "{}", refused.stderr);
}

#[test]
fn a_block_that_did_not_change_leaves_a_persons_edits_alone() {
    let repository = Repository::new();
    repository.write("README.md", &repository.read("README.md").replace("end", "half-written"));
    let run = repository.portgen(&["render", "--stage"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(repository.git(&["diff", "--cached", "--name-only"]), "");
}

#[cfg(unix)]
#[test]
fn a_hook_that_was_there_is_run_first_and_comes_back() {
    use std::os::unix::fs::PermissionsExt;
    let repository = Repository::new();
    let hook = repository.path().join(".git/hooks/pre-commit");
    let theirs = "#!/bin/sh\necho theirs >> \"$(git rev-parse --show-toplevel)/log\"\n";
    std::fs::create_dir_all(hook.parent().expect("a folder")).expect("a folder");
    std::fs::write(&hook, theirs).expect("a file");
    std::fs::set_permissions(&hook, std::fs::Permissions::from_mode(0o755)).expect("a mode");
    for _ in 0..2 {
        let run = repository.portgen(&["hook", "install"]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert!(run.stderr.contains("run first"), "{}", run.stderr);
    }
    repository.git(&["commit", "--quiet", "--allow-empty", "-m", "x"]);
    assert_eq!(repository.read("log"), "theirs\n");
    assert_eq!(repository.portgen(&["hook", "uninstall"]).code, 0);
    assert_eq!(std::fs::read_to_string(&hook).expect("it is back"), theirs);
    let again = repository.portgen(&["hook", "uninstall"]);
    assert_eq!(again.code, 0);
    assert_eq!(std::fs::read_to_string(&hook).expect("it stays"), theirs);
}

#[test]
fn a_worktree_and_a_table_in_a_folder_are_checked_where_they_are() {
    let repository = Repository::new();
    repository.write("sub dir/ports.toml", "[project]\nname = \"sub\"\n[services.web]\nport = 0\n");
    let other = tempfile::tempdir().expect("a folder");
    let tree = other.path().join("tree");
    repository.git(&["worktree", "add", "--quiet", tree.to_str().expect("UTF-8"), "-b", "side"]);
    assert_eq!(portgen(&tree, &["hook", "install"]).code, 0);
    assert_eq!(portgen(&repository.path().join("sub dir"), &["hook", "install"]).code, 0);
    // The worktree has no `sub dir`: only its own table is checked.
    let commit =
        |folder: &Path| Repository::git_in(folder, &["commit", "--quiet", "--allow-empty", "-m", "x"]);
    assert_eq!(commit(&tree).code, 0);
    // What is not about to be committed is not judged.
    assert_eq!(commit(repository.path()).code, 0);
    repository.git(&["add", "sub dir"]);
    let refused = commit(repository.path());
    assert_ne!(refused.code, 0);
    assert!(format!("{}{}", refused.stdout, refused.stderr).contains("0 is no port"), "{refused:?}");
}

#[test]
fn the_folder_that_git_is_told_of_is_used() {
    let repository = Repository::new();
    repository.git(&["config", "core.hooksPath", "tools/hooks"]);
    assert_eq!(repository.portgen(&["hook", "install"]).code, 0);
    assert!(repository.path().join("tools/hooks/pre-commit").is_file());
    assert!(!repository.path().join(".git/hooks/pre-commit").exists());
}

#[test]
fn outside_a_repository_and_without_a_table_it_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let run = portgen(folder.path(), &["hook", "install"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("git"), "{}", run.stderr);
    let repository = Repository::new();
    std::fs::remove_file(repository.path().join("ports.toml")).expect("it is there");
    assert_eq!(repository.portgen(&["hook", "install"]).code, 2);
}
