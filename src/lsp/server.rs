//! One client's session: what it says, in its order, and what it is told.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::mpsc::Sender;

use lsp_server::{ErrorCode, Message, Notification, Request, RequestId};
use lsp_types::{
    Diagnostic, DidChangeTextDocumentParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams,
    InitializeParams, PublishDiagnosticsParams, Uri,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::background::{Finished, Job};
use super::requests::{self, Refused};
use super::state::{Root, State};
use super::text::Encoding;
use super::uri;

/// How far the session is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Strange,
    Known,
    Ending,
}

/// One client's session.
pub(super) struct Server {
    outbox: Sender<Value>,
    jobs: Sender<Job>,
    phase: Phase,
    state: State,
    cancelled: BTreeSet<String>,
    knows_related: bool,
    /// Ends the session with the process that it is told of.
    watch: Box<dyn Fn(u32)>,
}

impl Server {
    pub(super) fn new(outbox: Sender<Value>, jobs: Sender<Job>, watch: Box<dyn Fn(u32)>) -> Self {
        let (state, cancelled) = (State::default(), BTreeSet::new());
        Self { outbox, jobs, phase: Phase::Strange, state, cancelled, knows_related: false, watch }
    }

    fn send(&self, message: Value) {
        // A client that is gone reads nothing; the reader says so, too.
        let _ = self.outbox.send(message);
    }

    fn notify(&self, method: &str, params: Value) {
        self.send(json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    /// Answers what is no message.
    pub(super) fn refuse(&self, code: i32, reason: &str) {
        self.send(json!({"jsonrpc": "2.0", "id": null, "error": {"code": code, "message": reason}}));
    }

    /// Takes over which of the requests that wait are not wanted any more.
    pub(super) fn note_cancellations<'a>(&mut self, messages: impl Iterator<Item = &'a Message>) {
        self.cancelled.clear();
        for message in messages {
            if let Message::Notification(Notification { method, params }) = message
                && method == "$/cancelRequest"
            {
                self.cancelled.insert(params["id"].to_string());
            }
        }
    }

    /// Takes a message; whether `shutdown` came before `exit`, once it came.
    pub(super) fn receive(&mut self, message: Message) -> Option<bool> {
        match message {
            Message::Request(request) => self.answer(request),
            Message::Notification(notification) if notification.method == "exit" => {
                return Some(self.phase == Phase::Ending);
            }
            Message::Notification(notification) => self.hear(notification),
            Message::Response(_) => {}
        }
        None
    }

    fn answer(&mut self, request: Request) {
        let id = request.id.clone();
        let key = serde_json::to_value(&id).unwrap_or_default().to_string();
        let answer = if self.cancelled.remove(&key) {
            Err(Refused::new(ErrorCode::RequestCanceled, "the request was cancelled"))
        } else {
            // A panic is one request's, not the session's.
            catch_unwind(AssertUnwindSafe(|| self.result(request))).unwrap_or_else(|_| {
                Err(Refused::new(ErrorCode::InternalError, "portgen made a mistake; please report it"))
            })
        };
        self.send_answer(&id, answer);
    }

    fn send_answer(&self, id: &RequestId, answer: Result<Value, Refused>) {
        self.send(match answer {
            Ok(result) => json!({"jsonrpc": "2.0", "id": id, "result": result}),
            Err(Refused { code, message }) => {
                json!({"jsonrpc": "2.0", "id": id, "error": {"code": code, "message": message}})
            }
        });
    }

    fn result(&mut self, request: Request) -> Result<Value, Refused> {
        match (self.phase, request.method.as_str()) {
            (Phase::Strange, "initialize") => self.initialize(request.params),
            (Phase::Strange, _) => {
                Err(Refused::new(ErrorCode::ServerNotInitialized, "`initialize` comes first"))
            }
            (Phase::Known, "initialize") => {
                Err(Refused::new(ErrorCode::InvalidRequest, "`initialize` comes once"))
            }
            (Phase::Known, "shutdown") => {
                self.phase = Phase::Ending;
                Ok(Value::Null)
            }
            (Phase::Known, _) => {
                let renames = request.method == "textDocument/rename";
                let result = requests::answer(&mut self.state, &request.method, request.params)?;
                if renames && !result.is_null() {
                    let message = "What is rendered follows when `portgen render` is run; a variable that \
                                   is derived from the name changes with it.";
                    self.notify("window/showMessage", json!({"type": 3, "message": message}));
                }
                Ok(result)
            }
            (Phase::Ending, _) => Err(Refused::new(ErrorCode::InvalidRequest, "the session is ending")),
        }
    }

    fn initialize(&mut self, params: Value) -> Result<Value, Refused> {
        let params: InitializeParams = requests::read(params)?;
        let general = params.capabilities.general.as_ref();
        let offered = general.and_then(|general| general.position_encodings.as_deref());
        self.state.encoding = Encoding::choose(offered);
        let document = params.capabilities.text_document.as_ref();
        let publish = document.and_then(|document| document.publish_diagnostics.as_ref());
        self.knows_related = publish.and_then(|publish| publish.related_information).unwrap_or(false);
        self.phase = Phase::Known;
        if let Some(pid) = params.process_id {
            (self.watch)(pid);
        }
        requests::capabilities(self.state.encoding)
    }

    fn hear(&mut self, notification: Notification) {
        if self.phase != Phase::Known {
            return;
        }
        let Notification { method, params } = notification;
        // What is said wrongly changes nothing, and a panic is one message's.
        let heard = catch_unwind(AssertUnwindSafe(|| self.change(&method, params)));
        if heard.is_err() {
            self.notify("window/logMessage", json!({"type": 1, "message": "portgen made a mistake"}));
        }
    }

    fn change(&mut self, method: &str, params: Value) {
        match method {
            "textDocument/didOpen" => {
                let Some(DidOpenTextDocumentParams { text_document: opened }) = parsed(params) else {
                    return;
                };
                self.state.set(&opened.uri, opened.version, opened.text);
            }
            "textDocument/didChange" => {
                let Some(changed) = parsed::<DidChangeTextDocumentParams>(params) else { return };
                let uri = &changed.text_document.uri;
                let Some(known) = self.state.documents.get(uri.as_str()) else { return };
                let before = known.source.text().to_owned();
                let text = self.state.encoding.apply(before, changed.content_changes);
                self.state.set(uri, changed.text_document.version, text);
            }
            "textDocument/didClose" => {
                let Some(closed) = parsed::<DidCloseTextDocumentParams>(params) else { return };
                self.state.close(&closed.text_document.uri);
            }
            "textDocument/didSave" => {
                self.state.touch_all();
                self.check_everything();
            }
            "workspace/didChangeWatchedFiles" => self.state.touch_all(),
            _ => {}
        }
    }

    /// Whether something is to be checked once nobody types.
    pub(super) fn waits_for_idle(&self) -> bool {
        self.state.roots.values().any(Root::can_be_checked)
    }

    /// Has everything checked that changed since it was.
    pub(super) fn check_everything(&mut self) {
        let State { roots, buffers, encoding, .. } = &mut self.state;
        for (path, root) in roots.iter_mut().filter(|(_, root)| root.can_be_checked()) {
            let job = Job { root: path.clone(), buffers: (**buffers).clone(), encoding: *encoding };
            root.wants_check = false;
            root.is_checking = self.jobs.send(job).is_ok();
        }
    }

    /// Takes over what a check of everything found.
    pub(super) fn take_over(&mut self, finished: Finished) {
        let Some(root) = self.state.roots.get_mut(&finished.root) else { return };
        root.is_checking = false;
        if let Some(notes) = finished.notes {
            root.others = notes;
        }
    }

    /// Tells the client what changed in what is wrong.
    pub(super) fn publish(&mut self) {
        let roots: Vec<PathBuf> = self.state.roots.keys().cloned().collect();
        for path in roots {
            let looked = catch_unwind(AssertUnwindSafe(|| self.state.refresh(&path)));
            if looked.is_ok() {
                self.publish_root(&path);
            }
        }
        let is_used = |path: &PathBuf| {
            self.state.documents.values().any(|document| document.root.as_ref() == Some(path))
        };
        let unused: Vec<PathBuf> = self.state.roots.keys().filter(|path| !is_used(path)).cloned().collect();
        for path in unused {
            if let Some(root) = self.state.roots.remove(&path) {
                root.told.keys().for_each(|uri| self.tell(uri, Vec::new()));
            }
        }
    }

    fn publish_root(&mut self, path: &PathBuf) {
        // The client's own address of a file that it has open.
        let own: BTreeMap<String, String> = self
            .state
            .documents
            .values()
            .filter_map(|document| {
                let address = uri::of_path(&document.path)?;
                Some((address.as_str().to_owned(), document.uri.as_str().to_owned()))
            })
            .collect();
        let Some(root) = self.state.roots.get_mut(path) else { return };
        let mut now: BTreeMap<String, Vec<Diagnostic>> = BTreeMap::new();
        for note in root.of_table.iter().chain(&root.others) {
            let mut diagnostic = note.diagnostic.clone();
            if !self.knows_related {
                diagnostic.related_information = None;
            }
            let address = note.uri.as_str();
            let address = own.get(address).map_or(address, String::as_str);
            now.entry(address.to_owned()).or_default().push(diagnostic);
        }
        // A table that is open and well is said to be.
        let own = self.state.documents.values().filter(|document| document.root.as_ref() == Some(path));
        for document in own {
            now.entry(document.uri.as_str().to_owned()).or_default();
        }
        let gone = root.told.keys().filter(|uri| !now.contains_key(*uri)).cloned();
        let mut changed: Vec<(String, Vec<Diagnostic>)> = gone.map(|uri| (uri, Vec::new())).collect();
        for (uri, diagnostics) in &now {
            if root.told.get(uri) != Some(diagnostics) {
                changed.push((uri.clone(), diagnostics.clone()));
            }
        }
        root.told = now;
        changed.into_iter().for_each(|(uri, diagnostics)| self.tell(&uri, diagnostics));
    }

    fn tell(&self, uri: &str, diagnostics: Vec<Diagnostic>) {
        let Ok(address) = uri.parse::<Uri>() else { return };
        let version = self.state.documents.get(uri).map(|document| document.version);
        let params = PublishDiagnosticsParams { uri: address, diagnostics, version };
        if let Ok(params) = serde_json::to_value(params) {
            self.notify("textDocument/publishDiagnostics", params);
        }
    }
}

fn parsed<T: DeserializeOwned>(params: Value) -> Option<T> {
    serde_json::from_value(params).ok()
}
