//! Reading a table never panics, whatever stands in it, and every finding lies
//! in the text: whole characters, and shown in every format.

use portgen::check::{Strictness, check_table, judge};
use portgen::diagnostic::{Finding, Reported, Severity};
use portgen::manifest;
use portgen::report::{Appearance, FORMATS, Report};
use portgen::source::{Place, Sources};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::table::tables;

/// Pieces of tables, right ones and wrong ones.
const PIECES: [&str; 26] = [
    "[",
    "]",
    "[[",
    "=",
    "\"",
    "'",
    "\n",
    "\r\n",
    "\u{feff}",
    "é",
    "#",
    "{",
    "}",
    ",",
    ".",
    "\\u001b",
    "'''",
    "\n[services.x]\n",
    "\nport = 0\n",
    "\nport = \"auto\"\n",
    "\n[project]\n",
    "\n[[output]]\npath = \"x\"\n",
    "\nrange = \"9-8\"\n",
    "\nextends = [\"x\"]\n",
    "\n[[patch]]\nfind = '('\n",
    "\nversion = 99\n",
];

/// A valid table with some places cut, doubled, or filled with something else.
fn mutated() -> impl Strategy<Value = String> {
    let change = (any::<Index>(), any::<Index>(), 0usize..4, select(PIECES.to_vec()));
    (tables(), proptest::collection::vec(change, 1..6)).prop_map(|(table, changes)| {
        let outputs = "[[output]]\npath = \".env\"\ntarget = \"dotenv\"\n[lint]\nephemeral-port = \"deny\"\n";
        changes.into_iter().fold(table.text(outputs), |text, (one, two, kind, piece)| {
            change_at(&text, one, two, kind, piece)
        })
    })
}

fn change_at(text: &str, one: Index, two: Index, kind: usize, piece: &str) -> String {
    let boundaries: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let (one, two) = (*one.get(&boundaries), *two.get(&boundaries));
    let (start, end) = (one.min(two), one.max(two).min(one.min(two) + 40));
    let end = (end..=text.len()).find(|&at| text.is_char_boundary(at)).unwrap_or(text.len());
    let (head, middle, tail) = (&text[..start], &text[start..end], &text[end..]);
    match kind {
        0 => format!("{head}{tail}"),
        1 => format!("{head}{middle}{middle}{tail}"),
        2 => format!("{head}{piece}{tail}"),
        _ => format!("{head}{piece}{middle}{tail}"),
    }
}

fn places(finding: &Finding) -> impl Iterator<Item = Place> {
    let edits = finding.fix.iter().flat_map(|fix| fix.edits.iter().map(|edit| edit.place));
    let related = finding.related.iter().map(|label| label.place);
    std::iter::once(finding.primary.place).chain(related).chain(edits)
}

/// Reads, checks and reports a text; every place must be one in it.
fn survives(text: &str) {
    let mut sources = Sources::new();
    let (project, mut findings) = manifest::read(&mut sources, "ports.toml", text);
    findings.extend(check_table(std::slice::from_ref(&project)));
    for finding in &findings {
        for place in places(finding) {
            let inside = sources.get(place.source).text().get(place.span.range());
            assert!(inside.is_some(), "{finding:#?}\nin {text:?}");
        }
    }
    let verdict = judge(std::slice::from_ref(&project), &sources, findings, Strictness::default());
    shown(&sources, &verdict.findings);

    let id = sources.add("policy.toml", text);
    let mut findings = Vec::new();
    manifest::parse_policy(text, id, &mut findings);
    let reported = |finding| Reported { finding, severity: Severity::Error };
    shown(&sources, &findings.into_iter().map(reported).collect::<Vec<_>>());
}

fn shown(sources: &Sources, findings: &[Reported]) {
    let report = Report { findings, ..Report::new("check", findings.is_empty(), sources) };
    for format in FORMATS {
        let mut out = Vec::new();
        (format.write)(&report, &Appearance::PLAIN, &mut out).expect("a buffer takes everything");
        let text = String::from_utf8(out).expect("UTF-8");
        let steers = |character: char| character.is_control() && character != '\n' && character != '\t';
        assert!(!text.contains(steers), "{}: {text:?}", format.name);
    }
}

proptest! {
    #![proptest_config(super::cases(192))]

    #[test]
    fn arbitrary_text_is_read_without_a_panic(text in any::<String>()) {
        survives(&text);
    }

    #[test]
    fn pieces_of_tables_are_read_without_a_panic(pieces in proptest::collection::vec(select(PIECES.to_vec()), 0..24)) {
        survives(&pieces.concat());
    }

    #[test]
    fn a_table_with_mistakes_is_read_without_a_panic(text in mutated()) {
        survives(&text);
    }

    #[test]
    fn a_valid_table_has_no_finding(table in tables()) {
        let text = table.text("");
        let mut sources = Sources::new();
        let (project, mut findings) = manifest::read(&mut sources, "ports.toml", &text);
        findings.extend(check_table(std::slice::from_ref(&project)));
        prop_assert!(findings.is_empty(), "{findings:#?}\n{text}");
        let ports: usize = project.services.iter().map(|service| service.endpoints.len()).sum();
        prop_assert_eq!(ports, table.services.iter().map(|service| service.ports.len()).sum::<usize>());
    }
}
