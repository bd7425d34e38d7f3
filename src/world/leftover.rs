//! What a run that was killed left beside the files it was writing.

use std::path::Path;
use std::time::{Duration, SystemTime};

use super::write::{TEMPORARY, TEMPORARY_END};

/// No run takes this long between writing a temporary file and renaming it.
const OLD: Duration = Duration::from_secs(60 * 60);
/// How many letters and digits the name of a temporary file has in it.
const RANDOM: usize = 6;

/// Deletes the temporary files of runs that were killed long ago. What cannot
/// be looked at or deleted stays: it is in nobody's way.
#[expect(clippy::disallowed_methods, reason = "this is the room that touches the disk")]
pub fn sweep(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_left = entry.file_name().to_str().is_some_and(is_temporary)
            && entry.metadata().is_ok_and(|metadata| metadata.is_file() && is_old(&metadata));
        if is_left {
            drop(std::fs::remove_file(entry.path()));
        }
    }
}

fn is_temporary(name: &str) -> bool {
    let random = name.strip_prefix(TEMPORARY).and_then(|rest| rest.strip_suffix(TEMPORARY_END));
    random.is_some_and(|random| {
        random.len() == RANDOM && random.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

#[expect(clippy::disallowed_methods, reason = "what is written does not depend on it")]
fn is_old(metadata: &std::fs::Metadata) -> bool {
    let age = metadata.modified().ok().and_then(|then| SystemTime::now().duration_since(then).ok());
    age.is_some_and(|age| age > OLD)
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the tests make their own files")]
mod tests {
    use super::*;

    #[test]
    fn old_temporary_files_go_and_everything_else_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let long_ago = SystemTime::now() - OLD - Duration::from_secs(60);
        let make = |name: &str, modified: Option<SystemTime>| {
            let file = std::fs::File::create(folder.path().join(name)).expect("a file");
            if let Some(then) = modified {
                file.set_modified(then).expect("a time");
            }
        };
        make(".portgen-aB3dE9.tmp", Some(long_ago));
        make(".portgen-aB3dE8.tmp", None);
        for name in [".portgen-notes.tmp", ".portgen-a b c.tmp", "portgen-aB3dE9.tmp", ".portgen-aB3dE9"] {
            make(name, Some(long_ago));
        }
        std::fs::create_dir(folder.path().join(".portgen-folder.tmp")).expect("a folder");
        sweep(folder.path());
        let left = super::super::names_in(folder.path());
        let expect = [
            ".portgen-a b c.tmp",
            ".portgen-aB3dE8.tmp",
            ".portgen-aB3dE9",
            ".portgen-folder.tmp",
            ".portgen-notes.tmp",
            "portgen-aB3dE9.tmp",
        ];
        assert_eq!(left, expect);
    }

    #[test]
    fn the_name_is_the_one_that_is_written() {
        let file = tempfile::Builder::new().prefix(TEMPORARY).suffix(TEMPORARY_END).tempfile();
        let name = file.expect("a file").path().file_name().map(|name| name.to_string_lossy().into_owned());
        assert!(name.as_deref().is_some_and(is_temporary), "{name:?}");
    }
}
