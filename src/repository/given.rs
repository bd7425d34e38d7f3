//! What compose files do with variables: the ports that they bring, the
//! services that are told them.

use std::collections::HashMap;

use super::Repository;
use super::links::Links;
use super::units::Unit;
use crate::readers::compose::Published;

/// What compose files do with variables.
pub(super) struct Given<'a> {
    /// The ports that a variable brings.
    pub(super) brought: HashMap<&'a str, Vec<&'a Published>>,
    /// The services whose environment sets it.
    pub(super) told: HashMap<&'a str, Vec<&'a Unit>>,
}

impl<'a> Given<'a> {
    /// Looks through the sets and the units.
    pub(super) fn of(repository: &'a Repository, links: &'a Links) -> Self {
        let (mut brought, mut told) = (HashMap::<&str, Vec<_>>::new(), HashMap::<&str, Vec<_>>::new());
        let services = repository.sets.iter().flat_map(|set| &set.services);
        for published in services.flat_map(|service| &service.published) {
            if let Some(origin) = &published.origin {
                brought.entry(origin.variable.as_str()).or_default().push(published);
            }
        }
        for unit in &links.units {
            for name in &unit.variables {
                told.entry(name.as_str()).or_default().push(unit);
            }
        }
        Self { brought, told }
    }
}
