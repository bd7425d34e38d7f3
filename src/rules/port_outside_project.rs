//! A port that the project may not take.

use super::{Check, about};
use crate::diagnostic::Finding;
use crate::facts::Suggestions;
use crate::model::View;

declare_rule! {
    /// Finds a port outside the range of its project.
    ///
    /// ## What it does
    /// Compares every number that is claimed on this machine with
    /// `project.range`. A service that runs elsewhere is not looked at.
    ///
    /// ## Why is this bad?
    /// The range is what keeps projects on one machine out of each other's
    /// way: a number outside it may be another project's.
    ///
    /// ## Example
    /// ```toml
    /// [project]
    /// name = "shop"
    /// range = ["9000-9099", "9400"]
    ///
    /// [services.api]
    /// port = 9001
    ///
    /// [services.login]
    /// port = 9400
    ///
    /// [services.worker]
    /// port = 9100 # error
    ///
    /// [services.payment]
    /// port = 443
    /// scheme = "https"
    /// host = "pay.example.com"
    /// remote = true
    /// ```
    ///
    /// ## Known limitations
    /// It does not know what was assigned to the project on this machine, only
    /// what the table says.
    "port-outside-project", Deny, Check::View(check)
}

fn check(view: &View<'_>, findings: &mut Vec<Finding>) {
    let Some(range) = &view.project.range else { return };
    let mut suggestions = Suggestions::new(&[view.project]);
    for endpoint in view.endpoints().filter(|endpoint| !endpoint.elsewhere) {
        let Some(port) = endpoint.number.fixed().filter(|port| !range.contains(*port)) else { continue };
        let message = format!("port {port} is outside the range of its project");
        let finding = Finding::new(RULE.name, endpoint.number.place, message)
            .label(format!("not in {}", range.value))
            .related(range.place, "the range of the project")
            .help(suggestions.another_number(view.project, endpoint));
        findings.push(about(finding, endpoint));
    }
}
