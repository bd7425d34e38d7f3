//! What a port, a key or a word is, in a few lines.

use lsp_types::{Hover, HoverContents, MarkupContent, MarkupKind, Position};

use super::navigate::{Target, meant, target_of, word_at};
use super::state::View;
use crate::diagnostic::printable;
use crate::facts;
use crate::manifest::outline::{Token, TokenKind, content, tokens};
use crate::manifest::{Key, Names, Stop, Takes, stop};
use crate::model::{Endpoint, Health, NamedRange, Port, Project, RangeName};
use crate::rules;
use crate::source::Span;
use crate::target;

/// Of the places that are rendered, as many as are listed.
const MOST_PLACES: usize = 8;

/// What is at a position.
pub(super) fn hover(view: &View<'_>, position: Position) -> Option<Hover> {
    let offset = view.offset(position);
    let (text, span) = if view.is_table { in_table(view, offset)? } else { elsewhere(view, offset)? };
    let range = Some(view.encoding.range(&view.document.source, span));
    let contents = HoverContents::Markup(MarkupContent { kind: MarkupKind::Markdown, value: text });
    Some(Hover { contents, range })
}

/// A number or a variable of the table, in any other file.
fn elsewhere(view: &View<'_>, offset: usize) -> Option<(String, Span)> {
    let project = view.open.workspace.projects.get(view.project)?;
    let span = word_at(view.text(), offset)?;
    let endpoint = meant(project, &view.text()[span.range()])?;
    Some((port(view, project, endpoint), span))
}

fn in_table(view: &View<'_>, offset: usize) -> Option<(String, Span)> {
    let text = view.text();
    let tokens = tokens(text);
    let token = tokens.iter().find(|token| token.span.start <= offset && offset <= token.span.end)?;
    let project = view.open.workspace.projects.get(view.project)?;
    let is_name = !matches!(token.kind, TokenKind::Text | TokenKind::Bare);
    let key_here = match stop(&token.path) {
        Some(Stop::Value(key)) => Some(key),
        _ => None,
    };
    let says_port = match key_here {
        None => true,
        Some(key) if is_name => matches!(key.takes, Takes::Number),
        Some(_) => true,
    };
    let shown = match target_of(project, text, token).filter(|_| says_port) {
        Some(Target::Port(endpoint, _)) => Some(port(view, project, endpoint)),
        Some(Target::Range(_)) => range(project, content(text, token)),
        None => None,
    };
    let shown = shown.or_else(|| named(project, text, token)).or_else(|| of_key(token))?;
    Some((shown, Span::new(token.span.start, token.span.end)))
}

/// A range, a target or a rule, where its name stands.
fn named(project: &Project, text: &str, token: &Token) -> Option<String> {
    let word = content(text, token);
    if let [first, _] = token.path.as_slice()
        && first == "ranges"
    {
        return range(project, word);
    }
    match stop(&token.path)? {
        Stop::Value(Key { takes: Takes::Target, .. }) if token.kind == TokenKind::Text => {
            let spec = target::find(word)?.spec().ok()?;
            Some(format!("**{word}**: {}", spec.description))
        }
        Stop::Value(Key { takes: Takes::Name(Some(Names::Range)), .. }) if token.kind == TokenKind::Text => {
            range(project, word)
        }
        Stop::Value(Key { takes: Takes::Allow | Takes::PerPath, .. }) | Stop::Other(_) => {
            let rule = rules::find(word)?;
            Some(format!("**{}** ({}): {}", rule.name, rules::level_word(rule), rule.summary()))
        }
        _ => None,
    }
}

/// What a key says.
fn of_key(token: &Token) -> Option<String> {
    let mut path = token.path.clone();
    let name = path.last().cloned()?;
    let key = match stop(&path)? {
        Stop::Value(key) | Stop::Names(key) => key,
        Stop::Table(_) => {
            path.pop();
            let Stop::Table(section) = stop(&path)? else { return None };
            section.key(&name)?
        }
        Stop::Other(_) => return None,
    };
    (key.name == name).then(|| key_text(key))
}

/// A key in a few lines.
pub(super) fn key_text(key: &Key) -> String {
    let default =
        if key.default.is_empty() { String::new() } else { format!("\n\nDefault: {}", key.default) };
    format!("**{}**: {}\n\nTakes {}.{default}", key.name, key.doc, key.takes.as_words())
}

fn range(project: &Project, name: &str) -> Option<String> {
    let range: &NamedRange = project.named_range(&RangeName::parse(name).ok()?)?;
    let services = project.services.iter().flat_map(|service| &service.endpoints);
    let used = services
        .filter(|endpoint| endpoint.range.as_ref().is_some_and(|own| own.value == range.name.value))
        .count();
    let description =
        range.description.as_ref().map(|text| format!("\n\n{}", plain(text))).unwrap_or_default();
    Some(format!(
        "**{}**: range `{}`, {} ({} allocation)\n\n{used} of its {} numbers are given{description}",
        plain(&range.title),
        range.name,
        range.ports.value,
        range.allocation.as_str(),
        range.ports.value.ranges().iter().map(|ports| ports.len()).sum::<usize>(),
    ))
}

/// What a port is, where it is used, and what the facts say.
pub(super) fn port(view: &View<'_>, project: &Project, endpoint: &Endpoint) -> String {
    let number = endpoint.number.value.fixed();
    let shown =
        number.map_or_else(|| "a number that this machine chooses".to_owned(), |port| port.to_string());
    let mut lines = vec![format!("**{}** `{}`: port **{shown}**", plain(&endpoint.title), endpoint.id())];
    lines.extend(endpoint.description.as_deref().map(|text| format!("\n{}", plain(text))));
    lines.push(String::new());
    lines.extend(endpoint.url().map(|url| format!("- {url}")));
    lines.extend(endpoint.variable.as_ref().map(|name| format!("- variable `{}`", name.value)));
    let place = if endpoint.elsewhere {
        "runs elsewhere".to_owned()
    } else {
        format!("listens on {}", endpoint.bind)
    };
    lines.push(format!("- {place}, {}, {}", endpoint.protocol.as_str(), endpoint.status.as_str()));
    if let Some(range) = endpoint.range.as_ref().and_then(|name| project.named_range(&name.value)) {
        lines.push(format!("- range `{}`, {}", range.name, range.ports.value));
    }
    if let Some(Health::Path(path)) = &endpoint.health {
        lines.push(format!("- health at `{path}`"));
    }
    lines.extend(endpoint.container_port.map(|port| format!("- port {port} in its container")));
    lines.extend(endpoint.notes.as_deref().map(|notes| format!("- {}", plain(notes))));
    lines.extend(places(view, endpoint));
    if let Some(port) = number {
        lines.extend(known(port, endpoint).into_iter().map(|fact| format!("- {fact}")));
    }
    lines.join("\n")
}

fn places(view: &View<'_>, endpoint: &Endpoint) -> Option<String> {
    let places = view.open.rendered_places(view.project, endpoint);
    let mut shown: Vec<String> = places
        .iter()
        .map(|place| {
            format!("`{}:{}`", printable(&place.path), place.text.line_index(place.span.start as usize) + 1)
        })
        .collect();
    let rest = shown.len().saturating_sub(MOST_PLACES);
    shown.truncate(MOST_PLACES);
    let more = if rest == 0 { String::new() } else { format!(" and {rest} more") };
    (!shown.is_empty()).then(|| format!("- rendered in {}{more}", shown.join(", ")))
}

/// What is known of a number.
fn known(port: Port, endpoint: &Endpoint) -> Vec<String> {
    let mut facts = Vec::new();
    if let Some(known) = facts::well_known(port) {
        facts.push(format!("{} has this port by default", known.holder));
    }
    if let Some(known) = facts::platform_port(port, endpoint.protocol) {
        facts.push(format!("{} listens here on {}", known.holder, known.system));
    }
    if facts::blocked_by_browsers(port).is_some() {
        facts.push("browsers refuse to fetch from it".to_owned());
    }
    if facts::is_privileged(port) {
        facts.push("only a privileged program may listen on it".to_owned());
    }
    if let Some(systems) = facts::ephemeral(port) {
        facts.push(format!("outgoing connections take it: {}", systems.systems()));
    }
    facts
}

/// A text of the table as Markdown that shows it as it is.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        for character in printable(line).chars() {
            if "\\`*_[]<>#|!&~".contains(character) {
                out.push('\\');
            }
            out.push(character);
        }
        out.push(' ');
    }
    out.trim_end().to_owned()
}
