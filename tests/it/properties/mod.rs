//! What holds for any table and any text, with fixed numbers of cases.

/// Adding a service only inserts.
mod insert;
/// Reading a table never panics, and every finding lies in the text.
mod reading;
/// Readers of what targets render, as strict as their formats.
mod readers;
/// Rendering and reading back gives the table; twice changes nothing; what a
/// person wrote stays.
mod round_trip;
/// Valid tables, and how they are written.
mod table;

use proptest::prelude::ProptestConfig;

/// So many cases, and no file of past failures.
fn cases(count: u32) -> ProptestConfig {
    ProptestConfig { cases: count, failure_persistence: None, ..ProptestConfig::default() }
}
