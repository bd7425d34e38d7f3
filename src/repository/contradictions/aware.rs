//! Lines that know of the other number: `changed from 8080 to 8082`, or
//! `localhost:5432  # the container has 5433`. Who wrote both meant both.

use crate::diagnostic::Confidence;
use crate::repository::disagreement::{Disagreement, Statement, Topic};
use crate::source::{Sources, Span};

/// Doubts what is said to be wrong where its own line also states a number that is right.
pub(in crate::repository) fn doubt_aware_lines(found: &mut [Disagreement], sources: &Sources) {
    let speaks = |one: &&mut Disagreement| {
        one.confidence == Confidence::High && matches!(one.topic, Topic::Document | Topic::Address)
    };
    for one in found.iter_mut().filter(speaks) {
        let right: Vec<u16> = one.right.iter().filter_map(number).collect();
        let is_aware = |wrong: &Statement| {
            let text = sources.get(wrong.place.source).text();
            line_around(text, wrong.place.span).is_some_and(|(line, at)| knows(line, at, &right))
        };
        if one.wrong.iter().all(is_aware) {
            one.confidence = Confidence::Medium;
        } else {
            one.wrong.retain(|wrong| !is_aware(wrong));
        }
    }
}

fn number(statement: &Statement) -> Option<u16> {
    let is_of_machine = matches!(statement.role, "published" | "listened on" | "documented" | "set");
    (is_of_machine && statement.ports.len() == 1).then(|| statement.ports.first().get())
}

/// The line that a number stands in, and where in it.
fn line_around(text: &str, span: Span) -> Option<(&str, std::ops::Range<usize>)> {
    let range = span.range();
    let start = text.get(..range.start)?.rfind('\n').map_or(0, |at| at + 1);
    let rest = text.get(start..)?;
    let line = rest.split('\n').next()?;
    Some((line, range.start - start..range.end - start))
}

/// Whether a line says one of some numbers, apart from the one at a place. The
/// cells of a table, the two sides of a mapping and the two halves of a link
/// are said together for another reason.
fn knows(line: &str, at: std::ops::Range<usize>, right: &[u16]) -> bool {
    // Of a container the two sides are told, whichever is wrong.
    if line.trim_start().starts_with('|') || line.contains("container") {
        return false;
    }
    let (Some(before), Some(after)) = (line.get(..at.start), line.get(at.end..)) else { return false };
    let is_link = before.contains("](") || after.contains("](");
    let is_mapping = after.starts_with(':') || (before.ends_with(':') && ends_in_number(before));
    // `8081 instead of 8080` says that the other one was.
    let replaces = after.trim_start_matches(['*', '`', '_', ' ']).starts_with("instead of");
    let known = || numbers(before).chain(numbers(after)).any(|number| right.contains(&number));
    !is_link && !is_mapping && !replaces && known()
}

fn ends_in_number(before: &str) -> bool {
    before.trim_end_matches(':').ends_with(|last: char| last.is_ascii_digit())
}

fn numbers(text: &str) -> impl Iterator<Item = u16> {
    let words = text.split(|character: char| !character.is_alphanumeric() && character != '.');
    words.filter_map(|word| word.trim_matches('.').parse().ok()).filter(|number| *number > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_aware(line: &str, right: u16) -> bool {
        let start = line.find('~').unwrap_or(0);
        let line = line.replace('~', "");
        let end = line[start..].find(|byte: char| !byte.is_ascii_digit()).map_or(line.len(), |at| start + at);
        knows(&line, start..end, &[right])
    }

    #[test]
    fn who_writes_both_knows_both() {
        for line in [
            "URL=postgres://localhost:~5432/shop  # Docker has 5433",
            "We changed the UI's port from ~5432 to 5433.",
            "on port ~5432 (5433 outside)",
        ] {
            assert!(is_aware(line, 5433), "{line}");
        }
    }

    #[test]
    fn tables_mappings_and_links_say_numbers_side_by_side() {
        for line in [
            "| shop | ~5432 | 5433 |",
            "Compose maps port 5433 of the container to ~5432 of the host",
            "docker run -p ~5432:5433 shop",
            "[localhost:5433](http://localhost:~5432)",
            "Open http://localhost:~5432 in version 5.433",
            "localhost:~5432",
            "It runs on port **~5432** instead of 5433",
        ] {
            assert!(!is_aware(line, 5433), "{line}");
        }
    }
}
