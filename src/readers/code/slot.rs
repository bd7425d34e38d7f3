//! Where a value stands: what it is assigned to, which argument it is, what it
//! stands in for. Conversions around it are looked through.

use super::cursor::Code;
use super::entry;
use super::environment;
use super::names;
use super::token::Kind;

/// The place of a value in the code around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot<'t> {
    /// It stands in for a variable of the environment.
    Fallback(&'t str),
    /// `name = value`, or a parameter's default; the token of the name.
    Named(&'t str, usize),
    /// `name: value` in a bracket, where there is one; the token of the name.
    Entry(&'t str, usize, Option<usize>),
    /// Among the arguments in a bracket, or in a tuple.
    Argument(usize),
    /// An element of a list.
    Element(usize),
    /// `name value` at the start of a line; the token of the name.
    Bare(usize),
    /// Nowhere that tells anything.
    Nowhere,
}

/// A value: its tokens, and what was seen on the way out of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Value {
    /// The first token.
    pub(super) from: usize,
    /// The last token.
    pub(super) to: usize,
    /// Whether it is a number, which arithmetic makes another.
    pub(super) is_number: bool,
    /// Whether something other than the environment comes first: `options.port || 8000`.
    pub(super) is_alternative: bool,
    /// Whether a schema gives it as a default: `.default(8000)`.
    pub(super) is_default: bool,
}

impl Value {
    pub(super) fn of(at: usize, is_number: bool) -> Self {
        Self { from: at, to: at, is_number, is_alternative: false, is_default: false }
    }

    /// A bracket and what is in it.
    pub(super) fn bracket(code: &Code<'_>, open: usize) -> Self {
        Self { to: code.partner(open).unwrap_or(open), ..Self::of(open, false) }
    }
}

/// What a step outwards comes to.
enum Step<'t> {
    Further,
    End(Slot<'t>),
}

/// Operators that make a number something else than itself.
const ARITHMETIC: &[&str] = &[
    "+", "-", "*", "/", "%", "<", ">", "<=", ">=", "==", "===", "!=", "!==", "..", "...", "..=", "**", "&",
    "^", "+=", "-=", "<=>",
];

/// Calls on a value that leave it what it is.
const SAME: &[&str] = &[
    "to_string",
    "into",
    "to_owned",
    "as_str",
    "parse",
    "unwrap",
    "to_i",
    "to_s",
    "toInt",
    "toString",
    "expect",
    "trim",
    "to_sym",
    "freeze",
    "ok",
    "into_bytes",
    "toIntOrNull",
    "clone",
    "describe",
    "optional",
    "to_str",
];

/// Calls on something that give their argument where there is nothing.
const OTHERWISE: &[&str] = &[
    "unwrap_or",
    "unwrap_or_else",
    "orElse",
    "orElseGet",
    "getOrElse",
    "map_or",
    "or_else",
    "value_or",
    "unwrap_or_default",
    "ok_or",
    "ifBlank",
    "ifEmpty",
    "presence",
];

/// Finds where a value stands; `value` grows by what it looks through.
pub(super) fn climb<'t>(code: &Code<'t>, value: &mut Value) -> Slot<'t> {
    for _ in 0..12 {
        match step(code, value) {
            Step::Further => {}
            Step::End(slot) => return slot,
        }
    }
    Slot::Nowhere
}

fn step<'t>(code: &Code<'t>, value: &mut Value) -> Step<'t> {
    if let Some(step) = right(code, value) {
        return step;
    }
    let Some(before) = value.from.checked_sub(1) else { return Step::End(Slot::Nowhere) };
    let is_alternative = code.language.alternatives.iter().any(|operator| code.is(before, operator));
    if is_alternative {
        return alternative(code, value, before);
    }
    match code.kind(before) {
        Some(Kind::Open) => opened(code, value, before),
        Some(Kind::Operator) => operator(code, value, before),
        Some(Kind::Word) => worded(code, value, before),
        _ => Step::End(Slot::Nowhere),
    }
}

/// Looks at what follows a value.
fn right<'t>(code: &Code<'t>, value: &mut Value) -> Option<Step<'t>> {
    let next = value.to + 1;
    if code.is_any(next, &[".", "?."]) {
        let method = code.word(next + 1)?;
        let is_call = code.is(next + 2, "(");
        if !value.is_number || SAME.contains(&method) {
            value.to = if is_call { code.partner(next + 2).unwrap_or(next + 1) } else { next + 1 };
            return Some(Step::Further);
        }
        return Some(Step::End(Slot::Nowhere));
    }
    if code.is(next, "as") && code.kind(next + 1) == Some(Kind::Word) {
        value.to = next + 1;
        return Some(Step::Further);
    }
    if code.is(next, "?") && code.is_any(next + 1, &[";", ",", ")"]) {
        value.to = next;
        return Some(Step::Further);
    }
    // `value if condition else other`
    if code.language.docstrings && code.is(next, "if") {
        return Some(Step::End(Slot::Nowhere));
    }
    // The key of a table: `{80: "http"}`.
    if code.is_any(next, &[":", "=>"]) {
        return Some(Step::End(Slot::Nowhere));
    }
    let is_changed = value.is_number && code.is_any(next, ARITHMETIC);
    is_changed.then_some(Step::End(Slot::Nowhere))
}

/// `left || value`
fn alternative<'t>(code: &Code<'t>, value: &mut Value, operator: usize) -> Step<'t> {
    let Some(mut left) = operator.checked_sub(1) else { return Step::End(Slot::Nowhere) };
    if left > 0 && code.is(left, "!") {
        left -= 1;
    }
    let mut start = code.chain_start(left);
    let mut variable = environment::variable(code, start, left);
    // `a || b || value`
    for _ in 0..3 {
        let Some(before) = start.checked_sub(1) else { break };
        let goes_on = code.language.alternatives.iter().any(|operator| code.is(before, operator));
        let Some(left) = before.checked_sub(1).filter(|_| goes_on) else { break };
        start = code.chain_start(left);
        let other = environment::variable(code, start, left);
        if variable.is_none_or(|name| name == "PORT") && other.is_some() {
            variable = other;
        }
    }
    if let Some(variable) = variable {
        return Step::End(Slot::Fallback(variable));
    }
    value.from = start;
    value.is_alternative = true;
    while value.from > 0 && code.is_any(value.from - 1, &["+", "await", "~"]) {
        value.from -= 1;
    }
    Step::Further
}

fn opened<'t>(code: &Code<'t>, value: &mut Value, open: usize) -> Step<'t> {
    if code.is(open, "[") {
        return Step::End(Slot::Element(open));
    }
    if code.is(open, "{") {
        return braced(code, value, open);
    }
    let callee = code.callee(open).filter(|_| !code.is_first(open) || code.language.named_arguments);
    let Some(callee) = callee else {
        if code.is(value.to + 1, ")") {
            value.from = open;
            value.to += 1;
            return Step::Further;
        }
        return Step::End(Slot::Argument(open));
    };
    let name = code.word(callee).unwrap_or("");
    let close = code.partner(open).unwrap_or(value.to);
    let start = code.chain_start(callee);
    if OTHERWISE.contains(&name) {
        if let Some(variable) = environment::variable(code, start, callee) {
            return Step::End(Slot::Fallback(variable));
        }
        (value.from, value.to, value.is_alternative) = (start, close, true);
        return Step::Further;
    }
    let has_radix = code.is(value.to + 1, ",") && code.is(value.to + 2, "10");
    let is_alone = code.is(value.to + 1, ")") || has_radix;
    let is_chained = callee > start && code.is_any(callee - 1, &["."]);
    if name == "default" && is_chained && is_alone {
        (value.from, value.to, value.is_default) = (start, close, true);
        return Step::Further;
    }
    let is_bracket = code.kind(value.from) == Some(Kind::Open);
    if is_alone && !is_bracket && names::is_conversion(name) {
        (value.from, value.to) = (start, close);
        return Step::Further;
    }
    Step::End(Slot::Argument(open))
}

/// `{ value }`: a block that gives it, or a list of them.
fn braced<'t>(code: &Code<'t>, value: &Value, open: usize) -> Step<'t> {
    let is_alone = code.is(value.to + 1, "}");
    let Some(before) = open.checked_sub(1).filter(|_| is_alone) else {
        return Step::End(Slot::Element(open));
    };
    // `ENV.fetch("PORT") { 3000 }`
    if code.is(before, ")")
        && let Some(variable) = environment::variable(code, code.chain_start(before), before)
    {
        return Step::End(Slot::Fallback(variable));
    }
    // `port={3000}` of a component
    if code.is(before, "=")
        && let Some(name) = before.checked_sub(1).and_then(|at| code.word(at))
    {
        return Step::End(Slot::Named(name, before - 1));
    }
    // `fn default_port() -> u16 { 3000 }`
    for at in (open.saturating_sub(6)..open).rev() {
        if code.is(at, "->") {
            let parameters = at.checked_sub(1).and_then(|close| code.partner(close));
            let callee = parameters.and_then(|parameters| code.callee(parameters));
            if let Some(callee) = callee.filter(|callee| *callee > 0 && code.is(callee - 1, "fn")) {
                return Step::End(Slot::Named(code.word(callee).unwrap_or(""), callee));
            }
        }
    }
    Step::End(Slot::Element(open))
}

fn operator<'t>(code: &Code<'t>, value: &mut Value, before: usize) -> Step<'t> {
    match code.written(before) {
        "=" | ":=" | "||=" | "??=" => Step::End(entry::assigned(code, before)),
        ":" => Step::End(entry::keyed(code, value, before)),
        "=>" if code.language.arrow_entries => Step::End(entry::keyed(code, value, before)),
        "," => Step::End(entry::listed(code, value, before)),
        // A closure: `|_| value`, `() -> value`, `() => value`.
        "||" => further_from(value, before),
        "|" => match (1..4).filter_map(|back| before.checked_sub(back)).find(|&at| code.is(at, "|")) {
            Some(open) => further_from(value, open),
            None => Step::End(Slot::Nowhere),
        },
        "->" | "=>" => match before.checked_sub(1) {
            Some(at) if code.is(at, ")") => further_from(value, code.partner(at).unwrap_or(at)),
            _ => Step::End(Slot::Nowhere),
        },
        "&" if !value.is_number => further_from(value, before),
        _ => Step::End(Slot::Nowhere),
    }
}

fn further_from<'t>(value: &mut Value, from: usize) -> Step<'t> {
    value.from = from;
    Step::Further
}

fn worded<'t>(code: &Code<'t>, value: &mut Value, before: usize) -> Step<'t> {
    match code.written(before) {
        "new" | "await" => further_from(value, before),
        "to" => Step::End(entry::keyed(code, value, before)),
        "else" => Step::End(entry::environment_of_line(code, before)),
        _ if code.language.bare_calls && code.is_first(before) && !code.is_keyword(before) => {
            Step::End(Slot::Bare(before))
        }
        _ => Step::End(Slot::Nowhere),
    }
}
