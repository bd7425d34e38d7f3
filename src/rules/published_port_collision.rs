//! Two services that publish one port of the host.

use std::collections::{BTreeMap, HashSet};

use super::{Check, Evidence};
use crate::diagnostic::{Confidence, Finding};
use crate::model::PortRange;
use crate::readers::FilePath;
use crate::repository::{Occupant, Together};
use crate::source::{SourceId, Sources};

declare_rule! {
    /// Finds two services that publish one port of the host and run together.
    ///
    /// ## What it does
    /// Reads compose files as Compose does: variables filled in from `.env`,
    /// the override on top of the base, what is included and extended. Two
    /// services of one such set that publish one port, on addresses and
    /// protocols that overlap, cannot both start. Neither can two processes of
    /// one Procfile, two services of one job of a workflow, two programs of pm2,
    /// or two that one script leaves running or starts at once.
    ///
    /// ## Why is this bad?
    /// The second one fails with "address already in use".
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
    ///     ports: ["8080:3000"]  # error
    /// ```
    ///
    /// A variable is read from `.env`, or from the template that is committed in
    /// its stead; what is bound to one address leaves the others free:
    /// ```toml
    /// [project]
    /// name = "shop"
    /// ```
    /// ```text compose.yaml
    /// services:
    ///   api:
    ///     image: api
    ///     ports: ["127.0.0.1:${API_PORT:-9000}:80"]
    ///   web:
    ///     image: web
    ///     ports: ["9000-9002:3000-3002"]  # error
    ///   dns:
    ///     image: dns
    ///     ports: ["9000:53/udp", "127.0.0.2:9300:80"]
    ///   admin:
    ///     image: admin
    ///     ports: ["127.0.0.1:9300:80", "${ADMIN_PORT:-9400}:80"]  # error
    /// ```
    /// ```text .env
    /// ADMIN_PORT=9001
    /// ```
    ///
    /// ## Known limitations
    /// Files that nothing loads together (`compose.dev.yml` beside
    /// `compose.prod.yml`) and services whose profiles have nothing in common
    /// are no collision.
    "published-port-collision", Deny, Check::Repository(check)
}

/// How many pairs of one group are looked at: a file may say one port a thousand times.
const MOST_PAIRS: usize = 20_000;

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let mut groups = evidence.repository.together();
    // What needs no other file is said of it alone.
    groups.sort_by_key(|group| group.files.len());
    let mut seen = HashSet::new();
    for group in &groups {
        for (first, later, both) in meetings(&group.occupants) {
            let is_new = seen.insert((first.place, first.name.clone(), later.place, later.name.clone()));
            if is_new {
                findings.push(collision(first, later, both, group, evidence.sources));
            }
        }
    }
}

/// Each that meets an earlier one, with the first that it meets, before all
/// with one that always runs.
fn meetings(occupants: &[Occupant]) -> Vec<(&Occupant, &Occupant, PortRange)> {
    let mut by_port: Vec<usize> = (0..occupants.len()).collect();
    by_port.sort_by_key(|&index| (occupants[index].ports.first(), index));
    let mut steps = 0;
    let mut met: BTreeMap<usize, (usize, PortRange)> = BTreeMap::new();
    for (at, &one) in by_port.iter().enumerate() {
        let last = occupants[one].ports.last();
        let near = by_port[at + 1..].iter().take_while(|&&other| occupants[other].ports.first() <= last);
        for &other in near {
            steps += 1;
            if steps > MOST_PAIRS {
                break;
            }
            let (first, later) = (one.min(other), one.max(other));
            if let Some(both) = occupants[first].meets(&occupants[later]) {
                // One that runs always says more than one of a profile.
                let rank = |index: usize| (!occupants[index].profiles.is_empty(), index);
                let earliest = met.entry(later).or_insert((first, both));
                if rank(first) < rank(earliest.0) {
                    *earliest = (first, both);
                }
            }
        }
    }
    met.into_iter().map(|(later, (first, both))| (&occupants[first], &occupants[later], both)).collect()
}

fn collision(
    first: &Occupant,
    later: &Occupant,
    both: PortRange,
    group: &Together,
    sources: &Sources,
) -> Finding {
    let verb = if first.publishes && later.publishes { "publish" } else { "take" };
    let ports = if both.len() == 1 { "port" } else { "ports" };
    let message = if first.name == later.name {
        format!("`{}` publishes {ports} {both} twice", later.name)
    } else {
        format!("`{}` and `{}` both {verb} {ports} {both}", first.name, later.name)
    };
    // One entry that both share: what tells them apart are their names.
    let is_shared = first.place == later.place;
    let place = |one: &Occupant| one.named.filter(|_| is_shared).unwrap_or(one.place);
    let mut finding = Finding::new(RULE.name, place(later), message)
        .label("and again here")
        .related(place(first), "first published here");
    if is_shared {
        finding = finding.related(first.place, "the entry that both have");
    }
    for (one, other) in [(later, first), (first, later)] {
        let origin = one.origin.filter(|origin| *origin != one.place && Some(*origin) != other.origin);
        if let Some(origin) = origin {
            finding = finding.related(origin, format!("the number of `{}`", one.name));
        }
    }
    if let Some(origin) = first.origin.filter(|origin| later.origin == Some(*origin)) {
        finding = finding.related(origin, "the number of both");
    }
    let confidence = later.confidence.min(first.confidence).min(of_files(group, sources));
    // A port that is chosen out of a range may be another one.
    let is_certain = first.takes(both) && later.takes(both);
    finding
        .confidence(if is_certain { confidence } else { confidence.min(Confidence::Medium) })
        .about_service(first.name.as_str())
        .about_service(later.name.as_str())
        .help(help(group, sources))
}

fn help(group: &Together, sources: &Sources) -> String {
    let help = "give one of them another port of the host";
    if !group.is_combined {
        return help.to_owned();
    }
    let names: Vec<String> = group.files.iter().map(|&file| format!("`{}`", sources.get(file).name())).collect();
    format!("{help}; they run together under {}", names.join(" and "))
}

/// What lies among the samples of tests may be wrong on purpose.
fn of_files(group: &Together, sources: &Sources) -> Confidence {
    let is_sample = |&file: &SourceId| {
        let folder = FilePath::new(sources.get(file).name()).folder();
        let named = |part| {
            matches!(part, "fixtures" | "__fixtures__" | "fixture" | "testdata" | "test-data" | "snapshots")
        };
        folder.split('/').any(named)
    };
    if group.files.iter().any(is_sample) { Confidence::Medium } else { Confidence::High }
}
