//! What `status --watch` shows, and what its keys do; of the terminal it
//! knows only how large it is.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui_core::buffer::Buffer;
use ratatui_core::layout::Rect;
use ratatui_core::style::{Color, Modifier, Style};
use unicode_width::UnicodeWidthStr;

use super::columns::{COLUMNS, Column, number, row, service, shown, state_style, urgency};
use crate::app::{MachineStatus, PortStatus};
use crate::cli::status::{name_of, words_of};
use crate::diagnostic::{Failure, printable};
use crate::report::Appearance;

/// What a key asks of who drives the view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum After {
    Nothing,
    Quit,
    Suspend,
    Look,
}

/// In which order the ports stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    /// As `status` has them.
    Table,
    Name,
    Port,
    State,
}

impl Order {
    fn next(self) -> Self {
        match self {
            Self::Table => Self::Name,
            Self::Name => Self::Port,
            Self::Port => Self::State,
            Self::State => Self::Table,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Table => "priority",
            Self::Name => "name",
            Self::Port => "port",
            Self::State => "state",
        }
    }
}

/// The last look, and what is chosen of it. Nothing older is kept.
pub(super) struct View {
    seen: MachineStatus,
    failure: Option<String>,
    pause: Duration,
    appearance: Appearance,
    order: Order,
    filter: String,
    is_typing: bool,
    /// The chosen port by its name, so that it stays chosen when others come and go.
    chosen: Option<String>,
    /// The first line that is shown.
    top: usize,
    /// Lines of ports that there was room for.
    room: usize,
}

const STRONG: Style = Style::new().add_modifier(Modifier::BOLD);
const FAINT: Style = Style::new().add_modifier(Modifier::DIM);

impl View {
    pub(super) fn new(seen: MachineStatus, pause: Duration, appearance: &Appearance) -> Self {
        let mut view = Self {
            seen,
            failure: None,
            pause,
            appearance: *appearance,
            order: Order::Table,
            filter: String::new(),
            is_typing: false,
            chosen: None,
            top: 0,
            room: 1,
        };
        view.choose(0);
        view
    }

    /// Takes another look; one that failed leaves what was seen before.
    pub(super) fn update(&mut self, seen: Result<MachineStatus, Failure>) {
        let place = self.place();
        match seen {
            Ok(seen) => (self.seen, self.failure) = (seen, None),
            Err(failure) => self.failure = Some(failure.message),
        }
        let is_there = self.ports().iter().any(|port| self.chosen.as_deref() == Some(&name_of(port)));
        if !is_there {
            self.choose(place);
        }
    }

    /// Does what a key says.
    pub(super) fn press(&mut self, key: KeyEvent) -> After {
        let is_control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Char('c') if is_control => return After::Quit,
            KeyCode::Char('z') if is_control => return After::Suspend,
            KeyCode::Up => self.step(-1),
            KeyCode::Down => self.step(1),
            KeyCode::PageUp => self.step(-self.page()),
            KeyCode::PageDown => self.step(self.page()),
            KeyCode::Home => self.choose(0),
            KeyCode::End => self.choose(usize::MAX),
            // It only ever clears: pressed once too often it must not end the view.
            KeyCode::Esc => self.set_filter(false, String::new()),
            _ if self.is_typing => self.write(key.code),
            code => return self.command(code),
        }
        After::Nothing
    }

    fn command(&mut self, code: KeyCode) -> After {
        match code {
            KeyCode::Char('q') => return After::Quit,
            KeyCode::Char('r') => return After::Look,
            KeyCode::Char('s') => self.order = self.order.next(),
            KeyCode::Char('/') => self.is_typing = true,
            KeyCode::Char('k') => self.step(-1),
            KeyCode::Char('j') => self.step(1),
            KeyCode::Char('g') => self.choose(0),
            KeyCode::Char('G') => self.choose(usize::MAX),
            _ => {}
        }
        After::Nothing
    }

    fn write(&mut self, code: KeyCode) {
        let mut filter = std::mem::take(&mut self.filter);
        match code {
            KeyCode::Enter => return self.set_filter(false, filter),
            KeyCode::Backspace => drop(filter.pop()),
            // Longer than any name, and no longer than that.
            KeyCode::Char(letter) if filter.chars().count() < 100 => filter.push(letter),
            _ => {}
        }
        self.set_filter(true, filter);
    }

    fn set_filter(&mut self, is_typing: bool, filter: String) {
        (self.is_typing, self.filter) = (is_typing, filter);
        self.choose(self.place());
    }

    /// The ports that fit the filter, in order.
    fn ports(&self) -> Vec<&PortStatus> {
        let wanted: Vec<String> = self.filter.to_lowercase().split_whitespace().map(str::to_owned).collect();
        let fits = |port: &&PortStatus| {
            let words =
                [name_of(port), words_of(port), shown(port.command.as_ref())].join(" ").to_lowercase();
            wanted.iter().all(|word| words.contains(word))
        };
        let mut ports: Vec<&PortStatus> = self.seen.ports.iter().filter(fits).collect();
        match self.order {
            Order::Table => {}
            Order::Name => ports.sort_by_key(|port| (port.service.is_none(), name_of(port))),
            Order::Port => ports.sort_by_key(|port| (port.port.is_none(), port.port)),
            Order::State => ports.sort_by_key(|port| (urgency(port.state), port.state)),
        }
        ports
    }

    /// Where the chosen port stands.
    fn place(&self) -> usize {
        let ports = self.ports();
        ports.iter().position(|port| self.chosen.as_deref() == Some(&name_of(port))).unwrap_or(0)
    }

    fn choose(&mut self, place: usize) {
        let ports = self.ports();
        self.chosen = ports.get(place.min(ports.len().saturating_sub(1))).map(|port| name_of(port));
    }

    fn step(&mut self, by: isize) {
        self.choose(self.place().saturating_add_signed(by));
    }

    fn page(&self) -> isize {
        isize::try_from(self.room.saturating_sub(1).max(1)).unwrap_or(1)
    }

    /// Draws everything; there may be room for one cell.
    pub(super) fn draw(&mut self, area: Rect, buffer: &mut Buffer) {
        let Rect { width, height, .. } = area;
        let has_keys = height >= 4;
        let details = if height >= 14 { 3 } else { u16::from(self.failure.is_some() && height >= 6) };
        let list = Rect { y: 1, height: height.saturating_sub(1 + details + u16::from(has_keys)), ..area };
        let mut pen = Pen { buffer, area, colour: self.appearance.colour };
        pen.write(0, 0, &self.headline(width), STRONG);
        self.draw_list(&mut pen, list);
        if details > 0 {
            self.draw_details(&mut pen, list.bottom(), details);
        }
        if has_keys {
            pen.write(0, height - 1, &self.keys(width), if self.is_typing { STRONG } else { FAINT });
        }
    }

    /// How many ports there are of which state, and how they are looked at.
    fn headline(&self, width: u16) -> String {
        let mut projects: Vec<&str> = self.seen.ports.iter().map(|port| port.project.as_str()).collect();
        projects.sort_unstable();
        projects.dedup();
        let of = match projects[..] {
            [] => "nothing".to_owned(),
            [only] => printable(only).into_owned(),
            _ => format!("{} projects", projects.len()),
        };
        let mut states: Vec<(u8, &str, usize)> = Vec::new();
        for port in &self.seen.ports {
            match states.iter_mut().find(|(_, state, _)| *state == port.state) {
                Some((.., count)) => *count += 1,
                None => states.push((urgency(port.state), port.state, 1)),
            }
        }
        states.sort_unstable();
        let states: Vec<String> = states.iter().map(|(_, state, count)| format!("{count} {state}")).collect();
        let left =
            format!(" {of}: {}", if states.is_empty() { "no port".to_owned() } else { states.join(", ") });
        let right = format!("by {}, every {} s ", self.order.as_str(), self.pause.as_secs());
        let space = usize::from(width).saturating_sub(left.width() + right.width());
        if space < 2 { left } else { format!("{left}{}{right}", " ".repeat(space)) }
    }

    fn draw_list(&mut self, pen: &mut Pen<'_>, area: Rect) {
        self.room = usize::from(area.height.saturating_sub(1));
        let place = self.place();
        self.top = self.top.min(place).max((place + 1).saturating_sub(self.room.max(1)));
        self.top = self.top.min(self.ports().len().saturating_sub(self.room));
        let ports = self.ports();
        let columns: Vec<(&Column, usize)> = COLUMNS
            .iter()
            .filter(|column| area.width >= column.from)
            .map(|column| {
                let widest =
                    ports.iter().map(|port| printable(&(column.text)(port)).width()).max().unwrap_or(0);
                (column, widest.max(column.head.len()).min(column.most))
            })
            .collect();
        let heads: Vec<String> = columns.iter().map(|(column, _)| column.head.to_owned()).collect();
        pen.write(0, area.y, &row("  ", &columns, &heads), FAINT);
        for (line, (index, port)) in ports.iter().enumerate().skip(self.top).take(self.room).enumerate() {
            let Ok(line) = u16::try_from(line) else { break };
            let y = area.y + 1 + line;
            let is_chosen = index == place;
            let cells: Vec<String> = columns.iter().map(|(column, _)| (column.text)(port)).collect();
            let text = row(if is_chosen { "> " } else { "  " }, &columns, &cells);
            let style = state_style(port.state);
            let style = if is_chosen { style.add_modifier(Modifier::REVERSED) } else { style };
            pen.write(0, y, &format!("{text:<width$}", width = usize::from(area.width)), style);
        }
        if ports.is_empty() && self.room > 0 {
            let why = if self.filter.is_empty() {
                "  no port is declared here, and nothing listens"
            } else {
                "  no port is like that"
            };
            pen.write(0, area.y + 1, why, FAINT);
        }
    }

    /// What does not fit into the line of the chosen port.
    fn draw_details(&self, pen: &mut Pen<'_>, y: u16, height: u16) {
        if let Some(failure) = &self.failure {
            let text = format!(" the last look failed: {}", printable(failure));
            pen.write(0, y, &text, Style::new().fg(Color::Red));
            return;
        }
        if height < 3 {
            return;
        }
        let rule = if self.appearance.unicode { "\u{2500}" } else { "-" };
        pen.write(0, y, &rule.repeat(usize::from(pen.area.width)), FAINT);
        let ports = self.ports();
        let Some(port) = ports.get(self.place()) else { return };
        let name = format!("{} {}/{}: {}", service(port), number(port), port.protocol, port.state);
        let address = port.address.as_ref().map(|address| format!("on {address}"));
        let health = port.health.as_ref().map(|health| format!("health {health}"));
        let said = [Some(name), port.note.clone(), address, health].into_iter().flatten();
        pen.write(0, y + 1, &format!(" {}", printable(&said.collect::<Vec<_>>().join(", "))), Style::new());
        let notes = port
            .command
            .clone()
            .into_iter()
            .chain(self.seen.notes.iter().map(|note| format!("note: {note}")));
        let notes = notes.collect::<Vec<_>>().join("; ");
        pen.write(0, y + 2, &format!(" {}", printable(&notes)), FAINT);
    }

    /// The last line: what is typed, else what the keys are.
    fn keys(&self, width: u16) -> String {
        if self.is_typing || !self.filter.is_empty() {
            let cursor = if self.is_typing { "_" } else { "" };
            let keys = if self.is_typing { "Enter keeps, Esc clears" } else { "Esc clears" };
            return format!(
                " /{}{cursor}  {} of {}  {keys}",
                printable(&self.filter),
                self.ports().len(),
                self.seen.ports.len()
            );
        }
        let arrows = if self.appearance.unicode { "\u{2191}\u{2193}" } else { "j k" };
        let long = format!(" {arrows} choose  / filter  s sort  r look now  Ctrl-Z suspend  q quit");
        if long.width() <= usize::from(width) {
            long
        } else {
            format!(" {arrows}  / filter  s sort  r now  q quit")
        }
    }
}

/// Writes lines, cut where the terminal ends.
struct Pen<'a> {
    buffer: &'a mut Buffer,
    area: Rect,
    colour: bool,
}

impl Pen<'_> {
    fn write(&mut self, x: u16, y: u16, text: &str, style: Style) {
        if x < self.area.width && y < self.area.height {
            let style = if self.colour { style } else { Style { fg: None, ..style } };
            self.buffer.set_stringn(x, y, text, usize::from(self.area.width - x), style);
        }
    }
}

#[cfg(test)]
#[path = "view_tests.rs"]
mod tests;
