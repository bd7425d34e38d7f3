//! Two names that become one.

use std::collections::BTreeMap;

use super::{Check, about};
use crate::diagnostic::Finding;
use crate::model::{Endpoint, Output, OutputKind, Project};
use crate::source::Place;
use crate::target::{self, Casing};

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
    for output in &project.outputs {
        let OutputKind::Target(id) = &output.kind else { continue };
        let spec = target::find(id).and_then(|target| target.spec().ok());
        if let Some(casing) = spec.and_then(|spec| spec.identifiers) {
            collisions(project, output, (id.as_str(), casing), findings);
        }
    }
}

/// Finds the names that one output cannot tell apart.
fn collisions(project: &Project, output: &Output, target: (&str, Casing), findings: &mut Vec<Finding>) {
    let (target, casing) = target;
    let mut by_identifier: BTreeMap<String, Named<'_>> = BTreeMap::new();
    for named in names(project).filter(|named| output.selection.has_endpoint(named.endpoint)) {
        let identifier = casing.identifier(&named.endpoint.id(), named.variable);
        let first = *by_identifier.entry(identifier.clone()).or_insert(named);
        if first.variable != named.variable {
            findings.push(finding(output, target, &identifier, first, named));
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
    use super::*;
    use crate::manifest;
    use crate::source::Sources;

    /// The identifiers that the services `web-ui` and another share in an output.
    #[track_caller]
    fn check_names(other: &str, casing: Casing, output: &str, expect: Option<&str>) {
        let text = format!(
            "[project]\nname = \"p\"\n[services.web-ui]\nport = 9001\n[services.{other}]\nport = 9002\n\
             env = \"OTHER\"\n[[output]]\npath = \"x\"\ntarget = \"python\"\n{output}"
        );
        let mut sources = Sources::new();
        let (project, mistakes) = manifest::read(&mut sources, "ports.toml", &text);
        assert_eq!(mistakes, []);
        let mut findings = Vec::new();
        collisions(&project, &project.outputs[0], ("t", casing), &mut findings);
        let shown: Vec<_> = findings
            .iter()
            .map(|finding| (finding.message.as_str(), sources.text_at(finding.primary.place)))
            .collect();
        let message = expect.map(|name| format!("web-ui and {other} are both {name} in target t"));
        assert_eq!(shown, message.iter().map(|text| (text.as_str(), other)).collect::<Vec<_>>());
    }

    #[test]
    fn names_collide_where_the_casing_makes_them_one() {
        check_names("web_ui", Casing::Camel, "", Some("webUi"));
        check_names("web_ui", Casing::Constant, "", Some("WEB_UI"));
        check_names("web_ui", Casing::Variable, "", None);
        check_names("web_ui", Casing::AsIs, "", None);
        check_names("webui", Casing::Camel, "", None);
        check_names("web_ui", Casing::Camel, "services = [\"web-ui\"]", None);
    }
}
