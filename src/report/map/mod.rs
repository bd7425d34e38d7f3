//! A picture of the port space: ranges, what is reserved, who has which port,
//! and what collides.
//!
//! One arrangement, [`PortMap`], and a file for each way of drawing it.

mod escape;
mod html;
mod layout;
mod palette;
mod svg;
mod text;
mod wire;

use std::collections::BTreeSet;

use crate::model::{PortRange, PortSet};

/// The port space in bands, each with the ports that lie in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PortMap {
    /// What it is a map of: the project's name, or the folder's.
    pub title: String,
    /// Whether it shows what this machine holds, beside what the files say.
    pub has_machine: bool,
    /// Whether parts of the table could not be read, and so are not drawn.
    pub has_gaps: bool,
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
    /// Services that get a number of it on each machine: `port = "auto"`.
    pub waiting: Vec<String>,
    /// The ports that are taken in it and in no narrower band, lowest first.
    pub entries: Vec<Entry>,
    /// How many of its ports are taken, those of narrower bands included;
    /// [`PortMap::arrange`] counts.
    pub taken: usize,
}

/// What a stretch of the port space is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BandKind {
    /// The ports that a project may take.
    Project,
    /// Services take their ports from it.
    Range,
    /// Services without a number and a range get theirs from it.
    Pool,
    /// Nobody is to take a port in it.
    Reserved,
    /// This machine keeps it for others.
    Machine,
    /// Ports outside all others.
    Other,
}

impl BandKind {
    /// The word of the JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Project => "project",
            Self::Range => "range",
            Self::Pool => "pool",
            Self::Reserved => "reserved",
            Self::Machine => "machine",
            Self::Other => "other",
        }
    }

    /// Whether its ports are kept from the project.
    fn is_kept(self) -> bool {
        matches!(self, Self::Reserved | Self::Machine)
    }
}

/// A port, or a range of them, that somebody has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Which.
    pub ports: PortRange,
    /// Whose: a service, or words for who else has it.
    pub service: String,
    /// By what right.
    pub holder: Holder,
    /// The environment variable; empty where there is none.
    pub note: String,
    /// What else is known of it: title, purpose, protocol.
    pub about: Option<String>,
    /// Those that it collides with.
    pub collides: Vec<String>,
    /// Who listens on it now.
    pub listening: Option<String>,
}

/// By what right somebody has a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Holder {
    /// The table, or a file, says so.
    Service,
    /// The ledger gave it to this project.
    Given,
    /// The ledger knows it as another project's.
    Elsewhere,
    /// It failed to bind, and is passed over.
    Dead,
    /// Somebody listens, and nothing says why.
    Listener,
}

impl Holder {
    /// The word of the JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Given => "given",
            Self::Elsewhere => "elsewhere",
            Self::Dead => "dead",
            Self::Listener => "listener",
        }
    }

    /// Whether it is the project's own.
    fn is_own(self) -> bool {
        matches!(self, Self::Service | Self::Given)
    }
}

/// How a map is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MapFormat {
    /// Lines of text.
    Text,
    /// A picture in SVG, light and dark.
    Svg,
    /// A page of HTML that needs nothing else.
    Html,
    /// One versioned JSON object.
    Json,
}

impl PortMap {
    /// Puts each entry into the narrowest band that has its first port, and
    /// what fits none into a band of its own at the end.
    pub fn arrange(title: String, mut bands: Vec<Band>, mut entries: Vec<Entry>) -> Self {
        entries.sort_by(|one, two| one.key().cmp(&two.key()));
        for band in &mut bands {
            let inside = entries.iter().flat_map(|entry| entry.ports.ports());
            band.taken = inside.filter(|port| band.ports.contains(*port)).collect::<BTreeSet<_>>().len();
        }
        bands.sort_by_key(|band| (band.ports.first(), std::cmp::Reverse(band.len())));
        let mut others = Vec::new();
        for entry in entries {
            match layout::narrowest(&bands, entry.ports.first()) {
                Some(index) => bands[index].entries.push(entry),
                None => others.push(entry),
            }
        }
        if !others.is_empty() {
            let title = if bands.is_empty() { "all ports" } else { "other ports" };
            let ports = others.iter().map(|entry| entry.ports).collect();
            let mut band = Band { entries: others, ..Band::new(title, BandKind::Other, ports) };
            band.taken = band.entries.len();
            bands.push(band);
        }
        Self { title, has_machine: false, has_gaps: false, bands }
    }

    /// Draws it.
    pub fn draw(&self, format: MapFormat, appearance: &super::Appearance) -> String {
        match format {
            MapFormat::Text => text::draw(self, appearance),
            MapFormat::Svg => svg::draw(self),
            MapFormat::Html => html::draw(self),
            MapFormat::Json => wire::draw(self),
        }
    }

    fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.bands.iter().flat_map(|band| &band.entries)
    }

    /// What it shows, counted: `13 ports, 4 ranges, 1 reserved range`.
    pub fn summary(&self) -> String {
        let of = |kind: BandKind| self.bands.iter().filter(|band| band.kind == kind).count();
        let own = self.entries().filter(|entry| entry.holder.is_own());
        let collisions = own.filter(|entry| !entry.collides.is_empty()).count();
        let others = self.entries().filter(|entry| !entry.holder.is_own()).count();
        let parts = [
            Some(counted(self.entries().count() - others, "port", "ports")),
            some(of(BandKind::Range), "range", "ranges"),
            some(of(BandKind::Reserved), "reserved range", "reserved ranges"),
            some(collisions, "port in collision", "ports in collision"),
            some(others, "port of others on this machine", "ports of others on this machine"),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn some(count: usize, one: &str, many: &str) -> Option<String> {
    (count > 0).then(|| counted(count, one, many))
}

impl Band {
    /// A band with nothing in it yet.
    pub fn new(title: impl Into<String>, kind: BandKind, ports: PortSet) -> Self {
        let (waiting, entries) = (Vec::new(), Vec::new());
        Self { title: title.into(), kind, ports, note: None, waiting, entries, taken: 0 }
    }

    /// How many ports it has.
    fn len(&self) -> usize {
        self.ports.ranges().iter().map(|range| range.len()).sum()
    }

    /// Its ports as they are written: `9000-9099, 9200`.
    fn shown_ports(&self) -> String {
        self.ports.to_string()
    }

    /// `5 of 100 taken`, `reserved`: what is said of it beside its ports.
    fn count(&self) -> String {
        match self.kind {
            BandKind::Reserved if self.taken > 0 => format!("reserved, {} taken", self.taken),
            BandKind::Reserved => "reserved".to_owned(),
            BandKind::Machine if self.taken > 0 => format!("kept by this machine, {} taken", self.taken),
            BandKind::Machine => "kept by this machine".to_owned(),
            BandKind::Other => counted(self.taken, "port", "ports"),
            _ => format!("{} of {} taken", self.taken, self.len()),
        }
    }

    /// Which services get their numbers on each machine, in words.
    fn waiting_line(&self) -> Option<String> {
        let what = if self.waiting.len() == 1 { "gets a number" } else { "get numbers" };
        (!self.waiting.is_empty())
            .then(|| format!("{} {what} of it on each machine", self.waiting.join(", ")))
    }
}

impl Entry {
    /// A port of a service, of which no more is known.
    pub fn new(ports: PortRange, service: impl Into<String>, holder: Holder) -> Self {
        Self {
            ports,
            service: service.into(),
            holder,
            note: String::new(),
            about: None,
            collides: Vec::new(),
            listening: None,
        }
    }

    fn key(&self) -> (PortRange, Holder, &str) {
        (self.ports, self.holder, &self.service)
    }

    /// What is said of it beside its number, service and variable.
    fn remarks(&self) -> Vec<String> {
        let collision =
            (!self.collides.is_empty()).then(|| format!("collides with {}", self.collides.join(", ")));
        let right = match self.holder {
            Holder::Given => Some("given on this machine".to_owned()),
            Holder::Dead => Some("dead".to_owned()),
            _ => None,
        };
        let listening = self.listening.as_ref().map(|who| format!("{who} listens"));
        [collision, self.about.clone(), right, listening].into_iter().flatten().collect()
    }
}

#[cfg(test)]
pub(super) mod fixture {
    //! A map with everything in it.

    use super::*;
    use crate::model::Port;

    fn entry(number: u16, service: &str, collides: &[&str]) -> Entry {
        let collides = collides.iter().map(|name| (*name).to_owned()).collect();
        let ports = PortRange::single(Port::new(number).expect("a port"));
        Entry { collides, note: "API_PORT".to_owned(), ..Entry::new(ports, service, Holder::Service) }
    }

    fn band(title: &str, kind: BandKind, ports: &str, note: Option<&str>) -> Band {
        let ports = std::iter::once(PortRange::parse(ports).expect("a range")).collect();
        Band { note: note.map(str::to_owned), ..Band::new(title, kind, ports) }
    }

    pub(in crate::report::map) fn map() -> PortMap {
        let mut core = band("core", BandKind::Range, "2000-2299", None);
        core.waiting = vec!["worker".to_owned()];
        PortMap::arrange(
            "shop <&>".to_owned(),
            vec![
                band("legacy", BandKind::Reserved, "3000-3099", Some("do not use")),
                band("project shop", BandKind::Project, "2000-2999", None),
                core,
            ],
            vec![
                entry(8080, "web", &[]),
                entry(2001, "api", &["admin"]),
                entry(2001, "admin", &["api"]),
                entry(2299, "<script>alert(1)</script>\u{1b}[2J", &[]),
                Entry { listening: Some("nginx".to_owned()), ..entry(2500, "gate", &[]) },
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
        let shape: Vec<(&str, usize, String)> =
            map.bands.iter().map(|band| (&*band.title, band.entries.len(), band.count())).collect();
        let expect = [
            ("project shop", 1, "3 of 1000 taken".to_owned()),
            ("core", 3, "2 of 300 taken".to_owned()),
            ("legacy", 0, "reserved".to_owned()),
            ("other ports", 1, "1 port".to_owned()),
        ];
        assert_eq!(shape, expect);
        assert_eq!(map.summary(), "5 ports, 1 range, 1 reserved range, 2 ports in collision");
    }

    #[test]
    fn a_collision_with_another_project_counts_once() {
        let port = PortRange::parse("2001").expect("a port");
        let entry = |name: &str, holder, with: &str| Entry {
            collides: vec![with.to_owned()],
            ..Entry::new(port, name, holder)
        };
        let entries =
            vec![entry("api", Holder::Service, "theirs"), entry("theirs", Holder::Elsewhere, "api")];
        let map = PortMap::arrange("shop".to_owned(), Vec::new(), entries);
        assert_eq!(map.summary(), "1 port, 1 port in collision, 1 port of others on this machine");
    }
}
