//! What one file says.

use std::collections::BTreeMap;

use super::command::ComposeCall;
use super::{DocumentTable, Sighting, Suppression, compose};
use crate::diagnostic::Confidence;
use crate::model::PortSet;
use crate::source::Span;

/// Sightings of one file that are kept: a text of a person has fewer, and the
/// memory of a scan must not be one file's to fill.
const MOST_SIGHTINGS: usize = 20_000;

/// Everything a reader took from one file.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// The ports, in the order of their places.
    pub sightings: Vec<Sighting>,
    /// Every variable that an env file sets, ports or not: Compose fills them in.
    pub assignments: Vec<Assignment>,
    /// The document of a compose file, for the sets that Compose would load.
    pub compose: Option<compose::Document>,
    /// Calls of Compose that name several files, or an env file.
    pub combined: Vec<ComposeCall>,
    /// Env files that a command of the file makes of a template: the template and the copy.
    pub copied: Vec<(String, String)>,
    /// The jobs of a workflow that run on a machine of their own, in no container.
    pub jobs: Vec<Span>,
    /// The objects of a cluster that a file describes.
    pub objects: Vec<ClusterObject>,
    /// The programs that a manager of processes starts.
    pub managed: Vec<ManagedProgram>,
    /// Ranges that a document states.
    pub stated: Vec<StatedRange>,
    /// Tables of a document that have ports in them.
    pub tables: Vec<DocumentTable>,
    /// Lines of a Procfile that every runner drops in silence.
    pub ignored_lines: Vec<Span>,
    /// The names of a Procfile's processes.
    pub processes: Vec<Span>,
    /// Files that replace another one, relative to the folder of the file: what
    /// `fileReplacements` of an `angular.json` name, old and new alike.
    pub replaced_files: Vec<String>,
    /// Whether a package depends on something that serves what it bundles while people develop.
    pub has_bundler: bool,
    /// Comments that turn rules off.
    pub suppressions: Vec<Suppression>,
    /// Whether the text is of another encoding in the file: lines and columns
    /// hold, but nothing may be changed by offset.
    pub is_converted: bool,
}

impl Reading {
    /// Whether there is anything in it.
    pub fn is_empty(&self) -> bool {
        self.sightings.is_empty()
            && self.assignments.is_empty()
            && self.compose.is_none()
            && self.combined.is_empty()
            && self.copied.is_empty()
            && self.jobs.is_empty()
            && self.objects.is_empty()
            && self.managed.is_empty()
            && self.stated.is_empty()
            && self.ignored_lines.is_empty()
            && self.processes.is_empty()
            && self.replaced_files.is_empty()
            && self.suppressions.is_empty()
            && !self.has_bundler
    }

    /// Sorts by place; what is the same stands once, and of more than anybody
    /// would look at the first ones are kept.
    pub(super) fn put_in_order(&mut self) {
        self.sightings.sort_by_key(|sighting| (sighting.span, sighting.role, sighting.ports));
        self.sightings.dedup();
        self.sightings.truncate(MOST_SIGHTINGS);
        self.assignments.sort_by_key(|assignment| assignment.key);
    }
}

/// An object of a cluster: a workload, a Service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClusterObject {
    /// Its kind.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// The labels of its pods.
    pub labels: BTreeMap<String, String>,
    /// The labels of the pods that it leads to.
    pub selector: BTreeMap<String, String>,
    /// The images of its containers.
    pub images: Vec<String>,
    /// Whether its containers are told anything: arguments, variables, mounted files.
    pub is_told: bool,
}

/// A program that a manager of processes starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManagedProgram {
    /// Its name.
    pub name: String,
    /// The folder that it is started in, or that its script lies in, as written.
    pub folder: String,
    /// Where the ports stand that it is given.
    pub ports: Vec<Span>,
}

/// A variable that an env file sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// Its name.
    pub name: String,
    /// Its value as Compose's own reader takes it, before interpolation.
    pub value: String,
    /// Whether the value stands in single quotes, and so is taken as it is.
    pub is_literal: bool,
    /// Where the name stands.
    pub key: Span,
    /// Where the value stands, quotes aside.
    pub place: Span,
}

/// What a document says of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatedKind {
    /// Services of a group take their ports from it.
    Range,
    /// Nobody is to take a port in it.
    Reserved,
}

/// A range of ports that a document states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatedRange {
    /// The range as it was written.
    pub place: Span,
    /// Its ports.
    pub ports: PortSet,
    /// What is said of it.
    pub kind: StatedKind,
    /// How sure it is that the document keeps people off, or allots.
    pub confidence: Confidence,
    /// The words that name it: a heading, the text of a list's item.
    pub title: String,
    /// The lines of the section that it speaks of, where it is one of a heading.
    pub section: Option<Span>,
}
