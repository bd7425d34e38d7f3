//! What the commands of the ledger have in common: how their words are read.

use crate::model::{Port, PortName, Protocol, ServiceName};

/// A service, or one of its named ports.
pub(super) fn service(text: &str) -> Result<String, String> {
    let (service, name) = text.split_once('.').unwrap_or((text, "default"));
    ServiceName::parse(service).map_err(|error| error.to_string())?;
    PortName::parse(name).map_err(|error| error.to_string())?;
    Ok(text.to_owned())
}

/// A project's name: any line of text.
pub(super) fn project(text: &str) -> Result<String, String> {
    if text.trim().is_empty() || text.chars().any(char::is_control) {
        return Err("a project's name is one line of text".to_owned());
    }
    Ok(text.to_owned())
}

/// A number from 1 to 65535.
pub(super) fn port(text: &str) -> Result<Port, String> {
    Port::parse(text).map_err(|error| error.to_string())
}

/// `tcp`, `udp` or `both`.
pub(super) fn protocol(text: &str) -> Result<Protocol, String> {
    Protocol::parse(text).ok_or_else(|| "a protocol is tcp, udp or both".to_owned())
}
