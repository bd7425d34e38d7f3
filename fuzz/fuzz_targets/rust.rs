//! Rust.

#![no_main]

portgen_fuzz::reader!("rust": "src/main.rs");
