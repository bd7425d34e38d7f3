//! YAML as a [`Tree`], read by events: nothing is expanded.

use granit_parser::{Event, Parser, ScalarStyle};

use super::tree::{Kind, NodeId, Style, Tree, TreeNode};
use crate::source::Span;

/// The deepest nesting that is read.
const DEEPEST: usize = 256;

/// Reads every document of a text; what follows a mistake is left out, and what
/// stands before it is kept, closed where the text breaks off.
pub fn parse(text: &str) -> Tree {
    let offset = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let mut builder = Builder::default();
    for event in Parser::new_from_str(&text[offset..]) {
        let Ok((event, span)) = event else { break };
        let Some(bytes) = span.byte_range() else { break };
        if builder.add(event, Span::new(bytes.start + offset, bytes.end + offset)).is_none() {
            break;
        }
    }
    builder.finish()
}

/// Whether a text is YAML from its first byte to its last.
pub fn is_valid(text: &str) -> bool {
    Parser::new_from_str(text.strip_prefix('\u{feff}').unwrap_or(text)).all(|event| event.is_ok())
}

#[derive(Default)]
struct Builder {
    tree: Tree,
    open: Vec<Open>,
    /// The node of each anchor of the document.
    anchors: std::collections::HashMap<usize, NodeId>,
}

struct Open {
    node: NodeId,
    children: Vec<NodeId>,
}

impl Builder {
    fn add(&mut self, event: Event<'_>, span: Span) -> Option<()> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let style = match style {
                    ScalarStyle::Plain => Style::Plain,
                    ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => Style::Quoted,
                    _ => Style::Block,
                };
                let kind = Kind::Scalar { text: text.into_owned(), style };
                let node = self.push(span, kind, tag.map(|tag| tag.original()), anchor);
                self.attach(node);
            }
            Event::Alias(anchor) => {
                let kind = match self.anchors.get(&anchor) {
                    Some(&target) => Kind::Alias(target),
                    None => Kind::Scalar { text: String::new(), style: Style::Plain },
                };
                let node = self.push(span, kind, None, 0);
                self.attach(node);
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.open(span, Kind::Sequence(Vec::new()), tag.map(|tag| tag.original()), anchor)?;
            }
            Event::MappingStart(_, anchor, tag) => {
                self.open(span, Kind::Mapping(Vec::new()), tag.map(|tag| tag.original()), anchor)?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(Some(span))?,
            _ => {}
        }
        Some(())
    }

    fn push(&mut self, span: Span, kind: Kind, tag: Option<String>, anchor: usize) -> NodeId {
        let node = self.tree.nodes.len();
        self.tree.nodes.push(TreeNode { span, kind, tag });
        if anchor != 0 {
            self.anchors.insert(anchor, node);
        }
        node
    }

    fn open(&mut self, span: Span, kind: Kind, tag: Option<String>, anchor: usize) -> Option<()> {
        let node = self.push(span, kind, tag, anchor);
        self.open.push(Open { node, children: Vec::new() });
        (self.open.len() <= DEEPEST).then_some(())
    }

    fn attach(&mut self, node: NodeId) {
        match self.open.last_mut() {
            Some(parent) => parent.children.push(node),
            None => self.tree.documents.push(node),
        }
    }

    fn close(&mut self, end: Option<Span>) -> Option<()> {
        let Open { node, children } = self.open.pop()?;
        let last = children.last().map(|&child| self.tree.nodes[child].span.end);
        let own = &mut self.tree.nodes[node];
        // The end of a block collection is said to lie where the next token begins.
        let is_block = end.is_none_or(|end| end.start == end.end);
        own.span.end = match (is_block, last, end) {
            (true, Some(last), _) => last,
            (_, _, Some(end)) => end.end.max(own.span.start),
            (_, last, None) => last.unwrap_or(own.span.end),
        };
        match &mut own.kind {
            Kind::Sequence(items) => *items = children,
            Kind::Mapping(pairs) => {
                *pairs = children
                    .chunks_exact(2)
                    .filter_map(|pair| Some((*pair.first()?, *pair.get(1)?)))
                    .collect();
            }
            _ => {}
        }
        self.attach(node);
        Some(())
    }

    fn finish(mut self) -> Tree {
        while self.close(None).is_some() {}
        self.tree
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_through_merges_and_aliases() {
        let text = "base: &b\n  image: a\n  ports: ['1:2']\nmore: &m {x: 1}\nserv:\n  <<: [*b, *m]\n  image: c\n  also: *b\n";
        let tree = parse(text);
        let root = tree.root().expect("a document");
        assert_eq!(root.at(&["serv", "image"]).and_then(|node| node.text()), Some("c"));
        assert_eq!(root.at(&["serv", "x"]).and_then(|node| node.text()), Some("1"));
        assert_eq!(root.at(&["serv", "also", "image"]).and_then(|node| node.text()), Some("a"));
        let names: Vec<_> =
            root.get("serv").expect("it").entries().iter().filter_map(|(key, _)| key.text()).collect();
        assert_eq!(names, ["image", "also", "ports", "x"]);
        let port = root.at(&["serv", "ports"]).expect("it").items().next().expect("one");
        let span = port.text_span(text).expect("it is as written");
        assert_eq!(&text[span.range()], "1:2");
    }

    #[test]
    fn a_cycle_and_a_bomb_cost_no_more_than_their_text() {
        let tree = parse("a: &a\n  <<: *a\n  b: *a\n");
        let a = tree.root().and_then(|root| root.get("a")).expect("it");
        assert!(a.get("zzz").is_none());
        assert_eq!(a.entries().len(), 1);
        let mut bomb = String::from("a0: &a0 {x: 1}\n");
        for level in 1..60 {
            let below = format!("*a{}", level - 1);
            bomb += &format!("a{level}: &a{level}\n  <<: [{}]\n", [below.as_str(); 9].join(", "));
        }
        let tree = parse(&bomb);
        let top = tree.root().and_then(|root| root.get("a59")).expect("it");
        assert!(top.entries().len() < 10);
        assert!(top.get("zzz").is_none());
    }

    #[test]
    fn what_stands_before_a_mistake_is_kept() {
        let tree = parse("services:\n  a:\n    ports:\n      - \"1:2\"\n  b: [\n");
        let ports = tree.root().and_then(|root| root.at(&["services", "a", "ports"])).expect("it");
        assert_eq!(ports.items().count(), 1);
        assert!(!is_valid("b: [\n"));
        assert!(parse(&"[".repeat(100_000)).nodes.len() < 1000);
    }

    #[test]
    fn spans_end_with_the_text() {
        let text = "\u{feff}a:\n  b: 1\n\n# c\nd: 2\n";
        let tree = parse(text);
        let a = tree.root().and_then(|root| root.get("a")).expect("it");
        assert_eq!(&text[a.span().range()], "b: 1");
    }
}
