//! What could be typed: keys, ranges, targets, rules, words, free numbers.

use lsp_types::{
    CompletionItem, CompletionItemKind, CompletionTextEdit, Documentation, MarkupContent, MarkupKind,
    Position, TextEdit,
};

use super::hover::key_text;
use super::state::View;
use crate::manifest::outline::{Slot, TokenKind, content, slot, tokens};
use crate::manifest::{Key, Names, Section, Stop, Takes, stop};
use crate::model::Project;
use crate::rules::{self, RULES};
use crate::source::Span;
use crate::target::{self, OptionSpec, TARGETS};

/// The schemes that are known by name; any other word is one, too.
const SCHEMES: [&str; 7] = ["http", "https", "ws", "wss", "grpc", "tcp", "udp"];

/// One thing that could be typed.
struct Offer {
    label: String,
    text: String,
    detail: String,
    doc: Option<String>,
    kind: CompletionItemKind,
}

impl Offer {
    fn word(label: &str, kind: CompletionItemKind) -> Self {
        Self { label: label.to_owned(), text: label.to_owned(), detail: String::new(), doc: None, kind }
    }

    fn quoted(label: &str, kind: CompletionItemKind) -> Self {
        Self { text: format!("\"{label}\""), ..Self::word(label, kind) }
    }

    fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }
}

/// What could be typed at a position of a table.
pub(super) fn complete(view: &View<'_>, position: Position) -> Vec<CompletionItem> {
    if !view.is_table {
        return Vec::new();
    }
    let offset = view.offset(position);
    let text = &view.text()[..offset];
    let (offers, start) = match slot(text) {
        Slot::Header { before, start } => (headers(view, &before), start),
        Slot::Key { table, start } => (keys(view, &table, offset), start),
        Slot::Value { path, start } => (values(view, &path, offset), start),
        Slot::Nothing => return Vec::new(),
    };
    let end = end_of_word(view.text(), start, offset);
    let range = view.encoding.range(&view.document.source, Span::new(start, end));
    offers.into_iter().enumerate().map(|(index, offer)| item(offer, index, range)).collect()
}

fn item(offer: Offer, index: usize, range: lsp_types::Range) -> CompletionItem {
    let documentation = offer
        .doc
        .map(|value| Documentation::MarkupContent(MarkupContent { kind: MarkupKind::Markdown, value }));
    CompletionItem {
        label: offer.label,
        kind: Some(offer.kind),
        detail: Some(offer.detail).filter(|detail| !detail.is_empty()),
        documentation,
        sort_text: Some(format!("{index:04}")),
        filter_text: Some(offer.text.clone()),
        text_edit: Some(CompletionTextEdit::Edit(TextEdit { range, new_text: offer.text })),
        ..CompletionItem::default()
    }
}

/// Behind the cursor, the closing quote that an editor has put there.
fn end_of_word(text: &str, start: usize, offset: usize) -> usize {
    let quote = text[start..offset].chars().next().filter(|character| matches!(character, '"' | '\''));
    match quote {
        Some(quote) if text[offset..].starts_with(quote) => offset + 1,
        _ => offset,
    }
}

fn key_offer(key: &Key, text: String) -> Offer {
    let offer = Offer { text, ..Offer::word(key.name, CompletionItemKind::PROPERTY) };
    Offer { doc: Some(key_text(key)), ..offer.detail(key.doc) }
}

/// Names in a header: tables, and services where a profile says something of them.
fn headers(view: &View<'_>, before: &[String]) -> Vec<Offer> {
    match stop(before) {
        Some(Stop::Table(section)) => section
            .keys()
            .filter(|key| is_table(key.takes))
            .map(|key| key_offer(key, key.name.to_owned()))
            .collect(),
        Some(Stop::Names(key))
            if before.first().is_some_and(|first| first == "profiles") && key.name == "services" =>
        {
            project(view).map(|project| services(project, false)).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

fn is_table(takes: Takes) -> bool {
    matches!(
        takes,
        Takes::Table(_)
            | Takes::Tables(_)
            | Takes::Named(_)
            | Takes::NamedPorts(_)
            | Takes::ComposeService
            | Takes::Any
            | Takes::PerPath
            | Takes::Options
            | Takes::Allow
    )
}

fn project<'a>(view: &View<'a>) -> Option<&'a Project> {
    view.open.workspace.projects.get(view.project)
}

/// Keys that may stand in a table, but for those that do.
fn keys(view: &View<'_>, table: &[String], offset: usize) -> Vec<Offer> {
    match stop(table) {
        Some(Stop::Table(section)) => of_section(view, section, table, offset),
        Some(Stop::Names(key))
            if table.first().is_some_and(|first| first == "profiles") && key.name == "services" =>
        {
            project(view).map(|project| services(project, false)).unwrap_or_default()
        }
        Some(Stop::Value(Key { takes: Takes::Allow, .. })) => rules_as(" = \"\""),
        Some(Stop::Value(Key { takes: Takes::PerPath, .. })) if table.len() > 2 => rules_as(" = "),
        Some(Stop::Value(Key { takes: Takes::Options, .. })) => options(view, offset),
        Some(Stop::Other(_)) => crate::manifest::keys::LEVEL
            .keys()
            .map(|key| key_offer(key, format!("{} = ", key.name)))
            .collect(),
        _ => Vec::new(),
    }
}

fn of_section(view: &View<'_>, section: &'static Section, table: &[String], offset: usize) -> Vec<Offer> {
    let is_list = matches!(table.first().map(String::as_str), Some("output" | "patch" | "reserved"));
    let text = view.text();
    let all = tokens(text);
    // Of several tables with one name only the one around the cursor counts.
    let starts = |token: &&crate::manifest::outline::Token| matches!(token.kind, TokenKind::Header(_));
    let first = all.iter().filter(starts).rfind(|token| token.span.start < offset);
    let from = first.filter(|_| is_list).map_or(0, |token| token.span.end);
    let to = all.iter().filter(starts).map(|token| token.span.start).find(|&start| start >= offset);
    let to = to.filter(|_| is_list).unwrap_or(text.len());
    let is_there = |key: &Key| {
        all.iter().any(|token| {
            token.kind == TokenKind::Key
                && (from..to).contains(&token.span.start)
                && !(token.span.start..=token.span.end).contains(&offset)
                && token.path.len() == table.len() + 1
                && token.path.starts_with(table)
                && content(text, token) == key.name
        })
    };
    let keys = section.keys().filter(|key| !is_there(key));
    let mut offers: Vec<Offer> = keys
        .map(|key| {
            let start = match key.takes {
                Takes::Tables(_) | Takes::Table(_) if table.is_empty() => {
                    let (open, close) =
                        if matches!(key.takes, Takes::Tables(_)) { ("[[", "]]") } else { ("[", "]") };
                    format!("{open}{}{close}", key.name)
                }
                Takes::Named(_) if table.is_empty() => format!("[{}.", key.name),
                _ => format!("{} = ", key.name),
            };
            key_offer(key, start)
        })
        .collect();
    if section.others.is_some() {
        offers.extend(rules_as(" = "));
    }
    offers
}

fn rules_as(rest: &str) -> Vec<Offer> {
    let rules = RULES.iter().filter(|rule| !rule.is_mistake());
    rules
        .map(|rule| Offer {
            text: format!("{}{rest}", rule.name),
            doc: Some(rule.summary().to_owned()),
            ..Offer::word(rule.name, CompletionItemKind::PROPERTY).detail(rules::level_word(rule))
        })
        .collect()
}

/// The options of the target that the output around the cursor has.
fn known_options(view: &View<'_>, offset: usize) -> &'static [OptionSpec] {
    let text = view.text();
    let before = tokens(text).into_iter().take_while(|token| token.span.start < offset);
    let targets = before.filter(|token| token.path == ["output", "target"] && token.kind == TokenKind::Text);
    let last = targets.last().and_then(|token| target::find(content(text, &token)));
    last.and_then(|target| target.spec().ok()?.options.as_deref()).unwrap_or_default()
}

fn options(view: &View<'_>, offset: usize) -> Vec<Offer> {
    known_options(view, offset)
        .iter()
        .map(|option| Offer {
            text: format!("{} = ", option.name),
            doc: Some(option.description.clone()),
            ..Offer::word(&option.name, CompletionItemKind::PROPERTY).detail(option.kind.word())
        })
        .collect()
}

fn values(view: &View<'_>, path: &[String], offset: usize) -> Vec<Offer> {
    let words = |words: &[&str]| {
        words.iter().map(|word| Offer::quoted(word, CompletionItemKind::ENUM_MEMBER)).collect()
    };
    if let [output, options, name] = path
        && output == "output"
        && options == "options"
    {
        return known_options(view, offset)
            .iter()
            .filter(|option| option.name == *name)
            .flat_map(|option| &option.choices)
            .map(|choice| Offer::quoted(choice, CompletionItemKind::ENUM_MEMBER))
            .collect();
    }
    let Some(project) = project(view) else { return Vec::new() };
    let takes = match stop(path) {
        Some(Stop::Value(key)) => key.takes,
        Some(Stop::Other(takes)) => takes,
        // A named port that is a number alone.
        Some(Stop::Table(_)) if path.len() > 3 => Takes::Number,
        _ => return Vec::new(),
    };
    match takes {
        Takes::Word(known) | Takes::Words(known) => words(known),
        Takes::Level | Takes::PerPath => words(crate::manifest::keys::LEVELS),
        Takes::Boolean => ["true", "false"].map(|word| Offer::word(word, CompletionItemKind::VALUE)).into(),
        Takes::Scheme => words(&SCHEMES),
        Takes::Health => words(&["tcp", "/health"]),
        Takes::Name(Some(Names::Range)) | Takes::NameList(Names::Range) => ranges(project),
        Takes::Name(Some(Names::Profile)) => {
            let names = project.profiles.iter().map(|profile| profile.name.value.as_str());
            names.map(|name| Offer::quoted(name, CompletionItemKind::VALUE)).collect()
        }
        Takes::Name(Some(Names::Service)) | Takes::NameList(Names::Service) => services(project, true),
        Takes::PortId => ports(project),
        Takes::Target => TARGETS
            .iter()
            .map(|target| {
                let detail = target.spec().map(|spec| spec.description.clone()).unwrap_or_default();
                Offer::quoted(target.id, CompletionItemKind::MODULE).detail(detail)
            })
            .collect(),
        Takes::Number => numbers(view, project, path, offset),
        _ => Vec::new(),
    }
}

fn ranges(project: &Project) -> Vec<Offer> {
    let offer = |range: &crate::model::NamedRange| {
        Offer::quoted(range.name.value.as_str(), CompletionItemKind::VALUE)
            .detail(range.ports.value.to_string())
    };
    project.ranges.iter().map(offer).collect()
}

fn services(project: &Project, quoted: bool) -> Vec<Offer> {
    let make = if quoted { Offer::quoted } else { Offer::word };
    let offer = |service: &crate::model::Service| {
        make(service.name.value.as_str(), CompletionItemKind::REFERENCE).detail(service.title.clone())
    };
    project.services.iter().map(offer).collect()
}

fn ports(project: &Project) -> Vec<Offer> {
    let endpoints = project.services.iter().flat_map(|service| &service.endpoints);
    endpoints
        .map(|endpoint| {
            let number = endpoint.number.value.fixed().map(|port| port.to_string()).unwrap_or_default();
            Offer::quoted(&endpoint.id(), CompletionItemKind::REFERENCE).detail(number)
        })
        .collect()
}

/// The next free number of the service's range, and what else a port may be.
fn numbers(view: &View<'_>, project: &Project, path: &[String], offset: usize) -> Vec<Offer> {
    let text = view.text();
    let all = tokens(text);
    // The range may stand in lines that cannot be read yet: it is looked for in the text.
    let table = path.get(..2).unwrap_or(path);
    let is_range = |token: &&crate::manifest::outline::Token| {
        token.kind == TokenKind::Text
            && token.path.starts_with(table)
            && token.path.last().is_some_and(|name| name == "range")
    };
    let named = all.iter().find(is_range).map(|token| content(text, token));
    let range = named.and_then(|name| project.ranges.iter().find(|range| range.name.value.as_str() == name));
    let used = all
        .iter()
        .find(|token| token.kind == TokenKind::Bare && (token.span.start..=token.span.end).contains(&offset));
    let mut offers = Vec::new();
    if let Some((port, pool)) = view.open.next_free(view.project, range, None) {
        let number = port.to_string();
        if used.is_none_or(|token| content(text, token) != number) {
            offers.push(
                Offer::word(&number, CompletionItemKind::VALUE)
                    .detail(format!("the next free number of {pool}")),
            );
        }
    }
    offers
        .push(Offer::quoted("auto", CompletionItemKind::VALUE).detail("the ledger of this machine chooses"));
    offers
}
