//! A port that only root may listen on.

use super::{Check, about, or_allow};
use crate::diagnostic::Finding;
use crate::facts::{Suggestions, is_privileged};
use crate::model::View;

declare_rule! {
    /// Finds a claim below 1024, where only root may listen.
    ///
    /// ## What it does
    /// Looks at every number that is claimed on this machine.
    ///
    /// ## Why is this bad?
    /// On Linux, and for a single address on macOS, a program without
    /// privileges fails to start with "permission denied".
    ///
    /// ## Example
    /// ```toml
    /// [project]
    /// name = "shop"
    ///
    /// [services.web]
    /// port = 80 # warning
    ///
    /// [services.api]
    /// port = 1024
    ///
    /// [services.mail]
    /// port = 587
    /// host = "mail.example.com"
    /// remote = true
    /// ```
    ///
    /// ## Known limitations
    /// A container runtime that runs as root may publish such a port, and a
    /// machine may have another limit: `allow` it with that reason.
    "privileged-port", Warn, Check::View(check)
}

fn check(view: &View<'_>, findings: &mut Vec<Finding>) {
    let mut suggestions = Suggestions::new(&[view.project]);
    for endpoint in view.endpoints().filter(|endpoint| !endpoint.elsewhere) {
        let Some(port) = endpoint.number.fixed().filter(|port| is_privileged(*port)) else { continue };
        let message = format!("port {port} is privileged");
        let finding = Finding::new(RULE.name, endpoint.number.place, message)
            .label("only root may listen below 1024")
            .help(or_allow(&suggestions.another_number(view.project, endpoint), &RULE));
        findings.push(about(finding, endpoint));
    }
}
