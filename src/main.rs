//! The `portgen` command.

fn main() {}
