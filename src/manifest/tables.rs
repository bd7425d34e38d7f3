//! The top of the file, and its tables but services, profiles, outputs.

use toml::de::{DeTable, DeValue};

use super::document::{Document, ProjectTable, WorkspaceTable};
use super::fields::{allocation_word, allow, each, host};
use super::keys;
use super::reader::{Reader, Value};
use super::section::Section;
use super::syntax::parse_toml;
use super::{VERSION, outputs, services};
use crate::diagnostic::{Finding, Level};
use crate::model::{
    Allocation, Lint, LintLevel, NamedRange, Priority, ProjectName, RangeName, Reserved, Variable,
    is_host_name,
};
use crate::source::{Place, SourceId, Spanned};

/// Reads a `ports.toml` as far as it goes; everything wrong with it is a finding.
pub fn parse(text: &str, source: SourceId, findings: &mut Vec<Finding>) -> Document {
    parse_keys(text, source, &keys::TOP, findings)
}

/// Reads a file that `extends` names: `reserved`, `ranges` and `lint` only.
pub fn parse_policy(text: &str, source: SourceId, findings: &mut Vec<Finding>) -> Document {
    parse_keys(text, source, &keys::POLICY, findings)
}

fn parse_keys(text: &str, source: SourceId, top: &Section, findings: &mut Vec<Finding>) -> Document {
    let (tree, trust) = parse_toml(text, source, findings);
    let reader = Reader::new(source, text, trust);
    let mut document = empty(source, first_line(text, source), !reader.trust.is_complete());
    if let Some(finding) = newer_version(&reader, tree.get_ref()) {
        findings.push(finding);
        document.is_partial = true;
        return document;
    }
    for (key, value) in reader.known(tree.get_ref(), top) {
        read_table(&reader, &key, value, &mut document);
    }
    findings.append(&mut reader.into_findings());
    document
}

fn empty(source: SourceId, place: Place, is_partial: bool) -> Document {
    Document {
        source,
        place,
        is_partial,
        project: None,
        reserved: Vec::new(),
        ranges: Vec::new(),
        services: Vec::new(),
        compose: None,
        profiles: Vec::new(),
        outputs: Vec::new(),
        patches: Vec::new(),
        lint: Lint::default(),
        workspace: None,
    }
}

fn first_line(text: &str, source: SourceId) -> Place {
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let end = text[start..].find(['\n', '\r']).map_or(text.len(), |length| start + length);
    Place::new(source, start..end)
}

fn read_table<'t>(reader: &Reader<'t>, key: &Spanned<&str>, value: Value<'_, 't>, document: &mut Document) {
    match key.value {
        "project" => document.project = project(reader, key.place, value),
        "reserved" => document.reserved = each(reader, value, reserved),
        "ranges" => document.ranges = ranges(reader, value),
        "services" => document.services = services::services(reader, value),
        "compose" => document.compose = reader.data_table(value),
        "profiles" => document.profiles = services::profiles(reader, value),
        "output" => document.outputs = each(reader, value, outputs::output),
        "patch" => document.patches = each(reader, value, outputs::patch),
        "lint" => document.lint = lint(reader, value),
        "workspace" => document.workspace = workspace(reader, key.place, value),
        _ => {}
    }
}

/// A version that is newer than this one says that nothing else is understood.
fn newer_version(reader: &Reader<'_>, table: &DeTable<'_>) -> Option<Finding> {
    let (key, value) = table.iter().find(|(key, _)| key.get_ref() == "version")?;
    if !reader.trust.believes(key.span().start) {
        return None;
    }
    let place = reader.place(value.span());
    let DeValue::Integer(integer) = value.get_ref() else {
        reader.invalid(place, "expected a whole number");
        return None;
    };
    let version = i64::from_str_radix(integer.as_str(), integer.radix()).unwrap_or(i64::MAX);
    if version < 1 {
        reader.invalid(place, format!("there is no version {version}"));
    }
    (version > VERSION).then(|| {
        let own = env!("CARGO_PKG_VERSION");
        Finding::new(
            "invalid-value",
            place,
            format!("version {version} of the schema is newer than this portgen"),
        )
        .label(format!("portgen {own} reads version {VERSION}"))
        .help(format!("upgrade to a portgen that reads version {version}, or write `version = {VERSION}`"))
    })
}

fn project<'t>(reader: &Reader<'t>, place: Place, value: Value<'_, 't>) -> Option<ProjectTable> {
    let table = reader.table(value)?;
    let mut project = ProjectTable {
        place,
        name: None,
        description: None,
        range: None,
        host: None,
        domain: None,
        env_prefix: None,
        extends: Vec::new(),
        allow: Vec::new(),
    };
    let mut has_name = false;
    for (key, value) in reader.known(table, &keys::PROJECT) {
        match key.value {
            "name" => {
                has_name = true;
                project.name = reader.name_value(value, ProjectName::parse);
            }
            "description" => project.description = reader.line(value),
            "range" => project.range = reader.port_set(value),
            "host" => project.host = host(reader, value),
            "domain" => {
                project.domain =
                    reader.parsed(value, "a domain", |text| is_host_name(text).then(|| text.to_owned()))
            }
            "env-prefix" => project.env_prefix = env_prefix(reader, value),
            "extends" => project.extends = reader.strings(value),
            "allow" => project.allow = allow(reader, value),
            _ => {}
        }
    }
    if !has_name && reader.trust.believes_section(place.span.start as usize) {
        reader.push(
            Finding::new("invalid-value", place, "the project has no name")
                .help("write `name = \"…\"` under [project]"),
        );
    }
    Some(project)
}

fn env_prefix<'t>(reader: &Reader<'t>, value: Value<'_, 't>) -> Option<Spanned<String>> {
    reader.parsed(value, "a prefix of variables: capitals, digits and `_`", |text| {
        (text.is_empty() || Variable::parse(&format!("{text}X")).is_ok()).then(|| text.to_owned())
    })
}

fn reserved<'t>(reader: &Reader<'t>, place: Place, table: &DeTable<'t>) -> Option<Reserved> {
    let (mut ports, mut owner, mut reason, mut has_ports) = (None, None, None, false);
    for (key, value) in reader.known(table, &keys::RESERVED) {
        match key.value {
            "ports" => {
                has_ports = true;
                ports = reader.port_set(value);
            }
            "owner" => owner = reader.line(value),
            "reason" => reason = reader.line(value),
            _ => {}
        }
    }
    missing_ports(reader, has_ports, place, "[[reserved]]");
    Some(Reserved {
        ports: ports?,
        owner: owner.map(|text| text.value),
        reason: reason.map(|text| text.value),
    })
}

fn missing_ports(reader: &Reader<'_>, has_ports: bool, place: Place, container: &str) {
    if !has_ports && reader.trust.believes_section(place.span.start as usize) {
        let finding = Finding::new("invalid-value", place, format!("{container} says no ports"));
        reader.push(finding.help("write `ports = \"9000-9099\"`"));
    }
}

fn ranges<'t>(reader: &Reader<'t>, value: Value<'_, 't>) -> Vec<NamedRange> {
    let Some(table) = reader.table(value) else { return Vec::new() };
    reader.entries(table).filter_map(|(key, value)| range(reader, key, value)).collect()
}

fn range<'t>(reader: &Reader<'t>, key: Spanned<&str>, value: Value<'_, 't>) -> Option<NamedRange> {
    let name = reader.name(key.clone(), RangeName::parse);
    let table = reader.table(value)?;
    let (mut title, mut ports, mut description, mut has_ports) = (None, None, None, false);
    let (mut allocation, mut priority) = (Allocation::default(), Priority::default());
    let mut allowed = Vec::new();
    for (key, value) in reader.known(table, &keys::RANGE) {
        match key.value {
            "title" => title = reader.line(value),
            "ports" => {
                has_ports = true;
                ports = reader.port_set(value);
            }
            "allocation" => allocation = allocation_word(reader, value).map_or(allocation, |word| word.value),
            "priority" => {
                let word = reader.choice(value, keys::PRIORITIES, Priority::parse);
                priority = word.map_or(priority, |word| word.value);
            }
            "description" => description = reader.line(value),
            "allow" => allowed = allow(reader, value),
            _ => {}
        }
    }
    missing_ports(reader, has_ports, key.place, &format!("range `{}`", key.value));
    let name = name?;
    Some(NamedRange {
        title: title.map_or_else(|| name.to_string(), |title| title.value),
        name,
        ports: ports?,
        allocation,
        priority,
        description: description.map(|text| text.value),
        allow: allowed,
    })
}

fn lint<'t>(reader: &Reader<'t>, value: Value<'_, 't>) -> Lint {
    let mut lint = Lint::default();
    let Some(table) = reader.table(value) else { return lint };
    for (key, value) in reader.known(table, &keys::LINT) {
        match key.value {
            "exclude" => {
                lint.exclude = reader.strings(value).into_iter().filter(|text| glob(reader, text)).collect()
            }
            "per-path" => lint.per_path = per_path(reader, value),
            _ => lint.levels.extend(level(reader, key, value)),
        }
    }
    lint
}

fn per_path<'t>(reader: &Reader<'t>, value: Value<'_, 't>) -> Vec<(Spanned<String>, Vec<LintLevel>)> {
    let Some(table) = reader.table(value) else { return Vec::new() };
    let entries = reader.entries(table);
    entries
        .filter_map(|(pattern, value)| {
            let pattern = pattern.map(str::to_owned);
            let rules = reader.table(value)?;
            let levels = reader.entries(rules).filter_map(|(key, value)| level(reader, key, value)).collect();
            glob(reader, &pattern).then_some((pattern, levels))
        })
        .collect()
}

fn glob(reader: &Reader<'_>, pattern: &Spanned<String>) -> bool {
    match globset::Glob::new(pattern) {
        Ok(_) => true,
        Err(error) => {
            reader.invalid(pattern.place, format!("`{}` is no glob: {}", pattern.value, error.kind()));
            false
        }
    }
}

fn level<'t>(reader: &Reader<'t>, rule: Spanned<&str>, value: Value<'_, 't>) -> Option<LintLevel> {
    let rule = rule.map(str::to_owned);
    let DeValue::Table(table) = value.get_ref() else {
        let level = reader.choice(value, keys::LEVELS, Level::parse)?;
        return Some(LintLevel { rule, level: level.value });
    };
    let (mut level, mut has_level) = (None, false);
    for (key, value) in reader.known(table, &keys::LEVEL) {
        match key.value {
            "level" => {
                has_level = true;
                level = reader.choice(value, keys::LEVELS, Level::parse);
            }
            "reason" => drop(reader.line(value)),
            _ => {}
        }
    }
    if !has_level {
        reader.invalid(rule.place, format!("`{}` says no level", rule.value));
    }
    Some(LintLevel { rule, level: level?.value })
}

fn workspace<'t>(reader: &Reader<'t>, place: Place, value: Value<'_, 't>) -> Option<WorkspaceTable> {
    let table = reader.table(value)?;
    let mut members = Vec::new();
    for (key, value) in reader.known(table, &keys::WORKSPACE) {
        if key.value == "members" {
            members = reader.strings(value).into_iter().filter(|text| glob(reader, text)).collect();
        }
    }
    Some(WorkspaceTable { place, members })
}
