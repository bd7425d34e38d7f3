//! Angular's and Nx's workspaces (`angular.json`, `project.json`): the ports
//! that are served on, and which environment files replace which; targets of
//! the proxies beside them (`proxy.conf.json`).

use super::config::{self, Runs};
use super::flat::{Flat, Setting};
use super::{FilePath, Reader, Reading, Role, Side};

/// This file's reader.
pub static READER: Reader = Reader {
    name: "angular",
    summary: "angular.json, project.json, proxy.conf.json: served ports, replaced files, targets",
    takes,
    knows,
    read,
};

fn takes(path: &FilePath<'_>) -> bool {
    let name = path.name().to_ascii_lowercase();
    let is_proxy = name.starts_with("proxy") && path.has_extension(&["json"]);
    is_proxy || path.is_named(&["angular.json", ".angular.json", ".angular-cli.json", "workspace.json", "project.json"])
}

fn knows(text: &str) -> bool {
    config::may_say_a_port(text) || memchr::memmem::find(text.as_bytes(), b"fileReplacements").is_some()
}

fn read(path: &FilePath<'_>, text: &str, reading: &mut Reading) {
    let flat = Flat::parse(path, text);
    let mut own_name = None;
    flat.each(text, &mut |setting| {
        if setting.keys == ["name"] {
            own_name = text.get(setting.at.clone());
        }
        let is_replacement = setting.keys.iter().rev().nth(1) == Some(&"fileReplacements");
        if is_replacement && ["replace", "with", "src", "replaceWith"].contains(&setting.name()) {
            reading.replaced_files.extend(text.get(setting.at.clone()).map(str::to_owned));
        }
    });
    flat.each(text, &mut |setting| {
        let is_target = setting.keys.iter().any(|key| matches!(*key, "options" | "configurations"));
        let is_port = setting.name() == "port" || setting.name().ends_with("Port");
        let number = config::number(text, setting.at.clone(), Role::Listen);
        let found = match number.filter(|_| is_target && is_port) {
            Some(mut number) => {
                number.side = Side::Unknown;
                number.service = service(setting, own_name);
                vec![number]
            }
            None => config::urls(text, setting.at.clone(), Runs::OnMachine),
        };
        for mut sighting in found {
            sighting.variable = Some(setting.path());
            reading.sightings.push(sighting);
        }
    });
}

/// The project whose `serve` a setting belongs to.
fn service(setting: &Setting<'_>, own_name: Option<&str>) -> Option<String> {
    let is_serve = setting.keys.iter().any(|key| matches!(*key, "serve" | "dev" | "start"));
    let project = (setting.keys.first() == Some(&"projects")).then(|| setting.keys.get(1).copied()).flatten();
    project.or(own_name).filter(|_| is_serve).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::testing::check;

    #[test]
    fn served_ports_and_replaced_files_are_read() {
        let text = r#"{"version": 1, "projects": {"shop": {"architect": {
            "build": {"configurations": {"production": {"budgets": [{"maximumError": 4000}],
              "fileReplacements": [{"replace": "src/environments/environment.ts", "with": "src/environments/environment.prod.ts"}]}}},
            "serve": {"options": {"port": 4300, "proxyConfig": "proxy.conf.json"}},
            "e2e": {"options": {"baseUrl": "http://localhost:4301", "timeout": 3000}}}}}}"#;
        check("web/angular.json", text, &[
            "4:43 4300 Listen Unknown variable=projects.shop.architect.serve.options.port service=shop",
            "5:62 4301 Connect host=localhost variable=projects.shop.architect.e2e.options.baseUrl",
        ]);
        let (_, reading) = crate::readers::read(&FilePath::new("angular.json"), text).expect("a reader");
        assert_eq!(
            reading.replaced_files,
            ["src/environments/environment.ts", "src/environments/environment.prod.ts"]
        );
    }

    #[test]
    fn targets_of_a_proxy_are_read() {
        check(
            "proxy.conf.json",
            "{\n  // to the API\n  \"/api\": {\"target\": \"http://localhost:8000\", \"secure\": false, \"timeout\": 3000},\n  \"/x\": {\"target\": \"https://x.example.com:8443\"}\n}",
            &["3:40 8000 Connect host=localhost variable=/api.target"],
        );
    }
}
