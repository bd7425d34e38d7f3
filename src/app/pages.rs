//! Writes generated pages into a folder that is nobody's project.

use std::path::Path;

use crate::diagnostic::Failure;
use crate::model::RelativePath;
use crate::world::{self, Root};

/// A page to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The name of its file.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// A page that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenPage {
    /// The name of its file.
    pub name: String,
    /// `created`, `updated` or `unchanged`.
    pub result: &'static str,
}

/// Writes every page that differs into a folder, which is made where it is missing.
///
/// # Errors
/// A [`Failure`] where the system refuses; pages before it are written.
pub fn write_pages(folder: &Path, pages: &[Page]) -> Result<Vec<WrittenPage>, Failure> {
    world::make_folder(folder)?;
    let root = Root::open(folder)?;
    pages.iter().map(|page| write(&root, page)).collect()
}

fn write(root: &Root, page: &Page) -> Result<WrittenPage, Failure> {
    let path = RelativePath::parse(&page.name)
        .map_err(|error| Failure::new("bad-path", error.to_string()).path(page.name.clone()))?;
    let before =
        root.read_text(&path).map_err(|reason| Failure::new("unusable", reason).path(page.name.clone()))?;
    let result = match &before {
        Some(before) if *before == page.text => "unchanged",
        Some(_) => "updated",
        None => "created",
    };
    if result != "unchanged" {
        root.stage(&path, before.as_deref(), &page.text)?.commit(root)?;
    }
    Ok(WrittenPage { name: page.name.clone(), result })
}
