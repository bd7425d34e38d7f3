//! Ranges of ports that a document states.

use std::collections::{BTreeSet, HashSet};
use std::ops::Range;

use super::markup;
use super::outline::Outline;
use super::token::{Form, Token, tokens};
use super::{Block, Grid};
use crate::diagnostic::Confidence;
use crate::model::{Port, PortRange, PortSet};
use crate::readers::{Reading, Sighting, StatedKind, StatedRange, words};
use crate::source::Span;

/// Words with which a document keeps people off ports.
const FORBIDS: &[&str] = &[
    "do not use",
    "don't use",
    "never use",
    "must not",
    "not allowed",
    "forbidden",
    "off limits",
    "off-limits",
    "prohibited",
    "avoid",
    "not be used",
    "reserved for",
    "blocked",
];

/// Words after which a range only shows what one may look like.
const EXAMPLES: &[&str] = &[
    "e.g",
    "eg.",
    "for example",
    "for instance",
    "such as",
    "typically",
    "usually",
    "example",
    "like ",
    "i.e",
];

/// Ranges that systems give, not documents.
const OF_SYSTEMS: &[(u16, u16)] = &[
    (1, 1023),
    (1, 1024),
    (1, 65535),
    (1024, 65535),
    (1025, 65535),
    (1024, 49151),
    (32768, 60999),
    (32768, 61000),
    (49152, 65535),
    (49152, 65534),
    (30000, 32767),
];

/// The most ranges that one document states.
const MOST: usize = 500;

/// Reads the ranges that blocks state.
pub(super) fn read(text: &str, blocks: &[Block], outline: &Outline<'_>, reading: &mut Reading) {
    let mut lead = Lead::default();
    for (index, block) in blocks.iter().enumerate() {
        match block {
            Block::Heading(_, line) => {
                lead = Lead::default();
                let about_ports = outline.headings(index).any(|heading| speaks_of_ports(&heading))
                    || outline.section(index).is_some_and(|section| has_table(reading, &section.lines));
                if let Some(range) = only_range(text, line).filter(|_| about_ports) {
                    let section = outline.section(index).map(|section| section.lines.clone());
                    let title = title(&text[line.clone()]).unwrap_or_default();
                    let kind = kind(&text[line.clone()].to_lowercase());
                    push(reading, &range, kind, title, section);
                }
            }
            Block::Line(line) => {
                lead = Lead::of(&text[line.clone()]);
                sentence(text, line, outline, index, reading);
            }
            Block::Item(line) => {
                let heading = outline.headings(index).next().unwrap_or_default();
                if !item(text, line, &lead, &heading, reading) {
                    sentence(text, line, outline, index, reading);
                }
            }
            Block::Table(grid) => table(text, grid, outline.headings(index).next().as_deref(), reading),
            Block::Blank | Block::Fence(_) => {}
        }
    }
    allot(reading);
}

/// The line before a list, where it announces one.
#[derive(Default)]
struct Lead {
    text: String,
}

impl Lead {
    fn of(line: &str) -> Self {
        let text = markup::plain(line);
        if text.ends_with(':') { Self { text } } else { Self::default() }
    }
}

/// `- **8000-8099**: Supervisor infrastructure` below words of ports.
fn item(text: &str, line: &Range<usize>, lead: &Lead, heading: &str, reading: &mut Reading) -> bool {
    let Some(token) = only_range(text, line) else { return false };
    let written = &text[line.clone()];
    let above = if lead.text.is_empty() { heading } else { &lead.text };
    let lower = markup::plain(written).to_lowercase();
    let speaks = [above, heading, &lower].into_iter().any(speaks_of_ports);
    if !speaks || is_example(&lower) || is_example(&above.to_lowercase()) {
        return false;
    }
    let before =
        text[line.start..token.word.start].trim_matches(|character: char| !character.is_alphanumeric());
    let after = text[token.word.end..line.end]
        .trim_start_matches(|character: char| !character.is_alphanumeric() && character != '[');
    let is_title_before = text[line.start..token.word.start]
        .trim_end_matches(['*', '`', '(', ' ', '_'])
        .ends_with([':', '-', '–', '—', '|'])
        || text[..token.word.start].trim_end_matches(['*', '`', ' ']).ends_with('(');
    let title = match (before.is_empty(), after.is_empty()) {
        (true, false) => markup::name(after),
        (false, _) if is_title_before || after.is_empty() => markup::name(before),
        _ => return false,
    };
    let Some(title) = title.filter(|title| title.split_whitespace().count() <= 12) else { return false };
    let is_reserved = above.to_lowercase().contains("reserved");
    let mut kind = kind(&format!("{} {lower}", lead.text.to_lowercase()));
    if is_reserved && kind.0 == StatedKind::Range {
        kind = (StatedKind::Reserved, false);
    }
    push(reading, &token, kind, title, None);
    true
}

/// `allocates from the range 50000-51000`.
fn sentence(text: &str, line: &Range<usize>, outline: &Outline<'_>, index: usize, reading: &mut Reading) {
    let lower = text[line.clone()].to_lowercase();
    let hands_out =
        ["range", "allocat", "assign", "reserv", "pool", "between", "do not use", "never use", "avoid"];
    if !speaks_of_ports(&lower) || !hands_out.iter().any(|word| lower.contains(word)) || is_example(&lower) {
        return;
    }
    let Some(token) = only_range(text, line) else { return };
    let title = outline.headings(index).next().and_then(|heading| title(&heading)).unwrap_or_default();
    let kind = kind(&lower);
    if !reading.stated.iter().any(|stated| stated.ports.ranges() == [token.ports]) {
        push(reading, &token, kind, title, None);
    }
}

/// A column of ranges.
fn table(text: &str, grid: &Grid, heading: Option<&str>, reading: &mut Reading) {
    use super::column::{Column, classify};
    let columns: Vec<Column> = grid.header.iter().map(|cell| classify(&text[cell.clone()])).collect();
    let Some(index) = columns.iter().position(|column| *column == Column::Range) else { return };
    let header =
        grid.header.iter().map(|cell| text[cell.clone()].to_lowercase()).collect::<Vec<_>>().join(" ");
    if !speaks_of_ports(&header) && !heading.is_some_and(speaks_of_ports) {
        return;
    }
    for row in &grid.rows {
        let Some(token) = row.get(index).and_then(|cell| only_range(text, cell)) else { continue };
        let name = row
            .iter()
            .enumerate()
            .find(|(other, _)| *other != index)
            .and_then(|(_, cell)| markup::name(&text[cell.clone()]));
        let words = row.iter().map(|cell| text[cell.clone()].to_lowercase()).collect::<Vec<_>>().join(" ");
        if !is_example(&words) {
            push(reading, &token, kind(&words), name.unwrap_or_default(), None);
        }
    }
}

/// The one range of a line that may be one of ports.
fn only_range(text: &str, line: &Range<usize>) -> Option<Token> {
    let found = tokens(text, line.clone());
    let mut ranges = found.into_iter().filter(|token| token.ports.len() > 1 && token.form == Form::Bare);
    let token = ranges.next()?;
    let (first, last) = (token.ports.first().get(), token.ports.last().get());
    let is_year = (1900..=2100).contains(&first) && (1900..=2100).contains(&last);
    let is_ours = last > 1024 && !is_year && !OF_SYSTEMS.contains(&(first, last)) && token.ports.len() >= 5;
    (ranges.next().is_none() && is_ours).then_some(token)
}

fn push(
    reading: &mut Reading,
    token: &Token,
    kind: (StatedKind, bool),
    title: String,
    section: Option<Range<usize>>,
) {
    if reading.stated.len() >= MOST {
        return;
    }
    // `Reserved ports` alone may well be those of the project itself.
    let is_sure = kind.1;
    reading.stated.push(StatedRange {
        place: Span::new(token.place.start, token.place.end),
        ports: PortSet::from_iter([token.ports]),
        kind: kind.0,
        title,
        confidence: if is_sure { Confidence::High } else { Confidence::Medium },
        section: section.map(|section| Span::new(section.start, section.end)),
    });
}

/// A list of reserved ranges that the document's own tables take ports from
/// allots them; it keeps nobody off.
fn allot(reading: &mut Reading) {
    let rows = reading.tables.iter().flat_map(|table| &table.rows);
    let cells: HashSet<Span> = rows.flat_map(|row| row.ports.iter().map(|(span, _)| *span)).collect();
    let in_tables =
        |sighting: &&Sighting| sighting.confidence == Confidence::High && cells.contains(&sighting.span);
    let own: BTreeSet<Port> =
        reading.sightings.iter().filter(in_tables).map(|sighting| sighting.ports.first()).collect();
    let allotted: BTreeSet<PortRange> = reading
        .stated
        .iter()
        .filter(|stated| stated.section.is_some())
        .flat_map(|stated| stated.ports.ranges().to_vec())
        .collect();
    for stated in reading.stated.iter_mut().filter(|stated| stated.kind == StatedKind::Reserved) {
        let is_own = stated
            .ports
            .ranges()
            .iter()
            .any(|range| own.range(range.first()..=range.last()).next().is_some())
            || stated.ports.ranges().iter().any(|range| allotted.contains(range));
        if is_own && stated.section.is_none() {
            stated.kind = StatedKind::Range;
        }
    }
}

fn has_table(reading: &Reading, section: &Range<usize>) -> bool {
    let place = Span::new(section.start, section.end);
    reading.tables.iter().any(|table| table.section == Some(place))
}

/// What words say of a range, and whether they leave no doubt.
fn kind(lower: &str) -> (StatedKind, bool) {
    let forbids = FORBIDS.iter().any(|words| lower.contains(words));
    (if forbids { StatedKind::Reserved } else { StatedKind::Range }, true)
}

/// Whether a text, in lower case, only shows what something may look like.
pub(super) fn is_example(lower: &str) -> bool {
    EXAMPLES.iter().any(|words| lower.contains(words))
}

/// Whether a word of a text is `port`.
pub(super) fn speaks_of_ports(text: &str) -> bool {
    text.split(|character: char| !character.is_alphanumeric())
        .any(|word| words::is_port_word(&word.to_lowercase()))
}

/// The words of a heading without a range in it: `Production Services` of
/// `Production Services (3000-3099)`.
pub(super) fn title(heading: &str) -> Option<String> {
    let found = tokens(heading, 0..heading.len());
    let Some(token) = found.iter().find(|token| token.ports.len() > 1) else { return markup::name(heading) };
    let is_edge = |character: char| !character.is_alphanumeric();
    let before = heading[..token.word.start].trim_end_matches(is_edge);
    let bracket = heading[..token.word.start].rfind('(');
    let before =
        bracket.filter(|&at| before[at.min(before.len())..].len() < 12).map_or(before, |at| &heading[..at]);
    markup::name(before).or_else(|| markup::name(heading[token.word.end..].trim_start_matches(is_edge)))
}

/// Whether words speak against the ports that follow: `Common pitfalls (avoid)`.
pub(super) fn warns(raw: &str) -> bool {
    const WORDS: &[&str] = &[
        "avoid",
        "pitfall",
        "pitfalls",
        "conflict",
        "conflicts",
        "never",
        "don't",
        "forbidden",
        "instead",
        "wrong",
        "bad",
        "deprecated",
        "legacy",
        "should",
        "before",
    ];
    let text = markup::plain(raw).to_lowercase();
    let mut words = text.split(|character: char| !character.is_alphanumeric() && character != '\'');
    raw.contains('❌') || words.any(|word| WORDS.contains(&word))
}
