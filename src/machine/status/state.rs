//! The words for what became of a port.

/// One word for what became of a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PortState {
    /// Its own program listens.
    Up,
    /// Nobody listens.
    Down,
    /// A stranger listens.
    Foreign,
    /// Its own program listens, but on another number.
    WrongPort,
    /// Several programs listen.
    Shared,
    /// A program of the checkout listens, and nobody declared the number.
    Undeclared,
    /// Its own program listens beyond this machine, and is not meant to.
    Exposed,
    /// Nobody listens, and the last connection has just ended.
    Cooling,
}

impl PortState {
    /// The word that text and JSON have.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
            Self::Foreign => "foreign",
            Self::WrongPort => "wrong-port",
            Self::Shared => "shared",
            Self::Undeclared => "undeclared",
            Self::Exposed => "exposed",
            Self::Cooling => "cooling",
        }
    }
}
