//! What a release consists of, tried on the binary under test: the archive, the
//! installer, the GitHub Action and the GitLab component, step by step, and the
//! problem matcher. No network: releases are `file://` addresses.

#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use regex::Regex;
use serde_json::Value;

use crate::consumers::skipped;
use crate::support::{self, Run, read, repository, run};

const VERSION: &str = env!("CARGO_PKG_VERSION");
/// The name of the platform hardly matters: the binary is the one under test.
const TARGET: &str = "x86_64-unknown-linux-musl";

/// A folder of releases with one release of the binary under test.
struct Releases {
    guard: tempfile::TempDir,
}

impl Releases {
    fn new() -> Self {
        let releases = Self { guard: tempfile::tempdir().expect("a folder") };
        let folder = releases.release();
        fs::create_dir_all(&folder).expect("a folder");
        let archive = repository().join("packages/archive");
        let binary = support::small_binary(&releases.guard.path().join("built"));
        done(Command::new("sh").arg(archive).arg(binary).arg(TARGET).arg(&folder));
        let stamped =
            done(Command::new("sh").arg(repository().join("packages/stamp")).arg(releases.address()));
        fs::write(folder.join("install.sh"), stamped).expect("the installer");
        releases.sum();
        releases
    }

    fn release(&self) -> PathBuf {
        self.guard.path().join(format!("releases/v{VERSION}"))
    }

    fn address(&self) -> String {
        format!("file://{}/releases", self.guard.path().display())
    }

    /// Writes SHA256SUMS, as the release workflow does.
    fn sum(&self) {
        let script = "if command -v sha256sum >/dev/null; then sha256sum -- *.tar.gz; else shasum -a 256 -- *.tar.gz; fi > SHA256SUMS";
        done(Command::new("sh").args(["-c", script]).current_dir(self.release()));
    }

    /// Runs an installer of this release.
    fn install(&self, installer: &Path, arguments: &[&str]) -> Run {
        let arguments = [&["--target", TARGET], arguments].concat();
        run(Command::new("sh").arg(installer).args(arguments).current_dir(self.guard.path()))
    }
}

fn done(command: &mut Command) -> String {
    let run = run(command);
    assert_eq!(run.code, 0, "{command:?}: {run:?}");
    run.stdout
}

#[test]
fn the_installer_installs_what_has_its_checksum_and_nothing_else() {
    let releases = Releases::new();
    let from_here = repository().join("install.sh");
    let address = releases.address();
    let into = releases.guard.path().join("some folder/bin");
    let options = ["--from", &address, "--version", VERSION, "some folder/bin"];
    let run = releases.install(&from_here, &options);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stderr.contains("is not in PATH"), "{run:?}");
    assert_eq!(done(Command::new(into.join("portgen")).arg("--version")), format!("portgen {VERSION}\n"));
    // The one of the release knows where it is from, and replaces what is there.
    let run = releases.install(&releases.release().join("install.sh"), &["some folder/bin"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(fs::read_dir(&into).expect("the folder").count(), 1);

    for (spoiled, text, said) in [
        ("SHA256SUMS", "", "SHA256SUMS has no checksum of"),
        (
            "SHA256SUMS",
            &format!("{}  portgen-{VERSION}-{TARGET}.tar.gz\n", "0".repeat(64)),
            "nothing is installed",
        ),
        (&format!("portgen-{VERSION}-{TARGET}.tar.gz"), "not an archive", "nothing is installed"),
    ] {
        let kept = fs::read(releases.release().join(spoiled)).expect("it is there");
        fs::write(releases.release().join(spoiled), text).expect("it is spoiled");
        let run = releases.install(&from_here, &["--from", &address, "--version", VERSION, "other"]);
        assert_eq!(run.code, 1, "{run:?}");
        assert!(run.stderr.contains(said), "{said}: {run:?}");
        assert!(!releases.guard.path().join("other").exists());
        fs::write(releases.release().join(spoiled), kept).expect("it is as it was");
    }
}

#[test]
fn the_installer_reads_sums_of_every_system_and_moves_into_no_folder() {
    let releases = Releases::new();
    let installer = releases.release().join("install.sh");
    let sums = releases.release().join("SHA256SUMS");
    let text = read(&sums);
    for changed in [
        text.replace('\n', "\r\n"),
        text.replace("  ", " *"),
        text.to_uppercase().replace("PORTGEN", "portgen"),
    ] {
        // The file's name keeps its case.
        let name = text.split_whitespace().nth(1).expect("a name");
        let changed = changed.replace(&name.to_uppercase().replace("PORTGEN", "portgen"), name);
        fs::write(&sums, &changed).expect("a file can be written");
        let run = releases.install(&installer, &["good"]);
        assert_eq!(run.code, 0, "{changed}: {run:?}");
    }
    let taken = releases.guard.path().join("taken");
    fs::create_dir_all(taken.join("portgen")).expect("a folder");
    let run = releases.install(&installer, &["taken"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stderr.contains("taken/portgen is a folder: nothing is installed"), "{run:?}");
    assert_eq!(fs::read_dir(taken.join("portgen")).expect("the folder").count(), 0);
    assert_eq!(fs::read_dir(&taken).expect("the folder").count(), 1);
}

#[test]
fn the_installer_is_called_as_the_pages_say() {
    let releases = Releases::new();
    let page = read(repository().join("README.md"));
    let line = page.lines().find_map(|line| line.strip_prefix("sh install.sh ")).expect("the line");
    let line = line.replace("https://example.com/portgen/releases", &releases.address());
    let line = line.replace("~/.local/bin", "bin");
    let arguments: Vec<&str> = line.split(' ').collect();
    let run = releases.install(&repository().join("install.sh"), &arguments);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(releases.guard.path().join("bin/portgen").exists());
}

#[test]
fn the_installer_says_what_it_misses() {
    let guard = tempfile::tempdir().expect("a folder");
    let address = format!("file://{}", guard.path().display());
    for (arguments, code, said) in [
        (&[][..], 2, "Usage: install.sh"),
        (&["--nonsense", "bin"], 2, "Usage: install.sh"),
        (&["one", "two"], 2, "Usage: install.sh"),
        (&["bin"], 1, "--from URL"),
        (&["--from", &address, "bin"], 1, "--version VERSION"),
        (&["--from", &address, "--version", "9.9.9", "--target", TARGET, "bin"], 1, "cannot be had"),
        (
            &["--from", "http://example.com", "--version", "9.9.9", "bin"],
            1,
            "not an address of https or file",
        ),
        (&["--from", &address, "--version", "5fdac40", "bin"], 1, "not a branch or commit: 5fdac40"),
    ] {
        let installer = repository().join("install.sh");
        let run = run(Command::new("sh").arg(installer).args(arguments).current_dir(guard.path()));
        assert_eq!(run.code, code, "{arguments:?}: {run:?}");
        assert!(run.stderr.contains(said), "{arguments:?}: {run:?}");
    }
    // As `curl … | sh -s --`: the script is no file then.
    let mut piped = Command::new("sh");
    piped.args(["-c", "sh -s -- < \"$0\""]).arg(repository().join("install.sh")).current_dir(guard.path());
    let piped = run(&mut piped);
    assert_eq!(piped.code, 2, "{piped:?}");
    assert!(piped.stderr.contains("Usage: install.sh") && !piped.stderr.contains("sed"), "{piped:?}");
    assert_eq!(fs::read_dir(guard.path()).expect("the folder").count(), 0);
}

/// A repository with one error, at line 6, and one warning.
fn broken(guard: &Path) -> PathBuf {
    let folder = guard.join("broken");
    fs::create_dir_all(&folder).expect("a folder");
    let table = "[project]\nname = \"p\"\n[services.a]\nport = 80\n[services.b]\nport = 80\n";
    fs::write(folder.join("ports.toml"), table).expect("a table");
    folder
}

/// What GitHub puts in for an expression of an action, as far as `action.yml` uses them.
fn expression(text: &str, values: &BTreeMap<String, String>) -> String {
    let text = text.trim();
    if let Some((first, second)) = text.split_once(" || ") {
        let first = expression(first, values);
        return if first.is_empty() { expression(second, values) } else { first };
    }
    if let Some(arguments) = text.strip_prefix("format('").and_then(|text| text.strip_suffix(')')) {
        let (pattern, rest) = arguments.split_once("', ").expect("arguments of format");
        let filled = rest.split(", ").enumerate();
        return filled.fold(pattern.to_owned(), |pattern, (index, argument)| {
            pattern.replace(&format!("{{{index}}}"), &expression(argument, values))
        });
    }
    values.get(text).unwrap_or_else(|| panic!("what is {text}?")).clone()
}

fn filled(text: &str, values: &BTreeMap<String, String>) -> String {
    let placeholder = Regex::new(r"\$\{\{(.*?)\}\}").expect("a pattern");
    placeholder.replace_all(text, |found: &regex::Captures<'_>| expression(&found[1], values)).into_owned()
}

fn yaml(text: &str) -> Value {
    serde_yaml::from_str(text).expect("YAML")
}

/// Runs the steps of `action.yml` as GitHub does, up to the first that fails:
/// the exit code and the output of all, and the outputs.
fn run_action(work: &Path, inputs: &[(&str, &str)]) -> (i32, String, BTreeMap<String, String>) {
    let action = yaml(&read(repository().join("action.yml")));
    let mut values: BTreeMap<String, String> = BTreeMap::new();
    for (name, input) in action["inputs"].as_object().expect("inputs") {
        values.insert(format!("inputs.{name}"), input["default"].as_str().unwrap_or_default().to_owned());
    }
    for (name, value) in inputs {
        assert!(values.insert(format!("inputs.{name}"), (*value).to_owned()).is_some(), "{name}");
    }
    for (name, value) in [
        ("github.action_path", repository().display().to_string()),
        ("github.action_ref", format!("v{VERSION}")),
        ("github.server_url", "https://example.com".to_owned()),
        ("github.action_repository", "somebody/portgen".to_owned()),
    ] {
        values.insert(name.to_owned(), value);
    }
    let mut shown = String::new();
    for step in action["runs"]["steps"].as_array().expect("steps") {
        let Some(script) = step["run"].as_str() else {
            assert_eq!(step["uses"], "github/codeql-action/upload-sarif@v3");
            assert_eq!(step["if"], "inputs.sarif == 'true'");
            continue;
        };
        let id = step["id"].as_str().expect("an id");
        let step_run = run_step(work, step, script, &values);
        shown += &step_run.stdout;
        shown += &step_run.stderr;
        if step_run.code != 0 {
            return (step_run.code, shown, values);
        }
        for line in read(work.join("output")).lines() {
            let (name, value) = line.split_once('=').expect("name=value");
            values.insert(format!("steps.{id}.outputs.{name}"), value.to_owned());
        }
    }
    (0, shown, values)
}

fn run_step(work: &Path, step: &Value, script: &str, values: &BTreeMap<String, String>) -> Run {
    fs::write(work.join("output"), "").expect("a file");
    fs::write(work.join("step"), script).expect("a script");
    let folder = filled(step["working-directory"].as_str().unwrap_or("."), values);
    // The environment is scrubbed by whoever starts the shell, so it is said to `env`.
    let mut command = Command::new("env");
    for (name, value) in step["env"].as_object().into_iter().flatten() {
        command.arg(format!("{name}={}", filled(value.as_str().expect("a text"), values)));
    }
    command.arg(format!("RUNNER_TEMP={}", work.display()));
    command.arg(format!("GITHUB_OUTPUT={}", work.join("output").display()));
    command.args(["GITHUB_ACTIONS=true", "bash", "--noprofile", "--norc", "-eo", "pipefail"]);
    run(command.arg(work.join("step")).current_dir(work.join(folder)))
}

#[test]
fn the_action_reports_and_fails_for_errors_alone() {
    let guard = tempfile::tempdir().expect("a folder");
    broken(guard.path());
    let binary = ("binary", env!("CARGO_BIN_EXE_portgen"));
    let (code, shown, values) = run_action(guard.path(), &[binary, ("working-directory", "broken")]);
    assert_eq!(code, 1, "{shown}");
    assert!(shown.contains("ports.toml:6:8: error[duplicate-port]"), "{shown}");
    let matcher = repository().join(".github/portgen-matcher.json");
    assert!(shown.contains(&format!("::add-matcher::{}\n", matcher.display())), "{shown}");
    assert!(shown.contains("::remove-matcher owner=portgen::\n"), "{shown}");
    let report: Value = serde_json::from_str(&read(&values["steps.report.outputs.sarif"])).expect("SARIF");
    assert_eq!(report["version"], "2.1.0");
    assert_eq!(report["runs"][0]["results"][0]["level"], "warning");

    fs::create_dir(guard.path().join("warned")).expect("a folder");
    fs::write(guard.path().join("warned/ports.toml"), "[project]\nname = \"p\"\n[services.a]\nport = 80\n")
        .expect("a table");
    let warned = ("working-directory", "warned");
    let (code, shown, _) = run_action(guard.path(), &[binary, warned]);
    assert_eq!(code, 0, "{shown}");
    let (code, shown, _) = run_action(guard.path(), &[binary, warned, ("arguments", "--strict --pedantic")]);
    assert_eq!(code, 1, "{shown}");
    let (code, shown, _) = run_action(guard.path(), &[binary, warned, ("command", "survey")]);
    assert_eq!(code, 0, "{shown}");
}

#[test]
fn the_action_takes_the_release_of_its_own_tag() {
    let releases = Releases::new();
    let work = releases.guard.path();
    broken(work);
    // The platform is asked of the system: the release is given its name.
    let system = format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS);
    let targets = [("x86_64-linux", TARGET), ("aarch64-linux", "aarch64-unknown-linux-musl")];
    let Some((_, target)) = targets.into_iter().find(|(name, _)| *name == system) else {
        return skipped(&format!("the_action_takes_the_release_of_its_own_tag: on {system}"));
    };
    if target != TARGET {
        let archive = repository().join("packages/archive");
        done(
            Command::new("sh")
                .arg(archive)
                .args([env!("CARGO_BIN_EXE_portgen"), target])
                .arg(releases.release()),
        );
        releases.sum();
    }
    let inputs = [("releases", releases.address()), ("working-directory", "broken".to_owned())];
    let inputs: Vec<(&str, &str)> = inputs.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let (code, shown, values) = run_action(work, &inputs);
    assert_eq!(code, 1, "{shown}");
    assert!(shown.contains("error[duplicate-port]"), "{shown}");
    assert_eq!(values["steps.install.outputs.binary"], format!("{}/portgen/portgen", work.display()));
    component(&releases);
}

/// The script of the GitLab component, with its inputs put in.
fn component(releases: &Releases) {
    if Command::new("curl").arg("--version").output().is_err() {
        return skipped("the GitLab component: there is no curl");
    }
    let text = read(repository().join("templates/portgen.yml"));
    let (head, body) = text.split_once("\n---\n").expect("two documents");
    let mut body = body.to_owned();
    for (name, input) in yaml(head)["spec"]["inputs"].as_object().expect("inputs") {
        let value = match name.as_str() {
            "releases" => releases.address(),
            "version" => VERSION.to_owned(),
            _ => input["default"].as_str().expect("a default").to_owned(),
        };
        body = body.replace(&format!("$[[ inputs.{name} ]]"), &value);
    }
    assert!(!body.contains("$[["), "{body}");
    let job = &yaml(&body)["portgen"];
    let variables = job["variables"].as_object().expect("variables").iter();
    let variables = variables.map(|(name, value)| format!("{name}={}", value.as_str().expect("a text")));
    let lines: Vec<&str> =
        job["script"].as_array().expect("a script").iter().filter_map(Value::as_str).collect();
    let script = format!("set -e\n{}", lines.join("\n"));
    let folder = releases.guard.path().join("broken");
    let run = run(Command::new("env").args(variables).args(["sh", "-c", &script]).current_dir(&folder));
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stdout.contains("error[duplicate-port]"), "{run:?}");
    let report = job["artifacts"]["reports"]["codequality"].as_str().expect("a report");
    let report: Value = serde_json::from_str(&read(folder.join(report))).expect("JSON");
    assert_eq!(report.as_array().map(Vec::len), Some(3), "{report}");
}

#[test]
fn the_matcher_reads_every_line_of_the_concise_format() {
    let guard = tempfile::tempdir().expect("a folder");
    let folder = broken(guard.path());
    let matcher: Value =
        serde_json::from_str(&read(repository().join(".github/portgen-matcher.json"))).expect("JSON");
    let pattern = &matcher["problemMatcher"][0]["pattern"][0];
    let regexp = Regex::new(pattern["regexp"].as_str().expect("a pattern")).expect("a pattern");
    let report: Value =
        serde_json::from_str(&support::portgen(&folder, &["check", "--format", "json"]).stdout)
            .expect("JSON");
    let findings = report["findings"].as_array().expect("findings");
    let concise = support::portgen(&folder, &["check", "--format", "concise"]).stdout;
    assert_eq!(concise.lines().count(), findings.len());
    for (line, finding) in concise.lines().zip(findings) {
        let found = regexp.captures(line).unwrap_or_else(|| panic!("not matched: {line}"));
        let keys = [
            ("file", "path"),
            ("line", "line"),
            ("column", "column"),
            ("severity", "level"),
            ("code", "rule"),
            ("message", "message"),
        ];
        for (group, key) in keys {
            let index = usize::try_from(pattern[group].as_u64().expect("a group")).expect("small");
            let expected = &finding[key];
            let expected = expected.as_str().map_or_else(|| expected.to_string(), str::to_owned);
            assert_eq!(&found[index], expected, "{group}: {line}");
        }
    }
}

#[test]
fn every_platform_is_built_installed_and_packed() {
    let workflow = read(repository().join(".github/workflows/release.yml"));
    let target = Regex::new(r"\{ target: ([\w-]+), os: ").expect("a pattern");
    let built: Vec<&str> = target.captures_iter(&workflow).map(|found| found.extract::<1>().1[0]).collect();
    assert_eq!(built.len(), 7, "{built:?}");
    let npm = read(repository().join("packages/npm/build.mjs"));
    let packed = Regex::new(r#"(?m)^  "([\w-]+)": \["#).expect("a pattern");
    let packed: Vec<&str> = packed.captures_iter(&npm).map(|found| found.extract::<1>().1[0]).collect();
    for name in &packed {
        assert!(built.contains(name), "{name} is in no job");
        assert!(workflow.matches(name).count() > 1, "{name} is not packed");
    }
    let installer = read(repository().join("install.sh"));
    for machine in ["x86_64", "aarch64"] {
        for system in ["unknown-linux-musl", "apple-darwin"] {
            assert!(installer.contains(&format!("'%s-{system}\\n'")), "{system}");
            assert!(built.contains(&format!("{machine}-{system}").as_str()), "{machine}-{system}");
        }
    }
}
