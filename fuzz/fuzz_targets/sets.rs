//! Sets of compose files.

#![no_main]

portgen_fuzz::fuzz_target!(|bytes: &[u8]| portgen_fuzz::sets(bytes));
