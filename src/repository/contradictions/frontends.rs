//! Front ends against what surrounds them: the origins that programs behind
//! them allow, the tests and windows that open them, constants and documents
//! that name them.

use std::collections::{BTreeSet, HashMap};

use super::documented::is_framework_default;
use crate::diagnostic::Confidence;
use crate::facts::well_known;
use crate::model::Port;
use crate::readers::words::{is_loopback, words_of};
use crate::readers::{Context, FileKind, Role, Side, Variant};
use crate::repository::disagreement::{Disagreement, Statement, Topic};
use crate::repository::layout::is_below;
use crate::repository::links::Links;
use crate::repository::sides::{BACKENDS, FRONTENDS, Front, is_of_fronts, wrong};
use crate::repository::{Repository, Seen, started};
use crate::source::{Place, Sources};

/// Everything around front ends that looks for one where it is not served.
pub(in crate::repository) fn frontends(
    repository: &Repository,
    links: &Links,
    sources: &Sources,
) -> Vec<Disagreement> {
    if links.sides.fronts.is_empty() {
        return Vec::new();
    }
    let around = Around { stated: stated(repository), links, sources };
    let mut found: Vec<Disagreement> = Vec::new();
    let used: Vec<Seen<'_>> = repository.sightings().filter(|seen| is_used(*seen)).collect();
    found.extend(used.iter().filter_map(|seen| around.judge_opener(*seen)));
    found.extend(used.iter().filter_map(|seen| around.judge_constant(*seen)));
    let origins: Vec<Seen<'_>> = used.iter().copied().filter(|seen| around.is_origin(*seen)).collect();
    found.extend(around.judge_origins(&origins));
    let started = used.iter().copied().filter(|seen| {
        seen.sighting.role == Role::Listen && matches!(seen.file.reader, "shell" | "makefile")
    });
    for seen in started {
        found.extend(around.judge_started(seen, &origins));
        found.extend(around.judge_started_behind(seen, &used));
    }
    found
}

/// Words of names of URLs that are of something else than a front end.
const ANOTHERS: &[&str] = &[
    "redirect", "callback", "oauth", "oauth2", "oidc", "keycloak", "auth0", "api", "backend", "server",
    "grpc", "redis", "kafka", "mongo", "graphql",
];

/// How many places of one number are looked at.
const MOST_PLACES: usize = 256;

/// Where each number stands otherwise than for something to connect to.
fn stated(repository: &Repository) -> HashMap<u16, Vec<Place>> {
    let mut stated: HashMap<u16, Vec<Place>> = HashMap::new();
    for seen in repository.sightings().filter(|seen| seen.sighting.context == Context::Code) {
        let is_url = seen.sighting.host.as_deref().is_some_and(is_loopback);
        let states = seen.sighting.role == Role::Listen || seen.sighting.role != Role::Connect && !is_url;
        for port in seen.sighting.ports.ports().take(64).filter(|_| states) {
            stated.entry(port.get()).or_default().push(seen.place());
        }
    }
    stated
}

struct Around<'a> {
    stated: HashMap<u16, Vec<Place>>,
    links: &'a Links,
    sources: &'a Sources,
}

fn is_used(seen: Seen<'_>) -> bool {
    seen.sighting.context == Context::Code
        && seen.sighting.ports.len() == 1
        && !seen.file.is_document()
        && seen.file.path().kind() == FileKind::Plain
        && matches!(seen.file.path().variant(), Variant::None | Variant::Named("dev" | "local"))
}

fn is_here(seen: Seen<'_>) -> bool {
    seen.sighting.host.as_deref().is_some_and(is_loopback) && seen.sighting.side != Side::Container
}

impl Around<'_> {
    /// Whether anything says a number otherwise than by connecting to it, the
    /// servers of other front ends and the place itself aside.
    fn is_stated(&self, port: Port, except: Seen<'_>, front: &Front) -> bool {
        let is_others = |place: &Place| {
            let other = self.links.sides.fronts.iter().filter(|other| other.folder != front.folder);
            other.flat_map(|other| &other.served).any(|one| one.place == *place)
        };
        let places = self.stated.get(&port.get()).into_iter().flatten();
        places.take(MOST_PLACES).any(|place| *place != except.place() && !is_others(place))
            || self.links.units.iter().any(|unit| unit.publishes(port))
    }

    /// Whether a URL opens a front end: of end-to-end tests, of the windows of
    /// desktop shells and editors.
    fn opens(&self, seen: Seen<'_>) -> bool {
        const FILES: &[&str] = &[
            "playwright.",
            "cypress.",
            "protractor.",
            "wdio.",
            "nightwatch.",
            "testcafe",
            "tauri.conf",
            "codecept.",
            "launch.json",
        ];
        const KEYS: &[&str] = &["baseurl", "base_url", "launchurl", "launch_url", "devpath", "devurl", "url"];
        if seen.sighting.role != Role::Connect || !is_here(seen) {
            return false;
        }
        let name = seen.file.path().name().to_ascii_lowercase();
        let key = seen.sighting.variable.as_deref().unwrap_or("");
        let key = key.rsplit('.').next().unwrap_or(key).to_ascii_lowercase();
        if FILES.iter().any(|file| name.starts_with(file)) {
            return KEYS.contains(&key.as_str());
        }
        let before = self.before(seen, 48);
        // A script that waits for the one server that it starts.
        let waits = seen.file.reader == "package-json"
            && key.is_empty()
            && self.links.sides.backs.is_empty()
            && ["wait-on", "start-server-and-test"].iter().any(|program| before.contains(program));
        waits || before.trim_end_matches(|last| last != '(').ends_with("loadurl(")
    }

    /// The text before a place, in lower case.
    fn before(&self, seen: Seen<'_>, most: usize) -> String {
        let text = self.sources.get(seen.file.source).text();
        let end = seen.sighting.span.range().start;
        let mut start = end.saturating_sub(most);
        while !text.is_char_boundary(start) {
            start += 1;
        }
        text[start..end].to_ascii_lowercase()
    }

    /// The front end that a line of a start script serves.
    fn started_front(&self, seen: Seen<'_>) -> Option<&Front> {
        let text = self.sources.get(seen.file.source).text();
        let at = seen.sighting.span.range().start;
        let folder = started::folder(text, at).filter(|_| started::starts_a_front(text, at))?;
        self.links.sides.fronts.iter().find(|front| front.folder.rsplit('/').next() == Some(folder.as_str()))
    }

    /// The other lines of a start script that start something which listens.
    fn started_beside<'a>(&self, seen: Seen<'a>) -> impl Iterator<Item = Seen<'a>> + use<'a> {
        let all = seen.file.reading.sightings.iter().map(move |sighting| Seen { sighting, ..seen });
        all.filter(move |other| other.sighting.role == Role::Listen && other.place() != seen.place())
    }

    fn starts_a_program(&self, seen: Seen<'_>) -> bool {
        let text = self.sources.get(seen.file.source).text();
        started::starts_a_program(text, seen.sighting.span.range().start)
    }

    /// A start script that serves the front end, and starts what is behind it,
    /// where no program allows it to be.
    fn judge_started(&self, seen: Seen<'_>, origins: &[Seen<'_>]) -> Option<Disagreement> {
        let front = self.started_front(seen)?;
        let port = seen.sighting.ports.first();
        let meant: Vec<&Seen<'_>> = origins.iter().filter(|origin| self.means(**origin, front)).collect();
        let is_allowed = meant.iter().any(|origin| origin.sighting.ports.contains(port));
        let starts_both = self.started_beside(seen).any(|other| self.starts_a_program(other));
        if !starts_both || meant.is_empty() || is_allowed {
            return None;
        }
        let right = meant.into_iter().map(|origin| wrong(*origin, "allowed, or taken for it")).collect();
        Some(Disagreement { right, ..found(front, vec![wrong(seen, "started on")], Confidence::High) })
    }

    /// A start script that starts what is behind the front end which it serves
    /// where that does not look for it.
    fn judge_started_behind(&self, seen: Seen<'_>, used: &[Seen<'_>]) -> Option<Disagreement> {
        if !self.starts_a_program(seen) {
            return None;
        }
        let front = self.started_beside(seen).find_map(|other| self.started_front(other))?;
        let asks = |other: &&Seen<'_>| {
            let port = other.sighting.ports.first();
            let is_url = matches!(other.sighting.role, Role::Connect | Role::Fallback) && is_here(**other);
            is_url
                && !front.folder.is_empty()
                && is_below(&other.file.path, &front.folder)
                && !front.may_have(port)
        };
        let asked: Vec<&Seen<'_>> = used.iter().filter(asks).collect();
        let ports = asked.first()?.sighting.ports;
        let is_one = asked.iter().all(|other| other.sighting.ports == ports);
        let is_started = self.started_beside(seen).any(|other| other.sighting.ports.overlaps(ports));
        // What the script passes on may tell the front end.
        let is_passed = seen
            .file
            .reading
            .sightings
            .iter()
            .any(|other| other.variable.is_some() && other.ports.overlaps(seen.sighting.ports));
        if !is_one || is_started || is_passed || ports.overlaps(seen.sighting.ports) {
            return None;
        }
        let text = self.sources.get(seen.file.source).text();
        let folder = started::folder(text, seen.sighting.span.range().start);
        Some(Disagreement {
            topic: Topic::Listening,
            subject: folder.unwrap_or_else(|| "the back end".to_owned()),
            wrong: vec![wrong(seen, "started on")],
            right: asked.into_iter().map(|other| wrong(*other, "looked for")).collect(),
            confidence: Confidence::High,
        })
    }

    /// What opens a front end on a port that it is not served on.
    fn judge_opener(&self, seen: Seen<'_>) -> Option<Disagreement> {
        if !self.opens(seen) {
            return None;
        }
        let path = &seen.file.path;
        let own = self.links.sides.front_of(path);
        let shell = path.split_once("src-tauri/").map(|(above, _)| above.trim_end_matches('/'));
        let front = shell
            .and_then(|above| self.links.sides.fronts.iter().find(|front| front.folder == above))
            .or(own.filter(|front| {
                is_below(path, &front.folder)
                    && (!front.folder.is_empty() || self.links.sides.fronts.len() == 1)
            }))
            .or_else(|| self.links.sides.only_front(path))?;
        let port = seen.sighting.ports.first();
        if front.served.is_empty() || front.may_have(port) || self.is_stated(port, seen, front) {
            return None;
        }
        // It may open a program that says nowhere where it listens.
        let is_sure = !self.links.sides.has_others || is_of_fronts(port);
        let confidence = if is_sure { Confidence::High } else { Confidence::Medium };
        Some(found(front, vec![wrong(seen, "opened")], confidence))
    }

    /// A constant that is named as the front end's port.
    fn judge_constant(&self, seen: Seen<'_>) -> Option<Disagreement> {
        let sighting = seen.sighting;
        let is_number = matches!(sighting.role, Role::Define | Role::Fallback) && sighting.host.is_none();
        let words = words_of(sighting.variable.as_deref()?);
        let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
        let is_known = words.iter().all(|word| {
            FRONTENDS.contains(&word.as_str())
                || BACKENDS.contains(&word.as_str())
                || ["port", "dev", "default", "listen", "vite", "local", "host"].contains(&word.as_str())
        });
        let is_own = seen.file.is_source_code() || matches!(seen.file.reader, "shell" | "makefile");
        if !is_number || !is_own || !is_known || words.last().is_none_or(|word| word != "port") {
            return None;
        }
        let (path, number) = (&seen.file.path, sighting.ports.first());
        if has(&["frontend", "client"]) && !has(BACKENDS) {
            let front = self.links.sides.only_front(path)?;
            let is_else =
                front.served.is_empty() || front.may_have(number) || self.is_stated(number, seen, front);
            return (!is_else).then(|| found(front, vec![wrong(seen, "defined")], sighting.confidence));
        }
        // A development server's own configuration, of the program that it hands on to.
        let is_handed = has(BACKENDS) && self.links.sides.front_of(path).is_some();
        let back = self.links.sides.only_back(path).filter(|_| is_handed)?;
        let is_else = back.may_have(number)
            || self.links.open.contains(&number.get())
            || back.component.as_deref() == Some(self.links.layout.component_of(path));
        (!is_else && back.stated().next().is_some()).then(|| Disagreement {
            topic: Topic::Address,
            subject: back.name().to_owned(),
            wrong: vec![wrong(seen, "looked for")],
            right: back.stated().cloned().collect(),
            confidence: sighting.confidence,
        })
    }

    /// The origins that programs allow, or know the front end by, of which none
    /// is where it is served.
    fn judge_origins(&self, all: &[Seen<'_>]) -> Vec<Disagreement> {
        let mut judged = Vec::new();
        for front in self.links.sides.fronts.iter().filter(|front| !front.served.is_empty()) {
            let own: Vec<Seen<'_>> = all.iter().copied().filter(|seen| self.means(*seen, front)).collect();
            let ports: BTreeSet<Port> = own.iter().map(|seen| seen.sighting.ports.first()).collect();
            let is_met = ports.iter().any(|port| front.may_have(*port));
            let is_else = own.iter().any(|seen| self.is_stated(seen.sighting.ports.first(), *seen, front));
            if !own.is_empty() && !is_met && !is_else {
                let wrong = own.iter().map(|seen| wrong(*seen, "allowed, or taken for it")).collect();
                judged.push(found(front, wrong, Confidence::High));
            }
        }
        judged
    }

    fn means(&self, seen: Seen<'_>, front: &Front) -> bool {
        self.links.sides.only_front(&seen.file.path).is_some_and(|only| only.folder == front.folder)
    }

    /// Whether a URL is one that a program behind a front end knows that by.
    fn is_origin(&self, seen: Seen<'_>) -> bool {
        let sighting = seen.sighting;
        let is_own = self.links.sides.fronts.iter().any(|front| {
            !front.folder.is_empty() && self.links.layout.component_of(&seen.file.path) == front.folder
        });
        let is_url = matches!(sighting.role, Role::Connect | Role::Fallback | Role::Assign | Role::Define);
        if is_own || !is_url || !is_here(seen) || self.opens(seen) {
            return false;
        }
        let port = sighting.ports.first();
        if well_known(port).is_some() && !is_framework_default(port) {
            return false;
        }
        let words = sighting.variable.as_deref().map(words_of).unwrap_or_default();
        let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
        if has(ANOTHERS) {
            return false;
        }
        // A program trusts itself, too, where nothing says where it listens.
        let may_be_itself =
            self.links.sides.has_others && !is_of_fronts(port) && !matches!(port.get(), 3000 | 3001);
        let is_listed = || seen.file.is_source_code() && self.is_in_a_list_of_origins(seen);
        has(&FRONTENDS[..3]) || !may_be_itself && (has(&["cors", "origin", "origins"]) || is_listed())
    }

    /// Whether what stands before a URL, in its line or a few above, opens a list of origins.
    fn is_in_a_list_of_origins(&self, seen: Seen<'_>) -> bool {
        let before = self.before(seen, 240);
        let Some(at) = before.rfind("origin") else { return false };
        // A list that was closed since is another's.
        let since = &before[at..];
        !since.contains([']', '}', ';']) && since.contains(['[', '(', ':', '=', '{'])
    }
}

fn found(front: &Front, wrong: Vec<Statement>, confidence: Confidence) -> Disagreement {
    Disagreement {
        topic: Topic::Address,
        subject: front.name().to_owned(),
        wrong,
        right: front.served.clone(),
        confidence,
    }
}
