//! Copies a built-in target out, to be changed.

use std::path::PathBuf;

use crate::diagnostic::{Failure, did_you_mean};
use crate::model::RelativePath;
use crate::target::{self, BuiltIn, TARGETS};
use crate::world::{self, Root};

/// What `eject` wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ejected {
    /// The folder to name in `template = "…"`, relative to the one it was written in.
    pub folder: String,
    /// The files in it.
    pub files: Vec<String>,
}

/// Writes the files of a built-in target to `templates/<target>`, or to
/// another folder inside `directory`.
///
/// # Errors
/// A [`Failure`] for an unknown target, a folder outside, a file that is
/// there already, or a disk that refuses.
pub fn eject(directory: PathBuf, id: &str, folder: Option<&str>) -> Result<Ejected, Failure> {
    let target = find(id)?;
    let folder =
        folder.map_or_else(|| format!("templates/{id}"), |folder| folder.trim_end_matches('/').to_owned());
    let root = Root::open(&directory)?;
    let mut files = Vec::new();
    for (name, text) in target.files() {
        let path = format!("{folder}/{name}");
        let path = RelativePath::parse(&path).map_err(|error| {
            Failure::new("bad-path", format!("`{folder}` cannot be used: {error}"))
                .help("name a folder inside this one")
        })?;
        files.push((path, text));
    }
    for (path, _) in &files {
        if world::is_file(&directory.join(path.as_str())) {
            let message = "it exists, and eject writes over nothing";
            return Err(Failure::new("exists", message)
                .path(path.to_string())
                .help("remove it, or name another folder with --to"));
        }
    }
    for (path, text) in &files {
        root.create(path, text)?;
    }
    Ok(Ejected { folder, files: files.iter().map(|(path, _)| path.to_string()).collect() })
}

/// The built-in target of a name.
///
/// # Errors
/// A [`Failure`] that names the nearest one, or all.
pub fn find(id: &str) -> Result<&'static BuiltIn, Failure> {
    target::find(id).ok_or_else(|| {
        let failure = Failure::new("unknown-target", format!("there is no target `{id}`"));
        match did_you_mean(id, TARGETS.iter().map(|target| target.id)) {
            Some(near) => failure.help(format!("did you mean `{near}`?")),
            None => failure.help("`portgen targets` lists them"),
        }
    })
}
