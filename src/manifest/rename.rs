//! Gives a service another name, everywhere in its table.

use std::ops::Range;

use regex::Regex;

use super::outline::{Token, TokenKind, content, tokens};
use super::parse;
use crate::model::ServiceName;
use crate::source::SourceId;

/// What is replaced in a text, and by what.
pub type Replacement = (Range<usize>, String);

/// The service that a token names: at its declaration, in a profile, in an
/// output's selection, in a patch.
pub fn service_named<'t>(text: &'t str, token: &Token) -> Option<&'t str> {
    let word = content(text, token);
    let path: Vec<&str> = token.path.iter().map(String::as_str).collect();
    match (token.kind, path.as_slice()) {
        (TokenKind::Header(_) | TokenKind::Key, ["services", _] | ["profiles", _, "services", _]) => {
            Some(word)
        }
        (TokenKind::Text, ["output", "services"]) => Some(word),
        (TokenKind::Text, ["patch", "service"]) => Some(word.split('.').next().unwrap_or(word)),
        (_, ["services", _, "compose", "depends_on", ..]) if path.len() <= 5 => {
            let is_name = matches!(token.kind, TokenKind::Text) && path.len() == 4
                || !matches!(token.kind, TokenKind::Text | TokenKind::Bare) && path.len() == 5;
            is_name.then_some(word)
        }
        _ => None,
    }
}

/// The replacements that give a service another name; every other byte stays.
///
/// # Errors
/// Where the new name is taken, or the table cannot be read afterwards as it
/// could before.
pub fn rename_service(text: &str, old: &str, new: &ServiceName) -> Result<Vec<Replacement>, String> {
    let in_template = Regex::new(&format!(r#"\(\s*\\?["']({})(?:\\?["']|\.)"#, regex::escape(old)))
        .map_err(|error| error.to_string())?;
    let mut replacements = Vec::new();
    for token in tokens(text) {
        if service_named(text, &token) == Some(old) {
            let start = match token.kind {
                TokenKind::Text => token.span.start + 1,
                _ => token.span.start,
            };
            let end = if token.kind == TokenKind::Text { start + old.len() } else { token.span.end };
            replacements.push((start..end, new.to_string()));
        } else if token.kind == TokenKind::Text {
            let inside = text.get(token.span.clone()).unwrap_or("");
            let names = in_template.captures_iter(inside).filter_map(|found| found.get(1));
            let offset = token.span.start;
            replacements
                .extend(names.map(|name| (offset + name.start()..offset + name.end(), new.to_string())));
        }
    }
    verify(text, &replaced(text, &replacements), old, new)?;
    Ok(replacements)
}

/// The text with replacements made, which are in its order and apart.
pub fn replaced(text: &str, replacements: &[Replacement]) -> String {
    let (mut out, mut at) = (String::with_capacity(text.len()), 0);
    for (range, new) in replacements {
        out.push_str(text.get(at..range.start).unwrap_or(""));
        out.push_str(new);
        at = range.end;
    }
    out + text.get(at..).unwrap_or("")
}

fn verify(before: &str, after: &str, old: &str, new: &ServiceName) -> Result<(), String> {
    let (mut mistakes, mut new_mistakes) = (Vec::new(), Vec::new());
    let source = SourceId::default();
    let known = parse(before, source, &mut mistakes);
    let renamed = parse(after, source, &mut new_mistakes);
    let has = |name: &str| known.services.iter().any(|service| service.name.value.as_str() == name);
    if has(new.as_str()) {
        return Err(format!("there is a service `{new}` already"));
    }
    if !has(old) {
        return Err(format!("there is no service `{old}` that can be read"));
    }
    let is_whole = renamed.services.len() == known.services.len() && mistakes.len() == new_mistakes.len();
    let is_there = renamed.services.iter().any(|service| service.name.value == *new);
    if is_whole && is_there {
        Ok(())
    } else {
        Err("the table is in a form that cannot be renamed in".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rename(text: &str, old: &str, new: &str) -> Result<String, String> {
        let new = ServiceName::parse(new).expect("a name");
        rename_service(text, old, &new).map(|replacements| replaced(text, &replacements))
    }

    #[test]
    fn a_name_changes_everywhere_and_nothing_else_does() {
        let text = "[services.api] # api\ntitle = \"api\"\nport = 1\n[services.api.compose]\nimage = \"api\"\n\
                    [services.web]\nport = 2\ncommand = \"x {{ service('api').port }} {{ service(\\\"api.x\\\") }}\"\n\
                    [services.web.compose]\ndepends_on = ['api']\n[profiles.p.services.\"api\"]\nport = 3\n\
                    [[output]]\npath = \"api\"\ntarget = \"json\"\nservices = [\"api\", \"web\"]\n\
                    [[patch]]\npath = \"y\"\nfind = '(\\d+)'\nservice = \"api\"\n";
        let expect = "[services.back] # api\ntitle = \"api\"\nport = 1\n[services.back.compose]\nimage = \"api\"\n\
                    [services.web]\nport = 2\ncommand = \"x {{ service('back').port }} {{ service(\\\"back.x\\\") }}\"\n\
                    [services.web.compose]\ndepends_on = ['back']\n[profiles.p.services.back]\nport = 3\n\
                    [[output]]\npath = \"api\"\ntarget = \"json\"\nservices = [\"back\", \"web\"]\n\
                    [[patch]]\npath = \"y\"\nfind = '(\\d+)'\nservice = \"back\"\n";
        assert_eq!(rename(text, "api", "back").as_deref(), Ok(expect));
        assert!(rename(text, "api", "web").is_err());
        assert!(rename(text, "nobody", "x").is_err());
        assert_eq!(
            rename("[services]\nkafka.ports = { jmx = 1 }\n[[patch]]\npath='y'\nfind='(1)'\nservice = \"kafka.jmx\"\n", "kafka", "k")
                .as_deref(),
            Ok("[services]\nk.ports = { jmx = 1 }\n[[patch]]\npath='y'\nfind='(1)'\nservice = \"k.jmx\"\n")
        );
    }
}
