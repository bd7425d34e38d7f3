//! Each verb, as a person or a script runs it.

use super::{Machine, free_range};

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn reserve_answers_in_json_with_where_the_ledger_is() {
    let machine = Machine::new();
    let folder = machine.folder("shop");
    let first = free_range(3);
    let range = format!("{first}-{}", first + 2);
    let answer = json(&machine.ok(&folder, &["reserve", "api", "--range", &range, "--format", "json"]));
    let expect = serde_json::json!({
        "version": 1, "command": "reserve", "ok": true, "port": first, "service": "api", "project": "shop",
        "checkout": "main", "ledger": machine.ledger(), "ports": [first], "notes": [], "findings": [],
        "errors": [],
    });
    assert_eq!(answer, expect);
    let refused = machine.run(&folder, &["reserve", "api", "--format", "json"]);
    assert_eq!(json(&refused.stdout)["errors"][0]["code"], "already-reserved");
}

#[test]
fn a_declared_service_is_not_reserved_and_get_prints_it_with_and_without_reserve() {
    let machine = Machine::new();
    let folder = machine.project("shop", "[project]\nname = \"shop\"\n[services.api]\nport = 23456\n");
    let refused = machine.run(&folder, &["reserve", "api"]);
    assert_eq!(refused.code, 1);
    assert!(refused.stderr.contains("ports.toml declares `api` with port 23456"), "{refused:?}");
    assert_eq!(machine.ok(&folder, &["get", "api"]), "23456\n");
    assert_eq!(machine.ok(&folder, &["get", "api", "--reserve"]), "23456\n");
    let first = machine.ok(&folder, &["get", "scratch", "--reserve"]);
    assert_eq!(machine.ok(&folder, &["get", "scratch", "--reserve"]), first, "idempotent");
    assert_eq!(machine.ok(&folder, &["get", "scratch"]), first);
    assert_eq!(machine.ok(&folder, &["get", "scratch", "--url"]), format!("http://localhost:{first}"));
}

#[test]
fn get_of_what_nobody_reserved_says_so_without_a_table() {
    let machine = Machine::new();
    let run = machine.run(&machine.folder("empty"), &["get", "api"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stderr.contains("`api` has no reserved port here"), "{run:?}");
    assert!(run.stderr.contains("portgen get api --reserve"), "{run:?}");
}

#[test]
fn get_and_env_write_nothing() {
    let machine = Machine::new();
    let folder = machine.project("shop", "[project]\nname = \"shop\"\n[services.api]\nport = 23456\n");
    assert_eq!(machine.ok(&folder, &["get", "api"]), "23456\n");
    assert_eq!(machine.ok(&folder, &["env"]), "export API_PORT=23456\n");
    machine.ok(&folder, &["list"]);
    assert!(!machine.ledger().exists());
}

#[test]
fn env_has_a_form_for_each_shell() {
    let machine = Machine::new();
    let folder = machine.project("shop", "[project]\nname = \"shop\"\n[services.api]\nport = 23456\n");
    let check =
        |format: &str, expect: &str| assert_eq!(machine.ok(&folder, &["env", "--format", format]), expect);
    check("shell", "export API_PORT=23456\n");
    check("dotenv", "API_PORT=23456\n");
    check("fish", "set -gx API_PORT 23456\n");
    check("powershell", "$env:API_PORT = \"23456\"\n");
    assert_eq!(json(&machine.ok(&folder, &["env", "--format", "json"]))["variables"]["API_PORT"], "23456");
}

#[test]
fn a_release_says_what_was_held_and_refuses_what_is_anothers() {
    let machine = Machine::new();
    let (one, two) = (machine.folder("one"), machine.folder("two"));
    let port = machine.reserve(&one, &["api"]).to_string();
    let refused = machine.run(&two, &["release", "--port", &port]);
    assert_eq!(refused.code, 1);
    assert!(refused.stderr.contains("is held by service api of project one"), "{refused:?}");
    assert_eq!(machine.ok(&two, &["release", "--all"]), "Nothing to release: nothing is reserved here\n");
    let freed = machine.ok(&two, &["release", "--port", &port, "--project", "one"]);
    assert_eq!(freed, format!("Released port {port} of service 'api'\n"));
    let again = machine.ok(&one, &["release", "api"]);
    assert_eq!(again, "Nothing to release: service 'api' has no reserved port\n");
    let unknown = machine.run(&one, &["release", "--all", "--project", "nobody"]);
    assert_eq!(unknown.code, 2, "{unknown:?}");
}

#[test]
fn a_project_owns_its_range_and_a_request_outside_names_it() {
    let machine = Machine::new();
    let (one, two) = (machine.folder("one"), machine.folder("two"));
    let first = free_range(20);
    let block = format!("{first}-{}", first + 9);
    machine.ok(&one, &["project", "add"]);
    machine.ok(&two, &["project", "add"]);
    assert_eq!(
        machine.ok(&one, &["project", "assign", "one", &block]),
        format!("Assigned {block} to project one\n")
    );
    assert_eq!(machine.reserve(&one, &[]), first, "its own range is its pool");
    let outside = machine.run(&one, &["reserve", "--port", &(first + 15).to_string()]);
    assert_eq!(outside.code, 1);
    assert!(
        outside.stderr.contains(&format!("outside the range assigned to this project ({block})")),
        "{outside:?}"
    );
    let overlap = machine.run(&two, &["project", "assign", "two", &block]);
    assert_eq!(overlap.code, 1);
    assert!(overlap.stderr.contains("is assigned to project one"), "{overlap:?}");
    let theirs = machine.run(&two, &["reserve", "--port", &(first + 5).to_string()]);
    assert_eq!(theirs.code, 1);
    assert!(theirs.stderr.contains("is reserved for project one"), "{theirs:?}");
    let kept = format!("{}-{}", first + 10, first + 12);
    machine.ok(&two, &["project", "reserve", &kept, "--owner", "supervisor", "--reason", "its own"]);
    let reserved = machine.run(&two, &["reserve", "--port", &(first + 11).to_string()]);
    assert!(reserved.stderr.contains("is reserved for supervisor: its own"), "{reserved:?}");
    let shown = machine.ok(&two, &["project", "list"]);
    assert!(shown.contains(&block) && shown.contains("supervisor"), "{shown}");
}

#[test]
fn bad_words_are_usage_errors_and_make_no_ledger() {
    let machine = Machine::new();
    let folder = machine.folder("shop");
    for arguments in [
        &["reserve", "--port", "0"][..],
        &["reserve", "--port", "70000"],
        &["reserve", "--port", "80a"],
        &["reserve", "--port=-1"],
        &["reserve", "Api"],
        &["reserve", "--count", "0"],
        &["reserve", "--protocol", "sctp"],
        &["release"],
        &["dead", "add", "x"],
        &["project", "assign", "a", "9-1"],
    ] {
        let run = machine.run(&folder, arguments);
        assert_eq!(run.code, 2, "{arguments:?}: {run:?}");
    }
    let run = machine.run(&folder, &["reserve", "--range", "web"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(machine.run(&folder, &["list", "--all"]).stdout.lines().count() <= 1);
}

#[test]
fn get_or_reserve_is_idempotent_for_many_at_once() {
    let machine = Machine::new();
    let folder = machine.folder("shop");
    for round in 0..3 {
        let name = format!("service-{round}");
        let all: Vec<_> = (0..16)
            .map(|_| {
                let mut command = machine.command(&folder, &["get", &name, "--reserve"]);
                command.stdout(std::process::Stdio::piped()).spawn().expect("portgen")
            })
            .collect();
        let numbers: std::collections::BTreeSet<_> = all
            .into_iter()
            .map(|child| {
                let output = child.wait_with_output().expect("it ends");
                assert!(output.status.success(), "{output:?}");
                output.stdout
            })
            .collect();
        assert_eq!(numbers.len(), 1, "{numbers:?}");
    }
}

#[test]
fn a_release_by_name_frees_one_project_alone() {
    let machine = Machine::new();
    let (one, two) = (machine.folder("x/app"), machine.folder("y/app"));
    let (first, second) = (machine.reserve(&one, &["api"]), machine.reserve(&two, &["api"]));
    let elsewhere = machine.folder("elsewhere");
    let run = machine.run(&elsewhere, &["release", "--all", "--project", "app"]);
    assert!(run.stderr.contains("this machine knows several projects `app`"), "{run:?}");
    let freed = machine.ok(&two, &["release", "api", "--project", "app"]);
    assert_eq!(freed, format!("Released port {second} of service 'api'\n"));
    assert_eq!(machine.ok(&one, &["get", "api"]), format!("{first}\n"));
}

#[test]
fn a_claim_for_udp_is_passed_over_unless_tcp_is_asked_for() {
    let machine = Machine::new();
    let (one, two) = (machine.folder("one"), machine.folder("two"));
    let first = free_range(3);
    let range = format!("{first}-{}", first + 2);
    assert_eq!(machine.reserve(&one, &["--range", &range, "--protocol", "udp"]), first);
    assert_eq!(machine.reserve(&two, &["--range", &range]), first + 1);
    assert_eq!(machine.reserve(&two, &["--range", &range, "--protocol", "tcp"]), first);
}

#[test]
fn a_number_that_the_table_declares_is_not_the_one_that_was_reserved_before() {
    let machine = Machine::new();
    let folder = machine.folder("shop");
    machine.reserve(&folder, &["api"]);
    std::fs::write(folder.join("ports.toml"), "[project]\nname = \"shop\"\n[services.api]\nport = 23456\n")
        .expect("a table");
    assert_eq!(machine.ok(&folder, &["get", "api"]), "23456\n");
}

#[test]
fn gc_forgets_what_is_surely_gone_alone() {
    let machine = Machine::new();
    let (gone, kept) = (machine.folder("work/gone"), machine.folder("volume/kept"));
    machine.reserve(&gone, &["api"]);
    machine.reserve(&kept, &["api"]);
    let elsewhere = machine.folder("elsewhere");
    std::fs::remove_dir_all(&gone).expect("a folder");
    std::fs::remove_dir_all(machine.root().join("volume")).expect("a folder");
    // What is there now is another folder of that name, as where a volume is not mounted.
    machine.folder("volume");
    let listed = machine.ok(&elsewhere, &["gc", "--yes"]);
    assert!(listed.contains("forgotten") && listed.contains("is not the folder that it was"), "{listed}");
    let known = machine.ok(&elsewhere, &["project", "list"]);
    assert!(known.contains("kept") && !known.contains("gone"), "{known}");
}
