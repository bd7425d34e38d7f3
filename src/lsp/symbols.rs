//! The outline of a table: its sections, and the keys of each.

use lsp_types::{DocumentSymbol, SymbolKind};

use super::state::View;
use crate::manifest::outline::{Token, TokenKind, content, tokens};
use crate::source::Span;

/// One symbol a header, with its keys below it.
pub(super) fn symbols(view: &View<'_>) -> Vec<DocumentSymbol> {
    let text = view.text();
    let tokens = tokens(text);
    let mut symbols: Vec<DocumentSymbol> = Vec::new();
    let mut start_of_header = None;
    let starts: Vec<usize> = header_starts(text, &tokens);
    for (index, token) in tokens.iter().enumerate() {
        match token.kind {
            TokenKind::Header(_) => {
                let start = *start_of_header.get_or_insert(line_start(text, token.span.start));
                if !token.is_last {
                    continue;
                }
                start_of_header = None;
                let next = starts.partition_point(|&other| other <= token.span.start);
                let end = starts.get(next).copied().unwrap_or(text.len());
                let extent = start..start + text[start..end].trim_end().len();
                symbols.push(symbol(view, &tokens, index, extent));
            }
            TokenKind::Key if token.is_last => {
                let value = tokens.get(index + 1).filter(|value| value.path == token.path);
                let end = value.map_or(token.span.end, |value| value.span.end);
                let key = symbol(view, &tokens, index, token.span.start..end);
                match symbols.last_mut() {
                    // Keys of inline tables are not shown: they stand in one line.
                    Some(header) if is_direct(&tokens, index) => {
                        header.children.get_or_insert_default().push(key)
                    }
                    Some(_) => {}
                    None => symbols.push(key),
                }
            }
            _ => {}
        }
    }
    symbols
}

fn header_starts(text: &str, tokens: &[Token]) -> Vec<usize> {
    let headers = tokens.iter().filter(|token| matches!(token.kind, TokenKind::Header(_)) && token.is_last);
    headers.map(|token| line_start(text, token.span.start)).collect()
}

/// Whether a key stands directly under the last header.
fn is_direct(tokens: &[Token], index: usize) -> bool {
    let header = tokens[..index].iter().rev().find(|token| matches!(token.kind, TokenKind::Header(_)));
    header.is_some_and(|header| tokens[index].path.len() == header.path.len() + 1)
}

fn line_start(text: &str, offset: usize) -> usize {
    text[..offset].rfind('\n').map_or(0, |newline| newline + 1)
}

#[expect(deprecated, reason = "the type has a field that the protocol gave up")]
fn symbol(view: &View<'_>, tokens: &[Token], index: usize, extent: std::ops::Range<usize>) -> DocumentSymbol {
    let token = &tokens[index];
    let text = view.text();
    let span = |range: std::ops::Range<usize>| Span::new(range.start, range.end);
    let range = |range| view.encoding.range(&view.document.source, span(range));
    let kind = match token.path.first().map(String::as_str) {
        _ if token.kind == TokenKind::Key => SymbolKind::PROPERTY,
        Some("project" | "workspace") => SymbolKind::NAMESPACE,
        Some("services") => SymbolKind::OBJECT,
        Some("ranges" | "reserved") => SymbolKind::ARRAY,
        Some("output" | "patch") => SymbolKind::FILE,
        _ => SymbolKind::MODULE,
    };
    let value_of = |key: &str| {
        let below =
            tokens[index + 1..].iter().take_while(|other| !matches!(other.kind, TokenKind::Header(_)));
        let mut values = below.filter(|other| matches!(other.kind, TokenKind::Text | TokenKind::Bare));
        values.find(|value| {
            value.path.len() == token.path.len() + 1 && value.path.last().is_some_and(|name| name == key)
        })
    };
    let detail = match token.kind {
        TokenKind::Key => tokens.get(index + 1).filter(|value| value.path == token.path),
        _ => ["port", "ports", "path", "range"].into_iter().find_map(value_of),
    };
    let name =
        if token.kind == TokenKind::Key { content(text, token).to_owned() } else { token.path.join(".") };
    DocumentSymbol {
        name: if name.is_empty() { "\"\"".to_owned() } else { name },
        detail: detail.map(|value| content(text, value).to_owned()),
        kind,
        tags: None,
        deprecated: None,
        selection_range: range(token.span.clone()),
        range: range(extent.start.min(token.span.start)..extent.end.max(token.span.end)),
        children: None,
    }
}
