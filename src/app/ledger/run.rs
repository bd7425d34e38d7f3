//! Starts a program on the ports of this checkout, once they are known to be
//! its own.

use std::collections::BTreeSet;
use std::ffi::OsString;

use super::asker::{Asker, prepare};
use super::context::{Context, context};
use super::program::Scene;
use super::reassign::Outputs;
use super::reserve::split;
use super::startup::{Assigned, Startup};
use super::undo::Undo;
use crate::app::load::Location;
use crate::app::render::ProjectPlan;
use crate::diagnostic::{Failure, did_you_mean};
use crate::ledger::{CheckoutId, Grant, Origin, State, decide};
use crate::machine::{Machine, Transport};
use crate::model::{Project, Protocol, Status};
use crate::report::{Outcome, OutputLine};
use crate::world::{self, Held, Listening, NotStarted, Program, Sockets};

/// What keeps the ports between the check and the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keep {
    /// Nothing.
    #[default]
    Nothing,
    /// Sockets that are closed when the program starts.
    Hold,
    /// Listening sockets that the program is handed.
    HandOver,
}

/// What `run` is asked.
#[derive(Clone, Debug, Default)]
pub struct RunRequest {
    /// The service, or one of its named ports; `None` for all of them.
    pub name: Option<String>,
    /// The program and its arguments; empty for the service's own `command`.
    pub command: Vec<OsString>,
    /// What keeps its ports until it starts.
    pub keep: Keep,
    /// How often it is started again on other ports.
    pub retries: u32,
}

/// A program that has ended.
#[derive(Debug)]
pub struct Ran {
    /// Its exit code.
    pub code: u8,
    /// Why it was not started again, where it was to be.
    pub refusal: Option<Failure>,
}

/// Everything that is needed for one start.
struct Start {
    program: Program,
    assigned: Vec<Assigned>,
    sockets: Sockets,
    said: Vec<String>,
}

/// Checks the ports, and starts the program: without retries in the place of
/// this process, where the system can do that.
///
/// # Errors
/// A [`Failure`] where it was not started: `not-executable`, `not-found`,
/// `running`, `refused`, `exhausted`, or any of the table or the ledger.
pub fn run(location: &Location, request: &RunRequest, say: &dyn Fn(&str)) -> Result<Ran, Failure> {
    let mut start = plan(location, request, None)?;
    let mut left = request.retries;
    loop {
        let Some(Start { program, assigned, sockets, said }) = start else {
            return Err(Failure::new("io", "nothing was planned"));
        };
        said.iter().for_each(|line| say(line));
        let ended = if request.retries == 0 {
            world::replace(&program, sockets)
        } else {
            world::supervise(&program, sockets)
        };
        let ended = ended.map_err(|error| not_started(&program, &error))?;
        if !ended.failed || left == 0 {
            return Ok(Ran { code: ended.code, refusal: None });
        }
        left -= 1;
        start = match plan(location, request, Some(&assigned)) {
            Ok(None) => return Ok(Ran { code: ended.code, refusal: None }),
            Ok(next) => next,
            Err(refusal) => return Ok(Ran { code: ended.code, refusal: Some(refusal) }),
        };
    }
}

fn not_started(program: &Program, error: &NotStarted) -> Failure {
    let code = if error.code == 127 { "not-found" } else { "not-executable" };
    Failure::new(code, format!("`{}` cannot be started: {}", program.name(), error.message))
}

/// Decides everything of one start, in one step of the ledger; with the ports
/// of a program that failed, `None` where none of them is somebody else's.
fn plan(
    location: &Location,
    request: &RunRequest,
    failed: Option<&[Assigned]>,
) -> Result<Option<Start>, Failure> {
    if request.keep == Keep::HandOver && cfg!(not(unix)) {
        return Err(Failure::new("usage", "this system hands no sockets over to a program: use --hold"));
    }
    let Context { asker, ledger, machine, .. } = &mut context(location, None, true)?;
    let Some(ledger) = ledger else { return Err(super::no_ledger()) };
    let machine = machine.as_ref();
    let target = Target::of(asker, request)?;
    let decided = decide(ledger.as_mut(), |draft| {
        let held = draft.state().grants.clone();
        let (checkout, notes) = prepare(draft, asker, machine);
        let mut startup = Startup {
            draft,
            machine,
            asker,
            checkout,
            may_move: request.retries > 0,
            is_for_all: matches!(target, Target::All),
            assigned: Vec::new(),
            renumbered: Vec::new(),
            running: Vec::new(),
            refusals: Vec::new(),
        };
        if let Some(failed) = failed {
            startup.bury(failed)?;
            refuse(&mut startup.refusals)?;
            if startup.renumbered.is_empty() {
                return Ok(None);
            }
        }
        check(&mut startup, &target, request.name.as_deref())?;
        refuse(&mut startup.refusals)?;
        let sockets = keep(request.keep, &startup.assigned, machine)?;
        let shared = startup.shared_numbers().into_iter().map(|line| format!("note: {line}"));
        let mut said: Vec<String> = notes.iter().map(|note| format!("note: {note}")).chain(shared).collect();
        let Startup { assigned, renumbered, running, .. } = startup;
        said.extend(running.iter().map(|line| format!("note: {line}")));
        said.extend(renumbered.iter().map(|new| {
            let before = new.before.map_or_else(|| "none".to_owned(), |port| port.to_string());
            format!("{}: {before} -> {}", new.id, new.after)
        }));
        let outputs = if renumbered.is_empty() || asker.project.is_none() {
            None
        } else {
            Some(replan(location, draft.state(), machine, &mut said)?)
        };
        let scene = Scene { location, request, asker, state: draft.state(), machine, checkout };
        let program = scene.program()?;
        let undo = Undo::since(&held, draft.state());
        Ok::<_, Failure>(Some((Start { program, assigned, sockets, said }, outputs, undo)))
    })?;
    let Some((start, outputs, undo)) = decided else { return Ok(None) };
    if let Some((outputs, plans)) = outputs {
        outputs.write(&plans).map_err(|failure| undo.after(failure, ledger.as_mut()))?;
    }
    Ok(Some(start))
}

/// Which ports the program is about.
enum Target {
    /// All of the table.
    All,
    /// A service of the table, by its place in it.
    Declared(usize),
    /// A service that is reserved, or is to be.
    Beside,
}

impl Target {
    fn of(asker: &Asker, request: &RunRequest) -> Result<Self, Failure> {
        let Some(id) = &request.name else {
            if request.command.is_empty() {
                let failure = Failure::new("usage", "there is nothing to start");
                return Err(
                    failure.help("name a service that has a `command`, or write a program after `--`")
                );
            }
            return Ok(Self::All);
        };
        let (service, _) = split(Some(id));
        let known = asker
            .project
            .iter()
            .flat_map(|project| &project.services)
            .position(|known| Some(known.name.as_str()) == service.as_deref());
        let Some(index) = known else { return Ok(Self::Beside) };
        let project = asker.project.as_ref();
        if id.contains('.') && project.is_none_or(|project| project.plain().endpoint(id).is_none()) {
            return Err(Failure::new("unknown-port", format!("there is no port `{id}`")));
        }
        Ok(Self::Declared(index))
    }
}

/// Checks every port of the target, and gives it those that it has not.
fn check(startup: &mut Startup<'_>, target: &Target, name: Option<&str>) -> Result<(), Failure> {
    startup.settle()?;
    let asker = startup.asker;
    let services = asker.project.iter().flat_map(|project| &project.services);
    match target {
        Target::All => {
            let active =
                services.flat_map(|service| &service.endpoints).filter(|own| own.status == Status::Active);
            active.into_iter().try_for_each(|endpoint| startup.check(endpoint))
        }
        Target::Declared(index) => {
            let endpoints = services.skip(*index).take(1).flat_map(|service| &service.endpoints);
            endpoints.into_iter().try_for_each(|endpoint| startup.check(endpoint))
        }
        Target::Beside => check_beside(startup, name.unwrap_or_default()),
    }
}

/// Checks what was reserved for a service; without a table, reserves it.
fn check_beside(startup: &mut Startup<'_>, id: &str) -> Result<(), Failure> {
    let (service, name) = split(Some(id));
    let service = service.unwrap_or_default();
    let reserved = reserved_for(startup.draft.state(), startup.checkout, &service);
    let has_it = reserved.iter().any(|grant| grant.name == name);
    if !has_it && let Some(project) = &startup.asker.project {
        return Err(unknown(project, id));
    }
    reserved.iter().try_for_each(|grant| startup.check_reserved(grant))?;
    if has_it { Ok(()) } else { startup.reserve(&service, &name) }
}

/// What was reserved for a service of a checkout.
fn reserved_for(state: &State, checkout: CheckoutId, service: &str) -> Vec<Grant> {
    let of_service =
        |grant: &&&Grant| grant.origin == Origin::Reserved && grant.service.as_deref() == Some(service);
    state.grants_of(checkout).iter().filter(of_service).map(|grant| (*grant).clone()).collect()
}

fn unknown(project: &Project, id: &str) -> Failure {
    let failure =
        Failure::new("unknown-service", format!("there is no service `{id}`, and none is reserved"));
    let names = project.services.iter().map(|service| service.name.as_str());
    match did_you_mean(id, names) {
        Some(near) => failure.help(format!("did you mean `{near}`?")),
        None => failure
            .help(format!("`portgen list` shows them all; `portgen reserve {id}` reserves a port for it")),
    }
}

/// All refusals as one: nothing is started where one stands.
fn refuse(refusals: &mut Vec<Failure>) -> Result<(), Failure> {
    let Some(first) = refusals.first().cloned() else { return Ok(()) };
    let messages: Vec<String> = refusals.drain(..).map(|failure| failure.message).collect();
    Err(Failure { message: messages.join("; "), ..first })
}

/// Keeps the ports, as asked.
fn keep(keep: Keep, assigned: &[Assigned], machine: &dyn Machine) -> Result<Sockets, Failure> {
    let lost = |port: &Assigned, error: std::io::Error| {
        Failure::new(
            "refused",
            format!("`{}` cannot start: port {} cannot be bound: {error}", port.id(), port.port),
        )
    };
    match keep {
        Keep::Nothing => Ok(Sockets::None),
        Keep::Hold => {
            let mut held = Vec::new();
            let mut known = BTreeSet::new();
            for port in assigned {
                let is_used = machine.sockets().of(port.port, port.protocol).next().is_some();
                for transport in Transport::of(port.protocol) {
                    // Two services may have one number on different addresses.
                    if known.insert((port.port, *transport)) {
                        let socket = Held::everywhere(port.port, *transport, is_used);
                        held.push(socket.map_err(|error| lost(port, error))?);
                    }
                }
            }
            Ok(Sockets::Held(held))
        }
        Keep::HandOver => {
            let tcp = assigned.iter().filter(|port| port.protocol != Protocol::Udp);
            let listen = |port: &Assigned| {
                let listening = Listening::on(&port.address, port.port).map_err(|error| lost(port, error))?;
                Ok((port.id(), listening))
            };
            tcp.map(listen).collect::<Result<_, _>>().map(Sockets::Listening)
        }
    }
}

/// Renders the local outputs with the numbers of a draft, and says which change.
fn replan(
    location: &Location,
    state: &State,
    machine: &dyn Machine,
    said: &mut Vec<String>,
) -> Result<(Outputs, Vec<ProjectPlan>), Failure> {
    let mut outputs = Outputs::read(location)?;
    let (rendered, plans) = outputs.plan(state, machine)?;
    let changed = |line: &&OutputLine| line.outcome != Outcome::Unchanged;
    let lines = rendered.lines.iter().filter(changed);
    said.extend(lines.map(|line| format!("{} {}", line.outcome.as_str(), line.path)));
    Ok((outputs, plans))
}
