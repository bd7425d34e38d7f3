//! A URL that names no machine.

use std::net::IpAddr;

use super::{Check, about};
use crate::diagnostic::Finding;
use crate::model::View;

declare_rule! {
    /// Finds a URL for clients whose host is an address to listen on.
    ///
    /// ## What it does
    /// Looks at the `host` of every service that has a URL, here and elsewhere,
    /// for `0.0.0.0`, `::` and `*`.
    ///
    /// ## Why is this bad?
    /// Those stand for every address of the machine that listens. As a
    /// destination they mean nothing: Windows refuses them, and browsers
    /// block them.
    ///
    /// ## Example
    /// ```toml
    /// [project]
    /// name = "shop"
    ///
    /// [services.api]
    /// port = 9000
    /// scheme = "http"
    /// host = "0.0.0.0" # error
    ///
    /// [services.web]
    /// port = 9001
    /// scheme = "http"
    /// host = "localhost"
    /// bind = "0.0.0.0"
    /// ```
    ///
    /// ## Known limitations
    /// Services of scheme tcp and udp have no URL and are not looked at.
    "wildcard-client-url", Deny, Check::View(check)
}

fn check(view: &View<'_>, findings: &mut Vec<Finding>) {
    for endpoint in view.endpoints().filter(|endpoint| endpoint.scheme.has_url()) {
        let host = &endpoint.host;
        if !is_wildcard(host) {
            continue;
        }
        let message = format!("clients cannot connect to {}", host.value);
        let finding = Finding::new(RULE.name, host.place, message)
            .label("every address of the machine that listens")
            .help("write the host that clients reach, such as `localhost`; where it listens is `bind`");
        findings.push(about(finding, endpoint));
    }
}

fn is_wildcard(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "*" || bare.parse().is_ok_and(|ip: IpAddr| ip.is_unspecified())
}

#[cfg(test)]
mod tests {
    use super::super::testing::check;
    use super::*;

    #[test]
    fn only_hosts_of_urls_are_looked_at() {
        let check_host = |host: &str, scheme: &str, marker: &str| {
            check(&RULE, &format!("[services.a]\nport = 9001\nscheme = \"{scheme}\"\nhost = \"{host}\"{marker}\n"));
        };
        for host in ["0.0.0.0", "::", "[::]"] {
            check_host(host, "http", " # here");
            check_host(host, "tcp", "");
        }
        for host in ["localhost", "10.0.0.1", "::1", "zero.example.com"] {
            check_host(host, "http", "");
        }
        check(&RULE, "host = \"0.0.0.0\" # here\n[services.a]\nport = 9001\nscheme = \"http\"\n");
    }
}
