//! A template that cannot be rendered.

use super::Check;

declare_rule! {
    /// Finds a template that cannot be rendered.
    ///
    /// ## What it does
    /// Renders every output's template, and every `{{ … }}` in a command, a
    /// patch or an option, and points at what failed: a name that is not
    /// defined, a syntax error, a loop without end.
    ///
    /// ## Why is this bad?
    /// The output cannot be written.
    ///
    /// ## Example
    /// ```toml
    /// [project]
    /// name = "shop"
    ///
    /// [services.api]
    /// port = 9000
    ///
    /// [[output]]
    /// path = "ports.sh"
    /// template = "ports.j2"
    /// ```
    /// ```text ports.j2
    /// {{ service('api').prot }}{# error #}
    /// ```
    ///
    /// ## Known limitations
    /// A part that an `if` leaves out is not rendered and so not checked.
    "template-error", Deny, Check::Mistake
}
