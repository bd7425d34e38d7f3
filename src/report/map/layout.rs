//! Where the ports of a band lie: rows of so many numbers, with stretches that
//! nobody uses left out.

use super::{Band, BandKind, Entry, PortMap};
use crate::model::{Port, PortRange};

/// A line of a band's picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Line<'a> {
    /// Numbers from one that is a multiple of the width on.
    Row {
        /// The number of its first column; 0 for the lowest row.
        first: u16,
        /// What lies in it, from left to right, without a hole.
        runs: Vec<Run<'a>>,
    },
    /// Several rows with nothing in them.
    Gap(PortRange),
}

/// Columns beside each other that are alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Run<'a> {
    /// Its first column.
    pub(super) column: usize,
    /// How many.
    pub(super) len: usize,
    /// What they are.
    pub(super) cell: Cell<'a>,
}

/// What the picture shows of a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cell<'a> {
    /// It is not of this band.
    Outside,
    /// It is of a narrower band, which is drawn elsewhere.
    Inner,
    /// Nobody has it.
    Free,
    /// It is kept from everyone.
    Kept,
    /// These have it.
    Taken(Vec<&'a Entry>),
}

/// The narrowest band that has a port; the last of several.
pub(super) fn narrowest(bands: &[Band], port: Port) -> Option<usize> {
    let having = bands.iter().enumerate().filter(|(_, band)| band.ports.contains(port));
    having.min_by_key(|(index, band)| (band.len(), std::cmp::Reverse(*index))).map(|(index, _)| index)
}

/// The picture of a band in rows of `width` numbers.
pub(super) fn lines<'a>(map: &'a PortMap, index: usize, width: u16) -> Vec<Line<'a>> {
    let Some(band) = map.bands.get(index) else { return Vec::new() };
    if band.entries.is_empty() || band.kind == BandKind::Other {
        return Vec::new();
    }
    let drawing = Drawing { map, index, band, width };
    let mut lines: Vec<Line<'a>> = Vec::new();
    let mut empty: Vec<Line<'a>> = Vec::new();
    for first in (0..=u16::MAX / width).map(|row| row * width) {
        match drawing.row(first) {
            // Ports of narrower bands lie between: two gaps, not one.
            None => close(&mut lines, &mut empty, width),
            Some((line, true)) => {
                close(&mut lines, &mut empty, width);
                lines.push(line);
            }
            Some((line, false)) => empty.push(line),
        }
    }
    close(&mut lines, &mut empty, width);
    lines
}

/// Draws one empty row, and says of several where they are.
fn close<'a>(lines: &mut Vec<Line<'a>>, empty: &mut Vec<Line<'a>>, width: u16) {
    if empty.len() < 2 {
        lines.append(empty);
        return;
    }
    let ends = empty.iter().filter_map(|line| bounds(line, width));
    let ends = ends.reduce(|one, two| (one.0, two.1));
    lines.extend(ends.and_then(|(first, last)| PortRange::new(first, last).ok()).map(Line::Gap));
    empty.clear();
}

/// The first and the last port of a row that are of its band.
fn bounds(line: &Line<'_>, width: u16) -> Option<(Port, Port)> {
    let Line::Row { first, runs } = line else { return None };
    let own = || runs.iter().filter(|run| matches!(run.cell, Cell::Free | Cell::Kept));
    let port = |column: usize| Port::new(first.saturating_add(u16::try_from(column).unwrap_or(width)));
    let (start, end) = (own().next()?, own().next_back()?);
    Some((port(start.column)?, port(end.column + end.len - 1)?))
}

struct Drawing<'a> {
    map: &'a PortMap,
    index: usize,
    band: &'a Band,
    width: u16,
}

impl<'a> Drawing<'a> {
    /// A row, and whether anything is in it; `None` where none of it is the band's own.
    fn row(&self, first: u16) -> Option<(Line<'a>, bool)> {
        let last = first.saturating_add(self.width - 1);
        let all = PortRange::new(Port::new(first.max(1))?, Port::new(last)?).ok()?;
        if !self.band.ports.ranges().iter().any(|range| range.overlaps(all)) {
            return None;
        }
        let start = self.band.entries.partition_point(|entry| entry.ports.last() < all.first());
        // A wide entry may begin before others that end before it: look back no further than it.
        let entries: Vec<&Entry> = self.band.entries[..]
            .iter()
            .enumerate()
            .filter(|(at, entry)| (*at >= start || entry.ports.len() > 1) && entry.ports.overlaps(all))
            .map(|(_, entry)| entry)
            .collect();
        let mut runs: Vec<Run<'a>> = Vec::new();
        for column in 0..usize::from(self.width) {
            let number = u32::from(first) + u32::try_from(column).unwrap_or(0);
            let port = u16::try_from(number).ok().and_then(Port::new);
            let cell = port.map_or(Cell::Outside, |port| self.cell(port, &entries));
            match runs.last_mut() {
                Some(run) if run.cell == cell && !matches!(cell, Cell::Taken(_)) => run.len += 1,
                _ => runs.push(Run { column, len: 1, cell }),
            }
        }
        let has = |wanted: fn(&Cell<'_>) -> bool| runs.iter().any(|run| wanted(&run.cell));
        let is_taken = has(|cell| matches!(cell, Cell::Taken(_)));
        let is_own = is_taken || has(|cell| matches!(cell, Cell::Free | Cell::Kept));
        is_own.then_some((Line::Row { first, runs }, is_taken))
    }

    fn cell(&self, port: Port, entries: &[&'a Entry]) -> Cell<'a> {
        if !self.band.ports.contains(port) {
            return Cell::Outside;
        }
        let having: Vec<&'a Entry> =
            entries.iter().copied().filter(|entry| entry.ports.contains(port)).collect();
        if !having.is_empty() {
            return Cell::Taken(having);
        }
        match narrowest(&self.map.bands, port) {
            Some(other) if other != self.index => {
                if self.map.bands[other].kind.is_kept() {
                    Cell::Kept
                } else {
                    Cell::Inner
                }
            }
            _ if self.band.kind.is_kept() => Cell::Kept,
            _ => Cell::Free,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::map::fixture;

    /// A letter a port: `.` free, `-` of a narrower band, `:` kept, `#` taken.
    fn shown(line: &Line<'_>) -> String {
        let Line::Row { first, runs } = line else { return format!("{line:?}") };
        let letter = |cell: &Cell<'_>| match cell {
            Cell::Outside => " ",
            Cell::Inner => "-",
            Cell::Free => ".",
            Cell::Kept => ":",
            Cell::Taken(_) => "#",
        };
        let cells: String = runs.iter().map(|run| letter(&run.cell).repeat(run.len)).collect();
        format!("{first} {cells}")
    }

    #[test]
    fn rows_show_every_port_once_and_gaps_stand_for_empty_rows() {
        let map = fixture::map();
        let core: Vec<String> = lines(&map, 1, 50).iter().map(shown).collect();
        let gap = Line::Gap(PortRange::parse("2050-2249").expect("a range"));
        let expect =
            [format!("2000 .#{}", ".".repeat(48)), format!("{gap:?}"), format!("2250 {}#", ".".repeat(49))];
        assert_eq!(core, expect);
        let project: Vec<String> = lines(&map, 0, 50).iter().map(shown).collect();
        assert_eq!(project.len(), 3, "{project:?}");
        assert_eq!(project[1], format!("2500 #{}", ".".repeat(49)));
    }

    #[test]
    fn the_highest_and_the_lowest_port_have_a_place() {
        let all = std::iter::once(PortRange::ALL).collect();
        let ends = [PortRange::single(Port::MIN), PortRange::single(Port::MAX)];
        let entries = ends.map(|ports| Entry::new(ports, "x", crate::report::Holder::Service)).to_vec();
        let map = PortMap::arrange("x".to_owned(), vec![Band::new("all", BandKind::Range, all)], entries);
        let drawn: Vec<String> = lines(&map, 0, 100).iter().map(shown).collect();
        assert_eq!(drawn.len(), 3, "{drawn:?}");
        assert!(drawn[0].starts_with("0  #."), "{drawn:?}");
        assert!(drawn[2].starts_with(&format!("65500 {}#", ".".repeat(35))), "{drawn:?}");
    }
}
