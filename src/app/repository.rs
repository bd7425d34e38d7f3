//! The pass of `check` over what people wrote.

use super::check::FileFindings;
use super::load::Workspace;
use super::outputs::Bound;
use super::ownership::Ownership;
use super::scan::scan;
use crate::check::check_repository;
use crate::diagnostic::Finding;
use crate::rules::Evidence;
use crate::source::Sources;

/// What the rules find in the files of a workspace; in a member of it, what
/// concerns that member.
pub(super) fn repository_findings(workspace: &mut Workspace, bound: &[Bound]) -> FileFindings {
    let ownership = Ownership::of(workspace, bound);
    let scan = scan(&workspace.folder.clone(), &mut workspace.sources, &ownership);
    let evidence =
        Evidence { repository: &scan.repository, projects: &workspace.projects, sources: &workspace.sources };
    let mut findings = check_repository(&evidence);
    if workspace.selected.len() < workspace.projects.len() {
        let folders: Vec<&str> =
            workspace.selected.iter().map(|&index| workspace.projects[index].folder.as_str()).collect();
        findings.retain(|finding| is_in(finding, &workspace.sources, &folders));
    }
    FileFindings { findings, held_back: 0, files: scan.files }
}

/// Whether any place of a finding lies in one of some folders.
fn is_in(finding: &Finding, sources: &Sources, folders: &[&str]) -> bool {
    let places = std::iter::once(&finding.primary).chain(&finding.related).map(|label| label.place);
    let mut names = places.map(|place| sources.get(place.source).name());
    names.any(|name| {
        let inside = |folder: &&str| {
            folder.is_empty() || name.strip_prefix(*folder).is_some_and(|rest| rest.starts_with('/'))
        };
        folders.iter().any(inside)
    })
}
