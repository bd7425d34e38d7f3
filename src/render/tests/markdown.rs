//! The target `markdown`.

use super::full;
use super::{TABLE, run};

#[test]
fn services_are_grouped_by_range() {
    let expect = r##"
| Service                                            | Port  | Variable                                                  | Status | Description |
| -------------------------------------------------- | ----- | --------------------------------------------------------- | ------ | ----------- |
| kafka client                                       | 21010 | `KAFKA_CLIENT_PORT`                                       | Active |             |
| kafka jmx                                          | 21011 | `KAFKA_JMX`                                               | Active |             |
| the-organization-directory-synchronization-service | 21030 | `THE_ORGANIZATION_DIRECTORY_SYNCHRONIZATION_SERVICE_PORT` | Active |             |
| worker                                             |       |                                                           | Active |             |

### Web \| API (21000-21099)

| Service                          | Port  | Variable   | Status | Description                 |
| -------------------------------- | ----- | ---------- | ------ | --------------------------- |
| It's the "API" \`id\` $HOME 100% | 21000 | `API_PORT` | Active | Serves \*/ with \| and \<b> |

"##;
    assert_eq!(full("markdown", r##""##), expect);
}

#[test]
fn one_table_with_other_columns_and_words() {
    let expect = r##"
| Name                                               | Port  | URL                                                       | Status    | Tags |
| -------------------------------------------------- | ----- | --------------------------------------------------------- | --------- | ---- |
| It's the "API" \`id\` $HOME 100%                   | 21000 | `http://localhost:21000/v1`                               | ✅ Active | a, b |
| kafka client                                       | 21010 |                                                           | ✅ Active |      |
| kafka jmx                                          | 21011 |                                                           | ✅ Active |      |
| the-organization-directory-synchronization-service | 21030 | `https://localhost:21030/a/rather/long/path/to/the/entry` | ✅ Active |      |
| worker                                             |       |                                                           | ✅ Active |      |

"##;
    assert_eq!(
        full(
            "markdown",
            r##"options = { headings = 0, columns = ["title", "port", "url", "status", "tags"], labels = { title = "Name" }, status-labels = { active = "✅ Active" } }"##
        ),
        expect
    );
}

#[test]
fn ranges_are_a_list() {
    let expect = r##"
- **21000-21099**: for browsers (high priority)

"##;
    assert_eq!(full("markdown", r##"options = { list = "ranges" }"##), expect);
}

#[test]
fn ranges_are_a_table_on_request() {
    let expect = r##"
| Range      | Ports       | Allocation | Priority | Description  |
| ---------- | ----------- | ---------- | -------- | ------------ |
| Web \| API | 21000-21099 | scan       | high     | for browsers |

"##;
    assert_eq!(full("markdown", r##"options = { list = "ranges", style = "table" }"##), expect);
}

#[test]
fn reserved_ports_are_a_list() {
    let expect = r##"
- **22000-22099, 23000**: it \*is\* so (somebody)
- **24000**

"##;
    assert_eq!(full("markdown", r##"options = { list = "reserved" }"##), expect);
}

#[test]
fn health_checks_are_a_list() {
    let expect = r##"
- It's the "API" \`id\` $HOME 100%: `http://localhost:21000/health`
- kafka client: TCP port 21010

"##;
    assert_eq!(full("markdown", r##"options = { list = "health" }"##), expect);
}

#[test]
fn known_conflicts_are_numbered() {
    let expect = r##"
1. **Port 21000**: Known to \*conflict\* with_some_thing

"##;
    assert_eq!(full("markdown", r##"options = { list = "conflicts" }"##), expect);
}

#[test]
fn a_check_of_a_service_of_web_sockets_is_a_request() {
    let table = |scheme: &str| {
        let table = format!(
            "[project]\nname = \"shop\"\n[services.live]\nport = 9000\nscheme = \"{scheme}\"\nhealth = \"/up\"\n\
             [[output]]\npath = \"a.md\"\ntarget = \"markdown\"\noptions = {{ list = \"health\" }}\n"
        );
        run(&table, &[]).rendering.outputs[0].text.clone()
    };
    assert_eq!(table("ws"), "\n- live: `http://localhost:9000/up`\n\n");
    assert_eq!(table("wss"), "\n- live: `https://localhost:9000/up`\n\n");
}

#[test]
fn what_a_built_in_template_refuses_is_shown_where_it_was_asked_for() {
    let check = |options: &str, message: &str| {
        let lines = format!("[[output]]\npath = \"a.md\"\ntarget = \"markdown\"\noptions = {options}\n");
        let outcome = run(&format!("{TABLE}\n{lines}"), &[]);
        assert_eq!(outcome.pointed(), options);
        assert_eq!(outcome.rendering.findings[0].message, message);
    };
    check("{ headings = 7 }", "`headings` is a level from 1 to 6, or 0 for none");
    check("{ columns = [] }", "`columns` names no column");
}
