//! Two claims that collide.

use std::collections::BTreeMap;

use super::Check;
use crate::diagnostic::Finding;
use crate::model::{Endpoint, Port, Project, View};

declare_rule! {
    /// Finds two services that claim one port on this machine.
    ///
    /// ## What it does
    /// Compares every claim with every other: the number, the protocol (`both`
    /// is tcp and udp) and the address, where a wildcard overlaps everything
    /// and `localhost` is both 127.0.0.1 and ::1. It looks within a project,
    /// within each profile that an output uses, and across a workspace. Every
    /// status keeps its number: a `reserved` or `disabled` service claims too.
    ///
    /// ## Why is this bad?
    /// The second service to start fails with "address already in use".
    ///
    /// ## Example
    /// ```toml
    /// [project]
    /// name = "shop"
    ///
    /// [services.api]
    /// port = 9000
    ///
    /// [services.worker]
    /// port = 9000 # error
    /// ```
    /// Two addresses that do not overlap may share a number:
    /// ```toml
    /// [project]
    /// name = "shop"
    ///
    /// [services.api]
    /// port = 9000
    /// bind = "127.0.0.1"
    ///
    /// [services.worker]
    /// port = 9000
    /// bind = "127.0.0.2"
    /// ```
    ///
    /// ## Known limitations
    /// Two host names as `bind` are compared by their text, not by what they
    /// resolve to.
    "duplicate-port", Deny, Check::Workspace(check)
}

fn check(projects: &[&Project], findings: &mut Vec<Finding>) {
    let plain: Vec<View<'_>> = projects.iter().map(|project| project.plain()).collect();
    compare(&plain, findings);
    for project in projects {
        for view in project.views().into_iter().skip(1) {
            compare(&[view], findings);
        }
    }
}

fn compare(views: &[View<'_>], findings: &mut Vec<Finding>) {
    let mut by_port: BTreeMap<Port, Vec<&Endpoint>> = BTreeMap::new();
    for endpoint in views.iter().flat_map(View::endpoints) {
        let Some(claim) = endpoint.claim() else { continue };
        let holders = by_port.entry(claim.port).or_default();
        let first = holders.iter().find(|holder| holder.claim().is_some_and(|other| other.collides(&claim)));
        match first {
            Some(first) => findings.push(finding(claim.port, first, endpoint)),
            None => holders.push(endpoint),
        }
    }
}

fn finding(port: Port, first: &Endpoint, again: &Endpoint) -> Finding {
    Finding::new(RULE.name, again.number.place, format!("port {port} is assigned twice"))
        .label("and again here")
        .related(first.number.place, "first assigned here")
        .help(format!("give {} or {} another number, or another `bind`", first.id(), again.id()))
        .about_service(first.service.as_str())
        .about_service(again.service.as_str())
}
