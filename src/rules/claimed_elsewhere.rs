//! A port that the ledger has for another project.

use super::{Check, MachineEvidence, about};
use crate::diagnostic::{Finding, Level};

declare_rule! {
    /// Finds a port of the table that this machine's ledger has for another project.
    ///
    /// ## What it does
    /// With `check --machine`, compares each number that this checkout has with
    /// those that were given to other projects, and with those that the tables
    /// of other known projects declare, whether they run or not. A number that
    /// was given is an error; one that another table declares is a warning, for
    /// the two may never run together.
    ///
    /// ## Why is this bad?
    /// Two projects with one number work until both run on one day.
    ///
    /// ## Example
    /// Where the table of another known project declares 24680:
    /// ```toml
    /// [project]
    /// name = "shop"
    ///
    /// [services.api]
    /// port = 24680 # warning
    /// ```
    ///
    /// ## Known limitations
    /// A table is known from its project's first `add`, `render`, `reserve`,
    /// `run` or `project add` on this machine.
    "claimed-elsewhere", Warn, Check::Machine(check)
}

fn check(evidence: &MachineEvidence<'_>, findings: &mut Vec<Finding>) {
    for port in &evidence.ports {
        for claim in &port.claims {
            let does = if claim.is_given { "was given to" } else { "is declared by" };
            let message = format!("port {} {does} {} on this machine", port.port, claim.by);
            let finding = Finding::new(RULE.name, port.endpoint.number.place, message)
                .label("claimed here, too")
                .help("give one of the two another number; `portgen list --all` shows every project's");
            let level = if claim.is_given { Level::Deny } else { Level::Warn };
            findings.push(about(finding.by_default(level), port.endpoint));
        }
    }
}
