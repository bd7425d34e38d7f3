//! The target `markdown`.

use super::full;

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
