//! What is checked before a program starts: every port that it is given.

use super::asker::Asker;
use super::dead::death;
use super::give::{Wish, give};
use super::numbers::{local_number, pool_of, settle, settle_one};
use super::pool::{Draw, shown};
use super::reassign::another;
use super::stand::{Already, Stand};
use crate::diagnostic::Failure;
use crate::ledger::{Change, CheckoutId, Draft, Grant, Lease, Origin, ProjectId};
use crate::machine::{Machine, Verdict, look};
use crate::model::{Address, Allocation, Endpoint, Port, Protocol, Scheme};

/// The marks that a program gets in its environment: whose it is.
pub(super) const PROJECT: &str = "PORTGEN_PROJECT";
/// The folder of its checkout.
pub(super) const CHECKOUT: &str = "PORTGEN_CHECKOUT";
/// Which service it is.
pub(super) const SERVICE: &str = "PORTGEN_SERVICE";

/// What a port is for that `run` reserved for as long as its program lives.
const PURPOSE: &str = "as long as the program that `portgen run` started";

/// A port that a program is given.
#[derive(Clone, Debug)]
pub(super) struct Assigned {
    pub(super) service: String,
    pub(super) name: String,
    pub(super) port: Port,
    pub(super) protocol: Protocol,
    pub(super) address: Address,
}

impl Assigned {
    /// `api`, or `kafka.jmx`.
    pub(super) fn id(&self) -> String {
        id(&self.service, &self.name)
    }
}

/// A number that became another, or that there was none of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Renumbered {
    pub(super) id: String,
    pub(super) before: Option<Port>,
    pub(super) after: Port,
}

/// The checks before one start.
pub(super) struct Startup<'a> {
    pub(super) draft: &'a mut Draft,
    pub(super) machine: &'a dyn Machine,
    pub(super) asker: &'a Asker,
    pub(super) checkout: CheckoutId,
    /// Whether numbers that the table does not fix may change.
    pub(super) may_move: bool,
    /// Whether the program may be about some services of the table alone: those
    /// that are well already are left as they are.
    pub(super) is_for_all: bool,
    pub(super) assigned: Vec<Assigned>,
    pub(super) renumbered: Vec<Renumbered>,
    /// What runs already and is left as it is, a line each.
    pub(super) running: Vec<String>,
    pub(super) refusals: Vec<Failure>,
}

impl Startup<'_> {
    /// Gives a number to every port of the table that has none.
    pub(super) fn settle(&mut self) -> Result<(), Failure> {
        let settled = settle(self.draft, self.machine, self.asker, self.checkout, None)?;
        let new =
            settled.into_iter().map(|new| Renumbered { id: new.service, before: None, after: new.port });
        self.renumbered.extend(new);
        Ok(())
    }

    /// Checks a port of the table, and finds another where it may have another.
    pub(super) fn check(&mut self, endpoint: &Endpoint) -> Result<(), Failure> {
        let number = local_number(self.draft.state(), self.asker, self.machine, endpoint);
        let Some(current) = number.port().filter(|_| !endpoint.elsewhere) else { return Ok(()) };
        let held = self.held(endpoint.service.as_str(), endpoint.name.as_str());
        let port = match self.number(endpoint, current, held.as_ref())? {
            Some(port) => port,
            None => return Ok(()),
        };
        self.note(&endpoint.id(), current, port);
        self.assigned.push(Assigned {
            service: endpoint.service.to_string(),
            name: endpoint.name.to_string(),
            port,
            protocol: endpoint.protocol,
            address: endpoint.bind.value.clone(),
        });
        Ok(())
    }

    /// The number to start on; `None` where the start is refused.
    fn number(
        &mut self,
        endpoint: &Endpoint,
        current: Port,
        held: Option<&Grant>,
    ) -> Result<Option<Port>, Failure> {
        let (service, own) = (endpoint.service.as_str(), held.map(|held| held.id));
        let stand = self.stand(service, current, endpoint.protocol, own);
        if self.is_for_all && !matches!(stand, Stand::Usable) {
            match self.already(endpoint, current) {
                Already::Well(why) => {
                    self.running.push(format!("`{}` runs already: {why}", endpoint.id()));
                    return Ok(None);
                }
                Already::Unwell(why) => {
                    self.refuse_running(&endpoint.id(), &why);
                    return Ok(None);
                }
                Already::No => {}
            }
        }
        if let Stand::Running(why) = stand {
            self.refuse_running(&endpoint.id(), &why);
            return Ok(None);
        }
        let found = held.filter(|held| held.origin == Origin::Found);
        if let (Some(found), Some(declared)) = (found, endpoint.number.fixed()) {
            match self.stand(service, declared, endpoint.protocol, own) {
                Stand::Usable => {
                    self.draft.change(Change::Free(found.id));
                    return Ok(Some(declared));
                }
                Stand::Running(why) => {
                    self.refuse_running(&endpoint.id(), &why);
                    return Ok(None);
                }
                Stand::Taken(..) => {}
            }
        }
        let Stand::Taken(why) = stand else { return Ok(Some(current)) };
        // What was reserved before the table declared a number is not the table's.
        let is_given = held.is_some_and(|held| !self.is_left_over(endpoint, held));
        if endpoint.allocation.hands_out() || (self.may_move && is_given) {
            return self.next(endpoint, current, held).map(Some);
        }
        self.refusals.push(taken(&endpoint.id(), &why, is_given));
        Ok(None)
    }

    /// Checks a port that was reserved beside the table.
    pub(super) fn check_reserved(&mut self, grant: &Grant) -> Result<(), Failure> {
        let service = grant.service.clone().unwrap_or_default();
        let id = id(&service, &grant.name);
        if let Some(lease) = self.lease_of_another(grant) {
            self.refuse_running(&id, &format!("process {} has port {}", lease.pid, grant.port));
            return Ok(());
        }
        let port = match self.stand(&service, grant.port, grant.protocol, Some(grant.id)) {
            Stand::Usable => grant.port,
            Stand::Running(why) => {
                self.refuse_running(&id, &why);
                return Ok(());
            }
            Stand::Taken(..) if self.may_move => {
                another(self.draft, self.machine, self.asker, self.checkout, grant)?
            }
            Stand::Taken(why) => {
                self.refusals.push(taken(&id, &why, true));
                return Ok(());
            }
        };
        self.note(&id, grant.port, port);
        self.assigned.push(of_grant(grant, port));
        Ok(())
    }

    /// The lease that another `run` of the same service has on its port: its
    /// program may not listen yet.
    fn lease_of_another<'g>(&self, grant: &'g Grant) -> Option<&'g Lease> {
        let is_of_run = grant.purpose.as_deref() == Some(PURPOSE);
        grant.lease.as_ref().filter(|lease| is_of_run && lease.pid != crate::world::own_process())
    }

    /// Reserves a port for a service that nobody declared, as long as this
    /// process, and the program in its place, live.
    pub(super) fn reserve(&mut self, service: &str, name: &str) -> Result<(), Failure> {
        let pid = crate::world::own_process();
        let start = self.machine.start_of(pid);
        let start = start
            .ok_or_else(|| Failure::new("no-process", "this system does not tell when a process started"))?;
        let draw = Draw {
            own: self.draft.state().project_of(self.checkout).map_or(ProjectId(0), |project| project.id),
            project: self.asker.project.as_ref(),
            range: None,
            ports: None,
            scheme: Scheme::Http,
            protocol: Protocol::Tcp,
        };
        let mut pool = draw.pool(self.draft.state(), self.machine.facts())?;
        let wish = Wish {
            free_for: Protocol::Both,
            purpose: Some(PURPOSE.to_owned()),
            lease: Some(Lease { pid, start }),
            ..Wish::of(Some(service.to_owned()), name, Protocol::Tcp, Origin::Reserved)
        };
        let port = give(self.draft, self.machine, self.checkout, &mut pool, &wish)?;
        self.renumbered.push(Renumbered { id: id(service, name), before: None, after: port });
        let address = Address::Localhost;
        let protocol = Protocol::Tcp;
        self.assigned.push(Assigned {
            service: service.to_owned(),
            name: name.to_owned(),
            port,
            protocol,
            address,
        });
        Ok(())
    }

    /// After a program failed: marks those of its ports dead that somebody
    /// else has now, and gives it others. Connections that pass are no reason,
    /// nor is what its own service left behind.
    pub(super) fn bury(&mut self, given: &[Assigned]) -> Result<(), Failure> {
        for port in given {
            let held = self.held(&port.service, &port.name);
            let verdict = look(self.machine, port.port, port.protocol);
            let Verdict::Busy { owners, .. } = &verdict else { continue };
            if owners.iter().any(|owner| self.is_own(owner, &port.service)) {
                continue;
            }
            let endpoint = self.endpoint(&port.id());
            let held = held.filter(|held| {
                endpoint
                    .as_ref()
                    .is_none_or(|own| own.allocation.hands_out() || !self.is_left_over(own, held))
            });
            let is_fixed = held.is_none() && !endpoint.as_ref().is_some_and(|own| own.allocation.hands_out());
            if is_fixed {
                self.refusals.push(taken(&port.id(), &format!("port {} {verdict}", port.port), false));
                continue;
            }
            self.draft.bury(death(self.machine, port.port, port.protocol, None, &verdict));
            let after = match (&endpoint, &held) {
                (Some(endpoint), held) => self.next(endpoint, port.port, held.as_ref())?,
                (None, Some(held)) => another(self.draft, self.machine, self.asker, self.checkout, held)?,
                (None, None) => continue,
            };
            self.note(&port.id(), port.port, after);
        }
        Ok(())
    }

    /// The next number of a port of the table: upward from the preferred one
    /// where it scans, else as for one that has none yet.
    fn next(&mut self, endpoint: &Endpoint, current: Port, held: Option<&Grant>) -> Result<Port, Failure> {
        let is_found = held.is_some_and(|held| held.origin == Origin::Found);
        if !endpoint.allocation.hands_out() && !is_found {
            return settle_one(self.draft, self.machine, self.asker, self.checkout, endpoint, held);
        }
        // What is held is still taken here, so that another number is chosen.
        let mut pool = pool_of(self.draft, self.machine, self.asker, self.checkout, endpoint)?;
        if let Some(held) = held {
            self.draft.change(Change::Free(held.id));
        }
        // Elsewhere than in the first checkout the table's number is another checkout's.
        let declared = endpoint.number.fixed().filter(|_| self.asker.is_first(self.draft.state()));
        let from = declared.unwrap_or(current);
        let wish = Wish {
            from: Some(from),
            wraps: endpoint.allocation != Allocation::Increment,
            ..Wish::of(
                Some(endpoint.service.to_string()),
                endpoint.name.as_str(),
                endpoint.protocol,
                if declared.is_some() { Origin::Found } else { Origin::Assigned },
            )
        };
        give(self.draft, self.machine, self.checkout, &mut pool, &wish).map_err(|failure| {
            let reason = match endpoint.allocation {
                Allocation::Increment => {
                    format!("no port is free from {from} to the end of {} ({})", pool.name(), pool.ports())
                }
                _ => failure.message.clone(),
            };
            Failure { message: format!("`{}` gets no number: {reason}", endpoint.id()), ..failure }
        })
    }

    /// Whether a port was reserved for a service that the table declared with
    /// another number since: the table's is its own here.
    fn is_left_over(&self, endpoint: &Endpoint, held: &Grant) -> bool {
        held.origin == Origin::Reserved
            && endpoint.number.fixed().is_some()
            && self.asker.is_first(self.draft.state())
    }

    fn held(&self, service: &str, name: &str) -> Option<Grant> {
        self.draft.state().grant(self.checkout, service, name).cloned()
    }

    fn endpoint(&self, id: &str) -> Option<Endpoint> {
        self.asker.project.as_ref()?.plain().endpoints().find(|endpoint| endpoint.id() == id).cloned()
    }

    /// Keeps in mind that a number became another.
    fn note(&mut self, id: &str, before: Port, after: Port) {
        if before != after {
            self.renumbered.push(Renumbered { id: id.to_owned(), before: Some(before), after });
        }
    }

    fn refuse_running(&mut self, id: &str, why: &str) {
        let failure = Failure::new("running", format!("`{id}` runs already: {why}"));
        self.refusals.push(failure.help("end that one first, or use it as it is"));
    }

    /// The tables of other projects that name a port that is given, for the
    /// record: they sleep, and whoever starts second is refused.
    pub(super) fn shared_numbers(&self) -> Vec<String> {
        let state = self.draft.state();
        let own = state.project_of(self.checkout).map(|project| project.id);
        let mut said = Vec::new();
        for given in &self.assigned {
            let others = state.owners(given.port, given.protocol);
            let other =
                others.iter().find(|owner| state.project_of(owner.checkout()).map(|known| known.id) != own);
            if let Some(other) = other {
                let id = given.id();
                said.push(format!(
                    "port {} of `{id}` is declared by {}, too",
                    given.port,
                    shown(state, other)
                ));
            }
        }
        said
    }
}

/// A port that was reserved, on this number now.
fn of_grant(grant: &Grant, port: Port) -> Assigned {
    Assigned {
        service: grant.service.clone().unwrap_or_default(),
        name: grant.name.clone(),
        port,
        protocol: grant.protocol,
        address: Address::Localhost,
    }
}

fn id(service: &str, name: &str) -> String {
    if name == "default" { service.to_owned() } else { format!("{service}.{name}") }
}

/// The refusal to start on a number that is taken and may not change.
fn taken(id: &str, why: &str, is_given: bool) -> Failure {
    let failure = Failure::new("refused", format!("`{id}` cannot start: {why}"));
    failure.help(if is_given {
        format!("`portgen reassign {id}` gives it another number")
    } else {
        "free that port, or change the number in ports.toml; `allocation = \"scan\"` would look for another"
            .to_owned()
    })
}
