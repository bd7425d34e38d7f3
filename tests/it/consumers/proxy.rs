//! Caddy adapts its file, and cloudflared would find the ingress it reads.

use serde_json::Value;

use super::tools::{Tools, done, ended, json};
use super::workspace::Workspace;

const TABLE: &str = r#"[project]
name = "shop"
domain = "example.com"

[services.web]
title = "The web # { interface }"
port = 21001
scheme = "http"
subdomain = "www"

[services.api]
port = 21000
scheme = "https"
subdomain = "api"

[services.internal]
port = 21002
scheme = "http"

[[output]]
path = "Caddyfile"
target = "caddy"

[[output]]
path = "config.yml"
target = "cloudflared"
"#;

/// Every value under a key, anywhere in a document.
fn all<'a>(value: &'a Value, key: &str, found: &mut Vec<&'a Value>) {
    match value {
        Value::Object(entries) => {
            for (name, inner) in entries {
                if name == key {
                    found.push(inner);
                }
                all(inner, key, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| all(item, key, found)),
        _ => {}
    }
}

#[test]
fn caddy_adapts_validates_and_formats_its_file() {
    let Some(tools) = Tools::find() else { return };
    let workspace = Workspace::rendered(TABLE);
    let caddy = |arguments: &[&str]| {
        let mut command = tools.other("caddy");
        command.args(arguments).current_dir(workspace.folder());
        // It keeps its state there, away from the home of whoever tests.
        command.env("XDG_DATA_HOME", workspace.path("data")).env("XDG_CONFIG_HOME", workspace.path("config"));
        ended(&mut command)
    };
    let (code, adapted, talk) = caddy(&["adapt", "--config", "Caddyfile", "--adapter", "caddyfile"]);
    assert_eq!(code, 0, "{talk}\n{}", workspace.read("Caddyfile"));
    assert!(!talk.contains("not formatted"), "{talk}\n{}", workspace.read("Caddyfile"));
    let adapted = json(&adapted);
    let (mut hosts, mut dials) = (Vec::new(), Vec::new());
    all(&adapted, "host", &mut hosts);
    all(&adapted, "dial", &mut dials);
    let mut hosts: Vec<String> = hosts.into_iter().map(Value::to_string).collect();
    hosts.sort();
    assert_eq!(hosts, [r#"["api.example.com"]"#, r#"["www.example.com"]"#]);
    let dials: Vec<&str> = dials.into_iter().filter_map(Value::as_str).collect();
    assert_eq!(dials.len(), 2, "{dials:?}");
    for port in [":21000", ":21001"] {
        assert!(dials.iter().any(|dial| dial.ends_with(port)), "{dials:?}");
    }
    let (code, _, talk) = caddy(&["validate", "--config", "Caddyfile", "--adapter", "caddyfile"]);
    assert_eq!(code, 0, "{talk}");
}

/// What cloudflared checks before it serves: every rule has a service, every
/// rule but the last has a hostname, the last one has none.
fn ingress(tools: &Tools, workspace: &Workspace, path: &str) -> Vec<(String, String)> {
    let config = tools.yaml(&workspace.path(path));
    let rules = config["ingress"].as_array().expect("a list of rules");
    let (last, named) = rules.split_last().expect("a rule");
    assert!(last.get("hostname").is_none() && last.get("path").is_none(), "{last}");
    assert_eq!(last["service"], "http_status:404");
    let text = |rule: &Value, key: &str| rule[key].as_str().expect("a text").to_owned();
    named.iter().map(|rule| (text(rule, "hostname"), text(rule, "service"))).collect()
}

#[test]
fn cloudflared_finds_a_catch_all_behind_the_hostnames() {
    let Some(tools) = Tools::find() else { return };
    let workspace = Workspace::rendered(TABLE);
    let rules = ingress(&tools, &workspace, "config.yml");
    let expect =
        [("www.example.com", "http://localhost:21001"), ("api.example.com", "https://localhost:21000")];
    assert_eq!(rules, expect.map(|(host, service)| (host.to_owned(), service.to_owned())));
    done(tools.node("prettier").arg("--check").arg(workspace.path("config.yml")));
}

#[test]
fn the_tunnel_of_the_example_leads_to_its_ports() {
    let Some(tools) = Tools::find() else { return };
    let workspace = Workspace::example("consilio");
    let rules = ingress(&tools, &workspace, "cloudflared/config.yml");
    let expect = [
        ("consilio.example.com", "http://localhost:5100"),
        ("consilio-api.example.com", "http://localhost:5101"),
    ];
    assert_eq!(rules, expect.map(|(host, service)| (host.to_owned(), service.to_owned())));
}
