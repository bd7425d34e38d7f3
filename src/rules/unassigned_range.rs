//! A project's range that is not what the machine assigned.

use super::{Check, MachineEvidence};
use crate::diagnostic::Finding;

declare_rule! {
    /// Finds a `project.range` that is not what this machine assigned to the project.
    ///
    /// ## What it does
    /// With `check --machine`, compares `project.range` with the ranges that
    /// `portgen project assign` gave to this project, and with those that are
    /// another project's or kept by `portgen project reserve`.
    ///
    /// ## Why is this bad?
    /// Requests outside what was assigned are refused on this machine, and the
    /// numbers of two projects meet.
    ///
    /// ## Example
    /// Where this machine assigned 24700-24799:
    /// ```toml
    /// [project]
    /// name = "shop"
    /// range = "24600-24699" # error
    /// ```
    ///
    /// ## Known limitations
    /// A project without a `range` has nothing that could differ; one that this
    /// machine assigned nothing is compared with others' ranges alone.
    "unassigned-range", Deny, Check::Machine(check)
}

fn check(evidence: &MachineEvidence<'_>, findings: &mut Vec<Finding>) {
    let Some(range) = &evidence.project.range else { return };
    if let Some(assigned) = evidence.assigned.as_ref().filter(|assigned| **assigned != range.value) {
        let message = format!("the range {} is not what this machine assigned", range.value);
        findings.push(
            Finding::new(RULE.name, range.place, message)
                .label(format!("assigned: {assigned}"))
                .help("write that here, or assign this with `portgen project assign`"),
        );
        return;
    }
    for (ports, holder) in &evidence.kept {
        let Some(overlap) = range.value.overlap(ports) else { continue };
        let message = format!("the range {} overlaps what this machine keeps for {holder}", range.value);
        findings.push(
            Finding::new(RULE.name, range.place, message)
                .label(format!("{overlap} is kept for {holder}"))
                .help("take another range; `portgen project list` shows what is whose"),
        );
    }
}
