//! Compose files that commands name together: `docker compose -f a.yml -f b.yml`.

use std::collections::{BTreeSet, HashSet};

use super::choose::Combination;
use crate::readers::{command, path};

/// How many combinations of a repository are loaded.
const MOST: usize = 64;

/// The files of each command of a text that names several, as it names them.
pub fn combined(text: &str) -> Vec<Vec<String>> {
    if memchr::memmem::find(text.as_bytes(), b"compose").is_none() {
        return Vec::new();
    }
    let is_one = |line: &&str| line.contains("compose") && (line.contains("-f") || line.contains("--file"));
    let joined = text.replace("\\\r\n", " ").replace("\\\n", " ");
    let mut found = Vec::new();
    for line in joined.lines().filter(is_one) {
        for part in line.split(['`', '"', '\'']).filter(is_one) {
            found.extend(command::compose_files(part).into_iter().filter(|files| files.len() > 1));
        }
    }
    found
}

/// The combinations that are there, of those that files of some folders name;
/// paths are taken from the folder, or from one above it.
pub fn combinations<'a>(
    named: impl Iterator<Item = (&'a str, &'a [String])>,
    known: &HashSet<&str>,
) -> Vec<Combination> {
    let mut found = BTreeSet::new();
    for (folder, files) in named {
        let mut base = Some(folder);
        while let Some(folder) = base {
            let paths: Option<Vec<String>> = files.iter().map(|file| path::join(folder, file)).collect();
            if let Some(paths) = paths.filter(|paths| paths.iter().all(|path| known.contains(path.as_str()))) {
                found.insert(Combination { files: paths, env_files: Vec::new() });
                break;
            }
            let above = folder.rsplit_once('/').map(|(above, _)| above);
            base = above.or((!folder.is_empty()).then_some(""));
        }
    }
    found.into_iter().take(MOST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_name_files_together() {
        let text = "don't\nRun `docker compose -f a.yml -f b.yml up`.\n\tdocker-compose -f a.yml \\\n  --file c.yml up\ntail -f compose.log\ndocker compose -f a.yml up\n";
        assert_eq!(combined(text), [["a.yml", "b.yml"], ["a.yml", "c.yml"]]);
        let known = HashSet::from(["x/a.yml", "x/b.yml", "c.yml"]);
        let files = ["a.yml".to_owned(), "b.yml".to_owned()];
        let all = combinations([("x/scripts", &files[..]), ("", &files[..])].into_iter(), &known);
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].files, ["x/a.yml", "x/b.yml"]);
    }
}
