//! The pass of `check` over what people wrote.

use super::check::FileFindings;
use super::load::Workspace;
use super::ownership::Ownership;
use super::scan::{Excluded, Extent, Progress, scan, scan_staged};
use crate::check::{Silence, check_repository};
use crate::repository::Repository;
use crate::rules::Evidence;
use crate::world::StagedFile;

/// What the rules find in the files of a workspace; in a member of it, what
/// concerns that member. The comments that turn rules off join the silence.
pub(super) fn repository_findings(
    workspace: &mut Workspace,
    ownership: &Ownership,
    silence: &mut Silence,
    (progress, env_files): (Progress, &[String]),
    staged: Option<&[StagedFile]>,
) -> FileFindings {
    let excluded = Excluded::of(&workspace.projects);
    let only = selected_folders(workspace);
    let buffers = workspace.buffers.clone();
    let buffers = Some(&*buffers);
    let extent = Extent { only: &only, excluded, env_files, progress, shared_only: false, buffers };
    let (root, sources) = (&workspace.folder, &mut workspace.sources);
    let scan = match (&workspace.index, staged) {
        (Some(index), Some(staged)) => scan_staged(root, sources, ownership, &extent, (index, staged)),
        _ => scan(root, sources, ownership, &extent),
    };
    add_comments(&scan.repository, silence);
    let evidence =
        Evidence { repository: &scan.repository, projects: &workspace.projects, sources: &workspace.sources };
    let mut findings = check_repository(&evidence);
    findings.retain(|finding| {
        let places = std::iter::once(&finding.primary).chain(&finding.related).map(|label| label.place);
        places
            .map(|place| workspace.sources.get(place.source).name())
            .any(|name| is_selected(workspace, name))
    });
    FileFindings { findings, held_back: 0, files: scan.files }
}

/// The folders of the members that the location means; none for the whole
/// workspace, and for a project at its root.
fn selected_folders(workspace: &Workspace) -> Vec<String> {
    if workspace.selected.len() == workspace.projects.len() {
        return Vec::new();
    }
    let folders = workspace.selected.iter().map(|&index| workspace.projects[index].folder.clone());
    let folders: Vec<String> = folders.collect();
    if folders.iter().any(String::is_empty) { Vec::new() } else { folders }
}

/// Takes over the comments of every file.
pub(super) fn add_comments(repository: &Repository, silence: &mut Silence) {
    for file in repository.files.iter().chain(&repository.private) {
        silence.add_comments(&file.path, file.source, &file.reading.suppressions);
    }
}

/// Whether a path lies in a project that the location means: all of a
/// workspace, or one member.
pub(super) fn is_selected(workspace: &Workspace, path: &str) -> bool {
    let is_whole = workspace.selected.len() == workspace.projects.len();
    let holds = |index: &usize| {
        let folder = workspace.projects[*index].folder.as_str();
        folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
    };
    is_whole || workspace.selected.iter().any(holds)
}
