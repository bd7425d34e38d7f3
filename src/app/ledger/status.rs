//! What became of every port: the table, the ledger and one look at the machine.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::asker::{Asker, is_over, read_at, read_here};
use super::numbers::local_number;
use super::pool::shown;
use crate::app::load::Location;
use crate::diagnostic::{Failure, printable};
use crate::ledger::{Checkout, Ledger, Origin, SqliteLedger, State};
use crate::machine::{Expected, Home, Machine, PortState, Process, Seen, Stray, judge};
use crate::model::{Endpoint, Health, Port, Priority, Project, Protocol, Status};
use crate::world::{self, HealthAnswer, HealthQuestion, ThisMachine};

/// What `status` is asked.
#[derive(Clone, Copy, Debug, Default)]
pub struct StatusOptions {
    /// Every project that the ledger knows.
    pub all: bool,
    /// Ask the services that say how whether they are well.
    pub health: bool,
}

/// What became of one port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortStatus {
    /// The project.
    pub project: String,
    /// The checkout's label.
    pub checkout: String,
    /// `api`, `kafka.jmx`, or `None` for a port of the project.
    pub service: Option<String>,
    /// The number; `None` where there is none yet.
    pub port: Option<Port>,
    /// For which protocol.
    pub protocol: &'static str,
    /// One word: `up`, `down` and so on, or what the table says of a service that is not to run.
    pub state: &'static str,
    /// Who listens.
    pub pid: Option<u32>,
    /// What that was started with.
    pub command: Option<String>,
    /// Where it listens.
    pub address: Option<String>,
    /// `ok`, an HTTP status, or `failed: …`; `None` where nobody was asked.
    pub health: Option<String>,
    /// The numbers that it listens on instead.
    pub elsewhere: Vec<Port>,
    /// What else is to be said.
    pub note: Option<String>,
}

/// What became of every port.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MachineStatus {
    /// The ports, by priority and then in the order they were written.
    pub ports: Vec<PortStatus>,
    /// What could not be read.
    pub notes: Vec<String>,
    /// The file of the ledger.
    pub ledger: String,
}

/// A checkout whose ports are told of.
pub(in crate::app) struct Subject {
    asker: Option<Asker>,
    checkout: Option<Checkout>,
    pub(in crate::app) home: Home,
}

/// A port that somebody means to use, with what is to be said of it.
struct Row {
    expected: Expected,
    id: Option<String>,
    status: Status,
    priority: Priority,
    health: Option<(Health, bool)>,
    note: Option<String>,
}

/// Tells what became of every port of this project, or of every project.
///
/// # Errors
/// A [`Failure`] where there is neither a table nor anything reserved, where
/// the table has errors, and of the ledger.
pub fn status(location: &Location, options: StatusOptions) -> Result<MachineStatus, Failure> {
    let place = world::ledger_path()?;
    let own = if options.all { None } else { Some(read_here(location)?) };
    let mut store = SqliteLedger::open(&place)?;
    let state = store.as_mut().map(Ledger::read).transpose()?.unwrap_or_default();
    let machine = ThisMachine::new();
    let mut notes = Vec::new();
    let subjects = match own {
        Some(askers) => askers.into_iter().map(|asker| Subject::of(asker, &state)).collect(),
        None => everyone(&state, &mut notes),
    };
    let rows: Vec<Row> = subjects
        .iter()
        .enumerate()
        .flat_map(|(index, subject)| rows(index, subject, &state, &machine))
        .collect();
    let has_table =
        subjects.iter().any(|subject| subject.asker.as_ref().is_some_and(|own| own.project.is_some()));
    if rows.is_empty() && !has_table && !options.all {
        let failure = Failure::new("no-table", "there is no ports.toml in this folder or any above it");
        return Err(
            failure.help("nothing was reserved for this folder either; `--all` shows every project's ports")
        );
    }
    let homes = homes(&subjects, &state);
    let expected: Vec<Expected> = rows.iter().map(|row| row.expected.clone()).collect();
    let (seen, strays) = judge(&machine, &homes, subjects.len(), &expected);
    let mut ports: Vec<PortStatus> =
        rows.iter().zip(&seen).map(|(row, seen)| told(row, seen, &homes[row.expected.home])).collect();
    if options.health {
        ask(&rows, &seen, &mut ports);
    }
    ports.extend(strays.iter().map(|stray| told_stray(stray, &homes[stray.home], &state)));
    Ok(MachineStatus { ports, notes, ledger: place.display().to_string() })
}

impl Subject {
    pub(in crate::app) fn of(asker: Asker, state: &State) -> Self {
        let home = Home {
            project: asker.sighted.name.clone(),
            checkout: asker.sighted.label.clone(),
            folder: asker.sighted.folder.clone(),
        };
        let checkout = asker.known(state).cloned();
        Self { asker: Some(asker), checkout, home }
    }
}

/// Every checkout of the ledger, with its table where that can be read.
fn everyone(state: &State, notes: &mut Vec<String>) -> Vec<Subject> {
    let subject = |checkout: &Checkout| {
        let read = checkout.table.as_ref().map(|(path, _)| read_at(path));
        let asker = match read {
            Some(Ok(asker)) => Some(asker),
            Some(Err(failure)) => {
                let folder = printable(&checkout.folder.to_string_lossy()).into_owned();
                notes.push(format!("{folder}: {}: its last good numbers are shown", failure.message));
                None
            }
            None => None,
        };
        Subject { asker, checkout: Some(checkout.clone()), home: home(state, checkout) }
    };
    state.checkouts.iter().map(subject).collect()
}

fn home(state: &State, checkout: &Checkout) -> Home {
    Home {
        project: state.project(checkout.project).map(|project| project.name.clone()).unwrap_or_default(),
        checkout: checkout.label.clone(),
        folder: checkout.folder.clone(),
    }
}

/// The homes of the subjects, then every other that the ledger knows.
pub(in crate::app) fn homes(subjects: &[Subject], state: &State) -> Vec<Home> {
    let mut homes: Vec<Home> = subjects.iter().map(|subject| subject.home.clone()).collect();
    for checkout in &state.checkouts {
        if !homes.iter().any(|home| home.folder == checkout.folder) {
            homes.push(home(state, checkout));
        }
    }
    homes
}

/// What a subject's table declares and what was reserved beside it.
fn rows(index: usize, subject: &Subject, state: &State, machine: &dyn Machine) -> Vec<Row> {
    let mut rows = match subject.asker.as_ref().and_then(|asker| Some((asker, asker.project.as_ref()?))) {
        Some((asker, project)) => table_rows(index, asker, project, state, machine),
        None => recorded_rows(index, subject, state),
    };
    rows.sort_by_key(|row| match row.priority {
        Priority::High => 0,
        Priority::Medium => 1,
        Priority::Low => 2,
    });
    let Some(checkout) = &subject.checkout else { return rows };
    let has_table = subject.asker.as_ref().is_some_and(|asker| asker.project.is_some());
    let grants = state.grants_of(checkout.id).into_iter();
    // A table's own grants are the numbers of its rows.
    let beside = grants.filter(|grant| grant.origin == Origin::Reserved || !has_table);
    rows.extend(beside.filter(|grant| !is_over(grant, machine)).map(|grant| Row {
        expected: Expected {
            home: index,
            service: grant.service.clone(),
            port: Some(grant.port),
            protocol: grant.protocol,
            bind: None,
            command: None,
            has_container: false,
            lease: grant.lease.as_ref().map(|lease| lease.pid),
        },
        id: grant.id_of_service(),
        status: Status::Active,
        priority: Priority::Medium,
        health: None,
        note: grant.purpose.clone(),
    }));
    rows
}

fn table_rows(
    index: usize,
    asker: &Asker,
    project: &Project,
    state: &State,
    machine: &dyn Machine,
) -> Vec<Row> {
    let endpoints = project.plain().endpoints().filter(|endpoint| !endpoint.elsewhere);
    endpoints
        .map(|endpoint| {
            let port = local_number(state, asker, machine, endpoint).port();
            let range = endpoint.range.as_ref().and_then(|name| project.named_range(name));
            let is_tls = matches!(endpoint.scheme.as_str(), "https" | "wss");
            Row {
                expected: expected(index, project, endpoint, port),
                id: Some(endpoint.id()),
                status: endpoint.status,
                priority: range.map_or_else(Priority::default, |range| range.priority),
                health: endpoint.health.clone().map(|health| (health, is_tls)),
                note: None,
            }
        })
        .collect()
}

/// What is expected of a port of a table that has this number here.
pub(in crate::app) fn expected(
    home: usize,
    project: &Project,
    endpoint: &Endpoint,
    port: Option<Port>,
) -> Expected {
    let service = project.service(&endpoint.service);
    Expected {
        home,
        service: Some(endpoint.service.to_string()),
        port,
        protocol: endpoint.protocol,
        bind: Some(endpoint.bind.value.clone()),
        command: service.and_then(|service| service.command.as_ref()).map(|command| command.value.clone()),
        has_container: service.is_some_and(crate::model::Service::has_container),
        lease: None,
    }
}

/// The numbers of a table that cannot be read, as they were last.
fn recorded_rows(index: usize, subject: &Subject, state: &State) -> Vec<Row> {
    let Some(checkout) = subject.checkout.as_ref().filter(|checkout| checkout.is_first) else {
        return Vec::new();
    };
    let declared = state.declared.iter().filter(|declared| declared.checkout == checkout.id);
    // A profile's numbers are not what runs here.
    let plain = declared.filter(|declared| !declared.name.contains('@'));
    plain
        .map(|declared| Row {
            expected: Expected {
                home: index,
                service: Some(declared.service.clone()),
                port: Some(declared.port),
                protocol: declared.protocol,
                bind: crate::model::Address::parse(&declared.address),
                command: None,
                has_container: false,
                lease: None,
            },
            id: Some(declared.id_of_service()),
            status: Status::Active,
            priority: Priority::Medium,
            health: None,
            note: None,
        })
        .collect()
}

fn told(row: &Row, seen: &Seen, home: &Home) -> PortStatus {
    let is_absent = matches!(seen.state, PortState::Down | PortState::Cooling);
    let is_meant = row.status == Status::Active;
    PortStatus {
        service: row.id.clone(),
        port: row.expected.port,
        protocol: row.expected.protocol.as_str(),
        state: if is_absent && !is_meant { row.status.as_str() } else { seen.state.as_str() },
        elsewhere: seen.elsewhere.clone(),
        note: seen.note.clone().or_else(|| row.note.clone()),
        ..listening(home, &seen.owners, &seen.addresses)
    }
}

/// What is said of who listens.
fn listening(home: &Home, owners: &[Process], addresses: &[IpAddr]) -> PortStatus {
    let first = owners.first();
    let addresses: Vec<String> = addresses.iter().map(ToString::to_string).collect();
    PortStatus {
        project: home.project.clone(),
        checkout: home.checkout.clone(),
        service: None,
        port: None,
        protocol: Protocol::Tcp.as_str(),
        state: PortState::Down.as_str(),
        pid: first.map(|owner| owner.pid),
        command: first.map(command_line),
        address: (!addresses.is_empty()).then(|| addresses.join(" ")),
        health: None,
        elsewhere: Vec::new(),
        note: None,
    }
}

/// What a process was started with, else its name.
pub(super) fn command_line(process: &Process) -> String {
    if process.command.is_empty() { process.name.clone() } else { process.command.join(" ") }
}

fn told_stray(stray: &Stray, home: &Home, state: &State) -> PortStatus {
    let protocol =
        if stray.transport == crate::machine::Transport::Udp { Protocol::Udp } else { Protocol::Tcp };
    let claims: Vec<String> =
        state.owners(stray.port, protocol).iter().map(|owner| shown(state, owner)).collect();
    PortStatus {
        service: stray.service.clone(),
        port: Some(stray.port),
        protocol: protocol.as_str(),
        state: PortState::Undeclared.as_str(),
        note: (!claims.is_empty()).then(|| format!("it is {}'s", claims.join(", "))),
        ..listening(home, &stray.owners, &stray.addresses)
    }
}

/// Asks the services whose own program listens whether they are well.
fn ask(rows: &[Row], seen: &[Seen], ports: &mut [PortStatus]) {
    let mut questions = Vec::new();
    let mut asked = Vec::new();
    for (index, (row, seen)) in rows.iter().zip(seen).enumerate() {
        let Some((health, is_tls)) = row.health.as_ref().filter(|_| seen.is_ours()) else { continue };
        let path = match health {
            Health::Path(_) if *is_tls => {
                ports[index].health = Some("not asked: it speaks TLS".to_owned());
                continue;
            }
            Health::Path(path) => Some(path.clone()),
            Health::Tcp => None,
        };
        if let Some(address) = row.expected.port.and_then(|port| reachable(&seen.addresses, port)) {
            questions.push(HealthQuestion { address, path });
            asked.push(index);
        }
    }
    for (index, answer) in asked.into_iter().zip(world::ask_health(&questions)) {
        ports[index].health = Some(match answer {
            HealthAnswer::Ok => "ok".to_owned(),
            HealthAnswer::Status(status) => status.to_string(),
            HealthAnswer::Failed(why) => format!("failed: {why}"),
        });
    }
}

/// Where a listener is reached from this machine; over IPv4 where it can be.
pub(super) fn reachable(addresses: &[IpAddr], port: Port) -> Option<SocketAddr> {
    let address = addresses.iter().find(|address| address.is_ipv4()).or(addresses.first())?;
    let address = match address {
        IpAddr::V4(address) if address.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(address) if address.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        other => *other,
    };
    Some(SocketAddr::new(address, port.get()))
}
