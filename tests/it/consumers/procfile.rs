//! honcho and foreman start what a rendered Procfile says, on its ports.

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use super::tools::{Tools, clean, done};
use super::workspace::{Workspace, free_ports};

/// Longer than a runner on a busy machine takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// Listens on the port it is given, says so, and stays.
const SERVER: &str = r#"import socket, sys, time
name, port = sys.argv[1], int(sys.argv[2])
listener = socket.create_server(("127.0.0.1", port))
print(f"{name} listens on {port}", flush=True)
time.sleep(600)
"#;

/// A runner with its processes; all end with it.
struct Runner {
    child: Child,
    lines: Receiver<String>,
}

impl Runner {
    fn start(command: &mut Command) -> Self {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let output = child.stdout.take().expect("standard output is piped");
        let (send, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    break;
                }
            }
        });
        Self { child, lines }
    }

    /// Waits for a line with a text.
    fn line(&self, text: &str) -> String {
        let end = Instant::now() + PATIENCE;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let Ok(line) = self.lines.recv_timeout(left) else { panic!("never said: {text}") };
            if line.contains(text) {
                return line;
            }
        }
    }

    /// Waits until every text has been in some line.
    fn expect(&self, texts: &[String]) {
        let mut missing = texts.to_vec();
        let mut seen = Vec::new();
        let end = Instant::now() + PATIENCE;
        while !missing.is_empty() {
            let left = end.saturating_duration_since(Instant::now());
            let Ok(line) = self.lines.recv_timeout(left) else {
                panic!("never said: {missing:?}; said: {seen:#?}");
            };
            missing.retain(|text| !line.contains(text.as_str()));
            seen.push(line);
        }
    }
}

impl Drop for Runner {
    /// Asks the runner to end, as a person would; honcho then ends everything
    /// that it started, foreman only the shells around it: the rest goes with
    /// the group.
    fn drop(&mut self) {
        let signal = |arguments: &[&str]| {
            let status = Command::new("kill").args(arguments).stderr(Stdio::null()).status();
            status.is_ok_and(|status| status.success())
        };
        let id = self.child.id().to_string();
        if !signal(&["-TERM", &id]) {
            self.child.kill().ok();
        }
        self.child.wait().ok();
        signal(&["-KILL", "--", &format!("-{id}")]);
    }
}

/// Both runners on a Procfile of a folder.
fn runners(tools: &Tools, workspace: &Workspace, procfile: &str) -> [Command; 2] {
    let mut honcho = tools.python("honcho");
    honcho.args(["--no-colour", "-f", procfile, "start"]);
    let mut foreman = tools.other("foreman");
    foreman.args(["start", "-f", procfile]);
    for command in [&mut honcho, &mut foreman] {
        command.current_dir(workspace.folder()).env("PYTHONUNBUFFERED", "1");
    }
    [honcho, foreman]
}

fn table([api, worker, jmx]: [u16; 3]) -> String {
    format!(
        r#"[project]
name = "shop"

[services.api]
port = {api}
scheme = "http"
command = "python3 serve.py api {{{{ port }}}}"

[services.worker-2.ports]
default = {worker}
jmx = {jmx}

[services.worker-2]
command = "python3 serve.py worker {{{{ port }}}}"

[[output]]
path = ".env"
target = "dotenv"

[[output]]
path = "Procfile"
target = "procfile"

[[output]]
path = "Procfile.windows"
target = "procfile"
options = {{ ports = "literal" }}
"#
    )
}

#[test]
fn both_runners_start_every_process_on_its_port() {
    let Some(tools) = Tools::find() else { return };
    let ports @ [api, worker, _] = free_ports();
    let workspace = Workspace::rendered(&table(ports));
    workspace.write("serve.py", SERVER);
    for procfile in ["Procfile", "Procfile.windows"] {
        for mut command in runners(&tools, &workspace, procfile) {
            let runner = Runner::start(&mut command);
            runner.expect(&[format!("api listens on {api}"), format!("worker listens on {worker}")]);
            for port in [api, worker] {
                TcpStream::connect(("127.0.0.1", port)).expect("the process listens where it says");
            }
        }
    }
}

#[test]
fn a_variable_moves_the_process_and_a_literal_does_not() {
    let Some(tools) = Tools::find() else { return };
    let ports @ [api, worker, _] = free_ports();
    let [moved] = free_ports();
    let workspace = Workspace::rendered(&table(ports));
    workspace.write("serve.py", SERVER);
    let env = workspace.read(".env").replace(&format!("API_PORT={api}\n"), &format!("API_PORT={moved}\n"));
    assert!(env.contains(&moved.to_string()), "{env}");
    workspace.write(".env", &env);
    for (procfile, expect) in [("Procfile", moved), ("Procfile.windows", api)] {
        for mut command in runners(&tools, &workspace, procfile) {
            let runner = Runner::start(&mut command);
            runner.expect(&[format!("api listens on {expect}"), format!("worker listens on {worker}")]);
        }
    }
}

#[test]
fn run_starts_honcho_with_the_numbers_of_this_checkout() {
    let Some(tools) = Tools::find() else { return };
    let ports @ [api, _, _] = free_ports();
    let scans = table(ports).replace("scheme = \"http\"", "allocation = \"scan\"");
    let workspace =
        Workspace::rendered(&scans.replace("target = \"dotenv\"", "target = \"dotenv\"\nlocal = true"));
    workspace.write("serve.py", SERVER);
    let _holder = std::net::TcpListener::bind(("127.0.0.1", api)).expect("a free port");
    let mut command = clean(env!("CARGO_BIN_EXE_portgen").as_ref());
    command.env("PORTGEN_LEDGER", workspace.path("ledger.db")).env("PYTHONUNBUFFERED", "1");
    command.args(["run", "--"]).arg(tools.python("honcho").get_program());
    command.args(["--no-colour", "start"]).current_dir(workspace.folder());
    let runner = Runner::start(&mut command);
    // Free ports may follow one another: any but the one that is held will do.
    let line = runner.line("api listens on ");
    let found: u16 = line.rsplit(' ').next().and_then(|number| number.parse().ok()).expect("a number");
    assert_ne!(found, api);
    assert!(workspace.read(".env").contains(&format!("\nAPI_PORT={found}\n")), "{}", workspace.read(".env"));
    TcpStream::connect(("127.0.0.1", found)).expect("the process listens where it says");
}

#[test]
fn the_example_starts_all_five_programs_with_its_numbers() {
    let Some(tools) = Tools::find() else { return };
    let workspace = Workspace::example("ai-assistant");
    // Stand-ins for the programs: what matters is what they are told.
    for program in ["python", "fastmcp", "npm"] {
        let path = format!("bin/{program}");
        workspace.write(&path, &format!("#!/bin/sh\necho \"started: {program} $*;\"\nexec sleep 600\n"));
        done(clean("chmod".as_ref()).arg("+x").arg(workspace.path(&path)));
    }
    let inherited = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(workspace.path("bin")).chain(std::env::split_paths(&inherited));
    let path = std::env::join_paths(folders).expect("a path without a separator");
    let expect = [
        "python -m uvicorn src.auth.mock_idp:app --port 9400;",
        "fastmcp run src/mcp/ticketing/server.py --transport http --port 9000;",
        "fastmcp run src/mcp/organizations/server.py --transport http --port 9001;",
        "python -m uvicorn src.api.main:app --port 8080;",
        "npm --prefix ai-assistant-ui start -- --port 4200;",
    ];
    let expect = expect.map(|line| format!("started: {line}"));
    for mut command in runners(&tools, &workspace, "Procfile") {
        Runner::start(command.env("PATH", &path)).expect(&expect);
    }
}
