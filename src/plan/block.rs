//! Blocks: the lines between two markers, protected by the checksum on the end marker.

use super::diff::PART_CONTEXT;
use super::edit::{self, Edit, Verdict};
use super::markers::{self, Fault, Region};
use super::on_disk::OnDisk;
use super::{Anchor, Content, Options, Wanted, compose, insert, lines, seal};
use crate::model::{BlockId, Comment, Marker, Mode, Problem};

/// A block as it is wanted.
#[derive(Clone, Copy, Debug)]
pub(super) struct WantedBlock<'a> {
    pub(super) id: &'a BlockId,
    /// What is rendered: LF, a final newline unless it is empty, no indentation.
    pub(super) text: &'a str,
    pub(super) comment: &'a Comment,
    pub(super) assignment: Option<&'a str>,
    pub(super) anchor: &'a Anchor,
}

/// A block for a file that does not exist, markers and all.
pub(super) fn create(id: &BlockId, text: &str, comment: &Comment) -> Result<String, Problem> {
    let text = lines::normal(text);
    refuse_markers(&text, comment).map_or_else(|| Ok(with_markers(id, &text, comment, "")), Err)
}

/// A block, markers and all, LF, every line but blank ones indented.
pub(super) fn with_markers(id: &BlockId, text: &str, comment: &Comment, indentation: &str) -> String {
    let start = markers::start_line(id.as_str(), comment);
    let end = markers::end_line(id.as_str(), &seal::sum(text), comment);
    format!("{indentation}{start}\n{}{indentation}{end}\n", indented(text, indentation))
}

/// Judges one of the outputs of a file that exists: the block at `index`.
pub(super) fn judge(on_disk: &OnDisk<'_>, outputs: &[&Wanted], index: usize, options: Options) -> Verdict {
    let Some(Content::Block { id, text, comment, assignment, anchor }) =
        outputs.get(index).map(|output| &output.content)
    else {
        return Verdict::unchanged();
    };
    let text = lines::normal(text);
    let wanted = WantedBlock { id, text: &text, comment, assignment: assignment.as_deref(), anchor };
    if let Some(problem) = refuse_markers(&text, comment) {
        return Verdict::refused(problem);
    }
    let scan = on_disk.regions(comment);
    let regions = match scan.as_ref() {
        Ok(regions) => regions,
        Err(fault) if is_mine(fault, outputs, index) => return damaged(on_disk, fault.clone(), wanted),
        Err(_) => return Verdict::held_up(),
    };
    match regions.iter().find(|region| region.id == id.as_str()) {
        Some(region) => compare(on_disk, region, wanted, options),
        None if options.insert => insert::judge(on_disk, regions, wanted, options),
        None => absent(on_disk, wanted),
    }
}

/// The verdict on a block whose markers are missing.
pub(super) fn absent(on_disk: &OnDisk<'_>, wanted: WantedBlock<'_>) -> Verdict {
    let end = on_disk.text.len();
    Verdict::refused(Problem::Markers {
        id: wanted.id.to_string(),
        found: on_disk.place(end..end),
        other: None,
        marker: Marker::Absent,
        snippet: markers::snippet(wanted.id.as_str(), wanted.comment),
    })
}

/// Whether a block is the one that speaks of a fault: the block whose marker
/// it is, or the file's first where no block has that id.
fn is_mine(fault: &Fault<'_>, outputs: &[&Wanted], index: usize) -> bool {
    let ids = outputs.iter().map(|output| match &output.content {
        Content::Block { id, .. } => Some(id.as_str()),
        _ => None,
    });
    let ids: Vec<Option<&str>> = ids.collect();
    let speaker = ids.iter().position(|id| *id == Some(fault.id));
    speaker.or_else(|| ids.iter().position(Option::is_some)) == Some(index)
}

fn damaged(on_disk: &OnDisk<'_>, fault: Fault<'_>, wanted: WantedBlock<'_>) -> Verdict {
    Verdict::refused(Problem::Markers {
        id: wanted.id.to_string(),
        found: on_disk.place(fault.found),
        other: fault.other.map(|other| on_disk.place(other)),
        marker: fault.marker,
        snippet: markers::snippet(wanted.id.as_str(), wanted.comment),
    })
}

fn compare(on_disk: &OnDisk<'_>, region: &Region<'_>, wanted: WantedBlock<'_>, options: Options) -> Verdict {
    let body = lines::to_lf(&on_disk.text[region.body.clone()]);
    let in_place = is_indented(&body, region.indentation);
    let current = unindented(&body, region.indentation);
    let sum = seal::sum(wanted.text);
    let is_same = in_place && current == wanted.text;
    let mut edits = vec![replacement(on_disk, region, wanted, is_same)];
    if let Some(problem) = misplaced(on_disk, region, wanted, &mut edits) {
        return Verdict::refused(problem);
    }
    if is_same && region.sum == Some(&sum) {
        return Verdict::unchanged();
    }
    let diff = on_disk.diff(&edits, PART_CONTEXT);
    let found = first_difference(on_disk, region, &body, &indented(wanted.text, region.indentation));
    let is_empty = current.trim().is_empty();
    let is_sealed = in_place && region.sum == Some(&seal::sum(&current));
    if is_same || is_empty || is_sealed {
        return Verdict::updated(edits, Problem::Stale { found, diff });
    }
    let problem = Problem::Edited { found, mode: Mode::Block, diff };
    if options.force { Verdict::updated(edits, problem) } else { Verdict::refused(problem) }
}

/// What is wrong where the consumer would not read the block as what it is.
fn misplaced(
    on_disk: &OnDisk<'_>,
    region: &Region<'_>,
    wanted: WantedBlock<'_>,
    edits: &mut [Edit],
) -> Option<Problem> {
    let Anchor::ComposeService(service) = wanted.anchor else { return None };
    let after = edit::apply(on_disk.text, edits);
    let end = (region.all.end + after.len()).saturating_sub(on_disk.text.len());
    let is_read = compose::is_read(&after, service, wanted.text, &(region.all.start..end))?;
    (!is_read).then(|| Problem::Unusable {
        reason: format!("the block `{}` is not read as part of the service `{service}`", wanted.id),
        help: "move its markers, and the lines between them, to the first lines of the service".to_owned(),
    })
}

/// Replaces body and end marker, or where only the checksum is wrong the end
/// marker alone.
fn replacement(
    on_disk: &OnDisk<'_>,
    region: &Region<'_>,
    wanted: WantedBlock<'_>,
    body_is_same: bool,
) -> Edit {
    let end = markers::end_line(wanted.id.as_str(), &seal::sum(wanted.text), wanted.comment);
    let end = format!("{}{end}", region.indentation);
    if body_is_same {
        return Edit { range: region.end.clone(), text: end };
    }
    let body = indented(wanted.text, region.indentation);
    let body = lines::with_ending(&body, on_disk.ending);
    Edit { range: region.body.start..region.end.end, text: format!("{body}{end}") }
}

fn first_difference(
    on_disk: &OnDisk<'_>,
    region: &Region<'_>,
    current: &str,
    wanted: &str,
) -> crate::source::Place {
    let index = lines::first_difference(current, wanted);
    let body = &on_disk.text[region.body.clone()];
    let line = lines::lines(body).nth(index).map(|line| line.trimmed());
    let range = line.map(|range| region.body.start + range.start..region.body.start + range.end);
    on_disk.place(range.unwrap_or_else(|| region.end.clone()))
}

/// The rendered text must not look like a marker: a title may hold anything.
fn refuse_markers(text: &str, comment: &Comment) -> Option<Problem> {
    if *comment == Comment::JsonKey {
        return Some(Problem::Unusable {
            reason: "JSON has no comments, so it has no place for a block's markers".to_owned(),
            help: "use `mode = \"file\"`".to_owned(),
        });
    }
    lines::lines(text).any(|line| markers::is_marker(line.text, comment)).then(|| Problem::Unusable {
        reason: "what is rendered has a line that reads as a marker of portgen".to_owned(),
        help: "change the title, description or template that the line comes from".to_owned(),
    })
}

fn indented(text: &str, indentation: &str) -> String {
    let indent = |line: &str| {
        if line.trim_end_matches('\n').is_empty() { line.to_owned() } else { format!("{indentation}{line}") }
    };
    text.split_inclusive('\n').map(indent).collect()
}

/// Whether every line but blank ones stands where its block does: in YAML, for
/// one, a line that was moved to the left means something else.
fn is_indented(body: &str, indentation: &str) -> bool {
    body.lines().all(|line| line.is_empty() || line.starts_with(indentation))
}

/// The lines of a body without the marker's indentation.
fn unindented(body: &str, indentation: &str) -> String {
    let bare = body.split_inclusive('\n').map(|line| line.strip_prefix(indentation).unwrap_or(line));
    bare.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Change;
    use crate::plan::test::{Block, check, check_all};

    const NONE: Options = Options { force: false, adopt: false, insert: false };
    const FORCE: Options = Options { force: true, ..NONE };

    #[test]
    fn a_block_that_differs_is_replaced_and_nothing_else() {
        let (old, new) = (Block::dotenv("A=1\n"), Block::dotenv("A=2\n\nB=3\n"));
        let around = |block: String| format!("\u{feff}x  \r\n\n{block}y");
        check(&around(old.rendered()), &new, NONE, Change::Updated, &around(new.rendered()));
        let inside = |block: String| format!("a:\n{block}b\n");
        check(&inside(old.indented("\t ")), &new, NONE, Change::Updated, &inside(new.indented("\t ")));
        check(old.rendered().trim_end(), &new, NONE, Change::Updated, new.rendered().trim_end());
    }

    #[test]
    fn a_block_in_a_file_of_windows_endings_keeps_them() {
        let (old, new) = (Block::dotenv("A=1\n"), Block::dotenv("A=2\n"));
        let windows = |block: &Block| format!("x\n{}", block.rendered()).replace('\n', "\r\n");
        check(&windows(&old), &new, NONE, Change::Updated, &windows(&new));
        check(&windows(&new), &new, NONE, Change::Unchanged, &windows(&new));
    }

    #[test]
    fn an_edited_block_is_only_overwritten_by_force() {
        let block = Block::dotenv("A=1\nB=2\n");
        let edited = block.rendered().replace("B=2", "B=3");
        assert_eq!(check(&edited, &block, NONE, Change::Refused, &edited), ["edited at B=3"]);
        check(&edited, &block, FORCE, Change::Updated, &block.rendered());
    }

    #[test]
    fn a_line_that_was_moved_to_the_left_is_an_edit() {
        let block = Block::dotenv("A=1\n\nB=2\n");
        for (found, line) in [("A=1", "    A=1\n"), ("B=2", "    B=2\n")] {
            let moved = block.indented("    ").replace(line, line.trim_start());
            assert_eq!(check(&moved, &block, NONE, Change::Refused, &moved), [format!("edited at {found}")]);
            check(&moved, &block, FORCE, Change::Updated, &block.indented("    "));
        }
        let moved = block.indented("    ").replace("    A=1", "A=1").replace("    B=2", "B=2");
        check(&moved, &block, NONE, Change::Refused, &moved);
    }

    #[test]
    fn what_would_be_rendered_is_no_edit_and_an_empty_pair_of_markers_is_none_either() {
        let block = Block::dotenv("A=1\n");
        let wrong_sum = Block::dotenv("A=2\n").rendered().replace("A=2", "A=1");
        check(&wrong_sum, &block, NONE, Change::Updated, &block.rendered());
        let pasted = markers::snippet("dotenv", &Comment::Line("#".to_owned()));
        check(&pasted, &block, NONE, Change::Updated, &block.rendered());
    }

    #[test]
    fn damaged_markers_are_refused_once_a_file() {
        let (one, two) = (Block::dotenv("A=1\n"), Block::dotenv("B=1\n").named("two"));
        let text = format!("{}# >>> portgen:two >>>\n", one.rendered());
        let problems = check_all(Some(&text), &[&one, &two], NONE, Change::Refused, &text);
        assert_eq!(problems, ["Unclosed at # >>> portgen:two >>>"]);
        let text = format!("{}# <<< portgen:strange <<<\n", one.rendered());
        let problems = check_all(Some(&text), &[&one, &two], FORCE, Change::Refused, &text);
        assert_eq!(problems, ["Unopened at # <<< portgen:strange <<<"]);
    }

    #[test]
    fn blocks_of_one_new_file_stand_in_the_order_they_were_declared() {
        let (one, two) = (Block::dotenv("A=1\n"), Block::dotenv("").named("two"));
        let expect = format!("{}\n{}", two.rendered(), one.rendered());
        check_all(None, &[&two, &one], NONE, Change::Created, &expect);
        let insert = Options { insert: true, ..NONE };
        check_all(Some("x\n"), &[&two, &one], insert, Change::Updated, &format!("x\n\n{expect}"));
    }

    #[test]
    fn a_rendered_line_that_reads_as_a_marker_is_refused() {
        let block = Block::dotenv("# >>> portgen:other >>>\n");
        let problems = check_all(None, &[&block], NONE, Change::Refused, "");
        assert_eq!(problems, ["unusable: what is rendered has a line that reads as a marker of portgen"]);
    }
}
