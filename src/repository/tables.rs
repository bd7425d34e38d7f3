//! The ports of all tables, by number: what a number that somebody wrote may mean.

use std::collections::{BTreeSet, HashMap};

use super::Seen;
use crate::model::{Endpoint, Port, Project};
use crate::readers::words::{is_loopback, is_wildcard};
use crate::readers::{Role, Side};

/// A port of a table, and the folder of its project.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// The port.
    pub endpoint: &'a Endpoint,
    /// The folder of its `ports.toml`.
    pub folder: &'a str,
}

impl Entry<'_> {
    /// Whether its container has another number than the machine.
    pub fn is_mapped(&self) -> bool {
        let endpoint = self.endpoint;
        endpoint.container_port.is_some_and(|inside| endpoint.number.fixed() != Some(inside))
    }
}

/// The tables of a workspace.
#[derive(Debug)]
pub struct Tables<'a> {
    /// By the number on the machine, as the plain tables have it.
    host: HashMap<Port, Vec<Entry<'a>>>,
    /// By the number inside the container, where the table says one.
    inside: HashMap<Port, Vec<Entry<'a>>>,
    /// Every number, whatever the profile and wherever the service runs.
    all: BTreeSet<Port>,
    variables: BTreeSet<&'a str>,
    projects: &'a [Project],
}

impl<'a> Tables<'a> {
    /// Looks through the tables.
    pub fn new(projects: &'a [Project]) -> Self {
        let mut tables = Self {
            host: HashMap::new(),
            inside: HashMap::new(),
            all: BTreeSet::new(),
            variables: BTreeSet::new(),
            projects,
        };
        for project in projects {
            let of_profiles = project.profiles.iter().flat_map(|profile| &profile.services);
            for endpoint in project.services.iter().chain(of_profiles).flat_map(|service| &service.endpoints)
            {
                tables.all.extend(endpoint.number.fixed());
                tables.variables.extend(endpoint.variable.iter().map(|variable| variable.value.as_str()));
            }
            for endpoint in project.plain().endpoints() {
                let entry = Entry { endpoint, folder: &project.folder };
                if let Some(port) = endpoint.number.fixed().filter(|_| !endpoint.elsewhere) {
                    tables.host.entry(port).or_default().push(entry);
                }
                if let Some(port) = endpoint.container_port {
                    tables.inside.entry(port).or_default().push(entry);
                }
            }
        }
        tables
    }

    /// The services that have a number on the machine; those of the project
    /// that a path lies in before all others.
    pub fn on_host(&self, port: Port, path: &str) -> Vec<Entry<'a>> {
        nearest(self.host.get(&port), path)
    }

    /// The services whose tables say that their containers have a number.
    pub fn inside(&self, port: Port, path: &str) -> Vec<Entry<'a>> {
        nearest(self.inside.get(&port), path)
    }

    /// Whether any table has a number, for whatever it is.
    pub fn has(&self, port: Port) -> bool {
        self.all.contains(&port)
    }

    /// Whether a number is said to be somebody else's.
    pub fn is_reserved(&self, port: Port) -> bool {
        self.projects
            .iter()
            .flat_map(|project| &project.reserved)
            .any(|reserved| reserved.ports.contains(port))
    }

    /// Whether a new service may have any number: there is one table, and it
    /// draws from no range of its own.
    pub fn is_free_to_all(&self) -> bool {
        matches!(self.projects, [only] if only.range.is_none())
    }

    /// Whether a service has a name.
    pub fn has_service(&self, name: &str) -> bool {
        let mut services = self.projects.iter().flat_map(|project| &project.services);
        services.any(|service| service.name.as_str() == name)
    }

    /// Whether a variable is one of a table.
    pub fn has_variable(&self, name: &str) -> bool {
        self.variables.contains(name)
    }
}

/// The entries of the innermost project that holds a path; all where none does.
fn nearest<'a>(entries: Option<&Vec<Entry<'a>>>, path: &str) -> Vec<Entry<'a>> {
    let entries = entries.map_or(&[][..], Vec::as_slice);
    let depth = |entry: &&Entry<'_>| {
        let folder = entry.folder;
        let holds = folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        holds.then_some(folder.len())
    };
    let deepest = entries.iter().filter_map(|entry| depth(&entry)).max();
    let is_near = |entry: &&Entry<'_>| deepest.is_none() || depth(entry) == deepest;
    entries.iter().filter(is_near).copied().collect()
}

impl Seen<'_> {
    /// The one number that it says; `None` for a range.
    pub fn port(&self) -> Option<Port> {
        let ports = self.sighting.ports;
        (ports.first() == ports.last()).then(|| ports.first())
    }

    /// Whether it may speak of a port of this machine: it is not a container's,
    /// and what it connects to is this machine.
    pub fn is_local(&self) -> bool {
        let host = self.sighting.host.as_deref();
        let is_here = |host: &str| is_loopback(host) || is_wildcard(host) || host == "host.docker.internal";
        self.sighting.side != Side::Container
            && (self.sighting.role != Role::Connect || host.is_some_and(is_here))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest;
    use crate::source::Sources;

    #[test]
    fn a_number_is_that_of_the_nearest_project() {
        let mut sources = Sources::new();
        let mut project = |folder: &str, text: &str| {
            let (project, mistakes) =
                manifest::read(&mut sources, folder, &format!("[project]\nname = \"p\"\n{text}"));
            assert_eq!(mistakes, []);
            Project { folder: folder.to_owned(), ..project }
        };
        let projects = [
            project(
                "",
                "[services.root]\nport = 9000\n[services.far]\nport = 9001\nhost = \"h.example\"\nremote = true\n",
            ),
            project("a", "[services.near]\nport = 9000\ncontainer-port = 80\n"),
        ];
        let tables = Tables::new(&projects);
        let at = |port: u16, path: &str| {
            let found = tables.on_host(Port::new(port).expect("a port"), path);
            found.iter().map(|entry| entry.endpoint.id()).collect::<Vec<_>>()
        };
        assert_eq!(at(9000, "a/x"), ["near"]);
        assert_eq!(at(9000, "ab/x"), ["root"]);
        assert_eq!(at(9001, "x"), [""; 0]);
        let port = |port: u16| Port::new(port).expect("a port");
        assert!(tables.has(port(9001)) && !tables.has(port(80)));
        assert!(tables.inside(port(80), "x").iter().all(Entry::is_mapped));
        assert!(tables.has_variable("NEAR_PORT"));
    }
}
