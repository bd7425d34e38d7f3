//! `status`, `who` and `check --machine` on real processes.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::Machine;
#[cfg(target_os = "linux")]
use crate::support::run;

/// Listens on an address and a port, says so, and answers whoever asks with a
/// status; says that it was asked, too.
const SERVER: &str = "\
import socket, sys
address, port, status = sys.argv[1], int(sys.argv[2]), sys.argv[3]
server = socket.socket(socket.AF_INET6 if ':' in address else socket.AF_INET)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
if len(sys.argv) > 4: server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
server.bind((address, port))
server.listen()
print('ready', flush=True)
while True:
    client, _ = server.accept()
    print('asked', flush=True)
    client.recv(1000)
    client.sendall(('HTTP/1.1 %s x\\r\\nContent-Length: 0\\r\\nConnection: close\\r\\n\\r\\n' % status).encode())
    client.close()
";

/// A program that listens until the test is over.
struct Server {
    child: Child,
    said: BufReader<std::process::ChildStdout>,
}

impl Server {
    fn start(folder: &Path, words: &[&str], marks: &[(&str, &str)]) -> Self {
        let mut command = Command::new("python3");
        command.arg("-c").arg(SERVER).args(words).current_dir(folder);
        for name in ["PORTGEN_PROJECT", "PORTGEN_CHECKOUT", "PORTGEN_SERVICE"] {
            command.env_remove(name);
        }
        command.envs(marks.iter().copied()).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("python3 starts");
        let said = BufReader::new(child.stdout.take().expect("its output"));
        let mut server = Self { child, said };
        assert_eq!(server.next_word(), "ready");
        server
    }

    /// On the loopback address, with an answer of 200.
    fn on(folder: &Path, port: u16) -> Self {
        Self::start(folder, &["127.0.0.1", &port.to_string(), "200"], &[])
    }

    fn next_word(&mut self) -> String {
        let mut line = String::new();
        self.said.read_line(&mut line).expect("its output");
        line.trim().to_owned()
    }

    fn pid(&self) -> u64 {
        self.child.id().into()
    }

    /// What it said since it was ready.
    fn end(mut self) -> String {
        let _ = self.child.kill();
        let mut rest = String::new();
        let _ = std::io::Read::read_to_string(&mut self.said, &mut rest);
        rest
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A number that the system has just found free.
fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind(("0.0.0.0", 0)).expect("a port");
    listener.local_addr().expect("an address").port()
}

fn shop(port: u16, more: &str) -> String {
    format!("[project]\nname = \"shop\"\n[services.api]\nport = {port}\n{more}\n")
}

type Json = serde_json::Value;

fn json(text: &str) -> Json {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// What `status` says of a folder's ports.
fn ports(machine: &Machine, folder: &Path) -> Vec<Json> {
    let answer = json(&machine.ok(folder, &["status", "--format", "json"]));
    answer["ports"].as_array().expect("a list").clone()
}

/// `api up`, a line a port.
fn words(ports: &[Json]) -> Vec<String> {
    let word = |value: &Json| value.as_str().unwrap_or("-").to_owned();
    ports.iter().map(|port| format!("{} {}", word(&port["service"]), word(&port["state"]))).collect()
}

#[test]
fn an_own_program_is_up_and_asked_and_a_stranger_is_not() {
    let machine = Machine::new();
    let port = free_port();
    let folder = machine.project("shop", &shop(port, "health = \"/health\""));
    assert_eq!(words(&ports(&machine, &folder)), ["api down"]);

    let own = Server::on(&machine.folder("shop/src"), port);
    let seen = ports(&machine, &folder);
    assert_eq!(words(&seen), ["api up"]);
    assert_eq!((&seen[0]["health"], &seen[0]["address"]), (&"ok".into(), &"127.0.0.1".into()));
    assert_eq!(seen[0]["pid"], own.pid());
    assert_eq!(own.end(), "asked\n");

    let ill = Server::start(&folder, &["127.0.0.1", &port.to_string(), "500"], &[]);
    assert_eq!(ports(&machine, &folder)[0]["health"], "500");
    drop(ill);

    let stranger = Server::on(&machine.folder("other"), port);
    let seen = ports(&machine, &folder);
    assert_eq!(words(&seen), ["api foreign"]);
    assert_eq!((&seen[0]["health"], &seen[0]["pid"]), (&Json::Null, &stranger.pid().into()));
    assert_eq!(stranger.end(), "", "a stranger is not asked");
}

#[test]
fn a_program_in_the_wrong_place_an_exposed_one_and_one_that_nobody_declared() {
    let machine = Machine::new();
    let (api, web, other, stray) = (free_port(), free_port(), free_port(), free_port());
    let folder = machine.project("shop", &shop(api, &format!("[services.web]\nport = {web}")));
    let elsewhere = machine.folder("elsewhere");
    let marks = [
        ("PORTGEN_PROJECT", "shop"),
        ("PORTGEN_CHECKOUT", folder.to_str().expect("a text")),
        ("PORTGEN_SERVICE", "api"),
    ];
    let _wrong = Server::start(&elsewhere, &["127.0.0.1", &other.to_string(), "200"], &marks);
    let _exposed = Server::start(&folder, &["0.0.0.0", &web.to_string(), "200"], &[]);
    let _stray = Server::on(&folder, stray);
    let seen = ports(&machine, &folder);
    assert_eq!(words(&seen), ["api wrong-port", "web exposed", "- undeclared"]);
    assert_eq!(seen[0]["elsewhere"], serde_json::json!([other]));
    assert_eq!(seen[0]["note"], format!("it listens on {other}, and {api} is its own"));
    assert_eq!(seen[2]["port"], stray);

    let found = machine.run(&folder, &["check", "--machine", "--format", "concise"]);
    assert!(
        found.stdout.contains(&format!("[wrong-port] api listens on port {other}, not on {api}")),
        "{found:?}"
    );
    let found = machine.run(&folder, &["check", "--format", "concise"]);
    assert!(!found.stdout.contains("wrong-port"), "only with --machine: {found:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn two_programs_on_one_port_share_it() {
    let machine = Machine::new();
    let port = free_port();
    let folder = machine.project("shop", &shop(port, "health = \"tcp\""));
    let words_of = ["127.0.0.1", &port.to_string(), "200", "reuse"];
    let _own = Server::start(&folder, &words_of, &[]);
    let _stranger = Server::start(&machine.folder("other"), &words_of, &[]);
    let seen = ports(&machine, &folder);
    assert_eq!(words(&seen), ["api shared"]);
    assert_eq!(seen[0]["health"], Json::Null, "it cannot be told who would answer");
}

#[test]
fn what_is_not_to_run_is_said_and_what_matters_more_stands_first() {
    let machine = Machine::new();
    let table = format!(
        "[project]\nname = \"shop\"\n[ranges.hot]\nports = \"{0}\"\npriority = \"high\"\n\
         [services.old]\nport = {1}\nstatus = \"disabled\"\n[services.api]\nport = {0}\nrange = \"hot\"\n\
         [services.far]\nport = 443\nhost = \"far.example.com\"\nremote = true\n",
        free_port(),
        free_port()
    );
    let folder = machine.project("shop", &table);
    assert_eq!(words(&ports(&machine, &folder)), ["api down", "old disabled"]);
    machine.reserve(&folder, &["scratch"]);
    assert_eq!(words(&ports(&machine, &folder)), ["api down", "old disabled", "scratch down"]);
    let all = machine.ok(&machine.folder("other"), &["status", "--all"]);
    assert!(all.starts_with("PROJECT  SERVICE"), "{all}");
    let nothing = machine.run(&machine.folder("other"), &["status"]);
    assert_eq!(nothing.code, 2, "{nothing:?}");
}

#[test]
fn who_tells_the_program_the_claim_and_the_way_to_free_it() {
    let machine = Machine::new();
    let folder = machine.folder("shop");
    let given = machine.reserve(&folder, &["scratch", "--purpose", "a load test"]);
    let told = json(&machine.ok(&folder, &["who", &given.to_string(), "--format", "json"]));
    assert_eq!(told["verdict"], "claimed");
    assert!(told["claims"][0].as_str().expect("a text").contains("a load test"), "{told}");
    let release = format!("`portgen release --port {given} --project shop`");
    assert!(told["advice"][0].as_str().expect("a text").starts_with(&release), "{told}");

    let port = free_port();
    let server = Server::on(&folder, port);
    let told = json(&machine.ok(&folder, &["who", &port.to_string(), "--format", "json"]));
    assert_eq!((&told["verdict"], &told["owners"][0]["pid"]), (&"busy".into(), &server.pid().into()));
    assert_eq!(told["owners"][0]["folder"], folder.to_string_lossy().as_ref());
    let text = machine.ok(&folder, &["who", &port.to_string()]);
    assert!(text.starts_with(&format!("busy: port {port} is in use on 127.0.0.1 by python")), "{text}");
    assert!(!text.contains("kill"), "{text}");
}

#[test]
fn a_pipe_that_watches_gets_a_line_a_change() {
    let machine = Machine::new();
    let port = free_port();
    let folder = machine.project("shop", &shop(port, ""));
    let mut command = machine.command(&folder, &["status", "--watch", "--interval", "1"]);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("portgen starts");
    let mut said = BufReader::new(child.stdout.take().expect("its output"));
    let mut next = || {
        let mut line = String::new();
        said.read_line(&mut line).expect("its output");
        line
    };
    assert_eq!(next(), format!("shop api {port}/tcp: down\n"));
    let server = Server::on(&folder, port);
    assert_eq!(next(), format!("shop api {port}/tcp: down -> up pid {}\n", server.pid()));
    let _ = child.kill();
    let _ = child.wait();
}

/// The rules that `check --machine` finds something for.
fn rules(machine: &Machine, folder: &Path) -> Vec<String> {
    let run = machine.run(folder, &["check", "--machine", "--format", "json"]);
    let found = json(&run.stdout)["findings"].as_array().expect("a list").clone();
    let of_machine = ["port-in-use", "claimed-elsewhere", "unassigned-range", "wrong-port", "forbidden-port"];
    let names = found.iter().map(|finding| finding["rule"].as_str().expect("a name").to_owned());
    // Numbers that the system finds free lie in the range of outgoing connections.
    names.filter(|name| of_machine.contains(&name.as_str()) && name != "forbidden-port").collect()
}

#[test]
fn check_finds_what_this_machine_says_against_the_table() {
    let machine = Machine::new();
    let port = free_port();
    let folder = machine.project("shop", &shop(port, ""));
    assert!(rules(&machine, &folder).is_empty());
    let stranger = Server::on(&machine.folder("other"), port);
    assert_eq!(rules(&machine, &folder), ["port-in-use"]);
    drop(stranger);

    let table = format!("[project]\nname = \"bank\"\n[services.x]\nport = {port}\n");
    let bank = machine.project("bank", &table);
    machine.ok(&bank, &["project", "add"]);
    assert_eq!(rules(&machine, &folder), ["claimed-elsewhere"]);

    let range = machine.project("range", "[project]\nname = \"range\"\nrange = \"24600-24699\"\n");
    machine.ok(&range, &["project", "add"]);
    assert!(rules(&machine, &range).is_empty());
    machine.ok(&range, &["project", "assign", "range", "24700-24799"]);
    assert_eq!(rules(&machine, &range), ["unassigned-range"]);
}

#[cfg(target_os = "linux")]
#[test]
fn check_finds_a_port_that_outgoing_connections_of_this_machine_take() {
    let range = crate::support::read("/proc/sys/net/ipv4/ip_local_port_range");
    let last = range.split_whitespace().last().expect("two numbers").to_owned();
    let machine = Machine::new();
    let folder =
        machine.project("shop", &format!("[project]\nname = \"shop\"\n[services.a]\nport = {last}\n"));
    let found = machine.run(&folder, &["check", "--machine", "--format", "concise"]);
    assert!(found.stdout.contains("warning[forbidden-port]"), "{found:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_port_whose_last_connection_has_just_ended_is_cooling() {
    use std::net::{TcpListener, TcpStream};

    let machine = Machine::new();
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let folder = machine.project("shop", &shop(port, ""));
    let near = TcpStream::connect(("127.0.0.1", port)).expect("a connection");
    let (served, _) = listener.accept().expect("the connection");
    // Whoever closes first keeps the port in TIME_WAIT.
    drop(served);
    drop((near, listener));
    let seen = ports(&machine, &folder);
    assert_eq!(words(&seen), ["api cooling"]);
    let told = json(&machine.ok(&folder, &["who", &port.to_string(), "--format", "json"]));
    assert_eq!(told["verdict"], "cooling");
}

/// `run` without a name, for what starts several services.
fn run_all(machine: &Machine, folder: &Path) -> crate::support::Run {
    machine.run(folder, &["run", "--", "echo", "started"])
}

#[test]
fn what_runs_well_already_is_no_reason_not_to_start_the_others() {
    let machine = Machine::new();
    let (db, api) = (free_port(), free_port());
    let table = |health: &str| {
        format!(
            "[project]\nname = \"shop\"\n[services.db]\nport = {db}\n{health}\n[services.api]\nport = {api}\n"
        )
    };
    let folder = machine.project("shop", &table("health = \"/health\""));
    let own = Server::on(&folder, db);
    let run = run_all(&machine, &folder);
    assert_eq!((run.code, run.stdout.as_str()), (0, "started\n"), "{run:?}");
    assert!(run.stderr.contains("note: `db` runs already: "), "{run:?}");
    let named = machine.run(&folder, &["run", "db", "--", "echo", "started"]);
    assert_eq!(named.code, 125, "who names it wants it started: {named:?}");
    drop(own);

    let ill = Server::start(&folder, &["127.0.0.1", &db.to_string(), "500"], &[]);
    let run = run_all(&machine, &folder);
    assert_eq!((run.code, run.stdout.as_str()), (125, ""), "{run:?}");
    assert!(run.stderr.contains("`db` runs already: ") && run.stderr.contains("and answers 500"), "{run:?}");
    drop(ill);

    std::fs::write(folder.join("ports.toml"), table("")).expect("a table");
    let unknown = Server::on(&folder, db);
    let run = run_all(&machine, &folder);
    assert_eq!(run.code, 125, "{run:?}");
    assert!(run.stderr.contains("has no `health` in ports.toml by which to tell"), "{run:?}");
    drop(unknown);

    std::fs::write(folder.join("ports.toml"), table("health = \"tcp\"")).expect("a table");
    let _stranger = Server::on(&machine.folder("other"), db);
    let run = run_all(&machine, &folder);
    assert_eq!(run.code, 125, "{run:?}");
    assert!(run.stderr.contains(&format!("`db` cannot start: port {db} is in use")), "{run:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_container_that_is_up_is_no_reason_not_to_start_the_others() {
    let machine = Machine::new();
    let (db, api) = (free_port(), free_port());
    let table = format!(
        "[project]\nname = \"shop\"\n[services.db]\nport = {db}\n[services.db.compose]\nimage = \"db\"\n\
         [services.api]\nport = {api}\n"
    );
    let folder = machine.project("shop", &table);
    // What listens for a container is a helper of this name, which works elsewhere.
    let helper = machine.root().join("docker-proxy");
    let python = run(Command::new("python3").args(["-c", "import sys; print(sys.executable)"]));
    std::os::unix::fs::symlink(python.stdout.trim(), &helper).expect("a link");
    let mut command = Command::new(&helper);
    command.arg("-c").arg(SERVER).args(["127.0.0.1", &db.to_string(), "200"]).current_dir("/");
    let mut child = command.stdout(Stdio::piped()).spawn().expect("the helper starts");
    let mut said = BufReader::new(child.stdout.take().expect("its output"));
    said.read_line(&mut String::new()).expect("ready");
    let run = run_all(&machine, &folder);
    let shown = ports(&machine, &folder);
    let _ = child.kill();
    let _ = child.wait();
    assert_eq!((run.code, run.stdout.as_str()), (0, "started\n"), "{run:?}");
    assert!(run.stderr.contains("note: `db` runs already: docker-proxy"), "{run:?}");
    assert_eq!(words(&shown)[0], "db up");
}
