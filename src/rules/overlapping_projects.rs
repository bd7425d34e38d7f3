//! Two projects of a workspace with the same ports.

use super::Check;
use crate::diagnostic::Finding;
use crate::model::{PortIndex, PortSet, Project};
use crate::source::Spanned;

declare_rule! {
    /// Finds a member of a workspace whose range overlaps another member's.
    ///
    /// ## What it does
    /// Compares `project.range` of all members of a workspace.
    ///
    /// ## Why is this bad?
    /// Each project believes that its range is its own: both will give the same
    /// number to different services.
    ///
    /// ## Example
    /// ```toml
    /// [workspace]
    /// members = ["shop", "billing"]
    /// ```
    /// ```text shop/ports.toml
    /// [project]
    /// name = "shop"
    /// range = "5000-5099"
    /// ```
    /// ```text billing/ports.toml
    /// [project]
    /// name = "billing"
    /// range = "5050-5149" # error
    /// ```
    ///
    /// ## Known limitations
    /// Where three members share the same ports, the second and the third are
    /// each compared with the first. Projects outside the workspace are not
    /// known.
    "overlapping-projects", Deny, Check::Workspace(check)
}

fn check(projects: &[&Project], findings: &mut Vec<Finding>) {
    let ranges: Vec<(&Project, &Spanned<PortSet>)> =
        projects.iter().filter_map(|project| Some((*project, project.range.as_ref()?))).collect();
    if ranges.len() < 2 {
        return;
    }
    let mut index = PortIndex::new();
    for (position, &(project, range)) in ranges.iter().enumerate() {
        for other in index.add(position, &range.value) {
            let Some(&(earlier, earlier_range)) = ranges.get(other) else { continue };
            let shared = range.overlap(&earlier_range.value).map(|ports| ports.to_string());
            let message = format!(
                "the ranges of {} and {} overlap in {}",
                name(earlier),
                name(project),
                shared.unwrap_or_default()
            );
            findings.push(
                Finding::new(RULE.name, range.place, message)
                    .label(format!("the range of {}", name(project)))
                    .related(earlier_range.place, format!("the range of {}", name(earlier)))
                    .help("give each project ports of its own"),
            );
        }
    }
}

fn name(project: &Project) -> &str {
    project.name.as_ref().map_or(project.folder.as_str(), |name| name.as_str())
}

#[cfg(test)]
mod tests {
    use super::super::testing::check_workspace;
    use super::*;

    #[test]
    fn each_member_is_compared_with_those_before_it() {
        let texts = ["range = \"5000-5099\"", "range = [\"5099\", \"6000\"] # here", "", "range = \"6000\" # here"];
        check_workspace(&RULE, &texts);
        check_workspace(&RULE, &["range = \"5000-5099\"", "range = \"5100-5199\""]);
        check_workspace(&RULE, &["range = [\"5000-5099\", \"5050\"]"]);
    }
}
