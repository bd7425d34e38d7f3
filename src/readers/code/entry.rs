//! Names that values are given: `name = value`, `name: value`, `name => value`.

use super::cursor::Code;
use super::environment;
use super::slot::{Slot, Value};
use super::token::Kind;

/// The variable that the expression before a token asks for.
pub(super) fn environment_of_line<'t>(code: &Code<'t>, end: usize) -> Slot<'t> {
    let parent = code.parent(end);
    let mut start = end;
    for _ in 0..48 {
        let Some(before) = start.checked_sub(1) else { break };
        let is_out = code.parent(before) == parent && code.is_any(before, &["=", ",", ";", ":", ":="]);
        if is_out || Some(before) == parent {
            break;
        }
        start = before;
        if code.is_first(start) && parent.is_none() {
            break;
        }
    }
    environment::variable(code, start, end).map_or(Slot::Nowhere, Slot::Fallback)
}

/// `name = value` and its kin; `sign` is the operator.
pub(super) fn assigned<'t>(code: &Code<'t>, sign: usize) -> Slot<'t> {
    let Some(at) = sign.checked_sub(1) else { return Slot::Nowhere };
    let parent = code.parent(sign);
    if let Some((name, at)) = typed(code, sign) {
        return Slot::Named(name, at);
    }
    let named = |at: usize| code.word(at).map_or(Slot::Nowhere, |name| Slot::Named(name, at));
    match code.written(at) {
        // `config["port"] = value`
        "]" => {
            let key = code.partner(at).map_or(at, |open| open + 1);
            let name = code.string(key).filter(|_| key + 1 == at);
            return name.map_or(Slot::Nowhere, |name| Slot::Named(name, key));
        }
        // `int Port { get; set; } = value`
        "}" => {
            let name = code.partner(at).and_then(|open| open.checked_sub(1));
            return name.map_or(Slot::Nowhere, named);
        }
        _ => {}
    }
    // `var port int = value`
    let has_type = code.language.bare_types && at > 0 && code.kind(at - 1) == Some(Kind::Word);
    if has_type && !code.is_first(at) && !code.is_any(at - 1, &["var", "const"]) {
        return named(at - 1);
    }
    let Some(name) = code.word(at) else { return Slot::Nowhere };
    let in_call = parent.filter(|open| code.is(*open, "("));
    match in_call {
        Some(open) if code.language.named_arguments && !declares(code, open) => {
            Slot::Entry(name, at, Some(open))
        }
        _ => Slot::Named(name, at),
    }
}

/// Whether the bracket holds the parameters of something that is declared.
fn declares(code: &Code<'_>, open: usize) -> bool {
    let Some(callee) = code.callee(open) else { return false };
    let Some(before) = callee.checked_sub(1) else { return false };
    code.is_any(before, &["def", "fun", "function", "class", "constructor", "fn"])
}

/// `name: type = value`
fn typed<'t>(code: &Code<'t>, sign: usize) -> Option<(&'t str, usize)> {
    let parent = code.parent(sign);
    let mut at = sign.checked_sub(1)?;
    for _ in 0..24 {
        if code.parent(at) != parent {
            return None;
        }
        if code.is_any(at, &[":", "?:"]) {
            let name = at.checked_sub(1)?;
            // `if x: port = value` on one line.
            let opens = (name.saturating_sub(16)..=name).rev().find(|&at| code.is_first(at)).unwrap_or(name);
            if parent.is_none() && code.is_keyword(opens) {
                return None;
            }
            return code.word(name).map(|word| (word, name));
        }
        if code.kind(at) == Some(Kind::Close) {
            at = code.partner(at)?;
        } else if code.is_first(at)
            || !(code.kind(at) == Some(Kind::Word) || code.is_any(at, &["|", ".", "<", ">", "::", "?", "&"]))
        {
            return None;
        }
        at = at.checked_sub(1)?;
    }
    None
}

/// `name: value`; `sign` is what stands between.
pub(super) fn keyed<'t>(code: &Code<'t>, value: &Value, sign: usize) -> Slot<'t> {
    let Some(at) = sign.checked_sub(1) else { return Slot::Nowhere };
    let parent = code.parent(sign);
    let is_colon = code.is(sign, ":");
    if is_colon && is_conditional(code, sign) {
        return environment_of_line(code, sign);
    }
    if parent.is_some_and(|open| code.is(open, "[") && !code.language.arrow_entries)
        || parent.is_some_and(|open| code.kind(open) == Some(Kind::Hole))
    {
        return Slot::Nowhere;
    }
    let is_python_block = code.language.docstrings && !parent.is_some_and(|open| code.is(open, "{"));
    if is_colon && is_python_block {
        return Slot::Nowhere;
    }
    let begins = at == 0
        || code.is_first(at)
        || code.is_any(at - 1, &["{", "(", ",", "[", ":", ";", "->", "|"])
        || (code.language.bare_calls && code.kind(at - 1) == Some(Kind::Word))
        || !is_colon;
    let name = code.word(at).or_else(|| code.string(at)).filter(|_| begins);
    let _ = value;
    name.map_or(Slot::Nowhere, |name| Slot::Entry(name, at, parent))
}

/// Whether a `:` belongs to a `?` before it.
fn is_conditional(code: &Code<'_>, colon: usize) -> bool {
    let parent = code.parent(colon);
    let mut at = colon;
    for _ in 0..48 {
        let Some(before) = at.checked_sub(1) else { return false };
        at = before;
        if Some(at) == parent || code.is_any(at, &[",", ";", "{", "="]) {
            return false;
        }
        if code.kind(at) == Some(Kind::Close) {
            let Some(open) = code.partner(at) else { return false };
            at = open;
        } else if code.is(at, "?") {
            return true;
        }
    }
    false
}

/// `…, value`
pub(super) fn listed<'t>(code: &Code<'t>, value: &Value, comma: usize) -> Slot<'t> {
    if let Some(open) = code.parent(value.from)
        && (code.is(open, "(") || !code.language.bare_calls)
    {
        return if code.is(open, "(") { Slot::Argument(open) } else { Slot::Element(open) };
    }
    // `host, port = "localhost", 8000`
    let is_pair = comma >= 4 && code.is(comma - 2, "=") && code.is(comma.saturating_sub(4), ",");
    if is_pair {
        return code.word(comma - 3).map_or(Slot::Nowhere, |name| Slot::Named(name, comma - 3));
    }
    if code.language.bare_calls {
        let first = (comma.saturating_sub(16)..comma).rev().find(|&at| code.is_first(at));
        if let Some(first) = first.filter(|&first| code.kind(first) == Some(Kind::Word)) {
            return Slot::Bare(first);
        }
    }
    code.parent(value.from).map_or(Slot::Nowhere, Slot::Element)
}
