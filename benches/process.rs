//! What a whole run costs, from its start to its exit, as wall time.
//!
//! `cargo bench --bench process`; a word behind `--` selects by name.

#![expect(clippy::expect_used, reason = "what cannot be measured ends the run")]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use divan::Bencher;
use tempfile::TempDir;

mod tables;

fn main() {
    divan::main();
}

/// Runs portgen in a folder and expects its exit code.
fn run(folder: &Path, arguments: &[&str], code: i32) {
    #[expect(clippy::disallowed_methods, reason = "measures the program itself")]
    let mut command = Command::new(env!("CARGO_BIN_EXE_portgen"));
    let command = command.args(arguments).current_dir(folder).env("NO_COLOR", "1");
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("portgen starts");
    assert_eq!(status.code(), Some(code), "portgen {arguments:?}");
}

/// The same on a machine of its own: a ledger beside the folder.
fn run_on_machine(folder: &Path, arguments: &[&str], code: i32) {
    #[expect(clippy::disallowed_methods, reason = "measures the program itself")]
    let mut command = Command::new(env!("CARGO_BIN_EXE_portgen"));
    let command = command.args(arguments).current_dir(folder).env("PORTGEN_LEDGER", folder.join("ledger.db"));
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("portgen starts");
    assert_eq!(status.code(), Some(code), "portgen {arguments:?}");
}

/// A folder of its own with a table.
#[expect(clippy::disallowed_methods, reason = "makes the folder that is measured")]
fn folder(text: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("ports.toml"), text).expect("a file");
    folder
}

#[divan::bench]
fn start(bencher: Bencher) {
    let folder = folder("");
    bencher.bench(|| run(folder.path(), &["--version"], 0));
}

#[divan::bench(args = ["check", "render"])]
fn the_smallest_example(bencher: Bencher, command: &str) {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/ai-assistant");
    let folder = folder("");
    copy(&example, folder.path());
    run(folder.path(), &["render"], 0);
    bencher.bench(|| run(folder.path(), &[command], 0));
}

#[divan::bench(args = [15_000, 30_000, 60_000])]
fn check(bencher: Bencher, services: usize) {
    let folder = folder(&tables::bare(services));
    bencher.bench(|| run(folder.path(), &["check"], 0));
}

#[divan::bench(args = ["check", "render"])]
fn a_thousand_services_in_8_outputs(bencher: Bencher, command: &str) {
    let folder = folder(&tables::with_outputs(1_000));
    run(folder.path(), &["render"], 0);
    bencher.bench(|| run(folder.path(), &[command], 0));
}

#[divan::bench]
fn a_thousand_findings_in_full(bencher: Bencher) {
    let folder = folder(&tables::in_pairs(1_000));
    bencher.bench(|| run(folder.path(), &["check", "--format", "full"], 1));
}

/// How many files a project has besides its table.
const MANY_FILES: usize = 20_000;

#[divan::bench]
#[expect(clippy::disallowed_methods, reason = "makes the folder that is measured")]
fn check_among_many_files(bencher: Bencher) {
    let folder = folder(&tables::with_outputs(5));
    for index in 0..MANY_FILES {
        let inside = folder.path().join(format!("src/{}", index / 100));
        fs::create_dir_all(&inside).expect("a folder");
        fs::write(inside.join(format!("{index}.c")), "int main(void) { return 0; }\n".repeat(100))
            .expect("a file");
    }
    run(folder.path(), &["render"], 0);
    bencher.bench(|| run(folder.path(), &["check"], 0));
}

#[expect(clippy::disallowed_methods, reason = "makes the folder that is measured")]
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::write(target, fs::read(entry.path()).expect("a file")).expect("a file");
        }
    }
}

#[divan::bench]
fn get_of_a_reserved_port(bencher: Bencher) {
    let folder = tempfile::tempdir().expect("a folder");
    run_on_machine(folder.path(), &["reserve", "api"], 0);
    bencher.bench(|| run_on_machine(folder.path(), &["get", "api"], 0));
}

#[divan::bench]
fn reserve(bencher: Bencher) {
    let folder = tempfile::tempdir().expect("a folder");
    run_on_machine(folder.path(), &["reserve"], 0);
    bencher.bench(|| run_on_machine(folder.path(), &["reserve"], 0));
}

/// Ten thousand ports, all given: the answer is that none is left.
#[divan::bench]
fn reserve_from_an_exhausted_range(bencher: Bencher) {
    let folder = tempfile::tempdir().expect("a folder");
    // Whatever this machine holds itself: the last ones are taken one by one.
    for count in ["5000", "4000", "900", "90", "9"] {
        run_on_machine(folder.path(), &["reserve", "--range", "10000-19999", "--count", count], 0);
    }
    bencher
        .bench(|| run_on_machine(folder.path(), &["reserve", "--range", "10000-19999", "--count", "2"], 3));
}

#[divan::bench(args = [10, 200])]
fn status_of_sleeping_services(bencher: Bencher, services: usize) {
    let folder = folder(&tables::bare(services));
    bencher.bench(|| run_on_machine(folder.path(), &["status", "--no-health"], 0));
}

/// From the start of the server to the answer of its first tool: the handshake
/// and the list of ports; then it ends.
#[divan::bench(args = [5, 1_000])]
fn first_answer_of_the_server_for_agents(bencher: Bencher, services: usize) {
    let folder = folder(&tables::bare(services));
    let handshake = r#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"bench","version":"1"}}}"#;
    let question =
        r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_ports","arguments":{}}}"#;
    bencher.bench(|| {
        #[expect(clippy::disallowed_methods, reason = "measures the program itself")]
        let mut command = Command::new(env!("CARGO_BIN_EXE_portgen"));
        command.arg("mcp").current_dir(folder.path()).env("PORTGEN_LEDGER", folder.path().join("ledger.db"));
        let mut server =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("portgen starts");
        let mut input = server.stdin.take().expect("a pipe");
        let mut lines = BufReader::new(server.stdout.take().expect("a pipe")).lines();
        for message in [handshake, question] {
            writeln!(input, "{message}").expect("it reads");
            lines.next().expect("an answer").expect("a line");
        }
        drop(input);
        assert!(server.wait().expect("it ends").success());
    });
}
