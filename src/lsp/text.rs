//! Positions of the protocol and offsets of a text.

use lsp_types::{Position, PositionEncodingKind, Range, TextDocumentContentChangeEvent};

use crate::source::{Source, Span};

/// What a column counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Bytes.
    Utf8,
    /// Units of UTF-16: what every client knows.
    #[default]
    Utf16,
}

impl Encoding {
    /// Bytes where the client offers them, for nothing need be counted then.
    pub(super) fn choose(offered: Option<&[PositionEncodingKind]>) -> Self {
        let has_utf8 = offered.is_some_and(|kinds| kinds.contains(&PositionEncodingKind::UTF8));
        if has_utf8 { Self::Utf8 } else { Self::Utf16 }
    }

    pub(super) fn kind(self) -> PositionEncodingKind {
        match self {
            Self::Utf8 => PositionEncodingKind::UTF8,
            Self::Utf16 => PositionEncodingKind::UTF16,
        }
    }

    /// The position of an offset.
    pub(super) fn position(self, source: &Source, offset: usize) -> Position {
        let text = source.text();
        let offset = floor(text, offset);
        let line = source.line_index(offset);
        let start = source.line_starts().get(line).map_or(0, |&start| start as usize);
        let before = text.get(start..offset).unwrap_or("");
        let column = match self {
            Self::Utf8 => before.len(),
            Self::Utf16 => before.encode_utf16().count(),
        };
        Position { line: number(line), character: number(column) }
    }

    /// The range of a span.
    pub(super) fn range(self, source: &Source, span: Span) -> Range {
        let range = span.range();
        Range { start: self.position(source, range.start), end: self.position(source, range.end) }
    }

    /// The offset of a position: one behind a line's end is the line's end, one
    /// inside a character its start.
    pub(super) fn offset(self, source: &Source, position: Position) -> usize {
        let range = source.line_range(position.line as usize);
        let line = source.text().get(range.clone()).unwrap_or("");
        let wanted = position.character as usize;
        let within = match self {
            Self::Utf8 => floor(line, wanted),
            Self::Utf16 => {
                let mut units = 0;
                let mut characters = line.char_indices();
                let found = characters.find(|(_, character)| {
                    units += character.len_utf16();
                    units > wanted
                });
                found.map_or(line.len(), |(offset, _)| offset)
            }
        };
        range.start + within
    }

    /// A text after the changes of a client, each on top of those before it.
    pub(super) fn apply(self, text: String, changes: Vec<TextDocumentContentChangeEvent>) -> String {
        let mut text = text;
        for change in changes {
            let Some(range) = change.range else {
                text = change.text;
                continue;
            };
            let source = Source::new("", text);
            let start = self.offset(&source, range.start);
            let end = self.offset(&source, range.end).max(start);
            let (before, after) = (&source.text()[..start], &source.text()[end..]);
            text = [before, &change.text, after].concat();
        }
        text
    }
}

fn number(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

fn floor(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_units_of_the_encoding() {
        let source = Source::new("x", "a𝄞é = 1\r\nb\n");
        for (encoding, offset, line, column) in [
            (Encoding::Utf16, 5, 0, 3),
            (Encoding::Utf16, 7, 0, 4),
            (Encoding::Utf8, 7, 0, 7),
            (Encoding::Utf16, 13, 1, 0),
            (Encoding::Utf16, 15, 2, 0),
        ] {
            let position = Position { line, character: column };
            assert_eq!(encoding.position(&source, offset), position, "{encoding:?} {offset}");
            assert_eq!(encoding.offset(&source, position), offset, "{encoding:?} {position:?}");
        }
        let offset = |line, character| Encoding::Utf16.offset(&source, Position { line, character });
        assert_eq!(offset(0, 2), 1, "inside a pair");
        assert_eq!(offset(0, 99), 11, "behind the end");
        assert_eq!(offset(9, 0), 15, "no such line");
    }

    #[test]
    fn changes_are_applied_one_on_top_of_the_other() {
        let change = |start: (u32, u32), end: (u32, u32), text: &str| TextDocumentContentChangeEvent {
            range: Some(Range {
                start: Position { line: start.0, character: start.1 },
                end: Position { line: end.0, character: end.1 },
            }),
            range_length: None,
            text: text.to_owned(),
        };
        let text = Encoding::Utf16.apply(
            "é𝄞x\ny\n".to_owned(),
            vec![change((0, 1), (0, 3), "!"), change((1, 0), (9, 9), "z"), change((0, 3), (0, 0), "?")],
        );
        assert_eq!(text, "é!x?\nz");
        let all = TextDocumentContentChangeEvent { range: None, range_length: None, text: "new".to_owned() };
        assert_eq!(Encoding::Utf8.apply("old".to_owned(), vec![all]), "new");
    }
}
