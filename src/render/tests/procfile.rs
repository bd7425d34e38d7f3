//! The target `procfile`.

use super::full;

#[test]
fn each_command_is_a_line_with_variables() {
    let expect = r##"api: serve --port ${API_PORT} --url http://localhost:${API_PORT}/v1 --kafka ${KAFKA_CLIENT_PORT}
worker: python worker.py
"##;
    assert_eq!(full("procfile", r##""##), expect);
}

#[test]
fn numbers_are_written_on_request() {
    let expect = r##"api: serve --port 21000 --url http://localhost:21000/v1 --kafka 21010
worker: python worker.py
"##;
    assert_eq!(full("procfile", r##"options = { ports = "literal" }"##), expect);
}

#[test]
fn a_command_names_the_ports_of_its_own_service_and_of_others() {
    let table = r##"
[project]
name = "x"
[services.kafka]
command = "a {{ ports.jmx }} {{ name }} {{ port('api').port }} {{ service('api').port }} ${HOME}"
[services.kafka.ports]
jmx = 9999
rpc = 9998
[services.api]
port = 9000
command = "b {{ port }} {{ env }} {{ url }}"
scheme = "http"
[[output]]
path = "Procfile"
target = "procfile"
"##;
    let expect = "kafka: a ${KAFKA_JMX_PORT} kafka ${API_PORT} ${API_PORT} ${HOME}
api: b ${API_PORT} API_PORT http://localhost:${API_PORT}
";
    assert_eq!(super::text_of(table), expect);
}
