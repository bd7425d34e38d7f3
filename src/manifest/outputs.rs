//! `[[output]]` and `[[patch]]`.

use toml::de::DeTable;

use super::keys;
use super::reader::{Reader, Value};
use crate::diagnostic::Finding;
use crate::model::{
    BlockId, Data, Mode, Output, OutputKind, Patch, PatchValue, Pattern, PatternError, ProfileName,
    RangeName, RelativePath, Selection, ServiceName, Status,
};
use crate::source::{Place, Spanned};

/// Reads one `[[output]]`.
pub(super) fn output<'t>(reader: &Reader<'t>, place: Place, table: &DeTable<'t>) -> Option<Output> {
    let (mut path, mut target, mut template, mut mode, mut id) =
        (Field::Absent, Field::Absent, Field::Absent, None, None);
    let (mut local, mut profile, mut selection) = (false, None, Selection::default());
    let mut options = Spanned::new(Data::empty_table(), place);
    for (key, value) in reader.known(table, &keys::OUTPUT) {
        match key.value {
            "path" => path = Field::from(relative_path(reader, value)),
            "target" => target = Field::from(reader.string(value)),
            "template" => template = Field::from(relative_path(reader, value)),
            "mode" => mode = reader.choice(value, keys::MODES, Mode::parse),
            "id" => id = reader.name_value(value, BlockId::parse),
            "local" => local = reader.boolean(value).is_some_and(|truth| truth.value),
            "profile" => profile = reader.name_value(value, ProfileName::parse),
            "options" => options = reader.data_table(value).unwrap_or(options),
            "services" | "tags" | "ranges" | "status" => select(reader, key.value, value, &mut selection),
            _ => {}
        }
    }
    let complete = reader.trust.believes_section(place.span.start as usize);
    let kind = match (target, template) {
        (Field::Given(target), Field::Absent) => Some(OutputKind::Target(target)),
        (Field::Absent, Field::Given(template)) => Some(OutputKind::Template(template)),
        (Field::Absent, Field::Absent) => {
            missing(reader, complete, place, "the output has neither a `target` nor a `template`");
            None
        }
        (Field::Given(target), Field::Given(template)) => {
            let finding = Finding::new(
                "invalid-value",
                template.place,
                "an output has a `target` or a `template`, not both",
            );
            reader.push(finding.related(target.place, "the target"));
            None
        }
        _ => None,
    };
    missing(reader, complete && path == Field::Absent, place, "the output has no `path`");
    Some(Output { place, path: path.given()?, kind: kind?, mode, id, local, profile, selection, options })
}

/// Reads one `[[patch]]`.
pub(super) fn patch<'t>(reader: &Reader<'t>, place: Place, table: &DeTable<'t>) -> Option<Patch> {
    let (mut path, mut find, mut service, mut template) =
        (Field::Absent, Field::Absent, Field::Absent, Field::Absent);
    let (mut all, mut profile) = (false, None);
    for (key, value) in reader.known(table, &keys::PATCH) {
        match key.value {
            "path" => path = Field::from(relative_path(reader, value)),
            "find" => find = Field::from(pattern(reader, value)),
            "service" => service = Field::from(reader.string(value)),
            "value" => template = Field::from(reader.line(value)),
            "all" => all = reader.boolean(value).is_some_and(|truth| truth.value),
            "profile" => profile = reader.name_value(value, ProfileName::parse),
            _ => {}
        }
    }
    let complete = reader.trust.believes_section(place.span.start as usize);
    let value = match (service, template) {
        (Field::Given(service), Field::Absent) => Some(PatchValue::Port(service)),
        (Field::Absent, Field::Given(template)) => Some(PatchValue::Template(template)),
        (Field::Absent, Field::Absent) => {
            missing(reader, complete, place, "the patch has neither a `service` nor a `value`");
            None
        }
        (Field::Given(service), Field::Given(template)) => {
            let finding = Finding::new(
                "invalid-value",
                template.place,
                "a patch has a `service` or a `value`, not both",
            );
            reader.push(finding.related(service.place, "the service"));
            None
        }
        _ => None,
    };
    missing(reader, complete && path == Field::Absent, place, "the patch has no `path`");
    missing(reader, complete && find == Field::Absent, place, "the patch has no `find`");
    Some(Patch { place, path: path.given()?, find: find.given()?, value: value?, all, profile })
}

/// A key that must stand there: absent, there but wrong, or given.
#[derive(PartialEq)]
enum Field<T> {
    Absent,
    Wrong,
    Given(Spanned<T>),
}

impl<T> Field<T> {
    fn from(read: Option<Spanned<T>>) -> Self {
        read.map_or(Self::Wrong, Self::Given)
    }

    fn given(self) -> Option<Spanned<T>> {
        match self {
            Self::Given(value) => Some(value),
            Self::Absent | Self::Wrong => None,
        }
    }
}

fn missing(reader: &Reader<'_>, is_missing: bool, place: Place, message: &str) {
    if is_missing {
        reader.invalid(place, message);
    }
}

fn relative_path<'t>(reader: &Reader<'t>, value: Value<'_, 't>) -> Option<Spanned<RelativePath>> {
    let text = reader.string(value)?;
    match RelativePath::parse(&text) {
        Ok(path) => Some(Spanned::new(path, text.place)),
        Err(error) => {
            let finding = Finding::new(
                "invalid-value",
                text.place,
                format!("`{}` cannot be used: {error}", text.value),
            );
            reader.push(finding.help("a path is relative to the folder of ports.toml and stays inside it"));
            None
        }
    }
}

fn pattern<'t>(reader: &Reader<'t>, value: Value<'_, 't>) -> Option<Spanned<Pattern>> {
    let text = reader.string(value)?;
    let error = match Pattern::compile(&text) {
        Ok(pattern) => return Some(Spanned::new(pattern, text.place)),
        Err(error) => error,
    };
    reader.push(match error {
        PatternError::Groups(groups) => {
            Finding::new("invalid-value", text.place, format!("the pattern has {groups} groups"))
                .label("exactly one group")
                .help("put the number alone in a group, `(\\d+)`; others are `(?:…)`")
        }
        error => {
            Finding::new("invalid-value", text.place, "the pattern cannot be used").label(error.to_string())
        }
    });
    None
}

fn select<'t>(reader: &Reader<'t>, key: &str, value: Value<'_, 't>, selection: &mut Selection) {
    let texts = reader.strings(value);
    let names = || texts.iter().map(|text| Spanned::new(text.value.as_str(), text.place));
    match key {
        "services" => {
            selection.services =
                Some(names().filter_map(|text| reader.name(text, ServiceName::parse)).collect())
        }
        "ranges" => {
            selection.ranges = Some(names().filter_map(|text| reader.name(text, RangeName::parse)).collect())
        }
        "tags" => selection.tags = Some(texts.into_iter().map(|text| text.value).collect()),
        _ => selection.status = Some(texts.iter().filter_map(|text| status(reader, text)).collect()),
    }
}

fn status(reader: &Reader<'_>, text: &Spanned<String>) -> Option<Status> {
    let status = Status::parse(text);
    if status.is_none() {
        let finding = Finding::new("invalid-value", text.place, format!("unknown word `{}`", text.value));
        reader.push(finding.help(format!("one of: {}", keys::STATUSES.join(", "))));
    }
    status
}
