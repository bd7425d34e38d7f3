//! A sound project and a target become text.
//!
//! Rendering is pure: the same table gives the same bytes on every platform.
//! A text here is the body alone; header, markers and checksum are `plan`'s.

use std::sync::Arc;

mod context;
mod data;
mod depth;
mod environment;
mod error;
mod fault;
mod filters;
mod functions;
mod grid;
mod literal;
mod names;
mod node;
mod options;
mod output;
mod patch;
mod publish;
mod read_back;
mod shown;
mod table;
mod yaml;

#[cfg(test)]
mod tests;

use minijinja::{Environment, Error};

use crate::check::SoundProject;
use crate::diagnostic::Finding;
use crate::model::{BlockId, Comment, Condition, Mode, ProfileName, Project, RelativePath, ServiceName};
use crate::source::Sources;
use crate::target::{BoundOutput, SharedTarget};
use context::Shared;
use table::Table;

/// The text of an output, and what is needed to write it.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// The index of its output in the project.
    pub output: usize,
    /// The file.
    pub path: RelativePath,
    /// The name of its target.
    pub target: String,
    /// The body: LF endings, no trailing blanks, exactly one final line break;
    /// empty where there is nothing to say.
    pub text: String,
    /// How much of the file it is.
    pub mode: Mode,
    /// The id on its markers.
    pub id: BlockId,
    /// The comment syntax of its header or markers.
    pub comment: Comment,
    /// A pattern with one group: a line that sets a name, where the target knows.
    pub assignment: Option<String>,
    /// Whether the block belongs inside what a person wrote.
    pub by_hand: bool,
    /// The service that the block belongs to, where it belongs to one.
    pub service: Option<ServiceName>,
}

/// What a patch is to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatchText {
    /// The index of its patch in the project.
    pub patch: usize,
    /// The text for its group: one line.
    pub text: String,
}

/// Everything that was rendered, and what was in the way of the rest.
#[derive(Debug, Default)]
pub struct Rendering {
    /// Texts of outputs, in declaration order.
    pub outputs: Vec<Rendered>,
    /// Texts of patches, in declaration order.
    pub patches: Vec<PatchText>,
    /// Mistakes of templates, options and values.
    pub findings: Vec<Finding>,
    /// Values that readers disagree on, numbers that only the ledger has.
    pub conditions: Vec<Condition>,
}

/// Renders every bound output and every patch of a project that the gate let
/// through.
///
/// An output with a mistake has no text; the others are rendered all the
/// same. A template's text is added to `sources` where a finding points into it.
pub fn render(sources: &mut Sources, project: SoundProject<'_>, bound: &[BoundOutput]) -> Rendering {
    let mut renderer = Renderer {
        sources,
        project: &project,
        shared: Shared::of(&project),
        tables: Vec::new(),
        engines: Vec::new(),
        rendering: Rendering::default(),
    };
    for output in bound {
        renderer.output(output);
    }
    for index in 0..project.patches.len() {
        renderer.patch(index);
    }
    renderer.rendering
}

/// The command of a service as its Procfile line would have it, with the
/// numbers written out.
///
/// # Errors
/// What is wrong with it, in one sentence.
pub fn command(project: SoundProject<'_>, service: &ServiceName) -> Result<String, String> {
    functions::command(&Table::of(&project.plain()), service.as_str(), "literal")
        .map_err(|error| error::explain(&error).fault.to_string())
}

/// What the outputs of one run share.
struct Renderer<'a> {
    sources: &'a mut Sources,
    project: &'a Project,
    shared: Arc<Shared>,
    /// One table for each value set that is in use.
    tables: Vec<(Option<ProfileName>, Arc<Table>)>,
    /// One engine for each built-in target that is in use.
    engines: Vec<(SharedTarget, Arc<Environment<'static>>)>,
    rendering: Rendering,
}

impl Renderer<'_> {
    fn table(&mut self, profile: Option<&ProfileName>) -> Arc<Table> {
        if let Some((_, table)) = self.tables.iter().find(|(name, _)| name.as_ref() == profile) {
            return table.clone();
        }
        let table = Table::of(&self.project.view(profile));
        self.tables.push((profile.cloned(), table.clone()));
        table
    }

    /// The engine with a target's templates; several outputs share a built-in one's.
    fn engine(&mut self, target: &SharedTarget) -> Result<Arc<Environment<'static>>, Error> {
        if let Some((_, engine)) = self.engines.iter().find(|(known, _)| Arc::ptr_eq(known, target)) {
            return Ok(engine.clone());
        }
        let engine = Arc::new(environment::of_target(target)?);
        if target.built_in {
            self.engines.push((target.clone(), engine.clone()));
        }
        Ok(engine)
    }
}
