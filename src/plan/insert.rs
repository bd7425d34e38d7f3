//! `--insert`: where a block belongs whose markers are missing, and which
//! lines outside it set the same names.

use std::collections::BTreeSet;
use std::ops::Range;

use regex::Regex;

use super::block::{WantedBlock, with_markers};
use super::edit::{self, Edit, Verdict};
use super::lines;
use super::markers::{self, Region};
use super::on_disk::OnDisk;
use super::{Anchor, Change, Options, compose, fence};
use crate::model::Problem;

/// Lines outside the block that set what it sets.
#[derive(Debug, Default)]
pub(super) struct Conflict {
    /// What they set, in the order of the file.
    pub(super) names: Vec<String>,
    /// Whole lines, with their endings, in the order of the file.
    pub(super) lines: Vec<Range<usize>>,
}

/// Where a block is put: before this byte, with this indentation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Position {
    pub(super) offset: usize,
    pub(super) indentation: String,
}

impl Conflict {
    /// Adds lines that set a name.
    pub(super) fn add(&mut self, name: &str, lines: Range<usize>) {
        if !self.names.iter().any(|known| known == name) {
            self.names.push(name.to_owned());
        }
        self.lines.push(lines);
    }
}

impl Position {
    /// Where lines stand.
    fn of_lines(text: &str, range: &Range<usize>) -> Self {
        let line = lines::lines(&text[range.clone()]).next();
        let indentation = line.map_or_else(String::new, |line| line.indentation().to_owned());
        Self { offset: range.start, indentation }
    }
}

/// Judges a block without markers, under `--insert`.
pub(super) fn judge(
    on_disk: &OnDisk<'_>,
    regions: &[Region<'_>],
    wanted: WantedBlock<'_>,
    options: Options,
) -> Verdict {
    let found = match wanted.anchor {
        Anchor::ByHand => {
            let end = on_disk.text.len();
            let reason = "it belongs inside an object, and only its author knows which".to_owned();
            Err(unclear(on_disk, end..end, reason))
        }
        Anchor::End => at_end(on_disk, regions, wanted),
        Anchor::ComposeService(service) => compose::find(on_disk, regions, service, wanted.text)
            .map(|(position, conflict)| (Some(position), conflict)),
    };
    let (position, conflict) = match found {
        Ok(found) => found,
        Err(problem) => return uninsertable(on_disk, wanted, problem),
    };
    if !conflict.lines.is_empty() && !options.adopt {
        let found = conflict.lines.iter().map(|range| on_disk.place(trimmed(on_disk.text, range)));
        let names = conflict.names.join(", ");
        let reason = format!("the file already sets {names} outside the block");
        let problem = Problem::Uninsertable { found: found.collect(), reason, movable: true };
        return uninsertable(on_disk, wanted, problem);
    }
    insertion(on_disk, wanted, position, &conflict)
}

/// What may be moved only by hand, at one place of a file.
pub(super) fn unclear(on_disk: &OnDisk<'_>, range: Range<usize>, reason: String) -> Problem {
    Problem::Uninsertable { found: vec![on_disk.place(range)], reason, movable: false }
}

fn uninsertable(on_disk: &OnDisk<'_>, wanted: WantedBlock<'_>, problem: Problem) -> Verdict {
    Verdict { refusal: Some(problem), ..super::block::absent(on_disk, wanted) }
}

/// Removes what the block takes over, and puts the block where the first of
/// it stood, else at its position, else at the end.
fn insertion(
    on_disk: &OnDisk<'_>,
    wanted: WantedBlock<'_>,
    position: Option<Position>,
    conflict: &Conflict,
) -> Verdict {
    let first = conflict.lines.first();
    let position = first.map(|range| Position::of_lines(on_disk.text, range)).or(position);
    let block = |indentation: &str| with_markers(wanted.id, wanted.text, wanted.comment, indentation);
    let absent = super::block::absent(on_disk, wanted);
    let mut edits: Vec<Edit> =
        conflict.lines.iter().map(|range| Edit { range: range.clone(), text: String::new() }).collect();
    let appended = match position {
        Some(Position { offset, indentation }) => {
            let text = placed(on_disk, &block(&indentation), first);
            edits.push(Edit { range: offset..offset, text });
            None
        }
        None => Some(block("")),
    };
    if let Some(problem) = unreadable(on_disk, wanted, &mut edits) {
        return uninsertable(on_disk, wanted, problem);
    }
    Verdict { change: Change::Updated, edits, appended, refusal: None, ..absent }
}

/// What is wrong where the consumer would not read the block that is put in.
fn unreadable(on_disk: &OnDisk<'_>, wanted: WantedBlock<'_>, edits: &mut [Edit]) -> Option<Problem> {
    let Anchor::ComposeService(service) = wanted.anchor else { return None };
    let after = edit::apply(on_disk.text, edits);
    let regions = markers::scan(&after, wanted.comment).unwrap_or_default();
    let region = regions.iter().find(|region| region.id == wanted.id.as_str());
    let is_read = region.and_then(|region| compose::is_read(&after, service, wanted.text, &region.all));
    let first_line = lines::lines(on_disk.text).next().map_or(0..0, |line| line.range());
    let reason = "the block would not be read as part of the service".to_owned();
    (is_read != Some(true)).then(|| unclear(on_disk, first_line, reason))
}

/// A block in the file's endings; without a final one where it takes the
/// place of a last line that has none.
fn placed(on_disk: &OnDisk<'_>, block: &str, first: Option<&Range<usize>>) -> String {
    let mut block = lines::with_ending(block, on_disk.ending).into_owned();
    let is_last = first.is_some_and(|range| range.end == on_disk.text.len());
    if is_last && !on_disk.text.ends_with('\n') {
        block.truncate(block.len() - on_disk.ending.len());
    }
    block
}

/// The end of the file, and every line outside all blocks that sets a name of
/// this one.
fn at_end(
    on_disk: &OnDisk<'_>,
    regions: &[Region<'_>],
    wanted: WantedBlock<'_>,
) -> Result<(Option<Position>, Conflict), Problem> {
    if fence::ends_in_code(on_disk.text, wanted.comment) {
        let end = on_disk.text.len();
        let reason = "the file ends inside fenced code, which does not close".to_owned();
        return Err(unclear(on_disk, end..end, reason));
    }
    let Some(pattern) = wanted.assignment else { return Ok((None, Conflict::default())) };
    let Ok(pattern) = Regex::new(pattern) else {
        let reason = format!("the target's pattern for assignments is none: {pattern}");
        return Err(unclear(on_disk, 0..0, reason));
    };
    let own: BTreeSet<&str> =
        lines::lines(wanted.text).filter_map(|line| name(&pattern, line.text)).collect();
    let mut conflict = Conflict::default();
    for line in lines::lines(on_disk.text) {
        let inside = regions.iter().any(|region| region.all.contains(&line.start));
        if let Some(name) = name(&pattern, line.text).filter(|name| !inside && own.contains(name)) {
            conflict.add(name, line.full_range());
        }
    }
    Ok((None, conflict))
}

/// The name that a line sets.
fn name<'a>(pattern: &Regex, line: &'a str) -> Option<&'a str> {
    let captures = pattern.captures(line)?;
    captures.get(1).or_else(|| captures.get(0)).map(|found| found.as_str())
}

/// The range of a line or lines without blanks around them.
fn trimmed(text: &str, range: &Range<usize>) -> Range<usize> {
    let lines = &text[range.clone()];
    let start = range.start + (lines.len() - lines.trim_start().len());
    start..start + lines.trim().len()
}

#[cfg(test)]
mod tests {
    use crate::plan::test::{Block, check};
    use crate::plan::{Change, Options};

    const INSERT: Options = Options { force: false, adopt: false, insert: true };
    const ADOPT: Options = Options { force: false, adopt: true, insert: true };

    #[test]
    fn a_block_is_put_at_the_end() {
        let block = Block::dotenv("API_PORT=9000\n");
        check("A=1\n", &block, INSERT, Change::Updated, &format!("A=1\n\n{}", block.rendered()));
        check("A=1", &block, INSERT, Change::Updated, &format!("A=1\n\n{}", block.rendered().trim_end()));
        check("", &block, INSERT, Change::Updated, &block.rendered());
        let windows = format!("A=1\r\n\r\n{}", block.rendered().replace('\n', "\r\n"));
        check("A=1\r\n", &block, INSERT, Change::Updated, &windows);
    }

    #[test]
    fn without_insert_a_missing_marker_is_refused() {
        check("A=1\n", &Block::dotenv("API_PORT=9000\n"), Options::default(), Change::Refused, "A=1\n");
    }

    #[test]
    fn a_name_that_is_set_outside_is_in_the_way() {
        let block = Block::dotenv("API_PORT=9000\n");
        let problems = check("A=1\nAPI_PORT=8000\n", &block, INSERT, Change::Refused, "A=1\nAPI_PORT=8000\n");
        assert_eq!(
            problems,
            ["uninsertable at API_PORT=8000: the file already sets API_PORT outside the block"]
        );
    }

    #[test]
    fn adopting_moves_exactly_the_lines_that_set_the_names() {
        let block = Block::dotenv("API_PORT=9000\nWEB_PORT=9001\n");
        let before = "A=1\nAPI_PORT=8000\nB=2\nWEB_PORT=1\nC=3\n";
        check(before, &block, ADOPT, Change::Updated, &format!("A=1\n{}B=2\nC=3\n", block.rendered()));
        check(
            "A=1\nAPI_PORT=8",
            &block,
            ADOPT,
            Change::Updated,
            &format!("A=1\n{}", block.rendered().trim_end()),
        );
    }
}
