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
