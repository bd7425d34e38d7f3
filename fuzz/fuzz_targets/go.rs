//! Go.

#![no_main]

portgen_fuzz::reader!("go": "main.go");
