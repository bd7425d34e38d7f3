//! Docker Compose's own client reports exactly the ports of the table.

use serde_json::Value;

use super::tools::{Tools, done, json, refused};
use super::workspace::Workspace;

/// Host address, published port, container port and protocol, as one text.
type Published = String;

/// What Compose makes of a file.
fn config(tools: &Tools, workspace: &Workspace, file: &str, variables: &[(&str, &str)]) -> Value {
    let mut command = tools.other("docker-compose");
    command.args(["-f", file, "config", "--format", "json"]).current_dir(workspace.folder());
    json(&done(command.envs(variables.iter().copied())))
}

/// What each service publishes, in the order of the file.
fn published(config: &Value) -> Vec<(String, Vec<Published>)> {
    let services = config["services"].as_object().expect("services");
    let ports = |service: &Value| -> Vec<Published> {
        let list = service["ports"].as_array().cloned().unwrap_or_default();
        list.iter().map(text).collect()
    };
    services.iter().map(|(name, service)| (name.clone(), ports(service))).collect()
}

fn text(port: &Value) -> Published {
    let word = |key: &str| port[key].as_str().unwrap_or("*").to_owned();
    format!("{} {} {}/{}", word("host_ip"), word("published"), port["target"], word("protocol"))
}

fn check(
    tools: &Tools,
    workspace: &Workspace,
    file: &str,
    variables: &[(&str, &str)],
    expect: &[(&str, &[&str])],
) {
    let found = published(&config(tools, workspace, file, variables));
    let mut expect: Vec<(String, Vec<Published>)> = expect
        .iter()
        .map(|&(name, ports)| (name.to_owned(), ports.iter().map(|&port| port.to_owned()).collect()))
        .collect();
    // Compose sorts services by name.
    expect.sort();
    assert_eq!(found, expect, "{}", workspace.read(file));
}

fn table(ports: &str) -> String {
    format!(
        r#"[project]
name = "shop"

[services.web]
port = 21080
scheme = "http"
container-port = 80
bind = "0.0.0.0"
[services.web.compose]
image = "example/web:1"
environment = {{ TEMPLATE = "a $${{b}}", YES = "yes", RATIO = 1.5, ON = true }}
depends_on = ["db"]

[services.db]
port = 22
scheme = "tcp"
[services.db.compose]
image = "example/db:1"
volumes = ["data:/var/lib/data"]

[services.dns]
port = 21053
scheme = "udp"
bind = "127.0.0.2"
container-port = 53
[services.dns.compose]
build = "./dns"

[services.kafka]
[services.kafka.ports]
client = {{ port = 21092, scheme = "tcp", container-port = 9092 }}
jmx = {{ port = 21999, protocol = "both", scheme = "tcp" }}
[services.kafka.compose]
image = "example/kafka:1"

[services.six]
port = 21006
bind = "::1"
[services.six.compose]
image = "example/six:1"

[services.on-the-host]
port = 21300

[compose]
name = "shop"
[compose.volumes.data]

[[output]]
path = "docker-compose.yml"
target = "compose"
options = {{ ports = "{ports}" }}

[[output]]
path = "ports.env"
target = "dotenv"
mode = "file"
"#
    )
}

const EXPECT: &[(&str, &[&str])] = &[
    ("web", &["0.0.0.0 21080 80/tcp"]),
    ("db", &["127.0.0.1 22 22/tcp"]),
    ("dns", &["127.0.0.2 21053 53/udp"]),
    ("kafka", &["127.0.0.1 21092 9092/tcp", "127.0.0.1 21999 21999/tcp", "127.0.0.1 21999 21999/udp"]),
    ("six", &["::1 21006 21006/tcp"]),
];

#[test]
fn a_whole_file_publishes_the_ports_of_the_table() {
    let Some(tools) = Tools::find() else { return };
    let moved: Vec<(&str, &[&str])> = EXPECT
        .iter()
        .map(
            |&(name, ports)| {
                if name == "web" { (name, &["0.0.0.0 31080 80/tcp"][..]) } else { (name, ports) }
            },
        )
        .collect();
    let move_it = [("WEB_PORT", "31080")];

    let default = Workspace::rendered(&table("default"));
    check(&tools, &default, "docker-compose.yml", &[], EXPECT);
    check(&tools, &default, "docker-compose.yml", &move_it, &moved);

    let literal = Workspace::rendered(&table("literal"));
    check(&tools, &literal, "docker-compose.yml", &[], EXPECT);
    check(&tools, &literal, "docker-compose.yml", &move_it, EXPECT);
}

#[test]
fn a_required_variable_is_named_when_it_is_missing() {
    let Some(tools) = Tools::find() else { return };
    let workspace = Workspace::rendered(&table("required"));
    let config = |arguments: &[&str]| {
        let mut command = tools.other("docker-compose");
        command.args(arguments).args(["-f", "docker-compose.yml", "config", "--format", "json"]);
        command.current_dir(workspace.folder());
        command
    };
    let message = refused(&mut config(&[]));
    assert!(message.contains("_PORT"), "{message}");
    let found = published(&json(&done(&mut config(&["--env-file", "ports.env"]))));
    assert_eq!(found.len(), EXPECT.len());
    for (name, ports) in found {
        let expect = EXPECT.iter().find(|(known, _)| *known == name).expect("a service of the table");
        assert_eq!(ports, expect.1, "{name}");
    }
}

#[test]
fn what_is_passed_through_arrives() {
    let Some(tools) = Tools::find() else { return };
    let workspace = Workspace::rendered(&table("default"));
    let config = config(&tools, &workspace, "docker-compose.yml", &[]);
    assert_eq!(config["name"], "shop");
    assert!(config["volumes"]["data"].is_object(), "{config}");
    let web = &config["services"]["web"];
    assert_eq!(web["image"], "example/web:1");
    // Compose's answer doubles a dollar again.
    assert_eq!(web["environment"]["TEMPLATE"], "a $${b}");
    assert_eq!((&web["environment"]["YES"], &web["environment"]["RATIO"]), (&"yes".into(), &"1.5".into()));
    assert_eq!(web["environment"]["ON"], "true");
    assert!(web["depends_on"]["db"].is_object(), "{web}");
    assert!(config["services"].get("on-the-host").is_none(), "{config}");
}

#[test]
fn a_reader_of_yaml_1_1_sees_texts_for_ports() {
    let Some(tools) = Tools::find() else { return };
    let workspace = Workspace::rendered(&table("literal"));
    let file = tools.yaml(&workspace.path("docker-compose.yml"));
    for (name, service) in file["services"].as_object().expect("services") {
        for port in service["ports"].as_array().expect("every service here has ports") {
            assert!(port.is_string(), "{name}: {port}");
        }
    }
}

#[test]
fn a_health_check_looks_at_the_containers_side() {
    let Some(tools) = Tools::find() else { return };
    for program in ["curl", "wget"] {
        let workspace = Workspace::rendered(&format!(
            r#"[services.api]
port = 21080
container-port = 8000
health = "/health"
[services.api.compose]
image = "example/api:1"

[project]
name = "shop"

[[output]]
path = "compose.yaml"
target = "compose"
options = {{ healthcheck = "{program}" }}
"#
        ));
        let config = config(&tools, &workspace, "compose.yaml", &[]);
        let test = config["services"]["api"]["healthcheck"]["test"].to_string();
        assert!(test.contains(program) && test.contains(":8000/health"), "{test}");
    }
}

#[test]
fn a_block_adds_its_ports_to_a_hand_written_service() {
    let Some(tools) = Tools::find() else { return };
    let workspace = Workspace::new(
        r#"[project]
name = "shop"

[services.api]
port = 21000
container-port = 8000

[services.web]
port = 21001

[[output]]
path = "docker-compose.yml"
target = "compose"
mode = "block"
id = "api"
services = ["api"]

[[output]]
path = "docker-compose.yml"
target = "compose"
mode = "block"
id = "web"
services = ["web"]
options = { ports = "literal" }
"#,
    );
    let written = "name: shop\nservices:\n  # by hand\n  api:\n    image: example/api:1\n    restart: always\n\n  web:\n    image: example/web:1\n\nvolumes:\n  data: {}\n";
    workspace.write("docker-compose.yml", written);
    workspace.portgen(&["render", "--insert"]);
    let expect: [(&str, &[&str]); 2] =
        [("api", &["127.0.0.1 21000 8000/tcp"]), ("web", &["127.0.0.1 21001 21001/tcp"])];
    check(&tools, &workspace, "docker-compose.yml", &[], &expect);
    let text = workspace.read("docker-compose.yml");
    for line in written.lines() {
        assert!(text.contains(line), "{line:?} is gone from\n{text}");
    }
}

#[test]
fn the_example_publishes_its_three_ports() {
    let Some(tools) = Tools::find() else { return };
    let workspace = Workspace::example("consilio");
    // As Compose would find it: no environment file beside it.
    std::fs::remove_file(workspace.path(".env")).ok();
    let expect: [(&str, &[&str]); 3] = [
        ("frontend", &["127.0.0.1 5100 80/tcp"]),
        ("backend", &["127.0.0.1 5101 3000/tcp"]),
        ("database", &["127.0.0.1 5102 5432/tcp"]),
    ];
    check(&tools, &workspace, "docker-compose.yml", &[], &expect);
}
