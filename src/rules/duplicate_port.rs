//! Two claims that collide.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{Check, about};
use crate::diagnostic::Finding;
use crate::facts::Suggestions;
use crate::model::{Address, Endpoint, Port, Project, Protocol, View};

declare_rule! {
    /// Finds two services that claim one port on this machine.
    ///
    /// ## What it does
    /// Compares every claim with every other: the number, the protocol (`both`
    /// is tcp and udp) and the address, where a wildcard overlaps everything
    /// and `localhost` is both 127.0.0.1 and ::1. It looks within a project,
    /// within each profile that an output uses, and across a workspace. Every
    /// status keeps its number: a `reserved` or `disabled` service claims too.
    ///
    /// ## Why is this bad?
    /// The second service to start fails with "address already in use".
    ///
    /// ## Example
    /// ```toml
    /// [project]
    /// name = "shop"
    ///
    /// [services.api]
    /// port = 9000
    ///
    /// [services.worker]
    /// port = 9000 # error
    /// ```
    /// Two addresses that do not overlap may share a number:
    /// ```toml
    /// [project]
    /// name = "shop"
    ///
    /// [services.api]
    /// port = 9000
    /// bind = "127.0.0.1"
    ///
    /// [services.worker]
    /// port = 9000
    /// bind = "127.0.0.2"
    /// ```
    ///
    /// ## Known limitations
    /// Two host names as `bind` are compared by their text, not by what they
    /// resolve to.
    "duplicate-port", Deny, Check::Workspace(check)
}

/// A port with the project it belongs to.
#[derive(Clone, Copy)]
struct Claimant<'a> {
    project: &'a Project,
    endpoint: &'a Endpoint,
}

fn check(projects: &[&Project], findings: &mut Vec<Finding>) {
    let mut suggestions = Suggestions::new(projects);
    let plain: Vec<View<'_>> = projects.iter().map(|project| project.plain()).collect();
    compare(&plain, &mut suggestions, findings);
    for project in projects {
        for view in project.views().into_iter().skip(1) {
            compare(&[view], &mut suggestions, findings);
        }
    }
}

fn compare<'a>(views: &[View<'a>], suggestions: &mut Suggestions<'a>, findings: &mut Vec<Finding>) {
    let mut claims: Vec<(Port, usize, Claimant<'_>)> = Vec::new();
    for (order, view) in views.iter().enumerate() {
        for endpoint in view.endpoints().filter(|endpoint| !endpoint.elsewhere) {
            if let Some(port) = endpoint.number.fixed() {
                claims.push((port, order, Claimant { project: view.project, endpoint }));
            }
        }
    }
    claims.sort_by_key(|&(port, order, claimant)| (port, order, claimant.endpoint.number.place));
    for group in claims.chunk_by(|one, two| one.0 == two.0).filter(|group| group.len() > 1) {
        let mut holders = Holders::default();
        for &(port, _, again) in group {
            match holders.first_in_the_way(again) {
                Some(first) => findings.push(finding(port, first, again, suggestions)),
                None => holders.add(again),
            }
        }
    }
}

/// Those that have one number without being in each other's way, by address:
/// at most one each for tcp and udp.
#[derive(Default)]
struct Holders<'a> {
    list: Vec<Claimant<'a>>,
    by_address: BTreeMap<&'a Address, Vec<usize>>,
    wildcards: Vec<usize>,
    /// The first for tcp and the first for udp.
    by_protocol: [Option<usize>; 2],
}

impl<'a> Holders<'a> {
    fn add(&mut self, claimant: Claimant<'a>) {
        let index = self.list.len();
        let address = &claimant.endpoint.bind.value;
        self.list.push(claimant);
        self.by_address.entry(address).or_default().push(index);
        if address.is_wildcard() {
            self.wildcards.push(index);
        }
        for (first, protocol) in self.by_protocol.iter_mut().zip([Protocol::Tcp, Protocol::Udp]) {
            if claimant.endpoint.protocol.overlaps(protocol) {
                first.get_or_insert(index);
            }
        }
    }

    /// The first holder that a claim collides with.
    fn first_in_the_way(&self, claimant: Claimant<'a>) -> Option<Claimant<'a>> {
        let address = &claimant.endpoint.bind.value;
        let candidates: Vec<usize> = if address.is_wildcard() {
            self.by_protocol.iter().copied().flatten().collect()
        } else {
            let same = std::iter::once(address).chain(also_overlapped(address));
            let at_addresses = same.filter_map(|address| self.by_address.get(address)).flatten();
            at_addresses.chain(&self.wildcards).copied().collect()
        };
        let holder = |index: &usize| self.list.get(*index).copied();
        let collides =
            |index: &usize| holder(index).is_some_and(|holder| in_the_way(holder.endpoint, claimant.endpoint));
        candidates.into_iter().filter(collides).min().as_ref().and_then(holder)
    }
}

fn in_the_way(one: &Endpoint, two: &Endpoint) -> bool {
    one.protocol.overlaps(two.protocol) && one.bind.overlaps(&two.bind)
}

/// The other addresses that one that is no wildcard overlaps.
fn also_overlapped(address: &Address) -> &'static [Address] {
    const LOOPBACKS: [Address; 2] =
        [Address::Ip(IpAddr::V4(Ipv4Addr::LOCALHOST)), Address::Ip(IpAddr::V6(Ipv6Addr::LOCALHOST))];
    match address {
        Address::Localhost => &LOOPBACKS,
        _ if LOOPBACKS.contains(address) => &[Address::Localhost],
        _ => &[],
    }
}

fn finding<'a>(
    port: Port,
    first: Claimant<'a>,
    again: Claimant<'a>,
    suggestions: &mut Suggestions<'a>,
) -> Finding {
    let remedy = suggestions.another_number(again.project, again.endpoint);
    let finding =
        Finding::new(RULE.name, again.endpoint.number.place, format!("port {port} is assigned twice"))
            .label("and again here")
            .related(first.endpoint.number.place, "first assigned here")
            .help(format!("{remedy}, or another `bind`"));
    about(about(finding, first.endpoint), again.endpoint)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{check, check_workspace};
    use super::*;

    /// Two services on one number, each with further keys; the second is found or not.
    fn check_pair(one: &str, two: &str, collide: bool) {
        let marker = if collide { " # here" } else { "" };
        check(&RULE, &format!("[services.a]\nport = 9001\n{one}\n[services.b]\nport = 9001{marker}\n{two}\n"));
        check(&RULE, &format!("[services.a]\nport = 9001\n{two}\n[services.b]\nport = 9001{marker}\n{one}\n"));
    }

    #[test]
    fn addresses_and_protocols_decide() {
        check_pair("", "", true);
        check_pair("protocol = \"udp\"", "protocol = \"tcp\"", false);
        check_pair("protocol = \"udp\"", "protocol = \"both\"", true);
        check_pair("scheme = \"udp\"", "", false);
        check_pair("bind = \"0.0.0.0\"", "bind = \"10.0.0.1\"", true);
        check_pair("bind = \"::\"", "bind = \"127.0.0.1\"", true);
        check_pair("bind = \"0.0.0.0\"", "bind = \"0.0.0.0\"", true);
        check_pair("bind = \"localhost\"", "bind = \"127.0.0.1\"", true);
        check_pair("bind = \"localhost\"", "bind = \"::1\"", true);
        check_pair("bind = \"127.0.0.1\"", "bind = \"::1\"", false);
        check_pair("bind = \"localhost\"", "bind = \"127.0.0.2\"", false);
        check_pair("remote = true", "", false);
        check_pair("status = \"disabled\"", "status = \"reserved\"", true);
    }

    #[test]
    fn each_further_claim_is_found_once_with_the_first_that_it_meets() {
        let three = "[services.a]\nport = 9001\nbind = \"127.0.0.1\"\n[services.b]\nport = 9001\nbind = \"::1\"\n\
             [services.c]\nport = 9001 # here\n[services.d]\nport = 9001 # here\nbind = \"::\"\n";
        check(&RULE, three);
        check(&RULE, "[services.k.ports]\none = 9001\ntwo = { port = 9001 } # here\n");
    }

    #[test]
    fn the_later_place_is_the_one_to_mend_in_a_profile_too() {
        let profile = "[services.a]\nport = 9001\n[services.b]\nport = 9002\n\
             [profiles.test.services.a]\nport = 9002 # here\n";
        check(&RULE, &format!("{profile}[[output]]\npath = \"t\"\ntemplate = \"t.j2\"\nprofile = \"test\"\n"));
        check(&RULE, &profile.replace(" # here", ""));
    }

    #[test]
    fn members_of_a_workspace_are_compared() {
        check_workspace(&RULE, &["[services.a]\nport = 9001\n", "[services.b]\nport = 9001 # here\n"]);
        check_workspace(&RULE, &["[services.a]\nport = 9001\n", "[services.b]\nport = 9002\n"]);
    }
}
