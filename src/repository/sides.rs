//! The two sides of a web application: what serves its front end while people
//! develop it, and the programs behind it.

use std::collections::BTreeSet;

use super::backs::backs;
use super::disagreement::Statement;
use super::entities::Entity;
use super::fronts::fronts;
use super::layout::Layout;
use super::units::Unit;
use super::{File, Seen, others};
use crate::model::Port;
use crate::readers::compose::Texts;
use crate::readers::words::words_of;
use crate::readers::{FileKind, FilePath, Sighting, Variant};
use crate::source::Place;

/// Ports that only tools which serve front ends take by themselves.
const OF_FRONTS: &[u16] = &[1234, 1420, 4200, 4321, 5173, 5174];

/// Whether only a tool that serves front ends takes a port by itself.
pub(super) fn is_of_fronts(port: Port) -> bool {
    OF_FRONTS.contains(&port.get())
}

/// Words of names of front ends.
pub(super) const FRONTENDS: &[&str] =
    &["frontend", "front", "client", "ui", "web", "webapp", "spa", "website", "dashboard"];

/// Words of names of the one program behind a front end.
pub(super) const BACKENDS: &[&str] = &["backend", "back", "api", "server"];

/// Words of names of what is neither.
pub(super) const NEITHER: &[&str] = &[
    "docs",
    "doc",
    "documentation",
    "storybook",
    "nginx",
    "proxy",
    "caddy",
    "traefik",
    "worker",
    "mock",
    "e2e",
];

/// What serves a front end.
#[derive(Clone, Debug, Default)]
pub(super) struct Front {
    /// Its folder.
    pub(super) folder: String,
    /// The ports that it is served on; empty where that is not known.
    pub(super) served: Vec<Statement>,
    /// Whether nothing but the tool's own default says so.
    pub(super) is_default: bool,
    /// Any other number of its own files that it may be reached on.
    pub(super) known: BTreeSet<u16>,
    /// The same as something with a name and ports.
    pub(super) entity: Entity,
}

impl Front {
    /// What to call it.
    pub(super) fn name(&self) -> &str {
        match self.folder.rsplit('/').next() {
            Some("") | None => "the front end",
            Some(name) => name,
        }
    }

    /// Whether it may be reached on a port.
    pub(super) fn may_have(&self, port: Port) -> bool {
        self.served.iter().any(|one| one.ports.contains(port)) || self.known.contains(&port.get())
    }
}

/// Front ends and the programs behind them.
#[derive(Clone, Debug, Default)]
pub(super) struct Sides {
    /// What serves front ends, in the order of their folders.
    pub(super) fronts: Vec<Front>,
    /// The programs that may stand behind one.
    pub(super) backs: Vec<Entity>,
    /// Whether there are programs of which no file says where they listen.
    pub(super) has_others: bool,
}

impl Sides {
    /// Finds them.
    pub(super) fn new(files: &[File], layout: &Layout, units: &[Unit], texts: &mut Texts<'_>) -> Self {
        let fronts = fronts(files, layout, units, texts);
        if fronts.is_empty() {
            return Self::default();
        }
        let backs = backs(files, layout, units, &fronts, texts.sources);
        let has_others = others::has_others(files, &backs, texts);
        Self { fronts, backs, has_others }
    }

    /// The front end that a path belongs to.
    pub(super) fn front_of(&self, path: &str) -> Option<&Front> {
        let above = self.fronts.iter().filter(|front| super::layout::is_below(path, &front.folder));
        above.max_by_key(|front| front.folder.len())
    }

    /// The one front end that can be meant in a path.
    pub(super) fn only_front(&self, path: &str) -> Option<&Front> {
        match &self.fronts[..] {
            [only] => Some(only),
            all => nearest(all, path, |front| front.folder.as_str()),
        }
    }

    /// The one program behind front ends that can be meant in a path.
    pub(super) fn only_back(&self, path: &str) -> Option<&Entity> {
        if let [only] = &self.backs[..] {
            return Some(only);
        }
        let is_named =
            |entity: &&Entity| words_of(entity.name()).iter().any(|word| BACKENDS.contains(&word.as_str()));
        let named: Vec<&Entity> = self.backs.iter().filter(is_named).collect();
        match named[..] {
            [only] => Some(only),
            _ => nearest(&self.backs, path, |entity| entity.component.as_deref().unwrap_or("")),
        }
    }
}

/// The one whose folder shares the most of its parts with a path, and more than none.
fn nearest<'a, T>(all: &'a [T], path: &str, folder: impl Fn(&T) -> &str) -> Option<&'a T> {
    let shared =
        |one: &T| path.split('/').zip(folder(one).split('/')).take_while(|(one, two)| one == two).count();
    let most = all.iter().map(&shared).max().filter(|most| *most > 0)?;
    let mut best = all.iter().filter(|one| shared(one) == most);
    let first = best.next()?;
    best.next().is_none().then_some(first)
}

/// Whether a file is the configuration of a tool that serves front ends.
pub(super) fn is_front_tool(path: FilePath<'_>) -> bool {
    const TOOLS: &[&str] =
        &["vite", "vue", "nuxt", "astro", "webpack", "next", "svelte", "rsbuild", "rspack", "farm"];
    let name = path.name();
    let tool = name.split('.').next().unwrap_or("");
    TOOLS.contains(&tool) && (name.contains(".config.") || name.starts_with("webpack."))
}

/// Whether a file is what people develop with.
pub(super) fn is_used(file: &File) -> bool {
    file.path().kind() == FileKind::Plain
        && matches!(file.path().variant(), Variant::None | Variant::Named("dev" | "local"))
}

/// Whether a folder's name is that of neither side.
pub(super) fn is_neither(folder: &str) -> bool {
    let name = folder.rsplit('/').next().unwrap_or("");
    words_of(name).iter().any(|word| NEITHER.contains(&word.as_str()))
}

/// What a sighting says, as a statement.
pub(super) fn statement(file: &File, sighting: &Sighting, role: &'static str) -> Statement {
    Statement { ports: sighting.ports, place: Place { source: file.source, span: sighting.span }, role }
}

/// A place of a file, for what is held against a side.
pub(super) fn wrong(seen: Seen<'_>, role: &'static str) -> Statement {
    Statement { ports: seen.sighting.ports, place: seen.place(), role }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_is_meant() {
        let all = ["shop/web", "blog/web"];
        assert_eq!(nearest(&all, "shop/api/main.py", |one| one), Some(&"shop/web"));
        assert_eq!(nearest(&all, "README.md", |one| one), None);
        assert_eq!(nearest(&["shop/web", "shop/admin"], "shop/api/main.py", |one| one), None);
    }
}
