//! Ports in strings: addresses, URLs, commands, placeholders.

use std::ops::Range;

use super::calls;
use super::cursor::Code;
use super::defaults;
use super::judge::{self, Owner, Verdict};
use super::names::{self, Deed};
use super::slot::{Slot, Value, climb};
use crate::diagnostic::Confidence::{self, High, Medium};
use crate::model::Port;
use crate::readers::{Role, words};

/// A port in a string: where its digits stand, and what it is.
pub(super) struct Found {
    pub(super) place: Range<usize>,
    pub(super) port: Port,
    pub(super) verdict: Verdict,
    pub(super) is_udp: bool,
}

/// Everything in the string at `at` that is a port.
pub(super) fn read(code: &Code<'_>, at: usize, found: &mut Vec<Found>) {
    let Some(token) = code.get(at).copied() else { return };
    let Some(text) = code.string(at) else { return };
    let base = token.inner().start;
    if let Some(port) = words::port(text) {
        if let Some(verdict) = judge::number(code, at, port.get(), true) {
            found.push(Found { place: base..base + text.len(), port, verdict, is_udp: false });
        }
        return;
    }
    if !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return;
    }
    let before = found.len();
    commands(text, base, found);
    if memchr::memchr(b':', text.as_bytes()).is_none() {
        return;
    }
    if code.language.placeholders {
        placeholders(text, base, found);
    }
    if found.len() > before {
        return;
    }
    addresses(code, at, text, base, found);
}

fn addresses(code: &Code<'_>, at: usize, text: &str, base: usize, found: &mut Vec<Found>) {
    let urls: Vec<_> = words::urls(text).collect();
    let pairs: Vec<_> = words::pairs(text).collect();
    let is_one = urls.len() + pairs.len() == 1;
    let is_sentence = text.trim().contains(char::is_whitespace);
    for url in &urls {
        if !names::is_own_host(url.host) {
            continue;
        }
        let is_whole = is_one && url.whole.start == 0;
        if let Some(verdict) = url_verdict(code, at, url.host, is_whole, is_sentence) {
            let place = base + url.place.start..base + url.place.end;
            let is_udp = url.scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("udp"));
            found.push(Found { place, port: url.port, verdict, is_udp });
        }
    }
    for pair in &pairs {
        if !names::is_own_host(pair.host) {
            continue;
        }
        let is_whole = is_one
            && pair.whole.start == 0
            && (pair.whole.end == text.len() || text[pair.whole.end..].starts_with('/'));
        if let Some(verdict) = pair_verdict(code, at, pair.host, pair.port.get(), is_whole, is_sentence) {
            let place = base + pair.place.start..base + pair.place.end;
            found.push(Found { place, port: pair.port, verdict, is_udp: false });
        }
    }
    if urls.is_empty() && pairs.is_empty() {
        hostless(code, at, text, base, found);
    }
}

/// `:8080`, `*:8080`, and what follows a host that is code.
fn hostless(code: &Code<'_>, at: usize, text: &str, base: usize, found: &mut Vec<Found>) {
    let Some(rest) = text.strip_prefix("*:").or_else(|| text.strip_prefix(':')) else { return };
    let length = rest.bytes().take_while(u8::is_ascii_digit).count();
    let Some(port) = words::port(&rest[..length]) else { return };
    let start = base + text.len() - rest.len();
    let after = rest[length..].bytes().next();
    let verdict = if follows_url(code, at) {
        matches!(after, None | Some(b'/' | b'?')).then(|| Verdict::new(Role::Connect, Medium))
    } else if after.is_none() && !code.get(at).is_some_and(|token| token.is_joined) {
        bound_verdict(code, at, None)
    } else {
        None
    };
    if let Some(verdict) = verdict {
        found.push(Found { place: start..start + length, port, verdict, is_udp: false });
    }
}

/// Whether a host in code stands before the string, and `://` before that.
fn follows_url(code: &Code<'_>, at: usize) -> bool {
    let ends = |at: Option<usize>| {
        at.and_then(|at| code.string(at)).is_some_and(|text| text.ends_with("://") && text.len() < 12)
    };
    if code.get(at).is_some_and(|token| token.is_joined) {
        let hole = at.checked_sub(1).and_then(|close| code.partner(close));
        return ends(hole.and_then(|hole| hole.checked_sub(1)));
    }
    if at < 4 || !code.is_any(at - 1, &["+", "."]) {
        return false;
    }
    let start = code.chain_start(at - 2);
    start >= 2 && code.is_any(start - 1, &["+", "."]) && ends(start.checked_sub(2))
}

fn url_verdict(code: &Code<'_>, at: usize, host: &str, is_whole: bool, is_sentence: bool) -> Option<Verdict> {
    let most = if is_sentence { Medium } else { High };
    let connect = |confidence: Confidence| Verdict::new(Role::Connect, confidence.min(most)).host(Some(host));
    if !is_whole {
        return Some(connect(High));
    }
    let slot = climb(code, &mut Value::of(at, false));
    let own_role = if words::is_wildcard(host) { Role::Listen } else { Role::Connect };
    let verdict = match slot {
        Slot::Fallback(variable) => Verdict::new(Role::Fallback, High).host(Some(host)).variable(variable),
        Slot::Named(name, name_at) => match defaults::replaced(code, name_at) {
            Some(variable) => Verdict::new(Role::Fallback, High).host(Some(host)).variable(variable),
            None => Verdict::new(own_role, High).host(Some(host)).variable(name),
        },
        Slot::Entry(name, _, Some(open)) if names::is_default(name) => {
            default_url(code, open, host, own_role)
        }
        Slot::Entry(name, _, _) => {
            let verdict = Verdict::new(own_role, High).host(Some(host));
            if name.contains(['/', ' ', '.']) { verdict } else { verdict.variable(name) }
        }
        Slot::Argument(open) => argument_url(code, at, open, host, own_role),
        Slot::Bare(callee) if code.is_any(callee, &["bind", "listen"]) => {
            Verdict::new(Role::Listen, High).host(Some(host))
        }
        _ => Verdict::new(own_role, High).host(Some(host)),
    };
    Some(verdict.at_most(most))
}

fn default_url(code: &Code<'_>, open: usize, host: &str, role: Role) -> Verdict {
    let fallback = |name: &str| Verdict::new(Role::Fallback, High).host(Some(host)).variable(name);
    if let Some(variable) = defaults::sibling_variable(code, open, open) {
        return fallback(variable);
    }
    if let Some(callee) = code.callee(open)
        && let Some(variable) = super::environment::variable(code, code.chain_start(callee), open + 1)
    {
        return fallback(variable);
    }
    let verdict = Verdict::new(role, High).host(Some(host));
    match judge::owner(code, open) {
        Owner::Name(name) if names::is_screaming(name) => verdict.variable(name),
        _ => verdict,
    }
}

fn argument_url(code: &Code<'_>, at: usize, open: usize, host: &str, role: Role) -> Verdict {
    let verdict = Verdict::new(role, High).host(Some(host));
    let Some(callee) = code.callee(open) else { return verdict };
    let name = code.word(callee).unwrap_or("");
    let is_first = at == open + 1;
    let start = code.chain_start(callee);
    if !is_first && let Some(variable) = super::environment::variable(code, start, open + 1) {
        return Verdict::new(Role::Fallback, High).host(Some(host)).variable(variable);
    }
    let binds = ["Run", "UseUrls", "listen", "Listen", "bind", "Bind", "serve", "add_insecure_port"];
    if binds.contains(&name) {
        return Verdict::new(Role::Listen, High).host(Some(host));
    }
    verdict
}

fn pair_verdict(
    code: &Code<'_>,
    at: usize,
    host: &str,
    port: u16,
    is_whole: bool,
    is_sentence: bool,
) -> Option<Verdict> {
    let is_here = words::is_loopback(host) || words::is_wildcard(host) || host == "host.docker.internal";
    let is_label = !is_here && names::is_service(host);
    if !is_whole {
        if is_label && (is_sentence || !in_address(code, at)) {
            return None;
        }
        let role = if words::is_wildcard(host) { Role::Listen } else { Role::Connect };
        return Some(Verdict::new(role, if is_sentence { Medium } else { High }).host(Some(host)));
    }
    if is_here && (words::is_wildcard(host) || is_bound(code, at)) {
        return bound_verdict(code, at, Some(host));
    }
    let connect = |confidence: Confidence| Verdict::new(Role::Connect, confidence).host(Some(host));
    match climb(code, &mut Value::of(at, false)) {
        Slot::Fallback(variable) if is_here || names::is_address(variable) || names::is_port(variable) => {
            Some(Verdict::new(Role::Fallback, High).host(Some(host)).variable(variable))
        }
        Slot::Named(name, _) | Slot::Entry(name, _, _) if is_here || names::is_address(name) => {
            Some(connect(High).variable(name))
        }
        Slot::Argument(open) if is_label => {
            let callee = code.callee(open)?;
            let name = code.word(callee).unwrap_or("");
            let connects = calls::deed_of(code, callee) == Deed::Connect || names::is_address(name);
            (connects && port > 79).then(|| connect(High))
        }
        _ if is_here => Some(connect(High)),
        Slot::Element(_) if in_address(code, at) => Some(connect(High)),
        _ => None,
    }
}

/// Whether the string belongs to something that is named after addresses.
fn in_address(code: &Code<'_>, at: usize) -> bool {
    match climb(code, &mut Value::of(at, false)) {
        Slot::Named(name, _) | Slot::Entry(name, _, _) | Slot::Fallback(name) => names::is_address(name),
        Slot::Argument(open) | Slot::Element(open) => match judge::owner(code, open) {
            Owner::Name(name) => names::is_address(name),
            Owner::Call(callee) => calls::deed_of(code, callee) == Deed::Connect,
            Owner::None => false,
        },
        _ => false,
    }
}

/// Whether the string is what something listens on.
fn is_bound(code: &Code<'_>, at: usize) -> bool {
    let listens = |name: &str| names::has(name, &["listen", "bind", "listener"]);
    match climb(code, &mut Value::of(at, false)) {
        Slot::Named(name, _) | Slot::Entry(name, _, _) | Slot::Fallback(name) => listens(name),
        Slot::Argument(open) | Slot::Element(open) => match judge::owner(code, open) {
            Owner::Call(callee) => matches!(calls::deed_of(code, callee), Deed::Listen | Deed::Serve),
            Owner::Name(name) => listens(name),
            Owner::None => false,
        },
        Slot::Bare(callee) => listens(code.word(callee).unwrap_or("")),
        Slot::Nowhere => false,
    }
}

/// An address that is listened on, where the place speaks for it.
fn bound_verdict(code: &Code<'_>, at: usize, host: Option<&str>) -> Option<Verdict> {
    let listen = |confidence: Confidence| Verdict::new(Role::Listen, confidence).host(host);
    let is_said = host.is_some();
    match climb(code, &mut Value::of(at, false)) {
        Slot::Fallback(variable) => Some(Verdict::new(Role::Fallback, High).host(host).variable(variable)),
        Slot::Named(name, name_at) if is_said || names::is_address(name) || names::is_port(name) => {
            match defaults::replaced(code, name_at) {
                Some(variable) => Some(Verdict::new(Role::Fallback, High).host(host).variable(variable)),
                None => Some(listen(High).variable(name)),
            }
        }
        Slot::Entry(name, _, _) if is_said || names::is_address(name) || names::is_port(name) => {
            Some(listen(High).variable(name))
        }
        Slot::Argument(open) => bound_argument(code, at, open, host),
        Slot::Bare(callee) if code.is_any(callee, &["bind", "listen", "port"]) => Some(listen(High)),
        _ if is_said => Some(listen(Medium)),
        _ => None,
    }
}

fn bound_argument(code: &Code<'_>, at: usize, open: usize, host: Option<&str>) -> Option<Verdict> {
    let listen = |confidence: Confidence| Verdict::new(Role::Listen, confidence).host(host);
    let Some(callee) = code.callee(open) else { return host.map(|_| listen(Medium)) };
    let start = code.chain_start(callee);
    if at > open + 1
        && let Some(variable) = super::environment::variable(code, start, open + 1)
    {
        return Some(Verdict::new(Role::Fallback, High).host(host).variable(variable));
    }
    match calls::deed_of(code, callee) {
        Deed::Listen | Deed::Serve => return Some(listen(High)),
        Deed::Connect => return Some(Verdict::new(Role::Connect, Medium).host(host)),
        Deed::Other => {}
    }
    // `app.Flag("web.listen-address", …).Default(":9090")`
    if let Some(name) = defaults::flag_of(code, callee) {
        return (names::is_address(name) || names::is_port(name)).then(|| listen(High).variable(name));
    }
    // `flag.String("addr", ":8080", …)`
    let named = (at.saturating_sub(4).max(open + 1)..at).rev().find_map(|at| code.string(at));
    let named = named.filter(|name| !name.contains(' ') && (names::is_address(name) || names::is_port(name)));
    match named {
        Some(name) => Some(listen(High).variable(name)),
        // Nobody connects to all addresses at once.
        None if host.is_some_and(words::is_wildcard)
            && !judge::is_checked(code.word(callee).unwrap_or("")) =>
        {
            Some(listen(High))
        }
        None if host.is_some() && !judge::is_checked(code.word(callee).unwrap_or("")) => Some(listen(Medium)),
        None => None,
    }
}

/// `--port 8000`, `--port=8000` and `${PORT:-8000}` of a command.
fn commands(text: &str, base: usize, found: &mut Vec<Found>) {
    for dashes in memchr::memmem::find_iter(text.as_bytes(), b"--") {
        let rest = &text[dashes + 2..];
        let name = rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'-').count();
        if !names::is_port(&rest[..name]) {
            continue;
        }
        let gap = rest[name..].bytes().take_while(|byte| matches!(byte, b' ' | b'=')).count();
        push_command(text, base, dashes + 2 + name + gap, gap, found);
    }
    for colon in memchr::memmem::find_iter(text.as_bytes(), b":-") {
        let open = text[..colon].rfind("${").filter(|open| colon - open < 80);
        let Some(name) = open.map(|open| &text[open + 2..colon]) else { continue };
        let rest = &text[colon + 2..];
        let length = rest.bytes().take_while(u8::is_ascii_digit).count();
        if let Some(port) = words::port(&rest[..length])
            && rest[length..].starts_with('}')
            && names::is_port(name)
        {
            let place = base + colon + 2..base + colon + 2 + length;
            let verdict = Verdict::new(Role::Fallback, High).variable(name);
            found.push(Found { place, port, verdict, is_udp: false });
        }
    }
}

fn push_command(text: &str, base: usize, start: usize, gap: usize, found: &mut Vec<Found>) {
    let rest = &text[start..];
    let length = rest.bytes().take_while(u8::is_ascii_digit).count();
    let Some(port) = words::port(&rest[..length]) else { return };
    let ends = rest[length..].bytes().next().is_none_or(|byte| !byte.is_ascii_alphanumeric() && byte != b'.');
    if gap == 1 && ends {
        let verdict = Verdict::new(Role::Listen, Medium);
        found.push(Found { place: base + start..base + start + length, port, verdict, is_udp: false });
    }
}

/// `${server.port:8080}`
fn placeholders(text: &str, base: usize, found: &mut Vec<Found>) {
    for open in memchr::memmem::find_iter(text.as_bytes(), b"${") {
        let rest = &text[open + 2..];
        let Some(close) = rest.find('}').filter(|close| *close < 200) else { continue };
        let Some((name, value)) = rest[..close].split_once(':') else { continue };
        let start = base + open + 2 + name.len() + 1;
        let host = |host: &str| (!host.is_empty()).then(|| host.to_ascii_lowercase());
        let mut push = |place: Range<usize>, port: Port, own: Option<String>| {
            let mut verdict = Verdict::new(Role::Fallback, High).variable(name);
            verdict.host = own;
            found.push(Found { place: start + place.start..start + place.end, port, verdict, is_udp: false });
        };
        if let Some(port) = words::port(value).filter(|_| names::is_port(name)) {
            push(0..value.len(), port, None);
        }
        let authorities = words::urls(value).chain(words::pairs(value));
        for one in authorities.filter(|one| names::is_own_host(one.host)) {
            push(one.place.clone(), one.port, host(one.host));
        }
    }
}
