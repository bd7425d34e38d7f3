//! The commands as a person or a script runs them: what they print, what they
//! write, how they end.

use serde_json::Value;

use crate::bad_input::Folder;
use crate::support::{formats, run};

const TABLE: &str = "\
# The table.
[project]
name = \"shop\"
range = \"9000-9199\"

[[reserved]]
ports = \"9100-9109\"
owner = \"ops\"
reason = \"exporters\"

[ranges.mcp]
ports = \"9010-9012\"

# The API.
[services.api]
title = \"The API\"
port = 9001 # first
scheme = \"http\"
health = \"/health\"

# An MCP server.
[services.tickets]
port = 9010
range = \"mcp\"

# What follows.
[[output]]
path = \".env\"
target = \"dotenv\"
";

fn shop() -> Folder {
    let folder = Folder::with(TABLE);
    assert_eq!(folder.run(&["render"]).code, 0);
    folder
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn add_takes_the_lowest_free_number_of_its_range_and_keeps_every_line() {
    let folder = shop();
    let run = folder.run(&["add", "search", "--range", "mcp", "--title", "Search"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let added = "\n[services.search]\ntitle = \"Search\"\nport = 9011\nrange = \"mcp\"\n";
    assert_eq!(
        folder.read("ports.toml"),
        TABLE.replace("range = \"mcp\"\n", &format!("range = \"mcp\"\n{added}"))
    );
    assert!(folder.read(".env").contains("\nSEARCH_PORT=9011\n"));
    assert_eq!(folder.run(&["check"]).code, 0);
    let next = folder.run(&["add", "more", "--format", "json"]);
    let report = json(&next.stdout);
    assert_eq!(
        (&report["ok"], &report["service"], &report["port"]),
        (&true.into(), &"more".into(), &9000.into())
    );
    assert_eq!(report["outputs"][0]["result"], "updated");
}

#[test]
fn add_refuses_with_the_reason_and_writes_nothing() {
    let cases: &[(&[&str], &str)] = &[
        (&["x", "--port", "9300"], "port 9300 is outside project.range (9000-9199)"),
        (&["x", "--port", "9020", "--range", "mcp"], "port 9020 is outside range mcp (9010-9012)"),
        (&["x", "--port", "9001"], "port 9001 is taken by api"),
        (&["x", "--port", "9105"], "port 9105 is reserved for ops: exporters"),
        (&["api"], "the table has a service `api` with port 9001 already, at ports.toml:15"),
        (&["x", "--range", "mpc"], "there is no range `mpc`"),
        (&["x", "--env", "API_PORT"], "duplicate-variable"),
    ];
    for (arguments, reason) in cases {
        let folder = shop();
        let before = folder.snapshot();
        let run = folder.run(&[&["add"], *arguments].concat());
        let said = format!("{}{}", run.stdout, run.stderr);
        assert_eq!(run.code, 1, "{arguments:?}\n{said}");
        assert!(said.contains(reason), "{arguments:?}\n{said}");
        assert_eq!(folder.snapshot(), before, "{arguments:?}");
    }
}

#[test]
fn add_says_which_range_is_full() {
    let folder = shop();
    for name in ["one", "two"] {
        assert_eq!(folder.run(&["add", name, "--range", "mcp"]).code, 0);
    }
    let before = folder.snapshot();
    let run = folder.run(&["add", "three", "--range", "mcp"]);
    assert_eq!(run.code, 3);
    assert!(run.stderr.contains("no free port in 9010-9012 (range mcp): 3 of 3 are taken"), "{}", run.stderr);
    assert_eq!(folder.snapshot(), before);
}

#[test]
fn add_writes_nothing_where_an_output_was_edited_or_the_table_is_unsound() {
    let folder = shop();
    folder.write(".env", folder.read(".env").replace("9001", "1"));
    let before = folder.snapshot();
    assert_eq!(folder.run(&["add", "x"]).code, 1);
    assert_eq!(folder.snapshot(), before);
    let folder = Folder::with(format!("{TABLE}nonsense = 1\n"));
    let before = folder.snapshot();
    let run = folder.run(&["add", "x"]);
    assert_eq!(run.code, 1);
    assert!(run.stdout.contains("error[unknown-key]"), "{}", run.stdout);
    assert_eq!(folder.snapshot(), before);
}

#[test]
fn add_without_writing_says_what_it_would_do() {
    let folder = shop();
    let before = folder.snapshot();
    let run = folder.run(&["add", "x", "--dry-run"]);
    assert_eq!(run.code, 0);
    assert!(run.stdout.starts_with("[services.x]\nport = 9000\n"), "{}", run.stdout);
    assert_eq!(folder.snapshot(), before);
}

#[test]
fn list_gives_people_a_table_and_programs_everything() {
    let folder = shop();
    let text = folder.run(&["list"]).stdout;
    assert_eq!(text.lines().next().map(|line| line.split_whitespace().next()), Some(Some("SERVICE")));
    let csv = folder.run(&["list", "--format", "csv"]).stdout;
    assert!(
        csv.lines().any(|line| line.starts_with("api,9001,API_PORT,,active,The API,http://localhost:9001,")),
        "{csv}"
    );
    let report = json(&folder.run(&["list", "--format", "json"]).stdout);
    let api = &report["services"][0];
    assert_eq!((&report["version"], &report["command"]), (&1.into(), &"list".into()));
    assert_eq!(
        (&api["service"], &api["port"], &api["env"]),
        (&"api".into(), &9001.into(), &"API_PORT".into())
    );
    assert_eq!(api["health_url"], "http://localhost:9001/health");
    assert_eq!(report["services"][1]["range"], "mcp");
}

#[test]
fn list_shows_what_could_be_read_and_says_that_it_is_not_all() {
    let folder =
        Folder::with("[project]\nname = \"p\"\n[services.a]\nport = 23456\n[services.b]\nport = 0\n");
    let run = folder.run(&["list"]);
    assert_eq!(run.code, 1);
    assert!(run.stdout.contains("23456"), "{}", run.stdout);
    assert!(run.stderr.contains("portgen check"), "{}", run.stderr);
}

#[test]
fn a_member_without_the_profile_is_listed_as_it_is() {
    let folder = Folder::with("[workspace]\nmembers = [\"a\", \"b\"]\n");
    folder.write("a/ports.toml", "[project]\nname = \"a\"\n[services.a]\nport = 23456\n");
    let profile = "[profiles.live.services.b]\nport = 23458\n";
    folder.write("b/ports.toml", format!("[project]\nname = \"b\"\n[services.b]\nport = 23457\n{profile}"));
    let report = json(&folder.run(&["list", "--profile", "live", "--format", "json"]).stdout);
    let ports: Vec<&Value> =
        report["services"].as_array().expect("a list").iter().map(|port| &port["port"]).collect();
    assert_eq!(ports, [&Value::from(23456), &Value::from(23458)]);
    let run = folder.run(&["list", "--profile", "life"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("did you mean `live`?"), "{}", run.stderr);
}

#[test]
fn get_prints_one_value() {
    let folder = shop();
    let get = |arguments: &[&str]| {
        let run = folder.run(&[&["get"], arguments].concat());
        (run.code, run.stdout, run.stderr)
    };
    assert_eq!(get(&["api"]).1, "9001\n");
    assert_eq!(get(&["api", "--url"]).1, "http://localhost:9001\n");
    assert_eq!(get(&["api", "--env"]).1, "API_PORT\n");
    assert_eq!(json(&get(&["api", "--format", "json"]).1)["port"], 9001);
    let (code, _, said) = get(&["tickets", "--url"]);
    assert_eq!(code, 2);
    assert!(said.contains("tcp"), "{said}");
    let (code, _, said) = get(&["ticktes"]);
    assert_eq!(code, 2);
    assert!(said.contains("did you mean `tickets`?"), "{said}");
}

#[test]
fn levels_of_a_path_hold_for_a_file_that_does_not_exist() {
    let folder = shop();
    let output = |path: &str| format!("[[output]]\npath = \"{path}\"\ntarget = \"dotenv\"\n");
    let table =
        folder.read("ports.toml") + &output("docs/a.env") + &output("vendor/b.env") + &output("c.env");
    let levels =
        "[lint]\nexclude = [\"vendor/**\"]\n[lint.per-path]\n\"docs/**\" = { missing-output = \"warn\" }\n";
    folder.write("ports.toml", table + levels);
    let missing = folder.run(&["check", "--format", "concise"]).stdout;
    let of =
        |path: &str| missing.lines().find(|line| line.contains(path)).map(|line| line.contains(" error["));
    assert_eq!(
        [of("docs/a.env"), of("vendor/b.env"), of("c.env")],
        [Some(false), None, Some(true)],
        "{missing}"
    );
}

#[test]
fn a_path_to_render_is_meant_from_where_one_stands() {
    let folder = Folder::empty();
    folder.write("ports.toml", "[workspace]\nmembers = [\"a\"]\n");
    let output = "[[output]]\npath = \"src/p.env\"\ntarget = \"dotenv\"\n";
    folder.write("a/ports.toml", format!("[project]\nname = \"a\"\n[services.api]\nport = 4100\n{output}"));
    for arguments in [["-C", ".", "render", "a/src/p.env"], ["-C", "a", "render", "src/p.env"]] {
        assert_eq!(folder.run(&arguments).code, 0, "{arguments:?}");
    }
    assert!(folder.run(&["-C", "a/src", "render", "p.env"]).stdout.contains("unchanged"));
    assert_eq!(folder.run(&["-C", "a/src", "render", "q.env"]).code, 2);
}

#[test]
fn a_name_of_several_projects_is_not_guessed() {
    let folder = Folder::empty();
    folder.write("ports.toml", "[workspace]\nmembers = [\"a\", \"b\"]\n");
    folder.write("a/ports.toml", "[project]\nname = \"a\"\n[services.api]\nport = 4100\n");
    folder.write(
        "b/ports.toml",
        "[project]\nname = \"b\"\n[services.api]\nport = 4200\n[services.web]\nport = 4201\n",
    );
    let refused = folder.run(&["get", "api"]);
    assert_eq!((refused.code, refused.stdout.as_str()), (2, ""));
    assert!(refused.stderr.contains("-C a, -C b"), "{}", refused.stderr);
    assert_eq!(folder.run(&["get", "web"]).stdout, "4201\n");
    assert_eq!(folder.run(&["-C", "b", "get", "api"]).stdout, "4200\n");
    assert!(folder.run(&["list"]).stdout.starts_with("PROJECT  SERVICE"));
    assert!(folder.run(&["-C", "b", "list"]).stdout.starts_with("SERVICE"));
}

#[test]
fn an_option_of_a_target_is_told_by_the_words_of_its_metadata() {
    let told = json(&Folder::empty().run(&["targets", "compose", "--format", "json"]).stdout);
    assert_eq!(told["options"][0]["type"], "choice");
}

#[test]
fn every_rule_is_explained_and_listed() {
    let folder = Folder::empty();
    let listed = json(&folder.run(&["rules", "--format", "json"]).stdout);
    let rules = listed["rules"].as_array().expect("a list").clone();
    assert!(rules.len() > 25);
    for rule in rules {
        let name = rule["rule"].as_str().expect("a name");
        let run = folder.run(&["explain", name]);
        assert_eq!(run.code, 0);
        for section in ["## What it does", "## Why is this bad?", "## Example"] {
            assert!(run.stdout.contains(section), "{name}: no {section}");
        }
    }
    let run = folder.run(&["explain", "duplicate-prot"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("did you mean `duplicate-port`?"), "{}", run.stderr);
}

#[test]
fn an_ejected_target_renders_the_same_bytes() {
    let listed = json(&Folder::empty().run(&["targets", "--format", "json"]).stdout);
    for target in listed["targets"].as_array().expect("a list") {
        let name = target["target"].as_str().expect("a name");
        let table = |line: &str| {
            format!(
                "[project]\nname = \"p\"\ndomain = \"example.com\"\n[services.api]\nport = 23456\nscheme = \"http\"\nsubdomain = \"api\"\ncommand = \"api {{{{ port }}}}\"\n[services.api.compose]\nimage = \"x:1\"\n[[output]]\npath = \"out\"\nmode = \"file\"\n{line}\n"
            )
        };
        let folder = Folder::with(table(&format!("target = \"{name}\"")));
        let run = folder.run(&["render"]);
        assert_eq!(run.code, 0, "{name}: {}{}", run.stdout, run.stderr);
        let before = folder.read("out");
        assert_eq!(folder.run(&["eject", name]).code, 0);
        assert_eq!(folder.run(&["eject", name]).code, 1, "it refuses: it writes over nothing");
        folder.write("ports.toml", table(&format!("template = \"templates/{name}\"")));
        let run = folder.run(&["render"]);
        assert_eq!(run.code, 0, "{name}: {}{}", run.stdout, run.stderr);
        assert_eq!(folder.read("out"), before, "{name}");
    }
}

#[test]
fn a_block_that_belongs_inside_an_object_is_placed_by_a_person() {
    let options = "options = { style = \"properties\" }";
    let folder = Folder::with_api(&format!("[[output]]\npath = \"e.ts\"\ntarget = \"angular\"\n{options}\n"));
    let before = folder.snapshot();
    assert_eq!(folder.run(&["render"]).code, 1, "there is no object yet");
    assert_eq!(folder.snapshot(), before);
    folder.write("e.ts", "export const environment = {\n  production: false,\n};\n");
    let before = folder.snapshot();
    let run = folder.run(&["render", "--insert"]);
    assert_eq!(run.code, 1);
    assert!(run.stdout.contains("only its author knows which"), "{}", run.stdout);
    assert_eq!(folder.snapshot(), before);
    let markers = "  // >>> portgen:angular >>>\n  // <<< portgen:angular <<<\n";
    folder.write("e.ts", format!("export const environment = {{\n{markers}}};\n"));
    assert_eq!(folder.run(&["render"]).code, 0);
}

#[test]
fn defaults_of_options_are_json_values() {
    let report = json(&Folder::empty().run(&["targets", "compose", "--format", "json"]).stdout);
    let options = report["options"].as_array().expect("a list").clone();
    let ports = options.iter().find(|option| option["option"] == "ports").expect("the option");
    assert_eq!(ports["default"], "default");
}

#[test]
fn render_ends_as_its_flags_say() {
    let folder = Folder::with(TABLE);
    let before = folder.snapshot();
    for (flag, code) in [("--check", 1), ("--diff", 1), ("--dry-run", 0)] {
        assert_eq!(folder.run(&["render", flag]).code, code, "{flag}");
        assert_eq!(folder.snapshot(), before, "{flag}");
    }
    let report = json(&folder.run(&["render", "--format", "json"]).stdout);
    let line = &report["outputs"][0];
    assert_eq!(
        (&line["path"], &line["target"], &line["mode"], &line["result"]),
        (&".env".into(), &"dotenv".into(), &"block".into(), &"created".into())
    );
    for flag in ["--check", "--diff", "--dry-run"] {
        assert_eq!(folder.run(&["render", flag]).code, 0, "{flag}");
    }
    assert_eq!(folder.run(&["render", "nothing.txt"]).code, 2);
    assert_eq!(folder.run(&["render", "dotenv", "--quiet"]).stdout, "");
}

#[test]
fn a_generated_file_that_no_output_names_is_found_and_pruned_unless_edited() {
    let table = |outputs: &str| format!("[project]\nname = \"p\"\n[services.api]\nport = 23456\n{outputs}");
    let output = |path: &str| format!("[[output]]\npath = \"{path}\"\ntarget = \"python\"\n");
    let folder = Folder::with(table(&(output("a.py") + &output("b/b.py"))));
    assert_eq!(folder.run(&["render"]).code, 0);
    folder.write("ports.toml", table(""));
    folder.write("b/b.py", folder.read("b/b.py").replace("23456", "1"));
    let run = folder.run(&["check", "--format", "concise"]);
    assert_eq!(run.code, 0, "it is a warning");
    assert_eq!(run.stdout.matches("warning[orphaned-output]").count(), 2, "{}", run.stdout);
    assert_eq!(folder.run(&["check", "--strict"]).code, 1);
    assert!(folder.run(&["render", "--prune", "--dry-run"]).stdout.contains("deleted"));
    assert!(folder.file("a.py").exists());
    let pruned = folder.run(&["render", "--prune"]);
    assert_eq!(pruned.code, 0);
    assert!(pruned.stdout.contains("refused   b/b.py: it was edited by hand"), "{}", pruned.stdout);
    assert!(!folder.file("a.py").exists());
    assert!(folder.file("b/b.py").exists(), "somebody edited it");
}

#[test]
fn check_speaks_every_format_and_github_is_the_default_in_actions() {
    let folder =
        Folder::with("[project]\nname = \"p\"\n[services.a]\nport = 23456\n[services.b]\nport = 23456\n");
    let said = |format: &str| folder.run(&["check", "--format", format]);
    assert_eq!(
        said("concise").stdout,
        "ports.toml:6:8: error[duplicate-port] port 23456 is assigned twice\n"
    );
    let report = json(&said("json").stdout);
    let finding = &report["findings"][0];
    assert_eq!(
        (&finding["line"], &finding["column"], &finding["end_column"]),
        (&6.into(), &8.into(), &13.into())
    );
    assert_eq!(finding["related"][0]["line"], 4);
    assert_eq!(report["summary"]["errors"], 1);
    assert_eq!(json(&said("sarif").stdout)["runs"][0]["results"][0]["ruleId"], "duplicate-port");
    assert!(said("github").stdout.starts_with("::error file=ports.toml,line=6,"));
    let mut command = crate::support::program();
    let in_actions = run(command.arg("check").current_dir(folder.path()));
    assert!(in_actions.stdout.starts_with("error[duplicate-port]"), "{}", in_actions.stdout);
    let output = crate::support::program()
        .arg("check")
        .env("GITHUB_ACTIONS", "true")
        .current_dir(folder.path())
        .output()
        .expect("it starts");
    assert!(output.stdout.starts_with(b"::error "));
    for format in formats() {
        assert_eq!(said(format).code, 1, "{format}");
        assert_eq!(folder.run(&["check", "--format", format, "--exit-zero"]).code, 0, "{format}");
    }
}

#[test]
fn an_auto_port_waits_until_the_ledger_gives_it_a_number() {
    let table = |local: &str| {
        format!(
            "[project]\nname = \"p\"\n[services.a]\nport = \"auto\"\n[[output]]\npath = \".env\"\ntarget = \"dotenv\"\n{local}"
        )
    };
    Folder::with(table("")).refuses(1, &["error[auto-port-in-shared-output]"]);
    let folder = Folder::with(table("local = true\n"));
    let check = folder.run(&["check", "--format", "json"]);
    assert_eq!(
        (check.code, &json(&check.stdout)["summary"]["held_back"]),
        (0, &1.into()),
        "{}",
        check.stdout
    );
    let before = folder.snapshot();
    let asked = folder.run(&["render", "--dry-run"]);
    assert_eq!(asked.code, 1, "a question gives no number");
    assert!(asked.stdout.contains("error[unassigned-port]"), "{}", asked.stdout);
    assert_eq!(folder.snapshot(), before);
    assert_eq!(folder.run(&["get", "a"]).code, 1);
    assert_eq!(folder.run(&["render"]).code, 0);
    let number = folder.run(&["get", "a"]).stdout;
    assert!(folder.read(".env").contains(&format!("A_PORT={number}")), "{}", folder.read(".env"));
    assert_eq!(folder.run(&["check"]).code, 0);
}

#[cfg(target_os = "linux")]
#[test]
fn help_that_cannot_be_written_is_a_failure() {
    for arguments in [&["--help"][..], &["--version"], &["check", "--help"]] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("a full device");
        let mut command = crate::support::program();
        let status = command.args(arguments).stdout(full).status().expect("it starts");
        assert_eq!(status.code(), Some(2), "{arguments:?}");
    }
}
