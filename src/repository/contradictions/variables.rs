//! What is said of one variable: values in env files, fallbacks beside it,
//! rows of documents.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::diagnostic::Confidence;
use crate::model::PortRange;
use crate::readers::compose::Published;
use crate::readers::words::{is_loopback, is_wildcard};
use crate::readers::{Context, FileKind, Role, Side, Variant};
use crate::repository::disagreement::{Disagreement, Statement, Topic};
use crate::repository::entities::Entity;
use crate::repository::given::Given;
use crate::repository::layout::{domain, is_below, upwards};
use crate::repository::links::{Links, program_folder};
use crate::repository::units::Unit;
use crate::repository::variable_names::{
    Telling, family_of, is_technology_default, names_a_number, telling, variant_of,
};
use crate::repository::{Repository, Seen};

/// Whose port a value speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Where<'a> {
    /// A number alone.
    Bare,
    /// This machine.
    Loopback,
    /// Another host.
    Host(&'a str),
}

/// One place that says a variable's number.
#[derive(Clone, Copy, Debug)]
struct Said<'a> {
    seen: Seen<'a>,
    kind: Kind,
    whose: Where<'a>,
    variant: Variant<'a>,
    /// For an env file: what it is for beside its variant; `docker` of `.env.docker`.
    family: &'a str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// A line of an env file.
    Value,
    /// A fallback of a compose file or script.
    ConfigFallback,
    /// A fallback of source code.
    CodeFallback,
    /// A document's row.
    Documented,
}

fn said(seen: Seen<'_>) -> Option<Said<'_>> {
    let sighting = seen.sighting;
    let path = seen.file.path();
    if path.kind() != FileKind::Plain || sighting.ports.len() != 1 || sighting.confidence < Confidence::Medium
    {
        return None;
    }
    let is_env_file = seen.file.is_env_file();
    let kind = match (sighting.context, sighting.role) {
        // A column of container ports is not about the variable, which is the host's.
        (Context::Prose, Role::State | Role::Connect | Role::Assign)
            if seen.file.is_document() && sighting.side != Side::Container =>
        {
            Kind::Documented
        }
        (Context::Code, Role::Assign | Role::Connect) if is_env_file => Kind::Value,
        (Context::Code, Role::Fallback) => {
            if seen.file.is_source_code() {
                Kind::CodeFallback
            } else {
                Kind::ConfigFallback
            }
        }
        _ => return None,
    };
    let host = sighting.host.as_deref();
    let whose = match host {
        None => Where::Bare,
        Some(host) if is_loopback(host) || is_wildcard(host) || host == "host.docker.internal" => {
            Where::Loopback
        }
        Some(host) => Where::Host(host),
    };
    let family = if is_env_file { family_of(path) } else { "" };
    // `http://localhost:${API_PORT:-8000}`: what the variable holds is the number alone.
    let is_number = sighting.role == Role::Fallback && names_a_number(sighting.variable.as_deref()?);
    let whose = if is_number && whose == Where::Loopback { Where::Bare } else { whose };
    Some(Said { seen, kind, whose, variant: variant_of(seen.file), family })
}

impl Said<'_> {
    fn ports(&self) -> PortRange {
        self.seen.sighting.ports
    }

    fn statement(&self) -> Statement {
        let role = match self.kind {
            Kind::Value => "set",
            Kind::ConfigFallback | Kind::CodeFallback => "the fallback",
            Kind::Documented => "documented",
        };
        Statement { ports: self.ports(), place: self.seen.place(), role }
    }

    fn is_comparable_to(&self, other: &Self) -> bool {
        self.whose == other.whose && self.variant == other.variant
    }

    /// Whether a value holds where this fallback stands: `.env` is read where people develop.
    fn is_given_by(&self, value: &Self) -> bool {
        let is_development =
            matches!(self.variant, Variant::Named("dev" | "local")) && value.variant == Variant::None;
        let is_of_its_own =
            self.seen.file.path().variant() == Variant::None && value.variant == Variant::None;
        self.whose == value.whose && (self.variant == value.variant || is_development || is_of_its_own)
    }
}

/// Every variable of which different places say different numbers.
pub(in crate::repository) fn variables(repository: &Repository, links: &Links) -> Vec<Disagreement> {
    let mut by_name: BTreeMap<&str, Vec<Said<'_>>> = BTreeMap::new();
    for seen in repository.sightings() {
        if let Some(name) = seen.sighting.variable.as_deref().filter(|name| !name.is_empty())
            && let Some(said) = said(seen)
        {
            by_name.entry(name).or_default().push(said);
        }
    }
    let mut found = Vec::new();
    let given = Given::of(repository, links);
    for (name, all) in by_name {
        if all.iter().any(|one| one.ports() != all[0].ports()) {
            let brought = given.brought.get(name).map_or(&[][..], Vec::as_slice);
            let told = given.told.get(name).map_or(&[][..], Vec::as_slice);
            Group::new(name, all, links, (brought, told)).judge(&mut found);
        }
    }
    found
}

/// How many values of one variable in one folder are held against a further
/// one: people look at the first few, and the time must not be their square.
const MOST_TWINS: usize = 64;

struct Group<'a> {
    name: &'a str,
    telling: Telling,
    all: Vec<Said<'a>>,
    /// The values by the folder that they are for.
    values: HashMap<&'a str, Vec<usize>>,
    /// The numbers that stand in for it in each program.
    fallbacks: BTreeSet<(String, PortRange)>,
    links: &'a Links,
    brought: &'a [&'a Published],
    told: &'a [&'a Unit],
}

impl<'a> Group<'a> {
    fn new(
        name: &'a str,
        all: Vec<Said<'a>>,
        links: &'a Links,
        (brought, told): (&'a [&'a Published], &'a [&'a Unit]),
    ) -> Self {
        let mut values: HashMap<&str, Vec<usize>> = HashMap::new();
        let mut fallbacks = BTreeSet::new();
        for (index, said) in all.iter().enumerate() {
            match said.kind {
                Kind::Value => {
                    values.entry(domain(said.seen.file.path().folder())).or_default().push(index);
                }
                Kind::Documented => {}
                _ => {
                    let component = links.layout.component_of(&said.seen.file.path);
                    fallbacks.insert((component.to_owned(), said.ports()));
                }
            }
        }
        Self { name, telling: telling(name), all, values, fallbacks, links, brought, told }
    }
    fn judge(&self, found: &mut Vec<Disagreement>) {
        let before = found.len();
        self.judge_fallbacks(found);
        self.judge_values(found);
        if found.len() == before {
            self.judge_fallbacks_alone(found);
        }
        self.judge_documents(found);
    }

    fn of(&self, kinds: &'static [Kind]) -> impl Iterator<Item = &Said<'_>> {
        self.all.iter().filter(move |one| kinds.contains(&one.kind))
    }

    fn is_in_one_component(&self, one: &Said<'_>, other: &Said<'_>) -> bool {
        let component = |said: &Said<'_>| {
            let path = &said.seen.file.path;
            let domain = domain(said.seen.file.path().folder());
            self.links.layout.component_of(if said.kind == Kind::Value { domain } else { path }).to_owned()
        };
        component(one) == component(other)
    }

    /// The values that hold for a place: those of the nearest env files above it.
    fn values_for(&self, place: &Said<'_>) -> Vec<&Said<'_>> {
        let path = &place.seen.file.path;
        let holds = |value: &&Said<'_>| {
            place.is_given_by(value)
                && (value.family.is_empty() || value.seen.file.path == *path)
                && (self.telling > Telling::Nothing || self.is_in_one_component(value, place))
        };
        let of_folder = |folder: &str| -> Vec<&Said<'_>> {
            let values = self.values.get(folder).into_iter().flatten();
            values.filter_map(|index| self.all.get(*index)).filter(holds).collect()
        };
        upwards(path).map(of_folder).find(|values| !values.is_empty()).unwrap_or_default()
    }

    fn judge_fallbacks(&self, found: &mut Vec<Disagreement>) {
        for fallback in self.of(&[Kind::ConfigFallback, Kind::CodeFallback]) {
            let values = self.values_for(fallback);
            if values.is_empty() || values.iter().any(|value| value.ports() == fallback.ports()) {
                continue;
            }
            let confidence = self.confidence_of_fallback(fallback, &values);
            found.push(Disagreement {
                topic: Topic::Fallback,
                subject: self.name.to_owned(),
                wrong: vec![fallback.statement()],
                right: values.iter().map(|value| value.statement()).collect(),
                confidence: confidence.min(fallback.seen.sighting.confidence),
            });
        }
    }

    fn confidence_of_fallback(&self, fallback: &Said<'_>, values: &[&Said<'_>]) -> Confidence {
        let is_code = fallback.kind == Kind::CodeFallback;
        let is_default = is_code && is_technology_default(self.name, fallback.ports());
        // Inside the container the variable may be the container's port.
        let is_inside = is_code && self.is_container_side(fallback.ports());
        // Several programs of one folder may have a `PORT` each.
        let is_anothers = self.telling == Telling::Nothing
            && values.iter().any(|value| {
                let component = self.links.layout.component_of(&fallback.seen.file.path).to_owned();
                self.fallbacks.contains(&(component, value.ports()))
            });
        let is_vague = self.telling == Telling::Nothing
            && (self.is_of_several_programs() || fallback.seen.file.path().name().contains(".config."));
        if is_default || is_inside || is_anothers || is_vague { Confidence::Medium } else { Confidence::High }
    }

    /// Whether all programs below a folder listen on one number, and one has the variable.
    fn is_of_the_only_program(&self, folder: &str) -> bool {
        let entities = self.links.entities.iter().chain(&self.links.root);
        let is_there =
            |entity: &&Entity| entity.component.as_deref().is_some_and(|own| is_below(own, folder));
        let mut listening = entities.filter(is_there).flat_map(|entity| &entity.listening);
        let first = listening.next();
        !self.is_of_several_programs()
            && listening.all(|other| Some(other.ports) == first.map(|one| one.ports))
    }

    /// Whether fallbacks of the variable stand in several programs.
    fn is_of_several_programs(&self) -> bool {
        let mut folders = self
            .of(&[Kind::ConfigFallback, Kind::CodeFallback])
            .map(|one| program_folder(&one.seen.file.path));
        let first = folders.next();
        folders.any(|folder| Some(folder) != first)
    }

    /// Whether a port is the container's side of an entry whose host side this variable brings.
    fn is_container_side(&self, ports: PortRange) -> bool {
        self.brought.iter().any(|published| published.container == ports)
            || self.told.iter().any(|unit| unit.targets.iter().any(|target| target.ports == ports))
    }

    /// Two env files that everybody reads, with two numbers.
    fn judge_values(&self, found: &mut Vec<Disagreement>) {
        let mut groups: BTreeMap<_, Vec<&Said<'_>>> = BTreeMap::new();
        for value in self.of(&[Kind::Value]) {
            let folder = value.seen.file.path().folder();
            let group = groups.entry((folder, value.family, value.variant, value.whose)).or_default();
            let is_twin = |other: &&&Said<'_>| other.seen.file.path != value.seen.file.path;
            let twins: Vec<&&Said<'_>> = group.iter().filter(is_twin).collect();
            if !twins.is_empty() && twins.iter().all(|twin| twin.ports() != value.ports()) {
                found.push(Disagreement {
                    topic: Topic::Variable,
                    subject: self.name.to_owned(),
                    wrong: vec![value.statement()],
                    right: twins.iter().map(|twin| twin.statement()).collect(),
                    confidence: Confidence::High,
                });
            }
            if group.len() < MOST_TWINS {
                group.push(value);
            }
        }
    }

    /// Fallbacks that differ where nothing gives the variable a value.
    fn judge_fallbacks_alone(&self, found: &mut Vec<Disagreement>) {
        if self.of(&[Kind::Value]).next().is_some() {
            return;
        }
        let mut fallbacks: Vec<&Said<'_>> = self.of(&[Kind::ConfigFallback, Kind::CodeFallback]).collect();
        let mut counts: BTreeMap<PortRange, usize> = BTreeMap::new();
        fallbacks.iter().for_each(|one| *counts.entry(one.ports()).or_default() += 1);
        fallbacks.sort_by_key(|one| (one.kind, std::cmp::Reverse(counts.get(&one.ports()).copied())));
        let Some((first, rest)) = fallbacks.split_first() else { return };
        for other in rest {
            let is_one = self.telling > Telling::Nothing || self.is_in_one_component(first, other);
            if other.ports() == first.ports() || !other.is_comparable_to(first) || !is_one {
                continue;
            }
            found.push(Disagreement {
                topic: Topic::Variable,
                subject: self.name.to_owned(),
                wrong: vec![other.statement()],
                right: vec![first.statement()],
                confidence: self.confidence_of_two(first, other),
            });
        }
    }

    fn confidence_of_two(&self, one: &Said<'_>, other: &Said<'_>) -> Confidence {
        let is_default = [one, other]
            .iter()
            .any(|said| said.kind == Kind::CodeFallback && is_technology_default(self.name, said.ports()));
        let is_inside = [one, other]
            .iter()
            .any(|said| said.seen.sighting.side != Side::Host && self.is_container_side(said.ports()));
        let is_told = !self.told.is_empty();
        let is_one = self.telling == Telling::One || self.is_in_one_component(one, other);
        // Compose puts one number into both places of one file, whatever a container is told.
        let is_of_compose = |said: &Said<'_>| said.seen.file.reader == "compose";
        if self.telling == Telling::One
            && is_of_compose(one)
            && one.seen.file.source == other.seen.file.source
            && !is_default
        {
            return Confidence::High;
        }
        let is_certain = is_one && self.telling > Telling::Nothing && !is_default && !is_inside && !is_told
            || self.is_asked_for(one, other);
        if is_certain { Confidence::High } else { Confidence::Medium }
    }

    /// Whether a script asks this machine for the port that the variable publishes.
    fn is_asked_for(&self, published: &Said<'_>, other: &Said<'_>) -> bool {
        let sighting = other.seen.sighting;
        let asks = other.kind == Kind::ConfigFallback
            && other.seen.file.reader != "compose"
            && sighting.side == Side::Host;
        asks && self.is_in_one_component(published, other)
            && self.brought.iter().any(|one| one.host == published.ports())
    }

    /// Rows of documents that give the variable a number that nothing else gives it.
    fn judge_documents(&self, found: &mut Vec<Disagreement>) {
        for row in self.of(&[Kind::Documented]) {
            let is_its = |other: &&Said<'_>| {
                let folder = domain(row.seen.file.path().folder());
                self.telling > Telling::Nothing
                    || is_below(&other.seen.file.path, folder)
                        && (self.is_in_one_component(other, row) || self.is_of_the_only_program(folder))
                        && folder == row.seen.file.path().folder()
            };
            let others: Vec<&Said<'_>> =
                self.of(&[Kind::Value, Kind::ConfigFallback, Kind::CodeFallback]).filter(is_its).collect();
            if others.is_empty() || others.iter().any(|other| other.ports() == row.ports()) {
                continue;
            }
            let is_told_elsewhere = self.told.iter().any(|unit| unit.may_have(row.ports().first()));
            // What documents say in several ways are examples.
            let is_known = |number: PortRange| others.iter().any(|known| known.ports() == number);
            let is_one = self
                .of(&[Kind::Documented])
                .all(|other| other.ports() == row.ports() || is_known(other.ports()));
            let is_certain = is_one
                && row.whose == others[0].whose
                && !is_told_elsewhere
                && row.seen.sighting.role == Role::State;
            found.push(Disagreement {
                topic: Topic::Document,
                subject: self.name.to_owned(),
                wrong: vec![row.statement()],
                right: others.iter().map(|other| other.statement()).collect(),
                confidence: if is_certain { row.seen.sighting.confidence } else { Confidence::Medium },
            });
        }
    }
}
