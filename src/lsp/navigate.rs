//! From a port to every place that is rendered of it, and back.

use lsp_types::{Location, Position};

use super::state::View;
use super::uri;
use crate::manifest::outline::{Token, TokenKind, content, tokens};
use crate::model::{Endpoint, Project, RangeName};
use crate::source::{Place, Span};

/// What is at a position.
pub(super) enum Target<'a> {
    /// A port, and whether the position is its declaration.
    Port(&'a Endpoint, bool),
    /// A named range that is used.
    Range(Place),
}

/// What is at an offset of a document.
pub(super) fn target<'a>(view: &View<'a>, offset: usize) -> Option<Target<'a>> {
    let project = view.open.workspace.projects.get(view.project)?;
    if !view.is_table {
        let span = word_at(view.text(), offset)?;
        return meant(project, &view.text()[span.range()]).map(|endpoint| Target::Port(endpoint, false));
    }
    let tokens = tokens(view.text());
    let token = tokens.iter().find(|token| token.span.start <= offset && offset <= token.span.end)?;
    target_of(project, view.text(), token)
}

/// What a token of a table is about.
pub(super) fn target_of<'a>(project: &'a Project, text: &str, token: &Token) -> Option<Target<'a>> {
    let path: Vec<&str> = token.path.iter().map(String::as_str).collect();
    let is_value = matches!(token.kind, TokenKind::Text | TokenKind::Bare);
    let word = content(text, token);
    match path.as_slice() {
        ["patch", "service"] | ["output", "services"] if is_value => port(project, word, None, false),
        ["services", _, "range"] | ["services", _, "ports", _, "range"] | ["output", "ranges"]
            if is_value =>
        {
            let name = RangeName::parse(word).ok()?;
            project.named_range(&name).map(|range| Target::Range(range.name.place))
        }
        ["services", name] => port(project, name, None, true),
        ["services", name, "ports", named] | ["services", name, "ports", named, "port"] => {
            port(project, name, Some(named), true)
        }
        ["services", name, "port" | "env"] => port(project, name, None, true),
        ["profiles", _, "services", name, ..] => port(project, name, None, false),
        _ => None,
    }
}

fn port<'a>(project: &'a Project, id: &str, named: Option<&str>, declared: bool) -> Option<Target<'a>> {
    let id = named.map_or_else(|| id.to_owned(), |named| format!("{id}.{named}"));
    let first = || {
        let service = project.services.iter().find(|service| service.name.value.as_str() == id)?;
        service.endpoints.first()
    };
    let endpoint = project.plain().endpoint(&id).or_else(first)?;
    Some(Target::Port(endpoint, declared))
}

/// The port whose variable or number a word is.
pub(super) fn meant<'a>(project: &'a Project, word: &str) -> Option<&'a Endpoint> {
    let is_variable =
        |endpoint: &&Endpoint| endpoint.variable.as_ref().is_some_and(|name| name.value.as_str() == word);
    let number: Option<u16> = if word.starts_with('0') { None } else { word.parse().ok() };
    let is_number = |endpoint: &&Endpoint| endpoint.number.fixed().map(crate::model::Port::get) == number;
    let mut endpoints = project.services.iter().flat_map(|service| &service.endpoints);
    endpoints.clone().find(is_variable).or_else(|| number.and_then(|_| endpoints.find(is_number)))
}

/// The word at an offset: letters, digits and `_`.
pub(super) fn word_at(text: &str, offset: usize) -> Option<Span> {
    let is_word = |character: char| character.is_alphanumeric() || character == '_';
    let before = text.get(..offset)?;
    let after = text.get(offset..)?;
    let start = before.trim_end_matches(is_word).len();
    let end = offset + (after.len() - after.trim_start_matches(is_word).len());
    (start < end).then(|| Span::new(start, end))
}

/// Where the port at a position goes: from its declaration to every place that
/// is rendered of it, from anywhere else to its declaration.
pub(super) fn definition(view: &View<'_>, position: Position) -> Vec<Location> {
    match target(view, view.offset(position)) {
        Some(Target::Port(endpoint, true)) => rendered(view, endpoint),
        Some(Target::Port(endpoint, false)) => at(view, endpoint.number.place).into_iter().collect(),
        Some(Target::Range(place)) => at(view, place).into_iter().collect(),
        None => Vec::new(),
    }
}

/// Every place that names the port at a position: in the table and rendered.
pub(super) fn references(view: &View<'_>, position: Position, declared: bool) -> Vec<Location> {
    let Some(Target::Port(endpoint, _)) = target(view, view.offset(position)) else { return Vec::new() };
    let workspace = &view.open.workspace;
    let mut places = Vec::new();
    if let (Some(project), Some(document)) =
        (workspace.projects.get(view.project), workspace.documents.get(view.project))
    {
        let text = workspace.sources.get(document.source).text();
        for token in tokens(text) {
            let is_here = match target_of(project, text, &token) {
                Some(Target::Port(other, _)) => std::ptr::eq(other, endpoint),
                _ => false,
            };
            let is_value = matches!(token.kind, TokenKind::Text | TokenKind::Bare);
            let is_own =
                is_value && Span::new(token.span.start, token.span.end) == endpoint.number.place.span;
            let is_use = is_value && !is_own && token.path.first().is_some_and(|name| name != "services");
            if is_here && (is_use || is_own && declared) {
                places.extend(at(view, Place::new(document.source, token.span)));
            }
        }
    }
    places.extend(rendered(view, endpoint));
    places
}

fn rendered(view: &View<'_>, endpoint: &Endpoint) -> Vec<Location> {
    let places = view.open.rendered_places(view.project, endpoint).into_iter();
    let location = |place: crate::app::RenderedPlace| {
        let uri = uri::of_path(&view.open.workspace.folder.join(&place.path))?;
        Some(Location { uri, range: view.encoding.range(&place.text, place.span) })
    };
    places.filter_map(location).collect()
}

/// A place of the tables.
fn at(view: &View<'_>, place: Place) -> Option<Location> {
    let workspace = &view.open.workspace;
    let source = workspace.sources.get(place.source);
    let uri = uri::of_path(&workspace.folder.join(source.name()))?;
    Some(Location { uri, range: view.encoding.range(source, place.span) })
}
