//! The table's ports, and one value of it.

use super::ledger::{GivenPort, here};
use super::load::{Location, Workspace, load};
use crate::check::{Strictness, Verdict, judge};
use crate::diagnostic::{Failure, Finding, did_you_mean};
use crate::model::{Endpoint, ProfileName, Project};

/// One port, for `list`: everything as it is said in tables.
#[derive(Clone, Debug)]
pub struct ListedPort {
    /// The project it belongs to, where the table has one of a name.
    pub project: Option<String>,
    /// The folder of that project, relative to the workspace's; empty for the root's.
    pub folder: String,
    /// The port, with everything inherited.
    pub endpoint: Endpoint,
    /// Its public hostname: its subdomain under the project's domain.
    pub hostname: Option<String>,
}

/// What `list` and `get` found.
#[derive(Debug)]
pub struct Listed {
    /// The table with the texts that its mistakes point into.
    pub workspace: Workspace,
    /// Mistakes in the file; the list is of what could be read.
    pub verdict: Verdict,
    /// The ports, in the order they were written, with their numbers in this checkout.
    pub ports: Vec<ListedPort>,
    /// What was reserved beside the table, the lowest number first.
    pub given: Vec<GivenPort>,
}

/// Lists the ports of the selected projects, under a profile where one is named.
///
/// # Errors
/// A [`Failure`] where there is no table, or no such profile.
pub fn list(location: &Location, profile: Option<&str>) -> Result<Listed, Failure> {
    let mut workspace = load(location)?;
    let findings: Vec<Finding> = std::mem::take(&mut workspace.findings);
    let verdict = judge(&workspace.projects, &workspace.sources, findings, Strictness::default());
    let here = here(&workspace)?;
    let projects = here.projects.as_ref().unwrap_or(&workspace.projects);
    let selected: Vec<&Project> =
        workspace.selected.iter().filter_map(|&index| projects.get(index)).collect();
    let profile = profile.map(|name| profile_name(&selected, name)).transpose()?;
    let ports = selected.iter().flat_map(|project| {
        // A project without that profile is listed as it is.
        let view = project.view(profile.as_ref());
        view.endpoints().map(|endpoint| listed(project, endpoint))
    });
    let ports = ports.collect();
    Ok(Listed { workspace, verdict, ports, given: here.given })
}

fn profile_name(projects: &[&Project], name: &str) -> Result<ProfileName, Failure> {
    let profiles = || projects.iter().flat_map(|project| &project.profiles);
    let found = profiles().find(|profile| profile.name.as_str() == name);
    found.map(|profile| profile.name.value.clone()).ok_or_else(|| {
        let failure = Failure::new("unknown-profile", format!("there is no profile `{name}`"));
        match did_you_mean(name, profiles().map(|profile| profile.name.as_str())) {
            Some(near) => failure.help(format!("did you mean `{near}`?")),
            None => failure,
        }
    })
}

fn listed(project: &Project, endpoint: &Endpoint) -> ListedPort {
    let hostname = match (&endpoint.subdomain, &project.domain) {
        (Some(subdomain), Some(domain)) => Some(format!("{}.{domain}", subdomain.value)),
        _ => None,
    };
    ListedPort {
        project: project.name.as_ref().map(ToString::to_string),
        folder: project.folder.clone(),
        endpoint: endpoint.clone(),
        hostname,
    }
}

/// Finds the port that `api` or `kafka.jmx` names.
///
/// # Errors
/// A [`Failure`] where there is none, with the names that are nearest, and
/// where several projects of the workspace have one.
pub fn find_port<'a>(ports: &'a [ListedPort], id: &str) -> Result<&'a ListedPort, Failure> {
    let exact: Vec<&ListedPort> = ports.iter().filter(|port| port.endpoint.id() == id).collect();
    let of_service: Vec<&ListedPort> =
        ports.iter().filter(|port| port.endpoint.service.as_str() == id).collect();
    let found = if exact.is_empty() { &of_service } else { &exact };
    if let [only] = found.as_slice() {
        return Ok(only);
    }
    if let Some(failure) = several_projects(found, id) {
        return Err(failure);
    }
    if !of_service.is_empty() {
        let names: Vec<String> = of_service.iter().map(|port| port.endpoint.id()).collect();
        let failure = Failure::new("unknown-port", format!("`{id}` has several ports"));
        return Err(failure.help(format!("name one of them: {}", names.join(", "))));
    }
    let ids: Vec<String> = ports.iter().map(|port| port.endpoint.id()).collect();
    let failure = Failure::new("unknown-port", format!("there is no port of a service `{id}`"));
    Err(match did_you_mean(id, ids.iter().map(String::as_str)) {
        Some(near) => failure.help(format!("did you mean `{near}`?")),
        None => failure.help("`portgen list` shows them all"),
    })
}

/// The refusal to choose between projects that have services of one name.
fn several_projects(found: &[&ListedPort], id: &str) -> Option<Failure> {
    let (first, rest) = found.split_first()?;
    if rest.iter().all(|port| port.folder == first.folder) {
        return None;
    }
    let folders = found.iter().map(|port| port.folder.as_str());
    let failure = Failure::new("ambiguous-port", format!("several projects have a service `{id}`"));
    Some(failure.help(say_which(folders)))
}

/// How one of a workspace's projects is chosen, by its folder.
pub(super) fn say_which<'a>(folders: impl IntoIterator<Item = &'a str>) -> String {
    let mut folders: Vec<String> = folders
        .into_iter()
        .map(|folder| if folder.is_empty() { "." } else { folder })
        .map(|folder| format!("-C {folder}"))
        .collect();
    folders.dedup();
    format!("say which, from the workspace's folder: {}", folders.join(", "))
}
