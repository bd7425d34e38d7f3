//! Commands: the ports in what a shell is told to run.
//!
//! It is no reader but what Dockerfiles, package scripts, Procfiles, Makefiles,
//! scripts, workflows and documents have in common. A port is known by the
//! option it follows, and an option by the program it belongs to: `-p` of
//! `serve` is one, that of `mkdir` is none.

mod docker;
mod inline;
mod programs;
mod split;

use super::values::{self, Setting};
use super::{Role, Side, Sighting, words};
use crate::diagnostic::Confidence;
use crate::model::PortRange;
use programs::{Program, Takes};
use split::Word;

pub use docker::{ComposeCall, compose_files, publication};
pub use programs::ends_what_runs;

/// How deep commands in quotes are followed.
const DEEPEST: usize = 4;

/// The ports in a command, or in many; `base` is where its text stands.
pub fn sightings(text: &str, base: usize, setting: &Setting) -> Vec<Sighting> {
    let mut out = Vec::new();
    if text.bytes().any(|byte| byte.is_ascii_digit()) {
        scan(text, base, setting, 0, &mut out);
        inline::connections(text, base, setting, &mut out);
    }
    out
}

/// The ports in a command that is written as the inside of a JSON string: `\"` is a quote.
pub fn in_json(raw: &str, base: usize, setting: &Setting) -> Vec<Sighting> {
    let plain = raw.replace("\\\"", "\u{1}\"").replace("\\n", " \n").replace("\\t", "  ");
    sightings(&plain, base, setting)
}

/// The ports in a command that is written as a list: `["serve", "-p", "3000"]`.
pub fn in_list(raw: &str, base: usize, setting: &Setting) -> Vec<Sighting> {
    let mut is_quoted = false;
    let mut is_escaped = false;
    let plain: String = raw
        .chars()
        .map(|character| {
            match character {
                '"' if !is_escaped => is_quoted = !is_quoted,
                '[' | ']' | ',' if !is_quoted => return ' ',
                _ => {}
            }
            is_escaped = character == '\\' && !is_escaped;
            character
        })
        .collect();
    sightings(&plain, base, setting)
}

fn scan(text: &str, base: usize, setting: &Setting, depth: usize, out: &mut Vec<Sighting>) {
    if depth > DEEPEST {
        return;
    }
    for words in split::commands(text, base) {
        Command { setting: *setting, depth, program: Program::default() }.read(&words, out);
    }
}

/// One command while it is read.
#[derive(Clone, Copy)]
struct Command<'a> {
    setting: Setting,
    depth: usize,
    program: Program<'a>,
}

impl<'a> Command<'a> {
    fn read(mut self, words: &[Word<'a>], out: &mut Vec<Sighting>) {
        let has_digit = |word: &Word<'_>| word.text().bytes().any(|byte| byte.is_ascii_digit());
        if !words.iter().any(has_digit) || self.powershell(words, out) {
            return;
        }
        self.program = program_of(words);
        let program = self.program;
        if program.is_printer() || program.is_mute() {
            // What stands before the program is set for it.
            self.arguments(words.get(..program.index).unwrap_or_default(), out);
            if program.is_printer() {
                self.printed(words, out);
            }
            return;
        }
        match program.name {
            "docker" | "podman" | "nerdctl" | "docker-compose" | "podman-compose" => self.docker(words, out),
            "ssh" | "autossh" => self.tunnels(words, out),
            "kubectl" | "oc" | "k" => self.forwards(words, out),
            "nc" | "ncat" | "netcat" | "telnet" => self.host_and_port(words, out),
            "lsof" | "fuser" | "kill-port" | "npkill" => self.users_of(words, out),
            _ => self.arguments(words, out),
        }
    }

    /// Options, assignments, addresses and commands in quotes.
    fn arguments(self, words: &[Word<'a>], out: &mut Vec<Sighting>) {
        let mut index = 0;
        while let Some(&word) = words.get(index) {
            let value = words.get(index + 1).copied();
            index += 1;
            if self.argument(
                word,
                value,
                index.checked_sub(2).and_then(|before| words.get(before)).copied(),
                out,
            ) {
                index += 1;
            }
        }
        if self.program.connects() {
            self.put_host(words, out);
        }
    }

    /// Reads a word; whether the one behind it belongs to it.
    fn argument(
        self,
        word: Word<'a>,
        next: Option<Word<'a>>,
        previous: Option<Word<'a>>,
        out: &mut Vec<Sighting>,
    ) -> bool {
        if word.is_nested() {
            self.nested(word, out);
            return false;
        }
        let text = word.text();
        if let Some((name, value)) = assignment(word) {
            let (text, at) = value.plain();
            values::in_value(name, text, at, &self.setting, out);
            return false;
        }
        if text.starts_with('-') {
            return self.option(word, next, out);
        }
        if previous.is_some_and(|word| takes_port(word.text()))
            && self.port_or_address(word, Role::Listen, out)
        {
            return false;
        }
        self.addresses(word, self.program.is_client(), out);
        false
    }

    fn option(self, word: Word<'a>, next: Option<Word<'a>>, out: &mut Vec<Sighting>) -> bool {
        let text = word.text();
        let (name, inline) = match text.find('=') {
            Some(length) => (&text[..length], Some(word.behind(length + 1))),
            None => (text, None),
        };
        if inline.is_none() && self.glued(word, out) {
            return false;
        }
        let Some(value) = inline.or(next) else { return false };
        let takes = programs::takes(self.program, name);
        let is_taken = match takes {
            Takes::Port => self.port_or_address(value, Role::Listen, out),
            Takes::MaybePort => self.at_most(Confidence::Medium).port_or_address(value, Role::Listen, out),
            Takes::RemotePort => self.port_or_address(value, Role::Connect, out),
            Takes::Address => self.address(value, out),
            Takes::RemoteAddress => {
                self.addresses(value, true, out);
                true
            }
            Takes::Other => false,
        };
        if !is_taken && let Some(value) = inline {
            self.debugger(word, out);
            self.addresses(value, false, out);
        }
        is_taken && inline.is_none()
    }

    /// `-p8080`.
    fn glued(self, word: Word<'a>, out: &mut Vec<Sighting>) -> bool {
        let is_port = word.text().len() > 2
            && word.text().starts_with("-p")
            && programs::takes(self.program, "-p") == Takes::Port;
        is_port && self.port_or_address(word.behind(2), Role::Listen, out)
    }

    /// `-agentlib:jdwp=transport=dt_socket,address=*:5005`.
    fn debugger(self, word: Word<'a>, out: &mut Vec<Sighting>) {
        let text = word.text();
        if text.contains("jdwp")
            && let Some(start) = text.find("address=")
        {
            self.address(word.behind(start + "address=".len()), out);
        }
    }

    fn at_most(self, confidence: Confidence) -> Self {
        Self { setting: self.setting.at_most(confidence), ..self }
    }

    /// A word that is a port, a range, `${PORT:-8000}` or `host:port`; whether it was.
    fn port_or_address(self, word: Word<'a>, role: Role, out: &mut Vec<Sighting>) -> bool {
        let (text, at) = word.plain();
        let before = out.len();
        if let Some(ports) = values::ports(text) {
            out.push(self.setting.sight(at..at + text.len(), ports, role));
        } else if text.contains("${") {
            values::fallbacks(text, at, &self.setting, true, out);
        } else {
            return role == Role::Listen && self.address(word, out);
        }
        out.len() > before
    }

    /// A word that is `:8000`, `0.0.0.0:8000`, `tcp://…:8000` or a port; whether it was.
    fn address(self, word: Word<'a>, out: &mut Vec<Sighting>) -> bool {
        let (text, at) = word.plain();
        let before = out.len();
        let digits = text.len() - text.trim_end_matches(|last: char| last.is_ascii_digit()).len();
        let (host, number) = text.split_at(text.len() - digits);
        let scheme = host.find("://").map_or(0, |length| length + 3);
        let host = host[scheme..].strip_suffix(':').unwrap_or(&host[scheme..]);
        if text.contains("${") {
            values::fallbacks(text, at, &self.setting, true, out);
        } else if let Some(port) = words::port(number)
            && (text.len() == digits || text.ends_with(&format!(":{number}")))
            && (host.is_empty()
                || host.contains('$')
                || words::side_of_host(host).is_some()
                || is_address(host))
        {
            let end = at + text.len();
            let mut sighting = self.setting.sight(end - digits..end, PortRange::single(port), Role::Listen);
            let host = host.trim_matches(['[', ']']).to_ascii_lowercase();
            sighting.host = (!host.is_empty() && !host.contains('$')).then_some(host);
            out.push(sighting);
        }
        out.len() > before
    }

    /// URLs and `host:port` in a word; names alone count where they are addresses for sure.
    fn addresses(self, word: Word<'a>, is_address: bool, out: &mut Vec<Sighting>) {
        let (text, at) = word.plain();
        if !text.bytes().any(|byte| byte.is_ascii_digit()) {
            return;
        }
        values::fallbacks(text, at, &self.setting, false, out);
        for url in words::urls(text) {
            out.extend(values::authority(text, &url, at, &self.setting, false));
        }
        for pair in words::pairs(text) {
            let is_own = words::is_loopback(pair.host) || words::is_wildcard(pair.host);
            if is_own || is_address {
                out.extend(values::authority(text, &pair, at, &self.setting, false));
            }
        }
        self.device(text, at, out);
    }

    /// `/dev/tcp/localhost/8080`.
    fn device(self, text: &str, at: usize, out: &mut Vec<Sighting>) {
        let Some(start) = text.find("/dev/tcp/").map(|start| start + "/dev/tcp/".len()) else { return };
        let Some((host, rest)) = text[start..].split_once('/') else { return };
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let place = at + start + host.len() + 1;
        if let Some(port) = words::port(&rest[..digits]) {
            out.extend(self.connection(host, place..place + digits, PortRange::single(port)));
        }
    }

    /// A connection to a host, if it is one of ours.
    fn connection(self, host: &str, place: std::ops::Range<usize>, ports: PortRange) -> Option<Sighting> {
        let side = if host.contains('$') { Side::Unknown } else { words::side_of_host(host)? };
        let mut sighting = self.setting.sight(place, ports, Role::Connect);
        sighting.side = values::side_here(host, side, &self.setting);
        sighting.host = (!host.contains('$')).then(|| host.to_ascii_lowercase());
        Some(sighting)
    }

    /// A word in quotes that is a command, or a text.
    fn nested(self, word: Word<'a>, out: &mut Vec<Sighting>) {
        let (text, at) = word.plain();
        let sure = if self.program.is_runner() { Confidence::High } else { Confidence::Medium };
        scan(text, at, &self.setting.at_most(sure), self.depth + 1, out);
    }

    /// What is printed: URLs of it, which tell people where to look.
    fn printed(self, words: &[Word<'a>], out: &mut Vec<Sighting>) {
        for word in words.iter().skip(self.program.index + 1) {
            self.at_most(Confidence::Medium).addresses(*word, false, out);
        }
    }

    /// `$env:PORT = 3000`, `$Port = 8000`; whether it was one.
    fn powershell(self, words: &[Word<'a>], out: &mut Vec<Sighting>) -> bool {
        let is_sign = |(index, word): (usize, &Word<'_>)| match index {
            0 => word.text().contains('='),
            _ => word.text() == "=",
        };
        let Some(sign) = words.iter().take(2).enumerate().position(is_sign) else {
            return false;
        };
        let (Some(first), Some(equals)) = (words.first(), words.get(sign)) else { return false };
        let Some((_, name)) = first.text().rsplit_once('$') else { return false };
        let name = name.split('=').next().unwrap_or(name);
        let name = name.rsplit(':').next().unwrap_or(name);
        let length = equals.text().find('=').map_or(0, |length| length + 1);
        let value = if equals.behind(length).text().is_empty() {
            words.get(sign + 1).copied()
        } else {
            Some(equals.behind(length))
        };
        let Some(value) = value.filter(|_| !name.is_empty() && !first.text().contains('{')) else {
            return false;
        };
        let (text, at) = value.plain();
        values::in_value(name, text.trim_end_matches(','), at, &self.setting, out);
        true
    }

    /// The host that `-h` or `--host` gives, in the connections of a client.
    fn put_host(self, words: &[Word<'a>], out: &mut Vec<Sighting>) {
        let host = words.iter().enumerate().find_map(|(index, word)| match word.text() {
            "-h" | "--host" | "-H" => words.get(index + 1).map(|word| word.text()),
            text => text
                .strip_prefix("--host=")
                .or_else(|| text.strip_prefix("-h").filter(|host| !host.is_empty())),
        });
        let host = host.unwrap_or("localhost");
        let range =
            words.first().map_or(0, |word| word.plain().1)..=words.last().map_or(0, |word| word.plain().1);
        out.retain_mut(|sighting| {
            let is_here = range.contains(&sighting.span.range().start);
            if !is_here || sighting.role != Role::Connect || sighting.host.is_some() {
                return true;
            }
            let found = self.connection(host, sighting.span.range(), sighting.ports);
            found.map(|found| *sighting = found).is_some()
        });
    }
}

/// `NAME=value`, quoted as a whole or not.
fn assignment<'a>(word: Word<'a>) -> Option<(&'a str, Word<'a>)> {
    let (name, _) = word.text().split_once('=')?;
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let starts = name.bytes().next().is_some_and(|byte| !byte.is_ascii_digit());
    (starts && name.bytes().all(is_name)).then(|| (name, word.behind(name.len() + 1)))
}

/// Programs and their commands whose next word is the port.
fn takes_port(word: &str) -> bool {
    matches!(
        word,
        "http.server" | "SimpleHTTPServer" | "runserver" | "runserver_plus" | "server:start" | "server:run"
    )
}

fn is_address(host: &str) -> bool {
    host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok()
}

/// `--host`, `--bind`, with or without its value.
fn is_bind(word: &str) -> bool {
    let name = word.split_once('=').map_or(word, |(name, _)| name);
    matches!(name, "--host" | "--bind" | "--hostname" | "--ip" | "--listen-host")
}

/// Every address, alone or behind its option: nobody connects to that.
fn is_wildcard_option(word: &str) -> bool {
    let value = word.split_once('=').map_or(word, |(_, value)| value);
    matches!(value, "0.0.0.0" | "::" | "[::]")
}

/// The program that a command runs: what sets variables and what wraps it is passed over.
fn program_of<'a>(words: &[Word<'a>]) -> Program<'a> {
    let binds = words.iter().any(|word| is_bind(word.text()))
        && words.iter().any(|word| is_wildcard_option(word.text()));
    let mut last = Program::default();
    for (index, &word) in words.iter().enumerate() {
        let text = word.text();
        let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
        if assignment(word).is_some() || text.starts_with('-') || is_number {
            continue;
        }
        last = Program { name: programs::base_name(text), index, binds };
        if !programs::is_wrapper(last.name) {
            break;
        }
    }
    last
}

#[cfg(test)]
mod tests;
