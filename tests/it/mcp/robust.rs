//! What a client can get wrong, or do on purpose.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Home;
use super::session::TABLE;

#[test]
fn garbage_is_answered_or_passed_over_and_the_server_goes_on() {
    let home = Home::new();
    let mut client = home.start_in(&home.shop(), &[]);
    // Before a session there is nothing that notifications or answers could mean.
    for line in [
        r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
        r#"{"jsonrpc":"2.0","id":7,"result":{}}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#,
        "",
        "\r",
    ] {
        client.send(format!("{line}\n").as_bytes());
    }
    assert_eq!(client.ask("ping", json!({}))["result"], json!({}));
    client.begin(json!({}));
    for (line, code) in [
        ("Content-Length: 5", -32700),
        ("{\"jsonrpc\":\"2.0\",\"id\":1,", -32700),
        ("\u{0}\u{1}\u{2}", -32700),
        ("[]", -32600),
        ("17", -32600),
        ("{}", -32600),
        (r#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#, -32600),
        (r#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#, -32600),
    ] {
        client.send(format!("{line}\n").as_bytes());
        let answer = client.next();
        assert_eq!(answer["error"]["code"], code, "{line}: {answer}");
    }
    client.send(b"\xff\xfe\xfd\n");
    assert_eq!(client.next()["error"]["code"], -32700);
    assert_eq!(client.ask("no/such", json!({}))["error"]["code"], -32601);
    client.tell("notifications/unheard", json!({ "a": 1 }));
    assert_eq!(client.done("list_ports", json!({}))["total"], 0);
    assert_eq!(client.end(), (vec![], Some(0)));
}

#[test]
fn a_question_of_the_wrong_shape_is_answered_to_who_asked() {
    let home = Home::new();
    let mut client = home.begin();
    for params in [json!({ "name": 5 }), json!({}), json!({ "name": "list_ports", "arguments": [1] })] {
        let answer = client.ask("tools/call", params.clone());
        assert_eq!(answer["error"]["code"], -32602, "{params}: {answer}");
        let reason = answer["error"]["message"].as_str().expect("a reason");
        assert!(reason.contains("tools/call") && reason.contains(" is to "), "{reason}");
    }
    for params in [json!(7), json!([1])] {
        assert_eq!(client.ask("tools/call", params)["error"]["code"], -32600, "no message of MCP");
    }
    let answer = client.ask("tools/call", json!({ "name": "kill_port", "arguments": {} }));
    assert_eq!(answer["error"]["code"], -32602, "{answer}");
    assert_eq!(client.done("list_ports", Value::Null)["total"], 0);
}

#[test]
fn half_a_message_at_the_end_is_no_message() {
    let home = Home::new();
    let mut client = home.begin();
    client.send(br#"{"jsonrpc":"2.0","id":9,"method":"tools/li"#);
    let (said, code) = client.end();
    assert_eq!((said.len(), code), (1, Some(0)), "{said:?}");
    assert_eq!(said[0]["error"]["code"], -32700);

    let mut client = home.begin();
    client.send(br#"{"jsonrpc":"2.0","id":9,"method":"ping"}"#);
    let (said, code) = client.end();
    assert_eq!(
        (&said[0]["id"], said.len(), code),
        (&json!(9), 1, Some(0)),
        "a last line without its end counts"
    );
}

#[test]
fn a_message_in_pieces_is_one_message() {
    let home = Home::new();
    let mut client = home.begin();
    for piece in [&br#"{"jsonrpc":"2.0","#[..], br#""id":9,"meth"#, br#"od":"ping"}"#, b"\n"] {
        client.send(piece);
    }
    assert_eq!(client.next()["id"], 9);
}

#[test]
fn ten_megabytes_are_refused_to_who_asked() {
    let home = Home::new();
    let mut client = home.begin();
    let call = |name: Value| json!({ "name": "allocate_port", "arguments": { "name": name } });
    let refused = client.ask("tools/call", call(json!("x".repeat(10 << 20))));
    assert_eq!(refused["error"]["code"], -32600, "{refused}");
    let refused = client.ask("tools/call", call(json!(vec![1; 5 << 20])));
    assert_eq!(refused["error"]["code"], -32600, "{refused}");
    let deep = format!("{}{}", "[".repeat(1 << 18), "]".repeat(1 << 18));
    client
        .send(format!("{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":{deep}}}\n").as_bytes());
    assert_eq!(client.next()["error"]["code"], -32700);
    // Nobody can be found in what is longer still.
    client.send("y".repeat(17 << 20).as_bytes());
    client.send(b"\n");
    assert_eq!(client.next()["error"]["code"], -32600);
    // What is refused is quoted, but not at such length.
    let long = client.tool("get_port", json!({ "name": "x".repeat(500_000) }));
    assert!(long["isError"] == true && long.to_string().len() < 10_000);
    let long = client.tool("list_ports", json!({ "y".repeat(500_000): 1 }));
    assert!(long["isError"] == true && long.to_string().len() < 10_000);
    assert_eq!(client.ask("ping", json!({}))["result"], json!({}));
}

#[test]
fn a_thousand_questions_at_once_are_all_answered() {
    let home = Home::with(TABLE);
    let mut client = home.begin();
    // All of them are written before the first answer is read.
    let mut all = String::new();
    for id in 0..1_000 {
        let (name, arguments) = match id % 4 {
            0 => ("list_ports", json!({})),
            1 => ("get_port", json!({ "name": "api" })),
            2 => ("allocate_port", json!({})),
            _ => ("explain_port", json!({ "port": 23410 })),
        };
        let params = json!({ "name": name, "arguments": arguments });
        let question = json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params });
        all += &format!("{question}\n");
    }
    assert!(client.send(all.as_bytes()));
    let mut answered = BTreeSet::new();
    let mut given = BTreeSet::new();
    let mut refused = 0;
    for _ in 0..1_000 {
        let answer = client.next();
        assert!(answered.insert(answer["id"].as_i64().expect("a number")), "{answer}");
        let result = &answer["result"];
        if answer["id"].as_i64().is_some_and(|id| id % 4 == 2) {
            if result["isError"] == true {
                assert_eq!(result["structuredContent"]["error"]["code"], "exhausted", "{answer}");
                refused += 1;
            } else {
                assert!(given.insert(result["structuredContent"]["port"].as_u64()), "{answer}");
            }
        } else {
            assert_ne!(result["isError"], true, "{answer}");
        }
    }
    assert_eq!(answered.len(), 1_000);
    // 100 of the range, less 10 reserved and 2 declared, less what this machine has open.
    assert!(given.len() <= 88 && given.len() + refused == 250, "{} given", given.len());
    assert!(given.len() > 60, "{} given", given.len());
    assert_eq!(client.end(), (vec![], Some(0)));
}

#[test]
fn what_was_taken_back_is_not_answered_and_what_waited_is_not_done() {
    let home = Home::with(TABLE);
    let mut client = home.begin();
    let count = 300;
    let ids: Vec<i64> = (0..count)
        .map(|_| client.question("tools/call", json!({ "name": "allocate_port", "arguments": {} })))
        .collect();
    for id in &ids {
        client.tell("notifications/cancelled", json!({ "requestId": id, "reason": "the user left" }));
    }
    // An unknown one, and one that has ended, are nobody's.
    client.tell("notifications/cancelled", json!({ "requestId": 99_999 }));
    client.tell("notifications/cancelled", json!({}));
    let last = client.question("ping", json!({}));
    let mut answers = 0;
    loop {
        let answer = client.next();
        if answer["id"] == last {
            break;
        }
        answers += 1;
    }
    assert!(answers < count, "{answers} of {count} answered");
    let (said, code) = client.end();
    assert_eq!(code, Some(0));
    assert!(said.len() + answers < count, "{said:?}");
}

#[test]
fn a_client_that_leaves_gets_its_last_answers_and_the_server_ends() {
    let home = Home::with(TABLE);
    let mut client = home.begin();
    let id = client.question("tools/call", json!({ "name": "survey_ports", "arguments": {} }));
    let (said, code) = client.end();
    assert_eq!((said.len(), code), (1, Some(0)), "{said:?}");
    assert_eq!(said[0]["id"], id);
    assert_ne!(said[0]["result"]["isError"], true, "{said:?}");
}

#[test]
fn a_client_that_never_begins_is_answered_and_left() {
    let home = Home::new();
    let client = home.start_in(&home.shop(), &[]);
    assert_eq!(client.end(), (vec![], Some(0)));
    for _ in 0..20 {
        let mut client = home.start_in(&home.shop(), &[]);
        client.question("ping", json!({}));
        let (said, code) = client.end();
        assert_eq!((said.len(), code), (1, Some(0)), "{said:?}");
    }
}

#[cfg(unix)]
#[test]
fn nobody_to_write_to_ends_the_server() {
    use std::io::Write;
    use std::process::Stdio;

    let home = Home::with(TABLE);
    let mut command = crate::support::program();
    command.env_clear().env("PORTGEN_LEDGER", home.path("ledger.db")).arg("mcp").current_dir(home.shop());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("portgen starts");
    drop(child.stdout.take());
    let mut input = child.stdin.take().expect("a pipe");
    let question = json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" });
    input.write_all(format!("{question}\n").as_bytes()).expect("it reads");
    // Its input stays open: that nobody reads the answer is enough.
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
    drop(input);
}

#[test]
fn of_two_requests_with_one_number_one_is_carried_out() {
    let home = Home::new();
    let mut client = home.begin();
    let params = json!({ "name": "allocate_port", "arguments": {} });
    let question = json!({ "jsonrpc": "2.0", "id": 77, "method": "tools/call", "params": params });
    let all: String = (0..5).map(|_| format!("{question}\n")).collect();
    assert!(client.send(all.as_bytes()));
    let answers: Vec<Value> = (0..5).map(|_| client.next()).collect();
    assert!(answers.iter().all(|answer| answer["id"] == 77), "{answers:?}");
    let done = answers.iter().filter(|answer| answer["result"].is_object()).count();
    let listed = client.done("list_ports", json!({}));
    assert_eq!(listed["total"], done, "each port that was reserved was told");
    assert!(answers.iter().any(|answer| answer["error"]["code"] == -32600), "{answers:?}");
    // Answered, it may be asked again.
    client.send_line(&question);
    assert!(client.next()["result"].is_object());
}

#[test]
fn a_folder_that_is_gone_has_no_ports() {
    let home = Home::with(super::session::TABLE);
    let mut client = home.begin();
    assert_eq!(client.done("list_ports", json!({}))["total"], 2);
    std::fs::remove_dir_all(home.shop()).expect("it was there");
    for tool in ["allocate_port", "list_ports", "render_outputs", "check_ports"] {
        assert_eq!(client.refused(tool, json!({}))["code"], "no-folder", "{tool}");
    }
}
