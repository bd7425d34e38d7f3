//! TOML as a [`Tree`], as far as it can be read.

use ::toml::de::{DeTable, DeValue};

use super::tree::{Kind, NodeId, Style, Tree, TreeNode};
use crate::source::Span;

/// The deepest nesting that is read.
const DEEPEST: usize = 128;

/// Reads a text; what is mistaken in it is left out.
pub fn parse(text: &str) -> Tree {
    let offset = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let (table, _) = DeTable::parse_recoverable(&text[offset..]);
    let mut builder = Builder { text, offset, tree: Tree::default() };
    let root = builder.table(table.get_ref(), 0..text.len() - offset, 0);
    builder.tree.documents.push(root);
    builder.tree
}

struct Builder<'t> {
    text: &'t str,
    offset: usize,
    tree: Tree,
}

impl Builder<'_> {
    fn push(&mut self, range: std::ops::Range<usize>, kind: Kind) -> NodeId {
        let end = (range.end + self.offset).min(self.text.len());
        let span = Span::new((range.start + self.offset).min(end), end);
        self.tree.nodes.push(TreeNode { span, kind, tag: None });
        self.tree.nodes.len() - 1
    }

    fn scalar(&mut self, range: std::ops::Range<usize>, text: &str) -> NodeId {
        let raw = self.text.get(range.start + self.offset..range.end + self.offset).unwrap_or("");
        let style = match raw.as_bytes() {
            [b'"', b'"', b'"', ..] | [b'\'', b'\'', b'\'', ..] => Style::Block,
            [b'"' | b'\'', ..] => Style::Quoted,
            _ => Style::Plain,
        };
        self.push(range, Kind::Scalar { text: text.to_owned(), style })
    }

    fn table(&mut self, table: &DeTable<'_>, range: std::ops::Range<usize>, depth: usize) -> NodeId {
        let node = self.push(range, Kind::Mapping(Vec::new()));
        let mut pairs = Vec::with_capacity(table.len());
        for (key, value) in table.iter().filter(|_| depth < DEEPEST) {
            let key = self.scalar(key.span(), key.get_ref());
            pairs.push((key, self.value(value.get_ref(), value.span(), depth + 1)));
        }
        self.tree.nodes[node].kind = Kind::Mapping(pairs);
        node
    }

    fn value(&mut self, value: &DeValue<'_>, range: std::ops::Range<usize>, depth: usize) -> NodeId {
        match value {
            DeValue::Table(table) => self.table(table, range, depth),
            DeValue::Array(items) => {
                let node = self.push(range, Kind::Sequence(Vec::new()));
                let items = items.iter().filter(|_| depth < DEEPEST);
                let ids = items.map(|item| self.value(item.get_ref(), item.span(), depth + 1)).collect();
                self.tree.nodes[node].kind = Kind::Sequence(ids);
                node
            }
            DeValue::String(text) => self.scalar(range, text),
            _ => {
                let raw = self.text.get(range.start + self.offset..range.end + self.offset).unwrap_or("");
                self.scalar(range, raw)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_a_tree_with_places() {
        let text = "\u{feff}a = 1\n[b.c]\nd = [\"x\", 8080]\n[[e]]\nf = 'y'\n";
        let tree = parse(text);
        let root = tree.root().expect("a document");
        let items: Vec<_> = root.at(&["b", "c", "d"]).expect("it").items().collect();
        assert_eq!(items[0].text_span(text).map(|span| &text[span.range()]), Some("x"));
        assert_eq!(&text[items[1].span().range()], "8080");
        let e = root.get("e").expect("it").items().next().expect("one");
        assert_eq!(e.get("f").and_then(|node| node.text()), Some("y"));
    }

    #[test]
    fn what_is_no_toml_is_passed_over() {
        assert!(parse("a = 1\nb = [\n").root().is_some_and(|root| root.get("a").is_some()));
        assert!(parse(&"a = ".repeat(10)).root().is_some());
        assert!(parse(&format!("a = {}", "[".repeat(100_000))).nodes.len() < 1000);
        assert!(parse(&format!("[{}x]\n", "a.".repeat(10_000))).root().is_some());
    }
}
