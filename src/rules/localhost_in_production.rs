//! A production URL that leads to the reader's own machine.

use super::{Check, about};
use crate::diagnostic::Finding;
use crate::model::{Address, Data, Endpoint, Output, OutputKind, Profile, ProfileKind, Project};
use crate::target;

declare_rule! {
    /// Finds an output for production that gives a loopback host to clients.
    ///
    /// ## What it does
    /// Looks at every output that renders URLs and uses a profile of kind
    /// production, and in it at every service that has a URL, for a host such
    /// as `localhost` or `127.0.0.1`.
    ///
    /// ## Why is this bad?
    /// In production `localhost` is the machine of whoever opens the page, or
    /// the container that asks: the service is on neither.
    ///
    /// ## Example
    /// ```toml
    /// [project]
    /// name = "shop"
    ///
    /// [services.api]
    /// port = 9000
    /// scheme = "http"
    ///
    /// [services.web]
    /// port = 9001 # warning
    /// scheme = "http"
    ///
    /// [profiles.production]
    /// kind = "production"
    /// [profiles.production.services.api]
    /// host = "api.example.com"
    /// port = 443
    /// scheme = "https"
    ///
    /// [[output]]
    /// path = "src/production.py"
    /// target = "python"
    /// profile = "production"
    /// ```
    ///
    /// ## Known limitations
    /// Whether a template of one's own renders URLs is not known: it is taken
    /// to do so. A target with an option `urls` renders them where it is true,
    /// one with an option `columns` where `url` is one of them. Of an option's
    /// text, a service in quotes beside `.url` is taken to be asked for.
    "localhost-in-production", Warn, Check::Project(check)
}

fn check(project: &Project, findings: &mut Vec<Finding>) {
    for output in &project.outputs {
        let Some(profile) = production(project, output) else { continue };
        let renders_urls = renders_urls(output);
        let mut named = Vec::new();
        names_in(&output.options, &mut named);
        let endpoints = profile.services.iter().flat_map(|service| &service.endpoints);
        let shown = endpoints.filter(|endpoint| {
            let is_named = named.iter().any(|id| *id == endpoint.id() || *id == endpoint.service.as_str());
            is_named || (renders_urls && output.selection.has_endpoint(endpoint))
        });
        for endpoint in shown.filter(|endpoint| endpoint.scheme.has_url() && is_loopback(endpoint)) {
            findings.push(finding(profile, output, endpoint));
        }
    }
}

/// The profile of an output, where it is one of kind production.
fn production<'a>(project: &'a Project, output: &Output) -> Option<&'a Profile> {
    let profile = project.profile(&output.profile.as_ref()?.value)?;
    (profile.kind == ProfileKind::Production).then_some(profile)
}

/// Whether an output's target renders URLs: where it has an option `urls` or
/// `columns`, that decides.
fn renders_urls(output: &Output) -> bool {
    let OutputKind::Target(id) = &output.kind else { return true };
    let Some(spec) = target::find(id).and_then(|target| target.spec().ok()) else { return false };
    let option = |name: &str| spec.options.iter().flatten().find(|option| option.name == name);
    let by_urls = option("urls").map(|option| {
        let written = output.options.get("urls").and_then(|value| value.as_bool());
        written.or_else(|| option.default_boolean()).unwrap_or(false)
    });
    let by_columns = option("columns").map(|_| match output.options.get("columns").map(|value| &value.value) {
        Some(Data::List(columns)) => columns.iter().any(|column| column.as_str() == Some("url")),
        _ => false,
    });
    spec.urls && by_urls.or(by_columns).unwrap_or(true)
}

/// The services whose URL an option's text asks for, as in
/// `{{ service('api').url }}`.
fn names_in<'a>(option: &'a Data, names: &mut Vec<&'a str>) {
    match option {
        Data::String(text) => {
            let expressions = text.split("{{").skip(1).filter_map(|rest| rest.split("}}").next());
            for expression in expressions.filter(|expression| expression.contains(".url")) {
                names.extend(expression.split(['\'', '"']).skip(1).step_by(2));
            }
        }
        Data::List(items) => items.iter().for_each(|item| names_in(item, names)),
        Data::Table(entries) => entries.iter().for_each(|(_, value)| names_in(value, names)),
        _ => {}
    }
}

fn is_loopback(endpoint: &Endpoint) -> bool {
    Address::parse(&endpoint.host.value).is_some_and(|host| host.is_loopback())
}

fn finding(profile: &Profile, output: &Output, endpoint: &Endpoint) -> Finding {
    let (host, id, name) = (&endpoint.host.value, endpoint.id(), &profile.name.value);
    let message = format!("in profile {name} the URL of {id} leads to {host}");
    let finding = Finding::new(RULE.name, endpoint.host.place, message)
        .label("the machine of whoever asks")
        .related(profile.name.place, "a profile of kind production")
        .related(output.path.place, "this output renders its URL")
        .help(format!("set `host` under [profiles.{name}.services.{}]", endpoint.service));
    about(finding, endpoint)
}

#[cfg(test)]
mod tests {
    use super::super::testing::check;
    use super::*;

    /// A service on localhost in an output of this profile and target.
    fn check_output(kind: &str, scheme: &str, output: &str, marker: &str) {
        check(
            &RULE,
            &format!(
                "[services.a]\nport = 9001{marker}\nscheme = \"{scheme}\"\n[profiles.p]\nkind = \"{kind}\"\n\
                 [[output]]\npath = \"x\"\nprofile = \"p\"\n{output}\n"
            ),
        );
    }

    #[test]
    fn only_urls_of_production_are_looked_at() {
        check_output("production", "http", "target = \"python\"", " # here");
        check_output("production", "http", "template = \"x.j2\"", " # here");
        check_output("development", "http", "target = \"python\"", "");
        check_output("production", "tcp", "target = \"python\"", "");
        check_output("production", "http", "target = \"python\"\ntags = [\"web\"]", "");
    }

    #[test]
    fn an_option_decides_whether_a_target_renders_urls() {
        check_output("production", "http", "target = \"dotenv\"", "");
        check_output("production", "http", "target = \"dotenv\"\noptions = { urls = false }", "");
        check_output("production", "http", "target = \"dotenv\"\noptions = { urls = true }", " # here");
        check_output("production", "http", "target = \"markdown\"", "");
        let columns = "target = \"markdown\"\noptions = { columns = [\"title\", \"url\"] }";
        check_output("production", "http", columns, " # here");
        let asked = "target = \"angular\"\nservices = []\noptions = { values = { apiUrl = \"{{ service('a').url }}/api\" } }";
        check_output("production", "http", asked, " # here");
        check_output("production", "http", &asked.replace(".url", ".port"), "");
    }
}
