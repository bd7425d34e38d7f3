//! Two names that become one.

use std::collections::{BTreeMap, BTreeSet};

use super::{Check, about};
use crate::diagnostic::Finding;
use crate::model::{Endpoint, Output, OutputKind, Project};
use crate::source::Place;
use crate::target;

declare_rule! {
    /// Finds two names that become one identifier in a target in use.
    ///
    /// ## What it does
    /// Turns the names of the ports that each output shows into identifiers as
    /// its target does, and compares them. Two ports with one variable are
    /// `duplicate-variable`'s.
    ///
    /// ## Why is this bad?
    /// One of the two would silently have the other's value, or the file would
    /// not compile.
    ///
    /// ## Example
    /// ```toml
    /// [project]
    /// name = "shop"
    ///
    /// [services.web-ui]
    /// port = 9000
    ///
    /// [services.web_ui] # error
    /// port = 9001
    /// env = "OTHER_PORT"
    ///
    /// [[output]]
    /// path = "src/environments/environment.ts"
    /// target = "angular"
    /// ```
    ///
    /// ## Known limitations
    /// What a template of one's own makes of names is not known.
    "name-collision", Deny, Check::Project(check)
}

fn check(project: &Project, findings: &mut Vec<Finding>) {
    let mut reported = BTreeSet::new();
    for output in &project.outputs {
        let OutputKind::Target(id) = &output.kind else { continue };
        let spec = target::find(id).and_then(|target| target.spec().ok());
        let Some(casing) = spec.and_then(|spec| spec.identifiers) else { continue };
        let mut by_identifier: BTreeMap<String, Named<'_>> = BTreeMap::new();
        for named in names(project).filter(|named| output.selection.has_endpoint(named.endpoint)) {
            let identifier = casing.identifier(&named.endpoint.id(), named.variable);
            let first = *by_identifier.entry(identifier.clone()).or_insert(named);
            if first.variable != named.variable && reported.insert((first.place, named.place)) {
                findings.push(finding(output, id, &identifier, first, named));
            }
        }
    }
}

/// A port with the place of its name.
#[derive(Clone, Copy)]
struct Named<'a> {
    endpoint: &'a Endpoint,
    variable: &'a str,
    place: Place,
}

fn names(project: &Project) -> impl Iterator<Item = Named<'_>> {
    project.services.iter().flat_map(|service| {
        service.endpoints.iter().filter_map(|endpoint| {
            let variable = endpoint.variable.as_ref()?;
            let is_default = endpoint.name.is_default();
            let place = if is_default { service.name.place } else { variable.place };
            Some(Named { endpoint, variable: variable.as_str(), place })
        })
    })
}

fn finding(output: &Output, target: &str, identifier: &str, one: Named<'_>, two: Named<'_>) -> Finding {
    let (first, again) = if one.place <= two.place { (one, two) } else { (two, one) };
    let (first_id, again_id) = (first.endpoint.id(), again.endpoint.id());
    let message = format!("{first_id} and {again_id} are both {identifier} in target {target}");
    let finding = Finding::new(RULE.name, again.place, message)
        .label("and this one")
        .related(first.place, "this name")
        .related(output.path.place, format!("shows both as {identifier}"))
        .help(format!("rename {first_id} or {again_id}, or show them in different outputs"));
    about(about(finding, first.endpoint), again.endpoint)
}

#[cfg(test)]
mod tests {
    use super::super::testing::check;
    use super::*;

    #[test]
    fn only_targets_in_use_that_show_both_count() {
        let check_output = |names: [&str; 2], output: &str| {
            check(
                &RULE,
                &format!(
                    "[services.{}]\nport = 9001\n[services.{}\nport = 9002\nenv = \"OTHER\"\n{output}",
                    names[0], names[1]
                ),
            );
        };
        let output = "[[output]]\npath = \"x\"\ntarget = \"angular\"\n";
        check_output(["web-ui", "web_ui] # here"], output);
        check_output(["web-ui", "web_ui]"], "");
        check_output(["web-ui", "webui]"], output);
        check_output(["web-ui", "web_ui]"], &format!("{output}services = [\"web-ui\"]\n"));
        check_output(["web-ui", "web_ui]"], "[[output]]\npath = \"x\"\ntarget = \"python\"\n");
    }
}
