//! A value that cannot be what its key says.

use super::Check;

declare_rule! {
    /// Finds a value of the wrong type, or outside what its key may hold.
    ///
    /// ## What it does
    /// Checks every value: ports are 1 to 65535, ranges are not upside down,
    /// names are lower-case words, paths stay inside the project, patterns
    /// compile and have one group.
    ///
    /// ## Why is this bad?
    /// Nothing sensible can be made of it. Where a value is invalid, no other
    /// rule speaks of it.
    ///
    /// ## Example
    /// ```toml
    /// [project]
    /// name = "shop"
    ///
    /// [ranges.mcp]
    /// ports = "9099-9000" # error
    ///
    /// [services.api]
    /// port = 70000 # error
    ///
    /// [services.worker]
    /// port = "80a" # error
    /// ```
    ///
    /// ## Known limitations
    /// Whether a host exists is not asked.
    "invalid-value", Deny, Check::Mistake
}
