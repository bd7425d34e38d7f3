//! Two services that publish one port of the host.

use super::{Check, Evidence};
use crate::diagnostic::Finding;
use crate::readers::compose::{ComposeService, ComposeSet, Published};

declare_rule! {
    /// Finds two services that publish one port of the host and run together.
    ///
    /// ## What it does
    /// Reads compose files as Compose does: variables filled in from `.env`,
    /// the override on top of the base, what is included and extended. Two
    /// services of one such set that publish one port, on addresses and
    /// protocols that overlap, cannot both start.
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
    for set in &evidence.repository.sets {
        check_set(set, findings);
    }
}

fn check_set(set: &ComposeSet, findings: &mut Vec<Finding>) {
    let all = || set.services.iter().flat_map(|service| service.published.iter().map(move |port| (service, port)));
    for (index, (service, port)) in all().enumerate() {
        let earlier = all().take(index).find(|(other, published)| collide((service, port), (other, published)));
        if let Some((other, first)) = earlier {
            let both = port.host.intersection(first.host).map_or_else(String::new, |ports| ports.to_string());
            let message = format!("`{}` and `{}` both publish port {both}", other.name.value, service.name.value);
            findings.push(
                Finding::new(RULE.name, port.place, message)
                    .label("and again here")
                    .related(first.place, "first published here")
                    .confidence(port.confidence.min(first.confidence))
                    .help("give one of them another port of the host"),
            );
        }
    }
}

fn collide(one: (&ComposeService, &Published), two: (&ComposeService, &Published)) -> bool {
    let profiles = (&one.0.profiles, &two.0.profiles);
    let together = profiles.0.is_empty() || profiles.1.is_empty() || profiles.0.iter().any(|profile| profiles.1.contains(profile));
    let addresses = match (&one.1.address, &two.1.address) {
        (Some(one), Some(two)) => one.overlaps(two),
        _ => true,
    };
    one.0.name.value != two.0.name.value
        && together
        && addresses
        && one.1.protocol.overlaps(two.1.protocol)
        && one.1.host.overlaps(two.1.host)
}
