//! A port outside the named range of its service.

use std::collections::{BTreeMap, BTreeSet};

use super::{Check, about};
use crate::diagnostic::Finding;
use crate::facts::Suggestions;
use crate::model::{Endpoint, NamedRange, Port, View};

declare_rule! {
    /// Finds a port outside the named range of its service.
    ///
    /// ## What it does
    /// Compares the number of every service that has a `range` with the ports
    /// of that range. A range that services draw from and that has no port in
    /// `project.range` is found too, at the range.
    ///
    /// ## Why is this bad?
    /// Whoever reads the range believes that its services are in it, and that
    /// other numbers are free for others.
    ///
    /// ## Example
    /// ```toml
    /// [project]
    /// name = "shop"
    ///
    /// [ranges.mcp]
    /// ports = "9000-9099"
    ///
    /// [services.ticketing]
    /// port = 9000
    /// range = "mcp"
    ///
    /// [services.orders]
    /// port = 9100 # error
    /// range = "mcp"
    /// ```
    /// The range has to have ports that the project may take:
    /// ```toml
    /// [project]
    /// name = "shop"
    /// range = "5000-5099"
    ///
    /// [ranges.mcp]
    /// ports = "9000-9099" # error
    ///
    /// [services.ticketing]
    /// port = "auto"
    /// range = "mcp"
    /// ```
    ///
    /// ## Known limitations
    /// A range that the project takes over from a policy or a workspace is compared
    /// with the project's only where a service belongs to it.
    "port-outside-range", Deny, Check::View(check)
}

fn check(view: &View<'_>, findings: &mut Vec<Finding>) {
    let ranges: BTreeMap<&str, &NamedRange> =
        view.project.ranges.iter().map(|range| (range.name.as_str(), range)).collect();
    let mut used: BTreeSet<&str> = BTreeSet::new();
    let mut suggestions = Suggestions::new(&[view.project]);
    for endpoint in view.endpoints().filter(|endpoint| !endpoint.elsewhere) {
        let named = endpoint.range.as_ref().and_then(|range| ranges.get(range.as_str()));
        let Some(&range) = named else { continue };
        used.insert(range.name.as_str());
        if let Some(port) = endpoint.number.fixed().filter(|port| !range.ports.contains(*port)) {
            let remedy = suggestions.another_number(view.project, endpoint);
            findings.push(outside(port, endpoint, range, &remedy));
        }
    }
    let own_file = view.project.place.source;
    let is_meant = |range: &&NamedRange| {
        range.ports.place.source == own_file || used.contains(range.name.as_str())
    };
    findings.extend(ranges.values().copied().filter(is_meant).filter_map(|range| without_a_port(view, range)));
}

fn outside(port: Port, endpoint: &Endpoint, range: &NamedRange, remedy: &str) -> Finding {
    let name = &range.name.value;
    let finding =
        Finding::new(RULE.name, endpoint.number.place, format!("port {port} is outside range {name}"))
            .label(format!("not in {}", range.ports.value))
            .related(range.ports.place, format!("range {name}"))
            .help(remedy);
    about(finding, endpoint)
}

fn without_a_port(view: &View<'_>, range: &NamedRange) -> Option<Finding> {
    let own = view.project.range.as_ref()?;
    if range.ports.overlap(&own.value).is_some() {
        return None;
    }
    let name = &range.name.value;
    let message = format!("range {name} has no port in the range of the project");
    let finding = Finding::new(RULE.name, range.ports.place, message)
        .label(format!("none of {}", own.value))
        .related(own.place, "the range of the project")
        .help("its services draw from both together: let the two overlap")
        .about_range(name.as_str());
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::super::testing::check;
    use super::*;

    #[test]
    fn a_range_is_compared_with_the_project_s() {
        let range = "range = \"5000-5099\"\n[ranges.mcp]\nports = \"9000-9099\"\n";
        check(&RULE, &range.replace("9099\"", "9099\" # here"));
        let drawn = "[services.a]\nport = 9000\nrange = \"mcp\"\n";
        check(&RULE, &format!("{}{drawn}", range.replace("5099", "9000")));
        check(&RULE, &format!("{}{drawn}", range.replace("9099\"", "9099\" # here")));
    }
}
