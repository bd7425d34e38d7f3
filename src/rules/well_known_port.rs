//! A port that some other program has by default.

use super::{Check, about, or_allow};
use crate::diagnostic::Finding;
use crate::facts::{Suggestions, WellKnown, platform_port, well_known};
use crate::model::{Endpoint, PortSet, Service, View};

declare_rule! {
    /// Finds a claim on a port that frameworks or widely used services default to.
    ///
    /// ## What it does
    /// Compares every number that is claimed on this machine with a curated
    /// table of defaults: 3000, 4200, 5173, 8000, 8080, 5432, 6379 and others.
    /// It is silent where the service's name, title, scheme or image says that
    /// it is that program, where `project.range` names that single number, and
    /// where `platform-port` has something to say.
    ///
    /// ## Why is this bad?
    /// The next project that somebody starts without thinking of ports takes
    /// the same number.
    ///
    /// ## Example
    /// ```toml
    /// [project]
    /// name = "shop"
    /// range = ["4200", "9000-9999", "3000-6400", "8080-8089"]
    ///
    /// [services.backend]
    /// port = 8080 # warning
    ///
    /// [services.ui]
    /// port = 4200
    ///
    /// [services.postgres]
    /// port = 5432
    ///
    /// [services.cache]
    /// port = 6379
    /// scheme = "redis"
    ///
    /// [services.db]
    /// port = 3306
    ///
    /// [services.db.compose]
    /// image = "mariadb:11"
    /// ```
    ///
    /// ## Known limitations
    /// Only words are compared: a database called `db` without an image or a
    /// scheme is not known to be one.
    "well-known-port", Warn, Check::View(check)
}

fn check(view: &View<'_>, findings: &mut Vec<Finding>) {
    let mut suggestions = Suggestions::new(&[view.project]);
    for service in view.services {
        for endpoint in service.endpoints.iter().filter(|endpoint| !endpoint.elsewhere) {
            let Some(port) = endpoint.number.fixed() else { continue };
            let Some(row) = well_known(port) else { continue };
            let deliberate = view.project.range.as_ref().is_some_and(|range| names_alone(range, row.port));
            let platform = platform_port(port, endpoint.protocol).is_some();
            if deliberate || platform || says_so(service, endpoint, row) {
                continue;
            }
            let message = format!("port {port} is a well-known default");
            let finding = Finding::new(RULE.name, endpoint.number.place, message)
                .label(format!("the default of {}", row.holder))
                .help(or_allow(&suggestions.another_number(view.project, endpoint), &RULE));
            findings.push(about(finding, endpoint));
        }
    }
}

/// Whether the set names the number by itself, which nobody does by accident.
fn names_alone(set: &PortSet, number: u16) -> bool {
    set.ranges().iter().any(|range| range.len() == 1 && range.first().get() == number)
}

/// Whether a service's names, scheme or image say that it is that program.
fn says_so(service: &Service, endpoint: &Endpoint, row: &WellKnown) -> bool {
    let image = service.compose.as_ref().and_then(|compose| compose.get("image"));
    let image = image.and_then(|image| image.as_str()).unwrap_or("");
    let texts =
        [service.name.as_str(), endpoint.name.as_str(), &service.title, &endpoint.title, endpoint.scheme.as_str(), image];
    texts.into_iter().any(|text| row.is_named_in(text))
}

#[cfg(test)]
mod tests {
    use super::super::testing::check;
    use super::*;

    #[test]
    fn it_is_silent_where_the_number_is_meant() {
        check(&RULE, "[services.api]\nport = 8080 # here\n");
        check(&RULE, "[services.api]\nport = 5000\n");
        check(&RULE, "[services.api]\nport = 8080\nremote = true\n");
        check(&RULE, "range = \"8080\"\n[services.api]\nport = 8080\n");
        check(&RULE, "range = \"8080-8081\"\n[services.api]\nport = 8080 # here\n");
        check(&RULE, "[services.db]\nport = 5432 # here\n");
        check(&RULE, "[services.db]\nport = 5432\nscheme = \"postgresql\"\n");
        check(&RULE, "[services.db]\nport = 5432\ncompose = { image = \"docker.io/bitnami/postgresql:16\" }\n");
        check(&RULE, "[services.db]\nport = 5432 # here\ncompose = { image = \"mysql:9\" }\n");
        check(&RULE, "[services.stack.ports]\npostgres = 5432\nredis = 6379\nweb = 3000 # here\n");
    }
}
