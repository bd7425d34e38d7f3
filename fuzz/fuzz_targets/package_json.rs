//! package.json.

#![no_main]

portgen_fuzz::reader!("package-json": "package.json");
