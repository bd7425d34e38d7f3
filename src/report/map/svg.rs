//! The map as an SVG picture: readable in light and dark, by eye and by a
//! screen reader.

use super::{Band, BandKind, Entry, PortMap, collision};
use crate::diagnostic::printable;

/// Everything is in pixels of a picture this wide.
const WIDTH: f64 = 960.0;
const MARGIN: f64 = 24.0;
const INNER: f64 = WIDTH - 2.0 * MARGIN;
/// Height of a line of the list.
const LINE: f64 = 20.0;
const STRIP: f64 = 18.0;
/// The least width of a port in a strip, so that one of 10,000 is seen.
const LEAST: f64 = 3.0;
/// Characters of a service's name that a column has room for.
const ROOM: usize = 29;
const COLUMNS: usize = 3;

/// Colours with a contrast of at least 4.5 on their ground, in both schemes;
/// without variables, which some viewers of SVG do not know.
const STYLE: &str = "\
text{fill:#1f2328;font:13px ui-sans-serif,system-ui,sans-serif}
.ground{fill:#fff}.free{fill:#eaeef2}.taken{fill:#0969da}.bad{fill:#c4141f}.held{fill:#c8d1da}
text.title{font-size:20px;font-weight:600}text.band{font-size:15px;font-weight:600}text.faint{fill:#59636e}
text.port{font-family:ui-monospace,monospace}text.collides{fill:#c4141f;font-weight:600}
@media (prefers-color-scheme:dark){text{fill:#f0f6fc}.ground{fill:#0d1117}.free{fill:#21262d}.taken{fill:#58a6ff}.bad{fill:#ff7b72}.held{fill:#3d444d}text.faint{fill:#9198a1}text.collides{fill:#ff7b72}}";

pub(super) fn draw(map: &PortMap) -> String {
    let mut body = String::new();
    let mut y = MARGIN + 20.0;
    text(&mut body, MARGIN, y, "title", &map.title);
    y += 24.0;
    text(&mut body, MARGIN, y, "faint", &map.summary());
    for band in &map.bands {
        y += 44.0;
        y = draw_band(&mut body, band, y);
    }
    let height = y + MARGIN;
    let title = escape(&format!("Ports of {}", map.title));
    let description = escape(&describe(map));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" role=\"img\" aria-labelledby=\"title description\">\n\
         <title id=\"title\">{title}</title>\n<desc id=\"description\">{description}</desc>\n<style>{STYLE}</style>\n\
         <rect class=\"ground\" width=\"{WIDTH}\" height=\"{height}\"/>\n{body}</svg>\n"
    )
}

/// Draws a band with its head at a height; gives the height of its last line.
fn draw_band(out: &mut String, band: &Band, mut y: f64) -> f64 {
    out.push_str("<g>\n");
    text(out, MARGIN, y, "band", &band.title);
    if band.kind != BandKind::Other {
        let end = match band.kind {
            BandKind::Reserved => format!("{}  reserved", band.shown_ports()),
            _ => format!("{}  {}", band.shown_ports(), band.count()),
        };
        right(out, y, &end);
    }
    if let Some(note) = &band.note {
        y += LINE;
        text(out, MARGIN, y, "faint", &shorten(note, 120));
    }
    if band.kind != BandKind::Other {
        y += 10.0;
        draw_strip(out, band, y);
        y += STRIP;
    }
    y = draw_list(out, band, y + 4.0);
    out.push_str("</g>\n");
    y
}

fn draw_strip(out: &mut String, band: &Band, y: f64) {
    let ground = if band.kind == BandKind::Reserved { "held" } else { "free" };
    *out += &format!(
        "<rect class=\"{ground}\" x=\"{MARGIN}\" y=\"{y}\" width=\"{INNER}\" height=\"{STRIP}\" rx=\"3\"/>\n"
    );
    for (from, wide, entry) in band.positions() {
        let class = if entry.collides.is_empty() { "taken" } else { "bad" };
        let width = (wide * INNER - 1.0).max(LEAST);
        let x = (MARGIN + from * INNER).min(MARGIN + INNER - width);
        let title = escape(&label(entry));
        *out += &format!(
            "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{y}\" width=\"{width:.1}\" height=\"{STRIP}\"><title>{title}</title></rect>\n"
        );
    }
}

/// The entries in columns, read downwards.
fn draw_list(out: &mut String, band: &Band, y: f64) -> f64 {
    let rows = band.entries.len().div_ceil(COLUMNS);
    let wide = INNER / COLUMNS as f64;
    for (index, entry) in band.entries.iter().enumerate() {
        let (column, row) = (index / rows.max(1), index % rows.max(1));
        let (x, y) = (MARGIN + column as f64 * wide, y + (row + 1) as f64 * LINE);
        let collides = !entry.collides.is_empty();
        let class = if collides { "collides" } else { "" };
        // Not by colour alone: a sign says it, too.
        let sign = if collides { "✗ " } else { "" };
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
    let parts =
        [Some(format!("{} {}", entry.ports, entry.service)), Some(entry.note.clone()), collision(entry)];
    parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

/// What a screen reader says of the whole.
fn describe(map: &PortMap) -> String {
    let collisions: Vec<String> =
        map.entries().filter(|entry| !entry.collides.is_empty()).map(label).take(20).collect();
    let collisions = if collisions.is_empty() { "No collisions.".to_owned() } else { collisions.join("; ") };
    format!("{}. {collisions}", map.summary())
}

fn text(out: &mut String, x: f64, y: f64, class: &str, words: &str) {
    *out += &format!("<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{}</text>\n", escape(words));
}

fn right(out: &mut String, y: f64, words: &str) {
    let x = WIDTH - MARGIN;
    *out +=
        &format!("<text class=\"faint\" x=\"{x}\" y=\"{y}\" text-anchor=\"end\">{}</text>\n", escape(words));
}

fn shorten(words: &str, most: usize) -> String {
    if words.chars().count() <= most {
        return words.to_owned();
    }
    words.chars().take(most - 1).chain(['…']).collect()
}

/// Text as XML takes it: control characters as escapes one can read.
fn escape(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for character in printable(words).chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            character => out.push(character),
        }
    }
    out
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
        assert!(!picture.contains('\u{1b}'));
        assert_eq!(picture.matches("<g>").count(), picture.matches("</g>").count());
    }

    #[test]
    fn two_drawings_are_equal_and_long_names_are_cut() {
        let map = super::super::fixture::map();
        assert_eq!(draw(&map), draw(&map));
        assert_eq!(shorten("abcdef", 4), "abc…");
    }
}
