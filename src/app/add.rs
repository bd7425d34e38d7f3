//! Declares one more service: chooses its number, writes it into the table, renders.

use super::check::table_findings;
use super::ledger::{self, Asker, Local, declarations, pass_over_assigned, prepare, search, take_claims};
use super::load::{Edit, Location, Workspace, load, load_edited};
use super::outputs::{Bound, bind, shown};
use super::render::{RenderOptions, Rendered, render_workspace};
use crate::apply::apply;
use crate::check::{Strictness, gate, judge};
use crate::diagnostic::{Failure, Reported, Severity, did_you_mean};
use crate::facts::Assigned;
use crate::ledger::{Draft, LedgerError, ProjectId, SqliteLedger, State, decide};
use crate::machine::Machine;
use crate::manifest::{NewService, insert_service};
use crate::model::{
    Allocation, NamedRange, PassedOver, Port, Project, Refusal, RelativePath, Scheme, Service, ServiceName,
    Variable,
};
use crate::plan::{Change, Step};
use crate::source::Sources;
use crate::world::{self, ThisMachine};

/// The service that `add` is asked for.
#[derive(Clone, Debug)]
pub struct AddRequest {
    /// Its name.
    pub name: ServiceName,
    /// The number that is asked for; the lowest free one when absent.
    pub port: Option<Port>,
    /// The named range that it belongs to.
    pub range: Option<String>,
    /// What people call it.
    pub title: Option<String>,
    /// One sentence.
    pub description: Option<String>,
    /// Its environment variable.
    pub env: Option<Variable>,
    /// What is spoken on it.
    pub scheme: Option<Scheme>,
    /// How its number is chosen at start.
    pub allocation: Option<Allocation>,
    /// Write nothing.
    pub dry_run: bool,
}

/// What `add` did, or why it did nothing.
#[derive(Debug)]
pub enum Added {
    /// The service is in the table, and the outputs follow.
    Done {
        /// Its number.
        port: Port,
        /// What was written, as it stands in the table.
        text: String,
        /// The table's file, relative to the workspace.
        table: String,
        /// The table's file and what became of the outputs; its findings are warnings.
        rendered: Box<Rendered>,
    },
    /// The number, the name or the range cannot be had.
    Refused(Failure),
    /// The table has errors, or would have, or an output stands in the way.
    Unsound {
        /// Every text that a finding points into.
        sources: Sources,
        /// What is wrong.
        findings: Vec<Reported>,
    },
}

/// Declares a service. Nothing is written unless all of it can be.
///
/// # Errors
/// A [`Failure`] where there is no table, or where the disk fails.
pub fn add(location: &Location, request: &AddRequest) -> Result<Added, Failure> {
    let mut workspace = load(location)?;
    let findings = table_findings(&mut workspace);
    let verdict = judge(&workspace.projects, &workspace.sources, findings, Strictness::default());
    if gate(&workspace.projects, &verdict).is_none() {
        return Ok(unsound(workspace.sources, verdict.findings));
    }
    let index = match chosen_project(&workspace) {
        Ok(index) => index,
        Err(refusal) => return Ok(Added::Refused(refusal)),
    };
    // Choosing, claiming and writing the table are one: nobody gets the number meanwhile.
    let mut store = SqliteLedger::open_or_create(&world::ledger_path()?)?;
    let added: Result<Added, Stop> = decide(&mut store, |draft| {
        let added = add_in(location, &workspace, index, request, draft)?;
        if request.dry_run { Err(Stop::Answer(Box::new(added))) } else { Ok(added) }
    });
    match added {
        Ok(added) => Ok(added),
        Err(Stop::Answer(added)) => Ok(*added),
        Err(Stop::Failure(failure)) => Err(failure),
    }
}

/// Why the ledger is left as it was.
enum Stop {
    /// There is an answer all the same.
    Answer(Box<Added>),
    /// The world failed.
    Failure(Failure),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<LedgerError> for Stop {
    fn from(error: LedgerError) -> Self {
        Self::Failure(error.into())
    }
}

fn refused(refusal: Failure) -> Stop {
    Stop::Answer(Box::new(Added::Refused(refusal)))
}

fn add_in(
    location: &Location,
    workspace: &Workspace,
    index: usize,
    request: &AddRequest,
    draft: &mut Draft,
) -> Result<Added, Stop> {
    let machine = ThisMachine::new();
    let asker = Asker::of(workspace, index);
    let (checkout, _) = prepare(draft, &asker, &machine);
    let service = choose(workspace, index, request, draft.state(), &machine).map_err(refused)?;
    let document = &workspace.documents[index];
    let before = workspace.sources.get(document.source).text().to_owned();
    let after = insert_service(&before, document, &service)
        .map_err(|reason| refused(Failure::new("cannot-edit", reason)))?;
    let folder = workspace.projects[index].folder.clone();
    let edit = Edit { folder, before, after };
    let edited = load_edited(location, &edit)?;
    if let Some(project) = edited.projects.get(index) {
        draft.change(crate::ledger::Change::Declare(checkout, declarations(checkout, project)));
        if project.outputs.iter().any(|output| output.local) {
            ledger::settle(draft, &machine, &Asker::of(&edited, index), checkout, None)?;
        }
    }
    match write(edited, request.dry_run, &service, edit, draft.state())? {
        added @ Added::Done { .. } => Ok(added),
        other => Err(Stop::Answer(Box::new(other))),
    }
}

/// Renders the edited table in memory, and writes it together with its outputs.
fn write(
    mut workspace: Workspace,
    dry_run: bool,
    service: &NewService,
    edit: Edit,
    state: &State,
) -> Result<Added, Failure> {
    let bound = bind(&mut workspace)?;
    let warnings = new_warnings(&workspace, service);
    let table = RelativePath::parse(&workspace.file_name)
        .map_err(|error| Failure::new("bad-path", error.to_string()).path(workspace.file_name.clone()))?;
    let shown_table = shown(&edit.folder, table.as_str());
    let of_table = |bound: &Bound| workspace.projects[bound.project].folder == edit.folder;
    let position = bound.iter().position(of_table);
    let plan_only = RenderOptions { write: false, ..RenderOptions::default() };
    let local = Local::of(&workspace, state);
    let (planned, mut plans) = render_workspace(workspace, &bound, &local, &plan_only)?;
    if planned.is_refused {
        return Ok(unsound(planned.sources, planned.findings));
    }
    if let Some(plan) = position.and_then(|index| plans.get_mut(index)) {
        // One plan, so that the table and its outputs change together.
        plan.plan.steps.insert(0, table_step(table, edit));
    }
    if !dry_run {
        let all: Vec<_> = bound.iter().zip(&plans).map(|(bound, plan)| (&plan.plan, &bound.root)).collect();
        apply(&all)?;
    }
    let rendered = Box::new(Rendered { findings: warnings, ..planned });
    Ok(Added::Done { port: service.port, text: service.to_toml(), table: shown_table, rendered })
}

fn table_step(path: RelativePath, edit: Edit) -> Step {
    let (before, after) = (Some(edit.before), Some(edit.after));
    Step { path, before, after, change: Change::Updated, outcomes: Vec::new() }
}

/// What the new service is warned of.
fn new_warnings(workspace: &Workspace, service: &NewService) -> Vec<Reported> {
    let findings = crate::check::check_table(&workspace.projects);
    let verdict = judge(&workspace.projects, &workspace.sources, findings, Strictness::default());
    let is_new = |reported: &Reported| {
        let names = |subject: &crate::diagnostic::Subject| {
            *subject == crate::diagnostic::Subject::Service(service.name.to_string())
        };
        reported.severity == Severity::Warning && reported.finding.subjects.iter().any(names)
    };
    verdict.findings.into_iter().filter(is_new).collect()
}

fn unsound(sources: Sources, findings: Vec<Reported>) -> Added {
    let findings = findings.into_iter().filter(|reported| reported.severity == Severity::Error).collect();
    Added::Unsound { sources, findings }
}

/// The project that the location means: the root's own, or the member's.
pub(super) fn chosen_project(workspace: &Workspace) -> Result<usize, Failure> {
    let index = workspace.selected.first().copied().unwrap_or(0);
    if workspace.documents[index].project.is_some() {
        return Ok(index);
    }
    let members: Vec<&str> =
        workspace.projects.iter().skip(1).map(|project| project.folder.as_str()).collect();
    let failure = Failure::new("no-project", "this is the root of a workspace and has no [project]");
    Err(failure.help(format!("name a member with -C: {}", members.join(", "))))
}

fn choose(
    workspace: &Workspace,
    index: usize,
    request: &AddRequest,
    state: &State,
    machine: &dyn Machine,
) -> Result<NewService, Failure> {
    let project = &workspace.projects[index];
    if let Some(known) = project.service(&request.name) {
        return Err(name_taken(&workspace.sources, known));
    }
    let range = request.range.as_deref().map(|name| named_range(project, name)).transpose()?;
    Ok(NewService {
        name: request.name.clone(),
        port: number(workspace, project, range, request, (state, machine))?,
        range: range.map(|range| range.name.value.clone()),
        title: request.title.clone(),
        description: request.description.clone(),
        env: request.env.clone(),
        scheme: request.scheme.clone(),
        allocation: request.allocation,
    })
}

fn name_taken(sources: &Sources, known: &Service) -> Failure {
    let numbers = known.endpoints.iter().filter_map(|endpoint| endpoint.number.fixed());
    let numbers: Vec<String> = numbers.map(|port| port.to_string()).collect();
    let has = match numbers.as_slice() {
        [] => String::new(),
        [one] => format!(" with port {one}"),
        several => format!(" with ports {}", several.join(", ")),
    };
    let place = sources.start_of(known.name.place);
    let file = sources.get(known.name.place.source).name();
    let message = format!("the table has a service `{}`{has} already, at {file}:{}", known.name, place.line);
    Failure::new("name-taken", message)
}

pub(super) fn named_range<'a>(project: &'a Project, name: &str) -> Result<&'a NamedRange, Failure> {
    let names = || project.ranges.iter().map(|range| range.name.as_str());
    project.ranges.iter().find(|range| range.name.as_str() == name).ok_or_else(|| {
        let failure = Failure::new("unknown-range", format!("there is no range `{name}`"));
        match did_you_mean(name, names()) {
            Some(near) => failure.help(format!("did you mean `{near}`?")),
            None if project.ranges.is_empty() => failure.help("the table has no [ranges]"),
            None => failure.help(format!("there are: {}", names().collect::<Vec<_>>().join(", "))),
        }
    })
}

fn number(
    workspace: &Workspace,
    project: &Project,
    range: Option<&NamedRange>,
    request: &AddRequest,
    (state, machine): (&State, &dyn Machine),
) -> Result<Port, Failure> {
    let projects: Vec<&Project> = workspace.projects.iter().collect();
    let scheme = request.scheme.clone().unwrap_or(Scheme::Tcp);
    let mut pool = Assigned::of(&projects).pool(project, range, &scheme);
    let protocol = scheme.protocol();
    let Some(port) = request.port else {
        let own = state
            .projects
            .iter()
            .find(|known| project.name.as_ref().is_some_and(|name| name.value.as_str() == known.name));
        pass_over_assigned(&mut pool, state, own.map_or(ProjectId(0), |own| own.id));
        take_claims(&mut pool, state, protocol);
        return search(machine, &mut pool, protocol, None, true).ok_or_else(|| {
            Failure::new("exhausted", pool.exhausted().to_string())
                .help("widen the range, or name another with --range")
        });
    };
    // Who names a number may mean the one that runs already: only what was given is taken.
    if let Some(grant) =
        state.grants.iter().find(|grant| grant.port == port && grant.protocol.overlaps(protocol))
    {
        pool.take(port, ledger::shown(state, &crate::ledger::Owner::Grant(grant)));
    }
    let next = pool.lowest_free();
    match pool.request(port, request.name.as_str()) {
        Ok(()) => Ok(port),
        Err(refusal) if is_left_to_the_rules(&refusal, project, range) => Ok(port),
        Err(refusal) => {
            let failure = Failure::new("refused", refusal.to_string());
            Err(match next {
                Some(next) => failure.help(format!("the next free number of {} is {next}", pool.name())),
                None => failure,
            })
        }
    }
}

/// A number that somebody asks for may be privileged, lie in another range, or
/// outside the default pool: the rules say what there is to say of it.
fn is_left_to_the_rules(refusal: &Refusal, project: &Project, range: Option<&NamedRange>) -> bool {
    match refusal {
        Refusal::PassedOver { why, .. } => matches!(why, PassedOver::Privileged | PassedOver::Range(_)),
        Refusal::Outside { .. } => range.is_none() && project.range.is_none(),
        Refusal::Taken { .. } | Refusal::Dead { .. } => false,
    }
}
