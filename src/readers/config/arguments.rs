//! Arguments, published ports and variables in configuration.

use std::ops::Range;

use super::{Runs, addresses, listen, number, sighting, urls};
use crate::diagnostic::Confidence;
use crate::model::PortRange;
use crate::readers::flat::Setting;
use crate::readers::{Role, Side, Sighting, words};

/// The arguments of one program after another, as lists of strings or as whole
/// command lines.
#[derive(Debug, Default)]
pub struct Arguments {
    list: usize,
    /// The argument before, where it waits for a value.
    waits: Option<String>,
}

impl Arguments {
    /// Reads the next argument, or all of a line of them.
    pub fn next(&mut self, source: &str, setting: &Setting<'_>) -> Vec<Sighting> {
        if self.list != setting.parent {
            (self.list, self.waits) = (setting.parent, None);
        }
        let text = source.get(setting.at.clone()).unwrap_or("");
        let mut found = Vec::new();
        let mut at = setting.at.start;
        for part in text.split([' ', '\t', '\n']) {
            let start = at;
            at += part.len() + 1;
            if !part.is_empty() {
                self.argument(source, start..start + part.len(), &mut found);
            }
        }
        found
    }

    fn argument(&mut self, source: &str, at: Range<usize>, found: &mut Vec<Sighting>) {
        let text = source.get(at.clone()).unwrap_or("");
        let waiting = self.waits.take();
        if let Some((flag, value)) = text.split_once('=').filter(|_| text.starts_with('-')) {
            let value = at.end - value.len()..at.end;
            return found.extend(self.value(source, flag, value));
        }
        if text.starts_with('-') || text == "runserver" || text == "http.server" {
            self.waits = Some(text.to_owned());
            return;
        }
        match waiting {
            Some(flag) => found.extend(self.value(source, &flag, at)),
            None => found.extend(urls(source, at, Runs::OnMachine)),
        }
    }

    fn value(&self, source: &str, flag: &str, at: Range<usize>) -> Vec<Sighting> {
        let is_publish = matches!(flag, "-p" | "--publish");
        let is_port = words::names_a_port(flag) || matches!(flag, "-p" | "runserver" | "http.server");
        let listens = matches!(flag, "--bind" | "-b" | "--listen" | "-l" | "--addr" | "--address" | "--http");
        let text = source.get(at.clone()).unwrap_or("");
        if is_publish && text.contains(':') {
            return published(source, at).into_iter().collect();
        }
        if (is_port || listens)
            && let Some(mut found) = listen(source, at.clone(), is_port)
        {
            found.variable = flag.starts_with("--").then(|| flag.to_owned());
            return vec![found];
        }
        urls(source, at, Runs::OnMachine)
    }
}

/// `8080:80`, `127.0.0.1:8080:80/udp` or `9000`: a port of the machine that a
/// container's is published under.
pub fn published(source: &str, at: Range<usize>) -> Option<Sighting> {
    let text = source.get(at.clone())?;
    let (ports, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
    let (front, container) = match ports.rsplit_once(':') {
        Some((front, container)) => (front, container),
        None => (ports, ports),
    };
    let (address, host) = front.rsplit_once(':').unwrap_or(("", front));
    let container = PortRange::parse(container).ok()?;
    let start = at.start + front.len() - host.len();
    let mut found = number(source, start..start + host.len(), Role::Publish)?;
    found.container = Some(container);
    found.host = (!address.is_empty()).then(|| address.trim_matches(['[', ']']).to_ascii_lowercase());
    if protocol == "udp" {
        found.protocol = crate::model::Protocol::Udp;
    }
    Some(found)
}

/// What a variable is set to: a number where its name is that of a port, a URL.
pub fn assigned(source: &str, name: &str, at: Range<usize>, side: Side) -> Vec<Sighting> {
    let is_number = words::names_a_port(name).then(|| number(source, at.clone(), Role::Assign)).flatten();
    let mut found = match is_number {
        Some(mut number) => {
            number.side = side;
            vec![number]
        }
        None => {
            let runs = if side == Side::Container { Runs::InContainer } else { Runs::OnMachine };
            let text = source.get(at.clone()).unwrap_or("");
            if is_address(text) && !is_image(name) {
                addresses(source, at, runs)
            } else {
                urls(source, at, runs)
            }
        }
    };
    found.iter_mut().for_each(|sighting| {
        sighting.variable.get_or_insert_with(|| name.to_owned());
    });
    found
}

fn is_image(name: &str) -> bool {
    words::words_of(name)
        .iter()
        .any(|word| ["image", "tag", "version", "user", "time"].contains(&word.as_str()))
}

/// Whether a text is `host:port`, or several of them parted by commas.
pub fn is_address(text: &str) -> bool {
    let is_pair = |part: &str| words::pairs(part).next().is_some_and(|pair| pair.whole == (0..part.len()));
    !text.is_empty() && text.split([',', ' ', ';']).filter(|part| !part.is_empty()).all(is_pair)
}

/// A number at a place of lines that cannot be told for certain.
pub fn unsure(at: Range<usize>, port: crate::model::Port, role: Role) -> Sighting {
    let mut found = sighting(at, PortRange::single(port), role);
    found.confidence = Confidence::Low;
    found
}
