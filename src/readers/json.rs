//! JSON as a [`Tree`], as people write it: comments, commas at the end, bare
//! keys and single quotes are read, too.
//!
//! What stands before a mistake is kept, as it is of YAML: a file with a
//! conflict's markers or a template's braces in it still says most of its ports.

use super::tree::{Kind, NodeId, Style, Tree, TreeNode};
use crate::source::Span;

/// The deepest nesting that is read.
const DEEPEST: usize = 256;

/// Reads every value of a text; what follows a mistake is left out, and what
/// stands before it is kept, closed where the text breaks off.
pub fn parse(text: &str) -> Tree {
    let mut parser = Parser { text, at: 0, tree: Tree::default(), open: Vec::new() };
    if text.starts_with('\u{feff}') {
        parser.at = 3;
    }
    while parser.step().is_some() {}
    parser.finish()
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    tree: Tree,
    open: Vec<Open>,
}

struct Open {
    node: NodeId,
    closer: u8,
    children: Vec<NodeId>,
}

impl Parser<'_> {
    /// Takes one token; `None` at the end and at a mistake.
    fn step(&mut self) -> Option<()> {
        let bytes = self.text.as_bytes();
        let byte = *bytes.get(self.at)?;
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' | b':' => self.at += 1,
            b',' => {
                self.fill_in();
                self.at += 1;
            }
            b'#' => self.skip_to(b"\n"),
            b'/' => match bytes.get(self.at + 1)? {
                b'/' => self.skip_to(b"\n"),
                b'*' => self.skip_to(b"*/"),
                _ => return None,
            },
            b'{' => self.start(b'}', Kind::Mapping(Vec::new()))?,
            b'[' => self.start(b']', Kind::Sequence(Vec::new()))?,
            b'}' | b']' => {
                let is_own = self.open.last().is_some_and(|open| open.closer == byte);
                is_own.then_some(())?;
                self.at += 1;
                self.close();
            }
            b'"' | b'\'' => self.quoted(byte)?,
            _ => self.bare()?,
        }
        Some(())
    }

    /// Goes behind the next `end`, or to the end of the text.
    fn skip_to(&mut self, end: &[u8]) {
        let found = memchr::memmem::find(&self.text.as_bytes()[self.at..], end);
        self.at = found.map_or(self.text.len(), |offset| self.at + offset + end.len());
    }

    fn quoted(&mut self, quote: u8) -> Option<()> {
        let start = self.at;
        let rest = &self.text.as_bytes()[start + 1..];
        let mut escaped = false;
        let length = rest.iter().position(|&byte| {
            let ends = !escaped && (byte == quote || byte == b'\n');
            escaped = !escaped && byte == b'\\';
            ends
        })?;
        if rest[length] == b'\n' {
            return None;
        }
        self.at = start + length + 2;
        let text = unescape(&self.text[start + 1..start + 1 + length]);
        self.scalar(start, text, Style::Quoted);
        Some(())
    }

    fn bare(&mut self) -> Option<()> {
        let start = self.at;
        let ends = |byte: &u8| byte.is_ascii_whitespace() || b",:[]{}\"'/".contains(byte);
        let rest = &self.text.as_bytes()[start..];
        let length = rest.iter().position(ends).unwrap_or(rest.len());
        // A word that no value begins with ends the reading: `<<<<<<<`, `=`.
        let begins = rest[0].is_ascii_alphanumeric() || b"-+._$".contains(&rest[0]) || rest[0] >= 0x80;
        (begins && length > 0).then_some(())?;
        self.at = start + length;
        self.scalar(start, self.text[start..self.at].to_owned(), Style::Plain);
        Some(())
    }

    fn scalar(&mut self, start: usize, text: String, style: Style) {
        let node = self.push(start, Kind::Scalar { text, style });
        self.attach(node);
    }

    fn push(&mut self, start: usize, kind: Kind) -> NodeId {
        self.tree.nodes.push(TreeNode { span: Span::new(start, self.at), kind, tag: None });
        self.tree.nodes.len() - 1
    }

    fn start(&mut self, closer: u8, kind: Kind) -> Option<()> {
        self.at += 1;
        let node = self.push(self.at - 1, kind);
        self.open.push(Open { node, closer, children: Vec::new() });
        (self.open.len() <= DEEPEST).then_some(())
    }

    fn attach(&mut self, node: NodeId) {
        match self.open.last_mut() {
            Some(parent) => parent.children.push(node),
            None => self.tree.documents.push(node),
        }
    }

    /// Gives a key without a value an empty one, so that the next key is a key.
    fn fill_in(&mut self) {
        let is_key = |open: &Open| open.closer == b'}' && open.children.len() % 2 == 1;
        if self.open.last().is_some_and(is_key) {
            self.scalar(self.at, String::new(), Style::Plain);
        }
    }

    fn close(&mut self) {
        self.fill_in();
        let Some(Open { node, children, .. }) = self.open.pop() else { return };
        let own = &mut self.tree.nodes[node];
        own.span = Span::new(own.span.start as usize, self.at);
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
    }

    fn finish(mut self) -> Tree {
        self.at = self.at.min(self.text.len());
        while !self.open.is_empty() {
            self.close();
        }
        self.tree
    }
}

/// A string's text, its escapes resolved; one that means nothing stays as it is.
fn unescape(raw: &str) -> String {
    if !raw.contains('\\') {
        return raw.to_owned();
    }
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let Some(escape) = rest.chars().next() else { break };
        rest = &rest[escape.len_utf8()..];
        match escape {
            'n' => out.push('\n'),
            't' => out.push('\t'),
            'r' => out.push('\r'),
            'b' | 'f' | 'v' => out.push(' '),
            'u' => {
                let code = rest.get(..4).and_then(|digits| u32::from_str_radix(digits, 16).ok());
                if code.is_some() {
                    rest = &rest[4..];
                }
                out.push(code.and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            other => out.push(other),
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::tree::Node;

    fn shown(node: Node<'_>) -> String {
        match &node.written().kind {
            Kind::Scalar { text, style: Style::Plain } => text.clone(),
            Kind::Scalar { text, .. } => format!("'{text}'"),
            Kind::Sequence(_) => {
                format!("[{}]", node.items().map(shown).collect::<Vec<_>>().join(","))
            }
            _ => {
                let entries = node.entries();
                let pairs = entries.iter().map(|(key, value)| format!("{}:{}", shown(*key), shown(*value)));
                format!("{{{}}}", pairs.collect::<Vec<_>>().join(","))
            }
        }
    }

    fn all(text: &str) -> String {
        parse(text).roots().map(shown).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn json_is_read_as_people_write_it() {
        for (text, expect) in [
            (r#"{"a": 1, "b": [true, null, -1.5e3]}"#, "{'a':1,'b':[true,null,-1.5e3]}"),
            ("\u{feff}{\r\n// c\n\"a\": /* \" */ \"b\", // {\n}", "{'a':'b'}"),
            ("{a: 'it', \"b\": {},}", "{a:'it','b':{}}"),
            (r#"{"a\"b": "c\\", "u": "\u0041\/\ud800\uzz"}"#, "{'a\"b':'c\\','u':'A/\u{fffd}\u{fffd}zz'}"),
            (r#"{"a":, "b": 2, "c"}"#, "{'a':,'b':2,'c':}"),
            ("{} [1] 2", "{} [1] 2"),
            ("", ""),
        ] {
            assert_eq!(all(text), expect, "{text}");
        }
    }

    #[test]
    fn what_stands_before_a_mistake_is_kept() {
        assert_eq!(all("{\"a\": {\"b\": 1,\n<<<<<<< HEAD\n\"c\": 2}}"), "{'a':{'b':1}}");
        assert_eq!(all("{\"a\": 1, \"b\": \"x\n"), "{'a':1,'b':}");
        assert_eq!(all("[1, 2}"), "[1,2]");
        assert_eq!(all("{\"a\": 1, \"é"), "{'a':1}");
        assert_eq!(all("\\"), "");
    }

    #[test]
    fn spans_cover_the_text_with_its_quotes() {
        let text = "{\"é\": [\"8080\", 9000]}";
        let tree = parse(text);
        let root = tree.root().expect("a value");
        let spans = |node: Node<'_>| &text[node.span().range()];
        assert_eq!(spans(root), text);
        let list: Vec<Node<'_>> = root.get("é").expect("it").items().collect();
        assert_eq!((spans(list[0]), spans(list[1])), ("\"8080\"", "9000"));
        assert_eq!(list[0].text_span(text).map(|span| &text[span.range()]), Some("8080"));
    }

    #[test]
    fn deep_nesting_costs_no_more_than_its_text() {
        assert!(parse(&"[".repeat(100_000)).nodes.len() < 1000);
        assert!(parse(&"{\"a\":".repeat(100_000)).nodes.len() < 1000);
    }
}
