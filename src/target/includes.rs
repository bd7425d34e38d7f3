//! The templates that a template includes, found by their literal names.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// `include`, `import`, `from` and `extends` tags, with what they name.
static TAG: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?s)\{%[-+]?\s*(?:include|import|from|extends)\b(.*?)%\}").ok());

/// A quoted text inside such a tag.
static QUOTED: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r#""([^"]*)"|'([^']*)'"#).ok());

/// The names in a template's tags, with their byte ranges inside the quotes,
/// in the order they stand.
///
/// Names that are computed are not seen; rendering then finds no such template.
pub(super) fn names(text: &str) -> Vec<(&str, Range<usize>)> {
    let (Some(tag), Some(quoted)) = (TAG.as_ref(), QUOTED.as_ref()) else { return Vec::new() };
    if !text.contains("{%") {
        return Vec::new();
    }
    let mut names = Vec::new();
    for found in tag.captures_iter(text).filter_map(|captures| captures.get(1)) {
        for literal in quoted.captures_iter(found.as_str()) {
            let Some(name) = literal.get(1).or_else(|| literal.get(2)) else { continue };
            names.push((name.as_str(), found.start() + name.start()..found.start() + name.end()));
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literal_names_are_found_with_their_place() {
        let text = "{% include 'a.j2' %}\n{%- from \"m.j2\" import x %}{% include [\"b\", 'c'] %}{{ 'include' }}\
                    {% include name %}{% set x = 'y' %}";
        let found = names(text);
        assert_eq!(found.iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["a.j2", "m.j2", "b", "c"]);
        for (name, range) in found {
            assert_eq!(&text[range], name);
        }
    }
}
