//! The text of a new table.

use super::{Draft, DraftPatch, DraftPort, DraftRange, DraftService};
use crate::diagnostic::{is_unprintable, printable};
use crate::model::Protocol;

/// Of the places that state a number, as many as are listed.
const MOST_PLACES: usize = 4;

pub(super) fn write(draft: &Draft) -> String {
    let mut out = String::from(
        "#:schema ./ports.schema.json\n\
         # Made by `portgen init` from what this repository says: look it over, then run\n\
         # `portgen check`. Behind each number stands where it was seen.\n\n[project]\n",
    );
    out += &format!("name = {}\n", quoted(&draft.name));
    draft.ranges.iter().for_each(|range| out += &range_text(range));
    draft.services.iter().for_each(|service| out += &service_text(service));
    if draft.services.is_empty() {
        out += "\n# Nothing here states a port of this machine: `portgen add NAME` declares one.\n";
    }
    out += &patches_text(&draft.patches);
    out += &outputs_text(&draft.outputs);
    out
}

fn range_text(range: &DraftRange) -> String {
    let ports: Vec<String> = range.ports.ranges().iter().map(|ports| quoted(&ports.to_string())).collect();
    let ports = if let [only] = ports.as_slice() { only.clone() } else { format!("[{}]", ports.join(", ")) };
    let comment = comment(&range.seen);
    match &range.name {
        Some(name) => {
            format!("\n[ranges.{name}]\ntitle = {}\nports = {ports}{comment}\n", words(&range.title))
        }
        None => format!("\n[[reserved]]\nports = {ports}{comment}\nreason = {}\n", words(&range.title)),
    }
}

fn service_text(service: &DraftService) -> String {
    let name = &service.name;
    let mut out = format!("\n[services.{name}]\n");
    if let Some(title) = &service.title {
        out += &format!("title = {}\n", words(title));
    }
    if let Some(range) = &service.range {
        out += &format!("range = {}\n", quoted(range.as_str()));
    }
    let allow: Vec<String> =
        service.allow.iter().map(|(rule, reason)| format!("{rule} = {}", words(reason))).collect();
    let allow = (!allow.is_empty()).then(|| format!("allow = {{ {} }}\n", allow.join(", ")));
    if let [only] = service.ports.as_slice() {
        undecided(&mut out, only);
        out += &format!("port = {}{}\n", only.port, seen(only));
        keys(only).into_iter().for_each(|(key, value)| out += &format!("{key} = {value}\n"));
        return out + allow.as_deref().unwrap_or("");
    }
    out += allow.as_deref().unwrap_or("");
    out += &format!("\n[services.{name}.ports]\n");
    for port in &service.ports {
        undecided(&mut out, port);
        let keys: Vec<String> =
            keys(port).into_iter().map(|(key, value)| format!(", {key} = {value}")).collect();
        out += &match keys.concat() {
            none if none.is_empty() => format!("{} = {}{}\n", port.name, port.port, seen(port)),
            keys => format!("{} = {{ port = {}{keys} }}{}\n", port.name, port.port, seen(port)),
        };
    }
    out
}

/// What disagrees stands above the number, for somebody to decide.
fn undecided(out: &mut String, port: &DraftPort) {
    for other in &port.undecided {
        *out += &format!("# DECIDE: {}\n", one_line(other));
    }
}

fn keys(port: &DraftPort) -> Vec<(&'static str, String)> {
    let protocol = (port.protocol != Protocol::Tcp).then(|| quoted(port.protocol.as_str()));
    let keys = [
        ("env", port.variable.as_deref().map(quoted)),
        ("container-port", port.container.map(|port| port.to_string())),
        ("bind", port.bind.as_deref().map(quoted)),
        ("protocol", protocol),
        ("health", port.health.as_deref().map(quoted)),
    ];
    keys.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()
}

fn seen(port: &DraftPort) -> String {
    let more = port.seen.len().saturating_sub(MOST_PLACES);
    let listed = port.seen.iter().take(MOST_PLACES).map(String::as_str).collect::<Vec<_>>().join(", ");
    comment(&if more > 0 { format!("{listed} and {more} more") } else { listed })
}

fn comment(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("  # {}", one_line(text)) }
}

fn patches_text(patches: &[DraftPatch]) -> String {
    if patches.is_empty() {
        return String::new();
    }
    let mut out =
        String::from("\n# The places that follow this table: `portgen render` writes the number there.\n");
    for patch in patches {
        let DraftPatch { path, find, service, all } = patch;
        out += &format!(
            "\n[[patch]]\npath = {}\nfind = {}\nservice = {}\n",
            quoted(path),
            literal(find),
            quoted(service)
        );
        if *all {
            out += "all = true\n";
        }
    }
    out
}

fn outputs_text(outputs: &[(String, &'static str)]) -> String {
    if outputs.is_empty() {
        return String::new();
    }
    let mut out = String::from(
        "\n# Files that could hold a block of this table instead. Take away the `#`, and the\n\
         # `[[patch]]` entries of the same file; look at `portgen render --insert --adopt\n\
         # --diff`, then leave out `--diff`.\n",
    );
    for (path, target) in outputs {
        out += &format!("#\n# [[output]]\n# path = {}\n# target = {}\n", quoted(path), quoted(target));
    }
    out
}

/// A comment ends with its line, and holds no control character.
fn one_line(text: &str) -> String {
    printable(text).into_owned()
}

/// Words for people, as a basic string: on one line, and without what steers a terminal.
fn words(text: &str) -> String {
    let is_seen = |character: char| !character.is_control() && !is_unprintable(character);
    let plain: String =
        text.chars().map(|character| if is_seen(character) { character } else { ' ' }).collect();
    quoted(&plain.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// A basic string of TOML.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            character if character.is_control() || is_unprintable(character) => {
                out.push_str(&format!("\\u{:04X}", u32::from(character)))
            }
            character => out.push(character),
        }
    }
    out.push('"');
    out
}

/// A literal string of TOML, which patterns are easier to read in; a basic one
/// where the text has what a literal one cannot.
fn literal(text: &str) -> String {
    let is_plain = !text.contains('\'')
        && !text.chars().any(|character| character.is_control() || is_unprintable(character));
    if is_plain { format!("'{text}'") } else { quoted(text) }
}
