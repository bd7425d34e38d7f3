//! A number of one machine in an output that every machine shares.

use std::collections::BTreeMap;

use super::{Check, about};
use crate::diagnostic::Finding;
use crate::model::{Endpoint, Number, Output, Patch, PatchValue, Project};
use crate::source::Place;

declare_rule! {
    /// Finds `port = "auto"` in an output or a patch that is not local.
    ///
    /// ## What it does
    /// Looks at every output that is not `local`, and at every patch, for
    /// ports whose number this machine chooses.
    ///
    /// ## Why is this bad?
    /// The file is shared, the number is not: on every machine the file would
    /// differ from what is rendered.
    ///
    /// ## Example
    /// ```toml
    /// [project]
    /// name = "shop"
    ///
    /// [services.api]
    /// port = "auto" # error
    ///
    /// [services.worker]
    /// port = 9001
    ///
    /// [[output]]
    /// path = "src/ports.py"
    /// target = "python"
    /// ```
    /// ```toml
    /// [project]
    /// name = "shop"
    ///
    /// [services.api]
    /// port = "auto"
    ///
    /// [services.worker]
    /// port = 9001
    ///
    /// [[output]]
    /// path = ".env"
    /// target = "dotenv"
    /// local = true
    ///
    /// [[output]]
    /// path = "src/ports.py"
    /// target = "python"
    /// services = ["worker"]
    /// ```
    ///
    /// ## Known limitations
    /// A patch whose value is a template is looked at when it is rendered.
    "auto-port-in-shared-output", Deny, Check::Project(check)
}

/// The ports that wait for a number, each with the shared files that show it.
type Shown<'a> = BTreeMap<Place, (&'a Endpoint, Vec<(Place, String)>)>;

fn check(project: &Project, findings: &mut Vec<Finding>) {
    let mut shown = Shown::new();
    for output in project.outputs.iter().filter(|output| !output.local) {
        in_output(project, output, &mut shown);
    }
    for patch in &project.patches {
        in_patch(project, patch, &mut shown);
    }
    for (place, (endpoint, files)) in shown {
        let message = format!("the port of {} differs on each machine, and shared files hold it", endpoint.id());
        let mut finding = Finding::new(RULE.name, place, message)
            .label("chosen by each machine")
            .help("give it a number, set `local = true` on the output, or leave it out with `services`");
        for (place, text) in files {
            finding = finding.related(place, text);
        }
        findings.push(about(finding, endpoint));
    }
}

fn in_output<'a>(project: &'a Project, output: &'a Output, shown: &mut Shown<'a>) {
    let view = project.view(output.profile.as_ref().map(|profile| &profile.value));
    let waiting = view.endpoints().filter(|endpoint| endpoint.number.value == Number::Auto);
    for endpoint in waiting.filter(|endpoint| output.selection.has_endpoint(endpoint)) {
        let label = (output.path.place, "this output is not `local`".to_owned());
        shown.entry(endpoint.number.place).or_insert((endpoint, Vec::new())).1.push(label);
    }
}

fn in_patch<'a>(project: &'a Project, patch: &'a Patch, shown: &mut Shown<'a>) {
    let PatchValue::Port(id) = &patch.value else { return };
    let view = project.view(patch.profile.as_ref().map(|profile| &profile.value));
    let waiting = view.endpoint(id).filter(|endpoint| endpoint.number.value == Number::Auto);
    if let Some(endpoint) = waiting {
        let label = (id.place, "this patch writes it".to_owned());
        shown.entry(endpoint.number.place).or_insert((endpoint, Vec::new())).1.push(label);
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::check;
    use super::*;

    #[test]
    fn outputs_and_patches_that_show_it_count() {
        let check_with = |port: &str, rest: &str| {
            check(&RULE, &format!("[services.a]\nport = {port}\n[services.b]\nport = 9001\n{rest}"));
        };
        let output = "[[output]]\npath = \"x\"\ntarget = \"python\"\n";
        let patch = "[[patch]]\npath = \"x\"\nfind = '(\\d+)'\nservice = \"a\"\n";
        check_with("\"auto\"", "");
        check_with("\"auto\" # here", output);
        check_with("\"auto\"", &format!("{output}local = true\n"));
        check_with("\"auto\"", &format!("{output}services = [\"b\"]\n"));
        check_with("\"auto\" # here", patch);
        check_with("\"auto\"", &patch.replace("\"a\"", "\"b\""));
        let profile = "[profiles.p.services.a]\nport = 9002\n";
        check_with("\"auto\"", &format!("{output}profile = \"p\"\n{profile}"));
    }
}
