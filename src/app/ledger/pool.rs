//! The ports that somebody may be given here: policy first, then claims.

use crate::app::add::named_range;
use crate::diagnostic::{Failure, printable};
use crate::facts::{all_blocked, default_pool};
use crate::ledger::{Holder, Owner, ProjectId, State};
use crate::machine::MachineFacts;
use crate::model::{
    NamedRange, PassedOver, Pool, Port, PortRange, PortSet, Project, Protocol, Refusal, Scheme,
};

/// The name of the pool of who has no range.
pub(super) const DEFAULT_POOL: &str = "the default pool";

/// What a port is drawn for.
pub(super) struct Draw<'a> {
    /// The project that asks, in the ledger.
    pub(super) own: ProjectId,
    /// Its table.
    pub(super) project: Option<&'a Project>,
    /// The named range of the service.
    pub(super) range: Option<&'a NamedRange>,
    /// Ports that were asked for literally.
    pub(super) ports: Option<PortSet>,
    /// What will be spoken.
    pub(super) scheme: Scheme,
    /// On which transport.
    pub(super) protocol: Protocol,
}

/// What `--range` means: a named range of the table, or ports.
pub(super) fn asked_range<'a>(
    project: Option<&'a Project>,
    text: &str,
) -> Result<(Option<&'a NamedRange>, Option<PortSet>), Failure> {
    let parsed: Result<PortSet, _> = text.split(',').map(|part| PortRange::parse(part.trim())).collect();
    if let Ok(ports) = parsed {
        return Ok((None, Some(ports)));
    }
    match project {
        Some(project) => Ok((Some(named_range(project, text)?), None)),
        None => Err(Failure::new(
            "unknown-range",
            format!("`{text}` is no range of ports, and there is no table"),
        )
        .help("write it as 50000-51000")),
    }
}

impl Draw<'_> {
    /// The pool, with everything taken or passed over that policy and claims
    /// take or pass over; of sockets it knows nothing.
    pub(super) fn pool(&self, state: &State, facts: &MachineFacts) -> Result<Pool, Failure> {
        let (name, ports) = self.ports(state)?;
        let mut pool = Pool::new(name, ports);
        self.pass_over(&mut pool, state, facts);
        take_claims(&mut pool, state, self.protocol);
        Ok(pool)
    }

    fn pass_over(&self, pool: &mut Pool, state: &State, facts: &MachineFacts) {
        let named = self.project.into_iter().flat_map(|project| &project.ranges);
        for other in named.filter(|_| self.range.is_none() && self.ports.is_none()) {
            pool.pass_over(other.ports.value.clone(), PassedOver::Range(other.name.to_string()));
        }
        pass_over_kept(pool, self.project, self.own, state, facts);
        if self.scheme.is_for_browsers() {
            pool.pass_over(all_blocked().map(PortRange::single).collect(), PassedOver::Blocked);
        }
        pool.pass_over(below(facts.unprivileged_start), PassedOver::Privileged);
    }

    /// The name and the ports of the pool, before anything is taken.
    fn ports(&self, state: &State) -> Result<(String, PortSet), Failure> {
        let own = self.project.and_then(|project| project.range.as_ref()).map(|range| range.value.clone());
        let assigned: PortSet =
            state.ranges_of(self.own).flat_map(|assignment| assignment.ports.ranges().to_vec()).collect();
        let assigned = (!assigned.is_empty()).then_some(assigned);
        let asked = match (&self.ports, self.range) {
            (Some(ports), _) if ports.contains(Port::MIN) && ports.contains(Port::MAX) => {
                Some(("this machine".to_owned(), ports.clone()))
            }
            (Some(ports), _) => Some(("--range".to_owned(), ports.clone())),
            (None, Some(range)) => Some((format!("range {}", range.name.value), range.ports.value.clone())),
            (None, None) => None,
        };
        let bounds = match (own, assigned) {
            (Some(own), _) => Some(("project.range".to_owned(), own)),
            (None, Some(assigned)) => Some(("the range assigned to this project".to_owned(), assigned)),
            (None, None) => None,
        };
        match (asked, bounds) {
            (Some((name, ports)), Some((outer, bounds))) => {
                let both = ports.intersection(&bounds);
                if both.is_empty() {
                    let message = format!("{name} ({ports}) lies outside {outer} ({bounds})");
                    return Err(Failure::new("outside-range", message)
                        .help("ask inside it; `portgen project list` shows what each project has"));
                }
                Ok((name, both))
            }
            (Some(one), None) | (None, Some(one)) => Ok(one),
            (None, None) => Ok((DEFAULT_POOL.to_owned(), default_pool())),
        }
    }
}

/// Takes what was given and what tables declare, and marks what is dead.
pub(in crate::app) fn take_claims(pool: &mut Pool, state: &State, protocol: Protocol) {
    let bounds = pool.ports().clone();
    for grant in &state.grants {
        if grant.protocol.overlaps(protocol) && bounds.contains(grant.port) {
            pool.take(grant.port, shown(state, &Owner::Grant(grant)));
        }
    }
    for declared in &state.declared {
        if declared.protocol.overlaps(protocol) && bounds.contains(declared.port) {
            pool.take(declared.port, shown(state, &Owner::Declared(declared)));
        }
    }
    for dead in state.dead.iter().filter(|dead| dead.protocol.overlaps(protocol)) {
        if bounds.contains(dead.port) {
            pool.mark_dead(dead.port, dead.reason.clone());
        }
    }
}

/// Passes over what is kept from a project: by its table, by this machine, by
/// the system.
fn pass_over_kept(
    pool: &mut Pool,
    project: Option<&Project>,
    own: ProjectId,
    state: &State,
    facts: &MachineFacts,
) {
    for entry in project.into_iter().flat_map(|project| &project.reserved) {
        let why = PassedOver::Reserved { owner: entry.owner.clone(), reason: entry.reason.clone() };
        pool.pass_over(entry.ports.value.clone(), why);
    }
    pass_over_assigned(pool, state, own);
    let kept = |why: &str| PassedOver::Reserved { owner: None, reason: Some(why.to_owned()) };
    let why = "the kernel keeps it (net.ipv4.ip_local_reserved_ports)";
    pool.pass_over(facts.kept_by_kernel.clone(), kept(why));
    pool.pass_over(facts.excluded.clone(), kept("the system excludes it"));
}

/// Why a port is kept from a project, where it is.
pub(super) fn kept_from(
    project: Option<&Project>,
    own: ProjectId,
    state: &State,
    facts: &MachineFacts,
    port: Port,
) -> Option<PassedOver> {
    let mut pool = Pool::new("", [PortRange::single(port)].into_iter().collect());
    pass_over_kept(&mut pool, project, own, state, facts);
    match pool.refusal(port) {
        Some(Refusal::PassedOver { why, .. }) => Some(why),
        _ => None,
    }
}

/// Passes over what this machine keeps for others than one project.
pub(in crate::app) fn pass_over_assigned(pool: &mut Pool, state: &State, own: ProjectId) {
    for assignment in &state.assignments {
        let why = match &assignment.holder {
            Holder::Project(id) if *id == own => continue,
            Holder::Project(id) => PassedOver::Reserved {
                owner: state.project(*id).map(|project| format!("project {}", project.name)),
                reason: Some("the range is assigned to it on this machine".to_owned()),
            },
            Holder::Other { owner, reason } => {
                PassedOver::Reserved { owner: owner.clone(), reason: reason.clone() }
            }
        };
        pool.pass_over(assignment.ports.clone(), why);
    }
}

fn below(start: u16) -> PortSet {
    let last = start.checked_sub(1).and_then(Port::new);
    last.and_then(|last| PortRange::new(Port::MIN, last).ok()).into_iter().collect()
}

/// Who has a port, for people: `service api of project shop`; with its folder
/// where two projects have one name.
pub(in crate::app) fn shown(state: &State, owner: &Owner<'_>) -> String {
    let project = state.project_of(owner.checkout()).map_or("?", |project| project.name.as_str());
    let is_namesake = state.projects.iter().filter(|other| other.name == project).count() > 1;
    let folder = state
        .checkout(owner.checkout())
        .filter(|checkout| is_namesake && !checkout.folder.as_os_str().is_empty())
        .map(|checkout| format!(" at {}", printable(&checkout.folder.to_string_lossy())))
        .unwrap_or_default();
    let second = state
        .checkout(owner.checkout())
        .filter(|checkout| !checkout.is_first)
        .map(|checkout| format!(" (checkout {})", checkout.label))
        .unwrap_or_default();
    match owner.service() {
        Some(service) => format!("service {service} of project {project}{folder}{second}"),
        None => format!("project {project}{folder}{second}"),
    }
}
