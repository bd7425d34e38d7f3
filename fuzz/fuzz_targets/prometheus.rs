//! Prometheus.

#![no_main]

portgen_fuzz::reader!("prometheus": "prometheus.yml" "targets.json");
