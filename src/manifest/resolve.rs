//! From what was written to what is meant.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::document::{Document, ProfileTable, ServiceTable};
use super::endpoints;
use super::resolver::Resolver;
use crate::diagnostic::Finding;
use crate::model::{
    Lint, NamedRange, Output, Patch, PatchValue, Profile, ProfileName, Project, Reserved, Service,
    ServiceName,
};
use crate::source::Spanned;

/// What a project takes over: from its workspace, then from `extends`.
#[derive(Clone, Debug, Default)]
pub struct Inherited {
    /// Ports that nobody may take.
    pub reserved: Vec<Reserved>,
    /// Named ranges, nearest first.
    pub ranges: Vec<NamedRange>,
    /// Levels and globs, nearest first.
    pub lint: Vec<Lint>,
}

impl Inherited {
    /// Adds what a document gives to those that name it; call it for the
    /// workspace first, then for `extends` from the last to the first.
    pub fn add(&mut self, document: &Document) {
        self.reserved.extend(document.reserved.iter().cloned());
        self.ranges.extend(document.ranges.iter().cloned());
        self.lint.push(document.lint.clone());
    }
}

/// Makes a project of a document and of what it inherits.
///
/// Names that lead nowhere are findings, and what they stand on is left out.
pub fn resolve(document: &Document, inherited: &Inherited, findings: &mut Vec<Finding>) -> Project {
    let table = document.project.as_ref();
    let ranges = inherit_ranges(&document.ranges, &inherited.ranges);
    let resolver = Resolver::new(document, &ranges);
    check_services(&resolver, &document.services);
    let services: Vec<Service> =
        document.services.iter().map(|service| endpoints::service(&resolver, service, None)).collect();
    let profiles =
        document.profiles.iter().map(|profile| make_profile(&resolver, document, profile)).collect();
    let mut project = Project {
        name: table.and_then(|table| table.name.clone()),
        folder: String::new(),
        place: table.map_or(document.place, |table| table.place),
        description: table.and_then(|table| table.description.clone()).map(|text| text.value),
        range: table.and_then(|table| table.range.clone()),
        host: resolver.host.clone(),
        domain: table.and_then(|table| table.domain.clone()).map(|text| text.value),
        allow: table.map(|table| table.allow.clone()).unwrap_or_default(),
        reserved: document.reserved.iter().chain(&inherited.reserved).cloned().collect(),
        ranges: Vec::new(),
        services,
        compose: document.compose.clone(),
        profiles,
        outputs: document.outputs.clone(),
        patches: document.patches.clone(),
        lint: inherit_lint(&document.lint, &inherited.lint),
    };
    check_references(&resolver, &project);
    no_project(&resolver, document);
    findings.append(&mut resolver.take_findings());
    project.ranges = ranges;
    project
}

fn inherit_ranges(own: &[NamedRange], inherited: &[NamedRange]) -> Vec<NamedRange> {
    let mut ranges: Vec<NamedRange> = Vec::with_capacity(own.len() + inherited.len());
    let mut seen = HashSet::new();
    for range in own.iter().chain(inherited) {
        if seen.insert(range.name.as_str()) {
            ranges.push(range.clone());
        }
    }
    ranges
}

fn inherit_lint(own: &Lint, inherited: &[Lint]) -> Lint {
    let mut lint = own.clone();
    for other in inherited {
        for level in &other.levels {
            if !lint.levels.iter().any(|known| known.rule.value == level.rule.value) {
                lint.levels.push(level.clone());
            }
        }
        lint.exclude.extend(other.exclude.iter().cloned());
        // A later entry wins, so what is nearer stands later.
        let mut per_path = other.per_path.clone();
        per_path.append(&mut lint.per_path);
        lint.per_path = per_path;
    }
    lint
}

fn make_profile(resolver: &Resolver<'_>, document: &Document, table: &ProfileTable) -> Profile {
    let mut over: BTreeMap<&str, &ServiceTable> = BTreeMap::new();
    let mut by_name: BTreeMap<&str, &ServiceTable> = BTreeMap::new();
    if !table.services.is_empty() {
        by_name.extend(document.services.iter().map(|plain| (plain.name.as_str(), plain)));
    }
    for service in &table.services {
        over.insert(service.name.as_str(), service);
        let Some(&plain) = by_name.get(service.name.as_str()) else {
            let known = document.services.iter().map(|plain| plain.name.as_str());
            resolver.unknown("service", service.name.as_str(), service.name.place, known);
            continue;
        };
        check_profile_ports(resolver, plain, service);
    }
    let services = document.services.iter();
    let services =
        services.map(|plain| endpoints::service(resolver, plain, over.get(plain.name.as_str()).copied()));
    Profile { name: table.name.clone(), kind: table.kind, services: services.collect() }
}

fn check_profile_ports(resolver: &Resolver<'_>, plain: &ServiceTable, over: &ServiceTable) {
    for (name, _) in &over.ports {
        let is_main = name.is_default() && plain.keys.port.is_some();
        if !is_main && !plain.ports.iter().any(|(known, _)| known.value == name.value) && !plain.is_partial {
            let known = plain.ports.iter().map(|(known, _)| known.as_str());
            resolver.unknown("port", name.as_str(), name.place, known);
        }
    }
    if let Some(port) = &over.keys.port
        && plain.keys.port.is_none()
        && plain.ports.len() != 1
        && !plain.is_partial
    {
        let message = format!("`port` speaks of one port, and `{}` has {}", plain.name, plain.ports.len());
        let finding = Finding::new("invalid-value", port.place, message);
        resolver
            .push_once(finding.help("a profile sets named ports with `ports = { name = N }`, and adds none"));
    }
}

fn check_services(resolver: &Resolver<'_>, services: &[ServiceTable]) {
    for service in services {
        let in_ports = service.ports.iter().filter_map(|(_, keys)| keys.range.as_ref());
        for range in service.keys.range.iter().chain(in_ports) {
            if resolver.range(range).is_none() {
                resolver.unknown("range", range.as_str(), range.place, resolver.range_names());
            }
        }
        endpoints::check_keys(resolver, service);
        if endpoints::lacks_everything(service) {
            let message = format!("service `{}` has no port, no command and no container", service.name);
            let finding = Finding::new("invalid-value", service.name.place, message);
            resolver
                .push_once(finding.help("write `port = N`, or `port = \"auto\"` to let the ledger choose"));
        }
    }
}

fn check_references(resolver: &Resolver<'_>, project: &Project) {
    let is_asked_for = project.outputs.iter().any(|output| output.selection.services.is_some());
    let services = project.services.iter().filter(|_| is_asked_for);
    let names: BTreeSet<&str> = services.map(|service| service.name.as_str()).collect();
    for output in &project.outputs {
        check_output(resolver, project, output, &names);
    }
    for patch in &project.patches {
        check_profile_name(resolver, project, patch.profile.as_ref());
        check_patch(resolver, project, patch);
    }
}

fn check_output(resolver: &Resolver<'_>, project: &Project, output: &Output, names: &BTreeSet<&str>) {
    check_profile_name(resolver, project, output.profile.as_ref());
    let services: Vec<&Spanned<ServiceName>> = output.selection.services.iter().flatten().collect();
    for name in services {
        if !names.contains(name.as_str()) {
            let known = project.services.iter().map(|service| service.name.as_str());
            resolver.unknown("service", name.as_str(), name.place, known);
        }
    }
    for name in output.selection.ranges.iter().flatten() {
        if resolver.range(name).is_none() {
            resolver.unknown("range", name.as_str(), name.place, resolver.range_names());
        }
    }
}

fn check_profile_name(resolver: &Resolver<'_>, project: &Project, name: Option<&Spanned<ProfileName>>) {
    if let Some(name) = name
        && project.profile(name).is_none()
    {
        let known = project.profiles.iter().map(|profile| profile.name.as_str());
        resolver.unknown("profile", name.as_str(), name.place, known);
    }
}

fn check_patch(resolver: &Resolver<'_>, project: &Project, patch: &Patch) {
    let PatchValue::Port(id) = &patch.value else { return };
    let view = project.view(patch.profile.as_ref().map(|name| &name.value));
    if view.endpoint(id).is_some() {
        return;
    }
    let name = id.split('.').next().unwrap_or(id);
    match view.services.iter().find(|service| service.name.as_str() == name) {
        Some(service) if service.endpoints.len() > 1 || id.contains('.') => {
            let ids: Vec<String> = service.endpoints.iter().map(crate::model::Endpoint::id).collect();
            resolver.unknown("port", id, id.place, ids.iter().map(String::as_str));
        }
        // Its number is missing or wrong, which is found at the service.
        Some(_) => {}
        None => {
            resolver.unknown(
                "service",
                name,
                id.place,
                view.services.iter().map(|service| service.name.as_str()),
            );
        }
    }
}

/// A table needs `[project]`, unless it only holds a workspace together.
fn no_project(resolver: &Resolver<'_>, document: &Document) {
    let is_root = document.workspace.is_some() && document.services.is_empty() && document.outputs.is_empty();
    if document.project.is_none() && !document.is_partial && !is_root {
        let finding = Finding::new("invalid-value", document.place, "there is no [project]");
        resolver.push_once(finding.help("start with `[project]` and `name = \"…\"`"));
    }
}
