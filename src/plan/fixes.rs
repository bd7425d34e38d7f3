//! Changes that mend findings, as the texts that they make.

use std::collections::BTreeMap;
use std::ops::Range;

use super::Change;
use super::diff::{self, PART_CONTEXT};
use super::edit::{self, Edit};
use crate::diagnostic::Fix;
use crate::source::Sources;

/// Why a change is not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfixed {
    /// Another change of the same place comes first.
    Overlaps,
    /// The file cannot be written, or is portgen's own there.
    Refused,
}

/// A file's text after changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FixedFile {
    /// Its path, as its source is named.
    pub path: String,
    /// Its text before.
    pub before: String,
    /// Its text after.
    pub after: String,
}

impl FixedFile {
    /// What changes, as a unified diff; lines around it are left out, for they
    /// may hold secrets.
    pub fn diff(&self) -> String {
        diff::unified(&self.path, Some(&self.before), Some(&self.after), PART_CONTEXT)
    }

    /// The step that writes it, at its path in the project.
    pub fn step(self, path: crate::model::RelativePath) -> super::Step {
        let (before, after) = (Some(self.before), Some(self.after));
        super::Step { path, before, after, change: Change::Updated, outcomes: Vec::new() }
    }
}

/// What becomes of changes that are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fixes {
    /// The files that change, by path.
    pub files: Vec<FixedFile>,
    /// Of each change, why it is not made; `None` where it is.
    pub outcomes: Vec<Option<Unfixed>>,
}

/// Joins changes in their order: each is made as a whole or not at all, and of
/// two that overlap the first is made. What is the same as one before it is done.
///
/// `may_write` tells of a path and a range of its bytes whether they may change.
pub fn fixes(wanted: &[&Fix], sources: &Sources, may_write: &dyn Fn(&str, Range<usize>) -> bool) -> Fixes {
    let mut files: BTreeMap<&str, (&str, Vec<Edit>)> = BTreeMap::new();
    let mut outcomes = Vec::new();
    for fix in wanted {
        let mut news: Vec<(&str, &str, Edit)> = Vec::new();
        let mut outcome = None;
        for edit in &fix.edits {
            let (source, range) = (sources.get(edit.place.source), edit.place.span.range());
            let new = Edit { range: range.clone(), text: edit.text.clone() };
            let known = files.get(source.name());
            if known.is_some_and(|(_, edits)| edits.contains(&new)) {
                continue;
            }
            let is_taken =
                known.is_some_and(|(_, edits)| edits.iter().any(|edit| clash(&edit.range, &range)));
            let is_text = source.text().get(range.clone()).is_some();
            if !is_text || !may_write(source.name(), range) {
                outcome = Some(Unfixed::Refused);
            } else if is_taken {
                outcome = Some(Unfixed::Overlaps);
            }
            news.push((source.name(), source.text(), new));
        }
        if outcome.is_none() {
            for (path, text, edit) in news {
                files.entry(path).or_insert((text, Vec::new())).1.push(edit);
            }
        }
        outcomes.push(outcome);
    }
    let files = files.into_iter().map(|(path, (before, mut edits))| FixedFile {
        path: path.to_owned(),
        before: before.to_owned(),
        after: edit::apply(before, &mut edits),
    });
    Fixes { files: files.filter(|file| file.before != file.after).collect(), outcomes }
}

/// Whether two changes are in each other's way: they share a byte, insert at
/// one place, or one inserts inside the other.
fn clash(one: &Range<usize>, other: &Range<usize>) -> bool {
    one == other || (one.start < other.end && other.start < one.end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Edit as Replacement;
    use crate::source::Place;

    fn check(text: &str, fixes: &[&[(Range<usize>, &str)]], expect: &str, outcomes: &[Option<Unfixed>]) {
        let mut sources = Sources::new();
        let source = sources.add("a", text);
        let edit = |(range, text): &(Range<usize>, &str)| Replacement {
            place: Place::new(source, range.clone()),
            text: (*text).to_owned(),
        };
        let all: Vec<Fix> = fixes
            .iter()
            .map(|edits| Fix { title: String::new(), safe: true, edits: edits.iter().map(edit).collect() })
            .collect();
        let found = super::fixes(&all.iter().collect::<Vec<_>>(), &sources, &|_, range| range.start != 9);
        let after = found.files.first().map_or(text, |file| file.after.as_str());
        assert_eq!((after, found.outcomes.as_slice()), (expect, outcomes));
    }

    #[test]
    fn changes_are_made_whole_and_the_first_of_two_wins() {
        let text = "\u{feff}a=1\r\nb=2\r\n";
        check(
            text,
            &[&[(5..6, "10")], &[(3..3, "x"), (10..11, "20")]],
            "\u{feff}xa=10\r\nb=20\r\n",
            &[None, None],
        );
        check(
            text,
            &[&[(5..6, "10")], &[(4..7, "=3")]],
            "\u{feff}a=10\r\nb=2\r\n",
            &[None, Some(Unfixed::Overlaps)],
        );
        check(text, &[&[(5..6, "10")], &[(5..6, "10")]], "\u{feff}a=10\r\nb=2\r\n", &[None, None]);
        check(text, &[&[(5..6, "10"), (9..9, "x")]], text, &[Some(Unfixed::Refused)]);
        check(text, &[&[(90..91, "")]], text, &[Some(Unfixed::Refused)]);
    }
}
