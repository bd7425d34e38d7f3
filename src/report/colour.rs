//! Whether to write in colour: what was asked for, then what the environment says.

/// The value of `--color`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColourChoice {
    /// As the environment and the terminal say.
    #[default]
    Auto,
    /// In colour.
    Always,
    /// Without colour.
    Never,
}

/// What speaks for and against colour where nobody asked; values of
/// environment variables as they are, `None` for one that is not set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ColourSigns<'a> {
    /// `NO_COLOR`: not empty means no colour.
    pub no_color: Option<&'a str>,
    /// `FORCE_COLOR`: `0` and `false` mean no colour, other words colour.
    pub force_color: Option<&'a str>,
    /// `CLICOLOR_FORCE`: not empty and not `0` means colour.
    pub clicolor_force: Option<&'a str>,
    /// `CLICOLOR`: `0` means no colour.
    pub clicolor: Option<&'a str>,
    /// `TERM`: `dumb` means no colour.
    pub term: Option<&'a str>,
    /// Whether what is written goes to a terminal.
    pub is_terminal: bool,
}

/// Decides on colour: `--color`, then `NO_COLOR`, `FORCE_COLOR`,
/// `CLICOLOR_FORCE`, `CLICOLOR`, and at last the terminal.
pub fn use_colour(choice: ColourChoice, signs: &ColourSigns<'_>) -> bool {
    let set = |value: Option<&'_ str>| value.is_some_and(|text| !text.is_empty());
    match choice {
        ColourChoice::Always => return true,
        ColourChoice::Never => return false,
        ColourChoice::Auto => {}
    }
    if set(signs.no_color) {
        return false;
    }
    if let Some(word) = signs.force_color.filter(|word| !word.is_empty()) {
        return !matches!(word, "0" | "false");
    }
    if set(signs.clicolor_force) && signs.clicolor_force != Some("0") {
        return true;
    }
    signs.is_terminal && signs.clicolor != Some("0") && signs.term != Some("dumb")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_wins_then_the_environment_then_the_terminal() {
        let check = |signs: ColourSigns<'_>, expect: bool| {
            assert_eq!(use_colour(ColourChoice::Auto, &signs), expect, "{signs:?}");
            assert!(use_colour(ColourChoice::Always, &signs), "{signs:?}");
            assert!(!use_colour(ColourChoice::Never, &signs), "{signs:?}");
        };
        let pipe = ColourSigns::default();
        let terminal = ColourSigns { is_terminal: true, term: Some("xterm"), ..pipe };
        check(pipe, false);
        check(terminal, true);
        check(ColourSigns { no_color: Some("1"), force_color: Some("1"), ..terminal }, false);
        check(ColourSigns { no_color: Some(""), ..terminal }, true);
        check(ColourSigns { force_color: Some("1"), ..pipe }, true);
        check(ColourSigns { force_color: Some("0"), clicolor_force: Some("1"), ..terminal }, false);
        check(ColourSigns { clicolor_force: Some("1"), ..pipe }, true);
        check(ColourSigns { clicolor_force: Some("0"), ..pipe }, false);
        check(ColourSigns { clicolor: Some("0"), ..terminal }, false);
        check(ColourSigns { term: Some("dumb"), ..terminal }, false);
    }
}
