//! What a Dockerfile says of each of the services that are built by it.

use std::collections::{BTreeMap, BTreeSet};

use super::File;
use super::disagreement::Statement;
use super::units::Unit;
use crate::facts::{image_name, known_image};
use crate::model::PortRange;
use crate::readers::words::words_of;
use crate::readers::{Role, Sighting};
use crate::source::Place;

/// A service that runs, without a build of its own, what another compose file
/// builds under the image's name has what the Dockerfile of that says.
pub(super) fn adopt_images(units: &mut [Unit]) {
    let mut built: BTreeMap<String, Option<Unit>> = BTreeMap::new();
    for unit in units.iter().filter(|unit| !unit.dockerfiles.is_empty() && !unit.has_command) {
        for image in unit.images.iter().filter(|image| known_image(image).is_none()) {
            let known = built.entry(image_name(image)).or_insert_with(|| Some(unit.clone()));
            // Two Dockerfiles under one name may be either.
            if known.as_ref().is_some_and(|known| known.dockerfiles != unit.dockerfiles) {
                *known = None;
            }
        }
    }
    for unit in units.iter_mut().filter(|unit| unit.dockerfiles.is_empty() && !unit.has_command) {
        let [image] = &unit.images[..] else { continue };
        let Some(Some(other)) = built.get(&image_name(image)).filter(|_| known_image(image).is_none()) else {
            continue;
        };
        if other.name == unit.name {
            unit.dockerfiles.clone_from(&other.dockerfiles);
            unit.exposed.clone_from(&other.exposed);
            unit.commanded.clone_from(&other.commanded);
            unit.mentioned.extend(&other.mentioned);
        }
    }
}

/// A Dockerfile that several services are built by exposes what one of them
/// has: that is no word of the others, which are mapped elsewhere.
pub(super) fn settle_exposed(units: &mut [Unit]) {
    let mut met: BTreeSet<(Place, PortRange)> = BTreeSet::new();
    for unit in units.iter() {
        for exposed in unit.exposed.iter().filter(|exposed| has_inside(unit, exposed)) {
            met.insert((exposed.place, exposed.ports));
        }
    }
    for unit in units.iter_mut().filter(|unit| !unit.targets.is_empty()) {
        let exposed = std::mem::take(&mut unit.exposed);
        let is_its_own = |one: &Statement| has_inside(unit, one) || !met.contains(&(one.place, one.ports));
        let own = exposed.into_iter().filter(is_its_own).collect();
        unit.exposed = own;
    }
}

/// Whether a service is mapped to what is exposed.
fn has_inside(unit: &Unit, exposed: &Statement) -> bool {
    unit.targets.iter().any(|target| target.ports.overlaps(exposed.ports))
}

/// Whether a number stands in for a variable that is named as what the health
/// check asks, and that neither the Dockerfile nor the environment sets.
pub(super) fn is_unset_check(unit: &Unit, dockerfile: &File, sighting: &Sighting) -> bool {
    let Some(name) = sighting.variable.as_deref() else { return false };
    let sets = |other: &Sighting| other.role != Role::Fallback && other.variable.as_deref() == Some(name);
    words_of(name).iter().any(|word| matches!(word.as_str(), "healthcheck" | "healthchecks"))
        && !unit.variables.contains(name)
        && !dockerfile.reading.sightings.iter().any(sets)
}
