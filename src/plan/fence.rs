//! Fenced code in Markdown: a marker shown there is an example, not a marker.

use super::lines::lines;
use crate::model::Comment;

/// Goes through a Markdown text line by line and knows which lines are code.
///
/// Source: CommonMark 0.31.2, section 4.5, but for indented code.
#[derive(Debug, Default)]
pub(super) struct Fences {
    /// Whether the format has fences at all.
    applies: bool,
    /// The character and the length of the fence that is open.
    open: Option<(char, usize)>,
}

impl Fences {
    /// For a text whose comments are these: `<!-- -->` is Markdown's, and HTML's,
    /// which has no fences.
    pub(super) fn of(comment: &Comment) -> Self {
        let applies = matches!(comment, Comment::Enclosed(open, _) if open == "<!--");
        Self { applies, open: None }
    }

    /// Whether the next line is code, or a fence itself.
    pub(super) fn covers(&mut self, line: &str) -> bool {
        if !self.applies {
            return false;
        }
        let fence = fence(line);
        match (self.open, fence) {
            (None, None) => false,
            (None, Some((character, length, info))) => {
                // A backtick after the fence makes it code within a line.
                let opens = character == '~' || !info.contains('`');
                self.open = opens.then_some((character, length));
                opens
            }
            (Some((open, least)), Some((character, length, info))) => {
                if character == open && length >= least && info.trim().is_empty() {
                    self.open = None;
                }
                true
            }
            (Some(_), None) => true,
        }
    }
}

/// Whether what is put at a text's end would be code: its last fence stays open.
pub(super) fn ends_in_code(text: &str, comment: &Comment) -> bool {
    let mut fences = Fences::of(comment);
    for line in lines(text) {
        fences.covers(line.text);
    }
    fences.open.is_some()
}

/// The fence that a line begins with: its character, its length, what follows.
fn fence(line: &str) -> Option<(char, usize, &str)> {
    let bare = line.trim_start_matches(' ');
    let character = bare.chars().next().filter(|character| matches!(character, '`' | '~'))?;
    let info = bare.trim_start_matches(character);
    let length = bare.len() - info.len();
    (length >= 3 && line.len() - bare.len() <= 3).then_some((character, length, info))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines of a text that are no code.
    fn prose(text: &str) -> Vec<&str> {
        let mut fences = Fences::of(&Comment::Enclosed("<!--".to_owned(), "-->".to_owned()));
        text.lines().filter(|line| !fences.covers(line)).collect()
    }

    #[test]
    fn code_ends_with_a_fence_of_its_own_kind() {
        assert_eq!(prose("a\n```text\nb\n~~~\nc\n````\nd"), ["a", "d"]);
        assert_eq!(prose("~~~ ```\nb\n```\n~~~~  \nd"), ["d"]);
        assert_eq!(prose("``` a ``` b\nc\n    ```\nd"), ["``` a ``` b", "c", "    ```", "d"]);
        assert_eq!(prose("a\n```\nb"), ["a"]);
        let comment = Comment::Enclosed("<!--".to_owned(), "-->".to_owned());
        assert!(ends_in_code("a\n```\nb\n", &comment));
        assert!(!ends_in_code("a\n```\nb\n```", &comment));
    }

    #[test]
    fn other_formats_have_no_fences() {
        assert!(!Fences::of(&Comment::Line("#".to_owned())).covers("```"));
    }
}
