//! A port that nobody in the project may take.

use super::{Check, about};
use crate::diagnostic::{Finding, printable};
use crate::facts::Suggestions;
use crate::model::{PortIndex, Reserved, View};

declare_rule! {
    /// Finds a port inside a `[[reserved]]` entry.
    ///
    /// ## What it does
    /// Compares every number that is claimed on this machine with every
    /// reserved entry: the project's own, the workspace's and those of
    /// `extends`.
    ///
    /// ## Why is this bad?
    /// Somebody keeps those ports for something else: the entry says who and
    /// why.
    ///
    /// ## Example
    /// ```toml
    /// [project]
    /// name = "shop"
    ///
    /// [[reserved]]
    /// ports = "8000-8099"
    /// owner = "supervisor"
    /// reason = "supervisor infrastructure"
    ///
    /// [services.api]
    /// port = 8005 # error
    ///
    /// [services.worker]
    /// port = 8100
    /// ```
    ///
    /// ## Known limitations
    /// What is reserved on this machine for every project is not in the table.
    "reserved-port", Deny, Check::View(check)
}

fn check(view: &View<'_>, findings: &mut Vec<Finding>) {
    let reserved = &view.project.reserved;
    if reserved.is_empty() {
        return;
    }
    let index = PortIndex::of(reserved.iter().map(|entry| &entry.ports.value));
    let mut suggestions = Suggestions::new(&[view.project]);
    for endpoint in view.endpoints().filter(|endpoint| !endpoint.elsewhere) {
        let Some(port) = endpoint.number.fixed() else { continue };
        let Some(entry) = index.get(port).and_then(|position| reserved.get(position)) else { continue };
        let finding = Finding::new(RULE.name, endpoint.number.place, format!("port {port} is reserved"))
            .label(format!("in {}", entry.ports.value))
            .related(entry.ports.place, describe(entry))
            .help(suggestions.another_number(view.project, endpoint));
        findings.push(about(finding, endpoint));
    }
}

/// The entry's owner and reason, as a label.
pub(super) fn describe(entry: &Reserved) -> String {
    match (entry.owner.as_deref().map(printable), entry.reason.as_deref().map(printable)) {
        (Some(owner), Some(reason)) => format!("reserved for {owner}: {reason}"),
        (Some(owner), None) => format!("reserved for {owner}"),
        (None, Some(reason)) => format!("reserved: {reason}"),
        (None, None) => "reserved here".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::check;
    use super::*;

    #[test]
    fn the_first_entry_that_has_the_port_is_shown() {
        check(
            &RULE,
            "[[reserved]]\nports = \"9000-9009\"\n[[reserved]]\nports = [\"9009-9010\", \"80\"]\n\
             [services.a]\nport = 9009 # here\n[services.b]\nport = 9010 # here\n[services.c]\nport = 9011\n\
             [services.d]\nport = 80\nremote = true\n[services.e]\nport = \"auto\"\n",
        );
    }
}
