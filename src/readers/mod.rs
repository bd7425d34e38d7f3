//! What people wrote about ports, read from the formats they wrote it in.
//!
//! One file a format, all named here. A reader turns one text into a
//! [`Reading`]: its [`Sighting`]s, and what of it only makes sense together
//! with other files. It is pure, opens nothing and judges nothing; it never
//! fails: what it does not understand it passes over.

pub mod document;
pub mod encoding;
pub mod json;
mod code;
pub mod command;
pub mod config;
pub mod flat;
pub mod toml;
mod path;
mod reading;
mod sighting;
pub mod skip;
mod suppression;
pub mod interpolation;
pub mod tree;
pub mod values;
pub mod words;
pub mod yaml;

pub use document::{DocumentRow, DocumentTable};
pub use path::{FileKind, FilePath, Variant, join};
pub use reading::{Assignment, ClusterObject, ManagedProgram, Reading, StatedKind, StatedRange};
pub use sighting::{Context, Role, Side, Sighting};
pub use suppression::{Suppression, suppressions};

/// A format that is read: how its files are known, and how they are read.
#[derive(Debug)]
pub struct Reader {
    /// As in the JSON of `survey`: lower case, as its file.
    pub name: &'static str,
    /// What it reads, in a few words.
    pub summary: &'static str,
    /// Whether a file of this path may be one of its own.
    pub takes: fn(&FilePath<'_>) -> bool,
    /// Whether the text is one of its own, where paths alone do not tell.
    pub knows: fn(&str) -> bool,
    /// Reads it.
    pub read: fn(&FilePath<'_>, &str, &mut Reading),
}

impl Reader {
    /// What it takes from a text that is one of its own.
    pub fn reading(&self, path: &FilePath<'_>, text: &str) -> Reading {
        let mut reading = Reading::default();
        (self.read)(path, text, &mut reading);
        reading.combined = compose::combined(text);
        reading.copied = compose::copied(text);
        reading.suppressions = suppressions(path, text);
        reading.put_in_order();
        reading
    }
}

/// Names every reader once: its file, and its place in [`READERS`].
macro_rules! readers {
    ($($module:ident)*) => {
        $(pub mod $module;)*

        /// Every reader; the first that takes a path and knows its text reads it.
        pub static READERS: &[&Reader] = &[$(&$module::READER),*];
    };
}

readers! {
    compose
    dotenv
    markdown
    requests
    rst
    asciidoc
    procfile
    dockerfile
    package_json
    shell
    makefile
    workflow
    angular
    devcontainer
    launch
    launch_settings
    kubernetes
    prometheus
    envoy
    traefik
    cloudflared
    stack
    nginx
    caddy
    pm2
    spring
    settings
    python
    vite
    javascript
    go
    rust
    java
    csharp
    ruby
    php
}

/// The readers that may read a file of this path, in order; none where nobody
/// would look into it.
pub fn candidates<'p>(path: &'p FilePath<'p>) -> impl Iterator<Item = &'static Reader> + use<'p> {
    READERS.iter().copied().filter(|reader| (reader.takes)(path))
}

/// Reads a text with the first reader that knows it; `None` where none does.
pub fn read(path: &FilePath<'_>, text: &str) -> Option<(&'static Reader, Reading)> {
    let reader = candidates(path).find(|reader| (reader.knows)(text))?;
    Some((reader, reader.reading(path, text)))
}

/// For [`Reader::knows`] of a format whose paths tell enough.
pub fn any_text(_: &str) -> bool {
    true
}

#[cfg(test)]
pub(crate) mod testing {
    //! What the tests of all readers share.

    use super::*;

    /// The sightings of a text, one a line: `line:column text role side …`,
    /// with what there is of host, variable, service, container ports,
    /// protocol and confidence. `*` marks a comment, `~` prose.
    pub(crate) fn sightings(path: &str, text: &str) -> Vec<String> {
        let path = FilePath::new(path);
        let Some((_, reading)) = read(&path, text) else { return vec!["no reader".to_owned()] };
        reading.sightings.iter().map(|sighting| show(text, sighting)).collect()
    }

    fn show(text: &str, sighting: &Sighting) -> String {
        let start = sighting.span.range().start;
        let line = text[..start].matches('\n').count() + 1;
        let column = text[..start].rsplit('\n').next().unwrap_or("").chars().count() + 1;
        let mut out = format!("{line}:{column} {} {:?}", sighting.ports, sighting.role);
        if sighting.side != Side::Host {
            out += &format!(" {:?}", sighting.side);
        }
        let mut add = |key: &str, value: Option<String>| {
            if let Some(value) = value {
                out.push_str(&format!(" {key}={value}"));
            }
        };
        add("host", sighting.host.clone());
        add("variable", sighting.variable.clone());
        add("service", sighting.service.clone());
        add("container", sighting.container.map(|ports| ports.to_string()));
        add(
            "protocol",
            (sighting.protocol != crate::model::Protocol::Tcp).then(|| sighting.protocol.as_str().into()),
        );
        add(
            "confidence",
            (sighting.confidence != crate::diagnostic::Confidence::High)
                .then(|| format!("{:?}", sighting.confidence)),
        );
        match sighting.context {
            Context::Code => {}
            Context::Comment => out.push_str(" *"),
            Context::Prose => out.push_str(" ~"),
        }
        out
    }

    /// Expects exactly these sightings.
    #[track_caller]
    pub(crate) fn check(path: &str, text: &str, expect: &[&str]) {
        assert_eq!(sightings(path, text), expect, "{path}\n{text}");
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "compares the folder with the slice")]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_no_reader_takes_is_not_read() {
        testing::check("notes.xyz", "http://localhost:8080", &["no reader"]);
    }

    #[test]
    fn every_reader_is_named_by_its_file() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/readers");
        for reader in READERS {
            let file = reader.name.replace('-', "_");
            let path = std::path::Path::new(folder);
            let is_there =
                path.join(format!("{file}.rs")).exists() || path.join(&file).join("mod.rs").exists();
            assert!(is_there, "{}", reader.name);
            assert!(!reader.summary.is_empty());
        }
    }
}
