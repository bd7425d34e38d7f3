//! Documents.

#![no_main]

portgen_fuzz::reader!("markdown": "README.md" "ports.mdx");
