//! An override that adds a published port where it means to replace one.

use std::collections::HashSet;

use super::{Check, Evidence};
use crate::diagnostic::Finding;
use crate::readers::compose::{ComposeService, ComposeSet, Published};

declare_rule! {
    /// Finds an override that publishes a container's port a second time.
    ///
    /// ## What it does
    /// Compose adds the `ports:` of a later file to those of the earlier one.
    /// Reports an entry of a later file that publishes a port of the container
    /// which the earlier file publishes already, under another port of the host
    /// or another address.
    ///
    /// ## Why is this bad?
    /// Who writes it means to replace the first entry. Both are published: the
    /// old number stays taken, and an address that was to be closed stays open.
    ///
    /// ## Example
    /// ```toml
    /// [project]
    /// name = "shop"
    /// ```
    /// ```text compose.yaml
    /// services:
    ///   api:
    ///     image: api
    ///     ports: ["8080:80"]
    ///   web:
    ///     image: web
    ///     ports: ["8081:80"]
    /// ```
    /// ```text compose.override.yaml
    /// services:
    ///   api:
    ///     ports: ["9090:80"]  # warning
    ///   web:
    ///     ports: !override ["9091:80"]
    /// ```
    ///
    /// ## Known limitations
    /// Two entries for one port of the container may be meant; then allow it
    /// with the reason.
    "appended-override", Warn, Check::Repository(check)
}

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    if evidence.projects.is_empty() {
        return;
    }
    let mut seen = HashSet::new();
    for set in &evidence.repository.sets {
        for service in &set.services {
            for (first, later) in appended(set, service) {
                if seen.insert((first.place, later.place)) {
                    findings.push(finding(service, first, later));
                }
            }
        }
    }
}

/// Entries of a later file, each with the one of an earlier file for the same
/// port of the container.
fn appended<'a>(set: &ComposeSet, service: &'a ComposeService) -> Vec<(&'a Published, &'a Published)> {
    let rank = |port: &Published| set.files.iter().position(|&file| file == port.entry.source);
    let pair = |later: &'a Published| {
        let own = rank(later).filter(|&own| own > 0)?;
        let same = |first: &&Published| {
            first.container == later.container
                && first.protocol == later.protocol
                && rank(first).is_some_and(|other| other < own)
        };
        service.published.iter().take(MOST_ENTRIES).find(same).map(|first| (first, later))
    };
    service.published.iter().take(MOST_ENTRIES).filter_map(pair).collect()
}

/// How many entries of one service are compared.
const MOST_ENTRIES: usize = 500;

fn finding(service: &ComposeService, first: &Published, later: &Published) -> Finding {
    let message = format!(
        "`{}` publishes its port {} under {} and under {}",
        service.name.value, later.container, first.host, later.host
    );
    Finding::new(RULE.name, later.place, message)
        .label("this is added")
        .related(first.place, "and this stays")
        .about_service(service.name.as_str())
        .help("to replace it, write `ports: !override` (Compose 2.24.4), or keep the number in a variable")
}
