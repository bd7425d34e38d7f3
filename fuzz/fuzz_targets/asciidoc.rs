//! AsciiDoc.

#![no_main]

portgen_fuzz::reader!("asciidoc": "README.adoc");
