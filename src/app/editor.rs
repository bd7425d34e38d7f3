//! What an editor asks of the tables that are open in it.

use std::path::Path;
use std::rc::Rc;

use super::baseline::{self, BaselineOptions};
use super::check::table_findings;
use super::load::{Location, Workspace, load_open};
use super::outputs::{Bound, bind, shown};
use super::ownership::Ownership;
use crate::check::{Silence, Strictness, judge_silenced};
use crate::diagnostic::{Failure, Reported};
use crate::facts::Assigned;
use crate::ledger::{Ledger, SqliteLedger};
use crate::model::{Endpoint, NamedRange, PatchValue, Pool, Port, Project, RelativePath};
use crate::plan::owned;
use crate::source::{Source, Span};
use crate::world::{self, Buffers};

/// The tables that belong together, as an editor has them, and what is wrong with them.
pub struct OpenTable {
    /// The tables.
    pub workspace: Workspace,
    /// What the tables alone show to be wrong.
    pub findings: Vec<Reported>,
    bound: Vec<Bound>,
    ownership: Ownership,
}

/// A place in a file that follows from the table.
#[derive(Clone, Debug)]
pub struct RenderedPlace {
    /// The file's path, relative to the workspace.
    pub path: String,
    /// The file's text.
    pub text: Rc<Source>,
    /// Where in it.
    pub span: Span,
}

/// Reads the tables around a folder and judges them, without a look at outputs
/// and at what people wrote.
///
/// # Errors
/// A [`Failure`] where there is no table, or where the disk fails.
pub fn open_table(folder: &Path, buffers: Rc<Buffers>) -> Result<OpenTable, Failure> {
    let location = |folder: &Path| Location { directory: folder.to_path_buf(), file: None };
    let mut workspace = load_open(&location(folder), buffers.clone())?;
    if workspace.selected.len() < workspace.projects.len() {
        // An editor shows the whole workspace, whichever member is open.
        workspace = load_open(&location(&workspace.folder), buffers)?;
    }
    let bound = bind(&mut workspace)?;
    let ownership = Ownership::of(&workspace, &bound);
    let findings = table_findings(&mut workspace);
    let mut silence = Silence::default();
    if let Some(known) = baseline::read(&BaselineOptions::default(), &mut workspace)? {
        silence.set_baseline(known);
    }
    let verdict = judge_silenced(
        &workspace.projects,
        &workspace.sources,
        findings,
        Strictness::default(),
        &mut silence,
    );
    Ok(OpenTable { workspace, findings: verdict.findings, bound, ownership })
}

impl OpenTable {
    /// Whether a table is no TOML at this moment, as while a line is typed:
    /// what it says is then not known, and what follows from it neither.
    pub fn is_half_typed(&self) -> bool {
        self.findings.iter().any(|reported| reported.finding.rule == "syntax")
    }

    /// The project that a file belongs to: the one of the nearest folder.
    pub fn project_of(&self, path: &str) -> Option<usize> {
        let holds = |project: &Project| {
            let folder = project.folder.as_str();
            folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
        };
        let projects = self.workspace.projects.iter().enumerate().filter(|(_, project)| holds(project));
        projects.max_by_key(|(_, project)| project.folder.len()).map(|(index, _)| index)
    }

    /// Every place that is rendered of a port: its variable and its number in
    /// the outputs that show it, and the numbers of patches.
    pub fn rendered_places(&self, project: usize, endpoint: &Endpoint) -> Vec<RenderedPlace> {
        let mut places = Vec::new();
        for bound in self.bound.iter().filter(|bound| bound.project == project) {
            let table = &self.workspace.projects[project];
            for output in bound.outputs.iter().filter_map(|output| table.outputs.get(output.index)) {
                let view = table.view(output.profile.as_ref().map(|name| &name.value));
                let Some(shown) = view.endpoint(&endpoint.id()) else { continue };
                if output.selection.has_endpoint(shown) {
                    self.in_output(bound, &output.path.value, shown, &mut places);
                }
            }
            self.in_patches(bound, endpoint, &mut places);
        }
        places.sort_by(|one, two| (&one.path, one.span).cmp(&(&two.path, two.span)));
        places.dedup_by(|one, two| one.path == two.path && one.span == two.span);
        places
    }

    fn text_of(&self, bound: &Bound, path: &RelativePath) -> Option<(String, Rc<Source>)> {
        let text = bound.other_text(path).or_else(|| bound.root.read_text(path).ok().flatten())?;
        let name = shown(&self.workspace.projects[bound.project].folder, path.as_str());
        Some((name.clone(), Rc::new(Source::new(name, text))))
    }

    fn in_output(
        &self,
        bound: &Bound,
        path: &RelativePath,
        endpoint: &Endpoint,
        places: &mut Vec<RenderedPlace>,
    ) {
        let Some((name, source)) = self.text_of(bound, path) else { return };
        let number = endpoint.number.fixed().map(|port| port.to_string());
        let variable = endpoint.variable.as_ref().map(|variable| variable.value.as_str());
        let is_meant = |word: &str| Some(word) == variable || Some(word) == number.as_deref();
        for owned in self.ownership.spans(&name, source.text()) {
            let mut last = None;
            for span in words(source.text(), owned) {
                let line = source.line_index(span.start as usize);
                if last != Some(line) && is_meant(&source.text()[span.range()]) {
                    last = Some(line);
                    places.push(RenderedPlace { path: name.clone(), text: source.clone(), span });
                }
            }
        }
    }

    fn in_patches(&self, bound: &Bound, endpoint: &Endpoint, places: &mut Vec<RenderedPlace>) {
        let table = &self.workspace.projects[bound.project];
        let is_meant = |id: &str| table.plain().endpoint(id).is_some_and(|named| named.id() == endpoint.id());
        let patches = table
            .patches
            .iter()
            .filter(|patch| matches!(&patch.value, PatchValue::Port(id) if is_meant(&id.value)));
        for patch in patches {
            let Some((name, source)) = self.text_of(bound, &patch.path.value) else { continue };
            for range in owned::patched(source.text(), &patch.find.value) {
                let span = Span::new(range.start, range.end);
                places.push(RenderedPlace { path: name.clone(), text: source.clone(), span });
            }
        }
    }

    /// The lowest number that a service of a range may have, and what it is
    /// drawn from: in no table, not reserved, and given to nobody by the ledger
    /// of this machine.
    pub fn next_free(
        &self,
        project: usize,
        range: Option<&NamedRange>,
        endpoint: Option<&Endpoint>,
    ) -> Option<(Port, String)> {
        let mut pool = self.pool(project, range, endpoint)?;
        let given = world::ledger_path().ok().and_then(|path| SqliteLedger::open(&path).ok().flatten());
        if let Some(state) = given.and_then(|mut store| store.read().ok()) {
            for grant in &state.grants {
                pool.take(grant.port, "the ledger");
            }
        }
        pool.lowest_free().map(|port| (port, pool.name().to_owned()))
    }

    fn pool(&self, project: usize, range: Option<&NamedRange>, endpoint: Option<&Endpoint>) -> Option<Pool> {
        let projects: Vec<&Project> = self.workspace.projects.iter().collect();
        let scheme = endpoint.map_or(crate::model::Scheme::Tcp, |endpoint| endpoint.scheme.value.clone());
        Some(Assigned::of(&projects).pool(projects.get(project)?, range, &scheme))
    }
}

/// The words of a part of a text: letters, digits and `_`.
fn words(text: &str, part: Span) -> impl Iterator<Item = Span> {
    let start = part.start as usize;
    let inside = text.get(part.range()).unwrap_or("");
    let is_other = |character: char| !(character.is_alphanumeric() || character == '_');
    let pieces = inside.split(is_other).filter(|word| !word.is_empty());
    pieces.map(move |word| {
        let offset = start + (word.as_ptr() as usize - inside.as_ptr() as usize);
        Span::new(offset, offset + word.len())
    })
}
