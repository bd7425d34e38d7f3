//! Brings every file up to date, or says what that would change.

use super::check::{prefix, table_findings};
use super::ledger::{Local, local, plan_with_numbers};
use super::load::{Location, Workspace, load};
use super::outputs::{Bound, Planned, bind, orphans, plan_outputs, shown};
use super::stage::paths_to_stage;
use crate::apply::apply;
use crate::check::{SoundProject, Strictness, check_conditions, gate, judge};
use crate::diagnostic::{Failure, Finding, Reported, Severity, did_you_mean};
use crate::model::{Condition, Mode, Problem, Project};
use crate::plan::{Change, Options, Ownership, Plan, Wanted};
use crate::report::{Outcome, OutputLine};
use crate::source::Sources;
use crate::world;

/// What `render` is asked.
#[derive(Clone, Debug, Default)]
pub struct RenderOptions {
    /// Targets and paths; none means every output.
    pub only: Vec<String>,
    /// Whether to write what is planned.
    pub write: bool,
    /// Take over files without a header.
    pub adopt: bool,
    /// Write over edits.
    pub force: bool,
    /// Put in blocks whose markers are missing.
    pub insert: bool,
    /// Delete generated files that no output names.
    pub prune: bool,
    /// Add what was written to git's index.
    pub stage: bool,
}

/// What `render` did, or would do.
#[derive(Debug, Default)]
pub struct Rendered {
    /// Every text that a finding points into.
    pub sources: Sources,
    /// Why nothing was written, where nothing was.
    pub findings: Vec<Reported>,
    /// What became of each output.
    pub lines: Vec<OutputLine>,
    /// What changes in each file, as a unified diff.
    pub diffs: Vec<String>,
    /// Whether the table or an output stood in the way, so that nothing was written.
    pub is_refused: bool,
    /// Whether any output is not what the table says, exemptions aside.
    pub drifts: bool,
    /// The path from the top of the git work tree to the workspace's folder, empty or ending in `/`.
    pub prefix: String,
    /// What was noticed of this checkout, a line each.
    pub notes: Vec<String>,
}

/// Plans every output, and writes them unless one is refused.
///
/// # Errors
/// A [`Failure`] where there is no table, an argument names no output, or the
/// disk fails.
pub fn render(location: &Location, options: &RenderOptions) -> Result<Rendered, Failure> {
    let mut workspace = load(location)?;
    let bound = bind(&mut workspace)?;
    let table = workspace.file_name.clone();
    let only = options.only.iter().map(|name| from_here(name, location, &workspace)).collect();
    let options = &RenderOptions { only, ..options.clone() };
    if !options.write {
        let local = local(&workspace)?;
        return Ok(render_workspace(workspace, &bound, &local, options)?.0);
    }
    let plan = |workspace, local: &Local| render_workspace(workspace, &bound, local, options);
    let mut numbered = plan_with_numbers(workspace, plan, |(rendered, _)| !rendered.is_refused)?;
    numbered.planned.0.notes = std::mem::take(&mut numbered.notes);
    if numbered.planned.0.is_refused {
        return Ok(numbered.planned.0);
    }
    // A number that no file shows is nobody's: it goes back where the files cannot be written.
    let to_stage = match write(&bound, &numbered.planned.1, options.stage.then_some(table.as_str())) {
        Ok(to_stage) => to_stage,
        Err(failure) => return Err(numbered.undo(failure)),
    };
    for (bound, paths) in bound.iter().zip(&to_stage) {
        world::stage(bound.root.folder(), paths)?;
    }
    Ok(numbered.planned.0)
}

/// Plans the outputs of a table that is in memory: what is to be said, and one
/// plan for each of `bound`. Writes nothing.
pub(super) fn render_workspace(
    mut workspace: Workspace,
    bound: &[Bound],
    local: &Local,
    options: &RenderOptions,
) -> Result<(Rendered, Vec<ProjectPlan>), Failure> {
    check_names(&workspace, bound, &options.only)?;
    let findings = table_findings(&mut workspace);
    let verdict = judge(&workspace.projects, &workspace.sources, findings, Strictness::default());
    let prefix = prefix(&workspace.folder);
    let Workspace { mut sources, projects, .. } = workspace;
    let Some(sound) = gate(&projects, &verdict) else {
        let findings = verdict.findings.into_iter().filter(|reported| reported.severity == Severity::Error);
        let findings = findings.collect();
        let rendered =
            Rendered { sources, findings, is_refused: true, drifts: true, prefix, ..Rendered::default() };
        return Ok((rendered, Vec::new()));
    };
    // The ledger vouches for its numbers as the rules did for the table's.
    let here = local.projects.as_deref().and_then(|projects| gate(projects, &verdict));
    let mut planned = Vec::new();
    for bound in bound {
        let project = sound[bound.project];
        let here = here.as_ref().map_or(project, |here| here[bound.project]);
        planned.push(plan_project(&mut sources, project, here, bound, options)?);
    }
    for planned in &mut planned {
        planned.refuse_errors(&projects, &sources);
    }
    let mut rendered = describe(&projects, bound, &planned, prefix);
    rendered.sources = sources;
    Ok((rendered, planned))
}

/// What stands in the way of a project's outputs, and what is planned.
pub(super) struct ProjectPlan {
    refusals: Vec<Finding>,
    /// Values that readers disagree on: in the way unless their level says otherwise.
    ambiguous: Vec<Finding>,
    pub(super) plan: Plan,
    wanted: Vec<Wanted>,
    /// Generated files that no output names and that somebody edited: `--prune`
    /// keeps them.
    kept: Vec<String>,
    drifts: bool,
}

pub(super) fn plan_project(
    sources: &mut Sources,
    project: SoundProject<'_>,
    here: SoundProject<'_>,
    bound: &Bound,
    options: &RenderOptions,
) -> Result<ProjectPlan, Failure> {
    let allowed = Options { force: options.force, adopt: options.adopt, insert: options.insert };
    let Planned { mut plan, wanted, findings, conditions, .. } =
        plan_outputs(sources, project, here, bound, &options.only, allowed)?;
    let mut drifts = plan.conditions().next().is_some();
    let is_ambiguous = |condition: &&Condition| matches!(condition.problem, Problem::Ambiguous { .. });
    let mut refusals = findings;
    refusals.extend(check_conditions(conditions.iter().filter(|condition| !is_ambiguous(condition))));
    refusals.extend(check_conditions(plan.refusals()));
    let ambiguous = check_conditions(conditions.iter().filter(is_ambiguous));
    let mut kept = Vec::new();
    if options.prune {
        for orphan in orphans(sources, &project, &bound.root)? {
            drifts = true;
            kept.extend(orphan.deletion.is_none().then(|| orphan.condition.path.clone()));
            plan.steps.extend(orphan.deletion);
        }
    }
    Ok(ProjectPlan { refusals, ambiguous, plan, wanted, kept, drifts })
}

impl ProjectPlan {
    fn refuse_errors(&mut self, projects: &[Project], sources: &Sources) {
        let judged =
            judge(projects, sources, std::mem::take(&mut self.ambiguous), Strictness::default()).findings;
        let errors = judged.into_iter().filter(|reported| reported.severity == Severity::Error);
        self.refusals.extend(errors.map(|reported| reported.finding));
    }
}

fn describe(projects: &[Project], bound: &[Bound], planned: &[ProjectPlan], prefix: String) -> Rendered {
    let refusals = planned.iter().flat_map(|planned| planned.refusals.iter().cloned());
    let findings: Vec<Reported> =
        refusals.map(|finding| Reported { finding, severity: Severity::Error }).collect();
    let is_refused = !findings.is_empty() || planned.iter().any(|planned| planned.plan.is_refused());
    let mut rendered = Rendered {
        findings,
        is_refused,
        prefix,
        drifts: planned.iter().any(|planned| planned.drifts),
        ..Rendered::default()
    };
    for (bound, planned) in bound.iter().zip(planned) {
        let project = &projects[bound.project];
        rendered.lines.extend(lines(project, &planned.plan, is_refused));
        rendered.lines.extend(planned.kept.iter().map(|path| kept_line(project, path)));
        let changes = planned.plan.changes();
        rendered.diffs.extend(changes.map(|step| step.diff(&shown(&project.folder, step.path.as_str()))));
    }
    rendered
}

/// An orphan that `--prune` does not delete; the rest is done all the same.
fn kept_line(project: &Project, path: &str) -> OutputLine {
    OutputLine {
        path: shown(&project.folder, path),
        target: None,
        mode: Some(Mode::File),
        outcome: Outcome::Refused,
        reason: Some("it was edited by hand; delete it yourself if it is not needed".to_owned()),
    }
}

fn lines(project: &Project, plan: &Plan, is_refused: bool) -> Vec<OutputLine> {
    plan.outcomes()
        .map(|(step, outcome)| {
            // Where one output is refused, none is written.
            let held_up = is_refused && !matches!(outcome.change, Change::Refused | Change::Unchanged);
            let change = if held_up { Change::Refused } else { outcome.change };
            let reason = outcome
                .reason()
                .or_else(|| held_up.then(|| "nothing is written while something is refused".to_owned()));
            OutputLine {
                path: shown(&project.folder, step.path.as_str()),
                // A file that is deleted is no output's any more.
                target: (outcome.mode != Ownership::Patch && !outcome.label.is_empty())
                    .then(|| outcome.label.clone()),
                mode: match outcome.mode {
                    Ownership::File => Some(Mode::File),
                    Ownership::Block => Some(Mode::Block),
                    Ownership::Patch => None,
                },
                outcome: match change {
                    Change::Created => Outcome::Created,
                    Change::Updated => Outcome::Updated,
                    Change::Unchanged => Outcome::Unchanged,
                    Change::Deleted => Outcome::Deleted,
                    Change::Refused => Outcome::Refused,
                },
                reason,
            }
        })
        .collect()
}

/// Carries the plans out; with the table's file name, what is to be added to
/// git's index then, which is refused before anything is written.
fn write(bound: &[Bound], plans: &[ProjectPlan], stage: Option<&str>) -> Result<Vec<Vec<String>>, Failure> {
    let mut to_stage = Vec::new();
    for (bound, project) in bound.iter().zip(plans) {
        to_stage.push(match stage {
            Some(table) => paths_to_stage(&bound.root, table, &project.plan, &project.wanted)?,
            None => Vec::new(),
        });
    }
    let all: Vec<_> = bound.iter().zip(plans).map(|(bound, project)| (&project.plan, &bound.root)).collect();
    apply(&all)?;
    Ok(to_stage)
}

/// An argument that is a file or a folder from where portgen was started, by
/// its path in the workspace; any other as it is.
fn from_here(name: &str, location: &Location, workspace: &Workspace) -> String {
    // Windows takes both separators, an output's path has the one.
    let name = if cfg!(windows) { name.replace('\\', "/") } else { name.to_owned() };
    let path = location.directory.join(&name);
    let base = world::normalise(&workspace.folder);
    if !world::is_there(&path) || world::normalise(&location.directory) == base {
        return name;
    }
    let path = world::normalise(&path);
    let inside = path.strip_prefix(&base).ok().and_then(|inside| inside.to_str());
    inside.filter(|inside| !inside.is_empty()).map_or(name, |inside| inside.replace('\\', "/"))
}

/// Every argument must name an output.
fn check_names(workspace: &Workspace, bound: &[Bound], only: &[String]) -> Result<(), Failure> {
    let mut known: Vec<String> = Vec::new();
    for bound in bound {
        let project = &workspace.projects[bound.project];
        for output in &bound.outputs {
            known.push(output.target.id.clone());
            let path = project.outputs[output.index].path.as_str();
            known.extend([path.to_owned(), shown(&project.folder, path)]);
        }
        let paths = project.patches.iter().map(|patch| patch.path.as_str());
        known.extend(paths.flat_map(|path| [path.to_owned(), shown(&project.folder, path)]));
    }
    let names = |name: &String| {
        let plain = name.strip_prefix("./").unwrap_or(name).trim_end_matches('/');
        known.iter().any(|known| known == plain || known.starts_with(&format!("{plain}/")))
    };
    let Some(unknown) = only.iter().find(|name| !names(name)) else { return Ok(()) };
    let failure = Failure::new("unknown-output", format!("no output has the target or the path `{unknown}`"));
    Err(match did_you_mean(unknown, known.iter().map(String::as_str)) {
        Some(near) => failure.help(format!("did you mean `{near}`?")),
        None => failure.help("paths are as in ports.toml, or files from here"),
    })
}
