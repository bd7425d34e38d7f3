//! How the text of a language is put together: comments, strings, operators.

/// What a language looks like to the lexer, and the few habits that set its
/// code apart.
#[derive(Debug)]
pub(in crate::readers) struct Language {
    /// What opens a comment that the line ends.
    pub(in crate::readers) line_comments: &'static [&'static str],
    /// What opens and closes a comment of many lines.
    pub(in crate::readers) block_comment: Option<(&'static str, &'static str)>,
    /// Whether comments of many lines nest.
    pub(in crate::readers) nested_comments: bool,
    /// Its strings; where one opens like another, the longer stands first.
    pub(in crate::readers) quotes: &'static [Quote],
    /// What may stand before a string's quote.
    pub(in crate::readers) prefix: Prefix,
    /// Whether `'a'` is a character and a lone `'` is none.
    pub(in crate::readers) has_characters: bool,
    /// Whether `/…/` is a pattern where a value may stand.
    pub(in crate::readers) has_patterns: bool,
    /// What opens a text that ends with a line of its own.
    pub(in crate::readers) heredoc: Option<&'static str>,
    /// Whether code stands between `<?` and `?>` only.
    pub(in crate::readers) is_embedded: bool,
    /// Whether `f(port = 1)` names an argument; elsewhere it is a parameter's default.
    pub(in crate::readers) named_arguments: bool,
    /// Operators that give what stands right of them where there is nothing left.
    pub(in crate::readers) alternatives: &'static [&'static str],
    /// Whether `name => value` is an entry of a table.
    pub(in crate::readers) arrow_entries: bool,
    /// Whether `${name:value}` in a string asks a configuration for a value.
    pub(in crate::readers) placeholders: bool,
    /// Whether `name value` at the start of a line calls something.
    pub(in crate::readers) bare_calls: bool,
    /// Whether the type follows the name with nothing between: `var port int = 1`.
    pub(in crate::readers) bare_types: bool,
    /// Whether a string that is a statement of its own is documentation.
    pub(in crate::readers) docstrings: bool,
    /// What the argument of `listen(128)` alone may be: how many may wait.
    pub(in crate::readers) listens_to_backlog: bool,
    /// Whether `bind(8080)` binds a port: elsewhere it binds arguments.
    pub(in crate::readers) binds_numbers: bool,
}

/// One way to write a string.
#[derive(Clone, Copy, Debug)]
pub(in crate::readers) struct Quote {
    /// What opens it.
    pub(in crate::readers) open: &'static str,
    /// What closes it.
    pub(in crate::readers) close: &'static str,
    /// Whether `\` takes the meaning from what follows it.
    pub(in crate::readers) escapes: bool,
    /// Whether it goes on in the next line.
    pub(in crate::readers) lines: bool,
    /// What opens code inside it.
    pub(in crate::readers) hole: Option<&'static str>,
}

/// What may stand before a quote and changes how the string is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::readers) enum Prefix {
    /// Nothing.
    None,
    /// `r`, `b`, `u`, `f` and pairs of them.
    Python,
    /// `r`, `b`, `c` and `#`.
    Rust,
    /// A name: `s"…"`.
    Scala,
    /// `@` and `$`.
    CSharp,
}

/// A string in one line, with escapes.
pub(in crate::readers) const fn line(quote: &'static str, hole: Option<&'static str>) -> Quote {
    Quote { open: quote, close: quote, escapes: true, lines: false, hole }
}

/// A string of many lines.
pub(in crate::readers) const fn block(
    quote: &'static str,
    escapes: bool,
    hole: Option<&'static str>,
) -> Quote {
    Quote { open: quote, close: quote, escapes, lines: true, hole }
}

impl Language {
    /// What most descendants of C have; each language says what it does otherwise.
    pub(in crate::readers) const C_LIKE: Self = Self {
        line_comments: &["//"],
        block_comment: Some(("/*", "*/")),
        nested_comments: false,
        quotes: &[line("\"", None)],
        prefix: Prefix::None,
        has_characters: true,
        has_patterns: false,
        heredoc: None,
        is_embedded: false,
        named_arguments: false,
        alternatives: &[],
        arrow_entries: false,
        placeholders: false,
        bare_calls: false,
        bare_types: false,
        docstrings: false,
        listens_to_backlog: false,
        binds_numbers: false,
    };
}
