//! Services and their ports, with every default applied.

use super::{
    Address, Allow, Claim, Data, Port, PortName, Protocol, RangeName, Scheme, ServiceName, Variable,
};
use crate::source::{Place, Spanned};

/// How a number is chosen when a service starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Allocation {
    /// The port is the number.
    #[default]
    Static,
    /// The port is preferred; the search goes upward in the range and wraps.
    Scan,
    /// The port is preferred; the search goes upward to the range's end.
    Increment,
}

impl Allocation {
    /// Reads `static`, `scan` or `increment`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "static" => Some(Self::Static),
            "scan" => Some(Self::Scan),
            "increment" => Some(Self::Increment),
            _ => None,
        }
    }

    /// The word that is written in `ports.toml`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Static => "static",
            Self::Scan => "scan",
            Self::Increment => "increment",
        }
    }

    /// Whether numbers of it are handed out: `scan` and `increment`.
    pub fn hands_out(self) -> bool {
        self != Self::Static
    }
}

/// How much a range matters; said in tables, orders `status`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Priority {
    /// `high`
    High,
    /// `medium`
    #[default]
    Medium,
    /// `low`
    Low,
}

impl Priority {
    /// Reads `high`, `medium` or `low`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "high" => Some(Self::High),
            "medium" => Some(Self::Medium),
            "low" => Some(Self::Low),
            _ => None,
        }
    }

    /// The word that is written in `ports.toml`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }
}

/// Whether a service is in use. Every status keeps its number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Status {
    /// In use.
    #[default]
    Active,
    /// Planned; its number is kept.
    Reserved,
    /// Turned off for now.
    Disabled,
    /// Known not to work.
    Failed,
}

impl Status {
    /// Reads `active`, `reserved`, `disabled` or `failed`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "active" => Some(Self::Active),
            "reserved" => Some(Self::Reserved),
            "disabled" => Some(Self::Disabled),
            "failed" => Some(Self::Failed),
            _ => None,
        }
    }

    /// The word that is written in `ports.toml`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Reserved => "reserved",
            Self::Disabled => "disabled",
            Self::Failed => "failed",
        }
    }
}

/// The number of a port, where there is one yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Number {
    /// Declared.
    Fixed(Port),
    /// `"auto"`: the ledger chooses it on each machine.
    Auto,
}

impl Number {
    /// The declared number.
    pub fn fixed(self) -> Option<Port> {
        match self {
            Self::Fixed(port) => Some(port),
            Self::Auto => None,
        }
    }
}

/// How a service is asked whether it is well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Health {
    /// A path that answers with success over HTTP.
    Path(String),
    /// A connection is enough.
    Tcp,
}

/// One port of a service, every key inherited from the service and defaulted.
#[derive(Clone, Debug, PartialEq)]
pub struct Endpoint {
    /// The service it belongs to.
    pub service: ServiceName,
    /// Its name; `default` for `port = N`.
    pub name: PortName,
    /// The number, at the place it was written.
    pub number: Spanned<Number>,
    /// The environment variable, at the place of `env`, or of the name it
    /// derives from. `None` only where none can be derived, which is a finding.
    pub variable: Option<Spanned<Variable>>,
    /// What people call it: its own title, else the service's, else the name.
    pub title: String,
    /// One sentence.
    pub description: Option<String>,
    /// Free text for tables.
    pub notes: Option<String>,
    /// Whether it is in use.
    pub status: Status,
    /// The named range that must hold it.
    pub range: Option<Spanned<RangeName>>,
    /// How its number is chosen at start.
    pub allocation: Allocation,
    /// What is spoken on it, at the place of `scheme` or of the number.
    pub scheme: Spanned<Scheme>,
    /// The transport protocols it takes.
    pub protocol: Protocol,
    /// The host in its URLs, at the place it was written or of the number.
    pub host: Spanned<String>,
    /// The address it takes on this machine, likewise.
    pub bind: Spanned<Address>,
    /// Whether it runs elsewhere and so claims nothing here.
    pub elsewhere: bool,
    /// The port inside its container.
    pub container_port: Option<Port>,
    /// Appended to its URL; starts with `/`.
    pub path: Option<String>,
    /// How it is asked whether it is well.
    pub health: Option<Health>,
    /// With the project's domain, its public hostname.
    pub subdomain: Option<Spanned<String>>,
    /// Words to select it by.
    pub tags: Vec<String>,
    /// Rules that are off for it.
    pub allow: Vec<Allow>,
}

impl Endpoint {
    /// `api`, or `kafka.jmx` for a named port.
    pub fn id(&self) -> String {
        if self.name.is_default() {
            return self.service.to_string();
        }
        format!("{}.{}", self.service, self.name)
    }

    /// What it takes on this machine: nothing when it runs elsewhere or has no
    /// number yet.
    pub fn claim(&self) -> Option<Claim> {
        let port = self.number.fixed().filter(|_| !self.elsewhere)?;
        Some(Claim { port, protocol: self.protocol, address: self.bind.value.clone() })
    }

    /// Its URL, `scheme://host:port/path` without the scheme's own port and
    /// with IPv6 in brackets; `None` for tcp, udp and without a number.
    pub fn url(&self) -> Option<String> {
        let port = self.number.fixed()?;
        self.url_at(&port.to_string()).filter(|_| self.scheme.has_url())
    }

    /// The URL that answers whether it is well; `None` without such a path.
    /// A health check is a request, for a service of web sockets, too.
    pub fn health_url(&self) -> Option<String> {
        let Some(Health::Path(path)) = &self.health else { return None };
        let port = self.number.fixed()?;
        let scheme = match self.scheme.as_str() {
            "ws" => "http",
            "wss" => "https",
            scheme if self.scheme.has_url() => scheme,
            _ => "http",
        };
        Some(format!("{scheme}://{}{path}", self.authority(&port.to_string())))
    }

    /// The URL with a text in place of the number, such as `${API_PORT}`.
    pub fn url_at(&self, port: &str) -> Option<String> {
        let path = self.path.as_deref().unwrap_or("");
        self.scheme.has_url().then(|| format!("{}://{}{path}", self.scheme.as_str(), self.authority(port)))
    }

    fn authority(&self, port: &str) -> String {
        let host = &self.host.value;
        let host =
            if host.contains(':') && !host.starts_with('[') { format!("[{host}]") } else { host.clone() };
        if self.scheme.own_port().is_some_and(|own| own.to_string() == port) {
            return host;
        }
        format!("{host}:{port}")
    }
}

/// A service of the table.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    /// Its name, at its header.
    pub name: Spanned<ServiceName>,
    /// What people call it; the name when absent.
    pub title: String,
    /// One sentence.
    pub description: Option<String>,
    /// Free text for tables.
    pub notes: Option<String>,
    /// Whether it is in use.
    pub status: Status,
    /// The named range it belongs to.
    pub range: Option<Spanned<RangeName>>,
    /// How its number is chosen at start.
    pub allocation: Allocation,
    /// Its Procfile line, a template.
    pub command: Option<Spanned<String>>,
    /// Words to select it by.
    pub tags: Vec<String>,
    /// Its Compose keys, passed through; a table.
    pub compose: Option<Spanned<Data>>,
    /// Rules that are off for it.
    pub allow: Vec<Allow>,
    /// Its ports, in the order they were written; none for a service that
    /// only has a command or a container.
    pub endpoints: Vec<Endpoint>,
    /// The whole declaration, from its header to its last line, sub-tables included.
    pub extent: Place,
}

impl Service {
    /// The port named `default`, else the only one.
    pub fn main_endpoint(&self) -> Option<&Endpoint> {
        let named = self.endpoints.iter().find(|endpoint| endpoint.name.is_default());
        named.or(if let [only] = self.endpoints.as_slice() { Some(only) } else { None })
    }

    /// Whether it has a container: an `image` or a `build` among its Compose keys.
    pub fn has_container(&self) -> bool {
        self.compose
            .as_ref()
            .is_some_and(|compose| compose.get("image").or_else(|| compose.get("build")).is_some())
    }
}
