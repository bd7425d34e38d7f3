//! A repository as a whole: its files' readings side by side, the sets that
//! Compose would load, and what belongs together.
//!
//! It reads no files itself: what it needs beyond those that were scanned, it
//! asks for through [`Texts`].

mod aspnet;
mod backs;
mod beside;
mod contradictions;
mod dialect;
mod disagreement;
mod entities;
mod foreign;
mod fronts;
mod gather;
mod given;
mod guides;
mod inventory;
mod known;
mod launched;
mod others;
mod owned;
mod passages;
mod places;
mod prefixes;
mod program;
mod resolved;
mod layout;
mod links;
mod names;
mod runs;
mod served;
mod servers;
mod shared_image;
mod sides;
mod started;
mod startup;
mod steps;
mod together;
mod sources;
mod tables;
mod units;
mod variable_names;
mod ways;

use std::collections::BTreeSet;

use crate::diagnostic::Confidence;
use crate::readers::compose::{self, ComposeFile, ComposeSet, Texts};
use crate::readers::{FilePath, Reading, Sighting, join};
use crate::source::{Place, SourceId, Sources};

use links::Links;

pub use disagreement::{Disagreement, Statement, Topic};
pub use inventory::{Inventory, InventoryPlace, InventoryPort, InventoryRange, InventoryService};
pub use owned::{Owned, touches};
pub use tables::{Entry, Tables};
pub use together::{Occupant, Together};

/// A file that was read, before it is among the sources.
#[derive(Debug)]
pub struct ScannedFile {
    /// Its path, relative to the root, with `/`.
    pub path: String,
    /// Its text.
    pub text: String,
    /// The name of the reader that read it.
    pub reader: &'static str,
    /// What it says.
    pub reading: Reading,
}

/// A file that was read.
#[derive(Debug)]
pub struct File {
    /// Its path, relative to the root, with `/`.
    pub path: String,
    /// Its text.
    pub source: SourceId,
    /// The name of the reader that read it.
    pub reader: &'static str,
    /// What it says.
    pub reading: Reading,
    /// What it publishes under variables, which only other files tell, in the
    /// order of their places.
    pub resolved: Vec<Sighting>,
}

impl File {
    /// What it says and what other files say of it, in the order of their places.
    pub fn all_sightings(&self) -> Vec<&Sighting> {
        let mut all: Vec<&Sighting> = self.reading.sightings.iter().chain(&self.resolved).collect();
        all.sort_by_key(|sighting| sighting.span);
        all
    }

    /// Its path, for what that alone tells.
    pub fn path(&self) -> FilePath<'_> {
        FilePath::new(&self.path)
    }

    /// Whether it is for people: Markdown and its like.
    pub fn is_document(&self) -> bool {
        self.path().has_extension(&["md", "markdown", "mdx", "rst", "adoc", "txt"])
    }

    /// Whether it is source code.
    pub fn is_source_code(&self) -> bool {
        const LANGUAGES: &[&str] =
            &["python", "vite", "javascript", "go", "rust", "java", "kotlin", "csharp", "ruby", "php"];
        LANGUAGES.contains(&self.reader)
    }

    /// Whether it is an env file.
    pub fn is_env_file(&self) -> bool {
        self.reader == "dotenv"
    }
}

/// Everything that was read.
#[derive(Debug, Default)]
pub struct Repository {
    /// The files, in the order of their paths.
    pub files: Vec<File>,
    /// Env files of this checkout alone, which git ignores: no part of the
    /// project, and of no weight against what is.
    pub private: Vec<File>,
    /// What Compose would run.
    pub sets: Vec<ComposeSet>,
    /// What nobody wrote, for portgen renders it.
    pub owned: Owned,
    /// What contradicts what.
    pub disagreements: Vec<Disagreement>,
    links: Links,
}

/// A sighting and the file it is in.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// The file.
    pub file: &'a File,
    /// The sighting.
    pub sighting: &'a Sighting,
}

impl Seen<'_> {
    /// Where the number stands.
    pub fn place(&self) -> Place {
        Place { source: self.file.source, span: self.sighting.span }
    }
}

impl Repository {
    /// Puts the files, sorted by path, among the sources, and finds what belongs together.
    pub fn new(scanned: Vec<ScannedFile>, texts: &mut Texts<'_>) -> Self {
        let mut files = Vec::with_capacity(scanned.len());
        for ScannedFile { path, text, reader, mut reading } in scanned {
            doubt_own_tests(reader, &text, &mut reading);
            let source = texts.sources.add(path.as_str(), text);
            texts.know(&path, source);
            files.push(File { path, source, reader, reading, resolved: Vec::new() });
        }
        let compose = files.iter().filter_map(|file| {
            let document = file.reading.compose.as_ref()?;
            Some(ComposeFile { path: &file.path, source: file.source, document })
        });
        let compose: Vec<ComposeFile<'_>> = compose.collect();
        let known = compose.iter().map(|file| file.path).collect();
        let named = files.iter().map(|file| (file.path().folder(), file.reading.combined.as_slice()));
        let env_files =
            files.iter().filter(|file| file.is_env_file()).map(|file| file.path.clone()).collect();
        let copied: Vec<(String, String)> =
            files.iter().flat_map(|file| copies_of(file, &env_files)).collect();
        copied.into_iter().for_each(|(path, template)| texts.make_of(path, template));
        let sets = compose::sets_with(&compose, &compose::combinations(named, &known), texts);
        resolved::add(&mut files, &sets);
        let mut repository = Self { files, sets, ..Self::default() };
        repository.links = Links::new(&repository);
        repository.links.find_web_servers(&repository.files, texts);
        repository.links.find_compose_documents(&repository.files, texts);
        repository.links.runs = runs::runs(&repository.files, &repository.links.units, texts);
        repository.links.beside = beside::beside(&repository.files, texts.sources);
        repository.links.launched = launched::launched(&repository.files, texts.sources);
        repository.links.starts = startup::starts(&repository.files, &repository.links, texts);
        repository.links.sourced = program::sourced(&repository, &repository.links);
        repository.links.find_sides(&repository.files, texts);
        let Links { units, layout, .. } = &repository.links;
        let mut inside = contradictions::inside::inside(units, &repository.files, texts);
        inside.extend(contradictions::urls::server_urls(&repository.files, units, layout, texts.sources));
        inside.extend(contradictions::hosted::hosted(&repository.files, &repository.links, texts.sources));
        inside.extend(contradictions::connections::connections(
            &repository,
            &repository.links,
            texts.sources,
        ));
        inside.extend(contradictions::assigned::assigned(&repository, &repository.links, texts.sources));
        inside.extend(contradictions::looked::looked(&repository.files, &repository.links, texts.sources));
        inside.extend(contradictions::quoted::quoted(&repository, &repository.links));
        inside.extend(contradictions::requests::requests(&repository.files, &repository.links));
        inside.extend(contradictions::own_address::own_addresses(&repository.files, &repository.links));
        inside.extend(contradictions::jobs::jobs(&repository.files, texts.sources));
        inside.extend(contradictions::frontends::frontends(&repository, &repository.links, texts.sources));
        inside.extend(contradictions::pages::pages(&repository, &repository.links, texts.sources));
        inside.extend(contradictions::managed::managed(&repository, &repository.links));
        inside.extend(contradictions::told::told(&repository, &repository.links, texts.sources));
        repository.disagreements = links::disagreements(&repository, &repository.links, inside);
        let mut found = std::mem::take(&mut repository.disagreements);
        contradictions::vouched::ask_what_is_published(&mut found, &repository, &repository.links);
        repository.disagreements = found;
        contradictions::aware::doubt_aware_lines(&mut repository.disagreements, texts.sources);
        repository
    }

    /// Every sighting, in the order of paths and places.
    pub fn sightings(&self) -> impl Iterator<Item = Seen<'_>> {
        self.files
            .iter()
            .flat_map(|file| file.reading.sightings.iter().map(move |sighting| Seen { file, sighting }))
    }

    /// Every sighting of the env files that are of this checkout alone.
    pub fn private_sightings(&self) -> impl Iterator<Item = Seen<'_>> {
        self.private
            .iter()
            .flat_map(|file| file.reading.sightings.iter().map(move |sighting| Seen { file, sighting }))
    }

    /// Adds the env files of this checkout alone, after all others.
    pub fn add_private(&mut self, files: Vec<ScannedFile>, sources: &mut Sources) {
        self.private.extend(files.into_iter().map(|file| {
            let ScannedFile { path, text, reader, reading } = file;
            // Compose may have asked for it already.
            let known = sources.iter().find(|(_, source)| source.name() == path).map(|(id, _)| id);
            let source = known.unwrap_or_else(|| sources.add(path.as_str(), text));
            File { path, source, reader, reading, resolved: Vec::new() }
        }));
    }

    /// The services and their ports, as plain data.
    pub fn inventory(&self, sources: &Sources) -> Inventory {
        gather::inventory(self, sources)
    }

    /// Every group of what runs together on one machine.
    pub fn together(&self) -> Vec<Together> {
        together::together(self, &self.links)
    }

    /// The file of a path.
    pub fn file(&self, path: &str) -> Option<&File> {
        self.files.get(self.place_of(path)?)
    }

    /// Where the file of a path is among all.
    fn place_of(&self, path: &str) -> Option<usize> {
        self.files.binary_search_by(|file| file.path.as_str().cmp(path)).ok()
    }

    /// The file of a source.
    pub fn file_of(&self, source: SourceId) -> Option<&File> {
        // They joined the sources in their order.
        let index = self.files.binary_search_by_key(&source, |file| file.source).ok()?;
        self.files.get(index)
    }
}

/// The env files that a file says are copies, and what of; paths are those of
/// its folder, or of one above.
fn copies_of<'a>(
    file: &'a File,
    env_files: &'a BTreeSet<String>,
) -> impl Iterator<Item = (String, String)> + use<'a> {
    let above = || {
        std::iter::successors(Some(file.path().folder()), |folder| {
            let above = folder.rsplit_once('/').map(|(above, _)| above);
            above.or((!folder.is_empty()).then_some(""))
        })
    };
    file.reading.copied.iter().filter_map(move |(from, to)| {
        above().take(32).find_map(|folder| {
            let template = join(folder, from).filter(|path| env_files.contains(path))?;
            Some((join(folder, to)?, template))
        })
    })
}

/// Tests at the bottom of a Rust file show what is not: what they state is not sure.
fn doubt_own_tests(reader: &str, text: &str, reading: &mut Reading) {
    if reader != "rust" {
        return;
    }
    let Some(tests) = text.find("\n#[cfg(test)]\nmod ") else { return };
    for sighting in reading.sightings.iter_mut().filter(|sighting| sighting.span.range().start > tests) {
        sighting.confidence = Confidence::Low;
    }
}
