//! What a repository runs and on which ports, as plain data: for the table of
//! `survey`, for a new `ports.toml`, for a picture.

use crate::diagnostic::Confidence;
use crate::model::{Address, PortRange, PortSet, Protocol};
use crate::readers::StatedKind;
use crate::source::Place;

/// Everything that a repository states of its services.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inventory {
    /// The services, those of compose files first, in the order of their places.
    pub services: Vec<InventoryService>,
    /// Ranges and reserved ports that its documents state.
    pub stated: Vec<InventoryRange>,
}

/// A service, whatever files speak of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InventoryService {
    /// Its name, as the repository writes it.
    pub name: String,
    /// What a document calls it, where that is not its name.
    pub title: Option<String>,
    /// The heading of a document that it stands under.
    pub group: Option<String>,
    /// The folder that it belongs to: of its compose file or its source; empty for the root.
    pub folder: String,
    /// The folder it is built from, relative to the root.
    pub component: Option<String>,
    /// Its container image.
    pub image: Option<String>,
    /// What it is started with.
    pub command: Option<String>,
    /// Its ports, each number of the host once, those without one last.
    pub ports: Vec<InventoryPort>,
}

/// A port of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InventoryPort {
    /// On the machine; `None` where it is not published.
    pub host: Option<PortRange>,
    /// Inside the container; `None` where it runs in none, or nothing says it.
    pub container: Option<PortRange>,
    /// The address it is bound to; `None` for every interface, or where nothing says it.
    pub address: Option<Address>,
    /// TCP or UDP.
    pub protocol: Protocol,
    /// The environment variable that brings it.
    pub variable: Option<String>,
    /// The path of its health check: `/health`.
    pub health: Option<String>,
    /// Where it is stated; the first is the most authoritative.
    pub places: Vec<InventoryPlace>,
    /// Other numbers that the repository gives it, each with its place.
    pub disagreeing: Vec<InventoryPlace>,
    /// How sure it is.
    pub confidence: Confidence,
}

/// A place that states a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InventoryPlace {
    /// Where the number stands.
    pub place: Place,
    /// The number that it says.
    pub ports: PortRange,
    /// What it is there, in a few words: `published`, `listened on`, `documented`.
    pub role: &'static str,
}

/// A range of ports that a document states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InventoryRange {
    /// Its name, as the document gives it.
    pub title: String,
    /// Its ports.
    pub ports: PortSet,
    /// Whether services take their ports from it, or nobody does.
    pub kind: StatedKind,
    /// Where it is stated.
    pub place: Place,
}
