//! The services and programs of a repository, found by name, folder or number
//! without a look at each of them.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Deref;

use super::entities::Entity;
use super::names::{words_of_image, words_of_name};
use super::units::Unit;
use super::{Repository, Seen};
use crate::model::{Port, PortRange};
use crate::readers::Context;
use crate::source::SourceId;

/// Whatever has a name and ports, in its order.
#[derive(Clone, Debug, Default)]
pub(super) struct Entities {
    all: Vec<Entity>,
    by_word: HashMap<String, Vec<usize>>,
    by_folder: HashMap<String, Vec<usize>>,
}

impl Deref for Entities {
    type Target = [Entity];

    fn deref(&self) -> &[Entity] {
        &self.all
    }
}

impl<'a> IntoIterator for &'a Entities {
    type Item = &'a Entity;
    type IntoIter = std::slice::Iter<'a, Entity>;

    fn into_iter(self) -> Self::IntoIter {
        self.all.iter()
    }
}

impl Entities {
    /// All of them.
    pub(super) fn new(all: Vec<Entity>) -> Self {
        let mut by_word: HashMap<String, Vec<usize>> = HashMap::new();
        let mut by_folder: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, entity) in all.iter().enumerate() {
            let mut words: BTreeSet<String> = BTreeSet::new();
            entity.names.iter().for_each(|name| words.extend(words_of_name(name).iter().cloned()));
            entity.images.iter().for_each(|image| words.extend(words_of_image(image)));
            words.into_iter().for_each(|word| by_word.entry(word).or_default().push(index));
            by_folder.entry(entity.folder.clone()).or_default().push(index);
        }
        Self { all, by_word, by_folder }
    }

    /// Those that a name may fit, in their order: names without a common word do not.
    pub(super) fn like(&self, written: &str) -> impl Iterator<Item = &Entity> {
        let words = words_of_name(written);
        let by_word = words.iter().filter_map(|word| self.by_word.get(word)).flatten();
        let all = if words.is_empty() { 0..self.all.len() } else { 0..0 };
        let found: BTreeSet<usize> = by_word.copied().chain(all).collect();
        found.into_iter().filter_map(|index| self.all.get(index))
    }

    /// Those of a folder, in their order.
    pub(super) fn in_folder(&self, folder: &str) -> impl Iterator<Item = &Entity> {
        let found = self.by_folder.get(folder).into_iter().flatten();
        found.filter_map(|index| self.all.get(*index))
    }
}

/// The services of compose files, in their order.
#[derive(Clone, Debug, Default)]
pub(super) struct Units {
    all: Vec<Unit>,
    /// By folder, and then by name and alias in small letters.
    by_name: HashMap<String, HashMap<String, Vec<usize>>>,
}

impl Deref for Units {
    type Target = [Unit];

    fn deref(&self) -> &[Unit] {
        &self.all
    }
}

impl<'a> IntoIterator for &'a Units {
    type Item = &'a Unit;
    type IntoIter = std::slice::Iter<'a, Unit>;

    fn into_iter(self) -> Self::IntoIter {
        self.all.iter()
    }
}

impl Units {
    /// All of them.
    pub(super) fn new(all: Vec<Unit>) -> Self {
        let mut by_name: HashMap<String, HashMap<String, Vec<usize>>> = HashMap::new();
        for (index, unit) in all.iter().enumerate() {
            let scope = by_name.entry(unit.scope.clone()).or_default();
            let names: BTreeSet<String> = std::iter::once(&unit.name)
                .chain(&unit.aliases)
                .map(|name| name.to_ascii_lowercase())
                .collect();
            names.into_iter().for_each(|name| scope.entry(name).or_default().push(index));
        }
        Self { all, by_name }
    }

    /// Those of some folders that a name reaches, in their order.
    pub(super) fn reached<'u>(&'u self, scopes: &[&str], name: &str) -> Vec<&'u Unit> {
        let name = name.to_ascii_lowercase();
        let found = scopes.iter().filter_map(|scope| self.by_name.get(*scope)?.get(&name)).flatten();
        let found: BTreeSet<usize> = found.copied().collect();
        found.into_iter().filter_map(|index| self.all.get(index)).collect()
    }

    /// The one of a folder with a name.
    pub(super) fn named(&self, scope: &str, name: &str) -> Option<&Unit> {
        self.reached(&[scope], name).into_iter().find(|unit| unit.name == name)
    }
}

/// What the files of units say of each service.
pub(super) type OfServices<'a> = HashMap<(SourceId, &'a str), Vec<Seen<'a>>>;

/// Looks through the files of units.
pub(super) fn sightings_of_services<'a>(repository: &'a Repository, units: &[Unit]) -> OfServices<'a> {
    let sources: BTreeSet<SourceId> = units.iter().flat_map(|unit| unit.files.iter().copied()).collect();
    let mut by_service = OfServices::new();
    for seen in repository.sightings().filter(|seen| sources.contains(&seen.file.source)) {
        let is_code = seen.sighting.context == Context::Code;
        if let Some(service) = seen.sighting.service.as_deref().filter(|_| is_code) {
            by_service.entry((seen.file.source, service)).or_default().push(seen);
        }
    }
    by_service
}

/// Numbers, each by itself or in ranges, however long those are.
#[derive(Clone, Debug, Default)]
pub(super) struct Numbers {
    single: HashSet<Port>,
    ranges: BTreeSet<PortRange>,
}

impl FromIterator<PortRange> for Numbers {
    fn from_iter<I: IntoIterator<Item = PortRange>>(all: I) -> Self {
        let mut numbers = Self::default();
        for ports in all {
            if ports.len() == 1 {
                numbers.single.insert(ports.first());
            } else {
                numbers.ranges.insert(ports);
            }
        }
        numbers
    }
}

impl Numbers {
    /// Whether a port is one of them.
    pub(super) fn has(&self, port: Port) -> bool {
        self.single.contains(&port) || self.ranges.iter().any(|ports| ports.contains(port))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entity(name: &str, image: &str) -> Entity {
        let images = (!image.is_empty()).then(|| image.to_owned());
        Entity { names: vec![name.to_owned()], images: images.into_iter().collect(), ..Entity::default() }
    }

    #[test]
    fn whatever_a_name_fits_is_like_it() {
        let all = [
            entity("api", ""),
            entity("web-app", "company/web:1"),
            entity("db", "postgis/postgis:16"),
            entity("cache", "redis:7"),
            entity("rabbit", "rabbitmq:3-management"),
            entity("front-end", "axllent/mailpit"),
            entity("the server", ""),
        ];
        let entities = Entities::new(all.to_vec());
        for written in [
            "API",
            "Database",
            "PostgreSQL 16",
            "Postgres DB",
            "Redis cache",
            "RabbitMQ",
            "Frontend (React)",
            "Mailpit",
            "server",
            "web",
            "",
            "!",
            "Rabbit MQ",
            "API gateway",
        ] {
            let fits: Vec<&str> =
                all.iter().filter(|entity| entity.fit(written).is_some()).map(Entity::name).collect();
            let like: Vec<&str> = entities
                .like(written)
                .filter(|entity| entity.fit(written).is_some())
                .map(Entity::name)
                .collect();
            assert_eq!(like, fits, "{written}");
        }
    }

    #[test]
    fn a_service_is_reached_by_its_names_in_any_case() {
        let unit = |scope: &str, name: &str, alias: &str| Unit {
            scope: scope.to_owned(),
            name: name.to_owned(),
            aliases: vec![alias.to_owned()],
            ..Unit::default()
        };
        let units = Units::new(vec![unit("a", "api", "API"), unit("b", "api", "x"), unit("a", "web", "Api")]);
        let reached = |scopes: &[&str], name: &str| {
            units
                .reached(scopes, name)
                .iter()
                .map(|unit| format!("{}/{}", unit.scope, unit.name))
                .collect::<Vec<_>>()
        };
        assert_eq!(reached(&["b", "a"], "aPi"), ["a/api", "b/api", "a/web"]);
        assert_eq!(reached(&["b"], "web"), [""; 0]);
        assert_eq!(units.named("a", "web").map(|unit| unit.name.as_str()), Some("web"));
        assert!(units.named("a", "API").is_none());
    }
}
