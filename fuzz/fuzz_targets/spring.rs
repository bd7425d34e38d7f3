//! Spring.

#![no_main]

portgen_fuzz::reader!("spring": "application.yml" "application.properties");
