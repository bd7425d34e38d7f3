//! A declared port that a stranger listens on.

use super::{Check, MachineEvidence, about};
use crate::diagnostic::Finding;

declare_rule! {
    /// Finds a port of the table that another program of this machine listens on.
    ///
    /// ## What it does
    /// With `check --machine`, looks at who listens on each number that this
    /// checkout has. A program that `portgen run` started here, or that works in
    /// the project's folder, is its own; what listens for a container is taken
    /// for the service's where the service has one.
    ///
    /// ## Why is this bad?
    /// The service fails to start with "address already in use", or it starts
    /// on another number and its clients talk to the stranger.
    ///
    /// ## Example
    /// While a program of another project listens on port 24680:
    /// ```toml
    /// [project]
    /// name = "shop"
    ///
    /// [services.api]
    /// port = 24680 # error
    /// ```
    ///
    /// ## Known limitations
    /// It says what is so now. A service that was started by hand in another
    /// folder is taken for a stranger.
    "port-in-use", Deny, Check::Machine(check)
}

fn check(evidence: &MachineEvidence<'_>, findings: &mut Vec<Finding>) {
    for port in &evidence.ports {
        let Some(stranger) = &port.seen.stranger else { continue };
        let message = format!("port {} is in use by {stranger}", port.port);
        let finding = Finding::new(RULE.name, port.endpoint.number.place, message)
            .label(format!("not by a program of {}", port.endpoint.id()))
            .help(format!("`portgen who {}` says how it is freed", port.port));
        findings.push(about(finding, port.endpoint));
    }
}
