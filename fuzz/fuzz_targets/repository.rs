//! A repository, its findings and its table.

#![no_main]

portgen_fuzz::fuzz_target!(|bytes: &[u8]| portgen_fuzz::repository(bytes));
