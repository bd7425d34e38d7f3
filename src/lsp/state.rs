//! The documents that are open, and the tables they belong to.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use lsp_types::{Diagnostic, DiagnosticSeverity, Position, Uri};

use super::noted::{Frame, Noted};
use super::text::Encoding;
use super::uri;
use crate::app::{self, FILE_NAME, OpenTable};
use crate::source::Source;
use crate::world::{self, Buffers};

/// A file that is open.
pub(super) struct OpenDocument {
    pub(super) uri: Uri,
    pub(super) path: PathBuf,
    pub(super) version: i32,
    pub(super) source: Rc<Source>,
    /// The folder of the workspace that it belongs to.
    pub(super) root: Option<PathBuf>,
}

/// Bytes of the longest table that is looked at while it is typed: more than any
/// person writes, and still answered within the pause between two keys.
const LONGEST: usize = 1 << 20;

impl OpenDocument {
    fn is_too_long(&self) -> bool {
        let is_toml = self.path.extension().is_some_and(|extension| extension == "toml");
        is_toml && self.source.text().len() > LONGEST
    }

    /// The one thing that is said of a table that is too long.
    fn too_long(&self) -> Option<Noted> {
        let message = format!("longer than {LONGEST} bytes: portgen looks at it with `portgen check` alone");
        let diagnostic = Diagnostic {
            severity: Some(DiagnosticSeverity::WARNING),
            source: Some("portgen".to_owned()),
            message,
            ..Diagnostic::default()
        };
        Some(Noted { uri: uri::of_path(&self.path)?, diagnostic, fix: None })
    }
}

/// A workspace with open files.
#[derive(Default)]
pub(super) struct Root {
    /// Its tables as they are now; `None` where they changed, or cannot be read.
    pub(super) open: Option<OpenTable>,
    /// Whether the tables are to be looked at anew.
    pub(super) is_stale: bool,
    /// Whether everything is to be checked, and whether that is being done.
    pub(super) wants_check: bool,
    pub(super) is_checking: bool,
    /// Whether a table of it is open that is too long to be looked at.
    pub(super) is_too_long: bool,
    /// What the tables alone show.
    pub(super) of_table: Vec<Noted>,
    /// What else was found when everything was checked.
    pub(super) others: Vec<Noted>,
    /// What the client was told.
    pub(super) told: BTreeMap<String, Vec<Diagnostic>>,
}

impl Root {
    /// Whether everything is to be checked now.
    pub(super) fn can_be_checked(&self) -> bool {
        self.wants_check && !self.is_checking && !self.is_too_long
    }
}

/// Everything that is open.
#[derive(Default)]
pub(super) struct State {
    pub(super) encoding: Encoding,
    pub(super) documents: BTreeMap<String, OpenDocument>,
    pub(super) buffers: Rc<Buffers>,
    pub(super) roots: BTreeMap<PathBuf, Root>,
}

/// A document in its workspace, for one question.
pub(super) struct View<'a> {
    pub(super) document: &'a OpenDocument,
    pub(super) open: &'a OpenTable,
    /// The project it belongs to.
    pub(super) project: usize,
    /// Whether it is the table of that project.
    pub(super) is_table: bool,
    pub(super) encoding: Encoding,
    pub(super) others: &'a [Noted],
    pub(super) of_table: &'a [Noted],
}

impl State {
    /// Takes over a file that was opened, or its new text.
    pub(super) fn set(&mut self, uri: &Uri, version: i32, text: String) {
        let Some(path) = uri::to_path(uri).map(|path| world::normalise(&path)) else { return };
        Rc::make_mut(&mut self.buffers).set(&path, text.clone());
        let known = self.documents.get(uri.as_str());
        let is_new = known.is_none();
        let root = known.and_then(|document| document.root.clone());
        let source = Rc::new(Source::new(path.to_string_lossy(), text));
        let document = OpenDocument { uri: uri.clone(), path, version, source, root };
        let is_toml = document.path.extension().is_some_and(|extension| extension == "toml");
        self.documents.insert(uri.as_str().to_owned(), document);
        if is_new {
            self.find_roots();
        }
        self.touch(uri, is_toml);
        self.measure();
    }

    /// Notes which workspaces have tables that are too long.
    fn measure(&mut self) {
        for (path, root) in &mut self.roots {
            let own = self.documents.values().filter(|document| document.root.as_ref() == Some(path));
            root.is_too_long = own.into_iter().any(OpenDocument::is_too_long);
        }
    }

    /// Forgets a file that was closed.
    pub(super) fn close(&mut self, uri: &Uri) {
        let Some(document) = self.documents.remove(uri.as_str()) else { return };
        Rc::make_mut(&mut self.buffers).remove(&document.path);
        if let Some(root) = document.root.and_then(|root| self.roots.get_mut(&root)) {
            root.is_stale = true;
            root.wants_check = true;
        }
        self.measure();
    }

    /// Says that files changed on the disk.
    pub(super) fn touch_all(&mut self) {
        self.find_roots();
        for root in self.roots.values_mut() {
            root.is_stale = true;
            root.wants_check = true;
        }
    }

    fn touch(&mut self, uri: &Uri, is_toml: bool) {
        let own = self.documents.get(uri.as_str()).and_then(|document| document.root.clone());
        for (path, root) in &mut self.roots {
            // A table may be extended by any other one.
            root.is_stale |= is_toml;
            root.wants_check |= is_toml || own.as_ref() == Some(path);
        }
    }

    /// Finds the workspace of each document that has none yet.
    fn find_roots(&mut self) {
        for document in self.documents.values_mut().filter(|document| document.root.is_none()) {
            let Some(folder) = document.path.parent() else { continue };
            document.root = self.roots.keys().filter(|root| is_of(&document.path, root)).max().cloned();
            if document.root.is_none() && document.is_too_long() {
                let root = Root { is_stale: true, ..Root::default() };
                self.roots.entry(folder.to_path_buf()).or_insert(root);
                document.root = Some(folder.to_path_buf());
            }
            if document.root.is_none()
                && let Ok(open) = app::open_table(folder, self.buffers.clone())
            {
                let folder = open.workspace.folder.clone();
                let root = Root { is_stale: true, wants_check: true, ..Root::default() };
                self.roots.entry(folder.clone()).or_insert(root);
                document.root = Some(folder);
            }
        }
    }

    /// Looks at the tables of a workspace, where they changed.
    pub(super) fn refresh(&mut self, path: &Path) {
        let Some(root) = self.roots.get_mut(path).filter(|root| root.is_stale || root.open.is_none()) else {
            return;
        };
        if root.is_too_long {
            let own = self.documents.values().filter(|document| document.root.as_deref() == Some(path));
            let long = own.filter(|document| document.is_too_long());
            root.of_table = long.filter_map(OpenDocument::too_long).collect();
            (root.open, root.others) = (None, Vec::new());
            return;
        }
        root.is_stale = false;
        // Where the disk fails, what was seen before is better than nothing.
        let Ok(open) = app::open_table(path, self.buffers.clone()) else { return };
        let frame = Frame {
            sources: &open.workspace.sources,
            folder: &open.workspace.folder,
            encoding: self.encoding,
        };
        let mut notes = frame.notes(&open.findings);
        if open.is_half_typed() {
            // What was found in other files stays until the table can be read again.
            let is_elsewhere = |known: &Noted| notes.iter().all(|note| note.uri != known.uri);
            root.others.retain(is_elsewhere);
            let kept: Vec<Noted> =
                root.of_table.iter().filter(|known| is_elsewhere(known)).cloned().collect();
            notes.extend(kept);
        }
        root.of_table = notes;
        root.open = Some(open);
    }

    /// A document in its workspace as it is now.
    pub(super) fn view(&mut self, uri: &Uri) -> Option<View<'_>> {
        let path = self.documents.get(uri.as_str())?.root.clone()?;
        self.refresh(&path);
        let document = self.documents.get(uri.as_str())?;
        let root = self.roots.get(&path)?;
        let open = root.open.as_ref()?;
        let inside = document.path.strip_prefix(&open.workspace.folder).ok()?;
        let parts: Vec<_> = inside.components().map(|part| part.as_os_str().to_string_lossy()).collect();
        let name = parts.join("/");
        let project = open.project_of(&name)?;
        let own = open.workspace.documents.get(project)?.source;
        let is_table = open.workspace.sources.get(own).name() == name;
        let (others, of_table) = (root.others.as_slice(), root.of_table.as_slice());
        Some(View { document, open, project, is_table, encoding: self.encoding, others, of_table })
    }
}

impl View<'_> {
    /// The offset of a position in the document.
    pub(super) fn offset(&self, position: Position) -> usize {
        self.encoding.offset(&self.document.source, position)
    }

    /// The document's text.
    pub(super) fn text(&self) -> &str {
        self.document.source.text()
    }
}

/// Whether the nearest table above a file is that of a root: files below
/// another table are that one's.
fn is_of(path: &Path, root: &Path) -> bool {
    let above = path.parent().and_then(|folder| world::find_upwards(folder, FILE_NAME));
    above.and_then(|table| table.parent().map(Path::to_path_buf)).as_deref() == Some(root)
}
