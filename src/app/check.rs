//! Everything that is wrong, in one read-only pass.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::baseline::{self, BaselineOptions};
use super::fix::{FixOptions, Fixed, fix};
use super::ledger::{machine_findings, read_local};
use super::load::{Location, Workspace, load_open, load_staged};
use super::outputs::{Bound, bind, orphans, plan_outputs, without_waiting};
use super::ownership::Ownership;
use super::repository::{is_selected, repository_findings};
use super::scan::Progress;
use super::survey::below;
use crate::check::{
    Baseline, Silence, Strictness, Verdict, check_conditions, check_table, gate, judge, judge_silenced,
};
use crate::diagnostic::{Failure, Finding, Label, Reported, Subject, Summary};
use crate::plan::Options;
use crate::rules::{self, Check, Rule};
use crate::source::{SourceId, Sources};
use crate::world::{self, Buffers, Index};

/// What `check` is asked.
#[derive(Clone, Debug, Default)]
pub struct CheckOptions {
    /// Only what concerns these files and folders; none means everything.
    pub paths: Vec<PathBuf>,
    /// Only what is about to be committed, as git's index has it.
    pub staged: bool,
    /// What is so on this machine now, too: its ledger and its sockets.
    pub machine: bool,
    /// Env files for Compose in place of `.env`, the later on top of the earlier.
    pub env_files: Vec<PathBuf>,
    /// How much of what is found is reported.
    pub strictness: Strictness,
    /// What is known already.
    pub baseline: BaselineOptions,
    /// Which changes are made or shown; none where it only reads.
    pub fix: Option<FixOptions>,
    /// Who is told how far it is.
    pub progress: Progress,
    /// What an editor has open, which counts in place of the disk.
    pub buffers: Rc<Buffers>,
}

/// What `check` found.
#[derive(Debug)]
pub struct Checked {
    /// Every text that a finding points into.
    pub sources: Sources,
    /// The findings, in the order of their places.
    pub findings: Vec<Reported>,
    /// How many there are, and how much was looked at.
    pub summary: Summary,
    /// The path from the top of the git work tree to the workspace's folder, empty or ending in `/`.
    pub prefix: String,
    /// What became of the changes, where any were asked for.
    pub fixed: Option<Fixed>,
    /// The baseline that was written, and how many findings are in it.
    pub baseline: Option<(String, usize)>,
}

/// Checks the table, and where it is sound the outputs, and what people wrote.
/// With `fix`, makes the changes that findings come with and checks again.
///
/// # Errors
/// A [`Failure`] where there is no table, or where the disk fails.
pub fn check(location: &Location, options: &CheckOptions) -> Result<Checked, Failure> {
    if let Some(path) = options.paths.iter().find(|path| !world::is_there(path)) {
        return Err(
            Failure::new("not-found", "there is no such file or folder").path(path.display().to_string())
        );
    }
    let mut pass = Pass::run(location, options)?;
    // Of what is not looked at, nothing can be said to be well.
    below(&pass.workspace.folder, &options.paths)?;
    let mut fixed = None;
    if let Some(request) = options.fix {
        let made = fix(&pass.workspace, &pass.verdict.findings, &pass.ownership, request)?;
        if request.write && made.count > 0 {
            pass = Pass::run(location, options)?;
        }
        fixed = Some(made);
    }
    let Pass { workspace, verdict, held_back, files, baseline, .. } = pass;
    let counts = verdict.summary();
    Ok(Checked {
        prefix: prefix(&workspace.folder),
        sources: workspace.sources,
        findings: verdict.findings,
        summary: Summary { held_back: counts.held_back + held_back, files, ..counts },
        fixed,
        baseline,
    })
}

/// One look at everything.
struct Pass {
    workspace: Workspace,
    ownership: Ownership,
    verdict: Verdict,
    held_back: usize,
    files: usize,
    baseline: Option<(String, usize)>,
}

impl Pass {
    fn run(location: &Location, options: &CheckOptions) -> Result<Self, Failure> {
        let mut workspace = if options.staged {
            load_staged(location, Rc::new(Index::of(&location.directory)?))?
        } else {
            load_open(location, options.buffers.clone())?
        };
        let staged = workspace.index.as_ref().map(|index| index.staged(&workspace.folder)).transpose()?;
        let env_files = below(&workspace.folder, &options.env_files)?;
        let bound = bind(&mut workspace)?;
        let ownership = Ownership::of(&workspace, &bound);
        let mut findings = table_findings(&mut workspace);
        let mut files = workspace.files;
        let mut held_back = 0;
        let strictness = options.strictness;
        let is_readable =
            !findings.iter().any(|finding| rules::find(finding.rule).is_none_or(Rule::is_mistake));
        // Neither comments nor a baseline open the gate.
        let verdict = judge(&workspace.projects, &workspace.sources, findings.clone(), strictness);
        let is_sound = gate(&workspace.projects, &verdict).is_some();
        if is_sound {
            let found = output_findings(&mut workspace, &bound, &verdict)?;
            findings.extend(found.findings);
            files += found.files;
            held_back += found.held_back;
        }
        let mut silence = Silence::default();
        if is_readable {
            let found = repository_findings(
                &mut workspace,
                &ownership,
                &mut silence,
                (options.progress, &env_files),
                staged.as_deref(),
            );
            findings.extend(found.findings);
            files += found.files;
        }
        if options.machine && is_readable {
            findings.extend(machine_findings(&workspace)?);
        }
        let baseline = options.baseline.write.then(|| {
            let judged = judge_silenced(
                &workspace.projects,
                &workspace.sources,
                findings.clone(),
                strictness,
                &mut silence,
            );
            Baseline::of(judged.findings.iter().map(|reported| &reported.finding), &workspace.sources)
        });
        let written = use_baseline(&options.baseline, baseline, &mut workspace, &mut silence)?;
        let (projects, sources) = (&workspace.projects, &workspace.sources);
        let mut verdict = judge_silenced(projects, sources, findings, strictness, &mut silence);
        let is_read =
            |path: &str| staged.as_ref().is_none_or(|staged| staged.iter().any(|file| file.path == path));
        let ran = |path: &str, rule: &Rule| match rule.check {
            _ if !is_read(path) => false,
            Check::Condition(_) | Check::MistakenCondition(_) => is_sound && is_selected(&workspace, path),
            Check::Repository(_) => is_readable && is_selected(&workspace, path),
            Check::Machine(_) => options.machine && is_readable && is_selected(&workspace, path),
            _ => is_selected(&workspace, path),
        };
        verdict.add(judge(projects, sources, silence.idle(&ran), strictness));
        keep_paths(&mut verdict, &workspace, &options.paths);
        if staged.is_some() {
            keep_names(&mut verdict, &workspace, &is_read);
        }
        Ok(Self { workspace, ownership, verdict, held_back, files, baseline: written })
    }
}

/// Reads the baseline, or writes a new one; its file's name and its size where
/// it was written.
fn use_baseline(
    options: &BaselineOptions,
    new: Option<Baseline>,
    workspace: &mut Workspace,
    silence: &mut Silence,
) -> Result<Option<(String, usize)>, Failure> {
    let Some(new) = new else {
        if let Some(known) = baseline::read(options, workspace)? {
            silence.set_baseline(known);
        }
        return Ok(None);
    };
    let path = baseline::file(options, workspace);
    baseline::write(&new, &path)?;
    let name = baseline::shown(&path, workspace);
    silence.set_baseline(baseline::as_written(&new, &name, &mut workspace.sources));
    Ok(Some((name, new.entries.iter().map(|entry| entry.count).sum())))
}

/// Mistakes in the files and what the rules find in the table; in a member of
/// a workspace, what concerns that member.
pub(super) fn table_findings(workspace: &mut Workspace) -> Vec<Finding> {
    let mut findings = std::mem::take(&mut workspace.findings);
    findings.extend(check_table(&workspace.projects));
    if workspace.selected.len() == workspace.projects.len() {
        return findings;
    }
    let others: Vec<SourceId> = (0..workspace.documents.len())
        .filter(|index| !workspace.selected.contains(index))
        .map(|index| workspace.documents[index].source)
        .collect();
    let concerns = |label: &Label| !others.contains(&label.place.source);
    findings.retain(|finding| concerns(&finding.primary) || finding.related.iter().any(concerns));
    findings
}

/// What a pass over files found.
pub(super) struct FileFindings {
    pub(super) findings: Vec<Finding>,
    pub(super) held_back: usize,
    pub(super) files: usize,
}

fn output_findings(
    workspace: &mut Workspace,
    bound: &[Bound],
    verdict: &Verdict,
) -> Result<FileFindings, Failure> {
    let mut found = FileFindings { findings: Vec::new(), held_back: 0, files: 0 };
    let local = read_local(workspace);
    let Some(sound) = gate(&workspace.projects, verdict) else { return Ok(found) };
    let here = local.projects.as_deref().and_then(|projects| gate(projects, verdict));
    for bound in bound {
        let project = sound[bound.project];
        let here = here.as_ref().map_or(project, |here| here[bound.project]);
        let sources = &mut workspace.sources;
        let planned = plan_outputs(sources, project, here, bound, &[], Options::default())?;
        let (conditions, waiting) = without_waiting(&project, planned.conditions);
        // To find them takes a walk over everything, whatever is to be committed.
        let orphans = match &bound.index {
            Some(_) => Vec::new(),
            None => orphans(sources, &project, &bound.root)?,
        };
        found.findings.extend(planned.findings);
        let orphans = orphans.iter().map(|orphan| &orphan.condition);
        found
            .findings
            .extend(check_conditions(conditions.iter().chain(planned.plan.conditions()).chain(orphans)));
        found.held_back += waiting;
        found.files += planned.files;
    }
    Ok(found)
}

/// Keeps the findings that have a place in one of the files or folders.
fn keep_paths(verdict: &mut Verdict, workspace: &Workspace, paths: &[PathBuf]) {
    if paths.is_empty() {
        return;
    }
    let wanted: Vec<PathBuf> = paths.iter().map(|path| world::normalise(path)).collect();
    let base = world::normalise(&workspace.folder);
    let concerns = |label: &Label| {
        let path = world::normalise(&base.join(workspace.sources.get(label.place.source).name()));
        wanted.iter().any(|wanted| path.starts_with(wanted))
    };
    verdict.findings.retain(|reported| {
        concerns(&reported.finding.primary) || reported.finding.related.iter().any(concerns)
    });
}

/// Keeps the findings that have a place in, or stand elsewhere for, a file that
/// is about to be committed.
fn keep_names(verdict: &mut Verdict, workspace: &Workspace, is_kept: &dyn Fn(&str) -> bool) {
    let concerns = |label: &Label| is_kept(workspace.sources.get(label.place.source).name());
    let stands_for = |subject: &Subject| matches!(subject, Subject::File(path) if is_kept(path));
    verdict.findings.retain(|Reported { finding, .. }| {
        concerns(&finding.primary)
            || finding.related.iter().any(concerns)
            || finding.subjects.iter().any(stands_for)
    });
}

/// The path from the top of the git work tree to the workspace's folder, for
/// platforms that want paths from there, wherever portgen is started; empty
/// where there is no repository.
pub(super) fn prefix(folder: &Path) -> String {
    let Some(git) = world::find_upwards(folder, ".git") else { return String::new() };
    let folder = world::normalise(folder);
    let inside = git.parent().and_then(|top| folder.strip_prefix(top).ok());
    let parts = inside.into_iter().flat_map(Path::components).map(|part| part.as_os_str().to_string_lossy());
    parts.fold(String::new(), |prefix, part| format!("{prefix}{part}/"))
}
