//! Two ports with one environment variable.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::{Check, about};
use crate::diagnostic::Finding;
use crate::model::{Endpoint, Project};

declare_rule! {
    /// Finds two ports that have one environment variable.
    ///
    /// ## What it does
    /// Compares the variables of all ports, those that `env` names and those
    /// that derive from names.
    ///
    /// ## Why is this bad?
    /// A variable has one value: every output that has it would give one of
    /// the two services the other's port.
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
    /// port = 9001
    /// env = "API_PORT" # error
    /// ```
    /// ```toml
    /// [project]
    /// name = "shop"
    ///
    /// [services.api]
    /// port = 9000
    ///
    /// [services.worker]
    /// port = 9001
    /// env = "WORKER"
    /// ```
    ///
    /// ## Known limitations
    /// Projects of a workspace are not compared: each has its own env files.
    "duplicate-variable", Deny, Check::Project(check)
}

fn check(project: &Project, findings: &mut Vec<Finding>) {
    let mut seen = HashSet::with_capacity(project.services.len());
    let repeated: BTreeSet<&str> = variables(project).map(|(name, _)| name).filter(|name| !seen.insert(*name)).collect();
    if repeated.is_empty() {
        return;
    }
    let mut by_name: BTreeMap<&str, Vec<&Endpoint>> = BTreeMap::new();
    for (name, endpoint) in variables(project).filter(|(name, _)| repeated.contains(name)) {
        by_name.entry(name).or_default().push(endpoint);
    }
    for (name, mut endpoints) in by_name {
        endpoints.sort_by_key(|endpoint| endpoint.variable.as_ref().map(|variable| variable.place));
        if let Some((first, rest)) = endpoints.split_first() {
            findings.extend(rest.iter().filter_map(|again| finding(name, first, again)));
        }
    }
}

fn variables(project: &Project) -> impl Iterator<Item = (&str, &Endpoint)> {
    let endpoints = project.plain().endpoints();
    endpoints.filter_map(|endpoint| Some((endpoint.variable.as_ref()?.as_str(), endpoint)))
}

fn finding(name: &str, first: &Endpoint, again: &Endpoint) -> Option<Finding> {
    let place = |endpoint: &Endpoint| endpoint.variable.as_ref().map(|variable| variable.place);
    let (one, two) = (first.id(), again.id());
    let finding = Finding::new(RULE.name, place(again)?, format!("the variable {name} names two ports"))
        .label(format!("that of {two}"))
        .related(place(first)?, format!("that of {one}"))
        .help(format!("give {one} or {two} another variable with `env`"));
    Some(about(about(finding, first), again))
}
