//! What stands where in a table that is being typed: broken at every keystroke.
//!
//! A forgiving reading of TOML that never fails: every key, header and value
//! with its place and the path of names that leads to it, and what could be
//! typed at an offset.

use std::ops::Range;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// A name in a header; whether the header has double brackets.
    Header(bool),
    /// A name before `=`.
    Key,
    /// A text in quotes, quotes included.
    Text,
    /// Another value: a number, `true`, a date.
    Bare,
}

/// A name or a value, with the path that leads to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// The names from the top of the file; a name's own is the last.
    pub path: Vec<String>,
    /// Where it stands.
    pub span: Range<usize>,
    /// For a name, whether it is the last one of its header or key.
    pub is_last: bool,
}

/// What could be typed at the end of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Slot {
    /// A name in a header, behind the names before it.
    Header {
        /// The names before.
        before: Vec<String>,
        /// Where the name begins.
        start: usize,
    },
    /// A key of the table of a path.
    Key {
        /// The table's path.
        table: Vec<String>,
        /// Where the key begins.
        start: usize,
    },
    /// A value of the key of a path.
    Value {
        /// The key's path.
        path: Vec<String>,
        /// Where the value begins, quote included.
        start: usize,
    },
    /// Nothing that is known: a comment, the end of a value.
    Nothing,
}

/// Every name and value of a text, in its order.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut scanner = Scanner::new(text);
    scanner.run();
    scanner.tokens
}

/// What could be typed at the end of a text.
pub fn slot(text: &str) -> Slot {
    let mut scanner = Scanner::new(text);
    scanner.run();
    scanner.slot
}

/// The text of a token: a name, or what a text in quotes says.
pub fn content<'t>(text: &'t str, token: &Token) -> &'t str {
    let raw = text.get(token.span.clone()).unwrap_or("");
    let quotes: &[char] = &['"', '\''];
    let bare = raw.strip_prefix(quotes).unwrap_or(raw);
    if bare.len() == raw.len() { raw } else { bare.strip_suffix(quotes).unwrap_or(bare) }
}

/// How deep tables and lists are followed: nobody writes deeper ones, and each
/// name knows its whole path.
const DEEPEST: usize = 32;

enum Frame {
    List(Vec<String>),
    Inline(Vec<String>),
}

struct Scanner<'t> {
    text: &'t str,
    at: usize,
    table: Vec<String>,
    frames: Vec<Frame>,
    tokens: Vec<Token>,
    slot: Slot,
}

impl<'t> Scanner<'t> {
    fn new(text: &'t str) -> Self {
        let slot = Slot::Key { table: Vec::new(), start: 0 };
        Self { text, at: 0, table: Vec::new(), frames: Vec::new(), tokens: Vec::new(), slot }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn run(&mut self) {
        if self.text.starts_with('\u{feff}') {
            self.at = '\u{feff}'.len_utf8();
        }
        while self.at < self.text.len() {
            let before = self.at;
            match self.frames.last() {
                None => self.line(),
                Some(Frame::List(_)) => self.in_list(),
                Some(Frame::Inline(_)) => self.in_inline(),
            }
            if self.at == before {
                self.skip_character();
            }
        }
        if self.text.ends_with('\n') && self.frames.is_empty() {
            self.slot = Slot::Key { table: self.table.clone(), start: self.text.len() };
        }
    }

    fn skip_character(&mut self) {
        let length = self.text[self.at..].chars().next().map_or(1, char::len_utf8);
        self.at += length;
    }

    fn skip_spaces(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r')) {
            self.at += 1;
        }
    }

    fn skip_line(&mut self) {
        let rest = &self.text.as_bytes()[self.at..];
        self.at += memchr::memchr(b'\n', rest).unwrap_or(rest.len());
    }

    fn comment(&mut self) {
        self.skip_line();
        self.slot = Slot::Nothing;
    }

    /// At the beginning of a line, or behind what it says.
    fn line(&mut self) {
        self.skip_spaces();
        self.slot = Slot::Key { table: self.table.clone(), start: self.at };
        match self.peek() {
            None => {}
            Some(b'\n') => self.at += 1,
            Some(b'#') => self.comment(),
            Some(b'[') => self.header(),
            Some(_) => {
                let table = self.table.clone();
                self.entry(table);
                // Behind a value the rest of the line says nothing.
                if self.frames.is_empty() {
                    self.rest_of_line();
                }
            }
        }
    }

    fn rest_of_line(&mut self) {
        self.skip_spaces();
        match self.peek() {
            None | Some(b'\n') => {}
            Some(_) => self.comment(),
        }
    }

    fn header(&mut self) {
        self.at += 1;
        let is_list = self.peek() == Some(b'[');
        self.at += usize::from(is_list);
        self.table = self.names(Vec::new(), TokenKind::Header(is_list));
        while self.peek() == Some(b']') {
            self.at += 1;
            self.slot = Slot::Nothing;
        }
        self.rest_of_line();
    }

    /// Names with dots between them; the path they lead to.
    fn names(&mut self, mut path: Vec<String>, kind: TokenKind) -> Vec<String> {
        let first = self.tokens.len();
        loop {
            self.skip_spaces();
            let start = self.at;
            self.slot = match kind {
                TokenKind::Header(_) => Slot::Header { before: path.clone(), start },
                _ => Slot::Key { table: path.clone(), start },
            };
            self.name();
            if self.at > start && path.len() < DEEPEST {
                let token = Token { kind, path: Vec::new(), span: start..self.at, is_last: false };
                path.push(content(self.text, &token).to_owned());
                self.tokens.push(Token { path: path.clone(), ..token });
            }
            self.skip_spaces();
            if self.peek() != Some(b'.') {
                break;
            }
            self.at += 1;
        }
        if let Some(last) = self.tokens.get_mut(first..).and_then(<[Token]>::last_mut) {
            last.is_last = true;
        }
        path
    }

    fn name(&mut self) {
        match self.peek() {
            Some(quote @ (b'"' | b'\'')) => self.quoted(quote),
            _ => {
                while matches!(self.peek(), Some(byte) if byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
                {
                    self.at += 1;
                }
            }
        }
    }

    /// A text in quotes, up to the end of its line where it is not closed.
    fn quoted(&mut self, quote: u8) {
        let triple: &[u8] = if quote == b'"' { b"\"\"\"" } else { b"'''" };
        let bytes = self.text.as_bytes();
        if bytes[self.at..].starts_with(triple) {
            let end = memchr::memmem::find(&bytes[self.at + 3..], triple);
            self.at = end.map_or(bytes.len(), |end| self.at + 3 + end + 3);
            return;
        }
        self.at += 1;
        while let Some(byte) = self.peek() {
            match byte {
                b'\n' => return,
                b'\\' if quote == b'"' => {
                    self.at += 1;
                    if !matches!(self.peek(), None | Some(b'\n')) {
                        self.skip_character();
                    }
                }
                _ if byte == quote => {
                    self.at += 1;
                    return;
                }
                _ => self.skip_character(),
            }
        }
    }

    /// A key and what stands behind its `=`.
    fn entry(&mut self, table: Vec<String>) {
        let path = self.names(table, TokenKind::Key);
        if self.peek() != Some(b'=') {
            return;
        }
        self.at += 1;
        self.skip_spaces();
        self.value(path);
    }

    fn value(&mut self, path: Vec<String>) {
        let start = self.at;
        self.slot = Slot::Value { path: path.clone(), start };
        let kind = match self.peek() {
            None | Some(b'\n' | b'#' | b',' | b']' | b'}') => return,
            Some(b'[' | b'{') if self.frames.len() == DEEPEST => return self.skip_line(),
            Some(b'[') => {
                self.at += 1;
                self.slot = Slot::Value { path: path.clone(), start: self.at };
                return self.frames.push(Frame::List(path));
            }
            Some(b'{') => {
                self.at += 1;
                self.slot = Slot::Key { table: path.clone(), start: self.at };
                return self.frames.push(Frame::Inline(path));
            }
            Some(quote @ (b'"' | b'\'')) => {
                self.quoted(quote);
                TokenKind::Text
            }
            Some(_) => {
                while !matches!(
                    self.peek(),
                    None | Some(b'\n' | b'#' | b',' | b']' | b'}' | b' ' | b'\t' | b'\r')
                ) {
                    self.at += 1;
                }
                TokenKind::Bare
            }
        };
        self.tokens.push(Token { kind, path, span: start..self.at, is_last: true });
    }

    fn in_list(&mut self) {
        self.skip_spaces();
        let Some(Frame::List(path)) = self.frames.last() else { return };
        let path = path.clone();
        match self.peek() {
            None => self.slot = Slot::Value { path, start: self.at },
            Some(b'\n') => self.line_in_frame(),
            Some(b'#') => self.comment(),
            Some(b',') => {
                self.at += 1;
                self.slot = Slot::Value { path, start: self.at };
            }
            Some(b']') => self.close(),
            Some(_) => self.value(path),
        }
    }

    fn in_inline(&mut self) {
        self.skip_spaces();
        let Some(Frame::Inline(path)) = self.frames.last() else { return };
        let path = path.clone();
        match self.peek() {
            None => self.slot = Slot::Key { table: path, start: self.at },
            Some(b'\n') => self.line_in_frame(),
            Some(b'#') => self.comment(),
            Some(b',') => {
                self.at += 1;
                self.slot = Slot::Key { table: path, start: self.at };
            }
            Some(b'}') => self.close(),
            Some(_) => self.entry(path),
        }
    }

    fn close(&mut self) {
        self.at += 1;
        self.frames.pop();
        self.slot = Slot::Nothing;
    }

    /// At the end of a line inside a list or an inline table: where the next
    /// one is plainly a header or an entry of its own, this one was not closed.
    fn line_in_frame(&mut self) {
        self.at += 1;
        let rest = &self.text[self.at..];
        let line = &rest[..rest.find('\n').unwrap_or(rest.len())];
        let is_header =
            line.starts_with('[') && line.trim_end().ends_with(']') && !line.contains(['"', '\'', ',']);
        let name =
            line.find(|character: char| !character.is_ascii_alphanumeric() && !"_-.".contains(character));
        let is_entry = name.is_some_and(|end| end > 0 && line[end..].trim_start().starts_with('='));
        if is_header || is_entry {
            self.frames.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[track_caller]
    fn check(text: &str, expect: &Slot) {
        assert_eq!(&slot(text), expect, "{text:?}");
    }

    #[test]
    fn the_end_of_a_text_says_what_could_be_typed() {
        let key = |table: &[&str], start| Slot::Key { table: path(table), start };
        let value = |names: &[&str], start| Slot::Value { path: path(names), start };
        check("", &key(&[], 0));
        check("ver", &key(&[], 0));
        check("[services.api]\npo", &key(&["services", "api"], 15));
        check("[services.api]\nport = ", &value(&["services", "api", "port"], 22));
        check("[services.api]\nstatus = \"ac", &value(&["services", "api", "status"], 24));
        check("[services.api]\nport = 1 ", &value(&["services", "api", "port"], 22));
        check("[services.api]\nport = 1 # x", &Slot::Nothing);
        check("[serv", &Slot::Header { before: path(&[]), start: 1 });
        check("[services.api.", &Slot::Header { before: path(&["services", "api"]), start: 14 });
        check("[[output]]\nservices = [\"a\", ", &value(&["output", "services"], 28));
        check("[services.k.ports]\nx = { port = 1, e", &key(&["services", "k", "ports", "x"], 35));
        check("[a]\nx = { y = [\n[b]\nz", &key(&["b"], 20));
    }

    #[test]
    fn tokens_have_their_paths_and_places() {
        let text =
            "[services.\"a\"]\nport = 1\nx.y = { z = 'w' }\n[[output]]\nservices = [\n  \"b\", # c\n]\n";
        let shown: Vec<String> = tokens(text)
            .iter()
            .map(|token| format!("{:?} {} {}", token.kind, token.path.join("."), content(text, token)))
            .collect();
        assert_eq!(
            shown,
            [
                "Header(false) services services",
                "Header(false) services.a a",
                "Key services.a.port port",
                "Bare services.a.port 1",
                "Key services.a.x x",
                "Key services.a.x.y y",
                "Key services.a.x.y.z z",
                "Text services.a.x.y.z w",
                "Header(true) output output",
                "Key output.services services",
                "Text output.services b",
            ]
        );
    }

    #[test]
    fn any_text_has_an_outline() {
        let text = "\u{feff}[a]\nb = \"\\é\nc = '''\n''' d\n[[e.é]]\nf = [{g = [[1, ";
        for end in (0..=text.len()).filter(|&end| text.is_char_boundary(end)) {
            slot(&text[..end]);
            for token in tokens(&text[..end]) {
                assert!(text[..end].get(token.span).is_some());
            }
        }
        tokens(&"[".repeat(100_000));
        tokens(&format!("a = {}", "[{a=".repeat(2000)));
    }
}
