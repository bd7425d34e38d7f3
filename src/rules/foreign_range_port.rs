//! A port inside a range that its service does not belong to.

use super::{Check, about};
use crate::diagnostic::{Finding, Level};
use crate::facts::Suggestions;
use crate::model::{Endpoint, PortIndex, View};

declare_rule! {
    /// Finds a port inside a named range that its service does not belong to.
    ///
    /// ## What it does
    /// Compares the number of every service without a `range` with all named
    /// ranges. A service that has one is `port-outside-range`'s. Where the
    /// foreign range hands numbers out (`scan`, `increment`), the finding is an
    /// error.
    ///
    /// ## Why is this bad?
    /// Whoever takes the next number of the range does not see that the service
    /// has it; where numbers are handed out, a service that starts may be given
    /// it.
    ///
    /// ## Example
    /// ```toml
    /// [project]
    /// name = "shop"
    ///
    /// [ranges.mcp]
    /// ports = "9000-9099"
    ///
    /// [ranges.jobs]
    /// ports = "9100-9199"
    /// allocation = "scan"
    ///
    /// [services.ticketing]
    /// port = 9000
    /// range = "mcp"
    ///
    /// [services.api]
    /// port = 9001 # warning
    ///
    /// [services.worker]
    /// port = 9101 # error
    ///
    /// [services.login]
    /// port = 9400
    /// ```
    ///
    /// ## Known limitations
    /// Where ranges overlap, the first one that has the port is named.
    "foreign-range-port", Warn, Check::View(check)
}

fn check(view: &View<'_>, findings: &mut Vec<Finding>) {
    let ranges = &view.project.ranges;
    if ranges.is_empty() {
        return;
    }
    let index = PortIndex::of(ranges.iter().map(|range| &range.ports.value));
    let mut suggestions = Suggestions::new(&[view.project]);
    let homeless = |endpoint: &&Endpoint| !endpoint.elsewhere && endpoint.range.is_none();
    for endpoint in view.endpoints().filter(homeless) {
        let Some(port) = endpoint.number.fixed() else { continue };
        let Some(range) = index.get(port).and_then(|position| ranges.get(position)) else { continue };
        let name = &range.name.value;
        let remedy = suggestions.another_number(view.project, endpoint);
        let message = format!("port {port} lies in range {name}, which {} does not belong to", endpoint.id());
        let finding = Finding::new(RULE.name, endpoint.number.place, message)
            .label(format!("in {}", range.ports.value))
            .related(range.ports.place, format!("range {name}"))
            .help(format!("write `range = \"{name}\"` where it belongs there, else {remedy}"))
            .about_range(name.as_str());
        let finding = about(finding, endpoint);
        let handed_out = range.allocation.hands_out();
        findings.push(if handed_out { finding.by_default(Level::Deny) } else { finding });
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::check;
    use super::*;

    #[test]
    fn a_service_with_a_range_is_not_spoken_of() {
        let ranges = "[ranges.a]\nports = \"9000-9099\"\n[ranges.b]\nports = \"9100-9199\"\n";
        check(&RULE, &format!("{ranges}[services.s]\nport = 9150\nrange = \"a\"\n"));
        check(&RULE, &format!("{ranges}[services.s]\nport = 9150 # here\n"));
        check(&RULE, &format!("{ranges}[services.s]\nport = 9150\nremote = true\n"));
        check(&RULE, &format!("{ranges}[services.s]\nport = 9200\n"));
    }
}
