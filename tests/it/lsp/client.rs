//! A small client of the language server: its own framing, over a real pipe.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::program;

/// How long an answer may take before a test fails: far more than it needs.
const PATIENCE: Duration = Duration::from_secs(60);

/// A session with a server, and the folder it is about.
pub struct Client {
    child: Child,
    input: Option<ChildStdin>,
    inbox: Receiver<Value>,
    /// What came that nobody waited for yet.
    heard: Vec<Value>,
    next: i64,
    folder: tempfile::TempDir,
}

impl Client {
    /// A server that knows nothing of its client yet, in a folder with some files.
    pub fn start(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder can be made");
            fs::write(path, text).expect("a file can be written");
        }
        let mut command = program();
        command.arg("lsp").current_dir(folder.path());
        command.env("PORTGEN_LEDGER", folder.path().join("ledger.db"));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit());
        let mut child = command.spawn().expect("the server starts");
        let output = BufReader::new(child.stdout.take().expect("a pipe"));
        let (sender, inbox) = mpsc::channel();
        std::thread::spawn(move || read_all(output, &sender));
        let input = child.stdin.take();
        Self { child, input, inbox, heard: Vec::new(), next: 1, folder }
    }

    /// The same, and the greetings are over.
    pub fn greeted(files: &[(&str, &str)], encodings: Value) -> Self {
        let mut client = Self::start(files);
        let capabilities = json!({
            "general": {"positionEncodings": encodings},
            "textDocument": {"publishDiagnostics": {"relatedInformation": true}},
        });
        let answer = client
            .ask("initialize", json!({"processId": null, "rootUri": null, "capabilities": capabilities}));
        assert_eq!(answer["result"]["serverInfo"]["name"], "portgen", "{answer}");
        client.tell("initialized", json!({}));
        client
    }

    /// The path of a file in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        fs::canonicalize(self.folder.path()).expect("a folder").join(name)
    }

    /// The address of a file in the folder.
    pub fn uri(&self, name: &str) -> String {
        let path = self.path(name).to_string_lossy().replace('\\', "/");
        let path = path.trim_start_matches("//?/");
        format!("file://{}{}", if path.starts_with('/') { "" } else { "/" }, path.replace(':', "%3A"))
    }

    /// Sends bytes as they are.
    pub fn send_bytes(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().expect("the pipe is open");
        input.write_all(bytes).expect("the server reads");
        input.flush().expect("the server reads");
    }

    /// Sends a message.
    pub fn send(&mut self, message: &Value) {
        let text = message.to_string();
        self.send_bytes(format!("Content-Length: {}\r\n\r\n{text}", text.len()).as_bytes());
    }

    /// Sends a notification.
    pub fn tell(&mut self, method: &str, params: Value) {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    /// Sends a request; its id.
    pub fn request(&mut self, method: &str, params: Value) -> i64 {
        let id = self.next;
        self.next += 1;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        id
    }

    /// Sends a request and waits for its answer.
    pub fn ask(&mut self, method: &str, params: Value) -> Value {
        let id = self.request(method, params);
        self.wait(|message| message["id"] == id && message.get("method").is_none())
    }

    /// Waits for a message.
    pub fn wait(&mut self, is_meant: impl Fn(&Value) -> bool) -> Value {
        if let Some(index) = self.heard.iter().position(&is_meant) {
            return self.heard.remove(index);
        }
        loop {
            let message = self.inbox.recv_timeout(PATIENCE).expect("an answer");
            if is_meant(&message) {
                return message;
            }
            self.heard.push(message);
        }
    }

    /// Opens a file of the folder with its text.
    pub fn open(&mut self, name: &str, text: &str) {
        let document = json!({"uri": self.uri(name), "languageId": "toml", "version": 1, "text": text});
        self.tell("textDocument/didOpen", json!({"textDocument": document}));
    }

    /// Replaces the text of an open file.
    pub fn replace(&mut self, name: &str, version: i32, text: &str) {
        let document = json!({"uri": self.uri(name), "version": version});
        let changes = json!([{"text": text}]);
        self.tell("textDocument/didChange", json!({"textDocument": document, "contentChanges": changes}));
    }

    /// How often the diagnostics of a file were told that nobody waited for.
    pub fn heard_of(&self, name: &str) -> usize {
        let uri = self.uri(name);
        let is_of = |message: &&Value| {
            message["method"] == "textDocument/publishDiagnostics" && message["params"]["uri"] == uri.as_str()
        };
        self.heard.iter().filter(is_of).count()
    }

    /// Waits until the diagnostics of a file are as wanted; they are returned.
    pub fn diagnostics(&mut self, name: &str, are_meant: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        let uri = self.uri(name);
        let is_meant = |message: &Value| {
            message["method"] == "textDocument/publishDiagnostics"
                && message["params"]["uri"] == uri.as_str()
                && message["params"]["diagnostics"].as_array().is_some_and(|list| are_meant(list))
        };
        let message = self.wait(is_meant);
        message["params"]["diagnostics"].as_array().cloned().unwrap_or_default()
    }

    /// Asks about a position of a file.
    pub fn ask_at(
        &mut self,
        method: &str,
        name: &str,
        (line, character): (usize, usize),
        more: Value,
    ) -> Value {
        let mut params = json!({
            "textDocument": {"uri": self.uri(name)},
            "position": {"line": line, "character": character},
        });
        for (key, value) in more.as_object().into_iter().flatten() {
            params[key] = value.clone();
        }
        let answer = self.ask(method, params);
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].clone()
    }

    /// Whether no mistake of the server's own was told.
    pub fn never_logged(&self) -> bool {
        self.heard.iter().all(|message| message["method"] != "window/logMessage")
    }

    /// Closes the pipe; the exit code.
    pub fn hang_up(mut self) -> i32 {
        self.input.take();
        self.code()
    }

    /// Says goodbye as the protocol wants it; the exit code.
    pub fn goodbye(mut self) -> i32 {
        self.ask("shutdown", Value::Null);
        self.tell("exit", Value::Null);
        self.code()
    }

    /// The exit code, once the server ended.
    pub fn code(&mut self) -> i32 {
        self.child.wait().expect("the server ends").code().unwrap_or(-1)
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // The server ends when nobody is there any more.
        self.input.take();
        let _ = self.child.wait();
    }
}

fn read_all(mut output: impl BufRead, sender: &mpsc::Sender<Value>) {
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if output.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            match line.trim_end().split_once(": ") {
                Some(("Content-Length", value)) => length = value.parse().expect("a length"),
                _ if line == "\r\n" => break,
                _ => panic!("not a header: {line:?}"),
            }
        }
        let mut bytes = vec![0; length];
        output.read_exact(&mut bytes).expect("a whole message");
        let message = serde_json::from_slice(&bytes).expect("JSON");
        if sender.send(message).is_err() {
            return;
        }
    }
}
