//! A port that outgoing connections may have taken.

use super::{Check, about, or_allow};
use crate::diagnostic::Finding;
use crate::facts::ephemeral;
use crate::model::View;

declare_rule! {
    /// Finds a claim in the default range of outgoing connections.
    ///
    /// ## What it does
    /// Compares every number that is claimed on this machine with the ranges
    /// that systems give to outgoing connections by default: 32768 to 60999 on
    /// Linux, 49152 to 65535 on macOS and Windows.
    ///
    /// ## Why is this bad?
    /// Any program that connects somewhere may be given the number, and then
    /// the service fails to start: rarely, and not twice on the same port.
    ///
    /// ## Example
    /// ```toml
    /// [project]
    /// name = "shop"
    ///
    /// [services.api]
    /// port = 50100 # warning
    ///
    /// [services.worker]
    /// port = 32767
    /// ```
    ///
    /// ## Known limitations
    /// What range this machine really has is not in the table.
    "ephemeral-port", Warn, Check::View(check)
}

fn check(view: &View<'_>, findings: &mut Vec<Finding>) {
    for endpoint in view.endpoints().filter(|endpoint| !endpoint.elsewhere) {
        let Some(port) = endpoint.number.fixed() else { continue };
        let Some(range) = ephemeral(port) else { continue };
        let message = format!("port {port} may be given to an outgoing connection");
        let finding = Finding::new(RULE.name, endpoint.number.place, message)
            .label(format!("ephemeral on {}", range.systems()))
            .help(or_allow(&format!("give {} a number below 32768", endpoint.id()), &RULE));
        findings.push(about(finding, endpoint));
    }
}
