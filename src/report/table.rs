//! Rows and columns, as aligned text, CSV and JSON.

use std::io::{self, Write};

use serde_json::{Map, Value};
use unicode_width::UnicodeWidthStr;

use super::wire;
use crate::diagnostic::printable;

/// One value of a table, or of a report's envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// A text.
    Text(String),
    /// A whole number.
    Number(i64),
    /// `true` or `false`.
    Boolean(bool),
    /// Several values: a list in JSON, joined by spaces elsewhere.
    List(Vec<Cell>),
    /// Named values, in their order: an object in JSON, `name=value` elsewhere.
    Pairs(Vec<(String, Cell)>),
    /// No value: `null` in JSON, nothing elsewhere.
    Absent,
}

impl Cell {
    /// The value as JSON.
    pub(super) fn json(&self) -> Value {
        match self {
            Self::Text(text) => Value::from(text.as_str()),
            Self::Number(number) => Value::from(*number),
            Self::Boolean(value) => Value::from(*value),
            Self::List(cells) => cells.iter().map(Self::json).collect(),
            Self::Pairs(pairs) => pairs.iter().map(|(name, cell)| (name.clone(), cell.json())).collect(),
            Self::Absent => Value::Null,
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Boolean(value) => value.to_string(),
            Self::List(cells) => cells.iter().map(Self::text).collect::<Vec<_>>().join(" "),
            Self::Pairs(pairs) => {
                let shown = pairs.iter().map(|(name, cell)| format!("{name}={}", cell.text()));
                shown.collect::<Vec<_>>().join(" ")
            }
            Self::Absent => String::new(),
        }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<u16> for Cell {
    fn from(number: u16) -> Self {
        Self::Number(number.into())
    }
}

impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Absent, Into::into)
    }
}

/// A column of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its key in JSON and CSV, in snake case, and its heading in text.
    pub key: &'static str,
    /// Whether numbers stand in it, which are set to the right.
    pub numeric: bool,
}

impl Column {
    /// A column of texts.
    pub const fn text(key: &'static str) -> Self {
        Self { key, numeric: false }
    }

    /// A column of numbers.
    pub const fn number(key: &'static str) -> Self {
        Self { key, numeric: true }
    }
}

/// How a table is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TableFormat {
    /// Aligned columns, for people.
    #[default]
    Table,
    /// The versioned JSON envelope with one list of objects.
    Json,
    /// Comma-separated values as RFC 4180 has them.
    Csv,
}

/// A list of things with the same properties.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The command's name, in JSON.
    pub command: &'static str,
    /// The key of the list in JSON, such as `services`.
    pub key: &'static str,
    /// Whether all of it could be read; the exit code is 0.
    pub ok: bool,
    /// What is said of each.
    pub columns: Vec<Column>,
    /// A value for every column; a missing one is absent.
    pub rows: Vec<Vec<Cell>>,
}

impl Table {
    /// Writes it in a format.
    ///
    /// # Errors
    /// What writing returns.
    pub fn write(&self, format: TableFormat, out: &mut dyn Write) -> io::Result<()> {
        match format {
            TableFormat::Table => self.write_text(out),
            TableFormat::Json => self.write_json(out),
            TableFormat::Csv => self.write_csv(out),
        }
    }

    /// Headings and aligned columns; nothing where there is no row. Columns
    /// without any value are left out.
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let columns: Vec<Vec<String>> =
            (0..self.columns.len()).filter_map(|at| self.text_column(at)).collect();
        let lines = if self.rows.is_empty() { 0 } else { self.rows.len() + 1 };
        for line in 0..lines {
            let cells: Vec<&str> = columns.iter().map(|column| column[line].as_str()).collect();
            writeln!(out, "{}", cells.join("  ").trim_end())?;
        }
        Ok(())
    }

    /// The heading and the cells of a column, all of one width; `None` where
    /// no row has a value.
    fn text_column(&self, at: usize) -> Option<Vec<String>> {
        let column = self.columns.get(at)?;
        let cells: Vec<String> = self.texts(at).map(|text| printable(&text).into_owned()).collect();
        if cells.iter().all(String::is_empty) {
            return None;
        }
        let heading = column.key.replace('_', " ").to_uppercase();
        let width = cells.iter().chain([&heading]).map(|cell| cell.width()).max().unwrap_or(0);
        let padded = |cell: String| {
            let padding = " ".repeat(width - cell.width());
            if column.numeric { padding + &cell } else { cell + &padding }
        };
        Some(std::iter::once(heading).chain(cells).map(padded).collect())
    }

    fn texts(&self, at: usize) -> impl Iterator<Item = String> {
        self.rows.iter().map(move |row| row.get(at).map(Cell::text).unwrap_or_default())
    }

    fn write_json(&self, out: &mut dyn Write) -> io::Result<()> {
        let object = |row: &Vec<Cell>| -> Value {
            let values = row.iter().map(Cell::json).chain(std::iter::repeat(Value::Null));
            let keys = self.columns.iter().map(|column| column.key.to_owned());
            Value::Object(keys.zip(values).collect())
        };
        let mut envelope = Map::new();
        envelope.insert("version".to_owned(), Value::from(1));
        envelope.insert("command".to_owned(), Value::from(self.command));
        envelope.insert("ok".to_owned(), Value::from(self.ok));
        envelope.insert(self.key.to_owned(), self.rows.iter().map(object).collect());
        envelope.insert("errors".to_owned(), Value::Array(Vec::new()));
        wire::write_json(out, &envelope)
    }

    fn write_csv(&self, out: &mut dyn Write) -> io::Result<()> {
        let keys = self.columns.iter().map(|column| column.key.to_owned()).collect();
        let rows = self.rows.iter().map(|row| row.iter().map(Cell::text).collect());
        for record in std::iter::once(keys).chain(rows) {
            let mut fields: Vec<String> = record;
            fields.resize(self.columns.len(), String::new());
            let fields: Vec<String> = fields.iter().map(|field| csv_field(field)).collect();
            write!(out, "{}\r\n", fields.join(","))?;
        }
        Ok(())
    }
}

/// A field, in quotes where it holds a comma, a quote or a line ending.
///
/// Other control characters are escaped, as everywhere: a terminal would obey
/// them. A line feed within quotes is what the format has for several lines.
fn csv_field(text: &str) -> String {
    let lines: Vec<_> = text.split('\n').map(printable).collect();
    let text = lines.join("\n");
    if text.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rows: Vec<Vec<Cell>>, format: TableFormat, expect: &str) {
        let columns = vec![Column::text("name"), Column::number("port"), Column::text("env_file")];
        let table = Table { command: "list", key: "services", ok: true, columns, rows };
        let mut out = Vec::new();
        table.write(format, &mut out).expect("a vector takes every byte");
        assert_eq!(String::from_utf8_lossy(&out), expect);
    }

    fn rows() -> Vec<Vec<Cell>> {
        vec![
            vec!["api".into(), 80u16.into(), "a, \"b\"\n".into()],
            vec!["データ".into(), 9000u16.into(), Cell::Absent],
            vec!["x".into()],
        ]
    }

    #[test]
    fn text_is_aligned_by_what_a_terminal_shows() {
        check(
            rows(),
            TableFormat::Table,
            "NAME    PORT  ENV FILE\napi       80  a, \"b\"\\n\nデータ  9000\nx\n",
        );
        check(vec![vec!["a".into()]], TableFormat::Table, "NAME\na\n");
        check(Vec::new(), TableFormat::Table, "");
    }

    #[test]
    fn csv_quotes_what_needs_it() {
        check(
            rows(),
            TableFormat::Csv,
            "name,port,env_file\r\napi,80,\"a, \"\"b\"\"\n\"\r\nデータ,9000,\r\nx,,\r\n",
        );
        check(Vec::new(), TableFormat::Csv, "name,port,env_file\r\n");
        let hostile = vec![vec!["\u{1b}[2J\r\u{9b}x".into(), 1u16.into(), "a\tb".into()]];
        let expect = "name,port,env_file\r\n\\u{1b}[2J\\r\\u{9b}x,1,a\tb\r\n";
        check(hostile, TableFormat::Csv, expect);
    }

    #[test]
    fn json_keeps_numbers_and_says_what_is_absent() {
        let row = vec!["api".into(), 80u16.into(), Cell::List(vec!["a".into(), true_cell()])];
        let expect = r#"{
  "version": 1,
  "command": "list",
  "ok": true,
  "services": [
    {
      "name": "api",
      "port": 80,
      "env_file": [
        "a",
        true
      ]
    },
    {
      "name": "x",
      "port": null,
      "env_file": null
    }
  ],
  "errors": []
}
"#;
        check(vec![row, vec!["x".into()]], TableFormat::Json, expect);
    }

    fn true_cell() -> Cell {
        Cell::Boolean(true)
    }
}
