//! How a format writes a comment on a line of its own.

/// A comment syntax, for headers and markers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Comment {
    /// A prefix, such as `#`, `//` or `@rem`.
    Line(String),
    /// An opening and a closing mark, such as `<!--` and `-->`.
    Enclosed(String, String),
    /// JSON has none: the header is the first key, `"//"`, of the top object.
    JsonKey,
}

impl Comment {
    /// Reads a prefix (`#`), two marks with a space between (`<!-- -->`), or `json`.
    ///
    /// `None` for other texts: empty, with control characters, with a third
    /// part, or made of letters alone but `rem` and `@rem`.
    pub fn parse(text: &str) -> Option<Self> {
        if text == "json" {
            return Some(Self::JsonKey);
        }
        let parts: Vec<&str> = text.split(' ').collect();
        let mark = |part: &str| {
            !part.is_empty() && part.len() <= 8 && part.bytes().all(|byte| byte.is_ascii_punctuation())
        };
        match parts.as_slice() {
            [one] if mark(one) || one.eq_ignore_ascii_case("rem") || one.eq_ignore_ascii_case("@rem") => {
                Some(Self::Line((*one).to_owned()))
            }
            [open, close] if mark(open) && mark(close) => {
                Some(Self::Enclosed((*open).to_owned(), (*close).to_owned()))
            }
            _ => None,
        }
    }

    /// The text as a comment line, without indentation and line ending.
    pub fn line(&self, text: &str) -> String {
        match self {
            Self::Line(prefix) => format!("{prefix} {text}"),
            Self::Enclosed(open, close) => format!("{open} {text} {close}"),
            Self::JsonKey => format!("  \"//\": \"{text}\","),
        }
    }

    /// The text of a comment line, indentation and line ending aside; `None`
    /// for a line that is no comment of this syntax.
    pub fn text_of<'a>(&self, line: &'a str) -> Option<&'a str> {
        let line = line.trim();
        let inner = match self {
            Self::Line(prefix) => line.strip_prefix(prefix.as_str())?,
            Self::Enclosed(open, close) => line.strip_prefix(open.as_str())?.strip_suffix(close.as_str())?,
            Self::JsonKey => line
                .strip_prefix("\"//\":")?
                .trim()
                .strip_suffix(',')?
                .strip_prefix('"')?
                .strip_suffix('"')?,
        };
        Some(inner.trim())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_line_reads_back() {
        for syntax in ["#", "//", "--", "@rem", "<!-- -->", "/* */", "json"] {
            let comment = Comment::parse(syntax).expect("a syntax");
            assert_eq!(
                comment.text_of(&format!("  {}\r\n", comment.line(">>> portgen:x >>>"))),
                Some(">>> portgen:x >>>"),
                "{syntax}"
            );
        }
        for text in ["", "a", "# # #", "#\n", "word", "<!-- "] {
            assert_eq!(Comment::parse(text), None, "{text:?}");
        }
    }
}
