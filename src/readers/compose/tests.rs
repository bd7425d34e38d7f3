//! Sets of files as Compose would load them.

use std::collections::BTreeMap;

use super::*;
use crate::readers::FilePath;
use crate::source::Sources;

/// Every published port of every set: `kind files: service host->container …`.
fn published(files: &[(&str, &str)], combinations: &[Combination]) -> Vec<String> {
    let all: BTreeMap<String, String> =
        files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    let mut sources = Sources::new();
    let read = |path: &str| all.get(path).cloned();
    let mut texts = Texts::new(&mut sources, &read);
    let mut read_files = Vec::new();
    for (path, text) in &all {
        if (READER.takes)(&FilePath::new(path)) {
            let mut reading = Reading::default();
            (READER.read)(&FilePath::new(path), text, &mut reading);
            let source = texts.sources.add(path.as_str(), text.as_str());
            texts.know(path, source);
            read_files.push((path.as_str(), source, reading.compose.expect("a document")));
        }
    }
    let files: Vec<_> = read_files
        .iter()
        .map(|(path, source, document)| ComposeFile { path, source: *source, document })
        .collect();
    let sets = sets_with(&files, combinations, &mut texts);
    sets.iter().map(|set| show(set, &sources)).collect()
}

fn show(set: &ComposeSet, sources: &Sources) -> String {
    let names: Vec<_> = set.files.iter().map(|&file| sources.get(file).name()).collect();
    let mut out = format!("{:?} {}:", set.kind, names.join("+"));
    for service in &set.services {
        out += &format!(" {}", service.name.value);
        for port in &service.published {
            let address = port.address.as_ref().map(|address| format!("{address}:")).unwrap_or_default();
            let protocol = if port.protocol == crate::model::Protocol::Udp { "/udp" } else { "" };
            out += &format!(" {address}{}:{}{protocol}", port.host, port.container);
            if let Some(origin) = &port.origin {
                let name = sources.get(origin.place.source).name();
                assert_eq!(sources.text_at(origin.place), port.host.to_string());
                let line = sources.start_of(origin.place).line;
                out += &format!("[{}@{name}:{line}]", origin.variable);
            } else {
                assert_eq!(sources.text_at(port.place), port.host.to_string());
            }
        }
    }
    out
}

#[track_caller]
fn check(files: &[(&str, &str)], expect: &[&str]) {
    assert_eq!(published(files, &[]), expect);
}

#[test]
fn the_base_and_its_override_are_one_set() {
    check(
        &[
            ("compose.yaml", "services:\n  a:\n    image: a\n    ports: ['1:1', '2:2']\n  b:\n    image: b\n"),
            ("compose.override.yaml", "services:\n  a:\n    ports: ['3:3', '2:2']\n  c:\n    image: c\n    ports:\n      - 4:4\n"),
            ("compose.prod.yaml", "services:\n  a:\n    image: a\n    ports: ['1:1']\n"),
            ("compose.debug.yaml", "services:\n  b:\n    ports: !override ['9:9']\n  a:\n    ports: !reset []\n"),
        ],
        &[
            "Default compose.yaml+compose.override.yaml: a 1:1 2:2 3:3 b c 4:4",
            "Overlaid compose.yaml+compose.debug.yaml: a b 9:9",
            "Alone compose.prod.yaml: a 1:1",
        ],
    );
}

#[test]
fn variables_come_from_the_env_file_beside_the_project_or_its_template() {
    let compose = "services:\n  a:\n    image: a\n    ports:\n      - ${A}:80\n      - ${B:-81}:81\n      - ${C:?missing}:82\n";
    check(
        &[("x/compose.yml", compose), ("x/.env", "# ports\nA=8080\n")],
        &["Default x/compose.yml: a 8080:80[A@x/.env:2] 81:81[B@x/compose.yml:6]"],
    );
    check(
        &[("compose.yml", compose), (".env.example", "A='7000'\nB=${A}\nC=1\n"), ("x/.env", "A=1")],
        &["Default compose.yml: a 7000:80[A@.env.example:1] 7000:81[B@.env.example:1] 1:82[C@.env.example:3]"],
    );
}

#[test]
fn what_is_extended_and_included_is_there() {
    check(
        &[
            (
                "compose.yml",
                "include:\n  - infra/compose.yml\n  - path: [missing.yml, compose.yml]\nservices:\n  web:\n    extends: {file: common.yml, service: app}\n    ports: ['1:80']\n  loop:\n    extends: loop\n    ports: ['5:5']\n  api:\n    extends: web\n    ports: ['2:80']\n",
            ),
            ("common.yml", "services:\n  app:\n    extends: {service: base}\n    ports: ['9:90']\n  base:\n    image: x\n"),
            ("infra/compose.yml", "services:\n  db:\n    image: db\n    ports: ['${DB_PORT:-5432}:5432']\n"),
            ("infra/.env", "DB_PORT=6000"),
        ],
        &[
            "Default compose.yml: db 6000:5432[DB_PORT@infra/.env:1] web 9:90 1:80 loop 5:5 api 9:90 1:80 2:80",
            "Default infra/compose.yml: db 6000:5432[DB_PORT@infra/.env:1]",
        ],
    );
}

#[test]
fn what_compose_takes_for_one_stands_once() {
    check(
        &[
            (
                "compose.yml",
                "services:\n  a:\n    image: a\n    ports: ['10-12:1-3', '11:2', '11:4', '10:1', '10:1/tcp']\n  b:\n    image: b\n    ports: ['9:9']\n  c:\n    image: c\n    ports: ['8:8']\n",
            ),
            (
                "compose.override.yml",
                "services:\n  b: !override\n    image: b\n    ports: ['7:7']\n  c: !reset null\n  a:\n    ports: [{target: 4, published: 11, protocol: TCP}]\n",
            ),
        ],
        &["Default compose.yml+compose.override.yml: a 10-12:1-3 11:4 b 7:7"],
    );
}

#[test]
fn hostile_files_cost_no_more_than_their_size() {
    let mut bomb = String::from("services:\n  a0: &a0 {image: x, ports: ['1:1']}\n");
    for level in 1..40 {
        let below = format!("*a{}", level - 1);
        bomb += &format!("  a{level}: &a{level}\n    <<: [{0}, {0}, {0}, {0}]\n    ports: [{0}, {0}]\n", below);
    }
    let cycle = "include: [compose.yml, other.yml]\nservices:\n  a: &a\n    extends: {file: other.yml, service: b}\n    <<: *a\n    environment: *a\n";
    let other = "include: [compose.yml]\nservices:\n  b: {extends: {file: compose.yml, service: a}, ports: ['1:1']}\n";
    let wide = format!("x: &x {{{}}}\nservices:\n{}", "k: 1, ".repeat(3000), (0..3000).map(|n| format!("  s{n}: {{<<: *x}}\n")).collect::<String>());
    let found = published(
        &[("compose.yml", cycle), ("other.yml", other), ("b/compose.yml", &bomb), ("c/compose.yml", &wide), ("d/compose.yml", "services:\n  a:\n    ports:\n      - \"1:"), ("e/compose.yml", "services: [a]\n---\n- b\n"), ("f/compose.yml", "")],
        &[],
    );
    assert_eq!(found.len(), 6, "{found:?}");
}

#[test]
fn a_combination_that_is_named_is_a_set() {
    let files = [
        ("compose.a.yml", "services:\n  a:\n    image: a\n    ports: ['1:1']\n"),
        ("compose.b.yml", "services:\n  b:\n    image: b\n    ports: ['${X}:1']\n"),
        ("b.env", "X=7\n"),
    ];
    let both = Combination {
        files: vec!["compose.a.yml".to_owned(), "compose.b.yml".to_owned()],
        env_files: vec!["b.env".to_owned()],
    };
    assert_eq!(
        published(&files, &[both]),
        [
            "Alone compose.a.yml: a 1:1",
            "Alone compose.b.yml: b",
            "Named compose.a.yml+compose.b.yml: a 1:1 b 7:1[X@b.env:1]",
        ]
    );
    let mut stated = files.to_vec();
    stated.push((".env", "COMPOSE_FILE=compose.a.yml:compose.b.yml\nX=8\n"));
    assert_eq!(
        published(&stated, &[]).first().map(String::as_str),
        Some("Named compose.a.yml+compose.b.yml: a 1:1 b 8:1[X@.env:2]")
    );
}

/// What an entry is read as: `address host->container/protocol` each, or `error`.
fn read_entry(yaml: &str, environment: &str) -> Vec<String> {
    let text = format!("services:\n  s:\n    image: i\n    ports:\n      - {yaml}\n");
    let mut sources = Sources::new();
    let source = sources.add("compose.yaml", text.clone());
    let read = |path: &str| (path == ".env").then(|| environment.to_owned());
    let mut texts = Texts::new(&mut sources, &read);
    let values = environment::Environment::of_folder("", &mut texts);
    let tree = yaml::parse(&text);
    let item = tree.root().and_then(|root| root.at(&["services", "s", "ports"])?.items().next());
    let mut budget = 1000;
    let node = value::Taker::new(&sources, source, &values, &mut budget).take(item.expect("an entry"));
    let Some(line) = service::port_line(&node) else { return vec!["error".to_owned()] };
    let entry = line.entry;
    let protocol = format!("{:?}", entry.transport).to_lowercase();
    let address = entry.address.unwrap_or_default();
    let host = entry.published.map(|(ports, _)| ports);
    let targets = entry.target.ports().enumerate();
    targets
        .map(|(index, target)| match host {
            None => format!("{address} ->{target}/{protocol}"),
            Some(host) if entry.is_pool => format!("{address} {host}->{target}/{protocol}"),
            Some(host) => {
                let port = host.ports().nth(index).expect("as many");
                format!("{address} {port}->{target}/{protocol}")
            }
        })
        .collect()
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the measured entries lie outside")]
fn entries_are_what_compose_makes_of_them() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/inputs/facts/port_vectors.json");
    let path = std::env::var("PORTGEN_PORT_VECTORS").unwrap_or_else(|_| path.to_owned());
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("skipped: {path} is not there");
        return;
    };
    let vectors: Vec<serde_json::Value> = serde_json::from_str(&text).expect("a list");
    assert!(vectors.len() > 100);
    for vector in vectors {
        let yaml = vector["yaml"].as_str().expect("an entry");
        let own = read_entry(yaml, "SET=5000\nBIND=127.0.0.1:9000\nRNG=7000-7002\n");
        if ["{target: 80, published: 70000}", "{target: 70000}"].contains(&yaml) {
            // Compose passes on what no engine can bind.
            assert_eq!(own, ["error"], "{yaml}");
            continue;
        }
        let expect: Vec<String> = match vector["ports"].as_array().filter(|_| vector["ok"] == true) {
            None => vec!["error".to_owned()],
            Some(ports) => ports.iter().map(measured).collect(),
        };
        assert_eq!(own, expect, "{yaml}");
    }
}

fn measured(port: &serde_json::Value) -> String {
    let text = |key: &str| port[key].as_str().unwrap_or("").to_lowercase();
    // The engine chooses one for 0.
    let published = text("published").replace("null", "");
    let published = if published == "0" { "" } else { &published };
    format!("{} {published}->{}/{}", text("host_ip"), port["target"], text("protocol"))
}

#[test]
fn variables_in_entries_are_filled_in() {
    let environment = "SET=5000\nBIND=127.0.0.1:9000\nRNG=7000-7001\n";
    for (yaml, expect) in [
        ("\"${P}:80\"", &[" ->80/tcp"][..]),
        ("\"${P:-8080}:80\"", &[" 8080->80/tcp"]),
        ("\"${SET:+1}:80\"", &[" 1->80/tcp"]),
        ("\"${BIND}:80\"", &["127.0.0.1 9000->80/tcp"]),
        ("\"$${P}:80\"", &["error"]),
        ("\"${RNG}:80-81\"", &[" 7000->80/tcp", " 7001->81/tcp"]),
        ("{target: \"${SET}\", published: 80}", &[" 80->5000/tcp"]),
        ("{target: 80, published: \"8080\", bogus: 1}", &["error"]),
        ("{target: \"80-81\", published: \"80-81\"}", &["error"]),
        ("22:22", &[" 22->22/tcp"]),
        ("8_0", &[" ->80/tcp"]),
        ("null", &["error"]),
        ("[]", &["error"]),
        ("3000.0", &["error"]),
        ("true", &["error"]),
    ] {
        assert_eq!(read_entry(yaml, environment), expect, "{yaml}");
    }
}
