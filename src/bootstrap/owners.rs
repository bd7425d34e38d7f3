//! The ports of a draft, found by what a place says of them.

use std::collections::{BTreeSet, HashMap};

use super::{DraftPort, DraftService};
use crate::model::{Port, PortName, Variable};
use crate::source::Place;

/// A service and one of its ports, by their places in the draft.
type Id = (usize, usize);

/// The ports of a draft.
pub(super) struct Owners {
    by_place: HashMap<Place, Vec<Id>>,
    by_number: HashMap<Port, Vec<Id>>,
    by_service: HashMap<String, Vec<Id>>,
    /// By their variables, or by those that a table derives for them.
    by_variable: HashMap<String, Vec<Id>>,
    /// By the variables that a table would derive.
    by_derived: HashMap<String, Vec<Id>>,
}

impl Owners {
    /// Those of some services.
    pub(super) fn new(services: &[DraftService]) -> Self {
        let mut owners = Self {
            by_place: HashMap::new(),
            by_number: HashMap::new(),
            by_service: HashMap::new(),
            by_variable: HashMap::new(),
            by_derived: HashMap::new(),
        };
        for (index, service) in services.iter().enumerate() {
            for (number, port) in service.ports.iter().enumerate() {
                owners.add((index, number), service, port);
            }
        }
        owners
    }

    fn add(&mut self, id: Id, service: &DraftService, port: &DraftPort) {
        for place in &port.places {
            self.by_place.entry(*place).or_default().push(id);
        }
        self.by_number.entry(port.port).or_default().push(id);
        self.by_service.entry(service.name.to_string()).or_default().push(id);
        let derived =
            PortName::parse(&port.name).ok().and_then(|name| Variable::derive("", &service.name, &name).ok());
        let derived = derived.map(|derived| derived.as_str().to_owned());
        if let Some(variable) = port.variable.as_ref().or(derived.as_ref()) {
            self.by_variable.entry(variable.clone()).or_default().push(id);
        }
        if let Some(derived) = derived {
            self.by_derived.entry(derived).or_default().push(id);
        }
    }

    /// The first port that is stated at a place.
    pub(super) fn stated_at(&self, place: Place) -> Option<Id> {
        self.by_place.get(&place)?.first().copied()
    }

    /// The ports of a number.
    pub(super) fn of_number(&self, port: Port) -> &[Id] {
        self.by_number.get(&port).map_or(&[], Vec::as_slice)
    }

    /// The ports of a variable.
    pub(super) fn of_variable(&self, name: Option<&str>) -> &[Id] {
        name.and_then(|name| self.by_variable.get(name)).map_or(&[], Vec::as_slice)
    }

    /// Every port that some places state, or that goes by a name.
    pub(super) fn spoken_of(&self, places: impl Iterator<Item = Place>, name: &str) -> BTreeSet<Id> {
        let stated = places.filter_map(|place| self.by_place.get(&place));
        let named = [&self.by_service, &self.by_variable, &self.by_derived];
        stated.chain(named.into_iter().filter_map(|by| by.get(name))).flatten().copied().collect()
    }
}

/// A port and its service.
pub(super) fn at(services: &[DraftService], (service, port): Id) -> Option<(&DraftService, &DraftPort)> {
    let service = services.get(service)?;
    Some((service, service.ports.get(port)?))
}
