//! Literals of JSON, TypeScript and Python, laid out as prettier and ruff
//! leave them alone.

use unicode_width::UnicodeWidthStr;

use super::node::Node;

/// A syntax of literals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Syntax {
    Json,
    TypeScript {
        /// The preferred quote.
        quote: char,
        /// The column that prettier does not go beyond.
        width: usize,
    },
    Python,
}

impl Syntax {
    /// The value on one line.
    pub(super) fn one_line(self, node: &Node) -> String {
        match node {
            Node::Null => if self == Self::Python { "None" } else { "null" }.to_owned(),
            Node::Boolean(true) => if self == Self::Python { "True" } else { "true" }.to_owned(),
            Node::Boolean(false) => if self == Self::Python { "False" } else { "false" }.to_owned(),
            Node::Number(digits) => digits.clone(),
            Node::Text(text) => self.text(text),
            Node::List(items) => {
                let items: Vec<String> = items.iter().map(|item| self.one_line(item)).collect();
                format!("[{}]", items.join(", "))
            }
            Node::Map(entries) if entries.is_empty() => "{}".to_owned(),
            Node::Map(entries) => {
                let entry =
                    |(key, item): &(String, Node)| format!("{}: {}", self.key(key), self.one_line(item));
                let entries: Vec<String> = entries.iter().map(entry).collect();
                let space = if matches!(self, Self::TypeScript { .. }) { " " } else { "" };
                format!("{{{space}{}{space}}}", entries.join(", "))
            }
        }
    }

    /// The value on as many lines as it needs; `indent` is what the line it
    /// starts on is indented by, `column` where on that line it starts.
    pub(super) fn pretty(self, node: &Node, indent: usize, column: usize) -> String {
        match node {
            Node::List(items) if !items.is_empty() => {
                let line = self.one_line(node);
                // Prettier joins a list of scalars that fits, with the comma behind it.
                if items.iter().all(Node::is_scalar) && column + line.width() < self.width() {
                    return line;
                }
                let items = items.iter().map(|item| self.pretty(item, indent + 2, indent + 2));
                self.lines('[', items, ']', indent)
            }
            Node::Map(entries) if !entries.is_empty() => {
                let entries = entries.iter().map(|(key, item)| self.property(key, item, indent + 2));
                self.lines('{', entries, '}', indent)
            }
            _ => self.one_line(node),
        }
    }

    /// `key: value` at an indentation, without the comma behind it.
    pub(super) fn property(self, key: &str, item: &Node, indent: usize) -> String {
        let key = self.key(key);
        let column = indent + key.width() + 2;
        let value = self.pretty(item, indent, column);
        // Prettier moves a text that does not fit below its key, unless the
        // key is shorter than the indentation and three columns more.
        let moves = matches!((self, item), (Self::TypeScript { .. }, Node::Text(_)));
        let short = key.width() < 5;
        if moves && !short && column + value.width() + 1 > self.width() {
            return format!("{key}:\n{}{value}", " ".repeat(indent + 2));
        }
        format!("{key}: {value}")
    }

    fn lines(self, open: char, items: impl Iterator<Item = String>, close: char, indent: usize) -> String {
        let inner = " ".repeat(indent + 2);
        let items: Vec<String> = items.map(|item| format!("{inner}{item}")).collect();
        let last = if self == Self::Json { "" } else { "," };
        format!("{open}\n{}{last}\n{}{close}", items.join(",\n"), " ".repeat(indent))
    }

    /// The key of a property.
    pub(super) fn key(self, key: &str) -> String {
        match self {
            Self::TypeScript { .. } if is_identifier(key) => key.to_owned(),
            _ => self.text(key),
        }
    }

    /// The column that a formatter does not go beyond.
    fn width(self) -> usize {
        match self {
            Self::Json => 80,
            Self::TypeScript { width, .. } => width,
            Self::Python => 88,
        }
    }

    /// A text in quotes.
    pub(super) fn text(self, text: &str) -> String {
        let preferred = match self {
            Self::Json | Self::Python => '"',
            Self::TypeScript { quote, .. } => quote,
        };
        let other = if preferred == '"' { '\'' } else { '"' };
        let count = |quote| text.chars().filter(|&character| character == quote).count();
        // Formatters take the quote that needs fewer escapes.
        let quote = if self != Self::Json && count(preferred) > count(other) { other } else { preferred };
        let mut out = String::with_capacity(text.len() + 2);
        out.push(quote);
        for character in text.chars() {
            self.push(&mut out, character, quote);
        }
        out.push(quote);
        out
    }

    fn push(self, out: &mut String, character: char, quote: char) {
        match character {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if character == quote => out.extend(['\\', quote]),
            _ if crate::diagnostic::is_unprintable(character) => {
                out.push_str(&format!("\\u{:04x}", u32::from(character)));
            }
            _ => out.push(character),
        }
    }
}

/// Whether a key needs no quotes: an identifier of ECMAScript 5 in ASCII.
fn is_identifier(text: &str) -> bool {
    let start = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_' || byte == b'$';
    text.bytes().next().is_some_and(start) && text.bytes().all(|byte| start(byte) || byte.is_ascii_digit())
}

/// A text as one word of a POSIX shell.
pub(super) fn shell_word(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_./:@%+,=-".contains(&byte);
    if !text.is_empty() && text.bytes().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Node {
        Node::Text(text.to_owned())
    }

    #[test]
    fn quotes_are_those_that_need_fewer_escapes() {
        let single = Syntax::TypeScript { quote: '\'', width: 80 };
        assert_eq!(single.text("a"), "'a'");
        assert_eq!(single.text("it's"), "\"it's\"");
        assert_eq!(single.text("'\""), r#"'\'"'"#);
        assert_eq!(Syntax::Python.text("say \"x\""), r#"'say "x"'"#);
        assert_eq!(Syntax::Json.text("say \"x\"\n\u{1b}"), r#""say \"x\"\n\u001b""#);
    }

    #[test]
    fn values_break_where_prettier_breaks_them() {
        let node = Node::Map(vec![
            ("api-url".to_owned(), text(&"x".repeat(70))),
            ("ok".to_owned(), Node::Boolean(true)),
            ("tags".to_owned(), Node::List(vec![text("a"), text("b")])),
            ("none".to_owned(), Node::Map(Vec::new())),
        ]);
        let expect = format!(
            "{{\n  'api-url':\n    '{}',\n  ok: true,\n  tags: ['a', 'b'],\n  none: {{}},\n}}",
            "x".repeat(70)
        );
        assert_eq!(Syntax::TypeScript { quote: '\'', width: 80 }.pretty(&node, 0, 0), expect);
    }

    #[test]
    fn shell_words_are_quoted_only_where_they_must_be() {
        assert_eq!(shell_word("http://localhost:80/a-b"), "http://localhost:80/a-b");
        assert_eq!(shell_word("it's $x"), r"'it'\''s $x'");
        assert_eq!(shell_word(""), "''");
    }
}
