//! What can be done about a place: fixes of findings, another number.

use std::collections::HashMap;

use lsp_types::{CodeAction, CodeActionKind, CodeActionOrCommand, Range, TextEdit, Uri, WorkspaceEdit};

use super::noted::{Noted, NotedFix};
use super::state::View;
use super::uri;
use crate::manifest::outline::{TokenKind, content, tokens};
use crate::model::Endpoint;
use crate::source::Span;

/// What can be done about a range of a document.
pub(super) fn actions(view: &View<'_>, range: Range) -> Vec<CodeActionOrCommand> {
    let here = |note: &&Noted| is_of(view, &note.uri) && overlap(note.diagnostic.range, range);
    let notes: Vec<&Noted> = view.of_table.iter().chain(view.others).filter(here).collect();
    let mut actions: Vec<CodeAction> = notes.iter().filter_map(|note| fix(view, note)).collect();
    actions.extend(another_number(view, range, &notes));
    actions.into_iter().map(CodeActionOrCommand::CodeAction).collect()
}

fn is_of(view: &View<'_>, other: &Uri) -> bool {
    *other == view.document.uri || uri::to_path(other).is_some_and(|path| path == view.document.path)
}

fn overlap(one: Range, other: Range) -> bool {
    one.start <= other.end && other.start <= one.end
}

/// The change that a finding comes with, where the text is still the one it is for.
fn fix(view: &View<'_>, note: &Noted) -> Option<CodeAction> {
    let NotedFix { title, safe, edits } = note.fix.as_ref()?;
    let still =
        edits.iter().filter(|(uri, _)| is_of(view, uri)).flat_map(|(_, edits)| edits).all(|(edit, old)| {
            let (start, end) = (view.offset(edit.range.start), view.offset(edit.range.end));
            view.text().get(start..end) == Some(old.as_str())
        });
    let changes = edits.iter().map(|(uri, edits)| {
        let uri = if is_of(view, uri) { view.document.uri.clone() } else { uri.clone() };
        (uri, edits.iter().map(|(edit, _)| edit.clone()).collect())
    });
    still.then(|| CodeAction {
        title: title.clone(),
        kind: Some(CodeActionKind::QUICKFIX),
        diagnostics: Some(vec![note.diagnostic.clone()]),
        is_preferred: Some(*safe),
        edit: Some(edit_of(changes)),
        ..CodeAction::default()
    })
}

#[expect(clippy::mutable_key_type, reason = "the protocol's own type; an address does not change")]
fn edit_of(changes: impl Iterator<Item = (Uri, Vec<TextEdit>)>) -> WorkspaceEdit {
    let changes: HashMap<Uri, Vec<TextEdit>> = changes.collect();
    WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() }
}

/// The next free number for each port that is declared in the range.
fn another_number(view: &View<'_>, range: Range, notes: &[&Noted]) -> Vec<CodeAction> {
    let Some(project) = view.open.workspace.projects.get(view.project).filter(|_| view.is_table) else {
        return Vec::new();
    };
    let (start, end) = (view.offset(range.start), view.offset(range.end));
    let text = view.text();
    let all = tokens(text);
    let lines = all.iter().filter(|token| {
        let is_number = token.kind == TokenKind::Bare || content(text, token) == "auto";
        is_number && on_line(text, token.span.clone(), start, end)
    });
    let endpoints = |span: &std::ops::Range<usize>| {
        let own = Span::new(span.start, span.end);
        let mut all = project.services.iter().flat_map(|service| &service.endpoints);
        all.find(|endpoint: &&Endpoint| endpoint.number.place.span == own)
    };
    let found = lines.filter_map(|token| Some((token.span.clone(), endpoints(&token.span)?)));
    found
        .filter_map(|(span, endpoint)| {
            let named = endpoint.range.as_ref().and_then(|name| project.named_range(&name.value));
            let (port, pool) = view.open.next_free(view.project, named, Some(endpoint))?;
            let range = view.encoding.range(&view.document.source, Span::new(span.start, span.end));
            let mends: Vec<_> = notes
                .iter()
                .filter(|note| note.fix.is_none() && note.diagnostic.range == range)
                .map(|note| note.diagnostic.clone())
                .collect();
            let kind =
                if mends.is_empty() { CodeActionKind::REFACTOR_REWRITE } else { CodeActionKind::QUICKFIX };
            let edit = TextEdit { range, new_text: port.to_string() };
            Some(CodeAction {
                title: format!("Give {} {port}, the next free number of {pool}", endpoint.id()),
                kind: Some(kind),
                diagnostics: Some(mends).filter(|mends| !mends.is_empty()),
                edit: Some(edit_of(std::iter::once((view.document.uri.clone(), vec![edit])))),
                ..CodeAction::default()
            })
        })
        .collect()
}

/// Whether a token stands on one of the lines of a selection.
fn on_line(text: &str, token: std::ops::Range<usize>, start: usize, end: usize) -> bool {
    let first = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
    let last = text[end..].find('\n').map_or(text.len(), |newline| end + newline);
    first <= token.start && token.start <= last
}
