//! From a sound table to a plan: bind, render, look at the disk, plan.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::rc::Rc;

use super::load::{FILE_NAME, Workspace};
use crate::check::SoundProject;
use crate::diagnostic::{Failure, Finding};
use crate::model::{Condition, Output, OutputKind, Problem, Project, RelativePath};
use crate::plan::{self, Anchor, Content, Existing, Options, Plan, Step, Wanted};
use crate::render::{self, Rendered, Rendering};
use crate::source::{Place, Sources};
use crate::target::{self, BoundOutput};
use crate::world::{Buffers, Index, Root};

/// A project's outputs bound to their targets, and the folder they are in.
pub(super) struct Bound {
    /// The index of the project in the workspace.
    pub(super) project: usize,
    /// Its folder.
    pub(super) root: Root,
    /// Its outputs; those with a mistake are left out.
    pub(super) outputs: Vec<BoundOutput>,
    /// What is about to be committed, where that is read and not the disk.
    pub(super) index: Option<Rc<Index>>,
    /// What an editor has open.
    pub(super) buffers: Rc<Buffers>,
}

impl Bound {
    /// The text of a file where it is not the disk's that counts.
    pub(super) fn other_text(&self, path: &RelativePath) -> Option<String> {
        other_text(self.index.as_deref(), &self.buffers, &self.root, path)
    }
}

/// Binds the outputs of the selected projects; what is wrong with them is
/// added to the workspace's findings.
pub(super) fn bind(workspace: &mut Workspace) -> Result<Vec<Bound>, Failure> {
    let mut all = Vec::new();
    let mut shared = shared_files(workspace);
    workspace.findings.append(&mut shared);
    for number in workspace.selected.clone() {
        let project = &workspace.projects[number];
        let root = Root::open(&workspace.folder_of(project))?;
        let (index, buffers) = (workspace.index.clone(), workspace.buffers.clone());
        let read = |path: &RelativePath| match other_text(index.as_deref(), &buffers, &root, path) {
            Some(text) => Ok(Some(text)),
            None => root.read_text(path),
        };
        let (outputs, mut findings) = target::bind(project, &mut workspace.sources, &read);
        findings.extend(own_files(project, &root, &inputs(workspace)));
        workspace.findings.append(&mut findings);
        all.push(Bound { project: number, root, outputs, index, buffers });
    }
    Ok(all)
}

/// The text of a file in the index, where that is read, or in an editor.
fn other_text(index: Option<&Index>, buffers: &Buffers, root: &Root, path: &RelativePath) -> Option<String> {
    let file = path.as_str().split('/').fold(root.folder().to_path_buf(), |folder, part| folder.join(part));
    let staged =
        || index.and_then(|index| index.bytes(&file)).and_then(|bytes| String::from_utf8(bytes).ok());
    buffers.get(&file).map(str::to_owned).or_else(staged)
}

/// Files that two projects of a workspace write, each as if it were its own.
fn shared_files(workspace: &Workspace) -> Vec<Finding> {
    let mut owners: BTreeMap<String, (usize, Place)> = BTreeMap::new();
    let mut findings = Vec::new();
    if workspace.projects.len() < 2 {
        return findings;
    }
    for (index, project) in workspace.projects.iter().enumerate() {
        let Ok(root) = Root::open(&workspace.folder_of(project)) else { continue };
        let outputs = project.outputs.iter().map(|output| &output.path);
        for path in outputs.chain(project.patches.iter().map(|patch| &patch.path)) {
            let Some(destination) = root.destination(path) else { continue };
            let &mut (owner, first) = owners.entry(destination).or_insert((index, path.place));
            if owner != index {
                let message =
                    format!("`{}` belongs to another project, too", shown(&project.folder, path.as_str()));
                let finding = Finding::new("invalid-value", path.place, message);
                findings.push(finding.related(first, "written here").help("let one project have the file"));
            }
        }
    }
    findings
}

/// The files that the workspace was read from.
fn inputs(workspace: &Workspace) -> Vec<PathBuf> {
    let tables = workspace.projects.iter().map(|project| {
        let name = if project.folder.is_empty() { workspace.file_name.as_str() } else { FILE_NAME };
        workspace.folder_of(project).join(name)
    });
    tables.chain(workspace.policies.iter().cloned()).collect()
}

/// What portgen reads is no output, whatever link leads to it.
fn own_files(project: &Project, root: &Root, inputs: &[PathBuf]) -> Vec<Finding> {
    let templates: Vec<&RelativePath> = project.outputs.iter().filter_map(template_of).collect();
    let outputs = project.outputs.iter().map(|output| &output.path);
    let paths = outputs.chain(project.patches.iter().map(|patch| &patch.path));
    paths
        .filter_map(|path| {
            let name = path.as_str().rsplit('/').next().unwrap_or("");
            let what = if name.eq_ignore_ascii_case(FILE_NAME)
                || inputs.iter().any(|input| root.leads_to(path, input))
            {
                "a table that portgen reads"
            } else if templates.iter().any(|template| **template == path.value) {
                "a template"
            } else {
                return None;
            };
            Some(Finding::new("invalid-value", path.place, format!("`{path}` is {what}")))
        })
        .collect()
}

fn template_of(output: &Output) -> Option<&RelativePath> {
    if let OutputKind::Template(template) = &output.kind { Some(&template.value) } else { None }
}

/// What became of one project's outputs, before anything is written.
pub(super) struct Planned {
    /// What would be done.
    pub(super) plan: Plan,
    /// What it was planned for.
    pub(super) wanted: Vec<Wanted>,
    /// Mistakes of templates and options.
    pub(super) findings: Vec<Finding>,
    /// Facts that rendering met: ambiguous values, numbers that are missing.
    pub(super) conditions: Vec<Condition>,
    /// How many files were read.
    pub(super) files: usize,
}

/// Renders a project's outputs and plans them against the disk.
///
/// `here` is the project with the numbers that it has on this machine, for
/// local outputs. `only` are targets and paths; none means all.
pub(super) fn plan_outputs(
    sources: &mut Sources,
    project: SoundProject<'_>,
    here: SoundProject<'_>,
    bound: &Bound,
    only: &[String],
    options: Options,
) -> Result<Planned, Failure> {
    let Rendering { outputs, patches, findings, conditions } = rendering(sources, project, here, bound);
    let mut wanted: Vec<Wanted> = outputs.iter().map(|rendered| wanted_output(&project, rendered)).collect();
    wanted.extend(patches.into_iter().map(|text| wanted_patch(&project, text)));
    if !only.is_empty() {
        wanted.retain(|wanted| only.iter().any(|name| is_named(wanted, &project.folder, name)));
    }
    let mut existing = BTreeMap::new();
    for wanted in &wanted {
        if !existing.contains_key(&wanted.path) {
            let name = shown(&project.folder, wanted.path.as_str());
            let found = match bound.other_text(&wanted.path) {
                Some(text) => Existing::Text { source: sources.add(name, text), read_only: false },
                None => bound.root.read(&wanted.path, &name, sources)?,
            };
            existing.insert(wanted.path.clone(), found);
        }
    }
    let files = existing.values().filter(|existing| matches!(existing, Existing::Text { .. })).count();
    let plan = plan::plan(&wanted, &existing, sources, options);
    Ok(Planned { plan, wanted, findings, conditions, files })
}

/// Shared outputs with the table's numbers, local ones with this machine's.
fn rendering(
    sources: &mut Sources,
    project: SoundProject<'_>,
    here: SoundProject<'_>,
    bound: &Bound,
) -> Rendering {
    let is_local = |output: &BoundOutput| project.outputs[output.index].local;
    if std::ptr::eq::<Project>(&*project, &*here) || !bound.outputs.iter().any(is_local) {
        return render::render(sources, project, &bound.outputs);
    }
    let (local, shared): (Vec<BoundOutput>, Vec<BoundOutput>) =
        bound.outputs.iter().cloned().partition(is_local);
    let mut all = render::render(sources, project, &shared);
    let local = render::render(sources, here, &local);
    all.outputs.extend(local.outputs);
    all.outputs.sort_by_key(|rendered| rendered.output);
    all.findings.extend(local.findings);
    all.conditions.extend(local.conditions);
    all
}

/// Whether a target's name or a path, as an argument, means this output.
fn is_named(wanted: &Wanted, folder: &str, name: &str) -> bool {
    let path = name.strip_prefix("./").unwrap_or(name).trim_end_matches('/');
    let is_in = |file: &str| file == path || file.starts_with(&format!("{path}/"));
    wanted.label == name || is_in(wanted.path.as_str()) || is_in(&shown(folder, wanted.path.as_str()))
}

/// A file's name for reports: relative to the workspace.
pub(super) fn shown(folder: &str, path: &str) -> String {
    if folder.is_empty() { path.to_owned() } else { format!("{folder}/{path}") }
}

fn wanted_output(project: &Project, rendered: &Rendered) -> Wanted {
    let output = &project.outputs[rendered.output];
    let text = rendered.text.clone();
    let comment = rendered.comment.clone();
    let content = match rendered.mode {
        crate::model::Mode::File => Content::File { text, comment },
        crate::model::Mode::Block => Content::Block {
            id: rendered.id.clone(),
            text,
            comment,
            assignment: rendered.assignment.as_ref().map(|pattern| pattern.as_str().to_owned()),
            anchor: match &rendered.service {
                Some(service) => Anchor::ComposeService(service.to_string()),
                None if rendered.by_hand => Anchor::ByHand,
                None => Anchor::End,
            },
        },
    };
    Wanted {
        declared: output.path.place,
        path: rendered.path.clone(),
        local: output.local,
        label: rendered.target.clone(),
        content,
    }
}

fn wanted_patch(project: &Project, text: render::PatchText) -> Wanted {
    let patch = &project.patches[text.patch];
    Wanted {
        declared: patch.path.place,
        path: patch.path.value.clone(),
        local: false,
        label: "patch".to_owned(),
        content: Content::Patch { find: patch.find.clone(), all: patch.all, value: text.text },
    }
}

/// The conditions but for those of local outputs that only wait for a number,
/// and how many outputs those are.
pub(super) fn without_waiting(project: &Project, conditions: Vec<Condition>) -> (Vec<Condition>, usize) {
    let waits = |condition: &Condition| {
        let is_declared = |output: &&Output| [output.place, output.path.place].contains(&condition.declared);
        let output = project.outputs.iter().find(is_declared);
        matches!(condition.problem, Problem::Unassigned { .. }) && output.is_some_and(|output| output.local)
    };
    let (waiting, rest): (Vec<_>, Vec<_>) = conditions.into_iter().partition(waits);
    let mut outputs: Vec<_> = waiting.iter().map(|condition| condition.declared).collect();
    outputs.sort_unstable();
    outputs.dedup();
    (rest, outputs.len())
}

/// A file with portgen's header that no output names.
pub(super) struct Orphan {
    /// What `check` says of it.
    pub(super) condition: Condition,
    /// How `--prune` deletes it; `None` where somebody edited it.
    pub(super) deletion: Option<Step>,
}

/// Finds the files with portgen's header that no output of the project names.
pub(super) fn orphans(sources: &mut Sources, project: &Project, root: &Root) -> Result<Vec<Orphan>, Failure> {
    let named: Vec<&str> = project.outputs.iter().map(|output| output.path.as_str()).collect();
    let mut orphans = Vec::new();
    for path in root.generated_files()? {
        if named.contains(&path.as_str()) {
            continue;
        }
        let existing = root.read(&path, &shown(&project.folder, path.as_str()), sources)?;
        if let Some(condition) = plan::orphan(project.place, &path, &existing, sources) {
            orphans.push(Orphan { condition, deletion: plan::deletion(&path, &existing, sources) });
        }
    }
    Ok(orphans)
}
