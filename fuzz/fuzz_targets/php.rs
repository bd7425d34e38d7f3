//! PHP.

#![no_main]

portgen_fuzz::reader!("php": "index.php");
