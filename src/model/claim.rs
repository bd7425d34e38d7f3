//! What a service takes on a machine.

use super::{Address, Port};

/// The transport protocols that a port is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Protocol {
    /// TCP alone.
    Tcp,
    /// UDP alone.
    Udp,
    /// TCP and UDP together.
    Both,
}

impl Protocol {
    /// Reads `tcp`, `udp` or `both`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "tcp" => Some(Self::Tcp),
            "udp" => Some(Self::Udp),
            "both" => Some(Self::Both),
            _ => None,
        }
    }

    /// The word that is written in `ports.toml`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
            Self::Both => "both",
        }
    }

    /// Whether they have a protocol in common.
    pub fn overlaps(self, other: Self) -> bool {
        self == other || self == Self::Both || other == Self::Both
    }
}

/// One port, on one address, for one protocol, on one machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The number.
    pub port: Port,
    /// For which protocol.
    pub protocol: Protocol,
    /// On which address.
    pub address: Address,
}

impl Claim {
    /// Whether both cannot be held at once.
    pub fn collides(&self, other: &Self) -> bool {
        self.port == other.port
            && self.protocol.overlaps(other.protocol)
            && self.address.overlaps(&other.address)
    }
}
