//! Numbers to propose where a finding asks for another one.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use super::{Assigned, ephemeral, platform_port, well_known};
use crate::model::{Endpoint, Pool, Project, Protocol};

/// Proposes free numbers for services, each number once.
///
/// Nothing is computed before the first question.
#[derive(Debug)]
pub struct Suggestions<'a> {
    projects: Vec<&'a Project>,
    assigned: OnceCell<Assigned<'a>>,
    pools: BTreeMap<(&'a str, &'a str, bool), Pool>,
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
        let pool = self.pool(project, endpoint);
        let Some(port) = pool.lowest_free() else {
            return format!("give {id} another number; {} has none left", pool.name());
        };
        pool.take(port, id.as_str());
        format!("give {id} another number, such as {port}, the next free one of {}", pool.name())
    }

    fn pool(&mut self, project: &'a Project, endpoint: &'a Endpoint) -> &mut Pool {
        let range = endpoint.range.as_ref().and_then(|range| project.named_range(&range.value));
        let range_name = range.map_or("", |range| range.name.as_str());
        let key = (project.folder.as_str(), range_name, endpoint.scheme.is_for_browsers());
        let assigned = self.assigned.get_or_init(|| Assigned::of(&self.projects));
        self.pools.entry(key).or_insert_with(|| quiet(assigned.pool(project, range, &endpoint.scheme)))
    }
}

/// The pool without the numbers that rules warn of, where that leaves any.
fn quiet(pool: Pool) -> Pool {
    let mut quiet = pool.clone();
    for port in pool.ports().ports() {
        let is_platform = platform_port(port, Protocol::Both).is_some();
        if is_platform || well_known(port).is_some() || ephemeral(port).is_some() {
            quiet.take(port, "");
        }
    }
    if quiet.free_count() > 0 { quiet } else { pool }
}
