//! What portgen renders, judged by the programs that consume it.
//!
//! `.ci/install-consumers DIR` installs them; `PORTGEN_CONSUMERS=DIR` says
//! where they are. Without it these tests are skipped, and say so; with
//! `PORTGEN_REQUIRE_CONSUMERS=1` that is a failure.

/// The guide, by mdBook.
mod book;
/// Completion scripts and manual pages, by shells and by `man`.
mod completions;
/// Compose files, by Docker Compose's own client.
mod compose;
/// Environment files, by seven readers that must agree.
mod dotenv;
/// The page of `map`, in headless Chromium, judged by axe.
mod map;
/// Wheels, npm packages, schemas and linters of what a release consists of.
#[cfg(unix)]
mod packages;
/// The server of `portgen mcp`, asked by the official clients.
mod mcp;
/// pre-commit, which builds portgen and runs its hooks.
mod pre_commit;
/// Procfiles, by honcho and foreman.
mod procfile;
/// Reverse proxies: caddy, and the shape that cloudflared reads.
mod proxy;
/// Python modules, by Python, mypy and ruff.
mod python;
/// Reports for code scanning, by the standard's schema.
mod report;
/// The JSON Schema, by taplo and by the standard's own validator.
mod schema;
/// Scripts, by a shell.
mod shell;
/// Finding the programs, starting them in a clean environment.
mod tools;
/// TypeScript and Angular, by tsc and prettier; documents by prettier.
mod typescript;
/// A project in a folder of its own.
mod workspace;

pub use tools::skipped;
