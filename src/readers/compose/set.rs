//! The sets of files that Compose would load together, merged and interpolated.

use std::collections::BTreeMap;

use super::mounts::Mount;
use crate::diagnostic::Confidence;
use crate::model::{Address, PortRange, Protocol};
use crate::source::{Place, SourceId, Sources, Spanned};

/// Opens further texts of the repository by path: `.env` and what `include`,
/// `extends` and `env_file` name, git-ignored or not.
pub struct Texts<'a> {
    /// Every text that is open.
    pub sources: &'a mut Sources,
    opened: BTreeMap<String, Option<SourceId>>,
    read: &'a dyn Fn(&str) -> Option<String>,
    env_files: Vec<String>,
    templates: BTreeMap<String, String>,
}

impl<'a> Texts<'a> {
    /// Texts that are read with `read`, which takes a path relative to the root.
    pub fn new(sources: &'a mut Sources, read: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self { sources, opened: BTreeMap::new(), read, env_files: Vec::new(), templates: BTreeMap::new() }
    }

    /// Fills variables in from these files, the later on top of the earlier,
    /// and not from the `.env` beside each project.
    pub fn with_env_files(mut self, paths: &[String]) -> Self {
        self.env_files = paths.to_vec();
        self
    }

    /// The env files that were named, in place of `.env`.
    pub(super) fn env_files(&self) -> &[String] {
        &self.env_files
    }

    /// Says that an env file is made of a template, where it is not there.
    pub fn make_of(&mut self, path: String, template: String) {
        self.templates.entry(path).or_insert(template);
    }

    /// The text of an env file, or of what people are told to make it of.
    pub(super) fn open_env_file(&mut self, path: &str) -> Option<SourceId> {
        let own = self.open(path);
        own.or_else(|| {
            let template = self.templates.get(path)?.clone();
            self.open(&template)
        })
    }

    /// Says that a path is already among the sources.
    pub fn know(&mut self, path: &str, source: SourceId) {
        self.opened.insert(path.to_owned(), Some(source));
    }

    /// The text of a path, opened once; `None` where there is none.
    pub fn open(&mut self, path: &str) -> Option<SourceId> {
        if let Some(known) = self.opened.get(path) {
            return *known;
        }
        let source = (self.read)(path).map(|text| self.sources.add(path, text));
        self.opened.insert(path.to_owned(), source);
        source
    }
}

/// How the files of a set come together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SetKind {
    /// What `docker compose up` loads in the folder: the base and its override.
    Default,
    /// One file by itself, `docker compose -f FILE up`.
    Alone,
    /// The base and one file on top of it, which is nothing without the base.
    Overlaid,
    /// Files that a script, a document or `COMPOSE_FILE` names together.
    Named,
}

/// Services that run together, as Compose would run them.
#[derive(Clone, Debug)]
pub struct ComposeSet {
    /// The folder of the first file, relative to the root.
    pub folder: String,
    /// The files, the later on top of the earlier.
    pub files: Vec<SourceId>,
    /// How they come together.
    pub kind: SetKind,
    /// The services, in the order of the merged document.
    pub services: Vec<ComposeService>,
}

/// A service of a set, merged and interpolated.
#[derive(Clone, Debug)]
pub struct ComposeService {
    /// Its name, at its key in the first file that has it.
    pub name: Spanned<String>,
    /// Its image as written, after interpolation.
    pub image: Option<String>,
    /// The folder of its build context, relative to the root.
    pub build: Option<String>,
    /// Its Dockerfile, relative to the root; `None` where it builds nothing.
    pub dockerfile: Option<String>,
    /// The profiles it runs under; none means always.
    pub profiles: Vec<String>,
    /// Whether it shares the host's network: what it listens on is on the host.
    pub is_on_host_network: bool,
    /// The service whose network it shares: `network_mode: service:vpn`.
    pub network_of: Option<String>,
    /// The services that it is started after, and of each whether it has ended by then.
    pub started_after: Vec<(String, bool)>,
    /// What is mounted into it, data volumes aside.
    pub mounts: Vec<Mount>,
    /// Other names that reach it: `container_name`, `hostname`, network aliases, links.
    pub aliases: Vec<String>,
    /// Its published ports.
    pub published: Vec<Published>,
    /// The ports that it is known to have inside: targets of `ports`, `expose`, labels of proxies.
    pub container_ports: Vec<ContainerPort>,
    /// Its environment, `env_file`s included, after interpolation.
    pub environment: Vec<(String, Spanned<String>)>,
    /// Its command, its entry point before it, words joined by blanks, at the place of `command`.
    pub command: Option<Spanned<String>>,
}

/// Where a number that is used somewhere really stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The variable that brings it.
    pub variable: String,
    /// Where its value stands: a line of an env file, or the fallback beside it.
    pub place: Place,
}

/// A port of the host that a service publishes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The number as it is written in the entry, or the `${…}` in its place.
    pub place: Place,
    /// The whole entry.
    pub entry: Place,
    /// The ports of the host.
    pub host: PortRange,
    /// The ports of the container.
    pub container: PortRange,
    /// The address; `None` where none is said, which is every interface.
    pub address: Option<Address>,
    /// TCP or UDP.
    pub protocol: Protocol,
    /// Where the number comes from, if not from the entry itself.
    pub origin: Option<Origin>,
    /// How sure it is that this is what Compose makes of it.
    pub confidence: Confidence,
}

/// A port inside a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContainerPort {
    /// The ports.
    pub ports: PortRange,
    /// TCP or UDP.
    pub protocol: Protocol,
    /// Where they are written.
    pub place: Place,
}

/// A compose file that is among the sources.
#[derive(Clone, Copy, Debug)]
pub struct ComposeFile<'a> {
    /// Its path, relative to the root.
    pub path: &'a str,
    /// Its text.
    pub source: SourceId,
    /// What it says.
    pub document: &'a super::Document,
}

/// Every set that the compose files of a repository make, in the order of their paths.
pub fn sets(files: &[ComposeFile<'_>], texts: &mut Texts<'_>) -> Vec<ComposeSet> {
    super::choose::sets_with(files, &[], texts)
}
