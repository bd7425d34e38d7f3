//! AsciiDoc: tables of ports, URLs and commands in the text.

use std::ops::Range;

use super::document::line::{bullet, lines, shift, trimmed};
use super::document::{self, Block, Fence, Grid};
use super::{FileKind, Reader};

/// Reads `*.adoc`, but not what records the past.
pub static READER: Reader = Reader {
    name: "asciidoc",
    summary: "tables, URLs and commands of AsciiDoc documents",
    takes: |path| path.has_extension(&["adoc", "asciidoc"]) && path.kind() != FileKind::History,
    knows: document::may_speak_of_ports,
    read: |path, text, reading| document::read(path, text, &blocks(text), reading),
};

/// How many columns a table may have.
const MOST_COLUMNS: usize = 64;

/// The blocks of a text.
fn blocks(text: &str) -> Vec<Block> {
    let mut parser = Parser { text, lines: lines(text), next: 0, blocks: Vec::new(), attributes: None };
    while parser.next < parser.lines.len() {
        parser.step();
    }
    parser.blocks
}

struct Parser<'t> {
    text: &'t str,
    lines: Vec<Range<usize>>,
    next: usize,
    blocks: Vec<Block>,
    /// What stands in brackets above the next block: `source,bash`.
    attributes: Option<Range<usize>>,
}

impl<'t> Parser<'t> {
    /// A line without the blanks around it.
    fn inner(&self, index: usize) -> Option<Range<usize>> {
        let line = self.lines.get(index)?;
        Some(shift(&trimmed(&self.text[line.clone()], 0..line.len()), line.start))
    }

    fn written(&self, index: usize) -> &'t str {
        self.inner(index).map_or("", |inner| &self.text[inner])
    }

    fn step(&mut self) {
        let Some(inner) = self.inner(self.next) else { return };
        let line = &self.text[inner.clone()];
        if let Some(mark) = delimiter(line) {
            self.block(mark, line);
            return;
        }
        self.next += 1;
        if let Some(attributes) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            let start = inner.start + 1;
            self.attributes = Some(start..start + attributes.len());
            return;
        }
        if line.is_empty() || is_silent(line) {
            self.blocks.push(Block::Blank);
        } else if let Some((level, text)) = heading(line) {
            self.blocks.push(Block::Heading(level, shift(&text, inner.start)));
        } else {
            let item = item(line);
            let content = inner.start + item..inner.end;
            self.blocks.push(if item > 0 { Block::Item(content) } else { Block::Line(content) });
        }
        // A title stands between what is in brackets and its block.
        if !line.starts_with('.') {
            self.attributes = None;
        }
    }

    /// A block between two lines that are alike.
    fn block(&mut self, mark: Delimiter, opening: &str) {
        let attributes = self.attributes.take();
        let end = (self.next + 1..self.lines.len()).find(|&line| self.written(line) == opening);
        let end = end.unwrap_or(self.lines.len());
        match mark {
            Delimiter::Around => {
                self.blocks.push(Block::Blank);
                self.next += 1;
                return;
            }
            Delimiter::Comment => {}
            Delimiter::Listing => {
                let body_end = self.lines.get(end).map_or(self.text.len(), |line| line.start);
                if let Some(first) = self.lines.get(self.next + 1).filter(|first| first.start <= body_end) {
                    let body = first.start..body_end;
                    let opened = self.inner(self.next).unwrap_or(body.start..body.start);
                    self.blocks.push(Block::Fence(Fence { info: self.language(opened, attributes), body }));
                }
            }
            Delimiter::Table => {
                let options = attributes.map_or("", |range| &self.text[range]);
                let grid = self.table(self.next + 1..end, options);
                self.blocks.push(Block::Table(grid));
            }
        }
        self.next = end + 1;
    }

    /// The language of a listing: behind its opening, or above it.
    fn language(&self, opening: Range<usize>, attributes: Option<Range<usize>>) -> Range<usize> {
        let behind = opening.end - self.text[opening.clone()].trim_start_matches('`').len()..opening.end;
        let is_fence = self.text[opening.clone()].starts_with('`');
        if is_fence && !behind.is_empty() {
            return behind;
        }
        let none = opening.end..opening.end;
        let Some(attributes) = attributes else { return none };
        let text = &self.text[attributes.clone()];
        let Some((_, rest)) = text.split_once(',').filter(|(kind, _)| kind.starts_with("source") || kind.is_empty())
        else {
            return none;
        };
        let start = attributes.end - rest.len();
        let length = rest.find([',', '%']).unwrap_or(rest.len());
        shift(&trimmed(rest, 0..length), start)
    }

    /// The cells of a table, as many to a row as it has columns.
    fn table(&self, inside: Range<usize>, options: &str) -> Grid {
        let mut cells: Vec<Range<usize>> = Vec::new();
        let (mut columns, mut is_headed) = (columns(options), options.contains("header"));
        let mut is_first = true;
        for index in inside.clone() {
            let Some(inner) = self.inner(index).filter(|inner| !inner.is_empty()) else { continue };
            let line = &self.text[inner.clone()];
            let of_line = cells_of(line);
            match (of_line.is_empty(), cells.last_mut()) {
                // A cell goes on in the lines below it.
                (true, Some(last)) => last.end = inner.end,
                (true, None) => {}
                (false, _) => cells.extend(of_line.iter().map(|cell| shift(cell, inner.start))),
            }
            if std::mem::take(&mut is_first) {
                columns = columns.or(Some(of_line.len()));
                is_headed |= index + 1 < inside.end && self.written(index + 1).is_empty() && of_line.len() > 1;
            }
        }
        let width = columns.unwrap_or(1).clamp(1, MOST_COLUMNS);
        let mut rows = cells.chunks(width).map(<[Range<usize>]>::to_vec);
        let header = if is_headed { rows.next().unwrap_or_default() } else { Vec::new() };
        Grid { header, rows: rows.collect() }
    }
}

/// What a line opens and closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Delimiter {
    /// Code, or a session in a terminal.
    Listing,
    Table,
    Comment,
    /// Text like any other: a note, a quotation.
    Around,
}

fn delimiter(line: &str) -> Option<Delimiter> {
    let mark = line.bytes().next()?;
    let is_run = line.len() >= 4 && line.bytes().all(|byte| byte == mark);
    match mark {
        b'`' if line.starts_with("```") && !line[3..].contains('`') => Some(Delimiter::Listing),
        b'-' | b'.' if is_run => Some(Delimiter::Listing),
        b'/' | b'+' if is_run => Some(Delimiter::Comment),
        b'=' | b'*' | b'_' if is_run => Some(Delimiter::Around),
        b'|' | b',' if line[1..].starts_with("===") => Some(Delimiter::Table),
        _ => (line == "--").then_some(Delimiter::Around),
    }
}

/// Whether a line says nothing to people: a comment, an attribute, a file that is put in its place.
fn is_silent(line: &str) -> bool {
    let is_attribute = line.strip_prefix(':').is_some_and(|rest| {
        let name = rest.split(':').next().unwrap_or("");
        rest.contains(':') && !name.is_empty() && !name.contains(' ')
    });
    let is_macro = ["include::", "image::", "ifdef::", "ifndef::", "endif::", "ifeval::", "toc::"];
    is_attribute || line == "+" || line.starts_with("//") || is_macro.iter().any(|start| line.starts_with(start))
}

fn heading(line: &str) -> Option<(u8, Range<usize>)> {
    let mark = line.bytes().next().filter(|byte| matches!(byte, b'=' | b'#'))?;
    let level = line.bytes().take_while(|byte| *byte == mark).count();
    let rest = line.get(level..)?;
    let text = rest.trim_start();
    let is_heading = level <= 6 && text.len() < rest.len() && !text.is_empty();
    is_heading.then_some((u8::try_from(level).unwrap_or(6), line.len() - text.len()..line.len()))
}

/// How long an item's bullet is: `**`, `..`, `-`, `1.`; 0 for none.
fn item(line: &str) -> usize {
    let mark = line.bytes().next().unwrap_or(b' ');
    let length = line.bytes().take_while(|byte| *byte == mark).count();
    let rest = line.get(length..).unwrap_or("");
    let is_deep = matches!(mark, b'*' | b'.') && length <= 5 && rest.starts_with(' ');
    if is_deep { line.len() - rest.trim_start().len() } else { bullet(line) }
}

/// How many columns a table's options say that it has: `cols="1,2"`, `cols=3*`.
fn columns(options: &str) -> Option<usize> {
    let (_, rest) = options.split_once("cols=")?;
    let said = match rest.strip_prefix(['"', '\'']) {
        Some(quoted) => quoted.split(['"', '\'']).next()?,
        None => rest.split([',', '%', ' ']).next()?,
    };
    let of_one = |one: &str| match one.trim().split_once('*') {
        Some((times, _)) => times.parse().unwrap_or(1),
        None => 1,
    };
    let count: usize = said.split([',', ';']).take(MOST_COLUMNS).map(of_one).map(|one| one.min(MOST_COLUMNS)).sum();
    (count > 0).then_some(count)
}

/// The cells of a line; what stands right before a bar only says how a cell looks.
fn cells_of(line: &str) -> Vec<Range<usize>> {
    let bytes = line.as_bytes();
    let is_bar = |at: &usize| *at == 0 || bytes[at - 1] != b'\\';
    let bars: Vec<usize> = memchr::memchr_iter(b'|', bytes).filter(is_bar).collect();
    let is_look = |byte: char| byte.is_ascii_digit() || "+*.<>^aehlmsd".contains(byte);
    let looks = |at: usize| {
        let before = &line[..at];
        let word = before.rsplit(' ').next().unwrap_or(before);
        let is_one = !word.is_empty() && word.len() <= 6 && word.chars().all(is_look) && !word.bytes().all(|byte| byte.is_ascii_digit());
        if is_one { word.len() } else { 0 }
    };
    // Only a bar begins a row's line.
    if bars.first().is_none_or(|first| *first != looks(*first)) {
        return Vec::new();
    }
    let ends = bars.iter().skip(1).map(|bar| bar - looks(*bar)).chain([line.len()]);
    bars.iter().zip(ends).map(|(bar, end)| trimmed(line, bar + 1..end.max(bar + 1))).collect()
}

#[cfg(test)]
mod tests {
    use crate::readers::testing::check;

    #[test]
    fn tables_of_both_shapes_are_read() {
        check(
            "docs/ports.adoc",
            "= Ports\n\n[cols=\"1,1,2\", options=\"header\"]\n|===\n|Service |Port |Variable\n|*Mock* |9400 |`IDP_PORT`\n|web\n|8080\n|\n|===\n",
            &["6:10 9400 State variable=IDP_PORT service=Mock ~", "8:2 8080 State service=web ~"],
        );
        check(
            "README.adoc",
            "|===\n| Service | Port\n\n| api | 8000\n2+| both 9\n|===\n\nSee http://localhost:5601[Kibana].\n",
            &["4:9 8000 State service=api ~", "8:22 5601 State host=localhost service=Kibana confidence=Medium ~"],
        );
    }

    #[test]
    fn sentences_and_listings_are_read() {
        check(
            "README.adoc",
            "== Run\n\n.Start it\n[source,bash]\n----\ndocker run -p 9000:90 x\n----\n\n* *API*: http://localhost:8000\n** Kibana: http://localhost:5601\n\n[source,yaml]\n----\nservices:\n  web:\n    ports:\n      - \"8080:80\"\n----\n",
            &[
                "6:15 9000 State container=90 confidence=Medium ~",
                "9:27 8000 State host=localhost service=API confidence=Medium ~",
                "10:29 5601 State host=localhost service=Kibana confidence=Medium ~",
                "17:10 8080 State service=web container=80 ~",
            ],
        );
    }

    #[test]
    fn what_is_no_text_gives_nothing() {
        for text in [
            "// a comment on port 8080\ntext on a port\n",
            "////\nport 8080\n////\n",
            ":port: 8080\n\nport {port}\n",
            "[source,java]\n----\nint port = 8080;\n----\n",
            "|===\n|Port |Pin\n\n|1 |5\n|===\n",
        ] {
            check("README.adoc", text, &[]);
        }
        check("CHANGELOG.adoc", "port 8080\n", &["no reader"]);
    }

    #[test]
    fn hostile_texts_cost_no_more_than_their_length() {
        for piece in ["|", "|===\n", "----\n", "[a]\n", "|a\n", "== a\n", "====\n", "** ", "2+|"] {
            let text = format!("port 8080\n\n{}\n", piece.repeat(200_000 / piece.len()));
            let found = crate::readers::testing::sightings("README.adoc", &text);
            assert_ne!(found, ["no reader"], "{piece}");
        }
    }
}
