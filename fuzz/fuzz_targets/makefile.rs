//! make and its like.

#![no_main]

portgen_fuzz::reader!("makefile": "Makefile" "justfile" "Taskfile.yml");
