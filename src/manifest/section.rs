//! What a table of `ports.toml` is to who completes, explains and checks it: its keys.

use super::keys::TOP;
use super::takes::Takes;

/// A key of a table, and what it takes.
#[derive(Debug)]
pub struct Key {
    /// As it is written.
    pub name: &'static str,
    /// What its value is.
    pub takes: Takes,
    /// The value where it is absent, as it would be written or in words; empty for none.
    pub default: &'static str,
    /// What it says, in one sentence without a full stop.
    pub doc: &'static str,
    /// Whether a table without it is a mistake.
    pub(super) is_required: bool,
    /// Where of the tables that share it it may stand.
    pub(super) scopes: &'static [Scope],
}

impl Key {
    pub(super) const fn new(
        name: &'static str,
        takes: Takes,
        default: &'static str,
        doc: &'static str,
    ) -> Self {
        Self { name, takes, default, doc, is_required: false, scopes: &[] }
    }

    pub(super) const fn required(mut self) -> Self {
        self.is_required = true;
        self
    }

    pub(super) const fn only(mut self, scopes: &'static [Scope]) -> Self {
        self.scopes = scopes;
        self
    }
}

/// The tables that share keys: those of services, and the tops of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// A table whose keys are its own.
    Own,
    /// `[services.NAME]`
    Service,
    /// One of a service's named ports.
    Port,
    /// `[profiles.NAME.services.NAME]`
    ProfileService,
    /// A named port of that.
    ProfilePort,
    /// `ports.toml` itself.
    Top,
    /// A file that `extends` names.
    Policy,
}

/// A table of `ports.toml`: which keys it has.
#[derive(Debug)]
pub struct Section {
    /// What it is called in messages.
    pub container: &'static str,
    /// Where it stands, for what shares its keys with others.
    pub(super) scope: Scope,
    pub(super) keys: &'static [Key],
    /// What any other key takes; none where others are unknown.
    pub others: Option<Takes>,
    /// Two keys of which exactly one stands there.
    pub either: Option<[&'static str; 2]>,
}

impl Section {
    pub(super) const fn new(container: &'static str, keys: &'static [Key]) -> Self {
        Self { container, scope: Scope::Own, keys, others: None, either: None }
    }

    pub(super) const fn shared(container: &'static str, scope: Scope, keys: &'static [Key]) -> Self {
        Self { container, scope, keys, others: None, either: None }
    }

    /// Its keys, in the order that messages list them.
    pub fn keys(&self) -> impl Iterator<Item = &'static Key> {
        let scope = self.scope;
        self.keys.iter().filter(move |key| key.scopes.is_empty() || key.scopes.contains(&scope))
    }

    /// The key of a name.
    pub fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys().find(|key| key.name == name)
    }

    /// The keys without which it is a mistake.
    pub fn required(&self) -> impl Iterator<Item = &'static Key> {
        // A service may have no port; a named port is one.
        let is_port = self.scope == Scope::Port;
        self.keys().filter(move |key| key.is_required || is_port && key.name == "port")
    }

    /// Whether it is a service's or a named port's of the plain table, and not a profile's.
    pub(super) fn is_plain(&self) -> bool {
        matches!(self.scope, Scope::Service | Scope::Port)
    }
}

/// What a path of names leads to.
#[derive(Clone, Copy, Debug)]
pub enum Stop {
    /// A table of known keys.
    Table(&'static Section),
    /// A table whose keys are names that people choose.
    Names(&'static Key),
    /// A key's value, or something inside it.
    Value(&'static Key),
    /// What a key has whose name is not known before: a level of a rule.
    Other(Takes),
}

/// What a path of names from the top of the file leads to.
pub fn stop(path: &[String]) -> Option<Stop> {
    let mut section: &'static Section = &TOP;
    let mut names = path.iter();
    while let Some(name) = names.next() {
        let Some(key) = section.key(name) else { return section.others.map(Stop::Other) };
        section = match key.takes {
            Takes::Table(next) | Takes::Tables(next) => next,
            Takes::Named(next) | Takes::NamedPorts(next) => {
                if names.next().is_none() {
                    return Some(Stop::Names(key));
                }
                next
            }
            _ => return Some(Stop::Value(key)),
        };
    }
    Some(Stop::Table(section))
}
