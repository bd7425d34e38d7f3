//! Edits of `ports.toml` that keep every comment, blank line and order.
//!
//! A service is added by putting one piece of text between two lines: every
//! byte that was there stays.

use super::syntax::header_offsets;
use super::{Document, parse};
use crate::model::{Allocation, Port, RangeName, Scheme, ServiceName, Variable};

/// A service to be written into the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewService {
    /// Its name.
    pub name: ServiceName,
    /// Its number.
    pub port: Port,
    /// The named range it belongs to.
    pub range: Option<RangeName>,
    /// What people call it.
    pub title: Option<String>,
    /// One sentence.
    pub description: Option<String>,
    /// Its environment variable, where it is not the derived one.
    pub env: Option<Variable>,
    /// What is spoken on it.
    pub scheme: Option<Scheme>,
    /// How its number is chosen, where it is not the range's way.
    pub allocation: Option<Allocation>,
}

impl NewService {
    /// The service as it is written in `ports.toml`, with a final newline.
    pub fn to_toml(&self) -> String {
        let text = |key: &str, value: Option<&str>| value.map(|value| format!("{key} = {}\n", quoted(value)));
        let lines = [
            Some(format!("[services.{}]\n", self.name)),
            text("title", self.title.as_deref()),
            Some(format!("port = {}\n", self.port)),
            text("range", self.range.as_ref().map(RangeName::as_str)),
            text("allocation", self.allocation.map(Allocation::as_str)),
            text("env", self.env.as_ref().map(Variable::as_str)),
            text("scheme", self.scheme.as_ref().map(Scheme::as_str)),
            text("description", self.description.as_deref()),
        ];
        lines.into_iter().flatten().collect()
    }
}

/// Puts a service behind the last one of its range, else behind the last one.
///
/// # Errors
/// Where the text has services in a form that cannot be added to, such as
/// `services = { … }` on one line; says what to write by hand.
pub fn insert_service(text: &str, document: &Document, service: &NewService) -> Result<String, String> {
    let line_ending = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let offset = insertion_offset(text, document, service.range.as_ref());
    let (before, after) = text.split_at(offset);
    let mut piece = String::new();
    if !before.is_empty() && !before.ends_with('\n') {
        piece.push('\n');
    }
    if !before.trim_start_matches('\u{feff}').is_empty() {
        piece.push('\n');
    }
    piece.push_str(&service.to_toml());
    if !after.is_empty() && !after.starts_with(['\n', '\r']) {
        piece.push('\n');
    }
    let edited = format!("{before}{}{after}", piece.replace('\n', line_ending));
    verify(text, &edited, document, service)?;
    Ok(edited)
}

/// The edited text must have every service it had, and the new one.
fn verify(text: &str, edited: &str, document: &Document, service: &NewService) -> Result<(), String> {
    let (mut before, mut after) = (Vec::new(), Vec::new());
    parse(text, document.source, &mut before);
    let parsed = parse(edited, document.source, &mut after);
    let is_there = parsed.services.iter().any(|known| {
        let number = known.keys.port.as_ref().and_then(|number| number.value.fixed());
        known.name.value == service.name && number == Some(service.port)
    });
    if is_there && after.len() == before.len() && parsed.services.len() == document.services.len() + 1 {
        return Ok(());
    }
    Err(format!(
        "the services stand in a form that cannot be added to; write it by hand:\n{}",
        service.to_toml()
    ))
}

/// Where a new service goes: the end of the section that the last service of
/// its range stands in, else of the last service, else before the outputs.
fn insertion_offset(text: &str, document: &Document, range: Option<&RangeName>) -> usize {
    let headers = header_offsets(text);
    let last = |only: Option<&RangeName>| {
        let of_range = document.services.iter().filter(|service| {
            let own = service.keys.range.as_ref().map(|name| &name.value);
            only.is_none() || own == only
        });
        of_range.map(|service| service.extent.span.end as usize).max()
    };
    let next_header = match range.and_then(|range| last(Some(range))).or_else(|| last(None)) {
        Some(end) => headers.iter().find(|&&header| header >= end).copied(),
        None => headers.iter().find(|&&header| is_behind_services(&text[header..])).copied(),
    };
    next_header.map_or(text.len(), |header| before_comments(text, header))
}

fn is_behind_services(header: &str) -> bool {
    let name = header.trim_start_matches('[').trim_start();
    ["profiles", "output", "patch", "lint", "compose", "workspace"]
        .iter()
        .any(|table| name.starts_with(table))
}

/// Goes back over the comment that belongs to a header, and the blank lines before it.
fn before_comments(text: &str, header: usize) -> usize {
    let mut offset = header;
    let previous_line = |offset: usize| {
        let head = text[..offset].strip_suffix('\n')?;
        let start = head.rfind('\n').map_or(0, |newline| newline + 1);
        Some((start, text[start..offset].trim()))
    };
    while let Some((start, line)) = previous_line(offset)
        && line.starts_with('#')
    {
        offset = start;
    }
    while let Some((start, line)) = previous_line(offset)
        && line.is_empty()
    {
        offset = start;
    }
    offset
}

/// The text as a TOML basic string.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            _ if character.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(character))),
            _ => out.push(character),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceId;

    fn service(name: &str, port: u16, range: Option<&str>) -> NewService {
        NewService {
            name: ServiceName::parse(name).expect("a name"),
            port: Port::new(port).expect("a port"),
            range: range.map(|range| RangeName::parse(range).expect("a name")),
            title: None,
            description: None,
            env: None,
            scheme: None,
            allocation: None,
        }
    }

    fn insert(text: &str, service: &NewService) -> Result<String, String> {
        let document = parse(text, SourceId::default(), &mut Vec::new());
        insert_service(text, &document, service)
    }

    #[track_caller]
    fn check(text: &str, new: &NewService, expect: &str) {
        assert_eq!(insert(text, new).as_deref(), Ok(expect));
    }

    #[test]
    fn a_service_goes_behind_the_last_of_its_range() {
        let text =
            "[services.a]\nport = 1 # one\nrange = \"r\"\n# still a\n\n# about b\n[services.b]\nport = 2\n";
        check(
            text,
            &service("c", 3, Some("r")),
            "[services.a]\nport = 1 # one\nrange = \"r\"\n# still a\n\n[services.c]\nport = 3\nrange = \"r\"\n\n# about b\n[services.b]\nport = 2\n",
        );
        check(text, &service("c", 3, None), &format!("{text}\n[services.c]\nport = 3\n"));
    }

    #[test]
    fn a_service_goes_behind_its_neighbours_tables_and_before_the_outputs() {
        check(
            "[services.a]\nport = 1\n[services.a.compose]\nimage = \"x\"\n\n[[output]]\npath = \"x\"\ntarget = \"json\"\n",
            &service("b", 2, None),
            "[services.a]\nport = 1\n[services.a.compose]\nimage = \"x\"\n\n[services.b]\nport = 2\n\n[[output]]\npath = \"x\"\ntarget = \"json\"\n",
        );
        check(
            "[project]\nname = \"p\"\n\n# files\n[[output]]\npath = \"x\"\ntarget = \"json\"\n",
            &service("b", 2, None),
            "[project]\nname = \"p\"\n\n[services.b]\nport = 2\n\n# files\n[[output]]\npath = \"x\"\ntarget = \"json\"\n",
        );
    }

    #[test]
    fn line_endings_and_a_missing_final_newline_are_kept() {
        check(
            "[services.a]\r\nport = 1",
            &service("b", 2, None),
            "[services.a]\r\nport = 1\r\n\r\n[services.b]\r\nport = 2\r\n",
        );
        check("", &service("b", 2, None), "[services.b]\nport = 2\n");
    }

    #[test]
    fn inline_services_of_a_section_stay_in_it() {
        check(
            "[services]\na = { port = 1 }\nb = 2\n[lint]\n",
            &service("c", 3, None),
            "[services]\na = { port = 1 }\nb = 2\n\n[services.c]\nport = 3\n\n[lint]\n",
        );
    }

    #[test]
    fn a_table_on_one_line_is_refused_with_the_text_to_write() {
        let error = insert("services = { a = { port = 1 } }\n", &service("b", 2, None)).expect_err("refused");
        assert!(error.ends_with("[services.b]\nport = 2\n"), "{error}");
    }

    #[test]
    fn texts_are_quoted_as_toml() {
        let mut new = service("b", 2, None);
        new.title = Some("say \"hi\" \\ \u{1b}".to_owned());
        assert_eq!(new.to_toml(), "[services.b]\ntitle = \"say \\\"hi\\\" \\\\ \\u001B\"\nport = 2\n");
        assert!(insert("", &new).is_err(), "a control character is a finding in the edited text");
    }
}
