//! Code and sessions that a document shows: a compose file, an env file, commands.

use std::ops::Range;

use super::drawn::box_tables;
use super::line::{lines, shift};
use super::outline::Section;
use super::token::{Form, tokens};
use super::{Fence, label, prose, table};
use crate::diagnostic::Confidence;
use crate::readers::tree::Node;
use crate::readers::values::Setting;
use crate::readers::{
    Context, FilePath, Reading, Role, Side, Sighting, command, dotenv, nginx, prometheus, words, yaml,
};
use crate::source::Span;

/// What a fence holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Content {
    Compose,
    Monitoring,
    Proxy,
    Environment,
    Commands,
    Output,
    Other,
}

/// Reads a fence.
pub(super) fn read(text: &str, fence: &Fence, section: Option<&Section>, reading: &mut Reading) {
    let body = &text[fence.body.clone()];
    if !body.bytes().any(|byte| byte.is_ascii_digit()) {
        return;
    }
    let base = fence.body.start;
    match content(&text[fence.info.clone()], body) {
        Content::Compose => compose(body, base, reading),
        Content::Monitoring => state(prometheus::READER.read, "prometheus.yml", body, base, reaches, reading),
        Content::Proxy => state(nginx::READER.read, "nginx.conf", body, base, reaches, reading),
        Content::Environment => {
            let is_set = |sighting: &Sighting| {
                let is_own = sighting.host.as_deref().is_some_and(words::is_loopback);
                let is_value = sighting.role == Role::Assign || sighting.role == Role::Connect && is_own;
                is_value && sighting.context == Context::Code
            };
            state(dotenv::READER.read, ".env", body, base, is_set, reading);
        }
        Content::Commands => {
            let setting =
                Setting { side: Side::Host, context: Context::Prose, confidence: Confidence::Medium };
            let found = command::sightings(body, base, &setting);
            // What a command prints is no setting: `vport_num=1`.
            let is_set = |sighting: &Sighting| {
                let name = sighting.variable.as_deref().unwrap_or("");
                !name.bytes().any(|byte| byte.is_ascii_lowercase())
            };
            let found = found.into_iter().filter(is_set).map(|sighting| {
                let service = sighting.service.clone().or_else(|| looked_for(text, sighting.span));
                Sighting { role: Role::State, service, ..sighting }
            });
            reading.sightings.extend(found);
            comments(text, &fence.body, reading);
        }
        Content::Output => {
            let first = reading.sightings.len();
            let mut start = base;
            for line in body.split_inclusive('\n') {
                prose::read(text, start..start + line.trim_end().len(), reading);
                start += line.len();
            }
            for sighting in &mut reading.sightings[first..] {
                sighting.confidence = Confidence::Low;
            }
            if body.contains('\u{2502}') {
                let lines: Vec<_> = lines(body).iter().map(|line| shift(line, base)).collect();
                for grid in box_tables(text, &lines) {
                    table::read(text, &grid, section, reading);
                }
            }
        }
        Content::Other => {}
    }
}

/// Whether a sighting of quoted configuration reaches something by its name alone.
fn reaches(sighting: &Sighting) -> bool {
    let is_name = |host: &str| !words::is_loopback(host) && !host.contains(['.', ':']);
    sighting.role == Role::Connect && sighting.host.as_deref().is_some_and(is_name)
}

/// What the comment behind a command that only looks at a port says is there:
/// `lsof -i :8080  # the scheduler`.
fn looked_for(text: &str, span: Span) -> Option<String> {
    let place = span.range();
    let start = text[..place.start].rfind('\n').map_or(0, |end| end + 1);
    let command = text[start..place.start].trim_start_matches(['$', ' ', '\t']);
    let command = command.strip_prefix("sudo ").unwrap_or(command);
    let looks =
        ["lsof", "netstat", "ss ", "fuser", "nc ", "kill"].iter().any(|tool| command.starts_with(tool));
    let rest = text[place.end..].lines().next()?;
    let (_, comment) = rest.split_once(" #").filter(|_| looks)?;
    label::clean(comment)
}

/// The comments between commands: sentences like those around the fence.
fn comments(text: &str, body: &Range<usize>, reading: &mut Reading) {
    let mut start = body.start;
    for line in text[body.clone()].split_inclusive('\n') {
        let sentence = line.trim_start();
        if let Some(sentence) = sentence.strip_prefix('#').map(|rest| rest.trim_start_matches('#')) {
            let from = start + line.len() - sentence.len();
            prose::read(text, from..from + sentence.trim_end().len(), reading);
        }
        start += line.len();
    }
}

/// The published ports of a compose file's services.
fn compose(body: &str, base: usize, reading: &mut Reading) {
    let tree = yaml::parse(body);
    let Some(services) = tree.root().and_then(|root| root.get("services")) else { return };
    for (name, service) in services.entries() {
        for entry in service.get("ports").into_iter().flat_map(Node::items) {
            let place = entry.get("published").unwrap_or(entry).text_span(body);
            let Some(token) = place.and_then(|place| tokens(body, place.range()).into_iter().next()) else {
                continue;
            };
            let target =
                entry.get("target").and_then(|target| words::port(target.text()?)).map(words::single);
            let is_published = entry.get("published").is_some() || token.form == Form::Mapping;
            if is_published {
                let span = Span::new(token.place.start + base, token.place.end + base);
                reading.sightings.push(Sighting {
                    host: token.host,
                    variable: token.variable,
                    service: name.text().map(str::to_owned),
                    container: token.container.or(target),
                    protocol: token.protocol,
                    context: Context::Prose,
                    ..Sighting::new(span, token.ports, Role::State)
                });
            }
        }
    }
}

/// Reads a fence as a file, and keeps what a document states with it.
fn state(
    read: fn(&FilePath<'_>, &str, &mut Reading),
    path: &str,
    body: &str,
    base: usize,
    keeps: impl Fn(&Sighting) -> bool,
    reading: &mut Reading,
) {
    let mut inner = Reading::default();
    read(&FilePath::new(path), body, &mut inner);
    let moved = |sighting: Sighting| {
        let span = sighting.span.range();
        Sighting {
            span: Span::new(span.start + base, span.end + base),
            role: Role::State,
            context: Context::Prose,
            ..sighting
        }
    };
    reading.sightings.extend(inner.sightings.into_iter().filter(keeps).map(moved));
}

fn content(info: &str, body: &str) -> Content {
    let word = info.trim().trim_start_matches(['{', '.']).split([' ', ',', '}', ':']).next().unwrap_or("");
    let has_services = || body.lines().any(|line| line.trim() == "services:") && body.contains("ports:");
    match word.to_ascii_lowercase().as_str() {
        "yaml" | "yml" | "compose" | "docker-compose" => {
            if has_services() {
                Content::Compose
            } else if body.contains("scrape_configs:") {
                Content::Monitoring
            } else {
                Content::Other
            }
        }
        "nginx" | "conf" if body.contains("_pass ") || body.contains("upstream ") => Content::Proxy,
        "env" | "dotenv" | "properties" | "ini" | "code" | "config" | "conf" | "example" | "plain"
        | "file"
            if looks_like_environment(body) =>
        {
            Content::Environment
        }
        "bash" | "sh" | "shell" | "zsh" | "console" | "shell-session" | "terminal" | "powershell" | "ps1"
        | "cmd" | "bat" | "fish" => Content::Commands,
        "" | "text" | "txt" | "plaintext" | "output" | "log" | "none" => {
            if has_services() {
                Content::Compose
            } else if looks_like_environment(body) {
                Content::Environment
            } else if body.lines().any(|line| is_command(line.trim_start())) {
                Content::Commands
            } else {
                Content::Output
            }
        }
        _ => Content::Other,
    }
}

fn is_command(line: &str) -> bool {
    ["$ ", "docker run ", "docker compose ", "docker-compose "].iter().any(|start| line.starts_with(start))
}

/// Whether every line is a comment or sets a variable of capitals.
fn looks_like_environment(body: &str) -> bool {
    let lines = || body.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let sets = |line: &str| {
        line.split_once('=').is_some_and(|(name, value)| {
            let name = name.strip_prefix("export ").unwrap_or(name).trim_end();
            let is_name =
                name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
            is_name
                && !name.is_empty()
                && (!value.contains(' ') || value.starts_with(['"', '\'']) || value.contains(" #"))
        })
    };
    lines().next().is_some() && lines().all(sets)
}
