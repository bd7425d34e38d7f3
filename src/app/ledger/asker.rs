//! Who asks: the project of the table that is found, else the folder.

use std::path::{Path, PathBuf};

use crate::app::load::{Location, Workspace, load, load_at};
use crate::check::{Strictness, gate, judge};
use crate::diagnostic::{Failure, did_you_mean, printable};
use crate::ledger::{
    Change, Checkout, CheckoutId, Declaration, Draft, Grant, Known, Noticed, Sighted, State,
};
use crate::machine::Machine;
use crate::model::Project;
use crate::world::{self, GitCheckout};

/// Who asks for ports: a project in one of its checkouts.
#[derive(Clone, Debug)]
pub struct Asker {
    /// What its folder says of itself.
    pub sighted: Sighted,
    /// The project as its table has it; `None` for a folder without one.
    pub project: Option<Project>,
}

impl Asker {
    /// A project of a workspace that was read.
    pub fn of(workspace: &Workspace, index: usize) -> Self {
        let project = &workspace.projects[index];
        let folder = world::normalise(&workspace.folder_of(project));
        let name = project.name.as_ref().map(|name| name.value.to_string());
        let path = folder.join(table_name(workspace, index));
        let mut sighted = sighted(name, folder.clone(), GitCheckout::of(&folder));
        sighted.table = world::file_stamp(&path).map(|stamp| (path, stamp));
        Self { sighted, project: Some(project.clone()) }
    }

    /// The checkout that a ledger knows it as.
    pub fn known<'a>(&self, state: &'a State) -> Option<&'a Checkout> {
        match state.recognise(&self.sighted, &is_gone) {
            Known::Checkout(id) | Known::Moved(id) => state.checkout(id),
            Known::Copy(_) | Known::New { .. } => None,
        }
    }

    /// Whether the numbers of the table are its own here: in the first
    /// checkout, and where nothing is known of another.
    pub fn is_first(&self, state: &State) -> bool {
        match state.recognise(&self.sighted, &is_gone) {
            Known::Checkout(id) | Known::Moved(id) => {
                state.checkout(id).is_some_and(|checkout| checkout.is_first)
            }
            Known::Copy(project) => state.first_checkout(project).is_none() && !self.sighted.is_linked,
            Known::New { .. } => !self.sighted.is_linked,
        }
    }
}

/// Finds who asks. A folder without a table asks for itself: the root of its
/// repository where it is in one.
///
/// # Errors
/// A [`Failure`] with the code `broken-table` where there is a table that has
/// errors, `no-project` at a workspace's root, and where the world fails.
pub fn asker(location: &Location) -> Result<Asker, Failure> {
    match load(location) {
        Ok(workspace) => of_table(workspace),
        Err(failure) if failure.code == "no-table" && location.file.is_none() => Ok(of_folder(location)),
        Err(failure) => Err(failure),
    }
}

/// The same for who tells of everything: at a workspace's root every project of it.
pub(super) fn read_here(location: &Location) -> Result<Vec<Asker>, Failure> {
    match load(location) {
        Ok(workspace) => of_tables(workspace, |workspace| Ok(workspace.selected.clone())),
        Err(failure) if failure.code == "no-table" && location.file.is_none() => {
            Ok(vec![of_folder(location)])
        }
        Err(failure) => Err(failure),
    }
}

/// The project whose table is at a path.
pub(super) fn read_at(path: &Path) -> Result<Asker, Failure> {
    load_at(path).and_then(of_table)
}

/// The folder without a table: the root of its repository where it is in one.
fn of_folder(location: &Location) -> Asker {
    let folder = world::normalise(&location.directory);
    let git = GitCheckout::of(&folder);
    let root = git.as_ref().map_or(folder, |git| git.top.clone());
    Asker { sighted: sighted(None, root, git), project: None }
}

/// A project by its name: that of this folder where it has the name, else the
/// one that the ledger knows, else one that needs no folder.
pub(super) fn named(location: Option<&Location>, name: &str, state: &State) -> Result<Asker, Failure> {
    // A folder whose table is broken, or that is gone, is not the one that is named.
    if let Some(here) = location.and_then(|location| asker(location).ok())
        && here.sighted.name == name
    {
        return Ok(here);
    }
    let known: Vec<_> = state.projects.iter().filter(|project| project.name == name).collect();
    if known.len() > 1 {
        let failure =
            Failure::new("ambiguous-project", format!("this machine knows several projects `{name}`"));
        return Err(failure.help("say which by its folder, with -C; `portgen project list` shows them"));
    }
    let Some(project) = known.first() else { return Ok(without_folder(name)) };
    let of_it = || state.checkouts.iter().filter(|checkout| checkout.project == project.id);
    let Some(checkout) = of_it().find(|checkout| checkout.is_first).or_else(|| of_it().next()) else {
        return Ok(without_folder(name));
    };
    if !checkout.folder.as_os_str().is_empty() && world::is_folder(&checkout.folder) {
        let file = checkout.table.as_ref().map(|(path, _)| path.clone());
        let there = match file {
            Some(path) => load_at(&path).and_then(of_table)?,
            None => asker(&Location { directory: checkout.folder.clone(), file: None })?,
        };
        return Ok(there);
    }
    let sighted = Sighted {
        name: name.to_owned(),
        identity: project.identity.clone(),
        inside: String::new(),
        remote: project.remote.clone(),
        folder: checkout.folder.clone(),
        label: checkout.label.clone(),
        is_linked: !checkout.is_first,
        main: None,
        mark: checkout.mark.clone(),
        table: checkout.table.clone(),
    };
    Ok(Asker { sighted, project: None })
}

/// A project that is only a name.
pub(super) fn without_folder(name: &str) -> Asker {
    let identity = format!("name:{name}").into_bytes();
    let name = name.to_owned();
    let sighted = Sighted { name, identity, label: "main".to_owned(), ..Sighted::default() };
    Asker { sighted, project: None }
}

fn of_table(workspace: Workspace) -> Result<Asker, Failure> {
    let askers = of_tables(workspace, |workspace| Ok(vec![crate::app::add::chosen_project(workspace)?]))?;
    askers.into_iter().next().ok_or_else(|| Failure::new("no-project", "has no [project]"))
}

/// The projects of a sound workspace that are chosen.
fn of_tables(
    mut workspace: Workspace,
    choose: impl Fn(&Workspace) -> Result<Vec<usize>, Failure>,
) -> Result<Vec<Asker>, Failure> {
    let findings = crate::app::check::table_findings(&mut workspace);
    let verdict = judge(&workspace.projects, &workspace.sources, findings, Strictness::default());
    if gate(&workspace.projects, &verdict).is_none() {
        let first =
            verdict.findings.iter().find(|reported| reported.severity == crate::diagnostic::Severity::Error);
        let why = first.map_or_else(String::new, |reported| format!(": {}", reported.finding.message));
        let failure = Failure::new("broken-table", format!("the table has errors{why}"));
        return Err(failure.path(workspace.file_name.clone()).help("`portgen check` shows them all"));
    }
    let chosen = choose(&workspace)?;
    // A workspace's root may be no project itself.
    let named = chosen.into_iter().filter(|&index| workspace.projects[index].name.is_some());
    Ok(named.map(|index| Asker::of(&workspace, index)).collect())
}

fn table_name(workspace: &Workspace, index: usize) -> &str {
    if index == 0 { &workspace.file_name } else { crate::app::FILE_NAME }
}

fn sighted(name: Option<String>, folder: PathBuf, git: Option<GitCheckout>) -> Sighted {
    let name = name.unwrap_or_else(|| folder_name(&folder));
    let mark = mark(&folder, git.as_ref());
    let Some(git) = git else {
        let identity = folder.as_os_str().as_encoded_bytes().to_vec();
        return Sighted { name, identity, folder, mark, label: "main".to_owned(), ..Sighted::default() };
    };
    let inside = folder.strip_prefix(&git.top).map(with_slashes).unwrap_or_default();
    let mut identity = git.common.as_os_str().as_encoded_bytes().to_vec();
    if !inside.is_empty() {
        identity.push(0);
        identity.extend_from_slice(inside.as_bytes());
    }
    let is_linked = git.worktree.is_some() && !git.is_bare;
    let main = git.common.parent().filter(|_| is_linked).map(|top| top.join(&inside));
    Sighted {
        name,
        identity,
        inside,
        main,
        remote: git.remote,
        folder,
        mark,
        is_linked,
        label: git.worktree.unwrap_or_else(|| "main".to_owned()),
        table: None,
    }
}

/// What tells a folder from others, and a copy of it from one that was made anew.
fn mark(folder: &Path, git: Option<&GitCheckout>) -> String {
    let own = world::folder_mark(folder);
    if own.is_empty() {
        return own;
    }
    let beginning = git.and_then(|git| git.beginning.as_deref()).unwrap_or_default();
    format!("{own}|{}|{beginning}", world::parent_mark(folder))
}

fn with_slashes(path: &Path) -> String {
    let parts: Vec<_> = path.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}

fn folder_name(folder: &Path) -> String {
    folder
        .file_name()
        .map_or_else(|| "root".to_owned(), |name| printable(&name.to_string_lossy()).into_owned())
}

/// Whether the folder of a checkout is not there, or another one is.
fn is_gone(checkout: &Checkout) -> bool {
    let known = checkout.mark.split('|').next().unwrap_or_default();
    !world::is_there(&checkout.folder) || (!known.is_empty() && world::folder_mark(&checkout.folder) != known)
}

/// Registers who asks, reads again the tables that changed, and ends the
/// grants whose process is gone: what precedes every decision.
pub(in crate::app) fn prepare(
    draft: &mut Draft,
    asker: &Asker,
    machine: &dyn Machine,
) -> (CheckoutId, Vec<String>) {
    end_leases(draft, machine);
    let mut said: Vec<String> = stranger(draft.state(), asker).into_iter().collect();
    let (id, noticed) = draft.register(&asker.sighted, &is_gone);
    if let Some(project) = &asker.project {
        declare(draft, id, declarations(id, project));
    }
    // A project that is only a name has no folder to tell of.
    let has_folder = |noticed: &&Noticed| *noticed != &Noticed::Namesake(PathBuf::new());
    said.extend(noticed.iter().filter(has_folder).map(|noticed| told(noticed, &asker.sighted.name)));
    said.extend(read_again(draft, id));
    (id, said)
}

/// What is said of a project that is only a name, and that nobody knew: it may
/// be a slip.
fn stranger(state: &State, asker: &Asker) -> Option<String> {
    let is_new = matches!(state.recognise(&asker.sighted, &is_gone), Known::New { .. });
    if !is_new || !asker.sighted.folder.as_os_str().is_empty() {
        return None;
    }
    let name = &asker.sighted.name;
    let said = format!("project {name} is new, and only a name: no folder here is called so");
    let near = did_you_mean(name, state.projects.iter().map(|project| project.name.as_str()));
    Some(match near {
        Some(near) => format!("{said}; did you mean `{near}`? (`portgen project remove` takes it back)"),
        None => said,
    })
}

fn told(noticed: &Noticed, name: &str) -> String {
    let shown = |folder: &Path| printable(&folder.to_string_lossy()).into_owned();
    match noticed {
        Noticed::Namesake(folder) => {
            format!("another project {name} is known at {}: this one is kept apart", shown(folder))
        }
        Noticed::Moved(folder) if world::is_there(folder) => format!(
            "this checkout was at {0} and keeps its numbers; what is at {0} now is a copy of it, and gets others",
            shown(folder)
        ),
        Noticed::Moved(folder) => format!("this checkout was at {} and keeps its numbers", shown(folder)),
        Noticed::Second(Some(folder)) => {
            format!(
                "this is a second checkout of {name}, beside {}: it has numbers of its own",
                shown(folder)
            )
        }
        Noticed::Second(None) => format!("this is a worktree of {name}: it has numbers of its own"),
    }
}

/// Ends the grants whose process is gone.
pub(super) fn end_leases(draft: &mut Draft, machine: &dyn Machine) {
    let over: Vec<_> = draft
        .state()
        .grants
        .iter()
        .filter(|grant| is_over(grant, machine))
        .map(|grant| Change::Free(grant.id))
        .collect();
    over.into_iter().for_each(|change| draft.change(change));
}

/// Whether a grant's process is gone.
pub(in crate::app) fn is_over(grant: &Grant, machine: &dyn Machine) -> bool {
    grant.lease.as_ref().is_some_and(|lease| machine.has_ended(lease.pid, &lease.start))
}

/// The numbers that a table declares: every claim on this machine, in the
/// plain table and in each profile that an output uses.
pub(in crate::app) fn declarations(checkout: CheckoutId, project: &Project) -> Vec<Declaration> {
    let mut all = Vec::new();
    for view in project.views() {
        for endpoint in view.endpoints() {
            let Some(claim) = endpoint.claim() else { continue };
            let name = match view.profile {
                Some(profile) => format!("{}@{}", endpoint.name, profile.name.value),
                None => endpoint.name.to_string(),
            };
            all.push(Declaration {
                checkout,
                service: endpoint.service.to_string(),
                name,
                port: claim.port,
                protocol: claim.protocol,
                address: claim.address.to_string(),
            });
        }
    }
    all
}

fn declare(draft: &mut Draft, id: CheckoutId, mut declared: Vec<Declaration>) {
    declared.sort_by(|one, other| (&one.service, &one.name).cmp(&(&other.service, &other.name)));
    declared.dedup_by(|one, other| (&one.service, &one.name) == (&other.service, &other.name));
    let known: Vec<&Declaration> = draft.state().declared.iter().filter(|own| own.checkout == id).collect();
    if known.into_iter().ne(declared.iter()) {
        draft.change(Change::Declare(id, declared));
    }
}

/// Reads the tables of other checkouts that changed since they were read; one
/// that cannot be read keeps its last good numbers, and is told of.
fn read_again(draft: &mut Draft, own: CheckoutId) -> Vec<String> {
    let mut said = Vec::new();
    let others: Vec<Checkout> =
        draft.state().checkouts.iter().filter(|checkout| checkout.id != own).cloned().collect();
    for checkout in others {
        let Some((path, known)) = &checkout.table else { continue };
        let Some(stamp) = world::file_stamp(path).filter(|stamp| stamp != known) else { continue };
        match load_at(path).and_then(|workspace| of_table_at(workspace, &checkout)) {
            Ok(declared) => {
                declare(draft, checkout.id, declared);
                let table = Some((path.clone(), stamp));
                draft.change(Change::PutCheckout(Checkout { table, ..checkout }));
            }
            Err(failure) => {
                let path = printable(&path.to_string_lossy()).into_owned();
                said.push(format!("{path} changed and {}: its last good numbers count", failure.message));
            }
        }
    }
    said
}

fn of_table_at(workspace: Workspace, checkout: &Checkout) -> Result<Vec<Declaration>, Failure> {
    let asker = of_table(workspace)?;
    let project = asker.project.ok_or_else(|| Failure::new("no-project", "has no [project]"))?;
    Ok(declarations(checkout.id, &project))
}
