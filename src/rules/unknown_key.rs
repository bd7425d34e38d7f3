//! A key that means nothing.

use super::Check;

declare_rule! {
    /// Finds a key that `ports.toml` does not have.
    ///
    /// ## What it does
    /// Compares every key with those of its table, and names the one that may
    /// have been meant.
    ///
    /// ## Why is this bad?
    /// A misspelt key would be ignored in silence.
    ///
    /// ## Example
    /// ```toml
    /// [project]
    /// name = "shop"
    ///
    /// [services.api]
    /// port = 9000
    /// helth = "/health" # error
    /// ```
    ///
    /// ## Known limitations
    /// Keys that are passed through, as those of Compose, are not looked at.
    "unknown-key", Deny, Check::Mistake
}
