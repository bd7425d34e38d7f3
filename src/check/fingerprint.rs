//! What a finding is recognised by when the lines around it come and go.

use sha2::{Digest, Sha256};

use crate::diagnostic::Finding;
use crate::source::Sources;

/// The key of a finding in a baseline and in code scanning: its rule, its
/// file, its line without its spacing, and the port, as 32 hex digits. Line
/// numbers are no part of it. `port` is empty where no one number is meant.
pub fn fingerprint(rule: &str, path: &str, line: &str, port: &str) -> String {
    let mut hash = Sha256::new();
    for part in [rule, path, port] {
        hash.update(part.as_bytes());
        hash.update(b"\0");
    }
    for (index, word) in line.split_whitespace().enumerate() {
        hash.update(if index == 0 { &b""[..] } else { b" " });
        hash.update(word.as_bytes());
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// The key of a finding. Several findings may share one: they are told apart
/// by their count alone.
pub fn fingerprint_of(finding: &Finding, sources: &Sources) -> String {
    let place = finding.primary.place;
    let source = sources.get(place.source);
    let line = source.line_range(source.line_index(place.span.start as usize));
    let text = sources.text_at(place);
    let is_port = text.starts_with(|first: char| first.is_ascii_digit())
        && text.chars().all(|character| character.is_ascii_digit() || character == '-');
    let port = if is_port { text } else { "" };
    fingerprint(finding.rule, source.name(), source.text().get(line).unwrap_or(""), port)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Place;

    fn print_of(text: &str, needle: &str) -> String {
        let mut sources = Sources::new();
        let source = sources.add("a.env", text);
        let start = text.find(needle).expect("the needle is in the text");
        fingerprint_of(&Finding::new("r", Place::new(source, start..start + needle.len()), "m"), &sources)
    }

    #[test]
    fn spacing_and_lines_above_do_not_count_but_everything_else_does() {
        let plain = print_of("A = 80, 81\n", "80");
        assert_eq!(plain.len(), 32);
        assert_eq!(plain, print_of("# new\n\n\t A  =  80, 81 \r\n", "80"));
        assert_ne!(plain, print_of("A = 80, 81\n", "81"), "another number of the line");
        assert_ne!(plain, print_of("A = 80, 81 # x\n", "80"));
        assert_ne!(fingerprint("r", "a", "b", ""), fingerprint("r", "ab", "", ""));
        assert_ne!(fingerprint("r", "p", "80", ""), fingerprint("r", "p", "", "80"));
        assert_eq!(fingerprint("r", "a.env", "A = 80, 81", "80"), plain);
    }
}
