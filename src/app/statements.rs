//! Sightings that say the same, put together: who, which port, and where.

use std::collections::BTreeMap;

use crate::diagnostic::Confidence;
use crate::model::PortRange;
use crate::readers::{FileKind, Role, Side, Sighting};
use crate::repository::Repository;
use crate::source::{Place, Sources};

/// A service, or a variable where no service is named, with a port it is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The service, the variable or the host; empty where nothing is named.
    pub name: String,
    /// The ports.
    pub ports: PortRange,
    /// Which side of a container they are on.
    pub side: Side,
    /// Where it is stated, in the order of paths and lines.
    pub places: Vec<Place>,
}

impl Statement {
    /// The places as `path:line`, the first few of them.
    pub fn shown_places(&self, sources: &Sources, most: usize) -> String {
        let show =
            |place: &Place| format!("{}:{}", sources.get(place.source).name(), sources.start_of(*place).line);
        let mut shown: Vec<String> = self.places.iter().map(show).collect();
        shown.dedup();
        let rest = shown.len().saturating_sub(most);
        shown.truncate(most);
        let more = if rest == 0 { String::new() } else { format!(", {rest} more") };
        format!("{}{more}", shown.join(", "))
    }
}

/// What a repository states, sorted by port; what is not sure, and what tests
/// and records of the past say, is left out.
pub(super) fn statements(repository: &Repository) -> Vec<Statement> {
    let mut found: BTreeMap<(PortRange, String, Side), Vec<Place>> = BTreeMap::new();
    for file in &repository.files {
        if !matches!(file.path().kind(), FileKind::Plain | FileKind::Example) {
            continue;
        }
        for sighting in file.all_sightings() {
            if sighting.confidence > Confidence::Low {
                let place = Place { source: file.source, span: sighting.span };
                found.entry((sighting.ports, name(sighting), sighting.side)).or_default().push(place);
            }
        }
    }
    let statement = |((ports, name, side), places)| Statement { name, ports, side, places };
    found.into_iter().map(statement).collect()
}

/// What a sighting is of, as well as it says.
fn name(sighting: &Sighting) -> String {
    let is_name = |host: &&str| !host.is_empty() && *host != "localhost" && !host.contains(['.', ':']);
    let host = sighting.host.as_deref().filter(|_| sighting.role == Role::Connect).filter(is_name);
    let named = sighting.service.as_deref().or(sighting.variable.as_deref()).or(host);
    named.unwrap_or_default().to_owned()
}
