//! A command's text cut into commands and words, every word where it stands.
//!
//! It knows as much of shells as ports need: quotes, continued lines, comments,
//! `${…}` and what separates commands; of POSIX shells, PowerShell and cmd.

/// A word as it is written, quotes included.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word<'a> {
    raw: &'a str,
    at: usize,
}

/// What may surround a value: quotes, and the backslash of a quote in JSON.
const QUOTES: &[char] = &['"', '\'', '\u{1}'];

impl<'a> Word<'a> {
    /// Its text without the quotes around it, and where that stands.
    pub(super) fn plain(self) -> (&'a str, usize) {
        let inner = self.raw.trim_start_matches(QUOTES);
        let start = self.at + self.raw.len() - inner.len();
        (inner.trim_end_matches(QUOTES), start)
    }

    /// Its text without the quotes around it.
    pub(super) fn text(self) -> &'a str {
        self.plain().0
    }

    /// The part behind some bytes of its plain text.
    pub(super) fn behind(self, length: usize) -> Self {
        let (text, at) = self.plain();
        Self { raw: text.get(length..).unwrap_or(""), at: at + length }
    }

    /// Whether it is several words in quotes.
    pub(super) fn is_nested(self) -> bool {
        self.raw.starts_with(QUOTES) && self.text().contains([' ', '\t', '\n'])
    }
}

/// The commands of a text that stands at `base`, each a list of words.
pub(super) fn commands(text: &str, base: usize) -> Vec<Vec<Word<'_>>> {
    let mut splitter = Splitter { text, base, at: 0, start: None, words: Vec::new(), commands: Vec::new() };
    while splitter.at < text.len() {
        splitter.step();
    }
    splitter.end_command();
    splitter.commands
}

struct Splitter<'a> {
    text: &'a str,
    base: usize,
    at: usize,
    /// Where the word that is being read began.
    start: Option<usize>,
    words: Vec<Word<'a>>,
    commands: Vec<Vec<Word<'a>>>,
}

impl Splitter<'_> {
    fn step(&mut self) {
        let bytes = self.text.as_bytes();
        let next = bytes.get(self.at + 1).copied();
        match bytes[self.at] {
            b' ' | b'\t' | b'\r' | b'<' | b'>' => self.end_word(),
            b'\\' | b'^' | b'`' if self.ends_line(self.at + 1) => {
                self.end_word();
                self.at += if next == Some(b'\r') { 2 } else { 1 };
            }
            b'\n' | b';' | b'|' | b'&' | b'(' | b')' | b'`' => self.end_command(),
            b'#' if self.start.is_none() => {
                self.at = self.find(b'\n').unwrap_or(self.text.len());
                return;
            }
            quote @ (b'"' | b'\'') => return self.quoted(quote),
            b'$' if next == Some(b'{') => {
                self.begin_word();
                self.at = self.closing_brace().unwrap_or(self.at + 1);
                return;
            }
            b'$' if next == Some(b'(') => self.end_command(),
            b'\\' if next.is_some_and(|next| next.is_ascii() && next != b'\n') => {
                self.begin_word();
                self.at += 1;
            }
            _ => self.begin_word(),
        }
        self.at += 1;
    }

    fn ends_line(&self, at: usize) -> bool {
        let rest = self.text.as_bytes().get(at..).unwrap_or_default();
        rest.starts_with(b"\n") || rest.starts_with(b"\r\n")
    }

    fn find(&self, byte: u8) -> Option<usize> {
        let rest = self.text.as_bytes().get(self.at..)?;
        memchr::memchr(byte, rest).map(|length| self.at + length)
    }

    /// Takes what is quoted into the word; a quote that nothing closes on a
    /// reasonable distance is an apostrophe.
    fn quoted(&mut self, quote: u8) {
        const FARTHEST: usize = 16 * 1024;
        self.begin_word();
        let rest = self.text.as_bytes().get(self.at + 1..).unwrap_or_default();
        let mut escaped = false;
        let close = rest.iter().take(FARTHEST).position(|&byte| {
            let closes = byte == quote && !escaped;
            escaped = byte == b'\\' && !escaped && quote == b'"';
            closes
        });
        self.at += close.map_or(1, |length| length + 2);
    }

    /// Behind the `}` of the `${` here, on the same line.
    fn closing_brace(&self) -> Option<usize> {
        const FARTHEST: usize = 1024;
        let mut depth = 0_usize;
        let rest = self.text.as_bytes().get(self.at..)?;
        let close = rest.iter().take(FARTHEST).take_while(|&&byte| byte != b'\n').position(|byte| {
            match byte {
                b'{' => depth += 1,
                b'}' => depth = depth.saturating_sub(1),
                _ => return false,
            }
            depth == 0
        });
        close.map(|length| self.at + length + 1)
    }

    fn begin_word(&mut self) {
        self.start.get_or_insert(self.at);
    }

    fn end_word(&mut self) {
        let Some(start) = self.start.take() else { return };
        if let Some(raw) = self.text.get(start..self.at) {
            self.words.push(Word { raw, at: self.base + start });
        }
    }

    fn end_command(&mut self) {
        self.at = self.at.min(self.text.len());
        self.end_word();
        if !self.words.is_empty() {
            self.commands.push(std::mem::take(&mut self.words));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &[&[&str]]) {
        let found = commands(text, 0);
        for word in found.iter().flatten() {
            let (plain, at) = word.plain();
            assert_eq!(text.get(at..at + plain.len()), Some(plain));
        }
        let texts: Vec<Vec<&str>> =
            found.iter().map(|words| words.iter().map(|word| word.text()).collect()).collect();
        assert_eq!(texts, expect, "{text}");
    }

    #[test]
    fn commands_and_words_are_found() {
        check("a b && c | d; e &", &[&["a", "b"], &["c"], &["d"], &["e"]]);
        check("a \\\n  --port 1 # c\nb", &[&["a", "--port", "1"], &["b"]]);
        check("a ^\r\n b", &[&["a", "b"]]);
        check("sh -c \"a b\" 'c'", &[&["sh", "-c", "a b", "c"]]);
        check("a --x=\"b c\" ${P:-1 2} $(d e)", &[&["a", "--x=\"b c", "${P:-1 2}"], &["d", "e"]]);
        check("echo don't \"a\\\"b\" ä", &[&["echo", "don't", "a\\\"b", "ä"]]);
        check("\\", &[&["\\"]]);
        check("a\\é ${", &[&["a\\é", "${"]]);
    }

    #[test]
    fn quotes_without_end_cost_no_more_than_their_text() {
        assert_eq!(commands(&"' ".repeat(30_001), 0).len(), 1);
        assert!(!commands(&"\"\\\" ${".repeat(30_000), 0).is_empty());
    }
}
