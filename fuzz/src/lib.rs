//! What every fuzz target shares: bytes in, and what must hold of any reading.
//!
//! `cargo fuzz run compose` runs the target of one reader; `sets` and
//! `repository` take several files, each after a line `=== path`, as the
//! fixtures of `tests/it/repositories` do.

use portgen::check::{Strictness, check_repository, judge};
use portgen::model::PortRange;
use portgen::readers::compose::{self, ComposeFile, Texts};
use portgen::readers::encoding::decode;
use portgen::readers::{self, FilePath, Reader, Reading};
use portgen::report::{Appearance, FORMATS, Report};
use portgen::repository::{Repository, ScannedFile};
use portgen::rules::Evidence;
use portgen::source::{Sources, Span};

#[doc(hidden)]
pub use libfuzzer_sys::fuzz_target;

/// The target of one reader, with paths that it takes.
#[macro_export]
macro_rules! reader {
    ($name:literal: $($path:literal)+) => {
        $crate::fuzz_target!(|bytes: &[u8]| $crate::reader($name, &[$($path),+], bytes));
    };
}

/// Reads bytes as the scan of a repository does, with one reader, as if they
/// stood at one of the paths.
pub fn reader(name: &str, paths: &[&str], bytes: &[u8]) {
    let reader = readers::READERS.iter().find(|reader| reader.name == name).expect("its name");
    let Some(decoded) = decode(bytes) else { return };
    // The same bytes at the same path, always.
    let path = FilePath::new(paths[bytes.len() % paths.len()]);
    assert!((reader.takes)(&path), "{name} does not take {}", path.as_str());
    let _ = (reader.knows)(&decoded.text);
    check_reading(reader, &path, &decoded.text);
}

/// What must hold of a reading, whatever the text is.
fn check_reading(reader: &Reader, path: &FilePath<'_>, text: &str) -> Reading {
    let mut raw = Reading::default();
    (reader.read)(path, text, &mut raw);
    // A port takes a digit, and a digit is in few ports: a URL of a command
    // that a variable is set to may be seen thrice.
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    assert!(raw.sightings.len() <= 4 * digits, "{} sightings of {digits} digits", raw.sightings.len());
    let reading = reader.reading(path, text);
    for sighting in &reading.sightings {
        let written = inside(text, sighting.span);
        assert!(says(written, sighting.ports), "`{written}` is not {}: {sighting:?}", sighting.ports);
    }
    for stated in &reading.stated {
        inside(text, stated.place);
        stated.section.map(|section| inside(text, section));
    }
    for assignment in &reading.assignments {
        assert_eq!(inside(text, assignment.key), assignment.name);
        inside(text, assignment.place);
    }
    for &span in reading.ignored_lines.iter().chain(&reading.processes) {
        inside(text, span);
    }
    let places: Vec<Span> = reading.sightings.iter().map(|sighting| sighting.span).collect();
    assert!(places.is_sorted(), "not in order: {places:?}");
    reading
}

fn inside(text: &str, span: Span) -> &str {
    text.get(span.range()).unwrap_or_else(|| panic!("{span:?} is not in the text"))
}

/// Whether a number or a range is written there.
fn says(written: &str, ports: PortRange) -> bool {
    let numbers: Option<Vec<u16>> = written
        // Many languages part the digits of a number: `8_000`.
        .split(|character: char| !character.is_ascii_digit() && character != '_')
        .map(|part| part.replace('_', ""))
        .filter(|part| !part.is_empty())
        .map(|part| part.parse().ok())
        .collect();
    match numbers.as_deref() {
        Some([one]) => ports.first().get() == *one && ports.len() == 1,
        Some([first, last]) => ports.first().get() == *first && ports.last().get() == *last,
        _ => false,
    }
}

/// The files of a bundle, sorted, none twice.
fn files(bytes: &[u8]) -> Vec<(String, String)> {
    let Some(decoded) = decode(bytes) else { return Vec::new() };
    let bundle = format!("\n{}", decoded.text);
    let parts = bundle.split("\n=== ").skip(1).filter_map(|part| part.split_once('\n'));
    let mut files: Vec<_> = parts
        .map(|(path, text)| (path.trim().to_owned(), text.to_owned()))
        .filter(|(path, _)| FilePath::new(path).as_str() == path && !path.is_empty())
        .collect();
    files.sort();
    files.dedup_by(|later, earlier| later.0 == earlier.0);
    files
}

/// Loads the compose files of a bundle as Compose would.
pub fn sets(bytes: &[u8]) {
    let files = files(bytes);
    let mut sources = portgen::source::Sources::new();
    let open = |wanted: &str| files.iter().find(|(path, _)| path == wanted).map(|(_, text)| text.clone());
    let mut texts = Texts::new(&mut sources, &open);
    let mut documents = Vec::new();
    for (path, text) in &files {
        let file = FilePath::new(path);
        if (compose::READER.takes)(&file) {
            let document = check_reading(&compose::READER, &file, text).compose.expect("a document");
            let source = texts.sources.add(path.as_str(), text.as_str());
            texts.know(path, source);
            documents.push((path, source, document));
        }
    }
    let documents: Vec<ComposeFile<'_>> = documents
        .iter()
        .map(|(path, source, document)| ComposeFile { path, source: *source, document })
        .collect();
    let sets = compose::sets(&documents, &mut texts);
    for set in &sets {
        for service in &set.services {
            for published in &service.published {
                let text = sources.get(published.place.source).text();
                inside(text, published.place.span);
            }
        }
    }
}

/// Reads a bundle as a repository, runs every rule over it, and shows what is found.
pub fn repository(bytes: &[u8]) {
    let files = files(bytes);
    let scanned = files.iter().filter_map(|(path, text)| {
        let path = FilePath::new(path);
        let reader = readers::candidates(&path).find(|reader| (reader.knows)(text))?;
        let reading = check_reading(reader, &path, text);
        Some(ScannedFile { path: path.as_str().to_owned(), text: text.clone(), reader: reader.name, reading })
    });
    let scanned: Vec<ScannedFile> = scanned.collect();
    let mut sources = Sources::new();
    let open = |wanted: &str| files.iter().find(|(path, _)| path == wanted).map(|(_, text)| text.clone());
    let repository = Repository::new(scanned, &mut Texts::new(&mut sources, &open));
    let evidence = Evidence { repository: &repository, projects: &[], sources: &sources };
    let findings = check_repository(&evidence);
    for finding in &findings {
        let related = finding.related.iter().map(|label| label.place);
        for place in related.chain([finding.primary.place]) {
            inside(sources.get(place.source).text(), place.span);
        }
    }
    let strictness = Strictness { pedantic: true, ..Strictness::default() };
    let verdict = judge(&[], &sources, findings, strictness);
    let report = Report {
        findings: &verdict.findings,
        ..Report::new("survey", verdict.findings.is_empty(), &sources)
    };
    for format in FORMATS {
        (format.write)(&report, &Appearance::PLAIN, &mut std::io::sink()).expect("nothing is in the way");
    }
    let inventory = repository.inventory(&sources);
    let draft = portgen::bootstrap::draft("fuzz", &inventory, &repository, &sources);
    let (_, mistakes) = portgen::manifest::read(&mut Sources::new(), "ports.toml", &draft.to_toml());
    assert!(mistakes.is_empty(), "{mistakes:#?}\n{}", draft.to_toml());
}
