//! The two lines around a block, and finding them in a text.

use std::collections::HashMap;
use std::ops::Range;

use super::fence::Fences;
use super::lines::{Line, lines};
use super::seal;
use crate::model::{Comment, Marker};

const START: (&str, &str) = (">>> portgen:", " >>>");
const END: (&str, &str) = ("<<< portgen:", " <<<");

/// What a marker line says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark<'a> {
    Start(&'a str),
    End(&'a str, Option<&'a str>),
}

/// A block in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Region<'a> {
    /// The id on its markers.
    pub(super) id: &'a str,
    /// The blanks before its start marker.
    pub(super) indentation: &'a str,
    /// Everything from the start marker to the end marker's line ending.
    pub(super) all: Range<usize>,
    /// The lines between the markers, endings included.
    pub(super) body: Range<usize>,
    /// The end marker, without its line ending.
    pub(super) end: Range<usize>,
    /// The checksum on the end marker.
    pub(super) sum: Option<&'a str>,
}

/// Markers that are no pairs: the first such place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault<'a> {
    /// The id on the marker.
    pub(super) id: &'a str,
    /// What is wrong with it.
    pub(super) marker: Marker,
    /// The marker, without its line ending.
    pub(super) found: Range<usize>,
    /// The other marker that it is at odds with.
    pub(super) other: Option<Range<usize>>,
}

/// Every block of a text, in its order.
pub(super) fn scan<'a>(text: &'a str, comment: &Comment) -> Result<Vec<Region<'a>>, Fault<'a>> {
    let mut fences = Fences::of(comment);
    let mut regions: Vec<Region<'a>> = Vec::new();
    let mut position_of = HashMap::new();
    let mut open: Option<(&str, Line<'a>)> = None;
    for line in lines(text) {
        // Inside a block every line is portgen's own.
        if open.is_none() && fences.covers(line.text) {
            continue;
        }
        let Some(mark) = comment.text_of(line.text).and_then(mark) else { continue };
        let found = line.range();
        match (mark, open.take()) {
            (Mark::Start(id), None) => {
                let twin = position_of.get(id).and_then(|&position: &usize| regions.get(position));
                if let Some(twin) = twin {
                    let other = Some(twin.all.start..twin.body.start);
                    return Err(Fault { id, marker: Marker::Repeated, found, other });
                }
                open = Some((id, line));
            }
            (Mark::Start(id), Some((_, outer))) => {
                return Err(Fault { id, marker: Marker::Nested, found, other: Some(outer.range()) });
            }
            (Mark::End(id, sum), Some((opened, start))) if id == opened => {
                position_of.insert(id, regions.len());
                regions.push(region(text, id, &start, &line, sum));
            }
            (Mark::End(id, _), other) => {
                let other = other.map(|(_, start)| start.range());
                return Err(Fault { id, marker: Marker::Unopened, found, other });
            }
        }
    }
    match open {
        Some((id, start)) => Err(Fault { id, marker: Marker::Unclosed, found: start.range(), other: None }),
        None => Ok(regions),
    }
}

/// The bytes of every block, whatever its comment syntax; unpaired markers aside.
pub(super) fn blocks(text: &str) -> Vec<(&str, Range<usize>)> {
    let mut blocks = Vec::new();
    let mut open: Option<(&str, usize)> = None;
    let finder = memchr::memmem::Finder::new("portgen:");
    for line in lines(text).filter(|line| finder.find(line.text.as_bytes()).is_some()) {
        match mark_in_any_comment(line.text) {
            Some(Mark::Start(id)) => open = Some((id, line.start)),
            Some(Mark::End(id, _)) => {
                if let Some((_, start)) = open.take().filter(|(opened, _)| *opened == id) {
                    blocks.push((id, start..line.next));
                }
            }
            None => {}
        }
    }
    blocks
}

/// Whether a line would be read as a marker.
pub(super) fn is_marker(line: &str, comment: &Comment) -> bool {
    comment.text_of(line).and_then(mark).is_some()
}

/// The start marker.
pub(super) fn start_line(id: &str, comment: &Comment) -> String {
    comment.line(&format!("{}{id}{}", START.0, START.1))
}

/// The end marker, with the checksum of what is between.
pub(super) fn end_line(id: &str, sum: &str, comment: &Comment) -> String {
    comment.line(&format!("{}{id}{} {}{sum}", END.0, END.1, seal::SUM))
}

/// The two lines to paste: an empty block needs no checksum.
pub(super) fn snippet(id: &str, comment: &Comment) -> String {
    let end = comment.line(&format!("{}{id}{}", END.0, END.1));
    format!("{}\n{end}\n", start_line(id, comment))
}

fn region<'a>(
    text: &'a str,
    id: &'a str,
    start: &Line<'a>,
    end: &Line<'a>,
    sum: Option<&'a str>,
) -> Region<'a> {
    let indentation = text.get(start.start..start.start + start.indentation().len()).unwrap_or("");
    Region { id, indentation, all: start.start..end.next, body: start.next..end.start, end: end.range(), sum }
}

fn mark(comment: &str) -> Option<Mark<'_>> {
    if let Some(rest) = comment.strip_prefix(START.0) {
        return rest.strip_suffix(START.1).filter(|id| is_id(id)).map(Mark::Start);
    }
    let (id, rest) = comment.strip_prefix(END.0)?.split_once(END.1)?;
    let rest = rest.trim();
    let is_whole = rest.is_empty() || rest.starts_with(seal::SUM);
    (is_whole && is_id(id)).then(|| Mark::End(id, seal::stated_sum(rest)))
}

fn mark_in_any_comment(line: &str) -> Option<Mark<'_>> {
    let offset = line.find(START.0).or_else(|| line.find(END.0))?;
    let text = line.get(offset..)?;
    // What follows, such as `-->`, belongs to the comment.
    let is_start = text.starts_with(START.0);
    let id = if is_start { text.strip_prefix(START.0) } else { text.strip_prefix(END.0) }?;
    let (id, _) = id.split_once(if is_start { START.1 } else { END.1 })?;
    is_id(id).then_some(if is_start { Mark::Start(id) } else { Mark::End(id, None) })
}

fn is_id(id: &str) -> bool {
    !id.is_empty() && !id.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scans a text and describes what was found, blocks by id and body.
    fn check(text: &str, expect: &str) {
        let comment = Comment::parse("#").expect("a syntax");
        let found = match scan(text, &comment) {
            Ok(regions) => {
                let shown = regions.iter().map(|region| {
                    format!(
                        "{}{}={:?}{:?}",
                        region.indentation,
                        region.id,
                        &text[region.body.clone()],
                        region.sum
                    )
                });
                shown.collect::<Vec<_>>().join(" ")
            }
            Err(fault) => {
                let other = fault.other.map(|other| text[other].trim().to_owned());
                format!("{:?} {:?} {other:?}", fault.marker, &text[fault.found])
            }
        };
        assert_eq!(found, expect, "{text}");
    }

    #[test]
    fn pairs_are_blocks() {
        check(
            "a\n# >>> portgen:x >>>\nb\n# <<< portgen:x <<< sum:0123abcd\nc",
            "x=\"b\\n\"Some(\"0123abcd\")",
        );
        check("  # >>> portgen:x >>>\r\n  # <<< portgen:x <<<\r\n", "  x=\"\"None");
        check("#>>> portgen:x >>>\n#<<< portgen:x <<<", "x=\"\"None");
        check("text # >>> portgen:x >>>\n// <<< portgen:x <<<\n", "");
        check("# <<< portgen:x <<< and more\n# >>> portgen: >>>\n", "");
    }

    #[test]
    fn markers_that_are_no_pair_are_faults() {
        check("# >>> portgen:x >>>\n", "Unclosed \"# >>> portgen:x >>>\" None");
        check("# <<< portgen:x <<<\n", "Unopened \"# <<< portgen:x <<<\" None");
        check(
            "# >>> portgen:x >>>\n# >>> portgen:y >>>\n",
            "Nested \"# >>> portgen:y >>>\" Some(\"# >>> portgen:x >>>\")",
        );
        check(
            "# >>> portgen:x >>>\n# <<< portgen:y <<<\n",
            "Unopened \"# <<< portgen:y <<<\" Some(\"# >>> portgen:x >>>\")",
        );
        let pair = "# >>> portgen:x >>>\n# <<< portgen:x <<<\n";
        check(&pair.repeat(2), "Repeated \"# >>> portgen:x >>>\" Some(\"# >>> portgen:x >>>\")");
    }

    #[test]
    fn markers_that_a_document_shows_as_code_are_none() {
        let pair = "<!-- >>> portgen:x >>> -->\n```\na\n```\n<!-- <<< portgen:x <<< -->\n";
        let text = format!("~~~html\n{pair}~~~\n{pair}");
        let comment = Comment::parse("<!-- -->").expect("a syntax");
        let regions = scan(&text, &comment).expect("one pair");
        let starts: Vec<usize> = regions.iter().map(|region| region.all.start).collect();
        assert_eq!(starts, [text.len() - pair.len()]);
    }

    #[test]
    fn blocks_of_any_comment_syntax_are_known() {
        let text = "<!-- >>> portgen:x >>> -->\nb\n<!-- <<< portgen:x <<< sum:00000000 -->\n";
        assert_eq!(blocks(text), [("x", 0..text.len())]);
        assert_eq!(blocks("# >>> portgen:x >>>\n# <<< portgen:y <<<\n"), []);
    }
}
