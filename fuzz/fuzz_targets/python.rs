//! Python.

#![no_main]

portgen_fuzz::reader!("python": "settings.py");
