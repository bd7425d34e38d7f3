//! A file that is not TOML.

use super::Check;

declare_rule! {
    /// Finds text in `ports.toml` that is not TOML.
    ///
    /// ## What it does
    /// Reports every syntax error, and goes on behind it.
    ///
    /// ## Why is this bad?
    /// What cannot be read cannot be checked or rendered.
    ///
    /// ## Example
    /// ```toml
    /// [project]
    /// name = "shop"
    ///
    /// [services.api]
    /// port = 90 00 # error
    /// ```
    ///
    /// ## Known limitations
    /// Behind an error, the nearest line that can be read is where reading goes
    /// on: a second error there may be the same mistake.
    "syntax", Deny, Check::Mistake
}
