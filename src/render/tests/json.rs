//! The target `json`.

use super::full;

#[test]
fn every_port_and_range_is_told() {
    let expect = r##"{
  "project": "shop",
  "profile": null,
  "ports": {
    "api": {
      "service": "api",
      "title": "It's the \"API\" `id` $HOME 100%",
      "port": 21000,
      "env": "API_PORT",
      "scheme": "http",
      "protocol": "tcp",
      "host": "localhost",
      "bind": "localhost",
      "container_port": 8000,
      "url": "http://localhost:21000/v1",
      "health_url": "http://localhost:21000/health",
      "hostname": "api.example.com",
      "status": "active",
      "range": "web",
      "tags": ["a", "b"],
      "description": "Serves */ with | and <b>"
    },
    "kafka.client": {
      "service": "kafka",
      "title": "kafka client",
      "port": 21010,
      "env": "KAFKA_CLIENT_PORT",
      "scheme": "tcp",
      "protocol": "both",
      "host": "localhost",
      "bind": "0.0.0.0",
      "container_port": 21010,
      "url": null,
      "health_url": null,
      "hostname": null,
      "status": "active",
      "range": null,
      "tags": [],
      "description": null
    },
    "kafka.jmx": {
      "service": "kafka",
      "title": "kafka jmx",
      "port": 21011,
      "env": "KAFKA_JMX",
      "scheme": "tcp",
      "protocol": "tcp",
      "host": "localhost",
      "bind": "::",
      "container_port": 21011,
      "url": null,
      "health_url": null,
      "hostname": null,
      "status": "active",
      "range": null,
      "tags": [],
      "description": null
    }
  },
  "ranges": {
    "web": {
      "title": "Web | API",
      "ports": "21000-21099",
      "allocation": "scan",
      "priority": "high",
      "description": "for browsers"
    }
  }
}
"##;
    assert_eq!(full("json", r##"services = ["api", "kafka"]"##), expect);
}
