//! A new `ports.toml` from what a repository states.
//!
//! A [`Draft`] is made of an inventory and put into words by [`Draft::to_toml`].
//! It says where every number was seen, writes down what disagrees as comments
//! that somebody must decide, and takes over the places that state a number by
//! patches, so that nothing but `ports.toml` is edited from then on.

mod names;
mod neighbours;
mod owners;
mod patches;
mod services;
mod text;

use crate::model::{Port, PortSet, Protocol, RangeName, ServiceName};
use crate::repository::{Inventory, Repository};
use crate::source::{Place, Sources};

pub use names::name_of;

/// A table that is not written yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// The project's name.
    pub name: String,
    /// Ranges that services draw from, and those that nobody may.
    pub ranges: Vec<DraftRange>,
    /// The services, in the order they were found.
    pub services: Vec<DraftService>,
    /// Places that follow the table from now on.
    pub patches: Vec<DraftPatch>,
    /// Files that could be rendered as a whole or in a block, each with its target.
    pub outputs: Vec<(String, &'static str)>,
}

/// A range that documents state.
#[derive(Clone, Debug, PartialEq)]
pub struct DraftRange {
    /// Its name; `None` for one that is reserved.
    pub name: Option<RangeName>,
    /// What the document calls it.
    pub title: String,
    /// Its ports.
    pub ports: PortSet,
    /// Where it is stated: `docs/PORTS.md:5`.
    pub seen: String,
}

/// A service.
#[derive(Clone, Debug, PartialEq)]
pub struct DraftService {
    /// Its name.
    pub name: ServiceName,
    /// What people call it, where that is another.
    pub title: Option<String>,
    /// The range that it belongs to.
    pub range: Option<RangeName>,
    /// Its ports; the one named `default` is written as `port`.
    pub ports: Vec<DraftPort>,
    /// Rules that are off for it, each with the reason.
    pub allow: Vec<(&'static str, String)>,
}

/// A port of a service.
#[derive(Clone, Debug, PartialEq)]
pub struct DraftPort {
    /// Its name; `default` for the only one.
    pub name: String,
    /// The number.
    pub port: Port,
    /// The variable, where the repository uses one.
    pub variable: Option<String>,
    /// The port inside the container.
    pub container: Option<Port>,
    /// The address, where it is not `localhost`.
    pub bind: Option<String>,
    /// TCP, UDP or both.
    pub protocol: Protocol,
    /// The path of its health check.
    pub health: Option<String>,
    /// Where the number was seen: `compose.yaml:12`.
    pub seen: Vec<String>,
    /// What disagrees, and where: `README.md:7 says 8003`.
    pub undecided: Vec<String>,
    /// The places that state the number.
    pub places: Vec<Place>,
}

/// A place that follows the table.
#[derive(Clone, Debug, PartialEq)]
pub struct DraftPatch {
    /// The file.
    pub path: String,
    /// The pattern.
    pub find: String,
    /// `api`, or `kafka.jmx` for a named port.
    pub service: String,
    /// Whether the pattern matches several places of the file.
    pub all: bool,
}

/// Drafts a table from what was found.
pub fn draft(name: &str, inventory: &Inventory, repository: &Repository, sources: &Sources) -> Draft {
    let ranges = services::ranges(inventory, sources);
    let mut services = services::services(inventory, &ranges, sources);
    neighbours::add_local_programs(&mut services, repository, sources);
    neighbours::add_contradictions(&mut services, repository, sources);
    let patches = patches::patches(&services, repository, sources);
    let outputs = patches::outputs(repository);
    Draft { name: name_of(name).unwrap_or_else(|| "project".to_owned()), ranges, services, patches, outputs }
}

/// `compose.yaml:12`: a place, for people.
fn seen(place: Place, sources: &Sources) -> String {
    let source = sources.get(place.source);
    format!("{}:{}", source.name(), source.position(place.span.start).line)
}

impl Draft {
    /// Turns a rule off for a service, with the reason; once.
    pub fn allow(&mut self, service: &str, rule: &'static str, reason: &str) {
        let found = self.services.iter_mut().find(|candidate| candidate.name.as_str() == service);
        if let Some(service) = found.filter(|service| service.allow.iter().all(|(known, _)| *known != rule)) {
            service.allow.push((rule, reason.to_owned()));
        }
    }

    /// The text of the table.
    pub fn to_toml(&self) -> String {
        text::write(self)
    }
}
