//! The columns of the view, and how a state is coloured.

use ratatui_core::style::{Color, Style};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::app::PortStatus;
use crate::diagnostic::printable;

/// A column: its head, the least width of the terminal that has it, and how wide it may be.
pub(super) struct Column {
    pub(super) head: &'static str,
    pub(super) from: u16,
    pub(super) most: usize,
    is_number: bool,
    pub(super) text: fn(&PortStatus) -> String,
}

pub(super) const COLUMNS: &[Column] = &[
    Column { head: "PROJECT", from: 100, most: 16, is_number: false, text: |port| port.project.clone() },
    Column { head: "SERVICE", from: 0, most: 24, is_number: false, text: service },
    Column { head: "PORT", from: 0, most: 5, is_number: true, text: number },
    Column { head: "STATE", from: 0, most: 10, is_number: false, text: |port| port.state.to_owned() },
    Column { head: "PID", from: 56, most: 8, is_number: true, text: |port| shown(port.pid) },
    Column { head: "HEALTH", from: 72, most: 10, is_number: false, text: |port| shown(port.health.as_ref()) },
    Column {
        head: "COMMAND",
        from: 64,
        most: 200,
        is_number: false,
        text: |port| shown(port.command.as_ref()),
    },
];

pub(super) fn shown(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

pub(super) fn service(port: &PortStatus) -> String {
    port.service.clone().unwrap_or_else(|| "-".to_owned())
}

pub(super) fn number(port: &PortStatus) -> String {
    port.port.map_or_else(|| "auto".to_owned(), |port| port.to_string())
}

/// How much a state wants to be seen: least first.
pub(super) fn urgency(state: &str) -> u8 {
    match state {
        "foreign" | "wrong-port" | "shared" | "exposed" | "failed" => 0,
        "undeclared" => 1,
        "up" => 2,
        _ => 3,
    }
}

/// A line of the list: columns with two spaces between them.
pub(super) fn row(mark: &str, columns: &[(&Column, usize)], cells: &[String]) -> String {
    let mut line = mark.to_owned();
    for ((column, width), cell) in columns.iter().zip(cells) {
        let cell = cut(&printable(cell), *width);
        let space = " ".repeat(width.saturating_sub(cell.width()));
        line += &if column.is_number { format!("{space}{cell}  ") } else { format!("{cell}{space}  ") };
    }
    line.trim_end().to_owned()
}

/// The text in so many cells, its end left out where it is longer.
fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut out = String::new();
    for letter in text.chars() {
        if out.width() + UnicodeWidthChar::width(letter).unwrap_or(0) >= width {
            break;
        }
        out.push(letter);
    }
    out + "~"
}

pub(super) fn state_style(state: &str) -> Style {
    match urgency(state) {
        0 => Style::new().fg(Color::Red),
        1 => Style::new().fg(Color::Yellow),
        2 => Style::new().fg(Color::Green),
        _ => Style::new(),
    }
}
