//! Which project is meant: the server's folder, the client's, another checkout.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::session::TABLE;
use super::{Client, Home};
use crate::support;

/// The address of a folder, as clients tell it.
fn address(folder: &Path) -> String {
    let text = folder.to_string_lossy().replace('\\', "/");
    format!("file://{}{text}", if text.starts_with('/') { "" } else { "/" })
}

/// Begins a session in which the client tells of folders when it is asked, and
/// lists the ports.
fn list_with_roots(client: &mut Client, roots: &[&Path]) -> Value {
    client.begin(json!({ "roots": { "listChanged": true } }));
    list_again(client, roots)
}

fn list_again(client: &mut Client, roots: &[&Path]) -> Value {
    let id = client.question("tools/call", json!({ "name": "list_ports", "arguments": {} }));
    let asked = client.next();
    assert_eq!(asked["method"], "roots/list", "{asked}");
    let roots: Vec<Value> = roots.iter().map(|root| json!({ "uri": address(root) })).collect();
    client.send_line(&json!({ "jsonrpc": "2.0", "id": asked["id"], "result": { "roots": roots } }));
    let answer = client.next();
    assert_eq!(answer["id"], id, "{answer}");
    answer["result"]["structuredContent"].clone()
}

#[test]
fn the_folder_of_the_command_line_counts() {
    let home = Home::with(TABLE);
    home.write("elsewhere/empty", "");
    let shop = home.shop().to_string_lossy().into_owned();
    let mut client = home.start_in(&home.path("elsewhere"), &["-C", &shop]);
    let listed = list_with_roots(&mut client, &[&home.path("elsewhere")]);
    assert_eq!(listed["ports"][0]["port"], 23410, "-C is stronger than what a client tells");
}

#[test]
fn a_server_that_was_started_anywhere_works_where_the_client_does() {
    let home = Home::with(TABLE);
    home.write("elsewhere/empty", "");
    home.write("cart/ports.toml", &TABLE.replace("shop", "cart").replace("2341", "2342"));
    let mut client = home.start_in(&home.path("elsewhere"), &[]);
    let listed = list_with_roots(&mut client, &[&home.shop()]);
    assert_eq!(listed["ports"][0]["port"], 23410, "{listed}");
    // It is asked once, until it says that they changed.
    assert_eq!(client.done("list_ports", json!({}))["total"], 2);
    client.tell("notifications/roots/list_changed", json!({}));
    let listed = list_again(&mut client, &[&home.path("cart"), &home.shop()]);
    assert_eq!(listed["ports"][0]["port"], 23420, "{listed}");
    let of_shop = client.done("list_ports", json!({ "folder": home.shop() }));
    assert_eq!(of_shop["ports"][0]["port"], 23410, "the second folder by its name");
}

#[test]
fn a_client_that_tells_nonsense_is_served_where_the_server_is() {
    let home = Home::with(TABLE);
    let mut client = home.start_in(&home.shop(), &[]);
    let listed = list_with_roots(&mut client, &[Path::new("/no/such/folder")]);
    assert_eq!(listed["ports"][0]["port"], 23410);
}

#[test]
fn a_folder_that_is_nobodys_here_is_refused() {
    let home = Home::with(TABLE);
    home.write("other/ports.toml", TABLE);
    let mut client = home.begin();
    for (folder, code) in [("../other", "outside"), ("/", "outside"), ("nowhere", "no-folder")] {
        for tool in ["list_ports", "allocate_port", "render_outputs", "check_ports", "survey_ports"] {
            assert_eq!(client.refused(tool, json!({ "folder": folder }))["code"], code, "{tool} {folder}");
        }
    }
    for tool in ["survey_ports", "check_ports"] {
        let escape = client.refused(tool, json!({ "paths": ["../other"] }));
        assert_eq!(escape["code"], "outside", "{tool}");
    }
}

fn git(folder: &Path, arguments: &[&str]) {
    let mut command = Command::new("git");
    command.args(["-c", "user.name=test", "-c", "user.email=test@localhost"]).args(arguments);
    let run = support::run(command.current_dir(folder));
    assert_eq!(run.code, 0, "{run:#?}");
}

#[test]
fn an_agent_in_a_second_checkout_gets_numbers_of_its_own() {
    let home =
        Home::with(&format!("{TABLE}\n[[output]]\npath = \".env\"\ntarget = \"dotenv\"\nlocal = true\n"));
    home.write("shop/.gitignore", ".env\n");
    let shop = home.shop();
    git(&shop, &["init", "--quiet"]);
    git(&shop, &["add", "."]);
    git(&shop, &["commit", "--quiet", "--message", "Begin"]);
    git(&shop, &["worktree", "add", "--quiet", "../feature"]);
    let mut client = home.begin();
    assert_eq!(client.done("render_outputs", json!({}))["outputs"][0]["result"], "created");
    assert!(home.read("shop/.env").contains("API_PORT=23410"));

    // The server works in the first checkout, the agent in the second.
    let feature = json!({ "folder": home.path("feature") });
    assert_eq!(client.done("render_outputs", feature.clone())["outputs"][0]["result"], "created");
    let own = client.done("get_port", json!({ "name": "api", "folder": home.path("feature") }));
    let own = own["port"].as_u64().expect("a number");
    assert!((23400..23490).contains(&own) && own != 23410 && own != 23411, "{own}");
    assert!(home.read("feature/.env").contains(&format!("API_PORT={own}")));
    assert_eq!(client.done("get_port", json!({ "name": "api" }))["port"], 23410);
    assert!(home.read("shop/.env").contains("API_PORT=23410"));
    let explained = client.done("explain_port", json!({ "port": own }));
    assert_eq!(
        (&explained["may_use"], &explained["verdict"]),
        (&json!(false), &json!("claimed")),
        "{explained}"
    );

    // The same from a server that is started there.
    let mut second = home.start_in(&home.path("feature"), &[]);
    second.begin(json!({}));
    assert_eq!(second.done("get_port", json!({ "name": "api" }))["port"], own);
}
