//! Arguments as agents write them: numbers as text, nothing for what is left out.

use rmcp::model::JsonObject;
use schemars::JsonSchema;
use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::tools::input_of;
use crate::diagnostic::{Failure, is_unprintable};
use crate::model::{Port, PortName, Protocol, ServiceName};

/// Reads the arguments of a tool.
pub(super) fn read<T: DeserializeOwned + JsonSchema>(arguments: JsonObject) -> Result<T, Failure> {
    serde_json::from_value(serde_json::Value::Object(arguments))
        .map_err(|error| Failure::new("arguments", error.to_string()).help(taken::<T>()))
}

/// What a tool takes, in a sentence.
fn taken<T: JsonSchema>() -> String {
    let schema = input_of::<T>();
    let keys = schema.get("properties").and_then(Value::as_object).into_iter().flat_map(|all| all.keys());
    let needed: Vec<&str> = schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let taken: Vec<&str> = keys.map(String::as_str).collect();
    let needed = match needed.as_slice() {
        [] => "none of them must be given".to_owned(),
        needed => format!("{} must be given", needed.join(", ")),
    };
    format!("its arguments are {}; {needed}", taken.join(", "))
}

/// A number, or the text of one.
#[derive(Deserialize)]
#[serde(untagged)]
enum Number {
    Number(i64),
    Text(String),
}

/// A port, or none.
pub(super) fn port<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Port>, D::Error> {
    let text = match Option::<Number>::deserialize(from) {
        Ok(None) => return Ok(None),
        Ok(Some(Number::Number(number))) => number.to_string(),
        Ok(Some(Number::Text(text))) => text,
        Err(_) => return Err(D::Error::custom("a port is a number from 1 to 65535")),
    };
    Port::parse(text.trim()).map(Some).map_err(D::Error::custom)
}

/// A port that must be there.
pub(super) fn some_port<'de, D: Deserializer<'de>>(from: D) -> Result<Port, D::Error> {
    port(from)?.ok_or_else(|| D::Error::custom("a port is a number from 1 to 65535"))
}

/// `api` or `kafka.jmx`.
pub(super) fn service<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let Some(text) = Option::<String>::deserialize(from)? else { return Ok(None) };
    let (service, name) = text.split_once('.').unwrap_or((&text, "default"));
    ServiceName::parse(service).map_err(D::Error::custom)?;
    PortName::parse(name).map_err(D::Error::custom)?;
    Ok(Some(text))
}

/// The same where it must be there.
pub(super) fn some_service<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    service(from)?.ok_or_else(|| D::Error::custom("a name is missing"))
}

/// A project's name: any line of text.
pub(super) fn project<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    line(from, 200, "a project's name is one line of text")
}

/// What a port is for: any line of text.
pub(super) fn purpose<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    line(from, 500, "a purpose is one line of text, of at most 500 characters")
}

/// A text in which everything is to be seen.
fn line<'de, D: Deserializer<'de>>(from: D, most: usize, what: &str) -> Result<Option<String>, D::Error> {
    let Some(text) = Option::<String>::deserialize(from)? else { return Ok(None) };
    if text.trim().is_empty() || text.contains(is_unprintable) || text.chars().count() > most {
        return Err(D::Error::custom(what));
    }
    Ok(Some(text))
}

/// `tcp`, `udp` or `both`.
pub(super) fn protocol<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Protocol>, D::Error> {
    let Some(text) = Option::<String>::deserialize(from)? else { return Ok(None) };
    Protocol::parse(&text).map(Some).ok_or_else(|| D::Error::custom("a protocol is tcp, udp or both"))
}

/// Which part of a long list is asked for.
#[derive(Clone, Copy)]
pub(super) struct Page {
    /// How many come before it.
    pub(super) offset: usize,
    /// How many it has at most.
    pub(super) limit: usize,
}

/// Entries of a list that were asked for without a number.
const USUAL: usize = 100;
/// Entries that an answer has at most.
const MOST: usize = 500;

impl Page {
    pub(super) fn of(offset: Option<usize>, limit: Option<usize>) -> Self {
        Self { offset: offset.unwrap_or(0), limit: limit.unwrap_or(USUAL).clamp(1, MOST) }
    }

    /// The entries of the page, how many there are in all, and where the next
    /// page begins.
    pub(super) fn cut<T>(self, all: Vec<T>) -> (Vec<T>, usize, Option<usize>) {
        let total = all.len();
        let page: Vec<T> = all.into_iter().skip(self.offset).take(self.limit).collect();
        let next = self.offset.saturating_add(page.len());
        (page, total, (next < total).then_some(next))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_says_where_the_next_begins() {
        let cut = |offset, limit| Page::of(offset, limit).cut((0..250).collect::<Vec<_>>());
        let (page, total, next) = cut(None, None);
        assert_eq!((page.len(), total, next), (100, 250, Some(100)));
        assert_eq!(cut(Some(200), None), ((200..250).collect(), 250, None));
        assert_eq!(cut(Some(usize::MAX), Some(0)), (vec![], 250, None));
        assert_eq!(cut(Some(0), Some(9_999)).0.len(), 250);
    }

    #[test]
    fn a_port_is_a_number_or_its_text() {
        #[derive(Debug, Deserialize)]
        struct Of {
            #[serde(default, deserialize_with = "port")]
            port: Option<Port>,
        }
        let read = |value: serde_json::Value| {
            serde_json::from_value::<Of>(serde_json::json!({ "port": value }))
                .map(|of| of.port.map(Port::get))
                .map_err(|error| error.to_string())
        };
        assert_eq!(read(serde_json::json!(8080)), Ok(Some(8080)));
        assert_eq!(read(serde_json::json!(" 8080 ")), Ok(Some(8080)));
        assert_eq!(read(serde_json::json!(null)), Ok(None));
        for wrong in [serde_json::json!(0), serde_json::json!(70_000), serde_json::json!(-1)] {
            assert!(read(wrong.clone()).is_err(), "{wrong}");
        }
        for wrong in [serde_json::json!([8080]), serde_json::json!(1.5), serde_json::json!(u64::MAX)] {
            assert_eq!(read(wrong), Err("a port is a number from 1 to 65535".to_owned()));
        }
    }
}
