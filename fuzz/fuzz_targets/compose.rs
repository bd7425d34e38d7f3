//! Compose.

#![no_main]

portgen_fuzz::reader!("compose": "compose.yaml");
