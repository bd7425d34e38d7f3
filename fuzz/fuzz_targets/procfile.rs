//! Procfiles.

#![no_main]

portgen_fuzz::reader!("procfile": "Procfile");
