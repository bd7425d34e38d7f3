//! Block YAML that readers of version 1.1 and 1.2 read alike.

use super::node::Node;

/// The value in block style, every line indented by `indent` spaces, without
/// a final line break; a scalar or an empty value stays on its line.
pub(super) fn block(node: &Node, indent: usize) -> String {
    let mut lines = Vec::new();
    match node {
        Node::Map(entries) if !entries.is_empty() => map_lines(entries, indent, &mut lines),
        Node::List(items) if !items.is_empty() => list_lines(items, indent, &mut lines),
        _ => return scalar(node),
    }
    lines.join("\n")
}

fn map_lines(entries: &[(String, Node)], indent: usize, lines: &mut Vec<String>) {
    let space = " ".repeat(indent);
    for (key, item) in entries {
        let key = text(key);
        match item {
            Node::Map(inner) if !inner.is_empty() => {
                lines.push(format!("{space}{key}:"));
                map_lines(inner, indent + 2, lines);
            }
            Node::List(items) if !items.is_empty() => {
                lines.push(format!("{space}{key}:"));
                list_lines(items, indent + 2, lines);
            }
            _ => lines.push(format!("{space}{key}: {}", scalar(item))),
        }
    }
}

fn list_lines(items: &[Node], indent: usize, lines: &mut Vec<String>) {
    for item in items {
        let mut inner = Vec::new();
        match item {
            Node::Map(entries) if !entries.is_empty() => map_lines(entries, indent + 2, &mut inner),
            Node::List(items) if !items.is_empty() => list_lines(items, indent + 2, &mut inner),
            _ => inner.push(format!("{}{}", " ".repeat(indent + 2), scalar(item))),
        }
        if let Some(first) = inner.first_mut() {
            first.replace_range(indent..=indent, "-");
        }
        lines.append(&mut inner);
    }
}

fn scalar(node: &Node) -> String {
    match node {
        Node::Null => "null".to_owned(),
        Node::Boolean(value) => value.to_string(),
        Node::Number(digits) => digits.clone(),
        Node::Text(value) => text(value),
        Node::List(_) => "[]".to_owned(),
        Node::Map(_) => "{}".to_owned(),
    }
}

/// A text, in double quotes unless every reader takes it for a text as it is.
pub(super) fn text(text: &str) -> String {
    if is_plain(text) { text.to_owned() } else { super::literal::Syntax::Json.text(text) }
}

/// Words that a reader of either version takes for a boolean or null.
const WORDS: &[&str] = &["y", "n", "yes", "no", "on", "off", "true", "false", "null"];

fn is_plain(text: &str) -> bool {
    let mut bytes = text.bytes();
    let starts_well = match bytes.next() {
        Some(b'.') => bytes.next() == Some(b'/'),
        Some(first) => first.is_ascii_alphabetic() || matches!(first, b'_' | b'/' | b'$'),
        None => false,
    };
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_./@+=$(){}:;,'?! -".contains(&byte);
    starts_well
        && text.bytes().all(allowed)
        && !text.ends_with([':', ' '])
        && !text.contains(": ")
        && !WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_a_reader_could_mistake_are_quoted() {
        for plain in ["postgres:16", "./data:/var/lib", "npm run dev", "${TAG}", "/health", "a=b", "x-y"] {
            assert_eq!(text(plain), plain);
        }
        for quoted in [
            "",
            "22:22",
            "yes",
            "No",
            "ON",
            "null",
            "~",
            "1",
            "0x1f",
            "1e3",
            ".5",
            "a: b",
            "a #b",
            "a:",
            "- a",
            "{a}",
            "*x",
            "&x",
            "!x",
            "é",
            " a",
            "a ",
            "2001-01-01",
            "%a",
            "@a",
            "`a",
            "a\nb",
            "<<",
            "=",
        ] {
            assert!(text(quoted).starts_with('"'), "{quoted:?}");
        }
    }

    #[test]
    fn blocks_read_back_as_they_were() {
        let node = Node::Map(vec![
            ("image".to_owned(), Node::Text("db:16".to_owned())),
            (
                "list".to_owned(),
                Node::List(vec![
                    Node::Map(vec![
                        ("on".to_owned(), Node::Boolean(true)),
                        ("deep".to_owned(), Node::List(vec![Node::Number("1".to_owned())])),
                    ]),
                    Node::List(vec![Node::Text("12:30".to_owned()), Node::Null]),
                ]),
            ),
            ("none".to_owned(), Node::List(Vec::new())),
        ]);
        let expect = "  image: db:16
  list:
    - \"on\": true
      deep:
        - 1
    - - \"12:30\"
      - null
  none: []";
        assert_eq!(block(&node, 2), expect);
    }
}
