//! What Compose publishes under a variable: the number stands in another file
//! than the entry.

use std::collections::HashMap;

use super::File;
use crate::readers::compose::{ComposeService, ComposeSet, Published};
use crate::readers::{Role, Sighting};
use crate::source::SourceId;

/// Gives each file the ports that its entries publish once their variables are
/// filled in, each place and number once.
pub(super) fn add(files: &mut [File], sets: &[ComposeSet]) {
    let mut by_source: HashMap<SourceId, Vec<Sighting>> = HashMap::new();
    for service in sets.iter().flat_map(|set| &set.services) {
        for published in &service.published {
            let Some(sighting) = sighting(service, published) else { continue };
            by_source.entry(published.place.source).or_default().push(sighting);
        }
    }
    for file in files {
        let Some(mut found) = by_source.remove(&file.source) else { continue };
        let known = &file.reading.sightings;
        // The fallback inside of the `${…}` says the same where nothing is set.
        let is_known = |one: &Sighting| {
            let first = known.partition_point(|other| other.span.start < one.span.start);
            let mut inside = known.iter().skip(first).take_while(|other| other.span.end <= one.span.end);
            inside.any(|other| other.ports == one.ports)
        };
        found.retain(|one| !is_known(one));
        found.sort_by_key(|one| (one.span, one.ports));
        found.dedup();
        file.resolved = found;
    }
}

/// A port that comes from somewhere else than its entry.
fn sighting(service: &ComposeService, published: &Published) -> Option<Sighting> {
    let origin = published.origin.as_ref()?;
    let host = published.address.as_ref().map(ToString::to_string);
    Some(Sighting {
        host,
        protocol: published.protocol,
        variable: Some(origin.variable.clone()),
        service: Some(service.name.value.clone()),
        container: Some(published.container),
        confidence: published.confidence,
        ..Sighting::new(published.place.span, published.host, Role::Publish)
    })
}
