//! The map as an SVG picture: readable in light and dark, by eye and by a
//! screen reader.

use super::escape::{escape, shorten};
use super::layout::{Cell, Line, lines};
use super::palette::{DARK, LIGHT, Palette};
use super::{Band, BandKind, Entry, PortMap};

/// Everything is in pixels of a picture this wide.
const WIDTH: f64 = 960.0;
const MARGIN: f64 = 24.0;
const INNER: f64 = WIDTH - 2.0 * MARGIN;
/// Height of a line of the list.
const LINE: f64 = 20.0;
/// Ports of a row, and the room of each.
const PORTS: u16 = 100;
const CELL: f64 = 8.6;
/// Height of a row, and room between two.
const ROW: f64 = 14.0;
const ROW_STEP: f64 = 18.0;
/// Where the cells of a row begin.
const CELLS: f64 = WIDTH - MARGIN - CELL * PORTS as f64;
/// Characters of a service's name that a column has room for.
const ROOM: usize = 29;
const COLUMNS: usize = 3;

/// The style, with the colours of a palette; without variables, which some
/// viewers of SVG do not know.
fn style() -> String {
    let colours = |palette: &Palette| {
        let Palette { ground, ink, faint, line, free, kept, taken, other, bad } = palette;
        format!(
            "text{{fill:{ink}}}.ground{{fill:{ground}}}.all,.free{{fill:{free}}}.range{{fill:{taken}}}.taken{{fill:{taken}}}.bad,text.bad{{fill:{bad}}}\
             .foreign{{fill:{ground};stroke:{other}}}text.foreign{{fill:{other}}}.kept{{fill:{kept}}}.inner{{fill:{line}}}.frame{{fill:{line};stroke:{faint}}}.faint,.space text{{fill:{faint}}}line{{stroke:{line}}}"
        )
    };
    format!(
        "text{{font:13px ui-sans-serif,system-ui,sans-serif}}.title{{font-size:22px;font-weight:600}}.band{{font-size:15px;font-weight:600}}\
         .port{{font-family:ui-monospace,Menlo,Consolas,monospace}}.small,.space text{{font-size:11px}}.range{{opacity:.3}}text.bad{{font-weight:600}}\n{}\n\
         @media (prefers-color-scheme:dark){{{}}}",
        colours(&LIGHT),
        colours(&DARK)
    )
}

pub(super) fn draw(map: &PortMap) -> String {
    let mut body = String::new();
    let mut y = MARGIN + 20.0;
    text(&mut body, (MARGIN, y), "title", &map.title);
    y += 24.0;
    text(&mut body, (MARGIN, y), "faint", &map.summary());
    body += &format!(
        "<g class=\"space\" transform=\"translate({MARGIN} {})\">\n{}</g>\n",
        y + 20.0,
        space_marks(map)
    );
    y += 20.0 + SPACE_HEIGHT + LINE;
    legend(&mut body, map, y);
    for index in 0..map.bands.len() {
        y += 40.0;
        y = draw_band(&mut body, map, index, y);
    }
    let height = (y + MARGIN).ceil();
    let title = escape(&format!("Ports of {}", map.title));
    let description = escape(&describe(map));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" role=\"img\" aria-labelledby=\"title description\">\n\
         <title id=\"title\">{title}</title>\n<desc id=\"description\">{description}</desc>\n<style>{}</style>\n\
         <rect class=\"ground\" width=\"{WIDTH}\" height=\"{height}\"/>\n{body}</svg>\n",
        style()
    )
}

/// What the colours mean that are there, in one line.
fn legend(out: &mut String, map: &PortMap, y: f64) {
    let has = |wanted: &dyn Fn(&Entry) -> bool| map.entries().any(wanted);
    let is_there = |wanted: &[BandKind]| map.bands.iter().any(|band| wanted.contains(&band.kind));
    let items = [
        (has(&|entry| entry_class(entry) == "taken"), "taken", "a service"),
        (has(&|entry| entry_class(entry) == "bad"), "bad", "a collision"),
        (has(&|entry| entry_class(entry) == "foreign"), "foreign", "of others"),
        (is_there(&[BandKind::Reserved]), "kept", "reserved"),
        (is_there(&[BandKind::Machine]), "kept", "kept by this machine"),
        (is_there(&[BandKind::Project, BandKind::Pool]), "frame", "a project"),
        (is_there(&[BandKind::Range]), "range", "a range"),
        (true, "free", "free"),
    ];
    let mut x = MARGIN;
    for (_, class, word) in items.iter().filter(|(is_there, ..)| *is_there) {
        *out +=
            &format!("<rect class=\"{class}\" x=\"{x:.1}\" y=\"{:.1}\" width=\"9\" height=\"9\"/>", y - 9.0);
        text(out, (x + 14.0, y), "faint small", word);
        // As wide as the letters are at most.
        x += 14.0 + word.len() as f64 * 6.6 + 12.0;
    }
}

/// The whole port space, as part of a page.
pub(super) fn space(map: &PortMap) -> String {
    let height = SPACE_HEIGHT;
    let label = escape(&format!("The port space from 1 to 65535: {}", map.summary()));
    format!(
        "<svg class=\"space\" preserveAspectRatio=\"none\" viewBox=\"0 0 {INNER} {height}\" role=\"img\" aria-label=\"{label}\">\n{}</svg>\n",
        space_marks(map)
    )
}

/// Room of the picture of the whole port space.
const SPACE_HEIGHT: f64 = 56.0;
const FRAMES: f64 = 7.0;
const BAR: f64 = 22.0;

/// A bar of all ports: frames of projects and pools above it, ranges in it.
fn space_marks(map: &PortMap) -> String {
    let at = |port: f64| port / 65_536.0 * INNER;
    let top = FRAMES + 4.0;
    let mut out = format!("<rect class=\"all\" y=\"{top}\" width=\"{INNER}\" height=\"{BAR}\" rx=\"3\"/>\n");
    for band in map.bands.iter().filter(|band| band.kind != BandKind::Other) {
        let (class, y, height) = match band.kind {
            BandKind::Project | BandKind::Pool => ("frame", 0.5, FRAMES - 2.0),
            BandKind::Reserved | BandKind::Machine => ("kept", top, BAR),
            _ => ("range", top, BAR),
        };
        let title = escape(&format!("{} {}", band.title, band.shown_ports()));
        for range in band.ports.ranges() {
            let (x, width) = (at(f64::from(range.first().get())), at(range.len() as f64).max(3.0));
            out += &format!(
                "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{y}\" width=\"{width:.1}\" height=\"{height}\"><title>{title}</title></rect>\n"
            );
        }
    }
    let mut last: Option<(&str, i64)> = None;
    for entry in map.entries() {
        // Ports that fall on one pixel are one mark.
        let (class, x) = (entry_class(entry), at(f64::from(entry.ports.first().get())));
        let pixel = x.round() as i64;
        if last != Some((class, pixel)) {
            let width = at(entry.ports.len() as f64).max(1.5);
            out += &format!(
                "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{top}\" width=\"{width:.1}\" height=\"{BAR}\"/>\n"
            );
        }
        last = Some((class, pixel));
    }
    let y = top + BAR;
    for port in [1024, 10_000, 20_000, 30_000, 40_000, 50_000, 60_000] {
        let x = at(f64::from(port));
        out += &format!(
            "<line x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{y}\" y2=\"{}\"/><text x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">{port}</text>\n",
            y + 5.0,
            y + 18.0
        );
    }
    out
}

fn entry_class(entry: &Entry) -> &'static str {
    match (entry.collides.is_empty(), entry.holder.is_own()) {
        (false, _) => "bad",
        (true, true) => "taken",
        (true, false) => "foreign",
    }
}

/// Draws a band with its head at a height; gives the height of its last line.
fn draw_band(out: &mut String, map: &PortMap, index: usize, mut y: f64) -> f64 {
    let band = &map.bands[index];
    out.push_str("<g>\n");
    text(out, (MARGIN, y), "band", &shorten(&band.title, 70));
    let end = match band.kind {
        BandKind::Other => band.count(),
        _ => format!("{}  {}", shorten(&band.shown_ports(), 40), band.count()),
    };
    right(out, WIDTH - MARGIN, y, "faint", &end);
    for said in band.note.clone().into_iter().chain(band.waiting_line()) {
        y += LINE;
        text(out, (MARGIN, y), "faint", &shorten(&said, 120));
    }
    y += 12.0;
    for line in lines(map, index, PORTS) {
        y = draw_line(out, &line, y);
    }
    y = draw_list(out, band, y);
    out.push_str("</g>\n");
    y
}

fn draw_line(out: &mut String, line: &Line<'_>, y: f64) -> f64 {
    match line {
        Line::Gap(ports) => {
            text(out, (CELLS, y + 11.0), "faint small", &ports.to_string().replace('-', "\u{2013}"))
        }
        Line::Row { first, runs } => {
            right(out, CELLS - 8.0, y + 11.0, "faint small", &first.to_string());
            for run in runs {
                let class = match &run.cell {
                    Cell::Outside => continue,
                    Cell::Inner => "inner",
                    Cell::Free => "free",
                    Cell::Kept => "kept",
                    Cell::Taken(entries) if entries.iter().any(|entry| !entry.collides.is_empty()) => "bad",
                    Cell::Taken(entries) => entries.first().map_or("taken", |entry| entry_class(entry)),
                };
                let (x, width) = (CELLS + run.column as f64 * CELL, run.len as f64 * CELL - 1.0);
                let title = match &run.cell {
                    Cell::Taken(entries) => {
                        entries.iter().map(|entry| label(entry)).collect::<Vec<_>>().join("; ")
                    }
                    _ => String::new(),
                };
                let rect = format!(
                    "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{y}\" width=\"{width:.1}\" height=\"{ROW}\""
                );
                *out += &if title.is_empty() {
                    format!("{rect}/>\n")
                } else {
                    format!("{rect}><title>{}</title></rect>\n", escape(&title))
                };
            }
        }
    }
    y + ROW_STEP
}

/// The entries in columns, read downwards.
fn draw_list(out: &mut String, band: &Band, y: f64) -> f64 {
    let rows = band.entries.len().div_ceil(COLUMNS);
    let wide = INNER / COLUMNS as f64;
    for (index, entry) in band.entries.iter().enumerate() {
        let (column, row) = (index / rows.max(1), index % rows.max(1));
        let (x, y) = (MARGIN + column as f64 * wide, y + (row + 1) as f64 * LINE);
        let class = entry_class(entry);
        let class = if class == "taken" { "" } else { class };
        // Not by colour alone: a sign says it, too.
        let sign = if entry.collides.is_empty() { "" } else { "✗ " };
        let name = shorten(&format!("{sign}{}", entry.service), ROOM);
        *out += &format!(
            "<g><title>{}</title><text class=\"port {class}\" x=\"{x:.1}\" y=\"{y}\">{}</text><text class=\"{class}\" x=\"{:.1}\" y=\"{y}\">{}</text></g>\n",
            escape(&label(entry)),
            entry.ports,
            x + 96.0,
            escape(&name)
        );
    }
    y + rows as f64 * LINE
}

fn label(entry: &Entry) -> String {
    let first = [format!("{} {}", entry.ports, entry.service), entry.note.clone()];
    let parts = first.into_iter().chain(entry.remarks()).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join(", ")
}

/// What a screen reader says of the whole.
fn describe(map: &PortMap) -> String {
    let collisions: Vec<String> =
        map.entries().filter(|entry| !entry.collides.is_empty()).map(label).take(20).collect();
    let collisions = if collisions.is_empty() { "No collisions.".to_owned() } else { collisions.join("; ") };
    format!("{}. {collisions}", map.summary())
}

fn text(out: &mut String, (x, y): (f64, f64), class: &str, words: &str) {
    *out += &format!("<text class=\"{class}\" x=\"{x:.1}\" y=\"{y}\">{}</text>\n", escape(words));
}

fn right(out: &mut String, x: f64, y: f64, class: &str, words: &str) {
    *out += &format!(
        "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y}\" text-anchor=\"end\">{}</text>\n",
        escape(words)
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_escaped_and_collisions_said_in_words() {
        let picture = draw(&super::super::fixture::map());
        assert!(picture.contains("Ports of shop &lt;&amp;&gt;"));
        assert!(picture.contains("collides with admin"));
        assert!(picture.contains("✗ api"));
        assert!(picture.contains("role=\"img\""));
        for word in ["a service", "a collision", "reserved", "a project", "a range", "free"] {
            assert!(picture.contains(&format!(">{word}</text>")), "{word}");
        }
        assert!(!picture.contains(">of others</text>"), "nothing is of others here");
        assert!(!picture.contains('\u{1b}') && !picture.contains("<script"));
        assert_eq!(picture.matches("<g").count(), picture.matches("</g>").count());
    }

    #[test]
    fn two_drawings_are_equal() {
        let map = super::super::fixture::map();
        assert_eq!(draw(&map), draw(&map));
    }
}
