//! The examples agree with themselves, wherever they lie, and with the
//! hand-kept documents that they replace.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::documents::{between, code, document, items, numbers, rows, section};
use crate::support::{self, Run, copy_folder, portgen, read};

const EXAMPLES: [&str; 3] = ["ai-assistant", "consilio", "devflow"];

fn example(name: &str) -> PathBuf {
    support::repository().join("examples").join(name)
}

/// A copy of the examples' folder in an empty one; the folder goes with the guard.
fn copied() -> (tempfile::TempDir, PathBuf) {
    let guard = tempfile::tempdir().expect("a temporary folder");
    let root = guard.path().join("copy");
    copy_folder(&support::repository().join("examples"), &root);
    (guard, root)
}

fn silent(run: &Run) {
    assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (0, "", ""));
}

/// What `list --format json` says of every port.
fn listed(name: &str) -> Vec<Value> {
    let run = portgen(&example(name), &["list", "--format", "json"]);
    assert_eq!(run.code, 0, "{run:#?}");
    let report: Value = serde_json::from_str(&run.stdout).expect("one JSON document");
    report["services"].as_array().expect("a list of services").clone()
}

/// The texts of some keys, for every port.
fn table(ports: &[Value], keys: &[&str]) -> Vec<Vec<String>> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    ports.iter().map(|port| keys.iter().map(|key| text(&port[*key])).collect()).collect()
}

#[test]
fn every_folder_of_examples_is_tested() {
    let entries = fs::read_dir(support::repository().join("examples")).expect("the examples");
    let mut folders: Vec<String> = entries
        .map(|entry| entry.expect("an entry"))
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    folders.sort();
    assert_eq!(folders, EXAMPLES);
}

#[test]
fn every_example_is_clean_without_a_warning() {
    for name in EXAMPLES {
        silent(&portgen(&example(name), &["check", "--strict"]));
        silent(&portgen(&example(name), &["render", "--check"]));
    }
    silent(&portgen(support::repository(), &["check", "--strict"]));
}

#[test]
fn every_example_is_clean_where_it_is_copied_to() {
    let (_guard, root) = copied();
    for name in EXAMPLES {
        silent(&portgen(&root.join(name), &["check", "--strict"]));
        silent(&portgen(&root.join(name), &["render", "--check"]));
    }
}

#[test]
fn windows_line_endings_are_no_difference() {
    let (_guard, root) = copied();
    for path in files(&root) {
        // What tools leave behind in a checkout, such as caches, is no text.
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let text = text.replace("\r\n", "\n").replace('\n', "\r\n");
        fs::write(&path, text).expect("a file can be written");
    }
    for name in EXAMPLES {
        silent(&portgen(&root.join(name), &["check", "--strict"]));
        silent(&portgen(&root.join(name), &["render", "--check"]));
    }
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn an_example_renders_the_same_bytes_from_nothing() {
    let (_guard, root) = copied();
    for (name, path) in [("ai-assistant", "src/core/ports.py"), ("consilio", "docker-compose.yml")] {
        let file = root.join(name).join(path);
        let before = read(&file);
        fs::remove_file(&file).expect("the file is there");
        assert_eq!(portgen(&root.join(name), &["render"]).code, 0);
        assert_eq!(read(&file), before, "{path}");
    }
}

#[test]
fn the_assistant_has_the_documents_services() {
    let Some(text) = document("ai-assistant-port-config.md") else { return };
    let expect = rows(section(&text, "## Current Port Assignments"));
    assert_eq!(expect.len(), 5);
    assert_eq!(table(&listed("ai-assistant"), &["title", "port", "description"]), expect);
    for path in ["README.md", "PORT_CONFIG.md"] {
        let shown = rows(&read(example("ai-assistant").join(path)));
        for row in &expect {
            assert!(shown.iter().any(|cells| row.iter().all(|cell| cells.contains(cell))), "{path}: {row:?}");
        }
    }
}

#[test]
fn the_assistants_files_hold_the_documents_numbers_and_no_other() {
    let Some(text) = document("ai-assistant-port-config.md") else { return };
    let all: Vec<u32> = numbers(section(&text, "## Current Port Assignments"));
    let files: Vec<&str> =
        items(section(&text, "## Configuration Files")).into_iter().filter_map(code).collect();
    assert_eq!(files.len(), 9);
    for file in files {
        let mut expect = match file {
            "src/mcp/ticketing/server.py" => vec![9000],
            "src/mcp/organizations/server.py" => vec![9001],
            "src/auth/mock_idp.py" => vec![9400],
            path if path.contains("/environments/") => vec![8080],
            _ => all.clone(),
        };
        let mut found = numbers(&read(example("ai-assistant").join(file)));
        found.retain(|&number| number != u32::from(u16::MAX));
        for list in [&mut expect, &mut found] {
            list.sort_unstable();
            list.dedup();
        }
        assert_eq!(found, expect, "{file}");
    }
}

const GROUPS: [(&str, &str, &str); 4] = [
    ("### Production Services", "production", "## Production services"),
    ("### MCP Services", "mcp", "## MCP services"),
    ("### Orchestration Services", "orchestration", "## Orchestration services"),
    ("### gRPC Services", "grpc", "## gRPC services"),
];

#[test]
fn devflow_has_the_documents_four_tables() {
    let Some(text) = document("devflow-port-mapping.md") else { return };
    let page = read(example("devflow").join("docs/PORT_MAPPING.md"));
    let ports = listed("devflow");
    let mut count = 0;
    for (heading, range, page_heading) in GROUPS {
        let mut expect = rows(section(&text, heading));
        for row in &mut expect {
            // The document has a pictogram before the word.
            row[3] = row[3].split_whitespace().last().expect("a status").to_lowercase();
        }
        let own: Vec<Value> = ports.iter().filter(|port| port["range"] == range).cloned().collect();
        assert_eq!(table(&own, &["title", "port", "env", "status", "description"]), expect, "{range}");
        let mut shown = rows(section(&page, page_heading));
        shown.iter_mut().for_each(|row| row[3] = row[3].to_lowercase());
        assert_eq!(shown, expect, "{page_heading}");
        count += expect.len();
    }
    assert_eq!((count, ports.len()), (13, 13));
}

#[test]
fn devflow_has_the_documents_ranges_priorities_and_strategies() {
    let Some(text) = document("devflow-port-mapping.md") else { return };
    let project = support::project(&example("devflow"));
    let page = read(example("devflow").join("docs/PORT_MAPPING.md"));
    let shown = items(section(&page, "## Ranges"));
    let documented = items(section(&text, "### Reserved Port Ranges"));
    assert_eq!((documented.len(), shown.len()), (4, project.ranges.len()));
    for (index, item) in documented.into_iter().enumerate() {
        let (range, (heading, name, _)) = (&project.ranges[index], GROUPS[index]);
        let ports = between(item, "**", "**");
        let line = text.lines().find(|line| line.starts_with(heading)).expect("a heading");
        assert_eq!(range.name.as_str(), name);
        assert_eq!(line, format!("### {} ({ports})", range.title));
        assert_eq!(range.ports.to_string(), ports);
        assert_eq!(range.priority.as_str(), between(item, "(", " priority"));
        // The document says twice that the last one increments.
        assert_eq!(shown[index], item.replace(", can auto-increment", "").trim());
    }
    let strategies = items(section(&text, "### Port Allocation Strategy"));
    let stated = [
        ("Core services have fixed ports", 0, "static"),
        ("MCP services scan", 1, "scan"),
        ("gRPC services increment", 3, "increment"),
    ];
    assert_eq!(strategies.len(), stated.len());
    for (item, (words, index, allocation)) in strategies.iter().zip(stated) {
        assert!(item.contains(words), "{item}");
        assert_eq!(project.ranges[index].allocation.as_str(), allocation);
    }
}

#[test]
fn devflow_has_the_documents_health_checks_and_conflicts() {
    let Some(text) = document("devflow-port-mapping.md") else { return };
    let page = read(example("devflow").join("docs/PORT_MAPPING.md"));
    let urls = |part: &str| -> Vec<String> {
        let marks = |character: char| character.is_whitespace() || "`<>|".contains(character);
        part.split(marks).filter(|word| word.starts_with("http")).map(str::to_owned).collect()
    };
    let expect = urls(section(&text, "### Health Check Endpoints"));
    assert_eq!(expect.len(), 7);
    assert_eq!(urls(section(&page, "## Health checks")), expect);
    let listed = listed("devflow");
    let health: Vec<&str> = listed.iter().filter_map(|port| port["health_url"].as_str()).collect();
    assert_eq!(health, expect);

    let conflicts = section(&page, "## Known conflicts");
    for item in items(section(&text, "### Common Port Conflicts")) {
        let (port, words) = (between(item, "**Port ", "**"), item.split_once(": ").expect("a colon").1);
        assert!(conflicts.lines().any(|line| line.contains(port) && line.contains(words)), "{item}");
    }
    assert_eq!(numbers(conflicts), numbers(section(&text, "### Common Port Conflicts")));
}

#[test]
fn devflow_sets_the_documents_variables_and_loops_over_its_active_ports() {
    let Some(text) = document("devflow-port-mapping.md") else { return };
    let expect: Vec<String> = GROUPS
        .iter()
        .flat_map(|(heading, _, _)| rows(section(&text, heading)))
        .map(|row| format!("{}={}", row[2], row[1]))
        .collect();
    let env = read(example("devflow").join(".env"));
    let set: Vec<&str> = env.lines().filter(|line| line.contains('=') && !line.starts_with('#')).collect();
    assert_eq!(set, expect);

    let looped = numbers(between(&text, "for port in ", "; do"));
    assert_eq!(looped.len(), 9);
    let script = read(example("devflow").join("devflow-start.sh"));
    let block = between(&script, ">>> portgen:status >>>", "<<< portgen:status <<<");
    assert_eq!(numbers(block), looped);
}

#[test]
fn consilios_policy_is_the_documents() {
    let Some(text) = document("port-management-ranges.md") else { return };
    let project = support::project(&example("consilio"));
    let reserved: Vec<String> = project.reserved.iter().map(|entry| entry.ports.to_string()).collect();
    let documented = items(section(&text, "## Port Allocation Strategy"));
    let documented: Vec<&str> = documented
        .iter()
        .filter_map(|item| item.strip_prefix("**")?.split_once("**"))
        .map(|(ports, _)| ports)
        .collect();
    assert_eq!(reserved, documented[documented.len() - 2..]);
    let range = project.range.as_ref().expect("a range").to_string();
    assert!(text.contains(&format!(", {range})")), "{range}");

    let defaults = numbers(&rows(section(&text, "### Common Port Pitfalls (AVOID!)"))[0][0]);
    assert_eq!(defaults, [3000, 4000, 8080]);
    for port in defaults {
        refuses(&port.to_string());
    }
}

fn refuses(port: &str) {
    let (_guard, root) = copied();
    let manifest = root.join("consilio/ports.toml");
    let before = read(&manifest);
    let run = portgen(&root.join("consilio"), &["add", "worker", "--port", port]);
    assert_eq!(run.code, 1, "{run:#?}");
    assert_eq!(read(&manifest), before);
    fs::write(&manifest, before.replace("port = 5101", &format!("port = {port}")))
        .expect("a file can be written");
    let run = portgen(&root.join("consilio"), &["check", "--format", "concise"]);
    assert_eq!(run.code, 1);
    assert!(run.stdout.contains("port-outside-project"), "{run:#?}");
}

#[test]
fn the_next_service_needs_no_reading_of_the_policy() {
    let (_guard, root) = copied();
    let folder = root.join("consilio");
    let run = portgen(&folder, &["add", "worker"]);
    assert_eq!(run.code, 0, "{run:#?}");
    assert_eq!(portgen(&folder, &["get", "worker"]).stdout.trim(), "5103");
    assert!(read(folder.join(".env")).contains("WORKER_PORT=5103\n"));
    silent(&portgen(&folder, &["check", "--strict"]));
}

#[test]
fn the_policys_reserved_ports_are_refused_inside_a_projects_own_range() {
    let (_guard, root) = copied();
    let manifest = root.join("consilio/ports.toml");
    let text = read(&manifest).replace("\"5100-5199\"", "[\"5100-5199\", \"3000-3099\"]");
    let text = text.replace("port = 5101", "port = 3001");
    fs::write(&manifest, text).expect("a file can be written");
    let run = portgen(Path::new(&root.join("consilio")), &["check", "--format", "concise"]);
    assert_eq!(run.code, 1, "{run:#?}");
    assert!(run.stdout.contains("reserved-port"), "{run:#?}");
}
