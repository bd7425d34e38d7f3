//! How text for people looks; the caller decides, for it knows the terminal.

/// Width, colour and characters of text for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appearance {
    /// Columns that text is wrapped at; at least 40 are used.
    pub width: usize,
    /// Whether ANSI colour codes are written.
    pub colour: bool,
    /// Whether lines are drawn with characters beyond ASCII.
    pub unicode: bool,
}

impl Appearance {
    /// Without colour, 100 columns wide: for files and pipes.
    pub const PLAIN: Self = Self { width: 100, colour: false, unicode: true };

    /// The text in a colour, where there is colour.
    pub(crate) fn paint(&self, paint: Paint, text: &str) -> String {
        if !self.colour {
            return text.to_owned();
        }
        format!("\u{1b}[{}m{text}\u{1b}[0m", paint.code())
    }

    /// What stands for text that was left out.
    pub(crate) fn ellipsis(&self) -> &'static str {
        if self.unicode { "…" } else { "..." }
    }
}

/// What a stretch of text means, which decides its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Paint {
    Error,
    Help,
    Added,
    Removed,
    Hunk,
    Strong,
    Faint,
}

impl Paint {
    fn code(self) -> &'static str {
        match self {
            Self::Error => "1;31",
            Self::Help | Self::Hunk => "36",
            Self::Added => "32",
            Self::Removed => "31",
            Self::Strong => "1",
            Self::Faint => "2",
        }
    }
}
