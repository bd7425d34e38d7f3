//! Who has a port, why, and how it is freed.

use super::asker::{Asker, asker, is_over};
use super::pool::{kept_from, shown};
use super::status::command_line;
use crate::app::load::Location;
use crate::diagnostic::{Failure, printable};
use crate::facts::{blocked_by_browsers, platform_port, well_known};
use crate::ledger::{Holder, Ledger, Owner, ProjectId, SqliteLedger, State};
use crate::machine::{Ban, Machine, Process, Unit, Verdict, look, read_unit};
use crate::model::{PassedOver, Port, Protocol};
use crate::world::{self, ThisMachine};

/// A process that has a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortOwner {
    /// Its number.
    pub pid: u32,
    /// The program's name.
    pub name: String,
    /// What it was started with.
    pub command: String,
    /// The folder that it works in.
    pub folder: Option<String>,
    /// The user that it runs as.
    pub user: Option<String>,
}

/// Everything that is known of a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    /// The port.
    pub port: Port,
    /// For which protocol.
    pub protocol: Protocol,
    /// One word: `free`, `busy` and so on.
    pub verdict: &'static str,
    /// A sentence without its full stop.
    pub sentence: String,
    /// Who has it open, as far as this user may see.
    pub owners: Vec<PortOwner>,
    /// To whom the ledger gave it, or whose table declares it.
    pub claims: Vec<String>,
    /// What is known of the number.
    pub facts: Vec<String>,
    /// How it is freed.
    pub advice: Vec<String>,
    /// The file of the ledger.
    pub ledger: String,
}

/// Tells who has a port, as the project of a folder sees it; without one, or
/// where its table is broken, as somebody who is no project.
///
/// # Errors
/// A [`Failure`] of the ledger.
pub fn who(location: Option<&Location>, port: Port, protocol: Protocol) -> Result<Who, Failure> {
    let place = world::ledger_path()?;
    let mut store = SqliteLedger::open(&place)?;
    let state = store.as_mut().map(Ledger::read).transpose()?.unwrap_or_default();
    let machine = ThisMachine::new();
    let seen = look(&machine, port, protocol);
    let owners = match &seen {
        Verdict::Busy { owners, .. } | Verdict::Outbound { owners, .. } => owners.clone(),
        _ => Vec::new(),
    };
    let claimants: Vec<Owner<'_>> =
        state.owners(port, protocol).into_iter().filter(|owner| counts(&state, owner, &machine)).collect();
    let mut advice = advice(&seen, &owners, &claimants, &state, (port, protocol), &machine);
    let own = location.and_then(|location| asker(location).ok());
    let kept = kept(own.as_ref(), &state, &machine, port);
    let verdict = with_ledger(seen, &claimants, kept, &state, (port, protocol));
    if matches!(verdict, Verdict::Forbidden(Ban::Policy(_))) {
        advice.extend(give_back(own.as_ref(), &state, port));
    }
    Ok(Who {
        port,
        protocol,
        verdict: verdict.word(),
        sentence: format!("port {port} {verdict}"),
        owners: owners.iter().map(told).collect(),
        claims: claimants.iter().map(|owner| claim(&state, owner)).collect(),
        facts: facts(&state, &machine, port, protocol),
        advice,
        ledger: place.display().to_string(),
    })
}

/// Whether somebody's claim stands: a process that is gone has none, and a
/// second checkout declares what it does not use.
fn counts(state: &State, owner: &Owner<'_>, machine: &dyn Machine) -> bool {
    match owner {
        Owner::Grant(grant) => !is_over(grant, machine),
        Owner::Declared(declared) => {
            state.checkout(declared.checkout).is_none_or(|checkout| checkout.is_first)
        }
    }
}

/// Why a port is kept from who asks, where it is.
fn kept(own: Option<&Asker>, state: &State, machine: &dyn Machine, port: Port) -> Option<PassedOver> {
    let project = own.and_then(|own| own.project.as_ref());
    kept_from(project, own_project(own, state), state, machine.facts(), port)
}

fn own_project(own: Option<&Asker>, state: &State) -> ProjectId {
    let checkout = own.and_then(|own| own.known(state));
    checkout.map_or(ProjectId(0), |checkout| checkout.project)
}

/// How a port that is kept could be had.
fn give_back(own: Option<&Asker>, state: &State, port: Port) -> Vec<String> {
    let mine = Holder::Project(own_project(own, state));
    let kept = state.assignments.iter().filter(|kept| kept.ports.contains(port) && kept.holder != mine);
    let mut advice: Vec<String> = kept
        .map(|kept| {
            let ports = kept.ports.to_string();
            format!("`portgen project unassign {}` takes the range back from who has it", quoted(&ports))
        })
        .collect();
    let project = own.and_then(|own| own.project.as_ref());
    if project.is_some_and(|project| project.reserved.iter().any(|entry| entry.ports.contains(port))) {
        advice.push("take it out of [[reserved]] in ports.toml".to_owned());
    }
    advice
}

/// What the ledger and policy add to a port that the machine has free.
fn with_ledger(
    seen: Verdict,
    claimants: &[Owner<'_>],
    kept: Option<PassedOver>,
    state: &State,
    (port, protocol): (Port, Protocol),
) -> Verdict {
    if !seen.is_free() {
        return seen;
    }
    if let Some(first) = claimants.first() {
        return Verdict::Claimed { by: shown(state, first) };
    }
    match (state.death(port, protocol), kept) {
        (Some(dead), _) => Verdict::Dead { why: dead.reason.clone() },
        (None, Some(why)) => Verdict::Forbidden(Ban::Policy(why)),
        (None, None) => seen,
    }
}

fn told(process: &Process) -> PortOwner {
    let user = process.user.map(|user| world::user_name(user).unwrap_or_else(|| user.to_string()));
    PortOwner {
        pid: process.pid,
        name: process.name.clone(),
        command: command_line(process),
        folder: process.folder.as_ref().map(|folder| folder.to_string_lossy().into_owned()),
        user,
    }
}

fn claim(state: &State, owner: &Owner<'_>) -> String {
    let who = shown(state, owner);
    let folder = state.checkout(owner.checkout()).map(|checkout| checkout.folder.display().to_string());
    let folder =
        folder.filter(|folder| !folder.is_empty()).map(|folder| format!(", {folder}")).unwrap_or_default();
    match owner {
        Owner::Declared(_) => format!("declared for {who}{folder}"),
        Owner::Grant(grant) => {
            let lease =
                grant.lease.as_ref().map(|lease| format!(" for as long as process {} lives", lease.pid));
            let purpose = grant.purpose.as_ref().map(|purpose| format!(": {purpose}"));
            let (lease, purpose) = (lease.unwrap_or_default(), purpose.unwrap_or_default());
            format!("{} by {who} since {}{lease}{purpose}{folder}", grant.origin.as_str(), grant.since)
        }
    }
}

fn facts(state: &State, machine: &dyn Machine, port: Port, protocol: Protocol) -> Vec<String> {
    let limits = machine.facts();
    let mut facts = Vec::new();
    if let Some(known) = well_known(port) {
        facts.push(format!("it is the default of {}", known.holder));
    }
    if let Some(platform) = platform_port(port, protocol) {
        facts.push(format!("{} has {} on it", platform.system, platform.holder));
    }
    if blocked_by_browsers(port).is_some() {
        facts.push("browsers refuse to fetch from it".to_owned());
    }
    if limits.is_privileged(port) {
        let whether = if limits.may_bind_privileged { "this user may" } else { "this user may not" };
        facts.push(format!(
            "below {} only a privileged program listens; {whether}",
            limits.unprivileged_start
        ));
    }
    if let Some(range) = limits.ephemeral.filter(|_| limits.is_ephemeral(port)) {
        facts.push(format!("outgoing connections of this machine take ports {range}, so this one, too"));
    }
    if limits.kept_by_kernel.contains(port) {
        facts.push("the kernel gives it to no outgoing connection (ip_local_reserved_ports)".to_owned());
    }
    if limits.excluded.contains(port) {
        facts.push("the system keeps it for itself".to_owned());
    }
    for assignment in state.assignments.iter().filter(|assignment| assignment.ports.contains(port)) {
        facts.push(match &assignment.holder {
            Holder::Project(id) => {
                let name = state.project(*id).map_or("?", |project| project.name.as_str());
                format!("the range {} is assigned to project {name} on this machine", assignment.ports)
            }
            Holder::Other { owner, .. } => {
                let whose = owner.as_ref().map(|owner| format!(" for {owner}")).unwrap_or_default();
                format!("the range {} is reserved{whose} on this machine", assignment.ports)
            }
        });
    }
    if let Some(dead) = state.death(port, protocol) {
        facts.push(format!("it is dead since {}: {}", dead.first, dead.reason));
    }
    facts
}

/// How a port is freed: always by the means of who has it.
fn advice(
    seen: &Verdict,
    owners: &[Process],
    claimants: &[Owner<'_>],
    state: &State,
    (port, protocol): (Port, Protocol),
    machine: &dyn Machine,
) -> Vec<String> {
    let mut advice: Vec<String> = Vec::new();
    for owner in owners {
        let how = if matches!(seen, Verdict::Outbound { .. }) {
            format!("it goes when {} ends its connection", owner.shown())
        } else {
            how_to_end(owner, port, machine)
        };
        if !advice.contains(&how) {
            advice.push(how);
        }
    }
    if matches!(seen, Verdict::Busy { .. }) && owners.is_empty() {
        let container = machine.container(port, protocol).map(|container| container.name);
        advice.extend(container.map(|name| format!("`docker stop {}` stops its container", quoted(&name))));
        advice.push(
            "its program is another user's, or in a container: ask as that user, or look at `docker ps`"
                .to_owned(),
        );
    }
    for claimant in claimants {
        if let Owner::Grant(_) = claimant {
            let project = state.project_of(claimant.checkout()).map_or("?", |project| project.name.as_str());
            advice.push(format!(
                "`portgen release --port {port} --project {}` takes it back from {}",
                quoted(project),
                shown(state, claimant)
            ));
        }
    }
    if state.death(port, protocol).is_some() {
        advice.push(format!("`portgen dead revive {port}` takes its death back"));
    }
    advice
}

/// How a program that listens is stopped by its own means.
fn how_to_end(owner: &Process, port: Port, machine: &dyn Machine) -> String {
    if let Some(container) = machine.container(port, Protocol::Both) {
        let of = container
            .folder
            .as_ref()
            .map(|folder| format!(" of the Compose project in {}", printable(&folder.to_string_lossy())));
        let name = printable(&container.name).into_owned();
        return format!("`docker stop {}` stops its container{}", quoted(&name), of.unwrap_or_default());
    }
    if owner.name == "docker-proxy" || owner.name.starts_with("rootless") {
        return format!(
            "`docker ps --filter publish={port}` names its container; `docker stop NAME` stops that"
        );
    }
    let unit = world::group_of(owner.pid).and_then(|text| read_unit(&text));
    let is_kept = matches!(unit, Some(Unit::Container(_))) || is_main(owner, machine);
    if let Some(unit) = unit.filter(|_| is_kept) {
        return format!("{} stops {}", unit.how_to_stop(), owner.shown());
    }
    let place = owner.folder.as_ref().map(|folder| printable(&folder.to_string_lossy()).into_owned());
    let place = place.map(|folder| format!(" (it works in {folder})")).unwrap_or_default();
    match (owner.mark("PORTGEN_SERVICE"), owner.mark("PORTGEN_PROJECT")) {
        (Some(service), Some(project)) => format!(
            "end `portgen run {service}` of project {project} where it was started, which ends {}{place}",
            owner.shown()
        ),
        _ => format!("end {} by its own means, where it was started{place}", owner.shown()),
    }
}

/// Whether a process is what a service was started for, and not something that
/// was started inside of it, as a shell in a terminal's service.
fn is_main(owner: &Process, machine: &dyn Machine) -> bool {
    let is_manager = |process: &Process| process.name == "systemd";
    let Some(parent) = machine.process(owner.parent) else { return false };
    let above = || machine.process(parent.parent);
    is_manager(&parent) || (parent.name == owner.name && above().is_some_and(|above| is_manager(&above)))
}

/// A name as a POSIX shell takes it literally.
pub(super) fn quoted(name: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if !name.is_empty() && name.bytes().all(is_plain) {
        return name.to_owned();
    }
    format!("'{}'", name.replace('\'', r"'\''"))
}
