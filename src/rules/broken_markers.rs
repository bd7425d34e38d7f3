//! A block whose markers are not one pair.

use super::Check;
use crate::diagnostic::{Finding, printable};
use crate::model::{Condition, Marker, Problem};
use crate::source::Place;

declare_rule! {
    /// Finds a block whose markers are missing, unpaired, nested or repeated.
    ///
    /// ## What it does
    /// Looks in the file of every block output for its two marker lines.
    ///
    /// ## Why is this bad?
    /// Without them nobody can say which lines are portgen's: nothing is
    /// written.
    ///
    /// ## Example
    /// ```toml
    /// [project]
    /// name = "shop"
    ///
    /// [services.api]
    /// port = 9000
    ///
    /// [[output]]
    /// path = ".env"
    /// target = "dotenv"
    ///
    /// [[output]]
    /// path = ".env.example"
    /// target = "dotenv"
    /// ```
    /// ```text .env
    /// # >>> portgen:dotenv >>> # error
    /// API_PORT=9000
    /// ```
    /// ```text .env.example
    /// LOG_LEVEL=info # error
    /// ```
    ///
    /// ## Known limitations
    /// Markers with another id are another block's and are not looked for.
    "broken-markers", Deny, Check::Condition(check)
}

fn check(condition: &Condition) -> Option<Finding> {
    match &condition.problem {
        Problem::Markers { id, found, other, marker, snippet } => {
            let markers = Markers { id, found: *found, other: *other, marker: *marker, snippet };
            Some(broken(condition, &markers))
        }
        Problem::Uninsertable { found, reason, movable: true } => Some(in_the_way(condition, found, reason)),
        Problem::Uninsertable { found, reason, movable: false } => Some(no_place(condition, found, reason)),
        _ => None,
    }
}

/// The markers of one block, as they stand in the file.
struct Markers<'a> {
    id: &'a str,
    found: Place,
    other: Option<Place>,
    marker: Marker,
    snippet: &'a str,
}

fn broken(condition: &Condition, markers: &Markers<'_>) -> Finding {
    let &Markers { id, found, other, marker, snippet } = markers;
    let path = printable(&condition.path);
    let snippet = snippet.trim_end();
    let (message, label, other_label) = match marker {
        Marker::Absent => (format!("{path} has no markers for the block `{id}`"), "not found up to here", ""),
        Marker::Unclosed => (format!("a block in {path} does not end"), "starts here", "before this"),
        Marker::Unopened => (format!("a block in {path} does not start"), "ends here", "after this"),
        Marker::Nested => {
            (format!("a block in {path} starts inside another"), "starts here", "inside this one")
        }
        Marker::Repeated => (format!("a block stands twice in {path}"), "and again here", "first here"),
    };
    let help = match marker {
        Marker::Absent => {
            format!("paste these lines where the block belongs, or run `portgen render --insert`:\n{snippet}")
        }
        _ => format!("let the file have these two lines once, in this order:\n{snippet}"),
    };
    let mut finding = Finding::new(RULE.name, found, message).label(label);
    if let Some(other) = other {
        finding = finding.related(other, other_label);
    }
    finding.related(condition.declared, "declared here").help(help)
}

fn in_the_way(condition: &Condition, found: &[Place], reason: &str) -> Finding {
    let (first, rest) = found.split_first().map_or((condition.declared, found), |(first, rest)| (*first, rest));
    let mut finding = uninsertable(condition, first, reason).label("in the way");
    for place in rest {
        finding = finding.related(*place, "in the way");
    }
    finding.related(condition.declared, "declared here").help(
        "run `portgen render --insert --adopt` to move the lines in the way into the block, or place the markers by hand",
    )
}

fn no_place(condition: &Condition, found: &[Place], reason: &str) -> Finding {
    let help = "write into the file what is to hold the block, or place the markers by hand";
    match found.first().filter(|place| **place != condition.declared) {
        Some(place) => uninsertable(condition, *place, reason)
            .label("looked for from here")
            .related(condition.declared, "declared here")
            .help(help),
        None => uninsertable(condition, condition.declared, reason).label("declared here").help(help),
    }
}

fn uninsertable(condition: &Condition, at: Place, reason: &str) -> Finding {
    let message = format!("the block cannot be inserted into {}: {reason}", printable(&condition.path));
    Finding::new(RULE.name, at, message)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{condition, place, word};
    use super::*;

    fn markers(marker: Marker, other: Option<Place>) -> Finding {
        let snippet = "# >>> portgen:ports >>>\n# <<< portgen:ports <<<\n".to_owned();
        word(&RULE, &condition(Problem::Markers { id: "ports".to_owned(), found: place(9), other, marker, snippet }))
    }

    #[test]
    fn missing_markers_come_with_the_lines_to_paste() {
        let finding = markers(Marker::Absent, None);
        assert_eq!(finding.message, "src/ports.py has no markers for the block `ports`");
        let help = finding.help.expect("a help");
        assert!(help.contains("portgen render --insert"), "{help}");
        assert!(help.ends_with("# >>> portgen:ports >>>\n# <<< portgen:ports <<<"), "{help}");
    }

    #[test]
    fn markers_at_odds_are_both_labelled() {
        let check = |marker, message: &str, other: &str| {
            let finding = markers(marker, Some(place(2)));
            assert_eq!(finding.message, message);
            assert_eq!(finding.primary.place, place(9));
            assert_eq!(finding.related.first().map(|label| label.text.as_str()), Some(other));
        };
        check(Marker::Unclosed, "a block in src/ports.py does not end", "before this");
        check(Marker::Unopened, "a block in src/ports.py does not start", "after this");
        check(Marker::Nested, "a block in src/ports.py starts inside another", "inside this one");
        check(Marker::Repeated, "a block stands twice in src/ports.py", "first here");
    }

    #[test]
    fn lines_in_the_way_of_an_insertion_are_all_named() {
        let reason = "the file already sets API_PORT outside the block".to_owned();
        let problem = Problem::Uninsertable { found: vec![place(4), place(6)], reason, movable: true };
        let finding = word(&RULE, &condition(problem));
        assert_eq!(finding.primary.place, place(4));
        let places: Vec<Place> = finding.related.iter().map(|label| label.place).collect();
        assert_eq!(places, [place(6), place(1)]);
        assert!(finding.message.ends_with("already sets API_PORT outside the block"));
        assert!(finding.help.expect("a help").contains("--adopt"));
    }

    #[test]
    fn adopting_is_no_way_out_where_there_is_nothing_to_move() {
        for found in [place(4), place(1)] {
            let reason = "the file has no service `api`".to_owned();
            let finding =
                word(&RULE, &condition(Problem::Uninsertable { found: vec![found], reason, movable: false }));
            assert_eq!(finding.primary.place, found);
            assert!(!finding.help.expect("a help").contains("--adopt"));
            assert_eq!(finding.related.len(), usize::from(found != place(1)));
        }
    }
}
