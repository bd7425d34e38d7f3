//! Which numbers of a table may still be given, as a [`Pool`].

use super::{all_blocked, privileged_ports};
use crate::model::{Endpoint, NamedRange, PassedOver, Pool, Port, PortRange, PortSet, Project, Scheme};

/// The claims of some projects, by number.
#[derive(Debug)]
pub struct Assigned<'a> {
    by_port: Vec<(Port, &'a Endpoint)>,
}

impl<'a> Assigned<'a> {
    /// Collects the claims on this machine of all projects, in the plain table
    /// and in every profile that an output uses.
    pub fn of(projects: &[&'a Project]) -> Self {
        let mut by_port: Vec<(Port, &Endpoint)> = projects
            .iter()
            .flat_map(|project| project.views())
            .flat_map(|view| view.endpoints())
            .filter(|endpoint| !endpoint.elsewhere)
            .filter_map(|endpoint| Some((endpoint.number.fixed()?, endpoint)))
            .collect();
        by_port.sort_by_key(|&(port, _)| port);
        by_port.dedup_by_key(|&mut (port, _)| port);
        Self { by_port }
    }

    /// The pool that a service of the project draws from: its named range and
    /// the project's range together, else whichever there is, else the
    /// [default pool](default_pool).
    ///
    /// Taken are all claims; passed over are reserved ports, privileged ones,
    /// for a service without a named range all named ranges and, for a scheme
    /// that browsers fetch, those they refuse.
    pub fn pool(&self, project: &Project, range: Option<&NamedRange>, scheme: &Scheme) -> Pool {
        let (name, ports) = drawn_from(project, range);
        let mut pool = Pool::new(name, ports.clone());
        for entry in &project.reserved {
            let why = PassedOver::Reserved { owner: entry.owner.clone(), reason: entry.reason.clone() };
            pool.pass_over(entry.ports.value.clone(), why);
        }
        for other in project.ranges.iter().filter(|_| range.is_none()) {
            pool.pass_over(other.ports.value.clone(), PassedOver::Range(other.name.to_string()));
        }
        if scheme.is_for_browsers() {
            pool.pass_over(all_blocked().map(PortRange::single).collect(), PassedOver::Blocked);
        }
        pool.pass_over(privileged_ports().into_iter().collect(), PassedOver::Privileged);
        for range in ports.ranges() {
            let start = self.by_port.partition_point(|&(port, _)| port < range.first());
            let rest = self.by_port.get(start..).unwrap_or_default();
            for (port, endpoint) in rest.iter().take_while(|(port, _)| range.contains(*port)) {
                pool.take(*port, endpoint.id());
            }
        }
        pool
    }
}

/// The name and the ports of the pool that a service draws from.
fn drawn_from(project: &Project, range: Option<&NamedRange>) -> (String, PortSet) {
    match (range, &project.range) {
        (Some(named), Some(own)) => {
            (format!("range {}", named.name.value), named.ports.intersection(&own.value))
        }
        (Some(named), None) => (format!("range {}", named.name.value), named.ports.value.clone()),
        (None, Some(own)) => ("project.range".to_owned(), own.value.clone()),
        (None, None) => ("the default pool".to_owned(), default_pool()),
    }
}

/// The ports that are given where no range is named: 20000 to 29999 less
/// 27017, 28015 and 29092.
///
/// None of them is blocked by browsers, in a default ephemeral range or among
/// Kubernetes' node ports; the three are MongoDB's, RethinkDB's and Kafka's.
pub fn default_pool() -> PortSet {
    let ends = [(20000, 27016), (27018, 28014), (28016, 29091), (29093, 29999)];
    ends.into_iter()
        .filter_map(|(first, last)| PortRange::new(Port::new(first)?, Port::new(last)?).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{blocked_by_browsers, ephemeral, platform_port, well_known};
    use crate::model::Protocol;

    #[test]
    fn the_default_pool_has_no_number_that_anyone_warns_of() {
        let pool = default_pool();
        assert_eq!(pool.ports().count(), 9997);
        for port in pool.ports() {
            assert!(blocked_by_browsers(port).is_none(), "{port}");
            assert!(ephemeral(port).is_none(), "{port}");
            assert!(well_known(port).is_none(), "{port}");
            assert!(platform_port(port, Protocol::Both).is_none(), "{port}");
        }
    }
}
