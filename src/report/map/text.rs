//! The map as lines of text: a picture and a list for each band.

use unicode_width::UnicodeWidthStr;

use super::layout::{Cell, Line, lines};
use super::{Band, BandKind, Entry, PortMap};
use crate::diagnostic::printable;
use crate::report::Appearance;
use crate::report::appearance::Paint;

/// The ports of a row: as many as the terminal has room for.
const WIDTHS: [(usize, u16); 2] = [(120, 100), (64, 50)];
const NARROW: u16 = 20;
/// Ports that stand beside each other without a space.
const GROUP: usize = 10;
/// A band with more ports than this lists them in columns.
const MOST: usize = 30;
/// A longer name is not waited for by the column behind it.
const WIDEST: usize = 40;

/// The characters of a picture.
struct Signs {
    free: char,
    taken: char,
    collision: char,
    kept: char,
    other: char,
    inner: char,
    gap: &'static str,
}

const UNICODE: Signs =
    Signs { free: '·', taken: '█', collision: '!', kept: '░', other: '▒', inner: '-', gap: "⋮" };
const ASCII: Signs =
    Signs { free: '.', taken: '#', collision: '!', kept: ':', other: 'o', inner: '-', gap: ":" };

pub(super) fn draw(map: &PortMap, appearance: &Appearance) -> String {
    let signs = if appearance.unicode { &UNICODE } else { &ASCII };
    let title = appearance.paint(Paint::Strong, &printable(&map.title));
    let mut out = format!("{title}: {}\n", map.summary());
    let ports =
        WIDTHS.iter().find(|(width, _)| appearance.width >= *width).map_or(NARROW, |(_, ports)| *ports);
    let pictures: Vec<Vec<Line<'_>>> = (0..map.bands.len()).map(|index| lines(map, index, ports)).collect();
    out += &legend(&pictures, signs);
    let name = |entry: &Entry| printable(&entry.service).width();
    let width = map.entries().map(name).filter(|width| *width <= WIDEST).max().unwrap_or(0);
    for (band, picture) in map.bands.iter().zip(&pictures) {
        out.push('\n');
        out += &head(band, appearance);
        picture.iter().for_each(|line| out += &picture_line(line, signs, appearance));
        out += &list(band, width, appearance);
    }
    out
}

/// What the signs mean that are there.
fn legend(pictures: &[Vec<Line<'_>>], signs: &Signs) -> String {
    let known = [
        (signs.taken, "taken"),
        (signs.free, "free"),
        (signs.collision, "collision"),
        (signs.kept, "reserved"),
        (signs.other, "of others on this machine"),
        (signs.inner, "in a range of its own"),
    ];
    let rows = pictures.iter().flatten().filter_map(|line| match line {
        Line::Row { runs, .. } => Some(runs),
        Line::Gap(_) => None,
    });
    let used: Vec<char> = rows.flatten().map(|run| sign(&run.cell, signs)).collect();
    let said = known.iter().filter(|(sign, _)| used.contains(sign));
    let said: Vec<String> = said.map(|(sign, word)| format!("{sign} {word}")).collect();
    if said.is_empty() { String::new() } else { format!("{}\n", said.join("  ")) }
}

fn sign(cell: &Cell<'_>, signs: &Signs) -> char {
    match cell {
        Cell::Outside => ' ',
        Cell::Inner => signs.inner,
        Cell::Free => signs.free,
        Cell::Kept => signs.kept,
        Cell::Taken(entries) if entries.iter().any(|entry| !entry.collides.is_empty()) => signs.collision,
        Cell::Taken(entries) if entries.iter().all(|entry| !entry.holder.is_own()) => signs.other,
        Cell::Taken(_) => signs.taken,
    }
}

fn head(band: &Band, appearance: &Appearance) -> String {
    let title = appearance.paint(Paint::Strong, &printable(&band.title));
    let note = band.note.as_deref().map(|note| format!(": {}", printable(note))).unwrap_or_default();
    let waiting = band.waiting_line().map(|line| format!("  {}\n", printable(&line))).unwrap_or_default();
    match band.kind {
        BandKind::Other => format!("{title}\n{waiting}"),
        _ => format!("{title}  {}  {}{note}\n{waiting}", band.shown_ports(), band.count()),
    }
}

fn picture_line(line: &Line<'_>, signs: &Signs, appearance: &Appearance) -> String {
    match line {
        Line::Gap(ports) => appearance.paint(Paint::Faint, &format!("      {} {ports}", signs.gap)) + "\n",
        Line::Row { first, runs } => {
            let cells = runs.iter().flat_map(|run| std::iter::repeat_n(sign(&run.cell, signs), run.len));
            let mut row = String::new();
            for (column, cell) in cells.enumerate() {
                if column > 0 && column % GROUP == 0 {
                    row.push(' ');
                }
                row.push(cell);
            }
            format!("{first:>7}  {}\n", row.trim_end())
        }
    }
}

/// The ports of a band: a line each, but for those of many that have nothing
/// said of them.
fn list(band: &Band, width: usize, appearance: &Appearance) -> String {
    let is_long = band.entries.len() > MOST;
    let (plain, said): (Vec<&Entry>, Vec<&Entry>) = band
        .entries
        .iter()
        .partition(|entry| is_long && entry.collides.is_empty() && entry.listening.is_none());
    let lines: String = said.iter().map(|entry| entry_line(entry, width, appearance)).collect();
    lines + &columns(&plain, appearance.width)
}

/// Numbers and names in as many columns as there is room for, read downwards.
fn columns(entries: &[&Entry], room: usize) -> String {
    let cells: Vec<String> = entries
        .iter()
        .map(|entry| format!("{:<5}  {}", entry.ports.to_string(), printable(&entry.service)))
        .collect();
    let width = cells.iter().map(|cell| cell.width()).max().unwrap_or(0) + 2;
    let count = (room.saturating_sub(2) / width.max(1)).max(1);
    let rows = cells.len().div_ceil(count);
    let mut out = String::new();
    for row in 0..rows {
        let cells = cells.iter().skip(row).step_by(rows);
        let line: String =
            cells.map(|cell| format!("{cell}{}", " ".repeat(width.saturating_sub(cell.width())))).collect();
        out += &format!("  {}\n", line.trim_end());
    }
    out
}

fn entry_line(entry: &Entry, width: usize, appearance: &Appearance) -> String {
    let service = printable(&entry.service);
    let padding = " ".repeat(width.saturating_sub(service.width()));
    let is_bad = !entry.collides.is_empty();
    let sign = if is_bad { '!' } else { ' ' };
    let mut said: Vec<String> = entry.remarks().iter().map(|remark| printable(remark).into_owned()).collect();
    if let Some(collision) = said.first_mut().filter(|_| is_bad) {
        *collision = appearance.paint(Paint::Error, collision);
    }
    let note = Some(printable(&entry.note).into_owned()).filter(|note| !note.is_empty());
    let rest = note.into_iter().chain(said).collect::<Vec<_>>().join("  ");
    let line = format!("{sign} {:<11}  {service}{padding}  {rest}", entry.ports.to_string());
    format!("{}\n", line.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Port, PortRange};
    use crate::report::Holder;
    use crate::report::map::fixture;

    #[test]
    fn bands_have_a_picture_and_a_list_and_collisions_stand_out() {
        let text = draw(&fixture::map(), &Appearance::PLAIN);
        let expect = "\
shop <&>: 5 ports, 1 range, 1 reserved range, 2 ports in collision
█ taken  · free  ! collision

project shop  2000-2999  3 of 1000 taken
      ⋮ 2300-2499
   2500  █········· ·········· ·········· ·········· ··········
      ⋮ 2550-2999
  2500         gate                                API_PORT  nginx listens

core  2000-2299  2 of 300 taken
  worker gets a number of it on each machine
   2000  ·!········ ·········· ·········· ·········· ··········
      ⋮ 2050-2249
   2250  ·········· ·········· ·········· ·········· ·········█
! 2001         admin                               API_PORT  collides with api
! 2001         api                                 API_PORT  collides with admin
  2299         <script>alert(1)</script>\\u{1b}[2J  API_PORT

legacy  3000-3099  reserved: do not use

other ports
  8080         web                                 API_PORT
";
        assert_eq!(text, expect);
    }

    #[test]
    fn a_terminal_without_unicode_gets_ascii_and_a_narrow_one_short_rows() {
        let appearance = Appearance { unicode: false, width: 40, ..Appearance::PLAIN };
        let text = draw(&fixture::map(), &appearance);
        assert!(text.is_ascii(), "{text}");
        assert!(text.contains("   2280  .......... .........#\n"), "{text}");
    }

    #[test]
    fn many_ports_stand_in_columns_and_collisions_before_them() {
        let entry = |number: u16| {
            let ports = PortRange::single(Port::new(number).expect("a port"));
            Entry::new(ports, format!("service-{number}"), Holder::Service)
        };
        let mut entries: Vec<Entry> = (2000..2040).map(entry).collect();
        entries[7].collides.push("x".to_owned());
        let text = draw(&PortMap::arrange("many".to_owned(), Vec::new(), entries), &Appearance::PLAIN);
        let lines: Vec<&str> = text.lines().skip(2).collect();
        assert_eq!(lines[..2], ["all ports", "! 2007         service-2007  collides with x"]);
        assert!(lines[2].starts_with("  2000   service-2000  2011 "), "{text}");
        assert!(lines.len() < 20, "{text}");
    }
}
