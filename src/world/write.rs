//! Replaces files whole: a temporary file beside each, synced, then renamed.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempPath};

use super::Root;
use super::root::{Obstacle, Resolved, Unresolved, io_failure};
use crate::diagnostic::Failure;
use crate::model::RelativePath;

/// What the names of temporary files begin with; one that is left over where
/// portgen was killed may be deleted.
pub(super) const TEMPORARY: &str = ".portgen-";

/// A new text of a file: written and synced beside it, not yet in its place.
///
/// Dropping it removes the temporary file; see also [`Staged::abandon`].
#[derive(Debug)]
pub struct Staged {
    path: RelativePath,
    target: PathBuf,
    temporary: TempPath,
    before: Option<String>,
    /// Folders that were made for it, outermost first.
    made: Vec<PathBuf>,
}

impl Root {
    /// Writes a new text beside a file, or beside where it is to be.
    ///
    /// `before` is the text that the file is expected to have, `None` where
    /// it is expected not to exist. Missing folders are made. The temporary
    /// file has the permissions (and on Unix, where allowed, the owner) of the
    /// old one; a new one has what the system gives by default.
    ///
    /// # Errors
    /// A [`Failure`] where the path leaves the root or the system refuses;
    /// nothing is left behind then.
    pub fn stage(&self, path: &RelativePath, before: Option<&str>, after: &str) -> Result<Staged, Failure> {
        let resolved = self.resolved(path)?;
        let target = resolved.path();
        let made = make_folders(&resolved).map_err(|error| io_failure(path, &error))?;
        match temporary(&target, after, resolved.metadata.as_ref()) {
            Ok(temporary) => {
                let before = before.map(str::to_owned);
                Ok(Staged { path: path.clone(), target, temporary, before, made })
            }
            Err(error) => {
                remove_folders(&made);
                Err(io_failure(path, &error))
            }
        }
    }

    /// Writes a new file, its folders made, never over an existing one.
    ///
    /// # Errors
    /// A [`Failure`]: something is there, the path leaves the root, or the
    /// system refuses.
    pub fn create(&self, path: &RelativePath, text: &str) -> Result<(), Failure> {
        if self.resolved(path)?.metadata.is_some() {
            return Err(Failure::new("exists", "it exists already").path(path.to_string()));
        }
        let staged = self.stage(path, None, text)?;
        match staged.temporary.persist_noclobber(&staged.target) {
            Ok(()) => {
                sync_folders(&staged.target, &staged.made);
                Ok(())
            }
            Err(error) => {
                remove_folders(&staged.made);
                Err(io_failure(path, &error.error))
            }
        }
    }

    /// Deletes a file that still has the text `before`.
    ///
    /// # Errors
    /// A [`Failure`] where it changed meanwhile, or the system refuses.
    #[expect(clippy::disallowed_methods, reason = "this is the room that touches the disk")]
    pub fn delete(&self, path: &RelativePath, before: &str) -> Result<(), Failure> {
        let target = self.resolved(path)?.path();
        refuse_changed(path, &target, Some(before))?;
        std::fs::remove_file(&target).map_err(|error| io_failure(path, &error))?;
        sync_folders(&target, &[]);
        Ok(())
    }

    /// Refuses where a file no longer is what was planned against.
    ///
    /// # Errors
    /// A [`Failure`] where it changed, or cannot be read.
    pub fn refuse_changed(&self, path: &RelativePath, before: Option<&str>) -> Result<(), Failure> {
        refuse_changed(path, &self.resolved(path)?.path(), before)
    }

    fn resolved(&self, path: &RelativePath) -> Result<Resolved, Failure> {
        self.resolve(path).map_err(|unresolved| match unresolved {
            Unresolved::Failure(failure) => failure,
            Unresolved::Obstacle(Obstacle { reason, help }) => {
                Failure::new("unusable", reason).help(help).path(path.to_string())
            }
        })
    }
}

impl Staged {
    /// Which file.
    pub fn path(&self) -> &RelativePath {
        &self.path
    }

    /// Puts the new text in its place, in one step, and syncs the folder.
    ///
    /// # Errors
    /// A [`Failure`] where the file changed since it was planned, or the
    /// system refuses; the old file is as it was then.
    pub fn commit(self, root: &Root) -> Result<(), Failure> {
        if let Err(failure) = self.refuse_changed(root) {
            self.abandon();
            return Err(failure);
        }
        match self.temporary.persist(&self.target) {
            Ok(()) => {
                sync_folders(&self.target, &self.made);
                Ok(())
            }
            Err(error) => {
                drop(error.path);
                remove_folders(&self.made);
                Err(io_failure(&self.path, &error.error))
            }
        }
    }

    fn refuse_changed(&self, root: &Root) -> Result<(), Failure> {
        // A link may have been put there since.
        if root.resolved(&self.path)?.path() != self.target {
            return Err(changed(&self.path));
        }
        refuse_changed(&self.path, &self.target, self.before.as_deref())
    }

    /// Removes the temporary file, and the folders that were made for it and
    /// are empty.
    pub fn abandon(self) {
        drop(self.temporary);
        remove_folders(&self.made);
    }
}

fn changed(path: &RelativePath) -> Failure {
    let message = "it was changed by another program while portgen was at work";
    Failure::new("changed", message).help("run the command again").path(path.to_string())
}

#[expect(clippy::disallowed_methods, reason = "this is the room that touches the disk")]
fn refuse_changed(path: &RelativePath, target: &Path, before: Option<&str>) -> Result<(), Failure> {
    let is_same = match std::fs::read(target) {
        Ok(bytes) => before.is_some_and(|before| before.as_bytes() == bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => before.is_none(),
        Err(error) => return Err(io_failure(path, &error)),
    };
    if is_same { Ok(()) } else { Err(changed(path)) }
}

/// Makes the folders that a file needs; gives those it made, outermost first.
fn make_folders(resolved: &Resolved) -> io::Result<Vec<PathBuf>> {
    let mut made = Vec::new();
    let mut folder = resolved.existing.clone();
    let folders = resolved.missing.split_last().map_or(&[][..], |(_, folders)| folders);
    for part in folders {
        folder.push(part);
        match std::fs::create_dir(&folder) {
            Ok(()) => made.push(folder.clone()),
            // Made meanwhile, maybe by an output before this one: but not as a link.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && is_real_folder(&folder) => {}
            Err(error) => {
                remove_folders(&made);
                return Err(error);
            }
        }
    }
    Ok(made)
}

#[expect(clippy::disallowed_methods, reason = "this is the room that touches the disk")]
fn is_real_folder(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir())
}

/// Removes folders that are empty, innermost first; others stay.
fn remove_folders(made: &[PathBuf]) {
    for folder in made.iter().rev() {
        if std::fs::remove_dir(folder).is_err() {
            return;
        }
    }
}

/// Writes and syncs a temporary file in the folder of another.
fn temporary(target: &Path, text: &str, old: Option<&std::fs::Metadata>) -> io::Result<TempPath> {
    let folder = target.parent().ok_or(io::ErrorKind::InvalidInput)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY).suffix(".tmp");
    let mut file = with_default_mode(&mut builder).tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    if let Some(old) = old {
        keep_owner_and_mode(&file, old)?;
    }
    file.as_file().sync_all()?;
    // Closed, so that a plan of many files does not run out of handles.
    Ok(file.into_temp_path())
}

#[cfg(unix)]
fn with_default_mode<'b>(
    builder: &'b mut tempfile::Builder<'static, 'static>,
) -> &'b mut tempfile::Builder<'static, 'static> {
    use std::os::unix::fs::PermissionsExt;
    // The umask takes its part from it, as for any new file.
    builder.permissions(std::fs::Permissions::from_mode(0o666))
}

#[cfg(not(unix))]
fn with_default_mode<'b>(
    builder: &'b mut tempfile::Builder<'static, 'static>,
) -> &'b mut tempfile::Builder<'static, 'static> {
    builder
}

#[cfg(unix)]
fn keep_owner_and_mode(file: &NamedTempFile, old: &std::fs::Metadata) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt;
    let new = file.as_file().metadata()?;
    if (new.uid(), new.gid()) != (old.uid(), old.gid()) {
        // Only an administrator may give a file away; others keep it as theirs.
        drop(std::os::unix::fs::fchown(file.as_file(), Some(old.uid()), Some(old.gid())));
    }
    file.as_file().set_permissions(old.permissions())
}

#[cfg(not(unix))]
fn keep_owner_and_mode(file: &NamedTempFile, old: &std::fs::Metadata) -> io::Result<()> {
    file.as_file().set_permissions(old.permissions())
}

/// Makes renames last through a crash: the folder of a file, and the folders
/// that new folders are in.
#[cfg(unix)]
#[expect(clippy::disallowed_methods, reason = "this is the room that touches the disk")]
fn sync_folders(target: &Path, made: &[PathBuf]) {
    for path in made.iter().map(PathBuf::as_path).chain([target]) {
        // Not every file system can sync a folder; the rename is done all the same.
        let folder = path.parent().and_then(|folder| std::fs::File::open(folder).ok());
        drop(folder.map(|folder| folder.sync_all()));
    }
}

#[cfg(not(unix))]
fn sync_folders(_target: &Path, _made: &[PathBuf]) {}
