//! A port that browsers refuse to fetch from.

use super::{Check, about};
use crate::diagnostic::Finding;
use crate::facts::{Suggestions, blocked_by_browsers};
use crate::model::View;

declare_rule! {
    /// Finds a service for browsers on a port that browsers refuse.
    ///
    /// ## What it does
    /// Looks at services of scheme http, https, ws and wss, here and elsewhere,
    /// and compares their numbers with the list of blocked ports in the Fetch
    /// standard.
    ///
    /// ## Why is this bad?
    /// Browsers fail with `ERR_UNSAFE_PORT` before they connect; so does
    /// `fetch` in Node. The service works under curl, which makes it hard to
    /// find.
    ///
    /// ## Example
    /// ```toml
    /// [project]
    /// name = "shop"
    ///
    /// [services.web]
    /// port = 6000 # error
    /// scheme = "http"
    ///
    /// [services.display]
    /// port = 6001
    /// scheme = "http"
    ///
    /// [services.x11]
    /// port = 6000
    /// scheme = "tcp"
    /// bind = "127.0.0.2"
    /// ```
    ///
    /// ## Known limitations
    /// Service-to-service calls that no browser makes are not told apart.
    "browser-blocked-port", Deny, Check::View(check)
}

fn check(view: &View<'_>, findings: &mut Vec<Finding>) {
    let mut suggestions = Suggestions::new(&[view.project]);
    for endpoint in view.endpoints().filter(|endpoint| endpoint.scheme.is_for_browsers()) {
        let Some(port) = endpoint.number.fixed() else { continue };
        let Some(blocked) = blocked_by_browsers(port) else { continue };
        let label = match blocked.service {
            Some(service) => format!("blocked: the port of {service}"),
            None => "blocked by the Fetch standard".to_owned(),
        };
        let help = if endpoint.elsewhere {
            "let it be reached through another port".to_owned()
        } else {
            suggestions.another_number(view.project, endpoint)
        };
        let message = format!("browsers refuse to fetch from port {port}");
        let finding = Finding::new(RULE.name, endpoint.number.place, message).label(label).help(help);
        findings.push(about(finding, endpoint));
    }
}
