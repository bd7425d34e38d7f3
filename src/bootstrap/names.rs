//! Names as `ports.toml` takes them, from names as repositories write them.

use std::collections::{HashMap, HashSet};

use crate::model::LONGEST_NAME;

/// The nearest name of the form `[a-z0-9][a-z0-9_-]*`; `None` where nothing of
/// the text is left.
pub fn name_of(text: &str) -> Option<String> {
    let mut name = String::with_capacity(text.len());
    for character in text.chars() {
        match character.to_ascii_lowercase() {
            character @ ('a'..='z' | '0'..='9' | '_') => name.push(character),
            _ if name.ends_with('-') || name.is_empty() => {}
            _ => name.push('-'),
        }
    }
    // Room is left for a number behind it.
    name.truncate(LONGEST_NAME - 20);
    let name = name.trim_matches(['-', '_']);
    (!name.is_empty()).then(|| name.to_owned())
}

/// The names that are taken.
#[derive(Debug, Default)]
pub(super) struct Taken {
    names: HashSet<String>,
    /// The number that is tried next behind a name.
    next: HashMap<String, usize>,
}

/// The name, with a number behind it where it is taken; taken from then on.
pub(super) fn unique(name: &str, taken: &mut Taken) -> String {
    let mut free = name.to_owned();
    while !taken.names.insert(free.clone()) {
        let number = taken.next.entry(name.to_owned()).or_insert(1);
        *number += 1;
        free = format!("{name}-{number}");
    }
    free
}

/// The name of one of several ports: what its variable adds to the service's
/// name, else the number inside the container, else its own.
pub(super) fn port_name(service: &str, variable: Option<&str>, number: u16) -> String {
    let own = crate::readers::words::words_of(service);
    let words = variable.map(crate::readers::words::words_of).unwrap_or_default();
    let is_own = |word: &String| {
        own.contains(word) || matches!(word.as_str(), "port" | "host" | "external" | "published")
    };
    let rest: Vec<&str> = words.iter().filter(|word| !is_own(word)).map(String::as_str).collect();
    let name = if rest.is_empty() { None } else { name_of(&rest.join("-")) };
    name.unwrap_or_else(|| format!("p{number}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_what_a_name_may_have() {
        for (text, expect) in [
            ("Mock IDP", Some("mock-idp")),
            ("api_v2", Some("api_v2")),
            ("  Über / Web  ", Some("ber-web")),
            ("日本", None),
            ("--x--", Some("x")),
        ] {
            assert_eq!(name_of(text).as_deref(), expect, "{text}");
        }
        let mut taken = Taken::default();
        assert_eq!(["a", "a", "a-2"].map(|name| unique(name, &mut taken)), ["a", "a-2", "a-2-2"]);
    }

    #[test]
    fn one_of_several_ports_is_named_by_its_variable_or_its_number() {
        assert_eq!(port_name("minio", Some("MINIO_CONSOLE_PORT"), 9001), "console");
        assert_eq!(port_name("minio", Some("MINIO_PORT"), 9000), "p9000");
        assert_eq!(port_name("minio", None, 9000), "p9000");
    }
}
