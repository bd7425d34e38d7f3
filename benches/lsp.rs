//! What the language server costs: a keystroke, from the change to what is
//! wrong, over a real pipe; outputs and the repository are checked beside it.
//!
//! `cargo bench --bench lsp`; a word behind `--` selects by name.

#![expect(clippy::expect_used, reason = "what cannot be measured ends the run")]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use divan::Bencher;
use serde_json::{Value, json};
use tempfile::TempDir;

#[expect(dead_code, reason = "other benchmarks use the other tables")]
mod tables;

fn main() {
    divan::main();
}

/// A server in a folder of its own, with a table open in it.
struct Session {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    uri: String,
    version: i32,
    _folder: TempDir,
}

impl Session {
    #[expect(clippy::disallowed_methods, reason = "measures the program itself")]
    fn open(text: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("ports.toml");
        fs::write(&path, text).expect("a file");
        let path = fs::canonicalize(path).expect("a path");
        let mut command = Command::new(env!("CARGO_BIN_EXE_portgen"));
        command.arg("lsp").env("PORTGEN_LEDGER", folder.path().join("ledger.db"));
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("portgen starts");
        let input = child.stdin.take().expect("a pipe");
        let output = BufReader::new(child.stdout.take().expect("a pipe"));
        let uri = format!("file://{}", path.display());
        let mut session = Self { child, input, output, uri, version: 1, _folder: folder };
        session.send(
            &json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {"capabilities": {}}}),
        );
        session.receive();
        let document = json!({"uri": session.uri, "languageId": "toml", "version": 1, "text": text});
        session.send(&json!({"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {"textDocument": document}}));
        session.receive();
        session
    }

    fn send(&mut self, message: &Value) {
        let text = message.to_string();
        write!(self.input, "Content-Length: {}\r\n\r\n{text}", text.len()).expect("the server reads");
    }

    fn receive(&mut self) -> Value {
        let mut line = String::new();
        self.output.read_line(&mut line).expect("a header");
        let length = line.trim_end().rsplit(' ').next().and_then(|length| length.parse().ok());
        self.output.read_line(&mut line).expect("the end of the header");
        let mut bytes = vec![0; length.expect("a length")];
        self.output.read_exact(&mut bytes).expect("a message");
        serde_json::from_slice(&bytes).expect("JSON")
    }

    /// Types or takes back one digit in the first line of the table, and waits
    /// for what is wrong now.
    fn keystroke(&mut self, text: &str) {
        self.version += 1;
        let range = json!({"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": if text.is_empty() { 1 } else { 0 }}});
        let document = json!({"uri": self.uri, "version": self.version});
        let changes = json!([{"range": range, "text": text}]);
        let params = json!({"textDocument": document, "contentChanges": changes});
        self.send(&json!({"jsonrpc": "2.0", "method": "textDocument/didChange", "params": params}));
        while self.receive()["params"]["version"] != self.version {}
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.send(&json!({"jsonrpc": "2.0", "method": "exit"}));
        let _ = self.child.wait();
    }
}

/// Two keystrokes: one that breaks the table, one that mends it.
#[divan::bench(args = [10, 1_000])]
fn two_keystrokes(bencher: Bencher, services: usize) {
    let mut session = Session::open(&tables::bare(services));
    bencher.bench_local(|| {
        session.keystroke("x");
        session.keystroke("");
    });
}
