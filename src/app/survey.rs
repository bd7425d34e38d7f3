//! What a repository says about ports, and where it contradicts itself: no
//! table is needed.

use super::check::prefix;
use super::load::Location;
use super::ownership::Ownership;
use super::repository::add_comments;
use super::scan::scan;
use crate::check::{Silence, Strictness, check_repository, judge_silenced};
use crate::diagnostic::{Failure, Reported, Summary};
use crate::repository::Repository;
use crate::rules::Evidence;
use crate::source::Sources;

/// What `survey` is asked.
#[derive(Clone, Debug, Default)]
pub struct SurveyOptions {
    /// How much of what is found is reported.
    pub strictness: Strictness,
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
    /// The path from the current folder to the surveyed one, empty or ending in `/`.
    pub prefix: String,
}

/// Reads the folder of a location.
///
/// # Errors
/// A [`Failure`] where the disk fails.
pub fn survey(location: &Location, options: &SurveyOptions) -> Result<Surveyed, Failure> {
    let mut sources = Sources::new();
    let scan = scan(&location.directory, &mut sources, &Ownership::nothing());
    let evidence = Evidence { repository: &scan.repository, projects: &[], sources: &sources };
    let findings = check_repository(&evidence);
    let mut silence = Silence::default();
    add_comments(&scan.repository, &mut silence);
    let verdict = judge_silenced(&[], &sources, findings, options.strictness, &mut silence);
    let summary = Summary { files: scan.files, ..verdict.summary() };
    let prefix = prefix(&location.directory);
    Ok(Surveyed { sources, repository: scan.repository, findings: verdict.findings, summary, prefix })
}
