//! Ranges of ports that a document states.

use super::markup;
use super::token::tokens;

/// The words of a heading without a range in it: `Production Services` of
/// `Production Services (3000-3099)`.
pub(super) fn title(heading: &str) -> Option<String> {
    let found = tokens(heading, 0..heading.len());
    let ports = found.iter().find(|token| token.ports.len() > 1);
    let Some(token) = ports else { return markup::name(heading) };
    let before = heading[..token.word.start].trim_end_matches(['(', '[', ' ', ':', '-', '–', '—', '`', '*']);
    let before = without_ports(before);
    markup::name(before).or_else(|| {
        let after =
            heading[token.word.end..].trim_start_matches([')', ']', ' ', ':', '-', '–', '—', '`', '*']);
        markup::name(after)
    })
}

/// A text without the word `ports` at its end.
fn without_ports(text: &str) -> &str {
    let lower = text.to_ascii_lowercase();
    let cut = ["ports", "port"]
        .iter()
        .find(|word| lower.ends_with(&format!("({word}")))
        .map_or(0, |word| word.len() + 1);
    text[..text.len() - cut].trim_end()
}

/// Whether words speak against the ports that follow: `Common pitfalls (avoid)`.
pub(super) fn warns(raw: &str) -> bool {
    let text = markup::plain(raw).to_lowercase();
    let words = text.split(|character: char| !character.is_alphanumeric() && character != '\'');
    raw.contains('❌')
        || words.clone().any(|word| {
            [
                "avoid",
                "pitfall",
                "pitfalls",
                "conflict",
                "conflicts",
                "never",
                "don't",
                "forbidden",
                "instead",
                "wrong",
                "bad",
                "deprecated",
                "legacy",
                "should",
                "before",
            ]
            .contains(&word)
        })
}
