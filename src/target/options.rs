//! An output's options against what its target takes.

use super::{OptionKind, OptionSpec, Spec};
use crate::diagnostic::{Finding, did_you_mean, printable};
use crate::model::Data;
use crate::source::{Place, Spanned};

/// The options of an output: those given, checked, then the target's defaults.
///
/// Every option of the target has an entry, in the target's order; one with
/// neither value nor default is `None`.
pub(super) fn resolve(
    given: &Spanned<Data>,
    spec: &Spec,
    target: &str,
    findings: &mut Vec<Finding>,
) -> Vec<(String, Option<Spanned<Data>>)> {
    let Some(known) = &spec.options else {
        let entries = given.entries().iter();
        return entries.map(|(name, value)| (name.value.clone(), Some(value.clone()))).collect();
    };
    for (name, _) in given.entries() {
        if !known.iter().any(|option| option.name == name.value) {
            findings.push(unknown(name, known, target));
        }
    }
    known
        .iter()
        .map(|option| {
            let value = match given.get(&option.name) {
                Some(value) => check(option, value, findings).then(|| value.clone()),
                None => None,
            };
            let default = || option.default.as_ref().map(|value| data(value, given.place));
            (option.name.clone(), value.or_else(default))
        })
        .collect()
}

fn unknown(name: &Spanned<String>, known: &[OptionSpec], target: &str) -> Finding {
    let names: Vec<&str> = known.iter().map(|option| option.name.as_str()).collect();
    let list = match names.as_slice() {
        [] => format!("{target} has no options"),
        _ => format!("options of {target}: {}", names.join(", ")),
    };
    let help = match did_you_mean(&name.value, names.iter().copied()) {
        Some(near) => format!("did you mean `{near}`? {list}"),
        None => list,
    };
    Finding::new("unknown-key", name.place, format!("unknown option `{}`", printable(&name.value)))
        .label("unknown option")
        .help(help)
}

/// Whether the value is one that the option takes; a finding where not.
fn check(option: &OptionSpec, value: &Spanned<Data>, findings: &mut Vec<Finding>) -> bool {
    let fits = matches!(
        (option.kind, &value.value),
        (OptionKind::Boolean, Data::Boolean(_))
            | (OptionKind::String | OptionKind::Choice, Data::String(_))
            | (OptionKind::Integer, Data::Integer(_))
            | (OptionKind::List, Data::List(_))
            | (OptionKind::Table, Data::Table(_))
    );
    if !fits {
        let message = format!("`{}` is {}, not {}", option.name, option.kind.as_str(), value.value.kind());
        findings.push(Finding::new("invalid-value", value.place, message).help(option.description.clone()));
        return false;
    }
    let before = findings.len();
    match &value.value {
        Data::List(items) => items.iter().for_each(|item| check_choice(option, item, findings)),
        Data::String(_) => check_choice(option, value, findings),
        _ => {}
    }
    findings.len() == before
}

fn check_choice(option: &OptionSpec, value: &Spanned<Data>, findings: &mut Vec<Finding>) {
    if option.choices.is_empty() {
        return;
    }
    let choices = option.choices.iter().map(String::as_str);
    let Some(text) = value.as_str() else {
        let message = format!("`{}` lists strings, not {}", option.name, value.value.kind());
        findings.push(Finding::new("invalid-value", value.place, message));
        return;
    };
    if option.choices.iter().any(|choice| choice == text) {
        return;
    }
    let list = format!("one of {}", option.choices.join(", "));
    let help = match did_you_mean(text, choices) {
        Some(near) => format!("did you mean `{near}`? {list}"),
        None => list,
    };
    let message = format!("`{}` cannot be `{}`", option.name, printable(text));
    findings.push(Finding::new("invalid-value", value.place, message).label("not a choice").help(help));
}

fn data(value: &toml::Value, place: Place) -> Spanned<Data> {
    let converted = match value {
        toml::Value::String(text) => Data::String(text.clone()),
        toml::Value::Integer(number) => Data::Integer(*number),
        toml::Value::Float(number) => Data::Float(*number),
        toml::Value::Boolean(value) => Data::Boolean(*value),
        toml::Value::Datetime(time) => Data::String(time.to_string()),
        toml::Value::Array(items) => Data::List(items.iter().map(|item| data(item, place)).collect()),
        toml::Value::Table(table) => Data::Table(
            table.iter().map(|(key, value)| (Spanned::new(key.clone(), place), data(value, place))).collect(),
        ),
    };
    Spanned::new(converted, place)
}
