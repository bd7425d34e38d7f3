//! `portgen lsp`, over a real pipe.

/// What a client may do wrong, and what it may break while it types.
mod bad;
/// A small client.
mod client;

use serde_json::{Value, json};

use client::Client;

/// A table with something of everything; the second service has an emoji before its number.
const TABLE: &str = r#"[project]
name = "shop"

[ranges.web]
title = "Web"
ports = "4100-4102"

[services.api]
title = "API"
port = 4100
range = "web"
scheme = "http"

[services.search]
port = 4101
range = "web"

[[output]]
path = ".env"
target = "dotenv"

[[patch]]
path = "server.py"
find = 'port=(\d+)'
service = "api"
"#;

const SERVER: &str = "import os\napp.run(port=4100)\nprint(os.environ['API_PORT'])\n";

fn rendered() -> Client {
    let client = Client::greeted(&[("ports.toml", TABLE), ("server.py", SERVER)], json!(["utf-16"]));
    let run = crate::support::portgen(client.folder(), &["render"]);
    assert_eq!(run.code, 0, "{run:#?}");
    client
}

/// The position of a text in the table, and so many characters behind it.
fn at(text: &str, needle: &str, more: usize) -> (usize, usize) {
    let offset = text.find(needle).unwrap_or_else(|| panic!("no {needle:?}")) + more;
    let line = text[..offset].matches('\n').count();
    let start = text[..offset].rfind('\n').map_or(0, |newline| newline + 1);
    (line, text[start..offset].encode_utf16().count())
}

fn rules(diagnostics: &[Value]) -> Vec<&str> {
    diagnostics.iter().filter_map(|one| one["code"].as_str()).collect()
}

fn labels(items: &Value) -> Vec<&str> {
    items
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default()
        .iter()
        .filter_map(|item| item["label"].as_str())
        .collect()
}

#[test]
fn a_mistake_is_shown_while_it_is_typed_and_goes_when_it_is_mended() {
    let mut client = rendered();
    client.open("ports.toml", TABLE);
    client.diagnostics("ports.toml", <[Value]>::is_empty);
    client.replace("ports.toml", 2, &TABLE.replace("port = 4101", "port = 4100"));
    let found = client.diagnostics("ports.toml", |found| rules(found).contains(&"duplicate-port"));
    let duplicate = found.iter().find(|one| one["code"] == "duplicate-port").expect("it is there");
    let (line, character) = at(TABLE, "4101", 0);
    assert_eq!(duplicate["range"]["start"], json!({"line": line, "character": character}));
    assert_eq!(duplicate["severity"], 1);
    let related = &duplicate["relatedInformation"][0];
    assert_eq!(related["location"]["range"]["start"]["line"], at(TABLE, "4100\nrange", 0).0);
    client.replace("ports.toml", 3, TABLE);
    client.diagnostics("ports.toml", <[Value]>::is_empty);
    assert_eq!(client.goodbye(), 0);
}

#[test]
fn outputs_and_the_repository_are_checked_from_what_is_open_when_nobody_types() {
    let mut client = rendered();
    client.open("ports.toml", TABLE);
    client.open(".env", "");
    // The block is gone in the open text, and on the disk it is there.
    client.diagnostics(".env", |found| rules(found).contains(&"broken-markers"));
    client.open("notes.py", "requests.get('http://localhost:4199/')\n");
    client.replace("ports.toml", 2, &TABLE.replace("port = 4101", "port = 4102"));
    let env = std::fs::read_to_string(client.path(".env")).expect("it was rendered");
    client.replace(".env", 2, &env);
    client.diagnostics(".env", |found| rules(found).contains(&"stale-output"));
    assert_eq!(client.goodbye(), 0);
}

#[test]
fn a_half_typed_line_leaves_what_is_said_of_other_files() {
    let mut client = rendered();
    let moved = TABLE.replace("port = 4101", "port = 4102");
    let env = std::fs::read_to_string(client.path(".env")).expect("it was rendered");
    client.open("ports.toml", &moved);
    client.open(".env", &env);
    client.diagnostics(".env", |found| rules(found).contains(&"stale-output"));
    let heard = client.heard_of(".env");
    client.replace("ports.toml", 2, &format!("{moved}\n[services.new]\nport =\n"));
    client.diagnostics("ports.toml", |found| rules(found).contains(&"syntax"));
    // Saved, everything is checked at once.
    client.tell("textDocument/didSave", json!({"textDocument": {"uri": client.uri("ports.toml")}}));
    client.replace("ports.toml", 3, &moved);
    client.replace(".env", 2, "");
    client.diagnostics(".env", |found| rules(found).contains(&"broken-markers"));
    assert_eq!(client.heard_of(".env"), heard, "nothing was said in between");
    assert_eq!(client.goodbye(), 0);
}

#[test]
fn a_table_that_is_too_long_is_said_to_be_and_not_looked_at() {
    let mut client = rendered();
    let long = format!("{TABLE}{}", "# nobody writes so much\n".repeat(60_000));
    for version in 2..4 {
        client.open("ports.toml", &long);
        let found = client.diagnostics("ports.toml", |found| found.len() == 1);
        let message = found[0]["message"].as_str().expect("a message");
        assert!(message.contains("portgen check"), "{message}");
        let none = client.ask_at("textDocument/hover", "ports.toml", (0, 1), json!({}));
        assert!(none.is_null(), "{none}");
        client.replace("ports.toml", version, TABLE);
        client.diagnostics("ports.toml", <[Value]>::is_empty);
    }
    assert_eq!(client.goodbye(), 0);
}

#[cfg(unix)]
#[test]
fn a_session_ends_with_the_process_that_began_it() {
    let mut editor = std::process::Command::new("sleep").arg("600").spawn().expect("a process");
    let mut client = Client::start(&[]);
    let params = json!({"processId": editor.id(), "rootUri": null, "capabilities": {}});
    assert!(client.ask("initialize", params)["result"].is_object());
    editor.kill().expect("it is this test's own");
    editor.wait().expect("it ends");
    assert_ne!(client.code(), 0, "nobody said `shutdown`");
}

#[cfg(unix)]
#[test]
fn a_client_that_reads_nothing_does_not_hold_the_server_up() {
    use std::io::Write;
    use std::process::Stdio;
    let mut command = crate::support::program();
    let mut server =
        command.arg("lsp").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
    let question = json!({"jsonrpc": "2.0", "id": 1, "method": "x".repeat(60)}).to_string();
    let message = format!("Content-Length: {}\r\n\r\n{question}", question.len());
    let mut input = server.stdin.take().expect("a pipe");
    input.write_all(message.repeat(3_000).as_bytes()).expect("the server reads");
    drop(input);
    // The answers are more than a pipe holds; nobody reads them, and nobody closes it.
    let ended = (0..600).find_map(|_| {
        std::thread::sleep(std::time::Duration::from_millis(100));
        server.try_wait().expect("a process of this test")
    });
    server.kill().ok();
    assert!(ended.is_some(), "it waits for ever");
}

#[test]
fn keys_words_ranges_targets_and_free_numbers_are_completed() {
    let mut client = rendered();
    client.open("ports.toml", TABLE);
    let mut version = 1;
    let mut complete = |line: &str| {
        version += 1;
        let text = format!("{TABLE}\n{line}");
        client.replace("ports.toml", version, &text);
        let position = at(&text, line, line.len());
        client.ask_at("textDocument/completion", "ports.toml", position, json!({}))
    };
    let keys = complete("[services.new]\n");
    assert!(labels(&keys).contains(&"container-port"), "{keys}");
    assert!(!labels(&complete("[services.new]\nport = 1\n")).contains(&"port"));
    assert_eq!(
        labels(&complete("[services.new]\nstatus = \"")),
        ["active", "reserved", "disabled", "failed"]
    );
    assert_eq!(labels(&complete("[services.new]\nrange = ")), ["web"]);
    let numbers = complete("[services.new]\nrange = \"web\"\nport = ");
    assert_eq!(labels(&numbers), ["4102", "auto"], "{numbers}");
    assert!(labels(&complete("[[output]]\ntarget = \"do")).contains(&"dotenv"));
    assert!(labels(&complete("[[output]]\ntarget = \"markdown\"\noptions = { ")).contains(&"columns"));
    let columns = complete("[[output]]\ntarget = \"markdown\"\noptions = { columns = [\"title\", \"");
    assert!(labels(&columns).contains(&"container-port"), "{columns}");
    let lists = complete("[[output]]\ntarget = \"markdown\"\n[output.options]\nlist = ");
    assert_eq!(labels(&lists), ["services", "ranges", "reserved", "health", "conflicts"]);
    assert_eq!(labels(&complete("[[patch]]\nservice = ")), ["api", "search"]);
    let rules = complete("[lint]\n");
    assert!(labels(&rules).contains(&"duplicate-port") && labels(&rules).contains(&"exclude"), "{rules}");
    assert!(!labels(&rules).contains(&"unknown-key"), "{rules}");
    assert_eq!(labels(&complete("[lint]\nduplicate-port = ")), ["allow", "warn", "deny"]);
    assert!(labels(&complete("[ser")).contains(&"services"));
    assert!(labels(&complete("# [ser")).is_empty());
    let quoted = complete("[services.new]\nstatus = \"a");
    assert_eq!(quoted[0]["textEdit"]["newText"], "\"active\"");
    assert_eq!(client.goodbye(), 0);
}

#[test]
fn a_port_a_key_and_a_word_are_explained() {
    let mut client = rendered();
    client.open("ports.toml", TABLE);
    let mut hover = |name: &str, position| {
        let shown = client.ask_at("textDocument/hover", name, position, json!({}));
        shown["contents"]["value"].as_str().unwrap_or_default().to_owned()
    };
    let port = hover("ports.toml", at(TABLE, "4100\nrange", 1));
    for part in
        ["port **4100**", "`API_PORT`", "http://localhost:4100", "`.env:", "`server.py:2`", "range `web`"]
    {
        assert!(port.contains(part), "{part}: {port}");
    }
    assert_eq!(hover("ports.toml", at(TABLE, "services.api", 10)), port, "the name says the same");
    assert!(hover("ports.toml", at(TABLE, "scheme", 1)).contains("what is spoken on it"));
    assert!(hover("ports.toml", at(TABLE, "dotenv", 1)).contains("**dotenv**"));
    assert!(hover("ports.toml", at(TABLE, "ranges.web", 8)).contains("2 of its 3 numbers are given"));
    assert_eq!(hover("ports.toml", (1, 0)).lines().next(), Some("**name**: what the project is called"));
    client.open("server.py", SERVER);
    for word in ["4100", "API_PORT"] {
        let shown = client.ask_at("textDocument/hover", "server.py", at(SERVER, word, 2), json!({}));
        assert_eq!(shown["contents"]["value"], port.as_str(), "{word}");
    }
    let nothing = client.ask_at("textDocument/hover", "server.py", at(SERVER, "import", 2), json!({}));
    assert_eq!(nothing, Value::Null);
    assert_eq!(client.goodbye(), 0);
}

#[test]
fn a_port_leads_to_what_is_rendered_and_back() {
    let mut client = rendered();
    client.open("ports.toml", TABLE);
    client.open("server.py", SERVER);
    let places =
        client.ask_at("textDocument/definition", "ports.toml", at(TABLE, "4100\nrange", 1), json!({}));
    let shown: Vec<(&str, &Value)> = places
        .as_array()
        .expect("places")
        .iter()
        .map(|place| (place["uri"].as_str().expect("an address"), &place["range"]["start"]["line"]))
        .collect();
    let (env, server) = (client.uri(".env"), client.uri("server.py"));
    // The first lines of the block are its marker and who made it.
    assert_eq!(shown, [(env.as_str(), &json!(2)), (server.as_str(), &json!(1))]);
    let back = client.ask_at("textDocument/definition", "server.py", at(SERVER, "API_PORT", 1), json!({}));
    assert_eq!(back[0]["uri"], client.uri("ports.toml"));
    assert_eq!(back[0]["range"]["start"]["line"], at(TABLE, "4100\nrange", 0).0);
    let from_patch =
        client.ask_at("textDocument/definition", "ports.toml", at(TABLE, "\"api\"", 1), json!({}));
    assert_eq!(from_patch, back);
    let context = json!({"context": {"includeDeclaration": true}});
    let all = client.ask_at("textDocument/references", "ports.toml", at(TABLE, "services.api", 10), context);
    assert_eq!(all.as_array().map(Vec::len), Some(4), "{all}");
    assert_eq!(client.goodbye(), 0);
}

#[test]
fn a_service_is_renamed_everywhere_in_its_table_and_nothing_else_changes() {
    let mut client = rendered();
    client.open("ports.toml", TABLE);
    let position = at(TABLE, "services.api", 10);
    let prepared = client.ask_at("textDocument/prepareRename", "ports.toml", position, json!({}));
    assert_eq!(prepared["placeholder"], "api");
    let edit = client.ask_at("textDocument/rename", "ports.toml", position, json!({"newName": "backend"}));
    let edits = edit["changes"][client.uri("ports.toml")].as_array().cloned().expect("edits");
    assert_eq!(edits.len(), 2, "{edit}");
    assert!(edits.iter().all(|edit| edit["newText"] == "backend"));
    client.wait(|message| message["method"] == "window/showMessage");
    for (name, reason) in [("search", "already"), ("Not A Name", "no name")] {
        let uri = client.uri("ports.toml");
        let answer = client.ask(
            "textDocument/rename",
            json!({"textDocument": {"uri": uri}, "position": {"line": position.0, "character": position.1}, "newName": name}),
        );
        assert!(answer["error"]["message"].as_str().is_some_and(|text| text.contains(reason)), "{answer}");
    }
    let nothing = client.ask_at("textDocument/prepareRename", "ports.toml", (1, 2), json!({}));
    assert_eq!(nothing, Value::Null);
    assert_eq!(client.goodbye(), 0);
}

#[test]
fn fixes_and_the_next_free_number_are_offered() {
    let mut client = rendered();
    let text = TABLE.replace("port = 4101", "port = \"4101\"").replace("port = 4100\n", "port = 4102\n");
    client.open("ports.toml", &text);
    client.diagnostics("ports.toml", |found| rules(found).contains(&"invalid-value"));
    let mut actions = |(line, character): (usize, usize)| {
        let position = json!({"line": line, "character": character});
        let params = json!({
            "textDocument": {"uri": client.uri("ports.toml")},
            "range": {"start": position, "end": position},
            "context": {"diagnostics": []},
        });
        client.ask("textDocument/codeAction", params)["result"].clone()
    };
    let fixes = actions(at(&text, "\"4101\"", 2));
    assert_eq!(fixes[0]["title"], "write 4101 without quotes", "{fixes}");
    assert_eq!(fixes[0]["isPreferred"], true);
    let numbers = actions(at(&text, "4102\nrange", 1));
    assert_eq!(numbers[0]["title"], "Give api 4100, the next free number of range web", "{numbers}");
    assert_eq!(client.goodbye(), 0);
}

#[test]
fn the_outline_has_a_symbol_for_each_section() {
    let mut client = rendered();
    client.open("ports.toml", TABLE);
    let uri = client.uri("ports.toml");
    let answer = client.ask("textDocument/documentSymbol", json!({"textDocument": {"uri": uri}}));
    let shown: Vec<String> = answer["result"]
        .as_array()
        .expect("symbols")
        .iter()
        .map(|symbol| {
            format!("{} {}", symbol["name"].as_str().unwrap_or(""), symbol["detail"].as_str().unwrap_or("-"))
        })
        .collect();
    assert_eq!(
        shown,
        [
            "project -",
            "ranges.web 4100-4102",
            "services.api 4100",
            "services.search 4101",
            "output .env",
            "patch server.py"
        ]
    );
    assert_eq!(client.goodbye(), 0);
}

#[test]
fn columns_are_units_of_utf_16_and_bytes_where_the_client_offers_them() {
    let text = "[project]\nname = \"p\"\n[services]\n\"a\" = { title = \"é𝄞\", port = 4150 }\nb = { title = \"é𝄞\", port = 4150 }\n";
    for (offered, name, wide) in [
        (json!(["utf-16"]), "utf-16", 3),
        (json!(["utf-16", "utf-8"]), "utf-8", 6),
        (Value::Null, "utf-16", 3),
    ] {
        let mut client = Client::start(&[("ports.toml", text)]);
        let params = json!({"capabilities": {"general": {"positionEncodings": offered}}});
        let answer = client.ask("initialize", params);
        assert_eq!(answer["result"]["capabilities"]["positionEncoding"], name);
        client.tell("initialized", json!({}));
        client.open("ports.toml", text);
        let found = client.diagnostics("ports.toml", |found| rules(found).contains(&"duplicate-port"));
        let duplicate = found.iter().find(|one| one["code"] == "duplicate-port").expect("it is there");
        let before = "b = { title = \"\", port = ".len() + wide;
        assert_eq!(duplicate["range"]["start"], json!({"line": 4, "character": before}), "{name}");
        assert_eq!(duplicate["range"]["end"]["character"], before + 4);
        // A change in the middle of a line, at a column that counts in the same units.
        let range = json!({"start": {"line": 4, "character": before + 3}, "end": {"line": 4, "character": before + 4}});
        let document = json!({"uri": client.uri("ports.toml"), "version": 2});
        let changes = json!([{"range": range, "text": "1"}]);
        client.tell("textDocument/didChange", json!({"textDocument": document, "contentChanges": changes}));
        client.diagnostics("ports.toml", <[Value]>::is_empty);
        assert_eq!(client.goodbye(), 0);
    }
}
