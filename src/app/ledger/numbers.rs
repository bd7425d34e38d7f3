//! The numbers of a table's services in one checkout.

use super::asker::{Asker, is_over};
use super::give::{Wish, give};
use super::pool::Draw;
use crate::diagnostic::Failure;
use crate::ledger::{Change, CheckoutId, Draft, Grant, Origin, ProjectId, State};
use crate::machine::Machine;
use crate::model::{Endpoint, Number, Pool, Port, Project};

/// The number of one port of a service here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LocalNumber {
    /// The table's.
    Declared(Port),
    /// The ledger's.
    Given(Port),
    /// None yet.
    Missing,
}

impl LocalNumber {
    /// The number, where there is one.
    pub fn port(self) -> Option<Port> {
        match self {
            Self::Declared(port) | Self::Given(port) => Some(port),
            Self::Missing => None,
        }
    }
}

/// The number that a port of the table has in the checkout of who asks.
///
/// What was given comes first: `scan` found another than the declared one, a
/// second checkout has its own, `port = "auto"` has none elsewhere.
pub fn local_number(state: &State, asker: &Asker, machine: &dyn Machine, endpoint: &Endpoint) -> LocalNumber {
    let given = asker
        .known(state)
        .and_then(|checkout| state.grant(checkout.id, endpoint.service.as_str(), endpoint.name.as_str()))
        .filter(|grant| !is_over(grant, machine));
    // What was reserved before the table declared a number is not the table's.
    let is_fixed = endpoint.number.fixed().is_some() && asker.is_first(state);
    let given = given.filter(|grant| !is_fixed || grant.origin == Origin::Found);
    if let Some(grant) = given {
        return LocalNumber::Given(grant.port);
    }
    match endpoint.number.fixed() {
        Some(port) if endpoint.elsewhere || asker.is_first(state) => LocalNumber::Declared(port),
        _ => LocalNumber::Missing,
    }
}

/// A number that a service did not have before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// `api`, or `kafka.jmx`.
    pub service: String,
    /// The number.
    pub port: Port,
}

/// Gives a number to every port of the table that has none in this checkout:
/// all of them, or none where one cannot be had.
///
/// # Errors
/// A [`Failure`] with the code `exhausted` where a range has none left.
pub fn settle(
    draft: &mut Draft,
    machine: &dyn Machine,
    asker: &Asker,
    checkout: CheckoutId,
    only: Option<&str>,
) -> Result<Vec<Settled>, Failure> {
    let Some(project) = asker.project.as_ref() else { return Ok(Vec::new()) };
    let mut settled = Vec::new();
    for endpoint in project.plain().endpoints() {
        let is_meant = only.is_none_or(|id| endpoint.id() == id || endpoint.service.as_str() == id);
        let is_missing = local_number(draft.state(), asker, machine, endpoint) == LocalNumber::Missing;
        if is_meant && is_missing {
            let port = settle_one(draft, machine, asker, checkout, endpoint, None)?;
            settled.push(Settled { service: endpoint.id(), port });
        }
    }
    Ok(settled)
}

/// Gives a port of the table its number in this checkout, in the place of the
/// one that it held.
pub(super) fn settle_one(
    draft: &mut Draft,
    machine: &dyn Machine,
    asker: &Asker,
    checkout: CheckoutId,
    endpoint: &Endpoint,
    held: Option<&Grant>,
) -> Result<Port, Failure> {
    // What is held is still taken here, so that another number is chosen.
    let mut pool = pool_of(draft, machine, asker, checkout, endpoint)?;
    if let Some(held) = held {
        draft.change(Change::Free(held.id));
    }
    let service = Some(endpoint.service.to_string());
    let wish = Wish::of(service, endpoint.name.as_str(), endpoint.protocol, Origin::Assigned);
    give(draft, machine, checkout, &mut pool, &wish).map_err(|failure| {
        let message = format!("`{}` gets no number: {}", endpoint.id(), failure.message);
        Failure { message, ..failure }
    })
}

/// The ports that one port of the table may have in this checkout.
pub(super) fn pool_of(
    draft: &Draft,
    machine: &dyn Machine,
    asker: &Asker,
    checkout: CheckoutId,
    endpoint: &Endpoint,
) -> Result<Pool, Failure> {
    let project = asker.project.as_ref();
    let own = draft.state().project_of(checkout).map(|project| project.id);
    let range = endpoint.range.as_ref().and_then(|name| project?.named_range(name));
    let draw = Draw {
        own: own.unwrap_or(ProjectId(0)),
        project,
        range,
        ports: None,
        scheme: endpoint.scheme.value.clone(),
        protocol: endpoint.protocol,
    };
    draw.pool(draft.state(), machine.facts())
}

/// Every port of the plain table and of the profiles.
pub(super) fn endpoints(project: &mut Project) -> impl Iterator<Item = &mut Endpoint> {
    let profiles = project.profiles.iter_mut().flat_map(|profile| &mut profile.services);
    project.services.iter_mut().chain(profiles).flat_map(|service| &mut service.endpoints)
}

/// Puts the numbers of this checkout in the place of the table's, in the plain
/// table and wherever a profile has the same ones.
pub(super) fn localise(project: &mut Project, state: &State, asker: &Asker, machine: &dyn Machine) {
    let plain: Vec<Endpoint> = project.plain().endpoints().cloned().collect();
    let numbers: Vec<LocalNumber> =
        plain.iter().map(|endpoint| local_number(state, asker, machine, endpoint)).collect();
    for endpoint in endpoints(project) {
        let same = |other: &&Endpoint| other.service == endpoint.service && other.name == endpoint.name;
        let Some(index) = plain.iter().position(|other| same(&other)) else { continue };
        if endpoint.elsewhere || endpoint.number.value != plain[index].number.value {
            continue;
        }
        endpoint.number.value = numbers[index].port().map_or(Number::Auto, Number::Fixed);
    }
    project.patches.clear();
}
