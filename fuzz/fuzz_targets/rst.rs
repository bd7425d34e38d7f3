//! reStructuredText.

#![no_main]

portgen_fuzz::reader!("rst": "README.rst");
