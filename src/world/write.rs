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
/// What they end in.
pub(super) const TEMPORARY_END: &str = ".tmp";

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

    /// The file that is replaced, links followed.
    pub fn target(&self) -> &Path {
        &self.target
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
    builder.prefix(TEMPORARY).suffix(TEMPORARY_END);
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

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the tests make their own files")]
mod tests {
    use super::*;

    fn root() -> (tempfile::TempDir, Root) {
        let folder = tempfile::tempdir().expect("a folder");
        let root = Root::open(folder.path()).expect("a root");
        (folder, root)
    }

    fn path(text: &str) -> RelativePath {
        RelativePath::parse(text).expect("a path")
    }

    fn count(folder: &Path) -> usize {
        std::fs::read_dir(folder).expect("a folder").count()
    }

    #[test]
    fn nothing_is_left_of_what_is_given_up() {
        let (folder, root) = root();
        root.stage(&path("a/b/c"), None, "x").expect("staged").abandon();
        assert_eq!(count(folder.path()), 0);
        std::fs::write(folder.path().join("f"), "old").expect("a file");
        let staged = root.stage(&path("f"), Some("other"), "new").expect("staged");
        assert_eq!(staged.commit(&root).expect_err("it has another text").code, "changed");
        assert_eq!(count(folder.path()), 1);
    }

    #[test]
    fn a_new_file_is_never_written_over_another() {
        let (folder, root) = root();
        root.create(&path("t/x"), "one").expect("written");
        assert_eq!(root.create(&path("t/x"), "two").expect_err("it is there").code, "exists");
        assert_eq!(std::fs::read_to_string(folder.path().join("t/x")).expect("a file"), "one");
    }

    #[test]
    fn only_a_file_that_is_as_it_was_is_deleted() {
        let (folder, root) = root();
        std::fs::write(folder.path().join("f"), "old").expect("a file");
        assert_eq!(root.delete(&path("f"), "other").expect_err("it has another text").code, "changed");
        root.delete(&path("f"), "old").expect("deleted");
        assert_eq!(count(folder.path()), 0);
    }

    #[cfg(unix)]
    mod unix {
        use std::os::unix::fs::{PermissionsExt, symlink};

        use super::*;

        fn mode(file: &Path) -> u32 {
            std::fs::metadata(file).expect("a file").permissions().mode() & 0o7777
        }

        #[test]
        fn a_file_keeps_its_mode_and_a_new_one_has_the_usual() {
            let (folder, root) = root();
            let (file, usual) = (folder.path().join("f"), folder.path().join("usual"));
            std::fs::write(&usual, "").expect("a file");
            for bits in [0o755, 0o600, 0o664] {
                std::fs::write(&file, "old").expect("a file");
                std::fs::set_permissions(&file, std::fs::Permissions::from_mode(bits)).expect("permissions");
                root.stage(&path("f"), Some("old"), "new").expect("staged").commit(&root).expect("written");
                assert_eq!(std::fs::read_to_string(&file).expect("a file"), "new");
                assert_eq!(mode(&file), bits);
            }
            root.stage(&path("new"), None, "x").expect("staged").commit(&root).expect("written");
            assert_eq!(mode(&folder.path().join("new")), mode(&usual));
        }

        #[test]
        fn a_link_inside_the_root_stays_a_link() {
            let (folder, root) = root();
            std::fs::create_dir(folder.path().join("real")).expect("a folder");
            std::fs::write(folder.path().join("real/f"), "old").expect("a file");
            symlink("real/f", folder.path().join("link")).expect("a link");
            root.stage(&path("link"), Some("old"), "new").expect("staged").commit(&root).expect("written");
            assert!(std::fs::symlink_metadata(folder.path().join("link")).expect("a link").is_symlink());
            assert_eq!(std::fs::read_to_string(folder.path().join("real/f")).expect("a file"), "new");
        }

        #[test]
        fn a_link_that_is_put_there_meanwhile_is_not_followed() {
            let (folder, root) = root();
            let outside = tempfile::tempdir().expect("a folder");
            let staged = root.stage(&path("a/f"), None, "new").expect("staged");
            std::fs::rename(folder.path().join("a"), folder.path().join("moved")).expect("moved");
            symlink(outside.path(), folder.path().join("a")).expect("a link");
            assert_eq!(staged.commit(&root).expect_err("it leaves the root").code, "unusable");
            assert_eq!(count(outside.path()), 0);
        }

        #[test]
        fn a_folder_that_forbids_writing_is_a_failure() {
            let (folder, root) = root();
            let locked = folder.path().join("locked");
            std::fs::create_dir(&locked).expect("a folder");
            std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o555)).expect("permissions");
            if std::fs::write(locked.join("probe"), "").is_ok() {
                eprintln!("skipped: this user may write everywhere");
                return;
            }
            let failure = root.stage(&path("locked/f"), None, "x").expect_err("no permission");
            assert_eq!((failure.code, failure.path.as_deref()), ("io", Some("locked/f")));
        }
    }
}
