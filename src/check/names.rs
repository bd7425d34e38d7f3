//! Whether the rules that `[lint]` and `allow` name exist.

use crate::diagnostic::{Finding, did_you_mean};
use crate::model::{Allow, Project};
use crate::rules::{self, RULES};
use crate::source::Spanned;

/// Finds names of rules that are none, and of mistakes that no level turns off.
pub fn check_names(project: &Project) -> Vec<Finding> {
    let services = project.services.iter().flat_map(|service| {
        let of_ports = service.endpoints.iter().flat_map(|endpoint| endpoint.allow.iter());
        service.allow.iter().chain(of_ports)
    });
    let ranges = project.ranges.iter().flat_map(|range| range.allow.iter());
    let allowed = project.allow.iter().chain(ranges).chain(services).map(|allow: &Allow| &allow.rule);
    let per_path = project.lint.per_path.iter().flat_map(|(_, levels)| levels);
    let levels = project.lint.levels.iter().chain(per_path).map(|level| &level.rule);
    allowed.chain(levels).filter_map(check_name).collect()
}

fn check_name(name: &Spanned<String>) -> Option<Finding> {
    match rules::find(name) {
        Some(rule) if rule.is_mistake() => Some(
            Finding::new("invalid-value", name.place, format!("`{name}` cannot be turned off"))
                .label("a mistake in the file itself is always an error"),
        ),
        Some(_) => None,
        None => {
            let finding = Finding::new("unknown-name", name.place, format!("there is no rule `{name}`"));
            let finding = match did_you_mean(name, RULES.iter().map(|rule| rule.name)) {
                Some(near) => finding.label(format!("did you mean `{near}`?")),
                None => finding.label("no such rule"),
            };
            Some(finding.help("`portgen rules` lists them"))
        }
    }
}
