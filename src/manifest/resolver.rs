//! What every service of a project is resolved with, and what is found on the way.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::document::Document;
use crate::diagnostic::{Finding, did_you_mean};
use crate::model::{NamedRange, RangeName};
use crate::source::{Place, Spanned};

/// After so many findings no name is compared with the known ones: it takes
/// long, and what is wrong is no slip of the pen.
const MOST_GUESSES: usize = 100;

/// What every service of a project is resolved with.
pub(super) struct Resolver<'a> {
    ranges: BTreeMap<&'a str, &'a NamedRange>,
    pub(super) env_prefix: &'a str,
    pub(super) host: Spanned<String>,
    has_own_host: bool,
    /// Whether a name that is not found may stand in a part that a syntax error hid.
    is_partial: bool,
    findings: RefCell<Vec<Finding>>,
    /// What was found, by place and message.
    found: RefCell<BTreeSet<(Place, String)>>,
}

impl<'a> Resolver<'a> {
    /// Resolves with the keys of a document and with these ranges, the nearest
    /// of a name first.
    pub(super) fn new(document: &'a Document, ranges: &'a [NamedRange]) -> Self {
        let table = document.project.as_ref();
        let own_host = table.and_then(|table| table.host.clone());
        let prefix = table.and_then(|table| table.env_prefix.as_ref());
        Self {
            // Of two entries the later one stays in a map.
            ranges: ranges.iter().rev().map(|range| (range.name.as_str(), range)).collect(),
            env_prefix: prefix.map_or("", |prefix| prefix.value.as_str()),
            has_own_host: own_host.is_some(),
            host: own_host.unwrap_or_else(|| Spanned::new("localhost".to_owned(), document.place)),
            is_partial: document.is_partial,
            findings: RefCell::default(),
            found: RefCell::default(),
        }
    }

    pub(super) fn range_names(&self) -> impl Iterator<Item = &'a str> + Clone {
        self.ranges.keys().copied()
    }

    pub(super) fn take_findings(&self) -> Vec<Finding> {
        self.findings.take()
    }

    pub(super) fn range(&self, name: &RangeName) -> Option<&'a NamedRange> {
        self.ranges.get(name.as_str()).copied()
    }

    /// Where a host that nobody wrote on the service comes from.
    pub(super) fn host_place(&self, number: Place) -> Place {
        if self.has_own_host { self.host.place } else { number }
    }

    pub(super) fn push_once(&self, finding: Finding) {
        let key = (finding.primary.place, finding.message.clone());
        if self.found.borrow_mut().insert(key) {
            self.findings.borrow_mut().push(finding);
        }
    }

    pub(super) fn unknown<'n>(
        &self,
        what: &str,
        name: &str,
        place: Place,
        known: impl Iterator<Item = &'n str> + Clone,
    ) {
        if self.is_partial {
            return;
        }
        let finding = Finding::new("unknown-name", place, format!("there is no {what} `{name}`"));
        let is_one_of_few = self.findings.borrow().len() < MOST_GUESSES;
        let finding = match did_you_mean(name, known.clone().filter(|_| is_one_of_few)) {
            Some(near) => finding.label(format!("did you mean `{near}`?")),
            None => finding.label("not in ports.toml"),
        };
        let mut known: Vec<&str> = known.take(13).collect();
        if known.len() == 13 {
            known[12] = "…";
        }
        let help = if known.is_empty() {
            format!("there are no {what}s")
        } else {
            format!("there are: {}", known.join(", "))
        };
        self.push_once(finding.help(help));
    }
}
