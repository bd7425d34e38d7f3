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
    machine: bool,
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
    waiting: &'a [String],
    entries: Vec<WireEntry<'a>>,
}

#[derive(Serialize)]
struct WireEntry<'a> {
    port: u16,
    end_port: u16,
    service: &'a str,
    holder: &'a str,
    note: &'a str,
    about: Option<&'a str>,
    collides: &'a [String],
    listening: Option<&'a str>,
}

pub(super) fn draw(map: &PortMap) -> String {
    let bands = map.bands.iter().map(WireBand::of).collect();
    let (ok, machine) = (!map.has_gaps, map.has_machine);
    let wire = WireMap { version: 1, command: "map", ok, title: &map.title, machine, bands, errors: [] };
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
            taken: band.taken,
            waiting: &band.waiting,
            entries: band.entries.iter().map(WireEntry::of).collect(),
        }
    }
}

impl<'a> WireEntry<'a> {
    fn of(entry: &'a Entry) -> Self {
        Self {
            port: entry.ports.first().get(),
            end_port: entry.ports.last().get(),
            service: &entry.service,
            holder: entry.holder.as_str(),
            note: &entry.note,
            about: entry.about.as_deref(),
            collides: &entry.collides,
            listening: entry.listening.as_deref(),
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn everything_of_the_map_is_in_it() {
        let text = super::draw(&super::super::fixture::map());
        let value: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
        assert_eq!(value["bands"][1]["entries"][1]["collides"][0], "admin");
        assert_eq!(value["bands"][1]["waiting"][0], "worker");
        assert_eq!((&value["bands"][0]["kind"], &value["machine"]), (&"project".into(), &false.into()));
        assert_eq!(value["bands"][0]["taken"], 3);
        assert_eq!(value["bands"][3]["entries"][0]["port"], 8080);
    }
}
