//! Which level a finding has, by `[lint]`, by path and by `allow`.

use std::cell::OnceCell;
use std::collections::HashMap;

use globset::{GlobBuilder, GlobMatcher};

use crate::diagnostic::{Finding, Level, Severity, Subject};
use crate::model::{Allow, LintLevel, Project, Service};
use crate::rules;
use crate::source::Sources;

/// The levels of all projects, globs compiled.
pub(super) struct Levels<'a> {
    projects: Vec<ProjectLevels<'a>>,
    sources: &'a Sources,
}

struct ProjectLevels<'a> {
    project: &'a Project,
    /// The services by name, once one is asked for.
    services: OnceCell<HashMap<&'a str, &'a Service>>,
    exclude: Vec<GlobMatcher>,
    per_path: Vec<(GlobMatcher, &'a [LintLevel])>,
}

impl<'a> Levels<'a> {
    pub(super) fn new(projects: &'a [Project], sources: &'a Sources) -> Self {
        Self { projects: projects.iter().map(ProjectLevels::new).collect(), sources }
    }

    /// The severity of a finding; `None` where it is turned off.
    ///
    /// A mistake in the file itself is an error whatever anybody says.
    pub(super) fn severity(&self, finding: &Finding) -> Option<Severity> {
        let Some(rule) = rules::find(finding.rule) else { return Some(Severity::Error) };
        if rule.is_mistake() {
            return Some(Severity::Error);
        }
        let default = finding.default_level.unwrap_or(rule.level);
        let path = self.sources.get(finding.primary.place.source).name();
        let level = match self.project_of(path) {
            Some(levels) => levels.level(finding, path, default),
            None => default,
        };
        match level {
            Level::Allow => None,
            Level::Warn => Some(Severity::Warning),
            Level::Deny => Some(Severity::Error),
        }
    }

    /// The project whose folder holds the file, the innermost first; the first
    /// project for a file outside all of them.
    fn project_of(&self, path: &str) -> Option<&ProjectLevels<'a>> {
        let holding = self.projects.iter().filter(|levels| levels.path_inside(path).is_some());
        holding.max_by_key(|levels| levels.project.folder.len()).or(self.projects.first())
    }
}

impl<'a> ProjectLevels<'a> {
    fn new(project: &'a Project) -> Self {
        let compile = |pattern: &str| {
            GlobBuilder::new(pattern).literal_separator(true).build().ok().map(|glob| glob.compile_matcher())
        };
        let lint = &project.lint;
        Self {
            project,
            services: OnceCell::new(),
            exclude: lint.exclude.iter().filter_map(|pattern| compile(pattern)).collect(),
            per_path: lint
                .per_path
                .iter()
                .filter_map(|(pattern, levels)| Some((compile(pattern)?, levels.as_slice())))
                .collect(),
        }
    }

    /// The path relative to the project's folder, where it lies in it.
    fn path_inside<'p>(&self, path: &'p str) -> Option<&'p str> {
        let folder = self.project.folder.as_str();
        if folder.is_empty() {
            return (!path.starts_with("../")).then_some(path);
        }
        path.strip_prefix(folder)?.strip_prefix('/')
    }

    fn level(&self, finding: &Finding, path: &str, default: Level) -> Level {
        let inside = self.path_inside(path).unwrap_or(path);
        let concerns = |glob: &GlobMatcher| glob.is_match(inside) || is_about(finding, glob);
        let level = self.written_level(finding, concerns).unwrap_or(default);
        let is_off = level == Level::Allow || self.exclude.iter().any(concerns) || self.is_allowed(finding);
        if is_off { Level::Allow } else { level }
    }

    /// The level that `[lint]` has for a finding, where it has one.
    fn written_level(&self, finding: &Finding, concerns: impl Fn(&GlobMatcher) -> bool) -> Option<Level> {
        let of = |levels: &[LintLevel]| {
            levels.iter().find(|level| level.rule.value == finding.rule).map(|level| level.level)
        };
        let mut by_path = self.per_path.iter().rev().filter(|(glob, _)| concerns(glob));
        by_path.find_map(|(_, levels)| of(levels)).or_else(|| of(&self.project.lint.levels))
    }

    /// An `allow` on the project, or on a service or range that it is about, or
    /// on the range of such a service.
    fn is_allowed(&self, finding: &Finding) -> bool {
        let names = |allow: &[Allow]| allow.iter().any(|allow| allow.rule.value == finding.rule);
        if names(&self.project.allow) {
            return true;
        }
        finding.subjects.iter().any(|subject| match subject {
            Subject::File(_) => false,
            Subject::Range(name) => self.range_allows(name, names),
            Subject::Service(name) => self.service_allows(name, finding, names),
        })
    }

    fn range_allows(&self, name: &str, names: impl Fn(&[Allow]) -> bool) -> bool {
        self.project.ranges.iter().any(|range| range.name.as_str() == name && names(&range.allow))
    }

    fn service_allows(&self, name: &str, finding: &Finding, names: impl Fn(&[Allow]) -> bool) -> bool {
        let services = self.services.get_or_init(|| {
            self.project.services.iter().map(|service| (service.name.as_str(), service)).collect()
        });
        let Some(service) = services.get(name) else { return false };
        if names(&service.allow) {
            return true;
        }
        service.endpoints.iter().any(|endpoint| {
            // A finding about one of several ports stands at its number, or at
            // the key of it that is wrong.
            let own =
                [endpoint.number.place, endpoint.host.place, endpoint.bind.place, endpoint.scheme.place];
            let is_meant = own.contains(&finding.primary.place)
                || finding.related.iter().any(|label| own.contains(&label.place));
            let of_range =
                endpoint.range.as_ref().is_some_and(|range| self.range_allows(range.as_str(), &names));
            is_meant && (names(&endpoint.allow) || of_range)
        }) || service.range.as_ref().is_some_and(|range| self.range_allows(range.as_str(), &names))
    }
}

/// Whether a finding speaks of a file of a glob, such as one that is missing.
fn is_about(finding: &Finding, glob: &GlobMatcher) -> bool {
    finding.subjects.iter().any(|subject| matches!(subject, Subject::File(path) if glob.is_match(path)))
}
