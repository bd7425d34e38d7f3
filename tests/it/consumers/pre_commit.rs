//! pre-commit installs portgen from this repository and runs its hooks.

use std::path::Path;
use std::process::Command;

use super::tools::{Tools, clean, done, ended};
use super::workspace::Workspace;

const TABLE: &str = "[project]\nname = \"p\"\n[services.api]\nport = 23456\n[[output]]\npath = \"ports.json\"\ntarget = \"json\"\n";

/// git with an identity, in a folder.
fn git(folder: &Path) -> Command {
    let mut command = clean(Path::new("git"));
    command.args(["-c", "user.name=p", "-c", "user.email=p@localhost"]).current_dir(folder);
    command
}

/// Runs one hook of this repository on a workspace that is staged.
fn try_hook(tools: &Tools, workspace: &Workspace, hook: &str) -> (i32, String) {
    let mut command = tools.python("pre-commit");
    // cargo builds it below this test's own build folder, and so only once.
    for name in ["HOME", "CARGO_HOME", "RUSTUP_HOME", "CARGO_TARGET_DIR"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command.env("PRE_COMMIT_HOME", workspace.path("../pre-commit-home-of-portgen"));
    // What is tried is the hook, not the speed of the binary.
    for (key, value) in [("LTO", "off"), ("CODEGEN_UNITS", "16"), ("OPT_LEVEL", "0")] {
        command.env(format!("CARGO_PROFILE_RELEASE_{key}"), value);
    }
    command.args(["try-repo", env!("CARGO_MANIFEST_DIR"), hook]).current_dir(workspace.folder());
    let (code, stdout, stderr) = ended(&mut command);
    (code, format!("{stdout}{stderr}"))
}

#[test]
fn both_hooks_install_and_run_under_pre_commit() {
    let Some(tools) = Tools::find() else { return };
    let workspace = Workspace::new(TABLE);
    done(git(workspace.folder()).args(["init", "--quiet"]));
    done(git(workspace.folder()).args(["add", "--all"]));
    let (code, said) = try_hook(&tools, &workspace, "portgen-check");
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("missing-output"), "{said}");
    // pre-commit shows nothing of a hook that passes, and one that makes a new
    // file does.
    let (code, said) = try_hook(&tools, &workspace, "portgen-render");
    assert_eq!(code, 0, "{said}");
    assert!(workspace.read("ports.json").contains("23456"), "{said}");
    done(git(workspace.folder()).args(["add", "--all"]));
    let (code, said) = try_hook(&tools, &workspace, "portgen-check");
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("Passed"), "{said}");
}
