//! Whether a port is free: a verdict, never a boolean.

use std::fmt;

use super::process::Process;
use super::socket::{Socket, SocketState, SocketTable};
use crate::diagnostic::printable;
use crate::model::{PassedOver, Port, Protocol};

/// What the system answered to an attempt to bind a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Binding {
    /// It can be bound on every address.
    Free,
    /// Somebody has it, on at least one address (EADDRINUSE).
    InUse,
    /// The system forbids it (EACCES).
    Denied,
    /// The system failed otherwise: its words.
    Failed(String),
}

/// Why a port is never to be used, whoever has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ban {
    /// Only a privileged process may listen below this port.
    Privileged(u16),
    /// The system keeps it for itself.
    Excluded,
    /// The table or the machine's owner says so.
    Policy(PassedOver),
}

/// Whether a port is free, and if not why: one word and what it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nobody has it, and it can be bound.
    Free,
    /// A program has it.
    Busy {
        /// Which, as far as this user may see.
        owners: Vec<Process>,
        /// On which address; `None` where it was found by binding alone.
        address: Option<String>,
    },
    /// A connection ended a moment ago; the system frees it by itself.
    Cooling,
    /// It is the near end of a connection to somewhere.
    Outbound {
        /// Whose, as far as this user may see.
        owners: Vec<Process>,
        /// To where; empty where the system does not tell.
        remote: String,
    },
    /// Nobody may have it.
    Forbidden(Ban),
    /// Somebody has it, running or not.
    Claimed {
        /// Who: `service api of project shop`.
        by: String,
    },
    /// It failed before and was not revived.
    Dead {
        /// How.
        why: String,
    },
    /// It cannot be told.
    Unknown {
        /// Why not.
        why: String,
    },
}

impl Verdict {
    /// The word that text, JSON and other programs are told.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Busy { .. } => "busy",
            Self::Cooling => "cooling",
            Self::Outbound { .. } => "outbound",
            Self::Forbidden(_) => "forbidden",
            Self::Claimed { .. } => "claimed",
            Self::Dead { .. } => "dead",
            Self::Unknown { .. } => "unknown",
        }
    }

    /// Whether the port may be given.
    pub fn is_free(&self) -> bool {
        *self == Self::Free
    }

    /// What the socket table says of a port, owners left out; `None` where it
    /// says nothing.
    ///
    /// A listener weighs more than a connection, and a connection more than
    /// what is left of one. The near ends of connections that a listener
    /// accepted are the listener's.
    pub fn of_sockets(table: &SocketTable, port: Port, protocol: Protocol) -> Option<(Self, Vec<&Socket>)> {
        let in_state = |state| table.of(port, protocol).filter(|socket| socket.state == state).collect();
        let listening: Vec<&Socket> = in_state(SocketState::Listening);
        if let Some(first) = listening.first() {
            let address = Some(first.address.to_string());
            return Some((Self::Busy { owners: Vec::new(), address }, listening));
        }
        let connected: Vec<&Socket> = in_state(SocketState::Connected);
        if let Some(first) = connected.first() {
            let remote = first.remote.map_or_else(String::new, |remote| remote.to_string());
            return Some((Self::Outbound { owners: Vec::new(), remote }, connected));
        }
        let cooling: Vec<&Socket> = in_state(SocketState::Cooling);
        (!cooling.is_empty()).then_some((Self::Cooling, cooling))
    }

    /// What an attempt to bind says, where the socket table had nothing.
    pub fn of_binding(binding: Binding, unprivileged_start: u16) -> Self {
        match binding {
            Binding::Free => Self::Free,
            Binding::InUse => Self::Busy { owners: Vec::new(), address: None },
            Binding::Denied => Self::Forbidden(Ban::Privileged(unprivileged_start)),
            Binding::Failed(why) => Self::Unknown { why },
        }
    }
}

impl fmt::Display for Ban {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Privileged(start) => {
                write!(formatter, "is privileged: on this machine only root may listen below {start}")
            }
            Self::Excluded => formatter.write_str("is one that this system keeps for itself"),
            Self::Policy(why) => why.fmt(formatter),
        }
    }
}

/// Completes the sentence `port 4000 …`.
impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Free => formatter.write_str("is free"),
            Self::Busy { owners, address } => {
                formatter.write_str("is in use")?;
                if let Some(address) = address {
                    write!(formatter, " on {address}")?;
                }
                by(formatter, owners)
            }
            Self::Cooling => formatter
                .write_str("had a connection a moment ago; the system frees it within a minute or two"),
            Self::Outbound { owners, remote } => {
                formatter.write_str("is the near end of a connection")?;
                // Not every system tells the far end.
                if !remote.is_empty() {
                    write!(formatter, " to {remote}")?;
                }
                by(formatter, owners)
            }
            Self::Forbidden(ban) => ban.fmt(formatter),
            Self::Claimed { by } => write!(formatter, "is taken by {}", printable(by)),
            Self::Dead { why } => write!(formatter, "is dead: {}", printable(why)),
            Self::Unknown { why } => write!(formatter, "cannot be told to be free: {}", printable(why)),
        }
    }
}

fn by(formatter: &mut fmt::Formatter<'_>, owners: &[Process]) -> fmt::Result {
    for (index, owner) in owners.iter().enumerate() {
        write!(formatter, "{} {}", if index == 0 { " by" } else { "," }, owner.shown())?;
    }
    if owners.is_empty() {
        formatter.write_str(" by a program that this user cannot see")?;
    }
    Ok(())
}
