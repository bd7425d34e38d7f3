//! A port that somebody wrote down: where, which, and what it is there.

use crate::diagnostic::Confidence;
use crate::model::{PortRange, Protocol};
use crate::source::Span;

/// Which side of a container a port is on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Side {
    /// The machine: what other programs of it and people see.
    #[default]
    Host,
    /// Inside a container, or between containers.
    Container,
    /// The text does not tell.
    Unknown,
}

impl Side {
    /// The word of the JSON: `host`, `container` or `unknown`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Container => "container",
            Self::Unknown => "unknown",
        }
    }
}

/// What a port is at the place it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// A container's port is published under it: `ports:`, `docker run -p`.
    Publish,
    /// A program listens on it: `listen(…)`, `--port`, `run(port=…)`.
    Listen,
    /// It is said to be open: `EXPOSE`, `expose:`, `containerPort`.
    Expose,
    /// Somebody connects to it: the authority of a URL, `host:port`.
    Connect,
    /// A variable is set to it: a line of an env file, `environment:`, `ENV`.
    Assign,
    /// It stands in for a variable that is not set: `${X:-8000}`.
    Fallback,
    /// A named constant or key holds it: `API_PORT = 8000`, `port: 8000`.
    Define,
    /// A document says it: a cell of a table, a sentence.
    State,
}

impl Role {
    /// The word of the JSON, lower case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Publish => "publish",
            Self::Listen => "listen",
            Self::Expose => "expose",
            Self::Connect => "connect",
            Self::Assign => "assign",
            Self::Fallback => "fallback",
            Self::Define => "define",
            Self::State => "state",
        }
    }
}

/// What kind of text a place lies in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Context {
    /// Code or configuration: a program reads it.
    #[default]
    Code,
    /// A comment in code or configuration.
    Comment,
    /// A document's text.
    Prose,
}

/// A port, or a range of them, at a place of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// The number as it was written, and nothing around it.
    pub span: Span,
    /// The ports.
    pub ports: PortRange,
    /// Which side of a container they are on.
    pub side: Side,
    /// What they are there.
    pub role: Role,
    /// For what is published or listened on, the bind address as written; for
    /// what is connected to, the host of the authority. Lower case, IPv6
    /// without brackets; `None` where nothing is said.
    pub host: Option<String>,
    /// The transport protocol.
    pub protocol: Protocol,
    /// The variable or constant that stands beside the number, as written.
    pub variable: Option<String>,
    /// The service that the text names: of a compose file, a table's row.
    pub service: Option<String>,
    /// For what is published: the container's ports.
    pub container: Option<PortRange>,
    /// The kind of text it lies in.
    pub context: Context,
    /// How sure the reader is that this is a port, and read rightly.
    pub confidence: Confidence,
}

impl Sighting {
    /// A TCP port of the host in code, read with high confidence.
    pub fn new(span: Span, ports: PortRange, role: Role) -> Self {
        Self {
            span,
            ports,
            side: Side::Host,
            role,
            host: None,
            protocol: Protocol::Tcp,
            variable: None,
            service: None,
            container: None,
            context: Context::Code,
            confidence: Confidence::High,
        }
    }
}
