//! Text to a spanned document to a project; a mistake is a finding, and the rest goes on.
//!
//! [`parse`] reads what was written, with the place of everything;
//! [`resolve`] makes of it what is meant. Neither fails: a syntax error, an
//! unknown key, a bad port and a duplicate show in one run.

mod document;
mod edit;
mod endpoints;
mod fields;
pub mod keys;
pub mod outline;
mod outputs;
mod reader;
mod rename;
mod resolve;
mod resolver;
mod section;
mod services;
mod syntax;
mod tables;
mod takes;

pub use document::{Document, PortKeys, ProfileTable, ProjectTable, ServiceTable, WorkspaceTable};
pub use edit::{NewService, insert_service};
pub use rename::{Replacement, rename_service, service_named};
pub use resolve::{Inherited, resolve};
pub use section::{Key, Scope, Section, Stop, stop};
pub use tables::{parse, parse_policy};
pub use takes::{Names, Takes};

use crate::diagnostic::Finding;
use crate::model::Project;
use crate::source::Sources;

/// The version of the schema that this portgen reads.
pub const VERSION: i64 = 1;

/// Reads one text that inherits nothing.
///
/// For tests and for callers that have a text and no folder around it.
pub fn read(sources: &mut Sources, name: &str, text: &str) -> (Project, Vec<Finding>) {
    let id = sources.add(name, text);
    let mut findings = Vec::new();
    let document = parse(sources.get(id).text(), id, &mut findings);
    let project = resolve(&document, &Inherited::default(), &mut findings);
    (project, findings)
}

#[cfg(test)]
mod tests;
