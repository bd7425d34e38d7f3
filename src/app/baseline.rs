//! Where a baseline is kept: reading and writing its file.

use std::path::{Path, PathBuf};

use super::load::Workspace;
use crate::check::Baseline;
use crate::diagnostic::Failure;
use crate::model::RelativePath;
use crate::source::Sources;
use crate::world::{self, Root};

/// The name of the baseline beside the table, which is used where it is there.
pub const BASELINE_NAME: &str = ".portgen-baseline.json";

/// Which baseline `check` uses, and whether it writes it.
#[derive(Clone, Debug, Default)]
pub struct BaselineOptions {
    /// The file; none means the one beside the table, where it is there.
    pub file: Option<PathBuf>,
    /// Whether to write what is found into it.
    pub write: bool,
}

/// The file that is meant.
pub(super) fn file(options: &BaselineOptions, workspace: &Workspace) -> PathBuf {
    options.file.clone().unwrap_or_else(|| workspace.folder.join(BASELINE_NAME))
}

/// A file's path as reports name it: relative to the workspace, where it lies in it.
pub(super) fn shown(file: &Path, workspace: &Workspace) -> String {
    let (base, file) = (world::normalise(&workspace.folder), world::normalise(file));
    match file.strip_prefix(&base) {
        Ok(inside) => {
            let parts = inside.components().map(|part| part.as_os_str().to_string_lossy());
            parts.collect::<Vec<_>>().join("/")
        }
        Err(_) => file.display().to_string(),
    }
}

/// Reads the baseline that is meant; `None` where none is asked for and none is
/// beside the table.
///
/// # Errors
/// A [`Failure`] where it cannot be read, or is none.
pub(super) fn read(
    options: &BaselineOptions,
    workspace: &mut Workspace,
) -> Result<Option<Baseline>, Failure> {
    let path = file(options, workspace);
    if options.file.is_none() && !world::is_there(&path) {
        return Ok(None);
    }
    let name = shown(&path, workspace);
    let text = world::read_text(&path).map_err(|failure| Failure { path: Some(name.clone()), ..failure })?;
    let source = workspace.sources.add(name.as_str(), text.as_str());
    let baseline = Baseline::parse(source, &text).map_err(|reason| {
        Failure::new("bad-baseline", reason)
            .path(name)
            .help("write it anew: `portgen check --write-baseline`")
    })?;
    Ok(Some(baseline))
}

/// Writes a baseline, whole or not at all, and only where it differs.
///
/// # Errors
/// A [`Failure`] where the file is no baseline, or the disk refuses.
pub(super) fn write(baseline: &Baseline, path: &Path) -> Result<(), Failure> {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("");
    let unusable = |_| Failure::new("unusable", "it is no name of a file").path(path.display().to_string());
    let name = RelativePath::parse(name).map_err(unusable)?;
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let root = Root::open(folder)?;
    let before = world::read_text_if_any(path)?;
    let after = baseline.to_text();
    refuse_another_file(before.as_deref(), path)?;
    if before.as_deref() == Some(after.as_str()) {
        return Ok(());
    }
    root.stage(&name, before.as_deref(), &after)?.commit(&root)
}

/// A file that is no baseline is somebody's: it is not written over.
fn refuse_another_file(before: Option<&str>, path: &Path) -> Result<(), Failure> {
    let text = before.unwrap_or("");
    let mut sources = Sources::new();
    let source = sources.add("", "");
    if text.trim().is_empty() || Baseline::parse(source, text).is_ok() {
        return Ok(());
    }
    Err(Failure::new("exists", "there is a file that is no baseline, and it is not written over")
        .path(path.display().to_string())
        .help("name another file, or move this one away"))
}

/// Reads back what was written, so that its entries have places.
pub(super) fn as_written(baseline: &Baseline, name: &str, sources: &mut Sources) -> Baseline {
    let text = baseline.to_text();
    let source = sources.add(name, text.as_str());
    Baseline::parse(source, &text).unwrap_or_default()
}
