//! Which projects this machine knows, and which ranges are whose.

use std::path::PathBuf;

use super::asker::prepare;
use super::context::Context;
use crate::app::load::load_at;
use crate::diagnostic::{Failure, printable};
use crate::ledger::{Assignment, AssignmentId, Change, Draft, Holder, ProjectId, State, decide};
use crate::model::{Port, PortRange, PortSet};

/// A project that this machine knows, for lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedProject {
    /// Its name.
    pub name: String,
    /// Its copies: label, folder, whether it is the first, how many ports it was given.
    pub checkouts: Vec<(String, PathBuf, bool, usize)>,
    /// The ranges that are assigned to it.
    pub ranges: PortSet,
    /// How many numbers its tables declare.
    pub declared: usize,
}

/// What is kept on this machine for nobody who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedReservation {
    /// The ports.
    pub ports: PortSet,
    /// Whose they are.
    pub owner: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

/// Every project, and every range that is kept from all of them.
///
/// # Errors
/// A [`Failure`] of the ledger.
pub fn projects(context: &mut Context) -> Result<(Vec<ListedProject>, Vec<ListedReservation>), Failure> {
    let state = context.state()?;
    let listed = state.projects.iter().map(|project| listed(&state, project.id, &project.name)).collect();
    let kept = state.assignments.iter().filter_map(|assignment| match &assignment.holder {
        Holder::Project(_) => None,
        Holder::Other { owner, reason } => Some(ListedReservation {
            ports: assignment.ports.clone(),
            owner: owner.clone(),
            reason: reason.clone(),
        }),
    });
    Ok((listed, kept.collect()))
}

fn listed(state: &State, id: ProjectId, name: &str) -> ListedProject {
    let own = || state.checkouts.iter().filter(|checkout| checkout.project == id);
    ListedProject {
        name: name.to_owned(),
        checkouts: own()
            .map(|checkout| {
                let given = state.grants_of(checkout.id).len();
                (checkout.label.clone(), checkout.folder.clone(), checkout.is_first, given)
            })
            .collect(),
        ranges: state.ranges_of(id).flat_map(|assignment| assignment.ports.ranges().to_vec()).collect(),
        declared: own()
            .map(|checkout| state.declared.iter().filter(|own| own.checkout == checkout.id).count())
            .max()
            .unwrap_or(0),
    }
}

/// Makes the project of this folder known; its name, and what was noticed.
///
/// # Errors
/// A [`Failure`] of the ledger.
pub fn add_project(context: &mut Context) -> Result<(String, Vec<String>), Failure> {
    let Context { asker, ledger, machine, .. } = context;
    let Some(ledger) = ledger else { return Err(super::no_ledger()) };
    decide(ledger.as_mut(), |draft| {
        let (_, notes) = prepare(draft, asker, machine.as_ref());
        Ok((asker.sighted.name.clone(), notes))
    })
}

/// Forgets a project, and everything it was given; how many ports those are.
///
/// # Errors
/// A [`Failure`]: `unknown-project`, or of the ledger.
pub fn remove_project(context: &mut Context, name: &str) -> Result<usize, Failure> {
    let Some(ledger) = &mut context.ledger else { return Err(unknown(name)) };
    decide(ledger.as_mut(), |draft| {
        let id = only(draft.state(), name)?;
        let before = draft.state().grants.len();
        draft.change(Change::RemoveProject(id));
        Ok(before - draft.state().grants.len())
    })
}

/// What a project is to be assigned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// These ports.
    Ports(PortSet),
    /// The next free block of so many.
    Size(usize),
}

/// Assigns a range to a project; gives the ports, and what was noticed.
///
/// # Errors
/// A [`Failure`]: `unknown-project`, `overlap`, `exhausted`, `refused` where a
/// block is to be chosen and the project's table has a range, or of the ledger.
pub fn assign(
    context: &mut Context,
    name: &str,
    block: &Block,
) -> Result<(PortSet, Option<String>), Failure> {
    let Context { asker, ledger, machine, .. } = context;
    let Some(ledger) = ledger else { return Err(super::no_ledger()) };
    decide(ledger.as_mut(), |draft| {
        if asker.sighted.name == name {
            prepare(draft, asker, machine.as_ref());
        }
        let id = only(draft.state(), name)?;
        let declared = range_of_table(draft.state(), id);
        let ports = match (block, &declared) {
            (Block::Ports(ports), _) => ports.clone(),
            (Block::Size(_), Some((range, place))) => {
                let message = format!("project {name} has a range already, {range}");
                let failure = Failure::new("refused", message).path(place.clone());
                return Err(failure.help(format!(
                    "`portgen project assign {name} {range}` assigns that one; for another, change the table first"
                )));
            }
            (Block::Size(size), None) => next_block(draft.state(), *size)?,
        };
        refuse_overlap(draft.state(), &ports, Some(id))?;
        keep(draft, ports.clone(), Holder::Project(id));
        let differs = declared.filter(|(range, _)| *range != ports);
        let note = differs.map(|(range, place)| {
            format!("{place}: the table has the range {range}, not {ports}; inside the project it is the table's that counts")
        });
        Ok((ports, note))
    })
}

/// The range that the table of a project says, and where.
fn range_of_table(state: &State, id: ProjectId) -> Option<(PortSet, String)> {
    let own = || state.checkouts.iter().filter(|checkout| checkout.project == id);
    let first = own().find(|checkout| checkout.is_first).or_else(|| own().next())?;
    let (path, _) = first.table.as_ref()?;
    let workspace = load_at(path).ok()?;
    let index = *workspace.selected.first()?;
    let range = workspace.projects.get(index)?.range.as_ref()?;
    let at = workspace.sources.start_of(range.place);
    let path = printable(&path.to_string_lossy()).into_owned();
    Some((range.value.clone(), format!("{path}:{}:{}", at.line, at.column)))
}

/// Keeps ports of this machine from every project.
///
/// # Errors
/// A [`Failure`]: `overlap`, or of the ledger.
pub fn keep_ports(
    context: &mut Context,
    ports: &PortSet,
    owner: Option<&str>,
    reason: Option<&str>,
) -> Result<(), Failure> {
    let Some(ledger) = &mut context.ledger else { return Err(super::no_ledger()) };
    decide(ledger.as_mut(), |draft| {
        refuse_overlap(draft.state(), ports, None)?;
        let holder = Holder::Other { owner: owner.map(str::to_owned), reason: reason.map(str::to_owned) };
        keep(draft, ports.clone(), holder);
        Ok(())
    })
}

/// Takes back what was assigned or kept and lies within these ports; how many ranges.
///
/// # Errors
/// A [`Failure`] of the ledger.
pub fn unassign(context: &mut Context, ports: &PortSet) -> Result<usize, Failure> {
    let Some(ledger) = &mut context.ledger else { return Ok(0) };
    decide(ledger.as_mut(), |draft| {
        let inside = |assignment: &&Assignment| assignment.ports.intersection(ports) == assignment.ports;
        let ids: Vec<AssignmentId> =
            draft.state().assignments.iter().filter(inside).map(|assignment| assignment.id).collect();
        ids.iter().for_each(|&id| draft.change(Change::Unassign(id)));
        Ok(ids.len())
    })
}

fn keep(draft: &mut Draft, ports: PortSet, holder: Holder) {
    draft.assign(Assignment { id: AssignmentId(0), ports, holder });
}

fn only(state: &State, name: &str) -> Result<ProjectId, Failure> {
    let found: Vec<_> = state.projects.iter().filter(|project| project.name == name).collect();
    match found.as_slice() {
        [] => Err(unknown(name)),
        [one] => Ok(one.id),
        _ => Err(Failure::new("ambiguous-project", format!("this machine knows several projects `{name}`"))
            .help("give one of them another name in its ports.toml")),
    }
}

fn unknown(name: &str) -> Failure {
    Failure::new("unknown-project", format!("this machine knows no project `{name}`"))
        .help("`portgen project add`, in its folder, makes it known")
}

fn refuse_overlap(state: &State, ports: &PortSet, own: Option<ProjectId>) -> Result<(), Failure> {
    for assignment in &state.assignments {
        if own.is_some_and(|own| assignment.holder == Holder::Project(own)) {
            continue;
        }
        if assignment.ports.overlap(ports).is_some() {
            let whose = match &assignment.holder {
                Holder::Project(id) => {
                    let name = state.project(*id).map_or("?", |project| project.name.as_str());
                    format!("assigned to project {name}")
                }
                Holder::Other { owner: Some(owner), .. } => format!("reserved for {owner}"),
                Holder::Other { owner: None, .. } => "reserved".to_owned(),
            };
            let message = format!("{ports} overlaps {}, which is {whose} on this machine", assignment.ports);
            return Err(Failure::new("overlap", message).help("`portgen project list` shows what is whose"));
        }
    }
    Ok(())
}

/// Blocks are looked for from here on, in steps of a hundred.
const FIRST_BLOCK: u16 = 20000;
const LAST_OF_BLOCKS: u16 = 29999;

/// The next block of `size` ports of the default pool's span that nobody has a port in.
fn next_block(state: &State, size: usize) -> Result<PortSet, Failure> {
    let exhausted = || {
        Failure::new(
            "exhausted",
            format!("no block of {size} ports is free in {FIRST_BLOCK}-{LAST_OF_BLOCKS}"),
        )
        .help("name the ports yourself, such as 31000-31099")
    };
    let size = u16::try_from(size).map_err(|_| exhausted())?;
    for first in (FIRST_BLOCK..=LAST_OF_BLOCKS).step_by(100) {
        let last = first.checked_add(size.saturating_sub(1)).filter(|&last| last <= LAST_OF_BLOCKS);
        let ends = Port::new(first).zip(last.and_then(Port::new));
        let Some(range) = ends.and_then(|(first, last)| PortRange::new(first, last).ok()) else { break };
        let ports: PortSet = [range].into_iter().collect();
        let is_used = state.assignments.iter().any(|known| known.ports.overlap(&ports).is_some())
            || state.grants.iter().any(|grant| range.contains(grant.port))
            || state.declared.iter().any(|declared| range.contains(declared.port));
        if !is_used {
            return Ok(ports);
        }
    }
    Err(exhausted())
}
