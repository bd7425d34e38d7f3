//! Compose files that commands name together: `docker compose -f a.yml -f b.yml`.

use std::collections::{BTreeSet, HashSet};

use super::choose::{BASES, Combination};
use crate::readers::command::{self, ComposeCall};
use crate::readers::path;

/// How many combinations of a repository are loaded.
const MOST: usize = 64;

/// How long a line may be that calls Compose.
const MOST_LINE: usize = 4096;

/// How many folders above a file are looked at.
const DEEPEST: usize = 32;

/// The calls of Compose in a text that name several files, or an env file.
pub fn combined(text: &str) -> Vec<ComposeCall> {
    if memchr::memmem::find(text.as_bytes(), b"compose").is_none() {
        return Vec::new();
    }
    let is_one = |line: &&str| {
        line.contains("compose") && (line.contains("-f") || line.contains("--file") || line.contains("--env-file"))
    };
    if !is_one(&text) {
        return Vec::new();
    }
    let joined = text.replace("\\\r\n", " ").replace("\\\n", " ");
    let mut found: Vec<ComposeCall> = Vec::new();
    for line in joined.lines().filter(|line| line.len() < MOST_LINE).filter(is_one) {
        for part in line.split(['`', '"', '\'']).filter(is_one) {
            let calls = command::compose_files(part.trim_start_matches(['#', ' ', '\t', '$', '/', '*']));
            found.extend(calls.into_iter().filter(|call| call.files.len() > 1 || !call.env_files.is_empty()));
        }
        if found.len() > MOST {
            break;
        }
    }
    found.dedup();
    found
}

/// The combinations that are there, of those that files of some folders name;
/// paths are taken from the folder, or from one above it.
pub fn combinations<'a>(
    named: impl Iterator<Item = (&'a str, &'a [ComposeCall])>,
    known: &HashSet<&str>,
) -> Vec<Combination> {
    let mut found = BTreeSet::new();
    for (folder, calls) in named {
        for call in calls {
            let above = std::iter::successors(Some(folder), |folder| {
                let above = folder.rsplit_once('/').map(|(above, _)| above);
                above.or((!folder.is_empty()).then_some(""))
            });
            found.extend(above.take(DEEPEST).find_map(|folder| combination(folder, call, known)));
        }
    }
    found.into_iter().take(MOST).collect()
}

/// What a call of Compose in a folder loads, if all of it is there.
fn combination(folder: &str, call: &ComposeCall, known: &HashSet<&str>) -> Option<Combination> {
    let at = |file: &String| path::join(folder, file);
    let is_known = |path: &String| known.contains(path.as_str());
    let mut files: Vec<String> = call.files.iter().map(at).collect::<Option<_>>()?;
    if files.is_empty() {
        files.extend(BASES.iter().filter_map(|name| path::join(folder, name)).find(is_known));
    }
    let is_there = !files.is_empty() && files.iter().all(is_known);
    is_there.then(|| Combination { files, env_files: call.env_files.iter().filter_map(at).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_name_files_together() {
        let text = "don't\nRun `docker compose -f a.yml -f b.yml up`.\n\tdocker-compose -f a.yml \\\n  --file c.yml up\ntail -f compose.log\ndocker compose -f a.yml up\n# Use: docker compose --env-file x.env -f a.yml up\n";
        let calls = combined(text);
        let shown: Vec<(Vec<&str>, Vec<&str>)> = calls
            .iter()
            .map(|call| {
                (
                    call.files.iter().map(String::as_str).collect(),
                    call.env_files.iter().map(String::as_str).collect(),
                )
            })
            .collect();
        assert_eq!(
            shown,
            [
                (vec!["a.yml", "b.yml"], vec![]),
                (vec!["a.yml", "c.yml"], vec![]),
                (vec!["a.yml"], vec!["x.env"]),
            ]
        );
        let known = HashSet::from(["x/a.yml", "x/b.yml", "c.yml"]);
        let both = [calls[0].clone()];
        let all = combinations([("x/scripts", &both[..]), ("", &both[..])].into_iter(), &known);
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].files, ["x/a.yml", "x/b.yml"]);
    }
}
