//! URL schemes of services.

use std::fmt;

use super::{Port, Protocol};

/// What is spoken on a port; decides URLs and which rules apply.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// `http`
    Http,
    /// `https`
    Https,
    /// `ws`
    Ws,
    /// `wss`
    Wss,
    /// `grpc`
    Grpc,
    /// `tcp`: no URL.
    Tcp,
    /// `udp`: no URL.
    Udp,
    /// Any other word, such as `postgres` or `redis`.
    Other(String),
}

impl Scheme {
    /// Reads a scheme of the form of RFC 3986, `[a-z][a-z0-9+.-]*`.
    pub fn parse(text: &str) -> Option<Self> {
        let allowed = |byte: u8| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'+' | b'.' | b'-')
        };
        let starts_well = text.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase());
        if !starts_well || !text.bytes().all(allowed) {
            return None;
        }
        Some(match text {
            "http" => Self::Http,
            "https" => Self::Https,
            "ws" => Self::Ws,
            "wss" => Self::Wss,
            "grpc" => Self::Grpc,
            "tcp" => Self::Tcp,
            "udp" => Self::Udp,
            other => Self::Other(other.to_owned()),
        })
    }

    /// The word as it is written.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
            Self::Ws => "ws",
            Self::Wss => "wss",
            Self::Grpc => "grpc",
            Self::Tcp => "tcp",
            Self::Udp => "udp",
            Self::Other(word) => word,
        }
    }

    /// Whether a browser fetches it: http, https, ws and wss.
    pub fn is_for_browsers(&self) -> bool {
        matches!(self, Self::Http | Self::Https | Self::Ws | Self::Wss)
    }

    /// Whether a service of it has a URL: all but tcp and udp.
    pub fn has_url(&self) -> bool {
        !matches!(self, Self::Tcp | Self::Udp)
    }

    /// The port that its URLs leave out: 80 for http and ws, 443 for https and wss.
    pub fn own_port(&self) -> Option<Port> {
        match self {
            Self::Http | Self::Ws => Port::new(80),
            Self::Https | Self::Wss => Port::new(443),
            _ => None,
        }
    }

    /// The protocol under it: UDP for `udp`, else TCP.
    pub fn protocol(&self) -> Protocol {
        if *self == Self::Udp { Protocol::Udp } else { Protocol::Tcp }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}
