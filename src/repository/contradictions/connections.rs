//! Connections to databases that documents list for people's own clients, held
//! against what the database is published on: `Host: localhost`, `Port: 5432`,
//! `User: shop` below each other.

use std::collections::BTreeSet;

use super::hosted::{KINDS, Kind, is_let_in};
use crate::diagnostic::Confidence;
use crate::model::{Port, PortRange};
use crate::readers::FileKind;
use crate::readers::words::{is_loopback, port, words_of};
use crate::repository::disagreement::{Disagreement, Statement, Topic};
use crate::repository::links::Links;
use crate::repository::units::Unit;
use crate::repository::{File, Repository};
use crate::source::{Place, Sources, Span};

/// How many lists of one document are looked at.
const MOST_LISTS: usize = 64;

/// How long a line of a list is at most.
const LONGEST: usize = 120;

/// Every number of such a list that the only database it can mean does not have on this machine.
pub(in crate::repository) fn connections(
    repository: &Repository,
    links: &Links,
    sources: &Sources,
) -> Vec<Disagreement> {
    if links.units.is_empty() {
        return Vec::new();
    }
    let is_read = |file: &&File| file.is_document() && file.path().kind() == FileKind::Plain;
    let files = repository.files.iter().filter(is_read);
    let of_file = |file: &File| {
        let lists = lists(sources.get(file.source).text());
        lists.into_iter().filter_map(|list| judge(file, &list, links)).collect::<Vec<_>>()
    };
    files.flat_map(of_file).collect()
}

/// A list of what a client asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct List {
    /// What stands above it: the heading and the last line of text.
    above: String,
    /// Its lines.
    text: String,
    host: Option<String>,
    port: Option<(Port, Span)>,
    /// Which of user, password and database it has.
    logins: BTreeSet<&'static str>,
}

/// The lists of a text that have a host of this machine, a port, and a login.
fn lists(text: &str) -> Vec<List> {
    let (mut found, mut list) = (Vec::new(), List::default());
    let (mut heading, mut lead) = (String::new(), String::new());
    let mut at = 0;
    for raw in text.split_inclusive('\n') {
        let start = at;
        at += raw.len();
        let line = raw.trim();
        // Blank lines and fences stand between the lines of a list, too.
        if line.is_empty() || line.starts_with("```") || line.starts_with("|-") || line.starts_with("| -") {
            continue;
        }
        if let Some((key, value)) = entry(line) {
            if list.text.is_empty() {
                list.above = format!("{heading}\n{lead}");
            }
            list.add(key, value, start + raw.rfind(value).unwrap_or(0));
            list.text.push_str(line);
            list.text.push('\n');
            continue;
        }
        found.extend(std::mem::take(&mut list).finished());
        if line.starts_with('#') {
            line.clone_into(&mut heading);
        }
        line.clone_into(&mut lead);
    }
    found.extend(list.finished());
    found.truncate(MOST_LISTS);
    found
}

/// What a line of a list asks for, and its value.
fn entry(line: &str) -> Option<(&'static str, &str)> {
    const KEYS: &[(&str, &str)] = &[
        ("host", "host"),
        ("hostname", "host"),
        ("server", "host"),
        ("address", "host"),
        ("servidor", "host"),
        ("port", "port"),
        ("porta", "port"),
        ("puerto", "port"),
        ("user", "user"),
        ("username", "user"),
        ("login", "user"),
        ("usuario", "user"),
        ("usuário", "user"),
        ("utilisateur", "user"),
        ("benutzer", "user"),
        ("password", "password"),
        ("pass", "password"),
        ("contraseña", "password"),
        ("senha", "password"),
        ("passwort", "password"),
        ("database", "database"),
        ("db", "database"),
        ("schema", "database"),
        ("banco", "database"),
        ("base", "database"),
    ];
    const FILLING: &[&str] = &[
        "name",
        "address",
        "number",
        "the",
        "de",
        "dados",
        "datos",
        "mysql",
        "postgres",
        "postgresql",
        "pg",
        "mariadb",
        "external",
    ];
    if line.len() > LONGEST {
        return None;
    }
    let line = line.trim_start_matches(['-', '*', '+', '|', '>', '•', ' ', '`', '_']);
    let (key, value) = line.split_once([':', '|', '=', '：'])?;
    let mut words = words_of(key);
    // `PORT=3000` is the program's own, `DB_PORT=5432` is not.
    let is_own = words.len() == 1 && line[key.len()..].starts_with('=');
    if words.len() > 1 {
        words.retain(|word| !FILLING.contains(&word.as_str()));
    }
    // `DB_HOST` is the host of the database, `DB_NAME` the database.
    if words.len() > 1 {
        words.retain(|word| word != "db");
    }
    let [word] = &words[..] else { return None };
    let (_, kind) = KEYS.iter().find(|(name, _)| name == word)?;
    let value = value.trim_matches(['*', '`', '_', ' ', '|', '"', '\'']);
    (!is_own).then_some((kind, value))
}

impl List {
    fn add(&mut self, kind: &'static str, value: &str, at: usize) {
        let bare = value.split([' ', '`', '(', '|', '*', ',']).next().unwrap_or(value);
        match kind {
            "host" => self.host = self.host.take().or_else(|| Some(bare.to_owned())),
            "port" => {
                let span = Span::new(at, at + bare.len());
                self.port = self.port.or_else(|| Some((port(bare)?, span)));
            }
            login => {
                self.logins.insert(login);
            }
        }
    }

    fn finished(self) -> Option<Self> {
        let is_here = self.host.as_deref().is_some_and(is_loopback);
        (is_here && self.port.is_some() && !self.logins.is_empty()).then_some(self)
    }

    /// Whether it is for another place, another time, or no database of this repository.
    fn is_elsewhere(&self) -> bool {
        const ELSEWHERE: &[&str] = &[
            "production",
            "staging",
            "remote",
            "without",
            "installed",
            "install",
            "native",
            "inside",
            "internal",
            "ssh",
            "tunnel",
            "smtp",
            "mail",
            "alternative",
            "option",
            "instead",
            "homebrew",
            "xampp",
            "wamp",
            "mamp",
            "laragon",
            "own",
            "existing",
            "test",
            "change",
            "changing",
            "different",
            "another",
            "conflict",
            "conflicts",
            "troubleshooting",
            "custom",
            "example",
        ];
        let words = words_of(&self.above);
        words.iter().any(|word| ELSEWHERE.contains(&word.as_str()))
    }
}

/// The kind of server that a list is for: by its words, by its port.
fn kind_of(list: &List, port: Port) -> Option<&'static Kind> {
    let words = words_of(&list.above);
    let mut named = KINDS.iter().filter(|kind| words.iter().any(|word| kind.words.contains(&word.as_str())));
    match (named.next(), named.next()) {
        (Some(only), None) => Some(only),
        (Some(_), Some(_)) => None,
        (None, _) => KINDS.iter().find(|kind| kind.port == port.get()),
    }
}

fn judge(file: &File, list: &List, links: &Links) -> Option<Disagreement> {
    let (port, span) = list.port?;
    if list.is_elsewhere() || links.on_host.contains(&port.get()) {
        return None;
    }
    let scopes = links.layout.scopes_or_all(&file.path);
    let is_a = |unit: &&Unit, kind: &Kind| {
        let is_one = unit.known_images().any(|image| image.names.contains(&kind.image));
        is_one
            && Port::new(kind.port).is_some_and(|own| unit.targets.iter().any(|one| one.ports.contains(own)))
    };
    let scoped: Vec<&Unit> =
        links.units.iter().filter(|unit| scopes.contains(&unit.scope.as_str())).collect();
    let meant: Vec<&Unit> = match kind_of(list, port) {
        Some(kind) => scoped.iter().copied().filter(|unit| is_a(unit, kind)).collect(),
        // Only those of them that people log in to by name.
        None => {
            scoped.iter().copied().filter(|unit| KINDS[..2].iter().any(|kind| is_a(unit, kind))).collect()
        }
    };
    let first = meant.first()?;
    let is_one = meant.iter().all(|unit| unit.name == first.name && !unit.host.is_empty());
    if !is_one
        || meant.iter().any(|unit| unit.is_on_host_network)
        || links.passages.is_supposed(file.source, port.get())
    {
        return None;
    }
    let is_usual = KINDS.iter().any(|kind| kind.port == port.get());
    // Somebody may have one installed: who logs in as the container's user has not.
    let is_certain = !is_usual && !links.numbers.contains(&port.get()) || is_let_in(first, &list.text);
    let place = Place { source: file.source, span };
    Some(Disagreement {
        topic: Topic::Document,
        subject: first.name.clone(),
        wrong: vec![Statement { ports: PortRange::single(port), place, role: "documented" }],
        right: meant.iter().flat_map(|unit| unit.host.iter().cloned()).collect(),
        confidence: if is_certain { Confidence::High } else { Confidence::Medium },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_have_a_host_a_port_and_a_login() {
        for (text, expected) in [
            ("host: 127.0.0.1\n\nusername: user\n\nport: 3360\n", Some("3360")),
            ("- **Host:** `localhost`\n- **Port:** `5433` (not 5432)\n- **Database:** shop\n", Some("5433")),
            (
                "| Key | Value |\n|---|---|\n| Host | localhost |\n| Port | 5432 |\n| User | shop |\n",
                Some("5432"),
            ),
            ("Host: db\nPort: 5432\nUser: shop\n", None),
            ("DB_HOST=localhost\nDB_PORT=5432\nDB_NAME=shop\n", Some("5432")),
            ("PORT=3000\nHOST=localhost\nUSER=shop\n", None),
            ("Host: localhost\nPort: 5432\n", None),
            ("Host: localhost\nand then\nPort: 5432\nUser: shop\n", None),
            ("Hostile: localhost\nPort: many\nUser: shop\n", None),
        ] {
            let found = lists(text);
            let port = found.first().and_then(|list| list.port).map(|(_, span)| &text[span.range()]);
            assert_eq!(port, expected, "{text}");
        }
    }
}
