//! A service that listens, but not where the table says.

use super::{Check, MachineEvidence, about};
use crate::diagnostic::Finding;

declare_rule! {
    /// Finds a service whose program listens on another number than the table's.
    ///
    /// ## What it does
    /// With `check --machine`, looks for programs that `portgen run` started as
    /// this service, or that were started in the project's folder with the
    /// service's `command`, and that listen elsewhere.
    ///
    /// ## Why is this bad?
    /// Everything that was rendered from the table points at a number where the
    /// service is not.
    ///
    /// ## Example
    /// While the program that was started as `api` listens on 24681:
    /// ```toml
    /// [project]
    /// name = "shop"
    ///
    /// [services.api]
    /// port = 24680 # warning
    /// ```
    ///
    /// ## Known limitations
    /// A program that listens on several numbers is looked at only while it
    /// does not listen on its own.
    "wrong-port", Warn, Check::Machine(check)
}

fn check(evidence: &MachineEvidence<'_>, findings: &mut Vec<Finding>) {
    for port in &evidence.ports {
        let Some(first) = port.seen.elsewhere.first() else { continue };
        let who = port.seen.owners.first().map(|owner| format!(": {}", owner.shown())).unwrap_or_default();
        let message = format!("{} listens on port {first}, not on {}{who}", port.endpoint.id(), port.port);
        let finding = Finding::new(RULE.name, port.endpoint.number.place, message)
            .label(format!("it listens on {first}"))
            .help("let the program take its number from the environment: `portgen run` sets it");
        findings.push(about(finding, port.endpoint));
    }
}
