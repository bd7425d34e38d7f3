//! Rendered scripts, parsed and run; those of Windows where there is something
//! to parse them.

use std::net::TcpListener;
use std::path::Path;

use super::tools::{Tools, clean, done, ended, skipped};
use super::workspace::{Workspace, free_ports};

fn table([api, web]: [u16; 2], target: &str, path: &str) -> String {
    format!(
        r#"[project]
name = "shop"

[services.api]
title = 'The "API" `id` $HOME 100%'
port = {api}
scheme = "http"

[services.web]
title = "Web"
port = {web}

[[output]]
path = "{path}"
target = "{target}"
mode = "file"
"#
    )
}

/// Runs a text in a POSIX shell that stops at the first mistake.
fn sh(folder: &Path, text: &str) -> String {
    done(clean("sh".as_ref()).args(["-eu", "-c", text]).current_dir(folder))
}

#[test]
fn a_shell_script_is_sourced_and_sets_the_numbers() {
    let Some(_tools) = Tools::find() else { return };
    let workspace = Workspace::rendered(&table([21000, 21001], "shell", "ports.sh"));
    done(clean("sh".as_ref()).arg("-n").arg(workspace.path("ports.sh")));
    done(clean("bash".as_ref()).arg("-n").arg(workspace.path("ports.sh")));
    let numbers = sh(workspace.folder(), ". ./ports.sh; echo \"$API_PORT $WEB_PORT\"");
    assert_eq!(numbers, "21000 21001\n");
    let exported = sh(workspace.folder(), ". ./ports.sh; sh -c 'echo \"${API_PORT-unset}\"'");
    assert_eq!(exported, "21000\n");
}

#[test]
fn the_script_of_the_example_shows_who_listens() {
    let Some(_tools) = Tools::find() else { return };
    let workspace = Workspace::example("devflow");
    let script = workspace.path("devflow-start.sh");
    done(clean("sh".as_ref()).arg("-n").arg(&script));
    // A stand-in for netstat, which not every machine has, with one listener.
    workspace.write("bin/netstat", "#!/bin/sh\necho 'tcp 0 0 127.0.0.1:3005 0.0.0.0:* LISTEN'\n");
    done(clean("chmod".as_ref()).arg("+x").arg(workspace.path("bin/netstat")));
    let inherited = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(workspace.path("bin")).chain(std::env::split_paths(&inherited));
    let path = std::env::join_paths(folders).expect("a path without a separator");
    let status = done(clean("sh".as_ref()).arg(&script).arg("status").env("PATH", path));
    let lines: Vec<&str> = status.lines().filter(|line| line.contains("ACTIVE")).collect();
    assert_eq!(lines.len(), 1, "{status}");
    assert!(lines[0].contains("3005"), "{status}");
    assert!(status.contains("3002") && status.contains("50051"), "{status}");
}

#[test]
fn a_variable_that_is_set_wins_unless_the_script_is_plain() {
    let Some(_tools) = Tools::find() else { return };
    let table = table([21000, 21001], "shell", "ports.sh");
    for (options, expect) in [("", "31000\n"), ("options = { variables = \"plain\" }\n", "21000\n")] {
        let workspace = Workspace::rendered(&format!("{table}{options}"));
        let number = sh(workspace.folder(), "API_PORT=31000; . ./ports.sh; echo \"$API_PORT\"");
        assert_eq!(number, expect, "{options}");
    }
}

#[test]
fn the_functions_tell_a_listener_from_none() {
    let Some(_tools) = Tools::find() else { return };
    let ports @ [api, web] = free_ports();
    let options = "options = { parts = [\"variables\", \"list\", \"status\", \"wait\"] }\n";
    let workspace = Workspace::rendered(&format!("{}{options}", table(ports, "shell", "ports.sh")));
    let _listener = TcpListener::bind(("127.0.0.1", api)).expect("the port is free");
    // Every machine lists listeners differently: this asks the port itself.
    let python =
        "import socket, sys; sys.exit(socket.socket().connect_ex((\"127.0.0.1\", int(sys.argv[1]))) != 0)";
    let functions = format!("is_listening() {{ python3 -c '{python}' \"$1\"; }}; . ./ports.sh");
    let status = sh(workspace.folder(), &format!("{functions}; show_ports; echo \"$PORTS\""));
    let expect =
        format!("{api:<5}  ACTIVE  The \"API\" `id` $HOME 100%\n{web:<5}  free    Web\n{api} {web}\n");
    assert_eq!(status, expect);
    let waited = sh(workspace.folder(), &format!("{functions}; wait_for_ports 0 || echo gave up"));
    assert_eq!(waited, "gave up\n");
}

#[test]
fn powershell_parses_its_script() {
    let Some(_tools) = Tools::find() else { return };
    let workspace = Workspace::rendered(&table([21000, 21001], "powershell", "ports.ps1"));
    assert!(workspace.read("ports.ps1").contains("21000"));
    let mut command = clean("pwsh".as_ref());
    if command.arg("-Version").output().is_err() {
        skipped("powershell_parses_its_script: there is no pwsh");
        return;
    }
    let text = ". ./ports.ps1; Write-Output $env:API_PORT";
    let mut command = clean("pwsh".as_ref());
    command.args(["-NoProfile", "-NonInteractive", "-Command", text]).current_dir(workspace.folder());
    assert_eq!(done(&mut command).trim(), "21000");
}

#[test]
fn cmd_runs_its_script() {
    let Some(_tools) = Tools::find() else { return };
    let workspace = Workspace::rendered(&table([21000, 21001], "batch", "ports.bat"));
    assert!(workspace.read("ports.bat").contains("21000"));
    if !cfg!(windows) {
        skipped("cmd_runs_its_script: there is no cmd.exe");
        return;
    }
    let mut command = clean("cmd".as_ref());
    command.args(["/c", "call ports.bat && call echo %API_PORT%"]).current_dir(workspace.folder());
    let (code, stdout, stderr) = ended(&mut command);
    assert_eq!((code, stdout.trim()), (0, "21000"), "{stderr}");
}
