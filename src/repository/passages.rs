//! The passage of a document that a number stands in: below which heading,
//! behind which commands, and whether it sends people to the number.

use std::collections::{HashMap, HashSet};

use super::File;
use super::dialect::{in_markdown, is_asciidoc};
use super::ways::starts_otherwise;
use crate::readers::Sighting;
use crate::source::{Place, SourceId};

/// What a passage says of the numbers in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Passage {
    /// The heading above it.
    pub(super) heading: String,
    /// How many sections begin above it.
    pub(super) section: usize,
    /// Whether its sentence says where to look or what listens there, and means it.
    pub(super) is_pointed_at: bool,
    /// Whether it speaks of another time, of what could be, or of the inside of a container.
    pub(super) is_doubtful: bool,
    /// Whether what it shows is what somebody may write instead.
    pub(super) is_a_change: bool,
    /// Whether commands below the same heading start everything with Compose, and nothing otherwise.
    pub(super) is_by_compose: bool,
}

/// The passages of documents, by the places of numbers in them.
#[derive(Clone, Debug, Default)]
pub(super) struct Passages {
    known: HashMap<(SourceId, usize), Passage>,
    /// Numbers that documents only suppose: `Suppose you change 3000 to 3001`.
    supposed: HashSet<(SourceId, u16)>,
}

impl Passages {
    /// Adds those of a document.
    pub(super) fn add(&mut self, file: &File, text: &str) {
        for (start, passage) in passages(text, &file.reading.sightings, is_asciidoc(file)) {
            self.known.insert((file.source, start), passage);
        }
        let supposes = |line: &&str| has_word(&line.to_lowercase(), &["suppose", "imagine", "supposing"]);
        for line in text.lines().filter(supposes) {
            let numbers = line.split(|letter: char| !letter.is_ascii_digit());
            self.supposed.extend(numbers.filter_map(|number| Some((file.source, number.parse().ok()?))));
        }
    }

    /// Whether a document only supposes a number.
    pub(super) fn is_supposed(&self, source: SourceId, port: u16) -> bool {
        self.supposed.contains(&(source, port))
    }

    /// The passage of a number.
    pub(super) fn of(&self, place: Place) -> Option<&Passage> {
        self.known.get(&(place.source, place.span.range().start))
    }
}

/// Words that send people to an address, or say what answers there.
const POINTS: &[&str] = &[
    "open",
    "opens",
    "visit",
    "navigate",
    "navigating",
    "browse",
    "browser",
    "goto",
    "go",
    "access",
    "head",
    "point",
    "running",
    "run",
    "runs",
    "listening",
    "listens",
    "listen",
    "available",
    "served",
    "serves",
    "accessible",
    "reach",
    "reachable",
    "live",
    "view",
    "launch",
    "curl",
    "check",
    "see",
    "up",
    "starts",
    "start",
    "started",
    "acesse",
    "abra",
    "accede",
    "abre",
    "rodando",
];

/// Words of what could be, of what was, and of the inside of containers.
const DOUBTS: &[&str] = &[
    "callback",
    "redirect",
    "origin",
    "origins",
    "cors",
    "proxy",
    "proxies",
    "webhook",
    "if",
    "instead",
    "previously",
    "formerly",
    "was",
    "were",
    "old",
    "another",
    "other",
    "change",
    "changed",
    "replace",
    "expects",
    "assumes",
    "override",
    "conflict",
    "conflicts",
    "already",
    "forward",
    "forwards",
    "tunnel",
    "container",
    "containers",
    "inside",
    "internal",
    "internally",
    "internal-only",
    "network",
    "customize",
    "custom",
    "different",
    "want",
    "edit",
    "legacy",
    "deprecated",
    "ssh",
    "production",
    "configure",
    "configured",
    "make",
    "ensure",
    "requires",
    "required",
    "prerequisite",
    "prerequisites",
    "own",
    "add",
    "would",
    "could",
    "either",
    "example",
    "e.g",
    "allow",
    "suppose",
    "whitelist",
    "mock",
    "stub",
];

fn passages(text: &str, sightings: &[Sighting], is_asciidoc: bool) -> Vec<(usize, Passage)> {
    let mut found = Vec::new();
    let mut starts = sightings.iter().map(|sighting| sighting.span.range().start).peekable();
    let mut walk = Walk::default();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let end = at + line.len();
        walk.pass(in_markdown(line, is_asciidoc).trim());
        while let Some(start) = starts.next_if(|start| *start < end) {
            if start >= at {
                let passage = walk.passage(line.get(..start - at).unwrap_or(line), line);
                found.push((start, passage));
            }
        }
        at = end;
        if starts.peek().is_none() {
            break;
        }
    }
    found
}

/// A walk down the lines of a document.
#[derive(Default)]
struct Walk {
    heading: String,
    section: usize,
    is_in_fence: bool,
    composes: bool,
    starts_otherwise: bool,
    /// The last line of text before a fence.
    lead: String,
    last: String,
}

impl Walk {
    fn pass(&mut self, line: &str) {
        if line.starts_with("```") || line.starts_with("~~~") {
            self.is_in_fence = !self.is_in_fence;
            if self.is_in_fence {
                self.lead.clone_from(&self.last);
            }
            return;
        }
        if line.contains("docker compose") || line.contains("docker-compose") {
            self.composes |= starts_all(line);
        }
        self.starts_otherwise |= starts_otherwise(line);
        if self.is_in_fence || line.is_empty() {
            return;
        }
        let is_rule = line.len() >= 3 && line.bytes().all(|byte| matches!(byte, b'=' | b'-'));
        if is_rule && !self.last.is_empty() {
            let heading = std::mem::take(&mut self.last);
            self.enter(&heading);
        } else if let Some(heading) = line.strip_prefix('#') {
            self.enter(heading.trim_matches(['#', ' ']));
        } else {
            self.section += usize::from(is_title(line));
            line.clone_into(&mut self.last);
        }
    }

    fn enter(&mut self, heading: &str) {
        heading.clone_into(&mut self.heading);
        self.section += 1;
        self.last.clear();
        (self.composes, self.starts_otherwise) = (false, false);
    }

    fn passage(&self, before: &str, line: &str) -> Passage {
        let lower = line.to_lowercase();
        let is_command = self.is_in_fence && {
            let command = line.trim_start_matches([' ', '$', '>', '#']);
            ["curl ", "open ", "xdg-open ", "wget ", "http "].iter().any(|start| command.starts_with(start))
        };
        let lead = self.lead.to_lowercase();
        let is_a_change = self.is_in_fence && has_word(&lead, DOUBTS);
        let is_doubtful = has_word(&lower, DOUBTS) || is_a_change;
        let sentence = before.rsplit(". ").next().unwrap_or(before).to_lowercase();
        let is_pointed_at = !is_doubtful && (is_command || !self.is_in_fence && has_word(&sentence, POINTS));
        Passage {
            heading: self.heading.clone(),
            section: self.section,
            is_pointed_at,
            is_doubtful,
            is_a_change,
            is_by_compose: self.composes && !self.starts_otherwise,
        }
    }
}

/// Whether a line is a heading in all but its markup: `WITH DOCKER`, `**Docker**`.
fn is_title(line: &str) -> bool {
    let is_short = line.len() <= 60 && !line.bytes().any(|byte| byte.is_ascii_digit());
    let is_loud = line.chars().filter(|letter| letter.is_alphabetic()).count() > 3
        && !line.chars().any(char::is_lowercase);
    let is_bold = line.starts_with("**") && line.trim_end_matches(':').ends_with("**");
    is_short && (is_loud || is_bold)
}

/// Whether a command starts all that a compose file has: no service is named
/// behind `up`.
pub(super) fn starts_all(line: &str) -> bool {
    let mut words = line.split_ascii_whitespace().skip_while(|word| word.trim_matches(['`', '*']) != "up");
    let ends = |word: &str| word.ends_with('`');
    let Some(up) = words.next() else { return false };
    ends(up) || words.next().is_none_or(|next| !next.starts_with(|first: char| first.is_alphabetic()))
}

fn has_word(lower: &str, list: &[&str]) -> bool {
    lower
        .split(|character: char| !(character.is_alphanumeric() || matches!(character, '-' | '.')))
        .any(|word| list.contains(&word.trim_matches(['-', '.'])))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(text: &str) -> Passage {
        let path = crate::readers::FilePath::new("README.md");
        let Some((_, reading)) = crate::readers::read(&path, text) else { return Passage::default() };
        passages(text, &reading.sightings, false)
            .into_iter()
            .next()
            .map(|(_, passage)| passage)
            .unwrap_or_default()
    }

    #[test]
    fn a_passage_sends_people_or_speaks_of_what_could_be() {
        for (text, expected) in [
            ("Open http://localhost:3000.", true),
            ("Your app should now be running on [localhost:5000](http://localhost:5000/).", true),
            ("$ ```\n$ curl localhost:8080\n```\nOpen http://localhost:8080", true),
            ("The redirect URI is http://localhost:3000/callback; open it.", false),
            ("If you run the client, open http://localhost:3000.", false),
            ("API: http://localhost:3000", false),
        ] {
            assert_eq!(first(text).is_pointed_at, expected, "{text}");
        }
    }

    #[test]
    fn a_passage_stands_below_a_heading_and_behind_commands() {
        let passage =
            first("# Shop\n## Grafana\nRun:\n```\ndocker compose up -d\n```\nOpen http://localhost:3000");
        assert_eq!((passage.heading.as_str(), passage.is_by_compose), ("Grafana", true));
        let passage =
            first("Shop\n----\n`docker compose up db`, `npm run dev`\n\nOpen http://localhost:3000");
        assert_eq!((passage.heading.as_str(), passage.is_by_compose), ("Shop", false));
    }
}
