//! Reads `ports.toml`, the workspace around it and the files it extends.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

use crate::check::check_names;
use crate::diagnostic::{Failure, Finding, printable};
use crate::manifest::{self, Document, Inherited};
use crate::model::Project;
use crate::source::{Place, Sources, Spanned};
use crate::world::{self, Buffers, Index};

/// The name of the table's file.
pub const FILE_NAME: &str = "ports.toml";

/// Where to look for the table.
#[derive(Clone, Debug)]
pub struct Location {
    /// The folder that the search starts in and goes upwards from.
    pub directory: PathBuf,
    /// The file to use instead.
    pub file: Option<PathBuf>,
}

/// Every table that belongs together, read and resolved.
#[derive(Debug)]
pub struct Workspace {
    /// Every text that a finding may point into.
    pub sources: Sources,
    /// The folder that paths in findings are relative to: the workspace's, or
    /// the project's where there is none.
    pub folder: PathBuf,
    /// The name of the table's file.
    pub file_name: String,
    /// The projects; the first is the root's, where it is one.
    pub projects: Vec<Project>,
    /// The documents they were made of, in the same order.
    pub documents: Vec<Document>,
    /// Which of the projects the location means: all at the root, one in a member.
    pub selected: Vec<usize>,
    /// Mistakes in the files, and names of rules that are none.
    pub findings: Vec<Finding>,
    /// How many files were read.
    pub files: usize,
    /// What is about to be committed, where that is read and not the disk.
    pub(super) index: Option<Rc<Index>>,
    /// What an editor has open.
    pub(super) buffers: Rc<Buffers>,
    /// The shared files that tables extend.
    pub(super) policies: Vec<PathBuf>,
}

impl Workspace {
    /// The folder of a project.
    pub fn folder_of(&self, project: &Project) -> PathBuf {
        if project.folder.is_empty() { self.folder.clone() } else { self.folder.join(&project.folder) }
    }
}

/// A table's text before and after an edit that is not on disk yet.
#[derive(Clone, Debug)]
pub(super) struct Edit {
    /// The folder of the project, relative to the workspace's.
    pub(super) folder: String,
    /// The text on disk.
    pub(super) before: String,
    /// The text to be.
    pub(super) after: String,
}

/// Finds and reads the table, its workspace and what they extend.
///
/// # Errors
/// A [`Failure`] where there is no table, or where it cannot be read.
pub fn load(location: &Location) -> Result<Workspace, Failure> {
    load_with(location, None, None, Rc::default())
}

/// The same, with the texts that an editor has open in place of the disk's.
pub(super) fn load_open(location: &Location, buffers: Rc<Buffers>) -> Result<Workspace, Failure> {
    load_with(location, None, None, buffers)
}

/// Reads the table at a path, as a project finds it.
pub(super) fn load_at(path: &Path) -> Result<Workspace, Failure> {
    let is_usual = path.file_name().is_some_and(|name| name == FILE_NAME);
    let file = (!is_usual).then(|| path.to_path_buf());
    load(&Location { directory: parent(path), file })
}

/// The same, with the texts that are about to be committed.
pub(super) fn load_staged(location: &Location, index: Rc<Index>) -> Result<Workspace, Failure> {
    load_with(location, None, Some(index), Rc::default())
}

/// The same, with one table as it would be after an edit.
pub(super) fn load_edited(location: &Location, edit: &Edit) -> Result<Workspace, Failure> {
    load_with(location, Some(edit), None, Rc::default())
}

/// The folder of the table that is found, for commands that write beside it;
/// the start of the search where there is none.
pub fn project_folder(location: &Location) -> PathBuf {
    find(location, &Buffers::default()).map_or_else(|_| location.directory.clone(), |path| parent(&path))
}

fn load_with(
    location: &Location,
    edit: Option<&Edit>,
    index: Option<Rc<Index>>,
    buffers: Rc<Buffers>,
) -> Result<Workspace, Failure> {
    let path = find(location, &buffers)?;
    let folder = parent(&path);
    let mut loader = Loader::new(file_name(&path), edit.cloned(), index, buffers);
    let text = loader.read_text(&path)?;
    let root = if location.file.is_some() { None } else { loader.workspace_above(&folder, &text)? };
    let (base, start) = match &root {
        Some(root) => (root.folder.clone(), relative_folder(&root.folder, &folder)),
        None => (folder.clone(), String::new()),
    };
    loader.folder = base;
    match root {
        Some(root) => {
            loader.read_project(String::new(), root.text);
            loader.read_members(0)?;
        }
        None => {
            loader.read_project(String::new(), text);
            if loader.documents[0].workspace.is_some() {
                loader.read_members(0)?;
            }
        }
    }
    Ok(loader.finish(&start))
}

fn find(location: &Location, buffers: &Buffers) -> Result<PathBuf, Failure> {
    if let Some(file) = &location.file {
        return Ok(location.directory.join(file));
    }
    let found = world::find_upwards(&location.directory, FILE_NAME);
    // A table that is not saved yet is open, in this folder.
    let new = || Some(location.directory.join(FILE_NAME)).filter(|path| buffers.has(path));
    found.or_else(new).ok_or_else(|| {
        Failure::new("no-table", "there is no ports.toml in this folder or any above it")
            .path(location.directory.display().to_string())
            .help("`portgen init` writes one from what is here; another file is named with --config")
    })
}

pub(super) fn parent(path: &Path) -> PathBuf {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_path_buf()
}

pub(super) fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| FILE_NAME.to_owned(), |name| name.to_string_lossy().into_owned())
}

/// The folder relative to the root's, with `/`.
fn relative_folder(root: &Path, folder: &Path) -> String {
    let inside = folder.strip_prefix(root).unwrap_or(Path::new(""));
    let parts: Vec<_> = inside.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}

/// A workspace's root above a member.
struct Root {
    folder: PathBuf,
    text: String,
}

struct Loader {
    sources: Sources,
    folder: PathBuf,
    file_name: String,
    documents: Vec<Document>,
    folders: Vec<String>,
    policies: BTreeMap<PathBuf, Option<Document>>,
    findings: Vec<Finding>,
    files: usize,
    edit: Option<Edit>,
    index: Option<Rc<Index>>,
    buffers: Rc<Buffers>,
}

impl Loader {
    fn new(file_name: String, edit: Option<Edit>, index: Option<Rc<Index>>, buffers: Rc<Buffers>) -> Self {
        Self {
            sources: Sources::new(),
            folder: PathBuf::new(),
            file_name,
            documents: Vec::new(),
            folders: Vec::new(),
            policies: BTreeMap::new(),
            findings: Vec::new(),
            files: 0,
            edit,
            index,
            buffers,
        }
    }

    fn read_text(&self, path: &Path) -> Result<String, Failure> {
        if let Some(text) = self.buffers.get(path) {
            return Ok(text.to_owned());
        }
        self.index.as_ref().map_or_else(|| world::read_text(path), |index| index.read_text(path))
    }

    /// The nearest table above the folder that names it as a member.
    fn workspace_above(&self, folder: &Path, text: &str) -> Result<Option<Root>, Failure> {
        // A text without the word has no table of that name; most have not.
        if text.contains("workspace") && has_workspace(text) {
            return Ok(None);
        }
        let mut above = folder.parent();
        while let Some(candidate) = above {
            let path = candidate.join(FILE_NAME);
            if world::is_file(&path) {
                let text = self.read_text(&path)?;
                let document = parse_quietly(&text);
                if let Some(workspace) = &document.workspace {
                    let globs: Vec<String> =
                        workspace.members.iter().map(|glob| glob.value.clone()).collect();
                    let member = relative_folder(candidate, folder);
                    let is_named = world::matches_any(&globs, &member);
                    return Ok(is_named.then(|| Root { folder: candidate.to_path_buf(), text }));
                }
            }
            above = candidate.parent();
        }
        Ok(None)
    }

    /// Reads one table; its folder is relative to the root's.
    fn read_project(&mut self, folder: String, text: String) {
        let name = join(&folder, &self.file_name);
        let text = match self.edit.take_if(|edit| edit.folder == folder) {
            Some(edit) => edit.after,
            None => text,
        };
        let id = self.sources.add(name, text);
        let document = manifest::parse(self.sources.get(id).text(), id, &mut self.findings);
        self.documents.push(document);
        self.folders.push(folder);
        self.files += 1;
    }

    /// Reads the members of the workspace that a document declares.
    fn read_members(&mut self, root: usize) -> Result<(), Failure> {
        let members =
            self.documents[root].workspace.as_ref().map(|table| table.members.clone()).unwrap_or_default();
        for glob in members {
            if leaves(&glob.value) {
                self.findings.push(outside(&glob));
                continue;
            }
            let folders = world::member_folders(&self.folder, &glob.value, FILE_NAME)?;
            if folders.is_empty() {
                self.no_member(&glob);
            }
            for folder in folders {
                if folder.is_empty() || self.folders.contains(&folder) {
                    continue;
                }
                let text = self.read_text(&self.folder.join(&folder).join(FILE_NAME))?;
                self.read_project(folder, text);
                self.nested_workspace();
            }
        }
        Ok(())
    }

    fn no_member(&mut self, glob: &Spanned<String>) {
        let message = format!("no folder with a {FILE_NAME} matches `{}`", glob.value);
        let finding = Finding::new("unknown-name", glob.place, message);
        self.findings.push(
            finding.help("a member is a folder, relative to this file's, with a ports.toml of its own"),
        );
    }

    fn nested_workspace(&mut self) {
        if let Some(workspace) = self.documents.last().and_then(|document| document.workspace.as_ref()) {
            let finding = Finding::new(
                "invalid-value",
                workspace.place,
                "a member of a workspace is no workspace itself",
            );
            self.findings.push(finding.help("name its members in the root's `members`"));
        }
    }

    /// Everything that the document extends, the last first.
    fn policies_of(&mut self, index: usize) -> Vec<Document> {
        let extends =
            self.documents[index].project.as_ref().map(|table| table.extends.clone()).unwrap_or_default();
        let folder = self.folders[index].clone();
        let mut policies: Vec<Document> =
            extends.iter().filter_map(|path| self.policy(&folder, path)).collect();
        policies.reverse();
        policies
    }

    fn policy(&mut self, folder: &str, path: &Spanned<String>) -> Option<Document> {
        let file = self.folder.join(folder).join(&path.value);
        if let Some(known) = self.policies.get(&file) {
            return known.clone();
        }
        let read = match self.read_text(&file) {
            Ok(text) => {
                let id = self.sources.add(join(folder, &path.value), text);
                self.files += 1;
                Some(manifest::parse_policy(self.sources.get(id).text(), id, &mut self.findings))
            }
            Err(failure) => {
                self.findings.push(unreadable(path.place, &path.value, &failure));
                None
            }
        };
        self.policies.insert(file, read.clone());
        read
    }

    fn finish(mut self, start: &str) -> Workspace {
        let mut projects = Vec::new();
        let root = (self.documents.len() > 1).then(|| self.documents[0].clone());
        let root_policies = if self.documents.is_empty() { Vec::new() } else { self.policies_of(0) };
        for index in 0..self.documents.len() {
            let mut inherited = Inherited::default();
            let own = if index == 0 { root_policies.clone() } else { self.policies_of(index) };
            if let (Some(root), true) = (&root, index > 0) {
                inherited.add(root);
            }
            own.iter().for_each(|policy| inherited.add(policy));
            if index > 0 {
                root_policies.iter().for_each(|policy| inherited.add(policy));
            }
            let mut project = manifest::resolve(&self.documents[index], &inherited, &mut self.findings);
            project.folder = self.folders[index].clone();
            self.findings.extend(check_names(&project));
            projects.push(project);
        }
        let selected = match self.folders.iter().position(|folder| folder == start) {
            Some(index) if index > 0 => vec![index],
            _ => (0..projects.len()).collect(),
        };
        Workspace {
            sources: self.sources,
            folder: self.folder,
            file_name: self.file_name,
            projects,
            documents: self.documents,
            selected,
            findings: self.findings,
            files: self.files,
            index: self.index,
            buffers: self.buffers,
            policies: self.policies.into_keys().collect(),
        }
    }
}

/// Whether a path leads out of the folder that it is relative to.
fn leaves(path: &str) -> bool {
    !Path::new(path).components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
}

fn outside(glob: &Spanned<String>) -> Finding {
    let message = format!("`{}` leads out of the workspace", printable(&glob.value));
    let finding = Finding::new("invalid-value", glob.place, message);
    finding.help("a member lies below the folder of this file: from there the workspace is found upwards")
}

fn unreadable(place: Place, path: &str, failure: &Failure) -> Finding {
    let finding =
        Finding::new("invalid-value", place, format!("`{path}` cannot be read: {}", failure.message));
    finding.help("a path in `extends` is relative to the folder of this file")
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

fn has_workspace(text: &str) -> bool {
    parse_quietly(text).workspace.is_some()
}

/// Reads a table for its `[workspace]` alone; what is wrong with it is said
/// when it is read in earnest.
fn parse_quietly(text: &str) -> Document {
    let mut sources = Sources::new();
    let id = sources.add(FILE_NAME, "");
    manifest::parse(text, id, &mut Vec::new())
}
