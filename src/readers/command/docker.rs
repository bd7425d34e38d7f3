//! Commands that say more than a port: what `docker run` publishes, what
//! tunnels and forwards open, and the files that Compose is given.

use std::ops::Range;

use super::split::{self, Word};
use super::{Command, Role, Side, Sighting, values, words};
use crate::diagnostic::Confidence;
use crate::model::{PortRange, Protocol};
use crate::readers::values::Setting;

/// Options of `docker run` that stand alone.
const ALONE: &[&str] = &[
    "--rm",
    "--init",
    "--privileged",
    "--detach",
    "--tty",
    "--interactive",
    "--read-only",
    "--no-healthcheck",
    "--publish-all",
    "--oom-kill-disable",
    "--quiet",
    "--service-ports",
    "--no-deps",
    "--build",
];

impl<'a> Command<'a> {
    /// `docker run`, `create` and `exec`, by `docker`, `podman` or Compose.
    pub(super) fn docker(self, words: &[Word<'a>], out: &mut Vec<Sighting>) {
        self.arguments(words.get(..self.program.index).unwrap_or_default(), out);
        let verb = words
            .iter()
            .skip(self.program.index)
            .position(|word| matches!(word.text(), "run" | "create" | "exec" | "build"));
        let Some(verb) = verb.map(|index| index + self.program.index) else { return };
        let mut index = verb + 1;
        while let Some(&word) = words.get(index) {
            let text = word.text();
            if !text.starts_with('-') {
                break;
            }
            let (name, inline) = match text.find('=') {
                Some(length) if text.starts_with("--") => (&text[..length], Some(word.behind(length + 1))),
                _ => (text, None),
            };
            let value = inline.or_else(|| words.get(index + 1).copied());
            if let Some(value) = value {
                self.docker_option(name, value, out);
            }
            let is_bundle = words[verb].text() != "build"
                && !text.starts_with("--")
                && text.bytes().skip(1).all(|byte| matches!(byte, b'd' | b'i' | b't' | b'P' | b'T' | b'q'));
            index += if inline.is_some() || is_bundle || ALONE.contains(&name) { 1 } else { 2 };
        }
        // Behind the image stands what runs in the container.
        let inside = Command { setting: Setting { side: Side::Container, ..self.setting }, ..self };
        if words[verb].text() != "build" {
            inside.inner(words.get(index + 1..).unwrap_or_default(), out);
        }
    }

    fn inner(self, words: &[Word<'a>], out: &mut Vec<Sighting>) {
        let program = super::program_of(words);
        Command { program, ..self }.arguments(words, out);
    }

    fn docker_option(self, name: &str, value: Word<'a>, out: &mut Vec<Sighting>) {
        let inside = Setting { side: Side::Container, ..self.setting };
        let (text, at) = value.plain();
        match name {
            "-p" | "--publish" => self.published(value, out),
            "-e" | "--env" | "--build-arg" => {
                if let Some((name, value)) = super::assignment(value) {
                    let (text, at) = value.plain();
                    values::in_value(name, text, at, &inside, out);
                }
            }
            "--expose" => {
                if let Some(ports) = values::ports(text) {
                    out.push(inside.sight(at..at + text.len(), ports, Role::Expose));
                }
            }
            "--health-cmd" => super::scan(text, at, &inside, self.depth + 1, out),
            _ => {}
        }
    }

    /// `[[ip:]host:]container[/proto]`, of which only what the host gets counts.
    fn published(self, word: Word<'a>, out: &mut Vec<Sighting>) {
        let (text, at) = word.plain();
        out.extend(publication(text, at, &self.setting));
    }

    /// `ssh -L 8080:localhost:80`: the near end of a tunnel.
    pub(super) fn tunnels(self, words: &[Word<'a>], out: &mut Vec<Sighting>) {
        for (index, &word) in words.iter().enumerate() {
            let value = match word.text() {
                "-L" | "-D" => words.get(index + 1).copied(),
                text if text.starts_with("-L") || text.starts_with("-D") => Some(word.behind(2)),
                _ => None,
            };
            let Some(value) = value else { continue };
            let (text, at) = value.plain();
            let parts: Vec<&str> = text.split(':').collect();
            let (host, number) = match parts.as_slice() {
                [number] | [number, _, _] => (None, *number),
                [host, number] | [host, number, _, _] => (Some(*host), *number),
                _ => continue,
            };
            let start = at + host.map_or(0, |host| host.len() + 1);
            if let Some(port) = words::port(number) {
                let place = start..start + number.len();
                let mut sighting = self.setting.sight(place, PortRange::single(port), Role::Listen);
                sighting.host = host.map(str::to_ascii_lowercase);
                out.push(sighting);
            }
        }
    }

    /// `kubectl port-forward svc/x 8080:80`.
    pub(super) fn forwards(self, words: &[Word<'a>], out: &mut Vec<Sighting>) {
        let Some(verb) = words.iter().position(|word| word.text() == "port-forward") else {
            return self.arguments(words, out);
        };
        for word in words.iter().skip(verb + 1) {
            let (text, at) = word.plain();
            let (near, far) = text.split_once(':').unwrap_or((text, text));
            if let (Some(ports), Some(container)) = (values::ports(near), values::ports(far)) {
                let mut sighting = self.setting.sight(at..at + near.len(), ports, Role::Publish);
                sighting.side = Side::Host;
                sighting.container = Some(container);
                out.push(sighting);
            }
        }
    }

    /// `nc -z localhost 8080`, `nc -l 8080`, `telnet db 5432`.
    pub(super) fn host_and_port(self, words: &[Word<'a>], out: &mut Vec<Sighting>) {
        let is_short = |word: &&Word<'_>| word.text().starts_with('-') && !word.text().starts_with("--");
        let listens = words.iter().filter(is_short).any(|word| word.text().contains('l'));
        let is_udp = words.iter().filter(is_short).any(|word| word.text().contains('u'));
        let mut plain = Vec::new();
        let mut rest = words.iter().skip(self.program.index + 1).peekable();
        while let Some(word) = rest.next() {
            let text = word.text();
            if matches!(text, "-w" | "-i" | "-q" | "-W" | "-s") {
                rest.next();
            } else if !text.starts_with('-') {
                plain.push(*word);
            }
        }
        let before = out.len();
        match plain.as_slice() {
            [.., number] if listens => {
                self.port_or_address(*number, Role::Listen, out);
            }
            [host, number, ..] => {
                let (text, at) = number.plain();
                if let Some(ports) = values::ports(text) {
                    out.extend(self.connection(host.text(), at..at + text.len(), ports));
                }
            }
            [word] => self.addresses(*word, true, out),
            _ => {}
        }
        if is_udp {
            out.iter_mut().skip(before).for_each(|sighting| sighting.protocol = Protocol::Udp);
        }
    }

    /// `lsof -ti:3000`, `fuser -k 3000/tcp`, `kill-port 3000`: whoever has the port.
    pub(super) fn users_of(self, words: &[Word<'a>], out: &mut Vec<Sighting>) {
        let careful = self.at_most(Confidence::Medium);
        for word in words.iter().skip(self.program.index + 1) {
            let (text, at) = word.plain();
            let number = text.strip_suffix("/tcp").unwrap_or(text);
            let number = number.rsplit(':').next().unwrap_or(number);
            let is_said = text != number || self.program.name == "kill-port";
            let start = at + text.rfind(number).unwrap_or(0);
            for (offset, part) in parts(number) {
                if let Some(ports) = values::ports(part).filter(|_| is_said) {
                    let place = start + offset..start + offset + part.len();
                    out.extend(careful.connection("localhost", place, ports));
                }
            }
        }
    }
}

/// What an entry `[[ip:]host:]container[/proto]` that stands at an offset
/// publishes, if it says a port of the host.
pub fn publication(text: &str, at: usize, setting: &Setting) -> Option<Sighting> {
    let entry = published(text)?;
    let place = at + entry.place.start..at + entry.place.end;
    let mut sighting = setting.sight(place, entry.host, Role::Publish);
    sighting.side = Side::Host;
    sighting.host = entry.address.map(str::to_ascii_lowercase);
    sighting.protocol = entry.protocol;
    sighting.container = entry.container;
    if let Some(variable) = entry.variable {
        sighting.role = Role::Fallback;
        sighting.variable = Some(variable.to_owned());
    }
    Some(sighting)
}

/// What commas separate, and where each part stands.
fn parts(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut start = 0;
    text.split(',').map(move |part| {
        let at = start;
        start += part.len() + 1;
        (at, part)
    })
}

/// An entry of `-p`.
struct Entry<'a> {
    place: Range<usize>,
    host: PortRange,
    address: Option<&'a str>,
    container: Option<PortRange>,
    protocol: Protocol,
    variable: Option<&'a str>,
}

/// Reads `[[ip:]host:]container[/proto]`; `None` where no port of the host is written.
fn published(text: &str) -> Option<Entry<'_>> {
    let (ports, protocol) = match text.split_once('/') {
        Some((ports, protocol)) => (ports, Protocol::parse(&protocol.to_ascii_lowercase())?),
        None => (text, Protocol::Tcp),
    };
    let colon = last_colon(ports)?;
    let container = values::ports(&ports[colon + 1..]);
    let before = &ports[..colon];
    let start = last_colon(before).map_or(0, |colon| colon + 1);
    let address = (start > 0).then(|| before[..start - 1].trim_matches(['[', ']']));
    let address = address.filter(|address| !address.contains('$'));
    let number = &before[start..];
    if let Some(host) = values::ports(number) {
        return Some(Entry {
            place: start..before.len(),
            host,
            address,
            container,
            protocol,
            variable: None,
        });
    }
    let (variable, place) = values::fallback_at(before, start).filter(|_| number.starts_with("${"))?;
    let host = values::ports(&before[place.clone()])?;
    Some(Entry { place, host, address, container, protocol, variable: Some(variable) })
}

/// The last colon that no `${…}` holds.
fn last_colon(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    text.bytes().enumerate().collect::<Vec<_>>().into_iter().rev().find_map(|(index, byte)| {
        match byte {
            b'}' | b']' => depth += 1,
            b'{' | b'[' => depth = depth.saturating_sub(1),
            _ => {}
        }
        (byte == b':' && depth == 0).then_some(index)
    })
}

/// The files that a call of Compose is given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ComposeCall {
    /// Those after `-f`, in their order.
    pub files: Vec<String>,
    /// Those after `--env-file`.
    pub env_files: Vec<String>,
}

/// The files that each call of Compose in a text is given, in their order.
pub fn compose_files(text: &str) -> Vec<ComposeCall> {
    if memchr::memmem::find(text.as_bytes(), b"compose").is_none() {
        return Vec::new();
    }
    let mut found: Vec<ComposeCall> = Vec::new();
    for words in split::commands(text, 0) {
        let nested = words.iter().filter(|word| word.is_nested());
        found.extend(nested.flat_map(|word| flat_compose_files(word.text())));
        found.extend(files_of(&words));
    }
    found.dedup();
    found
}

fn flat_compose_files(text: &str) -> Vec<ComposeCall> {
    split::commands(text, 0).iter().filter_map(|words| files_of(words)).collect()
}

fn files_of(words: &[Word<'_>]) -> Option<ComposeCall> {
    let compose = words.iter().position(|word| {
        matches!(super::programs::base_name(word.text()), "compose" | "docker-compose" | "podman-compose")
    })?;
    let (mut files, mut env_files) = (Vec::new(), Vec::new());
    let mut rest = words.iter().skip(compose + 1).map(|word| word.text());
    while let Some(word) = rest.next() {
        let file = match word {
            "-f" | "--file" => rest.next(),
            "--env-file" => {
                env_files.extend(rest.next().map(str::to_owned));
                None
            }
            "-p" | "--project-name" | "--profile" | "--project-directory" | "--ansi" | "--progress" => {
                rest.next();
                None
            }
            _ if word.starts_with("--file=") => word.strip_prefix("--file="),
            _ if word.starts_with("--env-file=") => {
                env_files.extend(word.strip_prefix("--env-file=").map(str::to_owned));
                None
            }
            _ if word.starts_with("-f") => word.strip_prefix("-f"),
            _ if word.starts_with('-') => None,
            // The command of Compose; `-f` of `logs` is another.
            _ => break,
        };
        files.extend(file.filter(|file| !file.contains('$') && *file != "-").map(str::to_owned));
    }
    env_files.retain(|file| !file.contains('$'));
    (!files.is_empty() || !env_files.is_empty()).then_some(ComposeCall { files, env_files })
}
