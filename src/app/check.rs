//! Everything that is wrong, in one read-only pass.

use std::path::{Path, PathBuf};

use super::load::{Location, Workspace, load};
use super::outputs::{Bound, bind, orphans, plan_outputs, without_waiting};
use super::repository::repository_findings;
use crate::check::{Strictness, Verdict, check_conditions, check_table, gate, judge};
use crate::diagnostic::{Failure, Finding, Label, Reported, Summary};
use crate::plan::Options;
use crate::rules::{self, Rule};
use crate::source::{SourceId, Sources};
use crate::world;

/// What `check` is asked.
#[derive(Clone, Debug, Default)]
pub struct CheckOptions {
    /// Only what concerns these files and folders; none means everything.
    pub paths: Vec<PathBuf>,
    /// How much of what is found is reported.
    pub strictness: Strictness,
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
    /// The path from the current folder to the workspace's, empty or ending in `/`.
    pub prefix: String,
}

/// Checks the table, and where it is sound the outputs.
///
/// # Errors
/// A [`Failure`] where there is no table, or where the disk fails.
pub fn check(location: &Location, options: &CheckOptions) -> Result<Checked, Failure> {
    if let Some(path) = options.paths.iter().find(|path| !world::is_there(path)) {
        return Err(
            Failure::new("not-found", "there is no such file or folder").path(path.display().to_string())
        );
    }
    let mut workspace = load(location)?;
    let bound = bind(&mut workspace)?;
    let findings = table_findings(&mut workspace);
    let mut summary = Summary { files: workspace.files, ..Summary::default() };
    let strictness = options.strictness;
    let is_readable = !findings.iter().any(|finding| rules::find(finding.rule).is_none_or(Rule::is_mistake));
    let mut verdict = judge(&workspace.projects, &workspace.sources, findings, strictness);
    if gate(&workspace.projects, &verdict).is_some() {
        let found = output_findings(&mut workspace, &bound, &verdict)?;
        verdict.add(judge(&workspace.projects, &workspace.sources, found.findings, strictness));
        summary.files += found.files;
        summary.held_back += found.held_back;
    }
    if is_readable {
        let found = repository_findings(&mut workspace, &bound);
        summary.files += found.files;
        verdict.add(judge(&workspace.projects, &workspace.sources, found.findings, strictness));
    }
    keep_paths(&mut verdict, &workspace, &options.paths);
    let counts = verdict.summary();
    Ok(Checked {
        prefix: prefix(&workspace.folder),
        sources: workspace.sources,
        findings: verdict.findings,
        summary: Summary { held_back: counts.held_back + summary.held_back, files: summary.files, ..counts },
    })
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
    let Some(sound) = gate(&workspace.projects, verdict) else { return Ok(found) };
    for bound in bound {
        let project = sound[bound.project];
        let sources = &mut workspace.sources;
        let planned = plan_outputs(sources, project, bound, &[], Options::default())?;
        let (conditions, waiting) = without_waiting(&project, planned.conditions);
        let orphans = orphans(sources, &project, &bound.root)?;
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

/// The path from the current folder to the workspace's, for platforms that
/// want paths from the checkout's root.
pub(super) fn prefix(folder: &Path) -> String {
    let Ok(current) = world::current_dir() else { return String::new() };
    let (current, folder) = (world::normalise(&current), world::normalise(folder));
    let Ok(inside) = folder.strip_prefix(&current) else { return String::new() };
    let parts = inside.components().map(|part| part.as_os_str().to_string_lossy());
    parts.fold(String::new(), |prefix, part| format!("{prefix}{part}/"))
}
