//! A project's folder: nothing outside it is read as an output or written.

use std::fs::Metadata;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::ignored::is_ignored_by_git;
use super::locate::{MAXIMUM_TEXT, normalise};
use crate::diagnostic::Failure;
use crate::model::RelativePath;
use crate::plan::Existing;
use crate::source::Sources;

/// The folder of a `ports.toml`, as the file system names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    folder: PathBuf,
}

/// Why a path cannot be used, in words for a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Obstacle {
    /// A clause with a subject of its own.
    pub(super) reason: String,
    /// What to do.
    pub(super) help: String,
}

/// Where a path leads, links followed.
#[derive(Debug)]
pub(super) struct Resolved {
    /// The last folder on the way that exists.
    pub(super) existing: PathBuf,
    /// What is to be made below it, the file's own name last; empty where
    /// the path exists.
    pub(super) missing: Vec<String>,
    /// What is there; `None` where something is missing.
    pub(super) metadata: Option<Metadata>,
}

impl Resolved {
    /// The path itself, links followed.
    pub(super) fn path(&self) -> PathBuf {
        self.missing.iter().fold(self.existing.clone(), |path, part| path.join(part))
    }
}

/// Why a path was not resolved.
pub(super) enum Unresolved {
    Obstacle(Obstacle),
    Failure(Failure),
}

impl Root {
    /// Opens a folder.
    ///
    /// # Errors
    /// A [`Failure`] where it does not exist, is no folder or cannot be entered.
    #[expect(clippy::disallowed_methods, reason = "this is the room that touches the disk")]
    pub fn open(folder: &Path) -> Result<Self, Failure> {
        let failed = |message: String| Failure::new("io", message).path(folder.display().to_string());
        let metadata = std::fs::metadata(folder).map_err(|error| failed(error.to_string()))?;
        if !metadata.is_dir() {
            return Err(failed("it is not a folder".to_owned()));
        }
        Ok(Self { folder: normalise(folder) })
    }

    /// The folder: absolute, without links.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Reads what is at the path of an output; a text is added to `sources`
    /// under the name `shown`.
    ///
    /// A link inside the root is followed. What cannot be an output is
    /// [`Existing::Unusable`]: a folder, a device or pipe, a text that is not
    /// UTF-8 or larger than 16 MiB, a link that leads nowhere, out of the root
    /// or into `.git`, a file that may not be read.
    ///
    /// # Errors
    /// A [`Failure`] for any other error of the system.
    pub fn read(&self, path: &RelativePath, shown: &str, sources: &mut Sources) -> Result<Existing, Failure> {
        let unusable = |Obstacle { reason, help }| Existing::Unusable { reason, help };
        let resolved = match self.resolve(path) {
            Ok(resolved) => resolved,
            Err(Unresolved::Obstacle(obstacle)) => return Ok(unusable(obstacle)),
            Err(Unresolved::Failure(failure)) => return Err(failure),
        };
        let Some(metadata) = &resolved.metadata else {
            return Ok(Existing::Absent { ignored_by_git: is_ignored_by_git(&self.folder, path) });
        };
        match read_text(&resolved.path(), metadata) {
            Ok(Ok(text)) => {
                let source = sources.add(shown, text);
                Ok(Existing::Text { source, read_only: metadata.permissions().readonly() })
            }
            Ok(Err(obstacle)) => Ok(unusable(obstacle)),
            Err(error) => Err(io_failure(path, &error)),
        }
    }

    /// Reads a text inside the root, such as a template; `None` where there is
    /// no such file.
    ///
    /// # Errors
    /// A clause that says why it cannot be used, as for [`Root::read`], or
    /// what the system says.
    pub fn read_text(&self, path: &RelativePath) -> Result<Option<String>, String> {
        let resolved = match self.resolve(path) {
            Ok(resolved) => resolved,
            Err(Unresolved::Obstacle(obstacle)) => return Err(obstacle.reason),
            Err(Unresolved::Failure(failure)) => return Err(failure.message),
        };
        let Some(metadata) = &resolved.metadata else { return Ok(None) };
        match read_text(&resolved.path(), metadata) {
            Ok(Ok(text)) => Ok(Some(text)),
            Ok(Err(obstacle)) => Err(obstacle.reason),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Where a path leads, links followed; lower case, as some systems ignore
    /// case. `None` where it leads nowhere, or out of the folder.
    pub fn destination(&self, path: &RelativePath) -> Option<String> {
        Some(lower(&self.resolve(path).ok()?.path()))
    }

    /// Whether a path is a file, links followed and case ignored.
    pub fn leads_to(&self, path: &RelativePath, file: &Path) -> bool {
        self.destination(path).is_some_and(|destination| destination == lower(&normalise(file)))
    }

    /// Follows a path, folder by folder, and stays inside the root.
    #[expect(clippy::disallowed_methods, reason = "this is the room that touches the disk")]
    pub(super) fn resolve(&self, path: &RelativePath) -> Result<Resolved, Unresolved> {
        let parts: Vec<&str> = path.as_str().split('/').collect();
        let mut existing = self.folder.clone();
        let mut metadata = None;
        for (index, part) in parts.iter().enumerate() {
            let next = existing.join(part);
            let shown = parts.get(..=index).unwrap_or(&[]).join("/");
            let found = match std::fs::symlink_metadata(&next) {
                Ok(found) => found,
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    let missing = parts.get(index..).unwrap_or(&[]).iter().map(|part| (*part).to_owned());
                    return Ok(Resolved { existing, missing: missing.collect(), metadata: None });
                }
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                    return Err(Unresolved::Obstacle(no_permission(&shown)));
                }
                Err(error) => return Err(Unresolved::Failure(io_failure(path, &error))),
            };
            let (next, found) = if found.is_symlink() { self.follow(&next, &shown)? } else { (next, found) };
            if index + 1 < parts.len() && !found.is_dir() {
                return Err(Unresolved::Obstacle(Obstacle {
                    reason: format!("`{shown}` is not a folder"),
                    help: "move what is there away, or give the output another path".to_owned(),
                }));
            }
            existing = next;
            metadata = Some(found);
        }
        Ok(Resolved { existing, missing: Vec::new(), metadata })
    }

    /// Where a link leads, if that is inside the root.
    #[expect(clippy::disallowed_methods, reason = "this is the room that touches the disk")]
    fn follow(&self, link: &Path, shown: &str) -> Result<(PathBuf, Metadata), Unresolved> {
        let obstacle =
            |reason: String, help: &str| Unresolved::Obstacle(Obstacle { reason, help: help.to_owned() });
        let found = std::fs::canonicalize(link).and_then(|target| {
            let metadata = std::fs::metadata(&target)?;
            Ok((normalise(&target), metadata))
        });
        // A chain of links that never ends is an error of its own kind.
        let Ok((target, metadata)) = found else {
            let reason = format!("`{shown}` is a symbolic link that leads nowhere");
            return Err(obstacle(reason, "remove the link, or make what it names"));
        };
        let Ok(inside) = target.strip_prefix(&self.folder) else {
            let reason = format!("`{shown}` is a symbolic link that leaves the project");
            return Err(obstacle(reason, "put a file of its own there, or give the output another path"));
        };
        if inside.components().any(|part| part.as_os_str().eq_ignore_ascii_case(".git")) {
            let reason = format!("`{shown}` is a symbolic link into .git, which is git's own");
            return Err(obstacle(reason, "put a file of its own there, or give the output another path"));
        }
        Ok((target, metadata))
    }
}

/// A failure of the system at a path of the project.
pub(super) fn io_failure(path: &RelativePath, error: &io::Error) -> Failure {
    Failure::new("io", error.to_string()).path(path.to_string())
}

fn lower(path: &Path) -> String {
    path.to_string_lossy().to_lowercase()
}

fn no_permission(shown: &str) -> Obstacle {
    Obstacle {
        reason: format!("`{shown}` may not be read"),
        help: "allow reading it, or leave it out of the outputs".to_owned(),
    }
}

/// The text of a file; what is no text is an obstacle.
#[expect(clippy::disallowed_methods, reason = "this is the room that touches the disk")]
fn read_text(path: &Path, metadata: &Metadata) -> io::Result<Result<String, Obstacle>> {
    let obstacle =
        |reason: &str, help: &str| Ok(Err(Obstacle { reason: reason.to_owned(), help: help.to_owned() }));
    if metadata.is_dir() {
        return obstacle("it is a folder", "give the output the path of a file");
    }
    // Not opened: opening a pipe would wait for a writer.
    if !metadata.is_file() {
        return obstacle("it is not a regular file", "give the output another path");
    }
    let mut bytes = Vec::with_capacity(super::locate::room_for(metadata));
    let read = std::fs::File::open(path).and_then(|file| file.take(MAXIMUM_TEXT + 1).read_to_end(&mut bytes));
    match read {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            return obstacle("it may not be read", "allow reading it, or leave it out of the outputs");
        }
        Err(error) => return Err(error),
    }
    if bytes.len() as u64 > MAXIMUM_TEXT {
        return obstacle("it is larger than 16 MiB", "give the output a file of its own");
    }
    Ok(String::from_utf8(bytes).map_err(|error| Obstacle {
        reason: format!(
            "it is not UTF-8: the byte at offset {} begins no character",
            error.utf8_error().valid_up_to()
        ),
        help: "save it as UTF-8, or give the output a file of its own".to_owned(),
    }))
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the tests make their own files")]
mod tests {
    use super::*;

    /// A root `project` with a sibling `outside`, made by `make`; reads a path.
    fn check(make: impl FnOnce(&Path), path: &str, expect: &str) {
        let folder = tempfile::tempdir().expect("a folder");
        let project = folder.path().join("project");
        std::fs::create_dir_all(&project).expect("a folder");
        std::fs::create_dir_all(folder.path().join("outside")).expect("a folder");
        std::fs::write(folder.path().join("outside/x"), "secret").expect("a file");
        make(&project);
        let root = Root::open(&project).expect("a root");
        let path = RelativePath::parse(path).expect("a path");
        let mut sources = Sources::new();
        let found = match root.read(&path, "shown", &mut sources) {
            Ok(Existing::Absent { ignored_by_git }) => format!("absent, ignored: {ignored_by_git}"),
            Ok(Existing::Text { source, read_only }) => {
                assert_eq!(sources.get(source).name(), "shown");
                format!("{:?}, read-only: {read_only}", sources.get(source).text())
            }
            Ok(Existing::Unusable { reason, .. }) => {
                assert_eq!(
                    root.read_text(&path),
                    Err(reason.clone()),
                    "a template is read by the same rules"
                );
                assert!(
                    root.stage(&path, None, "new").is_err() || !reason.contains("symbolic link"),
                    "{reason}"
                );
                reason
            }
            Err(failure) => format!("failure: {failure}"),
        };
        assert_eq!(found, expect);
        assert_eq!(std::fs::read_to_string(folder.path().join("outside/x")).expect("a file"), "secret");
    }

    fn write(file: &Path, bytes: impl AsRef<[u8]>) {
        std::fs::create_dir_all(file.parent().expect("a parent")).expect("a folder");
        std::fs::write(file, bytes).expect("a file");
    }

    #[test]
    fn what_is_there_is_read_as_it_is() {
        check(|_| {}, "a/b", "absent, ignored: false");
        check(|root| write(&root.join(".gitignore"), "b\n"), "a/b", "absent, ignored: true");
        check(|root| write(&root.join("a"), "\u{feff}x\r\ny"), "a", r#""\u{feff}x\r\ny", read-only: false"#);
    }

    #[test]
    fn what_cannot_be_an_output_says_why() {
        check(|root| write(&root.join("a/b"), ""), "a", "it is a folder");
        check(|root| write(&root.join("a"), ""), "a/b", "`a` is not a folder");
        let offset = "it is not UTF-8: the byte at offset 2 begins no character";
        check(|root| write(&root.join("a"), b"ok\xff"), "a", offset);
        let large = usize::try_from(MAXIMUM_TEXT).expect("a size") + 1;
        check(|root| write(&root.join("a"), vec![b'x'; large]), "a", "it is larger than 16 MiB");
    }

    #[test]
    fn a_file_without_the_right_to_write_is_read_only() {
        let make = |root: &Path| {
            write(&root.join("a"), "x");
            let mut permissions = std::fs::metadata(root.join("a")).expect("a file").permissions();
            permissions.set_readonly(true);
            std::fs::set_permissions(root.join("a"), permissions).expect("permissions");
        };
        check(make, "a", "\"x\", read-only: true");
    }

    #[cfg(unix)]
    mod unix {
        use std::os::unix::fs::{PermissionsExt, symlink};

        use super::*;

        fn link(target: &str, name: &str) -> impl FnOnce(&Path) {
            move |root: &Path| symlink(target, root.join(name)).expect("a link")
        }

        #[test]
        fn a_link_inside_the_root_is_followed() {
            let make = |root: &Path| {
                write(&root.join("real/x"), "text");
                symlink("real", root.join("folder")).expect("a link");
                symlink("folder/x", root.join("file")).expect("a link");
            };
            check(make, "file", "\"text\", read-only: false");
            check(make, "folder/x", "\"text\", read-only: false");
            check(make, "folder/new", "absent, ignored: false");
        }

        #[test]
        fn a_link_that_leaves_the_root_or_leads_nowhere_is_refused() {
            check(link("../outside/x", "a"), "a", "`a` is a symbolic link that leaves the project");
            check(link("../outside", "a"), "a/x", "`a` is a symbolic link that leaves the project");
            check(link("../outside", "a"), "a/new/x", "`a` is a symbolic link that leaves the project");
            check(link("/", "a"), "a/etc/x", "`a` is a symbolic link that leaves the project");
            check(link("gone", "a"), "a", "`a` is a symbolic link that leads nowhere");
            check(link("a", "a"), "a", "`a` is a symbolic link that leads nowhere");
            let into_git = |root: &Path| {
                write(&root.join(".git/hooks/pre-commit"), "x");
                symlink(".git/hooks", root.join("a")).expect("a link");
            };
            check(into_git, "a/pre-commit", "`a` is a symbolic link into .git, which is git's own");
        }

        #[test]
        fn a_pipe_or_a_socket_is_not_waited_for() {
            let socket = |root: &Path| {
                drop(std::os::unix::net::UnixListener::bind(root.join("a")).expect("a socket"));
            };
            check(socket, "a", "it is not a regular file");
            let pipe = |root: &Path| {
                let made = std::process::Command::new("mkfifo").arg(root.join("a")).status().expect("mkfifo");
                assert!(made.success());
            };
            check(pipe, "a", "it is not a regular file");
        }

        #[test]
        fn a_file_that_may_not_be_read_says_so() {
            let make = |root: &Path| {
                write(&root.join("a"), "x");
                let none = std::fs::Permissions::from_mode(0o000);
                std::fs::set_permissions(root.join("a"), none).expect("permissions");
            };
            let probe = tempfile::tempdir().expect("a folder");
            make(probe.path());
            if std::fs::read(probe.path().join("a")).is_ok() {
                eprintln!("skipped: this user may read every file");
                return;
            }
            check(make, "a", "it may not be read");
        }
    }
}
