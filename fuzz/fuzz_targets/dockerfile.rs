//! Dockerfile.

#![no_main]

portgen_fuzz::reader!("dockerfile": "Dockerfile");
