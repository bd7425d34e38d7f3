//! Entries that are numbers in base 60 to a reader of YAML 1.1.

use super::Document;
use crate::readers::tree::{Node, Style};
use crate::source::Span;

/// Where an entry of `ports:` or `expose:` stands without quotes and is a
/// number in base 60, and that number; in the order of the text.
pub fn unquoted_ports(document: &Document) -> Vec<(Span, u64)> {
    let mut found = Vec::new();
    for node in document.tree.roots() {
        // Entries below `x-` keys are merged into services: all lists of this name count.
        collect(node, 0, &mut found);
    }
    found.sort_unstable();
    found.dedup();
    found
}

fn collect(node: Node<'_>, depth: usize, found: &mut Vec<(Span, u64)>) {
    if depth > 8 || !matches!(node.written().kind, crate::readers::tree::Kind::Mapping(_)) {
        return;
    }
    for (key, value) in node.own_entries() {
        if matches!(key.text(), Some("ports" | "expose")) {
            let items = value.items().filter(|item| item.style() == Some(Style::Plain));
            found.extend(items.filter_map(|item| Some((item.target().span(), base_60(item.text()?)?))));
        } else {
            collect(value, depth + 1, found);
        }
    }
}

/// The number that a text is in base 60: `1:30` is 90.
fn base_60(text: &str) -> Option<u64> {
    let mut parts = text.split(':');
    let first = parts.next()?;
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits(first) || first.starts_with('0') || !text.contains(':') {
        return None;
    }
    parts.try_fold(first.parse().ok()?, |number: u64, part| {
        let digit: u64 = part.parse().ok()?;
        let is_one = is_digits(part) && part.len() <= 2 && digit < 60;
        is_one.then(|| number.checked_mul(60)?.checked_add(digit)).flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_60_is_told_from_other_texts() {
        assert_eq!(base_60("22:22"), Some(1342));
        assert_eq!(base_60("3000:53"), Some(180_053));
        assert_eq!(base_60("1:2:3"), Some(3723));
        for text in ["8080:80", "3000:3000", "22", "22:", ":22", "22:a", "22:022", "0:22", "1.2:3", "22:60"] {
            assert_eq!(base_60(text), None, "{text}");
        }
    }
}
