//! A whole table: the project, its ranges, services, profiles, outputs.

use super::{
    Allocation, Data, Endpoint, Output, Patch, PortSet, Priority, ProfileName, ProjectName, RangeName,
    Service, ServiceName,
};
use crate::diagnostic::Level;
use crate::source::{Place, Spanned};

/// A rule that is off somewhere, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allow {
    /// The rule's name; it exists.
    pub rule: Spanned<String>,
    /// Why it is off; not empty.
    pub reason: String,
}

/// Ports that nobody in the project may take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reserved {
    /// Which, at the place they were written.
    pub ports: Spanned<PortSet>,
    /// Whose they are.
    pub owner: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

/// A named pool that services belong to.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedRange {
    /// Its name, at its header.
    pub name: Spanned<RangeName>,
    /// What people call it; the name when absent.
    pub title: String,
    /// Its ports, at the place they were written.
    pub ports: Spanned<PortSet>,
    /// How numbers are chosen in it.
    pub allocation: Allocation,
    /// How much it matters.
    pub priority: Priority,
    /// One sentence.
    pub description: Option<String>,
    /// Rules that are off for it and its services.
    pub allow: Vec<Allow>,
}

/// What a value set is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProfileKind {
    /// `development`
    #[default]
    Development,
    /// `production`: the production rules apply.
    Production,
}

impl ProfileKind {
    /// Reads `development` or `production`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "development" => Some(Self::Development),
            "production" => Some(Self::Production),
            _ => None,
        }
    }

    /// The word that is written in `ports.toml`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Production => "production",
        }
    }
}

/// Another value set, for outputs that ask for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// Its name, at its header.
    pub name: Spanned<ProfileName>,
    /// What it is for.
    pub kind: ProfileKind,
    /// All services of the project, with this profile's values.
    pub services: Vec<Service>,
}

/// The level that `[lint]` sets for a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LintLevel {
    /// The rule's name; it exists and its level may be set.
    pub rule: Spanned<String>,
    /// The level.
    pub level: Level,
}

/// `[lint]`, own keys before those of the workspace and of `extends`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lint {
    /// Levels, each rule at most once.
    pub levels: Vec<LintLevel>,
    /// Globs of files that no rule looks at.
    pub exclude: Vec<Spanned<String>>,
    /// Levels for the files of a glob; a later entry wins.
    pub per_path: Vec<(Spanned<String>, Vec<LintLevel>)>,
}

/// What `ports.toml` means, with the place of everything that a finding may name.
#[derive(Clone, Debug, PartialEq)]
pub struct Project {
    /// Its name; `None` for a workspace root without `[project]`, and where
    /// the name is missing, which is a finding.
    pub name: Option<Spanned<ProjectName>>,
    /// The folder of its `ports.toml`, relative to the workspace's root with
    /// `/`; empty for the root itself.
    pub folder: String,
    /// The place of its first line, for findings about the file as a whole.
    pub place: Place,
    /// One sentence.
    pub description: Option<String>,
    /// The ports it may take on a machine; `None` for any.
    pub range: Option<Spanned<PortSet>>,
    /// The default host in URLs.
    pub host: Spanned<String>,
    /// With a subdomain, the public hostname of a service.
    pub domain: Option<String>,
    /// Rules that are off for it.
    pub allow: Vec<Allow>,
    /// Ports that nobody may take: own, the workspace's, those of `extends`.
    pub reserved: Vec<Reserved>,
    /// Named ranges: own before inherited.
    pub ranges: Vec<NamedRange>,
    /// Services, in the order they were written.
    pub services: Vec<Service>,
    /// Top-level Compose keys, passed through; a table.
    pub compose: Option<Spanned<Data>>,
    /// Value sets, in the order they were written.
    pub profiles: Vec<Profile>,
    /// Outputs, in the order they were written.
    pub outputs: Vec<Output>,
    /// Patches, in the order they were written.
    pub patches: Vec<Patch>,
    /// Levels of rules.
    pub lint: Lint,
}

impl Project {
    /// The named range of a name.
    pub fn named_range(&self, name: &RangeName) -> Option<&NamedRange> {
        self.ranges.iter().find(|range| range.name.value == *name)
    }

    /// The service of a name, as the plain table has it.
    pub fn service(&self, name: &ServiceName) -> Option<&Service> {
        self.services.iter().find(|service| service.name.value == *name)
    }

    /// The profile of a name.
    pub fn profile(&self, name: &ProfileName) -> Option<&Profile> {
        self.profiles.iter().find(|profile| profile.name.value == *name)
    }

    /// The plain table.
    pub fn plain(&self) -> View<'_> {
        View { project: self, profile: None, services: &self.services }
    }

    /// The table as a profile has it; the plain one for `None` or an unknown name.
    pub fn view(&self, profile: Option<&ProfileName>) -> View<'_> {
        match profile.and_then(|name| self.profile(name)) {
            Some(profile) => View { project: self, profile: Some(profile), services: &profile.services },
            None => self.plain(),
        }
    }

    /// The plain table, then every profile that an output or a patch uses.
    pub fn views(&self) -> Vec<View<'_>> {
        let mut views = vec![self.plain()];
        for profile in &self.profiles {
            let in_outputs = self.outputs.iter().filter_map(|output| output.profile.as_ref());
            let mut used = in_outputs.chain(self.patches.iter().filter_map(|patch| patch.profile.as_ref()));
            if used.any(|name| name.value == profile.name.value) {
                views.push(View { project: self, profile: Some(profile), services: &profile.services });
            }
        }
        views
    }
}

/// A project's services under one value set.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// The project.
    pub project: &'a Project,
    /// The value set; `None` for the plain table.
    pub profile: Option<&'a Profile>,
    /// The services with that set's values.
    pub services: &'a [Service],
}

impl<'a> View<'a> {
    /// Every port of every service, in the order they were written.
    pub fn endpoints(&self) -> impl Iterator<Item = &'a Endpoint> + use<'a> {
        self.services.iter().flat_map(|service| service.endpoints.iter())
    }

    /// The port that `api` or `kafka.jmx` names.
    pub fn endpoint(&self, id: &str) -> Option<&'a Endpoint> {
        let (service, port) = id.split_once('.').map_or((id, None), |(service, port)| (service, Some(port)));
        let service = self.services.iter().find(|candidate| candidate.name.as_str() == service)?;
        match port {
            Some(port) => service.endpoints.iter().find(|endpoint| endpoint.name.as_str() == port),
            None => service.main_endpoint(),
        }
    }
}
