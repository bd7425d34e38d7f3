//! Ruby.

#![no_main]

portgen_fuzz::reader!("ruby": "config/puma.rb");
