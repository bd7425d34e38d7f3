//! What contradicts what, as plain data; the rules put it into words.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::diagnostic::Confidence;
use crate::model::PortRange;
use crate::source::Place;

/// A place that states a port, and what it says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The number that it says.
    pub ports: PortRange,
    /// Where the number stands.
    pub place: Place,
    /// What it is there, for a label: `published`, `exposed`, `listened on`.
    pub role: &'static str,
}

/// What two places disagree about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Topic {
    /// A service is reached on a port that its container does not have.
    Reference,
    /// A port of the host stands where one of the container belongs.
    WrongSide,
    /// A health check asks a port that its container does not have.
    HealthCheck,
    /// The places that say what a program listens on disagree.
    Listening,
    /// The fallback beside a variable is not the value that it is given.
    Fallback,
    /// One variable has several numbers.
    Variable,
    /// A document gives a service another number.
    Document,
    /// A document sends people to a service on a port that another one publishes.
    Neighbour,
    /// A URL for a service on this machine has a port that it does not have there.
    Address,
}

/// Places that speak of one thing and say different numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disagreement {
    /// What they disagree about.
    pub topic: Topic,
    /// The service, variable or folder that they speak of.
    pub subject: String,
    /// The places that are most likely wrong; there is one at least.
    pub wrong: Vec<Statement>,
    /// The places that say otherwise, the most authoritative first.
    pub right: Vec<Statement>,
    /// How sure it is.
    pub confidence: Confidence,
}

impl Disagreement {
    /// The numbers of places, each once, in order: `8000` or `8000 and 9000`.
    pub fn numbers(statements: &[Statement]) -> String {
        let mut numbers: Vec<PortRange> = Vec::new();
        for statement in statements {
            if !numbers.contains(&statement.ports) {
                numbers.push(statement.ports);
            }
        }
        let mut words: Vec<String> = numbers.iter().take(4).map(PortRange::to_string).collect();
        if numbers.len() > 4 {
            words.push("others".to_owned());
        }
        match words.pop() {
            Some(last) if words.is_empty() => last,
            Some(last) => format!("{} and {last}", words.join(", ")),
            None => String::new(),
        }
    }
}

/// Puts what is one mistake together: one subject that is given one wrong
/// number for one reason, and what points at one place for several.
pub(super) fn merge(found: Vec<Disagreement>) -> Vec<Disagreement> {
    let mut merged = Merged::default();
    found.into_iter().for_each(|one| merged.add(one));
    merged.all
}

/// What makes two of them one mistake.
type Mistake = (Topic, String, Option<PortRange>, Confidence);

/// Disagreements that are put together, found again by what they are about.
#[derive(Default)]
struct Merged {
    all: Vec<Disagreement>,
    by_mistake: HashMap<Mistake, BTreeSet<usize>>,
    /// The first that has a place among those that are wrong.
    by_place: HashMap<Place, usize>,
    /// The places that each one has, on either side.
    wrong: Vec<HashSet<Place>>,
    right: Vec<HashSet<Place>>,
}

fn mistake(one: &Disagreement) -> Mistake {
    (one.topic, one.subject.clone(), one.wrong.first().map(|wrong| wrong.ports), one.confidence)
}

impl Merged {
    fn add(&mut self, one: Disagreement) {
        let same_mistake = self.by_mistake.get(&mistake(&one)).and_then(BTreeSet::first);
        let same_place = one.wrong.first().and_then(|wrong| self.by_place.get(&wrong.place));
        match same_mistake.into_iter().chain(same_place).copied().min() {
            Some(index) => self.join(index, one),
            None => self.push(one),
        }
    }

    fn push(&mut self, one: Disagreement) {
        let index = self.all.len();
        self.by_mistake.entry(mistake(&one)).or_default().insert(index);
        for wrong in &one.wrong {
            self.by_place.entry(wrong.place).or_insert(index);
        }
        self.wrong.push(one.wrong.iter().map(|wrong| wrong.place).collect());
        self.right.push(one.right.iter().map(|right| right.place).collect());
        self.all.push(one);
    }

    fn join(&mut self, index: usize, one: Disagreement) {
        let known = &mut self.all[index];
        if one.confidence > known.confidence {
            self.by_mistake.entry(mistake(known)).or_default().remove(&index);
            known.confidence = one.confidence;
            self.by_mistake.entry(mistake(known)).or_default().insert(index);
        }
        for wrong in &one.wrong {
            let first = self.by_place.entry(wrong.place).or_insert(index);
            *first = index.min(*first);
        }
        add_new(&mut known.wrong, &mut self.wrong[index], one.wrong);
        add_new(&mut known.right, &mut self.right[index], one.right);
    }
}

fn add_new(known: &mut Vec<Statement>, places: &mut HashSet<Place>, more: Vec<Statement>) {
    known.extend(more.into_iter().filter(|statement| places.insert(statement.place)));
}
