//! Rendering and reading back gives the table; rendering twice changes
//! nothing; every byte outside a block or a patch stays.

use std::fs;
use std::path::Path;

use portgen::app::{self, CheckOptions, Location, RenderOptions};
use portgen::report::Outcome;
use proptest::prelude::*;
use serde_json::Value;

use super::readers::{self, Numbers};
use super::table::{Port, Service, Table, tables};
use crate::support::read;

/// A path with what its output needs besides.
const OUTPUTS: [(&str, &str); 12] = [
    (".env", "target = \"dotenv\"\nmode = \"file\""),
    ("a.py", "target = \"python\""),
    ("a.json", "target = \"json\""),
    ("production.json", "target = \"json\"\nprofile = \"production\""),
    ("a.ts", "target = \"typescript\""),
    ("ng.ts", "target = \"angular\"\nmode = \"file\""),
    ("a.sh", "target = \"shell\""),
    ("a.bat", "target = \"batch\""),
    ("a.ps1", "target = \"powershell\""),
    ("c.yml", "target = \"compose\""),
    ("Procfile", "target = \"procfile\"\noptions = { ports = \"literal\" }"),
    (
        "a.md",
        "target = \"markdown\"\nmode = \"file\"\noptions = { columns = [\"title\", \"port\", \"env\", \"status\"] }",
    ),
];

fn outputs() -> String {
    OUTPUTS.iter().map(|(path, rest)| format!("[[output]]\npath = \"{path}\"\n{rest}\n")).collect()
}

fn location(folder: &Path) -> Location {
    Location { directory: folder.to_path_buf(), file: None }
}

fn table_is(folder: &Path, text: &str) {
    fs::write(folder.join("ports.toml"), text).expect("a file can be written");
}

/// Renders, and gives what became of each output.
fn render(folder: &Path, options: &RenderOptions) -> Vec<Outcome> {
    let rendered = app::render(&location(folder), options).expect("the disk works");
    assert!(!rendered.is_refused, "{:#?}", rendered.findings);
    rendered.lines.iter().map(|line| line.outcome).collect()
}

fn writing() -> RenderOptions {
    RenderOptions { write: true, ..RenderOptions::default() }
}

/// `check` finds nothing, and a second `render` has nothing to do.
fn settled(folder: &Path) {
    let checked = app::check(&location(folder), &CheckOptions::default()).expect("the disk works");
    assert!(checked.findings.is_empty(), "{:#?}", checked.findings);
    let outcomes = render(folder, &writing());
    assert!(outcomes.iter().all(|outcome| *outcome == Outcome::Unchanged), "{outcomes:?}");
}

fn camel(id: &str) -> String {
    let mut words = id.split(['-', '.']);
    let first = words.next().unwrap_or("").to_owned();
    words.fold(first, |camel, word| format!("{camel}{}{}", word[..1].to_uppercase(), &word[1..]))
}

fn reads_back(folder: &Path, table: &Table) {
    let text = |path: &str| read(folder.join(path));
    let variables = table.variables();
    assert_eq!(readers::dotenv(&text(".env")), variables);
    assert_eq!(readers::constants(&text("a.py"), r"^(\w+): Final = (\d+)$"), variables);
    assert_eq!(readers::constants(&text("a.ts"), r"^export const (\w+) = (\d+);$"), variables);
    assert_eq!(readers::constants(&text("a.bat"), r#"^@set "(\w+)=(\d+)"\r?$"#), variables);
    assert_eq!(readers::constants(&text("a.ps1"), r"^\$env:(\w+) = '(\d+)'$"), variables);
    assert_eq!(readers::shell(&text("a.sh")), variables);
    let by_key = |(service, port): &(&Service, &Port)| (camel(&service.id(port)), port.number);
    assert_eq!(readers::angular(&text("ng.ts")), table.active().iter().map(by_key).collect::<Numbers>());

    let single = table.active().into_iter().filter(|(_, port)| port.name.is_none());
    let processes: Numbers = single.map(|(service, port)| (service.name.clone(), port.number)).collect();
    assert_eq!(readers::constants(&text("Procfile"), r"^([a-z0-9-]+): run (\d+)$"), processes);

    json_reads_back(&text("a.json"), table, false);
    json_reads_back(&text("production.json"), table, true);
    compose_reads_back(&text("c.yml"), table);
    markdown_reads_back(&text("a.md"), table);
}

fn json_reads_back(text: &str, table: &Table, is_production: bool) {
    let json: Value = serde_json::from_str(text).expect("JSON");
    let ports = json["ports"].as_object().expect("an object");
    let ids: Vec<String> = table.active().iter().map(|(service, port)| service.id(port)).collect();
    assert_eq!(ports.keys().cloned().collect::<Vec<_>>(), ids, "in the order of the table");
    for (service, port) in table.active() {
        let entry = &ports[&service.id(port)];
        let number = port.production.filter(|_| is_production).unwrap_or(port.number);
        assert_eq!(entry["port"], number);
        assert_eq!(entry["env"], service.variable(port));
        assert_eq!(entry["service"], service.name);
        assert_eq!(entry["status"], service.status);
        if port.name.is_none() {
            assert_eq!(entry["title"], service.title());
        }
        if !is_production {
            assert_eq!(entry["url"], service.url(number).map_or(Value::Null, Value::from));
        }
    }
    for (name, title) in ["one", "two"].iter().zip(&table.ranges) {
        assert_eq!(json["ranges"][name]["title"], *title);
    }
}

fn compose_reads_back(text: &str, table: &Table) {
    let expect: Vec<_> = table
        .active()
        .into_iter()
        .map(|(service, port)| {
            let protocol = if service.scheme == Some("udp") { "udp" } else { "tcp" };
            let inside = port.container.unwrap_or(port.number);
            (service.variable(port), port.number, inside, protocol.to_owned())
        })
        .collect();
    assert_eq!(readers::compose(text), expect);
}

fn markdown_reads_back(text: &str, table: &Table) {
    let mut expect: Vec<Vec<String>> = table
        .active()
        .into_iter()
        .map(|(service, port)| {
            let title = match &port.name {
                None => readers::words(service.title()),
                Some(name) => readers::words(&format!("{} {name}", service.title())),
            };
            vec![title, port.number.to_string(), format!("`{}`", service.variable(port)), "Active".to_owned()]
        })
        .collect();
    let mut rows = readers::markdown(text);
    expect.sort();
    rows.sort();
    assert_eq!(rows, expect);
}

proptest! {
    #![proptest_config(super::cases(16))]

    #[test]
    fn rendering_and_reading_back_gives_the_table(table in tables()) {
        let guard = tempfile::tempdir().expect("a folder");
        let folder = guard.path();
        table_is(folder, &table.text(&outputs()));
        prop_assert!(render(folder, &writing()).iter().all(|outcome| *outcome == Outcome::Created));
        reads_back(folder, &table);
        settled(folder);
        let moved = table.moved();
        table_is(folder, &moved.text(&outputs()));
        render(folder, &writing());
        reads_back(folder, &moved);
        settled(folder);
    }
}

/// Lines that a person wrote, in either ending, perhaps without the last.
fn written() -> impl Strategy<Value = String> {
    let line = "[a-zA-Z é日|$#`'\"<>-]{0,16}";
    let ending = prop_oneof![Just("\n"), Just("\r\n")];
    let lines = proptest::collection::vec((line, ending), 0..6);
    (lines, any::<bool>()).prop_map(|(lines, is_ended)| {
        let text: String = lines.into_iter().map(|(line, ending)| format!("{line}{ending}")).collect();
        if is_ended { text } else { text.trim_end_matches(['\r', '\n']).to_owned() }
    })
}

const BLOCKS: &str = "[[output]]\npath = \".env\"\ntarget = \"dotenv\"\n\
    [[output]]\npath = \"e.ts\"\ntarget = \"angular\"\n\
    [[output]]\npath = \"R.md\"\ntarget = \"markdown\"\n\
    [[patch]]\npath = \"s.py\"\nfind = 'run\\(port=(\\d+)\\)'\nservice = \"fixed\"\n";

/// The table with one service more, which the patch names.
fn with_patched(table: &Table, number: u16) -> String {
    table.text(&format!("[services.fixed]\nport = {number}\n{BLOCKS}"))
}

proptest! {
    #![proptest_config(super::cases(16))]

    #[test]
    fn every_byte_outside_a_block_or_patch_stays(
        table in tables(), before in written(), behind in written(), has_mark in any::<bool>(),
    ) {
        let guard = tempfile::tempdir().expect("a folder");
        let folder = guard.path();
        let before = if has_mark { format!("\u{feff}{before}") } else { before };
        let patched = |number: u16| format!("{before}\nrun(port={number})\n{behind}");
        for path in [".env", "e.ts", "R.md"] {
            fs::write(folder.join(path), &before).expect("a file can be written");
        }
        fs::write(folder.join("s.py"), patched(1)).expect("a file can be written");
        table_is(folder, &with_patched(&table, 24_000));
        render(folder, &RenderOptions { insert: true, ..writing() });
        for path in [".env", "e.ts", "R.md"] {
            let inserted = fs::read_to_string(folder.join(path)).expect("text");
            prop_assert!(inserted.starts_with(&before), "{path}: {inserted:?}");
            let ended = if inserted.ends_with('\n') { inserted } else { format!("{inserted}\n") };
            fs::write(folder.join(path), format!("{ended}{behind}")).expect("a file can be written");
        }
        settled(folder);

        table_is(folder, &with_patched(&table.moved(), 24_001));
        render(folder, &writing());
        for path in [".env", "e.ts", "R.md"] {
            let text = fs::read_to_string(folder.join(path)).expect("text");
            prop_assert!(text.starts_with(&before) && text.ends_with(&behind), "{path}: {text:?}");
            let own = &text[before.len()..text.len() - behind.len()];
            let is_marked = own.contains(">>> portgen:") && own.contains("<<< portgen:");
            prop_assert!(is_marked && own.trim_end().lines().count() >= 2, "{path}: {own:?}");
        }
        prop_assert_eq!(fs::read_to_string(folder.join("s.py")).expect("text"), patched(24_001));
        settled(folder);
    }
}
