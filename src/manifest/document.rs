//! What was written in `ports.toml`, every value with its place.

use crate::model::{
    Address, Allocation, Allow, Data, Health, Lint, NamedRange, Number, Output, Patch, Port, PortName,
    PortSet, ProfileKind, ProfileName, ProjectName, Protocol, RangeName, Reserved, Scheme, ServiceName,
    Status, Variable,
};
use crate::source::{Place, SourceId, Spanned};

/// A whole file, as it was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// The text it was read from.
    pub source: SourceId,
    /// Its first line, for findings about the file as a whole.
    pub place: Place,
    /// Whether a syntax error hid a part of it, so that a name it lacks may
    /// stand in that part.
    pub is_partial: bool,
    /// `[project]`.
    pub project: Option<ProjectTable>,
    /// `[[reserved]]`.
    pub reserved: Vec<Reserved>,
    /// `[ranges]`.
    pub ranges: Vec<NamedRange>,
    /// `[services]`.
    pub services: Vec<ServiceTable>,
    /// `[compose]`.
    pub compose: Option<Spanned<Data>>,
    /// `[profiles]`.
    pub profiles: Vec<ProfileTable>,
    /// `[[output]]`.
    pub outputs: Vec<Output>,
    /// `[[patch]]`.
    pub patches: Vec<Patch>,
    /// `[lint]`.
    pub lint: Lint,
    /// `[workspace]`.
    pub workspace: Option<WorkspaceTable>,
}

/// `[project]`.
#[derive(Clone, Debug, PartialEq)]
pub struct ProjectTable {
    /// Its header.
    pub place: Place,
    /// `name`
    pub name: Option<Spanned<ProjectName>>,
    /// `description`
    pub description: Option<Spanned<String>>,
    /// `range`
    pub range: Option<Spanned<PortSet>>,
    /// `host`
    pub host: Option<Spanned<String>>,
    /// `domain`
    pub domain: Option<Spanned<String>>,
    /// `env-prefix`
    pub env_prefix: Option<Spanned<String>>,
    /// `extends`
    pub extends: Vec<Spanned<String>>,
    /// `allow`
    pub allow: Vec<Allow>,
}

/// `[workspace]`.
#[derive(Clone, Debug, PartialEq)]
pub struct WorkspaceTable {
    /// Its header.
    pub place: Place,
    /// `members`, globs of folders.
    pub members: Vec<Spanned<String>>,
}

/// The keys that a service, one of its named ports, and (some of them) a
/// profile may have.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PortKeys {
    /// `port`
    pub port: Option<Spanned<Number>>,
    /// `title`
    pub title: Option<Spanned<String>>,
    /// `range`
    pub range: Option<Spanned<RangeName>>,
    /// `allocation`
    pub allocation: Option<Spanned<Allocation>>,
    /// `description`
    pub description: Option<Spanned<String>>,
    /// `status`
    pub status: Option<Spanned<Status>>,
    /// `env`
    pub env: Option<Spanned<Variable>>,
    /// `scheme`
    pub scheme: Option<Spanned<Scheme>>,
    /// `protocol`
    pub protocol: Option<Spanned<Protocol>>,
    /// `host`
    pub host: Option<Spanned<String>>,
    /// `bind`
    pub bind: Option<Spanned<Address>>,
    /// `remote`
    pub remote: Option<Spanned<bool>>,
    /// `container-port`
    pub container_port: Option<Spanned<Port>>,
    /// `path`
    pub path: Option<Spanned<String>>,
    /// `health`
    pub health: Option<Spanned<Health>>,
    /// `subdomain`
    pub subdomain: Option<Spanned<String>>,
    /// `tags`
    pub tags: Option<Vec<Spanned<String>>>,
    /// `notes`
    pub notes: Option<Spanned<String>>,
    /// `allow`
    pub allow: Vec<Allow>,
}

/// `[services.NAME]`, and `[profiles.P.services.NAME]`.
#[derive(Clone, Debug, PartialEq)]
pub struct ServiceTable {
    /// Its name, at the key.
    pub name: Spanned<ServiceName>,
    /// From its header to its last line.
    pub extent: Place,
    /// The keys that its ports may have too.
    pub keys: PortKeys,
    /// `command`
    pub command: Option<Spanned<String>>,
    /// `compose`
    pub compose: Option<Spanned<Data>>,
    /// `ports`, each at its key.
    pub ports: Vec<(Spanned<PortName>, PortKeys)>,
    /// Whether something in it could not be read, so that what it lacks may
    /// have been meant to be there.
    pub is_partial: bool,
}

/// `[profiles.NAME]`.
#[derive(Clone, Debug, PartialEq)]
pub struct ProfileTable {
    /// Its name, at the key.
    pub name: Spanned<ProfileName>,
    /// `kind`
    pub kind: ProfileKind,
    /// `services`
    pub services: Vec<ServiceTable>,
}
