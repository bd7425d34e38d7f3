//! Paths of the file system as the protocol writes them.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use lsp_types::Uri;

use crate::world;

/// The path of a `file:` address; `None` for any other one.
pub(super) fn to_path(uri: &Uri) -> Option<PathBuf> {
    world::path_of_address(uri.as_str())
}

/// The `file:` address of a path.
pub(super) fn of_path(path: &Path) -> Option<Uri> {
    Uri::from_str(&world::address_of_path(path)?).ok()
}
