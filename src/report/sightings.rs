//! Sightings as they leave portgen, in the JSON of `survey`.

use serde::ser::{Serialize, Serializer};

use crate::readers::{Context, Role, Sighting};
use crate::repository::{File, Repository};
use crate::source::{Position, Source, Sources};

/// All sightings of a repository, written one by one.
pub(super) struct Sightings<'a> {
    repository: &'a Repository,
    sources: &'a Sources,
}

impl<'a> Sightings<'a> {
    pub(super) fn of(repository: &'a Repository, sources: &'a Sources) -> Self {
        Self { repository, sources }
    }

    /// Each of them, in the order of paths and places.
    pub(super) fn iter(&self) -> impl Iterator<Item = WireSighting<'a>> {
        let sources = self.sources;
        self.repository.files.iter().flat_map(move |file| {
            let mut cursor = Cursor::new(sources.get(file.source));
            let all = file.all_sightings().into_iter();
            all.map(move |sighting| WireSighting::of(file, sighting, &mut cursor))
        })
    }
}

impl Serialize for Sightings<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

/// The keys that `08-commands` promises, and what else is known.
#[derive(serde::Serialize)]
pub(super) struct WireSighting<'a> {
    path: &'a str,
    line: usize,
    column: usize,
    reader: &'a str,
    service: Option<&'a str>,
    variable: Option<&'a str>,
    port: u16,
    end_port: u16,
    side: &'a str,
    address: Option<&'a str>,
    protocol: &'a str,
    confidence: &'a str,
    container_port: Option<u16>,
    role: &'a str,
    host: Option<&'a str>,
    context: &'a str,
}

impl<'a> WireSighting<'a> {
    fn of(file: &'a File, sighting: &'a Sighting, cursor: &mut Cursor<'_>) -> Self {
        let at = cursor.position(sighting.span.start);
        let is_bound = matches!(sighting.role, Role::Publish | Role::Listen);
        let host = sighting.host.as_deref();
        Self {
            path: &file.path,
            line: at.line,
            column: at.column,
            reader: file.reader,
            service: sighting.service.as_deref(),
            variable: sighting.variable.as_deref(),
            port: sighting.ports.first().get(),
            end_port: sighting.ports.last().get(),
            side: sighting.side.as_str(),
            address: host.filter(|_| is_bound),
            protocol: sighting.protocol.as_str(),
            confidence: sighting.confidence.as_str(),
            container_port: sighting.container.map(|ports| ports.first().get()),
            role: sighting.role.as_str(),
            host: host.filter(|_| !is_bound),
            context: match sighting.context {
                Context::Code => "code",
                Context::Comment => "comment",
                Context::Prose => "prose",
            },
        }
    }
}

/// Positions of offsets that mostly grow: a line of a megabyte is counted once.
struct Cursor<'a> {
    source: &'a Source,
    offset: u32,
    position: Position,
}

impl<'a> Cursor<'a> {
    fn new(source: &'a Source) -> Self {
        Self { source, offset: 0, position: Position { line: 1, column: 1 } }
    }

    fn position(&mut self, offset: u32) -> Position {
        let line = self.source.line_index(offset as usize) + 1;
        let between = (self.offset as usize)..(offset as usize);
        let on_line = (line == self.position.line).then(|| self.source.text().get(between)).flatten();
        self.position = match on_line {
            Some(between) => Position { line, column: self.position.column + between.chars().count() },
            None => self.source.position(offset),
        };
        self.offset = offset;
        self.position
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_finds_what_the_source_says() {
        let mut sources = Sources::new();
        let id = sources.add("a", "é 1 é 2\r\n3 é\n\n4");
        let source = sources.get(id);
        let mut cursor = Cursor::new(source);
        for offset in [0, 3, 3, 8, 11, 15, 16, 3, 99] {
            assert_eq!(cursor.position(offset), source.position(offset), "{offset}");
        }
    }
}
