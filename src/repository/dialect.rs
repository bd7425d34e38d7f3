//! Lines of documents in one markup, whatever they are written in: walks down a
//! document know headings and fences of Markdown.

use std::borrow::Cow;

use super::File;

/// Whether a document is written in AsciiDoc.
pub(super) fn is_asciidoc(file: &File) -> bool {
    file.reader == "asciidoc"
}

/// A line as Markdown has it: `== Run` is `## Run`, `----` opens and closes a fence.
pub(super) fn in_markdown(line: &str, is_asciidoc: bool) -> Cow<'_, str> {
    if !is_asciidoc {
        return Cow::Borrowed(line);
    }
    let written = line.trim();
    let is_fence = written.len() >= 4
        && (written.bytes().all(|byte| byte == b'-') || written.bytes().all(|byte| byte == b'.'));
    if is_fence {
        return Cow::Borrowed("```");
    }
    // Notes and tables begin and end so, and languages of listings stand in brackets.
    let is_frame =
        written.len() >= 4 && written.bytes().all(|byte| matches!(byte, b'=' | b'|' | b'*' | b'_'));
    if is_frame || written.starts_with('[') && written.ends_with(']') {
        return Cow::Borrowed("");
    }
    let level = written.bytes().take_while(|byte| *byte == b'=').count();
    match written.get(level..) {
        Some(rest) if (1..=6).contains(&level) && rest.starts_with(' ') => {
            Cow::Owned(format!("{}{rest}", "#".repeat(level)))
        }
        _ => Cow::Borrowed(line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_and_fences_are_those_of_markdown() {
        for (line, expected) in [
            ("== Run it\n", "## Run it"),
            ("----\n", "```"),
            ("....", "```"),
            ("[source,bash]", ""),
            ("|===", ""),
            ("=a", "=a"),
            ("text", "text"),
        ] {
            assert_eq!(in_markdown(line, true), expected, "{line}");
        }
        assert_eq!(in_markdown("----", false), "----");
    }
}
