//! One table of ports, `ports.toml`: made from what a repository says, checked,
//! and rendered into every file that needs a port.
//!
//! ```
//! use portgen::{check, manifest, source::Sources};
//!
//! let text = "
//! [project]
//! name = \"shop\"
//!
//! [services.api]
//! port = 23456
//!
//! [services.worker]
//! port = 23456
//! ";
//! let mut sources = Sources::new();
//! let (project, mistakes) = manifest::read(&mut sources, "ports.toml", text);
//! assert!(mistakes.is_empty());
//!
//! let projects = [project];
//! let findings = check::check_table(&projects);
//! let verdict = check::judge(&projects, &sources, findings, check::Strictness::default());
//! assert_eq!(verdict.findings[0].finding.message, "port 23456 is assigned twice");
//! assert!(check::gate(&projects, &verdict).is_none(), "an unsound table is not rendered");
//! ```
//!
//! # How data flows
//!
//! Each stage is a type, and data goes one way:
//!
//! ```text
//!  ports.toml
//!     │ read
//!  Source ──parse──▶ Document ──resolve──▶ Project ──rules──▶ findings ──judge──▶ Verdict
//!  (text)           (spanned)             (meaning)                                 │ gate
//!                                                                templates/ ──┐     ▼
//!                                                                             ├── SoundProject
//!                                                                             ▼ render (pure)
//!                                                  what is on disk ────────▶ plan (pure)
//!                                                                             │
//!                                                                             ▼
//!                                             apply │ check │ render --diff: the only difference
//!
//!  what people wrote
//!     │ walk (the only part that reads the disk)
//!  texts ──readers──▶ Readings ──gather──▶ Repository ──rules──▶ findings of `survey`, and of
//!                    (sightings)          (Compose sets,  │     `check` beside the table
//!                                          inventory)     └──▶ bootstrap: the text of a new table
//! ```
//!
//! # The rooms
//!
//! Each room is a module and uses only those above it in this list:
//!
//! | room | purpose | deliberately does not |
//! |---|---|---|
//! | [`source`] | named texts, spans, lines and columns | read files |
//! | [`diagnostic`] | a finding as plain data | know miette, JSON or colour |
//! | [`model`] | ports, ranges, names, services, outputs, the pool | know TOML |
//! | [`manifest`] | text to document to project; edits that keep every byte | fail: a mistake is a finding |
//! | [`facts`] | what is known of ports, with sources and dates | ask the machine |
//! | [`ledger`] | what this machine has given, to whom; the store | know projects' files |
//! | [`machine`] | what was seen of a machine: sockets, processes, limits; what follows | ask the machine |
//! | [`readers`] | one file a foreign format: text to sightings of ports | judge |
//! | [`repository`] | all files side by side, what Compose would load, what belongs together | read files |
//! | [`target`] | what a target is: metadata, options, casing | know any single target's text |
//! | [`rules`] | one file a rule; one slice names them all | decide levels, print, do I/O |
//! | [`check`] | levels, order, the gate; the only maker of a sound project | know any single rule |
//! | [`bootstrap`] | what a repository states to the text of a new table | decide what disagrees |
//! | [`render`] | a sound project and a target to text | touch the disk |
//! | [`plan`] | texts and what exists to changes | touch the disk |
//! | [`world`] | disk, environment, git: the only room that does | decide |
//! | [`apply`] | carries out a plan, atomically | compute |
//! | [`report`] | findings as text, JSON, SARIF, GitHub commands | choose exit codes |
//! | [`app`] | the use-cases, shared by every front end | print, parse arguments |
//! | [`lsp`] | an editor's questions in, answers and diagnostics out | hold logic |
//! | [`mcp`] | the tools of the Model Context Protocol | hold logic |
//! | [`cli`] | arguments in, exit codes out | hold logic |
//!
//! # Invariants
//!
//! - Parsing and resolving return a value and findings; one run shows the
//!   syntax error, the bad port and the duplicate. `Err` means that the world
//!   failed.
//! - Only a [`check::SoundProject`] is rendered, and only [`check::gate`] makes one.
//! - Only `world` touches the machine: clippy's `disallowed_methods` says so.
//! - Core types are not serialisable, and no public field of theirs has a
//!   dependency's type.
//! - A reader is pure and never fails: what it does not understand it passes over.
//! - Every table (rules, targets, readers, formats) is one slice, and a test walks the
//!   folder to prove it complete.
//! - Documentation is executed: the fences of the rules, the README's blocks,
//!   the examples.
//! - The library does not panic, writes no hash order into any output, and has
//!   no `unsafe`.

pub mod source;
pub mod diagnostic;
pub mod model;
pub mod manifest;
pub mod facts;
pub mod ledger;
pub mod machine;
pub mod readers;
pub mod repository;
pub mod target;
pub mod rules;
pub mod check;
pub mod bootstrap;
pub mod render;
pub mod plan;
pub mod world;
pub mod apply;
pub mod report;
pub mod app;
pub mod lsp;
pub mod mcp;
pub mod cli;
