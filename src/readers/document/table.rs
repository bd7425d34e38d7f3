//! The ports of a table: a row is a service or a variable, a cell its port.

use std::collections::HashMap;
use std::ops::Range;

use super::cell::{self, Cell};
use super::column::{Column, classify};
use super::outline::Section;
use super::token::Form;
use super::{Grid, item, markup, prose, stated};
use crate::diagnostic::Confidence;
use crate::readers::{Context, Reading, Role, Side, Sighting, words};
use crate::source::Span;

/// A table of a document that has ports in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentTable {
    /// The words of the heading above it, a range in them left out.
    pub heading: Option<String>,
    /// Where that heading stands.
    pub heading_place: Option<Span>,
    /// From that heading to the next one that is not below it.
    pub section: Option<Span>,
    /// Its rows that have a port.
    pub rows: Vec<DocumentRow>,
}

/// A row of a table that has a port.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DocumentRow {
    /// From its first cell to its last.
    pub place: Span,
    /// What it is about, as its sightings' `service`.
    pub service: Option<String>,
    /// The environment variable it names.
    pub variable: Option<String>,
    /// Its sentence.
    pub description: Option<String>,
    /// Its status, pictures left out: `Active`, `Reserved`.
    pub status: Option<String>,
    /// The path of a URL of the document that asks whether it is well: `/health`.
    pub health: Option<String>,
    /// Its ports: the spans of its sightings, each with its column's header.
    pub ports: Vec<(Span, String)>,
}

/// Reads one table.
pub(super) fn read(text: &str, grid: &Grid, section: Option<&Section>, reading: &mut Reading) {
    let mut layout = Layout::new(text, grid);
    layout.warns |= section.is_some_and(|section| stated::warns(&text[section.heading.clone()]));
    let mut rows = Vec::new();
    let mut above: Option<String> = None;
    for cells in &grid.rows {
        let mut row = layout.row(text, cells);
        // An empty name goes on with the one above.
        row.service = row.service.or_else(|| above.clone().filter(|_| layout.is_blank_name(text, cells)));
        above.clone_from(&row.service);
        let first = reading.sightings.len();
        layout.read_row(text, cells, &mut row, reading);
        if reading.sightings.len() > first {
            rows.push(row);
        }
    }
    if rows.is_empty() {
        return;
    }
    let heading = section.map(|section| text[section.heading.clone()].to_owned());
    reading.tables.push(DocumentTable {
        heading: heading.and_then(|heading| stated::title(&heading)),
        heading_place: section.map(|section| span(&section.heading)),
        section: section.map(|section| span(&section.lines)),
        rows,
    });
}

fn span(range: &Range<usize>) -> Span {
    Span::new(range.start, range.end)
}

/// What the columns of a table are.
struct Layout {
    columns: Vec<Column>,
    headers: Vec<String>,
    name: Option<usize>,
    /// Whether that column is said to be one of names.
    is_named: bool,
    has_ports: bool,
    /// Whether the headers speak against the ports below them.
    warns: bool,
}

impl Layout {
    fn new(text: &str, grid: &Grid) -> Self {
        let mut columns: Vec<Column> = grid.header.iter().map(|cell| classify(&text[cell.clone()])).collect();
        for (index, column) in columns.iter_mut().enumerate() {
            let cells = || grid.rows.iter().filter_map(|row| row.get(index)).map(|cell| &text[cell.clone()]);
            if matches!(column, Column::Port(..)) && !cell::are_network_ports(cells()) {
                *column = Column::Other;
            }
        }
        let has_ports = columns.iter().any(|column| matches!(column, Column::Port(..)));
        let headers = grid.header.iter().map(|cell| markup::plain(&text[cell.clone()])).collect();
        let name = name_column(&columns);
        let is_named = columns.contains(&Column::Name);
        let warns = grid.header.iter().any(|cell| stated::warns(&text[cell.clone()]));
        Self { columns, headers, name, is_named, has_ports, warns }
    }

    fn is_blank_name(&self, text: &str, cells: &[Range<usize>]) -> bool {
        let name = self.name.filter(|_| self.is_named);
        name.and_then(|index| cells.get(index)).is_some_and(|cell| text[cell.clone()].trim().is_empty())
    }

    fn find(&self, column: Column) -> Option<usize> {
        self.columns.iter().position(|other| *other == column)
    }

    /// A row's words.
    fn row(&self, text: &str, cells: &[Range<usize>]) -> DocumentRow {
        let cell =
            |index: Option<usize>| index.and_then(|index| cells.get(index)).map(|cell| &text[cell.clone()]);
        let name = cell(self.name).and_then(markup::name);
        let keys = cell(self.find(Column::Variable)).or_else(|| cell(self.find(Column::Option)));
        let variable = keys.and_then(cell::variable).or_else(|| {
            // `| API_PORT | 8080 |` under headers that say nothing.
            let first = cell(Some(0)).filter(|raw| !raw.trim().contains(' ')).and_then(cell::variable)?;
            // `| API | 8080 |` under a header that says what it names is a service.
            let is_name = self.is_named && !first.contains('_') && !words::names_a_port(&first);
            (is_environment(&first) && !is_name).then_some(first)
        });
        let most = if self.is_named { 10 } else { 4 };
        let name = name.filter(|name| name.split_whitespace().count() <= most);
        let named_by_variable = name.as_deref().is_some_and(|name| variable.as_deref() == Some(name));
        let (first, last) = (cells.first(), cells.last());
        DocumentRow {
            place: Span::new(first.map_or(0, |cell| cell.start), last.map_or(0, |cell| cell.end)),
            service: name
                .filter(|name| !named_by_variable && name.len() <= 60)
                .and_then(|name| cell::without_port(&name)),
            variable,
            description: cell(self.find(Column::Description))
                .map(markup::plain)
                .filter(|text| !text.is_empty()),
            status: cell(self.find(Column::Status)).and_then(cell::status),
            ..DocumentRow::default()
        }
    }

    fn read_row(&self, text: &str, cells: &[Range<usize>], row: &mut DocumentRow, reading: &mut Reading) {
        for (index, cell) in cells.iter().enumerate() {
            let found = self.ports_of_cell(text, index, cells, row);
            let header = self.headers.get(index).cloned().unwrap_or_default();
            let is_prose = found.is_none();
            for sighting in found.into_iter().flatten() {
                row.ports.push((sighting.span, header.clone()));
                reading.sightings.push(sighting);
            }
            let is_words =
                matches!(self.columns.get(index), Some(Column::Description | Column::Other | Column::Name));
            let is_default = is_prose && is_words && self.read_default(text, cell, row, reading);
            if is_prose && is_words && !is_default {
                prose::read_cell(text, cell.clone(), row.service.as_deref(), reading);
            }
        }
    }

    /// Reads what a sentence says a variable has by default, where no column does.
    fn read_default(
        &self,
        text: &str,
        cell: &Range<usize>,
        row: &mut DocumentRow,
        reading: &mut Reading,
    ) -> bool {
        let variable = row.variable.as_ref().filter(|name| is_environment(name) && words::names_a_port(name));
        let (Some(variable), false) = (variable, self.has_ports) else { return false };
        let Some(token) = item::default_of(text, cell) else { return false };
        row.ports.push((span(&token.place), String::new()));
        reading.sightings.push(Sighting {
            variable: Some(variable.clone()),
            service: row.service.clone(),
            context: Context::Prose,
            confidence: if self.warns { Confidence::Low } else { Confidence::High },
            ..Sighting::new(span(&token.place), token.ports, Role::State)
        });
        true
    }

    /// The ports of a cell; `None` where the column is not one of ports.
    fn ports_of_cell(
        &self,
        text: &str,
        index: usize,
        cells: &[Range<usize>],
        row: &DocumentRow,
    ) -> Option<Vec<Sighting>> {
        let column = *self.columns.get(index)?;
        let cell = cells.get(index)?;
        let is_key = row.variable.is_some();
        let variable_is_port = row.variable.as_deref().is_some_and(words::names_a_port);
        let is_env = row.variable.as_deref().is_some_and(is_environment);
        let (side, most, is_value) = match column {
            Column::Port(side, confidence) => (side, confidence, true),
            Column::Url => (Side::Host, Confidence::High, false),
            Column::Default | Column::Example | Column::Other if is_key && !self.has_ports => {
                let sure = match (column, is_env) {
                    (Column::Default, true) => Confidence::High,
                    (Column::Default, false) | (Column::Other, true) => Confidence::Medium,
                    _ => Confidence::Low,
                };
                (Side::Host, sure, variable_is_port)
            }
            _ if !self.has_ports && index > 0 && cell::is_port_key(&text[cells.first()?.clone()]) => {
                (Side::Host, Confidence::Medium, true)
            }
            _ => return None,
        };
        let found = Cell::read(text, cell.clone()).ports(is_value);
        let sighting = |(token, sure): (super::token::Token, Confidence)| {
            let side = match (&token.host, token.form) {
                (Some(host), Form::Url | Form::Pair) => words::side_of_host(host)?,
                _ => cell::side_said(text, &token).unwrap_or(side),
            };
            Some(Sighting {
                side,
                host: token.host,
                protocol: token.protocol,
                variable: token.variable.or_else(|| row.variable.clone()),
                service: row.service.clone(),
                container: token.container,
                context: Context::Prose,
                confidence: if self.warns { Confidence::Low } else { sure.min(most) },
                ..Sighting::new(span(&token.place), token.ports, Role::State)
            })
        };
        Some(found.into_iter().filter_map(sighting).collect())
    }
}

fn is_environment(name: &str) -> bool {
    name.len() > 2
        && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

/// The column that says what a row is about: one of names, else the first
/// that is nothing else, else the sentence.
fn name_column(columns: &[Column]) -> Option<usize> {
    let find = |column: Column| columns.iter().position(|other| *other == column);
    let has_keys = columns.iter().any(|column| matches!(column, Column::Variable | Column::Option));
    let other = find(Column::Other).or_else(|| find(Column::Description));
    find(Column::Name).or(other.filter(|_| !has_keys))
}

/// Gives rows the paths of URLs that ask whether their ports are well.
pub(super) fn add_health_paths(text: &str, reading: &mut Reading) {
    if reading.tables.is_empty() {
        return;
    }
    let mut paths: HashMap<u16, &str> = HashMap::new();
    let found = words::urls(text)
        .filter(|url| words::is_loopback(url.host))
        .filter_map(|url| Some((url.port.get(), health_path(&text[url.place.end..])?)));
    found.for_each(|(port, path)| {
        paths.entry(port).or_insert(path);
    });
    for row in reading.tables.iter_mut().flat_map(|table| &mut table.rows) {
        let mut ports = row.ports.iter().filter_map(|(span, _)| words::port(&text[span.range()]));
        row.health = ports.find_map(|port| paths.get(&port.get())).map(|path| (*path).to_owned());
    }
}

/// A path such as `/health` or `/api/ready` at the start of a text.
fn health_path(rest: &str) -> Option<&str> {
    let is_of_path = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_' | b'.');
    let length = rest.bytes().take(100).take_while(is_of_path).count();
    let path = rest[..length].trim_end_matches(['.', '/']);
    let last = path.rsplit('/').next()?.to_ascii_lowercase();
    let known = [
        "health",
        "healthz",
        "healthcheck",
        "health-check",
        "ready",
        "readyz",
        "live",
        "livez",
        "liveness",
        "readiness",
        "ping",
        "alive",
        "up",
        "_health",
    ];
    (path.starts_with('/') && known.contains(&last.as_str())).then_some(path)
}
