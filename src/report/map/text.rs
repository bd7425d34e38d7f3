//! The map as lines of text: a strip and a list for each band.

use unicode_width::UnicodeWidthStr;

use super::{Band, BandKind, Entry, PortMap, collision};
use crate::diagnostic::printable;
use crate::report::Appearance;
use crate::report::appearance::Paint;

/// Cells of a band's strip.
const CELLS: usize = 50;

/// Characters of a strip: free, taken, in collision, reserved.
struct Signs {
    free: char,
    taken: char,
    collision: char,
    reserved: char,
}

const UNICODE: Signs = Signs { free: '·', taken: '█', collision: '!', reserved: '░' };
const ASCII: Signs = Signs { free: '.', taken: '#', collision: '!', reserved: ':' };

pub(super) fn draw(map: &PortMap, appearance: &Appearance) -> String {
    let signs = if appearance.unicode { &UNICODE } else { &ASCII };
    let title = appearance.paint(Paint::Strong, &printable(&map.title));
    let mut out = format!("{title}: {}\n", map.summary());
    if map.bands.iter().any(|band| band.kind != BandKind::Other) {
        let Signs { free, taken, collision, reserved } = signs;
        out += &format!("{taken} taken  {free} free  {collision} collision  {reserved} reserved\n");
    }
    let width = map.entries().map(|entry| printable(&entry.service).width()).max().unwrap_or(0).min(40);
    for band in &map.bands {
        out.push('\n');
        out += &head(band, appearance);
        if band.kind != BandKind::Other {
            out += &format!("  {}\n", strip(band, signs));
        }
        for entry in &band.entries {
            out += &line(entry, width, appearance);
        }
    }
    out
}

fn head(band: &Band, appearance: &Appearance) -> String {
    let title = appearance.paint(Paint::Strong, &printable(&band.title));
    let note = band.note.as_deref().map(|note| format!(": {}", printable(note))).unwrap_or_default();
    match band.kind {
        BandKind::Other => format!("{title}\n"),
        BandKind::Range => format!("{title}  {}  {}{note}\n", band.shown_ports(), band.count()),
        BandKind::Reserved => format!("{title}  {}  reserved{note}\n", band.shown_ports()),
    }
}

/// The band from its first port to its last; a cell may stand for many.
fn strip(band: &Band, signs: &Signs) -> String {
    let free = if band.kind == BandKind::Reserved { signs.reserved } else { signs.free };
    let cells = CELLS.min(band.len().max(1));
    let mut strip = vec![free; cells];
    for (from, wide, entry) in band.positions() {
        let first = (from * cells as f64) as usize;
        let last = (((from + wide) * cells as f64).ceil() as usize).max(first + 1).min(cells);
        for cell in strip.iter_mut().take(last).skip(first) {
            if !entry.collides.is_empty() {
                *cell = signs.collision;
            } else if *cell != signs.collision {
                *cell = signs.taken;
            }
        }
    }
    strip.into_iter().collect()
}

fn line(entry: &Entry, width: usize, appearance: &Appearance) -> String {
    let service = printable(&entry.service);
    let padding = " ".repeat(width.saturating_sub(service.width()));
    let note = printable(&entry.note);
    let collision = collision(entry).map(|text| appearance.paint(Paint::Error, &printable(&text)));
    let sign = if entry.collides.is_empty() { ' ' } else { '!' };
    let rest = [Some(note.into_owned()), collision].into_iter().flatten().filter(|text| !text.is_empty());
    let rest = rest.collect::<Vec<_>>().join("  ");
    let line = format!("{sign} {:<11}  {service}{padding}  {rest}", entry.ports.to_string());
    format!("{}\n", line.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_have_a_strip_and_a_list_and_collisions_stand_out() {
        let text = draw(&super::super::fixture::map(), &Appearance::PLAIN);
        let expect = "\
shop <&>: 4 ports, 1 range, 1 reserved range, 2 ports in collision
█ taken  · free  ! collision  ░ reserved

core  2000-2099  2 of 100 taken
  !················································█
! 2001         admin          API_PORT  collides with api
! 2001         api            API_PORT  collides with admin
  2099         last\\u{1b}[2J  API_PORT

legacy  3000-3099  reserved: do not use
  ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░

other ports
  8080         web            API_PORT
";
        assert_eq!(text, expect);
    }

    #[test]
    fn a_terminal_without_unicode_gets_ascii() {
        let appearance = Appearance { unicode: false, ..Appearance::PLAIN };
        let text = draw(&super::super::fixture::map(), &appearance);
        assert!(text.is_ascii(), "{text}");
        assert!(text.contains("  !................................................#\n"));
    }
}
