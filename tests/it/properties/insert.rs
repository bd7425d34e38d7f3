//! Adding a service inserts one piece of text: without it, every byte is as it was.

use portgen::manifest::{self, NewService, insert_service};
use portgen::model::{Port, RangeName, ServiceName};
use portgen::source::Sources;
use proptest::prelude::*;

use super::table::tables;

fn new_service(range: Option<&str>) -> NewService {
    NewService {
        name: ServiceName::parse("brand-new").expect("a name"),
        port: Port::new(25_000).expect("a port"),
        range: range.map(|range| RangeName::parse(range).expect("a name")),
        title: Some("New | \"one\"".to_owned()),
        description: None,
        env: None,
        scheme: None,
        allocation: None,
    }
}

/// Whether `edited` is `text` with one piece more.
fn only_inserts(text: &str, edited: &str) -> bool {
    let same = text.bytes().zip(edited.bytes()).take_while(|(one, two)| one == two).count();
    edited.len() > text.len() && edited.as_bytes().ends_with(&text.as_bytes()[same..])
}

/// Comments and blank lines that a person put between the lines of a table,
/// from a seed for each line.
fn decorated(text: &str, seeds: &[u8]) -> String {
    let extra = ["", "", "", "\n", "# a comment\n", "\n\n# [services.not-one]\n\n", "  # é \n"];
    let lines = text.lines().zip(seeds.iter().cycle());
    lines.map(|(line, seed)| format!("{}{line}\n", extra[usize::from(*seed) % extra.len()])).collect()
}

proptest! {
    #![proptest_config(super::cases(128))]

    #[test]
    fn adding_a_service_only_inserts(
        table in tables(),
        seeds in proptest::collection::vec(any::<u8>(), 1..64),
        range in proptest::option::of(prop_oneof![Just("one"), Just("two")]),
        has_crlf in any::<bool>(),
        is_ended in any::<bool>(),
        has_mark in any::<bool>(),
    ) {
        let text = decorated(&table.text("[[output]]\npath = \"x\"\ntarget = \"json\"\n"), &seeds);
        let text = if has_crlf { text.replace('\n', "\r\n") } else { text };
        let text = if is_ended { text } else { text.trim_end().to_owned() };
        let text = if has_mark { format!("\u{feff}{text}") } else { text };
        let mut sources = Sources::new();
        let id = sources.add("ports.toml", text.as_str());
        let mut findings = Vec::new();
        let document = manifest::parse(&text, id, &mut findings);
        prop_assert!(findings.is_empty(), "{findings:#?}");
        let edited = insert_service(&text, &document, &new_service(range));
        let edited = edited.map_err(|refused| TestCaseError::fail(format!("{refused}\n{text}")))?;
        prop_assert!(only_inserts(&text, &edited), "{text:?}\n{edited:?}");
        let (project, findings) = manifest::read(&mut sources, "edited.toml", &edited);
        prop_assert!(findings.is_empty(), "{findings:#?}\n{edited}");
        prop_assert!(project.services.iter().any(|service| service.name.as_str() == "brand-new"));
        prop_assert_eq!(project.services.len(), table.services.len() + 1);
        prop_assert_eq!(edited.contains("\r\n"), has_crlf);
        prop_assert!(!has_crlf || !edited.replace("\r\n", "").contains('\n'));
    }
}
