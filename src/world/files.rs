//! Small operations on files outside a project: the hook's own, folders of pages.

use std::io;
use std::path::{Path, PathBuf};

use crate::diagnostic::Failure;

fn failed(path: &Path) -> impl Fn(io::Error) -> Failure {
    let shown = path.display().to_string();
    move |error| Failure::new("io", error.to_string()).path(shown.clone())
}

/// Reads a text; `None` where there is no such file.
///
/// # Errors
/// A [`Failure`] where it is there and cannot be read as text.
pub fn read_text_if_any(path: &Path) -> Result<Option<String>, Failure> {
    match super::read_text(path) {
        Ok(text) => Ok(Some(text)),
        Err(failure) if failure.code == "not-found" => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// Makes a folder, and those above it, where they are missing.
///
/// # Errors
/// A [`Failure`] with what the system says.
#[expect(clippy::disallowed_methods, reason = "this is the room that touches the disk")]
pub fn make_folder(path: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(path).map_err(failed(path))
}

/// Removes a file.
///
/// # Errors
/// A [`Failure`] with what the system says.
#[expect(clippy::disallowed_methods, reason = "this is the room that touches the disk")]
pub fn remove_file(path: &Path) -> Result<(), Failure> {
    std::fs::remove_file(path).map_err(failed(path))
}

/// Renames a file within its folder.
///
/// # Errors
/// A [`Failure`] with what the system says.
#[expect(clippy::disallowed_methods, reason = "this is the room that touches the disk")]
pub fn rename(from: &Path, to: &Path) -> Result<(), Failure> {
    std::fs::rename(from, to).map_err(failed(from))
}

/// Writes a program that its owner may run, whole or not at all; makes its folder.
///
/// # Errors
/// A [`Failure`] with what the system says.
#[expect(clippy::disallowed_methods, reason = "this is the room that touches the disk")]
pub fn write_executable(path: &Path, text: &str) -> Result<(), Failure> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(failed(folder))?;
    let mut file = executable().tempfile_in(folder).map_err(failed(folder))?;
    io::Write::write_all(&mut file, text.as_bytes()).map_err(failed(path))?;
    file.as_file().sync_all().map_err(failed(path))?;
    file.persist(path).map_err(|error| failed(path)(error.error))?;
    Ok(())
}

#[cfg(unix)]
fn executable() -> tempfile::Builder<'static, 'static> {
    use std::os::unix::fs::PermissionsExt;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".portgen-").permissions(std::fs::Permissions::from_mode(0o755));
    builder
}

#[cfg(not(unix))]
fn executable() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".portgen-");
    builder
}

/// The path of the running program.
///
/// # Errors
/// A [`Failure`] where the system does not say.
pub fn own_program() -> Result<PathBuf, Failure> {
    std::env::current_exe()
        .map_err(|error| Failure::new("io", format!("the path of portgen is not known: {error}")))
}
