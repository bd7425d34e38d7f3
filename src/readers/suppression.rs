//! Comments that turn rules off for a line: `portgen: allow(RULE) reason`.

use std::ops::Range;

use super::FilePath;
use crate::source::Span;

/// What a comment says after its mark.
const WORDS: &[u8] = b"portgen:";

/// A comment that turns rules off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppression {
    /// `portgen: allow(…)`, without the comment's mark and the reason.
    pub place: Span,
    /// The rules, each where it is named.
    pub rules: Vec<(String, Span)>,
    /// Whether it says why; without a reason it turns nothing off.
    pub has_reason: bool,
    /// The bytes of the lines that it speaks of: its own and, where nothing
    /// else stands on that, the next that is no such comment.
    pub lines: Span,
}

/// Every such comment of a text, in its order; comments as the file's path
/// says they are written, and not inside a string.
pub fn suppressions(path: &FilePath<'_>, text: &str) -> Vec<Suppression> {
    let mut found: Vec<Suppression> = Vec::new();
    let mut places = memchr::memmem::find_iter(text.as_bytes(), WORDS).peekable();
    if places.peek().is_none() {
        return found;
    }
    let marks = marks(path);
    let mut fences = Fences::default();
    for at in places {
        let line = line_around(text, at);
        if is_markdown(path) && fences.cover(text, at) {
            continue;
        }
        let before = &text[line.start..at];
        let Some((mark, is_alone)) = mark_before(before, &marks) else { continue };
        let Some(mut one) = parse(text, at, line.clone(), mark) else { continue };
        one.lines = Span::new(line.start, line.end);
        if is_alone {
            let end = next_line(text, line.end, &marks);
            one.lines = Span::new(line.start, end);
        }
        found.push(one);
    }
    found
}

/// The rules and the reason behind `portgen:`.
fn parse(text: &str, at: usize, line: Range<usize>, mark: &Mark) -> Option<Suppression> {
    let end = mark.1.and_then(|end| text[at..line.end].find(end)).map_or(line.end, |length| at + length);
    let words = at + WORDS.len();
    let rest = text.get(words..end)?;
    let blanks = rest.len() - rest.trim_start().len();
    let open = words + blanks + "allow".len();
    text.get(words + blanks..end)?.strip_prefix("allow")?.strip_prefix('(')?;
    let close = open + text.get(open..end)?.find(')')?;
    let mut rules = Vec::new();
    let mut start = open + 1;
    for part in text.get(start..close)?.split(',') {
        let name = part.trim();
        let offset = start + (part.len() - part.trim_start().len());
        if !name.is_empty() {
            rules.push((name.to_owned(), Span::new(offset, offset + name.len())));
        }
        start += part.len() + 1;
    }
    let reason = text.get(close + 1..end)?;
    let has_reason = reason.chars().any(char::is_alphanumeric);
    Some(Suppression { place: Span::new(at, close + 1), rules, has_reason, lines: Span::default() })
}

/// How a comment begins and, where it does not go to the line's end, ends.
type Mark = (&'static str, Option<&'static str>);

const HASH: Mark = ("#", None);
const SLASHES: Mark = ("//", None);
const STAR: Mark = ("/*", Some("*/"));
const STARS: Mark = ("/**", Some("*/"));
const ANGLE: Mark = ("<!--", Some("-->"));
const DASHES: Mark = ("--", None);
const SEMICOLON: Mark = (";", None);
const PERCENT: Mark = ("%", None);
const JINJA: Mark = ("{#", Some("#}"));
const GO: Mark = ("{{/*", Some("*/}}"));
const GO_TRIMMED: Mark = ("{{- /*", Some("*/"));
const JSX: Mark = ("{/*", Some("*/}"));
const REM: Mark = ("rem", None);
const AT_REM: Mark = ("@rem", None);
const COLONS: Mark = ("::", None);
const DOTS: Mark = ("..", None);

/// The marks of a file's comments; where the path does not tell, `#` and `//`.
fn marks(path: &FilePath<'_>) -> Vec<Mark> {
    let marks: &[Mark] = match path.extension().to_ascii_lowercase().as_str() {
        "js" | "mjs" | "cjs" | "ts" | "mts" | "cts" | "jsx" | "tsx" | "go" | "rs" | "java" | "kt" | "kts"
        | "cs" | "c" | "h" | "cc" | "cpp" | "hpp" | "swift" | "scala" | "groovy" | "gradle" | "dart"
        | "json" | "jsonc" | "json5" | "scss" | "less" | "css" | "proto" | "zig" => {
            &[SLASHES, JSX, STARS, STAR]
        }
        "php" | "tf" | "hcl" | "nix" => &[HASH, SLASHES, STAR],
        "vue" | "svelte" | "astro" => &[SLASHES, STAR, ANGLE],
        "md" | "markdown" | "mdx" => &[ANGLE],
        "rst" => &[DOTS],
        "html" | "htm" | "xml" | "xhtml" | "svg" | "csproj" | "props" | "config" | "xaml" => {
            &[ANGLE, JINJA, GO, SLASHES]
        }
        "sql" | "lua" | "hs" | "elm" | "adb" | "ads" => &[DASHES, STAR],
        "ini" | "cfg" | "clj" | "lisp" | "el" | "asm" => &[HASH, SEMICOLON],
        "tex" | "erl" | "m" => &[PERCENT],
        "j2" | "jinja" | "jinja2" | "njk" | "twig" => &[JINJA, HASH, SLASHES, ANGLE],
        "tpl" | "tmpl" | "gotmpl" => &[GO, GO_TRIMMED, HASH, SLASHES],
        "yaml" | "yml" => &[HASH, GO, GO_TRIMMED, JINJA],
        "bat" | "cmd" => &[REM, AT_REM, COLONS],
        "conf" | "properties" => &[HASH, SEMICOLON, SLASHES],
        "py" | "rb" | "sh" | "bash" | "zsh" | "fish" | "ps1" | "pl" | "r" | "toml" | "env" | "mk" => &[HASH],
        _ => &[HASH, SLASHES, STAR],
    };
    marks.to_vec()
}

fn is_markdown(path: &FilePath<'_>) -> bool {
    path.has_extension(&["md", "markdown", "mdx"])
}

/// The mark that stands right before the end of `before`, and whether nothing
/// stands before that; `None` where there is none, or where it is part of a
/// string or of another comment.
fn mark_before<'m>(before: &str, marks: &'m [Mark]) -> Option<(&'m Mark, bool)> {
    let trimmed = before.trim_end_matches([' ', '\t']);
    let (mark, code) = marks.iter().find_map(|mark| {
        let length = trimmed.len().checked_sub(mark.0.len())?;
        let end = trimmed.get(length..)?;
        end.eq_ignore_ascii_case(mark.0).then(|| (mark, &trimmed[..length]))
    })?;
    // `#` of `{# #}` and the like is a part of a longer mark.
    let is_word = mark.0.ends_with(char::is_alphabetic);
    if is_word && !code.trim().is_empty() {
        return None;
    }
    let is_closed = ['"', '\'', '`'].iter().all(|quote| quotes(code, *quote).is_multiple_of(2));
    let again = |other: &Mark| {
        code.match_indices(other.0).any(|(at, _)| !(is_word || other.0 == "//" && code[..at].ends_with(':')))
    };
    let is_first = mark.1.is_some() || !again(mark);
    let is_alone = code.trim_start_matches('\u{feff}').trim().is_empty();
    (is_closed && is_first).then_some((mark, is_alone))
}

/// How many of a quote there are that no backslash stands before.
fn quotes(code: &str, quote: char) -> usize {
    code.match_indices(quote).filter(|(at, _)| !code[..*at].ends_with('\\')).count()
}

/// The line that holds an offset, without its ending.
fn line_around(text: &str, at: usize) -> Range<usize> {
    let bytes = text.as_bytes();
    let start = memchr::memrchr(b'\n', &bytes[..at]).map_or(0, |newline| newline + 1);
    start..line_end(text, at)
}

fn line_end(text: &str, at: usize) -> usize {
    memchr::memchr(b'\n', &text.as_bytes()[at..]).map_or(text.len(), |length| at + length)
}

/// The end of the next line that is not itself such a comment.
fn next_line(text: &str, end: usize, marks: &[Mark]) -> usize {
    let mut end = end;
    while end < text.len() {
        let start = end + 1;
        end = line_end(text, start);
        let line = &text[start..end];
        let words = line.find("portgen:");
        let is_alone = words.and_then(|at| mark_before(&line[..at], marks)).is_some_and(|(_, alone)| alone);
        if !is_alone {
            break;
        }
    }
    end
}

/// Which lines of a Markdown text are code, as far as it was looked at.
#[derive(Debug, Default)]
struct Fences {
    seen: usize,
    is_open: bool,
}

impl Fences {
    /// Whether the line of an offset is in a fence; offsets go up.
    fn cover(&mut self, text: &str, at: usize) -> bool {
        let start = line_around(text, at).start;
        let unseen = text.get(self.seen..start).unwrap_or("");
        let fences = unseen.lines().filter(|line| {
            let line = line.trim_start();
            line.starts_with("```") || line.starts_with("~~~")
        });
        self.is_open ^= fences.count() % 2 == 1;
        self.seen = start.max(self.seen);
        self.is_open
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is found, as `rules -> the lines it speaks of`; `?` without a reason.
    #[track_caller]
    fn check(path: &str, text: &str, expect: &[&str]) {
        let found = suppressions(&FilePath::new(path), text);
        let shown = found.iter().map(|one| {
            let names = one.rules.iter().map(|(name, span)| {
                assert_eq!(&text[span.range()], name);
                name.as_str()
            });
            let names = names.collect::<Vec<_>>().join(",");
            assert!(text[one.place.range()].starts_with("portgen:"));
            let reason = if one.has_reason { "" } else { "?" };
            format!("{names}{reason} -> {}", text[one.lines.range()].lines().last().unwrap_or("").trim_end())
        });
        assert_eq!(shown.collect::<Vec<_>>(), expect, "{path}: {text}");
    }

    #[test]
    fn every_comment_syntax_is_known() {
        for (path, comment) in [
            ("a.py", "# portgen: allow(r) why"),
            ("compose.yml", "# portgen: allow(r) why"),
            (".env", "#portgen: allow(r) why"),
            ("Dockerfile", "# portgen: allow( r ) why"),
            ("a.ts", "// portgen: allow(r) why"),
            ("a.rs", "/* portgen: allow(r) why */"),
            ("a.go", "/** portgen: allow(r) why */"),
            ("a.tsx", "{/* portgen: allow(r) why */}"),
            ("a.md", "<!-- portgen: allow(r) why -->"),
            ("a.html", "<!-- portgen:allow(r) why -->"),
            ("a.sql", "-- portgen: allow(r) why"),
            ("a.ini", "; portgen: allow(r) why"),
            ("a.tex", "% portgen: allow(r) why"),
            ("a.j2", "{# portgen: allow(r) why #}"),
            ("a.tpl", "{{/* portgen: allow(r) why */}}"),
            ("a.yaml", "{{- /* portgen: allow(r) why */ -}}"),
            ("a.bat", "REM portgen: allow(r) why"),
            ("a.cmd", ":: portgen: allow(r) why"),
            ("a.rst", ".. portgen: allow(r) why"),
            (".vscode/launch.json", "// portgen: allow(r) why"),
            ("nginx.conf", "# portgen: allow(r) why"),
        ] {
            check(path, &format!("  {comment}\nnext\nlast\n"), &["r -> next"]);
        }
    }

    #[test]
    fn a_comment_behind_code_speaks_of_its_own_line_and_one_above_of_the_next() {
        check(
            "a.py",
            "x = 1  # portgen: allow(a, b) why\ny\n",
            &["a,b -> x = 1  # portgen: allow(a, b) why"],
        );
        let above = "# portgen: allow(a) why\r\n# portgen: allow(b) why\r\nx\r\ny\r\n";
        check("a.py", above, &["a -> x", "b -> x"]);
        check("a.py", "# portgen: allow(a) why", &["a -> # portgen: allow(a) why"]);
        check(
            "a.ts",
            "x(\"http://a:1\") // portgen: allow(a) why",
            &["a -> x(\"http://a:1\") // portgen: allow(a) why"],
        );
    }

    #[test]
    fn a_reason_is_words() {
        check("a.py", "# portgen: allow(a)", &["a? -> # portgen: allow(a)"]);
        check("a.py", "# portgen: allow(a) --", &["a? -> # portgen: allow(a) --"]);
        check("a.md", "<!-- portgen: allow(a) -->", &["a? -> <!-- portgen: allow(a) -->"]);
        check("a.py", "# portgen: allow(a): é", &["a -> # portgen: allow(a): é"]);
    }

    #[test]
    fn what_only_shows_such_a_comment_is_none() {
        for (path, text) in [
            ("a.py", "x = \"# portgen: allow(a) why\"\n"),
            ("a.js", "x = '// portgen: allow(a) why'\n"),
            ("a.rs", "/// # portgen: allow(a) why\n"),
            ("a.rs", "// as in // portgen: allow(a) why\n"),
            ("a.md", "# portgen: allow(a) why\n"),
            ("a.md", "Write `<!-- portgen: allow(a) why -->`.\n"),
            ("a.md", "```html\n<!-- portgen: allow(a) why -->\n```\n"),
            ("package.json", "{\"a\": \"// portgen: allow(a) why\"}\n"),
            ("a.rs", "x(\"{\\\"a\\\": \\\"// portgen: allow(a) why\\\"}\")\n"),
            ("a.py", "# portgen: deny(a) why\n"),
            ("a.py", "# portgen: allow a why\n"),
            ("a.bat", "echo rem portgen: allow(a) why\n"),
            ("a.py", "# >>> portgen:ports >>>\n"),
        ] {
            check(path, text, &[]);
        }
        check("a.md", "```\nx\n```\n<!-- portgen: allow(a) why -->\ny\n", &["a -> y"]);
    }
}
