//! A port that an operating system listens on.

use super::{Check, about, or_allow};
use crate::diagnostic::Finding;
use crate::facts::{Suggestions, platform_port};
use crate::model::View;

declare_rule! {
    /// Finds a claim on a port that an operating system itself listens on.
    ///
    /// ## What it does
    /// Compares every number that is claimed on this machine, and its protocol,
    /// with a table of such ports: 5000 and 7000 are AirPlay Receiver's on
    /// macOS, 7680 is Delivery Optimization's on Windows, and the like.
    ///
    /// ## Why is this bad?
    /// On that system the service fails to start, or its clients reach
    /// something else: AirPlay answers requests with status 403.
    ///
    /// ## Example
    /// ```toml
    /// [project]
    /// name = "shop"
    ///
    /// [services.api]
    /// port = 5000 # warning
    ///
    /// [services.telemetry]
    /// port = 5000
    /// scheme = "udp"
    ///
    /// [services.worker]
    /// port = 5001
    /// ```
    ///
    /// ## Known limitations
    /// It does not know which systems a team works on: where nobody has the
    /// one it names, `allow` it with that reason.
    "platform-port", Warn, Check::View(check)
}

fn check(view: &View<'_>, findings: &mut Vec<Finding>) {
    let mut suggestions = Suggestions::new(&[view.project]);
    for endpoint in view.endpoints().filter(|endpoint| !endpoint.elsewhere) {
        let Some(port) = endpoint.number.fixed() else { continue };
        let Some(row) = platform_port(port, endpoint.protocol) else { continue };
        let message = format!("{} itself uses port {port}", row.system);
        let finding = Finding::new(RULE.name, endpoint.number.place, message)
            .label(format!("the port of {}", row.holder))
            .help(or_allow(&suggestions.another_number(view.project, endpoint), &RULE));
        findings.push(about(finding, endpoint));
    }
}
