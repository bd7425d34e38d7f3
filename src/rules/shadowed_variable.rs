//! A variable that is set again where portgen's value would be read.

use std::collections::BTreeMap;

use super::{Check, Evidence};
use crate::diagnostic::Finding;
use crate::readers::{Assignment, Context, FilePath, Role};
use crate::repository::{File, Seen};
use crate::source::Place;

declare_rule! {
    /// Finds variables that are set both inside and outside portgen's block.
    ///
    /// ## What it does
    /// Looks at env files with a block of portgen: a variable of the block that
    /// another line of the file sets, too. And at shell scripts that source such
    /// a file and set one of its variables afterwards.
    ///
    /// ## Why is this bad?
    /// The later one wins. A line below the block hides the table's number, and
    /// one above it looks as if it had an effect.
    ///
    /// ## Example
    /// ```toml
    /// [project]
    /// name = "shop"
    ///
    /// [services.api]
    /// port = 23456
    /// ```
    /// ```text .env.example
    /// # >>> portgen:dotenv >>>
    /// API_PORT=23456
    /// # <<< portgen:dotenv <<< sum:72c2bf33
    /// API_PORT=23999  # warning
    /// ```
    ///
    /// ## Known limitations
    /// What a shell or a service manager sets before it starts anything is not seen.
    "shadowed-variable", Warn, Check::Repository(check)
}

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let mut blocks: BTreeMap<&str, BTreeMap<&str, Place>> = BTreeMap::new();
    for file in evidence.repository.files.iter().filter(|file| file.is_env_file()) {
        let inside = inside(evidence, file);
        if !inside.is_empty() {
            beside(evidence, file, &inside, findings);
            blocks.insert(&file.path, inside);
        }
    }
    if !blocks.is_empty() {
        in_scripts(evidence, &blocks, findings);
    }
}

fn place(file: &File, assignment: &Assignment) -> Place {
    Place { source: file.source, span: assignment.key }
}

/// The variables that portgen sets in a file, and where.
fn inside<'a>(evidence: &Evidence<'a>, file: &'a File) -> BTreeMap<&'a str, Place> {
    let all = file.reading.assignments.iter();
    let owned = all.filter(|assignment| evidence.is_owned(place(file, assignment)));
    owned.map(|assignment| (assignment.name.as_str(), place(file, assignment))).collect()
}

/// Other lines of the file that set one of them.
fn beside(evidence: &Evidence<'_>, file: &File, inside: &BTreeMap<&str, Place>, findings: &mut Vec<Finding>) {
    for assignment in &file.reading.assignments {
        let here = place(file, assignment);
        let Some(&own) = inside.get(assignment.name.as_str()).filter(|_| !evidence.is_owned(here)) else {
            continue;
        };
        let name = &assignment.name;
        let finding = if here.span > own.span {
            Finding::new(RULE.name, here, format!("`{name}` is set again below portgen's block"))
                .label("this value is the one that is read")
        } else {
            Finding::new(RULE.name, here, format!("`{name}` is set above portgen's block, too"))
                .label("this line has no effect")
        };
        findings.push(finding.related(own, "portgen sets it here").help("delete this line"));
    }
}

/// Lines of scripts that set one of them behind the line that sources its file.
fn in_scripts(
    evidence: &Evidence<'_>,
    blocks: &BTreeMap<&str, BTreeMap<&str, Place>>,
    findings: &mut Vec<Finding>,
) {
    let mut sourced: Option<(&str, Vec<(usize, &str)>)> = None;
    for seen in evidence.repository.sightings().filter(|seen| is_set_in_script(*seen)) {
        let path = seen.file.path.as_str();
        if sourced.as_ref().is_none_or(|(known, _)| *known != path) {
            let text = evidence.sources.get(seen.file.source).text();
            sourced = Some((path, sources_of(seen.file.path(), text, blocks)));
        }
        let Some(name) = seen.sighting.variable.as_deref() else { continue };
        let at = seen.sighting.span.range().start;
        let before = sourced.iter().flat_map(|(_, lines)| lines).filter(|(line, _)| *line < at);
        let own = before.filter_map(|(_, file)| blocks.get(file)?.get(name)).next_back();
        if let Some(&own) = own {
            let message = format!("`{name}` is set again after its env file was sourced");
            let finding = Finding::new(RULE.name, seen.place(), message)
                .label("this value is the one that is used")
                .related(own, "portgen sets it here")
                .help("delete this line");
            findings.push(finding.confidence(seen.sighting.confidence));
        }
    }
}

fn is_set_in_script(seen: Seen<'_>) -> bool {
    let is_script = seen.file.path().has_extension(&["sh", "bash", "zsh"]);
    is_script && seen.sighting.role == Role::Assign && seen.sighting.context == Context::Code
}

/// Where a script sources one of the files, and which.
fn sources_of<'b>(
    path: FilePath<'_>,
    text: &str,
    blocks: &BTreeMap<&'b str, BTreeMap<&str, Place>>,
) -> Vec<(usize, &'b str)> {
    let mut found = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let mut words = line.split_whitespace();
        // `set -a; . ./.env` and `[ -f .env ] && source .env` source it, too.
        while let Some(word) = words.next() {
            if !matches!(word, "." | "source") {
                continue;
            }
            let Some(file) = words.next() else { break };
            let file = file.trim_matches(['"', '\'', ';', ')', '}']);
            // What a variable stands before is most often the script's own folder.
            let file =
                file.rsplit_once("}/").or_else(|| file.rsplit_once(")/")).map_or(file, |(_, rest)| rest);
            let beside = path.join(file).filter(|file| blocks.contains_key(file.as_str()));
            let named = beside.unwrap_or_else(|| file.trim_start_matches("./").to_owned());
            found.extend(blocks.get_key_value(named.as_str()).map(|(name, _)| (start, *name)));
        }
        start += line.len();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_that_source_an_env_file_are_found() {
        let blocks = BTreeMap::from([(".env", BTreeMap::new()), ("deploy/.env", BTreeMap::new())]);
        let check = |path: &str, text: &str, expect: &[(usize, &str)]| {
            assert_eq!(sources_of(FilePath::new(path), text, &blocks), expect, "{text}");
        };
        check("run.sh", "set -a; . ./.env; set +a\n", &[(0, ".env")]);
        check("run.sh", "x\n[ -f .env ] && source \".env\"\n", &[(2, ".env")]);
        check("deploy/run.sh", "source .env\n. ../.env\n", &[(0, "deploy/.env"), (12, ".env")]);
        check("scripts/run.sh", "source \"${ROOT}/.env\"\n", &[(0, ".env")]);
        check("run.sh", "echo source other.env\n# see .env\n", &[]);
    }
}
