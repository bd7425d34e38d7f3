//! Values that several tables have: hosts, allowances, words.

use toml::de::{DeTable, DeValue};

use super::keys;
use super::reader::{Reader, Value};
use crate::model::{Allocation, Allow, ends_in_number, is_host_name};
use crate::source::{Place, Spanned};

/// Reads each table of an array of tables.
pub(super) fn each<'t, T>(
    reader: &Reader<'t>,
    value: Value<'_, 't>,
    read: impl Fn(&Reader<'t>, Place, &DeTable<'t>) -> Option<T>,
) -> Vec<T> {
    let DeValue::Array(items) = value.get_ref() else {
        reader.wrong_type(value, "an array of tables, each under a header in double brackets");
        return Vec::new();
    };
    let believed = items.iter().filter(|item| reader.trust.believes(item.span().start));
    believed.filter_map(|item| read(reader, reader.place_of(item), reader.table(item)?)).collect()
}

/// A host for URLs: a name or an address, IPv6 with or without brackets.
pub(super) fn host<'t>(reader: &Reader<'t>, value: Value<'_, 't>) -> Option<Spanned<String>> {
    reader.parsed(value, "a host", |text| {
        let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
        let is_address = bare.parse::<std::net::IpAddr>().is_ok();
        (is_address || is_host_name(text) && !ends_in_number(text))
            .then(|| if is_address { bare.to_owned() } else { text.to_owned() })
    })
}

/// How numbers are chosen: one of three words.
pub(super) fn allocation_word<'t>(reader: &Reader<'t>, value: Value<'_, 't>) -> Option<Spanned<Allocation>> {
    reader.choice(value, keys::ALLOCATIONS, Allocation::parse)
}

/// `allow = { rule = "reason" }`; a reason is required.
pub(super) fn allow<'t>(reader: &Reader<'t>, value: Value<'_, 't>) -> Vec<Allow> {
    let Some(table) = reader.table(value) else { return Vec::new() };
    let entries = reader.entries(table);
    entries
        .filter_map(|(rule, value)| {
            let reason = reader.line(value)?;
            if reason.value.trim().is_empty() {
                reader.invalid(reason.place, format!("`{}` is allowed without a reason", rule.value));
                return None;
            }
            Some(Allow { rule: rule.map(str::to_owned), reason: reason.value })
        })
        .collect()
}
