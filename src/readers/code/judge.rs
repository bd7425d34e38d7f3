//! What a value is at the place where it stands.

use super::calls;
use super::cursor::Code;
use super::defaults;
use super::names::{self, Deed};
use super::slot::{Slot, Value, climb};
use crate::diagnostic::Confidence::{self, High, Low, Medium};
use crate::readers::{Role, words};

/// What a value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) role: Role,
    pub(super) host: Option<String>,
    pub(super) variable: Option<String>,
    pub(super) confidence: Confidence,
}

impl Verdict {
    pub(super) fn new(role: Role, confidence: Confidence) -> Self {
        Self { role, host: None, variable: None, confidence }
    }

    pub(super) fn host(mut self, host: Option<&str>) -> Self {
        self.host = host.filter(|host| !host.is_empty()).map(str::to_ascii_lowercase);
        self
    }

    pub(super) fn variable(mut self, variable: &str) -> Self {
        self.variable = Some(variable.trim_start_matches('-').to_owned());
        self
    }

    pub(super) fn at_most(mut self, confidence: Confidence) -> Self {
        self.confidence = self.confidence.min(confidence);
        self
    }
}

/// Whose part a bracket is.
pub(super) enum Owner<'t> {
    /// A call; the token of the name.
    Call(usize),
    /// An entry or a variable of this name.
    Name(&'t str),
    /// Nobody who is known.
    None,
}

/// Who owns what stands in a bracket; lists, tuples and objects in calls are
/// looked through.
pub(super) fn owner<'t>(code: &Code<'t>, open: usize) -> Owner<'t> {
    let mut open = open;
    for _ in 0..4 {
        if let Some(callee) = code.callee(open) {
            return Owner::Call(callee);
        }
        match climb(code, &mut Value::bracket(code, open)) {
            Slot::Named(name, _) | Slot::Entry(name, _, _) => return Owner::Name(name),
            Slot::Argument(outer) | Slot::Element(outer) => open = outer,
            Slot::Bare(callee) => return Owner::Call(callee),
            Slot::Fallback(_) | Slot::Nowhere => return Owner::None,
        }
    }
    Owner::None
}

/// What a number is that stands alone.
pub(super) fn number(code: &Code<'_>, at: usize, port: u16, is_quoted: bool) -> Option<Verdict> {
    if port == 65535 || port < 10 {
        return None;
    }
    if let Some(verdict) = option_before(code, at, is_quoted) {
        return Some(verdict);
    }
    let mut value = Value::of(at, !is_quoted);
    let slot = climb(code, &mut value);
    let verdict = of_number(code, at, port, &value, slot)?;
    if value.is_alternative && matches!(port, 80 | 443) {
        return None;
    }
    let verdict = if value.is_alternative { verdict.at_most(Medium) } else { verdict };
    Some(if is_odd(port) { verdict.at_most(Low) } else { verdict })
}

/// Whether a number is hardly ever a port.
fn is_odd(port: u16) -> bool {
    port < 80 && !matches!(port, 20..=23 | 25 | 43 | 49 | 53 | 67 | 69 | 70 | 79)
}

/// `"--port", "8000"`
fn option_before(code: &Code<'_>, at: usize, is_quoted: bool) -> Option<Verdict> {
    let comma = at.checked_sub(2)?;
    let name = code.string(comma).filter(|_| code.is(comma + 1, ","))?;
    let is_option = name.starts_with('-') && names::is_port(name) && !name.contains(' ');
    let open = code.parent(at)?;
    let is_described =
        code.callee(open).and_then(|callee| code.word(callee)).is_some_and(defaults::describes_option);
    let confidence = if is_quoted { High } else { Medium };
    (is_option && !is_described).then(|| Verdict::new(Role::Listen, confidence))
}

fn of_number(code: &Code<'_>, at: usize, port: u16, value: &Value, slot: Slot<'_>) -> Option<Verdict> {
    match slot {
        Slot::Fallback(variable) => {
            names::is_port(variable).then(|| Verdict::new(Role::Fallback, High).variable(variable))
        }
        Slot::Named(name, name_at) => named_number(code, value, name, name_at, port),
        Slot::Entry(name, _, Some(open)) if names::is_default(name) => {
            defaults::default_entry(code, value, open)
        }
        // `&cli.IntFlag{Name: "port", Value: 4000}`
        Slot::Entry("Value", _, Some(open)) if code.language.bare_types => {
            let name = defaults::option_name(code, open, at)?;
            Some(Verdict::new(Role::Define, High).variable(name))
        }
        Slot::Entry(name, name_at, open) => {
            names::is_port(name).then(|| entry_number(code, value, name, name_at, open, port))?
        }
        Slot::Argument(open) => calls::argument_number(code, at, value, open, port),
        Slot::Element(open) => calls::element_number(code, open, port),
        Slot::Bare(callee) => calls::bare_number(code, value, callee),
        Slot::Nowhere => None,
    }
}

fn named_number(code: &Code<'_>, value: &Value, name: &str, at: usize, port: u16) -> Option<Verdict> {
    // Whatever it is called: `p := os.Getenv("PORT"); if p == "" { p = "4200" }`
    let is_short = name.len() < 3 && code.language.bare_types;
    if !names::is_port(name) && !is_short {
        return None;
    }
    if let Some(variable) = defaults::replaced(code, at) {
        return names::is_port(variable).then(|| Verdict::new(Role::Fallback, High).variable(variable));
    }
    if is_short {
        return None;
    }
    if value.is_default && names::is_screaming(name) {
        return Some(Verdict::new(Role::Fallback, Medium).variable(name));
    }
    let confidence = if port < 1024 || !names::ends_in_port(name) { Medium } else { High };
    Some(Verdict::new(Role::Define, confidence).variable(name))
}

/// `port: 8000`, `port=8000`
fn entry_number(
    code: &Code<'_>,
    value: &Value,
    name: &str,
    name_at: usize,
    open: Option<usize>,
    port: u16,
) -> Option<Verdict> {
    if let Some(variable) = defaults::replaced(code, name_at) {
        return Some(Verdict::new(Role::Fallback, High).variable(variable));
    }
    if value.is_default && names::is_screaming(name) {
        return Some(Verdict::new(Role::Fallback, Medium).variable(name));
    }
    let define =
        |confidence: Confidence, name: &str| Some(Verdict::new(Role::Define, confidence).variable(name));
    let is_vague = names::is_bare(name) || names::has(name, &["default"]);
    let own = if is_vague || port < 1024 { Medium } else { High };
    let Some(open) = open else { return define(Medium, name) };
    let host = match calls::sibling_host(code, open, value.from) {
        calls::Beside::Own(host) => Some(host),
        calls::Beside::Foreign => return None,
        calls::Beside::Nothing => None,
    };
    let is_everywhere = host.is_some_and(words::is_wildcard);
    match owner(code, open) {
        Owner::Call(callee) => match calls::deed_of(code, callee) {
            Deed::Listen | Deed::Serve => Some(Verdict::new(Role::Listen, High).host(host)),
            Deed::Connect => Some(Verdict::new(Role::Connect, High).host(host)),
            Deed::Other if is_everywhere => Some(Verdict::new(Role::Listen, High).host(host)),
            Deed::Other if is_checked(code.word(callee).unwrap_or("")) => None,
            Deed::Other => match host {
                Some(host) => Some(Verdict::new(Role::Connect, Medium).host(Some(host)).variable(name)),
                None => define(own, name),
            },
        },
        Owner::Name(owner) => {
            let path = if names::is_bare(name) && defaults::is_key(owner) {
                format!("{owner}.{name}")
            } else {
                name.to_owned()
            };
            let is_server =
                names::has(owner, &["server", "devserver", "preview", "listen", "http", "https", "dev"]);
            match host {
                Some(_) if is_everywhere => Some(Verdict::new(Role::Listen, High).host(host).variable(&path)),
                Some(_) if !is_server => Some(Verdict::new(Role::Connect, High).host(host).variable(&path)),
                _ => define(own, &path).map(|verdict| verdict.host(host)),
            }
        }
        Owner::None if is_everywhere => Some(Verdict::new(Role::Listen, High).host(host).variable(name)),
        Owner::None if host.is_some() => Some(Verdict::new(Role::Connect, Medium).host(host).variable(name)),
        Owner::None => define(own, name),
    }
}

/// Whether a call compares, checks or reports what it is given.
pub(super) fn is_checked(name: &str) -> bool {
    names::has(
        name,
        &[
            "assert", "expect", "equal", "equals", "eq", "test", "is", "has", "check", "log", "print",
            "printf", "println", "write", "error", "errorf", "sprintf", "format", "panic", "warn", "warning",
            "info", "debug", "emit", "on", "compare", "contains", "matches", "verify", "ne", "toequal",
            "tobe", "throw", "raise", "fatal", "require",
        ],
    )
}
