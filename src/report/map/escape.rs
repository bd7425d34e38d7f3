//! Text as XML and HTML take it.

use crate::diagnostic::printable;

/// The text with markup and quotes as entities, and control characters as
/// escapes that one can read.
pub(super) fn escape(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for character in printable(words).chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            character => out.push(character),
        }
    }
    out
}

/// The text, cut to so many characters.
pub(super) fn shorten(words: &str, most: usize) -> String {
    if words.chars().count() <= most {
        return words.to_owned();
    }
    words.chars().take(most - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_name_is_markup_or_control() {
        let name = "</script><b a='1' b=\"2\">&\u{1b}[2J\0\u{ffff}";
        let escaped = escape(name);
        assert_eq!(
            escaped,
            "&lt;/script&gt;&lt;b a=&#39;1&#39; b=&quot;2&quot;&gt;&amp;\\u{1b}[2J\\u{0}\u{fffd}"
        );
        assert_eq!(shorten("abcdef", 4), "abc…");
    }
}
