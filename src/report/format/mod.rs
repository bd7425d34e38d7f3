//! The formats of `--format`: one file each, all named here.

use std::collections::{BTreeSet, HashMap};
use std::io::{self, Write};

use super::{Appearance, Outcome, OutputLine, Report};
use crate::check::fingerprint_of;
use crate::diagnostic::{Reported, printable};

/// A way to write a report.
#[derive(Debug)]
pub struct Format {
    /// The word after `--format`; its file has the same name, with `_` for `-`.
    pub name: &'static str,
    /// What it is for: one sentence without a full stop.
    pub summary: &'static str,
    /// Writes a report; fails only where writing does.
    pub write: fn(&Report<'_>, &Appearance, &mut dyn Write) -> io::Result<()>,
}

/// Names every format once: its file, and its place in [`FORMATS`].
macro_rules! formats {
    ($($module:ident)*) => {
        $(mod $module;)*

        /// Every format, the default first.
        pub static FORMATS: &[&Format] = &[$(&$module::FORMAT),*];
    };
}

formats! {
    full
    concise
    json
    json_lines
    github
    gitlab
    sarif
    junit
}

/// The format of a name.
pub fn find(name: &str) -> Option<&'static Format> {
    FORMATS.iter().copied().find(|format| format.name == name)
}

/// Writes what became of each output, one line each, for people.
fn write_outputs(outputs: &[OutputLine], out: &mut dyn Write) -> io::Result<()> {
    let mut said = BTreeSet::new();
    let is_kept = |line: &OutputLine| line.outcome == Outcome::Unchanged;
    let changed: BTreeSet<&str> =
        outputs.iter().filter(|line| !is_kept(line)).map(|line| line.path.as_str()).collect();
    for line in outputs {
        // Several blocks and patches of one file that fare alike are one line,
        // and those that stayed are none beside those that did not.
        let is_covered = is_kept(line) && changed.contains(line.path.as_str());
        if is_covered || !said.insert((&line.path, line.outcome.as_str(), &line.reason)) {
            continue;
        }
        let path = printable(&line.path);
        let reason = line.reason.as_deref().map(|reason| format!(": {}", printable(reason)));
        writeln!(out, "{:<9} {path}{}", line.outcome.as_str(), reason.unwrap_or_default())?;
    }
    Ok(())
}

/// The message with what is said at its place, on one line.
fn message_with_label(reported: &Reported) -> String {
    let finding = &reported.finding;
    let label =
        if finding.primary.text.is_empty() { String::new() } else { format!(" ({})", finding.primary.text) };
    format!("{}{label}", finding.message)
}

/// What each finding is recognised by, in their order: its fingerprint and how
/// many before it, itself included, have the same.
fn fingerprints(report: &Report<'_>) -> Vec<(String, usize)> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let numbered = |reported: &Reported| {
        let key = fingerprint_of(&reported.finding, report.sources);
        let count = seen.entry(key.clone()).and_modify(|count| *count += 1).or_insert(1);
        (key, *count)
    };
    report.findings.iter().map(numbered).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "compares the folder with the slice")]
    fn every_file_of_the_folder_is_a_format_and_named_by_its_file() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/report/format");
        let entries = std::fs::read_dir(folder).expect("the folder of this file");
        let mut files: Vec<String> = entries
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .filter(|name| name != "mod.rs")
            .collect();
        let mut named: Vec<String> =
            FORMATS.iter().map(|format| format!("{}.rs", format.name.replace('-', "_"))).collect();
        files.sort();
        named.sort();
        assert_eq!(files, named);
        assert!(FORMATS.iter().all(|format| std::ptr::eq(find(format.name).expect("named"), *format)));
        assert!(find("yaml").is_none());
    }
}
