//! What a repository says about ports, and where it contradicts itself: no
//! table is needed.

use std::path::{Path, PathBuf};

use super::check::prefix;
use super::load::Location;
use super::ownership::Ownership;
use super::repository::add_comments;
use super::scan::{Extent, Progress, scan};
use super::statements::{Statement, statements};
use crate::check::{Silence, Strictness, check_repository, judge_silenced};
use crate::diagnostic::{Failure, Reported, Summary};
use crate::repository::Repository;
use crate::rules::Evidence;
use crate::source::Sources;
use crate::world;

/// What `survey` is asked.
#[derive(Clone, Debug, Default)]
pub struct SurveyOptions {
    /// Only these files and folders; none means everything.
    pub paths: Vec<PathBuf>,
    /// Env files for Compose in place of `.env`, the later on top of the earlier.
    pub env_files: Vec<PathBuf>,
    /// How much of what is found is reported.
    pub strictness: Strictness,
    /// Who is told how far it is.
    pub progress: Progress,
}

/// What `survey` found.
#[derive(Debug)]
pub struct Surveyed {
    /// Every text that a finding points into.
    pub sources: Sources,
    /// Everything that was read.
    pub repository: Repository,
    /// The findings, in the order of their places.
    pub findings: Vec<Reported>,
    /// How many there are, and how much was looked at.
    pub summary: Summary,
    /// The path from the top of the git work tree to the surveyed folder, empty or ending in `/`.
    pub prefix: String,
}

impl Surveyed {
    /// Who is given which port, and where.
    pub fn statements(&self) -> Vec<Statement> {
        statements(&self.repository)
    }
}

/// Reads the folder of a location.
///
/// # Errors
/// A [`Failure`] where one of the paths does not exist, or lies outside the folder.
pub fn survey(location: &Location, options: &SurveyOptions) -> Result<Surveyed, Failure> {
    let mut sources = Sources::new();
    let only = below(&location.directory, &options.paths)?;
    let env_files = below(&location.directory, &options.env_files)?;
    let extent =
        Extent { only: &only, env_files: &env_files, progress: options.progress, ..Extent::default() };
    let scan = scan(&location.directory, &mut sources, &Ownership::nothing(), &extent);
    let evidence = Evidence { repository: &scan.repository, projects: &[], sources: &sources };
    let findings = check_repository(&evidence);
    let mut silence = Silence::default();
    add_comments(&scan.repository, &mut silence);
    let verdict = judge_silenced(&[], &sources, findings, options.strictness, &mut silence);
    let summary = Summary { files: scan.files, ..verdict.summary() };
    let prefix = prefix(&location.directory);
    Ok(Surveyed { sources, repository: scan.repository, findings: verdict.findings, summary, prefix })
}

/// The paths relative to the folder, with `/`; none where the folder itself is among them.
pub(super) fn below(folder: &Path, paths: &[PathBuf]) -> Result<Vec<String>, Failure> {
    let folder = world::normalise(folder);
    let relative = |path: &PathBuf| {
        let fail = |code, message| Failure::new(code, message).path(path.display().to_string());
        if !world::is_there(path) {
            return Err(fail("not-found", "there is no such file or folder"));
        }
        let path = world::normalise(path);
        let inside = path.strip_prefix(&folder).map_err(|_| {
            fail("outside", "it lies outside the folder that is read").help("name that folder with -C")
        })?;
        let parts = inside.components().map(|part| part.as_os_str().to_string_lossy());
        Ok(parts.collect::<Vec<_>>().join("/"))
    };
    let mut relative = paths.iter().map(relative).collect::<Result<Vec<String>, Failure>>()?;
    relative.sort();
    // What lies in another one is read with it.
    relative.dedup_by(|later, earlier| {
        let rest = later.strip_prefix(earlier.as_str());
        rest.is_some_and(|rest| earlier.is_empty() || rest.is_empty() || rest.starts_with('/'))
    });
    Ok(if relative.iter().any(String::is_empty) { Vec::new() } else { relative })
}
