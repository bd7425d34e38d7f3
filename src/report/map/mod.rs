//! A picture of the port space: ranges, what is reserved, who has which port,
//! and what collides.
//!
//! One arrangement, [`PortMap`], and a file for each way of drawing it.

mod svg;
mod text;
mod wire;

use crate::model::{PortRange, PortSet};

/// The port space in bands, each with the ports that lie in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortMap {
    /// What it is a map of: the project's name, or the folder's.
    pub title: String,
    /// The bands, lowest first; ports outside all of them come last.
    pub bands: Vec<Band>,
}

/// A stretch of the port space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Band {
    /// Its name.
    pub title: String,
    /// What it is.
    pub kind: BandKind,
    /// Its ports; for [`BandKind::Other`], those of its entries.
    pub ports: PortSet,
    /// Why it is there, in a sentence.
    pub note: Option<String>,
    /// The ports that are taken in it, lowest first.
    pub entries: Vec<Entry>,
}

/// What a stretch of the port space is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BandKind {
    /// Services take their ports from it.
    Range,
    /// Nobody is to take a port in it.
    Reserved,
    /// Ports outside all others.
    Other,
}

impl BandKind {
    /// The word of the JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Range => "range",
            Self::Reserved => "reserved",
            Self::Other => "other",
        }
    }
}

/// A port, or a range of them, that somebody has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Which.
    pub ports: PortRange,
    /// Whose.
    pub service: String,
    /// What else is known of it: variable, address, protocol.
    pub note: String,
    /// The services that it collides with.
    pub collides: Vec<String>,
}

/// How a map is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MapFormat {
    /// Lines of text.
    Text,
    /// A picture in SVG, light and dark.
    Svg,
    /// One versioned JSON object.
    Json,
}

impl PortMap {
    /// Puts each entry into the narrowest band that has its first port, and
    /// what fits none into a band of its own at the end.
    pub fn arrange(title: String, mut bands: Vec<Band>, mut entries: Vec<Entry>) -> Self {
        entries.sort_by(|one, two| (one.ports, &one.service).cmp(&(two.ports, &two.service)));
        bands.sort_by_key(|band| band.ports.ranges().iter().map(|range| range.first()).min());
        let mut others = Vec::new();
        for entry in entries {
            let fitting = bands.iter_mut().filter(|band| band.ports.contains(entry.ports.first()));
            let narrowest =
                fitting.min_by_key(|band| band.ports.ranges().iter().map(|range| range.len()).sum::<usize>());
            match narrowest {
                Some(band) => band.entries.push(entry),
                None => others.push(entry),
            }
        }
        if !others.is_empty() {
            let ports = others.iter().map(|entry| entry.ports).collect();
            let title = if bands.is_empty() { "all ports" } else { "other ports" };
            bands.push(Band {
                title: title.to_owned(),
                kind: BandKind::Other,
                ports,
                note: None,
                entries: others,
            });
        }
        Self { title, bands }
    }

    /// Draws it.
    pub fn draw(&self, format: MapFormat, appearance: &super::Appearance) -> String {
        match format {
            MapFormat::Text => text::draw(self, appearance),
            MapFormat::Svg => svg::draw(self),
            MapFormat::Json => wire::draw(self),
        }
    }

    fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.bands.iter().flat_map(|band| &band.entries)
    }

    /// What it shows, counted: `13 ports, 4 ranges, 1 reserved, 1 collision`.
    pub fn summary(&self) -> String {
        let of = |kind: BandKind| self.bands.iter().filter(|band| band.kind == kind).count();
        let collisions = self.entries().filter(|entry| !entry.collides.is_empty()).count();
        let counted =
            |count: usize, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
        let mut parts = vec![counted(self.entries().count(), "port", "ports")];
        let ranges = of(BandKind::Range);
        if ranges > 0 {
            parts.push(counted(ranges, "range", "ranges"));
        }
        let reserved = of(BandKind::Reserved);
        if reserved > 0 {
            parts.push(counted(reserved, "reserved range", "reserved ranges"));
        }
        if collisions > 0 {
            parts.push(format!("{} in collision", counted(collisions, "port", "ports")));
        }
        parts.join(", ")
    }
}

impl Band {
    /// How many ports it has.
    fn len(&self) -> usize {
        self.ports.ranges().iter().map(|range| range.len()).sum()
    }

    /// How many of its ports are taken.
    fn taken(&self) -> usize {
        let ports = self.entries.iter().flat_map(|entry| entry.ports.ports());
        let inside = ports.filter(|port| self.ports.contains(*port));
        inside.collect::<std::collections::BTreeSet<_>>().len()
    }

    /// Its ports as they are written: `9000-9099, 9200`.
    fn shown_ports(&self) -> String {
        let ranges = self.ports.ranges().iter().map(ToString::to_string);
        ranges.collect::<Vec<_>>().join(", ")
    }

    /// `5 of 100 taken`.
    fn count(&self) -> String {
        format!("{} of {} taken", self.taken(), self.len())
    }

    /// Where each entry lies in the band, as parts of 1: from, and how wide.
    fn positions(&self) -> Vec<(f64, f64, &Entry)> {
        let all = self.len().max(1);
        let part = |ports: usize| ports as f64 / all as f64;
        let mut found = Vec::with_capacity(self.entries.len());
        for entry in &self.entries {
            let mut before = 0;
            for range in self.ports.ranges() {
                if let Some(both) = range.intersection(entry.ports) {
                    let offset = usize::from(both.first().get() - range.first().get());
                    found.push((part(before + offset), part(both.len()), entry));
                }
                before += range.len();
            }
        }
        found
    }
}

/// What is said of an entry that collides: `collides with web`.
fn collision(entry: &Entry) -> Option<String> {
    (!entry.collides.is_empty()).then(|| format!("collides with {}", entry.collides.join(", ")))
}

#[cfg(test)]
pub(super) mod fixture {
    //! A map with everything in it.

    use super::*;
    use crate::model::Port;

    fn port(number: u16) -> PortRange {
        PortRange::single(Port::new(number).expect("a port"))
    }

    fn entry(number: u16, service: &str, collides: &[&str]) -> Entry {
        let collides = collides.iter().map(|name| (*name).to_owned()).collect();
        Entry { ports: port(number), service: service.to_owned(), note: "API_PORT".to_owned(), collides }
    }

    fn band(title: &str, kind: BandKind, ports: &str, note: Option<&str>) -> Band {
        let ports = std::iter::once(PortRange::parse(ports).expect("a range")).collect();
        Band { title: title.to_owned(), kind, ports, note: note.map(str::to_owned), entries: Vec::new() }
    }

    pub(in crate::report::map) fn map() -> PortMap {
        PortMap::arrange(
            "shop <&>".to_owned(),
            vec![
                band("legacy", BandKind::Reserved, "3000-3099", Some("do not use")),
                band("core", BandKind::Range, "2000-2099", None),
            ],
            vec![
                entry(8080, "web", &[]),
                entry(2001, "api", &["admin"]),
                entry(2001, "admin", &["api"]),
                entry(2099, "last\u{1b}[2J", &[]),
            ],
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_lie_in_the_narrowest_band_and_bands_in_order() {
        let map = fixture::map();
        let shape: Vec<(String, usize)> =
            map.bands.iter().map(|band| (band.title.clone(), band.entries.len())).collect();
        assert_eq!(shape, [("core".into(), 3), ("legacy".into(), 0), ("other ports".into(), 1)]);
        assert_eq!(map.summary(), "4 ports, 1 range, 1 reserved range, 2 ports in collision");
        assert_eq!(map.bands[0].count(), "2 of 100 taken");
    }
}
