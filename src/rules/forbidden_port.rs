//! A port that this machine's system refuses.

use super::{Check, MachineEvidence, about};
use crate::diagnostic::{Finding, Level};
use crate::machine::MachineFacts;
use crate::model::Port;

declare_rule! {
    /// Finds a port that the system of this machine refuses, or gives to others.
    ///
    /// ## What it does
    /// With `check --machine`, compares each number that this checkout has with
    /// the limits of this machine as they are now: the lowest port that this
    /// user may listen on, the ranges that the system excludes, and the range
    /// that outgoing connections take. The last is a warning.
    ///
    /// ## Why is this bad?
    /// The service fails to start here with "permission denied", or now and
    /// then with "address already in use".
    ///
    /// ## Example
    /// Where outgoing connections take 20000-60999:
    /// ```toml
    /// [project]
    /// name = "shop"
    ///
    /// [services.api]
    /// port = 24680 # warning
    /// ```
    ///
    /// ## Known limitations
    /// A container runtime that runs as root may publish what this user may not
    /// bind: `allow` it with that reason.
    "forbidden-port", Deny, Check::Machine(check)
}

fn check(evidence: &MachineEvidence<'_>, findings: &mut Vec<Finding>) {
    for port in &evidence.ports {
        let Some((why, level)) = refused(evidence.facts, port.port) else { continue };
        let message = format!("port {} {why}", port.port);
        let finding = Finding::new(RULE.name, port.endpoint.number.place, message)
            .label("on this machine")
            .help("`portgen doctor` shows the limits of this machine");
        findings.push(about(finding.by_default(level), port.endpoint));
    }
}

fn refused(facts: &MachineFacts, port: Port) -> Option<(String, Level)> {
    if facts.is_privileged(port) && !facts.may_bind_privileged {
        let start = facts.unprivileged_start;
        return Some((format!("is below {start}, where this user may not listen"), Level::Deny));
    }
    if facts.excluded.contains(port) {
        return Some(("is one that the system keeps for itself".to_owned(), Level::Deny));
    }
    let range = facts.ephemeral.filter(|_| facts.is_ephemeral(port))?;
    Some((format!("lies in {range}, which outgoing connections of this machine take"), Level::Warn))
}
