//! Numbers among the arguments of a call, in tuples and lists.

use super::cursor::Code;
use super::defaults::{self, describes_option};
use super::environment;
use super::judge::{Owner, Verdict, is_checked, owner};
use super::names::{self, Deed};
use super::slot::{Slot, Value, climb};
use crate::diagnostic::Confidence::{self, High, Low, Medium};
use crate::readers::{Role, words};

/// What a `host` beside a port says.
#[derive(Clone, Copy)]
pub(super) enum Beside<'t> {
    Own(&'t str),
    Foreign,
    Nothing,
}

pub(super) fn sibling_host<'t>(code: &Code<'t>, open: usize, near: usize) -> Beside<'t> {
    let names = ["host", "hostname", "HOST", "address", "server", "addr", "Host", "bindAddress", "hostName"];
    let Some(at) = code.sibling(open, near, &names) else { return Beside::Nothing };
    let is_alone = !code.is_any(at + 1, &["+", ".", "%"]);
    match code.string(at).filter(|_| is_alone) {
        Some("") | None => Beside::Nothing,
        Some(host) if host.contains(['{', '$', '%', ':', '/']) => Beside::Nothing,
        Some(host) if names::is_own_host(host) => Beside::Own(host),
        Some(_) => Beside::Foreign,
    }
}

/// What a call does, by its name and what it is called on.
pub(super) fn deed_of(code: &Code<'_>, callee: usize) -> Deed {
    let name = code.word(callee).unwrap_or("");
    let own = names::deed(name);
    if own != Deed::Other || callee < 2 || !code.is_any(callee - 1, &[".", "::", "->", "?."]) {
        return own;
    }
    let is_making = matches!(
        name,
        "new"
            | "create"
            | "from"
            | "Config"
            | "builder"
            | "Server"
            | "Client"
            | "Options"
            | "setup"
            | "init"
            | "open"
            | "of"
            | "config"
    );
    match code.word(callee - 2) {
        Some("SocketAddr") => Deed::Serve,
        Some(receiver) if is_making => names::deed(receiver),
        _ => Deed::Other,
    }
}

pub(super) fn argument_number(
    code: &Code<'_>,
    at: usize,
    value: &Value,
    open: usize,
    port: u16,
) -> Option<Verdict> {
    let is_first = value.from == open + 1;
    let host = host_before(code, value.from, open);
    let Some(callee) = code.callee(open) else { return tuple_number(code, open, host, is_first) };
    let name = code.word(callee).unwrap_or("");
    let start = code.chain_start(callee);
    if !is_first && let Some(variable) = environment::variable(code, start, open + 1) {
        return names::is_port(variable).then(|| Verdict::new(Role::Fallback, High).variable(variable));
    }
    if let Some(variable) = defaults::sibling_variable(code, open, at).filter(|_| names::is_field(name)) {
        return names::is_port(variable).then(|| Verdict::new(Role::Fallback, High).variable(variable));
    }
    if is_checked(name) {
        return None;
    }
    if is_first && let Some(flag) = defaults::flag_of(code, callee) {
        return names::is_port(flag).then(|| Verdict::new(Role::Define, High).variable(flag));
    }
    if is_first && names::is_field(name) {
        return of_field(code, start, open);
    }
    if let Some(host) =
        host.filter(|_| name != "forAddress" && names::has(name, &["inet", "addr", "address", "endpoint"]))
    {
        return of_address(code, start, open, host);
    }
    if is_first && name == "InetSocketAddress" && code.is(value.to + 1, ")") && port >= 80 {
        return of_address(code, start, open, Beside::Nothing);
    }
    let deed = deed_of(code, callee);
    if matches!(deed, Deed::Listen | Deed::Serve | Deed::Connect)
        && let Some(verdict) = called(code, deed, Place { value, open, callee, is_first, host }, port)
    {
        return Some(verdict);
    }
    let is_setter = ["set", "with", "use"].iter().any(|verb| names::has(name, &[verb]));
    if is_first
        && code.is(value.to + 1, ")")
        && names::is_port(name)
        && (is_setter || name == "port")
        && port > 79
    {
        return Some(Verdict::new(Role::Define, Medium).variable("port"));
    }
    let named = defaults::name_argument(code, open, value.from)?;
    let is_definition = describes_option(name)
        || matches!(
            name,
            "Int"
                | "IntVar"
                | "IntP"
                | "IntVarP"
                | "Uint"
                | "UintVar"
                | "String"
                | "StringVar"
                | "StringP"
                | "Uint16"
                | "StringVarP"
                | "SetDefault"
                | "set_default"
                | "setDefault"
                | "define"
                | "set"
                | "default_value"
                | "DEFINE_integer"
                | "Uint16Var"
                | "setting"
        );
    Some(Verdict::new(Role::Define, if is_definition { High } else { Medium }).variable(named))
}

/// `new InetSocketAddress("localhost", 8080)`: what is done with it tells.
fn of_address(code: &Code<'_>, start: usize, open: usize, host: Beside<'_>) -> Option<Verdict> {
    let host = match host {
        Beside::Own(host) => Some(host),
        Beside::Nothing => None,
        Beside::Foreign => return None,
    };
    let mut value = Value { from: start, ..Value::bracket(code, open) };
    let callee = match climb(code, &mut value) {
        Slot::Argument(outer) => code.callee(outer),
        _ => None,
    };
    let is_service = host.is_some_and(names::is_service);
    let (role, confidence) = match callee.map(|callee| deed_of(code, callee)) {
        Some(Deed::Connect) => (Role::Connect, High),
        Some(Deed::Listen | Deed::Serve) => (Role::Listen, High),
        _ if host.is_some_and(words::is_wildcard) => (Role::Listen, High),
        _ if is_service => (Role::Connect, High),
        _ => (Role::Listen, Medium),
    };
    Some(Verdict::new(role, confidence).host(host))
}

/// `port: int = Field(8000, …)`
fn of_field(code: &Code<'_>, start: usize, open: usize) -> Option<Verdict> {
    let mut call = Value { from: start, ..Value::bracket(code, open) };
    match climb(code, &mut call) {
        Slot::Named(name, _) | Slot::Entry(name, _, _) if names::is_port(name) => {
            Some(Verdict::new(Role::Define, High).variable(name))
        }
        _ => None,
    }
}

/// An argument's place.
struct Place<'v, 't> {
    value: &'v Value,
    open: usize,
    callee: usize,
    is_first: bool,
    host: Option<Beside<'t>>,
}

/// A number among the arguments of what listens or connects.
fn called(code: &Code<'_>, deed: Deed, place: Place<'_, '_>, port: u16) -> Option<Verdict> {
    let Place { value, open, callee, is_first, host } = place;
    let name = code.word(callee).unwrap_or("");
    let host = match host {
        Some(Beside::Foreign) => return None,
        Some(Beside::Own(host)) => Some(Some(host)),
        Some(Beside::Nothing) => Some(None),
        None => None,
    };
    if deed == Deed::Connect {
        if let Some(host) = host {
            return Some(Verdict::new(Role::Connect, High).host(host));
        }
        let is_lone = is_first && matches!(name, "connect" | "createConnection") && port >= 80;
        let follows = code.string(value.to + 2).filter(|_| code.is(value.to + 1, ","));
        return match follows {
            Some(host) if is_lone && names::is_own_host(host) => {
                Some(Verdict::new(Role::Connect, High).host(Some(host)))
            }
            Some(_) => None,
            None if is_lone && code.is(value.to + 1, ")") => Some(Verdict::new(Role::Connect, Medium)),
            None => None,
        };
    }
    if let Some(host) = host {
        return Some(Verdict::new(Role::Listen, High).host(host));
    }
    // `embeddedServer(CIO, 8080)`
    if name == "embeddedServer" && !is_first && value.from == open + 3 {
        return Some(Verdict::new(Role::Listen, High));
    }
    let after_any = value.from >= 2
        && code.is(value.from - 1, ",")
        && (code.is_any(value.from - 2, &["Any", "Loopback", "IPv6Any", "IPv6Loopback"])
            || quad(code, value.from - 2).is_some());
    if after_any {
        return Some(Verdict::new(Role::Listen, High).host(quad(code, value.from - 2)));
    }
    if !is_first || port < 80 {
        return None;
    }
    let receiver = code.word(callee.saturating_sub(2)).filter(|_| callee >= 2 && code.is(callee - 1, "."));
    let has_receiver = |words: &[&str]| receiver.is_some_and(|receiver| names::has(receiver, words));
    let is_alone = code.is(value.to + 1, ")");
    // `new Server(8080)` of Jetty, `Javalin.create().start(7070)`
    let is_made = name == "Server" && callee > 0 && code.is(callee - 1, "new");
    // `new Server(3000, { cors: … })` of Socket.IO.
    let has_options =
        is_made && value.from == open + 1 && code.is(value.to + 1, ",") && code.is(value.to + 2, "{");
    if has_options && port >= 1024 {
        return Some(Verdict::new(Role::Listen, High));
    }
    let is_javalin = name == "start"
        && (code.chain_start(callee)..callee).any(|at| code.is_any(at, &["Javalin", "javalin"]));
    if is_alone && port >= 1024 && (is_made || is_javalin || (name == "Run" && code.language.bare_types)) {
        return Some(Verdict::new(Role::Listen, High));
    }
    if name == "start"
        && has_receiver(&["app", "server", "javalin", "httpserver"])
        && code.is(value.to + 1, ")")
    {
        return Some(Verdict::new(Role::Listen, Medium));
    }
    if deed != Deed::Listen {
        return None;
    }
    let lower = name.to_ascii_lowercase();
    if lower == "listen" && code.language.listens_to_backlog && (port <= 1024 || port.is_power_of_two()) {
        return None;
    }
    if lower == "bind" && !code.language.binds_numbers && !has_receiver(&["socket", "server", "udp"]) {
        return None;
    }
    let after =
        code.string(value.to + 2).filter(|host| code.is(value.to + 1, ",") && names::is_own_host(host));
    let _ = open;
    Some(Verdict::new(Role::Listen, High).host(after))
}

/// The host of `"host", value`; `None` where no string stands before.
fn host_before<'t>(code: &Code<'t>, from: usize, open: usize) -> Option<Beside<'t>> {
    let at = from.checked_sub(2)?;
    if !code.is(from - 1, ",") || at <= open {
        return None;
    }
    if code.parent(at) != Some(open) {
        return None;
    }
    let host = code.string(at)?;
    let is_whole = code.is_any(at.checked_sub(1)?, &["(", ",", "[", "=", ":"]);
    if !is_whole {
        return None;
    }
    if host.is_empty() {
        return Some(Beside::Nothing);
    }
    let is_host = names::is_own_host(host);
    let is_other = host.contains('.') && !host.contains([' ', '/', '{', '%']);
    match (is_host, is_other) {
        (true, _) => Some(Beside::Own(host)),
        (false, true) => Some(Beside::Foreign),
        (false, false) => None,
    }
}

/// `[0, 0, 0, 0]` whose end is at `at`.
fn quad(code: &Code<'_>, at: usize) -> Option<&'static str> {
    let open = code.partner(at).filter(|open| at == open + 8 && code.is(at, "]"))?;
    let numbers: Vec<&str> = (open + 1..at).step_by(2).map(|number| code.written(number)).collect();
    match numbers.as_slice() {
        ["0", "0", "0", "0"] => Some("0.0.0.0"),
        ["127", "0", "0", "1"] => Some("127.0.0.1"),
        _ => None,
    }
}

/// `("0.0.0.0", 8000)`
fn tuple_number(code: &Code<'_>, open: usize, host: Option<Beside<'_>>, is_first: bool) -> Option<Verdict> {
    if is_first {
        return None;
    }
    let close = code.partner(open)?;
    let last = close.checked_sub(1)?;
    let quad = (last >= 3).then(|| quad(code, last - 2)).flatten();
    let host = match host {
        Some(Beside::Own(host)) => Some(host),
        Some(Beside::Nothing) => None,
        Some(Beside::Foreign) => return None,
        None => Some(quad?),
    };
    let verdict = |role: Role, confidence: Confidence| Some(Verdict::new(role, confidence).host(host));
    match owner(code, open) {
        Owner::Call(callee) => match deed_of(code, callee) {
            Deed::Listen | Deed::Serve => verdict(Role::Listen, High),
            Deed::Connect => verdict(Role::Connect, High),
            Deed::Other if host.is_some_and(words::is_wildcard) => verdict(Role::Listen, Medium),
            Deed::Other if host.is_some_and(words::is_loopback) => verdict(Role::Connect, Medium),
            Deed::Other => None,
        },
        Owner::Name(name) if names::is_address(name) => match host {
            Some(host) if words::is_wildcard(host) => verdict(Role::Listen, High),
            // `let addr = ([127, 0, 0, 1], 3000).into(); Server::bind(&addr)`
            Some(_) if quad.is_some() && binds(code, name) => verdict(Role::Listen, High),
            Some(_) => verdict(Role::Connect, Medium).map(|verdict| verdict.variable(name)),
            None => verdict(Role::Listen, Medium),
        },
        _ => None,
    }
}

/// Whether something is bound to what has this name.
fn binds(code: &Code<'_>, name: &str) -> bool {
    (0..code.tokens.len()).any(|at| {
        let is_bind = code.is_any(at, &["bind", "try_bind", "serve", "run", "bind_with_graceful_shutdown"]);
        is_bind && code.is(at + 1, "(") && (at + 2..at + 4).any(|at| code.word(at) == Some(name))
    })
}

/// A number in a list that is named after ports.
pub(super) fn element_number(code: &Code<'_>, open: usize, port: u16) -> Option<Verdict> {
    if code.partner(open).is_none_or(|close| close - open > 64) {
        return None;
    }
    let name = match climb(code, &mut Value::bracket(code, open)) {
        Slot::Named(name, _) | Slot::Entry(name, _, _) => name,
        _ => return None,
    };
    let is_table =
        names::has(name, &["default", "known", "common", "standard", "allowed", "safe", "blocked", "bad"]);
    (names::is_port(name) && !is_table && port >= 80).then(|| Verdict::new(Role::Define, Low))
}

/// `port 3000`, `set :port, 4567`
pub(super) fn bare_number(code: &Code<'_>, value: &Value, callee: usize) -> Option<Verdict> {
    let name = code.word(callee)?;
    if is_checked(name) {
        return None;
    }
    let is_alone = value.from == callee + 1;
    if is_alone && matches!(name, "port" | "listen") {
        return Some(Verdict::new(Role::Listen, High));
    }
    let key = (callee + 1..value.from).rev().find_map(|at| {
        let word = code.word(at).filter(|_| at > 0 && code.is(at - 1, ":")).or_else(|| code.string(at))?;
        (names::is_port(word) && defaults::is_key(word)).then_some(word)
    })?;
    let is_setting = name == "set" && names::is_bare(key);
    let role = if is_setting { Role::Listen } else { Role::Define };
    Some(Verdict::new(role, if is_setting { High } else { Medium }).variable(key))
}
