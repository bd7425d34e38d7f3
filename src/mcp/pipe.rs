//! Messages, one a line: read by one thread and written by another, so that
//! neither a slow client nor a slow disk stops the protocol's loop.

use std::collections::{HashSet, VecDeque};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use rmcp::RoleServer;
use rmcp::model::{ClientNotification, ClientRequest, ErrorData, GetMeta, JsonRpcMessage, RequestId};
use rmcp::service::{RxJsonRpcMessage, TxJsonRpcMessage};
use rmcp::transport::Transport;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::error::Category;
use tokio::sync::{mpsc, watch};

/// Bytes of the longest message that is understood; a longer one is refused.
const LONGEST: usize = 1 << 20;
/// Bytes of the longest message that is read, to find who asked.
const LONGEST_READ: usize = 16 << 20;
/// Bytes of answers that wait for the client before nothing more is read of it.
const MOST_WAITING: usize = 32 << 20;
/// Messages that are read ahead.
const AHEAD: usize = 64;
/// How long the last answers may take to be written once the client is gone.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// What was read: a message, or that it was too long to be kept.
enum Line {
    Message(Vec<u8>),
    TooLong,
}

/// The server's end of two pipes.
pub(super) struct Pipe {
    lines: mpsc::Receiver<Line>,
    answers: Arc<Answers>,
    waiting: watch::Receiver<Waiting>,
    /// The requests that are not answered yet.
    in_flight: HashSet<RequestId>,
    /// Whether a session was begun; before it, only requests mean anything.
    has_begun: bool,
}

/// Tells when everything was written that was to be.
pub(super) struct Written(watch::Receiver<Waiting>);

impl Written {
    /// Waits for it; a client that is there and does not read cannot hold the
    /// server up.
    pub(super) async fn wait(mut self) {
        let written = self.0.wait_for(|waiting| waiting.bytes == 0 || waiting.is_broken);
        let _ = tokio::time::timeout(LAST_WORDS, written).await;
    }
}

/// How much was not written yet.
#[derive(Clone, Copy, Default)]
struct Waiting {
    bytes: usize,
    is_broken: bool,
}

/// Answers on their way out.
struct Answers {
    queue: Mutex<Queue>,
    changed: Condvar,
    waiting: watch::Sender<Waiting>,
}

#[derive(Default)]
struct Queue {
    messages: VecDeque<Vec<u8>>,
    bytes: usize,
    is_broken: bool,
    is_closed: bool,
}

impl Pipe {
    /// Starts the two threads.
    pub(super) fn new(
        input: impl Read + Send + 'static,
        output: impl Write + Send + 'static,
    ) -> io::Result<Self> {
        let (sender, lines) = mpsc::channel(AHEAD);
        let (tell, waiting) = watch::channel(Waiting::default());
        let queue = Mutex::default();
        let answers = Arc::new(Answers { queue, changed: Condvar::new(), waiting: tell });
        let reading = Arc::clone(&answers);
        let writing = Arc::clone(&answers);
        thread::Builder::new().name("reader".to_owned()).spawn(move || read(input, &sender, &reading))?;
        thread::Builder::new().name("writer".to_owned()).spawn(move || writing.write_all(output))?;
        Ok(Self { lines, answers, waiting, in_flight: HashSet::new(), has_begun: false })
    }

    /// What tells whether everything was written, when this is long gone.
    pub(super) fn written(&self) -> Written {
        Written(self.waiting.clone())
    }

    /// The message of a line; `None` where it is to be passed over.
    fn understand(&mut self, line: &[u8]) -> Option<RxJsonRpcMessage<RoleServer>> {
        if line.iter().all(u8::is_ascii_whitespace) {
            return None;
        }
        // What arguments become in memory is a hundred times as long as they are.
        if line.len() > LONGEST {
            self.refuse(line, too_long());
            return None;
        }
        match serde_json::from_slice::<RxJsonRpcMessage<RoleServer>>(line) {
            Ok(message) => self.expected(message).filter(|message| self.is_new(message)),
            Err(error) => {
                let data = match error.classify() {
                    Category::Data => ErrorData::invalid_request("this is no message of MCP", None),
                    _ => ErrorData::parse_error("this is no JSON", None),
                };
                self.refuse(line, data);
                None
            }
        }
    }

    /// A notification or an answer before there is a session means nothing, and
    /// is no reason to end.
    fn expected(&mut self, message: RxJsonRpcMessage<RoleServer>) -> Option<RxJsonRpcMessage<RoleServer>> {
        if !self.has_begun {
            let JsonRpcMessage::Request(asked) = &message else { return None };
            self.has_begun = match &asked.request {
                ClientRequest::InitializeRequest(_) => true,
                ClientRequest::DiscoverRequest(_) | ClientRequest::PingRequest(_) => false,
                other => other.get_meta().protocol_version().is_some(),
            };
        }
        Some(message)
    }

    /// Whether a request is not asked a second time before it is answered: of two
    /// with one number nobody could tell whose answer is whose.
    fn is_new(&mut self, message: &RxJsonRpcMessage<RoleServer>) -> bool {
        match message {
            JsonRpcMessage::Request(asked) if !self.in_flight.insert(asked.id.clone()) => {
                let data = ErrorData::invalid_request("a request with this id is not answered yet", None);
                self.answers.push(&TxJsonRpcMessage::<RoleServer>::error(data, Some(asked.id.clone())));
                false
            }
            JsonRpcMessage::Notification(told) => {
                // What is taken back is not answered.
                if let ClientNotification::CancelledNotification(cancelled) = &told.notification
                    && let Some(id) = &cancelled.params.request_id
                {
                    self.in_flight.remove(id);
                }
                true
            }
            _ => true,
        }
    }

    /// Answers a message that is not understood, to who asked where that can be read.
    fn refuse(&self, line: &[u8], data: ErrorData) {
        #[derive(Deserialize)]
        struct Identified {
            id: RequestId,
            #[serde(rename = "method")]
            _method: IgnoredAny,
        }
        let id = serde_json::from_slice::<Identified>(line).ok().map(|own| own.id);
        self.answers.push(&TxJsonRpcMessage::<RoleServer>::error(data, id));
    }
}

fn too_long() -> ErrorData {
    ErrorData::invalid_request(format!("a message has at most {LONGEST} bytes"), None)
}

impl Transport<RoleServer> for Pipe {
    type Error = io::Error;

    fn send(
        &mut self,
        item: TxJsonRpcMessage<RoleServer>,
    ) -> impl Future<Output = io::Result<()>> + Send + 'static {
        match &item {
            JsonRpcMessage::Response(answer) => self.in_flight.remove(&answer.id),
            JsonRpcMessage::Error(error) => error.id.as_ref().is_some_and(|id| self.in_flight.remove(id)),
            _ => false,
        };
        let is_written = self.answers.push(&item);
        let closed = || io::Error::new(io::ErrorKind::BrokenPipe, "the client is gone");
        std::future::ready(if is_written { Ok(()) } else { Err(closed()) })
    }

    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleServer>> {
        loop {
            let line = tokio::select! {
                line = self.lines.recv() => line,
                _ = self.waiting.wait_for(|waiting| waiting.is_broken) => None,
            };
            match line? {
                Line::Message(line) => {
                    if let Some(message) = self.understand(&line) {
                        return Some(message);
                    }
                }
                Line::TooLong => self.refuse(b"", too_long()),
            }
        }
    }

    async fn close(&mut self) -> io::Result<()> {
        self.written().wait().await;
        self.answers.lock().is_closed = true;
        self.answers.changed.notify_all();
        Ok(())
    }
}

impl Answers {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues a message; `false` where nobody will read it.
    fn push(&self, message: &TxJsonRpcMessage<RoleServer>) -> bool {
        let Ok(mut bytes) = serde_json::to_vec(message) else { return false };
        bytes.push(b'\n');
        let mut queue = self.lock();
        if queue.is_broken || queue.is_closed {
            return false;
        }
        queue.bytes += bytes.len();
        queue.messages.push_back(bytes);
        self.tell(&queue);
        true
    }

    fn tell(&self, queue: &Queue) {
        self.waiting.send_replace(Waiting { bytes: queue.bytes, is_broken: queue.is_broken });
        self.changed.notify_all();
    }

    /// Writes what is queued until the pipe closes.
    fn write_all(&self, mut output: impl Write) {
        loop {
            let mut queue = self.lock();
            while queue.messages.is_empty() {
                if queue.is_closed {
                    return;
                }
                queue = self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner);
            }
            let messages = std::mem::take(&mut queue.messages);
            drop(queue);
            let written = messages.iter().try_for_each(|message| output.write_all(message));
            let written = written.and_then(|()| output.flush());
            let mut queue = self.lock();
            queue.bytes -= messages.iter().map(Vec::len).sum::<usize>();
            queue.is_broken = written.is_err();
            self.tell(&queue);
            if queue.is_broken {
                return;
            }
        }
    }

    /// Waits until the client has read most of what it asked for; `false` where
    /// it reads nothing any more.
    fn has_room(&self) -> bool {
        let mut queue = self.lock();
        while queue.bytes > MOST_WAITING && !queue.is_broken && !queue.is_closed {
            queue = self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
        !queue.is_broken && !queue.is_closed
    }
}

/// Reads lines until there are none, or nobody wants them.
fn read(input: impl Read, sender: &mpsc::Sender<Line>, answers: &Answers) {
    let mut input = BufReader::with_capacity(64 << 10, input);
    while answers.has_room() {
        let Some(line) = next_line(&mut input) else { return };
        if sender.blocking_send(line).is_err() {
            return;
        }
    }
}

/// The next line; what follows the last line break counts as one.
fn next_line(input: &mut impl BufRead) -> Option<Line> {
    let mut line = Vec::new();
    let read = input.by_ref().take(LONGEST_READ as u64 + 1).read_until(b'\n', &mut line).ok()?;
    if read == 0 {
        return None;
    }
    if line.last() != Some(&b'\n') && line.len() > LONGEST_READ {
        input.skip_until(b'\n').ok()?;
        return Some(Line::TooLong);
    }
    Some(Line::Message(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_cut_at_line_breaks_and_long_ones_passed_over() {
        let mut text = b"one\n".to_vec();
        text.extend(vec![b'x'; LONGEST_READ + 5]);
        text.extend(b"\ntwo");
        let mut input = BufReader::new(text.as_slice());
        let mut seen = Vec::new();
        while let Some(line) = next_line(&mut input) {
            seen.push(match line {
                Line::Message(line) => String::from_utf8(line).expect("UTF-8"),
                Line::TooLong => "too long".to_owned(),
            });
        }
        assert_eq!(seen, ["one\n", "too long", "two"]);
    }
}
