//! A name that nothing has.

use super::Check;

declare_rule! {
    /// Finds the name of a range, service, profile, target or rule that there is not.
    ///
    /// ## What it does
    /// Looks up every name that one part of the table uses for another, and
    /// names the one that may have been meant.
    ///
    /// ## Why is this bad?
    /// The part that it should lead to has no effect.
    ///
    /// ## Example
    /// ```toml
    /// [project]
    /// name = "shop"
    ///
    /// [ranges.mcp]
    /// ports = "9000-9099"
    ///
    /// [services.api]
    /// port = 9000
    /// range = "mpc" # error
    /// ```
    ///
    /// ## Known limitations
    /// Tags are free words: one that no service has is no mistake.
    "unknown-name", Deny, Check::Mistake
}
