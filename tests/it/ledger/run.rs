//! `run`: what a program is given, how it starts, how it ends.

use std::io::{BufRead, BufReader, Read};
use std::net::{Ipv6Addr, TcpListener, TcpStream};
use std::path::Path;
#[cfg(unix)]
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use portgen::machine::{Machine as _, Verdict, look};
use portgen::model::{Port, Protocol};
use portgen::world::ThisMachine;

use super::Machine;
use super::checkouts::git;
use crate::support::{Run, repository};

/// Numbers that nothing listens on and no other test has, in whatever process:
/// up to eleven, and one that is held as long as this process lives.
fn range(count: u16) -> u16 {
    const SLOT: u16 = 12;
    const SLOTS: u32 = 240;
    assert!(count < SLOT);
    for step in 0..SLOTS {
        let slot = u16::try_from((std::process::id() * 31 + step) % SLOTS).expect("a small number");
        let first = 7_000 + slot * SLOT;
        let guard = TcpListener::bind((Ipv6Addr::UNSPECIFIED, first + SLOT - 1));
        // Nothing is bound to see that: a program that another test starts just
        // then would have the socket, too, until it is there.
        let sockets = ThisMachine::new();
        let is_free = |number| sockets.sockets().at(Port::new(number).expect("a port")).is_empty();
        if let Ok(guard) = guard
            && (first..first + count).all(is_free)
        {
            // It stays bound until the process ends.
            std::mem::forget(guard);
            return first;
        }
    }
    panic!("no ports are free");
}

/// Closes listeners, and waits until nobody has them: a program that another
/// test just started has them, too, until it is there.
fn close(listeners: impl IntoIterator<Item = TcpListener>) {
    for listener in listeners {
        let port = listener.local_addr().expect("an address").port();
        let port = Port::new(port).expect("a port");
        drop(listener);
        while ThisMachine::new().sockets().listeners(port, Protocol::Tcp).next().is_some() {
            std::thread::yield_now();
        }
    }
}

/// A table with one service, its range and a local output.
fn table(first: u16, last: u16, port: &str, more: &str) -> String {
    format!(
        "[project]\nname = \"shop\"\nrange = \"{first}-{last}\"\n\n[services.api]\nport = {port}\n{more}\n\n\
         [[output]]\npath = \".env\"\ntarget = \"dotenv\"\nlocal = true\n"
    )
}

fn sh<'a>(before: &[&'a str], script: &'a str) -> Vec<&'a str> {
    [&["run"], before, &["--", "sh", "-c", script]].concat()
}

/// A program that runs beside the test, and ends with it.
struct Beside {
    child: Child,
    lines: BufReader<std::process::ChildStdout>,
}

impl Beside {
    fn start(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let lines = BufReader::new(child.stdout.take().expect("standard output is piped"));
        Self { child, lines }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).expect("a line");
        line.trim_end().to_owned()
    }

    #[cfg(unix)]
    fn signal(&self, name: &str) {
        let status = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status();
        assert!(status.expect("kill starts").success());
    }

    /// Its exit code, what is left of its output, and its errors.
    fn end(mut self) -> Run {
        let (mut stdout, mut stderr) = (String::new(), String::new());
        self.lines.read_to_string(&mut stdout).expect("its output");
        let errors = self.child.stderr.as_mut().expect("standard error is piped");
        errors.read_to_string(&mut stderr).expect("its errors");
        let code = self.child.wait().expect("it ends").code().unwrap_or(-1);
        Run { code, stdout, stderr }
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn get(machine: &Machine, folder: &Path, name: &str) -> u16 {
    machine.ok(folder, &["get", name]).trim().parse().expect("a number")
}

/// What `get`, `env` and the local output say of `api`, which must be the same.
#[track_caller]
fn agreed(machine: &Machine, folder: &Path) -> u16 {
    let port = get(machine, folder, "api");
    assert_eq!(machine.ok(folder, &["env", "--format", "dotenv"]), format!("API_PORT={port}\n"));
    let env = std::fs::read_to_string(folder.join(".env")).expect("the local output");
    assert!(env.contains(&format!("\nAPI_PORT={port}\n")), "{env}");
    port
}

#[test]
fn a_program_gets_every_variable_its_port_and_whose_it_is() {
    let machine = Machine::new();
    let first = range(10);
    let text = format!(
        "[project]\nname = \"shop\"\nrange = \"{first}-{}\"\n[services.api]\nport = {first}\n\
         [services.kafka.ports]\nclient = {}\njmx = {}\n[services.scratch]\nport = \"auto\"\n",
        first + 9,
        first + 1,
        first + 2
    );
    let folder = machine.project("shop", &text);
    let tool = machine.reserve(&folder, &["tool"]);
    assert_eq!(tool, first + 3);
    let variables = "$API_PORT $KAFKA_CLIENT_PORT $KAFKA_JMX_PORT $SCRATCH_PORT $TOOL_PORT";
    let script = format!(
        "echo {variables} ${{PORT-none}} $PORTGEN_PROJECT $PORTGEN_CHECKOUT ${{PORTGEN_SERVICE-none}}"
    );
    let numbers = format!("{first} {} {} {} {tool}", first + 1, first + 2, first + 4);
    let check = |before: &[&str], port: &str, service: &str| {
        let expect = format!("{numbers} {port} shop {} {service}\n", folder.display());
        assert_eq!(machine.ok(&folder, &sh(before, &script)), expect, "{before:?}");
    };
    check(&["api"], &first.to_string(), "api");
    check(&[], "none", "none");
    check(&["kafka"], "none", "kafka");
    check(&["kafka.jmx"], &(first + 2).to_string(), "kafka");
    check(&["tool"], &tool.to_string(), "tool");
    check(&["api", "--hold"], &first.to_string(), "api");
    check(&["api", "--retry", "1"], &first.to_string(), "api");
}

#[test]
fn a_program_starts_where_it_was_asked_for_and_a_command_beside_the_table() {
    let machine = Machine::new();
    let first = range(1);
    let command = "command = \"echo {{ port }} $API_PORT ${PORT} && pwd\"";
    let folder = machine.project("shop", &table(first, first, &first.to_string(), command));
    let below = machine.folder("shop/src");
    assert_eq!(machine.ok(&below, &["run", "api", "--", "pwd"]), format!("{}\n", below.display()));
    let expect = format!("{first} {first} {first}\n{}\n", folder.display());
    assert_eq!(machine.ok(&below, &["run", "api"]), expect);
    for arguments in [&["run"][..], &["run", "nobody", "--", "true"], &["run", "ap"]] {
        let run = machine.run(&folder, arguments);
        assert_eq!((run.code, run.stdout.as_str()), (125, ""), "{arguments:?}: {run:?}");
        assert!(run.stderr.contains("help:"), "{run:?}");
    }
}

#[test]
fn exit_codes_are_the_programs_or_say_why_there_was_none() {
    let machine = Machine::new();
    let first = range(1);
    let folder = machine.project("shop", &table(first, first, &first.to_string(), ""));
    std::fs::write(folder.join("plain.txt"), "no program\n").expect("a file");
    for before in [&["api"][..], &["api", "--hold"], &["api", "--fds"], &["api", "--retry", "2"]] {
        let code =
            |program: &[&str]| machine.run(&folder, &[&["run"], before, &["--"], program].concat()).code;
        assert_eq!(code(&["true"]), 0, "{before:?}");
        assert_eq!(code(&["sh", "-c", "exit 7"]), 7, "{before:?}");
        assert_eq!(code(&["./no-such-program"]), 127, "{before:?}");
        assert_eq!(code(&["./plain.txt"]), 126, "{before:?}");
        assert_eq!(code(&["."]), 126, "{before:?}");
    }
    let ended = machine.run(&folder, &sh(&["api", "--retry", "2"], "kill -s TERM $$"));
    assert_eq!(ended.code, 128 + 15, "a signal is no failure to start");
    std::fs::write(folder.join("ports.toml"), "[project]\nname = \"shop\"\n[services.api]\nport = 0\n")
        .expect("a file");
    let broken = machine.run(&folder, &["run", "api", "--", "true"]);
    assert_eq!(broken.code, 125, "{broken:?}");
    assert_eq!(machine.run(&folder, &["run", "api", "--hold", "--fds", "--", "true"]).code, 2);
}

#[cfg(unix)]
#[test]
fn the_program_takes_portgens_place() {
    let machine = Machine::new();
    let first = range(1);
    let folder = machine.project("shop", &table(first, first, &first.to_string(), ""));
    let mut beside = Beside::start(&mut machine.command(&folder, &sh(&["api"], "echo $$; read never")));
    assert_eq!(beside.line(), beside.child.id().to_string());
}

#[cfg(unix)]
#[test]
fn signals_reach_the_program_once() {
    let machine = Machine::new();
    let first = range(1);
    let folder = machine.project("shop", &table(first, first, &first.to_string(), ""));
    let script = "trap 'echo user' USR1; trap 'echo end; exit 9' TERM; echo ready; \
                  while :; do sleep 0.02; done";
    for before in [&["api"][..], &["api", "--retry", "3"]] {
        let mut beside = Beside::start(&mut machine.command(&folder, &sh(before, script)));
        assert_eq!(beside.line(), "ready");
        beside.signal("USR1");
        assert_eq!(beside.line(), "user");
        beside.signal("TERM");
        let run = beside.end();
        assert_eq!((run.code, run.stdout.as_str()), (9, "end\n"), "{before:?}: {run:?}");
    }
}

#[test]
fn a_static_port_that_is_taken_names_its_owner_and_nothing_starts() {
    let machine = Machine::new();
    let first = range(2);
    let text = format!(
        "[project]\nname = \"shop\"\n[services.api]\nport = {first}\n[services.web]\nport = {}\n\
         [services.old]\nport = {}\nstatus = \"disabled\"\n",
        first + 1,
        range(1)
    );
    let folder = machine.project("shop", &text);
    let holder = TcpListener::bind(("127.0.0.1", first)).expect("a free port");
    let owner = format!("(pid {})", std::process::id());
    for before in [&["api"][..], &[], &["api", "--hold"], &["api", "--fds"], &["api", "--retry", "2"]] {
        let run = machine.run(&folder, &sh(before, "echo started"));
        assert_eq!((run.code, run.stdout.as_str()), (125, ""), "{before:?}: {run:?}");
        let expect = format!("`api` cannot start: port {first} is in use on 127.0.0.1 by ");
        assert!(run.stderr.contains(&expect) && run.stderr.contains(&owner), "{run:?}");
    }
    assert_eq!(machine.ok(&folder, &sh(&["web"], "echo $PORT")), format!("{}\n", first + 1));
    close([holder]);
    machine.ok(&folder, &sh(&["api"], "true"));
    let dead = (first + 1).to_string();
    machine.ok(&folder, &["dead", "add", &dead, "--reason", "a driver has it"]);
    let run = machine.run(&folder, &sh(&[], "echo started"));
    assert_eq!(run.code, 125);
    assert!(run.stderr.contains(&format!("port {dead} is dead: a driver has it")), "{run:?}");
}

#[test]
fn what_is_left_of_connections_is_no_owner() {
    let machine = Machine::new();
    let first = range(3);
    let last = first + 2;
    let folder = machine.project("shop", &table(first, last, &first.to_string(), "allocation = \"scan\""));
    let listener = TcpListener::bind(("127.0.0.1", first)).expect("a free port");
    let near = TcpStream::connect(("127.0.0.1", first)).expect("a connection");
    let (served, _) = listener.accept().expect("the connection");
    // Whoever closes first keeps the port in TIME_WAIT.
    drop((served, near));
    close([listener]);
    if cfg!(target_os = "linux") {
        let port = Port::new(first).expect("a port");
        assert_eq!(look(&ThisMachine::new(), port, Protocol::Tcp), Verdict::Cooling);
    }
    for before in [&["api"][..], &["api", "--hold"], &["api", "--fds"], &["api", "--retry", "1"]] {
        let run = machine.run(&folder, &sh(before, "echo $PORT"));
        assert_eq!((run.code, run.stdout), (0, format!("{first}\n")), "{before:?}: {}", run.stderr);
    }
}

#[test]
fn a_second_checkout_runs_on_numbers_of_its_own() {
    let machine = Machine::new();
    let first = range(6);
    let folder = machine.project("shop", &table(first, first + 5, &first.to_string(), ""));
    std::fs::write(folder.join(".gitignore"), ".env\n").expect("a file");
    git(&folder, &["init", "--quiet", "--initial-branch", "main"]);
    git(&folder, &["add", "."]);
    git(&folder, &["commit", "--quiet", "-m", "start"]);
    git(&folder, &["worktree", "add", "--quiet", "../feature"]);
    let second = machine.folder("feature");
    assert_eq!(machine.ok(&folder, &sh(&["api"], "echo $PORT")), format!("{first}\n"));
    let run = machine.run(&second, &sh(&["api"], "echo $PORT $PORTGEN_CHECKOUT"));
    let own = first + 1;
    assert_eq!(run.stdout, format!("{own} {}\n", second.display()), "{run:?}");
    assert!(run.stderr.contains(&format!("api: none -> {own}\n")), "{run:?}");
    assert_eq!(agreed(&machine, &second), own);
    let holder = TcpListener::bind(("127.0.0.1", own)).expect("a free port");
    let refused = machine.run(&second, &sh(&["api"], "echo started"));
    assert_eq!((refused.code, refused.stdout.as_str()), (125, ""), "static never moves: {refused:?}");
    assert!(refused.stderr.contains("`portgen reassign api` gives it another number"), "{refused:?}");
    let moved = machine.run(&second, &sh(&["api", "--retry", "1"], "echo $PORT"));
    assert_eq!(moved.stdout, format!("{}\n", own + 1), "{moved:?}");
    assert_eq!(agreed(&machine, &second), own + 1);
    close([holder]);
    let scans = table(first, first + 5, &first.to_string(), "allocation = \"scan\"");
    std::fs::write(second.join("ports.toml"), scans).expect("a file");
    let _holder = TcpListener::bind(("127.0.0.1", own + 1)).expect("a free port");
    assert_eq!(machine.ok(&second, &sh(&["api"], "echo $PORT")), format!("{}\n", own + 2));
    assert_eq!(machine.ok(&second, &sh(&["api"], "echo $PORT")), format!("{}\n", own + 2), "it stays");
}

#[test]
fn scan_finds_records_and_goes_back() {
    let machine = Machine::new();
    let first = range(3);
    let folder =
        machine.project("shop", &table(first, first + 2, &(first + 1).to_string(), "allocation = \"scan\""));
    machine.ok(&folder, &["render"]);
    let port = |run: &Run| run.stdout.trim().parse::<u16>().unwrap_or_else(|_| panic!("{run:?}"));
    let start = || machine.run(&folder, &sh(&["api"], "echo $PORT"));
    let preferred = TcpListener::bind(("127.0.0.1", first + 1)).expect("a free port");

    let run = start();
    assert_eq!(port(&run), first + 2, "upward from the preferred one");
    assert!(run.stderr.contains(&format!("api: {} -> {}\n", first + 1, first + 2)), "{run:?}");
    assert_eq!(agreed(&machine, &folder), first + 2);
    let again = start();
    assert_eq!((port(&again), again.stderr.as_str()), (first + 2, ""), "it is kept");

    let found = TcpListener::bind(("127.0.0.1", first + 2)).expect("a free port");
    assert_eq!(port(&start()), first, "it wraps");
    assert_eq!(agreed(&machine, &folder), first);
    let lowest = TcpListener::bind(("127.0.0.1", first)).expect("a free port");
    let none = start();
    assert_eq!((none.code, none.stdout.as_str()), (125, ""), "{none:?}");
    assert!(none.stderr.contains("`api` gets no number: no free port in "), "{none:?}");
    assert_eq!(agreed(&machine, &folder), first, "a refusal changes nothing");

    close([preferred, found, lowest]);
    let back = start();
    assert_eq!(port(&back), first + 1);
    assert!(back.stderr.contains(&format!("api: {first} -> {}\n", first + 1)), "{back:?}");
    assert_eq!(agreed(&machine, &folder), first + 1);
}

#[test]
fn increment_does_not_wrap() {
    let machine = Machine::new();
    let first = range(3);
    let preferred = (first + 1).to_string();
    let folder = machine.project("shop", &table(first, first + 2, &preferred, "allocation = \"increment\""));
    let held = TcpListener::bind(("127.0.0.1", first + 1)).expect("a free port");
    assert_eq!(machine.ok(&folder, &sh(&["api"], "echo $PORT")), format!("{}\n", first + 2));
    let last = TcpListener::bind(("127.0.0.1", first + 2)).expect("a free port");
    let run = machine.run(&folder, &sh(&["api"], "echo started"));
    assert_eq!((run.code, run.stdout.as_str()), (125, ""), "{run:?}");
    let expect =
        format!("no port is free from {preferred} to the end of project.range ({first}-{})", first + 2);
    assert!(run.stderr.contains(&expect), "{run:?}");
    drop((held, last));
}

/// A program that says its port, then fails once a file is there; where a
/// second one is there, too, it ends well.
fn failing(folder: &Path) -> String {
    let file = |name: &str| folder.join(name).display().to_string();
    let (go, done) = (file("go"), file("done"));
    format!(
        "[ -e {done} ] && {{ echo $PORT; exit 0; }}; echo $PORT; \
         while [ ! -e {go} ]; do sleep 0.02; done; exit 4"
    )
}

/// Starts it, takes the port that it says, and lets it fail.
fn fail_once(
    machine: &Machine,
    folder: &Path,
    before: &[&str],
    takes_it: bool,
) -> (u16, Option<TcpListener>, Run) {
    for name in ["go", "done"] {
        std::fs::remove_file(folder.join(name)).ok();
    }
    let script = failing(folder);
    let mut beside = Beside::start(&mut machine.command(folder, &sh(before, &script)));
    let port: u16 = beside.line().parse().expect("a number");
    let holder = takes_it.then(|| TcpListener::bind(("127.0.0.1", port)).expect("a free port"));
    std::fs::write(folder.join("done"), "").expect("a file");
    std::fs::write(folder.join("go"), "").expect("a file");
    (port, holder, beside.end())
}

#[test]
fn a_retry_marks_a_port_dead_that_another_took_and_takes_the_next() {
    let machine = Machine::new();
    let first = range(4);
    for (name, port, more) in
        [("scan", first.to_string(), "allocation = \"scan\""), ("auto", "\"auto\"".to_owned(), "")]
    {
        let machine = Machine::new();
        let folder = machine.project(name, &table(first, first + 3, &port, more));
        machine.ok(&folder, &["render"]);
        let (taken, holder, run) = fail_once(&machine, &folder, &["api", "--retry", "2"], true);
        assert_eq!((taken, run.code, run.stdout), (first, 0, format!("{}\n", first + 1)), "{}", run.stderr);
        assert!(run.stderr.contains(&format!("api: {first} -> {}\n", first + 1)), "{}", run.stderr);
        assert_eq!(agreed(&machine, &folder), first + 1);
        let dead = machine.ok(&folder, &["dead", "list"]);
        assert!(dead.contains(&first.to_string()) && dead.contains("EADDRINUSE"), "{dead}");
        assert!(dead.contains(&format!("(pid {})", std::process::id())), "the owner: {dead}");
        close(holder);
    }
    let folder = machine.folder("tools");
    let reserved = machine.reserve(&folder, &["tool", "--range", &format!("{first}-{}", first + 3)]);
    let (taken, _holder, run) = fail_once(&machine, &folder, &["tool", "--retry", "1"], true);
    assert_eq!((taken, run.code), (reserved, 0), "{run:?}");
    assert_eq!(get(&machine, &folder, "tool").to_string(), run.stdout.trim());
}

#[test]
fn a_retry_needs_another_owner_and_a_number_that_may_change() {
    let machine = Machine::new();
    let first = range(4);
    let folder =
        machine.project("scan", &table(first, first + 3, &first.to_string(), "allocation = \"scan\""));
    let (_, _, run) = fail_once(&machine, &folder, &["api", "--retry", "2"], false);
    assert_eq!((run.code, run.stdout.as_str()), (4, ""), "nobody has the port: {run:?}");
    let (_, _holder, run) = fail_once(&machine, &folder, &["api"], true);
    assert_eq!((run.code, run.stdout.as_str()), (4, ""), "it was not asked for: {run:?}");
    let fixed = machine.project("fixed", &table(first + 1, first + 3, &(first + 1).to_string(), ""));
    let (port, _holder, run) = fail_once(&machine, &fixed, &["api", "--retry", "2"], true);
    assert_eq!((port, run.code, run.stdout.as_str()), (first + 1, 4, ""), "{run:?}");
    assert!(run.stderr.contains(&format!("`api` cannot start: port {port} is in use")), "{run:?}");
    assert!(!machine.ok(&fixed, &["dead", "list"]).contains(&port.to_string()));
}

/// The Python of this machine; `None`, said aloud, where there is none.
#[cfg(unix)]
fn python() -> Option<PathBuf> {
    let found = Command::new("python3").args(["-c", "import sys; print(sys.executable)"]).output();
    let found = found.ok().filter(|output| output.status.success());
    let path = found.map(|output| PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
    if path.is_none() {
        crate::consumers::skipped("a program in Python: there is no python3");
    }
    path
}

#[cfg(unix)]
#[test]
fn sockets_that_listen_are_handed_over_as_systemd_does() {
    let Some(python) = python() else { return };
    let machine = Machine::new();
    let first = range(4);
    let text = format!(
        "[project]\nname = \"shop\"\n[services.kafka.ports]\nclient = {first}\njmx = {{ port = {}, bind = \"0.0.0.0\" }}\n\
         log = {{ port = {}, scheme = \"udp\" }}\n[services.api]\nport = {}\n",
        first + 1,
        first + 2,
        first + 3
    );
    let folder = machine.project("shop", &text);
    let program = "import os, socket\n\
                   assert int(os.environ['LISTEN_PID']) == os.getpid()\n\
                   for fd in range(3, 3 + int(os.environ['LISTEN_FDS'])):\n\
                   \x20   s = socket.socket(fileno=fd)\n\
                   \x20   c = socket.create_connection(('127.0.0.1', s.getsockname()[1]))\n\
                   \x20   s.accept()\n\
                   \x20   print(*s.getsockname())\n\
                   print(os.environ['LISTEN_FDNAMES'], os.environ['PORTGEN_SERVICE'])\n";
    let python = python.display().to_string();
    let said = machine.ok(&folder, &["run", "kafka", "--fds", "--", &python, "-c", program]);
    let expect = format!("127.0.0.1 {first}\n0.0.0.0 {}\nkafka.client:kafka.jmx kafka\n", first + 1);
    assert_eq!(said, expect);
}

#[cfg(unix)]
#[test]
fn a_port_that_was_held_can_be_bound_by_the_program_at_once() {
    let Some(python) = python() else { return };
    let machine = Machine::new();
    let first = range(1);
    let folder = machine.project("shop", &table(first, first, &first.to_string(), ""));
    let program = "import os, socket\n\
                   for address in ('127.0.0.1', '0.0.0.0'):\n\
                   \x20   s = socket.socket()\n\
                   \x20   s.bind((address, int(os.environ['PORT'])))\n\
                   \x20   s.listen()\n\
                   \x20   s.close()\n\
                   print('bound')\n";
    let python = python.display().to_string();
    for before in [&["--hold"][..], &["--hold", "--retry", "1"]] {
        let arguments = [&["run", "api"], before, &["--", &python, "-c", program]].concat();
        assert_eq!(machine.ok(&folder, &arguments), "bound\n");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_service_that_runs_already_is_known_by_its_marks() {
    let Some(python) = python() else { return };
    let machine = Machine::new();
    let first = range(4);
    let folder =
        machine.project("shop", &table(first, first + 3, &first.to_string(), "allocation = \"scan\""));
    let program = "import os, socket, sys\n\
                   s = socket.create_server(('127.0.0.1', int(os.environ['PORT'])))\n\
                   print('listens', flush=True)\n\
                   s.accept()\n";
    let python = python.display().to_string();
    let mut beside =
        Beside::start(&mut machine.command(&folder, &["run", "api", "--", &python, "-c", program]));
    assert_eq!(beside.line(), "listens");
    for before in [&["api"][..], &[]] {
        let run = machine.run(&folder, &sh(before, "echo started"));
        assert_eq!((run.code, run.stdout.as_str()), (125, ""), "{before:?}: {run:?}");
        let expect = format!("(pid {}) listens on port {first}", beside.child.id());
        assert!(run.stderr.contains("`api` runs already: ") && run.stderr.contains(&expect), "{run:?}");
    }
    let copy = machine.project("copy", &table(first, first + 3, &first.to_string(), ""));
    let run = machine.run(&copy, &sh(&["api"], "echo started"));
    assert_eq!(run.code, 125);
    let whose = format!("(service api of project shop, in {})", folder.display());
    assert!(run.stderr.contains("cannot start") && run.stderr.contains(&whose), "{run:?}");
}

#[test]
fn without_a_table_a_port_is_reserved_as_long_as_the_program_lives() {
    let machine = Machine::new();
    let folder = machine.folder("tools");
    let script = "echo $PORT $SCRATCH_PORT $PORTGEN_PROJECT; read never";
    let mut beside = Beside::start(&mut machine.command(&folder, &sh(&["scratch"], script)));
    let said = beside.line();
    let port = said.split(' ').next().unwrap_or_default().to_owned();
    assert_eq!(said, format!("{port} {port} tools"));
    assert_eq!(machine.ok(&folder, &["get", "scratch"]), format!("{port}\n"));
    let second = machine.run(&folder, &sh(&["scratch"], "echo started"));
    assert_eq!((second.code, second.stdout.as_str()), (125, ""), "{second:?}");
    assert!(second.stderr.contains("`scratch` runs already"), "{second:?}");
    drop(beside);
    assert_eq!(machine.run(&folder, &["get", "scratch"]).code, 1, "it is gone with its program");
    assert!(!machine.ok(&folder, &["list", "--all"]).contains(&port));
    let kept = machine.reserve(&folder, &["scratch"]);
    assert_eq!(machine.ok(&folder, &sh(&["scratch"], "echo $PORT")), format!("{kept}\n"));
    assert_eq!(get(&machine, &folder, "scratch"), kept, "what was reserved before stays");
    assert_eq!(machine.run(&machine.folder("empty"), &["run", "--", "true"]).code, 125);
}

#[test]
fn one_line_sends_signals_and_to_the_program_alone() {
    // That no other file sends any is among the house rules.
    let text = crate::support::read(repository().join("src/world/child.rs"));
    let sends = |line: &&str| line.contains("kill") && !line.trim_start().starts_with("use ");
    let found: Vec<&str> = text.lines().filter(sends).map(str::trim).collect();
    // The first stops portgen itself, where its program was stopped.
    let expect = [
        "let _ = kill_process(getpid(), Signal::STOP);",
        "let _ = kill_process(Pid::from_child(child), signal);",
    ];
    assert_eq!(found, expect);
}

/// The state of a process, as the system has it: `T` for one that is stopped.
#[cfg(target_os = "linux")]
fn state(pid: u32) -> char {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit(')').next().and_then(|rest| rest.trim().chars().next()).unwrap_or('?')
}

#[cfg(target_os = "linux")]
#[test]
fn a_program_that_is_watched_stops_and_goes_on_as_one_that_is_not() {
    use std::os::unix::process::CommandExt;

    let machine = Machine::new();
    let first = range(1);
    let folder = machine.project("shop", &table(first, first, &first.to_string(), ""));
    let script = "trap 'echo alarm' ALRM; trap 'echo again' CONT; trap 'exit 9' TERM; echo $$; \
                  while :; do sleep 0.02; done";
    let is_soon = |pid: u32, is_stopped: bool| {
        for _ in 0..500 {
            if (state(pid) == 'T') == is_stopped {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        panic!("process {pid} has the state {}", state(pid));
    };
    for before in [&["api"][..], &["api", "--retry", "2"]] {
        let mut command = machine.command(&folder, &sh(before, script));
        // A group of its own, as a shell gives every job.
        let mut beside = Beside::start(command.process_group(0));
        let program: u32 = beside.line().parse().expect("a number");
        beside.signal("ALRM");
        assert_eq!(beside.line(), "alarm", "{before:?}");
        beside.signal("TSTP");
        is_soon(program, true);
        is_soon(beside.child.id(), true);
        beside.signal("CONT");
        assert_eq!(beside.line(), "again", "{before:?}");
        is_soon(program, false);
        is_soon(beside.child.id(), false);
        // The program stops by itself: whoever waits for portgen sees that.
        let stopped = Command::new("kill").args(["-s", "STOP", &program.to_string()]).status();
        assert!(stopped.expect("kill starts").success());
        is_soon(beside.child.id(), true);
        beside.signal("CONT");
        assert_eq!(beside.line(), "again", "{before:?}");
        beside.signal("TERM");
        assert_eq!(beside.end().code, 9, "{before:?}");
    }
}

#[test]
fn what_was_reserved_before_the_table_declared_it_does_not_hinder_a_start() {
    let machine = Machine::new();
    let first = range(6);
    let folder = machine.folder("shop");
    let reserved = machine.reserve(&folder, &["api", "--range", &format!("{0}-{0}", first + 4)]);
    assert_eq!(reserved, first + 4);
    for (port, allocation) in [(first, "scan"), (first, "increment"), (first + 4, "scan"), (first, "static")]
    {
        let more = format!("allocation = \"{allocation}\"");
        std::fs::write(folder.join("ports.toml"), table(first, first + 5, &port.to_string(), &more))
            .expect("a table");
        machine.ok(&folder, &["render"]);
        for before in [&["api"][..], &[], &["api", "--retry", "1"]] {
            let started = machine.run(&folder, &sh(before, "echo $API_PORT"));
            assert_eq!(started.stdout, format!("{port}\n"), "{allocation} {before:?}: {started:?}");
        }
        assert_eq!(agreed(&machine, &folder), port);
    }
    // A number that the table fixes stays, however often it is tried.
    let holder = TcpListener::bind(("127.0.0.1", first)).expect("a free port");
    let run = machine.run(&folder, &sh(&["api", "--retry", "2"], "echo started"));
    assert_eq!((run.code, run.stdout.as_str()), (125, ""), "{run:?}");
    assert_eq!(agreed(&machine, &folder), first);
    let scans = table(first, first + 5, &first.to_string(), "allocation = \"scan\"");
    std::fs::write(folder.join("ports.toml"), scans).expect("a table");
    let run = machine.run(&folder, &sh(&["api"], "echo $PORT"));
    assert_eq!(run.stdout, format!("{}\n", first + 1), "{run:?}");
    assert_eq!(agreed(&machine, &folder), first + 1);
    close([holder]);
    assert_eq!(machine.ok(&folder, &sh(&["api"], "echo $PORT")), format!("{first}\n"), "it goes back");
}
