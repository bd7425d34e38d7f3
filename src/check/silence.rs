//! What turns single findings off: comments beside them, and a baseline. Both
//! remember what they did, so that neither outlives its use.

use std::collections::{BTreeMap, BTreeSet};

use super::baseline::{Baseline, may_hold};
use super::fingerprint::fingerprint_of;
use crate::diagnostic::{Finding, did_you_mean};
use crate::readers::Suppression;
use crate::rules::{self, Idle, IdleKind, RULES, Rule};
use crate::source::{Place, SourceId, Sources};

/// The comments of a repository and the baseline beside it.
#[derive(Debug, Default)]
pub struct Silence {
    comments: Vec<Comment>,
    by_path: BTreeMap<String, Vec<usize>>,
    baseline: Option<Baseline>,
    /// The entries of the baseline by their fingerprint.
    entries: BTreeMap<String, usize>,
    /// How often each entry matched.
    matched: Vec<usize>,
}

/// A comment that turns rules off, and which of them it has turned off.
#[derive(Debug)]
struct Comment {
    path: String,
    source: SourceId,
    suppression: Suppression,
    used: BTreeSet<usize>,
}

impl Silence {
    /// Adds the comments of a file.
    pub fn add_comments(&mut self, path: &str, source: SourceId, suppressions: &[Suppression]) {
        for suppression in suppressions {
            self.by_path.entry(path.to_owned()).or_default().push(self.comments.len());
            let (path, suppression) = (path.to_owned(), suppression.clone());
            self.comments.push(Comment { path, source, suppression, used: BTreeSet::new() });
        }
    }

    /// Uses a baseline.
    pub fn set_baseline(&mut self, baseline: Baseline) {
        let prints = baseline.entries.iter().enumerate();
        self.entries = prints.map(|(index, entry)| (entry.fingerprint.clone(), index)).collect();
        self.matched = vec![0; baseline.entries.len()];
        self.baseline = Some(baseline);
    }

    /// Whether a comment or the baseline turns a finding off.
    pub(super) fn covers(&mut self, finding: &Finding, sources: &Sources) -> bool {
        if self.comments.is_empty() && self.baseline.is_none() {
            return false;
        }
        // A comment at the place is nearer: it leaves the baseline's count alone.
        self.is_commented(finding, sources) || self.is_in_baseline(finding, sources)
    }

    fn is_commented(&mut self, finding: &Finding, sources: &Sources) -> bool {
        let place = finding.primary.place;
        let Some(indices) = self.by_path.get(sources.get(place.source).name()) else { return false };
        let mut is_commented = false;
        for &index in indices {
            let Some(comment) = self.comments.get_mut(index) else { continue };
            let lines = comment.suppression.lines;
            let is_beside = lines.start <= place.span.start && place.span.start <= lines.end;
            if !is_beside || !comment.suppression.has_reason {
                continue;
            }
            let rules = comment.suppression.rules.iter();
            if let Some(position) = rules.clone().position(|(name, _)| name == finding.rule) {
                comment.used.insert(position);
                is_commented = true;
            }
        }
        is_commented
    }

    fn is_in_baseline(&mut self, finding: &Finding, sources: &Sources) -> bool {
        let Some(baseline) = self.baseline.as_ref().filter(|_| may_hold(finding)) else { return false };
        let Some(&index) = self.entries.get(&fingerprint_of(finding, sources)) else { return false };
        let (Some(entry), Some(matched)) = (baseline.entries.get(index), self.matched.get_mut(index)) else {
            return false;
        };
        *matched += 1;
        *matched <= entry.count
    }

    /// What turned nothing off, or cannot.
    ///
    /// `ran` tells whether a rule looked at a path, so that its silence there
    /// means something.
    pub fn idle(&self, ran: &dyn Fn(&str, &Rule) -> bool) -> Vec<Finding> {
        let comments = self.comments.iter().flat_map(|comment| comment.idle(ran));
        comments.chain(self.idle_entries(ran)).filter_map(|idle| rules::of_idle(&idle)).collect()
    }

    fn idle_entries(&self, ran: &dyn Fn(&str, &Rule) -> bool) -> Vec<Idle> {
        let entries = self.baseline.iter().flat_map(|baseline| &baseline.entries).zip(&self.matched);
        let stale = entries.filter(|(entry, matched)| {
            // A rule that is gone, or renamed, matches nothing any more.
            **matched < entry.count && rules::find(&entry.rule).is_none_or(|rule| ran(&entry.path, rule))
        });
        let idle = stale.map(|(entry, matched)| Idle {
            place: entry.place,
            kind: IdleKind::Stale {
                rule: entry.rule.clone(),
                path: entry.path.clone(),
                count: entry.count,
                found: *matched,
            },
        });
        idle.collect()
    }
}

impl Comment {
    fn idle(&self, ran: &dyn Fn(&str, &Rule) -> bool) -> Vec<Idle> {
        let place = |span| Place { source: self.source, span };
        let whole = place(self.suppression.place);
        if self.suppression.rules.is_empty() {
            return vec![Idle { place: whole, kind: IdleKind::Empty }];
        }
        let mut idle: Vec<Idle> = Vec::new();
        for (index, (name, span)) in self.suppression.rules.iter().enumerate() {
            let kind = match rules::find(name) {
                Some(rule) if rule.is_mistake() => IdleKind::Mistake { rule: name.clone() },
                Some(_) if !self.suppression.has_reason => continue,
                Some(rule) if !self.used.contains(&index) && ran(&self.path, rule) => {
                    IdleKind::Unused { rule: name.clone() }
                }
                Some(_) => continue,
                None => {
                    let near = did_you_mean(name, RULES.iter().map(|rule| rule.name)).map(str::to_owned);
                    IdleKind::Unknown { rule: name.clone(), near }
                }
            };
            idle.push(Idle { place: place(*span), kind });
        }
        if !self.suppression.has_reason {
            idle.push(Idle { place: whole, kind: IdleKind::Unexplained });
        }
        idle
    }
}
