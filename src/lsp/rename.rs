//! Rename of a service, in its table.

use std::collections::HashMap;

use lsp_types::{Position, PrepareRenameResponse, TextEdit, WorkspaceEdit};

use super::state::View;
use crate::manifest::outline::{Token, tokens};
use crate::manifest::{rename_service, service_named};
use crate::model::ServiceName;
use crate::source::Span;

fn named(view: &View<'_>, position: Position) -> Option<(Token, String)> {
    let offset = view.offset(position);
    let at = tokens(view.text())
        .into_iter()
        .find(|token| token.span.start <= offset && offset <= token.span.end)?;
    let name = service_named(view.text(), &at)?.to_owned();
    let table = view.open.workspace.projects.get(view.project)?;
    let is_known = table.services.iter().any(|service| service.name.value.as_str() == name);
    (view.is_table && is_known).then_some((at, name))
}

/// What is renamed at a position, if it is a service's name.
pub(super) fn prepare(view: &View<'_>, position: Position) -> Option<PrepareRenameResponse> {
    let (token, placeholder) = named(view, position)?;
    let inside = &view.text()[token.span.clone()];
    let start = token.span.start + inside.find(&placeholder)?;
    let range = view.encoding.range(&view.document.source, Span::new(start, start + placeholder.len()));
    Some(PrepareRenameResponse::RangeWithPlaceholder { range, placeholder })
}

/// The edits that give the service at a position another name.
///
/// # Errors
/// Where there is none, where the new name is none or taken.
#[expect(clippy::mutable_key_type, reason = "the protocol's own type; an address does not change")]
pub(super) fn rename(view: &View<'_>, position: Position, new: &str) -> Result<WorkspaceEdit, String> {
    let (_, old) = named(view, position).ok_or("there is no service's name here")?;
    let name =
        ServiceName::parse(new).map_err(|error| format!("`{}` is no name: {error}", new.escape_debug()))?;
    let replacements =
        if name.as_str() == old { Vec::new() } else { rename_service(view.text(), &old, &name)? };
    let edits = replacements.into_iter().map(|(range, new_text)| {
        let range = view.encoding.range(&view.document.source, Span::new(range.start, range.end));
        TextEdit { range, new_text }
    });
    let changes = HashMap::from([(view.document.uri.clone(), edits.collect())]);
    Ok(WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() })
}
