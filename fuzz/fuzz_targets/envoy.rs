//! Envoy.

#![no_main]

portgen_fuzz::reader!("envoy": "envoy.yaml" "envoy.json");
