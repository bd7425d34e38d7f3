//! Compose files under other names.

#![no_main]

portgen_fuzz::reader!("stack": "local.yml");
