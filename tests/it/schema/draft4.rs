//! A validator of JSON Schema, Draft 4, as far as the schema of `ports.toml`
//! goes; a word that it does not know ends the test.

use regex::Regex;
use serde_json::Value;

/// What is wrong with a value, in the schema's words.
pub fn mistakes_in(value: &Value, schema: &Value, root: &Value) -> Vec<String> {
    let mut mistakes = Vec::new();
    if let Some(reference) = schema.get("$ref") {
        let path = reference.as_str().and_then(|text| text.strip_prefix('#')).expect("a reference");
        let target = root.pointer(path).unwrap_or_else(|| panic!("nothing at {path}"));
        return mistakes_in(value, target, root);
    }
    for (word, rule) in schema.as_object().expect("a schema is an object") {
        if !holds(word, rule, value, schema, root) {
            mistakes.push(format!("{word} {rule} refuses {value}"));
        }
    }
    mistakes
}

fn holds(word: &str, rule: &Value, value: &Value, schema: &Value, root: &Value) -> bool {
    let accepts = |schema: &Value| mistakes_in(value, schema, root).is_empty();
    let schemas = || rule.as_array().expect("schemas").iter();
    match word {
        "$schema" | "title" | "description" | "definitions" => true,
        "type" => has_type(rule.as_str().expect("a type"), value),
        "enum" => schemas().any(|known| known == value),
        "minimum" => value.as_i64().is_none_or(|number| Some(number) >= rule.as_i64()),
        "maximum" => value.as_i64().is_none_or(|number| Some(number) <= rule.as_i64()),
        "maxLength" => {
            let length = value.as_str().map(|text| text.chars().count() as u64);
            length.is_none_or(|length| Some(length) <= rule.as_u64())
        }
        "minItems" => value.as_array().is_none_or(|items| Some(items.len() as u64) >= rule.as_u64()),
        "pattern" => value.as_str().is_none_or(|text| matches(rule.as_str().expect("a pattern"), text)),
        "anyOf" => schemas().any(accepts),
        "allOf" => schemas().all(accepts),
        "oneOf" => schemas().filter(|schema| accepts(schema)).count() == 1,
        "not" => !accepts(rule),
        "required" => {
            let has = |name: &Value| value.get(name.as_str().expect("a name")).is_some();
            !value.is_object() || schemas().all(has)
        }
        "items" => value
            .as_array()
            .is_none_or(|items| items.iter().all(|item| mistakes_in(item, rule, root).is_empty())),
        "properties" | "patternProperties" | "additionalProperties" => value
            .as_object()
            .is_none_or(|entries| entries.iter().all(|(name, value)| entry(name, value, schema, root))),
        _ => panic!("an unknown word of the schema: {word}"),
    }
}

/// Whether one entry of an object is as the three words about entries want it.
fn entry(name: &str, value: &Value, schema: &Value, root: &Value) -> bool {
    let accepts = |schema: &Value| mistakes_in(value, schema, root).is_empty();
    if let Some(property) = schema.get("properties").and_then(|properties| properties.get(name)) {
        return accepts(property);
    }
    let patterns = schema.get("patternProperties").and_then(Value::as_object);
    let mut matching =
        patterns.into_iter().flatten().filter(|(pattern, _)| matches(pattern, name)).peekable();
    if matching.peek().is_some() {
        return matching.all(|(_, schema)| accepts(schema));
    }
    match schema.get("additionalProperties") {
        Some(Value::Bool(allowed)) => *allowed,
        Some(schema) => accepts(schema),
        None => true,
    }
}

fn has_type(name: &str, value: &Value) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        _ => panic!("an unknown type: {name}"),
    }
}

/// Whether a pattern matches; what it looks ahead for, at its start, is tried apart.
fn matches(pattern: &str, text: &str) -> bool {
    let mut rest = pattern.strip_prefix('^').unwrap_or_else(|| panic!("{pattern} is not anchored"));
    while let Some(ahead) = rest.strip_prefix("(?!") {
        let mut depth = 1;
        let end = ahead.bytes().position(|byte| {
            depth += i32::from(byte == b'(') - i32::from(byte == b')');
            depth == 0
        });
        let end = end.expect("a closed group");
        if Regex::new(&format!("^(?:{})", &ahead[..end])).expect("a pattern").is_match(text) {
            return false;
        }
        rest = &ahead[end + 1..];
    }
    Regex::new(&format!("^{rest}")).expect("a pattern").is_match(text)
}
