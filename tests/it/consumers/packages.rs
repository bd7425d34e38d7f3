//! The packages that hold the binary: the Python wheel and the npm packages,
//! installed and run; scripts and workflows, by their linters and schemas.

use std::path::{Path, PathBuf};

use super::tools::{Tools, clean, done, ended, one_at_a_time, with_cargo};
use crate::support::{read, repository, small_binary};

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The files of a folder that end so, sorted.
fn files_ending(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("the folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut files: Vec<PathBuf> = paths.filter(|path| path.to_string_lossy().ends_with(ending)).collect();
    files.sort();
    files
}

#[test]
fn the_wheel_holds_the_binary_and_runs_in_a_fresh_environment() {
    let Some(tools) = Tools::find() else { return };
    let guard = tempfile::tempdir().expect("a folder");
    let wheels = guard.path().join("wheels");
    let mut maturin = tools.python("maturin");
    maturin.args(["build", "--locked", "--release", "--out"]).arg(&wheels).current_dir(repository());
    let turn = one_at_a_time();
    done(with_cargo(&mut maturin));
    drop(turn);
    let [wheel] = &files_ending(&wheels, ".whl")[..] else { panic!("not one wheel") };
    let name = wheel.file_name().expect("a name").to_string_lossy();
    assert!(name.starts_with(&format!("portgen-{VERSION}-py3-none-")), "{name}");
    let environment = guard.path().join("environment");
    done(tools.python("python").args(["-m", "venv"]).arg(&environment));
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index"];
    done(clean(&environment.join("bin/python")).args(pip).arg(wheel));
    let version = done(clean(&environment.join("bin/portgen")).arg("--version"));
    assert_eq!(version, format!("portgen {VERSION}\n"));
    let text = "import importlib.metadata as m; d = m.distribution('portgen'); \
                print(d.version, d.metadata['License-Expression'], d.requires)";
    let described = done(clean(&environment.join("bin/python")).args(["-c", text]));
    assert_eq!(described, format!("{VERSION} MIT OR Apache-2.0 None\n"));
}

#[test]
fn the_npm_packages_start_the_binary_of_their_platform() {
    if Tools::find().is_none() {
        return;
    }
    let guard = tempfile::tempdir().expect("a folder");
    let made = guard.path().join("made");
    let built = done(clean("node".as_ref()).args(["-p", "`${process.platform}-${process.arch}`"]));
    let target = match built.trim() {
        "linux-x64" => "x86_64-unknown-linux-musl",
        "linux-arm64" => "aarch64-unknown-linux-musl",
        "darwin-x64" => "x86_64-apple-darwin",
        "darwin-arm64" => "aarch64-apple-darwin",
        other => panic!("there is no package for {other}"),
    };
    let pair = format!("{target}={}", small_binary(guard.path()).display());
    done(clean("node".as_ref()).arg(repository().join("packages/npm/build.mjs")).arg(&made).arg(&pair));
    let project = guard.path().join("project");
    std::fs::create_dir(&project).expect("a folder");
    std::fs::write(project.join("package.json"), "{ \"private\": true }\n").expect("a file");
    for folder in files_ending(&made, "") {
        done(
            clean("npm".as_ref()).args(["pack", "--silent", "--pack-destination"]).arg(&project).arg(folder),
        );
    }
    let packages = files_ending(&project, ".tgz");
    assert_eq!(packages.len(), 2, "{packages:?}");
    // Both at once, and offline: the one is the optional dependency of the other.
    let install = ["install", "--silent", "--offline", "--no-audit", "--no-fund"];
    done(clean("npm".as_ref()).args(install).args(&packages).current_dir(&project));
    let program = project.join("node_modules/.bin/portgen");
    assert_eq!(done(clean(&program).arg("--version")), format!("portgen {VERSION}\n"));
    let (code, _, stderr) = ended(clean(&program).args(["check"]).current_dir(&project));
    assert_eq!(code, 2, "{stderr}");
    assert!(stderr.contains("ports.toml"), "{stderr}");

    let platform = format!("node_modules/portgen-{}", built.trim());
    std::fs::remove_dir_all(project.join(platform)).expect("it was installed");
    let (code, _, stderr) = ended(clean(&program).arg("--version"));
    assert_eq!(code, 2, "{stderr}");
    assert!(stderr.contains("is not installed"), "{stderr}");
}

#[test]
fn workflows_the_action_and_the_component_follow_their_schemas() {
    let Some(tools) = Tools::find() else { return };
    let valid = |schema: &str, files: &[PathBuf]| {
        let schema = format!("vendor.{schema}");
        done(tools.python("check-jsonschema").args(["--builtin-schema", &schema]).args(files));
    };
    valid("github-actions", &[repository().join("action.yml")]);
    valid("github-workflows", &files_ending(&repository().join(".github/workflows"), ".yml"));
    let component = read(repository().join("templates/portgen.yml"));
    let (_, job) = component.split_once("\n---\n").expect("two documents");
    let guard = tempfile::tempdir().expect("a folder");
    let file = guard.path().join("component.yml");
    std::fs::write(&file, job.replace("$[[ ", "").replace(" ]]", "")).expect("a file");
    let transform = ["--data-transform", "gitlab-ci"];
    done(
        tools
            .python("check-jsonschema")
            .args(["--builtin-schema", "vendor.gitlab-ci"])
            .args(transform)
            .arg(file),
    );
    done(
        tools.python("pre-commit").arg("validate-manifest").arg(repository().join(".pre-commit-hooks.yaml")),
    );
}

#[test]
fn shellcheck_finds_nothing_in_the_scripts() {
    let Some(tools) = Tools::find() else { return };
    let scripts = ["install.sh", "packages/archive", "packages/stamp", ".ci/run", ".ci/install-consumers"];
    let scripts = scripts.map(|script| repository().join(script));
    done(tools.python("shellcheck").args(scripts));
}
