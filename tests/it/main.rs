//! The one integration binary: a module for each thing that is tried from
//! outside.

#![expect(clippy::disallowed_methods, reason = "tests make folders and start programs")]
#![expect(clippy::expect_used, clippy::panic, reason = "a test's helper ends the test")]

/// The programs that read what portgen renders, run on it.
mod consumers;
/// Every line of what a person or a disk can get wrong, tried on the binary.
mod bad_input;
/// `init` and `map`: a table out of what a repository states.
mod bootstrap;
/// What `check` leaves out and mends: comments, the baseline, `--fix`.
mod checked_files;
mod checking;
/// Every help, its examples run; and `docs/commands.md`.
mod command_reference;
/// The commands, as a person or a script runs them.
mod commands;
/// The hand-kept documents that the examples replace, read as Markdown.
mod documents;
/// The examples: clean, and equal to those documents.
mod examples;
/// The git hook, with git itself.
mod hooks;
/// The ledger: what this machine gives, to whom, in which checkout.
mod ledger;
/// Every link of the Markdown files leads somewhere, and the guide has every page.
mod links;
/// The language server, over a real pipe.
mod lsp;
/// Whether a port is free, asked of this machine with real sockets.
mod machine;
/// The archive, the installer, the GitHub Action, the GitLab component: step by step.
mod packaging;
/// `portgen mcp`, asked over real pipes by a client that errs, floods and leaves.
mod mcp;
/// What holds for any table and any text.
mod properties;
/// Every fenced block of the pages at the root and in `docs`, run.
mod readme;
/// Small repositories, and what `survey` says of them: precision and recall.
mod repositories;
/// Every fence in the documentation of the rules, run; and `docs/rules.md`.
mod rule_docs;
/// The JSON Schema of `ports.toml`, held against the parser.
mod schema;
/// `check --staged`, with git itself.
mod staged;
/// `survey` on the binary: its table, its JSON.
mod survey;
/// Running portgen, copying folders, reading tables.
mod support;
/// House rules: openings, lengths, the order of rooms, forgotten files.
mod tidy;
