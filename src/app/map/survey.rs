//! The port space of a repository as its files state it.

use std::collections::BTreeSet;

use crate::app::load::Location;
use crate::app::ownership::Ownership;
use crate::app::scan::{Extent, scan};
use crate::check::check_repository;
use crate::readers::StatedKind;
use crate::report::{Band, BandKind, Entry, Holder};
use crate::repository::InventoryPort;
use crate::rules::Evidence;
use crate::source::{Place, Sources};

/// What the files of a folder say; what they collide in is what `survey` finds.
pub(super) fn drawn(location: &Location) -> (Vec<Band>, Vec<Entry>) {
    let mut sources = Sources::new();
    let scan = scan(&location.directory, &mut sources, &Ownership::nothing(), &Extent::default());
    let inventory = scan.repository.inventory(&sources);
    let bands = inventory.stated.iter().map(|stated| {
        let kind = match stated.kind {
            StatedKind::Range => BandKind::Range,
            StatedKind::Reserved => BandKind::Reserved,
        };
        let note = Some(format!("stated in {}", sources.get(stated.place.source).name()));
        Band { note, ..Band::new(stated.title.clone(), kind, stated.ports.clone()) }
    });
    let evidence = Evidence { repository: &scan.repository, projects: &[], sources: &sources };
    let findings = check_repository(&evidence);
    let collided: BTreeSet<Place> = findings
        .iter()
        .filter(|finding| finding.rule == "published-port-collision")
        .flat_map(|finding| {
            std::iter::once(&finding.primary).chain(&finding.related).map(|label| label.place)
        })
        .collect();
    let ports =
        inventory.services.iter().flat_map(|service| service.ports.iter().map(move |port| (service, port)));
    let found: Vec<_> = ports.filter_map(|(service, port)| Some((service, port, port.host?))).collect();
    let is_in_collision =
        |port: &InventoryPort| port.places.iter().any(|place| collided.contains(&place.place));
    let entries = found.iter().map(|&(service, port, host)| {
        let others = found.iter().filter(|(other, port, ports)| {
            other.name != service.name && ports.overlaps(host) && is_in_collision(port)
        });
        let mut collides: Vec<String> = if is_in_collision(port) {
            others.map(|(other, ..)| other.name.clone()).collect()
        } else {
            Vec::new()
        };
        collides.dedup();
        let note = port.variable.clone().unwrap_or_default();
        Entry { note, collides, ..Entry::new(host, service.name.clone(), Holder::Service) }
    });
    (bands.collect(), entries.collect())
}
