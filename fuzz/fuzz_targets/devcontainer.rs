//! Development containers.

#![no_main]

portgen_fuzz::reader!("devcontainer": "devcontainer.json");
