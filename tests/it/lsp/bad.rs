//! Clients that break things: half tables, garbage, floods, closed pipes.

use portgen::manifest::{self, outline};
use portgen::source::Sources;
use serde_json::{Value, json};

use super::TABLE;
use super::client::Client;
use crate::support::{read, repository};

#[test]
fn a_table_is_answered_about_at_every_byte_of_being_typed() {
    let mut client = Client::greeted(&[("ports.toml", "")], json!(["utf-8"]));
    client.open("ports.toml", "");
    let mut version = 1;
    for example in ["ai-assistant", "consilio", "devflow"] {
        let text = read(repository().join("examples").join(example).join("ports.toml"));
        // Here only some ends: all of them take minutes in a debug build, and are tried below.
        let ends = (0..=text.len()).filter(|&end| text.is_char_boundary(end) && (end < 120 || end % 41 == 0));
        for end in ends {
            version += 1;
            client.replace("ports.toml", version, &text[..end]);
            let line = text[..end].matches('\n').count();
            let column = end - text[..end].rfind('\n').map_or(0, |newline| newline + 1);
            let answer = client.ask_at("textDocument/completion", "ports.toml", (line, column), json!({}));
            assert!(answer.is_array(), "{answer}");
            if end % 123 == 0 {
                for method in ["textDocument/hover", "textDocument/definition", "textDocument/prepareRename"]
                {
                    client.ask_at(method, "ports.toml", (line, column.saturating_sub(1)), json!({}));
                }
                let uri = client.uri("ports.toml");
                let symbols =
                    client.ask("textDocument/documentSymbol", json!({"textDocument": {"uri": uri}}));
                assert!(symbols.get("error").is_none(), "{symbols}");
            }
        }
    }
    assert!(client.never_logged());
    assert_eq!(client.goodbye(), 0);
}

#[test]
fn any_beginning_of_a_table_has_an_outline_and_findings() {
    for example in ["ai-assistant", "consilio", "devflow"] {
        let text = read(repository().join("examples").join(example).join("ports.toml"));
        for end in (0..=text.len()).filter(|&end| text.is_char_boundary(end)) {
            let beginning = &text[..end];
            outline::slot(beginning);
            assert!(
                outline::tokens(beginning).iter().all(|token| beginning.get(token.span.clone()).is_some())
            );
            let (_, findings) = manifest::read(&mut Sources::new(), "ports.toml", beginning);
            assert!(findings.iter().all(|finding| finding.primary.place.span.end as usize <= end));
        }
    }
}

#[test]
fn garbage_is_passed_over_and_half_a_message_ends_nothing_but_itself() {
    let mut client = Client::greeted(&[("ports.toml", TABLE)], Value::Null);
    client.send_bytes(b"\x00\xffGET / HTTP/1.1\r\n\r\n\r\nContent-Length: nonsense\r\n\r\n");
    client.send_bytes(b"Content-Length: 7\r\n\r\n{\"a\":1,");
    assert_eq!(
        client.wait(|message| message["id"].is_null() && message.get("error").is_some())["error"]["code"],
        -32700
    );
    client.send_bytes(b"Content-Length: 4\r\n\r\nnull");
    assert_eq!(
        client.wait(|message| message["id"].is_null() && message.get("error").is_some())["error"]["code"],
        -32600
    );
    assert_eq!(client.ask("no/such", json!({}))["error"]["code"], -32601);
    assert_eq!(client.ask("textDocument/hover", json!({"textDocument": 1}))["error"]["code"], -32602);
    assert_eq!(client.ask("initialize", json!({"capabilities": {}}))["error"]["code"], -32600);
    client.tell("textDocument/didChange", json!({"nonsense": true}));
    client.tell("$/unknown", json!([1]));
    client.open("ports.toml", TABLE);
    client.tell(
        "textDocument/didOpen",
        json!({"textDocument": {"uri": "untitled:x", "languageId": "toml", "version": 1, "text": "["}}),
    );
    // A position that is nowhere, and a change behind the end.
    client.ask_at("textDocument/hover", "ports.toml", (99_999, 99_999), json!({}));
    let range = json!({"start": {"line": 9999, "character": 0}, "end": {"line": 3, "character": 0}});
    let document = json!({"uri": client.uri("ports.toml"), "version": 2});
    client.tell(
        "textDocument/didChange",
        json!({"textDocument": document, "contentChanges": [{"range": range, "text": "#"}]}),
    );
    client.ask_at("textDocument/hover", "ports.toml", (0, 0), json!({}));
    assert_eq!(client.goodbye(), 0);
}

#[test]
fn a_request_before_the_greeting_and_one_after_the_goodbye_are_refused() {
    let mut client = Client::start(&[]);
    assert_eq!(client.ask("textDocument/hover", json!({}))["error"]["code"], -32002);
    client.ask("initialize", json!({"capabilities": {}}));
    client.ask("shutdown", Value::Null);
    assert_eq!(client.ask("textDocument/hover", json!({}))["error"]["code"], -32600);
    client.tell("exit", Value::Null);
    assert_eq!(client.code(), 0);
}

#[test]
fn exit_without_shutdown_and_a_closed_pipe_end_with_1() {
    let mut client = Client::greeted(&[("ports.toml", TABLE)], Value::Null);
    client.tell("exit", Value::Null);
    assert_eq!(client.code(), 1);
    assert_eq!(Client::greeted(&[], Value::Null).hang_up(), 1);
    let mut client = Client::start(&[]);
    client.send_bytes(b"Content-Length: 100\r\n\r\n{\"jsonrpc\"");
    assert_eq!(client.hang_up(), 1);
}

#[test]
fn a_thousand_requests_at_once_are_answered_in_their_order() {
    let mut client = Client::greeted(&[("ports.toml", TABLE)], Value::Null);
    client.open("ports.toml", TABLE);
    let params =
        json!({"textDocument": {"uri": client.uri("ports.toml")}, "position": {"line": 8, "character": 8}});
    let ids: Vec<i64> = (0..1000).map(|_| client.request("textDocument/hover", params.clone())).collect();
    for id in ids {
        let answer = client.wait(|message| message.get("id").is_some());
        assert_eq!(answer["id"], id);
        assert!(answer["result"]["contents"].is_object(), "{answer}");
    }
    assert_eq!(client.goodbye(), 0);
}

#[test]
fn a_cancelled_request_that_waits_is_answered_as_such_and_any_other_is_not() {
    let mut client = Client::greeted(&[("ports.toml", TABLE)], Value::Null);
    client.open("ports.toml", TABLE);
    let params =
        json!({"textDocument": {"uri": client.uri("ports.toml")}, "position": {"line": 8, "character": 8}});
    // One write, so that the cancellation is there before the request is looked at.
    let frame = |message: Value| {
        let text = message.to_string();
        format!("Content-Length: {}\r\n\r\n{text}", text.len())
    };
    let mut bytes = String::new();
    for id in 9000..9100 {
        bytes += &frame(json!({"jsonrpc": "2.0", "id": id, "method": "textDocument/references", "params": {
            "textDocument": params["textDocument"], "position": params["position"], "context": {"includeDeclaration": true}}}));
    }
    bytes += &frame(json!({"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": 9099}}));
    client.send_bytes(bytes.as_bytes());
    for id in 9000..9100 {
        let answer = client.wait(|message| message["id"] == id);
        let is_cancelled = answer["error"]["code"] == -32800;
        assert!(is_cancelled || answer.get("result").is_some(), "{answer}");
        assert!(!is_cancelled || id == 9099, "{answer}");
    }
    client.tell("$/cancelRequest", json!({"id": 1}));
    assert_eq!(client.goodbye(), 0);
}

#[test]
fn ten_megabytes_are_read_and_the_session_goes_on() {
    let mut client = Client::greeted(&[("ports.toml", TABLE)], Value::Null);
    client.open("ports.toml", TABLE);
    client.diagnostics("ports.toml", |_| true);
    let large = format!("{TABLE}# {}\n", "x".repeat(10 << 20));
    client.replace("ports.toml", 2, &large);
    client.replace("ports.toml", 3, &format!("x = \"{}", "[{".repeat(5 << 20)));
    client.ask_at("textDocument/hover", "ports.toml", (0, 1), json!({}));
    client.replace("ports.toml", 4, TABLE);
    let shown = client.ask_at("textDocument/hover", "ports.toml", (1, 1), json!({}));
    assert!(shown["contents"]["value"].as_str().is_some_and(|text| text.contains("name")), "{shown}");
    assert_eq!(client.goodbye(), 0);
}
