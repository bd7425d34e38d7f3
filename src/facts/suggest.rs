//! Numbers to propose where a finding asks for another one.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use super::{Assigned, ephemeral, platform_port, well_known};
use crate::model::{Endpoint, Pool, Port, Project, Protocol};

/// Proposes free numbers for services, each number once.
///
/// Nothing is computed before the first question.
#[derive(Debug)]
pub struct Suggestions<'a> {
    projects: Vec<&'a Project>,
    assigned: OnceCell<Assigned<'a>>,
    pools: BTreeMap<(&'a str, &'a str, bool), Proposals>,
}

impl<'a> Suggestions<'a> {
    /// Proposes numbers that none of these projects claims.
    pub fn new(projects: &[&'a Project]) -> Self {
        Self { projects: projects.to_vec(), assigned: OnceCell::new(), pools: BTreeMap::new() }
    }

    /// What to do, as a clause: `give api another number, such as 9003, the
    /// next free one of range mcp`.
    pub fn another_number(&mut self, project: &'a Project, endpoint: &'a Endpoint) -> String {
        let id = endpoint.id();
        let proposals = self.proposals(project, endpoint);
        let Some(port) = proposals.next() else {
            return format!("give {id} another number; {} has none left", proposals.pool.name());
        };
        format!("give {id} another number, such as {port}, the next free one of {}", proposals.pool.name())
    }

    fn proposals(&mut self, project: &'a Project, endpoint: &'a Endpoint) -> &mut Proposals {
        let range = endpoint.range.as_ref().and_then(|range| project.named_range(&range.value));
        let range_name = range.map_or("", |range| range.name.as_str());
        let key = (project.folder.as_str(), range_name, endpoint.scheme.is_for_browsers());
        let assigned = self.assigned.get_or_init(|| Assigned::of(&self.projects));
        self.pools
            .entry(key)
            .or_insert_with(|| Proposals::of(assigned.pool(project, range, &endpoint.scheme)))
    }
}

/// The numbers of a pool in their order, without those that rules warn of
/// where there are others.
#[derive(Debug)]
struct Proposals {
    pool: Pool,
    only_quiet: bool,
    /// The lowest number that was not looked at yet.
    from: Option<Port>,
}

impl Proposals {
    fn of(pool: Pool) -> Self {
        let mut proposals = Self { pool, only_quiet: true, from: Some(Port::MIN) };
        let quiet = proposals.next();
        proposals.only_quiet = quiet.is_some();
        proposals.from = quiet.or(Some(Port::MIN));
        proposals
    }

    fn next(&mut self) -> Option<Port> {
        loop {
            let port = self.pool.lowest_free_from(self.from?)?;
            self.from = port.get().checked_add(1).and_then(Port::new);
            if !self.only_quiet || is_quiet(port) {
                return Some(port);
            }
        }
    }
}

/// Whether no rule warns of a number.
fn is_quiet(port: Port) -> bool {
    let is_platform = platform_port(port, Protocol::Both).is_some();
    !is_platform && well_known(port).is_none() && ephemeral(port).is_none()
}
