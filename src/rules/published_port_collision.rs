//! Two services that publish one port of the host.

use super::{Check, Evidence};
use crate::diagnostic::{Confidence, Finding};
use crate::model::PortRange;
use crate::repository::Occupant;

declare_rule! {
    /// Finds two services that publish one port of the host and run together.
    ///
    /// ## What it does
    /// Reads compose files as Compose does: variables filled in from `.env`,
    /// the override on top of the base, what is included and extended. Two
    /// services of one such set that publish one port, on addresses and
    /// protocols that overlap, cannot both start. Neither can two processes of
    /// one Procfile, or two services of one job of a workflow.
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
    /// ## Known limitations
    /// Files that nothing loads together (`compose.dev.yml` beside
    /// `compose.prod.yml`) and services whose profiles have nothing in common
    /// are no collision.
    "published-port-collision", Deny, Check::Repository(check)
}

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    for group in evidence.repository.together() {
        for (index, later) in group.iter().enumerate() {
            let earlier = group.iter().take(index).find_map(|first| Some((first, first.meets(later)?)));
            if let Some((first, both)) = earlier {
                findings.push(collision(first, later, both));
            }
        }
    }
}

fn collision(first: &Occupant, later: &Occupant, both: PortRange) -> Finding {
    let verb = if first.publishes && later.publishes { "publish" } else { "take" };
    let message = if first.name == later.name {
        format!("`{}` publishes port {both} twice", later.name)
    } else {
        format!("`{}` and `{}` both {verb} port {both}", first.name, later.name)
    };
    // One entry that both share: what tells them apart are their names.
    let is_shared = first.place == later.place;
    let place = |one: &Occupant| one.named.filter(|_| is_shared).unwrap_or(one.place);
    let mut finding =
        Finding::new(RULE.name, place(later), message).label("and again here").related(place(first), "first published here");
    if is_shared {
        finding = finding.related(first.place, "the entry that both have");
    }
    for (one, other) in [(later, first), (first, later)] {
        let origin = one.origin.filter(|origin| *origin != one.place && Some(*origin) != other.origin);
        if let Some(origin) = origin {
            finding = finding.related(origin, format!("the number of `{}`", one.name));
        }
    }
    let confidence = later.confidence.min(first.confidence);
    // A port that is chosen out of a range may be another one.
    let is_chosen = first.is_chosen() || later.is_chosen();
    finding
        .confidence(if is_chosen { confidence.min(Confidence::Medium) } else { confidence })
        .about_service(first.name.as_str())
        .about_service(later.name.as_str())
        .help("give one of them another port of the host")
}
