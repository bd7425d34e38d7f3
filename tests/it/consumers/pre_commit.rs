//! pre-commit installs portgen from this repository, as a wheel and with Cargo, and runs its hooks.

use std::path::Path;
use std::process::Command;

use super::tools::{Tools, clean, done, ended, one_at_a_time, with_cargo};
use super::workspace::Workspace;

const TABLE: &str = "[project]\nname = \"p\"\n[services.api]\nport = 23456\n[[output]]\npath = \"ports.json\"\ntarget = \"json\"\n";

/// git with an identity, in a folder.
fn git(folder: &Path) -> Command {
    let mut command = clean(Path::new("git"));
    command.args(["-c", "user.name=p", "-c", "user.email=p@localhost"]).current_dir(folder);
    command
}

#[test]
fn every_hook_installs_and_runs_under_pre_commit() {
    let Some(tools) = Tools::find() else { return };
    let workspace = Workspace::new(TABLE);
    done(git(workspace.folder()).args(["init", "--quiet"]));
    done(git(workspace.folder()).args(["add", "--all"]));
    let mut command = tools.python("pre-commit");
    // Cargo builds wheel and program below this test's own build folder, of one checkout: most of it once.
    with_cargo(&mut command);
    let home = tempfile::tempdir().expect("a folder");
    command.env("PRE_COMMIT_HOME", home.path()).env("PORTGEN_LEDGER", home.path().join("ledger.db"));
    command.args(["try-repo", "--verbose", env!("CARGO_MANIFEST_DIR")]).current_dir(workspace.folder());
    let turn = one_at_a_time();
    let (code, stdout, stderr) = ended(&mut command);
    drop(turn);
    let said = format!("{stdout}{stderr}");
    // By their names: both checks find that the output is missing, then it is rendered.
    assert_eq!(code, 1, "{said}");
    let result = |hook: &str| {
        let line = said.lines().find(|line| line.starts_with(&format!("{hook}...")));
        line.unwrap_or_else(|| panic!("{hook} did not run: {said}")).rsplit('.').next().unwrap_or_default()
    };
    assert!(said.contains("missing-output"), "{said}");
    assert!(workspace.read("ports.json").contains("23456"), "{said}");
    for (hook, ends) in [
        ("portgen check", "Failed"),
        ("portgen check, built by Cargo", "Failed"),
        ("portgen render", "Passed"),
        ("portgen render, built by Cargo", "Passed"),
    ] {
        assert_eq!(result(hook), ends, "{hook}: {said}");
    }
}
