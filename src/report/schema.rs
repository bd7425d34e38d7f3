//! The JSON Schema of `ports.toml`, made of the table of its keys.
//!
//! Draft 4, which every tool for TOML reads. A schema sees one value at a
//! time: what it refuses, `check` refuses too, and names that lead nowhere,
//! ranges that are upside down and collisions are for `check` alone.

use serde_json::{Map, Value, json};

use crate::manifest::keys::{self, SECTIONS};
use crate::manifest::{Key, Section, Takes};
use crate::rules::RULES;
use crate::target::TARGETS;

/// The name under which `init` puts the schema beside the table.
pub const SCHEMA_NAME: &str = "ports.schema.json";

const NAME: &str = "^[a-z0-9][a-z0-9_-]*$";
const LINE: &str = r"^[^\x00-\x1f\x7f-\x9f]*$";
/// A text of one line that is not blank.
const REASON: &str = r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$";
const VARIABLE: &str = "^[A-Z_][A-Z0-9_]*$";
const PREFIX: &str = "^([A-Z_][A-Z0-9_]*)?$";
const LABELS: &str = "^[A-Za-z0-9_-]{1,63}([.][A-Za-z0-9_-]{1,63})*$";
const SCHEME: &str = "^[a-z][a-z0-9+.-]*$";
const URL_PATH: &str = r##"^/[!#-&(-;=?-\[\]-_a-~]*$"##;
const RANGE: &str = r"^\s*[0-9]+\s*(-\s*[0-9]+\s*)?$";
/// An address of IPv6, maybe in brackets, or one of IPv4, or a name.
const HOST: &str =
    r"^(\[?[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*\]?|\[?[A-Za-z0-9_-]{1,63}([.][A-Za-z0-9_-]{1,63})*\]?)$";
const ADDRESS: &str =
    r"^([*]|\[?[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*\]?|\[?[A-Za-z0-9_-]{1,63}([.][A-Za-z0-9_-]{1,63})*\]?)$";
const PORT_ID: &str = r"^[a-z0-9][a-z0-9_-]*([.][a-z0-9][a-z0-9_-]*)?$";
/// A path that stays inside the project and that every system can have.
const PATH: &str = r#"^(?![/\\])(?!.:)(?!(.*/)?[.][.](/|$))(?!(.*/)?[.][gG][iI][tT](/|$))[^\x00-\x1f\x7f-\x9f\\<>:"|?*]*[^\x00-\x1f\x7f-\x9f\\<>:"|?*/]$"#;

/// How deep the text has a line for each entry; what lies deeper is one line.
const LINES_TO: usize = 3;

/// The schema, as text with a final newline.
pub fn schema_text() -> String {
    let mut text = String::new();
    write(&schema(), 0, &mut text);
    text + "\n"
}

fn write(value: &Value, depth: usize, out: &mut String) {
    let Some(entries) = value.as_object().filter(|entries| depth < LINES_TO && !entries.is_empty()) else {
        return out.push_str(&value.to_string());
    };
    for (index, (name, value)) in entries.iter().enumerate() {
        out.push_str(if index == 0 { "{\n" } else { ",\n" });
        out.push_str(&"  ".repeat(depth + 1));
        out.push_str(&format!("{}: ", Value::from(name.as_str())));
        write(value, depth + 1, out);
    }
    out.push_str(&format!("\n{}}}", "  ".repeat(depth)));
}

/// The schema.
pub fn schema() -> Value {
    let mut top = table(&keys::TOP);
    let mut definitions = Map::new();
    let inner = SECTIONS.iter().filter(|section| !is_top(section));
    definitions.extend(inner.map(|section| (reference_name(section), table(section))));
    definitions.insert("port".to_owned(), json!({"type": "integer", "minimum": 1, "maximum": 65535}));
    definitions.insert("ports".to_owned(), ports());
    definitions.insert("level".to_owned(), level());
    definitions.insert("levels".to_owned(), by_rule(&level_reference()));
    definitions.insert("reasons".to_owned(), by_rule(&text(REASON)));
    if let Some(top) = top.as_object_mut() {
        let mut whole = Map::new();
        whole.insert("$schema".to_owned(), "http://json-schema.org/draft-04/schema#".into());
        whole.insert("title".to_owned(), "ports.toml".into());
        whole.insert("description".to_owned(), "One table of ports, for portgen.".into());
        whole.append(top);
        whole.insert("definitions".to_owned(), Value::Object(definitions));
        return Value::Object(whole);
    }
    top
}

fn is_top(section: &Section) -> bool {
    std::ptr::eq(section, &raw const keys::TOP) || std::ptr::eq(section, &raw const keys::POLICY)
}

/// What a section's definition is called: its place among them all decides
/// where two are called the same in messages.
fn reference_name(section: &Section) -> String {
    if std::ptr::eq(section, &raw const keys::PROFILE_PORT) {
        return "named-port-of-a-profile".to_owned();
    }
    let words = section.container.trim_start_matches("a ").trim_matches(['[', ']']);
    words.replace([' ', '\''], "-")
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/definitions/{name}")})
}

/// A table of known keys.
fn table(section: &Section) -> Value {
    let properties: Map<String, Value> =
        section.keys().map(|key| (key.name.to_owned(), property(key))).collect();
    let mut object = Map::new();
    object.insert("type".to_owned(), "object".into());
    object.insert("properties".to_owned(), Value::Object(properties));
    if section.others.is_some() {
        // What other keys there are, are rules.
        let rules = by_rule(&level_reference());
        if let (Some(all), Some(rules)) =
            (object.get_mut("properties").and_then(Value::as_object_mut), rules["properties"].as_object())
        {
            all.extend(rules.clone());
        }
    }
    object.insert("additionalProperties".to_owned(), false.into());
    let required: Vec<&str> = section.required().map(|key| key.name).collect();
    if !required.is_empty() {
        object.insert("required".to_owned(), json!(required));
    }
    if let Some([one, other]) = section.either {
        object.insert("oneOf".to_owned(), json!([{"required": [one]}, {"required": [other]}]));
    }
    Value::Object(object)
}

/// What a key takes, with what it says.
fn property(key: &Key) -> Value {
    let value = value(key.takes);
    let default = if key.default.is_empty() { String::new() } else { format!(" Default: {}.", key.default) };
    let mut first = key.doc.chars();
    let capital = first.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    let description = format!("{capital}{}.{default}", first.as_str());
    let is_reference = value.get("$ref").is_some();
    let mut object = match value {
        Value::Object(object) if !is_reference => object,
        // Beside a reference nothing else counts.
        other => Map::from_iter([("allOf".to_owned(), Value::Array(vec![other]))]),
    };
    object.insert("description".to_owned(), description.into());
    Value::Object(object)
}

fn text(pattern: &str) -> Value {
    json!({"type": "string", "pattern": pattern})
}

fn words(words: &[&str]) -> Value {
    json!({"type": "string", "enum": words})
}

/// A list of what is given, or one of it.
fn list_of(item: &Value) -> Value {
    json!({"anyOf": [item, {"type": "array", "items": item}]})
}

fn named(item: &Value) -> Value {
    json!({"type": "object", "patternProperties": {NAME: item}, "additionalProperties": false})
}

fn ports() -> Value {
    let one = json!({"anyOf": [reference("port"), text(RANGE)]});
    json!({"anyOf": [reference("port"), text(RANGE), {"type": "array", "minItems": 1, "items": one}]})
}

/// A reference with something beside it, which Draft 4 has no other way to say.
fn level_reference() -> Value {
    json!({"allOf": [reference("level")]})
}

fn level() -> Value {
    json!({"anyOf": [words(keys::LEVELS), reference(&reference_name(&keys::LEVEL))]})
}

/// A table of rules whose level may be set.
fn by_rule(value: &Value) -> Value {
    let rules = RULES.iter().filter(|rule| !rule.is_mistake());
    let properties: Map<String, Value> = rules
        .map(|rule| {
            let mut value = value.clone();
            value["description"] = rule.summary().replace('\n', " ").into();
            (rule.name.to_owned(), value)
        })
        .collect();
    json!({"type": "object", "properties": properties, "additionalProperties": false})
}

fn value(takes: Takes) -> Value {
    match takes {
        Takes::Version => json!({"type": "integer", "enum": [crate::manifest::VERSION]}),
        Takes::Line => text(LINE),
        Takes::Text => json!({"type": "string"}),
        Takes::Boolean => json!({"type": "boolean"}),
        Takes::Port => reference("port"),
        Takes::Number => json!({"anyOf": [reference("port"), words(&["auto"])]}),
        Takes::Ports => reference("ports"),
        Takes::Host => text(HOST),
        Takes::Domain => json!({"type": "string", "pattern": LABELS, "maxLength": 253}),
        Takes::Address => text(ADDRESS),
        Takes::Prefix => text(PREFIX),
        Takes::Variable => json!({"type": "string", "pattern": VARIABLE, "not": {"enum": ["PORT"]}}),
        Takes::Name(_) => text(NAME),
        Takes::NameList(_) => list_of(&text(NAME)),
        Takes::Scheme => text(SCHEME),
        Takes::UrlPath => text(URL_PATH),
        Takes::Health => json!({"anyOf": [words(&["tcp"]), text(URL_PATH)]}),
        Takes::Word(known) => words(known),
        Takes::Words(known) => list_of(&words(known)),
        Takes::Texts => list_of(&json!({"type": "string"})),
        Takes::Path => text(PATH),
        Takes::Pattern => json!({"type": "string"}),
        Takes::Target => words(&TARGETS.iter().map(|target| target.id).collect::<Vec<_>>()),
        Takes::PortId => text(PORT_ID),
        Takes::Allow => reference("reasons"),
        Takes::Level => reference("level"),
        Takes::PerPath => json!({"type": "object", "additionalProperties": reference("levels")}),
        Takes::NamedPorts(section) => {
            named(&json!({"anyOf": [value(Takes::Number), section_reference(section)]}))
        }
        Takes::ComposeService => json!({"type": "object", "not": {"required": ["ports"]}}),
        Takes::Options | Takes::Any => json!({"type": "object"}),
        Takes::Table(section) => section_reference(section),
        Takes::Tables(section) => json!({"type": "array", "items": section_reference(section)}),
        Takes::Named(section) => named(&section_reference(section)),
    }
}

fn section_reference(section: &Section) -> Value {
    reference(&reference_name(section))
}
