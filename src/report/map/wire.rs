//! The map as one versioned JSON object.

use serde::Serialize;

use super::{Band, Entry, PortMap};
use crate::report::wire::write_json;

#[derive(Serialize)]
struct WireMap<'a> {
    version: u32,
    command: &'a str,
    ok: bool,
    title: &'a str,
    bands: Vec<WireBand<'a>>,
    errors: [(); 0],
}

#[derive(Serialize)]
struct WireBand<'a> {
    title: &'a str,
    kind: &'a str,
    ports: String,
    note: Option<&'a str>,
    size: usize,
    taken: usize,
    entries: Vec<WireEntry<'a>>,
}

#[derive(Serialize)]
struct WireEntry<'a> {
    port: u16,
    end_port: u16,
    service: &'a str,
    note: &'a str,
    collides: &'a [String],
}

pub(super) fn draw(map: &PortMap) -> String {
    let bands = map.bands.iter().map(WireBand::of).collect();
    let wire = WireMap { version: 1, command: "map", ok: true, title: &map.title, bands, errors: [] };
    let mut out = Vec::new();
    // Writing into memory does not fail.
    let _ = write_json(&mut out, &wire);
    String::from_utf8(out).unwrap_or_default()
}

impl<'a> WireBand<'a> {
    fn of(band: &'a Band) -> Self {
        Self {
            title: &band.title,
            kind: band.kind.as_str(),
            ports: band.shown_ports(),
            note: band.note.as_deref(),
            size: band.len(),
            taken: band.taken(),
            entries: band.entries.iter().map(WireEntry::of).collect(),
        }
    }
}

impl<'a> WireEntry<'a> {
    fn of(entry: &'a Entry) -> Self {
        let Entry { ports, service, note, collides } = entry;
        Self { port: ports.first().get(), end_port: ports.last().get(), service, note, collides }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn everything_of_the_map_is_in_it() {
        let text = super::draw(&super::super::fixture::map());
        let value: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
        assert_eq!(value["bands"][0]["entries"][1]["collides"][0], "admin");
        assert_eq!(value["bands"][0]["taken"], 2);
        assert_eq!(value["bands"][2]["entries"][0]["port"], 8080);
    }
}
