//! What contradicts what, as plain data; the rules put it into words.

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
    let mut merged: Vec<Disagreement> = Vec::new();
    for mut one in found {
        let is_same = |other: &&mut Disagreement| {
            let same_mistake = other.topic == one.topic
                && other.subject == one.subject
                && other.wrong.first().map(|wrong| wrong.ports) == one.wrong.first().map(|wrong| wrong.ports)
                && other.confidence == one.confidence;
            let same_place = other
                .wrong
                .iter()
                .any(|wrong| Some(wrong.place) == one.wrong.first().map(|first| first.place));
            same_mistake || same_place
        };
        match merged.iter_mut().find(is_same) {
            Some(known) => {
                known.confidence = known.confidence.max(one.confidence);
                add_new(&mut known.wrong, &mut one.wrong);
                add_new(&mut known.right, &mut one.right);
            }
            None => merged.push(one),
        }
    }
    merged
}

fn add_new(known: &mut Vec<Statement>, more: &mut Vec<Statement>) {
    for statement in more.drain(..) {
        if known.iter().all(|other| other.place != statement.place) {
            known.push(statement);
        }
    }
}
