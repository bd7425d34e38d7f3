//! Small repositories, each a pattern or a look-alike, and what `survey` says of them.
//!
//! A file `repositories/NAME.repo` holds one: a sentence, then its files, each
//! after a line `=== path`. A line that ends in `#! rule` (or `//! rule`) must
//! be a place of one of the rule's findings; a finding must stand at such a line,
//! or at one that ends in `#~ rule`.

use std::collections::BTreeSet;
use std::path::Path;

use portgen::check::{Strictness, check_repository, judge};
use portgen::readers::compose::Texts;
use portgen::readers::{self, FilePath};
use portgen::repository::{Repository, ScannedFile};
use portgen::rules::Evidence;
use portgen::source::{Place, Sources};

/// The rule, the path and the line of a place.
type At = (String, String, usize);

#[derive(Debug, Default)]
struct Fixture {
    files: Vec<(String, String)>,
    must: BTreeSet<At>,
    may: BTreeSet<At>,
}

impl Fixture {
    fn read(text: &str) -> Self {
        let mut fixture = Self::default();
        for part in format!("\n{text}").split("\n=== ").skip(1) {
            let (path, body) = part.split_once('\n').expect("a path and a text");
            let mut lines = Vec::new();
            for (index, line) in body.lines().enumerate() {
                let (plain, marker) = split_marker(line);
                if let Some((is_expected, rule)) = marker {
                    let at = (rule.to_owned(), path.to_owned(), index + 1);
                    if is_expected {
                        fixture.must.insert(at)
                    } else {
                        fixture.may.insert(at)
                    };
                }
                lines.push(plain);
            }
            fixture.files.push((path.to_owned(), lines.join("\n") + "\n"));
        }
        fixture.files.sort();
        fixture
    }
}

/// A line without its marker; whether the marker demands a finding, and of which rule.
fn split_marker(line: &str) -> (&str, Option<(bool, &str)>) {
    for (sign, is_expected) in [("! ", true), ("~ ", false)] {
        for comment in ["#", "//"] {
            let Some((plain, rule)) = line.rsplit_once(&format!(" {comment}{sign}")) else { continue };
            let is_rule = |byte: u8| byte.is_ascii_lowercase() || byte == b'-';
            if rule.bytes().all(is_rule) {
                return (plain.trim_end(), Some((is_expected, rule)));
            }
        }
    }
    (line, None)
}

/// What is reported: of each finding its primary place, and all its places.
fn found(fixture: &Fixture) -> Vec<(At, BTreeSet<At>)> {
    let scanned = fixture.files.iter().filter_map(|(path, text)| {
        let (reader, reading) = readers::read(&FilePath::new(path), text)?;
        // As a scan does: what says nothing is not kept.
        (!reading.is_empty()).then(|| ScannedFile {
            path: path.clone(),
            text: text.clone(),
            reader: reader.name,
            reading,
        })
    });
    let mut sources = Sources::new();
    let open =
        |wanted: &str| fixture.files.iter().find(|(path, _)| path == wanted).map(|(_, text)| text.clone());
    let repository = Repository::new(scanned.collect(), &mut Texts::new(&mut sources, &open));
    let evidence = Evidence { repository: &repository, projects: &[], sources: &sources };
    let verdict = judge(&[], &sources, check_repository(&evidence), Strictness::default());
    let findings = verdict.findings.iter().map(|reported| &reported.finding);
    findings
        .map(|finding| {
            let at = |place: Place| {
                let source = sources.get(place.source);
                (finding.rule.to_owned(), source.name().to_owned(), sources.start_of(place).line)
            };
            let primary = at(finding.primary.place);
            let mut all: BTreeSet<At> = finding.related.iter().map(|label| at(label.place)).collect();
            all.insert(primary.clone());
            (primary, all)
        })
        .collect()
}

#[test]
fn every_finding_is_listed_and_every_listed_one_is_found() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/repositories");
    let mut paths: Vec<_> =
        std::fs::read_dir(folder).expect("the folder").map(|entry| entry.expect("an entry").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "repo"));
    paths.sort();
    let (mut right, mut wrong, mut missed) = (0, Vec::new(), Vec::new());
    for path in paths {
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let fixture = Fixture::read(&std::fs::read_to_string(&path).expect("it can be read"));
        let found = found(&fixture);
        for (primary, _) in &found {
            if fixture.must.contains(primary) || fixture.may.contains(primary) {
                right += 1;
            } else {
                wrong.push(format!("{name}: {primary:?}"));
            }
        }
        let covered: BTreeSet<&At> = found.iter().flat_map(|(_, all)| all).collect();
        missed.extend(
            fixture.must.iter().filter(|at| !covered.contains(at)).map(|at| format!("{name}: {at:?}")),
        );
    }
    println!("{right} findings are right, {} wrong, {} missed", wrong.len(), missed.len());
    assert!(wrong.is_empty(), "not listed:\n{}", wrong.join("\n"));
    assert!(missed.is_empty(), "not found:\n{}", missed.join("\n"));
}

#[test]
fn a_marker_is_told_from_the_line() {
    assert_eq!(split_marker("a: 1 #! some-rule"), ("a: 1", Some((true, "some-rule"))));
    assert_eq!(split_marker("a(); //~ some-rule"), ("a();", Some((false, "some-rule"))));
    assert_eq!(split_marker("# Title"), ("# Title", None));
    let fixture = Fixture::read("words\n=== a/b\nx #! r\n=== c\n");
    assert_eq!(fixture.files, [("a/b".to_owned(), "x\n".to_owned()), ("c".to_owned(), "\n".to_owned())]);
}
