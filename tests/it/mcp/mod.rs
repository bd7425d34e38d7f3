//! `portgen mcp` over real pipes, asked by a client that is written out here:
//! it can say what a library's client would not.

mod folders;
mod robust;
mod session;
mod tools;

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};

use crate::support;

/// How long a test waits for an answer before it calls the server hung.
const HUNG: Duration = Duration::from_secs(120);

/// A client with its server.
pub struct Client {
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
    last: i64,
}

/// A folder for a project, with a ledger of its own beside it.
pub struct Home {
    _guard: tempfile::TempDir,
    root: PathBuf,
}

impl Home {
    pub fn new() -> Self {
        let guard = tempfile::tempdir().expect("a folder");
        let root = portgen::world::normalise(guard.path());
        std::fs::create_dir_all(root.join("shop")).expect("a folder");
        Self { _guard: guard, root }
    }

    /// With this table.
    pub fn with(table: &str) -> Self {
        let home = Self::new();
        home.write("shop/ports.toml", table);
        home
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    pub fn shop(&self) -> PathBuf {
        self.path("shop")
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }

    pub fn read(&self, name: &str) -> String {
        support::read(self.path(name))
    }

    /// A client of a server that is started in a folder.
    pub fn start_in(&self, folder: &Path, arguments: &[&str]) -> Client {
        Client::start(folder, &self.path("ledger.db"), arguments)
    }

    /// A client whose session has begun, in the project.
    pub fn begin(&self) -> Client {
        let mut client = self.start_in(&self.shop(), &[]);
        client.begin(json!({}));
        client
    }

    /// portgen's command line on the same ledger.
    pub fn portgen(&self, folder: &str, arguments: &[&str]) -> support::Run {
        let mut command = support::program();
        command.env("PORTGEN_LEDGER", self.path("ledger.db"));
        support::run(command.args(arguments).current_dir(self.path(folder)))
    }
}

impl Client {
    pub fn start(folder: &Path, ledger: &Path, arguments: &[&str]) -> Self {
        let mut command = support::program();
        command.env_clear().env("PORTGEN_LEDGER", ledger);
        if let Some(root) = std::env::var_os("SystemRoot") {
            command.env("SystemRoot", root);
        }
        command.args(arguments).arg("mcp").current_dir(folder);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("portgen starts");
        let output = child.stdout.take().expect("a pipe");
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        let input = child.stdin.take();
        Self { child, input, lines, last: 0 }
    }

    /// Begins a session with these capabilities; the server's answer.
    pub fn begin(&mut self, capabilities: Value) -> Value {
        let client = json!({ "name": "test", "version": "1" });
        let params =
            json!({ "protocolVersion": "2025-06-18", "capabilities": capabilities, "clientInfo": client });
        let answer = self.ask("initialize", params);
        self.tell("notifications/initialized", json!({}));
        answer
    }

    /// Sends bytes as they are; `false` where nobody reads them.
    pub fn send(&mut self, bytes: &[u8]) -> bool {
        let input = self.input.as_mut().expect("the pipe is open");
        input.write_all(bytes).and_then(|()| input.flush()).is_ok()
    }

    pub fn send_line(&mut self, message: &Value) {
        assert!(self.send(format!("{message}\n").as_bytes()), "{message}");
    }

    pub fn tell(&mut self, method: &str, params: Value) {
        self.send_line(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Sends a question; its number.
    pub fn question(&mut self, method: &str, params: Value) -> i64 {
        self.last += 1;
        self.send_line(&json!({ "jsonrpc": "2.0", "id": self.last, "method": method, "params": params }));
        self.last
    }

    /// The next message of the server; each is one line of JSON-RPC and nothing else.
    pub fn next(&mut self) -> Value {
        let line = self.lines.recv_timeout(HUNG).expect("an answer");
        let message: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert_eq!(message["jsonrpc"], "2.0", "{line}");
        message
    }

    /// Asks, and waits for the answer.
    pub fn ask(&mut self, method: &str, params: Value) -> Value {
        let id = self.question(method, params);
        let answer = self.next();
        assert_eq!(answer["id"], id, "{answer}");
        answer
    }

    /// The result of a tool.
    pub fn tool(&mut self, name: &str, arguments: Value) -> Value {
        let answer = self.ask("tools/call", json!({ "name": name, "arguments": arguments }));
        assert!(answer["result"].is_object(), "{answer}");
        answer["result"].clone()
    }

    /// What a tool answers that does what it is asked.
    pub fn done(&mut self, name: &str, arguments: Value) -> Value {
        let result = self.tool(name, arguments);
        assert_ne!(result["isError"], true, "{result}");
        assert!(result["content"][0]["text"].as_str().is_some_and(|text| !text.is_empty()), "{result}");
        result["structuredContent"].clone()
    }

    /// Why a tool refuses.
    pub fn refused(&mut self, name: &str, arguments: Value) -> Value {
        let result = self.tool(name, arguments);
        assert_eq!(result["isError"], true, "{result}");
        let error = result["structuredContent"]["error"].clone();
        let text = result["content"][0]["text"].as_str().expect("a text");
        assert!(text.contains(error["message"].as_str().expect("a message")), "{result}");
        error
    }

    /// Closes the server's input; everything that it still says, and its exit code.
    pub fn end(mut self) -> (Vec<Value>, Option<i32>) {
        drop(self.input.take());
        let mut said = Vec::new();
        while let Ok(line) = self.lines.recv_timeout(HUNG) {
            said.push(serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}")));
        }
        let status = self.child.wait().expect("the server ends");
        (said, status.code())
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // It ends by itself when its input closes: this is for a test that failed.
        drop(self.input.take());
        self.child.wait().ok();
    }
}
