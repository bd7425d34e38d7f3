//! The targets `angular` and `typescript`.

use super::{findings, full};

#[test]
fn an_angular_block_exports_the_ports() {
    let expect = r##"export const ports = {
  api: {
    port: 21000,
    url: 'http://localhost:21000/v1',
  },
  kafkaClient: {
    port: 21010,
  },
  kafkaJmx: {
    port: 21011,
  },
  theOrganizationDirectorySynchronizationService: {
    port: 21030,
    url: 'https://localhost:21030/a/rather/long/path/to/the/entry',
  },
};
"##;
    assert_eq!(full("angular", r##""##), expect);
}

#[test]
fn values_are_a_whole_environment() {
    let expect = r##"export const environment = {
  production: false,
  apiUrl: 'http://localhost:21000/v1/x',
  nested: {
    'a-b': "it's",
    list: [1, 2],
  },
};
"##;
    assert_eq!(
        full(
            "angular",
            r##"options = { values = { production = false, apiUrl = "{{ service('api').url }}/x", nested = { a-b = "it's", list = [1, 2] } } }"##
        ),
        expect
    );
}

#[test]
fn properties_stand_inside_an_object() {
    let expect = r##"api: {
  port: 21000,
},
"##;
    assert_eq!(
        full(
            "angular",
            r##"services = ["api"]
options = { style = "properties", urls = false }"##
        ),
        expect
    );
}

#[test]
fn a_typescript_module_has_constants_and_a_map() {
    let expect = r##"export const API_PORT = 21000;
export const API_URL = 'http://localhost:21000/v1';
export const KAFKA_CLIENT_PORT = 21010;
export const KAFKA_JMX = 21011;
export const THE_ORGANIZATION_DIRECTORY_SYNCHRONIZATION_SERVICE_PORT = 21030;
export const THE_ORGANIZATION_DIRECTORY_SYNCHRONIZATION_SERVICE_URL =
  'https://localhost:21030/a/rather/long/path/to/the/entry';

export const PORTS = {
  api: API_PORT,
  'kafka.client': KAFKA_CLIENT_PORT,
  'kafka.jmx': KAFKA_JMX,
  'the-organization-directory-synchronization-service':
    THE_ORGANIZATION_DIRECTORY_SYNCHRONIZATION_SERVICE_PORT,
} as const;
"##;
    assert_eq!(full("typescript", r##""##), expect);
}

#[test]
fn quotes_and_width_follow_the_teams_formatter() {
    let expect = r##"export const API_PORT = 21000;
export const API_URL =
  "http://localhost:21000/v1";

export const PORTS = {
  api: API_PORT,
} as const;
"##;
    assert_eq!(
        full(
            "typescript",
            r##"services = ["api"]
options = { quotes = "double", width = 30 }"##
        ),
        expect
    );
}

#[test]
fn a_word_of_the_language_is_no_name() {
    let check = |output: &str| {
        let found = findings(&format!("[[output]]\npath = \"x.ts\"\n{output}"));
        assert!(matches!(found.as_slice(), [one] if one.contains("cannot be a name")), "{found:?}");
    };
    check("target = \"angular\"\noptions = { name = \"default\" }");
    check("target = \"typescript\"\noptions = { mapping = \"class\" }");
}

#[test]
fn a_number_that_no_syntax_can_say_is_refused() {
    for target in ["angular", "compose"] {
        let values =
            if target == "angular" { "options = { values = { a = inf } }" } else { "[compose]\nx = nan" };
        let found = findings(&format!("[[output]]\npath = \"x\"\ntarget = \"{target}\"\n{values}"));
        assert!(matches!(found.as_slice(), [one] if one.contains("infinity and NaN")), "{found:?}");
    }
}
