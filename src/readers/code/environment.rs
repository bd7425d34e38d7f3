//! Where code asks the environment for a variable, in whatever language.

use super::cursor::Code;
use super::names;
use super::token::Kind;

/// The variable that the tokens `from..=to` ask the environment for; the one
/// that says more than `PORT` where there are several.
pub(super) fn variable<'t>(code: &Code<'t>, from: usize, to: usize) -> Option<&'t str> {
    let mut found: Option<&str> = None;
    for at in from..=to.min(from + 96) {
        let Some(name) = asked_at(code, at) else { continue };
        if found.is_none_or(|found| found == "PORT") {
            found = Some(name);
        }
    }
    found
}

/// The variable that is asked for by the name at `at`.
pub(super) fn asked_at<'t>(code: &Code<'t>, at: usize) -> Option<&'t str> {
    let name = code.word(at)?;
    if name == "config" || name == "Config" {
        return argument(code, at + 1).filter(|name| names::is_screaming(name) && name.len() > 3);
    }
    if names::has(name, &["config", "configuration", "settings", "configs"]) {
        return asked_of_configuration(code, at);
    }
    if !names::is_environment(name) {
        return None;
    }
    let mut at = at + 1;
    if code.is(at, "!") {
        at += 1;
    }
    // `getenv()["X"]`, `getenv().getOrDefault("X", …)`
    if code.is(at, "(") && code.is(at + 1, ")") {
        at += 2;
    }
    if let Some(name) = argument(code, at) {
        return Some(name);
    }
    if !code.is_any(at, &[".", "?.", "::", "!."]) {
        return None;
    }
    let member = code.word(at + 1)?;
    let after = past_generics(code, at + 2);
    if let Some(name) = argument(code, after) {
        return Some(name);
    }
    if code.is_any(after, &[".", "(", "?."]) && !names::is_screaming(member) {
        return None;
    }
    let is_of_process =
        at >= 3 && code.is_any(at - 2, &[".", "?."]) && code.is_any(at - 3, &["process", "meta", "Bun"]);
    (names::is_screaming(member) || is_of_process).then_some(member)
}

/// `configService.get<number>('PORT')`
fn asked_of_configuration<'t>(code: &Code<'t>, at: usize) -> Option<&'t str> {
    if !code.is_any(at + 1, &[".", "?.", "->", "::"]) {
        return None;
    }
    let method = code.word(at + 2)?;
    if !method.starts_with("get") {
        return None;
    }
    argument(code, past_generics(code, at + 3)).filter(|name| names::is_screaming(name))
}

/// The token after `<…>` or `::<…>` at `at`.
fn past_generics(code: &Code<'_>, at: usize) -> usize {
    let start = if code.is(at, "::") && code.is(at + 1, "<") { at + 1 } else { at };
    if !code.is(start, "<") {
        return at;
    }
    let end = (start..start + 12).find(|&end| code.is(end, ">"));
    end.map_or(at, |end| end + 1)
}

/// The string that is the first argument or the index at `open`: a name.
fn argument<'t>(code: &Code<'t>, open: usize) -> Option<&'t str> {
    if !code.is_any(open, &["(", "["]) || code.kind(open + 1) != Some(Kind::Text) {
        return None;
    }
    let is_whole = code.is_any(open + 2, &[")", "]", ","]);
    let name = code.string(open + 1)?;
    let is_name = !name.is_empty()
        && name.len() <= 80
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'));
    (is_whole && is_name).then_some(name)
}
