//! What each tool answers, and what it refuses.

use std::net::TcpListener;

use serde_json::{Value, json};

use super::Home;
use super::session::TABLE;
use crate::support;

/// A port that this test holds, of those that anybody may have.
fn held() -> (TcpListener, u16) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    (listener, port)
}

#[test]
fn without_a_table_a_port_is_given_explained_listed_and_given_back() {
    let home = Home::new();
    let mut client = home.begin();
    assert_eq!(client.done("list_ports", json!({}))["ports"], json!([]));
    assert_eq!(client.refused("get_port", json!({ "name": "api" }))["code"], "no-number");
    let given = client.done("allocate_port", json!({ "name": "api", "purpose": "a trial" }));
    let port = given["port"].as_u64().expect("a number");
    assert!((20_000..30_000).contains(&port), "{given}");
    assert_eq!((&given["service"], &given["project"]), (&json!("api"), &json!("shop")));
    assert_eq!(client.done("get_port", json!({ "name": "api" }))["port"], port);
    let explained = client.done("explain_port", json!({ "port": port }));
    assert_eq!((&explained["verdict"], &explained["may_use"]), (&json!("claimed"), &json!(true)));
    assert_eq!(explained["own"], "service api");
    assert!(explained["claims"][0].as_str().is_some_and(|claim| claim.contains("a trial")), "{explained}");

    // The command line sees the same, with what it is for.
    let listed = home.portgen("shop", &["list", "--format", "json"]);
    let listed: Value = serde_json::from_str(&listed.stdout).expect("JSON");
    assert_eq!(
        (&listed["ports"][0]["port"], &listed["ports"][0]["purpose"]),
        (&json!(port), &json!("a trial"))
    );

    assert_eq!(client.done("release_port", json!({ "name": "api" }))["released"][0]["port"], port);
    let again = client.done("release_port", json!({ "port": port }));
    assert_eq!(
        (again["released"].as_array().map(Vec::len), again["not_held"].as_array().map(Vec::len)),
        (Some(0), Some(1))
    );
    assert_eq!(client.refused("release_port", json!({}))["code"], "arguments");
}

#[test]
fn the_arguments_of_other_servers_are_understood() {
    let home = Home::new();
    let mut client = home.begin();
    // allocate_port({ port, projectName, purpose })
    let given =
        client.done("allocate_port", json!({ "port": 5105, "projectName": "cart", "purpose": "frontend" }));
    assert_eq!((&given["port"], &given["project"]), (&json!(5105), &json!("cart")));
    let taken =
        client.refused("allocate_port", json!({ "port": 5105, "projectName": "shop", "purpose": "x" }));
    assert_eq!(taken["message"], "port 5105 is taken by project cart");
    // ReservePort(serviceName?)
    let first = client.done("ReservePort", json!({ "serviceName": "api" }));
    let twice = client.refused("ReservePort", json!({ "serviceName": "api" }));
    assert_eq!(twice["message"], format!("Service 'api' already has a reserved port: {}", first["port"]));
    let project = client.tool("ReservePort", json!({}));
    let text = project["content"][0]["text"].as_str().expect("a text");
    assert_eq!(text, format!("Reserved port {} for project", project["structuredContent"]["port"]));
    assert_eq!(client.done("ReservePort", Value::Null)["service"], Value::Null);
}

#[test]
fn a_port_outside_of_what_a_project_may_have_is_refused_with_one_that_it_may() {
    let home = Home::with(TABLE);
    let mut client = home.begin();
    for (port, why) in [
        (3000, "port 3000 is outside project.range (23400-23499)"),
        (23495, "port 23495 is reserved: the build farm"),
        (23410, "port 23410 is taken by service api of project shop"),
    ] {
        let refused = client.refused("allocate_port", json!({ "name": "search", "port": port }));
        assert_eq!((&refused["code"], &refused["message"]), (&json!("refused"), &json!(why)));
        let instead = refused["instead"].as_u64().expect("a number");
        assert!((23400..23490).contains(&instead), "{refused}");
        assert!(
            refused["help"].as_str().is_some_and(|help| help.contains(&instead.to_string())),
            "{refused}"
        );
        if port != 23410 {
            let explained = client.done("explain_port", json!({ "port": port }));
            assert_eq!((&explained["may_use"], &explained["why_not"]), (&json!(false), &json!(why)));
            assert_eq!(explained["instead"], instead);
        }
    }
    let declared = client.refused("allocate_port", json!({ "name": "api" }));
    assert_eq!(declared["message"], "ports.toml declares `api` with port 23410");
    assert!(declared["help"].as_str().is_some_and(|help| help.contains("get_port")), "{declared}");
    let outside = client.refused("allocate_port", json!({ "range": "4000-4099" }));
    assert_eq!(outside["code"], "outside-range");
    let given = client.done("allocate_port", json!({ "name": "search" }));
    assert_eq!(given["port"], client.done("get_port", json!({ "name": "search" }))["port"]);
    // What nothing was reserved for leaves no trace in the table.
    assert_eq!(home.read("shop/ports.toml"), TABLE);
}

#[test]
fn a_range_that_this_machine_assigned_is_kept() {
    let home = Home::new();
    let assigned = home.portgen("shop", &["project", "assign", "shop", "5100-5199"]);
    assert_eq!(assigned.code, 0, "{assigned:#?}");
    let mut client = home.begin();
    let refused = client.refused("allocate_port", json!({ "port": 8080, "projectName": "shop" }));
    assert!(refused["message"].as_str().is_some_and(|message| message.contains("5100-5199")), "{refused}");
    let other = client.refused("allocate_port", json!({ "port": 5105, "projectName": "cart" }));
    assert!(other["message"].as_str().is_some_and(|message| message.contains("project shop")), "{other}");
    let given = client.done("allocate_port", json!({ "projectName": "shop" }));
    assert!(given["port"].as_u64().is_some_and(|port| (5100..5200).contains(&port)), "{given}");
}

#[test]
fn a_port_that_a_program_has_is_not_given_and_its_program_is_named() {
    let (_listener, port) = held();
    let home = Home::new();
    let mut client = home.begin();
    let refused = client.refused("allocate_port", json!({ "port": port }));
    assert_eq!(refused["code"], "refused");
    let explained = client.done("explain_port", json!({ "port": port.to_string() }));
    assert_eq!((&explained["verdict"], &explained["may_use"]), (&json!("busy"), &json!(false)));
    if cfg!(target_os = "linux") {
        assert_eq!(explained["holders"][0]["pid"], std::process::id());
    }
    assert!(!explained.to_string().contains("kill"), "{explained}");
}

#[test]
fn what_is_no_port_name_or_purpose_is_refused_before_anything_is_done() {
    let home = Home::new();
    let mut client = home.begin();
    for arguments in [
        json!({ "port": 0 }),
        json!({ "port": 65_536 }),
        json!({ "port": -1 }),
        json!({ "port": 1.5 }),
        json!({ "port": [1] }),
        json!({ "port": "http" }),
        json!({ "name": "" }),
        json!({ "name": "a b" }),
        json!({ "name": "../x" }),
        json!({ "name": 7 }),
        json!({ "purpose": "two\nlines" }),
        json!({ "purpose": "x".repeat(501) }),
        json!({ "projectName": "\u{1b}[2J" }),
        json!({ "protocol": "sctp" }),
        json!({ "folder": 1 }),
        json!({ "prot": 8080 }),
    ] {
        assert_eq!(client.refused("allocate_port", arguments.clone())["code"], "arguments", "{arguments}");
    }
    assert_eq!(client.refused("explain_port", json!({}))["code"], "arguments");
    assert_eq!(client.refused("list_ports", json!({ "limit": -1 }))["code"], "arguments");
    assert!(!home.path("ledger.db").exists(), "no store was made");
}

#[test]
fn long_lists_come_in_pages() {
    let services: String =
        (0..1_200).map(|index| format!("[services.s{index}]\nport = {}\n", 30_000 + index)).collect();
    let home = Home::with(&format!("[project]\nname = \"shop\"\n{services}"));
    let mut client = home.begin();
    let result = client.tool("list_ports", json!({}));
    let first = &result["structuredContent"];
    assert_eq!(first["ports"].as_array().map(Vec::len), Some(100));
    assert_eq!((&first["total"], &first["next_offset"]), (&json!(1_200), &json!(100)));
    let text = result["content"][0]["text"].as_str().expect("a text");
    assert!(text.ends_with("\n… 1100 more: ask with offset 100"), "{text}");
    let mut seen = 0;
    let mut offset = json!(0);
    while offset.is_number() {
        let page = client.done("list_ports", json!({ "offset": offset, "limit": 100_000 }));
        seen += page["ports"].as_array().map_or(0, Vec::len);
        offset = page["next_offset"].clone();
    }
    assert_eq!(seen, 1_200);
    for tool in ["port_status", "check_ports", "survey_ports"] {
        assert!(client.tool(tool, json!({ "limit": 3 })).to_string().len() < 20_000, "{tool}");
    }
}

#[test]
fn render_writes_and_refuses_as_the_command_does() {
    let output = "\n[[output]]\npath = \"ports.env\"\ntarget = \"dotenv\"\nmode = \"file\"\n";
    let home = Home::with(&format!("{TABLE}{output}"));
    let mut client = home.begin();
    let preview = client.done("render_outputs", json!({ "dry_run": true }));
    assert!(preview["diffs"][0].as_str().is_some_and(|diff| diff.contains("+API_PORT=23410")), "{preview}");
    assert!(!home.path("shop/ports.env").exists());
    assert_eq!(client.done("render_outputs", json!({}))["outputs"][0]["result"], "created");
    let rendered = home.read("shop/ports.env");
    assert_eq!(client.done("render_outputs", json!({}))["outputs"][0]["result"], "unchanged");
    assert_eq!(client.done("check_ports", json!({}))["ok"], true);

    home.write("shop/ports.env", &rendered.replace("23410", "1"));
    let check = client.done("check_ports", json!({}));
    assert_eq!(
        (&check["ok"], &check["findings"][0]["rule"]),
        (&json!(false), &json!("edited-output")),
        "{check}"
    );
    let refused = client.tool("render_outputs", json!({}));
    assert_eq!(
        (&refused["isError"], &refused["structuredContent"]["refused"]),
        (&json!(true), &json!(true)),
        "{refused}"
    );
    assert!(home.read("shop/ports.env").contains("API_PORT=1\n"), "what a person wrote stays");
    for option in ["force", "adopt", "insert", "prune", "stage"] {
        assert_eq!(
            client.refused("render_outputs", json!({ option: true }))["code"],
            "arguments",
            "{option}"
        );
    }
}

#[test]
fn a_broken_table_is_said_and_nothing_given_or_written() {
    let home = Home::with(&format!("{TABLE}\n[services.again]\nport = 23410\n"));
    let mut client = home.begin();
    let check = client.done("check_ports", json!({}));
    assert_eq!(check["findings"][0]["rule"], "duplicate-port", "{check}");
    assert_eq!(client.done("list_ports", json!({}))["total"], 3, "what can be read is listed");
    assert_eq!(client.refused("allocate_port", json!({}))["code"], "broken-table");
    assert_eq!(client.tool("render_outputs", json!({}))["isError"], true);
    let explained = client.done("explain_port", json!({ "port": 23410 }));
    assert_eq!(explained["may_use"], false, "{explained}");
    home.write("shop/ports.toml", "[project\nname = ");
    assert_eq!(client.done("check_ports", json!({}))["ok"], false);
    assert!(client.done("list_ports", json!({}))["note"].is_string());
    home.write("shop/ports.toml", TABLE);
    assert_eq!(client.done("check_ports", json!({}))["ok"], true, "the table is read anew for each question");
}

#[test]
fn a_ledger_that_cannot_be_used_is_said() {
    let home = Home::new();
    home.write("ledger.db", "this is no ledger, and nobody's to write over\n");
    let mut client = home.begin();
    let refused = client.refused("allocate_port", json!({}));
    assert!(refused["code"].as_str().is_some_and(|code| code.starts_with("ledger-")), "{refused}");
    assert!(home.read("ledger.db").starts_with("this is no ledger"));
}

#[test]
fn what_files_say_cannot_steer_who_reads_it() {
    let home = Home::new();
    home.write("shop/a\u{202e}b/.env", "API_PORT=23410\n");
    let mut client = home.begin();
    let surveyed = client.tool("survey_ports", json!({}));
    assert_eq!(surveyed["structuredContent"]["statements"][0]["places"], "a\\u{202e}b/.env:1");
    assert!(!surveyed.to_string().contains('\u{202e}'));
    assert_eq!(client.refused("allocate_port", json!({ "purpose": "a\u{202e}b" }))["code"], "arguments");
}

#[test]
fn an_example_is_listed_checked_and_surveyed() {
    let home = Home::new();
    support::copy_folder(&support::repository().join("examples"), &home.path("examples"));
    let mut client = home.start_in(&home.path("examples/devflow"), &[]);
    client.begin(json!({}));
    assert!(client.done("list_ports", json!({}))["total"].as_u64().is_some_and(|total| total > 3));
    assert_eq!(client.done("check_ports", json!({}))["ok"], true);
    assert!(client.done("survey_ports", json!({}))["total"].as_u64().is_some_and(|total| total > 3));
    assert!(client.done("port_status", json!({}))["total"].as_u64().is_some_and(|total| total > 3));
    let preview = client.done("render_outputs", json!({ "dry_run": true }));
    let outputs = preview["outputs"].as_array().expect("a list");
    assert!(outputs.iter().all(|output| output["result"] == "unchanged"), "{preview}");
}

#[test]
fn a_name_that_nobody_knows_is_held_to_the_range_of_the_table_and_makes_no_project() {
    let home = Home::with(TABLE);
    let mut client = home.begin();
    let refused = client.refused("allocate_port", json!({ "port": 3001, "projectName": "zzz" }));
    assert_eq!(refused["message"], "port 3001 is outside project.range (23400-23499)");
    assert!(refused["instead"].is_number(), "{refused}");
    let given = client.done("allocate_port", json!({ "projectName": "zzz", "purpose": "a trial" }));
    assert_eq!(given["project"], "shop");
    let note = given["notes"][0].as_str().expect("a note");
    assert!(note.contains("zzz") && note.contains("shop"), "{note}");
    let known = home.portgen("shop", &["project", "list"]);
    assert!(!known.stdout.contains("zzz"), "{known:?}");
    let released = client.done("release_port", json!({ "port": given["port"], "projectName": "zzz" }));
    assert_eq!(released["released"][0]["port"], given["port"]);
}

#[test]
fn a_project_has_its_name_and_that_of_its_folder() {
    let home = Home::new();
    home.write("folder/ports.toml", &TABLE.replace("\"shop\"", "\"store\""));
    let mut client = home.start_in(&home.path("folder"), &[]);
    client.begin(json!({}));
    for name in ["store", "folder"] {
        let given = client.done("allocate_port", json!({ "name": "search", "projectName": name }));
        assert_eq!((&given["project"], &given["notes"]), (&json!("store"), &json!([])), "{name}");
        let released = client.done("release_port", json!({ "name": "search", "project": name }));
        assert_eq!(released["released"][0]["port"], given["port"], "{name}");
    }
}

#[test]
fn the_project_of_a_folder_that_is_not_reached_is_left_alone() {
    let home = Home::with(TABLE);
    home.write("cart/ports.toml", &TABLE.replace("shop", "cart").replace("234", "235"));
    let reserved = home.portgen("cart", &["reserve", "extra", "--quiet"]);
    let port: u16 = reserved.stdout.trim().parse().expect("a number");
    let mut client = home.begin();
    for (tool, arguments) in [
        ("allocate_port", json!({ "project": "cart" })),
        ("release_port", json!({ "project": "cart", "name": "extra" })),
        ("release_port", json!({ "project": "cart", "port": port })),
    ] {
        let refused = client.refused(tool, arguments);
        assert_eq!(refused["code"], "outside", "{refused}");
        assert!(refused["path"].as_str().is_some_and(|path| path.ends_with("cart")), "{refused}");
    }
    let refused = client.refused("release_port", json!({ "port": port }));
    assert!(!refused["help"].to_string().contains("--project"), "{refused}");
    assert_eq!(home.portgen("cart", &["get", "extra"]).stdout.trim(), port.to_string());
    // A folder that is reached has its project, by its name, too.
    let mut above = home.start_in(&home.path(""), &[]);
    above.begin(json!({}));
    let given = above.done("allocate_port", json!({ "project": "cart", "name": "more" }));
    assert_eq!(given["project"], "cart");
    assert!(given["port"].as_u64().is_some_and(|port| (23500..23600).contains(&port)), "{given}");
    let released = above.done("release_port", json!({ "project": "cart", "name": "more" }));
    assert_eq!(released["released"][0]["port"], given["port"]);
}

#[test]
fn a_folder_with_a_range_cannot_leave_it_by_another_name() {
    let home = Home::new();
    assert_eq!(home.portgen("shop", &["project", "assign", "shop", "5100-5199"]).code, 0);
    let mut client = home.begin();
    for port in [8080, 5105] {
        let refused = client.refused("allocate_port", json!({ "port": port, "projectName": "cart" }));
        assert_eq!(refused["code"], "unknown-project", "{refused}");
    }
}

#[test]
fn a_port_that_a_service_lacks_is_not_said_to_be_there() {
    let home = Home::with(&format!("{TABLE}\n[services.kafka.ports]\nclient = 23412\njmx = 23413\n"));
    let mut client = home.begin();
    for name in ["kafka", "kafka.rest"] {
        let refused = client.refused("allocate_port", json!({ "name": name }));
        let help = refused["help"].as_str().expect("a help");
        assert!(help.contains("`kafka.client`, `kafka.jmx`") && !help.contains("kafka.rest"), "{help}");
        let refused = home.portgen("shop", &["reserve", name]);
        assert_eq!(refused.code, 1, "{refused:?}");
        assert!(
            refused.stderr.contains("`portgen get kafka.client`, `portgen get kafka.jmx`"),
            "{refused:?}"
        );
        assert!(!refused.stderr.contains("get kafka.rest"), "{refused:?}");
    }
    let exact = client.refused("allocate_port", json!({ "name": "kafka.jmx" }));
    assert_eq!(exact["message"], "ports.toml declares `kafka.jmx` with port 23413");
}

#[test]
fn get_of_a_broken_table_says_that_it_has_errors() {
    let home = Home::with(&TABLE.replace("port = 23411", "prot = 23411"));
    let mut client = home.begin();
    let refused = client.refused("get_port", json!({ "name": "web" }));
    assert!(refused["help"].as_str().is_some_and(|help| help.contains("check_ports")), "{refused}");
}

#[test]
fn what_is_exhausted_or_outside_has_a_number_instead_and_the_words_of_tools() {
    let home = Home::with(&format!(
        "{TABLE}\n[ranges.one]\nports = \"23420\"\n[services.first]\nport = 23420\nrange = \"one\"\n"
    ));
    let mut client = home.begin();
    for (range, code) in [("one", "exhausted"), ("4000-4099", "outside-range")] {
        let refused = client.refused("allocate_port", json!({ "range": range }));
        assert_eq!(refused["code"], code, "{refused}");
        assert!(refused["instead"].as_u64().is_some_and(|port| (23400..23490).contains(&port)), "{refused}");
        let help = refused["help"].as_str().expect("a help");
        assert!(!help.contains("portgen") && !help.contains("--"), "{help}");
    }
}

#[test]
fn an_edited_output_is_for_a_person_to_write_over() {
    let output = "\n[[output]]\npath = \"ports.env\"\ntarget = \"dotenv\"\nmode = \"file\"\n";
    let home = Home::with(&format!("{TABLE}{output}"));
    let mut client = home.begin();
    client.done("render_outputs", json!({}));
    let edited = home.read("shop/ports.env").replace("23410", "1");
    home.write("shop/ports.env", &edited);
    for tool in ["check_ports", "render_outputs"] {
        let result = client.tool(tool, json!({}));
        let help = &result["structuredContent"]["findings"][0]["help"];
        assert!(help.as_str().is_some_and(|help| help.contains("for the person to run")), "{result}");
    }
}

#[test]
fn arguments_that_are_wrong_come_with_those_that_are_right() {
    let home = Home::new();
    let mut client = home.begin();
    for (tool, arguments, word) in [
        ("allocate_port", json!({ "name": "a b" }), "purpose"),
        ("allocate_port", json!({ "protocol": "sctp" }), "protocol"),
        ("get_port", json!({}), "name must be given"),
        ("explain_port", json!({ "port": "http" }), "port must be given"),
    ] {
        let refused = client.refused(tool, arguments);
        assert!(refused["help"].as_str().is_some_and(|help| help.contains(word)), "{refused}");
    }
}
