//! The target `compose`.

use super::full;

#[test]
fn a_whole_file_has_the_services_with_a_container() {
    let expect = r##"name: shop

services:
  api:
    image: example/api:1
    environment:
      TEMPLATE: a $${b}
      "YES": "yes"
      RATIO: 1.5
      "ON": true
    volumes:
      - data:/var/lib/data
      - type: bind
        source: ./x
        target: /x
    ports:
      - "127.0.0.1:${API_PORT:-21000}:8000"

  kafka:
    build: ./kafka
    ports:
      - "0.0.0.0:${KAFKA_CLIENT_PORT:-21010}:21010/tcp"
      - "0.0.0.0:${KAFKA_CLIENT_PORT:-21010}:21010/udp"
      - "${KAFKA_JMX:-21011}:21011"

volumes:
  data: {}
"##;
    assert_eq!(full("compose", r##""##), expect);
}

#[test]
fn literal_ports_and_a_health_check_are_written_on_request() {
    let expect = r##"name: shop

services:
  api:
    image: example/api:1
    environment:
      TEMPLATE: a $${b}
      "YES": "yes"
      RATIO: 1.5
      "ON": true
    volumes:
      - data:/var/lib/data
      - type: bind
        source: ./x
        target: /x
    ports:
      - "127.0.0.1:21000:8000"
    healthcheck:
      test:
        - CMD
        - curl
        - "-fsS"
        - "-o"
        - /dev/null
        - http://127.0.0.1:8000/health

volumes:
  data: {}
"##;
    assert_eq!(
        full(
            "compose",
            r##"services = ["api"]
options = { ports = "literal", healthcheck = "curl" }"##
        ),
        expect
    );
}

#[test]
fn a_required_variable_has_a_message() {
    let expect = r##"name: shop

services:
  dns:
    image: example/dns:1
    network_mode: bridge
    ports:
      - "[::1]:${DNS_PORT:?set DNS_PORT}:53/udp"

volumes:
  data: {}
"##;
    assert_eq!(
        full(
            "compose",
            r##"services = ["dns"]
options = { ports = "required", healthcheck = "wget" }"##
        ),
        expect
    );
}

#[test]
fn a_block_is_the_ports_of_one_service() {
    let expect = r##"ports:
  - "0.0.0.0:${KAFKA_CLIENT_PORT:-21010}:21010/tcp"
  - "0.0.0.0:${KAFKA_CLIENT_PORT:-21010}:21010/udp"
  - "${KAFKA_JMX:-21011}:21011"
"##;
    assert_eq!(
        full(
            "compose",
            r##"mode = "block"
services = ["kafka"]"##
        ),
        expect
    );
}
