//! How a session begins, what the server says of itself, what may be read.

use serde_json::{Value, json};

use super::Home;
use crate::support;

/// What every table of these tests has.
pub(super) const TABLE: &str = "\
[project]
name = \"shop\"
range = \"23400-23499\"

[[reserved]]
ports = \"23490-23499\"
reason = \"the build farm\"

[services.api]
port = 23410
title = \"The API\"

[services.web]
port = 23411
";

#[test]
fn the_server_says_who_it_is_and_what_it_can() {
    let home = Home::new();
    let mut client = home.start_in(&home.shop(), &[]);
    let answer = client.begin(json!({}));
    let result = &answer["result"];
    assert_eq!(result["serverInfo"]["name"], "portgen");
    assert_eq!(result["serverInfo"]["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(result["protocolVersion"], "2025-06-18");
    assert!(result["capabilities"]["tools"].is_object() && result["capabilities"]["resources"].is_object());
    assert!(result["instructions"].as_str().is_some_and(|text| text.contains("allocate_port")));
    assert_eq!(client.ask("ping", json!({}))["result"], json!({}));
    assert_eq!(client.end(), (vec![], Some(0)));
}

#[test]
fn a_client_of_any_version_is_answered() {
    for version in ["2024-11-05", "2025-03-26", "2025-11-25", "1999-01-01"] {
        let home = Home::new();
        let mut client = home.start_in(&home.shop(), &[]);
        let client_info = json!({ "name": "test", "version": "1" });
        let params = json!({ "protocolVersion": version, "capabilities": {}, "clientInfo": client_info });
        let answer = client.ask("initialize", params);
        assert!(answer["result"]["protocolVersion"].is_string(), "{version}: {answer}");
        assert_eq!(client.end().1, Some(0));
    }
}

#[test]
fn every_tool_is_annotated_and_has_schemas() {
    let home = Home::new();
    let mut client = home.begin();
    let answer = client.ask("tools/list", json!({}));
    let tools = answer["result"]["tools"].as_array().expect("a list");
    let names: Vec<&str> = tools.iter().filter_map(|tool| tool["name"].as_str()).collect();
    assert_eq!(
        names,
        [
            "list_ports",
            "get_port",
            "explain_port",
            "allocate_port",
            "release_port",
            "port_status",
            "check_ports",
            "render_outputs",
            "survey_ports"
        ]
    );
    for tool in tools {
        let hints = &tool["annotations"];
        assert_eq!(tool["inputSchema"]["type"], "object", "{tool}");
        assert_eq!(tool["outputSchema"]["type"], "object", "{tool}");
        assert_eq!(hints["openWorldHint"], false, "{tool}");
        let (reads, destroys, repeats) = match tool["name"].as_str() {
            Some("allocate_port") => (false, false, false),
            Some("release_port") => (false, true, true),
            Some("render_outputs") => (false, false, true),
            _ => (true, false, true),
        };
        assert_eq!(hints["readOnlyHint"], reads, "{tool}");
        assert_eq!(hints["destructiveHint"], destroys, "{tool}");
        assert_eq!(hints["idempotentHint"], repeats, "{tool}");
    }
}

#[test]
fn the_table_and_the_list_can_be_read() {
    let home = Home::with(TABLE);
    let mut client = home.begin();
    let listed = client.ask("resources/list", json!({}));
    let uris: Vec<&Value> =
        listed["result"]["resources"].as_array().expect("a list").iter().map(|one| &one["uri"]).collect();
    assert_eq!(uris, ["portgen://ports.toml", "portgen://ports"]);
    let table = client.ask("resources/read", json!({ "uri": "portgen://ports.toml" }));
    assert_eq!(table["result"]["contents"][0]["text"], TABLE);
    let list = client.ask("resources/read", json!({ "uri": "portgen://ports" }));
    let list: Value =
        serde_json::from_str(list["result"]["contents"][0]["text"].as_str().expect("text")).expect("JSON");
    assert_eq!(list["ports"][0]["port"], 23410);
    assert_eq!(client.ask("resources/read", json!({ "uri": "file:///etc/passwd" }))["error"]["code"], -32002);

    std::fs::remove_file(home.path("shop/ports.toml")).expect("it was there");
    let gone = client.ask("resources/read", json!({ "uri": "portgen://ports.toml" }));
    assert_eq!(gone["error"]["code"], -32002, "{gone}");
}

/// What the pages tell people to write into their programs' settings.
#[test]
fn the_settings_of_the_documentation_start_a_server() {
    let mut count = 0;
    for page in ["README.md", "docs/mcp.md"] {
        let text = support::read(support::repository().join(page));
        for block in text.split("```json\n").skip(1).filter_map(|rest| rest.split("```").next()) {
            let settings: Value = serde_json::from_str(block).expect("JSON");
            let Some(server) = ["mcpServers", "servers"].iter().find_map(|key| settings[key].get("portgen"))
            else {
                continue;
            };
            assert_eq!((&server["command"], &server["args"]), (&json!("portgen"), &json!(["mcp"])), "{page}");
            count += 1;
        }
    }
    assert_eq!(count, 3);
}

#[test]
fn the_refusal_of_the_documentation_is_one() {
    let home = Home::with("[project]\nname = \"shop\"\nrange = \"23400-23499\"\n");
    let mut client = home.begin();
    let refused = client.refused("allocate_port", json!({ "port": 3000 }));
    let page = support::read(support::repository().join("docs/mcp.md"));
    let mut shown = page.split("```json\n").skip(1).filter_map(|rest| rest.split("```").next());
    let block = shown.find(|block| block.contains("\"error\"")).expect("a refusal");
    let shown: Value = serde_json::from_str(block).expect("JSON");
    // Which number is the next free one is this machine's to say.
    assert_eq!(shown["error"]["code"], refused["code"]);
    assert_eq!(shown["error"]["message"], refused["message"]);
    let keys = |value: &Value| value.as_object().map(|pairs| pairs.keys().cloned().collect::<Vec<_>>());
    assert_eq!(keys(&shown["error"]), keys(&refused));
}
