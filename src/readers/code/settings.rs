//! Classes whose fields the environment sets, and tags that say so.

use super::cursor::Code;
use super::judge::Verdict;
use super::names;
use super::texts::Found;
use crate::diagnostic::Confidence::High;
use crate::readers::{Role, words};

/// A class of settings.
pub(super) struct Class {
    /// Its first and its last token.
    tokens: std::ops::Range<usize>,
    /// What stands before the name of every variable.
    prefix: String,
}

/// The classes of a text that take their fields from the environment.
pub(super) fn classes(code: &Code<'_>) -> Vec<Class> {
    if !code.language.docstrings || memchr::memmem::find(code.text.as_bytes(), b"Settings").is_none() {
        return Vec::new();
    }
    let is_pydantic = memchr::memmem::find(code.text.as_bytes(), b"pydantic").is_some();
    let mut classes = Vec::new();
    for at in 0..code.tokens.len() {
        if !code.is(at, "class") || !code.is(at + 2, "(") {
            continue;
        }
        let Some(close) = code.partner(at + 2) else { continue };
        let is_settings = (at + 3..close).any(|base| {
            code.word(base)
                .is_some_and(|name| name == "BaseSettings" || (is_pydantic && name.ends_with("Settings")))
        });
        if !is_settings {
            continue;
        }
        let column = column(code, at);
        let end = (close + 2..code.tokens.len())
            .find(|&next| {
                code.is_first(next) && code.parent(next).is_none() && self::column(code, next) <= column
            })
            .unwrap_or(code.tokens.len());
        classes.push(Class { tokens: at..end, prefix: prefix(code, at..end) });
    }
    classes
}

fn column(code: &Code<'_>, at: usize) -> usize {
    let start = code.get(at).map_or(0, |token| token.start as usize);
    let before = &code.text.as_bytes()[..start];
    before.iter().rev().take(200).take_while(|byte| **byte != b'\n').count()
}

fn prefix(code: &Code<'_>, tokens: std::ops::Range<usize>) -> String {
    for at in tokens {
        let is_key = code.word(at).or_else(|| code.string(at)) == Some("env_prefix");
        if is_key && code.is_any(at + 1, &["=", ":"]) {
            return code.string(at + 2).unwrap_or("").to_ascii_uppercase();
        }
    }
    String::new()
}

/// The default of a field of such a class stands in for its variable.
pub(super) fn of_class(code: &Code<'_>, at: usize, classes: &[Class], verdict: Verdict) -> Verdict {
    if !matches!(verdict.role, Role::Define | Role::Connect | Role::Listen) {
        return verdict;
    }
    let Some(class) = classes.iter().find(|class| class.tokens.contains(&at)) else { return verdict };
    let Some(name) = verdict.variable.clone() else { return verdict };
    // Of the class itself, and of no method in it.
    let start = (class.tokens.start..=at).rev().find(|&at| code.is_first(at) && code.parent(at).is_none());
    if start.and_then(|start| code.word(start)) != Some(name.as_str()) {
        return verdict;
    }
    let variable = format!("{}{}", class.prefix, name.to_ascii_uppercase());
    Verdict { role: Role::Fallback, variable: Some(variable), ..verdict }
}

/// `env:"PORT" envDefault:"8080"` of a field.
pub(super) fn tags(code: &Code<'_>, at: usize, found: &mut Vec<Found>) {
    if !code.language.bare_types {
        return;
    }
    let Some(text) = code.string(at).filter(|text| text.contains("efault:\"") && text.len() < 400) else {
        return;
    };
    let value = |key: &str| {
        let start = text.find(&format!("{key}:\""))? + key.len() + 2;
        let end = start + text[start..].find('"')?;
        Some((start, &text[start..end]))
    };
    let Some((start, default)) = value("envDefault").or_else(|| value("default")) else { return };
    let name = value("env").or_else(|| value("envconfig"));
    let name = name.map(|(_, name)| name.split(',').next().unwrap_or(""));
    let Some(name) = name.filter(|name| !name.is_empty()) else { return };
    let base = code.get(at).map_or(0, |token| token.inner().start) + start;
    if let Some(port) = words::port(default).filter(|_| names::is_port(name)) {
        let verdict = Verdict::new(Role::Fallback, High).variable(name);
        found.push(Found { place: base..base + default.len(), port, verdict, is_udp: false });
        return;
    }
    let address = default.strip_prefix(':').and_then(words::port);
    if let Some(port) = address {
        let verdict = Verdict::new(Role::Fallback, High).variable(name);
        found.push(Found { place: base + 1..base + default.len(), port, verdict, is_udp: false });
    }
    for one in words::urls(default).chain(words::pairs(default)) {
        if names::is_own_host(one.host) {
            let verdict = Verdict::new(Role::Fallback, High).host(Some(one.host)).variable(name);
            let place = base + one.place.start..base + one.place.end;
            found.push(Found { place, port: one.port, verdict, is_udp: false });
        }
    }
}
