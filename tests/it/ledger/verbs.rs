//! Each verb, as a person or a script runs it.

use super::{Machine, free_range};
use crate::support::run;

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

#[test]
fn what_speaks_of_the_machine_works_in_a_broken_project_and_in_a_folder_that_is_gone() {
    let machine = Machine::new();
    let shop = machine.folder("shop");
    let port = machine.reserve(&shop, &["api"]).to_string();
    let broken = machine.project("broken", "[project]\nname = 7\n");
    let gone = |arguments: &[&str]| {
        let folder = machine.folder("gone");
        let script = format!("rmdir '{}' && exec \"$@\"", folder.display());
        let mut words = vec!["-c", &script, "sh", env!("CARGO_BIN_EXE_portgen")];
        words.extend(arguments);
        let mut command = std::process::Command::new("sh");
        run(command.args(words).current_dir(&folder).env("PORTGEN_LEDGER", machine.ledger()))
    };
    let all = [
        &["list", "--all"][..],
        &["gc"],
        &["gc", "--yes"],
        &["project", "list"],
        &["status", "--all"],
        &["dead", "add", "23999", "--reason", "x"],
        &["dead", "list"],
        &["dead", "revive", "23999"],
        &["project", "reserve", "23990-23991"],
        &["project", "assign", "shop", "23900-23909"],
        &["project", "unassign", "23900-23999"],
        &["who", "23999"],
        &["reserve", "other", "--project", "shop"],
        &["release", "other", "--project", "shop"],
    ];
    for arguments in all {
        let run = machine.run(&broken, arguments);
        assert_eq!(run.code, 0, "{arguments:?} beside a broken table: {run:?}");
    }
    for arguments in all.into_iter().filter(|_| cfg!(unix)) {
        let run = gone(arguments);
        assert_eq!(run.code, 0, "{arguments:?} in a folder that is gone: {run:?}");
    }
    assert!(machine.ok(&broken, &["list", "--all"]).contains(&port));
    machine.ok(&broken, &["project", "remove", "shop"]);
    assert!(!machine.ok(&broken, &["list", "--all"]).contains(&port));
}

#[test]
fn who_says_that_a_free_number_is_kept_for_another_and_by_whom() {
    let machine = Machine::new();
    let first = free_range(6);
    let one = machine.project("one", "[project]\nname = \"one\"\n");
    let two = machine.project(
        "two",
        &format!(
            "[project]\nname = \"two\"\n[[reserved]]\nports = \"{}\"\nreason = \"a proxy\"\n",
            first + 5
        ),
    );
    machine.ok(&one, &["project", "add"]);
    let block = format!("{first}-{}", first + 2);
    machine.ok(&one, &["project", "assign", "one", &block]);
    let kept = format!("{}-{}", first + 3, first + 4);
    machine.ok(&one, &["project", "reserve", &kept, "--owner", "supervisor", "--reason", "its own"]);
    let who = |folder: &std::path::Path, port: u16| machine.ok(folder, &["who", &port.to_string()]);
    let said = who(&two, first + 1);
    let expect = format!("forbidden: port {} is reserved for project one: the range is assigned", first + 1);
    assert!(said.starts_with(&expect), "{said}");
    assert!(said.contains(&format!("`portgen project unassign {block}`")), "{said}");
    assert!(who(&one, first + 1).starts_with("free: "), "it is its own");
    for folder in [&one, &two] {
        let said = who(folder, first + 4);
        assert!(said.starts_with("forbidden: ") && said.contains("for supervisor: its own"), "{said}");
    }
    let said = who(&two, first + 5);
    assert!(said.starts_with("forbidden: ") && said.contains("a proxy"), "{said}");
    assert!(who(&one, first + 5).starts_with("free: "), "the table of another has no say");
    let json = json(&machine.ok(&two, &["who", &first.to_string(), "--format", "json"]));
    assert_eq!(json["verdict"], "forbidden");
    // What somebody was given is told before the range that it lies in.
    machine.reserve(&one, &["api"]);
    let said = who(&two, first);
    assert!(
        said.starts_with(&format!("claimed: port {first} is taken by service api of project one")),
        "{said}"
    );
}

#[test]
fn a_project_that_is_only_a_name_is_said_and_gc_tells_of_it() {
    let machine = Machine::new();
    let folder = machine.folder("shop");
    machine.reserve(&folder, &[]);
    let said = machine.run(&folder, &["reserve", "api", "--project", "shpo"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.stderr.contains("project shpo is new, and only a name"), "{said:?}");
    assert!(said.stderr.contains("did you mean `shop`?"), "{said:?}");
    let again = machine.run(&folder, &["reserve", "web", "--project", "shpo"]);
    assert_eq!(again.stderr, "", "it is said once");
    let listed = machine.ok(&folder, &["gc", "--yes"]);
    assert!(listed.contains("shpo") && listed.contains("kept"), "its ports may be in use: {listed}");
    assert!(listed.contains("`portgen project remove shpo`"), "{listed}");
    machine.ok(&folder, &["release", "--all", "--project", "shpo"]);
    let listed = machine.ok(&folder, &["gc", "--yes"]);
    assert!(listed.contains("shpo") && listed.contains("forgotten"), "{listed}");
    assert!(!machine.ok(&folder, &["project", "list"]).contains("shpo"));
    assert_eq!(machine.ok(&folder, &["gc", "--yes"]), "");
}

#[test]
fn a_render_that_is_refused_gives_no_numbers() {
    let machine = Machine::new();
    let first = free_range(4);
    let table = format!(
        "[project]\nname = \"shop\"\nrange = \"{first}-{}\"\n[services.scratch]\nport = \"auto\"\n\
         [[output]]\npath = \".env\"\ntarget = \"dotenv\"\nmode = \"file\"\nlocal = true\n",
        first + 3
    );
    let folder = machine.project("shop", &table);
    std::fs::write(folder.join(".env"), "MINE=1\n").expect("a file");
    let refused = machine.run(&folder, &["render"]);
    assert_eq!(refused.code, 1, "{refused:?}");
    let shown = machine.ok(&folder, &["list", "--all", "--format", "csv"]);
    assert_eq!(shown.lines().count(), 1, "nothing was given: {shown}");
    assert_eq!(machine.run(&folder, &["get", "scratch"]).code, 1, "it has no number yet");
    std::fs::remove_file(folder.join(".env")).expect("a file");
    machine.ok(&folder, &["render"]);
    assert_eq!(machine.ok(&folder, &["get", "scratch"]), format!("{first}\n"));
}

#[cfg(unix)]
#[test]
fn a_render_that_cannot_be_written_gives_its_numbers_back() {
    let machine = Machine::new();
    let table = "[project]\nname = \"shop\"\n[services.scratch]\nport = \"auto\"\n\
                 [[output]]\npath = \"out/.env\"\ntarget = \"dotenv\"\nlocal = true\n";
    let folder = machine.project("shop", table);
    // A file in the place of the folder: nobody can write below it, root neither.
    std::fs::write(folder.join("out"), "").expect("a file");
    let failed = machine.run(&folder, &["render"]);
    assert_ne!(failed.code, 0, "{failed:?}");
    assert_eq!(machine.run(&folder, &["get", "scratch"]).code, 1, "it has no number");
}

#[cfg(target_os = "linux")]
#[test]
fn a_port_that_nobody_could_be_told_is_given_back() {
    let machine = Machine::new();
    let folder = machine.folder("shop");
    let full = || std::fs::OpenOptions::new().write(true).open("/dev/full").expect("a device");
    for words in [&["reserve", "api"][..], &["reserve", "--count", "3"], &["get", "api", "--reserve"]] {
        let mut command = machine.command(&folder, words);
        let output = command.stdout(full()).stderr(std::process::Stdio::piped()).output().expect("portgen");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{words:?}: {said}");
        assert!(said.contains("standard output cannot be written"), "{said}");
        assert_eq!(machine.ok(&folder, &["list", "--all"]), "", "{words:?}");
    }
    // Who reads the first line and goes has been told.
    let script = format!("'{}' reserve api | :", env!("CARGO_BIN_EXE_portgen"));
    let mut command = std::process::Command::new("sh");
    command.args(["-c", &script]).current_dir(&folder).env("PORTGEN_LEDGER", machine.ledger());
    assert_eq!(run(&mut command).code, 0);
    assert_eq!(machine.run(&folder, &["get", "api"]).code, 0);
}

#[test]
fn more_ports_than_there_are_is_said_with_how_many_there_are() {
    let machine = Machine::new();
    let folder = machine.folder("shop");
    let first = free_range(5);
    let range = format!("{first}-{}", first + 4);
    machine.reserve(&folder, &["--range", &range]);
    let run = machine.run(&folder, &["reserve", "--count", "6", "--range", &range]);
    assert_eq!(run.code, 3, "{run:?}");
    let expect = format!("6 ports were asked for, and 4 ports are free in --range ({range})");
    assert!(run.stderr.contains(&expect) && run.stderr.contains("nothing was reserved"), "{run:?}");
    assert_eq!(machine.ok(&folder, &["list", "--all", "--format", "csv"]).lines().count(), 2);
}

#[test]
fn a_name_has_a_length_that_a_table_can_show() {
    let machine = Machine::new();
    let folder = machine.folder("shop");
    let run = machine.run(&folder, &["reserve", &"a".repeat(100_000)]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("at most 100 characters"), "{}", &run.stderr[run.stderr.len() - 200..]);
}

#[test]
fn a_purpose_does_not_steer_the_terminal_of_who_reads_a_list() {
    let machine = Machine::new();
    let folder = machine.folder("shop");
    machine.reserve(&folder, &["api", "--purpose", "a\u{1b}[2J"]);
    for format in ["table", "csv", "json"] {
        let shown = machine.ok(&folder, &["list", "--all", "--format", format]);
        assert!(!shown.contains('\u{1b}'), "{format}: {shown:?}");
    }
}

#[test]
fn a_number_that_a_profile_repeats_is_listed_once() {
    let machine = Machine::new();
    let table = "[project]\nname = \"shop\"\n[services.api]\nport = 23456\n[services.web]\nport = 23457\n\
                 [profiles.production.services.web]\nport = 8443\n\
                 [[output]]\npath = \"p.env\"\ntarget = \"dotenv\"\nprofile = \"production\"\n";
    let folder = machine.project("shop", table);
    machine.ok(&folder, &["project", "add"]);
    let listed = machine.ok(&folder, &["list", "--all", "--format", "csv"]);
    let start = |line: &str| line.split(',').take(3).collect::<Vec<_>>().join(",");
    let lines: Vec<String> = listed.lines().skip(1).map(start).collect();
    assert_eq!(lines, ["8443,tcp,web@production", "23456,tcp,api", "23457,tcp,web"]);
}

#[test]
fn a_project_whose_table_has_a_range_is_assigned_no_other_without_a_word() {
    let machine = Machine::new();
    let folder = machine.project("ex", "[project]\nname = \"ex\"\nrange = \"6100-6199\"\n");
    let place = format!("{}:3:9", folder.join("ports.toml").display());
    for arguments in [&["--size", "100"][..], &[]] {
        let refused = machine.run(&folder, &[&["project", "assign", "ex"], arguments].concat());
        assert_eq!(refused.code, 1, "{refused:?}");
        assert!(refused.stderr.contains(&place) && refused.stderr.contains("6100-6199"), "{refused:?}");
        assert!(refused.stderr.contains("`portgen project assign ex 6100-6199`"), "{refused:?}");
    }
    let other = machine.run(&folder, &["project", "assign", "ex", "7100-7199"]);
    assert_eq!(other.code, 0, "{other:?}");
    assert!(other.stderr.contains(&place) && other.stderr.contains("7100-7199"), "{other:?}");
    let took = machine.ok(&folder, &["project", "unassign", "7100-7199"]);
    assert_eq!(took, "Took back 1 range within 7100-7199\n");
    let same = machine.run(&folder, &["project", "assign", "ex", "6100-6199"]);
    assert_eq!((same.code, same.stderr.as_str()), (0, ""), "{same:?}");
}

#[test]
fn release_of_what_the_table_declares_says_so() {
    let machine = Machine::new();
    let folder = machine.project("shop", "[project]\nname = \"shop\"\n[services.api]\nport = 23456\n");
    machine.ok(&folder, &["project", "add"]);
    for name in ["api", "api.default"] {
        let said = machine.ok(&folder, &["release", name]);
        assert_eq!(
            said,
            format!("Nothing to release: service '{name}' has no reserved port: ports.toml declares it\n")
        );
    }
    let said = machine.ok(&folder, &["release", "web"]);
    assert_eq!(said, "Nothing to release: service 'web' has no reserved port\n");
}
