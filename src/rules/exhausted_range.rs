//! A range that soon has no number to hand out.

use super::Check;
use crate::diagnostic::Finding;
use crate::facts::Assigned;
use crate::model::{Endpoint, NamedRange, Number, Pool, Project, Scheme};
use crate::source::Place;

declare_rule! {
    /// Finds a range that hands numbers out and has hardly any left.
    ///
    /// ## What it does
    /// Counts the free numbers of every range whose allocation is `scan` or
    /// `increment`, and of every range with a service whose number is chosen at
    /// start or is `"auto"`. Taken are all claims of the workspace; reserved
    /// and privileged ports are never free. It speaks where none is left, where
    /// fewer are left than services wait for, and where fewer than 3 and less
    /// than 5 % are left.
    ///
    /// ## Why is this bad?
    /// The next service that needs a number gets none and does not start.
    ///
    /// ## Example
    /// ```toml
    /// [project]
    /// name = "shop"
    ///
    /// [ranges.jobs]
    /// ports = "9100-9101" # warning
    /// allocation = "scan"
    ///
    /// [ranges.mcp]
    /// ports = "9000-9001"
    ///
    /// [services.one]
    /// port = 9100
    /// range = "jobs"
    ///
    /// [services.two]
    /// port = 9101
    /// range = "jobs"
    ///
    /// [services.ticketing]
    /// port = 9000
    /// range = "mcp"
    ///
    /// [services.orders]
    /// port = 9001
    /// range = "mcp"
    /// ```
    ///
    /// ## Known limitations
    /// What else listens on this machine is not counted.
    "exhausted-range", Warn, Check::Workspace(check)
}

fn check(projects: &[&Project], findings: &mut Vec<Finding>) {
    let mut assigned = None;
    for project in projects {
        for demand in demands(project) {
            let assigned = assigned.get_or_insert_with(|| Assigned::of(projects));
            let mut pool = assigned.pool(project, demand.range, &Scheme::Tcp);
            findings.extend(finding(&demand, &mut pool));
        }
    }
}

/// A range that hands numbers out.
struct Demand<'a> {
    /// The named range; `None` for the project's own.
    range: Option<&'a NamedRange>,
    place: Place,
    /// How many services wait for a number of it.
    waiting: usize,
}

/// The ranges of a project that hand numbers out.
fn demands(project: &Project) -> Vec<Demand<'_>> {
    let mut drawn = std::collections::BTreeMap::<&str, usize>::new();
    for endpoint in project.plain().endpoints().filter(|endpoint| draws(endpoint)) {
        let range = endpoint.range.as_ref().map_or("", |range| range.as_str());
        *drawn.entry(range).or_default() += usize::from(endpoint.number.value == Number::Auto);
    }
    let named = project.ranges.iter().filter_map(|range| {
        let waiting = drawn.get(range.name.as_str()).copied();
        let hands_out = waiting.is_some() || range.allocation.hands_out();
        let place = range.ports.place;
        hands_out.then_some(Demand { range: Some(range), place, waiting: waiting.unwrap_or(0) })
    });
    let own = project.range.as_ref().zip(drawn.get("")).map(|(range, &waiting)| Demand {
        range: None,
        place: range.place,
        waiting,
    });
    own.into_iter().chain(named).collect()
}

/// Whether a number is chosen for it.
fn draws(endpoint: &Endpoint) -> bool {
    !endpoint.elsewhere && (endpoint.number.value == Number::Auto || endpoint.allocation.hands_out())
}

fn finding(demand: &Demand<'_>, pool: &mut Pool) -> Option<Finding> {
    let (free, size, waiting) = (pool.free_count(), pool.size(), demand.waiting);
    let message = if size == 0 {
        return None; // `port-outside-range` says that it has no port at all
    } else if free == 0 {
        pool.allocate("").err()?.to_string()
    } else if free < waiting {
        format!("{} has {} for {waiting} services that wait for one", pool.name(), ports(free))
    } else if free < 3 && free * 20 < size {
        format!("{} has {} left of {size}", pool.name(), ports(free))
    } else {
        return None;
    };
    let finding = Finding::new(RULE.name, demand.place, message)
        .label("hands numbers out")
        .help("widen the range, or move services that need no number of it");
    Some(match demand.range {
        Some(range) => finding.about_range(range.name.as_str()),
        None => finding,
    })
}

fn ports(count: usize) -> String {
    if count == 1 { "1 free port".to_owned() } else { format!("{count} free ports") }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::super::testing::check;
    use super::*;

    /// A range of 100 ports from 9000 in which so many are taken.
    fn check_taken(taken: u16, keys: &str, is_found: bool) {
        let marker = if is_found { " # here" } else { "" };
        let mut text = format!("[ranges.r]\nports = \"9000-9099\"{marker}\n{keys}\n");
        for port in 9000..9000 + taken {
            write!(text, "[services.s{port}]\nport = {port}\nrange = \"r\"\n").expect("a string");
        }
        check(&RULE, &text);
    }

    #[test]
    fn fewer_than_three_and_under_five_percent_is_nearly_none() {
        check_taken(97, "allocation = \"scan\"", false);
        check_taken(98, "allocation = \"scan\"", true);
        check_taken(98, "allocation = \"increment\"", true);
        check_taken(98, "", false);
        check_taken(100, "", false);
        check_taken(100, "allocation = \"scan\"", true);
    }

    #[test]
    fn two_free_ports_of_few_are_enough_unless_more_services_wait() {
        let range = "[ranges.r]\nports = \"9000-9002\"\nallocation = \"scan\"\n";
        check(&RULE, &format!("{range}[services.a]\nport = 9000\nrange = \"r\"\n"));
        let two = "[services.a]\nport = \"auto\"\nrange = \"r\"\n[services.b]\nport = \"auto\"\nrange = \"r\"\n";
        check(&RULE, &format!("{range}{two}"));
        check(&RULE, &format!("[ranges.r]\nports = \"9000\" # here\n{two}"));
    }

    #[test]
    fn reserved_ports_are_never_free() {
        let reserved = "[[reserved]]\nports = \"9000-9098\"\n";
        check(&RULE, &format!("[ranges.r]\nports = \"9000-9099\" # here\nallocation = \"scan\"\n{reserved}"));
    }
}
