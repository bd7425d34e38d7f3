//! How a port stands for a program that is about to start on it.

use super::pool::shown;
use super::startup::{CHECKOUT, PROJECT, SERVICE, Startup};
use super::status::{Subject, expected, homes, reachable};
use crate::diagnostic::printable;
use crate::ledger::{GrantId, Owner};
use crate::machine::{Expected, Process, Seen, Verdict, judge, look};
use crate::model::{Endpoint, Health, Port, Protocol};
use crate::world::{self, HealthAnswer, HealthQuestion};

/// How a port stands for a program that is about to start on it.
pub(super) enum Stand {
    /// It can be bound.
    Usable,
    /// The service's own program has it.
    Running(String),
    /// Somebody else has it, or nobody may: the sentence.
    Taken(String),
}

/// Whether a service of the table runs before the program is started.
pub(super) enum Already {
    /// Its container has the port, or its own program has and is well: how.
    Well(String),
    /// Its own program has the port, and it cannot be told to be well: why.
    Unwell(String),
    /// Nobody of its own has the port.
    No,
}

impl Startup<'_> {
    /// How a port stands: policy and claims first, then sockets, then binding.
    pub(super) fn stand(&self, service: &str, port: Port, protocol: Protocol, own: Option<GrantId>) -> Stand {
        let state = self.draft.state();
        let other = state
            .grants
            .iter()
            .find(|grant| grant.port == port && grant.protocol.overlaps(protocol) && Some(grant.id) != own);
        if let Some(other) = other {
            let verdict = Verdict::Claimed { by: shown(state, &Owner::Grant(other)) };
            return Stand::Taken(format!("port {port} {verdict}"));
        }
        if let Some(death) = state.death(port, protocol) {
            let verdict = Verdict::Dead { why: death.reason.clone() };
            return Stand::Taken(format!(
                "port {port} {verdict} (`portgen dead revive {port}` takes that back)"
            ));
        }
        let verdict = look(self.machine, port, protocol);
        if verdict.is_free() || self.is_passing(&verdict, port, protocol) {
            return Stand::Usable;
        }
        if let Verdict::Busy { owners, .. } = &verdict {
            if let Some(owner) = owners.iter().find(|owner| self.is_own(owner, service)) {
                return Stand::Running(format!("{} listens on port {port}", owner.shown()));
            }
            let container = || {
                let container = self.machine.container(port, protocol)?;
                Some(format!(" (container {})", printable(&container.name)))
            };
            let whose = owners.iter().find_map(whose).or_else(container).unwrap_or_default();
            return Stand::Taken(format!("port {port} {verdict}{whose}"));
        }
        Stand::Taken(format!("port {port} {verdict}"))
    }

    /// Whether only the ends of connections are left that nobody has open any
    /// more: no server minds them, and no owner is there to be named.
    fn is_passing(&self, verdict: &Verdict, port: Port, protocol: Protocol) -> bool {
        match verdict {
            Verdict::Cooling => true,
            Verdict::Outbound { .. } => {
                self.machine.sockets().of(port, protocol).all(|socket| socket.inode == 0)
            }
            _ => false,
        }
    }

    /// Whether a process is one that `run` started for this service in this checkout.
    pub(super) fn is_own(&self, process: &Process, service: &str) -> bool {
        let folder = self.asker.sighted.folder.to_string_lossy();
        process.mark(PROJECT) == Some(self.asker.sighted.name.as_str())
            && process.mark(CHECKOUT) == Some(&*folder)
            && process.mark(SERVICE).is_none_or(|known| known == service)
    }

    /// Whether a port of the table is served already by the service's container,
    /// or by its own program that says it is well.
    pub(super) fn already(&self, endpoint: &Endpoint, port: Port) -> Already {
        let Some(project) = &self.asker.project else { return Already::No };
        let subjects = [Subject::of(self.asker.clone(), self.draft.state())];
        let others = project.plain().endpoints().filter(|other| other.id() != endpoint.id());
        let mut all: Vec<Expected> = vec![expected(0, project, endpoint, Some(port))];
        all.extend(others.map(|other| expected(0, project, other, other.number.fixed())));
        let (seen, _) = judge(self.machine, &homes(&subjects, self.draft.state()), 1, &all);
        let Some(seen) = seen.first().filter(|seen| seen.is_ours()) else { return Already::No };
        let Some(first) = seen.owners.first() else {
            // Nobody of its own that can be seen: what listens for its container.
            let note = seen.note.clone();
            return Already::Well(note.unwrap_or_else(|| format!("its container has port {port}")));
        };
        let who = format!("{} listens on port {port}", first.shown());
        match health(endpoint, seen, port) {
            Some(HealthAnswer::Ok) => Already::Well(format!("{who}, and is well")),
            Some(HealthAnswer::Status(status)) => Already::Unwell(format!("{who}, and answers {status}")),
            Some(HealthAnswer::Failed(why)) => Already::Unwell(format!("{who}, and is not well: {why}")),
            None => Already::Unwell(format!("{who}, and has no `health` in ports.toml by which to tell")),
        }
    }
}

/// Asks a service that says how whether it is well; `None` where it does not.
fn health(endpoint: &Endpoint, seen: &Seen, port: Port) -> Option<HealthAnswer> {
    let is_tls = matches!(endpoint.scheme.as_str(), "https" | "wss");
    let path = match endpoint.health.as_ref()? {
        // portgen speaks no TLS: that it answers at all has to do.
        Health::Path(path) if !is_tls => Some(path.clone()),
        Health::Path(_) | Health::Tcp => None,
    };
    let address = reachable(&seen.addresses, port)?;
    world::ask_health(&[HealthQuestion { address, path }]).pop()
}

/// Whose a process is, where `run` started it: ` (service api of project shop, in /…)`.
fn whose(process: &Process) -> Option<String> {
    let (project, folder) = (printable(process.mark(PROJECT)?), printable(process.mark(CHECKOUT)?));
    let service = process.mark(SERVICE).map(|service| format!("service {} of ", printable(service)));
    Some(format!(" ({}project {project}, in {folder})", service.unwrap_or_default()))
}
