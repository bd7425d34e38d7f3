//! An Angular environment file that no `fileReplacements` names.

use std::collections::HashSet;

use super::{Check, Evidence};
use crate::diagnostic::Finding;
use crate::readers::join;
use crate::repository::File;

declare_rule! {
    /// Finds an Angular environment file with a port that no `fileReplacements` names.
    ///
    /// ## What it does
    /// Reads `fileReplacements` of `angular.json` (or a `project.json`), and looks
    /// at the `environments/environment*.ts` of the same project. One that is
    /// neither replaced nor replaces another, and that no other file names, is
    /// in no build.
    ///
    /// ## Why is this bad?
    /// Only `fileReplacements` decides which environment file a build takes. A
    /// port in a file that it does not name looks true, is changed with care,
    /// and reaches no browser.
    ///
    /// ## Example
    /// ```toml
    /// [project]
    /// name = "shop"
    /// ```
    /// ```text angular.json
    /// {
    ///   "projects": {"shop": {"architect": {"build": {"configurations": {"production": {
    ///     "fileReplacements": [{
    ///       "replace": "src/environments/environment.ts",
    ///       "with": "src/environments/environment.prod.ts"
    ///     }]
    ///   }}}}}}
    /// }
    /// ```
    /// ```text src/environments/environment.prod.ts
    /// export const environment = { apiUrl: 'http://localhost:8001' };
    /// ```
    /// ```text src/environments/environment.docker.ts
    /// export const environment = { apiUrl: 'http://localhost:8002' };  # warning
    /// ```
    ///
    /// ## Known limitations
    /// `environment.ts` is the base: everybody imports it, and it is never
    /// reported. A file that is imported only from files without any port is
    /// taken for unused.
    "unused-environment-file", Warn, Check::Repository(check)
}

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let files = &evidence.repository.files;
    for workspace in files.iter().filter(|file| !file.reading.replaced_files.is_empty()) {
        let folder = workspace.path().folder();
        let named: HashSet<String> = named_files(workspace).collect();
        let candidates = files.iter().filter(|file| is_environment(file, folder));
        for file in candidates.filter(|file| !named.contains(&file.path) && !is_mentioned(file, evidence)) {
            let Some(first) = file.reading.sightings.first() else { continue };
            let place = crate::source::Place { source: file.source, span: first.span };
            let name = file.path().name();
            findings.push(
                Finding::new(RULE.name, place, format!("no build takes `{name}`: no `fileReplacements` names it"))
                    .label("this port reaches no browser")
                    .confidence(first.confidence)
                    .help(format!("name it in `fileReplacements` of {}, or delete it", workspace.path)),
            );
        }
    }
}

/// What a workspace names, by its folder and, as Nx does, by the root.
fn named_files(workspace: &File) -> impl Iterator<Item = String> {
    let folder = workspace.path().folder();
    let names = workspace.reading.replaced_files.iter();
    names.flat_map(move |name| [join(folder, name), join("", name)]).flatten()
}

fn is_environment(file: &File, folder: &str) -> bool {
    let path = file.path();
    let name = path.name();
    let is_inside = folder.is_empty() || path.folder().strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
    is_inside
        && path.folder().rsplit('/').next() == Some("environments")
        && name.starts_with("environment.")
        && name != "environment.ts"
        && path.has_extension(&["ts"])
        && !["spec", "d", "model", "interface", "type", "types"].iter().any(|part| name.contains(&format!(".{part}.")))
}

/// Whether another file names it: imports it, or copies it over the base.
fn is_mentioned(file: &File, evidence: &Evidence<'_>) -> bool {
    let stem = file.path().name().trim_end_matches(".ts");
    let names_it = |other: &File| {
        let text = evidence.sources.get(other.source).text().as_bytes();
        memchr::memmem::find_iter(text, stem.as_bytes()).any(|at| {
            let next = text.get(at + stem.len());
            !next.is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        })
    };
    let others = evidence.repository.files.iter();
    others.filter(|other| other.path != file.path && !other.is_document()).any(names_it)
}
