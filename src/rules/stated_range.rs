//! Ports outside the range that their heading states.

use super::{Check, Evidence};
use crate::diagnostic::{Confidence, Finding};
use crate::readers::{Side, StatedKind};
use crate::repository::File;
use crate::source::{Place, Span};

declare_rule! {
    /// Finds ports outside the range that the heading above them states.
    ///
    /// ## What it does
    /// A heading such as `Core services (3000-3099)` says from where the services
    /// of its section take their ports. A table below it that gives a service
    /// another one contradicts it. It looks where there is no table of portgen's:
    /// in `ports.toml` that is what ranges are for.
    ///
    /// ## Why is this bad?
    /// Either the plan or the number is wrong, and the next service that is
    /// given a port by the plan takes one that is in use.
    ///
    /// ## Example
    /// ```text PORTS.md
    /// Core services (3000-3099)
    /// =========================
    ///
    /// | Service | Port |
    /// |---------|------|
    /// | api     | 3001 |
    /// | worker  | 3101 | <!-- warning -->
    /// ```
    ///
    /// ## Known limitations
    /// Ranges that a list or a sentence states are not held against anything:
    /// nothing says whose ports they are.
    "stated-range", Warn, Check::Repository(check)
}

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    if evidence.projects.is_empty() {
        evidence.repository.files.iter().for_each(|file| check_file(file, findings));
    }
}

fn check_file(file: &File, findings: &mut Vec<Finding>) {
    let place = |span: Span| Place { source: file.source, span };
    for table in &file.reading.tables {
        let states = file.reading.stated.iter().find(|stated| {
            stated.section.is_some() && stated.section == table.section && stated.kind == StatedKind::Range
        });
        let Some(stated) = states else { continue };
        for (row, span) in table.rows.iter().flat_map(|row| row.ports.iter().map(move |(span, _)| (row, *span))) {
            let sightings = &file.reading.sightings;
            let index = sightings.partition_point(|sighting| sighting.span < span);
            let Some(sighting) = sightings.get(index).filter(|sighting| sighting.span == span) else { continue };
            let port = sighting.ports.first();
            let counts = sighting.side != Side::Container && sighting.confidence == Confidence::High;
            if !counts || stated.ports.contains(port) {
                continue;
            }
            let whose = row.service.as_deref().or(row.variable.as_deref());
            let whose = whose.map_or_else(String::new, |name| format!(" of `{name}`"));
            let message = format!("port {port}{whose} is outside {}, the range of its section", stated.ports);
            findings.push(
                Finding::new(RULE.name, place(span), message)
                    .related(place(stated.place), "the range is stated here")
                    .confidence(stated.confidence)
                    .help("give it a port of the range, or state the range that it belongs to"),
            );
        }
    }
}
