//! Which places of a repository portgen renders, so that no rule takes them
//! for what a person wrote.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::baseline::BASELINE_NAME;
use super::load::{FILE_NAME, Workspace};
use super::outputs::{Bound, shown};
use crate::model::{Mode, Pattern};
use crate::plan::owned;
use crate::readers::{self, FilePath, Reading};
use crate::repository::{Repository, ScannedFile, touches};
use crate::source::{Sources, Span};
use crate::world;

/// What the tables of a workspace say of who owns what.
#[derive(Debug, Default)]
pub(super) struct Ownership {
    /// Whole files, relative to the workspace.
    files: BTreeSet<String>,
    /// Files with a block, relative to the workspace.
    blocks: BTreeSet<String>,
    /// The patterns of a file's patches.
    patches: BTreeMap<String, Vec<Pattern>>,
    /// The tables, and what they extend.
    tables: BTreeSet<String>,
    /// The folders of the tables' projects, relative to the workspace.
    homes: Vec<String>,
    /// Whether generated text counts as written.
    is_off: bool,
}

impl Ownership {
    /// Nothing is portgen's: for a survey, which holds files against each other
    /// and not against a table.
    pub(super) fn nothing() -> Self {
        Self { is_off: true, ..Self::default() }
    }

    /// The same, with the name of the table that is about to be written.
    pub(super) fn with_table(mut self, name: &str) -> Self {
        self.tables.insert(name.to_owned());
        self
    }

    /// What the outputs and patches of a workspace own.
    pub(super) fn of(workspace: &Workspace, bound: &[Bound]) -> Self {
        let mut ownership = Self::default();
        for bound in bound {
            let project = &workspace.projects[bound.project];
            let whole = bound.outputs.iter().filter(|output| output.mode == Mode::File);
            let paths = whole.map(|output| project.outputs[output.index].path.as_str());
            ownership.files.extend(paths.map(|path| shown(&project.folder, path)));
            let blocks = bound.outputs.iter().filter(|output| output.mode == Mode::Block);
            let paths = blocks.map(|output| project.outputs[output.index].path.as_str());
            ownership.blocks.extend(paths.map(|path| shown(&project.folder, path)));
        }
        for project in &workspace.projects {
            ownership.homes.push(project.folder.clone());
            for patch in &project.patches {
                let path = shown(&project.folder, patch.path.as_str());
                ownership.patches.entry(path).or_default().push(patch.find.value.clone());
            }
        }
        ownership.tables.insert(workspace.file_name.clone());
        let base = world::normalise(&workspace.folder);
        let policies = workspace.policies.iter().map(|policy| world::normalise(policy));
        ownership.tables.extend(policies.filter_map(|policy| {
            let inside = policy.strip_prefix(&base).ok()?.components();
            Some(inside.map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/"))
        }));
        ownership
    }

    /// The folders of the tables' projects.
    pub(super) fn homes(&self) -> &[String] {
        &self.homes
    }

    /// Whether a file is a table, one that a table extends, or a baseline: no
    /// reader's.
    pub(super) fn is_table(&self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        name.eq_ignore_ascii_case(FILE_NAME) || name == BASELINE_NAME || self.tables.contains(path)
    }

    /// What of a text is portgen's.
    pub(super) fn spans(&self, path: &str, text: &str) -> Vec<Span> {
        if self.is_off {
            return Vec::new();
        }
        if self.files.contains(path) {
            return vec![Span::new(0, text.len())];
        }
        let patches = self.patches.get(path).into_iter().flatten();
        let patched = patches.flat_map(|find| owned::patched(text, find));
        owned::rendered(text)
            .into_iter()
            .chain(patched)
            .map(|range| Span::new(range.start, range.end))
            .collect()
    }

    /// Takes what is portgen's out of what a reader found. Assignments stay:
    /// Compose fills them in, whoever wrote them.
    pub(super) fn take_out(&self, path: &str, text: &str, reading: &mut Reading) {
        let spans = self.spans(path, text);
        if !spans.is_empty() {
            reading.sightings.retain(|sighting| !touches(&spans, sighting.span));
            reading.stated.retain(|stated| !touches(&spans, stated.place));
            reading.ignored_lines.retain(|line| !touches(&spans, *line));
        }
    }

    /// Adds the files with a block that git ignores: of them only what is
    /// assigned counts, for nothing else in them is the project's.
    pub(super) fn add_ignored(&self, root: &Path, scanned: &mut Vec<ScannedFile>) {
        for path in &self.blocks {
            let file = path.split('/').fold(root.to_path_buf(), |folder, part| folder.join(part));
            if scanned.iter().any(|file| file.path == *path) || !world::is_file(&file) {
                continue;
            }
            let Ok(text) = world::read_text(&file) else { continue };
            let Some((reader, reading)) = readers::read(&FilePath::new(path), &text) else { continue };
            let Reading { assignments, suppressions, .. } = reading;
            let reading = Reading { assignments, suppressions, ..Reading::default() };
            scanned.push(ScannedFile { path: path.clone(), text, reader: reader.name, reading });
        }
    }

    /// Says of every text of a repository what is portgen's.
    pub(super) fn mark(&self, repository: &mut Repository, sources: &Sources) {
        for (id, source) in sources.iter() {
            repository.owned.add(id, self.spans(source.name(), source.text()));
        }
    }
}
